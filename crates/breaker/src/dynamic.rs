//! A dynamic circuit breaker as futures markets use it: a fixed distance from what traded in a rolling hour.
//!
//! Source: CME Group, Dynamic Circuit Breakers FAQ: the variant is a share of the settlement price rounded down to the
//! tick; the high limit is the lowest price of the window plus the variant, the low limit its highest price minus it.

use model::Price;

use crate::band::Band;
use crate::extremes::Extremes;

const SECOND: i64 = 1_000_000_000;

/// The breaker of one product and day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DynamicBreaker {
    variant: i64,
    window: Extremes,
}

impl DynamicBreaker {
    /// How far back prints count.
    pub const WINDOW_NS: i64 = 3_600 * SECOND;

    /// A variant of `bps` basis points of the settlement price; `None` where a number is not positive.
    pub fn new(settlement: Price, bps: u32, tick: i64) -> Option<Self> {
        Self::within(settlement, bps, tick, Self::WINDOW_NS)
    }

    /// As [`DynamicBreaker::new`] with another window.
    pub fn within(settlement: Price, bps: u32, tick: i64, window_ns: i64) -> Option<Self> {
        if settlement.0 <= 0 || bps == 0 || tick <= 0 || window_ns <= 0 {
            return None;
        }
        let share = i128::from(settlement.0) * i128::from(bps) / 10_000;
        let variant = i64::try_from(share - share % i128::from(tick)).ok()?;
        Some(DynamicBreaker { variant, window: Extremes::new(window_ns) })
    }

    /// How far prices may move within the window.
    pub fn variant(&self) -> i64 {
        self.variant
    }

    /// What may print at `now_ns`; every price where nothing printed in the window.
    pub fn band(&self, now_ns: i64) -> Band {
        self.window.at(now_ns).map_or(Band::ANY, |(lowest, highest)| Band {
            low: Price(highest.0.saturating_sub(self.variant)),
            high: Price(lowest.0.saturating_add(self.variant)),
        })
    }

    /// Takes a price that is about to print. Times do not decrease.
    ///
    /// # Errors
    /// The band it breaks: it does not print, and the window starts again, empty.
    pub fn print(&mut self, ts_ns: i64, price: Price) -> Result<(), Band> {
        let band = self.band(ts_ns);
        if !band.allows(price) {
            self.window.clear();
            return Err(band);
        }
        self.window.observe(ts_ns, price);
        Ok(())
    }

    /// Takes a price that has printed, whatever the band.
    pub fn observe(&mut self, ts_ns: i64, price: Price) {
        self.window.observe(ts_ns, price);
    }

    /// Forgets what printed: the window starts again, empty.
    pub fn restart(&mut self) {
        self.window.clear();
    }

    /// How long a trip keeps the product in its pre-open: 2 minutes, 5 seconds in the last 5 minutes of the day.
    pub fn pause_ns(to_close_ns: i64) -> i64 {
        if to_close_ns <= 300 * SECOND { 5 * SECOND } else { 120 * SECOND }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_themselves_print_and_a_tick_beyond_restarts_the_window() {
        let mut breaker = DynamicBreaker::new(Price(10_000), 350, 10).unwrap();
        assert_eq!(breaker.print(0, Price(10_000)), Ok(()));

        assert_eq!(breaker.print(1, Price(10_350)), Ok(()));
        assert_eq!(breaker.print(2, Price(9_990)), Err(Band { low: Price(10_000), high: Price(10_350) }));
        assert_eq!(breaker.band(3), Band::ANY);
        assert_eq!(breaker.print(3, Price(9_990)), Ok(()));
    }

    #[test]
    fn the_variant_is_rounded_down_to_the_tick_and_the_pause_is_short_at_the_end() {
        assert_eq!(DynamicBreaker::new(Price(10_001), 351, 25).map(|breaker| breaker.variant()), Some(350));
        assert_eq!(DynamicBreaker::new(Price(0), 350, 1), None);
        assert_eq!(DynamicBreaker::new(Price(1), 350, 0), None);
        assert_eq!(
            (DynamicBreaker::pause_ns(301 * SECOND), DynamicBreaker::pause_ns(300 * SECOND)),
            (120 * SECOND, 5 * SECOND)
        );
    }
}
