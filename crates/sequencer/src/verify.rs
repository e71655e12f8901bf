//! The standalone verifier (M-3): executes a log again, checks the hash chain, every recorded state hash and, from the
//! events alone, the price-time priority of every fill.

use journal::disk::Disk;
use journal::{ChainKey, Followed, Follower, Note, Position, offline, snapshot};
use model::{Event, Events, InstrumentId, Side, Stamp};

use crate::core::Core;
use crate::failure::OpenError;
use crate::genesis::Genesis;
use crate::lines::Lines;
use crate::shadow::apply;
use crate::snapshot as body;

/// Violations that are kept word for word; all are counted.
const WORDS_MAX: usize = 100;

/// What a log proves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// The record after which the verifier began: 0, or that of the oldest snapshot where the log no longer has its
    /// beginning.
    pub from_seq: u64,
    /// The last record.
    pub last: Stamp,
    /// Fills executed again.
    pub fills: u64,
    /// Of those, the ones in continuous matching by time, whose resting order was the first in line.
    pub fills_in_line: u64,
    /// State hashes of the log that the execution agreed with.
    pub hashes_checked: u64,
    /// Hash chain at the end of the last frame of records.
    pub chain: [u8; 16],
    /// Hash of the state at the end: the state root.
    pub state_root: u64,
    /// How many rules a fill broke.
    pub violations: u64,
    /// The first hundred of them in words: sequence number, trade, what was wrong.
    pub words: Vec<String>,
}

/// Executes the log of a directory again. Changes nothing there; a running writer is not disturbed.
///
/// # Errors
/// [`OpenError`]: the log is damaged or of a newer version, or the execution came to another state than recorded. Broken
/// rules of matching are no error: they are counted.
pub fn verify_matching<D: Disk + Clone>(disk: &D, key: ChainKey) -> Result<Verified, OpenError> {
    let found = offline::inspect(disk, &key, 0, |_| {})?;
    if let Some(damage) = found.damaged {
        return Err(OpenError::Damaged(damage.to_string()));
    }
    let (at, core) = begin(disk, key, found.first_seq, found.store_id)?;
    let mut follower = Follower::begin(disk.clone(), key, at)?;
    let mut run = Run::new(at, core);
    while let Some(next) = follower.next(found.last_seq)? {
        match next {
            Followed::Seal => {}
            Followed::Notes(notes) => notes.into_iter().try_for_each(|note| run.compare(note))?,
            Followed::Records(records, position) => {
                for record in records {
                    run.apply(&record)?;
                }
                run.verified.chain = position.chain;
            }
        }
    }
    Ok(run.finish())
}

/// Where to begin: with nothing, or at the oldest snapshot that is good where the beginning is gone.
pub(crate) fn begin<D: Disk>(
    disk: &D,
    key: ChainKey,
    first_seq: u64,
    store_id: [u8; 16],
) -> Result<(Option<Position>, Core), OpenError> {
    if first_seq <= 1 {
        let nothing = Genesis { limits: model::Limits::default(), hash_every: 1 };
        return Ok((None, Core::new(nothing)));
    }
    let seqs = snapshot::list(disk).map_err(|error| OpenError::Disk(error.to_string()))?;
    let oldest = seqs.into_iter().rev().find_map(|seq| {
        let (header, bytes) = snapshot::read(disk, seq, (store_id, &key)).ok()?;
        Some((Some(header.position), body::load(&header, &bytes).ok()?))
    });
    oldest.ok_or_else(|| OpenError::Damaged(format!("the log begins at seq={first_seq} and no snapshot is good")))
}

/// An execution on its way.
struct Run {
    core: Core,
    events: Events,
    lines: Lines,
    verified: Verified,
}

impl Run {
    fn new(at: Option<Position>, core: Core) -> Self {
        let mut lines = Lines::default();
        for instrument in (0..).map(InstrumentId).take(core.exchange.instrument_count()) {
            if let Some(definition) = core.exchange.instrument(instrument) {
                lines.list(definition.allocation);
            }
            for side in [Side::Buy, Side::Sell] {
                core.exchange.queue(instrument, side).iter().for_each(|order| lines.restore(order));
            }
        }
        let from_seq = at.map_or(0, |at| at.seq);
        let verified = Verified { from_seq, last: core.last, ..Verified::default() };
        Run { core, events: Events::new(), lines, verified }
    }

    fn apply(&mut self, record: &journal::Record<'_>) -> Result<(), OpenError> {
        apply(&mut self.core, &mut self.events, record).map_err(OpenError::Damaged)?;
        if record.seq > 1 {
            if let Ok(model::Command::ListInstrument(definition)) = wire::decode_command(record.body) {
                self.lines.expect(definition.allocation);
            }
            self.check();
        }
        self.verified.last = self.core.last;
        Ok(())
    }

    fn check(&mut self) {
        let Run { events, lines, verified, .. } = self;
        for event in events.as_slice() {
            let Event { stamp, kind, .. } = event;
            let checked = lines.take(kind);
            verified.fills += u64::from(checked.is_fill);
            verified.fills_in_line += u64::from(checked.is_in_line);
            if let Some(what) = checked.broken {
                verified.violations += 1;
                if verified.words.len() < WORDS_MAX {
                    verified.words.push(format!("seq={}: {what}", stamp.seq));
                }
            }
        }
    }

    fn compare(&mut self, note: Note) -> Result<(), OpenError> {
        let Note::StateHash { seq, hash } = note else { return Ok(()) };
        if seq != self.core.last.seq {
            return Ok(());
        }
        let replayed = self.core.hash();
        self.verified.hashes_checked += 1;
        if replayed == hash { Ok(()) } else { Err(OpenError::Diverged { seq, recorded: hash, replayed }) }
    }

    fn finish(mut self) -> Verified {
        self.verified.state_root = self.core.hash();
        self.verified
    }
}
