//! What one instrument's breaker knows, and how its phases follow one another (rules ).
//!
//! none -> (limit) -> halted -> call -> (extended) -> cooling -> none. A person may halt at any time and resume a halt or
//! a call.

use model::image;
use std::collections::VecDeque;

use breaker::{Band, Extremes};
use model::{
    AuctionExtended, BreakerEvent, BreakerRule, BreakerRules, BreakerTripped, Cause, EventKind, Events, OperatorId,
    Price, SplitMix64, SpreadState, TradingState,
};

use crate::auction;
use crate::bands::Break;
use crate::groups;
use crate::market::Market;
use crate::session;
use crate::shared::Shared;

/// What the breaker asks for. The numbers stand in the state hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Phase {
    /// Nothing.
    #[default]
    None = 0,
    /// Trading inside the band that would have broken.
    Limit = 1,
    /// Nothing new.
    Halted = 2,
    /// Orders are collected for the reopening.
    Call = 3,
    /// Limits only, close to the auction price.
    Cooling = 4,
}

image!(
    enum Phase {
        None = 0,
        Limit = 1,
        Halted = 2,
        Call = 3,
        Cooling = 4,
    }
);

impl Phase {
    /// The state it asks for.
    fn state(self) -> Option<TradingState> {
        match self {
            Phase::None => None,
            Phase::Limit => Some(TradingState::LimitState),
            Phase::Halted => Some(TradingState::Halted),
            Phase::Call => Some(TradingState::VolatilityAuction),
            Phase::Cooling => Some(TradingState::Cooling),
        }
    }
}

/// A breaker. Times in nanoseconds.
#[derive(Debug)]
pub(crate) struct Breaker {
    pub(crate) rules: Option<BreakerRules>,
    pub(crate) phase: Phase,
    /// When the phase is over; empty: when a person says so.
    pub(crate) deadline: Option<i64>,
    pub(crate) by_hand: bool,
    pub(crate) two_person: bool,
    /// The last to halt by hand.
    pub(crate) operator: OperatorId,
    pub(crate) extensions: u32,
    /// Calls it has made so far.
    pub(crate) calls: u64,
    pub(crate) arming: Arming,
    /// Times of the automatic halts that are less than an hour old, ascending.
    pub(crate) trips: VecDeque<i64>,
    pub(crate) spread: SpreadState,
    /// When a wide spread has lasted long enough.
    pub(crate) spread_deadline: Option<i64>,
    /// Bands given from outside.
    pub(crate) external: Option<Band>,
    /// The band of the limit phase.
    pub(crate) stored: Option<Band>,
    /// The prints of the short and of the long window.
    pub(crate) windows: [Extremes; 2],
    /// The break that stopped the run just made, until it is dealt with.
    pub(crate) met: Option<Break>,
}

/// Whether a break halts, and what it takes until it does again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arming {
    pub(crate) armed: bool,
    /// Good samples in a row.
    pub(crate) good: u32,
    pub(crate) next_sample: i64,
    /// Not before.
    pub(crate) earliest: i64,
}

image!(Breaker {
    rules: Option<BreakerRules>,
    phase: Phase,
    deadline: Option<i64>,
    by_hand: bool,
    two_person: bool,
    operator: OperatorId,
    extensions: u32,
    calls: u64,
    arming: Arming,
    trips: VecDeque<i64>,
    spread: SpreadState,
    spread_deadline: Option<i64>,
    external: Option<Band>,
    stored: Option<Band>,
    windows: [Extremes; 2],
    met: Option<Break>,
});
image!(Arming { armed: bool, good: u32, next_sample: i64, earliest: i64 });

impl Arming {
    pub(crate) const ARMED: Arming = Arming { armed: true, good: 0, next_sample: 0, earliest: 0 };
}

impl Default for Breaker {
    fn default() -> Self {
        Breaker {
            rules: None,
            phase: Phase::None,
            deadline: None,
            by_hand: false,
            two_person: false,
            operator: OperatorId(0),
            extensions: 0,
            calls: 0,
            arming: Arming::ARMED,
            trips: VecDeque::new(),
            spread: SpreadState::Normal,
            spread_deadline: None,
            external: None,
            stored: None,
            windows: [Extremes::new(0), Extremes::new(0)],
            met: None,
        }
    }
}

impl Breaker {
    /// The rules that count: those that were set, else the documented ones.
    pub(crate) fn rules(&self) -> BreakerRules {
        self.rules.unwrap_or_default()
    }

    /// What the command did concerns it.
    pub(crate) fn is_watching(&self) -> bool {
        self.rules.is_some() || self.phase != Phase::None || !self.arming.armed
    }

    /// Some band may apply.
    pub(crate) fn has_bands(&self) -> bool {
        self.rules.is_some() || self.external.is_some() || matches!(self.phase, Phase::Limit | Phase::Cooling)
    }

