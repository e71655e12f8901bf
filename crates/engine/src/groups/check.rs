//! Whether a group is let in: its form, its orders one by one, then what they are together (rules ).

use model::{GroupKind, GroupLeg, NewGroup, NewOrder, OrdType, Price, Qty, RejectReason, Side, TriggerKind};

use crate::admit::{self, Terms};
use crate::groups::store::LEGS_MAX;
use crate::market::Market;
use crate::outcomes;
use crate::passed::{self, Ask, Passed};
use crate::shared::{Reject, Shared, ensure};
use crate::stop_checks;

/// Why a group is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Which of its orders is at fault.
    pub(crate) leg: u8,
    pub(crate) reject: Reject,
}

impl Fault {
    pub(crate) fn new(place: usize, reject: Reject) -> Self {
        Fault { leg: u8::try_from(place).unwrap_or(u8::MAX), reject }
    }

    /// 210 by the order at `place`.
    pub(crate) fn legs(place: usize) -> Self {
        let number = i128::try_from(place).unwrap_or(0);
        Fault::new(place, Reject::measured(RejectReason::GroupLegs, number, 0))
    }
}

/// Whether the order at `place` waits for the entry.
pub(crate) fn is_held(kind: GroupKind, place: usize) -> bool {
    kind != GroupKind::Oco && place > 0
}

/// Where the two exits stand, where there are two.
pub(crate) fn exits(kind: GroupKind) -> Option<(usize, usize)> {
    match kind {
        GroupKind::Oco => Some((0, 1)),
        GroupKind::Oto => None,
        GroupKind::Otoco => Some((1, 2)),
    }
}

/// 210: the orders of a group, of which there are as many as it needs, fit together.
pub(crate) fn form(group: &NewGroup) -> Result<(), Fault> {
    for (place, leg) in group.legs.iter().enumerate() {
        ensure_leg(fits(group, place, leg), place)?;
    }
    let Some((one, other)) = exits(group.kind) else { return Ok(()) };
    let side = group.legs[one].order.side;
    let closes = group.kind == GroupKind::Oco || group.legs[0].order.side != side;
    let differ = is_stop(&group.legs[one]) != is_stop(&group.legs[other]);
    ensure_leg(group.legs[other].order.side == side && closes && differ, other)
}

fn ensure_leg(holds: bool, place: usize) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(Fault::legs(place)) }
}

fn fits(group: &NewGroup, place: usize, leg: &GroupLeg) -> bool {
    let (first, order) = (&group.legs[0].order, &leg.order);
    let is_entry = group.kind != GroupKind::Oco && place == 0;
    let together = order.account == first.account && order.instrument == first.instrument;
    let simple = matches!(order.ord_type, OrdType::Limit | OrdType::Market)
        && order.quote_qty.is_none()
        && order.peg.is_none()
        && order.min_qty.0 == 0
        && !order.reduce_only
        && !order.tif.is_auction();
    let in_turn = if is_entry {
        leg.trigger.is_none()
    } else {
        order.tif.rests() && (order.ord_type == OrdType::Limit || leg.trigger.is_some())
    };
    together && simple && in_turn
}

/// Whether it limits a loss; the other exit takes a profit.
fn is_stop(leg: &GroupLeg) -> bool {
    leg.trigger.is_some_and(|trigger| matches!(trigger.kind, TriggerKind::StopLoss | TriggerKind::TrailingStop))
}

/// Everything after the form; `terms` are those the orders are let in with.
pub(crate) fn check(
    shared: &Shared,
    market: &Market,
    group: &NewGroup,
    terms: &mut [Terms; LEGS_MAX],
) -> Result<Passed, Fault> {
    outcomes::takes_waiting(market).map_err(|reject| Fault::new(0, reject))?;
    for (place, (leg, terms)) in group.legs.iter().zip(terms.iter_mut()).enumerate() {
        let held = is_held(group.kind, place);
        check_leg(shared, market, leg, held, terms).map_err(|reject| Fault::new(place, reject))?;
    }
    quantities(group)?;
    prices(market, group)?;
    let first = &group.legs[0].order;
    let opens = u32::try_from(group.legs.len()).expect("at most three orders");
    let together = funds(shared, market, group, terms);
    passed::pass(shared, market, (first.account, first.side), together, || Ask { opens, ..Ask::default() })
        .map_err(|reject| Fault::new(0, reject))
}

