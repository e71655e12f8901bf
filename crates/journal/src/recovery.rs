//! Opening a store: the newest snapshot that counts, the log after it, and the end of the log made fit to go on from.

use crate::disk::{Disk, DiskFile, Shared};
use crate::error::{CommitError, Damage, DiskError, OpenError, SYNC};
use crate::files;
use crate::frame::{Frame, FrameKind};
use crate::journal::Journal;
use crate::log::{Log, Tail};
use crate::making::{create, resume};
use crate::options::Options;
use crate::record::{Note, Record};
use crate::scan::Cursor;
use crate::snapshot::{self, SnapshotError, SnapshotHeader};
use crate::spare;
use crate::watermark::WATERMARK;

/// The caller's state while a store is opened: fed in order, thrown away where opening fails.
pub trait Replay {
    /// Begins again from nothing.
    fn reset(&mut self);

    /// Takes a snapshot's state in place of nothing, having compared its hash.
    ///
    /// # Errors
    /// What is wrong with it; the snapshot before it is tried.
    fn load(&mut self, header: &SnapshotHeader, body: &[u8]) -> Result<(), String>;

    /// Applies a record.
    ///
    /// # Errors
    /// Why it cannot be: a type or a version nobody knows. The store does not open.
    fn apply(&mut self, record: &Record<'_>) -> Result<(), String>;

    /// Compares what the log says about a record that was applied before.
    ///
    /// # Errors
    /// What differs. The store does not open.
    fn note(&mut self, note: Note) -> Result<(), String>;
}

/// What opening a store found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recovered {
    /// Whether the store was made.
    pub created: bool,
    /// The last record of the snapshot that was loaded.
    pub snapshot_seq: Option<u64>,
    /// The last record.
    pub last_seq: u64,
    /// The latest time of the log, in nanoseconds.
    pub last_ts_ns: u64,
    /// Records applied after the snapshot.
    pub replayed: u64,
    /// The unfinished commit at the end that was cut away.
    pub torn: Option<Torn>,
    /// What was not as it should be and did no harm.
    pub warnings: Vec<Warning>,
}

/// A commit that never finished, cut away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Torn {
    /// The segment.
    pub file: String,
    /// Where it began.
    pub offset: u64,
    /// The sequence number it would have begun with, which is given again.
    pub seq: u64,
    /// The file that keeps a copy of its bytes.
    pub copy: Option<String>,
}

/// What was not as it should be and did no harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// A snapshot did not count; the one before it, or the log from its beginning, was used.
    SnapshotSkipped {
        /// The record it is at.
        seq: u64,
        /// What is wrong with it.
        what: String,
    },
    /// The watermark file was missing or both its halves torn; it is made again.
    WatermarkLost,
    /// No segment could be prepared for want of space: only what takes risk away may be appended.
    NoSpare(String),
}

impl<D: Disk> Journal<D> {
    /// Opens the store of a directory, or makes one where there is none, and gives `state` all it holds.
    ///
    /// `now_ns` names the copy of an unfinished commit. Nothing is changed until the whole log was read and found good.
    ///
    /// # Errors
    /// See [`OpenError`]; `state` is then worth nothing.
    pub fn open(
        disk: D,
        options: &Options,
        now_ns: u64,
        state: &mut impl Replay,
    ) -> Result<(Self, Recovered), OpenError> {
        options.check().map_err(OpenError::Options)?;
        if !disk.lock().map_err(DiskError::of("lock", "the directory"))? {
            return Err(OpenError::Locked);
        }
        let disk = Shared::new(disk);
        let found = Log::load(&disk, u64::MAX)?;
        let mut recovered = Recovered { created: found.is_none(), ..Recovered::default() };
        let log = found.map_or_else(|| create(&disk, options), Ok)?;
        if log.segments.iter().any(|segment| segment.header.is_keyed != options.chain_key.is_some()) {
            return Err(OpenError::Options("chain_key: the store was made with it, or without; open it so".into()));
        }
        settle(&disk, &log)?;
        let end = replay(&disk, &log, options, state, &mut recovered)?;
        if !log.has_watermark {
            recovered.warnings.push(Warning::WatermarkLost);
        }
        recovered.last_seq = end.cursor.seq - 1;
        recovered.last_ts_ns = end.cursor.ts_ns;
        recovered.torn = repair(&disk, &log, &end, now_ns)?;
        let mut journal = resume(disk, options, &log, &end.cursor)?;
        match journal.prepare() {
            Ok(()) => {}
            Err(CommitError::NoSpace(error)) => recovered.warnings.push(Warning::NoSpare(error.to_string())),
            Err(CommitError::Fatal(fatal)) => return Err(fatal.into()),
        }
        journal.seal()?;
        Ok((journal, recovered))
    }
}

