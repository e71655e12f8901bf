//! The system under test as the runs see it: a sequencer on a simulated disk.

use journal::Mode;
use model::{Command, Limits};
use sequencer::{Fatal, OpenError, Options, Progress, Recovered, Refusal, Released, Sequencer, Shadow, Warning};

use super::character::Sizes;
use super::disk::SimDisk;

/// What a start found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The last record.
    pub last_seq: u64,
    /// The state.
    pub state_hash: u64,
    /// Whether a torn tail was cut.
    pub is_torn: bool,
    /// The snapshot it began with, 0 for none.
    pub snapshot_seq: u64,
}

/// A start that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The exit code.
    pub code: u8,
    /// The disk would not do something: it may work the next time.
    pub is_disk: bool,
    /// What it says.
    pub text: String,
}

impl From<OpenError> for Refused {
    fn from(error: OpenError) -> Self {
        let is_disk = matches!(error, OpenError::Disk(_));
        Refused { code: error.exit_code(), is_disk, text: error.to_string() }
    }
}

/// What a look of the shadow came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Followed {
    /// It has applied all there is.
    UpToDate,
    /// There is more to do.
    Behind,
    /// A snapshot was made.
    Snapshot,
    /// A snapshot was due and could not be made.
    Missed,
}

/// A process: the sequencer, and the shadow on what would be a thread of its own.
pub struct Server {
    sequencer: Sequencer<SimDisk>,
    shadow: Shadow<SimDisk>,
}

fn options(sizes: &Sizes, limits: Limits) -> Options {
    let mode = if sizes.is_always {
        Mode::Always
    } else {
        Mode::Group { max_us: sizes.group_us, max_n: u32::try_from(sizes.batch_max).unwrap_or(1) }
    };
    Options {
        limits,
        journal: journal::Options { segment_bytes: sizes.segment_bytes, mode, ..journal::Options::default() },
        queue_max: sizes.queue_max,
        reserve_max: sizes.reserve_max,
        hash_every: sizes.hash_every,
        snapshot_every: sizes.snapshot_every,
        jump_ns_max: sizes.jump_ns_max,
        seal_after_ns: sizes.seal_after_ns,
        retry_after_ns: sizes.retry_after_ns,
        check_every: sizes.check_every,
        ..Options::default()
    }
}

fn opened(found: &Recovered) -> Opened {
    Opened {
        last_seq: found.last.seq,
        state_hash: found.state_hash,
        is_torn: found.warnings.iter().any(|warning| matches!(warning, Warning::TornTail { .. })),
        snapshot_seq: found.snapshot_seq,
    }
}

impl Server {
    /// Starts.
    ///
    /// # Errors
    /// Why it does not.
    pub fn open(disk: SimDisk, sizes: &Sizes, limits: Limits, now_ns: i64) -> Result<(Self, Opened), Refused> {
        let (sequencer, found) = Sequencer::open(disk, options(sizes, limits), now_ns)?;
        let opened = opened(&found);
        let shadow = sequencer.shadow()?;
        Ok((Server { sequencer, shadow }, opened))
    }

    /// The shadow applies some of what is durable, and makes a snapshot where one is due.
    ///
    /// # Errors
    /// It has to end.
    pub fn follow(&mut self) -> Result<Followed, Fatal> {
        match self.shadow.step(self.sequencer.durable_seq())? {
            Progress::UpToDate => Ok(Followed::UpToDate),
            Progress::Behind => Ok(Followed::Behind),
            Progress::Missed(_) => Ok(Followed::Missed),
            Progress::Snapshot(taken) => self.sequencer.snapshot_taken(taken).map(|()| Followed::Snapshot),
        }
    }

    /// Takes a command.
    ///
    /// # Errors
    /// Why not.
    pub fn submit(&mut self, origin: u64, command: &Command) -> Result<(), Refusal> {
        self.sequencer.submit(origin, command)
    }

    /// One round.
    ///
    /// # Errors
    /// It has to end.
    pub fn step(&mut self, now_ns: i64) -> Result<Released<'_>, Fatal> {
        self.sequencer.step(now_ns)
    }

    /// The state.
    pub fn state_hash(&self) -> u64 {
        self.sequencer.exchange().state_hash().combined()
    }

    /// Ends in good order.
    ///
    /// # Errors
    /// The seal is missing.
    pub fn close(self) -> Result<(), Fatal> {
        self.sequencer.close()
    }
}
