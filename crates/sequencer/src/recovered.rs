//! What was found when a data directory was opened.

use core::fmt;

use model::Stamp;

use crate::genesis::Genesis;

/// What recovery did. Recovery twice in a row finds the same (INV-17).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// The newest command, or sequence number 0 of an empty log.
    pub last: Stamp,
    /// Commands held in the snapshot it began with; 0 for none.
    pub snapshot_seq: u64,
    /// Commands replayed after it.
    pub replayed: u64,
    /// State-hash records that replay agreed with.
    pub hashes_checked: u64,
    /// Hash of the state that was reached.
    pub state_hash: u64,
    /// How long nobody was there to see time pass, in nanoseconds: opening time less the last stamp.
    pub downtime_ns: i64,
    /// Whether the directory was empty and a new log was begun.
    pub is_new: bool,
    /// What was not as it should be and was put right.
    pub warnings: Vec<Warning>,
}

/// Something that recovery put right and a person should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The log ended in a batch that was never acknowledged; its bytes were kept aside and cut.
    TornTail {
        /// The first sequence number that is free again.
        seq: u64,
        /// The file and where in it the batch began.
        file: String,
        /// As above, in bytes.
        offset: u64,
        /// The file that keeps a copy of the bytes.
        copy: Option<String>,
    },
    /// A snapshot was unusable; the one before it, or the whole log, was used.
    SnapshotSkipped {
        /// The record it is at.
        seq: u64,
        /// What is wrong with it.
        what: String,
    },
    /// The second witness of how far the log is durable was missing and is made again.
    WatermarkLost,
    /// No spare segment could be prepared for want of space: new orders may be refused soon.
    DiskFull(String),
    /// The wall clock is more than a second behind the log's last stamp, by so many nanoseconds: time goes on from the log.
    ClockBehind(i64),
    /// More than a day passed since the last stamp, in nanoseconds: orders may expire by it. Check the clock.
    LongDowntime(i64),
    /// The options ask for other limits than the log was begun with; the log's count.
    OtherLimits,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::TornTail { seq, file, offset, copy } => {
                write!(
                    f,
                    "the log ended in an unfinished batch, which was cut: seq={seq} file={file} offset={offset}"
                )?;
                copy.as_ref().map_or(Ok(()), |copy| write!(f, " copy={copy}"))
            }
            Warning::SnapshotSkipped { seq, what } => write!(f, "a snapshot was not used: seq={seq}: {what}"),
            Warning::WatermarkLost => f.write_str("the second witness of the durable end was missing: made again"),
            Warning::DiskFull(what) => write!(f, "no spare segment could be prepared: {what}; free some space"),
            Warning::ClockBehind(ns) => write!(f, "the clock is behind the log: ns={ns}; time goes on from the log"),
            Warning::LongDowntime(ns) => {
                write!(
                    f,
                    "a long time passed since the last command: ns={ns}; orders may expire by it: check the clock"
                )
            }
            Warning::OtherLimits => f.write_str("the log was begun with other limits than asked for: the log's count"),
        }
    }
}

const SECOND_NS: i64 = 1_000_000_000;
const DAY_NS: i64 = 86_400 * SECOND_NS;

/// All that is worth saying about what the journal found.
pub(crate) fn warnings(
    found: &journal::Recovered,
    last: Stamp,
    now_ns: i64,
    (kept, asked): (&Genesis, &Genesis),
) -> Vec<Warning> {
    let torn = found.torn.as_ref().map(|torn| Warning::TornTail {
        seq: torn.seq,
        file: torn.file.clone(),
        offset: torn.offset,
        copy: torn.copy.clone(),
    });
    let others = found.warnings.iter().map(|warning| match warning {
        journal::Warning::SnapshotSkipped { seq, what } => Warning::SnapshotSkipped { seq: *seq, what: what.clone() },
        journal::Warning::WatermarkLost => Warning::WatermarkLost,
        journal::Warning::NoSpare(what) => Warning::DiskFull(what.clone()),
    });
    let passed_ns = now_ns.saturating_sub(last.ts_ns);
    let clock = match passed_ns {
        _ if found.last_seq == 0 => None,
        behind if behind < -SECOND_NS => Some(Warning::ClockBehind(behind.saturating_neg())),
        long if long > DAY_NS => Some(Warning::LongDowntime(long)),
        _ => None,
    };
    let limits = (kept != asked).then_some(Warning::OtherLimits);
    torn.into_iter().chain(others).chain(clock).chain(limits).collect()
}
