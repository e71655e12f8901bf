//! The loop: stamp, append, sync, apply, release.

use journal::disk::Disk;
use journal::{AppendError, CommitError, Note};
use model::Command;

use crate::failure::Fatal;
use crate::priority::takes_risk_away;
use crate::rebuild::stamp_of;
use crate::refusal::Refusal;
use crate::released::{Done, Released, TICK_ORIGIN};
use crate::sequencer::{Sequencer, Staged, wall};

/// The shortest time between the last command and a tick: a timer that is due is never met by more than one a
/// millisecond.
const TICK_NS_MIN: i64 = 1_000_000;
/// The same while the disk is full: what is reserved for cancels is not for timers to use up.
const TICK_NS_MIN_FULL: i64 = 1_000_000_000;

/// Reads the clock of the stages, where there is one.
type StageClock<'a> = Option<&'a dyn Fn() -> u64>;

impl<D: Disk> Sequencer<D> {
    /// Does one round: gives what waits its place and time, writes it, makes it durable, applies it, and returns the
    /// outcomes. Where nothing waits, lets timers run, seals an idle log and prepares the next segment.
    ///
    /// `now_ns` is the wall clock; it may jump either way.
    ///
    /// # Errors
    /// [`Fatal`]: nothing was released, and nothing ever will be. End the process with [`Fatal::exit_code`].
    pub fn step(&mut self, now_ns: i64) -> Result<Released<'_>, Fatal> {
        self.round(now_ns, None)
    }

    /// Does one round as [`Sequencer::step`] does, and says of each outcome when it went through which stage.
    ///
    /// `stage_ns` gives nanoseconds of any monotonic clock. It is read three times a batch, and nothing depends on it: what
    /// is written, decided and released is the same whatever it says.
    ///
    /// # Errors
    /// As [`Sequencer::step`].
    pub fn step_timed(&mut self, now_ns: i64, stage_ns: &dyn Fn() -> u64) -> Result<Released<'_>, Fatal> {
        self.round(now_ns, Some(stage_ns))
    }

    fn round(&mut self, now_ns: i64, stages: StageClock<'_>) -> Result<Released<'_>, Fatal> {
        self.check()?;
        self.outbox.clear();
        let now_ns = self.clock.observe(now_ns);
        self.upkeep(now_ns)?;
        self.run_timers(now_ns);
        self.stage(now_ns, stages)?;
        if self.staged.is_empty() {
            self.rest(now_ns)?;
        } else {
            self.busy_ns = now_ns;
            if self.journal.due(self.stamp_ns(now_ns)) || self.is_cut() {
                self.commit(stages)?;
            }
        }
        self.room = self.journal.room();
        Ok(self.outbox.released())
    }

    /// Where nothing else brings time to the engine and something waits for it, a tick does.
    fn run_timers(&mut self, now_ns: i64) {
        let pause_ns = if self.is_disk_full() { TICK_NS_MIN_FULL } else { TICK_NS_MIN };
        if self.queue.is_empty()
            && self.staged.is_empty()
            && now_ns.saturating_sub(self.core.last.ts_ns) >= pause_ns
            && self.core.exchange.next_due_ns().is_some_and(|due| due <= now_ns)
        {
            self.queue.push_back((TICK_ORIGIN, Command::Tick));
        }
    }

    /// Moves commands from the queue into the journal's batch until that is full, or a state hash may be due.
    fn stage(&mut self, now_ns: i64, stages: StageClock<'_>) -> Result<(), Fatal> {
        let now_ns = self.stamp_ns(now_ns);
        let taken_ns = stages.filter(|_| !self.queue.is_empty()).map_or(0, |read| read());
        while !self.is_cut() {
            let is_urgent = self.queue.front().is_some_and(|(_, command)| takes_risk_away(command));
            if !self.is_full && !self.has_room(is_urgent) {
                break;
            }
            let Some((origin, command)) = self.queue.pop_front() else { break };
            if !self.has_room(is_urgent) && origin != TICK_ORIGIN {
                self.outbox.refuse(origin, Refusal::DiskFull);
                continue;
            }
            self.encoded.clear();
            if let Err(error) = wire::encode_command(&command, origin, &mut self.encoded) {
                self.outbox.refuse(origin, Refusal::NoEncoding { field: error.field });
                continue;
            }
            let kind = u16::from(self.encoded[0]);
            match self.journal.append(now_ns, kind, &self.encoded) {
                Ok(stamp) => {
                    let stamp = stamp_of(stamp.seq, stamp.ts_ns);
                    self.staged.push(Staged { stamp, origin, command, taken_ns });
                }
                Err(AppendError::NoRoom) if self.is_full && origin == TICK_ORIGIN => {}
                Err(AppendError::NoRoom) if self.is_full => self.outbox.refuse(origin, Refusal::DiskFull),
                Err(AppendError::BatchFull | AppendError::NoRoom) => {
                    self.queue.push_front((origin, command));
                    break;
                }
                Err(AppendError::TooLong { bytes, bytes_max }) => {
                    self.outbox.refuse(origin, Refusal::TooLarge { size: bytes, size_max: bytes_max });
                }
                Err(AppendError::Fatal(fatal)) => return Err(self.stop(fatal.into())),
            }
        }
        Ok(())
    }

    /// Whether the batch ends here so that the state can be hashed at the end of a frame.
    fn is_cut(&self) -> bool {
        self.staged.len() as u64 >= self.core.until_hash()
    }

    /// Writes and syncs the batch, and only then applies it.
    fn commit(&mut self, stages: StageClock<'_>) -> Result<(), Fatal> {
        match self.journal.commit() {
            Ok(_) => {
                self.apply_staged(stages);
                self.note_hash()
            }
            Err(CommitError::NoSpace(_)) => {
                self.give_back();
                Ok(())
            }
            Err(CommitError::Fatal(fatal)) => Err(self.stop(fatal.into())),
        }
    }

    fn apply_staged(&mut self, stages: StageClock<'_>) {
        let (core, outbox) = (&mut self.core, &mut self.outbox);
        let durable_ns = stages.map(|read| read());
        for Staged { stamp, origin, command, taken_ns } in self.staged.drain(..) {
            outbox.add_taken(stamp, origin, taken_ns, |events| core.apply(stamp, &command, events));
        }
        let done = stages.zip(durable_ns).map(|(read, durable_ns)| Done { durable_ns, applied_ns: read() });
        outbox.finish(done);
    }

    /// Puts the state's hash into the log where it is due; it goes out with the next batch.
    fn note_hash(&mut self) -> Result<(), Fatal> {
        let every = self.options.snapshot_every;
        let is_for_snapshot = every > 0 && self.core.last.seq.is_multiple_of(every);
        let Some(hash) = self.core.due_hash(is_for_snapshot) else { return Ok(()) };
        match self.journal.note(Note::StateHash { seq: self.core.last.seq, hash }) {
            Ok(()) | Err(AppendError::BatchFull | AppendError::NoRoom | AppendError::TooLong { .. }) => Ok(()),
            Err(AppendError::Fatal(fatal)) => Err(self.stop(fatal.into())),
        }
    }

    /// The disk has no space and took nothing of the batch: orders are refused, what takes risk away waits for the
    /// reserve.
    fn give_back(&mut self) {
        self.journal.discard();
        self.note_full();
        for Staged { origin, command, .. } in self.staged.drain(..).rev() {
            if takes_risk_away(&command) {
                self.queue.push_front((origin, command));
            } else if origin != TICK_ORIGIN {
                self.outbox.refuse(origin, Refusal::DiskFull);
            }
        }
    }

    /// Nothing came: after a while the log says that all of it is durable.
    fn rest(&mut self, now_ns: i64) -> Result<(), Fatal> {
        let is_idle = now_ns.saturating_sub(self.busy_ns) >= self.options.seal_after_ns;
        if is_idle { self.seal() } else { Ok(()) }
    }

    /// Writes what is left to say about the state, and the seal.
    pub(crate) fn seal(&mut self) -> Result<(), Fatal> {
        match self.journal.commit() {
            Ok(_) => {}
            // Without space there is no seal either; the next start finds out by itself how the log ends.
            Err(CommitError::NoSpace(_)) => return Ok(()),
            Err(CommitError::Fatal(fatal)) => return Err(self.stop(fatal.into())),
        }
        self.journal.seal().map(|_| ()).map_err(|fatal| self.stop(fatal.into()))
    }

    /// The time of a command stamped at `now_ns`: after all that were stamped before.
    fn stamp_ns(&self, now_ns: i64) -> u64 {
        wall(now_ns.max(self.core.last.ts_ns.saturating_add(1)))
    }
}
