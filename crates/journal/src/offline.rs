//! Looking at a store without opening it: every check recovery makes, nothing changed, a running journal not disturbed.

use crate::disk::Disk;
use crate::error::{Damage, EXIT_DAMAGE, EXIT_TORN, OpenError};
use crate::frame::{ChainKey, Frame, FrameHeader, FrameKind};
use crate::log::{Log, Tail};
use crate::record::{Note, Record};
use crate::recovery::Warning;
use crate::scan::Cursor;
use crate::segment::HEADER_BLOCK_BYTES;
use crate::snapshot::{self, SnapshotError, SnapshotHeader, snapshot_name};

/// How often a store that changes under the reader is read again.
const TRIES_MAX: u32 = 3;

/// What a store holds, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Identity of the store.
    pub store_id: [u8; 16],
    /// First record of the oldest segment.
    pub first_seq: u64,
    /// Last record that can be read; `first_seq - 1` where there is none.
    pub last_seq: u64,
    /// The latest time met, in nanoseconds.
    pub last_ts_ns: u64,
    /// Number of segment files.
    pub segments: usize,
    /// Bytes of their headers and frames; what is prepared and not used is not counted.
    pub bytes: u64,
    /// The last record of the newest snapshot that counts.
    pub snapshot_seq: Option<u64>,
    /// The last state hash that is written down, with the record it stands after.
    pub state_hash: Option<(u64, u64)>,
    /// A commit at the end that never finished: file, offset, and the sequence number it would begin with.
    pub torn_tail: Option<(String, u64, u64)>,
    /// The first bytes that were acknowledged and are not what they were.
    pub damaged: Option<Damage>,
    /// What is not as it should be and does no harm.
    pub warnings: Vec<Warning>,
}

impl Report {
    /// The code `fairlead journal verify` ends with: 0, [`EXIT_TORN`] or [`EXIT_DAMAGE`].
    pub fn exit_code(&self) -> u8 {
        if self.damaged.is_some() {
            EXIT_DAMAGE
        } else if self.torn_tail.is_some() {
            EXIT_TORN
        } else {
            0
        }
    }
}

