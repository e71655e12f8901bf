//! The writing side: stage records, commit them as one write and one sync, seal when the log rests.
//!
//! 1. The journal gives every record its sequence number and its time, both without going back (INV-11, INV-12).
//! 2. A record is durable when the commit that holds it was finished without an error, and not before (INV-15).
//! 3. At most one commit is on its way; what is appended meanwhile goes into the next.
//! 4. After a failed sync, or a write that failed half-way, nothing is written, synced or acknowledged any more.

use std::sync::atomic::Ordering;

use crate::batch::{Batch, Before};
use crate::commit::{Commit, Committed, Outcome};
use crate::disk::{Disk, DiskFile, Shared};
use crate::error::{AppendError, CommitError, DiskError, Fatal, SYNC};
use crate::files;
use crate::frame::{self, Chain, FLAG_BEFORE_IS_SYNCED, FRAME_BYTES_MIN, FRAME_HEADER_BYTES, FrameHeader, FrameKind};
use crate::manifest::Manifest;
use crate::options::Options;
use crate::record::{Note, RECORD_BODY_BYTES_MAX, RECORD_HEADER_BYTES};
use crate::rotation::Room;
use crate::segment::SegmentHeader;
use crate::spare::Stock;
use crate::watermark::Watermark;

/// What a record got when it was appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Its sequence number.
    pub seq: u64,
    /// Its time in nanoseconds.
    pub ts_ns: u64,
}

/// A place in the log: the last record before it, and the chain of the frame that ends with this record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Sequence number; 0 before the first record.
    pub seq: u64,
    /// The chain there; zeros before the first record.
    pub chain: Chain,
}

/// The segment that is written to.
#[derive(Debug)]
pub(crate) struct Active<F> {
    /// Lent out while a commit is on its way.
    pub file: Option<F>,
    pub name: String,
    pub header: SegmentHeader,
    /// Where the next frame begins.
    pub at: u64,
}

impl<F> Active<F> {
    /// Whether a commit of so many bytes fits.
    pub fn has_room_for(&self, bytes: usize) -> bool {
        self.header.segment_bytes - self.at >= bytes as u64
    }
}

/// A journal that was opened, and so recovered. See [`Journal::open`].
#[derive(Debug)]
pub struct Journal<D: Disk> {
    pub(crate) disk: Shared<D>,
    pub(crate) options: Options,
    pub(crate) manifest: Manifest,
    pub(crate) watermark: Watermark<D::File>,
    pub(crate) active: Active<D::File>,
    /// First record and number of each segment, the active one last.
    pub(crate) segments: Vec<(u64, u64)>,
    pub(crate) spares: Stock<D::File>,
    pub(crate) staged: Batch,
    /// When the first record of the staged batch came.
    pub(crate) staged_ns: u64,
    /// A batch that found no space; it goes before the staged one.
    pub(crate) stalled: Option<Batch>,
    /// The other buffer.
    pub(crate) idle: Option<Batch>,
    pub(crate) last_ts_ns: u64,
    /// Chain of the last frame written, whatever its kind.
    pub(crate) chain: Chain,
    pub(crate) written: Position,
    pub(crate) durable_seq: u64,
    /// Whether everything written is synced.
    pub(crate) is_synced: bool,
    /// Whether the last frame says that all before it is synced.
    pub(crate) is_sealed: bool,
    pub(crate) fatal: Option<Fatal>,
}

impl<D: Disk> Journal<D> {
    /// Stages a record. It is not durable, and nobody may hear of it, until the commit that holds it is finished.
    ///
    /// `now_ns` is the wall clock; the record's time is never below it and above that of every record before.
    ///
    /// # Errors
    /// See [`AppendError`]; nothing is changed.
    pub fn append(&mut self, now_ns: u64, kind: u16, body: &[u8]) -> Result<Stamp, AppendError> {
        if let Some(fatal) = &self.fatal {
            return Err(AppendError::Fatal(fatal.clone()));
        }
        let bytes_max = self.record_bytes_max();
        if body.len() > bytes_max {
            return Err(AppendError::TooLong { bytes: body.len(), bytes_max });
        }
        let is_full = self.staged.count >= self.options.mode.records_max()
            || self.staged.len_with(body.len()) > self.options.batch_bytes_max();
        if is_full {
            return Err(AppendError::BatchFull);
        }
        if self.room_for(self.staged.len_with(body.len())) == Room::None {
            return Err(AppendError::NoRoom);
        }
        if self.staged.count == 0 {
            self.staged.logical_ns = now_ns.max(self.last_ts_ns + 1);
            self.staged_ns = now_ns;
        }
        let stamp = Stamp { seq: self.staged.next_seq(), ts_ns: self.staged.logical_ns + u64::from(self.staged.count) };
        debug_assert!(stamp.ts_ns > self.last_ts_ns, "time goes on");
        self.staged.push(kind, body);
        self.last_ts_ns = stamp.ts_ns;
        Ok(stamp)
    }

