//! Keeps resting orders in price-time order and takes fills from them, iceberg refresh included.
//!
//! One [`Arena`] holds the orders of all books, one [`Book`] per instrument holds its price levels, one
//! [`OrderIndex`] finds an order by its id. All numbers are integers: prices are ticks, quantities are lots.
//! Nothing here reads a clock, draws a random number, or fails: a call that breaks its contract panics, because the
//! caller (the engine) has already decided every business "no". Auctions rest crossed books, so the two sides of a
//! book never look at each other.
//!
//! Invariants of this crate, INV-1 to INV-7 checked by [`Book::check_invariants`], the last by the tests:
//! 1. (INV-8 of the system) The displayed total of a level is the sum of the displayed lots of its orders.
//! 2. No empty level is marked occupied, no occupied level is unmarked, no page without levels is kept.
//! 3. The two queues of a level are doubly linked, end at their tail, and their lengths are the level's counts.
//! 4. Every linked order names the level it is linked in, and lies in the queue its visibility asks for.
//! 5. Every linked order has at least one lot tradable; an iceberg hides no less than zero lots.
//! 6. The cached best price of a side is the best occupied one.
//! 7. Page numbers inside the direct window are found there and nowhere else.
//! 8. (INV-5 of the system) At one price, displayed orders come before hidden ones, each in order of arrival in its queue.

mod arena;
mod book;
mod iceberg;
mod image;
mod index;
mod invariants;
mod ladder;
mod level;
mod order;
mod pages;
pub mod refill;
mod rescale;
mod side;
mod walk;

pub use arena::{Arena, Node};
pub use book::Book;
pub use image::marked;
pub use index::OrderIndex;
pub use order::{Display, Fill, Iceberg, LevelView, Maker, Resting};
pub use side::Side;
pub use walk::{LevelOrders, Levels};

/// Handle of an order: its place in the [`Arena`], dense from 0, reused after [`Arena::free`].
pub type Slot = u32;

/// No slot.
pub const NONE: u32 = u32::MAX;
