//! Segments made ahead of need: real zeros on the disk, so that a commit changes bytes and nothing else.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::disk::{Disk, DiskFile, Shared};
use crate::error::{DiskError, SYNC};
use crate::files::{self, UNFINISHED};
use crate::segment::hex_between;

/// Bytes of zeros one [`Prepare::step`] writes and syncs at least: so few that a commit beside it hardly waits.
const STEP_BYTES_MIN: u64 = 256 << 10;
/// At most, where the work is behind.
const STEP_BYTES_MAX: u64 = 8 << 20;

/// How far the active segment is filled, for the work beside it to keep pace with; `u64::MAX` to hurry.
pub(crate) type Pace = Arc<AtomicU64>;

/// A file of zeros that waits to become a segment.
#[derive(Debug)]
pub(crate) struct Spare<F> {
    pub name: String,
    pub file: F,
}

/// The spares of a journal, and what is being done about them.
#[derive(Debug)]
pub(crate) struct Stock<F> {
    /// Ready to use, the first to be used first; the last is the reserve.
    pub ready: VecDeque<Spare<F>>,
    /// The number of the next one.
    pub next_number: u64,
    /// Whether one is in the making.
    pub is_preparing: bool,
    /// Whether a segment was filled since the journal was opened.
    pub has_rotated: bool,
    pub pace: Pace,
}

pub(crate) fn spare_name(number: u64) -> String {
    format!("spare-{number:016x}.seg")
}

/// The number in a spare's name; `None` where it is no spare's.
pub(crate) fn number_of(name: &str) -> Option<u64> {
    hex_between(name, "spare-", ".seg")
}

/// A spare segment in the making; may run on another thread, or step by step.
#[derive(Debug)]
#[must_use = "run it and give the outcome to `Journal::finish_prepare`"]
pub struct Prepare<D: Disk> {
    pub(crate) disk: Shared<D>,
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) pace: Pace,
    pub(crate) at: u64,
    pub(crate) file: Option<D::File>,
}

/// A spare segment that was tried.
#[derive(Debug)]
#[must_use = "give it to `Journal::finish_prepare`"]
pub struct Prepared<F>(pub(crate) Result<Spare<F>, DiskError>);

impl<D: Disk> Prepare<D> {
    pub(crate) fn new(disk: Shared<D>, number: u64, bytes: u64, pace: Pace) -> Self {
        Self { disk, name: spare_name(number), bytes, pace, at: 0, file: None }
    }

    /// Does everything; takes as long as the disk takes to write a segment.
    pub fn run(mut self) -> Prepared<D::File> {
        loop {
            match self.step() {
                Ok(next) => self = next,
                Err(prepared) => return prepared,
            }
        }
    }

    /// Does one piece of the work, at most 8 MiB of zeros.
    ///
    /// # Errors
    /// Not an error: `Err` holds the outcome where this was the last piece, `Ok` the work that is left.
    pub fn step(mut self) -> Result<Self, Prepared<D::File>> {
        match self.advance() {
            Ok(None) => Ok(self),
            Ok(Some(spare)) => Err(Prepared(Ok(spare))),
            Err(error) => {
                // What is written of it would only take the space that is missing.
                if error.is_shortage() {
                    drop(self.file.take());
                    let _ = self.disk.remove(&self.unfinished());
                }
                Err(Prepared(Err(error)))
            }
        }
    }

    fn unfinished(&self) -> String {
        format!("{}{UNFINISHED}", self.name)
    }

    fn advance(&mut self) -> Result<Option<Spare<D::File>>, DiskError> {
        let unfinished = self.unfinished();
        let Some(file) = self.file.take() else {
            self.file = Some(self.disk.create(&unfinished).map_err(DiskError::of("create", &unfinished))?);
            return Ok(None);
        };
        if self.at < self.bytes {
            // Twice as far as the segment it will follow, so that it is ready in half the time.
            let wanted = self.pace.load(Ordering::Relaxed).saturating_mul(2);
            let step = wanted.saturating_sub(self.at).clamp(STEP_BYTES_MIN, STEP_BYTES_MAX);
            let to = self.bytes.min(self.at + step);
            files::write_zeros(&file, &unfinished, self.at, to)?;
            // One sync of the whole segment would hold up every commit that comes while it runs.
            file.sync_data().map_err(DiskError::of(SYNC, &unfinished))?;
            self.at = to;
            self.file = Some(file);
            return Ok(None);
        }
        self.disk.rename(&unfinished, &self.name).map_err(DiskError::of("rename", &unfinished))?;
        files::sync_names(&self.disk)?;
        Ok(Some(Spare { name: self.name.clone(), file }))
    }
}
