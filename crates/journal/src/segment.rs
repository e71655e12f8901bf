//! A segment file: its name, and the block at its beginning that says which part of which log it is.
//!
//! The block is 4,096 bytes, little endian: `magic [8] | format u32 | flags u32 | store_id [16] | number u64 |
//! first_seq u64 | segment_bytes u64 | semantic_version u32 | zero u32 | chain [16] | zeros | crc u32`. `crc` is the
//! masked CRC-32C of all before it; it keeps its place in every later format, so that a newer file is told from rot.

use crate::error::{Damage, OpenError};
use crate::frame::{Chain, checksum, u32_at, u64_at};
use crate::options::{SEGMENT_BYTES_MAX, SEGMENT_BYTES_MIN};

/// Bytes of the block; the first frame begins after it.
pub const HEADER_BLOCK_BYTES: usize = 4_096;
/// The format of the files this program writes, and the highest it reads.
pub const FORMAT: u32 = 1;

const MAGIC: [u8; 8] = *b"FLWAL\r\n\x1a";
const FLAG_KEYED: u32 = 1;
const CRC_AT: usize = HEADER_BLOCK_BYTES - 4;

/// What the block says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentHeader {
    /// Identity of the store, the same in every file of it.
    pub store_id: [u8; 16],
    /// Place in the row of segments, from 1 without gaps.
    pub number: u64,
    /// Sequence number of the first record.
    pub first_seq: u64,
    /// Length of the file.
    pub segment_bytes: u64,
    /// Version of the meaning of the records.
    pub semantic_version: u32,
    /// Whether the hash chain has a key.
    pub is_keyed: bool,
    /// Chain of the last frame of the segment before; zeros in the first.
    pub chain: Chain,
}

impl SegmentHeader {
    /// The block.
    pub fn to_bytes(self) -> Vec<u8> {
        let mut block = vec![0; HEADER_BLOCK_BYTES];
        block[..8].copy_from_slice(&MAGIC);
        block[8..12].copy_from_slice(&FORMAT.to_le_bytes());
        block[12..16].copy_from_slice(&(if self.is_keyed { FLAG_KEYED } else { 0 }).to_le_bytes());
        block[16..32].copy_from_slice(&self.store_id);
        block[32..40].copy_from_slice(&self.number.to_le_bytes());
        block[40..48].copy_from_slice(&self.first_seq.to_le_bytes());
        block[48..56].copy_from_slice(&self.segment_bytes.to_le_bytes());
        block[56..60].copy_from_slice(&self.semantic_version.to_le_bytes());
        block[64..80].copy_from_slice(&self.chain);
        let crc = checksum(&block[..CRC_AT]);
        block[CRC_AT..].copy_from_slice(&crc.to_le_bytes());
        block
    }

    /// Reads the block at the beginning of the file `name`.
    ///
    /// # Errors
    /// Damage where it is cut short, rotten or contradicts the name; a newer format.
    pub fn read(name: &str, block: &[u8]) -> Result<Self, OpenError> {
        let first_seq = seq_of(name).unwrap_or(0);
        let damage =
            |what: String| Err(OpenError::Damaged(Damage { file: name.to_owned(), offset: 0, seq: first_seq, what }));
        if block.len() < HEADER_BLOCK_BYTES {
            return damage(format!("bytes={} of the header's {HEADER_BLOCK_BYTES}", block.len()));
        }
        if block[..8] != MAGIC || u32_at(block, CRC_AT) != checksum(&block[..CRC_AT]) {
            return damage("the header's checksum does not match".into());
        }
        let newer = |what, found, known| Err(OpenError::Newer { file: name.to_owned(), what, found, known });
        let (format, flags) = (u32_at(block, 8), u32_at(block, 12));
        if format > FORMAT {
            return newer("format", u64::from(format), u64::from(FORMAT));
        }
        if flags & !FLAG_KEYED != 0 {
            return newer("flags", u64::from(flags), u64::from(FLAG_KEYED));
        }
        let mut header = Self {
            store_id: [0; 16],
            number: u64_at(block, 32),
            first_seq: u64_at(block, 40),
            segment_bytes: u64_at(block, 48),
            semantic_version: u32_at(block, 56),
            is_keyed: flags & FLAG_KEYED != 0,
            chain: Chain::default(),
        };
        header.store_id.copy_from_slice(&block[16..32]);
        header.chain.copy_from_slice(&block[64..80]);
        if format == 0 || first_seq == 0 || header.first_seq != first_seq {
            return damage(format!("the file holds first_seq={} and is called otherwise", header.first_seq));
        }
        if !(SEGMENT_BYTES_MIN..=SEGMENT_BYTES_MAX).contains(&header.segment_bytes) {
            return damage(format!("segment_bytes={} is none that can be", header.segment_bytes));
        }
        Ok(header)
    }
}

