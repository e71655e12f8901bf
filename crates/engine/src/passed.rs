//! The gate between an order and the book (rule R-132), and the proof that an order went through it. Nothing matches and
//! nothing enters a queue without that proof.
//!
//! A [`Passed`] can be made in this file only: by [`pass`], which asks every gate, and by [`repriced`]. A rule of `xtask`
//! holds both this file and its callers to that. Orders in queues went through when they were put there, so an auction
//! pairs only what passed.

use model::{AccountId, RejectReason, Side};

use crate::accounts::Standing;
use crate::guard::{Desk, Guard, Likeness};
use crate::market::Market;
use crate::outcomes;
use crate::shared::{Reject, Shared, ensure};

/// The order went through the gate. Takes no room.
#[derive(Debug)]
pub(crate) struct Passed(());

/// What an order asks for, as it would be accepted: capped, slid. What is empty or 0 is not asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ask {
    /// It only reduces a position.
    pub(crate) reduce_only: bool,
    /// Lots in all, 0 by budget alone, and what they are worth where that is known (410, 504, 505).
    pub(crate) size: Option<(i64, Option<i128>)>,
    /// The price that must be near the reference, in ticks (506).
    pub(crate) price: Option<i64>,
    /// What was never to be entered twice in a short time (507).
    pub(crate) like: Option<Likeness>,
    /// Orders it opens (508).
    pub(crate) opens: u32,
    /// Lots that are to work, and of those that work already what they stand for or end (509).
    pub(crate) works: i64,
    pub(crate) spares: i64,
    /// It gives what its account has, in the market of an event.
    pub(crate) closes: bool,
    /// Units of the asset it pays in that are reserved more than before (503, 510).
    pub(crate) holds: i128,
}

/// Asks every gate whether an order of `account` may go on; `between` is what the checks numbered between the first gate
/// and the others said. An account without limits and reserves is asked nothing.
#[inline(always)]
#[allow(clippy::inline_always, reason = "one call less for every order: measured")]
pub(crate) fn pass(
    shared: &Shared,
    market: &Market,
    (account, side): (AccountId, Side),
    between: Result<(), Reject>,
    ask: impl FnOnce() -> Ask,
) -> Result<Passed, Reject> {
    let standing = shared.accounts.get(account).standing;
    if standing == Standing::FREE {
        between?;
    } else if standing.is_guarded() {
        guarded(shared, market, (account, side), between, ask)?;
    } else {
        between?;
        let ask = ask();
        shared.check_funds(account, market.paid_by(side, ask.closes), ask.holds)?;
    }
    Ok(Passed(()))
}

/// A pegged order at its next price: its limit was checked when it came in and bounds the price.
pub(crate) fn repriced() -> Passed {
    Passed(())
}

/// Every gate, by number.
#[cold]
#[inline(never)]
fn guarded(
    shared: &Shared,
    market: &Market,
    (account, side): (AccountId, Side),
    between: Result<(), Reject>,
    ask: impl FnOnce() -> Ask,
) -> Result<(), Reject> {
    let ask = &ask();
    let guard = shared.guards.of(account).expect("a guarded account has a guard");
    let desk = guard.desk(market.id);
    restricted(desk, ask)?;
    between?;
    let funds = shared.check_funds(account, market.paid_by(side, ask.closes), ask.holds);
    let beyond_credit = funds.is_err_and(|reject| reject.reason == RejectReason::CreditLimit);
    if !beyond_credit {
        funds?;
    }
    if let Some(desk) = desk {
        size(market, desk, ask)?;
        collar(shared, market, desk, side, ask)?;
    }
    duplicate(shared, guard, ask)?;
    open_orders(guard, ask)?;
    if let Some(desk) = desk {
        position(shared, market, desk, (account, side), ask)?;
    }
    funds
}

/// 410.
fn restricted(desk: Option<&Desk>, ask: &Ask) -> Result<(), Reject> {
    let barred = desk.is_some_and(|desk| desk.limits.restricted);
    ensure(!barred || ask.reduce_only || ask.size.is_none(), || Reject::plain(RejectReason::Restricted))
}

/// 504, 505.
fn size(market: &Market, desk: &Desk, ask: &Ask) -> Result<(), Reject> {
    let Some((lots, value)) = ask.size else { return Ok(()) };
    let qty = market.qty(lots);
    if let Some(max) = desk.limits.max_qty {
        ensure(qty <= max, || Reject::measured(RejectReason::MaxQty, qty.0, max.0))?;
    }
    if let (Some(max), Some(value)) = (desk.limits.max_value, value.map(i128::abs)) {
        ensure(value <= max.0, || Reject::measured(RejectReason::MaxValue, value, max.0))?;
    }
    Ok(())
}

/// 506.
fn collar(shared: &Shared, market: &Market, desk: &Desk, side: Side, ask: &Ask) -> Result<(), Reject> {
    let (Some(bps), Some(price)) = (desk.limits.collar_bps, ask.price) else { return Ok(()) };
    let Some(reference) = market.recent_reference(shared.now_ns) else { return Ok(()) };
    let (price, reference) = (i128::from(market.price(price).0), i128::from(reference.0));
    let width = reference.abs() * i128::from(bps) / 10_000;
    let (bound, beyond) = match side {
        Side::Buy => (reference + width, price > reference + width),
        Side::Sell => (reference - width, price < reference - width),
    };
    ensure(!beyond, || Reject::measured(RejectReason::PriceCollar, price, bound))
}

/// 507.
fn duplicate(shared: &Shared, guard: &Guard, ask: &Ask) -> Result<(), Reject> {
    let within_ns = guard.limits().duplicate_ns;
    let age_ns = ask.like.as_ref().and_then(|like| guard.duplicate(like, shared.now_ns));
    let Some(age_ns) = age_ns.filter(|age_ns| *age_ns < within_ns) else { return Ok(()) };
    Err(Reject::measured(RejectReason::Duplicate, age_ns, within_ns))
}

/// 508.
fn open_orders(guard: &Guard, ask: &Ask) -> Result<(), Reject> {
    let (open, max) = (i128::from(guard.open()) + i128::from(ask.opens), guard.limits().open_orders_max);
    let asked = max > 0 && ask.opens > 0;
    ensure(!asked || open <= i128::from(max), || Reject::measured(RejectReason::OpenOrders, open, max))
}

/// 509.
fn position(
    shared: &Shared,
    market: &Market,
    desk: &Desk,
    (account, side): (AccountId, Side),
    ask: &Ask,
) -> Result<(), Reject> {
    let Some(max) = desk.limits.position_max.filter(|_| ask.works > 0 && !ask.reduce_only) else { return Ok(()) };
    let held = outcomes::net_position(shared, market, account);
    let held = if side == Side::Buy { held } else { -held };
    let lots = held + i128::from(desk.working[side as usize]) + i128::from(ask.works) - i128::from(ask.spares);
    let led_to = lots * i128::from(market.lot);
    ensure(led_to <= i128::from(max.0), || Reject::measured(RejectReason::PositionLimit, led_to, max.0))
}
