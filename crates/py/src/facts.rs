//! What a command did to one order: its numbers afterwards, folded from what they were and the events.

use engine::{OrderHistory, OrderStatus, OrderView};
use model::{
    EventKind, InstrumentId, OrderAccepted, OrderId, OrderReleased, Price, Side, StpMode, Trade, TradeLeg,
    TradePrevented,
};

use crate::names::NOBODY;

/// The state of an order as reports say it (FIX 39).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Open, waiting for its trigger or for the entry of its group.
    Suspended,
    /// Open, nothing filled.
    New,
    /// Open, partly filled.
    PartiallyFilled,
    /// Filled.
    Filled,
    /// Ended by cancellation.
    Canceled,
    /// Its life ended.
    Expired,
    /// Over; how it ended and what it filled is not remembered any more.
    Ended,
    /// The request was refused.
    Rejected,
}

impl Status {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Status::Suspended => "suspended",
            Status::New => "new",
            Status::PartiallyFilled => "partially_filled",
            Status::Filled => "filled",
            Status::Canceled => "canceled",
            Status::Expired => "expired",
            Status::Ended => "ended",
            Status::Rejected => "rejected",
        }
    }
}

/// The numbers of one order, as mantissas.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Which; 0 where there is none.
    pub order_id: u64,
    /// In what; [`NOBODY`] where there is no order.
    pub instrument: InstrumentId,
    /// Its side.
    pub side: Option<Side>,
    /// Its limit, or protection price.
    pub price: Option<Price>,
    /// FIX 38.
    pub order_qty: i64,
    /// FIX 14.
    pub cum_qty: i64,
    /// FIX 151.
    pub leaves_qty: i64,
    /// Sum of price times quantity of its fills; empty where earlier fills are not known.
    pub px_sum: Option<i128>,
    /// FIX 39.
    pub status: Status,
    /// It waits for nothing but the entry of its group: what releases it puts it to work.
    pub is_held: bool,
    /// Why it ended.
    pub reason: Option<&'static str>,
}

impl Facts {
    /// Those of a request that names no order.
    pub fn none() -> Self {
        Facts {
            order_id: 0,
            instrument: InstrumentId(NOBODY),
            side: None,
            price: None,
            order_qty: 0,
            cum_qty: 0,
            leaves_qty: 0,
            px_sum: Some(0),
            status: Status::Rejected,
            is_held: false,
            reason: None,
        }
    }

    /// Those of an order that was accepted and is neither open nor remembered: the request says what it was.
    pub fn forgotten(order_id: OrderId, instrument: Option<InstrumentId>, asked: Self) -> Self {
        let instrument = instrument.unwrap_or(asked.instrument);
        Facts { order_id: order_id.0, instrument, px_sum: None, status: Status::Ended, ..asked }
    }

    /// Those of an open order whose history is not kept.
    pub fn of_view(view: &OrderView) -> Self {
        Facts {
            order_id: view.order_id.0,
            instrument: view.instrument,
            side: Some(view.side),
            price: view.price,
            order_qty: view.order_qty.0,
            cum_qty: view.cum_qty.0,
            leaves_qty: view.leaves_qty.0,
            px_sum: (view.cum_qty.0 == 0).then_some(0),
            status: match view.cum_qty.0 {
                _ if view.waits => Status::Suspended,
                0 => Status::New,
                _ => Status::PartiallyFilled,
            },
            is_held: view.is_held,
            reason: None,
        }
    }

    /// Those of an order, open or ended.
    pub fn of_history(order: &OrderHistory) -> Self {
        Facts {
            order_id: order.accepted.order_id.0,
            instrument: order.accepted.instrument,
            side: Some(order.accepted.side),
            price: order.accepted.price,
            order_qty: order.accepted.order_qty.0,
            cum_qty: order.cum_qty.0,
            leaves_qty: order.leaves_qty.0,
            px_sum: Some(order.quality.price_qty),
            status: match order.status {
                OrderStatus::New => Status::New,
                OrderStatus::PartiallyFilled => Status::PartiallyFilled,
                OrderStatus::Filled => Status::Filled,
                OrderStatus::Canceled => Status::Canceled,
                OrderStatus::Expired => Status::Expired,
                OrderStatus::Suspended => Status::Suspended,
                OrderStatus::Rejected => Status::Rejected,
            },
            is_held: order.status == OrderStatus::Suspended && order.trigger.is_none(),
            reason: order.reason.map(model::EndReason::name).or(order.refused.map(model::RejectReason::name)),
        }
    }

