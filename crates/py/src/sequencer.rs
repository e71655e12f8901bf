//! The embedded sequencer: stamps commands, applies them, keeps what happened; in memory, or behind the log of a data
//! directory.

use std::collections::VecDeque;

use breaker::{RuleSet, Sight, Venue, Watchers};
use engine::{Blotter, Exchange};
use marketdata::trade_tape::TradeTape;
use model::{AccountId, Command, Event, EventKind, Events, InstrumentId, Limits, OrderId, OrderRef, Stamp};
use pyo3::prelude::*;
use venue::beside::Snapshots;

use ::sequencer::{Recovered, Watch};

use crate::errors::{Kind, Poison, raise};
use crate::facts::Facts;
use crate::store::{Opening, Store};

/// Commands between two checks of the engine's invariants: a pause of milliseconds in a second's work.
const CHECK_EVERY: u64 = 1 << 20;

/// Why a directory takes no rule sets: after a restart nobody would watch, and nobody would notice.
const NO_RULES: &str = "rule sets watch exchanges in memory only: a directory does not keep them, so after a restart nothing \
                        would watch; use set_breaker, which it keeps, or set_bands and halt from your own program";

/// Where the state is.
enum Core {
    Memory(Box<Exchange>),
    Stored(Box<Store>),
}

/// One exchange in its sequence.
pub struct Sequencer {
    core: Core,
    is_closed: bool,
    /// What is known of finished orders and trades.
    pub blotter: Blotter,
    /// Trade statistics since the beginning.
    pub tape: TradeTape,
    events: Events,
    last: Stamp,
    /// The stamp of the last command that somebody asked for.
    answered: Stamp,
    /// The time at which commands come.
    now_ns: i64,
    watchers: Watchers,
    log: VecDeque<Event>,
    history_max: usize,
    forgotten: u64,
    /// Memory of the last batch's records, used again by the next.
    scratch: Vec<u8>,
    poison: Option<String>,
}

impl Poison for Sequencer {
    fn poison(&mut self) -> &mut Option<String> {
        &mut self.poison
    }
}

impl Sequencer {
    /// An empty exchange that remembers the last `history_max` events, and as many orders and trades per instrument.
    pub fn new(limits: Limits, history_max: usize) -> Self {
        let mut engine = Exchange::new(limits);
        engine.check_every(CHECK_EVERY);
        Sequencer {
            core: Core::Memory(Box::new(engine)),
            is_closed: false,
            blotter: Blotter::new(history_max.max(1)),
            tape: TradeTape::default(),
            events: Events::new(),
            last: Stamp { seq: 0, ts_ns: i64::MIN },
            answered: Stamp { seq: 0, ts_ns: i64::MIN },
            now_ns: i64::MIN,
            watchers: Watchers::new(),
            log: VecDeque::new(),
            history_max,
            forgotten: 0,
            scratch: Vec::new(),
            poison: None,
        }
    }

    /// The exchange of a data directory, with what its log remembers.
    ///
    /// # Errors
    /// See [`Store::open`].
    pub fn open(opening: &Opening<'_>, history_max: usize) -> PyResult<(Self, Recovered)> {
        let mut sequencer = Sequencer::new(opening.limits, history_max);
        let opening = Opening { check_every: CHECK_EVERY, ..*opening };
        let (store, recovered) = Store::open(&opening, &mut Hearing(&mut sequencer))?;
        sequencer.core = Core::Stored(Box::new(store));
        Ok((sequencer, recovered))
    }

    /// The engine, for questions.
    #[inline]
    pub fn engine(&self) -> &Exchange {
        match &self.core {
            Core::Memory(engine) => engine,
            Core::Stored(store) => store.exchange(),
        }
    }

    /// Takes memory at once; only an exchange in memory before its first command can.
    ///
    /// # Errors
    /// `UsageError`.
    pub fn reserve(&mut self, orders: usize, client_ids: usize) -> PyResult<()> {
        match &mut self.core {
            Core::Memory(engine) if self.last.seq == 0 => {
                engine.reserve(orders, client_ids);
                Ok(())
            }
            Core::Memory(_) => Err(raise(Kind::Usage, "reserve comes before the first command")),
            Core::Stored(_) => {
                Err(raise(Kind::Usage, "reserve is for exchanges in memory, not for opened directories"))
            }
        }
    }

    /// Refuses work after [`Sequencer::close`].
    ///
    /// # Errors
    /// `UsageError`.
    pub fn check_open(&self) -> PyResult<()> {
        if self.is_closed {
            Err(raise(Kind::Usage, "the exchange is closed; open its directory again"))
        } else {
            Ok(())
        }
    }

