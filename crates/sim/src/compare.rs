//! Both engines side by side: the first command after which they differ, and why.

use std::panic::{AssertUnwindSafe, catch_unwind};

use engine::Exchange;
use model::{Command, Event, Events, Limits, MassCancel, Qty, Side, Stamp, StateHash};

use crate::books::Books;
use crate::generate::Sequence;
use crate::images::{Plan, Reloaded};
use crate::lives::Lives;
use crate::naive::NaiveExchange;

/// Where two engines part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The command, counted from 0.
    pub at: usize,
    /// What differs.
    pub what: What,
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// An event, counted from 0 within the command; empty where one engine has no such event.
    Event {
        /// Its place among the command's events.
        index: usize,
        /// What the fast engine says there.
        fast: Box<Option<Event>>,
        /// What the naive engine says there.
        naive: Box<Option<Event>>,
    },
    /// These sections of the state hash.
    Hash(Vec<&'static str>),
    /// An exchange loaded from an image goes on otherwise than the one the image is of.
    Image(String),
    /// A sum or a bound that must hold for one engine alone.
    Broken(String),
    /// An engine panicked.
    Panic {
        /// Which.
        engine: &'static str,
        /// What it said.
        message: String,
    },
}

impl Difference {
    /// The kind of difference: shrinking keeps it, so that it does not wander off to another one.
    pub fn kind(&self) -> &'static str {
        match &self.what {
            What::Event { .. } => "event",
            What::Hash(_) => "hash",
            What::Image(_) => "image",
            What::Broken(_) => "broken",
            What::Panic { engine, .. } => engine,
        }
    }
}

/// Both engines and what follows from their events alone.
pub struct Pair {
    fast: Exchange,
    naive: NaiveExchange,
    books: Books,
    lives: Lives,
    reloaded: Reloaded,
    fast_events: Events,
    naive_events: Events,
}

/// What a panic said.
pub(crate) fn message_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message").to_owned()
}

fn differing_sections(fast: &StateHash, naive: &StateHash) -> Vec<&'static str> {
    let sections = [
        ("instruments", fast.instruments == naive.instruments),
        ("books", fast.books == naive.books),
        ("orders", fast.orders == naive.orders),
        ("accounts", fast.accounts == naive.accounts),
        ("client_ids", fast.client_ids == naive.client_ids),
        ("triggers", fast.triggers == naive.triggers),
        ("risk", fast.risk == naive.risk),
        ("breakers", fast.breakers == naive.breakers),
    ];
    sections.into_iter().filter(|(_, is_equal)| !is_equal).map(|(name, _)| name).collect()
}

impl Pair {
    /// Two empty exchanges with the same bounds, of the first of which images are taken.
    pub fn new(limits: Limits, images: Plan) -> Self {
        Pair {
            fast: Exchange::new(limits),
            naive: NaiveExchange::new(limits),
            books: Books::default(),
            lives: Lives::default(),
            reloaded: Reloaded::new(images),
            fast_events: Events::new(),
            naive_events: Events::new(),
        }
    }

    /// The naive engine's events of the last command.
    pub fn events(&self) -> &[Event] {
        self.naive_events.as_slice()
    }

    /// The naive engine.
    pub fn naive(&self) -> &NaiveExchange {
        &self.naive
    }

    /// The books and balances as the fast engine's events tell them.
    pub fn books(&self) -> &Books {
        &self.books
    }

    /// Applies one command to both.
    ///
    /// # Errors
    /// What differs, or what does not add up.
    pub fn apply(&mut self, stamp: Stamp, command: &Command) -> Result<(), What> {
        self.fast_events.clear();
        self.naive_events.clear();
        let naive = catch_unwind(AssertUnwindSafe(|| self.naive.apply(stamp, command, &mut self.naive_events)));
        naive.map_err(|panic| What::Panic { engine: "naive", message: message_of(&*panic) })?;
        let fast = catch_unwind(AssertUnwindSafe(|| {
            self.fast.apply(stamp, command, &mut self.fast_events);
            self.fast.check_invariants();
            self.fast.state_hash()
        }));
        let hash = fast.map_err(|panic| What::Panic { engine: "fast", message: message_of(&*panic) })?;
        self.compare_events()?;
        let sections = differing_sections(&hash, &self.naive.state_hash());
        if !sections.is_empty() {
            return Err(What::Hash(sections));
        }
        self.books.apply(command, self.fast_events.as_slice());
        self.lives.apply(command, self.fast_events.as_slice()).map_err(What::Broken)?;
        self.check_money()?;
        self.check_books()?;
        self.follow(stamp, command)
    }

