//! A wide spread that lasts stops trading; a spike does not, and a one-sided book is a state of its own.

use model::{Price, SpreadRule, SpreadState};

/// Follows the best quotes under a [`SpreadRule`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpreadBreaker {
    rule: SpreadRule,
    state: SpreadState,
    since_ns: i64,
}

impl SpreadBreaker {
    /// Starts in the normal state; a rule of 0 basis points never finds a spread wide.
    pub fn new(rule: SpreadRule) -> Self {
        SpreadBreaker { rule, state: SpreadState::Normal, since_ns: i64::MIN }
    }

    /// Takes the best quotes in force from `ts_ns` on. Times do not decrease.
    ///
    /// Only an unbroken stretch of wide spreads counts: a close or one-sided book between two wide ones ends it. A
    /// locked or crossed book is not wide.
    pub fn quote(&mut self, ts_ns: i64, bid: Option<Price>, ask: Option<Price>) -> SpreadState {
        let state = match (bid, ask) {
            (Some(bid), Some(ask)) if self.rule.bps > 0 && is_wider(bid, ask, self.rule.bps, 1) => SpreadState::Wide,
            (Some(_), Some(_)) => SpreadState::Normal,
            (None, _) | (_, None) => SpreadState::OneSided,
        };
        if state != self.state {
            self.state = state;
            self.since_ns = ts_ns;
        }
        state
    }

    /// Whether both sides are there and at most half of a wide spread apart; a crossed book is not calm.
    pub fn is_calm(&self, bid: Option<Price>, ask: Option<Price>) -> bool {
        match (bid, ask) {
            (Some(bid), Some(ask)) => bid <= ask && !is_wider(bid, ask, self.rule.bps, 2),
            (None, _) | (_, None) => false,
        }
    }

    /// What it sees.
    pub fn state(&self) -> SpreadState {
        self.state
    }

    /// Since when it sees that.
    pub fn since_ns(&self) -> i64 {
        self.since_ns
    }

    /// When trading stops unless the spread becomes close before; at that moment it has lasted long enough.
    pub fn due_ns(&self) -> Option<i64> {
        (self.state == SpreadState::Wide).then(|| self.since_ns.saturating_add(self.rule.persist_ns))
    }
}

/// Whether `times` the spread is strictly more than `bps` basis points of the size of the middle.
fn is_wider(bid: Price, ask: Price, bps: u32, times: i128) -> bool {
    let (bid, ask) = (i128::from(bid.0), i128::from(ask.0));
    // Both sides doubled, so that the middle is whole.
    2 * times * (ask - bid) * 10_000 > i128::from(bps) * (ask + bid).abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> SpreadBreaker {
        SpreadBreaker::new(SpreadRule { bps: 200, persist_ns: 3 })
    }

    fn quote(rule: &mut SpreadBreaker, ts_ns: i64, bid: i64, ask: i64) -> SpreadState {
        rule.quote(ts_ns, Some(Price(bid)), Some(Price(ask)))
    }

    #[test]
    fn exactly_two_percent_of_the_middle_is_not_wide() {
        assert_eq!(quote(&mut rule(), 0, 990, 1_010), SpreadState::Normal);
        assert_eq!(quote(&mut rule(), 0, 990, 1_011), SpreadState::Wide);
        assert_eq!(quote(&mut rule(), 0, -1_011, -990), SpreadState::Wide);
        assert_eq!(quote(&mut rule(), 0, -10, 10), SpreadState::Wide);
        assert_eq!(quote(&mut rule(), 0, 1_010, 990), SpreadState::Normal);
    }

    #[test]
    fn half_of_a_wide_spread_is_calm_and_a_missing_side_is_not() {
        let rule = rule();
        let calm = |bid, ask| rule.is_calm(Some(Price(bid)), Some(Price(ask)));

        assert!(calm(995, 1_005) && calm(1_000, 1_000));
        assert!(!calm(995, 1_006) && !calm(1_001, 1_000));
        assert!(!rule.is_calm(Some(Price(1_000)), None) && !rule.is_calm(None, None));
    }

    #[test]
    fn a_stretch_is_counted_from_its_first_wide_quote() {
        let mut rule = rule();
        quote(&mut rule, 5, 900, 1_000);
        quote(&mut rule, 7, 910, 1_000);

        assert_eq!((rule.due_ns(), rule.since_ns()), (Some(8), 5));
    }

    #[test]
    fn a_close_or_one_sided_book_between_ends_the_stretch() {
        let mut rule = rule();
        quote(&mut rule, 0, 900, 1_000);
        assert_eq!(rule.quote(1, Some(Price(900)), None), SpreadState::OneSided);
        assert_eq!(rule.due_ns(), None);

        quote(&mut rule, 2, 900, 1_000);
        assert_eq!(rule.due_ns(), Some(5));
        quote(&mut rule, 3, 999, 1_000);
        assert_eq!(rule.due_ns(), None);
        assert_eq!(rule.quote(4, None, None), SpreadState::OneSided);
    }

    #[test]
    fn a_rule_of_no_width_sees_nothing() {
        let mut none = SpreadBreaker::new(SpreadRule { bps: 0, persist_ns: 3 });

        assert_eq!(quote(&mut none, 0, 1, 1_000), SpreadState::Normal);
        assert_eq!(none.due_ns(), None);
    }
}
