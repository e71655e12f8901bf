//! The lines in front of a match, kept from events alone in plain lists: an opinion of its own on who is next.

use std::collections::BTreeMap;

use engine::OrderView;
use model::{Allocation, EventKind, OrderId, OrderPosted, OrderReplaced, Price, Side, StpMode, Trade, TradePrevented};

/// An order that rests.
#[derive(Clone, Copy, Debug)]
struct Resting {
    order_id: OrderId,
    price: i64,
    is_hidden: bool,
    /// Counts the posts: time.
    nr: u64,
    /// What shows of it; nothing shows of a hidden one.
    displayed: i64,
}

/// What is known of an open order.
#[derive(Clone, Copy, Debug)]
struct Known {
    instrument: usize,
    side: Side,
    limit: Option<Price>,
}

/// Both sides of an instrument, best first.
#[derive(Debug)]
struct Line {
    allocation: Allocation,
    sides: [Vec<Resting>; 2],
}

/// What one event was found to be.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub(crate) is_fill: bool,
    /// A fill in continuous matching by time, of the first in line.
    pub(crate) is_in_line: bool,
    /// The rule that the fill broke.
    pub(crate) broken: Option<String>,
}

/// All lines.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    instruments: Vec<Line>,
    orders: BTreeMap<OrderId, Known>,
    posts: u64,
    /// How the instrument that is being listed shares out.
    expected: Option<Allocation>,
}

/// Smaller is nearer to a match.
fn rank(side: Side, resting: &Resting) -> (i64, bool, u64) {
    let price = if side == Side::Buy { -resting.price } else { resting.price };
    (price, resting.is_hidden, resting.nr)
}

impl Lines {
    /// A command asks for an instrument that shares out like this.
    pub(crate) fn expect(&mut self, allocation: Allocation) {
        self.expected = Some(allocation);
    }

    /// There is an instrument more.
    pub(crate) fn list(&mut self, allocation: Allocation) {
        self.instruments.push(Line { allocation, sides: [Vec::new(), Vec::new()] });
    }

    /// An order of a snapshot, in priority order.
    pub(crate) fn restore(&mut self, order: &OrderView) {
        let instrument = order.instrument.0 as usize;
        self.orders.insert(order.order_id, Known { instrument, side: order.side, limit: order.price });
        self.posts += 1;
        let (nr, is_hidden) = (self.posts, order.public_id.0 == 0);
        let resting = Resting {
            order_id: order.order_id,
            price: order.price.map_or(0, |price| price.0),
            is_hidden,
            nr,
            displayed: order.displayed_qty.0,
        };
        if let Some(line) = self.instruments.get_mut(instrument) {
            line.sides[order.side as usize].push(resting);
        }
    }

    /// Takes an event in and checks it where it is a fill.
    pub(crate) fn take(&mut self, event: &EventKind) -> Checked {
        if let EventKind::Trade(trade) = event {
            return self.trade(trade);
        }
        self.follow(event);
        Checked::default()
    }

    #[allow(clippy::wildcard_enum_match_arm, reason = "all other facts leave the lines as they are")]
    fn follow(&mut self, event: &EventKind) {
        match event {
            EventKind::InstrumentListed { .. } => {
                let allocation = self.expected.take().unwrap_or(Allocation::Fifo);
                self.list(allocation);
            }
            EventKind::OrderAccepted(accepted) => {
                let instrument = accepted.instrument.0 as usize;
                let known = Known { instrument, side: accepted.side, limit: accepted.price };
                self.orders.insert(accepted.order_id, known);
            }
            EventKind::OrderPosted(posted) | EventKind::OrderRefreshed(posted) => self.post(posted),
            EventKind::OrderReplaced(replaced) => self.replace(replaced),
            EventKind::OrderRestated { order_id, displayed_qty, .. } => self.show(*order_id, displayed_qty.0),
            EventKind::OrderParked { order_id, .. } => self.leave(*order_id),
            EventKind::OrderReleased(released) => self.leave(released.order_id),
            EventKind::TradePrevented(prevented) => self.prevent(prevented),
            EventKind::OrderCanceled(ended) | EventKind::OrderExpired(ended) => self.end(ended.order_id),
            EventKind::TriggerRejected(rejected) => self.end(rejected.order_id),
            _ => {}
        }
    }

