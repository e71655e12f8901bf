//! Hysteresis: a breaker that tripped trips again only after some calm samples in a row.

use model::BreakerRules;

/// Counts calm samples, one each [`BreakerRules::SAMPLE_NS`]; [`BreakerRules::SAMPLES`] in a row arm the breaker again,
/// but not before its shortest interval is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rearm {
    next_ns: i64,
    earliest_ns: i64,
    calm: u32,
    is_armed: bool,
}

impl Rearm {
    /// Samples from `end_ns` on, the end of the last phase, and arms at `end_ns + interval_ns` at the earliest.
    pub fn new(end_ns: i64, interval_ns: i64) -> Self {
        Rearm { next_ns: end_ns, earliest_ns: end_ns.saturating_add(interval_ns), calm: 0, is_armed: false }
    }

    /// Takes the samples due up to and including `now_ns`, during which the market was calm or not throughout. `true`
    /// where the breaker is armed again.
    pub fn advance(&mut self, now_ns: i64, is_calm: bool) -> bool {
        if self.is_armed || now_ns < self.next_ns {
            return self.is_armed;
        }
        let due = (now_ns - self.next_ns) / BreakerRules::SAMPLE_NS + 1;
        self.next_ns += due * BreakerRules::SAMPLE_NS;
        let last_ns = self.next_ns - BreakerRules::SAMPLE_NS;
        self.calm = if is_calm { self.calm.saturating_add(u32::try_from(due).unwrap_or(u32::MAX)) } else { 0 };
        self.is_armed = self.calm >= BreakerRules::SAMPLES && last_ns >= self.earliest_ns;
        self.is_armed
    }

    /// Whether there were enough calm samples in a row.
    pub fn is_armed(&self) -> bool {
        self.is_armed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    #[test]
    fn three_calm_samples_in_a_row_arm_it() {
        let mut rearm = Rearm::new(0, 0);

        assert!(!rearm.advance(SECOND, true));
        assert!(!rearm.advance(2 * SECOND, false));
        assert!(!rearm.advance(5 * SECOND - 1, true));
        assert!(rearm.advance(5 * SECOND, true));
        assert!(rearm.advance(7 * SECOND, false), "what is armed stays armed");
    }

    #[test]
    fn events_between_two_samples_do_not_count() {
        let mut rearm = Rearm::new(0, 0);

        for ts_ns in 1..1_000 {
            assert!(!rearm.advance(ts_ns, true));
        }
        assert!(!rearm.advance(1_999_999_999, true));
        assert!(rearm.advance(2 * SECOND, true));
    }

    #[test]
    fn a_calm_market_waits_for_the_interval() {
        let mut rearm = Rearm::new(0, 60 * SECOND);

        assert!(!rearm.advance(60 * SECOND - 1, true));
        assert!(rearm.advance(60 * SECOND, true));
    }
}
