//! What became of each order, and the tape of trades: a projection of the events that can be rebuilt at any time.

use std::collections::{BTreeMap, VecDeque};

use model::{
    ClOrdId, EndReason, Event, EventKind, InstrumentId, OrderAccepted, OrderEnded, OrderId, OrderReleased, Price, Qty,
    RejectReason, Stamp, Trade, TradeId, TradeKey, TradeLeg, TradeTerms, TriggerKind, TriggerRejected,
};

/// The state of an order (FIX 39).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderStatus {
    /// Accepted, nothing traded.
    New,
    /// Something traded, something is left.
    PartiallyFilled,
    /// All traded.
    Filled,
    /// Ended by cancellation.
    Canceled,
    /// Its life ended.
    Expired,
    /// It waits: for its trigger or for the entry of its group.
    Suspended,
    /// It was refused when it should work.
    Rejected,
}

/// Sums over the fills of an order from which its averages follow (F-009 to F-011).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quality {
    /// Number of fills.
    pub fills: u64,
    /// Sum of price x quantity (mantissas).
    pub price_qty: i128,
    /// Sum of prices (mantissa), for the plain mean.
    pub price_sum: i128,
    /// Sum of price x nanoseconds until the next fill.
    pub price_time: i128,
    /// Time of the first fill.
    pub first_ns: i64,
    /// Time of the last fill.
    pub last_ns: i64,
    last_price: i64,
}

impl Quality {
    fn add(&mut self, price: Price, qty: Qty, ts_ns: i64) {
        if self.fills == 0 {
            self.first_ns = ts_ns;
        } else {
            self.price_time += i128::from(self.last_price) * (i128::from(ts_ns) - i128::from(self.last_ns));
        }
        self.fills += 1;
        self.price_qty += i128::from(price.0) * i128::from(qty.0);
        self.price_sum += i128::from(price.0);
        self.last_ns = ts_ns;
        self.last_price = price.0;
    }

    /// Time-weighted price of the fills as a fraction of mantissas: each price holds until the next fill; the plain
    /// mean where there is one fill or all are at one time. `None` before the first.
    pub fn twap(&self) -> Option<(i128, i128)> {
        let span = i128::from(self.last_ns) - i128::from(self.first_ns);
        match (self.fills, span) {
            (0, _) => None,
            (fills, 0) => Some((self.price_sum, i128::from(fills))),
            (_, span) => Some((self.price_time, span)),
        }
    }
}

/// An order, open or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderHistory {
    /// What it was accepted with; its price, quantity and life follow amends.
    pub accepted: OrderAccepted,
    /// Newest client id of its chain.
    pub cl_ord_id: ClOrdId,
    /// Where it stands.
    pub status: OrderStatus,
    /// What traded.
    pub cum_qty: Qty,
    /// What remains.
    pub leaves_qty: Qty,
    /// What it lost by ending.
    pub canceled_qty: Qty,
    /// What it lost by self-trade prevention.
    pub prevented_qty: Qty,
    /// Why it ended, where it was not filled.
    pub reason: Option<EndReason>,
    /// Why it was refused when it should work.
    pub refused: Option<RejectReason>,
    /// What it waited for last, where it waited for a trigger.
    pub trigger: Option<TriggerKind>,
    /// Its fills in sums.
    pub quality: Quality,
    /// When it was accepted.
    pub created: Stamp,
    /// When it last changed.
    pub updated: Stamp,
}

impl OrderHistory {
    /// Volume-weighted price of the fills as a fraction of mantissas; `None` before the first (FIX 6).
    pub fn vwap(&self) -> Option<(i128, i128)> {
        (self.cum_qty.0 > 0).then_some((self.quality.price_qty, i128::from(self.cum_qty.0)))
    }

    /// Whether it is over.
    pub fn is_ended(&self) -> bool {
        match self.status {
            OrderStatus::New | OrderStatus::PartiallyFilled | OrderStatus::Suspended => false,
            OrderStatus::Filled | OrderStatus::Canceled | OrderStatus::Expired | OrderStatus::Rejected => true,
        }
    }

    fn by_budget(&self) -> bool {
        self.accepted.order_qty.0 == 0
    }
}

/// Orders and trades, as told by events.
#[derive(Debug)]
pub struct Blotter {
    orders: VecDeque<OrderHistory>,
    /// Order id of `orders[0]`.
    first: u64,
    tapes: BTreeMap<InstrumentId, VecDeque<(Stamp, Trade)>>,
    kept_max: usize,
}

