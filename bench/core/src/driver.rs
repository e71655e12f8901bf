//! What an engine must offer to be measured.

use flow::workload::{FillTally, Record, Totals};

/// One fill as an engine reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// Id of the resting order.
    pub maker: u64,
    /// Id of the incoming order.
    pub taker: u64,
    /// Price in ticks (FIX 31).
    pub px: i64,
    /// Quantity in lots (FIX 32).
    pub qty: u64,
}

/// One engine behind the workload's commands. Translating a record is part of what is measured.
pub trait Driver {
    /// An empty engine with `header.n_sym` symbols. The other totals may size tables, as an operator would.
    fn start(header: &Totals) -> Self;

    /// Carries out one command and appends the fills it causes to `trades`, in order.
    fn apply(&mut self, record: &Record, trades: &mut Vec<Trade>);

    /// Orders resting, over all symbols.
    fn resting(&self) -> u64;
}

/// Adds reported fills to a tally, the hash included.
pub fn tally_all(tally: &mut FillTally, trades: &[Trade]) {
    for trade in trades {
        tally.add(trade.maker, trade.taker, trade.px, trade.qty);
    }
}
