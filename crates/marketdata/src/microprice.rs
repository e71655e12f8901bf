//! Stoikov's micro-price, estimated from a recording of quotes.
//!
//! The state of a quote is (imbalance bucket, spread in ticks). Every transition is counted together with its mirror
//! image, `(I, dM) -> (1 - I, -dM)`; without that the series of [`crate::chain`] has no limit. Spreads above the
//! largest modelled one and moves of more than one tick are left out. States that were seen too little to solve for
//! (never left, or never followed by a move) have no micro-price; they are not given the mid.
//! Source: S. Stoikov, "The micro-price", 2017 (SSRN 2970694).
#![allow(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "analytics: nothing here changes a balance")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use model::Price;

use crate::chain::{Chain, ChainError, STATES_MAX};
use crate::level::{Quote, Unavailable};

/// Moves of the mid that are modelled, in half ticks.
const MOVES_HALF_TICKS: [i128; 4] = [-2, -1, 1, 2];

/// Why there is no micro-price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MicropriceError {
    /// The tick is not above zero, the number of buckets is even or 0, the spread limit is 0, or their product exceeds [`STATES_MAX`]. An odd
    /// number gives the balanced quote a bucket of its own, which symmetry sends to the mid.
    BadGrid,
    /// No usable transition was seen.
    NoData,
    /// The quote has no spread in ticks.
    Unavailable(Unavailable),
    /// The spread is wider than the model.
    SpreadTooWide {
        /// Spread of the quote, in ticks.
        spread_ticks: u64,
        /// Widest spread of the model, in ticks.
        spread_ticks_max: u64,
    },
    /// The recording says too little about this state.
    StateNotObserved,
    /// The chain has no solution.
    Chain(ChainError),
}

impl fmt::Display for MicropriceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadGrid => {
                write!(f, "tick must be > 0, buckets odd, spread limit > 0, their product <= {STATES_MAX}")
            }
            Self::NoData => f.write_str("no usable transition"),
            Self::Unavailable(reason) => reason.fmt(f),
            Self::SpreadTooWide { spread_ticks, spread_ticks_max } => {
                write!(f, "spread too wide: spread_ticks={spread_ticks} max={spread_ticks_max}")
            }
            Self::StateNotObserved => f.write_str("state not observed often enough"),
            Self::Chain(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for MicropriceError {}

/// The states of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    tick: Price,
    buckets: usize,
    spread_ticks_max: usize,
}

impl Grid {
    /// `tick` is the tick size; `buckets` of equal width over the imbalance, odd; spreads of 1 to `spread_ticks_max` ticks.
    ///
    /// # Errors
    /// [`MicropriceError::BadGrid`].
    pub fn new(tick: Price, buckets: usize, spread_ticks_max: usize) -> Result<Self, MicropriceError> {
        let states = buckets.checked_mul(spread_ticks_max);
        if tick <= Price(0) || buckets.is_multiple_of(2) || !states.is_some_and(|n| (1..=STATES_MAX).contains(&n)) {
            return Err(MicropriceError::BadGrid);
        }
        Ok(Self { tick, buckets, spread_ticks_max })
    }

    fn state(&self, quote: &Quote) -> Result<usize, MicropriceError> {
        let spread_ticks = quote.spread_ticks(self.tick).map_err(MicropriceError::Unavailable)?;
        let row = usize::try_from(spread_ticks - 1).ok().filter(|row| *row < self.spread_ticks_max);
        match row {
            Some(row) => Ok(row * self.buckets + self.bucket(quote)),
            None => {
                Err(MicropriceError::SpreadTooWide { spread_ticks, spread_ticks_max: self.spread_ticks_max as u64 })
            }
        }
    }

    /// Counts from the thinner side and reflects, so that a quote and its mirror image always get mirrored buckets, on
    /// the boundaries too.
    fn bucket(&self, quote: &Quote) -> usize {
        let (bid, ask): (u128, u128) = (quote.bid.qty.0.unsigned_abs().into(), quote.ask.qty.0.unsigned_abs().into());
        let thin = bid.min(ask) * self.buckets as u128 / (bid + ask);
        let bucket = usize::try_from(thin).unwrap_or(self.buckets / 2);
        if bid <= ask { bucket } else { self.buckets - 1 - bucket }
    }

    fn mirror(&self, state: usize) -> usize {
        let bucket = state % self.buckets;
        state - bucket + (self.buckets - 1 - bucket)
    }
}

/// One kind of transition: from state, to state, index into the moves (`None`: the mid stayed).
type Transition = (usize, usize, Option<usize>);

/// Counts transitions between consecutive quotes.
#[derive(Debug, Clone)]
pub struct Estimator {
    grid: Grid,
    prev: Option<Quote>,
    counts: BTreeMap<Transition, u64>,
}

impl Estimator {
    /// Starts without data.
    #[must_use]
    pub fn new(grid: Grid) -> Self {
        Self { grid, prev: None, counts: BTreeMap::new() }
    }

