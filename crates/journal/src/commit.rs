//! One commit on its way to the disk: hash, write, sync. Made by the journal, run on any thread, given back.

use crate::batch::{Batch, Before};
use crate::disk::DiskFile;
use crate::error::{DiskError, SYNC};
use crate::files;
use crate::frame::Chain;

/// A batch with all it takes to write it; the journal has lent its file.
#[derive(Debug)]
#[must_use = "the journal waits for it: run it and give the outcome to `Journal::finish`"]
pub struct Commit<F> {
    pub(crate) file: F,
    pub(crate) name: String,
    pub(crate) offset: u64,
    pub(crate) batch: Batch,
    pub(crate) before: Before,
    pub(crate) is_synced: bool,
}

/// A commit that was tried.
#[derive(Debug)]
#[must_use = "give it to `Journal::finish`"]
pub struct Committed<F> {
    pub(crate) file: F,
    pub(crate) batch: Batch,
    pub(crate) outcome: Outcome,
}

#[derive(Debug)]
pub(crate) enum Outcome {
    /// Written, and synced where the mode says so; the length and the last chain.
    Done(u64, Chain),
    /// No space, and not one byte written.
    NoSpace(DiskError),
    /// In doubt.
    Failed(DiskError),
}

impl<F: DiskFile> Commit<F> {
    /// Hashes, writes and syncs. Takes as long as the disk does; nothing is retried after an error.
    pub fn run(mut self) -> Committed<F> {
        let outcome = self.write();
        Committed { file: self.file, batch: self.batch, outcome }
    }

    fn write(&mut self) -> Outcome {
        let (bytes, chain) = self.batch.finish(&self.before);
        if let Err(unwritten) = files::write_all(&self.file, bytes, self.offset) {
            let nothing = unwritten.done == 0;
            let error = DiskError::of("write", &self.name)(unwritten.error);
            return if nothing && error.is_shortage() { Outcome::NoSpace(error) } else { Outcome::Failed(error) };
        }
        if self.is_synced
            && let Err(error) = self.file.sync_data()
        {
            return Outcome::Failed(DiskError::of(SYNC, &self.name)(error));
        }
        Outcome::Done(bytes.len() as u64, chain)
    }
}
