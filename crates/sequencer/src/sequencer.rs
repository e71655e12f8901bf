//! One exchange with its log: opening, taking commands, closing. The loop is in `step.rs`.

use std::collections::VecDeque;

use engine::Exchange;
use journal::disk::{Disk, Shared};
use journal::{AppendError, CommitError, Journal, Prepare, Room};
use model::{Command, Stamp};

use crate::clock::LogicalClock;
use crate::core::Core;
use crate::failure::{Fatal, OpenError};
use crate::genesis::{GENESIS_KIND, Genesis};
use crate::options::Options;
use crate::priority::takes_risk_away;
use crate::rebuild::{Rebuild, Watch, stamp_of};
use crate::recovered::{Recovered, warnings};
use crate::refusal::Refusal;
use crate::released::Outbox;

/// A command with its place in the sequence, not yet durable.
#[derive(Debug)]
pub(crate) struct Staged {
    pub(crate) stamp: Stamp,
    pub(crate) origin: u64,
    pub(crate) command: Command,
    /// By the clock of the stages; 0 without one.
    pub(crate) taken_ns: u64,
}

/// The single writer of one data directory. See the crate's page.
pub struct Sequencer<D: Disk> {
    pub(crate) journal: Journal<D>,
    pub(crate) core: Core,
    pub(crate) clock: LogicalClock,
    pub(crate) options: Options,
    /// Taken, not stamped.
    pub(crate) queue: VecDeque<(u64, Command)>,
    /// Stamped and appended, not durable.
    pub(crate) staged: Vec<Staged>,
    /// The memory commands are encoded in.
    pub(crate) encoded: Vec<u8>,
    pub(crate) outbox: Outbox,
    /// What the disk still takes, as of the last step.
    pub(crate) room: Room,
    /// When a command last came.
    pub(crate) busy_ns: i64,
    pub(crate) preparing: Option<Prepare<D>>,
    /// The snapshot before which segments may go, where another thread is to delete them.
    pub(crate) retain_seq: Option<u64>,
    /// Another thread deletes segments.
    pub(crate) is_retaining: bool,
    /// Space was asked for last and not given.
    pub(crate) is_full: bool,
    /// Before it no space is looked for.
    pub(crate) retry_ns: i64,
    pub(crate) fatal: Option<Fatal>,
}

impl<D: Disk> Sequencer<D> {
    /// Opens a data directory: recovers what is there, or makes a new log, and goes on from it.
    ///
    /// `now_ns` is the wall clock, nanoseconds since the Unix epoch.
    ///
    /// # Errors
    /// See [`OpenError`]; [`OpenError::exit_code`] is the code of a process that stops for it.
    pub fn open(disk: D, options: Options, now_ns: i64) -> Result<(Self, Recovered), OpenError> {
        Self::open_watched(disk, options, now_ns, &mut ())
    }

    /// Opens a data directory as [`Sequencer::open`] does, and tells what is replayed.
    ///
    /// # Errors
    /// As [`Sequencer::open`]. What was told is worth nothing then.
    pub fn open_watched(
        disk: D,
        options: Options,
        now_ns: i64,
        watch: &mut dyn Watch,
    ) -> Result<(Self, Recovered), OpenError> {
        options.check()?;
        let fresh = Genesis { limits: options.limits, hash_every: options.hash_every };
        let mut rebuild = Rebuild::new(fresh, watch);
        let opened = Journal::open(disk, &options.journal, wall(now_ns), &mut rebuild);
        let (mut journal, found) = opened.map_err(|error| rebuild.explain(error))?;
        let Rebuild { mut core, hashes_checked, .. } = rebuild;
        if found.last_seq == 0 {
            let clock = LogicalClock::starting(0, now_ns, options.jump_ns_max);
            let stamp = begin(&mut journal, &fresh, wall(clock.now_ns()))?;
            core.begin(stamp, fresh);
        }
        core.exchange.check_every(options.check_every);
        let last = core.last;
        let mut clock = LogicalClock::starting(last.ts_ns, now_ns, options.jump_ns_max);
        clock.observe(now_ns);
        let recovered = Recovered {
            last,
            snapshot_seq: found.snapshot_seq.unwrap_or(0),
            replayed: found.replayed,
            hashes_checked,
            state_hash: core.exchange.state_hash().combined(),
            downtime_ns: now_ns.saturating_sub(last.ts_ns),
            is_new: found.last_seq == 0,
            warnings: warnings(&found, last, now_ns, (&core.genesis, &fresh)),
        };
        let sequencer = Sequencer {
            room: journal.room(),
            journal,
            core,
            clock,
            queue: VecDeque::with_capacity(options.queue_max + options.reserve_max),
            staged: Vec::new(),
            encoded: Vec::with_capacity(1_024),
            outbox: Outbox::new(),
            busy_ns: now_ns,
            preparing: None,
            retain_seq: None,
            is_retaining: false,
            is_full: false,
            retry_ns: i64::MIN,
            fatal: None,
            options,
        };
        Ok((sequencer, recovered))
    }

