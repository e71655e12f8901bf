//! What the gateway needs from whoever sequences: the seam to the sequencer, or to a stand-in of it.

use latency::Times;
use model::{AccountId, ClOrdId, Command, Event, InstrumentId, OrdType, OrderId, OrderPosted, Price, Qty, Side, Stamp};
use model::{TimeInForce, TradingState};

/// Why a command was not taken. It has no place in the log and its client id stays free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// As many commands wait as may.
    Busy,
    /// The disk is full; cancels, kill switches and halts are taken.
    DiskFull,
    /// The command does not fit the log.
    TooLarge,
    /// No command is taken any more.
    Stopped,
}

/// What one durable command caused.
#[derive(Debug, Clone, Copy)]
pub struct Outcome<'a> {
    /// Its place in the log.
    pub stamp: Stamp,
    /// What it was submitted with.
    pub origin: u64,
    /// Its events, in order, never empty.
    pub events: &'a [Event],
    /// When it went through which stage, where the engine says so. Nothing depends on it.
    pub times: Option<Times>,
}

/// An open order, as reports need to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenOrder {
    /// Its id.
    pub order_id: OrderId,
    /// Whose.
    pub account: AccountId,
    /// In what.
    pub instrument: InstrumentId,
    /// Newest client id of its chain.
    pub cl_ord_id: ClOrdId,
    /// Buy or sell.
    pub side: Side,
    /// How it is priced.
    pub ord_type: OrdType,
    /// How long it lives.
    pub tif: TimeInForce,
    /// Its limit, where it has one.
    pub price: Option<Price>,
    /// Its total; 0 for an order by budget.
    pub order_qty: Qty,
    /// What has traded.
    pub cum_qty: Qty,
    /// Sum of price times quantity over its trades; empty where it traded before anybody counted.
    pub cum_value: Option<i128>,
    /// What remains.
    pub leaves_qty: Qty,
    /// It waits for its trigger or its group.
    pub is_suspended: bool,
}

/// Takes commands and answers questions about the state that all outcomes so far add up to.
pub trait Host {
    /// Takes a command; `origin` comes back with its outcome. Nothing is decided yet.
    ///
    /// # Errors
    /// [`Refused`]: nothing was written and nothing will happen.
    fn submit(&mut self, origin: u64, command: &Command) -> Result<(), Refused>;

    /// How many more orders it takes before the next step; as many as come where it does not count them, or refuses them
    /// for another reason than their number.
    fn room(&self) -> usize {
        usize::MAX
    }

    /// The displayed orders of an instrument, each side in priority order, appended to `orders`, and its trading state;
    /// `None` where there is no such instrument.
    fn book(&self, instrument: InstrumentId, orders: &mut Vec<OrderPosted>) -> Option<TradingState>;

    /// How many instruments there are; their ids count from 0.
    fn instruments(&self) -> u32;

    /// What the public knows of an instrument; request and remaining are filled in by the caller.
    fn security(&self, instrument: InstrumentId) -> Option<wire::SecurityDefinition>;
}

/// Takes what a step of the engine brings.
pub trait Sink {
    /// A command is durable and was applied.
    fn released(&mut self, outcome: Outcome<'_>);

    /// A command that was taken is refused after all: it has no place in the log.
    fn refused(&mut self, origin: u64, why: Refused);
}

/// A host that makes commands durable and applies them when told to.
pub trait Engine: Host {
    /// Why it can never go on.
    type Fatal;

    /// Makes what waits durable, applies it, and gives the outcomes of what is durable to `sink`. `now_ns` is wall time
    /// since the Unix epoch.
    ///
    /// # Errors
    /// The process has to end.
    fn step(&mut self, now_ns: i64, sink: &mut dyn Sink) -> Result<(), Self::Fatal>;

    /// As [`Engine::step`], the outcomes with their times by a clock that `stage_ns` reads. An engine that does not stamp
    /// gives them without.
    ///
    /// # Errors
    /// As [`Engine::step`].
    fn step_timed(&mut self, now_ns: i64, stage_ns: &dyn Fn() -> u64, sink: &mut dyn Sink) -> Result<(), Self::Fatal> {
        let _ = stage_ns;
        self.step(now_ns, sink)
    }

    /// When [`Engine::step`] has to be called again even if nothing was submitted, in wall time; [`STEP_NOW`] where it has
    /// more to do at once.
    fn deadline_ns(&self) -> Option<i64>;
}

/// The deadline of an engine that has more to do at once.
pub const STEP_NOW: i64 = i64::MIN;

/// Names a connection and a message of it, inside the 64 bits that travel with a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) token: Token,
    /// Low half of the client's number.
    pub(crate) seq: u32,
}

/// Names a connection; a slot is used again with another generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token {
    /// Which slot, below the number of connections.
    pub slot: u16,
    /// Which use of it, never 0 so that no origin is 0.
    pub generation: u16,
}

impl Origin {
    pub(crate) fn pack(self) -> u64 {
        u64::from(self.token.generation) << 48 | u64::from(self.token.slot) << 32 | u64::from(self.seq)
    }

    #[allow(clippy::cast_possible_truncation, reason = "cuts the three parts out of 64 bits")]
    pub(crate) fn unpack(bits: u64) -> Self {
        let token = Token { slot: (bits >> 32) as u16, generation: (bits >> 48) as u16 };
        Self { token, seq: bits as u32 }
    }

    /// The client's whole number, given the number it has reached.
    pub(crate) fn whole_seq(self, reached: u64) -> u64 {
        let back = u64::from(low_half(reached).wrapping_sub(self.seq));
        reached.saturating_sub(back)
    }
}

/// The half of a number that travels with a command; the other follows from what was reached.
#[allow(clippy::cast_possible_truncation, reason = "that is what it is for")]
pub(crate) fn low_half(seq: u64) -> u32 {
    seq as u32
}

/// The origin of what the gateway itself asks for. No connection has it.
pub const GATEWAY_ORIGIN: u64 = 0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_survives_its_64_bits() {
        let origin = Origin { token: Token { slot: 4_095, generation: 65_535 }, seq: u32::MAX - 3 };

        assert_eq!(Origin::unpack(origin.pack()), origin);
        assert_ne!(Origin { token: Token { slot: 0, generation: 1 }, seq: 0 }.pack(), GATEWAY_ORIGIN);
    }

    #[test]
    fn the_number_is_whole_again_across_the_half_it_lost() {
        let of = |seq: u64| Origin { token: Token { slot: 1, generation: 1 }, seq: low_half(seq) };

        for (seq, reached) in
            [(5, 5), (5, 900), (u64::from(u32::MAX), u64::from(u32::MAX) + 7), (1 << 33, (1 << 33) + 1)]
        {
            assert_eq!(of(seq).whole_seq(reached), seq);
        }
    }
}
