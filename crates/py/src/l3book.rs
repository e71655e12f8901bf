//! `L3Book`: folds a recorded order-by-order feed into a book. It is told what happened and never matches.

use std::collections::BTreeMap;

use book::{Arena, Book, Display, Resting, Side, Slot};
use model::Digest;
use pyo3::prelude::*;

use crate::errors::{Kind, Poison, guarded, raise};

/// Largest absolute price in ticks and quantity in lots that is taken.
const NUMBER_MAX: i64 = 1 << 60;

/// A book of recorded orders by their recorded ids.
#[pyclass(module = "fairlead._core._native")]
#[derive(Default)]
pub struct L3Book {
    book: Book,
    arena: Arena,
    // Recorded ids are anything, so they are not addressed directly as the engine's own are.
    slots: BTreeMap<u64, Slot>,
    poison: Option<String>,
}

impl Poison for L3Book {
    fn poison(&mut self) -> &mut Option<String> {
        &mut self.poison
    }
}

impl L3Book {
    fn slot(&self, order_id: u64) -> PyResult<Slot> {
        let unknown = || raise(Kind::NotFound, format!("unknown order: order_id={order_id}"));
        self.slots.get(&order_id).copied().ok_or_else(unknown)
    }
}

#[pymethods]
impl L3Book {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    /// Append an order of ``qty`` lots, > 0, to the back of its level; it may cross the other side.
    #[pyo3(signature = (order_id, side, px, qty, /))]
    fn add(&mut self, order_id: u64, side: &str, px: i64, qty: i64) -> PyResult<()> {
        let side = side_of(side)?;
        if !(1..=NUMBER_MAX).contains(&qty) || !(-NUMBER_MAX..=NUMBER_MAX).contains(&px) {
            let what = format!("out of range: order_id={order_id} px={px} qty={qty} max={NUMBER_MAX}; qty is above 0");
            return Err(raise(Kind::Usage, what));
        }
        guarded(self, |this| {
            if this.slots.contains_key(&order_id) {
                return Err(raise(Kind::Usage, format!("order rests already: order_id={order_id}")));
            }
            let slot = this.arena.alloc();
            let resting = Resting { order_id, owner: 0, leaves: qty, display: Display::All };
            this.book.insert(&mut this.arena, slot, side, px, &resting);
            this.slots.insert(order_id, slot);
            Ok(())
        })
    }

    /// Take ``by`` lots from an order, which keeps at least one and its place.
    #[pyo3(signature = (order_id, by, /))]
    fn reduce(&mut self, order_id: u64, by: i64) -> PyResult<()> {
        guarded(self, |this| {
            let slot = this.slot(order_id)?;
            let leaves = this.arena.leaves(slot);
            if by < 1 || by >= leaves {
                let what = format!("reduction out of range: order_id={order_id} by={by} leaves={leaves}");
                return Err(raise(Kind::Usage, what));
            }
            this.book.reduce(&mut this.arena, slot, leaves - by);
            Ok(())
        })
    }

    /// Remove an order and return the lots it had left.
    #[pyo3(signature = (order_id, /))]
    fn delete(&mut self, order_id: u64) -> PyResult<i64> {
        guarded(self, |this| {
            let slot = this.slot(order_id)?;
            let left = this.book.remove(&mut this.arena, slot);
            this.arena.free(slot);
            this.slots.remove(&order_id);
            Ok(left)
        })
    }

    /// Remove every order.
    fn clear(&mut self) {
        *self = Self::default();
    }

    /// Return ``(side, px, qty)`` of a resting order, ``None`` where there is none.
    #[pyo3(signature = (order_id, /))]
    fn order(&mut self, order_id: u64) -> PyResult<Option<(&'static str, i64, i64)>> {
        guarded(self, |this| {
            Ok(this.slots.get(&order_id).map(|slot| {
                let (side, px) = this.book.side_of(&this.arena, *slot);
                (side_name(side), px, this.arena.leaves(*slot))
            }))
        })
    }

    /// Return up to ``n`` levels ``(px, qty, count)`` of a side, best first.
    #[pyo3(signature = (side, n, /))]
    fn levels(&mut self, side: &str, n: usize) -> PyResult<Vec<(i64, i64, u32)>> {
        let side = side_of(side)?;
        guarded(self, |this| {
            Ok(this.book.levels(side).take(n).map(|(px, level)| (px, level.displayed, level.count)).collect())
        })
    }

    /// Return the hash of all orders in priority order, 16 hexadecimal digits.
    fn state_hash(&mut self) -> PyResult<String> {
        guarded(self, |this| {
            let mut digest = Digest::new();
            for side in [Side::Bid, Side::Ask] {
                for (px, level) in this.book.levels(side) {
                    digest.write_i64(px);
                    digest.write_u64(u64::from(level.count));
                    for maker in this.book.level_orders(&this.arena, side, px) {
                        digest.write_u64(maker.order_id);
                        digest.write_i64(maker.qty);
                    }
                }
                digest.write_u64(u64::MAX);
            }
            Ok(format!("{:016x}", digest.finish()))
        })
    }

    fn __len__(&self) -> usize {
        self.slots.len()
    }
}

fn side_of(text: &str) -> PyResult<Side> {
    match text {
        "buy" => Ok(Side::Bid),
        "sell" => Ok(Side::Ask),
        _ => Err(raise(Kind::Usage, format!("unknown side: side={text:?}; give 'buy' or 'sell'"))),
    }
}

fn side_name(side: Side) -> &'static str {
    match side {
        Side::Bid => "buy",
        Side::Ask => "sell",
    }
}
