//! Markets of an event (rules ): YES is the base asset of the book, a bid for NO at `1 - p` is an offer of YES
//! at `p`. Who sells YES that it does not have pays for pairs and sells half of each; who buys YES while it has NO may
//! complete pairs and get 1 for each.
//!
//! Collateral is exact: what the escrow holds is what all pairs are worth, and what accounts have paid in less what they
//! got out sums to the same.

mod commands;
mod fills;
mod invariants;
mod resolve;

use std::collections::BTreeMap;

use model::image;
use model::{AccountId, AssetId, InstrumentId, Money, NewOrder, OrdType, RejectReason, Side};

use crate::fees;
use crate::market::Market;
use crate::record::NO_LIMIT;
use crate::shared::{Reject, Shared, ensure};

pub(crate) use commands::apply;
pub(crate) use fills::{after_trade, before_trade};
pub(crate) use invariants::{check as check_invariants, held_back};

/// What the market of an event knows besides its book.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The asset that pays if the event does not happen.
    pub(crate) no: AssetId,
    /// What a pair is worth, in ticks.
    pub(crate) one: i64,
    /// Pairs that exist, in lots.
    pub(crate) pairs: i128,
    /// What each account has paid less what it got, fees included; for the venue, its fees as a negative number.
    pub(crate) paid: BTreeMap<AccountId, i128>,
}

image!(Outcome { no: AssetId, one: i64, pairs: i128, paid: BTreeMap<AccountId, i128> });

impl Outcome {
    /// What a cash account may not use before the market has ended: what it got beyond what it paid, so that every fill can
    /// be undone.
    pub(crate) fn held_back(&self, account: AccountId) -> i128 {
        self.paid.get(&account).map_or(0, |paid| (-paid).max(0))
    }

    /// The asset an order pays in: one that closes gives what the account has, any other pays money.
    pub(crate) fn paid_in(&self, market: &Market, side: Side, closes: bool) -> AssetId {
        match side {
            _ if !closes => market.def.quote,
            Side::Buy => self.no,
            Side::Sell => market.def.base,
        }
    }

    /// What an order that opens holds for `lots`: a buy its price, a sell 1 less its price, both with the fee of its notional, which is
    /// never less than the one it will pay.
    pub(crate) fn hold(&self, market: &Market, side: Side, limit: i64, lots: i64, (cap, prepaid): (i32, u32)) -> i128 {
        if limit == NO_LIMIT {
            return 0;
        }
        let notional = market.notional(limit, lots);
        let fee = fees::of_notional(notional, cap, prepaid).0;
        match side {
            Side::Buy => notional + fee,
            Side::Sell => market.notional(self.one, lots) - notional + fee,
        }
    }
}

/// Whether an order of a cash account gives what it has: all of it has to be there when it comes in.
#[inline]
pub(crate) fn closes(shared: &Shared, market: &Market, account: AccountId, side: Side, lots: i64) -> bool {
    let Some(outcome) = market.outcome.as_deref() else { return false };
    let token = outcome.paid_in(market, side, true);
    Money(i128::from(lots) * market.base_unit) <= shared.accounts.balance(account, token).available()
}

/// 211: a market of an event takes limit orders, and market orders outside auctions, without budget and not reduce-only.
pub(crate) fn takes(market: &Market, order: &NewOrder) -> Result<(), Reject> {
    let fits = match order.ord_type {
        OrdType::Limit => !order.reduce_only,
        OrdType::Market => !order.reduce_only && order.quote_qty.is_none() && !order.tif.is_auction(),
        OrdType::MarketToLimit | OrdType::Pegged => false,
    };
    ensure(market.outcome.is_none() || fits, || Reject::plain(RejectReason::OutcomeOrder))
}

/// 211: it takes no order that waits.
pub(crate) fn takes_waiting(market: &Market) -> Result<(), Reject> {
    ensure(market.outcome.is_none(), || Reject::plain(RejectReason::OutcomeOrder))
}

/// Whether an asset pays on an event.
pub(crate) fn pays_on_event(markets: &[Market], asset: AssetId) -> bool {
    markets
        .iter()
        .any(|market| market.outcome.as_deref().is_some_and(|outcome| asset == outcome.no || asset == market.def.base))
}

/// 324: an asset that pays on an event comes and goes by its market alone.
pub(crate) fn is_free(markets: &[Market], asset: AssetId) -> Result<(), Reject> {
    ensure(!pays_on_event(markets, asset), || Reject::plain(RejectReason::OutcomeAsset))
}

/// The market of an event; 104, 115.
fn named(markets: &[Market], instrument: InstrumentId) -> Result<&Market, Reject> {
    let market = markets.get(instrument.0 as usize);
    let market = market.ok_or(Reject::plain(RejectReason::UnknownInstrument))?;
    ensure(market.outcome.is_some(), || Reject::plain(RejectReason::NotOutcome))?;
    Ok(market)
}

/// Takes money and tokens for one another: what the account gets, the escrow gives.
fn exchange(shared: &mut Shared, market: &Market, outcome: &Outcome, account: AccountId, [quote, yes, no]: [i128; 3]) {
    let assets = [(market.def.quote, quote), (market.def.base, yes), (outcome.no, no)];
    shared.accounts.exchange(account, assets);
}

/// Notes what an account has paid in, or got where it is negative; a cash account then holds back what it must.
fn note_paid(shared: &mut Shared, market: &Market, outcome: &mut Outcome, account: AccountId, amount: i128) {
    let before = outcome.held_back(account);
    *outcome.paid.entry(account).or_default() += amount;
    let after = outcome.held_back(account);
    shared.accounts.reserve(account, market.def.quote, after - before);
}

/// Makes pairs, or takes them back where `lots` is negative.
fn move_pairs(shared: &mut Shared, market: &Market, outcome: &mut Outcome, account: AccountId, lots: i64) {
    let (cash, tokens) = (market.notional(outcome.one, lots), i128::from(lots) * market.base_unit);
    exchange(shared, market, outcome, account, [-cash, tokens, tokens]);
    outcome.pairs += i128::from(lots);
    note_paid(shared, market, outcome, account, cash);
}

/// Lots of the base asset an account has, less what it has of the other.
pub(crate) fn net_position(shared: &Shared, market: &Market, account: AccountId) -> i128 {
    let total = |asset: AssetId| shared.accounts.balance(account, asset).total;
    let no = market.outcome.as_deref().map_or(Money(0), |outcome| total(outcome.no));
    market.position(total(market.def.base)) - market.position(no)
}
