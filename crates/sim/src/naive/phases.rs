//! The phases of an instrument's breaker and its timers.

use model::{
    AuctionExtended, BreakerEvent, BreakerRule, BreakerRules, BreakerTripped, Cause, EventKind, Events, InstrumentId,
    OperatorId, Price, SplitMix64, SpreadState, TradingState,
};

use super::NaiveExchange;
use super::gate::share;

/// What the breaker does to an instrument; the numbers are those of the state hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    #[default]
    None = 0,
    Limit = 1,
    Halted = 2,
    Call = 3,
    Cooling = 4,
}

/// An instrument's breaker.
#[derive(Clone, Debug)]
pub(super) struct Breaker {
    pub rules: Option<BreakerRules>,
    /// What `SetTradingState` asked for.
    pub session: TradingState,
    pub phase: Phase,
    pub deadline: Option<i64>,
    pub by_hand: bool,
    pub two_person: bool,
    pub operator: OperatorId,
    pub extensions: u32,
    pub calls: u64,
    pub armed: bool,
    pub good_samples: u32,
    pub next_sample: i64,
    pub earliest: i64,
    pub trips: Vec<i64>,
    pub spread: SpreadState,
    pub spread_deadline: Option<i64>,
    pub external: Option<(Price, Price)>,
    /// The band of a limit state.
    pub stored: Option<(Price, Price)>,
    /// Printed prices with their times, oldest first.
    pub prints: Vec<(i64, Price)>,
}

impl Breaker {
    pub fn new() -> Self {
        Breaker {
            rules: None,
            session: TradingState::PreListed,
            phase: Phase::None,
            deadline: None,
            by_hand: false,
            two_person: false,
            operator: OperatorId(0),
            extensions: 0,
            calls: 0,
            armed: true,
            good_samples: 0,
            next_sample: 0,
            earliest: 0,
            trips: Vec::new(),
            spread: SpreadState::Normal,
            spread_deadline: None,
            external: None,
            stored: None,
            prints: Vec::new(),
        }
    }

    /// Without rules the defaults count.
    pub fn rules_or_default(&self) -> BreakerRules {
        self.rules.unwrap_or_default()
    }

    /// The more restrictive of session and phase; of equals the session's.
    pub fn effective(&self) -> TradingState {
        let of_phase = match self.phase {
            Phase::None => return self.session,
            Phase::Limit => TradingState::LimitState,
            Phase::Halted => TradingState::Halted,
            Phase::Call => TradingState::VolatilityAuction,
            Phase::Cooling => TradingState::Cooling,
        };
        if of_phase.restriction() > self.session.restriction() { of_phase } else { self.session }
    }

    /// Trips that are less than an hour old.
    pub fn recent_trips(&self, now: i64) -> Vec<i64> {
        self.trips.iter().copied().filter(|trip| now - trip < BreakerRules::TRIPS_NS).collect()
    }

    /// A phase begins; what belonged to the one before is forgotten.
    pub fn enter(&mut self, phase: Phase, deadline: Option<i64>, now: i64) {
        let before = self.phase;
        (self.phase, self.deadline) = (phase, deadline);
        self.by_hand &= phase == Phase::Halted;
        if phase != Phase::Call {
            self.extensions = 0;
        }
        if phase != Phase::Limit {
            self.stored = None;
        }
        if matches!(phase, Phase::None | Phase::Cooling) {
            self.two_person = false;
            self.operator = OperatorId(0);
        }
        if phase == Phase::None && !matches!(before, Phase::None | Phase::Limit) {
            self.armed = false;
            (self.good_samples, self.next_sample) = (0, 0);
            self.earliest = now.saturating_add(self.rules_or_default().interval_ns);
        }
    }
}

impl NaiveExchange {
    pub(super) fn breaker(&self, instrument: InstrumentId) -> &Breaker {
        &self.instrument(instrument).breaker
    }

    pub(super) fn breaker_mut(&mut self, instrument: InstrumentId) -> &mut Breaker {
        &mut self.instrument_mut(instrument).breaker
    }

    /// A phase begins; where the effective state changes, what R-80 says is done.
    pub(super) fn enter_phase(
        &mut self,
        instrument: InstrumentId,
        phase: Phase,
        deadline: Option<i64>,
        now: i64,
        out: &mut Events,
    ) {
        self.breaker_mut(instrument).enter(phase, deadline, now);
        self.with_cause(Cause::Breaker, out, |this, out| this.follow_effective_state(instrument, out));
    }