/// Where the log ends, and how.
struct Ending {
    cursor: Cursor,
    tail: Tail,
}

/// Makes durable what is seen, and drops what only the cache still has: after a failed sync a page may be clean and
/// not on the disk.
fn settle<D: Disk>(disk: &D, log: &Log) -> Result<(), OpenError> {
    files::sync_names(disk)?;
    let watermark = log.has_watermark.then_some(WATERMARK);
    let segments = log.segments.iter().rev().take(2).map(|segment| segment.name.as_str());
    for name in segments.chain(watermark) {
        let file = disk.open(name).map_err(DiskError::of("open", name))?;
        file.sync_data().map_err(DiskError::of(SYNC, name))?;
        file.forget_cache().map_err(DiskError::of("read", name))?;
    }
    Ok(())
}

/// Why a walk over the log ended early.
enum Abort {
    Refused(OpenError),
    /// The log does not have the snapshot's place, or another chain there.
    OtherLog,
}

impl From<OpenError> for Abort {
    fn from(error: OpenError) -> Self {
        Self::Refused(error)
    }
}

/// Feeds the state from the newest snapshot that counts, else the one before, else from the first record.
fn replay<D: Disk>(
    disk: &D,
    log: &Log,
    options: &Options,
    state: &mut impl Replay,
    recovered: &mut Recovered,
) -> Result<Ending, OpenError> {
    let sound = sound_snapshots(disk, log, options, &mut recovered.warnings)?;
    let covered = sound.first().copied().unwrap_or(0).max(log.covered);
    for seq in sound {
        state.reset();
        let skipped = match load(disk, log, options, seq, state) {
            Ok(header) => match apply_from(disk, log, (options, covered), Some(header), state) {
                Ok((ending, replayed)) => {
                    (recovered.snapshot_seq, recovered.replayed) = (Some(seq), replayed);
                    return Ok(ending);
                }
                Err(Abort::Refused(error)) => return Err(error),
                Err(Abort::OtherLog) => "the log has another chain there".to_owned(),
            },
            Err(SnapshotError::Disk(error)) => return Err(error.into()),
            Err(error) => error.to_string(),
        };
        recovered.warnings.push(Warning::SnapshotSkipped { seq, what: skipped });
    }
    let first = &log.segments[0];
    if first.header.first_seq != 1 {
        let skipped = recovered.warnings.iter().filter_map(|warning| match warning {
            Warning::SnapshotSkipped { seq, what } => Some(format!("; snapshot at seq={seq}: {what}")),
            Warning::WatermarkLost | Warning::NoSpare(_) => None,
        });
        let begin = "the log begins here and no snapshot counts that reaches this far";
        let what = skipped.fold(begin.to_owned(), |what, reason| what + &reason);
        return Err(Damage { file: first.name.clone(), offset: 0, seq: first.header.first_seq, what }.into());
    }
    state.reset();
    match apply_from(disk, log, (options, covered), None, state) {
        Ok((ending, replayed)) => {
            recovered.replayed = replayed;
            Ok(ending)
        }
        Err(Abort::Refused(error)) => Err(error),
        Err(Abort::OtherLog) => Err(OpenError::Options("snapshot: none was asked for".into())),
    }
}

