//! An observer of recordings others printed: which rule would have stopped trading, when, and at what price.
//!
//! It cannot change what was recorded. After a would-be halt it looks away for the documented time (halt and call, without
//! random end and extensions) and goes on with empty windows; the first print after it stands for the reopening auction.
//! Then the market cools, and R-156 decides when the breaker is armed again.
//!
//! Invariants:
//! 1. A print that would have been refused is no reference: neither window nor static band ever sees it.
//! 2. Halts do not overlap, and at least `cooling_ns + interval_ns` lies between the end of one and the next.
//! 3. A crossed book never stops trading: it says something about the recording, not about the market.

use std::collections::VecDeque;

use model::{BreakerRule, BreakerRules, Price, SpreadState, StaticReference};

use crate::band::Band;
use crate::rearm::Rearm;
use crate::recent::{RecentTrades, is_recent, sane_middle};
use crate::reopening::Schedule;
use crate::spread::SpreadBreaker;
use crate::volatility::Volatility;

const SECOND: i64 = 1_000_000_000;
/// A book that is crossed for longer is a fault of the recording.
const CROSSED_NS: i64 = 2 * SECOND;

/// One halt the rules would have made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WouldHalt {
    /// Which rule.
    pub rule: BreakerRule,
    /// When.
    pub ts_ns: i64,
    /// The price that would not have printed; empty for the spread rule.
    pub price: Option<Price>,
    /// What all bands together let print; empty for the spread rule.
    pub band: Option<Band>,
    /// The best bid at that moment.
    pub bid: Option<Price>,
    /// The best ask at that moment.
    pub ask: Option<Price>,
    /// The end of the documented halt, when the observer looks again.
    pub until_ns: i64,
    /// There were so many within an hour that a person would have to end it.
    pub waits: bool,
}

/// What the observer was fed, and what it did not judge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Executed prices given to it.
    pub prints: u64,
    /// Best quotes given to it.
    pub quotes: u64,
    /// Prints and quotes that came during a halt it would have made.
    pub looked_away: u64,
    /// Prints at a price of zero or below, and quotes with one; refused.
    pub not_positive: u64,
    /// Stretches of more than 2 s with a crossed book.
    pub crossed_stretches: u64,
    /// Prints outside a band while the breaker was not yet armed again.
    pub held_back: u64,
    /// Stretches with a missing side.
    pub one_sided_stretches: u64,
}

/// Follows one instrument of a recording under [`BreakerRules`]. An event older than the newest counts as happening with it.
#[derive(Clone, Debug)]
pub struct Watch {
    rules: BreakerRules,
    now_ns: i64,
    reference: Option<Price>,
    /// When that was an auction's price.
    auction_ns: Option<i64>,
    recent: RecentTrades,
    volatility: Volatility,
    spread: SpreadBreaker,
    best: (Option<Price>, Option<Price>),
    last: Option<Price>,
    crossed_since_ns: Option<i64>,
    halted_until_ns: Option<i64>,
    reopens: bool,
    rearm: Option<Rearm>,
    trips: VecDeque<i64>,
    halts: Vec<WouldHalt>,
    counts: Counts,
}

impl Watch {
    /// Begins with the previous close, if there is one, as reference of the static band.
    pub fn new(rules: BreakerRules, previous_close: Option<Price>) -> Self {
        Watch {
            rules,
            now_ns: i64::MIN,
            reference: previous_close,
            auction_ns: None,
            recent: RecentTrades::new(),
            volatility: Volatility::new(rules.windows),
            spread: SpreadBreaker::new(rules.spread),
            best: (None, None),
            last: None,
            crossed_since_ns: None,
            halted_until_ns: None,
            reopens: false,
            rearm: None,
            trips: VecDeque::new(),
            halts: Vec::new(),
            counts: Counts::default(),
        }
    }

    /// Takes the price of a recorded auction: it becomes the reference of the static band, and the windows start with it.
    pub fn auction(&mut self, ts_ns: i64, price: Price) {
        self.advance(ts_ns);
        self.counts.prints += 1;
        if !self.is_judged(price) {
            return;
        }
        self.reopens = false;
        self.reopen_at(price);
    }

    /// Takes a recorded print of continuous trading.
    pub fn print(&mut self, ts_ns: i64, price: Price) {
        self.advance(ts_ns);
        self.counts.prints += 1;
        if !self.is_judged(price) {
            return;
        }
        if std::mem::take(&mut self.reopens) {
            self.reopen_at(price);
            return;
        }
        match self.refusal(price) {
            None => {
                self.last = Some(price);
                self.volatility.observe(self.now_ns, price);
                self.recent.trade(self.now_ns, price.0);
            }
            Some(rule) if self.rearm.is_none() => {
                let band = self.static_band().and(self.volatility.band(self.now_ns));
                self.halt(rule, self.now_ns, Some((price, band)));
            }
            Some(_) => self.counts.held_back += 1,
        }
    }

    /// Takes the best quotes in force from `ts_ns` on.
    pub fn quote(&mut self, ts_ns: i64, bid: Option<Price>, ask: Option<Price>) {
        self.advance(ts_ns);
        self.counts.quotes += 1;
        if [bid, ask].into_iter().flatten().any(|price| price.0 <= 0) {
            self.counts.not_positive += 1;
            return;
        }
        self.best = (bid, ask);
        let is_crossed = matches!((bid, ask), (Some(bid), Some(ask)) if bid > ask);
        match (is_crossed, self.crossed_since_ns) {
            (true, None) => self.crossed_since_ns = Some(self.now_ns),
            (false, Some(_)) => self.crossed_since_ns = None,
            (true, Some(_)) | (false, None) => {}
        }
        if self.halted_until_ns.is_some() {
            self.counts.looked_away += 1;
        } else {
            self.see_spread(self.now_ns);
        }
    }

