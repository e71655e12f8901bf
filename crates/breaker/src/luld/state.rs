//! Limit state, straddle state and trading pause, from the best quotes and the bands.
//!
//! ```text
//! Normal <-> Limit --15 s--> Paused --5 min--> Normal
//! Normal <-> Straddle <-> Limit
//! ```

use model::Price;

use crate::band::Band;

const SECOND: i64 = 1_000_000_000;

/// Where a security stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LuldState {
    /// Both sides are inside.
    Normal,
    /// The best offer is at the low end, or the best bid at the high end.
    Limit {
        /// From when on; after 15 s trading pauses.
        since_ns: i64,
    },
    /// One side is beyond its end and no limit state; its market may ask for a pause.
    Straddle,
    /// Trading has stopped.
    Paused {
        /// When the reopening begins.
        until_ns: i64,
    },
}

/// Follows one security through its states. Times do not decrease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitMachine {
    state: LuldState,
}

impl Default for LimitMachine {
    fn default() -> Self {
        LimitMachine { state: LuldState::Normal }
    }
}

impl LimitMachine {
    /// How long a limit state lasts before trading pauses.
    pub const LIMIT_NS: i64 = 15 * SECOND;
    /// How long a pause lasts.
    pub const PAUSE_NS: i64 = 300 * SECOND;

    /// In the normal state.
    pub fn new() -> Self {
        Self::default()
    }

    /// The state at `now_ns`: a limit state that lasted 15 s has become a pause, a pause of 5 minutes is over.
    pub fn advance(&mut self, now_ns: i64) -> LuldState {
        if let LuldState::Limit { since_ns } = self.state
            && now_ns - since_ns >= Self::LIMIT_NS
        {
            self.state = LuldState::Paused { until_ns: since_ns + Self::LIMIT_NS + Self::PAUSE_NS };
        }
        if let LuldState::Paused { until_ns } = self.state
            && now_ns >= until_ns
        {
            self.state = LuldState::Normal;
        }
        self.state
    }

    /// The state it was left in.
    pub fn state(&self) -> LuldState {
        self.state
    }

    /// Trading has stopped, whoever said so.
    pub fn pause(&mut self, until_ns: i64) {
        self.state = LuldState::Paused { until_ns };
    }

    /// As [`LimitMachine::quote`] where a side may be missing: a missing one is beyond nothing and crosses nothing.
    pub fn sides(&mut self, now_ns: i64, bid: Option<Price>, offer: Option<Price>, band: Band) -> LuldState {
        match (bid, offer) {
            (Some(bid), Some(offer)) => self.quote(now_ns, bid, offer, band),
            (None, Some(offer)) => self.quote(now_ns, band.low.min(Price(offer.0.saturating_sub(1))), offer, band),
            (Some(bid), None) => self.quote(now_ns, bid, band.high.max(Price(bid.0.saturating_add(1))), band),
            (None, None) => self.quote(now_ns, band.low, band.high, band),
        }
    }

    /// Takes the best bid and offer in force from `now_ns` on; ignored during a pause.
    ///
    /// A crossed market is no limit state. An offer below the low end counts as at it: it cannot be executed there.
    pub fn quote(&mut self, now_ns: i64, bid: Price, offer: Price, band: Band) -> LuldState {
        let before = self.advance(now_ns);
        if matches!(before, LuldState::Paused { .. }) {
            return before;
        }
        let at_limit = bid < offer && (offer <= band.low || bid >= band.high);
        let straddles = bid < band.low || offer > band.high;
        self.state = if at_limit {
            let goes_on = matches!(before, LuldState::Limit { .. });
            if goes_on { before } else { LuldState::Limit { since_ns: now_ns } }
        } else if straddles {
            LuldState::Straddle
        } else {
            LuldState::Normal
        };
        self.state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BAND: Band = Band { low: Price(950), high: Price(1_050) };

    fn quote(machine: &mut LimitMachine, second: i64, bid: i64, offer: i64) -> LuldState {
        machine.quote(second * SECOND, Price(bid), Price(offer), BAND)
    }

    #[test]
    fn a_bid_at_the_high_end_pauses_after_15_seconds_without_another_quote() {
        let mut machine = LimitMachine::new();
        quote(&mut machine, 10, 1_050, 1_051);

        assert_eq!(machine.advance(25 * SECOND - 1), LuldState::Limit { since_ns: 10 * SECOND });
        assert_eq!(quote(&mut machine, 40, 1_000, 1_001), LuldState::Paused { until_ns: 325 * SECOND });
        assert_eq!(machine.advance(325 * SECOND - 1), LuldState::Paused { until_ns: 325 * SECOND });
        assert_eq!(quote(&mut machine, 325, 1_000, 1_001), LuldState::Normal);
    }

    #[test]
    fn a_quote_inside_ends_the_limit_state_and_its_15_seconds() {
        let mut machine = LimitMachine::new();
        quote(&mut machine, 0, 949, 950);
        assert_eq!(quote(&mut machine, 14, 960, 961), LuldState::Normal);

        assert_eq!(quote(&mut machine, 15, 949, 950), LuldState::Limit { since_ns: 15 * SECOND });
        assert_eq!(quote(&mut machine, 29, 940, 945), LuldState::Limit { since_ns: 15 * SECOND });
    }

    #[test]
    fn one_side_beyond_its_end_straddles_and_a_crossed_market_is_no_limit_state() {
        let mut machine = LimitMachine::new();

        assert_eq!(quote(&mut machine, 0, 949, 951), LuldState::Straddle);
        assert_eq!(quote(&mut machine, 1, 1_049, 1_051), LuldState::Straddle);
        assert_eq!(quote(&mut machine, 2, 960, 950), LuldState::Normal);
        assert_eq!(quote(&mut machine, 3, 950, 1_050), LuldState::Normal);
    }
}
