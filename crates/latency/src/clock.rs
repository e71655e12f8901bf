//! The clock of the stamps: the processor's counter where it can be trusted, else the system's.

use std::hint::black_box;

/// Readings that its own cost is the median of.
const COSTS: usize = 1_001;

/// Nanoseconds since it was made, never back.
///
/// The counter (TSC) is calibrated against the system's clock when the first one is made, and used only where the processor
/// says that it ticks evenly and never stops; elsewhere the system's monotonic clock answers.
#[derive(Debug, Clone)]
pub struct StageClock {
    clock: quanta::Clock,
    began: u64,
}

impl StageClock {
    /// A clock that begins now.
    #[must_use]
    pub fn new() -> Self {
        let clock = quanta::Clock::new();
        let began = clock.raw();
        Self { clock, began }
    }

    /// Nanoseconds since it began.
    #[inline]
    #[must_use]
    pub fn now_ns(&self) -> u64 {
        self.clock.delta_as_nanos(self.began, self.clock.raw())
    }

    /// What one reading costs here: the median of many, each the mean of ten.
    #[must_use]
    pub fn cost_ns(&self) -> u64 {
        let mut costs: Vec<u64> = (0..COSTS).map(|_| self.ten_ns() / 10).collect();
        costs.sort_unstable();
        costs[COSTS / 2]
    }

    fn ten_ns(&self) -> u64 {
        let began = self.now_ns();
        (0..9).for_each(|_| {
            black_box(self.now_ns());
        });
        self.now_ns().saturating_sub(began)
    }
}

impl Default for StageClock {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_goes_back() {
        let clock = StageClock::new();
        let readings: Vec<u64> = (0..10_000).map(|_| clock.now_ns()).collect();

        assert!(readings.is_sorted());
        assert!(clock.clone().now_ns() >= readings[9_999], "a copy has the same beginning");
    }
}
