//! The naive book: what `book` must do, written with an ordered map of queues and no thought of speed.
//!
//! It follows the written rules (S-10, S-15, S-50 to S-54 and the text of `book::refill`), and shares no code with the
//! crate but the values at its border.

use std::collections::{BTreeMap, VecDeque};

use book::{Display, Fill, Iceberg, Resting, Side};

/// An order as anyone would write it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NaiveOrder {
    pub order_id: u64,
    pub owner: u32,
    pub tip: i64,
    pub reserve: i64,
    pub is_hidden: bool,
    pub rule: Option<Iceberg>,
}

impl NaiveOrder {
    pub const fn leaves(&self) -> i64 {
        self.tip + self.reserve
    }
}

/// Prices to two queues: displayed, hidden.
type Prices = BTreeMap<i64, [VecDeque<NaiveOrder>; 2]>;

#[derive(Debug, Default)]
pub struct NaiveBook {
    sides: [Prices; 2],
    pub places: BTreeMap<u64, (Side, i64)>,
}

impl NaiveBook {
    pub fn prices(&self, side: Side) -> &Prices {
        &self.sides[side as usize]
    }

    /// Occupied prices, best first.
    pub fn ticks(&self, side: Side) -> Vec<i64> {
        let ticks = self.prices(side).keys().copied();
        match side {
            Side::Bid => ticks.rev().collect(),
            Side::Ask => ticks.collect(),
        }
    }

    /// Orders of a price in priority order.
    pub fn line(&self, side: Side, tick: i64) -> Vec<NaiveOrder> {
        self.prices(side).get(&tick).map_or_else(Vec::new, |queues| queues.iter().flatten().copied().collect())
    }

    pub fn insert(&mut self, side: Side, tick: i64, order: &Resting) {
        let (tip, is_hidden, rule) = match order.display {
            Display::All => (order.leaves, false, None),
            Display::Hidden => (order.leaves, true, None),
            Display::Iceberg(rule) => (rule.display_size.min(order.leaves), false, Some(rule)),
        };
        let Resting { order_id, owner, leaves, .. } = *order;
        let resting = NaiveOrder { order_id, owner, tip, reserve: leaves - tip, is_hidden, rule };
        self.places.insert(order_id, (side, tick));
        self.sides[side as usize].entry(tick).or_default()[usize::from(is_hidden)].push_back(resting);
    }

    pub fn fill(&mut self, order_id: u64, qty: i64) -> Fill {
        let order = self.order_mut(order_id);
        order.tip -= qty;
        if order.tip < 0 {
            order.reserve += order.tip;
            order.tip = 0;
        }
        if order.leaves() == 0 {
            self.remove(order_id);
            return Fill::Done;
        }
        let Some(rule) = order.rule else { return Fill::Partial };
        if order.reserve == 0 || order.tip > rule.threshold {
            return Fill::Partial;
        }
        let leaves = order.leaves();
        let tip = refill(&rule, order_id).min(leaves);
        order.tip = tip;
        order.reserve = leaves - tip;
        order.rule = Some(Iceberg { refills: rule.refills + 1, ..rule });
        let refilled = *order;
        let (side, tick) = self.places[&order_id];
        let queue = &mut self.sides[side as usize].get_mut(&tick).unwrap()[0];
        queue.retain(|order| order.order_id != order_id);
        queue.push_back(refilled);
        Fill::Refilled { tip, hidden: leaves - tip }
    }

    pub fn remove(&mut self, order_id: u64) -> i64 {
        let leaves = self.order_mut(order_id).leaves();
        let (side, tick) = self.places.remove(&order_id).unwrap();
        let prices = &mut self.sides[side as usize];
        let queues = prices.get_mut(&tick).unwrap();
        for queue in queues.iter_mut() {
            queue.retain(|order| order.order_id != order_id);
        }
        if queues.iter().all(VecDeque::is_empty) {
            prices.remove(&tick);
        }
        leaves
    }

    pub fn reduce(&mut self, order_id: u64, new_leaves: i64) {
        let order = self.order_mut(order_id);
        let cut = order.leaves() - new_leaves;
        let from_reserve = cut.min(order.reserve);
        order.reserve -= from_reserve;
        order.tip -= cut - from_reserve;
    }

    pub fn grow_hidden(&mut self, order_id: u64, by: i64) {
        self.order_mut(order_id).reserve += by;
    }

    pub fn set_display(&mut self, order_id: u64, display_size: i64) {
        let order = self.order_mut(order_id);
        if let Some(rule) = &mut order.rule {
            rule.display_size = display_size;
        }
        if order.tip > display_size {
            order.reserve += order.tip - display_size;
            order.tip = display_size;
        }
    }

    pub fn order(&self, order_id: u64) -> NaiveOrder {
        let (side, tick) = self.places[&order_id];
        self.line(side, tick).into_iter().find(|order| order.order_id == order_id).unwrap()
    }

    fn order_mut(&mut self, order_id: u64) -> &mut NaiveOrder {
        let (side, tick) = self.places[&order_id];
        let queues = self.sides[side as usize].get_mut(&tick).unwrap();
        queues.iter_mut().flatten().find(|order| order.order_id == order_id).unwrap()
    }
}

/// The refill rule from the text of `book::refill`, in 128-bit arithmetic from the first line to the last.
fn refill(rule: &Iceberg, order_id: u64) -> i64 {
    let size = i128::from(rule.display_size);
    let half = size * i128::from(rule.variance_bps) / 10_000;
    let draw = split_mix(split_mix(rule.seed ^ order_id).wrapping_add(u64::from(rule.refills)));
    let offset = (u128::from(draw) * (2 * half + 1).unsigned_abs()) / (1 << 64);
    i64::try_from((size - half + offset.cast_signed()).max(1)).unwrap()
}

/// `SplitMix64`, also the source of the seeded workload.
pub fn split_mix(state: u64) -> u64 {
    let z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
