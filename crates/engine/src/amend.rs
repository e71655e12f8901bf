//! Changes an order in place (rules, table S-15).

use book::Slot;
use model::{
    AmendOrder, EndReason, Entry, EventKind, Events, OrdType, OrderId, OrderRejected, OrderReplaced, PostOnly,
    RejectReason, TimeInForce, TradingState, TriggerKind,
};

use crate::admit;
use crate::bands;
use crate::clients::{Key, NO_ENTRY, Outcome};
use crate::groups;
use crate::guard::Message;
use crate::guard::kill::Origin;
use crate::market::Market;
use crate::matching::{Incoming, run};
use crate::passed::{self, Ask, Passed};
use crate::place::{conclude, life_of, no_room, repeated, set_expiry, wait_for_auction};
use crate::record::{Life, NO_LIMIT, Place, Record, Shown};
use crate::request;
use crate::shared::{Reject, Shared, ensure};
use crate::{stop_checks, stops};

/// What a checked amend asks for, in ticks and lots.
pub(crate) struct Plan {
    slot: Slot,
    order_qty: i64,
    limit: i64,
    display: Option<i64>,
    /// It leaves its place in the queue.
    loses_priority: bool,
}

/// Handles an amend.
pub(crate) fn amend(shared: &mut Shared, markets: &mut [Market], request: &AmendOrder, out: &mut Events) {
    let account = request.account;
    if !shared.accounts.is_customer(account) {
        return reject(request, OrderId(0), Reject::plain(RejectReason::UnknownAccount), out);
    }
    if let Err(rejected) = shared.admit_message(account, Message::Order) {
        return reject(request, OrderId(0), rejected, out);
    }
    let content = request::amend(request);
    let key = Key::of(account, &request.cl_ord_id);
    if let Some(entry) = shared.clients.find(&key) {
        return match repeated(shared, entry, content) {
            Some(event) => out.push(event),
            None => reject(request, OrderId(0), Reject::plain(RejectReason::DuplicateClOrdId), out),
        };
    }
    if let Err(rejected) = killed(shared, markets, request) {
        return reject(request, OrderId(0), rejected, out);
    }
    if !shared.clients.make_room(&shared.limits) {
        return reject(request, OrderId(0), no_room(shared), out);
    }
    let found = shared.find(account, &request.target);
    let plan = found.and_then(|slot| {
        let market = &markets[shared.records.get(slot).instrument as usize];
        check(shared, market, slot, request)
    });
    match plan {
        Err(rejected) => {
            let order_id = found.map_or(OrderId(0), |slot| OrderId(shared.arena.order_id(slot)));
            let outcome = Outcome::Rejected(rejected.reason);
            let entry = shared.clients.remember(&key, content, outcome, NO_ENTRY);
            shared.refused = Some(entry);
            reject(request, order_id, rejected, out);
        }
        Ok((plan, passed)) => {
            let record = shared.records.get(plan.slot);
            let (market, older) = (record.instrument as usize, record.client);
            let outcome = Outcome::Accepted(OrderId(shared.arena.order_id(plan.slot)));
            let entry = shared.clients.remember(&key, content, outcome, older);
            shared.records.get_mut(plan.slot).client = entry;
            apply(shared, &mut markets[market], request, (&plan, passed), out);
        }
    }
}

fn reject(request: &AmendOrder, order_id: OrderId, reject: Reject, out: &mut Events) {
    out.push(EventKind::AmendRejected(OrderRejected {
        account: request.account,
        cl_ord_id: request.cl_ord_id,
        order_id,
        reason: reject.reason,
        value: reject.value,
        limit: reject.limit,
        asked: None,
    }));
}

