//! The uncross: at what price a call ends, and who trades (rules, S-92).

use model::image;
use std::collections::BTreeMap;

use book::Slot;
use model::{Cause, EventKind, Events, Price, Qty, Side, Trade, TradeId};

use crate::market::{Market, book_side};
use crate::matching::{Print, after_fill, fill_order, settle};
use crate::outcomes;
use crate::record::{NO_LIMIT, Place};
use crate::shared::Shared;

/// What an uncross gives. Lots and ticks; without a cross the price is empty and the rest 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cross {
    pub(crate) price: Option<i64>,
    pub(crate) volume: i64,
    pub(crate) imbalance: i64,
}

image!(Cross { price: Option<i64>, volume: i64, imbalance: i64 });

/// Demand and supply at one candidate price, or at every candidate of a gap between two limits.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    low: i64,
    high: i64,
    demand: i64,
    supply: i64,
}

impl Candidate {
    fn volume(&self) -> i64 {
        self.demand.min(self.supply)
    }

    fn surplus(&self) -> i64 {
        self.demand - self.supply
    }
}

/// The price at which most trades, by the four rules.
pub(crate) fn find(shared: &Shared, market: &Market) -> Cross {
    let bids = curve(shared, market, Side::Buy);
    let asks = curve(shared, market, Side::Sell);
    let cross = match candidates(market, &bids, &asks) {
        Some(candidates) => choose(market, &candidates),
        None => market_only(market, &bids, &asks),
    };
    cross.unwrap_or_default()
}

/// One side's lots by the price at which they stop taking part; limits and protected market orders apart.
struct Curve {
    limits: BTreeMap<i64, i64>,
    protected: BTreeMap<i64, i64>,
    unlimited: i64,
}

fn curve(shared: &Shared, market: &Market, side: Side) -> Curve {
    let mut curve = Curve { limits: BTreeMap::new(), protected: BTreeMap::new(), unlimited: 0 };
    for (tick, _) in market.book.levels(book_side(side)) {
        let orders = market.book.level_orders(&shared.arena, book_side(side), tick);
        curve.limits.insert(tick, orders.map(|maker| shared.arena.leaves(maker.slot)).sum());
    }
    for slot in market.waiting[side as usize].values() {
        let record = shared.records.get(*slot);
        if record.limit == NO_LIMIT {
            curve.unlimited += record.leaves();
        } else {
            *curve.protected.entry(record.limit).or_default() += record.leaves();
        }
    }
    curve
}

impl Curve {
    /// Lots that take part at `ticks`.
    fn at(&self, side: Side, ticks: i64) -> i64 {
        let of = |prices: &BTreeMap<i64, i64>| match side {
            Side::Buy => prices.range(ticks..).map(|(_, lots)| lots).sum::<i64>(),
            Side::Sell => prices.range(..=ticks).map(|(_, lots)| lots).sum::<i64>(),
        };
        self.unlimited + of(&self.limits) + of(&self.protected)
    }

    /// Lots whose limit or protection price is exactly `ticks`.
    fn limited_to(&self, ticks: i64) -> i64 {
        let at = |prices: &BTreeMap<i64, i64>| prices.get(&ticks).copied().unwrap_or(0);
        at(&self.limits) + at(&self.protected)
    }
}

/// Candidates in ascending order; `None` where there is no limit at all.
fn candidates(market: &Market, bids: &Curve, asks: &Curve) -> Option<Vec<Candidate>> {
    let limits = || bids.limits.keys().chain(asks.limits.keys());
    let (low, high) = (*limits().min()?, *limits().max()?);
    let inside = bids.protected.keys().chain(asks.protected.keys()).filter(|tick| (low..=high).contains(*tick));
    let mut points: Vec<i64> = limits().chain(inside).copied().collect();
    points.sort_unstable();
    points.dedup();
    let (mut demand, mut supply) = (bids.at(Side::Buy, low), asks.at(Side::Sell, low));
    let mut candidates = Vec::with_capacity(points.len() * 2);
    for (at, point) in points.iter().enumerate() {
        if at > 0 {
            supply += asks.limited_to(*point);
        }
        candidates.push(Candidate { low: *point, high: *point, demand, supply });
        demand -= bids.limited_to(*point);
        if let Some(next) = points.get(at + 1) {
            let first = market.ticks(market.def.ticks.up(market.price(*point)));
            let last = market.ticks(market.def.ticks.down(market.price(*next)));
            if first <= last {
                candidates.push(Candidate { low: first, high: last, demand, supply });
            }
        }
    }
    Some(candidates)
}

