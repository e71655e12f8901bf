//! The state hash (rules ).

use breaker::is_recent;
use model::{Digest, OrdType, Side, StateHash, TimeInForce};

use crate::groups;
use crate::market::{Market, book_side};
use crate::record::{NO_LIMIT, Place, Record};
use crate::shared::Shared;

/// Digests everything that decides what later commands do.
pub(crate) fn state_hash(shared: &Shared, markets: &[Market]) -> StateHash {
    StateHash {
        instruments: instruments(shared, markets),
        books: books(shared, markets),
        orders: orders(shared, markets),
        accounts: shared.accounts.hash(),
        client_ids: shared.clients.hash(),
        triggers: triggers(shared, markets),
        risk: shared.guards.hash(),
        breakers: breakers(shared.now_ns, markets),
    }
}

fn instruments(shared: &Shared, markets: &[Market]) -> u64 {
    let mut digest = Digest::new();
    for market in markets {
        digest.write_u64(market.state as u64);
        for price in [market.last_trade, market.last_auction] {
            write_optional(&mut digest, market, price);
        }
        match market.published {
            None => [0; 4].iter().for_each(|word| digest.write_u64(*word)),
            Some((_, cross)) => {
                digest.write_u64(1);
                digest.write_i64(cross.price.map_or(0, |ticks| market.price(ticks).0));
                digest.write_qty(market.qty(cross.volume));
                digest.write_qty(market.qty(cross.imbalance));
            }
        }
    }
    for market in markets {
        outcome(&mut digest, market);
    }
    for market in markets {
        grid(&mut digest, market);
    }
    for (id, trade) in &shared.amended {
        digest.write_u64(*id);
        digest.write_price(trade.terms.price);
        digest.write_qty(trade.terms.qty);
        digest.write_money(trade.terms.buy_fee);
        digest.write_money(trade.terms.sell_fee);
    }
    for counter in [shared.next_order, shared.next_trade, shared.next_public] {
        digest.write_u64(counter);
    }
    digest.finish()
}

/// What a market of an event adds; any other adds nothing.
fn outcome(digest: &mut Digest, market: &Market) {
    let Some(outcome) = market.outcome.as_deref() else { return };
    digest.write_u64(u64::from(market.id.0));
    digest.write_u64(u64::from(outcome.no.0));
    for (account, paid) in outcome.paid.iter().filter(|(_, paid)| **paid != 0) {
        digest.write_u64(u64::from(account.0));
        digest.write_i128(*paid);
    }
}

/// What a market whose grid was changed adds; any other adds nothing.
fn grid(digest: &mut Digest, market: &Market) {
    if market.listed_bounds.is_none() {
        return;
    }
    digest.write_u64(u64::from(market.id.0));
    digest.write_i64(market.grain);
    for price in [market.def.min_price, market.def.max_price] {
        digest.write_price(price);
    }
    for band in market.def.ticks.bands() {
        digest.write_price(band.from);
        digest.write_i64(band.tick);
    }
}

fn write_optional(digest: &mut Digest, market: &Market, price: Option<i64>) {
    digest.write_u64(u64::from(price.is_some()));
    digest.write_i64(price.map_or(0, |ticks| market.price(ticks).0));
}

fn books(shared: &Shared, markets: &[Market]) -> u64 {
    let mut digest = Digest::new();
    for market in markets {
        digest.write_u64(u64::from(market.id.0));
        for side in [Side::Buy, Side::Sell] {
            resting(&mut digest, shared, market, side);
            for (public, slot) in &market.waiting[side as usize] {
                let record = shared.records.get(*slot);
                digest.write_u64(shared.arena.order_id(*slot));
                digest.write_qty(market.qty(record.leaves()));
                digest.write_u64(*public);
            }
        }
        for (order_id, (slot, _)) in &market.pegs {
            let record = shared.records.get(*slot);
            if record.place() == Place::Parked {
                digest.write_u64(*order_id);
                digest.write_qty(market.qty(record.leaves()));
                digest.write_u64(record.public_id);
            }
        }
    }
    digest.finish()
}

fn breakers(now_ns: i64, markets: &[Market]) -> u64 {
    let mut digest = Digest::new();
    for market in markets {
        breaker(&mut digest, now_ns, market);
    }
    digest.finish()
}