/// The name of the segment that begins with this record.
pub fn segment_name(first_seq: u64) -> String {
    format!("wal-{first_seq:016x}.seg")
}

/// The first record of the segment of this name; `None` where it is no segment's.
pub fn seq_of(name: &str) -> Option<u64> {
    hex_between(name, "wal-", ".seg")
}

/// The 16 lower-case hexadecimal digits between a prefix and a suffix.
pub(crate) fn hex_between(name: &str, prefix: &str, suffix: &str) -> Option<u64> {
    let digits = name.strip_prefix(prefix)?.strip_suffix(suffix)?;
    let proper = digits.len() == 16 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    proper.then(|| u64::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::{FORMAT, HEADER_BLOCK_BYTES, SegmentHeader, checksum, segment_name, seq_of};
    use crate::error::OpenError;

    fn header() -> SegmentHeader {
        SegmentHeader {
            store_id: *b"0123456789abcdef",
            number: 3,
            first_seq: 0xa5,
            segment_bytes: 8_192,
            semantic_version: 7,
            is_keyed: true,
            chain: [9; 16],
        }
    }

    #[test]
    fn a_block_reads_as_it_was_written() {
        let name = segment_name(0xa5);

        assert_eq!(name, "wal-00000000000000a5.seg");
        assert_eq!(SegmentHeader::read(&name, &header().to_bytes()).unwrap(), header());
    }

    #[test]
    fn only_the_exact_form_of_a_name_is_a_segment() {
        assert_eq!(seq_of("wal-00000000000000ff.seg"), Some(255));
        for name in
            ["wal-00000000000000FF.seg", "wal-ff.seg", "wal-00000000000000ff.seg.torn-1", "wal-+0000000000000ff.seg"]
        {
            assert_eq!(seq_of(name), None, "{name}");
        }
    }

    #[test]
    fn every_flipped_bit_and_every_cut_of_a_block_is_damage() {
        let name = segment_name(0xa5);
        let block = header().to_bytes();
        let is_damage = |block: &[u8]| matches!(SegmentHeader::read(&name, block), Err(OpenError::Damaged(_)));

        for bit in 0..HEADER_BLOCK_BYTES * 8 {
            let mut flipped = block.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(is_damage(&flipped), "bit {bit}");
        }
        assert!((0..HEADER_BLOCK_BYTES).step_by(97).all(|len| is_damage(&block[..len])));
        assert!(matches!(SegmentHeader::read(&segment_name(1), &block), Err(OpenError::Damaged(_))));
    }

    #[test]
    fn a_newer_format_is_told_from_damage() {
        let mut block = header().to_bytes();
        block[8..12].copy_from_slice(&(FORMAT + 1).to_le_bytes());
        let crc = checksum(&block[..HEADER_BLOCK_BYTES - 4]);
        block[HEADER_BLOCK_BYTES - 4..].copy_from_slice(&crc.to_le_bytes());

        let error = SegmentHeader::read(&segment_name(0xa5), &block).unwrap_err();

        assert_eq!(error.exit_code(), 5);
        assert!(error.to_string().contains("format=2 known=1"), "{error}");
    }
}
