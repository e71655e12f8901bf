//! Seeded fuzzers of everything that reads bytes: valid input, damaged and invented, against what must always hold.
//!
//! A case is made from its seed alone, so a failing one is repeated by naming it.

pub mod wire;

use std::collections::BTreeMap;
use std::panic::catch_unwind;

/// Runs one case and names what it saw.
pub type Case = fn(seed: u64) -> Result<&'static str, String>;

/// What is fuzzed, by name.
pub const TARGETS: [(&str, Case); 2] = [("messages", wire::messages), ("frames", wire::frames)];

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many cases ran.
    pub cases: u64,
    /// How often each outcome was seen.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// The seeds that failed, and how; the first few.
    pub failures: Vec<(u64, String)>,
}

/// Most failures that are kept.
pub const FAILURES_MAX: usize = 5;

/// Runs the cases of consecutive seeds; a panic is a failure.
pub fn run(case: Case, seeds: std::ops::Range<u64>, totals: &mut Totals) {
    for seed in seeds {
        totals.cases += 1;
        let failure = match catch_unwind(|| case(seed)) {
            Ok(Ok(outcome)) => {
                *totals.outcomes.entry(outcome).or_default() += 1;
                continue;
            }
            Ok(Err(what)) => what,
            Err(_) => "panics".to_owned(),
        };
        if totals.failures.len() < FAILURES_MAX {
            totals.failures.push((seed, failure));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_holds_on_a_slice_and_sees_good_and_bad_input() {
        for (name, case) in TARGETS {
            let mut totals = Totals::default();
            run(case, 0..30_000, &mut totals);

            assert_eq!(totals.failures, [], "{name}");
            assert!(totals.outcomes.len() >= 5, "{name} {:?}", totals.outcomes);
            assert!(totals.outcomes.get("whole").is_some_and(|whole| *whole > 1_000), "{name} {:?}", totals.outcomes);
        }
    }

    #[test]
    fn failures_and_panics_are_reported_with_their_seeds() {
        let bad: Case = |seed| match seed {
            3 => Err("three".to_owned()),
            5 => panic!("five"),
            _ => Ok("fine"),
        };
        let mut totals = Totals::default();

        run(bad, 0..8, &mut totals);

        assert_eq!(totals.failures, [(3, "three".to_owned()), (5, "panics".to_owned())]);
        assert_eq!((totals.cases, totals.outcomes["fine"]), (8, 6));
    }
}
