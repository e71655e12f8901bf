//! What a report says about an order and its event does not: client id, totals, owner. Kept while the order is open.
//!
//! 1. An order is here from its acceptance until the event that ends it, no longer: memory is bounded by the most orders that
//!    were open at once.
//! 2. Orders stand side by side in the order they came, found by a small index: what came together is used together.
//! 3. Everything here follows from the events, so a ledger that was filled from the open orders of a restored exchange
//!    gives the same reports.

use hashbrown::HashMap;
use model::{OrderAccepted, OrderId, Price, Qty, TradeTerms};

pub(crate) use crate::host::OpenOrder as Order;

/// Orders that are given memory at once.
const PAGE: usize = 1_024;

/// Keeps ids that follow each other side by side (the low bits pick the bucket) and tells them apart by the high bits. Ids
/// are dense and come from the engine, never from a client.
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
        let id = self.0 ^ id;
        self.0 = id.wrapping_mul(0x9E37_79B9_7F4A_7C15) & TAG | id & !TAG;
    }
}

/// The bits of a hash that a table compares before it looks at a key.
const TAG: u64 = 0x7F << 57;

type ById = HashMap<OrderId, u32, std::hash::BuildHasherDefault<IdHasher>>;

/// The open orders of the venue.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    index: ById,
    /// Places of orders, a page after the other; pages are never moved.
    pages: Vec<Vec<Order>>,
    /// Places that are free again.
    free: Vec<u32>,
}

impl Ledger {
    /// An order that was open already.
    pub(crate) fn restore(&mut self, order: Order) {
        self.keep(order);
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
        self.keep(order);
        order
    }

    fn keep(&mut self, order: Order) {
        let place = self.free.pop();
        if let Some(kept) = place.and_then(|place| at(&mut self.pages, place)) {
            *kept = order;
        } else if let Some(page) = self.pages.last_mut().filter(|page| page.len() < PAGE) {
            page.push(order);
        } else {
            let mut page = Vec::with_capacity(PAGE);
            page.push(order);
            self.pages.push(page);
        }
        let newest = || (self.pages.len() - 1) * PAGE + self.pages.last().map_or(0, Vec::len) - 1;
        let place = place.unwrap_or_else(|| u32::try_from(newest()).unwrap_or(u32::MAX));
        self.index.insert(order.order_id, place);
    }

    /// An open order.
    pub(crate) fn get(&self, order_id: OrderId) -> Option<&Order> {
        let place = *self.index.get(&order_id)? as usize;
        self.pages.get(place / PAGE)?.get(place % PAGE)
    }

    /// Changes an open order and gives it as it is then.
    pub(crate) fn change(&mut self, order_id: OrderId, change: impl FnOnce(&mut Order)) -> Option<Order> {
        let order = at(&mut self.pages, *self.index.get(&order_id)?)?;
        change(order);
        Some(*order)
    }

    /// One side of a trade; the order is forgotten where that filled it.
    pub(crate) fn fill(&mut self, order_id: OrderId, price: Price, qty: Qty, leaves_qty: Qty) -> Option<Order> {
        let after = self.change(order_id, |order| {
            order.cum_qty.0 += qty.0;
            let value = i128::from(price.0) * i128::from(qty.0);
            order.cum_value = order.cum_value.and_then(|sum| sum.checked_add(value));
            order.leaves_qty = leaves_qty;
            order.is_suspended = false;
        })?;
        // An order by budget has no total: its end is always told.
        if leaves_qty.0 == 0 && after.order_qty.0 != 0 {
            self.end(order_id);
        }
        Some(after)
    }

    /// An open order of which a trade was taken back or corrected, as it is then.
    pub(crate) fn amend(&mut self, order_id: OrderId, was: &TradeTerms, now: &TradeTerms) -> Option<Order> {
        let value = |terms: &TradeTerms| i128::from(terms.price.0) * i128::from(terms.qty.0);
        self.change(order_id, |order| {
            order.cum_qty.0 = (order.cum_qty.0 - (was.qty.0 - now.qty.0)).max(0);
            order.cum_value = order.cum_value.and_then(|sum| sum.checked_add(value(now) - value(was)));
            if order.cum_qty.0 == 0 {
                order.cum_value = Some(0);
            }
        })
    }

    /// Forgets an order that ended and gives it as it was.
    pub(crate) fn end(&mut self, order_id: OrderId) -> Option<Order> {
        let place = self.index.remove(&order_id)?;
        self.free.push(place);
        at(&mut self.pages, place).copied()
    }

    /// How many orders are open.
    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }
}

fn at(pages: &mut [Vec<Order>], place: u32) -> Option<&mut Order> {
    pages.get_mut(place as usize / PAGE)?.get_mut(place as usize % PAGE)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use model::{AccountId, ClOrdId, InstrumentId, OrdType, Side, SplitMix64, TimeInForce};

    use super::*;

    fn order(id: u64) -> Order {
        Order {
            order_id: OrderId(id),
            account: AccountId(1),
            instrument: InstrumentId(0),
            cl_ord_id: ClOrdId::BLANK,
            side: Side::Buy,
            ord_type: OrdType::Limit,
            tif: TimeInForce::Gtc,
            price: Some(Price(10)),
            order_qty: Qty(i64::try_from(id).unwrap()),
            cum_qty: Qty(0),
            cum_value: Some(0),
            leaves_qty: Qty(1),
            is_suspended: false,
        }
    }

    #[test]
    fn orders_are_found_by_id_whatever_ended_before_them() {
        let (mut ledger, mut naive, mut random) = (Ledger::default(), BTreeMap::new(), SplitMix64::new(7));
        for id in 1..=20_000 {
            ledger.restore(order(id));
            naive.insert(id, order(id));
            if random.next_u64() % 4 != 0 {
                let end = 1 + random.next_u64() % id;
                assert_eq!(ledger.end(OrderId(end)), naive.remove(&end));
            }
        }

        assert_eq!(ledger.len(), naive.len());
        for id in 1..=20_000 {
            assert_eq!(ledger.get(OrderId(id)), naive.get(&id));
        }
        assert!(ledger.pages.len() < 20, "places are used again: {} pages of {PAGE}", ledger.pages.len());
    }
}
