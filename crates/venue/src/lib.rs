//! One process that is a venue: a data directory, a sequencer, a gateway, one thread, and two beside it.
//!
//! [`seat::Seat`] puts a sequencer behind the gateway's seam, [`restore::Restore`] derives the gateway's memory again from what
//! recovery replays, and [`run::Venue`] opens a directory, listens and turns until it is told to stop. Start-up and recovery
//! are one path; the port is opened last. [`beside::Beside`] makes snapshots and prepares segments meanwhile;
//! [`retold::Retold`] and [`entered::Entered`] read the log behind them.

pub mod beside;
pub mod entered;
pub mod key_file;
pub mod latencies;
pub mod restore;
pub mod retold;
pub mod run;
pub mod seat;
