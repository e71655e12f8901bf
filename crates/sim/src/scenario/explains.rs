//! What a scenario says about the causal trace of an order: `explains ID: ID ID trade:N ...`.

use std::collections::BTreeSet;

use model::{Command, Event, OrderId, Stamp, TradeId};

use super::amounts::{Names, number};
use super::line::Line;

/// What the trace of an order must name, exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explains {
    /// The line it stands in, from 1.
    pub line: usize,
    /// How many commands had been applied there, set-up included.
    pub steps: usize,
    /// Whose trace.
    pub order: OrderId,
    /// The other orders in it.
    pub orders: BTreeSet<OrderId>,
    /// The trades in it.
    pub trades: BTreeSet<TradeId>,
}

/// One command of a scenario and what it caused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub stamp: Stamp,
    /// What.
    pub command: Command,
    /// Its events.
    pub events: Vec<Event>,
}

/// A scenario that holds, as it went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Played {
    /// Every command, set-up included.
    pub steps: Vec<Step>,
    /// Every `explains` line.
    pub explains: Vec<Explains>,
}

/// Reads `explains ID: ID ID trade:N ...`; the ids are those of accepted orders.
pub fn explains(line: &Line, names: &Names, number_of: usize, steps: usize) -> Result<Explains, String> {
    line.allow(&[])?;
    let id = line.word(1)?.strip_suffix(':').ok_or("a colon stands after the order's id")?;
    let mut found =
        Explains { line: number_of, steps, order: names.order(id)?, orders: BTreeSet::new(), trades: BTreeSet::new() };
    for word in line.words.iter().skip(2) {
        match word.strip_prefix("trade:") {
            Some(digits) => found.trades.insert(TradeId(number(digits)?)),
            None => found.orders.insert(names.order(word)?),
        };
    }
    Ok(found)
}