/// Every check of rule R-55.
fn check(shared: &Shared, market: &Market, slot: Slot, request: &AmendOrder) -> Result<(Plan, Passed), Reject> {
    let record = shared.records.get(slot);
    let original = request;
    let request = &without_same_tif(shared, slot, original);
    let waits = record.place().waits();
    if waits {
        waiting_form(shared, slot, request)?;
    } else {
        form(record, request)?;
    }
    let order_qty = new_total(market, record, request)?;
    let display = display(shared, market, slot, request, order_qty)?;
    prices(market, request)?;
    let given = request.price.map(|price| market.ticks(price));
    let limit = given.or(waiting_limit(shared, market, slot, request)).unwrap_or(record.limit);
    let priced =
        if waits { limit != NO_LIMIT } else { matches!(record.ord_type(), OrdType::Limit | OrdType::MarketToLimit) };
    let touched = request.price.is_some() || request.order_qty.is_some() || request.trigger_price.is_some();
    if priced && touched {
        admit::within_notional(market, market.notional(limit, order_qty))?;
    }
    if let Some(TimeInForce::Gtd { expire_ns }) = request.tif {
        ensure(expire_ns > shared.now_ns, || Reject::measured(RejectReason::ExpireInPast, expire_ns, shared.now_ns))?;
    }
    not_crossed(shared, market, slot, request)?;
    groups::check_amend(shared, market, slot, original, order_qty)?;
    state(market, record, original, order_qty)?;
    let reprices = priced && record.place() == Place::Book && limit != record.limit;
    let in_band = match request.price.filter(|_| reprices) {
        Some(price) => bands::check_limit(market, shared.now_ns, record.side(), price),
        None => Ok(()),
    };
    let mut plan = Plan { slot, order_qty, limit, display, loses_priority: false };
    let who = (record.account, record.side());
    if order_qty <= record.cum_qty + record.prevented_qty {
        let passed = passed::pass(shared, market, who, in_band, Ask::default)?;
        return Ok((plan, passed));
    }
    let between = in_band.and_then(|()| risk(shared, market, record, request, &mut plan));
    let passed = passed::pass(shared, market, who, between, || ask(shared, market, record, request, &plan))?;
    Ok((plan, passed))
}

/// 109: what gives only a smaller quantity is let through.
fn killed(shared: &Shared, markets: &[Market], request: &AmendOrder) -> Result<(), Reject> {
    if shared.guards.switches.are_off() {
        return Ok(());
    }
    let Ok(slot) = shared.find(request.account, &request.target) else { return Ok(()) };
    let record = shared.records.get(slot);
    let AmendOrder { order_qty, price, display_qty, tif, stp, trigger_price, .. } = *request;
    let quantity_only =
        price.is_none() && display_qty.is_none() && tif.is_none() && stp.is_none() && trigger_price.is_none();
    let total = markets[record.instrument as usize].qty(record.order_qty);
    if quantity_only && order_qty.is_some_and(|qty| qty < total) {
        return Ok(());
    }
    shared.guards.switches.admit(&Origin::of(record), record.reduce_only())
}

/// What the gate asks of an order that is to be what the plan says.
fn ask(shared: &Shared, market: &Market, record: &Record, request: &AmendOrder, plan: &Plan) -> Ask {
    let after = plan.order_qty - record.cum_qty - record.prevented_qty;
    let grows = after - record.leaves();
    let works = record.place().works();
    let reprices = plan.limit != record.limit;
    let collared = matches!(record.ord_type(), OrdType::Limit | OrdType::MarketToLimit);
    let value = (plan.limit != NO_LIMIT).then(|| market.notional(plan.limit, plan.order_qty));
    let mut changed = record.clone();
    changed.limit = plan.limit;
    changed.order_qty = plan.order_qty;
    let resized = request.order_qty.is_some();
    Ask {
        reduce_only: record.reduce_only(),
        size: (grows > 0 || reprices).then_some((plan.order_qty, value)),
        price: (reprices && collared && works).then_some(plan.limit),
        works: if works { grows.max(0) } else { 0 },
        closes: record.closes(),
        holds: shared.held_once_amended(market, plan.slot, &changed, resized) - shared.held(market, plan.slot),
        ..Ask::default()
    }
}

/// The request without a TIF that changes nothing; the state's rule about decreases still sees the original.
fn without_same_tif(shared: &Shared, slot: Slot, request: &AmendOrder) -> AmendOrder {
    AmendOrder { tif: request.tif.filter(|tif| *tif != shared.tif_of(slot)), ..*request }
}

/// 203, 205 and 209.
fn form(record: &Record, request: &AmendOrder) -> Result<(), Reject> {
    let unpriced = record.ord_type() == OrdType::Market && request.price.is_some();
    let no_tip = record.shown() != Shown::Iceberg && request.display_qty.is_some();
    ensure(!unpriced && !no_tip, || Reject::plain(RejectReason::FieldNotAllowed))?;
    let tif_fits = request.tif.is_none_or(|tif| tif.rests() && record.life().rests());
    ensure(tif_fits, || Reject::plain(RejectReason::TifNotAllowed))?;
    ensure(request.trigger_price.is_none(), || Reject::plain(RejectReason::TriggerNotAllowed))
}

