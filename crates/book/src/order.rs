//! The values that enter and leave a book.

use crate::Slot;

/// The order next in line at a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Maker {
    /// Handle of the order.
    pub slot: Slot,
    /// Engine-given order id.
    pub order_id: u64,
    /// Lots tradable at this place in the queue, > 0: the tip of an iceberg, else everything left.
    pub qty: i64,
    /// Self-trade prevention key.
    pub owner: u32,
    /// The order shows nothing and ranks after the displayed ones.
    pub hidden: bool,
    /// Price in ticks.
    pub tick: i64,
}

/// What an order brings when it comes to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resting {
    /// Engine-given order id.
    pub order_id: u64,
    /// Self-trade prevention key.
    pub owner: u32,
    /// Lots left, > 0, displayed and hidden together.
    pub leaves: i64,
    /// How much of it is shown.
    pub display: Display,
}

/// How much of an order is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Display {
    /// Everything.
    All,
    /// Nothing.
    Hidden,
    /// A tip at a time.
    Iceberg(Iceberg),
}

/// Display rule of an iceberg, and how often it was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Iceberg {
    /// Lots shown per tip before variance, >= 1. Fills never change it.
    pub display_size: i64,
    /// A tip at or below this many lots is refreshed, >= 0.
    pub threshold: i64,
    /// Half width of the variance in basis points of `display_size`, 0 to 10,000.
    pub variance_bps: u32,
    /// Seed of the variance.
    pub seed: u64,
    /// Refills made so far; 0 for a new order.
    pub refills: u32,
}

/// What a fill left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// The order keeps its place with fewer lots.
    Partial,
    /// The tip of an iceberg was refreshed; the order moved to the back of its queue.
    Refilled {
        /// Lots shown.
        tip: i64,
        /// Lots not shown, >= 0.
        hidden: i64,
    },
    /// Nothing is left: the order is unlinked, its slot is still the caller's to free.
    Done,
}

/// Sums of one price level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelView {
    /// Lots shown; 0 where only hidden orders rest.
    pub displayed: i64,
    /// Number of orders that show something.
    pub count: u32,
    /// Number of hidden orders. Not public (S-56).
    pub hidden_count: u32,
}
