//! The numbered invariants of the engine, checked on demand: after every command in tests, now and then in service.
//!
//! Numbers are those of the product's list. 1. (INV-1) Per asset, balances of all accounts, the venue and the outside
//! sum to zero. 2. (INV-3) `order_qty = cum + leaves + prevented` with leaves > 0 for every open order; canceled
//! quantity exists only in ended ones. 3. (INV-5) What a cash account has reserved is the sum over its open orders, and
//! its available balance is not negative. 4. (INV-6) The book is not crossed or locked where orders match. 5. (INV-8,
//! INV-7) The book's own structure, levels and queues agree. 6. (INV-9) Every order in a book or queue is open, every
//! open order is where its record says and is found by its id; every waiting order is exactly once in its structure.
//! 7. (INV-4) No price prints outside the bands of its moment, which every run asks. 8. (INV-12) Every phase ends at a
//! deadline to come, or waits for a person. 9. (INV-15) The open orders of a group know each other, no group keeps an
//! ended one, and its exits could not fill more together than the entry has filled or the group has.

use std::collections::BTreeMap;

use book::Slot;
use model::{AccountId, AccountKind, AssetId};

use crate::exchange::Exchange;
use crate::groups;
use crate::market::{Market, book_side};
use crate::outcomes;
use crate::phases::Phase;
use crate::record::Place;
use crate::shared::Shared;
use crate::waits::Stage;

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
    groups::check_invariants(shared, &open);
    assert_eq!(open.len(), shared.index.len(), "INV-9: open orders and the index differ in number");
    reserves(shared, markets, &open);
    guards(shared, &open);
    outcomes::check_invariants(shared, markets);
    for market in markets {
        triggers(shared, market, &open);
        market_holds(shared, market, &open);
        breaker(shared, market);
    }
    let timed = markets.iter().filter(|market| market.breaker.deadline.is_some());
    assert_eq!(timed.count(), shared.breaker_timers.len(), "INV-12: a timer of no phase");
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
            let (side, ticks) = market.book.side_of(&shared.arena, slot);
            assert_eq!(side, book_side(record.side()), "INV-9: on the wrong side: order_id={order_id}");
            let is_on_grid = market.def.ticks.is_on_grid(market.price(ticks));
            assert!(is_on_grid, "INV-9: rests off the grid: order_id={order_id} ticks={ticks}");
        }
        Place::Waiting => {
            let waiting = market.waiting[record.side() as usize].get(&record.public_id);
            assert_eq!(waiting, Some(&slot), "INV-9: not in its auction queue: order_id={order_id}");
        }
        Place::Parked => {
            assert!(market.pegs.contains_key(&order_id), "INV-9: parked but not pegged: order_id={order_id}");
        }
        Place::Suspended | Place::Triggered | Place::Held => waiting(shared, market, slot),
        Place::Incoming | Place::Ended => panic!("INV-9: open but nowhere: order_id={order_id}"),
    }
}

/// A waiting order is known once, and stands in the trigger book exactly while it is armed.
fn waiting(shared: &Shared, market: &Market, slot: Slot) {
    let order_id = shared.arena.order_id(slot);
    let wait = shared.wait_of(slot);
    assert_eq!((wait.order_id, wait.slot), (order_id, slot), "INV-9: another order's wait: order_id={order_id}");
    let place = shared.records.get(slot).place();
    assert_ne!(place, Place::Triggered, "INV-9: triggered and not at work: order_id={order_id}");
    let armed = wait.stage != Stage::Out;
    assert_eq!(armed, place == Place::Suspended, "INV-9: waits for a trigger unarmed, or not: order_id={order_id}");
    assert!(market.triggers.waiting > 0, "INV-9: nobody waits here: order_id={order_id}");
}

fn triggers(shared: &Shared, market: &Market, open: &[(u64, Slot)]) {
    let here = |place: Place| {
        let records = open.iter().map(|(_, slot)| shared.records.get(*slot));
        records.filter(|record| record.instrument == market.id.0 && record.place() == place).count()
    };
    let armed = market.triggers.check(&shared.waits, market.grid());
    assert_eq!(armed, here(Place::Suspended), "INV-9: the trigger book holds orders that do not wait");
    let waiting = armed + here(Place::Held);
    assert_eq!(market.triggers.waiting, waiting, "INV-9: orders wait that are not open: {}", market.id);
    assert!(market.runs.is_empty(), "INV-9: prints that no trigger has seen: {}", market.id);
}

