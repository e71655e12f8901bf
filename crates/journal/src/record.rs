//! The records inside a frame: `type u16 | len u16 | body`, little endian, one after another.

use crate::frame::{FrameHeader, u16_at, u64_at};

/// Bytes before a record's body.
pub const RECORD_HEADER_BYTES: usize = 4;
/// The longest body.
pub const RECORD_BODY_BYTES_MAX: usize = u16::MAX as usize;

/// One record as it was appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its sequence number, from 1 without gaps.
    pub seq: u64,
    /// Its time, in nanoseconds; greater than that of every record before it.
    pub ts_ns: u64,
    /// Its type, given by the caller.
    pub kind: u16,
    /// Its bytes, given by the caller.
    pub body: &'a [u8],
}

/// Adds a record; the caller has checked that the body is not too long.
pub(crate) fn push(into: &mut Vec<u8>, kind: u16, body: &[u8]) {
    let len = u16::try_from(body.len()).unwrap_or(u16::MAX);
    into.extend_from_slice(&kind.to_le_bytes());
    into.extend_from_slice(&len.to_le_bytes());
    into.extend_from_slice(&body[..usize::from(len)]);
}

/// Walks the records of a frame; ends early where one does not fit.
#[derive(Debug, Clone)]
pub struct Records<'a> {
    rest: &'a [u8],
    left: u32,
    seq: u64,
    ts_ns: u64,
}

impl<'a> Records<'a> {
    pub(crate) fn new(header: FrameHeader, body: &'a [u8]) -> Self {
        Self { rest: body, left: header.count, seq: header.first_seq, ts_ns: header.logical_ns }
    }

    /// What follows the records taken so far.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        self.left = self.left.checked_sub(1)?;
        let header = self.rest.get(..RECORD_HEADER_BYTES)?;
        let end = RECORD_HEADER_BYTES + usize::from(u16_at(header, 2));
        let body = self.rest.get(RECORD_HEADER_BYTES..end)?;
        let record = Record { seq: self.seq, ts_ns: self.ts_ns, kind: u16_at(header, 0), body };
        self.rest = &self.rest[end..];
        self.seq += 1;
        self.ts_ns += 1;
        Some(record)
    }
}

/// What the log says about what came before: checked or remembered on replay, never applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// The state had this hash after record `seq`.
    StateHash {
        /// The record.
        seq: u64,
        /// The hash, computed by the caller.
        hash: u64,
    },
    /// A snapshot at `seq` was made, read back and found good.
    Snapshot {
        /// The last record in it.
        seq: u64,
        /// The state hash in it.
        hash: u64,
    },
}

impl Note {
    /// Bytes of a note with its record header.
    pub(crate) const BYTES: usize = RECORD_HEADER_BYTES + 16;

    pub(crate) fn push(self, into: &mut Vec<u8>) {
        let (kind, seq, hash) = match self {
            Self::StateHash { seq, hash } => (1, seq, hash),
            Self::Snapshot { seq, hash } => (2, seq, hash),
        };
        let mut body = [0; 16];
        body[..8].copy_from_slice(&seq.to_le_bytes());
        body[8..].copy_from_slice(&hash.to_le_bytes());
        push(into, kind, &body);
    }

    /// The note in a record of a frame of notes; its type where it is none we know.
    pub(crate) fn read(record: &Record<'_>) -> Result<Self, u16> {
        if record.body.len() != 16 {
            return Err(record.kind);
        }
        let (seq, hash) = (u64_at(record.body, 0), u64_at(record.body, 8));
        match record.kind {
            1 => Ok(Self::StateHash { seq, hash }),
            2 => Ok(Self::Snapshot { seq, hash }),
            other => Err(other),
        }
    }

    /// The record it speaks of.
    pub fn seq(self) -> u64 {
        match self {
            Self::StateHash { seq, .. } | Self::Snapshot { seq, .. } => seq,
        }
    }
}
