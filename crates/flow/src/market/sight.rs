//! What anybody can see of the books: the displayed touch of each instrument, learned from events alone.

use std::collections::BTreeMap;

use model::{Event, EventKind, InstrumentId, OrderId, OrderPosted, Price, Side, TradeLeg};

/// The best displayed prices of one instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touch {
    /// Highest displayed buy price.
    pub bid: Option<Price>,
    /// Lowest displayed sell price.
    pub ask: Option<Price>,
}

/// Displayed orders per price, buy and sell.
type Levels = [BTreeMap<Price, u32>; 2];

/// Where every displayed order stands, whoever sent it.
#[derive(Clone, Debug, Default)]
pub(super) struct Sight {
    posted: BTreeMap<OrderId, (InstrumentId, Side, Price)>,
    books: BTreeMap<InstrumentId, Levels>,
}

impl Sight {
    /// The best displayed prices now.
    pub(super) fn touch(&self, instrument: InstrumentId) -> Touch {
        self.books.get(&instrument).map_or(Touch::default(), |levels| Touch {
            bid: levels[Side::Buy as usize].last_key_value().map(|(price, _)| *price),
            ask: levels[Side::Sell as usize].first_key_value().map(|(price, _)| *price),
        })
    }

    /// Learns from an event. Only whether an order stands counts, so quantities need no bookkeeping.
    pub(super) fn absorb(&mut self, event: &Event) {
        match event.kind {
            EventKind::OrderPosted(posted) => self.post(&posted),
            EventKind::Trade(trade) => {
                self.drop_if_filled(&trade.buy);
                self.drop_if_filled(&trade.sell);
            }
            EventKind::OrderCanceled(ended) | EventKind::OrderExpired(ended) => self.drop(ended.order_id),
            EventKind::OrderParked { order_id, .. } => self.drop(order_id),
            EventKind::OrderReplaced(replaced) if !replaced.priority_kept => self.drop(replaced.order_id),
            EventKind::OrderReplaced(_)
            | EventKind::OrderRefreshed(_)
            | EventKind::OrderRestated { .. }
            | EventKind::TradePrevented(_)
            | EventKind::AssetAdded { .. }
            | EventKind::InstrumentListed { .. }
            | EventKind::AccountAdded { .. }
            | EventKind::FeesSet { .. }
            | EventKind::AccountFeesSet { .. }
            | EventKind::TradeAmended { .. }
            | EventKind::TicksSet { .. }
            | EventKind::Deposited { .. }
            | EventKind::Withdrawn { .. }
            | EventKind::OrderAccepted(_)
            | EventKind::OrderRejected(_)
            | EventKind::AmendRejected(_)
            | EventKind::CancelRejected { .. }
            | EventKind::CommandRejected { .. }
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

    fn post(&mut self, posted: &OrderPosted) {
        if posted.displayed_qty.0 == 0 {
            return;
        }
        self.drop(posted.order_id);
        self.posted.insert(posted.order_id, (posted.instrument, posted.side, posted.price));
        let levels = self.books.entry(posted.instrument).or_default();
        *levels[posted.side as usize].entry(posted.price).or_insert(0) += 1;
    }

    fn drop_if_filled(&mut self, leg: &TradeLeg) {
        if leg.leaves_qty.0 == 0 {
            self.drop(leg.order_id);
        }
    }

    fn drop(&mut self, order_id: OrderId) {
        let Some((instrument, side, price)) = self.posted.remove(&order_id) else {
            return;
        };
        let levels = self.books.entry(instrument).or_default();
        if let Some(count) = levels[side as usize].get_mut(&price) {
            *count -= 1;
            if *count == 0 {
                levels[side as usize].remove(&price);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{AccountId, Cause, EndReason, Money, OrderEnded, PublicId, Qty, Stamp, Trade, TradeId};

    const BOOK: InstrumentId = InstrumentId(3);

    fn event(kind: EventKind) -> Event {
        Event { stamp: Stamp::default(), sub: 0, cause: Cause::Command, kind }
    }

    fn posted(order_id: u64, side: Side, price: i64, displayed_qty: i64) -> Event {
        event(EventKind::OrderPosted(OrderPosted {
            order_id: OrderId(order_id),
            instrument: BOOK,
            side,
            price: Price(price),
            public_id: PublicId(order_id),
            displayed_qty: Qty(displayed_qty),
        }))
    }

    fn traded(buy: (u64, i64), sell: (u64, i64)) -> Event {
        let leg = |(order_id, leaves_qty)| TradeLeg {
            order_id: OrderId(order_id),
            account: AccountId(1),
            leaves_qty: Qty(leaves_qty),
            fee: Money(0),
        };
        event(EventKind::Trade(Trade {
            trade_id: TradeId(1),
            instrument: BOOK,
            price: Price(10),
            qty: Qty(1),
            buy: leg(buy),
            sell: leg(sell),
            aggressor: Some(Side::Buy),
            self_match: false,
        }))
    }

    fn sight(events: &[Event]) -> Sight {
        let mut sight = Sight::default();
        for event in events {
            sight.absorb(event);
        }
        sight
    }

    #[test]
    fn the_touch_is_the_best_displayed_price_of_each_side() {
        let sight = sight(&[
            posted(1, Side::Buy, 8, 1),
            posted(2, Side::Buy, 9, 1),
            posted(3, Side::Buy, 10, 0),
            posted(4, Side::Sell, 12, 1),
            posted(5, Side::Sell, 11, 1),
        ]);

        assert_eq!(sight.touch(BOOK), Touch { bid: Some(Price(9)), ask: Some(Price(11)) });
        assert_eq!(sight.touch(InstrumentId(4)), Touch::default());
    }

    #[test]
    fn a_level_stands_until_its_last_order_is_filled_or_cancelled() {
        let mut sight = sight(&[posted(1, Side::Sell, 10, 5), posted(2, Side::Sell, 10, 5)]);

        sight.absorb(&traded((9, 0), (1, 4)));
        sight.absorb(&traded((9, 0), (1, 0)));
        assert_eq!(sight.touch(BOOK).ask, Some(Price(10)));
        sight.absorb(&event(EventKind::OrderCanceled(OrderEnded {
            order_id: OrderId(2),
            account: AccountId(1),
            instrument: BOOK,
            canceled_qty: Qty(5),
            reason: EndReason::User,
        })));

        assert_eq!(sight.touch(BOOK).ask, None);
    }
}
