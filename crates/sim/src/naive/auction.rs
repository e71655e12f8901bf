//! Auctions: the indicative price and the uncross.

use std::collections::BTreeSet;

use model::{EventKind, Events, InstrumentId, Limits, OrderId, Price, Qty, Side, TickTable};

use super::price_discovery::{Candidate, Interest, best};
use super::{NaiveExchange, Order, Place, Published};

/// Between the lowest and the highest limit each of so many prices is looked at.
const PRICES_MAX: usize = 100_000;

/// What an uncross gives, or would give. Without a cross the price is empty and both numbers are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cross {
    pub price: Option<Price>,
    pub volume: i64,
    pub imbalance: i64,
}

/// Sorts orders for allocation: market orders without protection, then by price (a protected market order at its
/// protection price, before the limits there), displayed before hidden, by time.
fn allocation_key(order: &Order) -> (Option<i64>, bool, bool, u64) {
    let rank = NaiveExchange::auction_limit(order).map(|price| match order.side {
        Side::Buy => -price.0,
        Side::Sell => price.0,
    });
    (rank, order.place != Place::AuctionQueue, order.is_hidden(), order.public_id)
}

/// All valid prices between two; empty where these are too many to look at.
fn every_price(ticks: &TickTable, (low, high): (Price, Price)) -> Option<Vec<Price>> {
    let prices = std::iter::successors(Some(low), |price| Some(ticks.up(*price))).take_while(|price| *price <= high);
    let prices: Vec<Price> = prices.take(PRICES_MAX + 1).collect();
    (prices.len() <= PRICES_MAX).then_some(prices)
}

/// The valid prices between two at which the answer can lie: demand and supply change at `turns` (limits and
/// reference) only, so one of these, or a neighbour of one.
fn telling_prices(ticks: &TickTable, (low, high): (Price, Price), turns: impl Iterator<Item = Price>) -> Vec<Price> {
    let around = |turn: Price| {
        let turn = turn.clamp(low, high);
        let (floor, ceil) = (ticks.floor(turn), ticks.ceil(turn));
        [ticks.down(floor), floor, ceil, ticks.up(ceil)]
    };
    let prices: BTreeSet<Price> = turns.flat_map(around).filter(|price| (low..=high).contains(price)).collect();
    prices.into_iter().collect()
}

impl NaiveExchange {
    /// The orders of one side that take part in an auction.
    fn auction_side(&self, instrument: InstrumentId, side: Side) -> Vec<&Order> {
        let of_side = self.orders.values().filter(|order| order.instrument == instrument && order.side == side);
        of_side.filter(|order| matches!(order.place, Place::Book(_) | Place::AuctionQueue)).collect()
    }

    /// The price an order accepts in an auction, empty where any will do.
    fn auction_limit(order: &Order) -> Option<Price> {
        match order.place {
            Place::Book(price) => Some(price),
            Place::AuctionQueue | Place::Incoming | Place::Parked | Place::Armed | Place::Held | Place::Fired => {
                order.protection
            }
        }
    }

    pub(super) fn find_cross(&self, instrument: InstrumentId) -> Cross {
        let listed = self.instrument(instrument);
        let reference = listed.last_trade.or(listed.definition.previous_close);
        let [buys, sells] = [Side::Buy, Side::Sell].map(|side| self.auction_side(instrument, side));
        let limits = || buys.iter().chain(&sells).filter_map(|order| order.book_price());
        let ends = limits().min().zip(limits().max());
        let [buys, sells] = [buys, sells].map(|side| -> Vec<Interest> {
            side.iter().map(|order| Interest { limit: Self::auction_limit(order), qty: order.leaves }).collect()
        });
        let ticks = &listed.definition.ticks;
        let (low, high) = (listed.definition.min_price, listed.definition.max_price);
        let prices = match ends {
            Some(ends) => {
                let turns = buys.iter().chain(&sells).filter_map(|interest| interest.limit).chain(reference);
                every_price(ticks, ends).unwrap_or_else(|| telling_prices(ticks, ends, turns))
            }
            // on the grid of now.
            None => reference.map(|at| ticks.nearest(at).clamp(low, high)).into_iter().collect(),
        };
        let candidates = prices.into_iter().map(|price| Candidate::at(price, &buys, &sells)).collect();
        let number = |value: i128| i64::try_from(value).expect("quantities of one auction fit 64 bits");
        best(candidates, reference).map_or_else(Cross::default, |found| Cross {
            price: Some(found.price),
            volume: number(found.volume()),
            imbalance: number(found.surplus()),
        })
    }