/// 203, 205 and 209 of an order that waits.
fn waiting_form(shared: &Shared, slot: Slot, request: &AmendOrder) -> Result<(), Reject> {
    let (record, trigger) = (shared.records.get(slot), shared.wait_of(slot).trigger);
    let trails = trigger.is_some_and(|trigger| trigger.kind == TriggerKind::TrailingStop);
    let unpriced = request.price.is_some() && (record.ord_type() == OrdType::Market || trails);
    ensure(!unpriced && request.display_qty.is_none(), || Reject::plain(RejectReason::FieldNotAllowed))?;
    let tif_fits = request.tif.is_none_or(|tif| tif.rests() && record.life().rests());
    ensure(tif_fits, || Reject::plain(RejectReason::TifNotAllowed))?;
    let fixed = trigger.is_some() && !trails;
    ensure(request.trigger_price.is_none() || fixed, || Reject::plain(RejectReason::TriggerNotAllowed))
}

/// 307, 308 of the price and the trigger; by number first.
fn prices(market: &Market, request: &AmendOrder) -> Result<(), Reject> {
    let given = [request.price, request.trigger_price];
    for price in given.into_iter().flatten() {
        admit::on_grid(market, price)?;
    }
    for price in given.into_iter().flatten() {
        admit::in_bounds(market, price)?;
    }
    Ok(())
}

/// The limit of a waiting market buy that follows its trigger.
fn waiting_limit(shared: &Shared, market: &Market, slot: Slot, request: &AmendOrder) -> Option<i64> {
    let record = shared.records.get(slot);
    let trigger = request.trigger_price.filter(|_| record.ord_type() == OrdType::Market)?;
    let protection = Some(shared.wait_of(slot).protection).filter(|protection| *protection != NO_LIMIT);
    Some(stop_checks::market_limit(market, record.side(), protection, || Some(trigger)))
}

/// 319 of a new trigger.
fn not_crossed(shared: &Shared, market: &Market, slot: Slot, request: &AmendOrder) -> Result<(), Reject> {
    let record = shared.records.get(slot);
    let (Some(price), Place::Suspended) = (request.trigger_price, record.place()) else { return Ok(()) };
    let Some(trigger) = shared.wait_of(slot).trigger else { return Ok(()) };
    let crossed = stop_checks::crossed_now(market, record.side(), &trigger, price);
    ensure(!crossed, || stop_checks::would_trigger(market, &trigger, price))
}

/// 301 to 305, and the new total in lots. A larger one is bound to what the state in force lets in; what waits
/// works later.
fn new_total(market: &Market, record: &Record, request: &AmendOrder) -> Result<i64, Reject> {
    let cum = record.cum_qty;
    let unseen = request.seen_cum_qty.map_or(0, |seen| cum.saturating_sub(market.lots(seen)));
    if let Some(qty) = request.order_qty {
        let grows = market.lots(qty).saturating_sub(unseen) > record.order_qty;
        let is_bound = grows && market.state == TradingState::Cooling && !record.place().waits();
        admit::total(market, qty.0, if is_bound { market.max_qty } else { market.def.max_qty })?;
    }
    if let Some(seen) = request.seen_cum_qty {
        let fits = seen.0 >= 0 && seen.0 % market.lot == 0 && market.lots(seen) <= cum;
        ensure(fits, || Reject::measured(RejectReason::MinQty, seen.0, market.qty(cum).0))?;
    }
    Ok(request.order_qty.map_or(record.order_qty, |qty| market.lots(qty) - unseen))
}

/// 306, and the new display size in lots.
fn display(
    shared: &Shared,
    market: &Market,
    slot: Slot,
    request: &AmendOrder,
    order_qty: i64,
) -> Result<Option<i64>, Reject> {
    let Some(shown) = request.display_qty else { return Ok(None) };
    let threshold = shared.arena.iceberg(slot).map_or(0, |rule| rule.threshold);
    let lots = market.lots(shown);
    let fits =
        shown.0 >= market.lot && shown.0 % market.lot == 0 && lots <= order_qty && (threshold == 0 || lots > threshold);
    ensure(fits, || Reject::measured(RejectReason::DisplayQty, shown.0, market.qty(order_qty).0))?;
    Ok(Some(lots))
}

