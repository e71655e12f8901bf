//! The state that all markets share, and the steps every order goes through: post, leave, end.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use book::{Arena, OrderIndex, Resting, Slot};
use model::{
    AccountId, AssetId, Display, EndReason, EventKind, Events, Limits, Money, OrderEnded, OrderId, OrderPosted,
    OrderRef, PublicId, Qty, ReferenceKind, RejectReason, SessionId, Side, StandingTrade,
};

use crate::accounts::{Accounts, Standing};
use crate::clients::{ClientIds, Key, Outcome};
use crate::fees;
use crate::groups::Groups;
use crate::guard::Guards;
use crate::market::{Due, Market, book_side};
use crate::passed::Passed;
use crate::record::{Life, NO_LIMIT, Place, Record, Records, Shown};
use crate::roster::Rosters;
use crate::stops::Fired;
use crate::waits::Waits;

/// Everything but the markets.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) limits: Limits,
    /// Time of the running command.
    pub(crate) now_ns: i64,
    pub(crate) arena: Arena,
    pub(crate) records: Records,
    pub(crate) index: OrderIndex,
    pub(crate) accounts: Accounts,
    pub(crate) clients: ClientIds,
    pub(crate) rosters: Rosters,
    pub(crate) guards: Guards,
    pub(crate) groups: Groups,
    /// GTD orders by (expiry, order id), and the other way round.
    pub(crate) expiries: BTreeSet<(i64, u64)>,
    pub(crate) expiry_of: BTreeMap<u64, i64>,
    /// Reduce-only orders by (account, instrument, side), then order id.
    pub(crate) reducers: BTreeMap<(u32, u32, Side), BTreeMap<u64, Slot>>,
    /// Instruments that have pegged orders, and those in an auction call.
    pub(crate) pegged: BTreeSet<u32>,
    pub(crate) calls: BTreeSet<u32>,
    /// What waiting orders need beside their records.
    pub(crate) waits: Waits,
    /// Markets that may have something new to observe.
    pub(crate) to_observe: Vec<u32>,
    /// How often triggers have looked, from 1.
    pub(crate) observations: u64,
    /// Triggered orders in the order in which they go to work.
    pub(crate) triggered: VecDeque<Fired>,
    /// How many fired in this command.
    pub(crate) fired: u32,
    /// The instrument in which the last one fired that may.
    pub(crate) cascade: Option<u32>,
    /// Given prices by when they will be too old.
    pub(crate) deadlines: BTreeSet<(i64, u32, ReferenceKind)>,
    /// Instruments whose breaker looks at what a command did, ascending.
    pub(crate) watched: Vec<u32>,
    /// Ends of breakers' phases by (deadline, instrument).
    pub(crate) breaker_timers: BTreeSet<(i64, u32)>,
    /// The id of a request that this command refused; it retires last.
    pub(crate) refused: Option<u32>,
    /// Trades that were taken back or corrected, as they stand, by id.
    pub(crate) amended: BTreeMap<u64, StandingTrade>,
    /// By how much what an order traded is less than what it used up, by order id.
    pub(crate) returned: BTreeMap<u64, Qty>,
    pub(crate) next_order: u64,
    pub(crate) next_trade: u64,
    pub(crate) next_public: u64,
}

/// Why a request is refused, with what was offered and what it was measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reject {
    pub(crate) reason: RejectReason,
    pub(crate) value: i128,
    pub(crate) limit: i128,
}

impl Reject {
    pub(crate) fn plain(reason: RejectReason) -> Self {
        Reject { reason, value: 0, limit: 0 }
    }

    pub(crate) fn measured(reason: RejectReason, value: impl Into<i128>, limit: impl Into<i128>) -> Self {
        Reject { reason, value: value.into(), limit: limit.into() }
    }
}

/// Fails with the reject unless the condition holds.
#[inline]
pub(crate) fn ensure(holds: bool, reject: impl FnOnce() -> Reject) -> Result<(), Reject> {
    if holds { Ok(()) } else { Err(reject()) }
}

impl Shared {
    pub(crate) fn new(limits: Limits) -> Self {
        Shared {
            limits,
            now_ns: i64::MIN,
            arena: Arena::new(),
            records: Records::default(),
            index: OrderIndex::new(),
            accounts: Accounts::new(),
            clients: ClientIds::new(),
            rosters: Rosters::default(),
            guards: Guards::default(),
            groups: Groups::new(),
            expiries: BTreeSet::new(),
            expiry_of: BTreeMap::new(),
            reducers: BTreeMap::new(),
            pegged: BTreeSet::new(),
            calls: BTreeSet::new(),
            waits: Waits::default(),
            to_observe: Vec::new(),
            observations: 1,
            triggered: VecDeque::new(),
            fired: 0,
            cascade: None,
            deadlines: BTreeSet::new(),
            watched: Vec::new(),
            breaker_timers: BTreeSet::new(),
            refused: None,
            amended: BTreeMap::new(),
            returned: BTreeMap::new(),
            next_order: 1,
            next_trade: 1,
            next_public: 1,
        }
    }