fn breaker(digest: &mut Digest, now_ns: i64, market: &Market) {
    let breaker = &market.breaker;
    digest.write_u64(u64::from(breaker.rules.is_some()));
    digest.write_u64(market.session as u64);
    digest.write_u64(breaker.phase as u64);
    write_time(digest, breaker.deadline);
    digest.write_u64(u64::from(breaker.by_hand));
    digest.write_u64(u64::from(breaker.two_person));
    digest.write_u64(u64::from(breaker.operator.0));
    digest.write_u64(u64::from(breaker.extensions));
    digest.write_u64(breaker.calls);
    digest.write_u64(u64::from(breaker.arming.armed));
    digest.write_u64(u64::from(breaker.arming.good));
    digest.write_i64(breaker.arming.next_sample);
    digest.write_i64(breaker.arming.earliest);
    digest.write_u64(breaker.recent_trips(now_ns).count() as u64);
    breaker.recent_trips(now_ns).for_each(|at| digest.write_i64(at));
    digest.write_u64(breaker.spread as u64);
    write_time(digest, breaker.spread_deadline);
    let bands = [breaker.external, breaker.stored].map(|band| band.map(|band| (band.low, band.high)));
    let windows = breaker.windows.each_ref().map(|window| window.at(now_ns));
    for pair in bands.into_iter().chain(windows) {
        let (low, high) = pair.unwrap_or_default();
        digest.write_u64(u64::from(pair.is_some()));
        digest.write_price(low);
        digest.write_price(high);
    }
    write_recent(digest, now_ns, market);
}

/// What R-160 measures against.
fn write_recent(digest: &mut Digest, now_ns: i64, market: &Market) {
    let is_recent = market.last_auction.is_some() && is_recent(market.auction_ns, now_ns);
    digest.write_u64(u64::from(is_recent));
    digest.write_i64(if is_recent { market.auction_ns } else { 0 });
    digest.write_u64(market.recent.seconds(now_ns).count() as u64);
    for traded in market.recent.seconds(now_ns) {
        digest.write_i64(traded.second);
        digest.write_u64(traded.count);
        digest.write_i128(traded.sum * i128::from(market.grain));
    }
}

fn write_time(digest: &mut Digest, time: Option<i64>) {
    digest.write_u64(u64::from(time.is_some()));
    digest.write_i64(time.unwrap_or(0));
}

/// Rule R-91.
fn triggers(shared: &Shared, markets: &[Market]) -> u64 {
    let mut digest = Digest::new();
    for market in markets {
        write_optional(&mut digest, market, market.kept);
        for given in market.references {
            digest.write_u64(u64::from(given.is_some()));
            digest.write_i64(given.map_or(0, |given| given.price.0));
            digest.write_i64(given.map_or(0, |given| given.deadline));
            digest.write_u64(u64::from(given.is_some_and(|given| given.stale)));
        }
    }
    for (order_id, slot) in shared.open_where(|record| record.place().waits()) {
        let record = shared.records.get(slot);
        let market = &markets[record.instrument as usize];
        let (price, anchor) = (shared.trigger_price(market, slot), shared.anchor(market, slot));
        digest.write_u64(order_id);
        digest.write_u64(u64::from(record.place() == Place::Held));
        digest.write_u64(u64::from(price.is_some()));
        digest.write_i64(price.map_or(0, |price| price.0));
        digest.write_u64(u64::from(anchor.is_some()));
        digest.write_i64(anchor.unwrap_or(0));
    }
    groups::write_hash(&mut digest, shared, markets);
    digest.finish()
}

fn resting(digest: &mut Digest, shared: &Shared, market: &Market, side: Side) {
    for (tick, _) in market.book.levels(book_side(side)) {
        for maker in market.book.level_orders(&shared.arena, book_side(side), tick) {
            let tip = if maker.hidden { 0 } else { maker.qty };
            digest.write_u64(maker.order_id);
            digest.write_price(market.price(tick));
            digest.write_qty(market.qty(shared.arena.leaves(maker.slot)));
            digest.write_qty(market.qty(tip));
            digest.write_u64(shared.records.get(maker.slot).public_id);
        }
    }
}

fn orders(shared: &Shared, markets: &[Market]) -> u64 {
    let mut digest = Digest::new();
    for (order_id, slot) in shared.open_where(|_| true) {
        let record = shared.records.get(slot);
        let market = &markets[record.instrument as usize];
        order(&mut digest, market, (order_id, record), shared.tif_of(slot));
    }
    digest.finish()
}

fn order(digest: &mut Digest, market: &Market, (order_id, record): (u64, &Record), tif: TimeInForce) {
    digest.write_u64(order_id);
    digest.write_u64(u64::from(record.account.0));
    for lots in [record.order_qty, record.cum_qty, record.prevented_qty] {
        digest.write_qty(market.qty(lots));
    }
    let unpriced = record.limit == NO_LIMIT || record.ord_type() == OrdType::Market;
    let limit = if unpriced { 0 } else { market.price(record.limit).0 };
    digest.write_i64(limit);
    digest.write_u64(u64::from(tif.code()));
    digest.write_i64(tif.expire_ns());
    digest.write_u64(record.stp() as u64);
    digest.write_i64(i64::from(record.fee_cap()));
    digest.write_u64(u64::from(record.prepaid()));
    if record.closes() {
        digest.write_u64(1);
    }
}