    /// Takes a command for the next step. Nothing is decided or written yet.
    ///
    /// `origin` says to the caller whose it is: it is kept in the log with the command and comes back with its outcome.
    ///
    /// # Errors
    /// See [`Refusal`]: the command has no place in the sequence and leaves no trace.
    pub fn submit(&mut self, origin: u64, command: &Command) -> Result<(), Refusal> {
        if self.fatal.is_some() {
            return Err(Refusal::Stopped);
        }
        let is_urgent = takes_risk_away(command);
        if self.is_full && !self.has_room(is_urgent) {
            return Err(Refusal::DiskFull);
        }
        let queue_max = self.options.queue_max;
        let reserve = if is_urgent { self.options.reserve_max } else { 0 };
        if self.queue.len() >= queue_max + reserve {
            return Err(Refusal::QueueFull { queue_max: queue_max + reserve });
        }
        self.queue.push_back((origin, command.clone()));
        Ok(())
    }

    /// The state after the last durable command, for questions.
    pub fn exchange(&self) -> &Exchange {
        &self.core.exchange
    }

    /// The stamp of the newest applied record; the genesis record's before the first command.
    pub fn last(&self) -> Stamp {
        self.core.last
    }

    /// The clock that stamps, for its drift and jumps.
    pub fn clock(&self) -> &LogicalClock {
        &self.clock
    }

    /// Commands that wait, stamped ones included.
    pub fn waiting(&self) -> usize {
        self.queue.len() + self.staged.len()
    }

    /// How many more orders are taken before the next step. Where they are refused for another reason than their number,
    /// as many as come: so that they hear it.
    pub fn room(&self) -> usize {
        if self.fatal.is_some() || self.is_full {
            return usize::MAX;
        }
        self.options.queue_max.saturating_sub(self.queue.len())
    }

    /// Whether outputs are durable when they are released: not in mode `os`.
    pub fn is_durable(&self) -> bool {
        self.options.journal.mode.is_durable()
    }

    /// Whether new orders are refused because the disk is full.
    pub fn is_disk_full(&self) -> bool {
        self.is_full && self.room != Room::All
    }

    /// The bounds the log was begun with.
    pub fn limits(&self) -> model::Limits {
        self.core.limits()
    }

    /// The data directory, for whoever reads beside the sequencer.
    pub fn disk(&self) -> Shared<D> {
        self.journal.disk()
    }

    /// Ends the log cleanly: with a seal that says all of it is durable. Commands that wait are not taken any more; step
    /// until [`Sequencer::waiting`] is 0 first to keep them.
    ///
    /// # Errors
    /// [`Fatal`]: what was released is safe, the seal is missing.
    pub fn close(mut self) -> Result<(), Fatal> {
        self.check()?;
        if !self.staged.is_empty() {
            self.journal.discard();
        }
        self.seal()
    }

    pub(crate) fn check(&self) -> Result<(), Fatal> {
        self.fatal.clone().map_or(Ok(()), Err)
    }

    /// Remembers the first failure after which nothing may be released.
    pub(crate) fn stop(&mut self, fatal: Fatal) -> Fatal {
        self.fatal.get_or_insert(fatal).clone()
    }
}

/// A time as the journal counts it; times before the epoch are the epoch.
pub(crate) fn wall(ns: i64) -> u64 {
    u64::try_from(ns).unwrap_or(0)
}

/// Writes the first record.
fn begin<D: Disk>(journal: &mut Journal<D>, genesis: &Genesis, now_ns: u64) -> Result<Stamp, OpenError> {
    let full = |error: String| OpenError::Disk(error);
    let stamp = journal.append(now_ns, GENESIS_KIND, &genesis.to_bytes()).map_err(|error| match error {
        AppendError::Fatal(fatal) => Fatal::from(fatal).into(),
        AppendError::BatchFull | AppendError::NoRoom | AppendError::TooLong { .. } => full(error.to_string()),
    })?;
    journal.commit().map_err(|error| match error {
        CommitError::Fatal(fatal) => Fatal::from(fatal).into(),
        CommitError::NoSpace(_) => full(error.to_string()),
    })?;
    Ok(stamp_of(stamp.seq, stamp.ts_ns))
}