/// 401 to 405.
fn state(market: &Market, record: &Record, request: &AmendOrder, order_qty: i64) -> Result<(), Reject> {
    let only_decrease = request.price.is_none()
        && request.display_qty.is_none()
        && request.tif.is_none()
        && request.stp.is_none()
        && request.trigger_price.is_none()
        && order_qty < record.order_qty;
    let let_in = match market.state.amends() {
        Entry::All => true,
        Entry::DecreaseOnly => only_decrease,
        Entry::Nothing => false,
    };
    ensure(let_in, || Reject::plain(admit::closed_reason(market.state)))
}

/// In a market that nobody may take from, every order is post-only.
fn post_only_now(market: &Market, record: &Record) -> PostOnly {
    let nobody_takes = market.state == TradingState::PostOnly;
    if nobody_takes && record.post_only() == PostOnly::No { PostOnly::Reject } else { record.post_only() }
}

/// 501, 502 and the question of priority.
fn risk(
    shared: &Shared,
    market: &Market,
    record: &Record,
    request: &AmendOrder,
    plan: &mut Plan,
) -> Result<(), Reject> {
    let before = record.leaves();
    let after = plan.order_qty - record.cum_qty - record.prevented_qty;
    let waits = record.place().waits();
    if record.reduce_only() && after > before && !waits {
        let room = shared.reduce_room(market, record.account, record.side(), Some(plan.slot));
        ensure(after <= room, || {
            Reject::measured(RejectReason::ReduceOnly, market.qty(after).0, market.qty(room.max(0)).0)
        })?;
    }
    let reprices = request.price.is_some() && plan.limit != record.limit && !waits;
    let post_only = post_only_now(market, record);
    if reprices && post_only != PostOnly::No && market.state.needs_uncrossed_book() {
        plan.limit = admit::passive_limit(market, record.side(), post_only, plan.limit)?;
    }
    let grows = after > before && record.shown() != Shown::Iceberg;
    plan.loses_priority = !waits && (grows || plan.limit != record.limit);
    Ok(())
}

fn apply(
    shared: &mut Shared,
    market: &mut Market,
    request: &AmendOrder,
    (plan, passed): (&Plan, Passed),
    out: &mut Events,
) {
    let slot = plan.slot;
    let record = shared.records.get_mut(slot);
    if plan.order_qty <= record.cum_qty + record.prevented_qty {
        return shared.cancel(market, slot, EndReason::User, out);
    }
    if let Some(stp) = request.stp {
        record.set_stp(stp);
    }
    if let Some(tif) = request.tif {
        record.set_life(life_of(tif));
        let order_id = shared.arena.order_id(slot);
        set_expiry(shared, order_id, tif);
    }
    if request.order_qty.is_some() && shared.records.get(slot).is_grouped() {
        let record = shared.records.get(slot);
        let leaves = plan.order_qty - record.cum_qty - record.prevented_qty;
        shared.groups.amended(slot, leaves);
    }
    if plan.loses_priority {
        requeue(shared, market, request, (plan, passed), out);
    } else {
        keep_place(shared, market, plan);
        if let Some(price) = request.trigger_price {
            stops::move_trigger(shared, market, slot, price);
        }
        replaced(shared, market, request, slot, true, out);
    }
}

/// The order stays where it is with other numbers.
fn keep_place(shared: &mut Shared, market: &mut Market, plan: &Plan) {
    let slot = plan.slot;
    let before = shared.records.get(slot).leaves();
    shared.update(market, slot, |record| {
        record.limit = plan.limit;
        record.order_qty = plan.order_qty;
    });
    let record = shared.records.get(slot);
    let after = record.leaves();
    if record.place() != Place::Book {
        shared.touch(market);
        return;
    }
    if after < before {
        market.book.reduce(&mut shared.arena, slot, after);
    } else if after > before {
        market.book.grow_hidden(&mut shared.arena, slot, after - before);
    }
    if let Some(display) = plan.display {
        market.book.set_display(&mut shared.arena, slot, display);
    }
    shared.touch(market);
}

