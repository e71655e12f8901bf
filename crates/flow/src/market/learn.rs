//! What the agents learn from events: which of their orders live, what they hold, and that trades move prices.

use model::{Event, EventKind, OrderAccepted, OrderId, OrderReplaced, Side, Trade, TradeLeg};

use super::agenda::Task;
use super::makers::Quote;
use super::orders::{OwnOrder, Role};
use super::roster::Who;
use super::{IMPACT_Q8, Market};

impl Market {
    /// Learns from one event of the exchange; orders of others are seen, not owned.
    pub fn absorb(&mut self, event: &Event) {
        self.sight.absorb(event);
        match event.kind {
            EventKind::OrderAccepted(accepted) => self.accepted(&accepted),
            EventKind::OrderReplaced(replaced) => self.replaced(&replaced),
            EventKind::Trade(trade) => self.traded(&trade),
            EventKind::OrderCanceled(ended) | EventKind::OrderExpired(ended) => {
                self.ended(ended.order_id);
            }
            EventKind::OrderRejected(refused) => {
                let _ = self.orders.answered(refused.account, refused.cl_ord_id);
                self.counts.rejected += 1;
            }
            EventKind::AmendRejected(_) | EventKind::CancelRejected { .. } | EventKind::CommandRejected { .. } => {
                self.counts.rejected += 1;
            }
            EventKind::AssetAdded { .. } | EventKind::InstrumentListed { .. } | EventKind::AccountAdded { .. } => {
                self.roster.absorb(event);
            }
            EventKind::OrderPosted(_)
            | EventKind::OrderRefreshed(_)
            | EventKind::OrderRestated { .. }
            | EventKind::OrderParked { .. }
            | EventKind::TradePrevented(_)
            | EventKind::FeesSet { .. }
            | EventKind::AccountFeesSet { .. }
            | EventKind::TradeAmended { .. }
            | EventKind::TicksSet { .. }
            | EventKind::Deposited { .. }
            | EventKind::Withdrawn { .. }
            | EventKind::Repeated { .. }
            | EventKind::MassCanceled { .. }
            | EventKind::StateChanged { .. }
            | EventKind::IndicativePrice { .. }
            | EventKind::Uncrossed { .. }
            | EventKind::OrderSuspended(_)
            | EventKind::OrderTriggered(_)
            | EventKind::TriggerRejected(_)
            | EventKind::OrderReleased(_)
            | EventKind::GroupAccepted(_)
            | EventKind::GroupRejected(_)
            | EventKind::Guard(_)
            | EventKind::Breaker(_)
            | EventKind::Outcome(_)
            | EventKind::TimePassed => {}
        }
    }

    fn accepted(&mut self, accepted: &OrderAccepted) {
        let Some(order) = self.orders.accept(accepted) else {
            return;
        };
        match order.role {
            Role::Quote { slot } => {
                let price = accepted.price.map_or(0, |price| price.0);
                let quote = Quote { order_id: accepted.order_id, ticks: price / self.floors[order.floor].shape.tick };
                *self.slot(&order, slot) = Some(quote);
            }
            Role::Resting { life_ns } => self.enter(life_ns, Task::GiveUp { order_id: accepted.order_id }),
            Role::Taking => {}
        }
    }

    fn replaced(&mut self, replaced: &OrderReplaced) {
        let Some(order) = self.orders.get(replaced.order_id).copied() else {
            return;
        };
        if let (Role::Quote { slot }, Some(price)) = (order.role, replaced.price) {
            let quote = Quote { order_id: replaced.order_id, ticks: price.0 / self.floors[order.floor].shape.tick };
            *self.slot(&order, slot) = Some(quote);
        }
    }

    fn traded(&mut self, trade: &Trade) {
        let Some(floor) = self.roster.floor(trade.instrument) else {
            return;
        };
        self.counts.trades += 1;
        let lots_q8 = (trade.qty.0 * IMPACT_Q8 / self.floors[floor].shape.round_lot).min(8 * IMPACT_Q8);
        let impact_q8 = match trade.aggressor {
            Some(Side::Buy) => lots_q8,
            Some(Side::Sell) => -lots_q8,
            None => 0,
        };
        self.floors[floor].fair.push(impact_q8);
        self.filled(&trade.buy, trade.qty.0);
        self.filled(&trade.sell, -trade.qty.0);
        self.alert_makers(floor);
    }

    /// Books a signed quantity for the owner of an order, and forgets the order where it is filled.
    fn filled(&mut self, leg: &TradeLeg, signed_qty: i64) {
        let Some(order) = self.orders.get(leg.order_id).copied() else {
            return;
        };
        let floor = &mut self.floors[order.floor];
        match order.who {
            Who::Maker(maker) => floor.makers[maker].inventory += signed_qty,
            Who::Momentum(_) => floor.trend.position += signed_qty,
            Who::Crowd(_) | Who::Whale => {}
        }
        if leg.leaves_qty.0 == 0 {
            self.ended(leg.order_id);
        }
    }

    fn ended(&mut self, order_id: OrderId) {
        let Some(order) = self.orders.end(order_id) else {
            return;
        };
        if let (Role::Quote { slot }, Who::Maker(maker)) = (order.role, order.who) {
            let place = self.slot(&order, slot);
            if place.is_some_and(|quote| quote.order_id == order_id) {
                *place = None;
            }
            self.alert_maker(order.floor, maker);
        }
    }

    fn slot(&mut self, order: &OwnOrder, slot: usize) -> &mut Option<Quote> {
        let Who::Maker(maker) = order.who else {
            unreachable!("only makers quote");
        };
        &mut self.floors[order.floor].makers[maker].quotes[order.side as usize][slot]
    }
}
