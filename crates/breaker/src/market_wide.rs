//! The market-wide circuit breaker: declines of 7, 13 and 20 % of an index against its previous close.
//!
//! Source: NYSE Rule 7.12, Nasdaq Rule 4121. The first two levels halt once a day for 15 minutes and not from 35 minutes
//! before the close on; the third ends the day at any time.

use model::Price;

use crate::hours::Hours;

const PERCENT: [i64; 3] = [7, 13, 20];
/// So many minutes before the close the first two levels no longer halt.
const LAST_MINUTES: i64 = 35;

/// What a level does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MarketAction {
    /// Nothing, or nothing any more.
    None,
    /// All trading stops for 15 minutes.
    HaltFifteenMinutes,
    /// All trading stops until the next day.
    HaltRestOfDay,
}

/// How far the index has fallen and what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MarketDecline {
    /// The highest level it has reached, 0 to 3.
    pub level: u8,
    /// What happens at this moment.
    pub action: MarketAction,
}

/// The rule of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketWide {
    prev_close: Price,
    hours: Hours,
    taken: [bool; 3],
}

impl MarketWide {
    /// A day's rule with the levels that have halted already; `None` where the previous close is not positive.
    pub fn new(prev_close: Price, hours: Hours, taken: [bool; 3]) -> Option<Self> {
        (prev_close.0 > 0).then_some(MarketWide { prev_close, hours, taken })
    }

    /// The highest index value that reaches each level.
    pub fn triggers(&self) -> [Price; 3] {
        PERCENT.map(|percent| {
            let value = i128::from(self.prev_close.0) * i128::from(100 - percent) / 100;
            Price(i64::try_from(value).unwrap_or(i64::MAX))
        })
    }

    /// Takes an index value at a local time of day. One that is not positive is no index value and changes nothing.
    ///
    /// A level that halts uses up the ones below it: their decline lies behind.
    pub fn index(&mut self, time_ns: i64, value: Price) -> MarketDecline {
        let reached = self.triggers().iter().filter(|trigger| value <= **trigger).count();
        if value.0 <= 0 || reached == 0 {
            return MarketDecline { level: 0, action: MarketAction::None };
        }
        let is_in_time = self.hours.is_open(time_ns) && (reached == 3 || !self.hours.is_last(time_ns, LAST_MINUTES));
        let action = match (is_in_time && !self.taken[reached - 1], reached) {
            (false, _) => MarketAction::None,
            (true, 3) => MarketAction::HaltRestOfDay,
            (true, _) => MarketAction::HaltFifteenMinutes,
        };
        if action != MarketAction::None {
            self.taken[..reached].fill(true);
        }
        MarketDecline { level: u8::try_from(reached).unwrap_or(3), action }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000_000_000;

    fn day() -> MarketWide {
        MarketWide::new(Price(10_000), Hours::default(), [false; 3]).unwrap()
    }

    fn action(day: &mut MarketWide, minute: i64, value: i64) -> MarketAction {
        day.index(minute * MINUTE, Price(value)).action
    }

    #[test]
    fn each_level_halts_once_and_uses_up_the_ones_below() {
        let mut market = day();

        assert_eq!(action(&mut market, 660, 8_700), MarketAction::HaltFifteenMinutes);
        assert_eq!(action(&mut market, 680, 9_300), MarketAction::None);
        assert_eq!(action(&mut market, 690, 8_000), MarketAction::HaltRestOfDay);
        assert_eq!(action(&mut market, 691, 8_000), MarketAction::None);
    }

    #[test]
    fn late_in_the_day_only_the_third_level_halts() {
        let mut market = day();

        assert_eq!(action(&mut market, 924, 9_301), MarketAction::None);
        assert_eq!(action(&mut market, 926, 9_300), MarketAction::None);
        assert_eq!(action(&mut market, 959, 8_000), MarketAction::HaltRestOfDay);
        assert_eq!(action(&mut day(), 960, 8_000), MarketAction::None);
        assert_eq!(action(&mut day(), 924, 9_300), MarketAction::HaltFifteenMinutes);
    }

    #[test]
    fn a_value_that_is_not_positive_is_no_crash() {
        assert_eq!(day().index(660 * MINUTE, Price(0)), MarketDecline { level: 0, action: MarketAction::None });
        assert_eq!(MarketWide::new(Price(0), Hours::default(), [false; 3]), None);
    }
}