    /// Stages a note about what came before. It takes no sequence number and is written with the next commit.
    ///
    /// # Errors
    /// [`AppendError::BatchFull`] and [`AppendError::Fatal`].
    pub fn note(&mut self, note: Note) -> Result<(), AppendError> {
        if let Some(fatal) = &self.fatal {
            return Err(AppendError::Fatal(fatal.clone()));
        }
        if self.staged.is_empty() {
            self.staged.logical_ns = self.last_ts_ns;
        }
        if self.staged.push_note(note) { Ok(()) } else { Err(AppendError::BatchFull) }
    }

    /// The longest body a record may have, in bytes.
    pub fn record_bytes_max(&self) -> usize {
        RECORD_BODY_BYTES_MAX.min(self.options.batch_bytes_max() - FRAME_HEADER_BYTES - RECORD_HEADER_BYTES)
    }

    /// The sequence number the next record gets.
    pub fn next_seq(&self) -> u64 {
        self.staged.next_seq()
    }

    /// Whether the mode wants a commit now: the batch is full, or its first record has waited long enough.
    pub fn due(&self, now_ns: u64) -> bool {
        let waits = self.staged.count > 0;
        let full = self.staged.count >= self.options.mode.records_max();
        self.active.file.is_some()
            && (self.stalled.is_some() || full || (waits && self.deadline_ns().is_some_and(|at| at <= now_ns)))
    }

    /// When the first staged record has waited long enough; `None` where there is none.
    pub fn deadline_ns(&self) -> Option<u64> {
        (self.staged.count > 0).then(|| self.staged_ns.saturating_add(self.options.mode.wait_ns_max()))
    }

    /// Writes and syncs what is staged, and returns how far the log now reaches. Nothing staged is nothing done.
    ///
    /// # Errors
    /// [`CommitError::NoSpace`]: nothing is written and the batch is kept. [`CommitError::Fatal`]: end the process.
    pub fn commit(&mut self) -> Result<Position, CommitError> {
        while let Some(commit) = self.begin_commit()? {
            self.finish(commit.run())?;
        }
        Ok(self.written)
    }

    /// Takes what is staged, to be written by [`Commit::run`] on any thread. `None` where nothing is staged, or where
    /// the commit before is not finished.
    ///
    /// # Errors
    /// As [`Journal::commit`].
    pub fn begin_commit(&mut self) -> Result<Option<Commit<D::File>>, CommitError> {
        self.check()?;
        if self.active.file.is_none() || (self.stalled.is_none() && self.staged.is_empty()) {
            return Ok(None);
        }
        let batch = self.stalled.take().unwrap_or_else(|| self.take_staged());
        if !self.active.has_room_for(batch.len_max())
            && let Err(error) = self.rotate(batch.first_seq)
        {
            self.stalled = Some(batch);
            return Err(error);
        }
        let before = Before {
            chain: self.chain,
            durable_seq: self.durable_seq,
            is_synced: self.is_synced,
            key: self.options.chain_key,
        };
        let Some(file) = self.active.file.take() else {
            return Ok(None);
        };
        let is_synced = self.options.mode.is_durable();
        Ok(Some(Commit { file, name: self.active.name.clone(), offset: self.active.at, batch, before, is_synced }))
    }

    fn take_staged(&mut self) -> Batch {
        let next_seq = self.staged.next_seq();
        let mut empty = self.idle.take().unwrap_or_else(|| Batch::new(next_seq));
        empty.clear(next_seq);
        std::mem::replace(&mut self.staged, empty)
    }

    /// Takes a commit back. What it held is durable from here on, unless the mode is [`crate::Mode::Os`].
    ///
    /// # Errors
    /// As [`Journal::commit`].
    pub fn finish(&mut self, committed: Committed<D::File>) -> Result<Position, CommitError> {
        self.active.file = Some(committed.file);
        let (bytes, chain) = match committed.outcome {
            Outcome::Done(bytes, chain) => (bytes, chain),
            Outcome::NoSpace(error) => {
                self.stalled = Some(committed.batch);
                return Err(CommitError::NoSpace(error));
            }
            Outcome::Failed(error) => return Err(self.stop(error).into()),
        };
        self.active.at += bytes;
        self.spares.pace.store(self.active.at, Ordering::Relaxed);
        self.chain = chain;
        self.is_sealed = false;
        self.is_synced = self.options.mode.is_durable();
        if committed.batch.count > 0 {
            self.written = Position { seq: committed.batch.next_seq() - 1, chain };
        }
        if self.is_synced {
            self.durable_seq = self.written.seq;
        }
        self.idle = Some(committed.batch);
        Ok(self.written)
    }