    /// Takes memory for `orders` open orders.
    pub(crate) fn reserve(&mut self, orders: usize) {
        self.arena = Arena::with_capacity(orders);
        self.records.reserve(orders);
        // Every slot is used once, so that the first use of a page costs nothing later.
        let slots: Vec<Slot> = (0..orders).map(|_| self.arena.alloc()).collect();
        for slot in slots.into_iter().rev() {
            self.arena.free(slot);
        }
    }

    /// Open orders that pass a test, as (order id, slot) in order of id. Looks at every slot.
    pub(crate) fn open_where(&self, test: impl Fn(&Record) -> bool) -> Vec<(u64, Slot)> {
        let open = self.records.open_where(test);
        let mut found: Vec<(u64, Slot)> = open.map(|slot| (self.arena.order_id(slot), slot)).collect();
        found.sort_unstable();
        found
    }

    /// Notes that a market's book changed.
    #[inline]
    pub(crate) fn touch(&mut self, market: &mut Market) {
        market.due = Due { reprice: true, indicative: true, watch: true };
        if market.triggers.quoted > 0 {
            self.note(market);
        }
    }

    /// Notes that a market may have something new for those that wait there.
    #[cold]
    pub(crate) fn note(&mut self, market: &mut Market) {
        if !market.noted {
            market.noted = true;
            self.to_observe.push(market.id.0);
        }
    }

    /// Notes the first and the last print of a run, where somebody waits for it or nobody can see it yet.
    #[inline]
    pub(crate) fn note_run(&mut self, market: &mut Market, first: i64, last: i64) {
        market.printed = self.observations;
        if market.triggers.waiting > 0 {
            market.runs.push((first, last));
            self.note(market);
        } else if !market.state.triggers() {
            self.note(market);
        }
    }

    /// Open orders of an account, as (order id, slot) in order of id.
    pub(crate) fn open_of(&self, account: AccountId) -> Vec<(u64, Slot)> {
        self.rosters.of_account(account, &self.index, &self.records)
    }

    /// Open orders that came through a connection, as (order id, slot) in order of id.
    pub(crate) fn open_through(&self, session: SessionId) -> Vec<(u64, Slot)> {
        self.rosters.of_session(session, &self.index, &self.records)
    }

    /// Open orders of a market, as (order id, slot) in order of id: a walk over its queues.
    pub(crate) fn open_in(&self, market: &Market) -> Vec<(u64, Slot)> {
        let mut open = Vec::new();
        for side in [Side::Buy, Side::Sell] {
            for (tick, _) in market.book.levels(book_side(side)) {
                let makers = market.book.level_orders(&self.arena, book_side(side), tick);
                open.extend(makers.map(|maker| (maker.order_id, maker.slot)));
            }
            open.extend(market.waiting[side as usize].values().map(|slot| (self.arena.order_id(*slot), *slot)));
        }
        let parked = |slot: &Slot| self.records.get(*slot).place() == Place::Parked;
        let pegs = market.pegs.iter().filter(|(_, (slot, _))| parked(slot));
        open.extend(pegs.map(|(order_id, (slot, _))| (*order_id, *slot)));
        open.extend(self.waits.of(market.id).map(|slot| (self.arena.order_id(slot), slot)));
        open.sort_unstable();
        open
    }

    /// The next public id.
    #[inline]
    pub(crate) fn take_public(&mut self) -> u64 {
        let id = self.next_public;
        self.next_public += 1;
        id
    }

    /// What an order of a cash account holds: base for a sell, quote for a buy.
    #[inline]
    pub(crate) fn hold_of(market: &Market, record: &Record) -> i128 {
        Shared::hold_of_lots(market, record, record.leaves())
    }

    /// What it would hold for `lots`.
    #[inline]
    pub(crate) fn hold_of_lots(market: &Market, record: &Record, lots: i64) -> i128 {
        match record.side() {
            _ if lots <= 0 => 0,
            _ if market.outcome.is_some() => Shared::hold_on_event(market, record, lots),
            Side::Sell => i128::from(lots) * market.base_unit,
            Side::Buy if record.limit == NO_LIMIT => 0,
            Side::Buy => fees::with_fee(market.notional(record.limit, lots), record.fee_cap(), record.prepaid()),
        }
    }

