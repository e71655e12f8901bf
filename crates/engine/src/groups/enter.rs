//! A group comes in or is cancelled as a whole (rules ).

use book::Slot;
use model::{
    CancelGroup, ClOrdId, EndReason, EventKind, Events, GroupAccepted, GroupId, GroupRejected, NewGroup, NewOrder,
    OrderId, OrderSuspended, RejectReason,
};

use crate::admit::Terms;
use crate::clients::{Key, NO_ENTRY, Outcome};
use crate::groups::check::{self, Fault, is_held};
use crate::groups::store::{Group, LEGS_MAX, Leg, Member};
use crate::guard::Message;
use crate::guard::kill::Origin;
use crate::market::Market;
use crate::passed::Passed;
use crate::place::{go_to_work, no_room, open_order, repeated};
use crate::record::Place;
use crate::request;
use crate::shared::{Reject, Shared, ensure};
use crate::stops;

/// Handles a new group.
pub(crate) fn new_group(shared: &mut Shared, markets: &mut [Market], group: &NewGroup, out: &mut Events) {
    if group.legs.len() != group.kind.legs() {
        return reject(group, Fault::legs(0), out);
    }
    let first = &group.legs[0].order;
    if !shared.accounts.is_customer(first.account) {
        return reject(group, Fault::new(0, Reject::plain(RejectReason::UnknownAccount)), out);
    }
    if let Err(rejected) = shared.admit_message(first.account, Message::Order) {
        return reject(group, Fault::new(0, rejected), out);
    }
    let content = request::new_group(group, 0);
    let key = Key::of(first.account, &first.cl_ord_id);
    if let Some(event) = shared.clients.find(&key).and_then(|entry| repeated(shared, entry, content)) {
        return out.push(event);
    }
    if let Some(place) = first_known(shared, group) {
        return reject(group, Fault::new(place, Reject::plain(RejectReason::DuplicateClOrdId)), out);
    }
    if let Some(fault) = killed(shared, group) {
        return reject(group, fault, out);
    }
    if !shared.clients.make_room_for(group.legs.len(), &shared.limits) {
        return reject(group, Fault::new(0, no_room(shared)), out);
    }
    let mut terms = [Terms::default(); LEGS_MAX];
    match admit(shared, markets, group, &mut terms) {
        Err(fault) => {
            let outcome = Outcome::Rejected(fault.reject.reason);
            shared.refused = Some(shared.clients.remember(&key, content, outcome, NO_ENTRY));
            reject(group, fault, out);
        }
        Ok(passed) => {
            let market = &mut markets[first.instrument.0 as usize];
            accept(shared, market, group, (&terms, passed), out);
        }
    }
}

/// 109 by the first order that a switch covers.
fn killed(shared: &Shared, group: &NewGroup) -> Option<Fault> {
    group.legs.iter().enumerate().find_map(|(place, leg)| {
        let NewOrder { instrument, account, session, reduce_only, .. } = leg.order;
        let refused = shared.guards.switches.admit(&Origin { instrument, account, session }, reduce_only).err()?;
        Some(Fault::new(place, refused))
    })
}

/// Every other check; `terms` are those its orders are let in with.
fn admit(
    shared: &Shared,
    markets: &[Market],
    group: &NewGroup,
    terms: &mut [Terms; LEGS_MAX],
) -> Result<Passed, Fault> {
    check::form(group)?;
    let instrument = group.legs[0].order.instrument;
    let unknown = || Fault::new(0, Reject::plain(RejectReason::UnknownInstrument));
    let market = markets.get(instrument.0 as usize).ok_or_else(unknown)?;
    check::check(shared, market, group, terms)
}

/// The first order whose client id is taken.
fn first_known(shared: &Shared, group: &NewGroup) -> Option<usize> {
    let ids: Vec<ClOrdId> = group.legs.iter().map(|leg| leg.order.cl_ord_id).collect();
    (0..ids.len()).find(|place| {
        let key = Key::of(group.legs[*place].order.account, &ids[*place]);
        shared.clients.find(&key).is_some() || ids[..*place].contains(&ids[*place])
    })
}

fn reject(group: &NewGroup, fault: Fault, out: &mut Events) {
    let first = group.legs.first().map(|leg| &leg.order);
    out.push(EventKind::GroupRejected(GroupRejected {
        account: first.map(|order| order.account).unwrap_or_default(),
        cl_ord_id: first.map(|order| order.cl_ord_id),
        leg: fault.leg,
        reason: fault.reject.reason,
        value: fault.reject.value,
        limit: fault.reject.limit,
    }));
}

fn accept(
    shared: &mut Shared,
    market: &mut Market,
    group: &NewGroup,
    (terms, passed): (&[Terms; LEGS_MAX], Passed),
    out: &mut Events,
) {
    let first = &group.legs[0].order;
    let id = shared.groups.found(Group {
        account: first.account,
        instrument: market.id.0,
        kind: group.kind,
        mode: group.mode,
        activation: group.activation,
        side: first.side,
        legs: [Leg::default(); LEGS_MAX],
        closed: false,
        exited: 0,
        quantity: if is_held(group.kind, 1) { 0 } else { terms[0].lots },
    });
    out.push(EventKind::GroupAccepted(GroupAccepted {
        group_id: GroupId(id),
        account: first.account,
        instrument: market.id,
        kind: group.kind,
        mode: group.mode,
        first_order_id: OrderId(shared.next_order),
    }));
    for (place, terms) in terms.iter().enumerate().take(group.legs.len()) {
        open_leg(shared, market, group, Member { group: id, place }, terms, out);
    }
    reserve(shared, market, id);
    put_to_work(shared, market, group, (id, terms), passed, out);
}