impl Blotter {
    /// An empty blotter that keeps at least the newest `kept_max` orders and, per instrument, trades.
    pub fn new(kept_max: usize) -> Self {
        Blotter { orders: VecDeque::new(), first: 1, tapes: BTreeMap::new(), kept_max }
    }

    /// Takes note of one event. Events must come in order, none left out from the first that is told. Orders that were
    /// accepted before it stay unknown.
    pub fn absorb(&mut self, event: &Event) {
        let stamp = event.stamp;
        match &event.kind {
            EventKind::OrderAccepted(accepted) => self.open(accepted, stamp),
            EventKind::Trade(trade) => self.trade(trade, stamp),
            EventKind::TradeAmended { key, was, now } => self.amend(key, was, now, stamp),
            EventKind::OrderCanceled(ended) => self.end(ended, OrderStatus::Canceled, stamp),
            EventKind::OrderExpired(ended) => self.end(ended, OrderStatus::Expired, stamp),
            EventKind::OrderReplaced(replaced) => {
                if let Some(order) = self.get_mut(replaced.order_id) {
                    order.cl_ord_id = replaced.cl_ord_id;
                    order.accepted.price = replaced.price;
                    order.accepted.order_qty = replaced.order_qty;
                    order.accepted.tif = replaced.tif;
                    order.leaves_qty = replaced.leaves_qty;
                    order.updated = stamp;
                }
            }
            EventKind::OrderRestated { order_id, order_qty, leaves_qty, .. } => {
                if let Some(order) = self.get_mut(*order_id) {
                    order.accepted.order_qty = *order_qty;
                    order.leaves_qty = *leaves_qty;
                    order.updated = stamp;
                }
            }
            EventKind::OrderSuspended(suspended) => {
                if let Some(order) = self.get_mut(suspended.order_id) {
                    order.status = OrderStatus::Suspended;
                    order.trigger = suspended.kind;
                    order.updated = stamp;
                }
            }
            EventKind::OrderTriggered(triggered) => self.start(triggered.order_id, stamp),
            EventKind::OrderReleased(released) => self.release(released, stamp),
            EventKind::TriggerRejected(refused) => self.refuse(refused, stamp),
            EventKind::TradePrevented(prevented) if prevented.mode == model::StpMode::DecrementAndCancel => {
                for order_id in [prevented.maker_order_id, prevented.taker_order_id] {
                    self.lose(order_id, prevented.qty, stamp);
                }
            }
            EventKind::TradePrevented(_)
            | EventKind::OrderPosted(_)
            | EventKind::OrderRefreshed(_)
            | EventKind::OrderParked { .. }
            | EventKind::OrderRejected(_)
            | EventKind::AmendRejected(_)
            | EventKind::CancelRejected { .. }
            | EventKind::CommandRejected { .. }
            | EventKind::Repeated { .. }
            | EventKind::AssetAdded { .. }
            | EventKind::InstrumentListed { .. }
            | EventKind::TicksSet { .. }
            | EventKind::AccountAdded { .. }
            | EventKind::FeesSet { .. }
            | EventKind::AccountFeesSet { .. }
            | EventKind::Deposited { .. }
            | EventKind::Withdrawn { .. }
            | EventKind::MassCanceled { .. }
            | EventKind::StateChanged { .. }
            | EventKind::IndicativePrice { .. }
            | EventKind::Uncrossed { .. }
            | EventKind::GroupAccepted(_)
            | EventKind::GroupRejected(_)
            | EventKind::Guard(_)
            | EventKind::Breaker(_)
            | EventKind::Outcome(_)
            | EventKind::TimePassed => {}
        }
    }

    fn open(&mut self, accepted: &OrderAccepted, stamp: Stamp) {
        self.make_room();
        if self.orders.is_empty() {
            // The first one told of; those before a snapshot never are.
            self.first = accepted.order_id.0;
        }
        debug_assert_eq!(self.first + self.orders.len() as u64, accepted.order_id.0, "order ids count up by one");
        self.orders.push_back(OrderHistory {
            accepted: *accepted,
            cl_ord_id: accepted.cl_ord_id,
            status: OrderStatus::New,
            cum_qty: Qty(0),
            leaves_qty: accepted.order_qty,
            canceled_qty: Qty(0),
            prevented_qty: Qty(0),
            reason: None,
            refused: None,
            trigger: None,
            quality: Quality::default(),
            created: stamp,
            updated: stamp,
        });
    }

    /// Forgets the oldest orders beyond what is kept, up to the first that is still open.
    fn make_room(&mut self) {
        while self.orders.len() >= self.kept_max && self.orders.front().is_some_and(OrderHistory::is_ended) {
            self.orders.pop_front();
            self.first += 1;
        }
    }