    /// The same in the market of an event.
    #[cold]
    fn hold_on_event(market: &Market, record: &Record, lots: i64) -> i128 {
        match market.outcome.as_deref() {
            Some(outcome) if !record.closes() => {
                outcome.hold(market, record.side(), record.limit, lots, (record.fee_cap(), record.prepaid()))
            }
            Some(_) | None => i128::from(lots) * market.base_unit,
        }
    }

    /// Changes an order's numbers and holds what they ask for.
    #[inline]
    pub(crate) fn update<T>(&mut self, market: &Market, slot: Slot, change: impl FnOnce(&mut Record) -> T) -> T {
        let record = self.records.get_mut(slot);
        let standing = self.accounts.get(record.account).standing;
        if standing == Standing::FREE {
            change(record)
        } else if standing.is_guarded() {
            self.update_guarded(market, slot, standing, change)
        } else {
            self.update_held(market, slot, change)
        }
    }

    #[inline(never)]
    fn update_guarded<T>(
        &mut self,
        market: &Market,
        slot: Slot,
        standing: Standing,
        change: impl FnOnce(&mut Record) -> T,
    ) -> T {
        let before = self.records.get(slot).working();
        let result = if standing.is_cash() {
            self.update_held(market, slot, change)
        } else {
            change(self.records.get_mut(slot))
        };
        let record = self.records.get(slot);
        self.expose((record.account, record.side()), market, record.working() - before);
        result
    }

    #[inline]
    fn update_held<T>(&mut self, market: &Market, slot: Slot, change: impl FnOnce(&mut Record) -> T) -> T {
        let record = self.records.get_mut(slot);
        let (account, side, closes) = (record.account, record.side(), record.closes());
        if record.is_grouped() {
            return self.update_leg(market, slot, change);
        }
        let before = Shared::hold_of(market, record);
        let result = change(record);
        let after = Shared::hold_of(market, record);
        self.accounts.reserve(account, market.paid_by(side, closes), after - before);
        result
    }

    /// The open order that a request of `account` names.
    pub(crate) fn find(&self, account: AccountId, target: &OrderRef) -> Result<Slot, Reject> {
        let unknown = Reject::plain(RejectReason::UnknownOrder);
        let order_id = match target {
            OrderRef::Order(id) => *id,
            OrderRef::Client(id) => {
                let entry = self.clients.find(&Key::of(account, id)).ok_or(unknown)?;
                match self.clients.entry(entry).outcome() {
                    Outcome::Accepted(order_id) => order_id,
                    Outcome::Rejected(_) => return Err(unknown),
                }
            }
        };
        let slot = match (self.index.get(order_id.0), target) {
            (Some(slot), _) => slot,
            (None, OrderRef::Client(_)) => return Err(Reject::plain(RejectReason::OrderFinished)),
            (None, OrderRef::Order(_)) => return Err(unknown),
        };
        ensure(self.records.get(slot).account == account, || unknown)?;
        Ok(slot)
    }

    /// Posts what is left of an order at the back of the queue at `ticks`.
    pub(crate) fn post(
        &mut self,
        market: &mut Market,
        slot: Slot,
        ticks: i64,
        display: book::Display,
        _: &Passed,
        out: &mut Events,
    ) {
        let public = self.take_public();
        let record = self.records.get_mut(slot);
        record.set_place(Place::Book);
        record.public_id = public;
        let (side, leaves, hidden) = (record.side(), record.leaves(), record.shown() == Shown::Hidden);
        let owner = self.accounts.get(record.account).owner;
        let order_id = self.arena.order_id(slot);
        let resting = Resting { order_id, owner, leaves, display };
        let tip = market.book.insert(&mut self.arena, slot, book_side(side), ticks, &resting);
        self.touch(market);
        out.push(EventKind::OrderPosted(posted(market, order_id, side, ticks, public, if hidden { 0 } else { tip })));
    }

    /// The book's display rule for a new order's display.
    pub(crate) fn display_rule(market: &Market, display: Display) -> book::Display {
        match display {
            Display::All => book::Display::All,
            Display::Hidden => book::Display::Hidden,
            Display::Iceberg { display_qty, threshold, variance_bps } => book::Display::Iceberg(book::Iceberg {
                display_size: market.lots(display_qty),
                threshold: market.lots(threshold),
                variance_bps: u32::from(variance_bps),
                seed: market.def.seed,
                refills: 0,
            }),
        }
    }

