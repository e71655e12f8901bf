//! The L2 view: displayed quantity and order count at every price (F-015).

use std::collections::BTreeMap;

use model::{Price, Qty, Side};

use crate::checksum::crc32;
use crate::feed::{Delta, Depth, Inconsistent, LevelChange, View};
use crate::l1::Top;
use crate::level::{Level, Sides, Unavailable};
use crate::measures::{DepthWeights, Measures};

/// The displayed levels of both sides. No level without quantity exists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels {
    /// By [`key`], so that both sides start with their best level.
    sides: [BTreeMap<i64, Level>; 2],
}

/// Orders the prices of a side best first. The complement reverses the order and, unlike the negative, always exists.
const fn key(side: Side, price: Price) -> i64 {
    match side {
        Side::Buy => !price.0,
        Side::Sell => price.0,
    }
}

const fn index(side: Side) -> usize {
    match side {
        Side::Buy => 0,
        Side::Sell => 1,
    }
}

impl Levels {
    /// The levels of a side, best first.
    pub fn side(&self, side: Side) -> impl Iterator<Item = Level> + '_ {
        self.sides[index(side)].values().copied()
    }

    /// The best level of a side.
    #[must_use]
    pub fn best(&self, side: Side) -> Option<Level> {
        self.side(side).next()
    }

    /// The level at a price.
    #[must_use]
    pub fn at(&self, side: Side, price: Price) -> Option<Level> {
        self.sides[index(side)].get(&key(side, price)).copied()
    }

    /// Displayed quantity at a price; 0 where none is.
    #[must_use]
    pub fn volume_at(&self, side: Side, price: Price) -> Qty {
        self.at(side, price).map_or(Qty(0), |level| level.qty)
    }

    /// Best bid and ask.
    #[must_use]
    pub fn top(&self) -> Top {
        Top { bid: self.best(Side::Buy), ask: self.best(Side::Sell) }
    }

    /// Measures the best `levels_max` levels of the weights.
    ///
    /// # Errors
    /// As [`Measures::of`].
    pub fn measures(&self, weights: DepthWeights) -> Result<Measures, Unavailable> {
        let best = |side| self.side(side).take(weights.levels_max()).collect::<Vec<_>>();
        let (bids, asks) = (best(Side::Buy), best(Side::Sell));
        Measures::of(Sides { bids: &bids, asks: &asks }, weights)
    }

    /// Adds an order's displayed quantity to its level.
    pub(crate) fn add(&mut self, side: Side, price: Price, qty: Qty) {
        let level = self.sides[index(side)].entry(key(side, price)).or_insert(Level::uncounted(price, Qty(0)));
        level.qty.0 += qty.0;
        level.order_count += 1;
    }

    /// Takes `qty` off a level, and an order too where it shows nothing any more.
    pub(crate) fn take(&mut self, side: Side, price: Price, qty: Qty, orders: u32) {
        let Some(level) = self.sides[index(side)].get_mut(&key(side, price)) else { return };
        level.qty.0 -= qty.0;
        level.order_count -= orders;
        debug_assert_eq!(level.qty.0 == 0, level.order_count == 0, "INV-8: a level is its orders");
        if level.order_count == 0 {
            self.sides[index(side)].remove(&key(side, price));
        }
    }
}

impl View for Levels {
    const DEPTH: Depth = Depth::L2;

    fn apply(&mut self, delta: &Delta) -> Result<(), Inconsistent> {
        let LevelChange { side, level } = match delta {
            Delta::Level(change) => change,
            Delta::Top(_) | Delta::Order(_) => return Err(Inconsistent::WrongDepth),
        };
        let levels = &mut self.sides[index(*side)];
        let key = key(*side, level.price);
        if level.qty < Qty(0) || (level.qty == Qty(0)) != (level.order_count == 0) {
            return Err(Inconsistent::BadQty);
        }
        if level.qty > Qty(0) {
            levels.insert(key, *level);
            return Ok(());
        }
        levels.remove(&key).map(|_| ()).ok_or(Inconsistent::UnknownLevel(level.price))
    }

    fn checksum(&self) -> u32 {
        crc32(self.side(Side::Buy), self.side(Side::Sell))
    }
}
