//! What is done beside the loop, in pieces or by another thread: segments prepared ahead of need, old ones deleted, snapshots
//! by a shadow.

use journal::disk::{Disk, DiskFile};
use journal::{AppendError, CommitError, Note, Prepare, Prepared, Retain, Retained, Room};

use crate::failure::{Fatal, OpenError};
use crate::sequencer::Sequencer;
use crate::shadow::{Shadow, Taken};

/// Work on the files of the log, for another thread.
#[must_use = "do it and give the outcome to `Sequencer::finish_upkeep`"]
pub enum Upkeep<D: Disk> {
    /// The next segment.
    Prepare(Prepare<D>),
    /// Segments that no snapshot needs any more.
    Retain(Retain<D>),
}

/// Such work, done.
#[derive(Debug)]
#[must_use = "give it to `Sequencer::finish_upkeep`"]
pub enum Upkept<F: DiskFile> {
    /// A segment, or why there is none.
    Prepared(Prepared<F>),
    /// A deletion, or why it is not done.
    Retained(Retained),
}

impl<D: Disk> Upkeep<D> {
    /// Does one piece of the work, at most 8 MiB of zeros or all of a deletion.
    ///
    /// # Errors
    /// Not an error: `Err` holds the outcome where this was the last piece, `Ok` the work that is left.
    pub fn step(self) -> Result<Self, Upkept<D::File>> {
        match self {
            Upkeep::Prepare(work) => work.step().map(Upkeep::Prepare).map_err(Upkept::Prepared),
            Upkeep::Retain(work) => Err(Upkept::Retained(work.run())),
        }
    }
}

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
                Some(Err(prepared)) => self.finish_prepare(prepared)?,
            }
            if self.room == Room::All {
                return Ok(());
            }
        }
    }

    /// Work for another thread, where there is some: [`Upkeep::step`] it and give the outcome to
    /// [`Sequencer::finish_upkeep`]. Only with [`crate::Options::upkeep_apart`].
    pub fn begin_upkeep(&mut self) -> Option<Upkeep<D>> {
        if !self.options.upkeep_apart {
            return None;
        }
        if let Some(work) = self.begin_upkeep_at(self.clock.now_ns()) {
            return Some(Upkeep::Prepare(work));
        }
        if self.is_retaining {
            return None;
        }
        let work = self.retain_seq.take().and_then(|kept_seq| self.journal.begin_retain(kept_seq));
        self.is_retaining = work.is_some();
        work.map(Upkeep::Retain)
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
    pub fn finish_upkeep(&mut self, done: Upkept<D::File>) -> Result<(), Fatal> {
        match done {
            Upkept::Prepared(prepared) => self.finish_prepare(prepared),
            Upkept::Retained(retained) => {
                self.is_retaining = false;
                self.journal.finish_retain(retained).map_err(|fatal| self.stop(fatal.into()))
            }
        }
    }

    fn finish_prepare(&mut self, prepared: Prepared<D::File>) -> Result<(), Fatal> {
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

    /// Before the end: no other thread does upkeep any more. What it was to delete is deleted.
    ///
    /// # Errors
    /// [`Fatal`]: end the process.
    pub fn take_upkeep_back(&mut self) -> Result<(), Fatal> {
        self.check()?;
        self.options.upkeep_apart = false;
        let kept_seq = self.retain_seq.take().filter(|_| !self.is_retaining);
        kept_seq.map_or(Ok(()), |kept_seq| self.journal.retain(kept_seq)).map_err(|fatal| self.stop(fatal.into()))
    }

    /// A shadow replayer for this log, to be stepped beside it; the snapshots are its work.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn shadow(&self) -> Result<Shadow<D>, OpenError> {
        self.shadow_later()()
    }

    /// A shadow replayer for this log, to be opened by another thread: it reads a snapshot first.
    pub fn shadow_later(&self) -> impl Fn() -> Result<Shadow<D>, OpenError> + Send + use<D> {
        let (disk, options, store_id) = (self.journal.disk(), self.options.clone(), self.journal.store_id());
        move || Shadow::open(disk.clone(), &options, store_id)
    }

    /// A shadow came to another state, or could not read what is durable: nothing is acknowledged any more. Gives the
    /// failure that every later call gives.
    pub fn shadow_failed(&mut self, fatal: Fatal) -> Fatal {
        self.stop(fatal)
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
        if self.options.upkeep_apart {
            self.retain_seq = kept_seq.or(self.retain_seq);
            return Ok(());
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