/// The snapshots whose bytes are whole and of this store, newest first.
fn sound_snapshots<D: Disk>(
    disk: &D,
    log: &Log,
    options: &Options,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<u64>, OpenError> {
    let mut sound = Vec::new();
    for seq in snapshot::list(disk)? {
        match snapshot::read(disk, seq, (log.manifest.store_id, &options.chain_key)) {
            Ok(_) => sound.push(seq),
            Err(SnapshotError::Disk(error)) => return Err(error.into()),
            Err(SnapshotError::Newer { found }) => {
                return Err(OpenError::newer_format(snapshot::snapshot_name(seq), found));
            }
            Err(error) => warnings.push(Warning::SnapshotSkipped { seq, what: error.to_string() }),
        }
    }
    Ok(sound)
}

fn load<D: Disk>(
    disk: &D,
    log: &Log,
    options: &Options,
    seq: u64,
    state: &mut impl Replay,
) -> Result<SnapshotHeader, SnapshotError> {
    if log.holding(seq).is_none() {
        return Err(SnapshotError::Unsound("the log begins after it".into()));
    }
    let (header, body) = snapshot::read(disk, seq, (log.manifest.store_id, &options.chain_key))?;
    state.load(&header, &body).map_err(SnapshotError::Refused)?;
    Ok(header)
}

/// Reads the log from the segment that holds the snapshot's record and applies what comes after it.
fn apply_from<D: Disk>(
    disk: &D,
    log: &Log,
    (options, covered): (&Options, u64),
    snapshot: Option<SnapshotHeader>,
    state: &mut impl Replay,
) -> Result<(Ending, u64), Abort> {
    let after = snapshot.map_or(0, |header| header.position.seq);
    let from = if after == 0 { 0 } else { log.holding(after).unwrap_or(0) };
    let mut replayed = 0;
    let visit = |frame: &Frame<'_>, cursor: &Cursor| {
        let was_before = frame.header.first_seq <= after;
        if frame.header.kind == FrameKind::Commands && was_before && cursor.position.seq >= after {
            let fits = snapshot.is_none_or(|header| header.position == cursor.position);
            return if fits { Ok(()) } else { Err(Abort::OtherLog) };
        }
        if !was_before {
            replayed += feed(frame, after, state)?;
        }
        Ok(())
    };
    let (cursor, tail) = log.walk(disk, from, (&options.chain_key, covered), visit)?;
    Ok((Ending { cursor, tail }, replayed))
}

/// Gives the state one frame; returns how many records it applied.
fn feed(frame: &Frame<'_>, after: u64, state: &mut impl Replay) -> Result<u64, OpenError> {
    let refused = |seq| move |what| OpenError::Replay { seq, what };
    match frame.header.kind {
        FrameKind::Seal => Ok(0),
        FrameKind::Commands => {
            for record in frame.records() {
                state.apply(&record).map_err(refused(record.seq))?;
            }
            Ok(u64::from(frame.header.count))
        }
        FrameKind::Notes => {
            for record in frame.records() {
                let note = Note::read(&record).map_err(|kind| OpenError::Replay {
                    seq: frame.header.first_seq,
                    what: format!("note type {kind}"),
                })?;
                if note.seq() > after {
                    state.note(note).map_err(refused(note.seq()))?;
                }
            }
            Ok(0)
        }
    }
}

/// Copies an unfinished commit aside and writes zeros over it, so that what is appended next is not followed by it.
fn repair<D: Disk>(disk: &D, log: &Log, end: &Ending, now_ns: u64) -> Result<Option<Torn>, OpenError> {
    let Some(segment) = log.segments.last() else {
        return Ok(None);
    };
    let whole = segment.header.segment_bytes;
    let used = match end.tail {
        Tail::Clean if segment.bytes >= whole => return Ok(None),
        Tail::Clean => end.cursor.offset,
        Tail::Torn(used) => used,
    };
    let file = disk.open(&segment.name).map_err(DiskError::of("open", &segment.name))?;
    let mut torn = vec![0; usize::try_from(used - end.cursor.offset).unwrap_or(usize::MAX)];
    let found = files::read_up_to(&file, &mut torn, end.cursor.offset).map_err(DiskError::of("read", &segment.name))?;
    let copy = if found > 0 { Some(keep(disk, &segment.name, &torn[..found], now_ns)?) } else { None };
    files::write_zeros(&file, &segment.name, end.cursor.offset, used)?;
    files::write_zeros(&file, &segment.name, segment.bytes.max(used), whole)?;
    file.sync_data().map_err(DiskError::of(SYNC, &segment.name))?;
    Ok(Some(Torn { file: segment.name.clone(), offset: end.cursor.offset, seq: end.cursor.seq, copy }))
}

/// Keeps bytes in a file of their own; where the disk is full, in place of a spare segment.
fn keep<D: Disk>(disk: &D, segment: &str, bytes: &[u8], now_ns: u64) -> Result<String, DiskError> {
    let name = files::free_name(disk, &format!("{segment}.torn-{now_ns}"))?;
    match files::replace(disk, &name, bytes) {
        Err(error) if error.is_shortage() => {
            let spare = files::names(disk)?.into_iter().find(|name| spare::number_of(name).is_some());
            files::remove(disk, &spare.ok_or(error)?)?;
            files::sync_names(disk)?;
            files::replace(disk, &name, bytes)?;
        }
        other => other?,
    }
    Ok(name)
}
