//! The workload file: a 128-byte header and 32-byte records, little endian, as every measured engine reads it.

use super::record::{Record, Totals, Workload};

/// First eight bytes of a workload file.
pub const MAGIC: [u8; 8] = *b"OBWRK1\0\0";
/// Bytes before the first record.
pub const HEADER_BYTES: usize = 128;
/// Bytes of one record.
pub const RECORD_BYTES: usize = 32;

impl Totals {
    /// The file header: the magic, eleven 64-bit words, zeros.
    pub fn to_bytes(&self) -> [u8; HEADER_BYTES] {
        let words = [
            self.n_pre,
            self.n_ops,
            self.max_id,
            self.seed,
            self.n_sym,
            self.tally.fills,
            self.tally.qty,
            self.tally.notional,
            self.tally.hash,
            self.rest,
            self.rest_qty,
        ];
        let mut bytes = [0; HEADER_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        for (slot, word) in bytes[8..].chunks_exact_mut(8).zip(words) {
            slot.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }
}

impl Record {
    /// One record as `{u64 id; i64 px; u32 qty; u16 sym; u8 op; u8 side; u64 seq}`; `seq` counts records from 0.
    pub fn to_bytes(&self, seq: u64) -> [u8; RECORD_BYTES] {
        let mut bytes = [0; RECORD_BYTES];
        bytes[0..8].copy_from_slice(&self.id.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.px.to_le_bytes());
        bytes[16..20].copy_from_slice(&self.qty.to_le_bytes());
        bytes[20..22].copy_from_slice(&self.sym.to_le_bytes());
        bytes[22] = self.op as u8;
        bytes[23] = self.side as u8;
        bytes[24..32].copy_from_slice(&seq.to_le_bytes());
        bytes
    }
}

impl Workload {
    /// The whole file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + RECORD_BYTES * self.records.len());
        bytes.extend(self.header.to_bytes());
        for (seq, record) in (0_u64..).zip(&self.records) {
            bytes.extend(record.to_bytes(seq));
        }
        bytes
    }
}