    /// What is loaded from an image does the same.
    fn follow(&mut self, stamp: Stamp, command: &Command) -> Result<(), What> {
        let Pair { fast, fast_events, reloaded, .. } = self;
        let followed = catch_unwind(AssertUnwindSafe(|| reloaded.follow(stamp, command, fast, fast_events.as_slice())));
        followed.map_err(|panic| What::Panic { engine: "loaded", message: message_of(&*panic) })?.map_err(What::Image)
    }

    /// How many images were taken, and how many commands the exchange loaded from the last has followed.
    pub fn images(&self) -> (u64, u64) {
        self.reloaded.counts()
    }

    /// The books that events tell are those the engine has: order, leaves and what is shown.
    fn check_books(&self) -> Result<(), What> {
        for instrument in self.books.instruments() {
            for side in [Side::Buy, Side::Sell] {
                let told = self.books.queue(instrument, side);
                let told = told.iter().map(|(id, order, posted)| {
                    let shown = if posted.is_hidden { Qty(0) } else { posted.displayed_qty };
                    (*id, order.leaves_qty, shown)
                });
                let held = self.fast.queue(instrument, side);
                let held = held.iter().map(|order| (order.order_id, order.leaves_qty, order.displayed_qty));
                if !told.clone().eq(held.clone()) {
                    let (told, held): (Vec<_>, Vec<_>) = (told.collect(), held.collect());
                    return Err(What::Broken(format!("events tell {side:?} {told:?}, the engine has {held:?}")));
                }
            }
        }
        Ok(())
    }

    fn compare_events(&self) -> Result<(), What> {
        let (fast, naive) = (self.fast_events.as_slice(), self.naive_events.as_slice());
        if fast == naive {
            return Ok(());
        }
        let count = fast.len().max(naive.len());
        let index = (0..count).find(|index| fast.get(*index) != naive.get(*index)).unwrap_or(count);
        let at = |events: &[Event]| Box::new(events.get(index).copied());
        Err(What::Event { index, fast: at(fast), naive: at(naive) })
    }

    /// What events say about balances is what the engine has; per asset everything sums to zero.
    fn check_money(&self) -> Result<(), What> {
        self.books.check_sums().map_err(What::Broken)?;
        for ((account, asset), total) in self.books.totals() {
            let held = self.fast.balance(account, asset).total.0;
            if held != total {
                let what = format!("account {account} asset {asset}: events say {total}, the engine {held}");
                return Err(What::Broken(what));
            }
        }
        match self.naive.overdrawn() {
            Some((account, asset)) => Err(What::Broken(format!("account {account} asset {asset} is overdrawn"))),
            None => Ok(()),
        }
    }
}

/// Runs a sequence through both engines.
///
/// # Errors
/// The first difference; after the last command also any order or reserve that is left.
pub fn run(sequence: &Sequence, mut seen: impl FnMut(&Pair, &Command)) -> Result<(), Difference> {
    let mut pair = Pair::new(sequence.limits, sequence.images);
    for (at, (stamp, command)) in sequence.commands.iter().enumerate() {
        pair.apply(*stamp, command).map_err(|what| Difference { at, what })?;
        seen(&pair, command);
    }
    let at = sequence.commands.len().saturating_sub(1);
    let is_emptied =
        sequence.commands.last().is_some_and(|(_, last)| *last == Command::MassCancel(MassCancel::default()));
    if is_emptied {
        check_empty(&pair).map_err(|text| Difference { at, what: What::Broken(text) })?;
    }
    Ok(())
}

/// After everything was cancelled nothing is open and nothing is reserved.
fn check_empty(pair: &Pair) -> Result<(), String> {
    if pair.fast.open_count() != 0 {
        return Err(format!("{} orders are open after a mass cancel", pair.fast.open_count()));
    }
    if pair.lives.open_count() != 0 {
        return Err(format!("{} orders have not ended by events", pair.lives.open_count()));
    }
    for ((account, asset), _) in pair.books.totals() {
        let reserved = pair.fast.balance(account, asset).reserved.0;
        if reserved != pair.naive.held_back(account, asset) {
            return Err(format!("account {account} asset {asset}: {reserved} is still reserved"));
        }
    }
    Ok(())
}