    fn post(&mut self, posted: &OrderPosted) {
        self.leave(posted.order_id);
        self.posts += 1;
        let resting = Resting {
            order_id: posted.order_id,
            price: posted.price.0,
            is_hidden: posted.public_id.0 == 0,
            nr: self.posts,
            displayed: posted.displayed_qty.0,
        };
        let Some(line) = self.instruments.get_mut(posted.instrument.0 as usize) else { return };
        let queue = &mut line.sides[posted.side as usize];
        let at = queue.partition_point(|other| rank(posted.side, other) < rank(posted.side, &resting));
        queue.insert(at, resting);
    }

    fn replace(&mut self, replaced: &OrderReplaced) {
        if let Some(known) = self.orders.get_mut(&replaced.order_id) {
            known.limit = replaced.price.or(known.limit);
        }
        if replaced.priority_kept {
            self.show(replaced.order_id, replaced.displayed_qty.0);
        } else {
            self.leave(replaced.order_id);
        }
    }

    fn prevent(&mut self, prevented: &TradePrevented) {
        if prevented.mode == StpMode::DecrementAndCancel {
            self.show(prevented.maker_order_id, prevented.maker_displayed_qty.0);
        }
    }

    /// The place of an order in its line, where it rests.
    fn place(&mut self, order_id: OrderId) -> Option<(&mut Vec<Resting>, usize)> {
        let known = self.orders.get(&order_id)?;
        let queue = &mut self.instruments.get_mut(known.instrument)?.sides[known.side as usize];
        let at = queue.iter().position(|resting| resting.order_id == order_id)?;
        Some((queue, at))
    }

    /// Something else shows of a resting order from now on.
    fn show(&mut self, order_id: OrderId, displayed: i64) {
        if let Some((queue, at)) = self.place(order_id) {
            queue[at].displayed = displayed;
            if displayed <= 0 && !queue[at].is_hidden {
                queue.remove(at);
            }
        }
    }

    fn leave(&mut self, order_id: OrderId) {
        if let Some((queue, at)) = self.place(order_id) {
            queue.remove(at);
        }
    }

    fn end(&mut self, order_id: OrderId) {
        self.leave(order_id);
        self.orders.remove(&order_id);
    }

    fn trade(&mut self, trade: &Trade) -> Checked {
        let mut checked = Checked { is_fill: true, ..Checked::default() };
        checked.broken = self.limits(trade);
        if let Some(aggressor) = trade.aggressor {
            match self.first_in_line(trade, aggressor) {
                Ok(is_in_line) => checked.is_in_line = is_in_line,
                Err(what) => checked.broken = Some(what),
            }
        }
        for leg in [&trade.buy, &trade.sell] {
            // An order by budget has leaves of 0 while it lives; it never rests.
            if leg.leaves_qty.0 == 0 {
                self.leave(leg.order_id);
            } else if let Some((queue, at)) = self.place(leg.order_id) {
                let displayed = queue[at].displayed - trade.qty.0;
                self.show(leg.order_id, displayed);
            }
        }
        checked
    }

    /// INV-4: the price is within both limits.
    fn limits(&self, trade: &Trade) -> Option<String> {
        let limit = |order_id| self.orders.get(&order_id).and_then(|known| known.limit);
        let (id, price) = (trade.trade_id, trade.price);
        if limit(trade.buy.order_id).is_some_and(|limit| price > limit) {
            return Some(format!("trade {id} at {} is above the limit of buy order {}", price.0, trade.buy.order_id));
        }
        if limit(trade.sell.order_id).is_some_and(|limit| price < limit) {
            return Some(format!("trade {id} at {} is below the limit of sell order {}", price.0, trade.sell.order_id));
        }
        None
    }

