//! Trade statistics of every instrument, from events.

use std::collections::BTreeMap;

use model::{Event, EventKind, InstrumentId};

use crate::trade_stats::{TradeStats, TradeStatsError};

/// What each instrument has traded since the tape began.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TradeTape {
    by_instrument: BTreeMap<InstrumentId, TradeStats>,
}

impl TradeTape {
    /// Counts a trade; every other event is passed over. Returns whether it was one.
    ///
    /// # Errors
    /// See [`TradeStatsError`]; nothing is counted then.
    pub fn absorb(&mut self, event: &Event) -> Result<bool, TradeStatsError> {
        let EventKind::Trade(trade) = &event.kind else { return Ok(false) };
        let ts_ns = event.stamp.ts_ns;
        let stats = match self.by_instrument.get(&trade.instrument) {
            None => TradeStats::first(ts_ns, trade.price, trade.qty)?,
            Some(stats) => stats.and(ts_ns, trade.price, trade.qty)?,
        };
        self.by_instrument.insert(trade.instrument, stats);
        Ok(true)
    }

    /// The statistics of an instrument; `None` before its first trade.
    #[must_use]
    pub fn get(&self, instrument: InstrumentId) -> Option<&TradeStats> {
        self.by_instrument.get(&instrument)
    }
}
