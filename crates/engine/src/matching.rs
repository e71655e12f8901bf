//! One incoming order against the opposite side of its book (rules ).

use book::{Fill, Maker, Slot};
use model::{
    AccountId, Allocation, EndReason, EventKind, Events, OrdType, OrderId, Side, StpMode, Trade, TradeId, TradeLeg,
    TradePrevented,
};

use crate::accounts::Settlement;
use crate::allocation;
use crate::bands;
use crate::fees;
use crate::market::{Market, book_side};
use crate::outcomes;
use crate::passed::Passed;
use crate::record::NO_LIMIT;
use crate::shared::{Shared, posted};

/// An order on its way through the book.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) slot: Slot,
    pub(crate) account: AccountId,
    pub(crate) side: Side,
    /// Worst price it accepts, in ticks; [`NO_LIMIT`] for any.
    pub(crate) limit: i64,
    /// Lots left; `i64::MAX` for an order by budget alone.
    pub(crate) leaves: i64,
    /// Quote units it may still spend.
    pub(crate) budget: Option<i128>,
    pub(crate) owner: u32,
    pub(crate) stp: StpMode,
    pub(crate) taker_ppm: i32,
    /// Trades it may still make.
    pub(crate) trades_left: u32,
    /// Price of its first trade.
    pub(crate) first_price: Option<i64>,
    /// Price of its last trade.
    pub(crate) last_price: Option<i64>,
    /// It may be here.
    pub(crate) passed: Passed,
}

/// Why an incoming order stopped matching.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Nothing is left of it.
    Filled,
    /// The other side is empty.
    Empty,
    /// The next price is one it does not accept.
    Price,
    /// The next price is one that a band forbids.
    Band,
    /// Self-trade prevention.
    Stp,
    /// The budget buys nothing more.
    Budget,
    /// It made as many trades as it may.
    TradesMax,
}

impl Incoming {
    #[inline]
    pub(crate) fn accepts(&self, ticks: i64) -> bool {
        accepts(self.side, self.limit, ticks)
    }

    /// An order that has a budget and no quantity.
    #[inline]
    pub(crate) fn by_budget_alone(&self) -> bool {
        self.leaves == i64::MAX
    }
}

/// Whether an order of `side` that is limited to `limit` trades at `ticks`.
#[inline]
pub(crate) fn accepts(side: Side, limit: i64, ticks: i64) -> bool {
    match side {
        _ if limit == NO_LIMIT => true,
        Side::Buy => ticks <= limit,
        Side::Sell => ticks >= limit,
    }
}

/// Matches until nothing is left, a band forbids the next price or something else stops it: one run, as triggers see it.
#[inline]
pub(crate) fn run(shared: &mut Shared, market: &mut Market, incoming: &mut Incoming, out: &mut Events) -> Stop {
    let stop =
        if market.banded { bands::run(shared, market, incoming, out) } else { walk(shared, market, incoming, out) };
    if let (Some(first), Some(last)) = (incoming.first_price, incoming.last_price) {
        shared.note_run(market, first, last);
    }
    stop
}

/// Matches without regard to bands.
#[inline]
pub(crate) fn walk(shared: &mut Shared, market: &mut Market, incoming: &mut Incoming, out: &mut Events) -> Stop {
    let opposite = book_side(incoming.side.opposite());
    let fifo = market.def.allocation == Allocation::Fifo;
    while incoming.leaves > 0 {
        let Some(maker) = market.book.front(&shared.arena, opposite) else { return Stop::Empty };
        if !incoming.accepts(maker.tick) {
            return Stop::Price;
        }
        let wanted = affordable(shared, market, incoming, maker.tick);
        if wanted == 0 {
            return Stop::Budget;
        }
        if !fifo && !maker.hidden {
            match allocation::level(shared, market, incoming, maker.tick, out) {
                Some(stop) => return stop,
                None => continue,
            }
        }
        if maker.owner == incoming.owner && incoming.stp != StpMode::None {
            match prevent(shared, market, incoming, &maker, wanted, out) {
                Some(stop) => return stop,
                None => continue,
            }
        }
        if shared.records.get(maker.slot).reduce_only() && !fit_reducer(shared, market, maker.slot, out) {
            continue;
        }
        let qty = wanted.min(shared.arena.tip(maker.slot));
        trade(shared, market, incoming, maker.slot, maker.tick, qty, out);
        if incoming.leaves > 0 && incoming.trades_left == 0 {
            return Stop::TradesMax;
        }
    }
    Stop::Filled
}

/// Lots the order can pay for at a price, at most what is left of it.
#[inline]
pub(crate) fn affordable(shared: &Shared, market: &Market, incoming: &Incoming, ticks: i64) -> i64 {
    match incoming.budget {
        None => incoming.leaves,
        Some(budget) => lots_for(shared, market, incoming, ticks, budget),
    }
}