    /// Seals and gives up the directory. An exchange in memory has nothing to close.
    ///
    /// # Errors
    /// `UnavailableError` where the disk fails.
    pub fn close(&mut self) -> PyResult<()> {
        let Core::Stored(_) = &self.core else { return Ok(()) };
        self.is_closed = true;
        let empty = Core::Memory(Box::new(Exchange::new(Limits::default())));
        match core::mem::replace(&mut self.core, empty) {
            Core::Stored(store) => store.close(),
            Core::Memory(_) => Ok(()),
        }
    }

    /// What became of the snapshots since the directory was opened; `None` in memory.
    ///
    /// # Errors
    /// As [`Sequencer::apply`].
    pub fn snapshots(&mut self) -> PyResult<Option<&Snapshots>> {
        match &mut self.core {
            Core::Memory(_) => Ok(None),
            Core::Stored(store) => store.snapshots().map(Some),
        }
    }

    /// The stamp of the last command; sequence number 0 before the first.
    pub fn last(&self) -> Stamp {
        match &self.core {
            Core::Memory(_) => self.last,
            Core::Stored(store) => store.last(),
        }
    }

    /// The stamp of the last command that somebody asked for; rule sets and timers may have added others after it.
    pub fn answered(&self) -> Stamp {
        match &self.core {
            Core::Memory(_) => self.answered,
            Core::Stored(store) => store.last(),
        }
    }

    /// The rule sets.
    pub fn watchers(&self) -> &Watchers {
        &self.watchers
    }

    /// Applies a command at `now_ns`, or one nanosecond after the last command where the clock has not moved on. Gives
    /// its events, without those of commands that rule sets added before and after it.
    ///
    /// # Errors
    /// `UnavailableError` where the directory does not take it.
    #[inline]
    pub fn apply(&mut self, now_ns: i64, command: &Command) -> PyResult<&[Event]> {
        self.begin_batch();
        self.step(now_ns, command)?;
        self.keep()?;
        Ok(self.last_events())
    }

    /// Applies a command of a batch, with what rule sets want before and after it; the events are added to those of the
    /// batch. In a directory it may wait for those that follow: [`Sequencer::flush`] lets it take effect.
    ///
    /// # Errors
    /// `UnavailableError` where the directory does not take it.
    #[inline]
    pub fn step(&mut self, now_ns: i64, command: &Command) -> PyResult<()> {
        match &mut self.core {
            Core::Stored(store) => return store.add(now_ns, command),
            Core::Memory(_) => self.now_ns = now_ns,
        }
        if self.watchers.is_empty() {
            self.enter(command);
            self.answered = self.last;
        } else {
            self.step_watched(command);
        }
        Ok(())
    }

    #[cold]
    fn step_watched(&mut self, command: &Command) {
        let mut watchers = std::mem::take(&mut self.watchers);
        let events = watchers.run(self, command);
        self.watchers = watchers;
        self.answered = events.first().map_or(self.last, |event| event.stamp);
    }

    /// Adds a rule set and does what it wants done first. Gives the events of that.
    ///
    /// # Errors
    /// `UsageError` says why it cannot be; nothing has changed.
    pub fn attach(&mut self, now_ns: i64, symbol: &str, rules: RuleSet) -> PyResult<&[Event]> {
        let refused = |why: String| raise(Kind::Usage, format!("rules of {symbol}: {why}"));
        if let Core::Stored(_) = &self.core {
            return Err(refused(NO_RULES.to_owned()));
        }
        self.events.clear();
        self.now_ns = now_ns;
        let mut watchers = std::mem::take(&mut self.watchers);
        let attached = watchers.attach(self, rules);
        self.watchers = watchers;
        attached.map_err(|error| refused(error.to_string()))?;
        self.answered = self.last;
        self.keep()
    }

    /// Gives a command its place in memory and applies it. A directory has its own way: [`Store::add`].
    #[inline]
    fn enter(&mut self, command: &Command) {
        self.last = Stamp { seq: self.last.seq + 1, ts_ns: self.next_ns() };
        match &mut self.core {
            Core::Memory(engine) => engine.apply(self.last, command, &mut self.events),
            Core::Stored(_) => unreachable!("rule sets are refused there"),
        }
    }

    /// Lets every command so far take effect, for whoever asks about the state next.
    ///
    /// # Errors
    /// `UnavailableError` where the directory does not take one.
    #[inline]
    pub fn flush(&mut self) -> PyResult<()> {
        match &mut self.core {
            Core::Memory(_) => Ok(()),
            Core::Stored(store) => store.flush(),
        }
    }

    /// Begins a batch.
    pub fn begin_batch(&mut self) {
        self.events.clear();
        if let Core::Stored(store) = &mut self.core {
            store.begin_batch();
        }
    }

