//! The Markov chain behind Stoikov's micro-price, solved for the adjustment of the mid.
//!
//! Source: S. Stoikov, "The micro-price", 2017 (SSRN 2970694). With `Q` the transitions without a move of the mid, `R1`
//! the distribution of the move over `K`, and `R2` the transitions with a move:
//! `G1 = (I - Q)^-1 R1 K`, `B = (I - Q)^-1 R2`, `G* = sum over i of B^i G1`.
//! `B` has rows that sum to 1, so its powers do not shrink: the sum exists only because the moves balance in the long
//! run, which is what symmetrised data guarantee.
#![allow(clippy::float_arithmetic, reason = "analytics: nothing here changes a balance")]

use std::fmt;

/// States of a chain at most; a solution costs the cube of it.
pub const STATES_MAX: usize = 512;
/// Terms of the series summed at most.
pub const TERMS_MAX: usize = 10_000;
/// The series has converged once no entry of a term exceeds this, in the unit of `K`.
pub const TERM_ABS_MAX: f64 = 1e-12;
const ROW_SUM_TOLERANCE: f64 = 1e-9;

/// Matrix as rows.
pub type Rows = Vec<Vec<f64>>;

/// Why a chain has no micro-price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ChainError {
    /// No states, more than [`STATES_MAX`], or matrices whose sizes do not fit each other.
    Shape,
    /// An entry is negative or not finite, or a row of `[Q R1]` or `[Q R2]` does not sum to 1.
    NotStochastic {
        /// First bad row.
        state: usize,
    },
    /// From some state the mid never moves, so `I - Q` has no inverse.
    NeverMoves,
    /// The series does not shrink: the moves do not balance. Symmetrise the data.
    NotConverged {
        /// Largest absolute entry of the last term, in the unit of `K`.
        term_abs: f64,
    },
}

impl fmt::Display for ChainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape => write!(f, "matrices do not fit, or states not in 1..={STATES_MAX}"),
            Self::NotStochastic { state } => write!(f, "row is not a distribution: state={state}"),
            Self::NeverMoves => f.write_str("from some state the mid never moves"),
            Self::NotConverged { term_abs } => {
                write!(f, "series not converged: terms={TERMS_MAX} term_abs={term_abs} max={TERM_ABS_MAX}")
            }
        }
    }
}

impl std::error::Error for ChainError {}

/// Transition probabilities of a chain of `n` states.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// Transitions without a move of the mid, shape (n, n).
    pub q: Rows,
    /// Distribution of the move, shape (n, moves), columns as in `k`.
    pub r1: Rows,
    /// The moves, in any unit of price; the solution is in the same unit.
    pub k: Vec<f64>,
    /// Transitions with a move of the mid, shape (n, n).
    pub r2: Rows,
}

/// The adjustments of a chain, one entry per state, in the unit of `K`.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// Expected first move.
    pub g1: Vec<f64>,
    /// Distribution of the state after the first move, shape (n, n).
    pub b: Rows,
    /// Expected move in the limit: micro-price minus mid.
    pub g_star: Vec<f64>,
    /// Terms summed.
    pub terms: usize,
}

