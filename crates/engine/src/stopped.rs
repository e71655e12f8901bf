//! What becomes of an order that a band stopped, and what the break starts (rule R-152).

use book::Display;
use model::{BandBroken, BreakerEvent, Cause, EndReason, EventKind, Events, OrdType, OrderId, TradingState};

use crate::bands::{Break, bounded, edge, is_ahead};
use crate::market::Market;
use crate::matching::Incoming;
use crate::phases;
use crate::record::Place;
use crate::session::say_parked;
use crate::shared::Shared;

/// What a break starts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// A halt: the order keeps its price and may cross the book.
    Halt,
    /// The limit phase: the order stops at the band's edge.
    Limit,
    /// Nothing, the order stops at the band's edge.
    Edge,
    /// Nothing, the order cannot stay.
    Refuse,
}

fn answer(market: &Market, incoming: &Incoming, met: &Break) -> Answer {
    let ahead = is_ahead(incoming.side, met.price, met.band);
    let armed = market.state == TradingState::Continuous && market.breaker.arming.armed;
    match (armed, ahead) {
        (true, true) if market.breaker.rules().limit_state_ns > 0 => Answer::Limit,
        (true, _) => Answer::Halt,
        (false, true) => Answer::Edge,
        (false, false) => Answer::Refuse,
    }
}

/// Rests or ends an order that a band stopped; `true` where it rests.
#[cold]
pub(crate) fn conclude(
    shared: &mut Shared,
    market: &mut Market,
    incoming: &Incoming,
    display: impl FnOnce(&Market) -> Display,
    out: &mut Events,
) -> bool {
    let met = take_break(shared, market, incoming, out);
    let answer = answer(market, incoming, &met);
    let rests = resting_price(shared, market, incoming, answer, &met);
    match rests {
        Some(ticks) => {
            shared.update(market, incoming.slot, |record| record.limit = ticks);
            let rule = display(market);
            shared.post(market, incoming.slot, ticks, rule, &incoming.passed, out);
        }
        None => shared.cancel(market, incoming.slot, EndReason::PriceBand, out),
    }
    start(shared, market, answer, &met, out);
    rests.is_some()
}

/// Parks a pegged order that a band stopped.
#[cold]
pub(crate) fn conclude_peg(
    shared: &mut Shared,
    market: &mut Market,
    incoming: &Incoming,
    was_on_book: bool,
    out: &mut Events,
) {
    let met = take_break(shared, market, incoming, out);
    let answer = answer(market, incoming, &met);
    shared.records.get_mut(incoming.slot).set_place(Place::Parked);
    // It tries again after the next command, whether or not that changes the book: bands move with time.
    shared.touch(market);
    if was_on_book {
        say_parked(shared, market, incoming.slot, out);
    }
    start(shared, market, answer, &met, out);
}

/// The break that stopped the order, which is said.
fn take_break(shared: &Shared, market: &mut Market, incoming: &Incoming, out: &mut Events) -> Break {
    let met = market.breaker.met.take().expect("a run that a band stopped left its break");
    let cause = out.cause();
    out.set_cause(Cause::Breaker);
    out.push(EventKind::Breaker(BreakerEvent::BandBroken(BandBroken {
        instrument: market.id,
        order_id: OrderId(shared.arena.order_id(incoming.slot)),
        price: met.price,
        low: met.band.low,
        high: met.band.high,
        rule: met.rule,
    })));
    out.set_cause(cause);
    met
}

/// Where the order rests, in ticks; `None` where it ends.
fn resting_price(shared: &Shared, market: &Market, incoming: &Incoming, answer: Answer, met: &Break) -> Option<i64> {
    let record = shared.records.get(incoming.slot);
    let wanted = match record.ord_type() {
        OrdType::Limit => Some(incoming.limit),
        OrdType::MarketToLimit => incoming.last_price,
        OrdType::Market | OrdType::Pegged => None,
    };
    let wanted = wanted.filter(|_| record.life().rests())?;
    match answer {
        Answer::Halt => Some(wanted),
        Answer::Limit | Answer::Edge => {
            let ticks = bounded(incoming.side, wanted, edge(market, incoming.side, met.band));
            market.def.in_bounds(market.price(ticks)).then_some(ticks)
        }
        Answer::Refuse => None,
    }
}

fn start(shared: &mut Shared, market: &mut Market, answer: Answer, met: &Break, out: &mut Events) {
    match answer {
        Answer::Halt => phases::trip(shared, market, met.rule, shared.now_ns, out),
        Answer::Limit => phases::limit(shared, market, met, out),
        Answer::Edge | Answer::Refuse => {}
    }
}
