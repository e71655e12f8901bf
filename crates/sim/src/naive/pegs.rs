//! Pegged orders follow their reference or wait for it.

use model::{
    EndReason, EventKind, Events, InstrumentId, OrdType, OrderId, PRICE_MAX, PegReference, Price, Side, TradingState,
};

use super::matching::Stop;
use super::{NaiveExchange, Order, Place};

/// The best displayed prices of orders that are not pegged.
#[derive(Clone, Copy)]
struct Touch {
    bid: Option<Price>,
    ask: Option<Price>,
}

impl NaiveExchange {
    pub(super) fn reprice_pegs(&mut self, out: &mut Events) {
        for instrument in self.instrument_ids() {
            if self.instrument(instrument).state != TradingState::Continuous {
                continue;
            }
            let touch = Touch { bid: self.touch(instrument, Side::Buy), ask: self.touch(instrument, Side::Sell) };
            let mut pegs = self.orders_of(instrument, |order| order.ord_type == OrdType::Pegged);
            pegs.sort_by_key(|id| (self.order(*id).public_id, *id));
            for id in pegs {
                let is_open = self.instrument(instrument).state == TradingState::Continuous;
                if is_open && self.orders.contains_key(&id) {
                    self.reprice(id, touch, out);
                }
            }
        }
    }

    fn touch(&self, instrument: InstrumentId, side: Side) -> Option<Price> {
        let resting = self.resting(instrument, side);
        let counted = resting.filter(|order| order.ord_type != OrdType::Pegged && order.tip > 0);
        counted.min_by_key(|order| order.priority())?.book_price()
    }

    fn reprice(&mut self, id: OrderId, touch: Touch, out: &mut Events) {
        let order = self.order(id);
        let target = self.peg_target(order, touch);
        let Some(target) = target else {
            self.park(id, out);
            return;
        };
        if order.place == Place::Book(target) {
            return;
        }
        let place = order.place;
        let order = self.order_mut(id);
        (order.place, order.tip) = (Place::Incoming, 0);
        match self.match_incoming(id, Some(target), out) {
            Stop::Filled => {}
            Stop::NoneLeft | Stop::NotAccepted => self.post(id, target, out),
            Stop::Stp => self.cancel_order(id, EndReason::Stp, out),
            Stop::TradesMax => self.cancel_order(id, EndReason::TradesMax, out),
            Stop::Band(broken) => {
                self.order_mut(id).place = place;
                self.park(id, out);
                self.stop_at_band(id, broken, out);
            }
            Stop::Budget => unreachable!("a pegged order has no budget"),
        }
    }

    /// Where a pegged order belongs, `None` where it has to wait.
    fn peg_target(&self, order: &Order, touch: Touch) -> Option<Price> {
        let definition = &self.instrument(order.instrument).definition;
        let (ticks, peg) = (&definition.ticks, order.peg?);
        let round = |price: Price| match order.side {
            Side::Buy => ticks.floor(price),
            Side::Sell => ticks.ceil(price),
        };
        let (near, far) = match order.side {
            Side::Buy => (touch.bid, touch.ask),
            Side::Sell => (touch.ask, touch.bid),
        };
        let reference = match peg.reference {
            PegReference::Near => near?,
            PegReference::Far => far?,
            PegReference::Mid => {
                let sum = touch.bid?.0 + touch.ask?.0;
                let half_down = sum.div_euclid(2);
                let half = match order.side {
                    Side::Buy => half_down,
                    Side::Sell => sum - half_down,
                };
                round(Price(half))
            }
        };
        let offset = i64::from(peg.offset_ticks).saturating_mul(ticks.base_tick());
        let target = round(Price(reference.0.saturating_add(offset).clamp(-PRICE_MAX.0, PRICE_MAX.0)));
        let target = match (order.side, order.limit) {
            (_, None) => target,
            (Side::Buy, Some(limit)) => target.min(limit),
            (Side::Sell, Some(limit)) => target.max(limit),
        };
        definition.in_bounds(target).then_some(target)
    }

    /// Takes a pegged order off the book; tells so where it was on it.
    fn park(&mut self, id: OrderId, out: &mut Events) {
        let order = self.order_mut(id);
        let was_on_book = matches!(order.place, Place::Book(_));
        (order.place, order.tip) = (Place::Parked, 0);
        let parked = EventKind::OrderParked { order_id: id, account: order.account, instrument: order.instrument };
        if was_on_book {
            out.push(parked);
        }
    }

    ///
    pub(super) fn park_all(&mut self, instrument: InstrumentId, out: &mut Events) {
        for id in self.orders_of(instrument, |order| order.ord_type == OrdType::Pegged) {
            self.park(id, out);
        }
    }
}
