//! Pegged orders follow their reference once per command (rule R-70, S-16).

use std::collections::BTreeMap;

use book::Slot;
use model::{Cause, Events, PRICE_MAX, Peg, PegReference, Price, Side, TradingState};

use crate::amend::incoming_again;
use crate::market::{Market, book_side};
use crate::matching::{Stop, run};
use crate::passed;
use crate::place::conclude;
use crate::record::Place;
use crate::session::park;
use crate::shared::Shared;
use crate::stopped;

/// Best displayed prices of orders that are not pegged, in ticks.
#[derive(Clone, Copy)]
struct Touch {
    bid: Option<i64>,
    ask: Option<i64>,
}

/// Reprices the pegged orders of every market whose book has changed, by instrument.
pub(crate) fn reprice_all(shared: &mut Shared, markets: &mut [Market], out: &mut Events) {
    shared.pegged.retain(|id| !markets[*id as usize].pegs.is_empty());
    let pegged: Vec<u32> = shared.pegged.iter().copied().collect();
    for id in pegged {
        reprice(shared, &mut markets[id as usize], out);
    }
    out.set_cause(Cause::Command);
}

fn reprice(shared: &mut Shared, market: &mut Market, out: &mut Events) {
    if market.state != TradingState::Continuous || market.pegs.is_empty() || !market.due.reprice {
        return;
    }
    out.set_cause(Cause::Reprice);
    market.due.reprice = false;
    let touch = Touch { bid: touch(shared, market, Side::Buy), ask: touch(shared, market, Side::Sell) };
    let mut pegs: Vec<(u64, u64, Slot, Peg)> = market
        .pegs
        .iter()
        .map(|(order_id, (slot, peg))| (shared.records.get(*slot).public_id, *order_id, *slot, *peg))
        .collect();
    pegs.sort_unstable_by_key(|(public, order_id, ..)| (*public, *order_id));
    for (_, order_id, slot, peg) in pegs {
        // An earlier one may have traded with this one and ended it, or met a band and halted the market.
        if market.pegs.contains_key(&order_id) && market.state == TradingState::Continuous {
            follow(shared, market, slot, peg, touch, out);
        }
    }
}

fn follow(shared: &mut Shared, market: &mut Market, slot: Slot, peg: Peg, touch: Touch, out: &mut Events) {
    let side = shared.records.get(slot).side();
    let limit = shared.records.get(slot).limit_price();
    let Some(target) = target(market, side, limit, peg, touch) else {
        return park(shared, market, slot, out);
    };
    let place = shared.records.get(slot).place();
    if place == Place::Book && market.book.side_of(&shared.arena, slot).1 == target {
        return;
    }
    shared.unqueue(market, slot);
    let mut incoming = incoming_again(shared, market, slot, target, passed::repriced());
    let stop = run(shared, market, &mut incoming, out);
    if stop == Stop::Band {
        return stopped::conclude_peg(shared, market, &incoming, place == Place::Book, out);
    }
    conclude(shared, market, &incoming, stop, |_| book::Display::All, out);
}

/// Where a pegged order belongs; `None` without a reference or out of bounds.
fn target(market: &Market, side: Side, limit: Option<i64>, peg: Peg, touch: Touch) -> Option<i64> {
    let (near, far) = match side {
        Side::Buy => (touch.bid, touch.ask),
        Side::Sell => (touch.ask, touch.bid),
    };
    let reference = match peg.reference {
        PegReference::Near => market.price(near?),
        PegReference::Far => market.price(far?),
        PegReference::Mid => {
            let sum = market.price(near?).0 + market.price(far?).0;
            let middle = match side {
                Side::Buy => sum.div_euclid(2),
                Side::Sell => -(-sum).div_euclid(2),
            };
            market.round_passive(side, Price(middle))
        }
    };
    let offset = i64::from(peg.offset_ticks).saturating_mul(market.def.ticks.base_tick());
    let mut price =
        market.round_passive(side, Price(reference.0.saturating_add(offset).clamp(-PRICE_MAX.0, PRICE_MAX.0)));
    if let Some(limit) = limit.map(|ticks| market.price(ticks)) {
        price = match side {
            Side::Buy => price.min(limit),
            Side::Sell => price.max(limit),
        };
    }
    market.def.in_bounds(price).then(|| market.ticks(price))
}

/// The best price at which something displayed is not pegged.
fn touch(shared: &Shared, market: &Market, side: Side) -> Option<i64> {
    let mut pegged: BTreeMap<i64, i64> = BTreeMap::new();
    for (slot, _) in market.pegs.values() {
        let record = shared.records.get(*slot);
        if record.side() == side && record.place() == Place::Book {
            *pegged.entry(market.book.side_of(&shared.arena, *slot).1).or_default() += shared.arena.tip(*slot);
        }
    }
    let mut levels = market.book.levels(book_side(side));
    levels.find(|(tick, view)| view.displayed > pegged.get(tick).copied().unwrap_or(0)).map(|(tick, _)| tick)
}
