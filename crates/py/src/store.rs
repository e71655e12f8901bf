//! A data directory behind the border: every command is in its log, as durable as asked for, before it is applied.

use std::path::Path;
use std::time::Duration;

use ::sequencer::{Fatal, OpenError, Options, Recovered, Refusal, TICK_ORIGIN, Watch};
use engine::Exchange;
use journal::Mode;
use journal::os_disk::{OsDisk, random_id};
use model::{Command, Event, Limits, Stamp};
use pyo3::prelude::*;
use venue::beside::{Beside, Snapshots};

use crate::errors::{Kind, raise};

/// Commands of one time that share a write and a sync.
const BATCH: u32 = 256;
/// Bytes of a segment: two are written with zeros when a directory is new.
const SEGMENT_BYTES: u64 = 16 << 20;
/// Rounds that a command may wait for a disk without space, or for the next segment.
const ROUNDS_MAX: u32 = 64;
/// How long one of them waits.
const ROUND: Duration = Duration::from_millis(100);

/// How a directory is opened.
pub struct Opening<'a> {
    /// Where it is.
    pub directory: &'a Path,
    /// `group`, `always` or `os`.
    pub durability: &'a str,
    /// Bounds of a new exchange.
    pub limits: Limits,
    /// Commands between two snapshots; 0 for none.
    pub snapshot_every: u64,
    /// Commands between two checks of the invariants.
    pub check_every: u64,
    /// The time now.
    pub now_ns: i64,
}

/// An open directory.
pub struct Store {
    log: ::sequencer::Sequencer<OsDisk>,
    beside: Beside<OsDisk>,
    /// The time of what waits.
    at_ns: i64,
    /// Commands submitted and not answered.
    waits: u32,
    /// Number of the batch: what a full disk held up in an earlier one is not the caller's answer now.
    batch: u64,
    last: Stamp,
    own: Vec<Event>,
    heard: Vec<Event>,
}

impl Store {
    /// Opens a directory; `watch` hears what is replayed.
    ///
    /// # Errors
    /// `DataError` where acknowledged bytes are damaged, `UnavailableError` where a newer version wrote it or the disk fails,
    /// `LockedError`, `UsageError` for an unknown durability.
    pub fn open(opening: &Opening<'_>, watch: &mut dyn Watch) -> PyResult<(Self, Recovered)> {
        let mode = match opening.durability {
            "group" => Mode::Group { max_us: 0, max_n: BATCH },
            "always" => Mode::Always,
            "os" => Mode::Os,
            other => {
                let what = format!("unknown durability: durability={other:?}; use \"group\", \"always\" or \"os\"");
                return Err(raise(Kind::Usage, what));
            }
        };
        let directory = opening.directory.display();
        if opening.directory.as_os_str().is_empty() || opening.directory.is_file() {
            let what =
                format!("not a directory: directory=\"{directory}\"; give a directory, or a path to make one at");
            return Err(raise(Kind::Usage, what));
        }
        let unusable = |error: std::io::Error| {
            let what =
                format!("directory cannot be used: directory=\"{directory}\": {error}; choose one you may write to");
            raise(Kind::Unavailable, what)
        };
        let disk = OsDisk::open(opening.directory).map_err(unusable)?;
        let store_id = random_id().map_err(unusable)?;
        let journal = journal::Options { segment_bytes: SEGMENT_BYTES, mode, store_id, ..journal::Options::default() };
        // Nobody steps while the caller is elsewhere, so time follows the caller's clock at once.
        let Opening { limits, check_every, snapshot_every, .. } = *opening;
        let (jump_ns_max, upkeep_apart) = (i64::MAX, true);
        let options =
            Options { limits, journal, jump_ns_max, check_every, snapshot_every, upkeep_apart, ..Options::default() };
        let opened = ::sequencer::Sequencer::open_watched(disk, options, opening.now_ns, watch);
        let (log, recovered) = opened.map_err(|error| refused_to_open(opening.directory, &error))?;
        let (own, heard) = (Vec::new(), Vec::new());
        let no_thread = |error| raise(Kind::Unavailable, format!("cannot start a thread: {error}; allow more of them"));
        let beside = Beside::start(&log, snapshot_every > 0).map_err(no_thread)?;
        let store = Store { log, beside, at_ns: opening.now_ns, waits: 0, batch: 0, last: recovered.last, own, heard };
        Ok((store, recovered))
    }