    /// INV-7: nobody with a better price, or the same price and an earlier place, rests. Where an instrument shares out
    /// by size, the price alone decides: `false` says so.
    fn first_in_line(&self, trade: &Trade, aggressor: Side) -> Result<bool, String> {
        let (id, maker) = (trade.trade_id, trade.maker().order_id);
        let side = if aggressor == Side::Buy { Side::Sell } else { Side::Buy };
        let line = self.instruments.get(trade.instrument.0 as usize);
        let line = line.ok_or_else(|| format!("trade {id} in an instrument that was never listed"))?;
        let Some(first) = line.sides[side as usize].first() else {
            return Err(format!("trade {id} with order {maker}, and nobody rests"));
        };
        if first.price != trade.price.0 {
            return Err(format!(
                "trade {id} at {}, and order {} rests at {}",
                trade.price.0, first.order_id, first.price
            ));
        }
        if line.allocation != Allocation::Fifo {
            return Ok(false);
        }
        if first.order_id == maker {
            Ok(true)
        } else {
            Err(format!("trade {id} with order {maker}, and order {} was there before", first.order_id))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{AccountId, InstrumentId, Money, PublicId, Qty, TradeId, TradeLeg};

    fn lines() -> Lines {
        let mut lines = Lines::default();
        lines.list(Allocation::Fifo);
        for (order_id, price) in [(1, 100), (2, 100), (3, 101)] {
            let order_id = OrderId(order_id);
            lines.orders.insert(order_id, Known { instrument: 0, side: Side::Buy, limit: Some(Price(price)) });
            lines.post(&OrderPosted {
                order_id,
                instrument: InstrumentId(0),
                side: Side::Buy,
                price: Price(price),
                public_id: PublicId(order_id.0),
                displayed_qty: Qty(5),
            });
        }
        lines
    }

    /// An incoming sell order 9 takes `qty` from a buy order that is left with `leaves`.
    fn sold_to(lines: &mut Lines, maker: u64, price: i64, (qty, leaves): (i64, i64)) -> Checked {
        let leg = |order_id, leaves| TradeLeg {
            order_id: OrderId(order_id),
            account: AccountId(1),
            leaves_qty: Qty(leaves),
            fee: Money(0),
        };
        lines.take(&EventKind::Trade(Trade {
            trade_id: TradeId(7),
            instrument: InstrumentId(0),
            price: Price(price),
            qty: Qty(qty),
            buy: leg(maker, leaves),
            sell: leg(9, 1),
            aggressor: Some(Side::Sell),
            self_match: false,
        }))
    }

    #[test]
    fn fills_in_order_of_price_and_time_are_in_line() {
        let mut lines = lines();

        for (maker, price, fill) in [(3, 101, (5, 0)), (1, 100, (2, 3)), (1, 100, (3, 0)), (2, 100, (5, 0))] {
            let checked = sold_to(&mut lines, maker, price, fill);
            assert!(checked.is_in_line && checked.broken.is_none(), "{maker}: {checked:?}");
        }
        assert!(sold_to(&mut lines, 2, 100, (1, 0)).broken.is_some_and(|what| what.contains("nobody rests")));
    }

    #[test]
    fn a_fill_of_a_worse_price_or_a_later_place_is_told() {
        let worse = sold_to(&mut lines(), 1, 100, (5, 0));
        assert_eq!(worse.broken.as_deref(), Some("trade 7 at 100, and order 3 rests at 101"));

        let mut later = lines();
        later.end(OrderId(3));
        let later = sold_to(&mut later, 2, 100, (5, 0));
        assert_eq!(later.broken.as_deref(), Some("trade 7 with order 2, and order 1 was there before"));
    }

    #[test]
    fn a_price_beyond_a_limit_is_told() {
        let mut lines = lines();
        lines.orders.insert(OrderId(9), Known { instrument: 0, side: Side::Sell, limit: Some(Price(102)) });

        let below = sold_to(&mut lines, 3, 101, (5, 0));

        assert!(below.broken.is_some_and(|what| what.contains("below the limit of sell order 9")));
    }

    #[test]
    fn an_exhausted_tip_goes_to_the_back_when_it_is_refreshed() {
        let mut lines = lines();
        lines.end(OrderId(3));
        assert!(sold_to(&mut lines, 1, 100, (5, 20)).is_in_line);

        assert!(sold_to(&mut lines, 1, 100, (5, 15)).broken.is_some(), "its next slice is behind order 2");
    }
}
