//! Seeded draws: numbers, choices and weighted choices.

use model::SplitMix64;

/// A source of choices; the same seed draws the same ones.
#[derive(Clone, Debug)]
pub struct Draw(SplitMix64);

impl Draw {
    /// A source from a seed.
    pub fn new(seed: u64) -> Self {
        Draw(SplitMix64::new(seed))
    }

    /// 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number in `low..=high`.
    ///
    /// # Panics
    /// Where `high` is below `low`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low + 1).expect("a range that is not empty");
        low + i64::try_from(self.0.below(width)).expect("below the width")
    }

    /// An index in `0..count`.
    ///
    /// # Panics
    /// Where `count` is 0.
    pub fn index(&mut self, count: usize) -> usize {
        usize::try_from(self.0.below(count as u64)).expect("below a count")
    }

    /// True in `permille` of 1,000 cases.
    pub fn chance(&mut self, permille: u32) -> bool {
        self.0.below(1_000) < u64::from(permille)
    }

    /// One of the values.
    pub fn pick<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.index(values.len())]
    }

    /// An index with the probability of its weight; all weights zero gives the first.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let sum: u64 = weights.iter().copied().map(u64::from).sum();
        if sum == 0 {
            return 0;
        }
        let mut at = self.0.below(sum);
        for (index, weight) in weights.iter().enumerate() {
            match at.checked_sub(u64::from(*weight)) {
                Some(rest) => at = rest,
                None => return index,
            }
        }
        0
    }
}
