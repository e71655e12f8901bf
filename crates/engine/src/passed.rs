//! Proof that an order went through the gates. Nothing matches and nothing enters a queue without it.
//!
//! A [`Passed`] can be made in this file only, by the function that runs every check of its path. Orders in queues have
//! had theirs when they were put there, so an auction pairs only what passed.

use book::Slot;
use model::{AmendOrder, NewGroup, NewOrder, RejectReason};

use crate::admit::{self, Terms};
use crate::amend::{self, Plan};
use crate::groups::{self, Fault, LEGS_MAX};
use crate::market::Market;
use crate::record::Record;
use crate::shared::{Reject, Shared};
use crate::work::{self, Start};

/// The checks of its path were passed. Takes no room.
#[derive(Debug)]
pub(crate) struct Passed(());

/// A new order; `terms` are those it is let in with.
#[inline]
pub(crate) fn new_order(
    shared: &Shared,
    market: &Market,
    order: &NewOrder,
    terms: &mut Terms,
) -> Result<Passed, Reject> {
    admit::check(shared, market, order, terms)?;
    Ok(Passed(()))
}

/// The orders of a group; `terms` are those they are let in with. One of them goes to work at most.
pub(crate) fn new_group(
    shared: &Shared,
    markets: &[Market],
    group: &NewGroup,
    terms: &mut [Terms; LEGS_MAX],
) -> Result<Passed, Fault> {
    groups::form(group)?;
    let instrument = group.legs[0].order.instrument;
    let unknown = || Fault::new(0, Reject::plain(RejectReason::UnknownInstrument));
    let market = markets.get(instrument.0 as usize).ok_or_else(unknown)?;
    groups::check(shared, market, group, terms)?;
    Ok(Passed(()))
}

/// An amend.
pub(crate) fn amended(
    shared: &Shared,
    market: &Market,
    slot: Slot,
    request: &AmendOrder,
) -> Result<(Plan, Passed), Reject> {
    let plan = amend::check(shared, market, slot, request)?;
    Ok((plan, Passed(())))
}

/// An order that starts to work, triggered or released, as `record` says it will be.
pub(crate) fn working(
    shared: &Shared,
    market: &Market,
    slot: Slot,
    record: &Record,
) -> Result<(Start, Passed), Reject> {
    let start = work::check(shared, market, slot, record)?;
    Ok((start, Passed(())))
}

/// An order that its group lets trade, or trade more. Where nothing matches it only joins a queue.
pub(crate) fn released(shared: &Shared, market: &Market, slot: Slot) -> Result<(Start, Passed), Reject> {
    let record = shared.records.get(slot);
    let start = if market.state.needs_uncrossed_book() {
        work::check(shared, market, slot, record)?
    } else {
        Start { limit: record.limit, leaves: record.leaves() }
    };
    Ok((start, Passed(())))
}

/// A pegged order at its next price: its limit was checked when it came in and bounds the price.
pub(crate) fn repriced() -> Passed {
    Passed(())
}
