//! The L3 view: every displayed order by its public id, in queue order.
//!
//! A public id is given when an order joins the back of a queue, so the ids of one level, ascending, are its queue.

use std::collections::BTreeMap;

use model::{Price, PublicId, Qty, Side};

use crate::feed::{Delta, Depth, Inconsistent, OrderChange, View};
use crate::l2::Levels;

/// A displayed order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownOrder {
    /// Names this stay in the queue.
    pub public_id: PublicId,
    /// Which side.
    pub side: Side,
    /// At what price.
    pub price: Price,
    /// What is displayed, > 0.
    pub qty: Qty,
}

/// The displayed orders of one instrument.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Orders {
    orders: BTreeMap<PublicId, ShownOrder>,
    levels: Levels,
}

impl Orders {
    /// All orders, in the order in which they joined their queues.
    pub fn iter(&self) -> impl Iterator<Item = ShownOrder> + '_ {
        self.orders.values().copied()
    }

    /// The queue at a price, first in line first. Costs a walk over all orders.
    pub fn queue(&self, side: Side, price: Price) -> impl Iterator<Item = ShownOrder> + '_ {
        self.iter().filter(move |order| order.side == side && order.price == price)
    }

    /// An order.
    #[must_use]
    pub fn get(&self, public_id: PublicId) -> Option<ShownOrder> {
        self.orders.get(&public_id).copied()
    }

    /// The sums of its levels: the L2 view.
    #[must_use]
    pub fn levels(&self) -> &Levels {
        &self.levels
    }

    /// How many orders there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.orders.len()
    }

    /// Whether nothing is displayed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.orders.is_empty()
    }

    fn add(&mut self, order: ShownOrder) -> Result<(), Inconsistent> {
        if order.qty <= Qty(0) {
            return Err(Inconsistent::BadQty);
        }
        if order.public_id == PublicId(0) || self.orders.contains_key(&order.public_id) {
            return Err(Inconsistent::DuplicateOrder(order.public_id));
        }
        self.orders.insert(order.public_id, order);
        self.levels.add(order.side, order.price, order.qty);
        Ok(())
    }

    fn resize(&mut self, public_id: PublicId, qty: Qty) -> Result<(), Inconsistent> {
        if qty <= Qty(0) {
            return Err(Inconsistent::BadQty);
        }
        let order = self.orders.get_mut(&public_id).ok_or(Inconsistent::UnknownOrder(public_id))?;
        let gone = Qty(order.qty.0 - qty.0);
        order.qty = qty;
        self.levels.take(order.side, order.price, gone, 0);
        Ok(())
    }

    fn remove(&mut self, public_id: PublicId) -> Result<(), Inconsistent> {
        let order = self.orders.remove(&public_id).ok_or(Inconsistent::UnknownOrder(public_id))?;
        self.levels.take(order.side, order.price, order.qty, 1);
        Ok(())
    }
}

impl View for Orders {
    const DEPTH: Depth = Depth::L3;

    fn apply(&mut self, delta: &Delta) -> Result<(), Inconsistent> {
        match delta {
            Delta::Order(OrderChange::Added { public_id, side, price, qty }) => {
                self.add(ShownOrder { public_id: *public_id, side: *side, price: *price, qty: *qty })
            }
            Delta::Order(OrderChange::Reduced { public_id, qty }) => self.resize(*public_id, *qty),
            Delta::Order(OrderChange::Deleted { public_id }) => self.remove(*public_id),
            Delta::Top(_) | Delta::Level(_) => Err(Inconsistent::WrongDepth),
        }
    }

    fn checksum(&self) -> u32 {
        self.levels.checksum()
    }
}
