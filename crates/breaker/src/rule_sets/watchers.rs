//! Runs rule sets beside an exchange: what is due before a command comes before it, what it brings about comes after it.

use std::collections::VecDeque;

use model::{Command, Event, InstrumentId};

use super::{DynamicRules, DynamicWatch, LuldRules, LuldWatch, MarketWideRules, MarketWideWatch, RuleError, Sight};

/// Commands that rule sets may add to one command: more means that two of them disagree for ever.
const WANTS_MAX: usize = 1_000_000;

/// The configuration of a rule set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleSet {
    /// Limit Up-Limit Down.
    Luld(LuldRules),
    /// The market-wide circuit breaker.
    MarketWide(MarketWideRules),
    /// The dynamic circuit breaker.
    Dynamic(DynamicRules),
}

/// A rule set at work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watcher {
    /// Limit Up-Limit Down.
    Luld(LuldWatch),
    /// The market-wide circuit breaker.
    MarketWide(MarketWideWatch),
    /// The dynamic circuit breaker.
    Dynamic(DynamicWatch),
}

impl Watcher {
    /// A rule set that has seen nothing.
    ///
    /// # Errors
    /// A field out of its range.
    pub fn new(rules: RuleSet) -> Result<Self, RuleError> {
        match rules {
            RuleSet::Luld(rules) => LuldWatch::new(rules).map(Watcher::Luld),
            RuleSet::MarketWide(rules) => MarketWideWatch::new(rules).map(Watcher::MarketWide),
            RuleSet::Dynamic(rules) => DynamicWatch::new(rules).map(Watcher::Dynamic),
        }
    }

    /// Whose bands it publishes.
    pub fn publishes(&self) -> Option<InstrumentId> {
        match self {
            Watcher::Luld(watch) => Some(watch.rules().instrument),
            Watcher::MarketWide(_) => None,
            Watcher::Dynamic(watch) => Some(watch.rules().instrument),
        }
    }

    /// When it has something to ask for though nothing happens.
    pub fn due_ns(&self) -> Option<i64> {
        match self {
            Watcher::Luld(watch) => watch.due_ns(),
            Watcher::MarketWide(_) | Watcher::Dynamic(_) => None,
        }
    }

    /// What it wants done when it is attached at `now_ns`.
    pub fn start(&mut self, now_ns: i64) -> Option<Command> {
        match self {
            Watcher::Luld(watch) => Some(watch.start()),
            Watcher::MarketWide(_) => None,
            Watcher::Dynamic(watch) => Some(watch.start(now_ns)),
        }
    }

    /// Lets time pass to `now_ns`, the time of the next command.
    fn advance(&mut self, now_ns: i64, sight: impl Fn(InstrumentId) -> Option<Sight>, wants: &mut Vec<Command>) {
        let Some(sight) = self.publishes().and_then(sight) else { return };
        match self {
            Watcher::Luld(watch) => watch.advance(now_ns, &sight, wants),
            Watcher::MarketWide(_) => {}
            Watcher::Dynamic(watch) => watch.advance(now_ns, &sight, wants),
        }
    }

    /// Takes the events of a command applied at `now_ns`.
    fn see(
        &mut self,
        now_ns: i64,
        events: &[Event],
        sight: impl Fn(InstrumentId) -> Option<Sight>,
        wants: &mut Vec<Command>,
    ) {
        for event in events {
            match self {
                Watcher::Luld(watch) => watch.see(event),
                Watcher::MarketWide(watch) => watch.see(event, wants),
                Watcher::Dynamic(watch) => watch.see(event),
            }
        }
        let Some(sight) = self.publishes().and_then(sight) else { return };
        match self {
            Watcher::Luld(watch) => watch.settle(now_ns, &sight, wants),
            Watcher::MarketWide(_) => {}
            Watcher::Dynamic(watch) => watch.settle(now_ns, &sight, wants),
        }
    }
}

/// What rule sets need of an exchange.
pub trait Venue {
    /// The time that the next command will get.
    fn next_ns(&self) -> i64;

    /// Applies a command at that time and gives its events.
    fn apply(&mut self, command: &Command) -> Vec<Event>;

