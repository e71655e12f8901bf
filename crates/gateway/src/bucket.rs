//! A token bucket in integers: nothing is lost to rounding, however often it is asked.

use crate::limits::{Flow, SECOND_NS};

/// Tokens of one kind. Time is an argument and never goes back; an earlier time counts as the latest seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bucket {
    flow: Flow,
    /// What is there, in tokens times a second's nanoseconds.
    level: u128,
    at_ns: u64,
}

const ONE: u128 = SECOND_NS as u128;

impl Bucket {
    /// A full bucket.
    pub(crate) fn new(flow: Flow, now_ns: u64) -> Self {
        Self { flow, level: u128::from(flow.burst) * ONE, at_ns: now_ns }
    }

    /// What it was made of.
    pub(crate) fn flow(&self) -> Flow {
        self.flow
    }

    /// Takes a token where there is one.
    pub(crate) fn take(&mut self, now_ns: u64) -> bool {
        self.refill(now_ns);
        let enough = self.level >= ONE;
        if enough {
            self.level -= ONE;
        }
        enough
    }

    /// Takes `tokens` whether they are there or not; what is missing has to flow in before anything else does.
    ///
    /// A single debt is bounded by what one read can bring, so the bucket stays bounded too.
    pub(crate) fn charge(&mut self, tokens: usize, now_ns: u64) -> Debt {
        self.refill(now_ns);
        let cost = tokens as u128 * ONE;
        let (level, missing) = if self.level >= cost { (self.level - cost, 0) } else { (0, cost - self.level) };
        self.level = level;
        let wait = missing.div_ceil(u128::from(self.flow.per_second.max(1)));
        let wait_ns = u64::try_from(wait).unwrap_or(u64::MAX);
        // The debt is paid by the time that passes until then: none of it fills the bucket.
        self.at_ns = self.at_ns.saturating_add(wait_ns);
        Debt { until_ns: (wait_ns > 0).then_some(self.at_ns) }
    }

    fn refill(&mut self, now_ns: u64) {
        let Some(passed) = now_ns.checked_sub(self.at_ns) else { return };
        self.at_ns = now_ns;
        let grown = self.level + u128::from(passed) * u128::from(self.flow.per_second);
        self.level = grown.min(u128::from(self.flow.burst) * ONE);
    }
}

/// What a charge left to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Debt {
    /// When the bucket is no longer overdrawn, where it is.
    pub(crate) until_ns: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_bucket_gives_its_burst_and_then_its_rate() {
        let mut bucket = Bucket::new(Flow { per_second: 10, burst: 3 }, 0);

        assert_eq!((0..5).filter(|_| bucket.take(0)).count(), 3);
        assert!(!bucket.take(SECOND_NS / 10 - 1));
        assert!(bucket.take(SECOND_NS / 10));
        assert!(!bucket.take(SECOND_NS / 10));
    }

    #[test]
    fn asking_often_costs_nothing() {
        let mut bucket = Bucket::new(Flow { per_second: 3, burst: 2 }, 0);
        assert!(bucket.take(0) && bucket.take(0));

        let taken = (1..=1_000).filter(|step| bucket.take(step * (SECOND_NS / 1_000))).count();

        assert_eq!(taken, 3);
    }

    #[test]
    fn it_never_holds_more_than_its_burst_and_time_does_not_go_back() {
        let mut bucket = Bucket::new(Flow { per_second: 10, burst: 2 }, 0);

        assert_eq!((0..9).filter(|_| bucket.take(3_600 * SECOND_NS)).count(), 2);
        assert!(!bucket.take(0));
    }

    #[test]
    fn a_debt_is_paid_before_anything_else() {
        let mut bucket = Bucket::new(Flow { per_second: 10, burst: 10 }, 0);

        assert_eq!(bucket.charge(10, 0), Debt { until_ns: None });
        assert_eq!(bucket.charge(5, 0), Debt { until_ns: Some(SECOND_NS / 2) });
        assert!(!bucket.take(SECOND_NS / 2));
        assert!(bucket.take(SECOND_NS / 2 + SECOND_NS / 10));
    }
}
