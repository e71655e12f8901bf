//! An order may trade, or may trade more, because another of its group was filled or amended (rule R-127).

use book::Slot;
use model::{EventKind, Events, OrderId, OrderReleased};

use crate::groups::store::Member;
use crate::market::Market;
use crate::record::Place;
use crate::shared::{Reject, Shared};
use crate::{stops, work};

/// Lets an order trade `lots` more than before; nothing where it has ended.
pub(crate) fn release(shared: &mut Shared, market: &mut Market, member: Member, lots: i64, out: &mut Events) {
    let Some(slot) = shared.groups.leg(member).slot else { return };
    let funded = funds(shared, market, (member, slot), lots);
    let place = shared.records.get(slot).place();
    let at_rest = (place == Place::Book).then(|| shared.display_of(slot));
    if at_rest.is_some() {
        shared.unqueue(market, slot);
    }
    grow(shared, market, (member, slot), lots);
    let record = shared.records.get(slot);
    out.push(EventKind::OrderReleased(OrderReleased {
        order_id: OrderId(shared.arena.order_id(slot)),
        account: record.account,
        instrument: market.id,
        order_qty: market.qty(record.order_qty),
        leaves_qty: market.qty(record.leaves()),
    }));
    if let Err(rejected) = funded {
        return work::refuse(shared, market, slot, rejected, out);
    }
    match (place, at_rest) {
        (Place::Held, _) if shared.wait_of(slot).trigger.is_some() => {
            stops::suspend(shared, market, slot, out);
            stops::fire_if_crossed(shared, market, slot, out);
        }
        (Place::Held, _) => {
            let wait = shared.stop_waiting(market, slot);
            let display = Shared::display_rule(market, wait.display);
            start(shared, market, slot, display, out);
        }
        (_, Some(display)) => start(shared, market, slot, display, out),
        // It waits for its trigger or for its turn to work, with more.
        (_, None) => {}
    }
}

/// What the order and its sibling hold then, as a change of leg and record.
fn funds(shared: &Shared, market: &Market, (member, slot): (Member, Slot), lots: i64) -> Result<(), Reject> {
    let record = shared.records.get(slot);
    let mut group = *shared.groups.get(member.group);
    let mut grown = record.clone();
    let leg = &mut group.legs[member.place];
    grown.order_qty = if leg.held { lots } else { record.order_qty + lots };
    leg.held = false;
    leg.unreleased = (leg.unreleased - lots).max(0);
    let increase = shared.pair_hold(market, &group, member.place, &grown) - shared.held(market, slot);
    if increase > 0 {
        shared.check_funds(record.account, market.paid_in(record.side()), increase)?;
    }
    Ok(())
}

fn grow(shared: &mut Shared, market: &Market, (member, slot): (Member, Slot), lots: i64) {
    shared.change_leg(market, slot, |shared| {
        let leg = shared.groups.leg_mut(member);
        let was_held = core::mem::take(&mut leg.held);
        leg.unreleased = (leg.unreleased - lots).max(0);
        let record = shared.records.get_mut(slot);
        record.order_qty = if was_held { lots } else { record.order_qty + lots };
    });
}

/// An order without a trigger, or with one that is behind it, works.
fn start(shared: &mut Shared, market: &mut Market, slot: Slot, display: book::Display, out: &mut Events) {
    match work::released(shared, market, slot) {
        Err(rejected) => work::refuse(shared, market, slot, rejected, out),
        Ok((start, passed)) => {
            shared.update(market, slot, |record| record.limit = start.limit);
            work::match_or_post(shared, market, (slot, passed), display, out);
        }
    }
}
