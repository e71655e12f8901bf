//! Trades that are taken back or corrected (rules ): money, assets and fees move as if the trade had been
//! made so. Orders, books and prices stay what they are.
//!
//! The engine keeps no trades, only those that were amended: a command says what its trade is, and what contradicts the
//! engine is refused.

use model::{AccountId, AmendTrade, EventKind, Events, Money, Price, Qty, RejectReason, StandingTrade, TradeTerms};

use crate::accounts::Settlement;
use crate::admin::refuse;
use crate::admit;
use crate::market::Market;
use crate::shared::{Reject, Shared, ensure};

/// Handles one.
pub(crate) fn amend_trade(shared: &mut Shared, markets: &[Market], request: &AmendTrade, out: &mut Events) {
    let StandingTrade { key, terms: was } = request.trade;
    match check(shared, markets, request) {
        Err(reject) => refuse(reject, out),
        Ok((moved, now)) => {
            shared.accounts.settle(&moved);
            for order_id in [key.buy_order_id, key.sell_order_id] {
                shared.returned.entry(order_id.0).or_default().0 += was.qty.0 - now.qty.0;
            }
            shared.amended.insert(key.trade_id.0, StandingTrade { key, terms: now });
            out.push(EventKind::TradeAmended { key, was, now });
        }
    }
}

/// What has to move, and the terms from now on.
fn check(shared: &Shared, markets: &[Market], request: &AmendTrade) -> Result<(Settlement, TradeTerms), Reject> {
    let StandingTrade { key, terms: was } = &request.trade;
    let are_customers = [key.buyer, key.seller].into_iter().all(|id| shared.accounts.is_customer(id));
    ensure(are_customers, || Reject::plain(RejectReason::UnknownAccount))?;
    let market = markets.get(key.instrument.0 as usize);
    let market = market.ok_or(Reject::plain(RejectReason::UnknownInstrument))?;
    stands(shared, market, &request.trade)?;
    let now = if request.is_bust() { was.taken_back() } else { corrected(market, was, request)? };
    ensure(market.outcome.is_none(), || Reject::plain(RejectReason::OutcomeAsset))?;
    ensure(now != *was, || Reject::plain(RejectReason::TradeUnchanged))?;
    let moved = difference(market, &request.trade, &now);
    covered(shared, &moved)?;
    Ok((moved, now))
}

/// 116, 117: it can have been made, and it was not amended since.
fn stands(shared: &Shared, market: &Market, trade: &StandingTrade) -> Result<(), Reject> {
    let StandingTrade { key, terms } = trade;
    let given = |id: u64, next: u64| (1..next).contains(&id);
    let is_given = given(key.trade_id.0, shared.next_trade)
        && [key.buy_order_id, key.sell_order_id].into_iter().all(|id| given(id.0, shared.next_order));
    let last = shared.amended.get(&key.trade_id.0);
    let is_busted = last.is_some_and(|last| last.terms.is_bust());
    let is_last = is_busted || last.is_none_or(|last| last == trade);
    ensure(is_given && could_be(market, terms) && is_last, || Reject::plain(RejectReason::UnknownTrade))?;
    ensure(!is_busted, || Reject::plain(RejectReason::TradeBusted))
}

/// A trade of that price, quantity and fees can be made in the market.
fn could_be(market: &Market, terms: &TradeTerms) -> bool {
    let TradeTerms { price, qty, .. } = *terms;
    let is_on_grids = price.0 % market.grain == 0 && qty.0 % market.lot == 0;
    let (lowest, highest) = market.listed_bounds();
    let is_within = (lowest..=highest).contains(&price) && qty.0 > 0 && qty <= market.def.max_qty;
    let most = || notional(market, price, qty).unsigned_abs();
    is_on_grids && is_within && [terms.buy_fee, terms.sell_fee].iter().all(|fee| fee.0.unsigned_abs() <= most())
}

fn notional(market: &Market, price: Price, qty: Qty) -> i128 {
    market.notional(market.ticks(price), market.lots(qty))
}

/// 301 to 310; the fees follow the notional.
fn corrected(market: &Market, was: &TradeTerms, request: &AmendTrade) -> Result<TradeTerms, Reject> {
    let (price, qty) = (request.price.unwrap_or(was.price), request.qty.unwrap_or(was.qty));
    ensure(qty.0 > 0, || Reject::measured(RejectReason::QtyNotPositive, qty.0, 0))?;
    ensure(qty.0 % market.lot == 0, || Reject::measured(RejectReason::QtyLot, qty.0, market.lot))?;
    ensure(qty <= was.qty, || Reject::measured(RejectReason::QtyMax, qty.0, was.qty.0))?;
    if price != was.price {
        admit::on_grid(market, price)?;
        admit::in_bounds(market, price)?;
    }
    let (before, after) = (notional(market, was.price, was.qty).abs(), notional(market, price, qty).abs());
    let buy_fee = in_proportion(was.buy_fee, after, before)?;
    let sell_fee = in_proportion(was.sell_fee, after, before)?;
    Ok(TradeTerms { price, qty, buy_fee, sell_fee })
}

/// `fee * after / before`, rounded up as fees are; 310.
fn in_proportion(fee: Money, after: i128, before: i128) -> Result<Money, Reject> {
    if before == 0 {
        return Ok(fee);
    }
    let product = fee.0.checked_mul(after).ok_or(Reject::measured(RejectReason::Overflow, after, before))?;
    Ok(Money(-(-product).div_euclid(before)))
}

/// What the accounts exchange on top of what they have exchanged.
fn difference(market: &Market, StandingTrade { key, terms: was }: &StandingTrade, now: &TradeTerms) -> Settlement {
    Settlement {
        base: market.def.base,
        quote: market.def.quote,
        base_units: i128::from(market.lots(now.qty) - market.lots(was.qty)) * market.base_unit,
        notional: notional(market, now.price, now.qty) - notional(market, was.price, was.qty),
        buyer: key.buyer,
        seller: key.seller,
        buy_fee: now.buy_fee.0 - was.buy_fee.0,
        sell_fee: now.sell_fee.0 - was.sell_fee.0,
    }
}

/// 503 or 510 of what a cash account has to give: the buyer's assets first, then the seller's.
fn covered(shared: &Shared, moved: &Settlement) -> Result<(), Reject> {
    let gains = [
        (moved.buyer, moved.base, moved.base_units),
        (moved.buyer, moved.quote, -moved.notional - moved.buy_fee),
        (moved.seller, moved.base, -moved.base_units),
        (moved.seller, moved.quote, moved.notional - moved.sell_fee),
    ];
    // One account on both sides gives only what is left of both.
    let gain_of = |account: AccountId, asset| -> i128 {
        gains.iter().filter(|gain| (gain.0, gain.1) == (account, asset)).map(|gain| gain.2).sum()
    };
    gains.iter().try_for_each(|(account, asset, _)| shared.check_funds(*account, *asset, -gain_of(*account, *asset)))
}