impl Chain {
    /// Solves the chain.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub fn solve(&self) -> Result<Solution, ChainError> {
        self.check()?;
        let first_move: Vec<f64> = self.r1.iter().map(|row| dot(row, &self.k)).collect();
        let right: Rows =
            self.r2.iter().zip(&first_move).map(|(row, moved)| row.iter().copied().chain([*moved]).collect()).collect();
        let mut b = solve_linear(identity_minus(&self.q), right)?;
        let g1: Vec<f64> = b.iter_mut().filter_map(Vec::pop).collect();
        let (g_star, terms) = limit(&b, &g1)?;
        Ok(Solution { g1, b, g_star, terms })
    }

    fn check(&self) -> Result<(), ChainError> {
        let n = self.q.len();
        let has_width = |rows: &Rows, width: usize| rows.len() == n && rows.iter().all(|row| row.len() == width);
        let fits = has_width(&self.q, n) && has_width(&self.r2, n) && has_width(&self.r1, self.k.len());
        if n == 0 || n > STATES_MAX || !fits || !self.k.iter().all(|k| k.is_finite()) {
            return Err(ChainError::Shape);
        }
        for state in 0..n {
            let stay: f64 = self.q[state].iter().sum();
            let is_one = |rows: &Rows| (stay + rows[state].iter().sum::<f64>() - 1.0).abs() <= ROW_SUM_TOLERANCE;
            let mut entries = self.q[state].iter().chain(&self.r1[state]).chain(&self.r2[state]);
            if !entries.all(|p| *p >= 0.0) || !is_one(&self.r1) || !is_one(&self.r2) {
                return Err(ChainError::NotStochastic { state });
            }
        }
        Ok(())
    }
}

/// The partial sums of the series, one after another.
#[derive(Debug, Clone)]
pub struct PartialSums<'a> {
    b: &'a Rows,
    term: Vec<f64>,
    sum: Vec<f64>,
}

impl<'a> PartialSums<'a> {
    /// The series of a solved chain, from its first term on.
    #[must_use]
    pub fn of(solution: &'a Solution) -> Self {
        Self::new(&solution.b, &solution.g1)
    }

    fn new(b: &'a Rows, g1: &[f64]) -> Self {
        Self { b, term: g1.to_vec(), sum: vec![0.0; g1.len()] }
    }

    /// Adds the next term `B^i G1` and returns the sum, one entry per state in the unit of `K`.
    pub fn next_sum(&mut self) -> &[f64] {
        for (total, part) in self.sum.iter_mut().zip(&self.term) {
            *total += part;
        }
        self.term = self.b.iter().map(|row| dot(row, &self.term)).collect();
        &self.sum
    }
}

/// The limit of the series and the number of terms it took.
fn limit(b: &Rows, g1: &[f64]) -> Result<(Vec<f64>, usize), ChainError> {
    let mut series = PartialSums::new(b, g1);
    for terms in 1..=TERMS_MAX {
        series.next_sum();
        if largest(&series.term) <= TERM_ABS_MAX {
            return Ok((series.sum, terms));
        }
    }
    Err(ChainError::NotConverged { term_abs: largest(&series.term) })
}

/// Solves `A X = B` by elimination with partial pivoting; `right` holds `B` and becomes `X`.
fn solve_linear(mut a: Rows, mut right: Rows) -> Result<Rows, ChainError> {
    let n = a.len();
    for column in 0..n {
        let pivot = (column..n)
            .max_by(|x, y| a[*x][column].abs().total_cmp(&a[*y][column].abs()))
            .filter(|row| a[*row][column].abs() > f64::EPSILON)
            .ok_or(ChainError::NeverMoves)?;
        a.swap(column, pivot);
        right.swap(column, pivot);
        let (lead_a, lead_right) = (a[column].clone(), right[column].clone());
        for row in (0..n).filter(|row| *row != column) {
            let factor = a[row][column] / lead_a[column];
            if factor != 0.0 {
                subtract_scaled(&mut a[row], &lead_a, factor);
                subtract_scaled(&mut right[row], &lead_right, factor);
            }
        }
    }
    for (row, values) in right.iter_mut().enumerate() {
        for value in values {
            *value /= a[row][row];
        }
    }
    Ok(right)
}

fn subtract_scaled(row: &mut [f64], lead: &[f64], factor: f64) {
    for (value, lead_value) in row.iter_mut().zip(lead) {
        *value -= factor * lead_value;
    }
}

