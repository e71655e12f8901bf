//! What was found when a data directory was opened.

use model::Stamp;

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
        /// How many bytes were cut.
        bytes: u64,
    },
    /// A newer snapshot was unusable and an older one was taken; the text says what was wrong.
    OlderSnapshot(String),
    /// The wall clock is behind the log's last stamp by so many nanoseconds: time goes on from the log.
    ClockBehind(i64),
    /// More than a day passed since the last stamp: orders may have expired by it. The text of a warning is not a
    /// refusal; check the clock.
    LongDowntime(i64),
}
