//! Follows commands through their stages: remembers each one's first stamps until its answer is written, then records it.
//!
//! 1. Stamps change nothing: without them every byte that is sent is the same.
//! 2. Memory is bounded: at most [`FOLLOWED_MAX`] commands are followed at a time; one more is answered unstamped.
//! 3. A command is recorded once: `decode` to `match` when it is released, `publish` and `total` when its connection has
//!    taken every byte that waited; where that connection is gone, as gone.

use std::collections::VecDeque;

use latency::{Record, Stage, Times};
use model::{Command, InstrumentId, OrderPosted, TradingState};
use wire::SecurityDefinition;

use crate::clock::Clock;
use crate::host::{GATEWAY_ORIGIN, Host, Origin, Outcome, Refused, Sink, Token};
use crate::hub::Hub;

/// Commands followed at a time.
const FOLLOWED_MAX: usize = 1 << 16;
/// The origin of what the sequencer itself asks for: time passing. No connection has it.
const TICK_ORIGIN: u64 = u64::MAX;

/// A command between its submission and its release.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    origin: u64,
    arrived_ns: u64,
    decoded_ns: u64,
}

/// A command whose answer is on its way.
#[derive(Debug, Clone, Copy)]
struct Answered {
    token: Token,
    arrived_ns: u64,
    applied_ns: u64,
}

/// What became of the bytes of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    /// Some still wait.
    Not,
    /// None waits any more.
    All,
    /// The connection is gone.
    Gone,
}

/// Stamps of the commands that are on their way, and what was recorded of those that came through.
#[derive(Debug)]
pub struct Stamps {
    /// In the order in which they were taken, which is that of their release.
    waiting: VecDeque<Waiting>,
    answered: Vec<Answered>,
    /// When a connection took its last byte, by slot, in this turn; 0 where it did not.
    sent_ns: Vec<u64>,
    /// When the turn began that is going on.
    began_ns: u64,
    /// Something was answered in it.
    is_working: bool,
    record: Record,
}

impl Stamps {
    /// Follows nothing yet; `connections_max` bounds the slots.
    #[must_use]
    pub fn new(record: Record, connections_max: usize) -> Self {
        Self {
            waiting: VecDeque::new(),
            answered: Vec::new(),
            sent_ns: vec![0; connections_max],
            began_ns: 0,
            is_working: false,
            record,
        }
    }

    /// What was recorded since it was last taken.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Takes what was recorded and goes on with `empty`.
    #[must_use]
    pub fn take_record(&mut self, empty: Record) -> Record {
        std::mem::replace(&mut self.record, empty)
    }

    pub(crate) fn begin_turn(&mut self, now_ns: u64) {
        (self.began_ns, self.is_working) = (now_ns, false);
    }

    fn taken(&mut self, origin: u64, arrived_ns: u64, decoded_ns: u64) {
        if origin != GATEWAY_ORIGIN && self.waiting.len() + self.answered.len() < FOLLOWED_MAX {
            self.waiting.push_back(Waiting { origin, arrived_ns, decoded_ns });
        }
    }

    /// Records a command that was released; `times` are the sequencer's.
    fn released(&mut self, origin: u64, times: Option<Times>) {
        if origin == GATEWAY_ORIGIN || origin == TICK_ORIGIN {
            return;
        }
        let (Some(waiting), Some(times)) = (self.find(origin), times) else { return self.record.add_unstamped() };
        let (Waiting { arrived_ns, decoded_ns, .. }, Times { taken_ns, durable_ns, applied_ns }) = (waiting, times);
        let stamps = [arrived_ns, decoded_ns, taken_ns, durable_ns, applied_ns];
        debug_assert!(stamps.is_sorted(), "a command goes through its stages in order: {stamps:?}");
        self.record.add(Stage::Decode, decoded_ns.saturating_sub(arrived_ns));
        self.record.add(Stage::Queue, taken_ns.saturating_sub(decoded_ns));
        self.record.add(Stage::Journal, durable_ns.saturating_sub(taken_ns));
        self.record.add(Stage::Match, applied_ns.saturating_sub(durable_ns));
        self.answered.push(Answered { token: Origin::unpack(origin).token, arrived_ns, applied_ns });
        self.is_working = true;
    }

