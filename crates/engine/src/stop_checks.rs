//! Whether an order that is to wait for a trigger is let in (rules ), in the order of the reasons' numbers.

use model::{
    AccountKind, Allocation, Display, NewOrder, NewStop, OrdType, PRICE_MAX, PostOnly, Price, RejectReason, Side,
    Trigger, TriggerKind,
};

use crate::admit::{self, Terms};
use crate::guard::Likeness;
use crate::market::Market;
use crate::outcomes;
use crate::passed::{self, Ask, Passed};
use crate::record::NO_LIMIT;
use crate::shared::{Reject, Shared, ensure};
use crate::slope::{is_crossed, within};
use crate::trigger_book::reference_of;

const BPS_MAX: u32 = 9_999;

/// Checks a stop of a known account in a known instrument; `terms` are those it is let in with.
pub(crate) fn check(shared: &Shared, market: &Market, stop: &NewStop, terms: &mut Terms) -> Result<Passed, Reject> {
    let NewStop { order, trigger } = stop;
    form_and_state(shared, market, (order, trigger), false, terms)?;
    passed::pass(shared, market, (order.account, order.side), Ok(()), || Ask {
        like: Some(Likeness::of(order, Some((trigger.kind, trigger.price)))),
        opens: 1,
        holds: terms.reserve,
        ..ask_for(market, order, terms)
    })
}

/// What the gate asks of an order that waits: its size, at the price it waits with.
fn ask_for(market: &Market, order: &NewOrder, terms: &Terms) -> Ask {
    let value = (terms.limit != NO_LIMIT).then(|| market.notional(terms.limit, terms.lots));
    Ask { reduce_only: order.reduce_only, size: Some((terms.lots, value)), ..Ask::default() }
}

/// Every check but that of the funds, which the orders of a group share. The trigger of a held order is not compared
/// with anything yet.
pub(crate) fn check_leg(
    shared: &Shared,
    market: &Market,
    (order, trigger): (&NewOrder, &Trigger),
    held: bool,
    terms: &mut Terms,
) -> Result<Passed, Reject> {
    form_and_state(shared, market, (order, trigger), held, terms)?;
    passed::pass(shared, market, (order.account, order.side), Ok(()), || ask_for(market, order, terms))
}

/// 201 to 405.
fn form_and_state(
    shared: &Shared,
    market: &Market,
    (order, trigger): (&NewOrder, &Trigger),
    held: bool,
    terms: &mut Terms,
) -> Result<(), Reject> {
    form(market, order, trigger)?;
    admit::quantity(market, order, market.def.max_qty)?;
    prices(market, order, trigger)?;
    let (limit, lots) = (working_limit(market, order, trigger), market.lots(order.order_qty));
    if limit != NO_LIMIT {
        admit::within_notional(market, market.notional(limit, lots))?;
    }
    admit::expiry(shared, order.tif)?;
    if shared.accounts.get(order.account).kind != AccountKind::Credit {
        ensure(order.side == Side::Sell || limit != NO_LIMIT, || Reject::plain(RejectReason::ProtectionRequired))?;
        ensure(!market.def.allow_negative, || Reject::plain(RejectReason::CreditOnly))?;
    }
    offsets(market, trigger)?;
    if let Some(price) = trigger.price.filter(|_| !held) {
        let fires_at_once = trigger.allow_immediate && market.state.triggers();
        ensure(fires_at_once || !crossed_now(market, order.side, trigger, price), || {
            would_trigger(market, trigger, price)
        })?;
    }
    let missing = reference_of(trigger.source).is_some_and(|kind| market.references[kind as usize].is_none());
    ensure(!missing || trigger.fall_back, || Reject::plain(RejectReason::SourceMissing))?;
    admit::open_at_all(market.state)?;
    *terms = Terms {
        limit,
        lots,
        fee_cap: shared.accounts.rates(order.account, market.fee_base()).worst_ppm(),
        ..Terms::default()
    };
    if shared.accounts.is_cash(order.account) {
        terms.reserve = admit::reserve(market, order, terms);
    }
    Ok(())
}

/// What the source of a trigger is now, in halves.
pub(crate) fn value_now(market: &Market, trigger: &Trigger) -> Option<i64> {
    market.value(market.source_used(trigger.source, trigger.fall_back))
}

pub(crate) fn crossed_now(market: &Market, side: Side, trigger: &Trigger, price: Price) -> bool {
    value_now(market, trigger).is_some_and(|value| is_crossed(trigger, side, price, value))
}

/// 319.
pub(crate) fn would_trigger(market: &Market, trigger: &Trigger, price: Price) -> Reject {
    let value = value_now(market, trigger).unwrap_or(0).div_euclid(2);
    Reject::measured(RejectReason::WouldTrigger, price.0, value)
}

/// 201 to 209.
fn form(market: &Market, order: &NewOrder, trigger: &Trigger) -> Result<(), Reject> {
    let refuse = |reason| Err(Reject::plain(reason));
    let (is_limit, trails) = (order.ord_type == OrdType::Limit, trigger.kind == TriggerKind::TrailingStop);
    let priceless = if trails { trigger.limit_offset.is_none() } else { order.price.is_none() };
    if is_limit && priceless {
        return refuse(RejectReason::PriceMissing);
    }
    let market_type = matches!(order.ord_type, OrdType::Market | OrdType::MarketToLimit);
    if order.price.is_some() && (market_type || (is_limit && trails)) {
        return refuse(RejectReason::PriceNotAllowed);
    }
    if order.peg.is_some() || order.quote_qty.is_some() || (is_limit && order.protection_price.is_some()) {
        return refuse(RejectReason::FieldNotAllowed);
    }
    if order.tif.is_auction() {
        return refuse(RejectReason::TifNotAllowed);
    }
    if !instructions_fit(market, order) {
        return refuse(RejectReason::ExecInstNotAllowed);
    }
    if !trails && trigger.price.is_none() {
        return refuse(RejectReason::TriggerPriceMissing);
    }
    if trails && trigger.trail_amount.is_some() == trigger.trail_bps.is_some() {
        return refuse(RejectReason::TrailKind);
    }
    if !trigger_fits(order, trigger) {
        return refuse(RejectReason::TriggerNotAllowed);
    }
    outcomes::takes_waiting(market)
}