fn reserves(shared: &Shared, markets: &[Market], open: &[(u64, Slot)]) {
    let mut held: BTreeMap<(AccountId, AssetId), i128> = BTreeMap::new();
    for (_, slot) in open {
        let record = shared.records.get(*slot);
        if shared.accounts.get(record.account).kind == AccountKind::Cash {
            let market = &markets[record.instrument as usize];
            let asset = market.paid_by(record.side(), record.closes());
            *held.entry((record.account, asset)).or_default() += shared.held_of_its_own(market, *slot);
        }
    }
    for market in markets {
        for (account, held_back) in outcomes::held_back(shared, market) {
            *held.entry((account, market.def.quote)).or_default() += held_back;
        }
    }
    for account in 1..shared.accounts.count() {
        let account = AccountId(u32::try_from(account).expect("accounts are bounded by u32"));
        for (asset, balance) in shared.accounts.balances(account) {
            let expected = held.remove(&(account, asset)).unwrap_or(0);
            assert_eq!(balance.reserved.0, expected, "INV-5: reserve differs: account={account} asset={asset}");
            let cash = shared.accounts.get(account).kind == AccountKind::Cash;
            let owed = -balance.available().0;
            let covered = !cash || owed <= shared.guards.largest_line(account, asset).0;
            assert!(covered, "INV-5: overdrawn: account={account} asset={asset}");
        }
    }
    assert!(held.values().all(|amount| *amount == 0), "INV-5: reserve without a balance: {held:?}");
}

/// What is counted as orders come and go is what a recount finds.
fn guards(shared: &Shared, open: &[(u64, Slot)]) {
    let found: usize = (0..shared.accounts.count())
        .map(|account| shared.open_of(AccountId(u32::try_from(account).expect("accounts are bounded by u32"))).len())
        .sum();
    assert_eq!(found, open.len(), "INV-9: accounts have more or fewer orders than are open");
    for (account, guard) in shared.guards.all() {
        let own = open.iter().filter(|(_, slot)| shared.records.get(*slot).account == *account).count();
        assert_eq!(guard.open() as usize, own, "INV-9: open orders of a guarded account: account={account}");
        for (instrument, desk) in guard.desks() {
            let counted = shared.recount(*account, *instrument);
            assert_eq!(desk.working, counted, "INV-9: exposure: account={account} instrument={instrument}");
        }
    }
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
    let all = open.iter().filter(|(_, slot)| shared.records.get(*slot).instrument == market.id.0);
    assert!(shared.open_in(market).iter().eq(all), "INV-9: the queues of a market and its open orders differ");
}

