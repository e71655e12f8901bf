//! The embedded sequencer: stamps commands, applies them, keeps what happened. The only file that knows the engine.

use std::collections::VecDeque;

use breaker::{RuleError, RuleSet, Sight, Venue, Watchers};
use engine::{Blotter, Exchange};
use marketdata::trade_tape::TradeTape;
use model::{AccountId, Command, Event, EventKind, Events, InstrumentId, Limits, OrderId, OrderRef, Stamp};

use crate::errors::Poison;
use crate::facts::Facts;

/// Commands between two checks of the engine's invariants: a pause of milliseconds in a second's work.
const CHECK_EVERY: u64 = 1 << 20;

/// One exchange in its sequence.
pub struct Sequencer {
    /// The engine, for questions.
    pub engine: Exchange,
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
            engine,
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

    /// The stamp of the last command; sequence number 0 before the first.
    pub fn last(&self) -> Stamp {
        self.last
    }

    /// The stamp of the last command that somebody asked for; rule sets may have added others after it.
    pub fn answered(&self) -> Stamp {
        self.answered
    }

    /// The rule sets.
    pub fn watchers(&self) -> &Watchers {
        &self.watchers
    }

    /// Applies a command at `now_ns`, or one nanosecond after the last command where the clock has not moved on. Gives
    /// its events, without those of commands that rule sets added before and after it.
    #[inline]
    pub fn apply(&mut self, now_ns: i64, command: &Command) -> &[Event] {
        self.events.clear();
        self.step(now_ns, command);
        self.keep();
        self.last_events()
    }

    /// Applies a command of a batch, with what rule sets want before and after it; the events are added to those of the
    /// batch.
    #[inline]
    pub fn step(&mut self, now_ns: i64, command: &Command) {
        self.now_ns = now_ns;
        if self.watchers.is_empty() {
            self.enter(command);
            self.answered = self.last;
        } else {
            self.step_watched(command);
        }
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
    /// Why it cannot be; nothing has changed.
    pub fn attach(&mut self, now_ns: i64, rules: RuleSet) -> Result<&[Event], RuleError> {
        self.events.clear();
        self.now_ns = now_ns;
        let mut watchers = std::mem::take(&mut self.watchers);
        let attached = watchers.attach(self, rules);
        self.watchers = watchers;
        attached?;
        self.answered = self.last;
        Ok(self.keep())
    }

    #[inline]
    fn enter(&mut self, command: &Command) {
        self.last = Stamp { seq: self.last.seq + 1, ts_ns: self.next_ns() };
        self.engine.apply(self.last, command, &mut self.events);
    }

    /// Begins a batch.
    pub fn begin_batch(&mut self) {
        self.events.clear();
    }

    /// Takes the events since the last `apply` or `begin_batch` into the history and gives them.
    #[inline]
    pub fn keep(&mut self) -> &[Event] {
        if self.history_max > 0 {
            for event in self.events.as_slice() {
                self.blotter.absorb(event);
                self.tape.absorb(event).expect("the engine's trades have quantity and come in order");
                self.log.push_back(*event);
            }
            while self.log.len() > self.history_max {
                self.forgotten = self.log.pop_front().map_or(0, |event| event.stamp.seq);
            }
        }
        self.events.as_slice()
    }

    /// The events of the last command that somebody asked for.
    pub fn last_events(&self) -> &[Event] {
        let events = self.events.as_slice();
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
            None => self.engine.order(order_id).map(|view| Facts::of_view(&view)),
        }
    }

    /// The numbers of the order an account names.
    pub fn facts_of(&self, account: AccountId, target: &OrderRef) -> Option<Facts> {
        self.facts(self.order_id_of(account, target)?)
    }

    /// The order an account names, open, or ended and remembered.
    pub fn order_id_of(&self, account: AccountId, target: &OrderRef) -> Option<OrderId> {
        match target {
            OrderRef::Client(cl_ord_id) => self.engine.remembered(account, cl_ord_id),
            OrderRef::Order(order_id) => {
                let owner = self.engine.order(*order_id).map(|order| order.account);
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
        self.engine.sight(instrument)
    }
}
