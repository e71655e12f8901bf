//! What an instrument is worth by its own recent past (rule R-160): the mean of what traded, second by second.
//!
//! Trades of one second are kept as their sum and number, so that five minutes take 300 entries however many trades there
//! were. A trade is recent while its second is less than [`RECENT_S`] before the second of now.

use std::collections::VecDeque;

use model::{Price, image};

const SECOND: i64 = 1_000_000_000;
/// What is so many seconds old is stale.
pub const RECENT_S: i64 = 300;
/// The middle of a spread that is wider is no reference where no spread rule says how wide a spread may be, basis points.
const SANE_BPS: u32 = 200;

/// The second a time belongs to.
fn second_of(ts_ns: i64) -> i64 {
    ts_ns.div_euclid(SECOND)
}

/// Whether what happened at `ts_ns` is recent at `now_ns`.
pub fn is_recent(ts_ns: i64, now_ns: i64) -> bool {
    second_of(now_ns) - second_of(ts_ns) < RECENT_S
}

/// What traded within one second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TradedSecond {
    /// Which, counted from the beginning of time.
    pub second: i64,
    /// Sum of the prices.
    pub sum: i128,
    /// Number of the trades.
    pub count: u64,
}

/// The trades of the last five minutes. Prices are in whatever unit they are given in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentTrades {
    /// Seconds that are over, oldest first, each with a trade.
    closed: VecDeque<TradedSecond>,
    /// Sum and number of those.
    closed_sum: i128,
    closed_count: u64,
    /// The newest second with a trade.
    open: TradedSecond,
    /// When it is over; before the first trade, the beginning of time.
    end_ns: i64,
}

image!(TradedSecond { second: i64, sum: i128, count: u64 });
image!(RecentTrades {
    closed: VecDeque<TradedSecond>,
    closed_sum: i128,
    closed_count: u64,
    open: TradedSecond,
    end_ns: i64,
});

impl Default for RecentTrades {
    fn default() -> Self {
        let open = TradedSecond::default();
        RecentTrades { closed: VecDeque::new(), closed_sum: 0, closed_count: 0, open, end_ns: i64::MIN }
    }
}

impl RecentTrades {
    /// Without trades.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a trade. One that is older than the newest counts as traded with it.
    #[inline]
    pub fn trade(&mut self, ts_ns: i64, price: i64) {
        if ts_ns >= self.end_ns {
            self.turn(second_of(ts_ns));
        }
        self.open.sum += i128::from(price);
        self.open.count += 1;
    }

    /// Counts prices in a unit that is so many times smaller.
    pub fn scale(&mut self, by: i64) {
        let by = i128::from(by);
        self.closed.iter_mut().chain([&mut self.open]).for_each(|traded| traded.sum *= by);
        self.closed_sum *= by;
    }

    #[cold]
    fn turn(&mut self, second: i64) {
        if self.open.count > 0 {
            self.closed.push_back(self.open);
            self.closed_sum += self.open.sum;
            self.closed_count += self.open.count;
        }
        while let Some(oldest) = self.closed.front().filter(|oldest| second - oldest.second >= RECENT_S) {
            self.closed_sum -= oldest.sum;
            self.closed_count -= oldest.count;
            self.closed.pop_front();
        }
        self.open = TradedSecond { second, sum: 0, count: 0 };
        self.end_ns = second.saturating_add(1).saturating_mul(SECOND);
    }

    /// Sum and number of the recent trades at `now_ns`; `None` where there is none.
    pub fn total(&self, now_ns: i64) -> Option<(i128, u64)> {
        let now = second_of(now_ns);
        let is_stale = |traded: &TradedSecond| now - traded.second >= RECENT_S;
        if self.open.count == 0 || is_stale(&self.open) {
            return None;
        }
        let stale = self.closed.iter().take_while(|traded| is_stale(traded));
        let (sum, count) = stale.fold((0, 0), |(sum, count), traded| (sum + traded.sum, count + traded.count));
        let sum = self.closed_sum - sum + self.open.sum;
        Some((sum, self.closed_count - count + self.open.count))
    }

    /// The mean price of the recent trades times `unit`, rounded down.
    pub fn mean(&self, now_ns: i64, unit: i64) -> Option<Price> {
        let (sum, count) = self.total(now_ns)?;
        i64::try_from((sum * i128::from(unit)).div_euclid(i128::from(count))).ok().map(Price)
    }

