//! What is done beside the loop: segments prepared ahead of need, in pieces or by another thread.

use journal::disk::Disk;
use journal::{AppendError, CommitError, Note, Prepare, Prepared, Room};

use crate::failure::{Fatal, OpenError};
use crate::sequencer::Sequencer;
use crate::shadow::{Shadow, Taken};

impl<D: Disk> Sequencer<D> {
    /// One piece of the work on the next segment, where a thread of its own does not do it; all of it where there is no
    /// room without it.
    pub(crate) fn upkeep(&mut self, now_ns: i64) -> Result<(), Fatal> {
        loop {
            if self.preparing.is_none() && !self.options.upkeep_apart {
                self.preparing = self.begin_upkeep_at(now_ns);
            }
            match self.preparing.take().map(Prepare::step) {
                None => return Ok(()),
                Some(Ok(rest)) => self.preparing = Some(rest),
                Some(Err(prepared)) => self.finish_upkeep(prepared)?,
            }
            if self.room == Room::All {
                return Ok(());
            }
        }
    }

    /// Work for another thread, where there is some: [`Prepare::run`] it and give the outcome to
    /// [`Sequencer::finish_upkeep`]. Only with [`crate::Options::upkeep_apart`].
    pub fn begin_upkeep(&mut self) -> Option<Prepare<D>> {
        if self.options.upkeep_apart { self.begin_upkeep_at(self.clock.now_ns()) } else { None }
    }

    fn begin_upkeep_at(&mut self, now_ns: i64) -> Option<Prepare<D>> {
        if now_ns < self.retry_ns {
            return None;
        }
        self.journal.begin_prepare()
    }

    /// Takes the work back. A full disk is no failure: [`Sequencer::is_disk_full`] tells what it means, and space is
    /// looked for again after [`crate::Options::retry_after_ns`].
    ///
    /// # Errors
    /// [`Fatal`]: end the process.
    pub fn finish_upkeep(&mut self, prepared: Prepared<D::File>) -> Result<(), Fatal> {
        match self.journal.finish_prepare(prepared) {
            Ok(()) => {
                self.is_full = false;
                self.room = self.journal.room();
                Ok(())
            }
            Err(CommitError::NoSpace(_)) => {
                self.note_full();
                Ok(())
            }
            Err(CommitError::Fatal(fatal)) => Err(self.stop(fatal.into())),
        }
    }

    /// A shadow replayer for this log, to be stepped beside it; the snapshots are its work.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn shadow(&self) -> Result<Shadow<D>, OpenError> {
        Shadow::open(self.journal.disk(), &self.options, self.journal.store_id())
    }

    /// The newest record that a shadow may read.
    pub fn durable_seq(&self) -> u64 {
        self.core.last.seq
    }

    /// Writes down that a snapshot was made, and lets go of the segments that nothing needs any more.
    ///
    /// # Errors
    /// [`Fatal`]: end the process.
    pub fn snapshot_taken(&mut self, taken: Taken) -> Result<(), Fatal> {
        self.check()?;
        let Taken { seq, state_hash, kept_seq } = taken;
        match self.journal.note(Note::Snapshot { seq, hash: state_hash }) {
            Ok(()) | Err(AppendError::BatchFull | AppendError::NoRoom | AppendError::TooLong { .. }) => {}
            Err(AppendError::Fatal(fatal)) => return Err(self.stop(fatal.into())),
        }
        match kept_seq.map(|kept_seq| self.journal.retain(kept_seq)) {
            None | Some(Ok(())) => Ok(()),
            Some(Err(fatal)) => Err(self.stop(fatal.into())),
        }
    }

    /// The disk has no space: orders are refused until there is.
    pub(crate) fn note_full(&mut self) {
        self.is_full = true;
        self.retry_ns = self.clock.now_ns().saturating_add(self.options.retry_after_ns);
    }

    /// Whether a command may go into the log as it stands. Without room, and the disk not full, it waits for the next
    /// segment.
    pub(crate) fn has_room(&self, is_urgent: bool) -> bool {
        match self.room {
            Room::All => true,
            Room::OnlyReserve => is_urgent,
            Room::None => false,
        }
    }
}