    /// Takes the next quote and returns whether the step was counted. `None` (no two-sided book) breaks the chain.
    pub fn update(&mut self, quote: Option<Quote>) -> bool {
        let prev = std::mem::replace(&mut self.prev, quote);
        let (Some(prev), Some(cur)) = (prev, quote) else { return false };
        let (Ok(from), Ok(to)) = (self.grid.state(&prev), self.grid.state(&cur)) else { return false };
        let moved = cur.mid_x2() - prev.mid_x2();
        let tick = i128::from(self.grid.tick.0);
        let column = MOVES_HALF_TICKS.iter().position(|half_ticks| half_ticks * tick == moved);
        if moved != 0 && column.is_none() {
            return false;
        }
        let mirrored = column.map(|column| MOVES_HALF_TICKS.len() - 1 - column);
        *self.counts.entry((from, to, column)).or_default() += 1;
        *self.counts.entry((self.grid.mirror(from), self.grid.mirror(to), mirrored)).or_default() += 1;
        true
    }

    /// Solves for the adjustment of every state that the counts determine.
    ///
    /// # Errors
    /// [`MicropriceError::NoData`] or [`MicropriceError::Chain`].
    pub fn fit(&self) -> Result<Microprice, MicropriceError> {
        let counts = solvable(&self.counts);
        let states: Vec<usize> = counts.keys().map(|(from, ..)| *from).fold(Vec::new(), |mut seen, from| {
            if seen.last() != Some(&from) {
                seen.push(from);
            }
            seen
        });
        if states.is_empty() {
            return Err(MicropriceError::NoData);
        }
        let solution = chain_of(&states, &counts).solve().map_err(MicropriceError::Chain)?;
        let adjustment_ticks = states.into_iter().zip(solution.g_star).collect();
        Ok(Microprice { grid: self.grid, adjustment_ticks })
    }
}

/// Drops transitions into states that are never left, and states from which no move can be reached, until none is left.
fn solvable(counts: &BTreeMap<Transition, u64>) -> BTreeMap<Transition, u64> {
    let mut kept = counts.clone();
    loop {
        let moving = reaches_a_move(&kept);
        let before = kept.len();
        kept.retain(|(from, to, _), _| moving.contains(from) && moving.contains(to));
        if kept.len() == before {
            return kept;
        }
    }
}

/// The states from which some sequence of transitions moves the mid.
fn reaches_a_move(counts: &BTreeMap<Transition, u64>) -> BTreeSet<usize> {
    let mut sources: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut open = Vec::new();
    for (from, to, column) in counts.keys() {
        sources.entry(*to).or_default().insert(*from);
        if column.is_some() {
            open.push(*from);
        }
    }
    let mut moving = BTreeSet::new();
    while let Some(state) = open.pop() {
        if moving.insert(state) {
            open.extend(sources.get(&state).into_iter().flatten());
        }
    }
    moving
}

fn chain_of(states: &[usize], counts: &BTreeMap<Transition, u64>) -> Chain {
    let n = states.len();
    let mut chain = Chain {
        q: vec![vec![0.0; n]; n],
        r1: vec![vec![0.0; MOVES_HALF_TICKS.len()]; n],
        k: MOVES_HALF_TICKS.iter().map(|half_ticks| *half_ticks as f64 / 2.0).collect(),
        r2: vec![vec![0.0; n]; n],
    };
    let mut totals = vec![0_u64; n];
    let index = |state: usize| states.partition_point(|known| *known < state);
    for ((from, ..), count) in counts {
        totals[index(*from)] += count;
    }
    for ((from, to, column), count) in counts {
        let (row, to) = (index(*from), index(*to));
        let share = *count as f64 / totals[row] as f64;
        match column {
            None => chain.q[row][to] += share,
            Some(column) => {
                chain.r1[row][*column] += share;
                chain.r2[row][to] += share;
            }
        }
    }
    chain
}

/// A fitted micro-price.
#[derive(Debug, Clone, PartialEq)]
pub struct Microprice {
    grid: Grid,
    adjustment_ticks: BTreeMap<usize, f64>,
}

impl Microprice {
    /// Micro-price minus mid, in ticks.
    ///
    /// # Errors
    /// [`MicropriceError::SpreadTooWide`] or [`MicropriceError::StateNotObserved`].
    pub fn adjustment_ticks(&self, quote: &Quote) -> Result<f64, MicropriceError> {
        let state = self.grid.state(quote)?;
        self.adjustment_ticks.get(&state).copied().ok_or(MicropriceError::StateNotObserved)
    }

    /// The micro-price, in the price unit.
    ///
    /// # Errors
    /// As [`Microprice::adjustment_ticks`].
    pub fn price(&self, quote: &Quote) -> Result<f64, MicropriceError> {
        Ok(quote.mid() + self.adjustment_ticks(quote)? * self.grid.tick.0 as f64)
    }
}
