//! What an agent wants done, before it becomes a command: its target may be gone by then.

use model::{
    AmendOrder, CancelOrder, ClOrdId, Command, Display, NewOrder, OrdType, OrderId, OrderRef, PostOnly, Price, Qty,
    SessionId, Side, TimeInForce,
};

use super::Market;
use super::orders::OwnOrder;

/// The part of a new order that agents decide.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draft {
    pub(super) side: Side,
    /// Limit in ticks; `None` for a market order.
    pub(super) ticks: Option<i64>,
    /// In quantity mantissa units.
    pub(super) order_qty: i64,
    pub(super) tif: TimeInForce,
    pub(super) post_only: PostOnly,
    pub(super) display: Display,
}

impl Draft {
    /// A limit that waits in the book.
    pub(super) fn resting(side: Side, ticks: i64, order_qty: i64) -> Self {
        let (tif, post_only, display) = (TimeInForce::Gtc, PostOnly::No, Display::All);
        Draft { side, ticks: Some(ticks), order_qty, tif, post_only, display }
    }

    /// A limit that takes what it can and leaves.
    pub(super) fn taking(side: Side, ticks: i64, order_qty: i64) -> Self {
        Draft { tif: TimeInForce::Ioc, ..Self::resting(side, ticks, order_qty) }
    }

    /// A market order.
    pub(super) fn market(side: Side, order_qty: i64) -> Self {
        Draft { ticks: None, ..Self::taking(side, 0, order_qty) }
    }
}

/// Something to be sent.
#[derive(Clone, Debug)]
pub(super) enum Intent {
    /// A command of the opening, as it is.
    Open(Command),
    /// A new order.
    Enter { order: OwnOrder, draft: Draft },
    /// A new price for an order.
    Move { order_id: OrderId, price: Price },
    /// The end of an order.
    Cancel { order_id: OrderId },
}

impl Market {
    /// The command for an intent; `None` where the order it is about is gone.
    pub(super) fn command_for(&mut self, intent: Intent) -> Option<Command> {
        match intent {
            Intent::Open(command) => Some(command),
            Intent::Enter { order, draft } => {
                self.counts.entered += 1;
                let cl_ord_id = self.orders.next_cl_ord_id();
                self.orders.send(cl_ord_id, order);
                Some(Command::NewOrder(self.new_order(&order, &draft, cl_ord_id)))
            }
            Intent::Move { order_id, price } => {
                let account = self.orders.get(order_id)?.account;
                self.counts.moved += 1;
                let cl_ord_id = self.orders.next_cl_ord_id();
                Some(Command::Amend(AmendOrder {
                    account,
                    cl_ord_id,
                    target: OrderRef::Order(order_id),
                    order_qty: None,
                    price: Some(price),
                    display_qty: None,
                    tif: None,
                    stp: None,
                    seen_cum_qty: None,
                    trigger_price: None,
                }))
            }
            Intent::Cancel { order_id } => {
                let account = self.orders.get(order_id)?.account;
                self.counts.canceled += 1;
                Some(Command::Cancel(CancelOrder { account, target: OrderRef::Order(order_id), unlink: false }))
            }
        }
    }

    fn new_order(&self, order: &OwnOrder, draft: &Draft, cl_ord_id: ClOrdId) -> NewOrder {
        let shape = self.floors[order.floor].shape;
        NewOrder {
            account: order.account,
            session: SessionId(0),
            instrument: self.roster.instrument(order.floor),
            cl_ord_id,
            side: draft.side,
            ord_type: if draft.ticks.is_some() { OrdType::Limit } else { OrdType::Market },
            tif: draft.tif,
            order_qty: Qty(draft.order_qty),
            price: draft.ticks.map(|ticks| shape.price(ticks)),
            protection_price: None,
            quote_qty: None,
            peg: None,
            min_qty: Qty(0),
            display: draft.display,
            post_only: draft.post_only,
            reduce_only: false,
            stp: None,
        }
    }
}
