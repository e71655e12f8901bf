//! The matching loop: one trade at a time with the first maker.

use model::{
    Allocation, Display, EventKind, Events, Money, OrderId, Price, Qty, Side, StpMode, TimeInForce, Trade, TradeId,
    TradeLeg,
};

use super::bands::Broken;
use super::effects::Ended;
use super::funds::Role;
use super::refill::varied_lots;
use super::{NaiveExchange, Order, Place};

/// Why matching went no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Nothing is left of the order; its last trade ended it.
    Filled,
    /// The other side is empty.
    NoneLeft,
    /// The best price is beyond the order's bound.
    NotAccepted,
    /// Self-trade prevention ended it.
    Stp,
    /// It has traded as often as one order may in one command.
    TradesMax,
    /// Its budget pays for no further lot.
    Budget,
    /// The best price would break a band.
    Band(Broken),
}

impl NaiveExchange {
    /// Matches an order that is not on the book, up to a bound.
    pub(super) fn match_incoming(&mut self, id: OrderId, bound: Option<Price>, out: &mut Events) -> Stop {
        let first_trade = self.next_trade;
        let (instrument, side) = (self.order(id).instrument, self.order(id).side);
        let bands = self.bands(instrument, self.best_price(instrument, side.opposite()));
        self.start_run();
        loop {
            let Some(taker) = self.orders.get(&id) else { return Stop::Filled };
            let is_measured = taker.tif == TimeInForce::Fok || taker.min_qty > 0;
            let trades = self.next_trade - first_trade;
            if !is_measured && trades >= u64::from(self.limits.trades_max) {
                return Stop::TradesMax;
            }
            let queue = self.resting(taker.instrument, taker.side.opposite());
            let Some(maker) = queue.min_by_key(|order| order.priority()) else { return Stop::NoneLeft };
            let price = maker.book_price().expect("makers rest on the book");
            if !bound.is_some_and(|bound| taker.side.accepts(bound, price)) {
                return Stop::NotAccepted;
            }
            let maker_id = maker.id;
            if let Some(stop) = self.break_band(id, price, &bands, out) {
                return stop;
            }
            let (taker, maker) = (self.order(id), self.order(maker_id));
            let is_shared = self.instrument(taker.instrument).definition.allocation != Allocation::Fifo;
            let stop = if is_shared && !maker.is_hidden() {
                let trades_left = if is_measured { u64::MAX } else { u64::from(self.limits.trades_max) - trades };
                self.share_level(id, price, trades_left, out)
            } else {
                self.meet(id, maker_id, price, out)
            };
            if let Some(stop) = stop {
                return stop;
            }
        }
    }

    /// R-41 steps 1 to 5 with one maker.
    fn meet(&mut self, id: OrderId, maker_id: OrderId, price: Price, out: &mut Events) -> Option<Stop> {
        let (taker, maker) = (self.order(id), self.order(maker_id));
        if self.affordable(taker, price, maker.leaves) == 0 {
            return Some(Stop::Budget);
        }
        if taker.stp != StpMode::None && self.owner(taker.account) == self.owner(maker.account) {
            return self.prevent(id, maker_id, price, out);
        }
        if self.cut_reduce_only_maker(maker_id, out) {
            return None;
        }
        let (taker, maker) = (self.order(id), self.order(maker_id));
        let qty = self.affordable(taker, price, maker.reachable());
        self.trade_with_maker(id, maker_id, price, qty, out);
        None
    }

    /// R-41 steps 4 and 5.
    pub(super) fn trade_with_maker(
        &mut self,
        id: OrderId,
        maker_id: OrderId,
        price: Price,
        qty: i64,
        out: &mut Events,
    ) {
        let side = self.order(id).side;
        let maker = self.order_mut(maker_id);
        maker.tip = (maker.tip - qty).max(0);
        self.trade(price, qty, id, maker_id, Some(side), out);
        self.end_if_filled(maker_id);
        self.end_if_filled(id);
        if self.orders.get(&maker_id).is_some_and(Order::needs_refill) {
            self.refill(maker_id, out);
        }
    }