    /// A rule stops trading. `to_call`: without a halt before the call.
    pub(super) fn trip(
        &mut self,
        instrument: InstrumentId,
        rule: BreakerRule,
        now: i64,
        to_call: bool,
        out: &mut Events,
    ) {
        let breaker = self.breaker_mut(instrument);
        breaker.trips.push(now);
        let rules = breaker.rules_or_default();
        let trips = breaker.recent_trips(now).len() as u64;
        let is_manual = rules.trips_max > 0 && trips >= u64::from(rules.trips_max);
        let halt_ns = if to_call { 0 } else { rules.reopening.halt_ns };
        let until_ns = (!is_manual).then(|| now.saturating_add(halt_ns).saturating_add(rules.reopening.call_ns));
        self.tell_trip(instrument, rule, until_ns, out);
        if to_call {
            self.enter_call(instrument, now, is_manual, out);
        } else {
            let deadline = (!is_manual).then(|| now.saturating_add(halt_ns));
            self.enter_phase(instrument, Phase::Halted, deadline, now, out);
        }
    }

    pub(super) fn tell_trip(
        &mut self,
        instrument: InstrumentId,
        rule: BreakerRule,
        until_ns: Option<i64>,
        out: &mut Events,
    ) {
        self.with_cause(Cause::Breaker, out, |_, out| {
            let tripped = BreakerTripped { instrument, rule, until_ns };
            out.push(EventKind::Breaker(BreakerEvent::BreakerTripped(tripped)));
        });
    }

    /// A call begins; its end is drawn.
    pub(super) fn enter_call(&mut self, instrument: InstrumentId, now: i64, is_manual: bool, out: &mut Events) {
        let seed = self.instrument(instrument).definition.seed;
        let breaker = self.breaker_mut(instrument);
        let reopening = breaker.rules_or_default().reopening;
        let bound = u64::try_from(reopening.random_end_ns).unwrap_or(0) + 1;
        let random = SplitMix64::new(seed.wrapping_add(breaker.calls)).below(bound);
        breaker.calls += 1;
        breaker.extensions = 0;
        let random = i64::try_from(random).unwrap_or(i64::MAX);
        let deadline = now.saturating_add(reopening.call_ns).saturating_add(random);
        self.enter_phase(instrument, Phase::Call, (!is_manual).then_some(deadline), now, out);
    }

    /// breakers by deadline, then instrument, until none is due.
    pub(super) fn run_breaker_timers(&mut self, out: &mut Events) {
        loop {
            let due = self.instrument_ids().filter_map(|id| Some((self.breaker(id).deadline?, id)));
            let Some((deadline, instrument)) = due.filter(|timer| timer.0 <= self.stamp.ts_ns).min() else { return };
            match self.breaker(instrument).phase {
                Phase::None => unreachable!("no phase, no timer"),
                Phase::Limit => self.trip(instrument, BreakerRule::LimitState, deadline, false, out),
                Phase::Halted => self.enter_call(instrument, deadline, false, out),
                Phase::Call => self.end_call(instrument, deadline, out),
                Phase::Cooling => self.enter_phase(instrument, Phase::None, None, deadline, out),
            }
        }
    }

    /// The time of a call is over.
    fn end_call(&mut self, instrument: InstrumentId, now: i64, out: &mut Events) {
        let is_auction = self.instrument(instrument).state == TradingState::VolatilityAuction;
        let price = self.find_cross(instrument).price.filter(|_| is_auction);
        if let Some(price) = price
            && let Some(collar) = self.collar(instrument)
            && !(collar.0..=collar.1).contains(&price)
        {
            self.extend_call(instrument, price, collar, now, out);
            return;
        }
        let cooling_ns = self.breaker(instrument).rules_or_default().reopening.cooling_ns;
        if price.is_some() && cooling_ns > 0 {
            self.enter_phase(instrument, Phase::Cooling, Some(now.saturating_add(cooling_ns)), now, out);
        } else {
            self.enter_phase(instrument, Phase::None, None, now, out);
        }
    }

    /// How far an auction price may be from what traded last.
    fn collar(&self, instrument: InstrumentId) -> Option<(Price, Price)> {
        let (listed, breaker) = (self.instrument(instrument), self.breaker(instrument));
        let reference = listed.last_trade.or(self.static_reference(instrument))?;
        let reopening = breaker.rules_or_default().reopening;
        let width = share(reference, reopening.collar_bps + breaker.extensions * reopening.widen_bps);
        let around = |width: i64| Price(reference.0.saturating_add(width));
        Some((around(-width), around(width)))
    }

    fn extend_call(
        &mut self,
        instrument: InstrumentId,
        price: Price,
        (low, high): (Price, Price),
        now: i64,
        out: &mut Events,
    ) {
        let breaker = self.breaker_mut(instrument);
        let reopening = breaker.rules_or_default().reopening;
        if breaker.extensions < reopening.extensions_max {
            breaker.extensions += 1;
            breaker.deadline = Some(now.saturating_add(reopening.extend_ns));
        } else {
            breaker.deadline = None;
        }
        let until_ns = breaker.deadline;
        self.with_cause(Cause::Breaker, out, |_, out| {
            let extended = AuctionExtended { instrument, price, low, high, until_ns };
            out.push(EventKind::Breaker(BreakerEvent::AuctionExtended(extended)));
        });
    }
}