/// One thing met on the way through a log.
#[derive(Debug, Clone, Copy)]
pub enum Entry<'a> {
    /// A frame begins, at this offset of this file.
    Frame(&'a str, u64, FrameHeader),
    /// A record in it.
    Record(Record<'a>),
    /// A note in it.
    Note(Note),
}

/// Reads a store from its first record to its last and reports. A log that grows meanwhile is read up to some commit.
///
/// # Errors
/// There is no store, it is newer than this program, or the disk would not be read. Damage is none: it is reported.
pub fn verify<D: Disk>(disk: &D, key: &ChainKey) -> Result<Report, OpenError> {
    let mut report = inspect(disk, key, 0, |_| {});
    for _ in 1..TRIES_MAX {
        if report.as_ref().is_ok_and(|report| report.exit_code() == 0) {
            break;
        }
        // A commit on its way looks torn, and a segment may go while the list is read: if so, it looks otherwise soon.
        let again = inspect(disk, key, 0, |_| {});
        let is_same = matches!((&report, &again), (Ok(before), Ok(after)) if before == after);
        report = again;
        if is_same {
            break;
        }
    }
    report
}

/// Reads a store from the segment that holds record `from_seq` on, and shows what it meets to `visit`.
///
/// # Errors
/// As [`verify`]. What comes before damage is shown all the same.
pub fn inspect<D: Disk>(
    disk: &D,
    key: &ChainKey,
    from_seq: u64,
    mut visit: impl FnMut(Entry<'_>),
) -> Result<Report, OpenError> {
    let mut report = Report::default();
    let log = match Log::load(disk, u64::MAX) {
        Ok(Some(log)) => log,
        Ok(None) => return Err(OpenError::NoStore),
        Err(error) => return damaged(report, error),
    };
    let from = log.holding(from_seq).unwrap_or(0);
    report.store_id = log.manifest.store_id;
    report.segments = log.segments.len();
    report.first_seq = log.manifest.oldest_seq;
    report.last_seq = log.segments[from].header.first_seq - 1;
    if !log.has_watermark {
        report.warnings.push(Warning::WatermarkLost);
    }
    let mut sound = snapshots(disk, &log, key, &mut report)?;
    let covered = sound.first().map_or(0, |header| header.position.seq).max(log.covered);
    report.bytes = log.segments.len() as u64 * HEADER_BLOCK_BYTES as u64;
    let walked = log.walk(disk, from, (key, covered), |frame: &Frame<'_>, cursor: &Cursor| {
        report.bytes += frame.len() as u64;
        report.last_seq = cursor.seq - 1;
        report.last_ts_ns = cursor.ts_ns;
        sound.retain(|header| header.position.seq != cursor.position.seq || header.position == cursor.position);
        show(frame, cursor, &log, &mut report, &mut visit)
    });
    report.snapshot_seq = sound.first().map(|header| header.position.seq);
    let newest = sound.first().map(|header| (header.position.seq, header.state_hash));
    report.state_hash = report.state_hash.max(newest);
    match walked {
        Ok((_, Tail::Clean)) => {}
        Ok((cursor, Tail::Torn(_))) => {
            let name = log.segments.last().map(|segment| segment.name.clone()).unwrap_or_default();
            report.torn_tail = Some((name, cursor.offset, cursor.seq));
        }
        Err(error) => return damaged(report, error),
    }
    if log.manifest.oldest_seq > 1 && report.snapshot_seq.is_none() {
        let what = "the log begins here and no snapshot counts".to_owned();
        let file = log.segments[0].name.clone();
        report.damaged = Some(Damage { file, offset: 0, seq: log.manifest.oldest_seq, what });
    }
    Ok(report)
}

/// Damage belongs into the report; everything else is an error.
fn damaged(report: Report, error: OpenError) -> Result<Report, OpenError> {
    if let OpenError::Damaged(damage) = error {
        return Ok(Report { damaged: Some(damage), ..report });
    }
    Err(error)
}

fn snapshots<D: Disk>(
    disk: &D,
    log: &Log,
    key: &ChainKey,
    report: &mut Report,
) -> Result<Vec<SnapshotHeader>, OpenError> {
    let mut sound = Vec::new();
    for seq in snapshot::list(disk)? {
        match snapshot::read(disk, seq, (log.manifest.store_id, key)) {
            Ok((header, _)) => sound.push(header),
            Err(SnapshotError::Disk(error)) => return Err(error.into()),
            Err(SnapshotError::Newer { found }) => return Err(OpenError::newer_format(snapshot_name(seq), found)),
            Err(error) => report.warnings.push(Warning::SnapshotSkipped { seq, what: error.to_string() }),
        }
    }
    Ok(sound)
}

fn show(
    frame: &Frame<'_>,
    cursor: &Cursor,
    log: &Log,
    report: &mut Report,
    visit: &mut impl FnMut(Entry<'_>),
) -> Result<(), OpenError> {
    let file = log.segments.iter().rfind(|segment| segment.header.first_seq <= frame.header.first_seq);
    let file = file.map_or("", |segment| segment.name.as_str());
    visit(Entry::Frame(file, cursor.offset - frame.len() as u64, frame.header));
    for record in frame.records() {
        match frame.header.kind {
            FrameKind::Commands => visit(Entry::Record(record)),
            FrameKind::Seal => {}
            FrameKind::Notes => {
                let note = Note::read(&record)
                    .map_err(|kind| OpenError::Replay { seq: cursor.seq, what: format!("note type {kind}") })?;
                if let Note::StateHash { seq, hash } = note {
                    report.state_hash = Some((seq, hash));
                }
                visit(Entry::Note(note));
            }
        }
    }
    Ok(())
}