    /// Takes the events since the last `apply` or `begin_batch` into the history and gives them, those of commands that
    /// rule sets added among them.
    ///
    /// # Errors
    /// `UnavailableError` where the directory did not take a command; what it took is in the history.
    #[inline]
    pub fn keep(&mut self) -> PyResult<&[Event]> {
        if let Core::Stored(store) = &mut self.core {
            let flushed = store.flush();
            let heard = store.take_heard();
            self.remember(&heard);
            flushed?;
        } else {
            let events = core::mem::take(&mut self.events);
            self.remember(events.as_slice());
            self.events = events;
        }
        match &self.core {
            Core::Memory(_) => Ok(self.events.as_slice()),
            Core::Stored(store) => Ok(store.own()),
        }
    }

    fn remember(&mut self, events: &[Event]) {
        if self.history_max == 0 {
            return;
        }
        for event in events {
            self.blotter.absorb(event);
            self.tape.absorb(event).expect("the engine's trades have quantity and come in order");
            self.log.push_back(*event);
        }
        while self.log.len() > self.history_max {
            self.forgotten = self.log.pop_front().map_or(0, |event| event.stamp.seq);
        }
    }

    /// The events of the last command that somebody asked for.
    pub fn last_events(&self) -> &[Event] {
        let events = match &self.core {
            Core::Memory(_) => self.events.as_slice(),
            Core::Stored(store) => return store.own(),
        };
        if self.watchers.is_empty() {
            return events;
        }
        let seq = self.answered.seq;
        let from = events.partition_point(|event| event.stamp.seq < seq);
        &events[from..events.partition_point(|event| event.stamp.seq <= seq)]
    }

    /// The events of commands after `since`; the first sequence number still complete where that is later.
    pub fn events_after(&self, since: u64) -> Result<Vec<Event>, u64> {
        if since < self.forgotten {
            return Err(self.forgotten);
        }
        let start = self.log.partition_point(|event| event.stamp.seq <= since);
        Ok(self.log.iter().skip(start).copied().collect())
    }

    /// Whether history is kept at all.
    pub fn keeps_history(&self) -> bool {
        self.history_max > 0
    }

    /// The memory for a batch's records.
    pub fn take_scratch(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.scratch)
    }

    /// Gives that memory back.
    pub fn give_scratch(&mut self, scratch: Vec<u8>) {
        self.scratch = scratch;
    }

    /// The remembered events of a kind, oldest first.
    pub fn events_of(&self, is_wanted: impl Fn(&EventKind) -> bool) -> Vec<Event> {
        self.log.iter().filter(|event| is_wanted(&event.kind)).copied().collect()
    }

    /// The numbers of an order, open, or ended and remembered.
    pub fn facts(&self, order_id: OrderId) -> Option<Facts> {
        match self.blotter.order(order_id) {
            Some(order) => Some(Facts::of_history(order)),
            None => self.engine().order(order_id).map(|view| Facts::of_view(&view)),
        }
    }

    /// The numbers of the order an account names.
    pub fn facts_of(&self, account: AccountId, target: &OrderRef) -> Option<Facts> {
        self.facts(self.order_id_of(account, target)?)
    }

    /// The order an account names, open, or ended and remembered.
    pub fn order_id_of(&self, account: AccountId, target: &OrderRef) -> Option<OrderId> {
        match target {
            OrderRef::Client(cl_ord_id) => self.engine().remembered(account, cl_ord_id),
            OrderRef::Order(order_id) => {
                let owner = self.engine().order(*order_id).map(|order| order.account);
                let owner = owner.or_else(|| self.blotter.order(*order_id).map(|order| order.accepted.account));
                owner.filter(|owner| *owner == account).map(|_| *order_id)
            }
        }
    }
}

impl Venue for Sequencer {
    fn next_ns(&self) -> i64 {
        self.now_ns.max(self.last.ts_ns.saturating_add(1))
    }

    fn apply(&mut self, command: &Command) -> Vec<Event> {
        let before = self.events.as_slice().len();
        self.enter(command);
        self.events.as_slice()[before..].to_vec()
    }

    fn sight(&self, instrument: InstrumentId) -> Option<Sight> {
        self.engine().sight(instrument)
    }
}

/// Remembers what is replayed as if it happened now.
struct Hearing<'a>(&'a mut Sequencer);

impl Watch for Hearing<'_> {
    fn begin(&mut self, at: Stamp, _exchange: &Exchange) {
        let sequencer = &mut *self.0;
        sequencer.blotter = Blotter::new(sequencer.history_max.max(1));
        sequencer.tape = TradeTape::default();
        sequencer.log.clear();
        sequencer.forgotten = at.seq;
    }

    fn replayed(&mut self, _stamp: Stamp, _origin: u64, events: &[Event]) {
        self.0.remember(events);
    }
}