    fn trade(&mut self, trade: &Trade, stamp: Stamp) {
        for leg in [&trade.buy, &trade.sell] {
            self.fill(leg, trade, stamp);
        }
        let tape = self.tapes.entry(trade.instrument).or_default();
        if tape.len() >= self.kept_max {
            tape.pop_front();
        }
        tape.push_back((stamp, *trade));
    }

    /// What an order traded is less or at another price; where it stands, it stays. The tape keeps what was printed.
    fn amend(&mut self, key: &TradeKey, was: &TradeTerms, now: &TradeTerms, stamp: Stamp) {
        let value = |terms: &TradeTerms| i128::from(terms.price.0) * i128::from(terms.qty.0);
        for order_id in [key.buy_order_id, key.sell_order_id] {
            let Some(order) = self.get_mut(order_id) else { continue };
            order.cum_qty.0 -= was.qty.0 - now.qty.0;
            order.quality.price_qty += value(now) - value(was);
            order.updated = stamp;
        }
    }

    fn fill(&mut self, leg: &TradeLeg, trade: &Trade, stamp: Stamp) {
        let Some(order) = self.get_mut(leg.order_id) else { return };
        order.cum_qty.0 += trade.qty.0;
        order.leaves_qty = leg.leaves_qty;
        order.quality.add(trade.price, trade.qty, stamp.ts_ns);
        let filled = leg.leaves_qty.0 == 0 && !order.by_budget();
        order.status = if filled { OrderStatus::Filled } else { OrderStatus::PartiallyFilled };
        order.updated = stamp;
    }

    /// An order that waited goes to work.
    fn start(&mut self, order_id: OrderId, stamp: Stamp) {
        let Some(order) = self.get_mut(order_id) else { return };
        let filled = order.cum_qty.0 > 0;
        order.status = if filled { OrderStatus::PartiallyFilled } else { OrderStatus::New };
        order.updated = stamp;
    }

    fn release(&mut self, released: &OrderReleased, stamp: Stamp) {
        let Some(order) = self.get_mut(released.order_id) else { return };
        order.accepted.order_qty = released.order_qty;
        order.leaves_qty = released.leaves_qty;
        order.updated = stamp;
        if order.status == OrderStatus::Suspended && order.trigger.is_none() {
            self.start(released.order_id, stamp);
        }
    }

    fn refuse(&mut self, refused: &TriggerRejected, stamp: Stamp) {
        let Some(order) = self.get_mut(refused.order_id) else { return };
        order.canceled_qty = refused.canceled_qty;
        order.leaves_qty = Qty(0);
        order.status = OrderStatus::Rejected;
        order.refused = Some(refused.reason);
        order.updated = stamp;
    }

    fn lose(&mut self, order_id: OrderId, qty: Qty, stamp: Stamp) {
        let Some(order) = self.get_mut(order_id) else { return };
        order.prevented_qty.0 += qty.0;
        order.leaves_qty.0 = (order.leaves_qty.0 - qty.0).max(0);
        order.updated = stamp;
    }

    fn end(&mut self, ended: &OrderEnded, status: OrderStatus, stamp: Stamp) {
        let Some(order) = self.get_mut(ended.order_id) else { return };
        order.canceled_qty = ended.canceled_qty;
        order.leaves_qty = Qty(0);
        order.status = status;
        order.reason = Some(ended.reason);
        order.updated = stamp;
    }

    fn at(&self, order_id: OrderId) -> Option<usize> {
        usize::try_from(order_id.0.checked_sub(self.first)?).ok()
    }

    fn get_mut(&mut self, order_id: OrderId) -> Option<&mut OrderHistory> {
        let at = self.at(order_id)?;
        self.orders.get_mut(at)
    }

    /// An order that is still kept.
    pub fn order(&self, order_id: OrderId) -> Option<&OrderHistory> {
        self.orders.get(self.at(order_id)?)
    }

    /// All kept orders, oldest first.
    pub fn orders(&self) -> impl Iterator<Item = &OrderHistory> {
        self.orders.iter()
    }

    /// A trade that is still kept, as it was made.
    pub fn trade_of(&self, trade_id: TradeId) -> Option<&Trade> {
        self.tapes.values().find_map(|tape| {
            let (_, trade) = tape.get(tape.partition_point(|(_, trade)| trade.trade_id < trade_id))?;
            (trade.trade_id == trade_id).then_some(trade)
        })
    }

    /// The kept trades of an instrument, oldest first.
    pub fn trades(&self, instrument: InstrumentId) -> impl Iterator<Item = &(Stamp, Trade)> {
        self.tapes.get(&instrument).into_iter().flatten()
    }
}
