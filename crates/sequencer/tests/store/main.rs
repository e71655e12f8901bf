//! The sequencer on a disk that fails where it is told to.

mod bounds;
mod crashes;
mod failures;
#[path = "../../../journal/tests/store/memory.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "shared with the tests of the journal, which use more of it")]
mod memory;
mod order;
mod replays;
mod snapshots;
mod stages;
mod time;
mod world;
mod world_commands;
