//! The slowly moving fair value that the agents believe in, one per instrument.

use super::chance::around_zero;
use crate::rng::SplitMix64;

/// Parts of a tick a fair value is kept in.
pub(super) const Q8: i64 = 256;
/// Largest wander at one arrival, in 1/256 tick.
const WANDER_Q8: u32 = 80;
/// A fair value loses one part in 2^13 of its distance from the anchor per arrival.
const RETURN_SHIFT: u32 = 13;

/// A price in 1/256 tick, drawn back to its anchor and kept between half and double of it.
#[derive(Clone, Debug)]
pub(super) struct Fair {
    q8: i64,
    anchor_q8: i64,
}

impl Fair {
    /// A fair value at its anchor.
    pub(super) fn new(anchor_ticks: i64) -> Self {
        Fair { q8: anchor_ticks * Q8, anchor_q8: anchor_ticks * Q8 }
    }

    /// Where it is, in 1/256 tick.
    pub(super) fn q8(&self) -> i64 {
        self.q8
    }

    /// Lets one arrival pass.
    pub(super) fn wander(&mut self, rng: &mut SplitMix64) {
        self.push(around_zero(rng, WANDER_Q8) - ((self.q8 - self.anchor_q8) >> RETURN_SHIFT));
    }

    /// Moves it by `by_q8`.
    pub(super) fn push(&mut self, by_q8: i64) {
        self.q8 = (self.q8 + by_q8).clamp(self.anchor_q8 / 2, self.anchor_q8 * 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_leaves_its_bounds() {
        let mut fair = Fair::new(100);

        fair.push(1_000_000);
        assert_eq!(fair.q8(), 200 * Q8);
        fair.push(-1_000_000);
        assert_eq!(fair.q8(), 50 * Q8);
    }

    #[test]
    fn it_comes_back_to_its_anchor() {
        let mut fair = Fair::new(20_000);
        let mut rng = SplitMix64::new(1);
        fair.push(5_000 * Q8);

        for _ in 0..8 << RETURN_SHIFT {
            fair.wander(&mut rng);
        }

        // e^-8 of 5,000 ticks is under two; the wander itself spreads by about ten (0.16 tick x sqrt(2^13 / 2)).
        assert!((fair.q8() / Q8 - 20_000).abs() < 60, "{}", fair.q8() / Q8);
    }
}