#[cold]
fn lots_for(shared: &Shared, market: &Market, incoming: &Incoming, ticks: i64, budget: i128) -> i64 {
    let record = shared.records.get(incoming.slot);
    let rate = incoming.taker_ppm.min(record.fee_cap());
    let cost = |lots: i64| {
        let notional = market.notional(ticks, lots);
        notional + fees::of_notional(notional, rate, record.prepaid()).0
    };
    // A million of the largest orders: more than a price can hold, and small enough for every cost to fit.
    let most = incoming.leaves.min(market.lots(market.def.max_qty) << 20);
    if cost(most) <= budget {
        return most;
    }
    // The cost grows with every lot by at least the lot's price less its rebate, so the largest affordable quantity
    // is found by halving.
    let (mut low, mut high) = (0, most);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if cost(middle) <= budget {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// What is traded: lots at a price, and what they cost.
pub(crate) struct Print {
    pub(crate) ticks: i64,
    pub(crate) qty: i64,
    pub(crate) notional: i128,
}

/// One trade with a resting order; refreshes or ends it.
#[inline]
pub(crate) fn trade(
    shared: &mut Shared,
    market: &mut Market,
    incoming: &mut Incoming,
    maker_slot: Slot,
    ticks: i64,
    qty: i64,
    out: &mut Events,
) {
    let notional = market.notional(ticks, qty);
    let print = Print { ticks, qty, notional };
    let (buyer, seller) = match incoming.side {
        Side::Buy => (incoming.slot, maker_slot),
        Side::Sell => (maker_slot, incoming.slot),
    };
    outcomes::before_trade(shared, market, seller, qty, out);
    let maker_account = shared.records.get(maker_slot).account;
    let maker_ppm = shared.accounts.rates(maker_account, market.fee_base()).maker_ppm;
    let (maker_leg, _) = fill_order(shared, market, maker_slot, &print, maker_ppm);
    let (mut taker_leg, cost) = fill_order(shared, market, incoming.slot, &print, incoming.taker_ppm);
    spend(shared, market, incoming, qty, cost);
    if incoming.by_budget_alone() {
        taker_leg.leaves_qty = market.qty(0);
    }
    let self_match = shared.accounts.get(maker_account).owner == incoming.owner;
    let (buy, sell) = match incoming.side {
        Side::Buy => (taker_leg, maker_leg),
        Side::Sell => (maker_leg, taker_leg),
    };
    settle(shared, market, &print, &buy, &sell);
    let trade_id = TradeId(shared.next_trade);
    shared.next_trade += 1;
    market.last_trade = Some(ticks);
    market.recent.trade(shared.now_ns, ticks);
    incoming.first_price = incoming.first_price.or(Some(ticks));
    incoming.last_price = Some(ticks);
    incoming.trades_left = incoming.trades_left.saturating_sub(1);
    out.push(EventKind::Trade(Trade {
        trade_id,
        instrument: market.id,
        price: market.price(ticks),
        qty: market.qty(qty),
        buy,
        sell,
        aggressor: Some(incoming.side),
        self_match,
    }));
    outcomes::after_trade(shared, market, buyer, (qty, notional), (&buy, &sell), out);
    let fill = market.book.fill(&mut shared.arena, maker_slot, qty);
    after_fill(shared, market, maker_slot, (incoming.side.opposite(), ticks), fill, out);
}

/// Moves the money of a trade.
#[inline]
pub(crate) fn settle(shared: &mut Shared, market: &Market, print: &Print, buy: &TradeLeg, sell: &TradeLeg) {
    shared.accounts.settle(&Settlement {
        base: market.def.base,
        quote: market.def.quote,
        base_units: i128::from(print.qty) * market.base_unit,
        notional: print.notional,
        buyer: buy.account,
        seller: sell.account,
        buy_fee: buy.fee.0,
        sell_fee: sell.fee.0,
    });
}

/// Books a fill in an order's own numbers and releases what it held for it. Gives its leg and its notional plus fee.
#[inline]
pub(crate) fn fill_order(
    shared: &mut Shared,
    market: &Market,
    slot: Slot,
    print: &Print,
    rate_ppm: i32,
) -> (TradeLeg, i128) {
    let Print { ticks, qty, notional } = *print;
    let order_id = OrderId(shared.arena.order_id(slot));
    let booked = shared.update(market, slot, |record| {
        let rate_ppm = rate_ppm.min(record.fee_cap());
        let (fee, prepaid) = market.fee_of_fill(ticks, notional, rate_ppm, record.prepaid());
        record.set_prepaid(prepaid);
        record.cum_qty += qty;
        let leg = TradeLeg {
            order_id,
            account: record.account,
            leaves_qty: market.qty(record.leaves().max(0)),
            fee: model::Money(fee),
        };
        (leg, notional + fee)
    });
    if shared.records.get(slot).is_grouped() {
        shared.groups.filled(slot, qty);
    }
    booked
}

/// Takes a fill off what the incoming order has left.
#[inline]
fn spend(shared: &mut Shared, market: &Market, incoming: &mut Incoming, qty: i64, cost: i128) {
    if !incoming.by_budget_alone() {
        incoming.leaves -= qty;
    }
    if let Some(budget) = &mut incoming.budget {
        *budget -= cost;
        shared.accounts.reserve(incoming.account, market.def.quote, -cost);
    }
}

/// Ends a resting order that a fill used up, or tells of its fresh tip.
#[inline]
pub(crate) fn after_fill(
    shared: &mut Shared,
    market: &mut Market,
    slot: Slot,
    (side, ticks): (Side, i64),
    fill: Fill,
    out: &mut Events,
) {
    shared.touch(market);
    match fill {
        Fill::Partial => {}
        Fill::Done => shared.finish(market, slot),
        Fill::Refilled { tip, hidden: _ } => {
            let public = shared.take_public();
            shared.records.get_mut(slot).public_id = public;
            let order_id = shared.arena.order_id(slot);
            out.push(EventKind::OrderRefreshed(posted(market, order_id, side, ticks, public, tip)));
        }
    }
}

/// Two orders of one owner met. `Some` where the incoming order stops.
#[cold]
pub(crate) fn prevent(
    shared: &mut Shared,
    market: &mut Market,
    incoming: &mut Incoming,
    maker: &Maker,
    wanted: i64,
    out: &mut Events,
) -> Option<Stop> {
    let maker_leaves = shared.records.get(maker.slot).leaves();
    let qty = if incoming.by_budget_alone() { wanted } else { incoming.leaves }.min(maker_leaves);
    if incoming.stp == StpMode::DecrementAndCancel {
        return decrement(shared, market, incoming, maker, qty, out);
    }
    let displayed = shared.displayed(maker.slot);
    let prevented = prevented(shared, market, incoming, maker, qty, maker_leaves, displayed);
    out.push(EventKind::TradePrevented(prevented));
    let cancels_maker = matches!(incoming.stp, StpMode::CancelOldest | StpMode::CancelBoth);
    if cancels_maker {
        shared.cancel(market, maker.slot, EndReason::Stp, out);
    }
    (incoming.stp != StpMode::CancelOldest).then_some(Stop::Stp)
}

fn prevented(
    shared: &Shared,
    market: &Market,
    incoming: &Incoming,
    maker: &Maker,
    qty: i64,
    maker_leaves: i64,
    maker_displayed: i64,
) -> TradePrevented {
    TradePrevented {
        instrument: market.id,
        taker_order_id: OrderId(shared.arena.order_id(incoming.slot)),
        maker_order_id: OrderId(maker.order_id),
        price: market.price(maker.tick),
        qty: market.qty(qty),
        mode: incoming.stp,
        maker_leaves_qty: market.qty(maker_leaves),
        maker_displayed_qty: market.qty(maker_displayed),
    }
}

fn decrement(
    shared: &mut Shared,
    market: &mut Market,
    incoming: &mut Incoming,
    maker: &Maker,
    qty: i64,
    out: &mut Events,
) -> Option<Stop> {
    let left = lose(shared, market, maker.slot, qty);
    if left > 0 {
        market.book.reduce(&mut shared.arena, maker.slot, left);
        shared.touch(market);
    }
    let displayed = if left > 0 { shared.displayed(maker.slot) } else { 0 };
    let prevented = prevented(shared, market, incoming, maker, qty, left, displayed);
    out.push(EventKind::TradePrevented(prevented));
    if incoming.by_budget_alone() {
        let budget = incoming.budget.unwrap_or(0);
        let lost = market.notional(maker.tick, qty).min(budget);
        incoming.budget = Some(budget - lost);
        shared.accounts.reserve(incoming.account, market.def.quote, -lost);
    } else {
        lose(shared, market, incoming.slot, qty);
        incoming.leaves -= qty;
    }
    if left == 0 {
        shared.cancel(market, maker.slot, EndReason::Stp, out);
    }
    (incoming.leaves == 0).then_some(Stop::Stp)
}

/// Lowers what is left of an order without a trade.
fn lose(shared: &mut Shared, market: &Market, slot: Slot, qty: i64) -> i64 {
    shared.update(market, slot, |record| {
        record.prevented_qty += qty;
        record.leaves()
    })
}

/// Cuts a resting reduce-only order to what its account may still reduce; `false` where that ends it.
#[cold]
pub(crate) fn fit_reducer(shared: &mut Shared, market: &mut Market, slot: Slot, out: &mut Events) -> bool {
    let record = shared.records.get(slot);
    let (leaves, room) = (record.leaves(), shared.reducible(market, record.account, record.side()));
    if room == 0 {
        shared.cancel(market, slot, EndReason::ReduceOnly, out);
        return false;
    }
    if room < leaves {
        shared.restate(market, slot, room, EndReason::ReduceOnly, out);
    }
    true
}

/// What becomes of an incoming order that stopped with something left and may not rest.
pub(crate) fn end_reason(stop: Stop, ord_type: OrdType) -> EndReason {
    let market_type = matches!(ord_type, OrdType::Market | OrdType::MarketToLimit);
    match stop {
        Stop::Stp => EndReason::Stp,
        Stop::TradesMax => EndReason::TradesMax,
        Stop::Budget => EndReason::Budget,
        Stop::Band => EndReason::PriceBand,
        Stop::Price if market_type => EndReason::Protection,
        Stop::Empty if market_type => EndReason::NoLiquidity,
        Stop::Price | Stop::Empty | Stop::Filled => EndReason::Ioc,
    }
}