    /// Takes the stamps of a command out: those of the next in line, unless others were refused or taken unstamped.
    fn find(&mut self, origin: u64) -> Option<Waiting> {
        let at = self.waiting.iter().position(|waiting| waiting.origin == origin)?;
        self.waiting.remove(at)
    }

    /// Whether anybody waits for a connection's bytes to be taken.
    pub(crate) fn awaits_writes(&self) -> bool {
        !self.answered.is_empty()
    }

    /// A connection has taken its last byte.
    pub(crate) fn sent(&mut self, token: Token, now_ns: u64) {
        if let Some(sent_ns) = self.sent_ns.get_mut(usize::from(token.slot)) {
            *sent_ns = now_ns;
        }
    }

    /// Ends a turn: records the commands whose answers are written. `state` tells of connections that took no last byte in
    /// this turn.
    pub(crate) fn end_turn(&mut self, now_ns: u64, busy: &[Token], state: impl Fn(Token) -> Sent) {
        let Self { answered, sent_ns, record, .. } = self;
        answered.retain(|Answered { token, arrived_ns, applied_ns }| {
            let in_turn_ns = sent_ns.get(usize::from(token.slot)).copied().unwrap_or(0);
            let written_ns = match state(*token) {
                Sent::Gone => {
                    record.add_gone();
                    return false;
                }
                Sent::Not => return true,
                Sent::All if in_turn_ns > 0 => in_turn_ns,
                Sent::All => now_ns,
            };
            debug_assert!(*applied_ns <= written_ns, "an answer is written after the command was applied");
            record.add(Stage::Publish, written_ns.saturating_sub(*applied_ns));
            record.add_total(written_ns.saturating_sub(*arrived_ns));
            false
        });
        for token in busy {
            if let Some(sent_ns) = sent_ns.get_mut(usize::from(token.slot)) {
                *sent_ns = 0;
            }
        }
        if self.is_working {
            self.record.add(Stage::Turn, now_ns.saturating_sub(self.began_ns));
        }
    }
}

/// A host that stamps what it takes: t2.
pub(crate) struct StampedHost<'a> {
    pub(crate) host: &'a mut dyn Host,
    pub(crate) stamps: &'a mut Stamps,
    pub(crate) clock: &'a dyn Clock,
    /// t1: when the bytes being looked at were read.
    pub(crate) arrived_ns: u64,
}

impl Host for StampedHost<'_> {
    fn submit(&mut self, origin: u64, command: &Command) -> Result<(), Refused> {
        self.host.submit(origin, command)?;
        self.stamps.taken(origin, self.arrived_ns, self.clock.stage_ns());
        Ok(())
    }

    fn room(&self) -> usize {
        self.host.room()
    }

    fn book(&self, instrument: InstrumentId, orders: &mut Vec<OrderPosted>) -> Option<TradingState> {
        self.host.book(instrument, orders)
    }

    fn instruments(&self) -> u32 {
        self.host.instruments()
    }

    fn security(&self, instrument: InstrumentId) -> Option<SecurityDefinition> {
        self.host.security(instrument)
    }
}

/// A sink that records what is released, and passes it on.
pub(crate) struct StampedSink<'a> {
    pub(crate) hub: &'a mut Hub,
    pub(crate) stamps: &'a mut Stamps,
}

impl Sink for StampedSink<'_> {
    fn released(&mut self, outcome: Outcome<'_>) {
        self.stamps.released(outcome.origin, outcome.times);
        self.hub.released(outcome);
    }

    fn refused(&mut self, origin: u64, why: Refused) {
        // It has no place in the log and is counted nowhere.
        let _ = self.stamps.find(origin);
        self.hub.refused(origin, why);
    }
}