    /// Forgets what is appended and not written, so that its sequence numbers are given again. Returns the last
    /// sequence number that is kept. Does nothing while a commit is on its way.
    pub fn discard(&mut self) -> u64 {
        if self.active.file.is_some() {
            self.stalled = None;
            self.staged.clear(self.written.seq + 1);
        }
        self.staged.next_seq() - 1
    }

    /// How far the log is written; with a mode that syncs, how far it is durable.
    pub fn written(&self) -> Position {
        self.written
    }

    /// The highest sequence number known to survive a power cut.
    pub fn durable_seq(&self) -> u64 {
        self.durable_seq
    }

    /// Whether [`Journal::seal`] would write something.
    pub fn needs_seal(&self) -> bool {
        !self.is_sealed && self.active.file.is_some() && self.stalled.is_none() && self.staged.is_empty()
    }

    /// Writes down that everything so far is synced, so that damage to the last commit can be told from a torn write.
    /// To be called when the log has rested for 50 ms and at a clean shutdown. `false` where nothing was to be said,
    /// or something is staged, or there is no space for it.
    ///
    /// # Errors
    /// [`Fatal`]: end the process.
    pub fn seal(&mut self) -> Result<bool, Fatal> {
        self.check()?;
        if !self.needs_seal() {
            return Ok(false);
        }
        self.sync_written()?;
        let is_written = self.active.has_room_for(FRAME_BYTES_MIN) && self.write_seal()?;
        let is_raised = self.remember()?;
        self.is_sealed = is_written || is_raised;
        Ok(self.is_sealed)
    }

    /// Makes certain what the watermark says: how far the log is durable and which segment is the newest.
    pub(crate) fn remember(&mut self) -> Result<bool, Fatal> {
        let raised = self.watermark.raise(self.durable_seq, self.active.header.first_seq);
        let is_raised = self.unless_shortage(raised)?;
        let synced = self.watermark.sync();
        self.unless_shortage(synced)?;
        Ok(is_raised)
    }

    fn write_seal(&mut self) -> Result<bool, Fatal> {
        let header = FrameHeader {
            kind: FrameKind::Seal,
            flags: FLAG_BEFORE_IS_SYNCED,
            count: 0,
            first_seq: self.written.seq + 1,
            durable_seq: self.durable_seq,
            logical_ns: self.last_ts_ns,
        };
        let mut bytes = vec![0; FRAME_HEADER_BYTES];
        let chain = frame::finish(&mut bytes, &header, &self.chain, &self.options.chain_key);
        let Some(file) = &self.active.file else {
            return Ok(false);
        };
        let written = files::write_synced(file, &self.active.name, &bytes, self.active.at);
        let is_written = self.unless_shortage(written)?;
        if is_written {
            self.active.at += bytes.len() as u64;
            self.chain = chain;
        }
        Ok(is_written)
    }

    /// Syncs what a mode without syncs has only written.
    pub(crate) fn sync_written(&mut self) -> Result<(), Fatal> {
        if self.is_synced {
            return Ok(());
        }
        if let Some(file) = &self.active.file
            && let Err(error) = file.sync_data()
        {
            let error = DiskError::of(SYNC, &self.active.name)(error);
            return Err(self.stop(error));
        }
        (self.is_synced, self.durable_seq) = (true, self.written.seq);
        Ok(())
    }

    /// The directory, for what works beside the journal: snapshots, readers.
    pub fn disk(&self) -> Shared<D> {
        self.disk.clone()
    }

    /// Identity of the store.
    pub fn store_id(&self) -> [u8; 16] {
        self.manifest.store_id
    }

    /// Remembers the first error after which nothing may be acknowledged.
    pub(crate) fn stop(&mut self, error: DiskError) -> Fatal {
        self.fatal.get_or_insert_with(|| error.into()).clone()
    }

    pub(crate) fn check(&self) -> Result<(), Fatal> {
        self.fatal.clone().map_or(Ok(()), Err)
    }

    /// `true` where it worked, `false` where the disk is full and nothing is in doubt; every other error stops.
    pub(crate) fn unless_shortage(&mut self, result: Result<(), DiskError>) -> Result<bool, Fatal> {
        match result {
            Ok(()) => Ok(true),
            Err(error) if error.is_shortage() => Ok(false),
            Err(error) => Err(self.stop(error)),
        }
    }
}
