//! Triggered orders at work (rules ).

use book::Slot;
use model::{
    EndReason, EventKind, Events, OrdType, OrderId, PostOnly, Price, RejectReason, Side, TradingState, TriggerRejected,
};

use crate::admit;
use crate::amend::incoming_again;
use crate::bands;
use crate::feasibility::can_trade;
use crate::groups::{self, Alone};
use crate::market::Market;
use crate::matching::run;
use crate::passed::{self, Ask, Passed};
use crate::place::conclude;
use crate::record::{Life, NO_LIMIT, Place, Record};
use crate::shared::{Reject, Shared, ensure};
use crate::stop_checks::trailed_limit;
use crate::stops::{self, Fired};

/// What an order is let to work with, in ticks and lots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    pub(crate) limit: i64,
    pub(crate) leaves: i64,
}

/// The triggered order whose turn it is works.
pub(crate) fn work(shared: &mut Shared, markets: &mut [Market], fired: Fired, out: &mut Events) {
    let Fired { order_id, slot, price } = fired;
    let waits = |slot: &Slot| shared.records.get(*slot).place() == Place::Triggered;
    if shared.index.get(order_id).filter(waits) != Some(slot) {
        return;
    }
    let market = &mut markets[shared.records.get(slot).instrument as usize];
    if !market.state.triggers() {
        return stops::rearm(shared, market, slot, out);
    }
    let alone = groups::alone(shared, slot);
    let record = as_it_works(shared, market, (slot, price), alone);
    match check(shared, market, slot, &record, alone) {
        Err(rejected) => refuse(shared, market, slot, rejected, out),
        Ok((start, passed)) => {
            if alone.is_some() {
                groups::begins(shared, market, slot, out);
            }
            let wait = shared.stop_waiting(market, slot);
            begin(shared, market, slot, start, out);
            let display = Shared::display_rule(market, wait.display);
            match_or_post(shared, market, (slot, passed), display, out);
        }
    }
}

/// R-112, step 1: the order with its working limit.
fn as_it_works(shared: &Shared, market: &Market, (slot, price): (Slot, Price), alone: Option<Alone>) -> Record {
    let wait = shared.wait_of(slot);
    let mut record = shared.records.get(slot).clone();
    record.limit = match (record.ord_type(), &wait.trigger) {
        (OrdType::Limit, Some(trigger)) if trigger.limit_offset.is_some() => {
            trailed_limit(market, record.side(), price, trigger)
        }
        (OrdType::Limit, _) => record.limit,
        (OrdType::Market | OrdType::MarketToLimit | OrdType::Pegged, _) if wait.protection != NO_LIMIT => {
            wait.protection
        }
        (OrdType::Market | OrdType::MarketToLimit | OrdType::Pegged, _) => {
            admit::protection_from(market, record.side(), best_opposite(shared, market, record.side(), alone))
        }
    };
    record.limit = bands::inward(market, shared.now_ns, record.side(), record.limit);
    record
}

/// The best opposite price once an order is alone, in ticks.
fn best_opposite(shared: &Shared, market: &Market, side: Side, alone: Option<Alone>) -> Option<i64> {
    market.best_of_others(&shared.arena, side.opposite(), alone.and_then(|alone| alone.entry))
}

/// whether an order may start to work as `record` says, and with what.
fn check(
    shared: &Shared,
    market: &Market,
    slot: Slot,
    record: &Record,
    alone: Option<Alone>,
) -> Result<(Start, Passed), Reject> {
    let (account, side) = (record.account, record.side());
    let nobody_takes = market.state == TradingState::PostOnly;
    let passive = record.ord_type() == OrdType::Limit && record.post_only() != PostOnly::No && record.life().rests();
    ensure(!nobody_takes || passive, || Reject::plain(RejectReason::PostOnlyMarket))?;
    let mut start = Start { limit: record.limit, leaves: record.leaves() };
    let between = fit(shared, market, record, &mut start, alone);
    let passed = passed::pass(shared, market, (account, side), between, || {
        let mut changed = record.clone();
        changed.limit = start.limit;
        changed.order_qty -= record.leaves() - start.leaves;
        let holds = match alone {
            Some(_) => Shared::hold_of(market, &changed) - shared.held(market, slot),
            None => shared.hold_increase(market, slot, &changed),
        };
        Ask { holds, ..ask(shared, market, slot, &changed) }
    })?;
    Ok((start, passed))
}