    /// Takes in one event.
    pub fn absorb(&mut self, kind: &EventKind) {
        let mine = |id: OrderId| id.0 == self.order_id;
        match kind {
            EventKind::OrderAccepted(order) if self.order_id == 0 => self.accept(order),
            EventKind::OrderReplaced(replaced) if mine(replaced.order_id) => {
                self.price = replaced.price;
                self.order_qty = replaced.order_qty.0;
                self.leaves_qty = replaced.leaves_qty.0;
            }
            EventKind::OrderRestated { order_id, order_qty, leaves_qty, .. } if mine(*order_id) => {
                self.order_qty = order_qty.0;
                self.leaves_qty = leaves_qty.0;
            }
            EventKind::Trade(trade) => {
                if let Some(leg) = leg(trade, self.order_id) {
                    self.fill(trade, leg);
                }
            }
            EventKind::TradePrevented(met) if mine(met.maker_order_id) => self.leaves_qty = met.maker_leaves_qty.0,
            EventKind::TradePrevented(met) if mine(met.taker_order_id) && self.order_qty > 0 => self.decrement(met),
            EventKind::OrderCanceled(it) if mine(it.order_id) => self.end(Status::Canceled, it.reason.name()),
            EventKind::OrderExpired(it) if mine(it.order_id) => self.end(Status::Expired, it.reason.name()),
            EventKind::OrderSuspended(suspended) if mine(suspended.order_id) => self.wait(suspended.kind.is_none()),
            EventKind::OrderTriggered(triggered) if mine(triggered.order_id) => self.status = Status::New,
            EventKind::OrderReleased(released) if mine(released.order_id) => self.release(released),
            EventKind::TriggerRejected(refused) if mine(refused.order_id) => {
                self.end(Status::Rejected, refused.reason.name());
            }
            EventKind::OrderAccepted(_)
            | EventKind::OrderReplaced(_)
            | EventKind::OrderRestated { .. }
            | EventKind::TradePrevented(_)
            | EventKind::OrderCanceled(_)
            | EventKind::OrderExpired(_)
            | EventKind::AssetAdded { .. }
            | EventKind::InstrumentListed { .. }
            | EventKind::AccountAdded { .. }
            | EventKind::FeesSet { .. }
            | EventKind::AccountFeesSet { .. }
            | EventKind::TradeAmended { .. }
            | EventKind::TicksSet { .. }
            | EventKind::Deposited { .. }
            | EventKind::Withdrawn { .. }
            | EventKind::OrderRejected(_)
            | EventKind::AmendRejected(_)
            | EventKind::CancelRejected { .. }
            | EventKind::CommandRejected { .. }
            | EventKind::Repeated { .. }
            | EventKind::OrderPosted(_)
            | EventKind::OrderRefreshed(_)
            | EventKind::OrderParked { .. }
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

    fn accept(&mut self, order: &OrderAccepted) {
        self.order_id = order.order_id.0;
        self.instrument = order.instrument;
        self.side = Some(order.side);
        self.price = order.price;
        self.order_qty = order.order_qty.0;
        self.leaves_qty = order.order_qty.0;
        self.status = Status::New;
    }

    fn wait(&mut self, is_held: bool) {
        self.status = Status::Suspended;
        self.is_held = is_held;
    }

    /// One that has a trigger waits for it as before, with more; `OrderTriggered` puts it to work.
    fn release(&mut self, released: &OrderReleased) {
        self.order_qty = released.order_qty.0;
        self.leaves_qty = released.leaves_qty.0;
        if core::mem::take(&mut self.is_held) {
            self.status = Status::New;
        }
    }

    fn decrement(&mut self, met: &TradePrevented) {
        if met.mode == StpMode::DecrementAndCancel {
            self.leaves_qty -= met.qty.0;
        }
    }

    fn fill(&mut self, trade: &Trade, leg: &TradeLeg) {
        self.cum_qty += trade.qty.0;
        let notional = i128::from(trade.price.0) * i128::from(trade.qty.0);
        self.px_sum = self.px_sum.map(|sum| sum + notional);
        self.leaves_qty = leg.leaves_qty.0;
        let done = self.leaves_qty == 0 && self.order_qty > 0;
        self.status = if done { Status::Filled } else { Status::PartiallyFilled };
    }

    fn end(&mut self, status: Status, reason: &'static str) {
        self.leaves_qty = 0;
        self.status = status;
        self.reason = Some(reason);
    }
}

/// The part an order has in a trade; of a trade with itself there is none.
pub fn leg(trade: &Trade, order_id: u64) -> Option<&TradeLeg> {
    [&trade.buy, &trade.sell].into_iter().find(|leg| leg.order_id.0 == order_id)
}
