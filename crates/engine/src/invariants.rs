//! The numbered invariants of the engine, checked on demand: after every command in tests, now and then in service.
//!
//! Numbers are those of the product's list. 1. (INV-1) Per asset, balances of all accounts, the venue and the outside
//! sum to zero. 2. (INV-3) `order_qty = cum + leaves + prevented` with leaves > 0 for every open order; canceled
//! quantity exists only in ended ones. 3. (INV-5) What a cash account has reserved is the sum over its open orders, and
//! its available balance is not negative. 4. (INV-6) The book is not crossed or locked where orders match. 5. (INV-8,
//! INV-7) The book's own structure, levels and queues agree. 6. (INV-9) Every order in a book or queue is open, every
//! open order is where its record says and is found by its id.

use std::collections::BTreeMap;

use book::Slot;
use model::{AccountId, AccountKind, AssetId};

use crate::exchange::Exchange;
use crate::market::{Market, book_side};
use crate::record::Place;
use crate::shared::Shared;

/// Checks them all.
pub(crate) fn check(exchange: &Exchange) {
    let Exchange { shared, markets, names, .. } = exchange;
    for asset in 0..names.assets.len() {
        let asset = AssetId(u32::try_from(asset).expect("assets are bounded by u32"));
        assert_eq!(shared.accounts.sum(asset), 0, "INV-1: money appeared or disappeared: asset={asset}");
    }
    let open = shared.open_where(|_| true);
    for (order_id, slot) in &open {
        order(shared, markets, *order_id, *slot);
    }
    assert_eq!(open.len(), shared.index.len(), "INV-9: open orders and the index differ in number");
    reserves(shared, markets, &open);
    for market in markets {
        market_holds(shared, market, &open);
    }
}

fn order(shared: &Shared, markets: &[Market], order_id: u64, slot: Slot) {
    let record = shared.records.get(slot);
    assert!(record.leaves() > 0, "INV-3: open without leaves: order_id={order_id} leaves={}", record.leaves());
    assert!(record.cum_qty >= 0 && record.prevented_qty >= 0, "INV-3: negative parts: order_id={order_id}");
    assert_eq!(shared.index.get(order_id), Some(slot), "INV-9: not found by its id: order_id={order_id}");
    let market = &markets[record.instrument as usize];
    match record.place() {
        Place::Book => {
            assert_eq!(shared.arena.order_id(slot), order_id, "INV-9: another order rests in its slot");
            assert_eq!(
                shared.arena.leaves(slot),
                record.leaves(),
                "INV-3: book and record differ: order_id={order_id}"
            );
            let (side, _) = market.book.side_of(&shared.arena, slot);
            assert_eq!(side, book_side(record.side()), "INV-9: on the wrong side: order_id={order_id}");
        }
        Place::Waiting => {
            let waiting = market.waiting[record.side() as usize].get(&record.public_id);
            assert_eq!(waiting, Some(&slot), "INV-9: not in its auction queue: order_id={order_id}");
        }
        Place::Parked => {
            assert!(market.pegs.contains_key(&order_id), "INV-9: parked but not pegged: order_id={order_id}");
        }
        Place::Incoming | Place::Ended => panic!("INV-9: open but nowhere: order_id={order_id}"),
    }
}

fn reserves(shared: &Shared, markets: &[Market], open: &[(u64, Slot)]) {
    let mut held: BTreeMap<(AccountId, AssetId), i128> = BTreeMap::new();
    for (_, slot) in open {
        let record = shared.records.get(*slot);
        if shared.accounts.get(record.account).kind == AccountKind::Cash {
            let market = &markets[record.instrument as usize];
            let asset = market.paid_in(record.side());
            *held.entry((record.account, asset)).or_default() += Shared::hold_of(market, record);
        }
    }
    for account in 1..shared.accounts.count() {
        let account = AccountId(u32::try_from(account).expect("accounts are bounded by u32"));
        for (asset, balance) in shared.accounts.balances(account) {
            let expected = held.remove(&(account, asset)).unwrap_or(0);
            assert_eq!(balance.reserved.0, expected, "INV-5: reserve differs: account={account} asset={asset}");
            let cash = shared.accounts.get(account).kind == AccountKind::Cash;
            assert!(!cash || balance.available().0 >= 0, "INV-5: overdrawn: account={account} asset={asset}");
        }
    }
    assert!(held.values().all(|amount| *amount == 0), "INV-5: reserve without a balance: {held:?}");
}

fn market_holds(shared: &Shared, market: &Market, open: &[(u64, Slot)]) {
    market.book.check_invariants(&shared.arena);
    let (bid, ask) = (market.book.best(book::Side::Bid), market.book.best(book::Side::Ask));
    if let (true, Some(bid), Some(ask)) = (market.state.needs_uncrossed_book(), bid, ask) {
        assert!(bid < ask, "INV-6: crossed at rest: instrument={} bid={bid} ask={ask}", market.id);
    }
    let at_rest = |side| market.book.levels(side).map(|(_, level)| level.count + level.hidden_count).sum::<u32>();
    let in_book = at_rest(book::Side::Bid) + at_rest(book::Side::Ask);
    let expected = open.iter().filter(|(_, slot)| {
        let record = shared.records.get(*slot);
        record.instrument == market.id.0 && record.place() == Place::Book
    });
    assert_eq!(in_book as usize, expected.count(), "INV-9: the book holds orders that are not open");
}
