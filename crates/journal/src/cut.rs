//! Giving up what follows a record, by order of a human: a copy is kept of everything that goes.

use std::fmt;

use crate::disk::{Disk, DiskFile};
use crate::error::{DiskError, OpenError, SYNC};
use crate::files;
use crate::frame::{ChainKey, Frame, FrameKind};
use crate::log::{Log, Segment};
use crate::manifest::Manifest;
use crate::scan::Cursor;
use crate::segment::{HEADER_BLOCK_BYTES, seq_of};
use crate::snapshot;
use crate::watermark;

/// What a cut did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The segment that is the last from here on, and where what was after it began.
    pub file: String,
    /// That place.
    pub offset: u64,
    /// The files that keep what was given up.
    pub kept: Vec<String>,
}

/// Why nothing was cut.
#[derive(Debug)]
pub enum CutError {
    /// The store cannot be read as far as the cut, or is held by another process.
    Open(OpenError),
    /// The record is not the last of a commit; commits are cut whole.
    InsideCommit {
        /// The last record of the commit before.
        before: u64,
        /// The last record of its own commit; `None` where that one is damaged.
        after: Option<u64>,
    },
    /// What would be left begins after a snapshot that is given up, and could not be replayed.
    NothingLeft {
        /// The oldest record a cut may go back to.
        seq_min: u64,
    },
}

impl<E: Into<OpenError>> From<E> for CutError {
    fn from(error: E) -> Self {
        Self::Open(error.into())
    }
}

impl fmt::Display for CutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(error) => error.fmt(f),
            Self::InsideCommit { before, after: Some(after) } => {
                write!(f, "seq is inside a commit: before={before} after={after}; cut after one of the two")
            }
            Self::InsideCommit { before, after: None } => {
                write!(f, "seq is beyond what can be read: last={before}; cut after that")
            }
            Self::NothingLeft { seq_min } => write!(f, "no snapshot counts that is old enough: min={seq_min}"),
        }
    }
}

impl std::error::Error for CutError {}

/// Ends the log after record `after_seq`, the last of its commit; 0 empties a log that begins with record 1.
///
/// Later segments and snapshots are renamed, the segment that is cut is copied; `now_ns` is part of those names. A cut
/// that was interrupted may be made again.
///
/// # Errors
/// See [`CutError`].
pub fn cut<D: Disk>(disk: &D, key: &ChainKey, after_seq: u64, now_ns: u64) -> Result<Cut, CutError> {
    if !disk.lock().map_err(DiskError::of("lock", "the directory"))? {
        return Err(OpenError::Locked.into());
    }
    let oldest_seq = Manifest::load(disk)?.oldest_seq;
    let log = Log::load(disk, after_seq.max(oldest_seq))?.ok_or(OpenError::NoStore)?;
    let Some(segment) = log.segments.last() else {
        return Err(OpenError::NoStore.into());
    };
    let offset = find_end(disk, &log, key, after_seq)?;
    check_replayable(disk, &log, key, after_seq)?;
    let mut kept = Vec::new();
    let used = keep_copy(disk, segment, now_ns, &mut kept)?;
    watermark::make(disk, log.manifest.store_id, after_seq, segment.header.first_seq)?;
    let durable_seq = log.manifest.durable_seq.min(after_seq);
    Manifest { durable_seq, ..log.manifest }.store(disk)?;
    set_aside(disk, segment.header.first_seq, after_seq, now_ns, &mut kept)?;
    let file = disk.open(&segment.name).map_err(DiskError::of("open", &segment.name))?;
    files::write_zeros(&file, &segment.name, offset, used)?;
    file.sync_data().map_err(DiskError::of(SYNC, &segment.name))?;
    Ok(Cut { file: segment.name.clone(), offset, kept })
}

/// Why the search for the end of a record stopped.
enum Stop {
    Failed(OpenError),
    /// At the first frame beyond it.
    Beyond,
}

impl From<OpenError> for Stop {
    fn from(error: OpenError) -> Self {
        Self::Failed(error)
    }
}

/// Where in the last segment the commit of a record ends.
fn find_end<D: Disk>(disk: &D, log: &Log, key: &ChainKey, after_seq: u64) -> Result<u64, CutError> {
    let last = log.segments.len() - 1;
    let mut end = (log.segments[last].header.first_seq - 1, HEADER_BLOCK_BYTES as u64);
    let mut beyond = None;
    let walked = log.walk(disk, last, (key, 0), |frame: &Frame<'_>, cursor: &Cursor| {
        let seq = cursor.position.seq;
        if seq > after_seq {
            beyond = Some(seq);
            return Err(Stop::Beyond);
        }
        if frame.header.kind == FrameKind::Commands {
            end = (seq, cursor.offset);
        }
        Ok(())
    });
    let (before, offset) = end;
    match walked {
        _ if before == after_seq => Ok(offset),
        Err(Stop::Failed(error)) if !matches!(error, OpenError::Damaged(_)) => Err(error.into()),
        Ok(_) | Err(Stop::Failed(_) | Stop::Beyond) => Err(CutError::InsideCommit { before, after: beyond }),
    }
}

fn check_replayable<D: Disk>(disk: &D, log: &Log, key: &ChainKey, after_seq: u64) -> Result<(), CutError> {
    let oldest_seq = log.manifest.oldest_seq;
    let counts = |seq: &u64| snapshot::read(disk, *seq, (log.manifest.store_id, key)).is_ok();
    let seqs: Vec<u64> = snapshot::list(disk)?.into_iter().filter(|&seq| seq >= oldest_seq).filter(counts).collect();
    if oldest_seq == 1 || seqs.iter().any(|&seq| seq <= after_seq) {
        return Ok(());
    }
    Err(CutError::NothingLeft { seq_min: seqs.last().copied().unwrap_or(u64::MAX) })
}

/// Copies what a segment holds; returns how many bytes that are.
fn keep_copy<D: Disk>(disk: &D, segment: &Segment, now_ns: u64, kept: &mut Vec<String>) -> Result<u64, DiskError> {
    let mut bytes = files::read_whole(disk, &segment.name, segment.header.segment_bytes)?;
    bytes.truncate(files::used(&bytes));
    let name = files::free_name(disk, &format!("{}.cut-{now_ns}", segment.name))?;
    files::replace(disk, &name, &bytes)?;
    kept.push(name);
    Ok(bytes.len() as u64)
}

/// Renames every segment and snapshot that is given up.
fn set_aside<D: Disk>(
    disk: &D,
    last_first_seq: u64,
    after_seq: u64,
    now_ns: u64,
    kept: &mut Vec<String>,
) -> Result<(), DiskError> {
    let is_later = |name: &str| {
        seq_of(name).is_some_and(|first_seq| first_seq > last_first_seq)
            || snapshot::seq_of(name).is_some_and(|seq| seq > after_seq)
    };
    let mut names = files::names(disk)?;
    names.sort_unstable();
    for name in names.iter().rev().filter(|name| is_later(name)) {
        let aside = files::free_name(disk, &format!("{name}.cut-{now_ns}"))?;
        disk.rename(name, &aside).map_err(DiskError::of("rename", name))?;
        kept.push(aside);
    }
    files::sync_names(disk)
}