/// The order leaves its queue, matches as incoming where that is possible, and goes to the back.
fn requeue(
    shared: &mut Shared,
    market: &mut Market,
    request: &AmendOrder,
    (plan, passed): (&Plan, Passed),
    out: &mut Events,
) {
    let slot = plan.slot;
    let place = shared.records.get(slot).place();
    let rule = (place == Place::Book).then(|| with_display(shared.display_of(slot), plan.display));
    shared.unqueue(market, slot);
    shared.update(market, slot, |record| {
        record.limit = plan.limit;
        record.order_qty = plan.order_qty;
    });
    replaced(shared, market, request, slot, false, out);
    match (place, rule) {
        _ if shared.records.get(slot).ord_type() == OrdType::Pegged => {
            shared.records.get_mut(slot).set_place(Place::Parked);
        }
        (Place::Book, Some(rule)) if market.state.matches_orders() => {
            match_again(shared, market, (slot, passed), rule, out);
        }
        (Place::Book, Some(rule)) => shared.post(market, slot, plan.limit, rule, &passed, out),
        (Place::Waiting, _) => wait_for_auction(shared, market, slot, &passed),
        _ => unreachable!("only orders in a queue are requeued"),
    }
}

fn with_display(rule: book::Display, display: Option<i64>) -> book::Display {
    match (rule, display) {
        (book::Display::Iceberg(rule), Some(display_size)) => {
            book::Display::Iceberg(book::Iceberg { display_size, ..rule })
        }
        (book::Display::All | book::Display::Hidden | book::Display::Iceberg(_), _) => rule,
    }
}

/// Matches an order that is already open, at its limit.
fn match_again(
    shared: &mut Shared,
    market: &mut Market,
    (slot, passed): (Slot, Passed),
    rule: book::Display,
    out: &mut Events,
) {
    let limit = shared.records.get(slot).limit;
    let mut incoming = incoming_again(shared, market, slot, limit, passed);
    let stop = run(shared, market, &mut incoming, out);
    if shared.records.get(slot).ord_type() == OrdType::MarketToLimit {
        // It rested at a price before, so it rests at its limit now whatever it traded at.
        incoming.last_price = Some(limit);
    }
    conclude(shared, market, &incoming, stop, |_| rule, out);
}

/// An open order on its way through the book again, at `limit`.
pub(crate) fn incoming_again(shared: &Shared, market: &Market, slot: Slot, limit: i64, passed: Passed) -> Incoming {
    let record = shared.records.get(slot);
    Incoming {
        slot,
        account: record.account,
        side: record.side(),
        limit,
        leaves: record.leaves(),
        budget: None,
        owner: shared.accounts.get(record.account).owner,
        stp: record.stp(),
        taker_ppm: shared.accounts.rates(record.account, market.fee_base()).taker_ppm,
        trades_left: shared.limits.trades_max,
        first_price: None,
        last_price: None,
        passed,
    }
}

fn replaced(shared: &Shared, market: &Market, request: &AmendOrder, slot: Slot, priority_kept: bool, out: &mut Events) {
    let record = shared.records.get(slot);
    out.push(EventKind::OrderReplaced(OrderReplaced {
        order_id: OrderId(shared.arena.order_id(slot)),
        account: record.account,
        instrument: market.id,
        cl_ord_id: request.cl_ord_id,
        price: record.limit_price().map(|limit| market.price(limit)),
        order_qty: market.qty(record.order_qty),
        leaves_qty: market.qty(record.leaves()),
        displayed_qty: market.qty(shared.displayed(slot)),
        tif: shared.tif_of(slot),
        priority_kept,
    }));
}

impl Shared {
    /// The time in force of an open order.
    pub(crate) fn tif_of(&self, slot: Slot) -> TimeInForce {
        let record = self.records.get(slot);
        match record.life() {
            Life::Gtc => TimeInForce::Gtc,
            Life::Day => TimeInForce::Day,
            Life::Gtd => {
                TimeInForce::Gtd { expire_ns: self.expiry_of.get(&self.arena.order_id(slot)).copied().unwrap_or(0) }
            }
            Life::Ioc => TimeInForce::Ioc,
            Life::Fok => TimeInForce::Fok,
            Life::Ato => TimeInForce::Ato,
            Life::Atc => TimeInForce::Atc,
            Life::Gfa => TimeInForce::Gfa,
        }
    }
}
