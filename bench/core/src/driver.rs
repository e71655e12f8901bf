//! What an engine must offer to be measured.

use crate::plan::Step;
use flow::workload::{FillTally, Totals};

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

/// One engine behind the workload's commands.
pub trait Driver {
    /// A command in the engine's own words.
    type Command;

    /// An empty engine with `header.n_sym` symbols. The other totals may size tables, as an operator would.
    fn start(header: &Totals) -> Self;

    /// Appends what the step is in the engine's own words: mostly one command. Not timed: it is the decoder's work.
    fn translate(step: &Step, commands: &mut Vec<Self::Command>);

    /// Carries out one command and appends the fills it causes to `trades`, in order.
    fn apply(&mut self, command: &Self::Command, trades: &mut Vec<Trade>);

    /// Shows the engine the commands that come next, as a sequencer that holds a batch can; nothing where it has no use
    /// for them.
    fn look_ahead(&mut self, _commands: &[Self::Command]) {}

    /// Orders resting, over all symbols.
    fn resting(&self) -> u64;

    /// Bytes held for something else than resting orders, that a goal on memory counts apart.
    fn bytes_apart(&self) -> u64 {
        0
    }
}

/// Adds reported fills to a tally, the hash included.
pub fn tally_all(tally: &mut FillTally, trades: &[Trade]) {
    for trade in trades {
        tally.add(trade.maker, trade.taker, trade.px, trade.qty);
    }
}
