//! Public book views and microstructure measures, from events.
//!
//! [`publisher::Publisher`] turns the engine's events into numbered channels, [`replica::Replica`] is a client of one.
//! [`l1`], [`l2`] and [`l3`] are the views both run. The other modules measure: integers where a sum is exact, floats
//! only in the files that say so in their first lines.

mod channel;

pub mod chain;
pub mod checksum;
pub mod ewma;
pub mod feed;
pub mod l1;
pub mod l2;
pub mod l3;
pub mod level;
pub mod measures;
pub mod microprice;
pub mod ofi;
pub mod predict;
pub mod publisher;
pub mod replica;
pub mod tracker;
pub mod trade_stats;
pub mod trade_tape;
pub mod vpin;
