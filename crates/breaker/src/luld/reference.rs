//! The reference price of the bands: the mean of five minutes, moved only by 1 % and only every 30 seconds.

use std::collections::VecDeque;

use model::Price;

use crate::extremes::Print;

const SECOND: i64 = 1_000_000_000;
/// Trades count while younger than this.
const WINDOW_NS: i64 = 300 * SECOND;
/// A reference price stays for at least this long.
const IN_FORCE_NS: i64 = 30 * SECOND;

/// The reference price process.
///
/// It is evaluated with each trade and whenever [`ReferencePrice::evaluate`] is called, as often as the processor that
/// publishes the bands does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferencePrice {
    reference: Price,
    since_ns: Option<i64>,
    trades: VecDeque<Print>,
    sum: i128,
}

impl ReferencePrice {
    /// Starts with a price, such as that of the opening auction, that may be replaced at once.
    pub fn new(reference: Price) -> Self {
        ReferencePrice { reference, since_ns: None, trades: VecDeque::new(), sum: 0 }
    }

    /// The price in force.
    pub fn price(&self) -> Price {
        self.reference
    }

    /// Takes an eligible trade; `true` where the reference price moved. Times do not decrease.
    pub fn trade(&mut self, ts_ns: i64, price: Price) -> bool {
        self.trades.push_back(Print { ts_ns, price });
        self.sum += i128::from(price.0);
        self.evaluate(ts_ns)
    }

    /// The mean of the last five minutes as sum and count of trades; count 0 where there was none.
    pub fn pro_forma(&self) -> (i128, u32) {
        (self.sum, u32::try_from(self.trades.len()).unwrap_or(u32::MAX))
    }

    /// Looks at the mean again; `true` where the reference price moved: the mean differs from it by at least 1 % and it
    /// was in force for at least 30 seconds. The new one is the mean, half a unit rounded up.
    pub fn evaluate(&mut self, now_ns: i64) -> bool {
        while self.trades.front().is_some_and(|trade| trade.ts_ns <= now_ns.saturating_sub(WINDOW_NS)) {
            self.sum -= self.trades.pop_front().map_or(0, |trade| i128::from(trade.price.0));
        }
        let count = i128::from(self.pro_forma().1);
        let old = i128::from(self.reference.0) * count;
        let is_new = self.since_ns.is_some_and(|since| now_ns - since < IN_FORCE_NS);
        if count == 0 || is_new || (self.sum - old).abs() * 100 < old.abs() || self.sum == old {
            return false;
        }
        let mean = (2 * self.sum + count).div_euclid(2 * count);
        self.reference = Price(i64::try_from(mean).unwrap_or(self.reference.0));
        self.since_ns = Some(now_ns);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_percent_moves_it_and_less_does_not() {
        let moved = |price| ReferencePrice::new(Price(10_000)).trade(0, Price(price));

        assert_eq!((moved(10_100), moved(10_099)), (true, false));
        assert_eq!((moved(9_900), moved(9_901)), (true, false));
        assert!(!moved(10_000));
    }

    #[test]
    fn a_reference_stays_for_30_seconds_and_a_quiet_market_keeps_it() {
        let mut reference = ReferencePrice::new(Price(10_000));
        assert!(reference.trade(0, Price(20_000)));

        assert!(!reference.trade(IN_FORCE_NS - 1, Price(40_000)));
        assert!(reference.evaluate(IN_FORCE_NS));
        assert_eq!(reference.price(), Price(30_000));

        assert!(!reference.evaluate(2 * WINDOW_NS));
        assert_eq!((reference.pro_forma(), reference.price()), ((0, 0), Price(30_000)));
    }
}
