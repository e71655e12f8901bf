//! Makes byte records durable and gives them back in order, or says which are lost.
//!
//! The crate knows bytes only: what a record means is the caller's business. Everything it does to a disk goes through
//! the traits in [`disk`], so a simulator can stand in for the operating system.

mod batch;
mod commit;
mod cut;
pub mod disk;
mod error;
mod files;
mod follow;
mod frame;
mod journal;
mod log;
mod making;
mod manifest;
pub mod offline;
mod options;
#[cfg(unix)]
pub mod os_disk;
mod record;
mod recovery;
mod rotation;
mod scan;
mod segment;
pub mod snapshot;
mod spare;
mod watermark;

pub use commit::{Commit, Committed};
pub use cut::{Cut, CutError, cut};
pub use error::{
    AppendError, CommitError, Damage, DiskError, EXIT_DAMAGE, EXIT_LOCKED, EXIT_TORN, EXIT_UNAVAILABLE, Fatal,
    OpenError,
};
pub use follow::{Followed, Follower};
pub use frame::{Chain, ChainKey, FrameHeader, FrameKind};
pub use journal::{Journal, Position, Stamp};
pub use options::{BATCH_RECORDS_MAX, Mode, Options, SEGMENT_BYTES_MAX, SEGMENT_BYTES_MIN};
pub use record::{Note, RECORD_BODY_BYTES_MAX, Record, Records};
pub use recovery::{Recovered, Replay, Torn, Warning};
pub use rotation::{Retain, Retained, Room};
pub use snapshot::{SnapshotError, SnapshotHeader};
pub use spare::{Prepare, Prepared};
