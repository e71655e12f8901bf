//! A new order from its admission to its rest or end (rules ).

use book::Slot;
use model::{
    Asked, EventKind, Events, NewOrder, OrdType, OrderAccepted, OrderId, OrderRejected, Peg, RejectReason, TimeInForce,
};

use crate::admit::{self, Terms};
use crate::clients::{Key, NO_ENTRY, Outcome};
use crate::feasibility::can_trade;
use crate::guard::kill::Origin;
use crate::guard::{Likeness, Message};
use crate::market::{Market, book_side};
use crate::matching::{Incoming, Stop, end_reason, run};
use crate::passed::Passed;
use crate::record::{Life, NO_LIMIT, Place, Shown, Traits};
use crate::request;
use crate::shared::{Reject, Shared};
use crate::stopped;

/// Handles a new order.
pub(crate) fn new_order(shared: &mut Shared, markets: &mut [Market], order: &NewOrder, out: &mut Events) {
    let content = request::new_order(order);
    let key = Key::of(order.account, &order.cl_ord_id);
    let listed = markets.len();
    if is_settled(shared, order, (&key, content), listed, out) {
        return;
    }
    shared.forget_duplicates(order.account);
    let Some(market) = markets.get_mut(order.instrument.0 as usize) else {
        let unknown = Reject::plain(RejectReason::UnknownInstrument);
        return refuse(shared, order, (&key, content), listed, unknown, out);
    };
    let mut terms = Terms::default();
    let passed = match admit::check(shared, market, order, &mut terms) {
        Ok(passed) => passed,
        Err(rejected) => return refuse(shared, order, (&key, content), listed, rejected, out),
    };
    let outcome = Outcome::Accepted(OrderId(shared.next_order));
    let client = shared.clients.remember(&key, content, outcome, NO_ENTRY);
    accept(shared, market, order, &terms, (client, passed), out);
}

