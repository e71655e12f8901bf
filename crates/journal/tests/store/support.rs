//! What the tests share: a state that remembers what it was fed, small options, and records of different lengths.

use journal::{Journal, Note, OpenError, Options, Record, Recovered, Replay, SnapshotHeader};

use crate::memory::Memory;

/// A record as it was fed: sequence number, time, type, body.
pub type Fed = (u64, u64, u16, Vec<u8>);

/// A state that remembers everything; a snapshot's body is the number of its records.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Memo {
    pub fed: Vec<Fed>,
    pub notes: Vec<Note>,
    pub loaded: Option<u64>,
    pub refuse_snapshots: bool,
    pub refuse_type: Option<u16>,
}

impl Replay for Memo {
    fn reset(&mut self) {
        *self = Self { refuse_snapshots: self.refuse_snapshots, refuse_type: self.refuse_type, ..Self::default() };
    }

    fn load(&mut self, header: &SnapshotHeader, body: &[u8]) -> Result<(), String> {
        if self.refuse_snapshots || body != header.position.seq.to_le_bytes() {
            return Err("not this one".into());
        }
        self.loaded = Some(header.position.seq);
        Ok(())
    }

    fn apply(&mut self, record: &Record<'_>) -> Result<(), String> {
        if Some(record.kind) == self.refuse_type {
            return Err(format!("unknown type {}", record.kind));
        }
        let last = self.fed.last().map_or(self.loaded.unwrap_or(0), |fed| fed.0);
        assert_eq!(record.seq, last + 1, "without gaps");
        assert!(self.fed.last().is_none_or(|fed| fed.1 < record.ts_ns), "time goes on");
        self.fed.push((record.seq, record.ts_ns, record.kind, record.body.to_vec()));
        Ok(())
    }

    fn note(&mut self, note: Note) -> Result<(), String> {
        self.notes.push(note);
        Ok(())
    }
}

/// Segments small enough to turn over often.
pub fn small() -> Options {
    Options { segment_bytes: 8_192, store_id: *b"a store of tests", ..Options::default() }
}

pub fn open_with(disk: &Memory, options: &Options) -> Result<(Journal<Memory>, Recovered, Memo), OpenError> {
    let mut memo = Memo::default();
    Journal::open(disk.clone(), options, 777, &mut memo).map(|(journal, recovered)| (journal, recovered, memo))
}

pub fn open(disk: &Memory) -> Result<(Journal<Memory>, Recovered, Memo), OpenError> {
    open_with(disk, &small())
}

/// The body of a record: its length and bytes depend on its sequence number.
pub fn body(seq: u64) -> Vec<u8> {
    let len = usize::try_from(seq * 37 % 101).unwrap();
    seq.to_le_bytes().into_iter().cycle().take(len).collect()
}

/// Appends and commits `records` in batches of `batch`, preparing segments as wanted.
pub fn work(journal: &mut Journal<Memory>, records: u64, batch: u64) {
    for number in 0..records {
        let seq = journal.next_seq();
        journal.append(seq * 10, u16::try_from(seq % 7).unwrap(), &body(seq)).unwrap();
        if (number + 1) % batch == 0 {
            journal.commit().unwrap();
            journal.prepare().unwrap();
        }
    }
    journal.commit().unwrap();
}

/// The first records of the segments that there are.
pub fn firsts(disk: &Memory) -> Vec<u64> {
    let names = disk.names();
    let hex = names.iter().filter_map(|name| name.strip_prefix("wal-"));
    hex.map(|hex| u64::from_str_radix(&hex[..16], 16).unwrap()).collect()
}

/// Asserts that these are the records with the numbers from 1 to `last`.
pub fn assert_whole(memo: &Memo, last: u64) {
    let seqs: Vec<u64> = memo.fed.iter().map(|fed| fed.0).collect();
    assert_eq!(seqs, (1..=last).collect::<Vec<_>>());
    assert!(memo.fed.iter().all(|(seq, _, kind, found)| *found == body(*seq) && u64::from(*kind) == seq % 7));
}