fn check_leg(
    shared: &Shared,
    market: &Market,
    leg: &GroupLeg,
    held: bool,
    terms: &mut Terms,
) -> Result<Passed, Reject> {
    match &leg.trigger {
        None => admit::check_leg(shared, market, &leg.order, held, terms),
        Some(trigger) => stop_checks::check_leg(shared, market, (&leg.order, trigger), held, terms),
    }
}

/// 320: all quantities are the first's.
fn quantities(group: &NewGroup) -> Result<(), Fault> {
    let first = group.legs[0].order.order_qty;
    let other = group.legs.iter().position(|leg| leg.order.order_qty != first);
    match other {
        None => Ok(()),
        Some(place) => Err(Fault::new(place, other_qty(group.legs[place].order.order_qty, first))),
    }
}

/// 320 of a quantity that should be another.
pub(crate) fn other_qty(qty: Qty, expected: Qty) -> Reject {
    Reject::measured(RejectReason::GroupQty, qty.0, expected.0)
}

/// The price at which an exit closes the position: its trigger, else its limit.
fn exit_price(leg: &GroupLeg) -> Option<Price> {
    leg.trigger.map_or(leg.order.price, |trigger| trigger.price)
}

/// 321: the target is beyond the reference, the stop behind it.
fn prices(market: &Market, group: &NewGroup) -> Result<(), Fault> {
    let Some((one, other)) = exits(group.kind) else { return Ok(()) };
    let (target, stop) = if is_stop(&group.legs[one]) { (other, one) } else { (one, other) };
    let entry = &group.legs[0].order;
    let limit = if group.kind == GroupKind::Otoco { entry.price } else { None };
    let reference = limit.or_else(|| market.reference().map(|ticks| market.price(ticks)));
    let (high, low) = (exit_price(&group.legs[target]), exit_price(&group.legs[stop]));
    let side = group.legs[target].order.side;
    let apart = [(target, high, reference, true), (stop, low, reference, false), (target, high, low, true)];
    for (place, value, measure, beyond) in apart {
        let (Some(value), Some(measure)) = (value, measure) else { continue };
        let above = beyond == (side == Side::Sell);
        let holds = if above { value > measure } else { value < measure };
        ensure(holds, || Reject::measured(RejectReason::GroupPrices, value.0, measure.0))
            .map_err(|reject| Fault::new(place, reject))?;
    }
    Ok(())
}

/// 321 of exits whose prices were changed: the target stays beyond the stop.
pub(crate) fn still_apart(side: Side, target: Price, stop: Price) -> Result<(), Reject> {
    let holds = match side {
        Side::Sell => target > stop,
        Side::Buy => target < stop,
    };
    ensure(holds, || Reject::measured(RejectReason::GroupPrices, target.0, stop.0))
}

/// 503: the account has what its orders hold together, by asset, the first order's first.
fn funds(shared: &Shared, market: &Market, group: &NewGroup, terms: &[Terms; LEGS_MAX]) -> Result<(), Reject> {
    let first = &group.legs[0].order;
    if !shared.accounts.is_cash(first.account) {
        return Ok(());
    }
    let holds = |place: usize| if holds_later(group, place) { 0 } else { terms[place].reserve };
    let parts: [(&NewOrder, i128); 2] = match group.kind {
        GroupKind::Oco => [(first, holds(0).max(holds(1))), (first, 0)],
        GroupKind::Oto => [(first, holds(0)), (&group.legs[1].order, holds(1))],
        GroupKind::Otoco => [(first, holds(0)), (&group.legs[1].order, holds(1).max(holds(2)))],
    };
    let [(_, own), (second, others)] = parts;
    if second.side == first.side {
        return shared.check_funds(first.account, market.paid_in(first.side), own + others);
    }
    shared.check_funds(first.account, market.paid_in(first.side), own)?;
    shared.check_funds(first.account, market.paid_in(second.side), others)
}

/// Whether it sells what the entry buys: it has nothing to hold before that.
fn holds_later(group: &NewGroup, place: usize) -> bool {
    let buys_first = group.legs[0].order.side == Side::Buy;
    is_held(group.kind, place) && buys_first && group.legs[place].order.side == Side::Sell
}
