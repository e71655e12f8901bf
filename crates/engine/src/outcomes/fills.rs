//! What a trade in the market of an event makes of pairs: the seller's are made before it, the buyer's taken back
//! after it.

use book::Slot;
use model::{AccountId, AssetId, EventKind, Events, OutcomeEvent, Side, TradeLeg};

use super::{Outcome, move_pairs, note_paid};
use crate::market::Market;
use crate::shared::Shared;

/// Makes the pairs of which the seller sells one half.
#[inline]
pub(crate) fn before_trade(shared: &mut Shared, market: &mut Market, seller: Slot, qty: i64, out: &mut Events) {
    if market.outcome.is_some() {
        mint_for(shared, market, seller, qty, out);
    }
}

/// Books what both paid, and takes back the pairs that the buyer has completed.
#[inline]
pub(crate) fn after_trade(
    shared: &mut Shared,
    market: &mut Market,
    buyer: Slot,
    (qty, notional): (i64, i128),
    (buy, sell): (&TradeLeg, &TradeLeg),
    out: &mut Events,
) {
    if market.outcome.is_some() {
        book(shared, market, (notional, buy, sell));
        merge_for(shared, market, buyer, qty, out);
    }
}

/// Lots of an asset that an account has.
fn lots_of(shared: &Shared, market: &Market, account: AccountId, asset: AssetId) -> i64 {
    let lots = market.position(shared.accounts.balance(account, asset).total);
    i64::try_from(lots.max(0)).unwrap_or(i64::MAX)
}

/// A cash account sells what it has or nothing of it, as its order said; a credit account what it has first.
fn mint_for(shared: &mut Shared, market: &mut Market, seller: Slot, qty: i64, out: &mut Events) {
    let record = shared.records.get(seller);
    let account = record.account;
    let lots = if shared.accounts.is_cash(account) {
        if record.closes() { 0 } else { qty }
    } else {
        (qty - lots_of(shared, market, account, market.def.base)).max(0)
    };
    with_outcome(market, |market, outcome| {
        if lots > 0 {
            move_pairs(shared, market, outcome, account, lots);
            let (instrument, qty) = (market.id, market.qty(lots));
            out.push(EventKind::Outcome(OutcomeEvent::PairsMinted { instrument, account, qty }));
        }
    });
}

fn merge_for(shared: &mut Shared, market: &mut Market, buyer: Slot, qty: i64, out: &mut Events) {
    let record = shared.records.get(buyer);
    let account = record.account;
    debug_assert_eq!(record.side(), Side::Buy, "the buyer of a trade");
    let closes = record.closes();
    with_outcome(market, |market, outcome| {
        let lots = if shared.accounts.is_cash(account) {
            if closes { qty } else { 0 }
        } else {
            qty.min(lots_of(shared, market, account, outcome.no))
        };
        if lots > 0 {
            move_pairs(shared, market, outcome, account, -lots);
            let (instrument, qty) = (market.id, market.qty(lots));
            out.push(EventKind::Outcome(OutcomeEvent::PairsMerged { instrument, account, qty }));
        }
    });
}

/// What the trade itself moved.
fn book(shared: &mut Shared, market: &mut Market, (notional, buy, sell): (i128, &TradeLeg, &TradeLeg)) {
    with_outcome(market, |market, outcome| {
        note_paid(shared, market, outcome, buy.account, notional + buy.fee.0);
        note_paid(shared, market, outcome, sell.account, sell.fee.0 - notional);
        note_paid(shared, market, outcome, AccountId::VENUE, -buy.fee.0 - sell.fee.0);
    });
}

/// The market and its outcome side by side.
pub(super) fn with_outcome(market: &mut Market, change: impl FnOnce(&Market, &mut Outcome)) {
    if let Some(mut outcome) = market.outcome.take() {
        change(market, &mut outcome);
        market.outcome = Some(outcome);
    }
}
