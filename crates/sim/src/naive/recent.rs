//! What counts as the price of an instrument by its recent past.

use model::{Digest, InstrumentId, Price};

use super::NaiveExchange;
use super::spread::exceeds;

const SECOND: i64 = 1_000_000_000;

impl NaiveExchange {
    fn is_recent(&self, ts_ns: i64) -> bool {
        self.stamp.ts_ns.div_euclid(SECOND) - ts_ns.div_euclid(SECOND) < 300
    }

    /// Times and prices of the trades that count.
    fn recent_trades(&self, instrument: InstrumentId) -> Vec<(i64, Price)> {
        let traded = &self.instrument(instrument).traded;
        traded.iter().copied().filter(|(ts_ns, _)| self.is_recent(*ts_ns)).collect()
    }

    fn recent_auction(&self, instrument: InstrumentId) -> Option<Price> {
        let listed = self.instrument(instrument);
        listed.last_auction.filter(|_| self.is_recent(listed.auction_ns))
    }

    fn mean_of_recent_trades(&self, instrument: InstrumentId) -> Option<Price> {
        let trades = self.recent_trades(instrument);
        let sum: i128 = trades.iter().map(|(_, price)| i128::from(price.0)).sum();
        let count = i128::try_from(trades.len()).expect("a short list");
        (count > 0).then(|| Price(i64::try_from(sum.div_euclid(count)).expect("a mean of prices is one")))
    }

    fn middle_of_a_sane_spread(&self, instrument: InstrumentId) -> Option<Price> {
        let (Some(bid), Some(ask)) = self.displayed_touch(instrument) else { return None };
        let ruled = self.breaker(instrument).rules.map_or(0, |rules| rules.spread.bps);
        let bps = if ruled > 0 { ruled } else { 200 };
        let is_sane = bid < ask && !exceeds(bid, ask, 2, bps);
        is_sane.then(|| Price((bid.0 + ask.0).div_euclid(2)))
    }

    /// The first of the prices R-160 names that there is.
    pub(super) fn recent_reference(&self, instrument: InstrumentId) -> Option<Price> {
        let listed = self.instrument(instrument);
        let recent = self.recent_auction(instrument).or_else(|| self.mean_of_recent_trades(instrument));
        let quoted = recent.or_else(|| self.middle_of_a_sane_spread(instrument));
        quoted.or(listed.last_trade).or(listed.definition.previous_close)
    }

    /// The end of R-93.
    pub(super) fn write_recent(&self, instrument: InstrumentId, digest: &mut Digest) {
        let auction_ns = self.recent_auction(instrument).map(|_| self.instrument(instrument).auction_ns);
        digest.write_u64(auction_ns.is_some().into());
        digest.write_i64(auction_ns.unwrap_or(0));
        let trades = self.recent_trades(instrument);
        let mut seconds: Vec<i64> = trades.iter().map(|(ts_ns, _)| ts_ns.div_euclid(SECOND)).collect();
        seconds.dedup();
        digest.write_u64(seconds.len() as u64);
        for second in seconds {
            let within = || trades.iter().filter(|(ts_ns, _)| ts_ns.div_euclid(SECOND) == second);
            digest.write_i64(second);
            digest.write_u64(within().count() as u64);
            digest.write_i128(within().map(|(_, price)| i128::from(price.0)).sum());
        }
    }
}
