//! The shadow replayer: a second exchange that follows the log, compares its state with what the core wrote down, and
//! makes the snapshots, so that the core never pauses for one.

use journal::disk::{Disk, Shared};
use journal::{ChainKey, Followed, Follower, Note, Position, SnapshotError, SnapshotHeader, snapshot};
use model::Events;

use crate::core::Core;
use crate::failure::{Fatal, OpenError};
use crate::genesis::{GENESIS_KIND, Genesis};
use crate::options::Options;
use crate::rebuild::stamp_of;
use crate::snapshot as body;

/// Frames read in one [`Shadow::step`].
const FRAMES_MAX: usize = 16;

/// A snapshot that was written, read back, loaded and found equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The record it is at.
    pub seq: u64,
    /// The state's hash, as the core has it.
    pub state_hash: u64,
    /// The older snapshot that is kept too: what is before it may go.
    pub(crate) kept_seq: Option<u64>,
}

/// What a step of the shadow came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It has applied everything that is durable.
    UpToDate,
    /// There is more to apply.
    Behind,
    /// It has made a snapshot: give it to [`crate::Sequencer::snapshot_taken`].
    Snapshot(Taken),
    /// A snapshot was due and there was no space for it, or it did not pass its own checks; the next one is tried. The
    /// text says what was wrong.
    Missed(String),
}

/// The follower of one log. Works on a thread of its own, or step by step.
pub struct Shadow<D: Disk> {
    disk: Shared<D>,
    follower: Follower<Shared<D>>,
    core: Core,
    events: Events,
    key: ChainKey,
    store_id: [u8; 16],
    semantic_version: u32,
    snapshot_every: u64,
    /// The end of the last frame of commands.
    at: Option<Position>,
    /// The record of the newest snapshot.
    taken_seq: u64,
}

impl<D: Disk> Shadow<D> {
    /// Begins at the newest snapshot that is good, or with the first record.
    pub(crate) fn open(disk: Shared<D>, options: &Options, store_id: [u8; 16]) -> Result<Self, OpenError> {
        let key = options.journal.chain_key;
        let fresh = Genesis { limits: options.limits, hash_every: options.hash_every };
        let seqs = snapshot::list(&disk).map_err(|error| OpenError::Disk(error.to_string()))?;
        let found = seqs.into_iter().find_map(|seq| {
            let (header, bytes) = snapshot::read(&disk, seq, (store_id, &key)).ok()?;
            Some((header.position, body::load(&header, &bytes).ok()?))
        });
        let (at, core) = found.map_or_else(|| (None, Core::new(fresh)), |(at, core)| (Some(at), core));
        Ok(Shadow {
            follower: Follower::begin(disk.clone(), key, at)?,
            disk,
            core,
            events: Events::new(),
            key,
            store_id,
            semantic_version: options.journal.semantic_version,
            snapshot_every: options.snapshot_every,
            taken_seq: at.map_or(0, |at| at.seq),
            at,
        })
    }

    /// The newest record it has applied.
    pub fn last_seq(&self) -> u64 {
        self.core.last.seq
    }

    /// Applies some of what is durable up to `durable_seq`, and makes a snapshot where one is due.
    ///
    /// # Errors
    /// [`Fatal::Diverged`] where its state is not the core's: no snapshot is made and the exchange should stop.
    /// [`Fatal::Disk`] where durable records cannot be read.
    pub fn step(&mut self, durable_seq: u64) -> Result<Progress, Fatal> {
        for _ in 0..FRAMES_MAX {
            let unreadable = |error: journal::OpenError| Fatal::Disk(error.to_string());
            let notes = match self.follower.next(durable_seq).map_err(unreadable)? {
                None => return Ok(Progress::UpToDate),
                Some(Followed::Seal) => continue,
                Some(Followed::Notes(notes)) => notes,
                Some(Followed::Records(records, at)) => {
                    for record in records {
                        apply(&mut self.core, &mut self.events, &record).map_err(Fatal::Disk)?;
                    }
                    self.at = Some(at);
                    continue;
                }
            };
            for note in notes {
                if let Some(state_hash) = self.compare(note)?
                    && self.is_due()
                {
                    return self.take(state_hash);
                }
            }
        }
        Ok(Progress::Behind)
    }

    /// The hash that both have, where the note speaks of the state as it is.
    fn compare(&mut self, note: Note) -> Result<Option<u64>, Fatal> {
        let Note::StateHash { seq, hash } = note else { return Ok(None) };
        if seq != self.core.last.seq {
            return Ok(None);
        }
        let shadow = self.core.hash();
        if shadow == hash { Ok(Some(hash)) } else { Err(Fatal::Diverged { seq, core: hash, shadow }) }
    }

    fn is_due(&self) -> bool {
        let seq = self.core.last.seq;
        self.snapshot_every > 0 && seq.is_multiple_of(self.snapshot_every) && seq > self.taken_seq
    }

    fn take(&mut self, state_hash: u64) -> Result<Progress, Fatal> {
        let Some(position) = self.at.filter(|at| at.seq == self.core.last.seq) else {
            return Ok(Progress::Missed(format!("seq={} is not the end of a frame", self.core.last.seq)));
        };
        let header =
            SnapshotHeader { store_id: self.store_id, semantic_version: self.semantic_version, position, state_hash };
        let bytes = body::save(&self.core);
        let check = |header: &SnapshotHeader, bytes: &[u8]| {
            body::load(header, bytes).map(|loaded| loaded.exchange.state_hash().combined())
        };
        match snapshot::write(&self.disk, &header, &bytes, &self.key, check) {
            Ok(kept_seq) => {
                self.taken_seq = position.seq;
                Ok(Progress::Snapshot(Taken { seq: position.seq, state_hash, kept_seq }))
            }
            Err(SnapshotError::Disk(error)) if !error.is_shortage() => Err(Fatal::Disk(error.to_string())),
            Err(error) => Ok(Progress::Missed(error.to_string())),
        }
    }
}

/// Applies a record of a log.
///
/// # Errors
/// Says what is wrong with it.
pub(crate) fn apply(core: &mut Core, events: &mut Events, record: &journal::Record<'_>) -> Result<(), String> {
    let stamp = stamp_of(record.seq, record.ts_ns);
    if record.kind == GENESIS_KIND && record.seq == 1 {
        let (genesis, _) = Genesis::read(record.body).map_err(|error| format!("{error:?}"))?;
        core.begin(stamp, genesis);
        return Ok(());
    }
    let command = wire::decode_command(record.body).map_err(|error| format!("seq={}: {error}", record.seq))?;
    events.clear();
    core.apply(stamp, &command, events);
    Ok(())
}
