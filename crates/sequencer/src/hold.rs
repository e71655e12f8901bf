//! How far back the log reaches for those who read it behind the sequencer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The last record that was read by everybody who reads the log; shared with whoever knows it. What is needed to go on
/// from there stays: the records after it, and a snapshot that is not after it. By default nobody reads.
#[derive(Clone, Debug)]
pub struct Hold(Arc<AtomicU64>);

impl Default for Hold {
    fn default() -> Self {
        Hold(Arc::new(AtomicU64::new(u64::MAX)))
    }
}

impl Hold {
    /// For readers who have read nothing yet.
    #[must_use]
    pub fn everything() -> Self {
        Hold(Arc::new(AtomicU64::new(0)))
    }

    /// Lets go of what was read up to a record.
    pub fn read_to(&self, seq: u64) {
        self.0.store(seq, Ordering::Relaxed);
    }

    pub(crate) fn read_seq(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
