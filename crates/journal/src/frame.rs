//! The bytes of one frame, which is what one commit writes: header, records, zero padding to a multiple of 8.
//!
//! Little endian: `crc u32 | len u32 | kind u16 | flags u16 | count u32 | first_seq u64 | durable_seq u64 |
//! logical_ns u64 | chain [16] | records`. A record is `type u16 | len u16 | body`.
//! 1. `crc` is the masked CRC-32C of everything after it, `len` the length of the whole frame, 64 to 1 MiB.
//! 2. `chain` is BLAKE3 cut to 128 bits of the previous chain, the header from `kind` to `logical_ns`, and the records
//!    with their padding: what the frame says of itself can no more be edited than what it holds.
//! 3. Record i has the sequence number `first_seq + i` and the time `logical_ns + i`. Seals and notes take none.
//! 4. `durable_seq < first_seq`: the highest sequence number known to be synced when the frame was written.

use crate::record::{RECORD_HEADER_BYTES, Records};

/// Bytes before the first record.
pub const FRAME_HEADER_BYTES: usize = 56;
/// The shortest frame.
pub const FRAME_BYTES_MIN: usize = 64;
/// The longest frame.
pub const FRAME_BYTES_MAX: usize = 1 << 20;
/// Where frames begin and end: at multiples of this.
pub const FRAME_ALIGN: usize = 8;

/// Flag: everything before this commit was synced when the frame was written.
pub const FLAG_BEFORE_IS_SYNCED: u16 = 1;

/// The hash that ties a frame to all before it.
pub type Chain = [u8; 16];
/// The key of that hash, where it is keyed.
pub type ChainKey = Option<[u8; 32]>;

/// What a frame is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameKind {
    /// Records that take sequence numbers.
    Commands,
    /// Nothing; it says by `durable_seq` that all before it is synced.
    Seal,
    /// Records about what came before, such as a state hash; they take no sequence numbers.
    Notes,
}

impl FrameKind {
    fn code(self) -> u16 {
        match self {
            Self::Commands => 1,
            Self::Seal => 2,
            Self::Notes => 3,
        }
    }

    fn of(code: u16) -> Option<Self> {
        [Self::Commands, Self::Seal, Self::Notes].into_iter().find(|kind| kind.code() == code)
    }
}

/// The fields of a header, its checksum and length apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameHeader {
    /// What the frame is for.
    pub kind: FrameKind,
    /// [`FLAG_BEFORE_IS_SYNCED`] or nothing.
    pub flags: u16,
    /// Number of records.
    pub count: u32,
    /// Sequence number of the first record; of the next one to come where records take none.
    pub first_seq: u64,
    /// Highest sequence number known to be synced when this was written.
    pub durable_seq: u64,
    /// Time of the first record.
    pub logical_ns: u64,
}

impl FrameHeader {
    /// The sequence number after this frame.
    pub fn next_seq(&self) -> u64 {
        match self.kind {
            FrameKind::Commands => self.first_seq + u64::from(self.count),
            FrameKind::Seal | FrameKind::Notes => self.first_seq,
        }
    }
}

/// What is wrong with the bytes where a frame should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// The length is not one a frame can have here.
    Length(u32),
    /// The checksum does not match: a torn write, or rot.
    Checksum,
    /// The checksum matches and the fields contradict each other.
    Shape(&'static str),
    /// The checksum matches and the kind or a flag is none we know.
    Unknown {
        /// Which of the two.
        what: &'static str,
        /// Its value.
        found: u16,
        /// The highest value known.
        known: u16,
    },
}

impl std::fmt::Display for Flaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Length(len) => write!(f, "no frame has the length {len} here"),
            Self::Checksum => write!(f, "the checksum does not match"),
            Self::Shape(what) => write!(f, "the checksum matches and the frame contradicts itself: {what}"),
            Self::Unknown { what, found, known } => write!(f, "unknown {what} {found}, known are up to {known}"),
        }
    }
}