/// Rules (1) to (4) over candidates in ascending order.
fn choose(market: &Market, candidates: &[Candidate]) -> Option<Cross> {
    let volume = candidates.iter().map(Candidate::volume).max().filter(|volume| *volume > 0)?;
    let most = || candidates.iter().filter(|c| c.volume() == volume);
    let least = most().map(|c| c.surplus().abs()).min()?;
    let left: Vec<&Candidate> = most().filter(|c| c.surplus().abs() == least).collect();
    let (lowest, highest) = (left.first()?, left.last()?);
    let bought = left.iter().rposition(|c| c.surplus() > 0);
    let sold = left.iter().position(|c| c.surplus() < 0);
    let price = match (bought, sold) {
        (Some(_), None) if lowest.surplus() > 0 && highest.surplus() > 0 => highest.high,
        (None, Some(_)) if lowest.surplus() < 0 && highest.surplus() < 0 => lowest.low,
        _ => {
            let from = bought.map_or(lowest.low, |at| left[at].high);
            let to = sold.map_or(highest.high, |at| left[at].low);
            nearest(market, &left, from, to)
        }
    };
    let at = left.iter().find(|c| (c.low..=c.high).contains(&price))?;
    Some(Cross { price: Some(price), volume, imbalance: at.surplus() })
}

/// The candidate price within `from..=to` nearest to the reference, the higher of two; the highest without one.
fn nearest(market: &Market, left: &[&Candidate], from: i64, to: i64) -> i64 {
    let Some(reference) = market.reference() else { return to };
    let within = left.iter().filter(|c| c.low <= to && c.high >= from);
    let prices = within.flat_map(|c| {
        let (low, high) = (c.low.max(from), c.high.min(to));
        let target = market.price(reference.clamp(low, high));
        let ticks = &market.def.ticks;
        [ticks.floor(target), ticks.ceil(target)].map(|price| market.ticks(price).clamp(low, high))
    });
    prices.min_by_key(|price| (reference.abs_diff(*price), core::cmp::Reverse(*price))).unwrap_or(to)
}

/// The cross of market orders among themselves, at the reference.
fn market_only(market: &Market, bids: &Curve, asks: &Curve) -> Option<Cross> {
    let price = market.reference_on_grid()?;
    let (demand, supply) = (bids.at(Side::Buy, price), asks.at(Side::Sell, price));
    let volume = demand.min(supply);
    (volume > 0).then_some(Cross { price: Some(price), volume, imbalance: demand - supply })
}

/// Ends a call: trades at one price, says so, and gives what happened.
pub(crate) fn uncross(shared: &mut Shared, market: &mut Market, out: &mut Events) {
    let before = out.cause();
    out.set_cause(Cause::Uncross);
    let cross = find(shared, market);
    if let Some(ticks) = cross.price {
        let buys = queue(shared, market, Side::Buy, ticks);
        let sells = queue(shared, market, Side::Sell, ticks);
        pair_off(shared, market, &buys, &sells, ticks, out);
        market.last_trade = Some(ticks);
        market.last_auction = Some(ticks);
        market.auction_ns = shared.now_ns;
        shared.note_run(market, ticks, ticks);
        market.breaker.observe_auction(shared.now_ns, market.price(ticks));
    }
    out.push(EventKind::Uncrossed {
        instrument: market.id,
        price: cross.price.map(|ticks| market.price(ticks)),
        volume: market.qty(cross.volume),
        imbalance: market.qty(cross.imbalance),
    });
    shared.touch(market);
    out.set_cause(before);
}

