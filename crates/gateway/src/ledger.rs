//! What a report says about an order and its event does not: client id, totals, owner. Kept while the order is open.
//!
//! 1. An order is here from its acceptance until the event that ends it, no longer: memory is bounded by open orders.
//! 2. Everything here follows from the events, so a ledger that was filled from the open orders of a restored exchange
//!    gives the same reports.

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use model::{OrderAccepted, OrderId, Price, Qty};

pub(crate) use crate::host::OpenOrder as Order;

/// Spreads ids that are dense: the high bits of the product pick the bucket. Ids come from the engine, never from a client.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct IdHasher(u64);

impl std::hash::Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, id: u64) {
        self.0 = (self.0 ^ id).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
    }
}

type ById = HashMap<OrderId, Order, std::hash::BuildHasherDefault<IdHasher>>;

/// The open orders of the venue.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    orders: ById,
}

impl Ledger {
    /// An order that was open already.
    pub(crate) fn restore(&mut self, order: Order) {
        self.orders.insert(order.order_id, order);
    }

    /// A new order.
    pub(crate) fn accept(&mut self, accepted: &OrderAccepted) -> Order {
        let order = Order {
            order_id: accepted.order_id,
            account: accepted.account,
            instrument: accepted.instrument,
            cl_ord_id: accepted.cl_ord_id,
            side: accepted.side,
            ord_type: accepted.ord_type,
            tif: accepted.tif,
            price: accepted.price,
            order_qty: accepted.order_qty,
            cum_qty: Qty(0),
            cum_value: Some(0),
            leaves_qty: accepted.order_qty,
            is_suspended: false,
        };
        self.orders.insert(order.order_id, order);
        order
    }

    /// An open order.
    pub(crate) fn get(&self, order_id: OrderId) -> Option<&Order> {
        self.orders.get(&order_id)
    }

    /// Changes an open order and gives it as it is then.
    pub(crate) fn change(&mut self, order_id: OrderId, change: impl FnOnce(&mut Order)) -> Option<Order> {
        let order = self.orders.get_mut(&order_id)?;
        change(order);
        Some(*order)
    }

    /// One side of a trade; the order is forgotten where that filled it.
    pub(crate) fn fill(&mut self, order_id: OrderId, price: Price, qty: Qty, leaves_qty: Qty) -> Option<Order> {
        let Entry::Occupied(mut entry) = self.orders.entry(order_id) else { return None };
        let order = entry.get_mut();
        order.cum_qty.0 += qty.0;
        let value = i128::from(price.0) * i128::from(qty.0);
        order.cum_value = order.cum_value.and_then(|sum| sum.checked_add(value));
        order.leaves_qty = leaves_qty;
        order.is_suspended = false;
        let after = *order;
        // An order by budget has no total: its end is always told.
        if leaves_qty.0 == 0 && after.order_qty.0 != 0 {
            entry.remove();
        }
        Some(after)
    }

    /// Forgets an order that ended and gives it as it was.
    pub(crate) fn end(&mut self, order_id: OrderId) -> Option<Order> {
        self.orders.remove(&order_id)
    }

    /// How many orders are open.
    pub(crate) fn len(&self) -> usize {
        self.orders.len()
    }
}
