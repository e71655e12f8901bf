//! Commands about markets of an event: set up, pairs, the end.

use std::collections::BTreeMap;

use model::{
    AssetId, EventKind, Events, MovePairs, OutcomeEvent, OutcomeRequest, RejectReason, SetOutcome, TradingState,
};

use super::fills::with_outcome;
use super::{Outcome, move_pairs, named, pays_on_event, resolve};
use crate::admin::{Names, refuse};
use crate::admit;
use crate::market::Market;
use crate::shared::{Reject, Shared, ensure};

/// Handles any of them.
pub(crate) fn apply(
    shared: &mut Shared,
    markets: &mut [Market],
    names: &Names,
    request: &OutcomeRequest,
    out: &mut Events,
) {
    let done = match request {
        OutcomeRequest::Set(request) => set(shared, markets, names, *request, out),
        OutcomeRequest::MovePairs(request) => pairs(shared, markets, *request, out),
        OutcomeRequest::Resolve(request) => resolve::resolve(shared, markets, *request, out),
    };
    if let Err(reject) = done {
        refuse(reject, out);
    }
}

fn set(
    shared: &Shared,
    markets: &mut [Market],
    names: &Names,
    request: SetOutcome,
    out: &mut Events,
) -> Result<(), Reject> {
    let SetOutcome { instrument, no } = request;
    let market = markets.get(instrument.0 as usize).ok_or(Reject::plain(RejectReason::UnknownInstrument))?;
    let decimals = |asset: AssetId| names.assets.get(asset.0 as usize).map(|(_, decimals)| *decimals);
    ensure(decimals(no).is_some(), || Reject::plain(RejectReason::UnknownAsset))?;
    let one = one_of(market).filter(|one| market.def.max_price.0 < one * market.grain);
    let is_defined = market.outcome.is_none()
        && decimals(no) == decimals(market.def.base)
        && [market.def.base, no].into_iter().all(|asset| is_fresh(shared, markets, market, asset))
        && no != market.def.base;
    let one = one.filter(|_| is_defined).ok_or(Reject::plain(RejectReason::InvalidDefinition))?;
    ensure(market.state == TradingState::PreListed, || Reject::plain(RejectReason::StateTransition))?;
    let outcome = Outcome { no, one, pairs: 0, paid: BTreeMap::new() };
    markets[instrument.0 as usize].outcome = Some(Box::new(outcome));
    out.push(EventKind::Outcome(OutcomeEvent::OutcomeSet { instrument, no }));
    Ok(())
}

/// A price of 1 in grains, where it lies on the grid and prices are positive.
fn one_of(market: &Market) -> Option<i64> {
    let one = 10_i64.checked_pow(u32::from(market.def.price_decimals))?;
    (!market.def.allow_negative && one % market.def.ticks.base_tick() == 0).then_some(one / market.grain)
}

/// Nobody has or may owe an asset, and no other market knows it.
fn is_fresh(shared: &Shared, markets: &[Market], market: &Market, asset: AssetId) -> bool {
    let used = |other: &Market| other.id != market.id && (other.def.base == asset || other.def.quote == asset);
    asset != market.def.quote
        && !markets.iter().any(used)
        && !pays_on_event(markets, asset)
        && shared.accounts.outside(asset).0 == 0
        && !shared.guards.has_line(asset)
}

fn pairs(shared: &mut Shared, markets: &mut [Market], request: MovePairs, out: &mut Events) -> Result<(), Reject> {
    let MovePairs { account, instrument, qty, merge } = request;
    ensure(shared.accounts.is_customer(account), || Reject::plain(RejectReason::UnknownAccount))?;
    let market = named(markets, instrument)?;
    if !merge {
        shared.guards.switches.admit_pairs(instrument, account)?;
    }
    admit::total(market, qty.0, market.def.max_qty)?;
    let is_open = !matches!(market.state, TradingState::PreListed | TradingState::Delisted);
    ensure(is_open, || Reject::plain(admit::closed_reason(market.state)))?;
    let lots = market.lots(qty);
    covered(shared, market, &request, lots)?;
    with_outcome(&mut markets[instrument.0 as usize], |market, outcome| {
        move_pairs(shared, market, outcome, account, if merge { -lots } else { lots });
    });
    out.push(EventKind::Outcome(if merge {
        OutcomeEvent::PairsMerged { instrument, account, qty }
    } else {
        OutcomeEvent::PairsMinted { instrument, account, qty }
    }));
    Ok(())
}

/// 503 or 510 of the money; 503 of what is given back.
fn covered(shared: &Shared, market: &Market, request: &MovePairs, lots: i64) -> Result<(), Reject> {
    let Some(outcome) = market.outcome.as_deref() else { return Ok(()) };
    if !request.merge {
        return shared.check_funds(request.account, market.def.quote, market.notional(outcome.one, lots));
    }
    let needed = i128::from(lots) * market.base_unit;
    for asset in [market.def.base, outcome.no] {
        let available = shared.accounts.balance(request.account, asset).available().0;
        ensure(needed <= available, || Reject::measured(RejectReason::InsufficientFunds, needed, available))?;
    }
    Ok(())
}
