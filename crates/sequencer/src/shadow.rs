//! The shadow replayer: a second exchange that follows the log, compares its state with what the core wrote down, and
//! makes the snapshots, so that the core never pauses for one.

use journal::disk::{Disk, Shared};
use journal::{ChainKey, Followed, Follower, Note, Position, SnapshotError, SnapshotHeader, snapshot};
use model::Events;

use crate::core::Core;
use crate::failure::{Fatal, OpenError};
use crate::genesis::{GENESIS_KIND, Genesis};
use crate::hold::Hold;
use crate::options::Options;
use crate::rebuild::stamp_of;
use crate::snapshot as body;

/// Frames read in one [`Shadow::step`].
const FRAMES_MAX: usize = 16;
/// How often a snapshot that could not be made is tried before the next one is due.
const RETRIES: u64 = 8;

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
    /// A snapshot was due and could not be written, or did not pass its own checks; or there are no files left to read the
    /// log with. It is tried again later; the text says what was wrong.
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
    /// The records of the snapshots that it has loaded or made and that are still there, oldest first.
    own: Vec<u64>,
    hold: Hold,
    /// The record at which the next snapshot is due, or the first recorded hash after it.
    due_seq: u64,
}

impl<D: Disk> Shadow<D> {
    /// Begins at the newest snapshot that is good, or with the first record.
    pub(crate) fn open(disk: Shared<D>, options: &Options, store_id: [u8; 16]) -> Result<Self, OpenError> {
        let key = options.journal.chain_key;
        let fresh = Genesis { limits: options.limits, hash_every: options.hash_every };
        let seqs = snapshot::list(&disk).map_err(|error| OpenError::Disk(error.to_string()))?;
        let mut found = None;
        for seq in seqs {
            found = begin_at(&disk, seq, (store_id, &key))?;
            if found.is_some() {
                break;
            }
        }
        let (follower, core, at) = match found {
            Some(found) => found,
            None => (Follower::begin(disk.clone(), key, None)?, Core::new(fresh), None),
        };
        let mut shadow = Shadow {
            follower,
            disk,
            core,
            events: Events::new(),
            key,
            store_id,
            semantic_version: options.journal.semantic_version,
            snapshot_every: options.snapshot_every,
            own: at.map(|at| at.seq).into_iter().collect(),
            hold: options.hold.clone(),
            due_seq: 0,
            at,
        };
        shadow.plan();
        Ok(shadow)
    }

    /// The next snapshot is due at the next multiple.
    fn plan(&mut self) {
        let newest = self.own.last().copied().unwrap_or_default();
        let passed = newest.checked_div(self.snapshot_every);
        self.due_seq = passed.map_or(u64::MAX, |passed| (passed + 1).saturating_mul(self.snapshot_every));
    }

    /// One could not be made: the next is tried well before the one that would come anyway, and not at every hash.
    fn miss(&mut self, what: String) -> Progress {
        self.due_seq = self.core.last.seq.saturating_add((self.snapshot_every / RETRIES).max(1));
        Progress::Missed(what)
    }

    /// The record at which a snapshot is due; `u64::MAX` where none ever is.
    pub fn due_seq(&self) -> u64 {
        self.due_seq
    }

    /// The newest record it has applied.
    pub fn last_seq(&self) -> u64 {
        self.core.last.seq
    }

    /// Applies some of what is durable up to `durable_seq`, and makes a snapshot where one is due.
    ///
    /// # Errors
    /// [`Fatal::Diverged`] where its state is not the core's: no snapshot is made and the exchange should stop.
    /// [`Fatal::Disk`] where durable records cannot be read, or a sync failed.
    pub fn step(&mut self, durable_seq: u64) -> Result<Progress, Fatal> {
        for _ in 0..FRAMES_MAX {
            let notes = match self.follower.next(durable_seq) {
                Err(journal::OpenError::Disk(error)) if error.is_shortage() => {
                    return Ok(Progress::Missed(error.to_string()));
                }
                Err(error) => return Err(Fatal::Disk(error.to_string())),
                Ok(None) => return Ok(Progress::UpToDate),
                Ok(Some(Followed::Seal)) => continue,
                Ok(Some(Followed::Notes(notes))) => notes,
                Ok(Some(Followed::Records(records, at))) => {
                    for record in records {
                        apply(&mut self.core, &mut self.events, &record).map_err(Fatal::Disk)?;
                    }
                    self.at = Some(at);
                    continue;
                }
            };
            for note in notes {
                if let Some(state_hash) = self.compare(note)?
                    && self.core.last.seq >= self.due_seq
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

    /// The first of its snapshots that stays beside a new one: the newest, or the one that readers of the log go on from.
    /// `None` where it has no such one: then nothing may go.
    fn wanted(&self) -> Option<usize> {
        let read_seq = self.hold.read_seq();
        self.own.iter().rposition(|seq| *seq <= read_seq)
    }

    fn take(&mut self, state_hash: u64) -> Result<Progress, Fatal> {
        let Some(position) = self.at.filter(|at| at.seq == self.core.last.seq) else {
            return Ok(self.miss(format!("seq={} is not the end of a frame", self.core.last.seq)));
        };
        // No snapshot is ahead of the log, whatever the mode says of commits.
        self.follower.sync().map_err(|error| Fatal::Disk(error.to_string()))?;
        let header =
            SnapshotHeader { store_id: self.store_id, semantic_version: self.semantic_version, position, state_hash };
        let bytes = body::save(&self.core);
        let check = |header: &SnapshotHeader, bytes: &[u8]| {
            body::load(header, bytes).map(|loaded| loaded.exchange.state_hash().combined())
        };
        let from = self.wanted();
        let kept = from.map_or(&[][..], |from| &self.own[from..]);
        match snapshot::write(&self.disk, &header, &bytes, &self.key, kept, check) {
            Ok(()) => {
                let kept_seq = kept.first().copied();
                self.own.drain(..from.unwrap_or_default());
                self.own.push(position.seq);
                self.plan();
                Ok(Progress::Snapshot(Taken { seq: position.seq, state_hash, kept_seq }))
            }
            Err(SnapshotError::Disk(error)) if error.is_failed_sync() => Err(Fatal::Disk(error.to_string())),
            Err(error) => Ok(self.miss(error.to_string())),
        }
    }
}

/// Where a shadow begins.
type Begun<D> = (Follower<Shared<D>>, Core, Option<Position>);

/// Begins at the snapshot of a record; `None` where it does not count.
fn begin_at<D: Disk>(
    disk: &Shared<D>,
    seq: u64,
    (store_id, key): ([u8; 16], &ChainKey),
) -> Result<Option<Begun<D>>, OpenError> {
    // A file that cannot be read says nothing of what is in it.
    let (header, bytes) = match snapshot::read(disk, seq, (store_id, key)) {
        Ok(found) => found,
        Err(SnapshotError::Disk(error)) => return Err(OpenError::Disk(error.to_string())),
        Err(_) => return Ok(None),
    };
    let Ok(core) = body::load(&header, &bytes) else { return Ok(None) };
    match Follower::begin(disk.clone(), *key, Some(header.position)) {
        Ok(follower) => Ok(Some((follower, core, Some(header.position)))),
        Err(journal::OpenError::Disk(error)) => Err(OpenError::Disk(error.to_string())),
        Err(_) => Ok(None),
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