/// The orders of a side that accept `ticks`, first in line first, with what is left of them: market orders without
/// protection, then by limit, where a protected market order stands before the limits of its protection price.
fn queue(shared: &Shared, market: &Market, side: Side, ticks: i64) -> Vec<(Slot, i64)> {
    let price = market.price(ticks);
    let accepts = |slot: &Slot| {
        let record = shared.records.get(*slot);
        record.limit == NO_LIMIT || side.accepts(market.price(record.limit), price)
    };
    let mut waiting: Vec<Slot> = market.waiting[side as usize].values().copied().filter(accepts).collect();
    waiting.sort_by_key(|slot| eagerness(side, shared.records.get(*slot).limit));
    let mut waiting = waiting.into_iter().peekable();
    let mut line = Vec::new();
    let levels = market.book.levels(book_side(side)).take_while(|(tick, _)| side.accepts(market.price(*tick), price));
    for (tick, _) in levels {
        while let Some(slot) =
            waiting.next_if(|slot| eagerness(side, shared.records.get(*slot).limit) <= eagerness(side, tick))
        {
            line.push(slot);
        }
        line.extend(market.book.level_orders(&shared.arena, book_side(side), tick).map(|maker| maker.slot));
    }
    line.extend(waiting);
    line.into_iter().map(|slot| (slot, shared.records.get(slot).leaves())).collect()
}

/// Sorts limits from the most to the least willing to pay or to sell; no limit comes first.
fn eagerness(side: Side, limit: i64) -> i64 {
    match side {
        _ if limit == NO_LIMIT => i64::MIN,
        Side::Buy => -limit,
        Side::Sell => limit,
    }
}

/// Trades both queues against each other from the front.
fn pair_off(
    shared: &mut Shared,
    market: &mut Market,
    buys: &[(Slot, i64)],
    sells: &[(Slot, i64)],
    ticks: i64,
    out: &mut Events,
) {
    let (mut buys, mut sells) = (buys.iter().copied(), sells.iter().copied());
    let (mut buy, mut sell) = (buys.next(), sells.next());
    while let (Some((buyer, wanted)), Some((seller, offered))) = (buy, sell) {
        let qty = wanted.min(offered);
        trade(shared, market, buyer, seller, ticks, qty, out);
        take(shared, market, buyer, Side::Buy, qty, out);
        take(shared, market, seller, Side::Sell, qty, out);
        buy = if wanted == qty { buys.next() } else { Some((buyer, wanted - qty)) };
        sell = if offered == qty { sells.next() } else { Some((seller, offered - qty)) };
    }
}

fn trade(shared: &mut Shared, market: &mut Market, buyer: Slot, seller: Slot, ticks: i64, qty: i64, out: &mut Events) {
    let (notional, base) = (market.notional(ticks, qty), market.fee_base());
    let print = Print { ticks, qty, notional };
    let rate = |shared: &Shared, slot: Slot| shared.accounts.rates(shared.records.get(slot).account, base).maker_ppm;
    let owner = |shared: &Shared, slot: Slot| shared.accounts.get(shared.records.get(slot).account).owner;
    let (buy_ppm, sell_ppm) = (rate(shared, buyer), rate(shared, seller));
    let self_match = owner(shared, buyer) == owner(shared, seller);
    outcomes::before_trade(shared, market, seller, qty, out);
    let (buy, _) = fill_order(shared, market, buyer, &print, buy_ppm);
    let (sell, _) = fill_order(shared, market, seller, &print, sell_ppm);
    settle(shared, market, &print, &buy, &sell);
    let trade_id = TradeId(shared.next_trade);
    shared.next_trade += 1;
    out.push(EventKind::Trade(Trade {
        trade_id,
        instrument: market.id,
        price: Price(ticks * market.grain),
        qty: Qty(qty * market.lot),
        buy,
        sell,
        aggressor: None,
        self_match,
    }));
    outcomes::after_trade(shared, market, buyer, (qty, notional), (&buy, &sell), out);
}

/// Takes a fill out of the queue an order waits in: from the book its tip first, then its reserve, then one refill.
fn take(shared: &mut Shared, market: &mut Market, slot: Slot, side: Side, qty: i64, out: &mut Events) {
    let record = shared.records.get(slot);
    if record.place() == Place::Waiting {
        if record.leaves() == 0 {
            let public = record.public_id;
            market.waiting[side as usize].remove(&public);
            shared.finish(market, slot);
        }
        return;
    }
    let (_, ticks) = market.book.side_of(&shared.arena, slot);
    let fill = market.book.fill_leaves(&mut shared.arena, slot, qty);
    after_fill(shared, market, slot, (side, ticks), fill, out);
}