/// Answers a request whose account is unknown, whose id was used before or finds no room; `true` where that was so.
#[inline(always)]
#[allow(clippy::inline_always, reason = "one call less for every order: measured")]
pub(crate) fn is_settled(
    shared: &mut Shared,
    order: &NewOrder,
    (key, content): (&Key<'_>, u64),
    listed: usize,
    out: &mut Events,
) -> bool {
    if !shared.accounts.is_customer(order.account) {
        reject(order, listed, Reject::plain(RejectReason::UnknownAccount), out);
        return true;
    }
    if let Err(rejected) = shared.admit_message(order.account, Message::Order) {
        reject(order, listed, rejected, out);
        return true;
    }
    if let Some(entry) = shared.clients.find(key) {
        match repeated(shared, entry, content) {
            Some(event) => out.push(event),
            None => reject(order, listed, Reject::plain(RejectReason::DuplicateClOrdId), out),
        }
        return true;
    }
    let origin = Origin { instrument: order.instrument, account: order.account, session: order.session };
    if let Err(rejected) = shared.guards.switches.admit(&origin, order.reduce_only) {
        reject(order, listed, rejected, out);
        return true;
    }
    if !shared.clients.make_room(&shared.limits) {
        reject(order, listed, no_room(shared), out);
        return true;
    }
    false
}

/// Refuses a new order, where so many instruments are `listed`, and remembers that it did.
#[cold]
pub(crate) fn refuse(
    shared: &mut Shared,
    order: &NewOrder,
    (key, content): (&Key<'_>, u64),
    listed: usize,
    rejected: Reject,
    out: &mut Events,
) {
    let outcome = Outcome::Rejected(rejected.reason);
    let entry = shared.clients.remember(key, content, outcome, NO_ENTRY);
    shared.refused = Some(entry);
    reject(order, listed, rejected, out);
}

/// The answer to a retry; `None` where the id was used for something else.
pub(crate) fn repeated(shared: &Shared, entry: u32, content: u64) -> Option<EventKind> {
    let entry = shared.clients.entry(entry);
    let (order_id, reason) = match entry.outcome() {
        Outcome::Accepted(order_id) => (order_id, None),
        Outcome::Rejected(reason) => (OrderId(0), Some(reason)),
    };
    let answer = EventKind::Repeated { account: entry.account, cl_ord_id: entry.cl_ord_id, order_id, reason };
    (entry.request == content).then_some(answer)
}

/// The reject of a request for which no id can be remembered.
pub(crate) fn no_room(shared: &Shared) -> Reject {
    let max = i128::try_from(shared.limits.client_ids_max).unwrap_or(i128::MAX);
    Reject::measured(RejectReason::Capacity, max, max)
}

#[cold]
#[inline(never)]
fn reject(order: &NewOrder, listed: usize, reject: Reject, out: &mut Events) {
    out.push(EventKind::OrderRejected(OrderRejected {
        account: order.account,
        cl_ord_id: order.cl_ord_id,
        order_id: OrderId(0),
        reason: reject.reason,
        value: reject.value,
        limit: reject.limit,
        asked: ((order.instrument.0 as usize) < listed).then(|| Asked::of(order)),
    }));
}

fn accept(
    shared: &mut Shared,
    market: &mut Market,
    order: &NewOrder,
    terms: &Terms,
    (client, passed): (u32, Passed),
    out: &mut Events,
) {
    let slot = open_order(shared, market, order, terms, client, out);
    shared.remember_duplicate(order.account, || Likeness::of(order, None));
    shared.accounts.reserve(order.account, market.paid_by(order.side, terms.closes), terms.reserve);
    if order.reduce_only {
        shared.reduces(market, slot);
    }
    go_to_work(shared, market, order, terms, (slot, passed), out);
}

/// An order comes into being and says so; it holds nothing yet and is nowhere.
#[inline(always)]
#[allow(clippy::inline_always, reason = "one call less for every order: measured")]
pub(crate) fn open_order(
    shared: &mut Shared,
    market: &Market,
    order: &NewOrder,
    terms: &Terms,
    client: u32,
    out: &mut Events,
) -> Slot {
    let slot = shared.arena.alloc();
    let stp = order.stp.unwrap_or(market.def.stp_default);
    let order_id = shared.next_order;
    shared.next_order += 1;
    shared.arena.name(slot, order_id);
    open_record(shared, slot, order, terms, client, stp);
    if shared.accounts.get(order.account).standing.is_guarded() {
        shared.expose((order.account, order.side), market, terms.lots);
    }
    out.push(EventKind::OrderAccepted(OrderAccepted {
        order_id: OrderId(order_id),
        account: order.account,
        instrument: market.id,
        cl_ord_id: order.cl_ord_id,
        side: order.side,
        ord_type: order.ord_type,
        tif: order.tif,
        price: (terms.limit != NO_LIMIT).then(|| market.price(terms.limit)),
        order_qty: market.qty(terms.lots),
        display: order.display,
        post_only: order.post_only,
        reduce_only: order.reduce_only,
        stp,
    }));
    slot
}

/// A new order matches, joins a call or is parked.
#[inline(always)]
#[allow(clippy::inline_always, reason = "one call less for every order: measured")]
pub(crate) fn go_to_work(
    shared: &mut Shared,
    market: &mut Market,
    order: &NewOrder,
    terms: &Terms,
    (slot, passed): (Slot, Passed),
    out: &mut Events,
) {
    if let Some(peg) = order.peg {
        let order_id = shared.arena.order_id(slot);
        park_new(shared, market, slot, order_id, peg, order.tif);
    } else if market.state.matches_orders() {
        match_new(shared, market, order, terms, (slot, passed), out);
    } else {
        rest(shared, market, order, terms, (slot, &passed), out);
    }
}

#[inline]
fn open_record(shared: &mut Shared, slot: Slot, order: &NewOrder, terms: &Terms, client: u32, stp: model::StpMode) {
    // An order by budget holds its budget, not a price times a quantity.
    let limit = if order.quote_qty.is_some() { NO_LIMIT } else { terms.limit };
    let traits = Traits {
        side: order.side,
        ord_type: order.ord_type,
        life: life_of(order.tif),
        stp,
        post_only: order.post_only,
        shown: Shown::from(order.display),
        reduce_only: order.reduce_only,
        closes: terms.closes,
        fee_cap: terms.fee_cap,
    };
    let ids = [order.account.0, order.instrument.0, order.session.0, client];
    shared.records.vacant(slot).renew(terms.lots, limit, ids, traits);
}

pub(crate) fn life_of(tif: TimeInForce) -> Life {
    match tif {
        TimeInForce::Gtc => Life::Gtc,
        TimeInForce::Day => Life::Day,
        TimeInForce::Gtd { .. } => Life::Gtd,
        TimeInForce::Ioc => Life::Ioc,
        TimeInForce::Fok => Life::Fok,
        TimeInForce::Ato => Life::Ato,
        TimeInForce::Atc => Life::Atc,
        TimeInForce::Gfa => Life::Gfa,
    }
}

fn park_new(shared: &mut Shared, market: &mut Market, slot: Slot, order_id: u64, peg: Peg, tif: TimeInForce) {
    shared.records.get_mut(slot).set_place(Place::Parked);
    shared.enlist(slot);
    set_expiry(shared, order_id, tif);
    market.pegs.insert(order_id, (slot, peg));
    shared.pegged.insert(market.id.0);
    shared.touch(market);
}

/// Makes an order's expiry known to the timers.
pub(crate) fn set_expiry(shared: &mut Shared, order_id: u64, tif: TimeInForce) {
    if let Some(old) = shared.expiry_of.remove(&order_id) {
        shared.expiries.remove(&(old, order_id));
    }
    if let TimeInForce::Gtd { expire_ns } = tif {
        shared.expiries.insert((expire_ns, order_id));
        shared.expiry_of.insert(order_id, expire_ns);
    }
}

/// Rests an order that does not match now.
fn rest(
    shared: &mut Shared,
    market: &mut Market,
    order: &NewOrder,
    terms: &Terms,
    (slot, passed): (Slot, &Passed),
    out: &mut Events,
) {
    let order_id = shared.arena.order_id(slot);
    shared.enlist(slot);
    if matches!(order.tif, TimeInForce::Gtd { .. }) {
        set_expiry(shared, order_id, order.tif);
    }
    if order.ord_type == OrdType::Market {
        wait_for_auction(shared, market, slot, passed);
    } else {
        let display = Shared::display_rule(market, order.display);
        shared.post(market, slot, terms.limit, display, passed, out);
    }
}

/// Puts a market order at the back of the queue for the auction.
pub(crate) fn wait_for_auction(shared: &mut Shared, market: &mut Market, slot: Slot, _: &Passed) {
    let public = shared.take_public();
    let record = shared.records.get_mut(slot);
    record.public_id = public;
    record.set_place(Place::Waiting);
    market.waiting[record.side() as usize].insert(public, slot);
    shared.touch(market);
}

fn match_new(
    shared: &mut Shared,
    market: &mut Market,
    order: &NewOrder,
    terms: &Terms,
    (slot, passed): (Slot, Passed),
    out: &mut Events,
) {
    let passive = order.ord_type == OrdType::Limit
        && order.tif.rests()
        && !market.book.reaches(book_side(order.side.opposite()), terms.limit);
    if passive {
        return rest(shared, market, order, terms, (slot, &passed), out);
    }
    let mut incoming = Incoming {
        slot,
        account: order.account,
        side: order.side,
        limit: terms.limit,
        leaves: if terms.lots == 0 { i64::MAX } else { terms.lots },
        budget: order.quote_qty.map(|budget| budget.0),
        owner: shared.accounts.get(order.account).owner,
        stp: shared.records.get(slot).stp(),
        taker_ppm: shared.accounts.rates(order.account, market.fee_base()).taker_ppm,
        trades_left: shared.limits.trades_max,
        first_price: None,
        last_price: None,
        passed,
    };
    if order.tif == TimeInForce::Fok || order.min_qty.0 > 0 {
        let fok = order.tif == TimeInForce::Fok;
        let needed = if fok { terms.lots } else { market.lots(order.min_qty) };
        if !can_trade(shared, market, &incoming, needed) {
            let reason = if fok { model::EndReason::Fok } else { model::EndReason::MinQty };
            return shared.cancel(market, slot, reason, out);
        }
        incoming.trades_left = u32::MAX;
    }
    let stop = run(shared, market, &mut incoming, out);
    if let Some(budget) = incoming.budget {
        shared.accounts.reserve(order.account, market.def.quote, -budget);
    }
    let order_id = shared.arena.order_id(slot);
    if conclude(shared, market, &incoming, stop, |market| Shared::display_rule(market, order.display), out) {
        shared.enlist(slot);
        if shared.records.get(slot).life() == Life::Gtd {
            set_expiry(shared, order_id, order.tif);
        }
    }
}

/// Rests or ends an order that stopped matching; `true` where it rests.
pub(crate) fn conclude(
    shared: &mut Shared,
    market: &mut Market,
    incoming: &Incoming,
    stop: Stop,
    display: impl FnOnce(&Market) -> book::Display,
    out: &mut Events,
) -> bool {
    let slot = incoming.slot;
    if stop == Stop::Filled {
        shared.finish(market, slot);
        return false;
    }
    if stop == Stop::Band {
        return stopped::conclude(shared, market, incoming, display, out);
    }
    let record = shared.records.get(slot);
    let may_rest = record.life().rests() && matches!(stop, Stop::Empty | Stop::Price);
    let ticks = match record.ord_type() {
        OrdType::Limit | OrdType::Pegged => Some(incoming.limit),
        OrdType::MarketToLimit => incoming.last_price,
        OrdType::Market => None,
    };
    let Some(ticks) = ticks.filter(|_| may_rest) else {
        let reason = end_reason(stop, record.ord_type());
        shared.cancel(market, slot, reason, out);
        return false;
    };
    if record.ord_type() == OrdType::MarketToLimit {
        shared.update(market, slot, |record| record.limit = ticks);
    }
    let rule = display(market);
    shared.post(market, slot, ticks, rule, &incoming.passed, out);
    true
}