    /// Lets time pass: a spread that lasted long enough by then stops trading, and a halt that is over ends.
    pub fn advance(&mut self, ts_ns: i64) {
        let before_ns = self.now_ns;
        self.now_ns = self.now_ns.max(ts_ns);
        if let Some(since) = self.crossed_since_ns {
            let was_short = before_ns.saturating_sub(since) <= CROSSED_NS;
            self.counts.crossed_stretches += u64::from(was_short && self.now_ns.saturating_sub(since) > CROSSED_NS);
        }
        self.end_halt();
        self.sample();
        // A breaker that is not armed arms in a calm market only, so a wide spread that finds it so never becomes due.
        if let Some(due_ns) = self.spread.due_ns().filter(|due_ns| *due_ns <= self.now_ns && self.rearm.is_none()) {
            self.halt(BreakerRule::Spread, due_ns, None);
            self.end_halt();
            self.sample();
        }
    }

    /// Every halt so far, in order of time.
    pub fn halts(&self) -> &[WouldHalt] {
        &self.halts
    }

    /// What it was fed so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// What may print at the newest time; every price during a halt and where nothing is known.
    pub fn band(&self) -> Band {
        if self.halted_until_ns.is_some() || self.reopens {
            return Band::ANY;
        }
        self.static_band().and(self.volatility.band(self.now_ns))
    }

    /// The reference of the static band.
    pub fn reference(&self) -> Option<Price> {
        self.static_reference()
    }

    fn is_judged(&mut self, price: Price) -> bool {
        let is_halted = self.halted_until_ns.is_some();
        self.counts.not_positive += u64::from(price.0 <= 0);
        self.counts.looked_away += u64::from(price.0 > 0 && is_halted);
        price.0 > 0 && !is_halted
    }

    fn reopen_at(&mut self, price: Price) {
        self.reference = Some(price);
        self.auction_ns = Some(self.now_ns);
        self.last = Some(price);
        self.volatility.clear();
        self.volatility.observe(self.now_ns, price);
    }

    fn static_band(&self) -> Band {
        match self.static_reference() {
            Some(reference) if self.rules.static_bps > 0 => Band::around(reference, self.rules.static_bps),
            Some(_) | None => Band::ANY,
        }
    }

    fn static_reference(&self) -> Option<Price> {
        match self.rules.static_reference {
            StaticReference::LastAuction => self.reference,
            StaticReference::Recent => {
                let auction = self.reference.filter(|_| self.auction_ns.is_some_and(|at| is_recent(at, self.now_ns)));
                let mean = || self.recent.mean(self.now_ns, 1);
                let middle = || sane_middle(self.best.0, self.best.1, self.rules.spread.bps);
                auction.or_else(mean).or_else(middle).or(self.last).or(self.reference)
            }
        }
    }

    fn refusal(&self, price: Price) -> Option<BreakerRule> {
        if !self.static_band().allows(price) {
            return Some(BreakerRule::Static);
        }
        self.volatility.refusal(self.now_ns, price).map(|(rule, _)| rule)
    }

    fn end_halt(&mut self) {
        if let Some(until_ns) = self.halted_until_ns.filter(|until_ns| *until_ns <= self.now_ns) {
            self.halted_until_ns = None;
            self.see_spread(until_ns);
        }
    }

    fn see_spread(&mut self, ts_ns: i64) {
        let was = self.spread.state();
        let (bid, ask) = self.best;
        let state = self.spread.quote(ts_ns, bid, ask);
        let begins = state == SpreadState::OneSided && was != SpreadState::OneSided;
        self.counts.one_sided_stretches += u64::from(begins);
    }

    /// Takes the samples due, with the market as it was before the event at the newest time.
    fn sample(&mut self) {
        let is_calm = self.last.is_none_or(|last| self.volatility.is_calm(self.now_ns, last))
            && (self.rules.spread.bps == 0 || self.spread.is_calm(self.best.0, self.best.1));
        if self.halted_until_ns.is_none()
            && self.rearm.as_mut().is_some_and(|rearm| rearm.advance(self.now_ns, is_calm))
        {
            self.rearm = None;
        }
    }

    fn halt(&mut self, rule: BreakerRule, ts_ns: i64, refused: Option<(Price, Band)>) {
        let schedule = Schedule::new(&self.rules.reopening, ts_ns, 0, 0);
        let until_ns = schedule.uncross_ns;
        self.trips.push_back(ts_ns);
        while self.trips.front().is_some_and(|trip| *trip <= ts_ns.saturating_sub(BreakerRules::TRIPS_NS)) {
            self.trips.pop_front();
        }
        let waits = self.rules.trips_max > 0
            && u32::try_from(self.trips.len()).is_ok_and(|trips| trips >= self.rules.trips_max);
        let (price, band) = refused.unzip();
        self.halts.push(WouldHalt { rule, ts_ns, price, band, bid: self.best.0, ask: self.best.1, until_ns, waits });
        self.halted_until_ns = Some(until_ns);
        self.rearm = Some(Rearm::new(schedule.normal_ns, self.rules.interval_ns));
        self.reopens = true;
        self.last = None;
    }
}