/// One frame that is sound in itself. Its place in the order is not checked: see [`Frame::continues`].
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// The fields.
    pub header: FrameHeader,
    /// The chain it claims.
    pub chain: Chain,
    bytes: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Reads the frame at the beginning of `bytes`, which reach to the end of the segment.
    ///
    /// # Errors
    /// The flaw found first; the length is looked at before anything that it spans.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Flaw> {
        let len = length_at(bytes)?;
        let bytes = &bytes[..len];
        if u32_at(bytes, 0) != checksum(&bytes[4..]) {
            return Err(Flaw::Checksum);
        }
        let (code, flags) = (u16_at(bytes, 8), u16_at(bytes, 10));
        let kind = FrameKind::of(code).ok_or(Flaw::Unknown { what: "frame kind", found: code, known: 3 })?;
        if flags & !FLAG_BEFORE_IS_SYNCED != 0 {
            return Err(Flaw::Unknown { what: "frame flags", found: flags, known: FLAG_BEFORE_IS_SYNCED });
        }
        let header = FrameHeader {
            kind,
            flags,
            count: u32_at(bytes, 12),
            first_seq: u64_at(bytes, 16),
            durable_seq: u64_at(bytes, 24),
            logical_ns: u64_at(bytes, 32),
        };
        let mut chain = Chain::default();
        chain.copy_from_slice(&bytes[40..FRAME_HEADER_BYTES]);
        let frame = Self { header, chain, bytes };
        frame.check_shape().map_or(Ok(frame), |what| Err(Flaw::Shape(what)))
    }

    /// The length of the frame, padding included.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether this frame follows one that ended with `chain`.
    pub fn continues(&self, chain: &Chain, key: &ChainKey) -> bool {
        chain_of(self.bytes, chain, key) == self.chain
    }

    /// The records, in order.
    pub fn records(&self) -> Records<'a> {
        Records::new(self.header, &self.bytes[FRAME_HEADER_BYTES..])
    }

    /// What contradicts what, if anything.
    fn check_shape(&self) -> Option<&'static str> {
        let FrameHeader { kind, count, first_seq, durable_seq, logical_ns, .. } = self.header;
        let room = (self.bytes.len() - FRAME_HEADER_BYTES) / RECORD_HEADER_BYTES;
        if u64::from(count) > room as u64 {
            return Some("more records than bytes");
        }
        if (kind == FrameKind::Seal) != (count == 0) {
            return Some("a seal holds no record and every other frame one");
        }
        if durable_seq >= first_seq {
            return Some("it calls itself durable");
        }
        if first_seq.checked_add(u64::from(count)).is_none() || logical_ns.checked_add(u64::from(count)).is_none() {
            return Some("sequence number or time runs over");
        }
        let mut records = self.records();
        let whole = records.by_ref().count() == count as usize;
        let padding = records.rest();
        let padded = padding.len() < FRAME_ALIGN || self.bytes.len() == FRAME_BYTES_MIN;
        (!whole || !padded || padding.iter().any(|&byte| byte != 0)).then_some("records do not fill the length")
    }
}

/// The length of the frame that begins here, if it can be one.
fn length_at(bytes: &[u8]) -> Result<usize, Flaw> {
    if bytes.len() < FRAME_BYTES_MIN {
        return Err(Flaw::Length(0));
    }
    let len = u32_at(bytes, 4);
    let possible = FRAME_BYTES_MIN..=FRAME_BYTES_MAX.min(bytes.len());
    match usize::try_from(len) {
        Ok(found) if possible.contains(&found) && found.is_multiple_of(FRAME_ALIGN) => Ok(found),
        _ => Err(Flaw::Length(len)),
    }
}

/// Completes a frame in place: `bytes` holds the records after room for the header. Returns its chain.
pub(crate) fn finish(bytes: &mut Vec<u8>, header: &FrameHeader, before: &Chain, key: &ChainKey) -> Chain {
    let len = bytes.len().next_multiple_of(FRAME_ALIGN).max(FRAME_BYTES_MIN);
    debug_assert!(len <= FRAME_BYTES_MAX, "a batch is bounded before it gets here");
    bytes.resize(len, 0);
    bytes[4..8].copy_from_slice(&u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes());
    bytes[8..10].copy_from_slice(&header.kind.code().to_le_bytes());
    bytes[10..12].copy_from_slice(&header.flags.to_le_bytes());
    bytes[12..16].copy_from_slice(&header.count.to_le_bytes());
    bytes[16..24].copy_from_slice(&header.first_seq.to_le_bytes());
    bytes[24..32].copy_from_slice(&header.durable_seq.to_le_bytes());
    bytes[32..40].copy_from_slice(&header.logical_ns.to_le_bytes());
    let chain = chain_of(bytes, before, key);
    bytes[40..FRAME_HEADER_BYTES].copy_from_slice(&chain);
    let crc = checksum(&bytes[4..]);
    bytes[..4].copy_from_slice(&crc.to_le_bytes());
    chain
}

/// The chain of a frame, whatever its own field says.
fn chain_of(bytes: &[u8], before: &Chain, key: &ChainKey) -> Chain {
    let mut hasher = key.as_ref().map_or_else(blake3::Hasher::new, blake3::Hasher::new_keyed);
    hasher.update(before).update(&bytes[8..40]).update(&bytes[FRAME_HEADER_BYTES..]);
    let mut chain = Chain::default();
    chain.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    chain
}

/// CRC-32C, rotated and shifted so that a checksum of bytes that hold a checksum is not a special one.
pub(crate) fn checksum(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8)
}

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut four = [0; 4];
    four.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(four)
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut eight = [0; 8];
    eight.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(eight)
}