/// One order of an accepted group comes into being.
fn open_leg(
    shared: &mut Shared,
    market: &mut Market,
    group: &NewGroup,
    member: Member,
    terms: &Terms,
    out: &mut Events,
) {
    let place = member.place;
    let leg = &group.legs[place];
    let order = &leg.order;
    let key = Key::of(order.account, &order.cl_ord_id);
    let content = request::new_group(group, i64::try_from(place).unwrap_or(0));
    let outcome = Outcome::Accepted(OrderId(shared.next_order));
    let client = shared.clients.remember(&key, content, outcome, NO_ENTRY);
    let slot = open_order(shared, market, order, terms, client, out);
    shared.records.get_mut(slot).set_grouped(true);
    shared.groups.join(member, slot);
    let held = is_held(group.kind, place);
    let joined = shared.groups.leg_mut(member);
    joined.held = held;
    joined.unreleased = if held { terms.lots } else { 0 };
    if held {
        stops::wait(shared, market, slot, (order, leg.trigger), Place::Held);
        tell_held(shared, market, slot, out);
    } else if leg.trigger.is_some() {
        stops::wait(shared, market, slot, (order, leg.trigger), Place::Suspended);
        stops::suspend(shared, market, slot, out);
    }
}

/// Says that an order waits for the entry.
fn tell_held(shared: &Shared, market: &Market, slot: Slot, out: &mut Events) {
    let wait = shared.wait_of(slot);
    out.push(EventKind::OrderSuspended(OrderSuspended {
        order_id: OrderId(wait.order_id),
        account: shared.records.get(slot).account,
        instrument: market.id,
        kind: wait.trigger.map(|trigger| trigger.kind),
        source: wait.source(),
        trigger_price: None,
    }));
}

/// Reserves what the orders of a new group hold.
fn reserve(shared: &mut Shared, market: &Market, id: u64) {
    let group = *shared.groups.get(id);
    for (place, slot) in group.open() {
        // Of two exits the first reserves for both.
        if group.sibling(place).is_none_or(|sibling| place < sibling) {
            let (held, record) = (shared.held(market, slot), shared.records.get(slot));
            shared.accounts.reserve(record.account, market.paid_in(record.side()), held);
        }
    }
}

/// Orders whose trigger is crossed fire, then the one that waits for nothing matches or rests.
fn put_to_work(
    shared: &mut Shared,
    market: &mut Market,
    group: &NewGroup,
    (id, terms): (u64, &[Terms; LEGS_MAX]),
    passed: Passed,
    out: &mut Events,
) {
    let slots: Vec<(usize, Slot)> = shared.groups.get(id).open().collect();
    let waits = |place: usize| is_held(group.kind, place) || group.legs[place].trigger.is_some();
    for (place, slot) in slots.iter().filter(|(place, _)| !is_held(group.kind, *place)) {
        if group.legs[*place].trigger.is_some() && shared.groups.get(id).legs[*place].slot == Some(*slot) {
            stops::fire_if_crossed(shared, market, *slot, out);
        }
    }
    if let Some((place, slot)) = slots.iter().find(|(place, _)| !waits(*place))
        && shared.groups.get(id).legs[*place].slot == Some(*slot)
    {
        let order = &group.legs[*place].order;
        go_to_work(shared, market, order, &terms[*place], (*slot, passed), out);
    }
}

/// Handles the cancel of a group.
pub(crate) fn cancel_group(shared: &mut Shared, markets: &mut [Market], request: CancelGroup, out: &mut Events) {
    if let Err(refused) = find(shared, request) {
        return out.push(EventKind::CancelRejected { account: request.account, reason: refused.reason });
    }
    let id = request.group.0;
    // What its orders' ends would do to each other is done here, to all of them.
    shared.groups.get_mut(id).closed = true;
    let group = *shared.groups.get(id);
    let market = &mut markets[group.instrument as usize];
    for (_, slot) in group.open() {
        shared.cancel(market, slot, EndReason::User, out);
    }
}

/// 101, 110, 111, 112.
fn find(shared: &mut Shared, request: CancelGroup) -> Result<(), Reject> {
    let plain = |reason| move || Reject::plain(reason);
    ensure(shared.accounts.is_customer(request.account), plain(RejectReason::UnknownAccount))?;
    shared.admit_message(request.account, Message::Cancel)?;
    let given = request.group.0 > 0 && request.group.0 < shared.groups.next;
    ensure(given, plain(RejectReason::UnknownGroup))?;
    let group = shared.groups.find(request.group.0).ok_or_else(plain(RejectReason::GroupFinished))?;
    ensure(group.account == request.account, plain(RejectReason::UnknownGroup))
}

/// Forgets the groups that this command finished: the order that may be left is one like any other.
pub(crate) fn forget_finished(shared: &mut Shared) {
    for slot in shared.groups.forget_finished() {
        shared.records.get_mut(slot).set_grouped(false);
    }
}
