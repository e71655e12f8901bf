//! The segments of an open journal: how much room is left, the change to the next one, and what is old enough to go.

use std::sync::atomic::Ordering;

use crate::disk::{Disk, Shared};
use crate::error::{CommitError, DiskError, Fatal};
use crate::files;
use crate::frame::FRAME_BYTES_MIN;
use crate::journal::{Active, Journal};
use crate::manifest::Manifest;
use crate::options::NOTES_FRAME_BYTES_MAX;
use crate::segment::{HEADER_BLOCK_BYTES, SegmentHeader, segment_name};
use crate::spare::{Pace, Prepare, Prepared};

/// What may still be appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// Everything.
    All,
    /// What takes risk away: cancels, kill switches, halts. The reserved segment is all that is left.
    OnlyReserve,
    /// Nothing.
    None,
}

impl<D: Disk> Journal<D> {
    /// What may still be appended after what is staged; asked before new orders are taken.
    pub fn room(&self) -> Room {
        self.room_for(self.staged.len_with(self.record_bytes_max().min(4_096)))
    }

    /// The last spare is the reserve. A segment made of it counts as reserve until there is a spare again.
    pub(crate) fn room_for(&self, staged: usize) -> Room {
        let bytes = staged.next_multiple_of(8) + NOTES_FRAME_BYTES_MAX + FRAME_BYTES_MIN;
        let waiting = self.stalled.as_ref().map_or(0, super::batch::Batch::len_max);
        let fits = self.active.has_room_for(bytes + waiting);
        let spares = self.spares.ready.len();
        if spares > 1 || (spares == 1 && fits) {
            Room::All
        } else if spares == 1 || fits {
            Room::OnlyReserve
        } else {
            Room::None
        }
    }

    /// Makes a fresh segment the active one. The old one is synced first, so a segment that has a follower is durable
    /// to its last record.
    pub(crate) fn rotate(&mut self, first_seq: u64) -> Result<(), CommitError> {
        self.sync_written()?;
        let Some(spare) = self.spares.ready.pop_front() else {
            let error = std::io::Error::from(std::io::ErrorKind::StorageFull);
            return Err(CommitError::NoSpace(DiskError::of("rotate", &self.active.name)(error)));
        };
        let header = SegmentHeader {
            number: self.active.header.number + 1,
            first_seq,
            segment_bytes: self.options.segment_bytes,
            semantic_version: self.options.semantic_version,
            chain: self.chain,
            ..self.active.header
        };
        let name = segment_name(first_seq);
        let named = files::write_synced(&spare.file, &spare.name, &header.to_bytes(), 0)
            .and_then(|()| self.disk.rename(&spare.name, &name).map_err(DiskError::of("rename", &spare.name)));
        if let Err(error) = named {
            let is_shortage = error.is_shortage();
            self.spares.ready.push_front(spare);
            return Err(if is_shortage { CommitError::NoSpace(error) } else { self.stop(error).into() });
        }
        files::sync_names(&self.disk).map_err(|error| self.stop(error))?;
        self.segments.push((first_seq, header.number));
        self.spares.has_rotated = true;
        self.active = Active { file: Some(spare.file), name, header, at: HEADER_BLOCK_BYTES as u64 };
        self.remember()?;
        Ok(())
    }

    /// Whether a segment should be prepared now: there is no reserve, or nothing but the reserve behind an active
    /// segment that is half full. Once a segment was filled in this life, the next is wanted from its beginning.
    pub fn needs_prepare(&self) -> bool {
        let is_half_full = self.active.at > self.active.header.segment_bytes / 2;
        let wants_two = is_half_full || self.spares.has_rotated || self.room() != Room::All;
        !self.spares.is_preparing && (self.spares.ready.is_empty() || (self.spares.ready.len() == 1 && wants_two))
    }

    /// Prepares a segment where one is wanted, or two. Takes as long as the disk takes to write one.
    ///
    /// # Errors
    /// [`CommitError::NoSpace`]: try again later; [`Journal::room`] tells what may be taken meanwhile.
    /// [`CommitError::Fatal`]: end the process.
    pub fn prepare(&mut self) -> Result<(), CommitError> {
        self.check()?;
        while let Some(prepare) = self.begin_prepare() {
            self.finish_prepare(prepare.run())?;
        }
        Ok(())
    }