    ///
    pub(super) fn uncross(&mut self, instrument: InstrumentId, out: &mut Events) {
        let cross = self.find_cross(instrument);
        self.start_run();
        if let Some(price) = cross.price {
            let mut buys = self.allocation(instrument, Side::Buy, price);
            let mut sells = self.allocation(instrument, Side::Sell, price);
            while let (Some(buy), Some(sell)) = (buys.first().copied(), sells.first().copied()) {
                let qty = self.order(buy).leaves.min(self.order(sell).leaves);
                self.trade(price, qty, buy, sell, None, out);
                if self.order(buy).leaves == 0 {
                    buys.remove(0);
                }
                if self.order(sell).leaves == 0 {
                    sells.remove(0);
                }
                for id in [buy, sell] {
                    self.consume_shown(id, qty, out);
                    self.end_if_filled(id);
                }
            }
            let now = self.stamp.ts_ns;
            let listed = self.instrument_mut(instrument);
            (listed.last_auction, listed.auction_ns) = (Some(price), now);
            self.breaker_mut(instrument).prints.clear();
            self.print(instrument, price);
        }
        let (volume, imbalance) = (Qty(cross.volume), Qty(cross.imbalance));
        out.push(EventKind::Uncrossed { instrument, price: cross.price, volume, imbalance });
    }

    fn allocation(&self, instrument: InstrumentId, side: Side, price: Price) -> Vec<OrderId> {
        let mut orders = self.auction_side(instrument, side);
        orders.retain(|order| Self::auction_limit(order).is_none_or(|limit| side.accepts(limit, price)));
        orders.sort_by_key(|order| allocation_key(order));
        orders.into_iter().map(|order| order.id).collect()
    }

    /// Takes an auction fill off what an order shows: the tip first, then the reserve, then one refill.
    fn consume_shown(&mut self, id: OrderId, qty: i64, out: &mut Events) {
        let order = self.order_mut(id);
        if !order.is_iceberg() {
            order.shrink_to(order.leaves);
            return;
        }
        order.tip = (order.tip - qty).max(0);
        if order.leaves > 0 && order.needs_refill() {
            self.refill(id, out);
        }
    }

    ///
    pub(super) fn publish_indicative(&mut self, out: &mut Events) {
        let now = self.stamp.ts_ns;
        for instrument in self.instrument_ids() {
            let listed = self.instrument(instrument);
            let is_due = listed.published.is_none_or(|last| now - last.ts_ns >= Limits::INDICATIVE_NS_MIN);
            if !listed.state.is_call() || !is_due {
                continue;
            }
            let last = listed.published.map(|last| last.cross).unwrap_or_default();
            let cross = self.find_cross(instrument);
            if cross != last {
                self.instrument_mut(instrument).published = Some(Published { ts_ns: now, cross });
                let (volume, imbalance) = (Qty(cross.volume), Qty(cross.imbalance));
                out.push(EventKind::IndicativePrice { instrument, price: cross.price, volume, imbalance });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::SplitMix64;

    #[test]
    fn the_telling_prices_decide_as_all_prices_do() {
        let ticks = TickTable::uniform(5).expect("a tick");
        let mut rng = SplitMix64::new(11);
        let mut crossed = 0;
        for _ in 0..2_000 {
            let mut number = |below: u64| i64::try_from(rng.below(below)).expect("small");
            let mut side = || -> Vec<Interest> {
                let orders = 1 + number(4);
                let limit = |tick: i64| (tick > 3).then_some(Price(5 * tick));
                (0..orders).map(|_| Interest { limit: limit(number(40)), qty: 1 + number(3) }).collect()
            };
            let (buys, sells) = (side(), side());
            let reference = Some(number(260)).filter(|price| *price > 0).map(Price);
            let limits = || buys.iter().chain(&sells).filter_map(|interest| interest.limit);
            let Some(ends) = limits().min().zip(limits().max()) else { continue };
            let choose = |prices: Vec<Price>| {
                best(prices.into_iter().map(|price| Candidate::at(price, &buys, &sells)).collect(), reference)
            };
            let of_all = choose(every_price(&ticks, ends).expect("few"));
            crossed += usize::from(of_all.is_some());
            assert_eq!(choose(telling_prices(&ticks, ends, limits().chain(reference))), of_all, "{buys:?} {sells:?}");
        }
        assert!(crossed > 500, "{crossed}");
    }

    #[test]
    fn a_grid_too_wide_to_look_at_is_not_built() {
        let ticks = TickTable::uniform(1).expect("a tick");

        assert_eq!(every_price(&ticks, (Price(1), Price(1 << 40))), None);
        assert_eq!(telling_prices(&ticks, (Price(1), Price(1 << 40)), [Price(1)].into_iter()), [Price(1), Price(2)]);
    }
}
