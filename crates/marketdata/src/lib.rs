//! Public book views and microstructure measures, from events.
//!
//! Integers everywhere but in the analytics files, which say so in their first lines.

pub mod chain;
pub mod ewma;
pub mod level;
pub mod measures;
pub mod microprice;
pub mod ofi;
pub mod predict;
pub mod trade_stats;
pub mod vpin;