    /// Takes a price that printed.
    pub(crate) fn observe(&mut self, now_ns: i64, price: Price) {
        if self.rules.is_some() {
            self.windows.iter_mut().for_each(|window| window.observe(now_ns, price));
        }
    }

    /// Takes the price of an auction: what printed before it counts no more.
    pub(crate) fn observe_auction(&mut self, now_ns: i64, price: Price) {
        self.windows.iter_mut().for_each(Extremes::clear);
        self.observe(now_ns, price);
    }

    /// Times of the automatic halts that are less than an hour old.
    pub(crate) fn recent_trips(&self, now_ns: i64) -> impl Iterator<Item = i64> {
        let oldest = now_ns.saturating_sub(BreakerRules::TRIPS_NS);
        self.trips.iter().copied().filter(move |at| *at > oldest)
    }

    /// Notes an automatic halt; `true` where a person has to end it.
    fn note_trip(&mut self, at_ns: i64) -> bool {
        let oldest = at_ns.saturating_sub(BreakerRules::TRIPS_NS);
        while self.trips.front().is_some_and(|at| *at <= oldest) {
            self.trips.pop_front();
        }
        self.trips.push_back(at_ns);
        let max = self.rules().trips_max as usize;
        max > 0 && self.trips.len() >= max
    }
}

impl Market {
    /// The more restrictive of what the session and the breaker ask for; of equals the session's.
    pub(crate) fn effective_state(&self) -> TradingState {
        match self.breaker.phase.state() {
            Some(state) if state.restriction() > self.session.restriction() => state,
            Some(_) | None => self.session,
        }
    }
}

/// Begins a phase at `at_ns` and ends the one before it.
pub(crate) fn enter(
    shared: &mut Shared,
    market: &mut Market,
    phase: Phase,
    at_ns: i64,
    deadline: Option<i64>,
    out: &mut Events,
) {
    begin(shared, market, phase, at_ns, deadline);
    session::settle(shared, market, Cause::Breaker, out);
}

/// Ends the phase and all timers without a word: the instrument is gone.
pub(crate) fn end(shared: &mut Shared, market: &mut Market) {
    let now = shared.now_ns;
    begin(shared, market, Phase::None, now, None);
    market.breaker.spread_deadline = None;
}

fn begin(shared: &mut Shared, market: &mut Market, phase: Phase, at_ns: i64, deadline: Option<i64>) {
    set_deadline(shared, market, deadline);
    let breaker = &mut market.breaker;
    let before = core::mem::replace(&mut breaker.phase, phase);
    if phase != Phase::Halted {
        breaker.by_hand = false;
    }
    if matches!(phase, Phase::None | Phase::Cooling) {
        breaker.two_person = false;
        breaker.operator = OperatorId(0);
    }
    if phase != Phase::Limit {
        breaker.stored = None;
    }
    breaker.extensions = 0;
    if phase == Phase::None && !matches!(before, Phase::None | Phase::Limit) {
        let earliest = at_ns.saturating_add(breaker.rules().interval_ns);
        breaker.arming = Arming { armed: false, good: 0, next_sample: 0, earliest };
    }
    market.banded = market.breaker.has_bands();
    shared.watch(market);
}

/// Moves the end of the running phase.
pub(crate) fn set_deadline(shared: &mut Shared, market: &mut Market, deadline: Option<i64>) {
    if let Some(old) = market.breaker.deadline {
        shared.breaker_timers.remove(&(old, market.id.0));
    }
    if let Some(new) = deadline {
        shared.breaker_timers.insert((new, market.id.0));
    }
    market.breaker.deadline = deadline;
}

fn say(event: BreakerEvent, out: &mut Events) {
    let before = out.cause();
    out.set_cause(Cause::Breaker);
    out.push(EventKind::Breaker(event));
    out.set_cause(before);
}

fn say_tripped(market: &Market, rule: BreakerRule, until_ns: Option<i64>, out: &mut Events) {
    say(BreakerEvent::BreakerTripped(BreakerTripped { instrument: market.id, rule, until_ns }), out);
}

/// Stops trading for a while, or until a person says so.
pub(crate) fn trip(shared: &mut Shared, market: &mut Market, rule: BreakerRule, at_ns: i64, out: &mut Events) {
    let reopening = market.breaker.rules().reopening;
    let manual = market.breaker.note_trip(at_ns);
    let halt_end = at_ns.saturating_add(reopening.halt_ns);
    let until_ns = (!manual).then(|| halt_end.saturating_add(reopening.call_ns));
    say_tripped(market, rule, until_ns, out);
    enter(shared, market, Phase::Halted, at_ns, (!manual).then_some(halt_end), out);
}

