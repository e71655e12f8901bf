//! Cuts reduce-only orders to what their accounts may still reduce, newest first (rule R-62).

use book::Slot;
use model::{AccountId, Cause, EndReason, Events, Side};

use crate::market::Market;
use crate::shared::Shared;

/// Cuts where an account with reduce-only orders gained or lost something.
#[inline]
pub(crate) fn cut(shared: &mut Shared, markets: &mut [Market], out: &mut Events) {
    if shared.accounts.reduce_due {
        shared.accounts.reduce_due = false;
        cut_all(shared, markets, out);
    }
}

#[cold]
fn cut_all(shared: &mut Shared, markets: &mut [Market], out: &mut Events) {
    out.set_cause(Cause::ReduceOnly);
    let keys: Vec<(u32, u32, Side)> = shared.reducers.keys().copied().collect();
    for (account, instrument, side) in keys {
        let market = &mut markets[instrument as usize];
        while let Some((slot, excess)) = newest_excess(shared, market, AccountId(account), side) {
            let leaves = shared.records.get(slot).leaves();
            if excess >= leaves {
                shared.cancel(market, slot, EndReason::ReduceOnly, out);
            } else {
                shared.restate(market, slot, leaves - excess, EndReason::ReduceOnly, out);
            }
        }
    }
    out.set_cause(Cause::Command);
}

/// The newest reduce-only order of a side and by how much all of them exceed what may be reduced.
fn newest_excess(shared: &Shared, market: &Market, account: AccountId, side: Side) -> Option<(Slot, i64)> {
    let orders = shared.reducers.get(&(account.0, market.id.0, side))?;
    let leaves: i64 = orders.values().map(|slot| shared.records.get(*slot).leaves()).sum();
    let excess = leaves - shared.reducible(market, account, side);
    let (_, slot) = orders.last_key_value()?;
    (excess > 0).then_some((*slot, excess))
}