fn breaker(shared: &Shared, market: &Market) {
    let (id, breaker) = (market.id, &market.breaker);
    assert_eq!(
        market.state,
        market.effective_state(),
        "INV-12: another state than session and breaker: instrument={id}"
    );
    assert!(!breaker.has_bands() || market.banded, "INV-4: bands that nobody asks for: instrument={id}");
    assert_eq!(breaker.stored.is_some(), breaker.phase == Phase::Limit, "INV-4: a band of no phase: instrument={id}");
    assert!(breaker.met.is_none(), "INV-4: a break without an answer: instrument={id}");
    if let Some(deadline) = breaker.deadline {
        let known = shared.breaker_timers.contains(&(deadline, id.0));
        assert!(known && deadline >= shared.now_ns, "INV-12: a deadline that never comes: instrument={id}");
        assert!(breaker.phase != Phase::None, "INV-12: a deadline of no phase: instrument={id}");
    }
    let timed = matches!(breaker.phase, Phase::Limit | Phase::Cooling);
    assert!(!timed || breaker.deadline.is_some(), "INV-12: a phase without end: instrument={id}");
    let watched = shared.watched.binary_search(&id.0).is_ok();
    assert!(watched || !breaker.is_watching(), "INV-12: a breaker that never looks: instrument={id}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Settlement;
    use crate::trigger_book::TriggerBook;
    use model::{
        Activation, AddAccount, Allocation, ClOrdId, Command, Display, Events, FeeScheduleId, GroupKind, GroupLeg,
        GroupMode, Instrument, InstrumentId, InstrumentLimits, Limits, MONEY_MAX, Money, MoveFunds, NewGroup, NewOrder,
        NewStop, OrdType, PostOnly, Price, Qty, SessionId, SetCreditLine, SetInstrumentLimits, SetTradingState, Side,
        Stamp, StpMode, Symbol, TickTable, TimeInForce, TradingState, Trigger, TriggerKind,
    };

    fn name(text: &str) -> Symbol {
        Symbol::new(text).unwrap()
    }

    fn instrument() -> Instrument {
        Instrument {
            symbol: name("ABC"),
            base: AssetId(1),
            quote: AssetId(0),
            price_decimals: 0,
            qty_decimals: 0,
            ticks: TickTable::uniform(1).unwrap(),
            lot_size: Qty(1),
            min_qty: Qty(1),
            max_qty: Qty(1_000),
            min_notional: Money(0),
            max_notional: MONEY_MAX,
            min_price: Price(1),
            max_price: Price(1_000),
            allow_negative: false,
            previous_close: None,
            allocation: Allocation::Fifo,
            stp_default: StpMode::None,
            max_slippage_bps: 500,
            seed: 0,
        }
    }

    fn order(id: &str, side: Side, price: i64) -> NewOrder {
        NewOrder {
            account: AccountId(1),
            session: SessionId(0),
            instrument: InstrumentId(0),
            cl_ord_id: ClOrdId::new(id).unwrap(),
            side,
            ord_type: OrdType::Limit,
            tif: TimeInForce::Gtc,
            order_qty: Qty(5),
            price: Some(Price(price)),
            protection_price: None,
            quote_qty: None,
            peg: None,
            min_qty: Qty(0),
            display: Display::All,
            post_only: PostOnly::No,
            reduce_only: false,
            stp: None,
        }
    }

    /// One cash account with a bid at 10 and an offer at `ask`, in an opening call.
    fn exchange(ask: i64) -> Exchange {
        let mut exchange = Exchange::new(Limits::default());
        let funds = |asset| MoveFunds { account: AccountId(1), asset: AssetId(asset), amount: Money(1_000) };
        let account = AddAccount { name: name("a"), kind: AccountKind::Cash, stp_group: 0, fees: FeeScheduleId(0) };
        let call = SetTradingState { instrument: InstrumentId(0), state: TradingState::OpeningAuction };
        let commands = [
            Command::AddAsset { symbol: name("USD"), decimals: 0 },
            Command::AddAsset { symbol: name("ABC"), decimals: 0 },
            Command::ListInstrument(Box::new(instrument())),
            Command::AddAccount(account),
            Command::Deposit(funds(0)),
            Command::Deposit(funds(1)),
            Command::SetTradingState(call),
            Command::NewOrder(order("bid", Side::Buy, 10)),
            Command::NewOrder(order("ask", Side::Sell, ask)),
        ];
        let mut events = Events::new();
        for (seq, command) in (1..).zip(&commands) {
            exchange.apply(Stamp { seq, ts_ns: i64::try_from(seq).unwrap() }, command, &mut events);
        }
        assert_eq!(exchange.open_count(), 2);
        exchange
    }

    #[test]
    fn a_sound_exchange_passes() {
        exchange(20).check_invariants();
        exchange(5).check_invariants();
    }

    #[test]
    #[should_panic(expected = "INV-1")]
    fn money_from_nowhere_is_noticed() {
        let mut exchange = exchange(20);
        exchange.shared.accounts.forge(AccountId(1), AssetId(0));
        exchange.check_invariants();
    }

    #[test]
    #[should_panic(expected = "INV-3")]
    fn a_record_that_differs_from_the_book_is_noticed() {
        let mut exchange = exchange(20);
        exchange.shared.records.get_mut(0).cum_qty += 1;
        exchange.check_invariants();
    }

    #[test]
    #[should_panic(expected = "INV-9: rests off the grid")]
    fn an_order_off_the_grid_is_noticed() {
        let mut exchange = exchange(20);
        exchange.markets[0].def.ticks = TickTable::uniform(7).unwrap();
        exchange.check_invariants();
    }

    #[test]
    #[should_panic(expected = "INV-5")]
    fn a_reserve_that_no_order_asks_for_is_noticed() {
        let mut exchange = exchange(20);
        exchange.shared.accounts.reserve(AccountId(1), AssetId(0), 1);
        exchange.check_invariants();
    }

    fn guarded() -> Exchange {
        let mut exchange = exchange(20);
        let limits = InstrumentLimits::default();
        let request = SetInstrumentLimits { account: AccountId(1), instrument: InstrumentId(0), limits };
        let command = Command::SetInstrumentLimits(Box::new(request));
        exchange.apply(Stamp { seq: 100, ts_ns: 100 }, &command, &mut Events::new());
        exchange.check_invariants();
        exchange
    }

    #[test]
    #[should_panic(expected = "INV-9: exposure")]
    fn working_lots_that_no_order_has_are_noticed() {
        let mut exchange = guarded();
        let Exchange { shared, markets, .. } = &mut exchange;
        shared.expose((AccountId(1), Side::Buy), &markets[0], 1);
        exchange.check_invariants();
    }

    #[test]
    #[should_panic(expected = "INV-9: open orders of a guarded account")]
    fn an_open_order_that_was_not_counted_is_noticed() {
        let mut exchange = guarded();
        exchange.shared.count_open(AccountId(1), true);
        exchange.check_invariants();
    }

    #[test]
    #[should_panic(expected = "INV-5: overdrawn")]
    fn owing_more_than_a_credit_line_ever_allowed_is_noticed() {
        let mut exchange = guarded();
        let line = SetCreditLine { account: AccountId(1), asset: AssetId(0), amount: Money(10) };
        exchange.apply(Stamp { seq: 101, ts_ns: 101 }, &Command::SetCreditLine(line), &mut Events::new());
        let mut buy = |id: &str, seq: u64, qty| {
            let order = NewOrder { order_qty: Qty(qty), ..order(id, Side::Buy, 1) };
            let stamp = Stamp { seq, ts_ns: i64::try_from(seq).unwrap() };
            exchange.apply(stamp, &Command::NewOrder(order), &mut Events::new());
        };
        // 1,000 less what the first bid holds, and the line.
        buy("all", 102, 960);
        exchange.check_invariants();
        let owed = exchange.shared.accounts.balance(AccountId(1), AssetId(0)).available();
        assert_eq!(owed, Money(-10));
        exchange.shared.accounts.settle(&Settlement {
            base: AssetId(1),
            quote: AssetId(0),
            base_units: 0,
            notional: 1,
            buyer: AccountId(1),
            seller: AccountId(0),
            buy_fee: 0,
            sell_fee: 0,
        });
        exchange.check_invariants();
    }

    #[test]
    #[should_panic(expected = "INV-6")]
    fn a_crossed_book_in_continuous_trading_is_noticed() {
        let mut exchange = exchange(5);
        exchange.markets[0].state = TradingState::Continuous;
        exchange.check_invariants();
    }

    #[test]
    #[should_panic(expected = "INV-9")]
    fn an_order_that_its_id_does_not_find_is_noticed() {
        let mut exchange = exchange(20);
        exchange.shared.index.remove(1);
        exchange.check_invariants();
    }

    /// The same with a target and a stop that depend on each other, in slots 2 and 3.
    fn with_group() -> Exchange {
        let mut exchange = exchange(20);
        let stop = NewOrder { ord_type: OrdType::Market, price: None, ..order("stop", Side::Sell, 1) };
        let trigger = Some(Trigger::at(TriggerKind::StopLoss, Price(8)));
        let legs =
            vec![GroupLeg { order: order("target", Side::Sell, 30), trigger: None }, GroupLeg { order: stop, trigger }];
        let (kind, mode, activation) = (GroupKind::Oco, GroupMode::Reduce, Activation::Partial);
        let group = Command::NewGroup(Box::new(NewGroup { kind, mode, activation, legs }));
        exchange.apply(Stamp { seq: 50, ts_ns: 50 }, &group, &mut Events::new());
        assert_eq!(exchange.open_count(), 4);
        exchange
    }

    #[test]
    fn a_group_that_holds_together_passes() {
        with_group().check_invariants();
    }

    #[test]
    #[should_panic(expected = "INV-15: exits could fill 6 of 5")]
    fn exits_that_could_fill_too_much_are_noticed() {
        let mut exchange = with_group();
        exchange.shared.groups.get_mut(1).exited = 1;
        exchange.check_invariants();
    }

    #[test]
    #[should_panic(expected = "INV-15: marked and in no group, or not")]
    fn an_order_that_forgot_its_group_is_noticed() {
        let mut exchange = with_group();
        exchange.shared.records.get_mut(2).set_grouped(false);
        exchange.check_invariants();
    }

    #[test]
    #[should_panic(expected = "INV-15: a finished group is kept")]
    fn a_group_that_forgot_an_order_is_noticed() {
        let mut exchange = with_group();
        exchange.shared.groups.get_mut(1).legs[0].slot = None;
        exchange.check_invariants();
    }

    #[test]
    #[should_panic(expected = "INV-15: effects of a group were left for later")]
    fn an_effect_left_for_later_is_noticed() {
        let mut exchange = with_group();
        exchange.shared.groups.amended(2, 5);
        exchange.check_invariants();
    }

    #[test]
    #[should_panic(expected = "INV-15: held for an entry that is over")]
    fn lots_that_nobody_will_release_are_noticed() {
        let mut exchange = with_group();
        exchange.shared.groups.get_mut(1).legs[0].unreleased = 1;
        exchange.check_invariants();
    }

    #[test]
    #[should_panic(expected = "INV-5")]
    fn a_reserve_for_both_exits_is_noticed() {
        let mut exchange = with_group();
        exchange.shared.accounts.reserve(AccountId(1), AssetId(1), 5);
        exchange.check_invariants();
    }

    #[test]
    #[should_panic(expected = "INV-9")]
    fn a_waiting_order_that_no_trigger_book_knows_is_noticed() {
        let mut exchange = exchange(20);
        let trigger = Trigger::trailing(Price(5));
        let stop = NewStop { order: order("stop", Side::Sell, 10), trigger };
        let order = NewOrder { ord_type: OrdType::Market, price: None, ..stop.order };
        let stop = Command::NewStop(Box::new(NewStop { order, ..stop }));
        exchange.apply(Stamp { seq: 50, ts_ns: 50 }, &stop, &mut Events::new());
        exchange.check_invariants();
        exchange.markets[0].triggers = TriggerBook::default();
        exchange.check_invariants();
    }

    #[test]
    #[should_panic(expected = "INV-4: a band of no phase")]
    fn a_band_that_no_phase_asks_for_is_noticed() {
        let mut exchange = exchange(20);
        exchange.markets[0].breaker.stored = Some(breaker::Band::ANY);
        exchange.check_invariants();
    }

    #[test]
    #[should_panic(expected = "INV-12: a deadline that never comes")]
    fn a_deadline_without_a_timer_is_noticed() {
        let mut exchange = exchange(20);
        exchange.markets[0].breaker.deadline = Some(i64::MAX);
        exchange.check_invariants();
    }

    #[test]
    #[should_panic(expected = "INV-12: another state")]
    fn a_state_that_nobody_asks_for_is_noticed() {
        let mut exchange = exchange(20);
        exchange.markets[0].session = TradingState::Closed;
        exchange.check_invariants();
    }

    #[test]
    #[should_panic(expected = "INV-12")]
    fn a_stamp_that_goes_back_is_noticed() {
        let mut exchange = exchange(20);
        exchange.apply(Stamp { seq: 100, ts_ns: 1 }, &Command::Tick, &mut Events::new());
    }

    #[test]
    #[should_panic(expected = "INV-1")]
    fn the_alarm_rings_at_the_next_command_that_is_due() {
        let mut exchange = exchange(20);
        exchange.check_every(50);
        exchange.shared.accounts.forge(AccountId(1), AssetId(0));
        exchange.apply(Stamp { seq: 49, ts_ns: 49 }, &Command::Tick, &mut Events::new());
        exchange.apply(Stamp { seq: 50, ts_ns: 50 }, &Command::Tick, &mut Events::new());
    }
}