    /// The work of [`Journal::prepare`], for another thread or step by step; `None` where none is wanted.
    pub fn begin_prepare(&mut self) -> Option<Prepare<D>> {
        if self.fatal.is_some() || !self.needs_prepare() {
            return None;
        }
        self.spares.is_preparing = true;
        self.spares.next_number += 1;
        let pace = if self.spares.ready.is_empty() { u64::MAX } else { self.active.at };
        self.spares.pace.store(pace, Ordering::Relaxed);
        let (number, bytes) = (self.spares.next_number - 1, self.options.segment_bytes);
        Some(Prepare::new(self.disk.clone(), number, bytes, Pace::clone(&self.spares.pace)))
    }

    /// Takes the work back.
    ///
    /// # Errors
    /// As [`Journal::prepare`].
    pub fn finish_prepare(&mut self, prepared: Prepared<D::File>) -> Result<(), CommitError> {
        self.spares.is_preparing = false;
        match prepared.0 {
            Ok(spare) => {
                self.spares.ready.push_back(spare);
                Ok(())
            }
            Err(error) if error.is_shortage() => Err(CommitError::NoSpace(error)),
            Err(error) => Err(self.stop(error).into()),
        }
    }

    /// What is to be done so that only segments from `snapshot_seq` on are kept; `None` where nothing is older.
    ///
    /// `snapshot_seq` is the older of the two snapshots that are kept. One such work at a time.
    pub fn begin_retain(&self, snapshot_seq: u64) -> Option<Retain<D>> {
        let keep = self.segments.iter().rposition(|&(first_seq, _)| first_seq <= snapshot_seq)?;
        let (oldest_seq, oldest_number) = self.segments[keep];
        let manifest = Manifest { oldest_seq, oldest_number, durable_seq: self.durable_seq, ..self.manifest };
        let remove = self.segments[..keep].iter().map(|&(first_seq, _)| segment_name(first_seq)).collect();
        (keep > 0).then(|| Retain { disk: self.disk.clone(), manifest, remove })
    }

    /// Takes the work back.
    ///
    /// # Errors
    /// [`Fatal`]: end the process. A full disk is none: the old segments stay and the work can be begun again.
    pub fn finish_retain(&mut self, retained: Retained) -> Result<(), Fatal> {
        if self.unless_shortage(retained.outcome)? {
            self.manifest = retained.manifest;
            self.segments.retain(|&(first_seq, _)| first_seq >= retained.manifest.oldest_seq);
        }
        Ok(())
    }

    /// Deletes the segments no snapshot that is kept needs.
    ///
    /// # Errors
    /// As [`Journal::finish_retain`].
    pub fn retain(&mut self, snapshot_seq: u64) -> Result<(), Fatal> {
        self.check()?;
        match self.begin_retain(snapshot_seq) {
            Some(work) => self.finish_retain(work.run()),
            None => Ok(()),
        }
    }
}

/// The deletion of old segments; may run on another thread.
#[derive(Debug)]
#[must_use = "run it and give the outcome to `Journal::finish_retain`"]
pub struct Retain<D: Disk> {
    disk: Shared<D>,
    manifest: Manifest,
    remove: Vec<String>,
}

/// A deletion that was tried.
#[derive(Debug)]
#[must_use = "give it to `Journal::finish_retain`"]
pub struct Retained {
    manifest: Manifest,
    outcome: Result<(), DiskError>,
}

impl<D: Disk> Retain<D> {
    /// Moves the manifest, makes that durable, and only then deletes, oldest first.
    pub fn run(self) -> Retained {
        Retained { manifest: self.manifest, outcome: self.delete() }
    }

    fn delete(&self) -> Result<(), DiskError> {
        self.manifest.store(&self.disk)?;
        self.remove.iter().try_for_each(|name| files::remove(&self.disk, name))?;
        files::sync_names(&self.disk)
    }
}
