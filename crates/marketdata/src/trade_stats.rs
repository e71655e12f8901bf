//! Statistics of the trades of one instrument: count, quantity, notional, VWAP, TWAP, first, last, high, low (F-013).
//!
//! Sums are exact integers; a ratio is a sum and a divisor until it leaves the system.

use std::cmp::{max, min};
use std::fmt;

use model::{Price, Qty};

/// A ratio kept as a sum and a divisor: `sum / count`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    /// Sum of price times weight.
    pub sum: i128,
    /// Sum of weights, > 0.
    pub count: u128,
}

impl Ratio {
    /// The ratio as a float, for display.
    #[must_use]
    #[allow(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "the edge: a number to show")]
    pub fn to_f64(self) -> f64 {
        self.sum as f64 / self.count as f64
    }
}

/// Why a trade or a question was refused; the statistics are unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TradeStatsError {
    /// A trade moves at least one lot.
    NoQuantity,
    /// The trade is older than the one before it.
    TimeWentBack {
        /// Time of the trade before, in nanoseconds.
        last_ts_ns: i64,
        /// The time refused, in nanoseconds.
        ts_ns: i64,
    },
    /// No time has passed since the first trade, so no price has lasted.
    NoDuration,
    /// A sum does not fit its integer.
    Overflow,
}

impl fmt::Display for TradeStatsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoQuantity => f.write_str("trade without quantity"),
            Self::TimeWentBack { last_ts_ns, ts_ns } => {
                write!(f, "time went back: ts_ns={ts_ns} last_ts_ns={last_ts_ns}")
            }
            Self::NoDuration => f.write_str("no time since the first trade"),
            Self::Overflow => f.write_str("sum exceeds its integer type"),
        }
    }
}

impl std::error::Error for TradeStatsError {}

/// What the trades of one instrument add up to; exists from the first trade on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TradeStats {
    /// Number of trades, > 0.
    pub trades: u64,
    /// Quantity traded.
    pub qty: u128,
    /// Sum of price times quantity, in the unit of price times quantity.
    pub notional: i128,
    /// Price of the first trade.
    pub first_price: Price,
    /// Price of the last trade.
    pub last_price: Price,
    /// Highest price.
    pub high_price: Price,
    /// Lowest price.
    pub low_price: Price,
    /// Time of the first trade, in nanoseconds.
    pub first_ts_ns: i64,
    /// Time of the last trade, in nanoseconds.
    pub last_ts_ns: i64,
    /// Sum of each price times how long it was the last price, up to the last trade.
    price_time: i128,
}

impl TradeStats {
    /// The statistics of one trade.
    ///
    /// # Errors
    /// [`TradeStatsError::NoQuantity`].
    pub fn first(ts_ns: i64, price: Price, qty: Qty) -> Result<Self, TradeStatsError> {
        let Some(traded) = u128::try_from(qty.0).ok().filter(|traded| *traded > 0) else {
            return Err(TradeStatsError::NoQuantity);
        };
        Ok(Self {
            trades: 1,
            qty: traded,
            notional: i128::from(price.0) * i128::from(qty.0),
            first_price: price,
            last_price: price,
            high_price: price,
            low_price: price,
            first_ts_ns: ts_ns,
            last_ts_ns: ts_ns,
            price_time: 0,
        })
    }

    /// The statistics after one more trade at `ts_ns`, at `price`, of `qty` > 0.
    ///
    /// # Errors
    /// See [`TradeStatsError`].
    pub fn and(&self, ts_ns: i64, price: Price, qty: Qty) -> Result<Self, TradeStatsError> {
        let trade = Self::first(ts_ns, price, qty)?;
        let price_time = self.price_time_until(ts_ns)?;
        let sums = || {
            let trades = self.trades.checked_add(1)?;
            Some((trades, self.qty.checked_add(trade.qty)?, self.notional.checked_add(trade.notional)?))
        };
        let (trades, qty, notional) = sums().ok_or(TradeStatsError::Overflow)?;
        Ok(Self {
            trades,
            qty,
            notional,
            last_price: price,
            high_price: max(self.high_price, price),
            low_price: min(self.low_price, price),
            last_ts_ns: ts_ns,
            price_time,
            ..*self
        })
    }