/// Lets trading go on inside `band` for a while before it stops.
pub(crate) fn limit(shared: &mut Shared, market: &mut Market, met: &Break, out: &mut Events) {
    let now = shared.now_ns;
    let end = now.saturating_add(market.breaker.rules().limit_state_ns);
    say_tripped(market, met.rule, Some(end), out);
    market.breaker.stored = Some(met.band);
    enter(shared, market, Phase::Limit, now, Some(end), out);
}

/// Too many triggers fired in one command: straight to an auction.
pub(crate) fn cascade(shared: &mut Shared, market: &mut Market, out: &mut Events) {
    let now = shared.now_ns;
    let manual = market.breaker.note_trip(now);
    let until_ns = (!manual).then(|| now.saturating_add(market.breaker.rules().reopening.call_ns));
    say_tripped(market, BreakerRule::Cascade, until_ns, out);
    call(shared, market, now, manual, out);
}

/// Collects orders for the reopening; with a drawn end unless it is `manual`.
pub(crate) fn call(shared: &mut Shared, market: &mut Market, at_ns: i64, manual: bool, out: &mut Events) {
    let breaker = &mut market.breaker;
    let reopening = breaker.rules().reopening;
    let mut rng = SplitMix64::new(market.def.seed.wrapping_add(breaker.calls));
    let random = rng.below(reopening.random_end_ns.unsigned_abs().saturating_add(1));
    breaker.calls += 1;
    let end = at_ns.saturating_add(reopening.call_ns).saturating_add_unsigned(random);
    enter(shared, market, Phase::Call, at_ns, (!manual).then_some(end), out);
}

/// Ends every phase whose time has come, and those that follow from it.
#[inline]
pub(crate) fn run_timers(shared: &mut Shared, markets: &mut [Market], out: &mut Events) {
    if shared.breaker_timers.first().is_some_and(|(deadline, _)| *deadline <= shared.now_ns) {
        run_due(shared, markets, out);
    }
}

#[cold]
fn run_due(shared: &mut Shared, markets: &mut [Market], out: &mut Events) {
    groups::follow_timers(shared, markets, out);
    while let Some((deadline, id)) = shared.breaker_timers.first().copied() {
        if deadline > shared.now_ns {
            break;
        }
        phase_over(shared, &mut markets[id as usize], deadline, out);
    }
}

fn phase_over(shared: &mut Shared, market: &mut Market, at_ns: i64, out: &mut Events) {
    set_deadline(shared, market, None);
    match market.breaker.phase {
        Phase::None => {}
        Phase::Limit => trip(shared, market, BreakerRule::LimitState, at_ns, out),
        Phase::Halted => call(shared, market, at_ns, false, out),
        Phase::Call => end_call(shared, market, at_ns, out),
        Phase::Cooling => enter(shared, market, Phase::None, at_ns, None, out),
    }
}

/// Reopens, or goes on collecting where the auction price would be outside the collar.
fn end_call(shared: &mut Shared, market: &mut Market, at_ns: i64, out: &mut Events) {
    let price = auction::find(shared, market).price.map(|ticks| market.price(ticks));
    let Some(price) = price.filter(|_| market.state == TradingState::VolatilityAuction) else {
        return enter(shared, market, Phase::None, at_ns, None, out);
    };
    if let Some(collar) = collar(market).filter(|collar| !collar.allows(price)) {
        return extend(shared, market, at_ns, (price, collar), out);
    }
    let cooling_ns = market.breaker.rules().reopening.cooling_ns;
    if cooling_ns > 0 {
        enter(shared, market, Phase::Cooling, at_ns, Some(at_ns.saturating_add(cooling_ns)), out);
    } else {
        enter(shared, market, Phase::None, at_ns, None, out);
    }
}

/// What the auction may print, around the last executed price.
fn collar(market: &Market) -> Option<Band> {
    let reopening = market.breaker.rules().reopening;
    let widened = reopening.widen_bps.saturating_mul(market.breaker.extensions);
    let reference = market.last_trade.or_else(|| market.static_reference())?;
    Some(Band::around(market.price(reference), reopening.collar_bps.saturating_add(widened)))
}

fn extend(shared: &mut Shared, market: &mut Market, at_ns: i64, (price, collar): (Price, Band), out: &mut Events) {
    let reopening = market.breaker.rules().reopening;
    let again = market.breaker.extensions < reopening.extensions_max;
    let until_ns = again.then(|| at_ns.saturating_add(reopening.extend_ns));
    market.breaker.extensions += u32::from(again);
    set_deadline(shared, market, until_ns);
    let (low, high) = (collar.low, collar.high);
    say(BreakerEvent::AuctionExtended(AuctionExtended { instrument: market.id, price, low, high, until_ns }), out);
}