    /// The seconds with recent trades at `now_ns`, oldest first: all of its state that matters.
    pub fn seconds(&self, now_ns: i64) -> impl Iterator<Item = TradedSecond> {
        let now = second_of(now_ns);
        let open = Some(self.open).filter(|open| open.count > 0);
        self.closed.iter().copied().chain(open).filter(move |traded| now - traded.second < RECENT_S)
    }
}

/// The middle between bid and ask, rounded down, where both are there, apart, and not wide: by a spread rule's share where
/// there is one, else by 2 %.
pub fn sane_middle(bid: Option<Price>, ask: Option<Price>, spread_bps: u32) -> Option<Price> {
    let (low, high) = (i128::from(bid?.0), i128::from(ask?.0));
    let bps = if spread_bps == 0 { SANE_BPS } else { spread_bps };
    let is_sane = low < high && (high - low) * 20_000 <= i128::from(bps) * (high + low).abs();
    i64::try_from((low + high).div_euclid(2)).ok().filter(|_| is_sane).map(Price)
}

#[cfg(test)]
mod tests {
    use model::SplitMix64;

    use super::*;

    #[test]
    fn a_trade_counts_until_the_three_hundredth_second_after_its_own() {
        let mut trades = RecentTrades::new();
        trades.trade(SECOND - 1, 10);
        trades.trade(SECOND, 21);

        assert_eq!(trades.total(299 * SECOND), Some((31, 2)));
        assert_eq!(trades.total(300 * SECOND), Some((21, 1)));
        assert_eq!(trades.total(301 * SECOND), None);
        assert!(is_recent(SECOND - 1, 300 * SECOND - 1) && !is_recent(SECOND - 1, 300 * SECOND));
    }

    #[test]
    fn the_mean_is_rounded_down_after_it_is_made_a_price() {
        let mut trades = RecentTrades::new();
        trades.trade(0, -1);
        trades.trade(0, -2);

        assert_eq!(trades.mean(0, 1), Some(Price(-2)));
        assert_eq!(trades.mean(0, 5), Some(Price(-8)));
        assert_eq!(RecentTrades::new().mean(0, 5), None);
        trades.trade(SECOND, -3);
        trades.scale(5);
        assert_eq!((trades.mean(SECOND, 1), trades.total(SECOND)), (Some(Price(-10)), Some((-30, 3))));
    }

    #[test]
    fn it_is_the_mean_of_a_plain_list_at_every_time() {
        let mut rng = SplitMix64::new(3);
        let mut draw = |bound: u64| i64::try_from(rng.below(bound)).unwrap();
        let (mut trades, mut list, mut now) = (RecentTrades::new(), Vec::new(), -7 * SECOND);
        for _ in 0..20_000 {
            now += match draw(40) {
                0 => 400 * SECOND,
                1..4 => 20 * SECOND,
                4..20 => SECOND / 3,
                _ => 1,
            };
            let price = draw(1_000) - 200;
            trades.trade(now, price);
            list.push((now, price));
            let asked = now + draw(2) * draw(320) * SECOND;
            let recent = list.iter().filter(|(at, _)| is_recent(*at, asked));
            let (sum, count) = recent.fold((0, 0), |(sum, count), (_, price)| (sum + i128::from(*price), count + 1));

            let wanted = (count > 0).then_some((sum, count));

            assert_eq!(trades.total(asked), wanted);
            let seconds: Vec<TradedSecond> = trades.seconds(asked).collect();
            assert!(seconds.len() <= 300);
            assert_eq!(seconds.iter().map(|traded| traded.sum).sum::<i128>(), sum);
        }
    }

    #[test]
    fn a_middle_needs_both_sides_apart_and_close() {
        let middle = |bid, ask| sane_middle(Some(Price(bid)), Some(Price(ask)), 0);

        assert_eq!((middle(990, 1_010), middle(990, 1_011)), (Some(Price(1_000)), None));
        assert_eq!((middle(999, 1_000), middle(1_000, 1_000), middle(1_000, 999)), (Some(Price(999)), None, None));
        assert_eq!(middle(-1_010, -991), Some(Price(-1_001)));
        assert_eq!(sane_middle(None, Some(Price(1)), 0), None);
        assert_eq!(sane_middle(Some(Price(900)), Some(Price(1_100)), 2_000), Some(Price(1_000)));
    }
}