    /// Price weighted by quantity.
    #[must_use]
    pub fn vwap(&self) -> Ratio {
        Ratio { sum: self.notional, count: self.qty }
    }

    /// Last price weighted by time, from the first trade until `as_of_ts_ns`; piecewise constant.
    ///
    /// # Errors
    /// [`TradeStatsError::TimeWentBack`] where `as_of_ts_ns` is before the last trade; [`TradeStatsError::NoDuration`];
    /// [`TradeStatsError::Overflow`].
    pub fn twap(&self, as_of_ts_ns: i64) -> Result<Ratio, TradeStatsError> {
        let sum = self.price_time_until(as_of_ts_ns)?;
        let count = u128::from(as_of_ts_ns.abs_diff(self.first_ts_ns));
        if count == 0 { Err(TradeStatsError::NoDuration) } else { Ok(Ratio { sum, count }) }
    }

    fn price_time_until(&self, ts_ns: i64) -> Result<i128, TradeStatsError> {
        let last_ts_ns = self.last_ts_ns;
        if ts_ns < last_ts_ns {
            return Err(TradeStatsError::TimeWentBack { last_ts_ns, ts_ns });
        }
        let elapsed_ns = ts_ns.abs_diff(last_ts_ns);
        let part = i128::from(self.last_price.0) * i128::from(elapsed_ns);
        self.price_time.checked_add(part).ok_or(TradeStatsError::Overflow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> TradeStats {
        let stats = TradeStats::first(1_000, Price(100), Qty(2)).unwrap();
        stats.and(1_010, Price(110), Qty(1)).unwrap().and(1_040, Price(95), Qty(3)).unwrap()
    }

    #[test]
    fn sums_and_extremes_cover_every_trade() {
        let stats = three();

        assert_eq!((stats.trades, stats.qty, stats.notional), (3, 6, 100 * 2 + 110 + 95 * 3));
        assert_eq!(
            (stats.first_price, stats.last_price, stats.high_price, stats.low_price),
            (Price(100), Price(95), Price(110), Price(95))
        );
        assert_eq!((stats.first_ts_ns, stats.last_ts_ns), (1_000, 1_040));
    }

    #[test]
    fn vwap_weighs_by_quantity_and_twap_by_time() {
        let stats = three();

        assert_eq!(stats.vwap(), Ratio { sum: 595, count: 6 });
        assert_eq!(stats.twap(1_050), Ok(Ratio { sum: 100 * 10 + 110 * 30 + 95 * 10, count: 50 }));
        assert!((stats.twap(1_050).unwrap().to_f64() - 105.0).abs() < 1e-12);
    }

    #[test]
    fn without_elapsed_time_there_is_no_twap() {
        let stats = TradeStats::first(1_000, Price(100), Qty(2)).unwrap();

        assert_eq!(stats.twap(1_000), Err(TradeStatsError::NoDuration));
        assert_eq!(stats.twap(999), Err(TradeStatsError::TimeWentBack { last_ts_ns: 1_000, ts_ns: 999 }));
        assert_eq!(stats.twap(1_001), Ok(Ratio { sum: 100, count: 1 }));
    }

    #[test]
    fn refused_trades_say_why() {
        let stats = three();

        assert_eq!(stats.and(1_041, Price(95), Qty(0)), Err(TradeStatsError::NoQuantity));
        assert_eq!(
            stats.and(1_039, Price(95), Qty(1)),
            Err(TradeStatsError::TimeWentBack { last_ts_ns: 1_040, ts_ns: 1_039 })
        );
        assert_eq!(
            TradeStats { trades: u64::MAX, ..stats }.and(1_041, Price(1), Qty(1)),
            Err(TradeStatsError::Overflow)
        );
        assert_eq!(
            TradeStats { notional: i128::MAX, ..stats }.and(1_041, Price(1), Qty(1)),
            Err(TradeStatsError::Overflow)
        );
        assert_eq!(
            TradeStats { price_time: i128::MAX, ..stats }.and(1_041, Price(1), Qty(1)),
            Err(TradeStatsError::Overflow)
        );
    }

    #[test]
    fn a_trade_at_the_same_instant_counts() {
        assert_eq!(three().and(1_040, Price(96), Qty(1)).unwrap().trades, 4);
    }
}