    /// Books one trade between two orders. Which is named first does not matter.
    pub(super) fn trade(
        &mut self,
        price: Price,
        qty: i64,
        one: OrderId,
        other: OrderId,
        aggressor: Option<Side>,
        out: &mut Events,
    ) {
        let (bid, ask) = match self.order(one).side {
            Side::Buy => (one, other),
            Side::Sell => (other, one),
        };
        let role = |side: Side| if aggressor == Some(side) { Role::Taker } else { Role::Maker };
        self.mint_for_seller(ask, qty, out);
        let closes = self.order(bid).closes;
        let fees = self.settle(price, qty, [(bid, role(Side::Buy)), (ask, role(Side::Sell))]);
        let notional = self.notional(self.order(bid).instrument, price, qty);
        let buy_leg = self.fill(bid, price, qty, fees.0, notional);
        let sell_leg = self.fill(ask, price, qty, fees.1, notional);
        let maker_first = if aggressor == Some(Side::Buy) { [ask, bid] } else { [bid, ask] };
        for id in maker_first {
            self.member_trades(id, qty);
        }
        let instrument = self.order(bid).instrument;
        let self_match = self.owner(buy_leg.account) == self.owner(sell_leg.account);
        let trade_id = TradeId(self.next_trade);
        self.next_trade += 1;
        self.instrument_mut(instrument).last_trade = Some(price);
        self.add_to_run(instrument, price);
        if aggressor.is_some() {
            self.print(instrument, price);
            let now = self.stamp.ts_ns;
            self.instrument_mut(instrument).traded.push((now, price));
        }
        out.push(EventKind::Trade(Trade {
            trade_id,
            instrument,
            price,
            qty: Qty(qty),
            buy: buy_leg,
            sell: sell_leg,
            aggressor,
            self_match,
        }));
        let legs = [(buy_leg.account, fees.0), (sell_leg.account, fees.1)];
        self.merge_for_buyer((instrument, qty, notional), legs, closes, out);
    }

    /// One order's part of a trade.
    fn fill(&mut self, id: OrderId, price: Price, qty: i64, fee: i128, notional: i128) -> TradeLeg {
        let order = self.order_mut(id);
        order.cum += qty;
        order.last_price = Some(price);
        if !order.is_by_budget_alone() {
            order.leaves -= qty;
        }
        if let Some(budget) = order.budget.as_mut() {
            *budget -= notional + fee;
        }
        let leg = TradeLeg { order_id: id, account: order.account, leaves_qty: Qty(order.leaves), fee: Money(fee) };
        self.update_reserve(id);
        leg
    }

    /// A trade that leaves nothing ends the order.
    pub(super) fn end_if_filled(&mut self, id: OrderId) {
        if self.order(id).wanted() == 0 {
            self.end_order(id, Ended::Filled);
        }
    }

    /// a fresh tip at the back of the queue.
    pub(super) fn refill(&mut self, id: OrderId, out: &mut Events) {
        let order = self.order(id);
        let definition = &self.instrument(order.instrument).definition;
        let (seed, lot) = (definition.seed, definition.lot_size.0);
        let (Display::Iceberg { display_qty, variance_bps, .. }, Place::Book(price)) = (order.display, order.place)
        else {
            return;
        };
        let varied = varied_lots(seed, id.0, order.refills, display_qty.0 / lot, variance_bps);
        let public_id = self.take_public_id();
        let order = self.order_mut(id);
        order.tip = varied.saturating_mul(lot).min(order.leaves);
        order.refills += 1;
        order.public_id = public_id;
        let refreshed = self.posted(id, price);
        out.push(EventKind::OrderRefreshed(refreshed));
    }
}