    /// What there is to see of an instrument; `None` where there is no such instrument.
    fn sight(&self, instrument: InstrumentId) -> Option<Sight>;
}

/// All rule sets of an exchange, in the order in which they were attached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watchers {
    sets: Vec<Watcher>,
}

impl Watchers {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// Each of them.
    pub fn sets(&self) -> &[Watcher] {
        &self.sets
    }

    /// When the first of them has something to ask for though nothing happens: let time pass then, by a `Tick`.
    pub fn due_ns(&self) -> Option<i64> {
        self.sets.iter().filter_map(Watcher::due_ns).min()
    }

    /// Adds a rule set and does what it wants done first.
    ///
    /// # Errors
    /// A field out of its range; an instrument that does not exist or whose bands another rule set publishes already
    /// (field `instrument`, the number of rule sets that do). Nothing has changed.
    pub fn attach(&mut self, venue: &mut impl Venue, rules: RuleSet) -> Result<(), RuleError> {
        let first = self.add(venue, rules)?;
        let mut queue = VecDeque::new();
        if let Some(command) = first {
            self.one(venue, &command, &mut queue);
        }
        self.drain(venue, &mut queue);
        self.before(venue);
        Ok(())
    }

    /// Adds a rule set where a replay meets the place at which it was attached: what it wanted first comes in the replay.
    ///
    /// # Errors
    /// As [`Watchers::attach`].
    pub fn attach_replayed(&mut self, venue: &impl Venue, rules: RuleSet) -> Result<(), RuleError> {
        self.add(venue, rules).map(drop)
    }

    fn add(&mut self, venue: &impl Venue, rules: RuleSet) -> Result<Option<Command>, RuleError> {
        let mut watcher = Watcher::new(rules)?;
        if let Some(instrument) = watcher.publishes() {
            let taken = self.sets.iter().filter(|set| set.publishes() == Some(instrument)).count();
            super::within("rule sets with bands of the instrument", i64::from(taken > 0), 0, 0)?;
            super::within("instruments of that id", i64::from(venue.sight(instrument).is_some()), 1, 1)?;
        }
        let first = watcher.start(venue.next_ns());
        self.sets.push(watcher);
        Ok(first)
    }

    /// Applies a command: first what is due by its time, then it, then what follows from it. Gives its events.
    pub fn run(&mut self, venue: &mut impl Venue, command: &Command) -> Vec<Event> {
        let mut queue = VecDeque::new();
        self.before(venue);
        let events = self.one(venue, command, &mut queue);
        self.drain(venue, &mut queue);
        events
    }

    /// Takes a command that was applied when these rule sets were at work, as a replay meets it: its time before it is
    /// applied, then its events. Every wish is in the replayed sequence already.
    pub fn replay(&mut self, venue: &mut impl Venue, command: &Command) -> Vec<Event> {
        self.one(venue, command, &mut VecDeque::new())
    }

    /// Does what is due by the time of the next command.
    pub fn before(&mut self, venue: &mut impl Venue) {
        let mut queue = VecDeque::from(self.advance(venue));
        self.drain(venue, &mut queue);
    }

    fn advance(&mut self, venue: &impl Venue) -> Vec<Command> {
        let (now_ns, mut wants) = (venue.next_ns(), Vec::new());
        self.sets.iter_mut().for_each(|set| set.advance(now_ns, |id| venue.sight(id), &mut wants));
        wants
    }

    fn one(&mut self, venue: &mut impl Venue, command: &Command, queue: &mut VecDeque<Command>) -> Vec<Event> {
        let now_ns = venue.next_ns();
        queue.extend(self.advance(venue));
        let events = venue.apply(command);
        let mut wants = Vec::new();
        self.sets.iter_mut().for_each(|set| set.see(now_ns, &events, |id| venue.sight(id), &mut wants));
        queue.extend(wants);
        events
    }

    fn drain(&mut self, venue: &mut impl Venue, queue: &mut VecDeque<Command>) {
        let mut left = WANTS_MAX;
        while let Some(command) = queue.pop_front() {
            assert!(left > 0, "INV-2: rule sets never stop asking: {command:?}");
            left -= 1;
            self.one(venue, &command, queue);
        }
    }
}
