//! The market's own orders: what was asked for, and what of it is alive.

use std::collections::BTreeMap;

use model::{AccountId, ClOrdId, OrderAccepted, OrderId, Side};

use super::roster::Who;

/// What an order is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// One step of a maker's ladder.
    Quote {
        /// Which step of its side.
        slot: usize,
    },
    /// Rests until its time is over.
    Resting {
        /// How long it waits after it was accepted, in nanoseconds of the market's clock.
        life_ns: u64,
    },
    /// Takes and is gone.
    Taking,
}

/// One order of the market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OwnOrder {
    pub(super) who: Who,
    pub(super) account: AccountId,
    /// Index of its instrument's shape.
    pub(super) floor: usize,
    pub(super) side: Side,
    pub(super) role: Role,
}

/// Own orders, sent and alive.
#[derive(Clone, Debug, Default)]
pub(super) struct OwnOrders {
    sent: BTreeMap<ClOrdId, OwnOrder>,
    alive: BTreeMap<OrderId, OwnOrder>,
    cl_ord_ids: u64,
}

impl OwnOrders {
    /// A client id that was never given before.
    pub(super) fn next_cl_ord_id(&mut self) -> ClOrdId {
        self.cl_ord_ids += 1;
        ClOrdId::new(&format!("d{}", self.cl_ord_ids)).expect("a letter and a number are printable and short")
    }

    /// Remembers an order that is on its way.
    pub(super) fn send(&mut self, cl_ord_id: ClOrdId, order: OwnOrder) {
        self.sent.insert(cl_ord_id, order);
    }

    /// An order was accepted; gives it where it is one of ours.
    pub(super) fn accept(&mut self, accepted: &OrderAccepted) -> Option<OwnOrder> {
        let order = self.answered(accepted.account, accepted.cl_ord_id)?;
        self.alive.insert(accepted.order_id, order);
        Some(order)
    }

    /// A request was answered; gives the order it was for where it is a new one of ours.
    pub(super) fn answered(&mut self, account: AccountId, cl_ord_id: ClOrdId) -> Option<OwnOrder> {
        self.sent.get(&cl_ord_id).filter(|order| order.account == account)?;
        self.sent.remove(&cl_ord_id)
    }

    /// An order of ours that is alive.
    pub(super) fn get(&self, order_id: OrderId) -> Option<&OwnOrder> {
        self.alive.get(&order_id)
    }

    /// An order ended; gives it where it was ours.
    pub(super) fn end(&mut self, order_id: OrderId) -> Option<OwnOrder> {
        self.alive.remove(&order_id)
    }

    /// How many are alive.
    pub(super) fn len(&self) -> usize {
        self.alive.len()
    }
}
