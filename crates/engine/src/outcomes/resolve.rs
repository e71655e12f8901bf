//! The end of the market of an event: orders are cancelled, tokens are paid for or every fill is undone.

use model::{
    AccountId, Cause, EventKind, Events, Money, OutcomeEvent, Price, RejectReason, ResolveOutcome, TradingState,
};

use super::{Outcome, exchange, named};
use crate::market::Market;
use crate::phases;
use crate::session;
use crate::shared::{Reject, Shared, ensure};

pub(super) fn resolve(
    shared: &mut Shared,
    markets: &mut [Market],
    request: ResolveOutcome,
    out: &mut Events,
) -> Result<(), Reject> {
    let ResolveOutcome { instrument, weight } = request;
    let market = named(markets, instrument)?;
    let one = market.outcome.as_deref().map_or(0, |outcome| outcome.one);
    if let Some(weight) = weight {
        weighs(market, weight, one)?;
    }
    ensure(market.state != TradingState::Delisted, || Reject::plain(RejectReason::Delisted))?;
    let market = &mut markets[instrument.0 as usize];
    market.session = TradingState::Delisted;
    phases::end(shared, market);
    session::settle(shared, market, Cause::Command, out);
    shared.touch(market);
    if let Some(mut outcome) = market.outcome.take() {
        pay_all(shared, market, &mut outcome, weight.map(|weight| market.ticks(weight)), out);
        market.outcome = Some(outcome);
    }
    out.push(EventKind::Outcome(OutcomeEvent::OutcomeResolved { instrument, weight }));
    Ok(())
}

/// 307, 308: on the grid, from 0 to 1.
fn weighs(market: &Market, weight: Price, one: i64) -> Result<(), Reject> {
    let tick = market.def.ticks.base_tick();
    ensure(weight.0 % tick == 0, || Reject::measured(RejectReason::PriceTick, weight.0, tick))?;
    let one = one * market.grain;
    let bound = if weight.0 < 0 { 0 } else { one };
    let inside = (0..=one).contains(&weight.0);
    ensure(inside, || Reject::measured(RejectReason::PriceBounds, weight.0, bound))
}

fn pay_all(shared: &mut Shared, market: &Market, outcome: &mut Outcome, weight: Option<i64>, out: &mut Events) {
    for (account, paid) in core::mem::take(&mut outcome.paid) {
        shared.accounts.reserve(account, market.def.quote, -(-paid).max(0));
        pay(shared, market, outcome, (account, paid), weight, out);
    }
    outcome.pairs = 0;
}

fn pay(
    shared: &mut Shared,
    market: &Market,
    outcome: &Outcome,
    (account, paid): (AccountId, i128),
    weight: Option<i64>,
    out: &mut Events,
) {
    let total = |asset| shared.accounts.balance(account, asset).total.0;
    let is_venue = account == AccountId::VENUE;
    let (yes, no) = if is_venue { (0, 0) } else { (total(market.def.base), total(outcome.no)) };
    let lots = |units: i128| i64::try_from(units / market.base_unit).unwrap_or(i64::MAX);
    let (yes_lots, no_lots) = (lots(yes), lots(no));
    let amount = match weight {
        None => paid,
        Some(weight) => market.notional(weight, yes_lots) + market.notional(outcome.one - weight, no_lots),
    };
    if (yes, no, amount) == (0, 0, 0) {
        return;
    }
    exchange(shared, market, outcome, account, [amount, -yes, -no]);
    out.push(EventKind::Outcome(OutcomeEvent::OutcomePaid {
        instrument: market.id,
        account,
        yes: market.qty(yes_lots),
        no: market.qty(no_lots),
        amount: Money(amount),
    }));
}
