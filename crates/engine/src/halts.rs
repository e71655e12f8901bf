//! Halts by hand, and the commands that set a breaker up (rules ).

use breaker::{Band, Extremes};
use model::{
    BreakerEvent, BreakerRules, EventKind, Events, Halt, InstrumentId, OperatorId, RejectReason, Resume, SetBands,
    SpreadState, TradingState,
};

use crate::market::Market;
use crate::phases::{self, Arming, Phase};
use crate::shared::{Reject, Shared, ensure};

fn refuse(reject: Reject, out: &mut Events) {
    out.push(EventKind::CommandRejected { reason: reject.reason, value: reject.value, limit: reject.limit });
}

/// The market of an id, or reject 104.
fn named(markets: &[Market], instrument: InstrumentId) -> Result<&Market, Reject> {
    markets.get(instrument.0 as usize).ok_or(Reject::plain(RejectReason::UnknownInstrument))
}

/// Places of the markets that a command for one or for all reaches.
fn reach(markets: &[Market], instrument: Option<InstrumentId>, test: impl Fn(&Market) -> bool) -> Vec<usize> {
    let wanted = |market: &Market| instrument.is_none_or(|id| id == market.id) && test(market);
    (0..markets.len()).filter(|at| wanted(&markets[*at])).collect()
}

/// Halts one instrument or all.
pub(crate) fn halt(shared: &mut Shared, markets: &mut [Market], request: &Halt, out: &mut Events) {
    if let Err(reject) = may_halt(markets, request) {
        return refuse(reject, out);
    }
    for at in reach(markets, request.instrument, |market| market.session != TradingState::Delisted) {
        halt_one(shared, &mut markets[at], request, out);
    }
}

fn may_halt(markets: &[Market], request: &Halt) -> Result<(), Reject> {
    let market = request.instrument.map(|id| named(markets, id)).transpose()?;
    let max = BreakerRules::TIME_MAX_NS;
    ensure((0..=max).contains(&request.duration_ns), || {
        Reject::measured(RejectReason::InvalidDefinition, request.duration_ns, max)
    })?;
    let gone = market.is_some_and(|market| market.session == TradingState::Delisted);
    ensure(!gone, || Reject::plain(RejectReason::Delisted))
}

fn halt_one(shared: &mut Shared, market: &mut Market, request: &Halt, out: &mut Events) {
    let now = shared.now_ns;
    let asked = (request.duration_ns > 0).then(|| now.saturating_add(request.duration_ns));
    let breaker = &mut market.breaker;
    let until_ns = match (breaker.phase, breaker.deadline, asked) {
        (Phase::None | Phase::Limit | Phase::Cooling, _, asked) => asked,
        (Phase::Halted | Phase::Call, Some(end), Some(asked)) => Some(end.max(asked)),
        (Phase::Halted | Phase::Call, _, _) => None,
    };
    breaker.by_hand = true;
    breaker.two_person |= request.two_person;
    breaker.operator = request.operator;
    let (operator, note) = (request.operator, request.note);
    out.push(EventKind::Breaker(BreakerEvent::HaltOrdered { instrument: market.id, operator, note, until_ns }));
    phases::enter(shared, market, Phase::Halted, now, until_ns, out);
}

/// Ends the halt or the call of one instrument, or of all that have one.
pub(crate) fn resume(shared: &mut Shared, markets: &mut [Market], request: &Resume, out: &mut Events) {
    let chosen = match may_resume(markets, request) {
        Ok(chosen) => chosen,
        Err(reject) => return refuse(reject, out),
    };
    let now = shared.now_ns;
    for at in chosen {
        let market = &mut markets[at];
        market.breaker.two_person = false;
        market.breaker.operator = OperatorId(0);
        let (instrument, operator, note) = (market.id, request.operator, request.note);
        out.push(EventKind::Breaker(BreakerEvent::ResumeOrdered { instrument, operator, note }));
        if request.auction {
            phases::call(shared, market, now, false, out);
        } else {
            phases::enter(shared, market, Phase::None, now, None, out);
        }
    }
}

fn may_resume(markets: &[Market], request: &Resume) -> Result<Vec<usize>, Reject> {
    request.instrument.map(|id| named(markets, id)).transpose()?;
    let stopped = |market: &Market| matches!(market.breaker.phase, Phase::Halted | Phase::Call);
    let chosen = reach(markets, request.instrument, stopped);
    ensure(!chosen.is_empty(), || Reject::plain(RejectReason::NotTripped))?;
    let own = |at: &usize| {
        let breaker = &markets[*at].breaker;
        breaker.two_person && breaker.operator == request.operator
    };
    let operator = request.operator.0;
    ensure(!chosen.iter().any(own), || Reject::measured(RejectReason::SameOperator, operator, operator))?;
    Ok(chosen)
}

/// Sets or removes a breaker's rules.
pub(crate) fn set_breaker(
    shared: &mut Shared,
    markets: &mut [Market],
    instrument: InstrumentId,
    rules: Option<BreakerRules>,
    out: &mut Events,
) {
    let valid = ensure(rules.is_none_or(|rules| rules.is_valid()), || Reject::plain(RejectReason::InvalidDefinition));
    if let Err(reject) = named(markets, instrument).and(valid) {
        return refuse(reject, out);
    }
    let market = &mut markets[instrument.0 as usize];
    let breaker = &mut market.breaker;
    breaker.rules = rules;
    breaker.windows = rules.map_or([0, 0], |rules| rules.windows.map(|window| window.length_ns)).map(Extremes::new);
    breaker.spread = SpreadState::Normal;
    breaker.spread_deadline = None;
    breaker.arming = Arming::ARMED;
    market.banded = breaker.has_bands();
    shared.touch(market);
    shared.watch(market);
    out.push(EventKind::Breaker(BreakerEvent::BreakerSet { instrument }));
}

/// Takes bands from outside, unless they cannot be meant.
pub(crate) fn set_bands(shared: &mut Shared, markets: &mut [Market], request: &SetBands, out: &mut Events) {
    if let Err(reject) = named(markets, request.instrument).and_then(|market| sane(market, request)) {
        return refuse(reject, out);
    }
    let market = &mut markets[request.instrument.0 as usize];
    let (instrument, low, high) = (request.instrument, request.low, request.high);
    let breaker = &mut market.breaker;
    breaker.external = Some(Band { low, high });
    if breaker.phase == Phase::Limit {
        breaker.stored = breaker.external;
    }
    market.banded = true;
    shared.touch(market);
    out.push(EventKind::Breaker(BreakerEvent::BandsSet { instrument, low, high }));
}

/// 323: the right way round, positive where prices are, and not half of the reference away from it.
fn sane(market: &Market, request: &SetBands) -> Result<(), Reject> {
    let (low, high) = (i128::from(request.low.0), i128::from(request.high.0));
    let reference = market.reference().map(|ticks| i128::from(market.price(ticks).0));
    let ordered = low < high && (low > 0 || market.def.allow_negative);
    let near = reference.is_none_or(|price| (low + high - 2 * price).abs() <= price.abs());
    ensure(ordered && near, || {
        Reject::measured(RejectReason::BandInsane, (low + high).div_euclid(2), reference.unwrap_or(0))
    })
}