/// an order that its group lets trade, or trade more. Where nothing matches it only joins a queue.
pub(crate) fn released(shared: &Shared, market: &Market, slot: Slot) -> Result<(Start, Passed), Reject> {
    let record = shared.records.get(slot);
    if market.state.needs_uncrossed_book() {
        return check(shared, market, slot, record, None);
    }
    let who = (record.account, record.side());
    let passed = passed::pass(shared, market, who, Ok(()), || Ask {
        holds: shared.hold_increase(market, slot, record),
        ..ask(shared, market, slot, record)
    })?;
    Ok((Start { limit: record.limit, leaves: record.leaves() }, passed))
}

/// 501, 502.
fn fit(
    shared: &Shared,
    market: &Market,
    record: &Record,
    start: &mut Start,
    alone: Option<Alone>,
) -> Result<(), Reject> {
    let who = (record.account, record.side());
    if record.reduce_only() {
        start.leaves = admit::reduce_cap(shared, market, who, start.leaves)?;
    }
    if record.post_only() != PostOnly::No && market.state.needs_uncrossed_book() {
        let touch = best_opposite(shared, market, who.1, alone);
        start.limit = admit::passive_to(market, touch, (who.1, record.post_only()), start.limit)?;
    }
    Ok(())
}

/// What the gate asks of an order that starts to work as `changed` says.
fn ask(shared: &Shared, market: &Market, slot: Slot, changed: &Record) -> Ask {
    let limit = Some(changed.limit).filter(|limit| *limit != NO_LIMIT);
    let sibling = shared.working_sibling(slot);
    Ask {
        reduce_only: changed.reduce_only(),
        size: Some((changed.order_qty, limit.map(|limit| market.notional(limit, changed.order_qty)))),
        price: limit.filter(|_| changed.ord_type() == OrdType::Limit),
        works: changed.leaves(),
        spares: [Some(slot), sibling].into_iter().flatten().map(|slot| shared.records.get(slot).working()).sum(),
        ..Ask::default()
    }
}

/// An order that passed takes the limit and the quantity it may work with.
fn begin(shared: &mut Shared, market: &mut Market, slot: Slot, start: Start, out: &mut Events) {
    shared.update(market, slot, |record| record.limit = start.limit);
    let record = shared.records.get(slot);
    let (leaves, reduce_only) = (record.leaves(), record.reduce_only());
    if start.leaves < leaves {
        shared.restate(market, slot, start.leaves, EndReason::ReduceOnly, out);
    }
    if reduce_only {
        shared.reduces(market, slot);
    }
}

/// Matches an open order that is in no queue at its limit, as an incoming one; where nobody may take it is posted.
pub(crate) fn match_or_post(
    shared: &mut Shared,
    market: &mut Market,
    (slot, passed): (Slot, Passed),
    display: book::Display,
    out: &mut Events,
) {
    let record = shared.records.get(slot);
    let (limit, needed, fok) = (record.limit, record.leaves(), record.life() == Life::Fok);
    if !market.state.matches_orders() {
        return shared.post(market, slot, limit, display, &passed, out);
    }
    let mut incoming = incoming_again(shared, market, slot, limit, passed);
    if fok {
        if !can_trade(shared, market, &incoming, needed) {
            return shared.cancel(market, slot, EndReason::Fok, out);
        }
        incoming.trades_left = u32::MAX;
    }
    let stop = run(shared, market, &mut incoming, out);
    conclude(shared, market, &incoming, stop, |_| display, out);
}

/// A waiting order is refused when it should work: it ends.
pub(crate) fn refuse(shared: &mut Shared, market: &mut Market, slot: Slot, rejected: Reject, out: &mut Events) {
    shared.unqueue(market, slot);
    let record = shared.records.get(slot);
    let Reject { reason, value, limit } = rejected;
    out.push(EventKind::TriggerRejected(TriggerRejected {
        order_id: OrderId(shared.arena.order_id(slot)),
        account: record.account,
        instrument: market.id,
        canceled_qty: market.qty(record.leaves()),
        reason,
        value,
        limit,
    }));
    shared.finish(market, slot);
}
