//! What holds between any two commands in markets of an event.

use std::collections::BTreeMap;

use model::{AccountId, AssetId};

use super::Outcome;
use crate::market::Market;
use crate::shared::Shared;

/// What cash accounts hold back beside what their orders hold.
pub(crate) fn held_back(shared: &Shared, market: &Market) -> Vec<(AccountId, i128)> {
    let Some(outcome) = market.outcome.as_deref() else { return Vec::new() };
    let cash = outcome.paid.keys().filter(|account| shared.accounts.is_cash(**account));
    cash.map(|account| (*account, outcome.held_back(*account))).filter(|(_, amount)| *amount > 0).collect()
}

/// The escrow holds what all pairs are worth and owes every token, and what was paid in less what was paid out is the same.
pub(crate) fn check(shared: &Shared, markets: &[Market]) {
    let mut collateral: BTreeMap<AssetId, i128> = BTreeMap::new();
    for market in markets {
        let Some(outcome) = market.outcome.as_deref() else { continue };
        let worth = of_market(shared, market, outcome);
        *collateral.entry(market.def.quote).or_default() += worth;
    }
    for (asset, worth) in collateral {
        assert_eq!(shared.accounts.escrow(asset).0, worth, "INV-1: collateral differs from pairs: asset={asset}");
    }
}

fn of_market(shared: &Shared, market: &Market, outcome: &Outcome) -> i128 {
    let (id, pairs) = (market.id, outcome.pairs);
    assert!(pairs >= 0, "INV-1: fewer than no pairs: instrument={id} pairs={pairs}");
    for token in [market.def.base, outcome.no] {
        let owed = -shared.accounts.escrow(token).0;
        assert_eq!(owed, pairs * market.base_unit, "INV-1: tokens without pairs: instrument={id} asset={token}");
    }
    let worth = pairs * market.notional(outcome.one, 1);
    assert_eq!(outcome.paid.values().sum::<i128>(), worth, "INV-1: paid in differs from pairs: instrument={id}");
    worth
}