/// 206.
fn instructions_fit(market: &Market, order: &NewOrder) -> bool {
    let may_rest = order.ord_type != OrdType::Market && order.tif.rests();
    let passive = order.post_only == PostOnly::No && order.display == Display::All;
    let reduce_only =
        !order.reduce_only || (order.display == Display::All && market.def.allocation == Allocation::Fifo);
    order.min_qty.0 == 0 && (passive || may_rest) && reduce_only
}

/// 209.
fn trigger_fits(order: &NewOrder, trigger: &Trigger) -> bool {
    let trails = trigger.kind == TriggerKind::TrailingStop;
    let trailing_fields = trigger.trail_amount.is_some()
        || trigger.trail_bps.is_some()
        || trigger.activation_price.is_some()
        || trigger.step.is_some()
        || trigger.limit_offset.is_some();
    matches!(order.ord_type, OrdType::Limit | OrdType::Market)
        && (trails || !trailing_fields)
        && !(order.ord_type == OrdType::Market && trigger.limit_offset.is_some())
        && !(trigger.fall_back && reference_of(trigger.source).is_none())
}

/// 307, 308 of the price, the protection price, the trigger and the activation price; by number first.
fn prices(market: &Market, order: &NewOrder, trigger: &Trigger) -> Result<(), Reject> {
    let all = [order.price, order.protection_price, trigger.price, trigger.activation_price];
    for price in all.into_iter().flatten() {
        admit::on_grid(market, price)?;
    }
    for price in all.into_iter().flatten() {
        admit::in_bounds(market, price)?;
    }
    Ok(())
}

/// 318.
fn offsets(market: &Market, trigger: &Trigger) -> Result<(), Reject> {
    let (base, max) = (market.def.ticks.base_tick(), PRICE_MAX.0);
    let distance = |price: Option<Price>, least: i64| {
        let Some(Price(value)) = price else { return Ok(()) };
        let fits = value >= least && value % base == 0 && value <= max;
        ensure(fits, || Reject::measured(RejectReason::TrailOffset, value, base))
    };
    distance(trigger.trail_amount, 1)?;
    if let Some(bps) = trigger.trail_bps {
        let fits = (1..=BPS_MAX).contains(&bps);
        ensure(fits, || Reject::measured(RejectReason::TrailOffset, bps, BPS_MAX))?;
    }
    distance(trigger.step, 1)?;
    distance(trigger.limit_offset, 0)
}

/// The trigger of a new order as far as it is known.
pub(crate) fn known_trigger(market: &Market, side: Side, trigger: &Trigger) -> Option<Price> {
    if trigger.price.is_some() || trigger.kind != TriggerKind::TrailingStop {
        return trigger.price;
    }
    let value = value_now(market, trigger);
    let reached = |activation: i64| match side {
        Side::Sell => value.is_some_and(|value| value >= activation),
        Side::Buy => value.is_some_and(|value| value <= activation),
    };
    let activation = trigger.activation_price.map(|price| 2 * price.0).filter(|at| !reached(*at));
    activation.or(value).map(|anchor| market.grid().trail(trigger, side, anchor))
}

/// What an order holds for and is shown with while it waits, in ticks: W of R-102.
pub(crate) fn working_limit(market: &Market, order: &NewOrder, trigger: &Trigger) -> i64 {
    let known = || known_trigger(market, order.side, trigger);
    if order.ord_type != OrdType::Limit {
        return market_limit(market, order.side, order.protection_price.map(|price| market.ticks(price)), known);
    }
    match (order.price, order.side) {
        (Some(price), _) => market.ticks(price),
        (None, Side::Sell) => NO_LIMIT,
        (None, Side::Buy) => known().map_or(NO_LIMIT, |known| trailed_limit(market, Side::Buy, known, trigger)),
    }
}

/// W of a market order: its protection price; of a buy else what R-50 makes of the trigger.
pub(crate) fn market_limit(
    market: &Market,
    side: Side,
    protection: Option<i64>,
    known: impl FnOnce() -> Option<Price>,
) -> i64 {
    match (protection, side) {
        (Some(protection), _) => protection,
        (None, Side::Sell) => NO_LIMIT,
        (None, Side::Buy) => known().map_or(NO_LIMIT, |known| admit::slipped(market, side, known)),
    }
}

/// The limit of a trailing limit order behind its trigger, in ticks.
pub(crate) fn trailed_limit(market: &Market, side: Side, price: Price, trigger: &Trigger) -> i64 {
    let (price, offset) = (i128::from(price.0), i128::from(trigger.limit_offset.unwrap_or_default().0));
    let grid = match side {
        Side::Buy => market.def.ticks.floor(within(price + offset)),
        Side::Sell => market.def.ticks.ceil(within(price - offset)),
    };
    market.ticks(grid.clamp(market.def.min_price, market.def.max_price))
}