    /// The state after the last durable command.
    pub fn exchange(&self) -> &Exchange {
        self.log.exchange()
    }

    /// The stamp of the last command of the caller's.
    pub fn last(&self) -> Stamp {
        self.last
    }

    /// Forgets the events of the last batch.
    pub fn begin_batch(&mut self) {
        self.batch += 1;
        self.own.clear();
        self.heard.clear();
    }

    /// Takes a command. Those of one time wait for each other until [`Store::flush`].
    ///
    /// # Errors
    /// `UnavailableError` where the disk has no room for it or has failed.
    pub fn add(&mut self, now_ns: i64, command: &Command) -> PyResult<()> {
        if self.waits > 0 && (now_ns != self.at_ns || self.waits == BATCH) {
            self.flush()?;
        }
        self.at_ns = now_ns;
        self.log.submit(self.batch, command).map_err(|refusal| refused(&refusal))?;
        self.waits += 1;
        Ok(())
    }

    /// Makes what waits durable and applies it.
    ///
    /// # Errors
    /// As [`Store::add`]. What was durable before stays so and is applied.
    pub fn flush(&mut self) -> PyResult<()> {
        let mut refusal = None;
        for _ in 0..ROUNDS_MAX {
            if self.waits == 0 {
                return refusal.map_or(Ok(()), |refusal| Err(refused(&refusal)));
            }
            let waited = self.waits;
            let released = self.log.step(self.at_ns).map_err(failed)?;
            for outcome in released.iter() {
                self.heard.extend_from_slice(outcome.events);
                if outcome.origin == self.batch {
                    self.own.extend_from_slice(outcome.events);
                    self.last = outcome.stamp;
                }
                if outcome.origin != TICK_ORIGIN {
                    self.waits = self.waits.saturating_sub(1);
                }
            }
            for (_, why) in released.refused() {
                self.waits = self.waits.saturating_sub(1);
                refusal = Some(*why);
            }
            if self.waits < waited {
                self.beside.turn(&mut self.log).map_err(failed)?;
            } else {
                self.beside.wait(&mut self.log, ROUND).map_err(failed)?;
            }
        }
        let what = format!("the disk takes no more: waiting={}; free some space, what waits is taken then", self.waits);
        Err(raise(Kind::Unavailable, what))
    }

    /// Events of the caller's commands since the batch began.
    pub fn own(&self) -> &[Event] {
        &self.own
    }

    /// Those and the events of timers in between, taken out.
    pub fn take_heard(&mut self) -> Vec<Event> {
        core::mem::take(&mut self.heard)
    }

    /// What became of the snapshots since the opening.
    ///
    /// # Errors
    /// As [`Store::add`].
    pub fn snapshots(&mut self) -> PyResult<&Snapshots> {
        self.beside.turn(&mut self.log).map_err(failed)?;
        Ok(self.beside.snapshots())
    }

    /// Makes a snapshot that is due, and ends the log with a seal that says all of it is durable.
    ///
    /// # Errors
    /// `UnavailableError` where the disk fails, `DataError` where the shadow replayer came to another state.
    pub fn close(self) -> PyResult<()> {
        let Store { mut log, mut beside, .. } = self;
        beside.finish(&mut log).and_then(|()| log.close()).map_err(failed)
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
fn failed(fatal: Fatal) -> PyErr {
    let kind = match fatal {
        Fatal::Disk(_) => Kind::Unavailable,
        Fatal::Diverged { .. } => Kind::Data,
    };
    raise(kind, fatal.to_string())
}

fn refused(refusal: &Refusal) -> PyErr {
    raise(Kind::Unavailable, refusal.to_string())
}

fn refused_to_open(directory: &Path, error: &OpenError) -> PyErr {
    let kind = match error {
        OpenError::Locked => Kind::Locked,
        OpenError::Damaged(_) | OpenError::Diverged { .. } => Kind::Data,
        OpenError::Version(_) | OpenError::Disk(_) => Kind::Unavailable,
        OpenError::Option(_) => Kind::Usage,
    };
    raise(kind, format!("{}: {error}", directory.display()))
}
