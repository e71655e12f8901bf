//! What the owner may change of an order of a group (rule R-128).

use book::Slot;
use model::{AmendOrder, Price, Trigger, TriggerKind};

use crate::groups::check::{other_qty, still_apart};
use crate::market::Market;
use crate::shared::{Reject, Shared, ensure};

/// 320 and 321 of an amend; `order_qty` is the total it leads to, in lots.
pub(crate) fn check(
    shared: &Shared,
    market: &Market,
    slot: Slot,
    request: &AmendOrder,
    order_qty: i64,
) -> Result<(), Reject> {
    let record = shared.records.get(slot);
    if !record.is_grouped() {
        return Ok(());
    }
    let member = shared.groups.member(slot);
    let group = shared.groups.get(member.group);
    if request.order_qty.is_some() {
        let is_entry = group.is_entry(member.place);
        let fixed = if is_entry { order_qty > record.order_qty } else { group.open_entry().is_some() };
        ensure(!fixed, || other_qty(market.qty(order_qty), market.qty(record.order_qty)))?;
    }
    if request.price.is_some() || request.trigger_price.is_some() {
        prices(shared, market, (slot, group.open_sibling(member.place)), request)?;
    }
    Ok(())
}

/// 321: the exits stay on their sides of each other.
fn prices(
    shared: &Shared,
    market: &Market,
    (slot, sibling): (Slot, Option<Slot>),
    request: &AmendOrder,
) -> Result<(), Reject> {
    let Some(sibling) = sibling else { return Ok(()) };
    let given = if trigger_of(shared, slot).is_some() { request.trigger_price } else { request.price };
    let own = given.or_else(|| exit_price(shared, market, slot));
    let other = exit_price(shared, market, sibling);
    let (target, stop) = if is_stop(shared, slot) { (other, own) } else { (own, other) };
    match (target, stop) {
        (Some(target), Some(stop)) => still_apart(shared.records.get(slot).side(), target, stop),
        (None, _) | (_, None) => Ok(()),
    }
}

fn trigger_of(shared: &Shared, slot: Slot) -> Option<Trigger> {
    let wait = shared.waits.find(slot)?;
    shared.waits.get(wait).trigger
}

fn is_stop(shared: &Shared, slot: Slot) -> bool {
    let stops = |kind| matches!(kind, TriggerKind::StopLoss | TriggerKind::TrailingStop);
    trigger_of(shared, slot).is_some_and(|trigger| stops(trigger.kind))
}

/// The price at which an exit closes the position: the trigger it was given, else its limit.
fn exit_price(shared: &Shared, market: &Market, slot: Slot) -> Option<Price> {
    match trigger_of(shared, slot) {
        Some(trigger) => trigger.price,
        None => shared.records.get(slot).limit_price().map(|ticks| market.price(ticks)),
    }
}