    /// The display rule of a resting order, with the refills it has made.
    pub(crate) fn display_of(&self, slot: Slot) -> book::Display {
        match self.records.get(slot).shown() {
            Shown::All => book::Display::All,
            Shown::Hidden => book::Display::Hidden,
            Shown::Iceberg => {
                book::Display::Iceberg(self.arena.iceberg(slot).expect("an iceberg at rest has its rule in the book"))
            }
        }
    }

    /// What the public sees of an order, in lots.
    pub(crate) fn displayed(&self, slot: Slot) -> i64 {
        let record = self.records.get(slot);
        let shows = record.place() == Place::Book && record.shown() != Shown::Hidden;
        if shows { self.arena.tip(slot) } else { 0 }
    }

    /// Takes an order out of whatever queue it is in.
    pub(crate) fn unqueue(&mut self, market: &mut Market, slot: Slot) {
        let record = self.records.get_mut(slot);
        match record.place() {
            Place::Incoming | Place::Parked | Place::Ended => {}
            Place::Suspended | Place::Triggered | Place::Held => {
                self.stop_waiting(market, slot);
                return;
            }
            Place::Book => {
                market.book.remove(&mut self.arena, slot);
            }
            Place::Waiting => {
                market.waiting[record.side() as usize].remove(&record.public_id);
            }
        }
        record.set_place(Place::Incoming);
        self.touch(market);
    }

    /// Ends an order that is in no queue: everything it holds is released, its ids retire, its slot is free.
    #[inline]
    pub(crate) fn finish(&mut self, market: &mut Market, slot: Slot) {
        let record = self.records.get(slot);
        let (order_id, client, account) = (self.arena.order_id(slot), record.client, record.account);
        let (leaves, life, reduce_only) = (record.leaves(), record.life(), record.reduce_only());
        let standing = self.accounts.get(account).standing;
        if standing.is_guarded() {
            self.unguard(market, slot);
        }
        let record = self.records.get(slot);
        if record.is_grouped() {
            self.leave_group(market, slot);
        } else if leaves > 0 && standing.is_cash() {
            let (asset, held) = (market.paid_by(record.side(), record.closes()), Shared::hold_of(market, record));
            self.accounts.reserve(account, asset, -held);
        }
        self.index.remove(order_id);
        if life == Life::Gtd
            && let Some(expiry) = self.expiry_of.remove(&order_id)
        {
            self.expiries.remove(&(expiry, order_id));
        }
        if !market.pegs.is_empty() {
            market.pegs.remove(&order_id);
        }
        if reduce_only {
            self.forget_reducer(slot, order_id);
        }
        self.clients.retire(client, self.now_ns);
        self.records.get_mut(slot).set_place(Place::Ended);
        self.arena.free(slot);
    }

    /// An order that ends is no longer open and exposes to nothing.
    #[cold]
    fn unguard(&mut self, market: &Market, slot: Slot) {
        let record = self.records.get(slot);
        let (account, side, working) = (record.account, record.side(), record.working());
        if self.index.get(self.arena.order_id(slot)).is_some() {
            self.count_open(account, false);
        }
        self.expose((account, side), market, -working);
    }

    /// An order that is open from now on can be found: by its id, and as one of its account's.
    #[inline]
    pub(crate) fn enlist(&mut self, slot: Slot) {
        let (order_id, account) = (self.arena.order_id(slot), self.records.get(slot).account);
        self.index.insert(order_id, slot);
        self.rosters.enlist(order_id, &self.index, &self.records);
        if self.accounts.get(account).standing.is_guarded() {
            self.count_open(account, true);
        }
    }

    fn forget_reducer(&mut self, slot: Slot, order_id: u64) {
        let record = self.records.get(slot);
        let key = (record.account.0, record.instrument, record.side());
        let account = record.account;
        // A waiting order is not among them.
        let Some(orders) = self.reducers.get_mut(&key) else { return };
        if orders.remove(&order_id).is_none() {
            return;
        }
        if orders.is_empty() {
            self.reducers.remove(&key);
        }
        self.accounts.get_mut(account).reduce_only -= 1;
    }

    /// Cancels an open order wherever it is.
    pub(crate) fn cancel(&mut self, market: &mut Market, slot: Slot, reason: EndReason, out: &mut Events) {
        let ended = self.end(market, slot, reason);
        out.push(EventKind::OrderCanceled(ended));
    }

