//! What happens by time alone: expiries and indicative prices.

use model::{Cause, EndReason, EventKind, Events, Limits};

use crate::auction;
use crate::market::Market;
use crate::shared::Shared;

/// Ends every GTD order whose time has come.
#[inline]
pub(crate) fn expire_orders(shared: &mut Shared, markets: &mut [Market], out: &mut Events) {
    while let Some((expiry, order_id)) = shared.expiries.first().copied() {
        if expiry > shared.now_ns {
            break;
        }
        out.set_cause(Cause::Timer);
        let slot = shared.index.get(order_id).expect("an order with a timer is open");
        let market = &mut markets[shared.records.get(slot).instrument as usize];
        shared.expire(market, slot, EndReason::Gtd, out);
    }
    out.set_cause(Cause::Command);
}

/// Publishes the indicative prices of every call that is due, by instrument.
pub(crate) fn publish_all(shared: &Shared, markets: &mut [Market], out: &mut Events) {
    for id in &shared.calls {
        publish_indicative(shared, &mut markets[*id as usize], out);
    }
}

/// Publishes what the uncross would be now, where it changed and the last time is long enough ago.
fn publish_indicative(shared: &Shared, market: &mut Market, out: &mut Events) {
    if !market.due.indicative {
        return;
    }
    let too_soon = market.published.is_some_and(|(at, _)| shared.now_ns.saturating_sub(at) < Limits::INDICATIVE_NS_MIN);
    if too_soon {
        return;
    }
    market.due.indicative = false;
    let cross = auction::find(shared, market);
    let last = market.published.map(|(_, last)| last).unwrap_or_default();
    if cross == last {
        return;
    }
    market.published = Some((shared.now_ns, cross));
    out.set_cause(Cause::Command);
    out.push(EventKind::IndicativePrice {
        instrument: market.id,
        price: cross.price.map(|ticks| market.price(ticks)),
        volume: market.qty(cross.volume),
        imbalance: market.qty(cross.imbalance),
    });
}