fn identity_minus(q: &Rows) -> Rows {
    let entry = |i: usize, j: usize| if i == j { 1.0 - q[i][j] } else { -q[i][j] };
    (0..q.len()).map(|i| (0..q.len()).map(|j| entry(i, j)).collect()).collect()
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(a, b)| a * b).sum()
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most, value| most.max(value.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two states, mirror images of each other: moves balance.
    fn balanced() -> Chain {
        Chain {
            q: vec![vec![0.5, 0.2], vec![0.2, 0.5]],
            r1: vec![vec![0.2, 0.1], vec![0.1, 0.2]],
            k: vec![-0.5, 0.5],
            r2: vec![vec![0.1, 0.2], vec![0.2, 0.1]],
        }
    }

    #[test]
    fn the_solution_satisfies_its_own_fixed_point() {
        let solution = balanced().solve().unwrap();

        for (state, g) in solution.g_star.iter().enumerate() {
            let next = solution.g1[state] + dot(&solution.b[state], &solution.g_star);
            assert!((g - next).abs() < 1e-11);
        }
        assert!(solution.g_star[0] < 0.0);
        assert!((solution.g_star[0] + solution.g_star[1]).abs() < 1e-12);
    }

    #[test]
    fn elimination_works_where_the_diagonal_is_not_the_largest_entry() {
        let mut chain = balanced();
        chain.q = vec![
            vec![0.3, 0.2, 0.1, 0.1],
            vec![0.95, 0.0, 0.0, 0.0],
            vec![0.0, 0.0, 0.0, 0.95],
            vec![0.1, 0.1, 0.2, 0.3],
        ];
        chain.r1 = vec![vec![0.2, 0.1], vec![0.03, 0.02], vec![0.02, 0.03], vec![0.1, 0.2]];
        chain.r2 = vec![
            vec![0.1, 0.1, 0.05, 0.05],
            vec![0.05, 0.0, 0.0, 0.0],
            vec![0.0, 0.0, 0.0, 0.05],
            vec![0.05, 0.05, 0.1, 0.1],
        ];

        let solution = chain.solve().unwrap();

        for state in 0..4 {
            let first = dot(&chain.r1[state], &chain.k) + dot(&chain.q[state], &solution.g1);
            assert!((solution.g1[state] - first).abs() < 1e-12);
            for (to, share) in solution.b[state].iter().enumerate() {
                let column: Vec<f64> = solution.b.iter().map(|row| row[to]).collect();
                assert!((share - chain.r2[state][to] - dot(&chain.q[state], &column)).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn moves_that_do_not_balance_are_refused() {
        let mut drifting = balanced();
        drifting.r1 = vec![vec![0.1, 0.2], vec![0.1, 0.2]];

        assert!(matches!(drifting.solve(), Err(ChainError::NotConverged { term_abs }) if term_abs > 0.01));
    }

    #[test]
    fn a_state_from_which_the_mid_never_moves_is_refused() {
        let mut stuck = balanced();
        stuck.q[0] = vec![1.0, 0.0];
        stuck.r1[0] = vec![0.0, 0.0];
        stuck.r2[0] = vec![0.0, 0.0];

        assert_eq!(stuck.solve(), Err(ChainError::NeverMoves));
    }

    #[test]
    fn a_row_that_is_no_distribution_is_named() {
        let mut short = balanced();
        short.q[1][0] = 0.1;
        let mut negative = balanced();
        negative.r1[0] = vec![0.4, -0.1];
        let mut unknown = balanced();
        unknown.r2[1][1] = f64::NAN;

        assert_eq!(short.solve(), Err(ChainError::NotStochastic { state: 1 }));
        assert_eq!(negative.solve(), Err(ChainError::NotStochastic { state: 0 }));
        assert_eq!(unknown.solve(), Err(ChainError::NotStochastic { state: 1 }));
    }

    #[test]
    fn matrices_that_do_not_fit_are_refused() {
        let mut narrow = balanced();
        narrow.k.pop();
        let empty = Chain { q: vec![], r1: vec![], k: vec![], r2: vec![] };

        assert_eq!(narrow.solve(), Err(ChainError::Shape));
        assert_eq!(empty.solve(), Err(ChainError::Shape));
    }
}