    /// Expires an open order wherever it is.
    pub(crate) fn expire(&mut self, market: &mut Market, slot: Slot, reason: EndReason, out: &mut Events) {
        let ended = self.end(market, slot, reason);
        out.push(EventKind::OrderExpired(ended));
    }

    fn end(&mut self, market: &mut Market, slot: Slot, reason: EndReason) -> OrderEnded {
        self.unqueue(market, slot);
        if self.records.get(slot).is_grouped() {
            self.groups.ending(slot, reason);
        }
        let record = self.records.get(slot);
        let ended = OrderEnded {
            order_id: OrderId(self.arena.order_id(slot)),
            account: record.account,
            instrument: market.id,
            canceled_qty: market.qty(record.leaves().max(0)),
            reason,
        };
        self.finish(market, slot);
        ended
    }

    /// Makes an order smaller on the venue's behalf; `leaves` lots remain, at least one.
    pub(crate) fn restate(
        &mut self,
        market: &mut Market,
        slot: Slot,
        leaves: i64,
        reason: EndReason,
        out: &mut Events,
    ) {
        let before = self.records.get(slot).leaves();
        self.update(market, slot, |record| record.order_qty -= before - leaves);
        if self.records.get(slot).place() == Place::Book {
            market.book.reduce(&mut self.arena, slot, leaves);
            self.touch(market);
        }
        let displayed = self.displayed(slot);
        let record = self.records.get(slot);
        out.push(EventKind::OrderRestated {
            order_id: OrderId(self.arena.order_id(slot)),
            account: record.account,
            instrument: market.id,
            order_qty: market.qty(record.order_qty),
            leaves_qty: market.qty(leaves),
            displayed_qty: market.qty(displayed),
            reason,
        });
    }

    /// From now on an order counts among those that only reduce.
    pub(crate) fn reduces(&mut self, market: &Market, slot: Slot) {
        let record = self.records.get(slot);
        let (account, key) = (record.account, (record.account.0, market.id.0, record.side()));
        self.reducers.entry(key).or_default().insert(self.arena.order_id(slot), slot);
        self.accounts.get_mut(account).reduce_only += 1;
    }

    /// What an account may reduce by selling or buying, in lots, by its position alone.
    pub(crate) fn reducible(&self, market: &Market, account: AccountId, side: Side) -> i64 {
        let position = market.position(self.accounts.balance(account, market.def.base).total);
        let lots = if side == Side::Sell { position } else { -position };
        i64::try_from(lots.max(0)).unwrap_or(i64::MAX)
    }

    /// What a reduce-only order may have: what may be reduced less the account's other reduce-only orders of that side.
    pub(crate) fn reduce_room(&self, market: &Market, account: AccountId, side: Side, but: Option<Slot>) -> i64 {
        let orders = self.reducers.get(&(account.0, market.id.0, side));
        let others = orders.into_iter().flat_map(BTreeMap::values).filter(|slot| Some(**slot) != but);
        self.reducible(market, account, side) - others.map(|slot| self.records.get(*slot).leaves()).sum::<i64>()
    }

    /// 503, or 510 of an account with a credit line: whether a cash account may have `needed` more reserved.
    #[inline]
    pub(crate) fn check_funds(&self, account: AccountId, asset: AssetId, needed: i128) -> Result<(), Reject> {
        if needed <= 0 || !self.accounts.is_cash(account) {
            return Ok(());
        }
        let available = self.accounts.balance(account, asset).available();
        if Money(needed) <= available { Ok(()) } else { self.check_credit(account, asset, needed, available) }
    }

    #[cold]
    fn check_credit(&self, account: AccountId, asset: AssetId, needed: i128, available: Money) -> Result<(), Reject> {
        let line = self.guards.of(account).map_or(Money(0), |guard| guard.line(asset));
        if line.0 == 0 {
            return Err(Reject::measured(RejectReason::InsufficientFunds, needed, available.0));
        }
        let bound = available + line;
        ensure(Money(needed) <= bound, || Reject::measured(RejectReason::CreditLimit, needed, bound.0))
    }
}

/// The public description of a post or refresh. `displayed` 0 hides the order: it publishes no id.
pub(crate) fn posted(
    market: &Market,
    order_id: u64,
    side: Side,
    ticks: i64,
    public: u64,
    displayed: i64,
) -> OrderPosted {
    OrderPosted {
        order_id: OrderId(order_id),
        instrument: market.id,
        side,
        price: market.price(ticks),
        public_id: PublicId(if displayed == 0 { 0 } else { public }),
        displayed_qty: if displayed == 0 { Qty(0) } else { market.qty(displayed) },
    }
}
