//! The file that says a store exists, who it is, and which segment is the oldest that must be there.
//!
//! 64 bytes, little endian: `magic [8] | format u32 | zero u32 | store_id [16] | oldest_seq u64 | oldest_number u64 |
//! durable_seq u64 | zero u32 | crc u32`.

use crate::disk::Disk;
use crate::error::{Damage, DiskError, OpenError};
use crate::files;
use crate::frame::{checksum, u32_at, u64_at};
use crate::segment::FORMAT;

/// Its name.
pub const MANIFEST: &str = "MANIFEST";

const MAGIC: [u8; 8] = *b"FLMANI\r\n";
const BYTES: usize = 64;

/// What the manifest says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manifest {
    /// Identity of the store.
    pub store_id: [u8; 16],
    /// First record of the oldest segment that must exist.
    pub oldest_seq: u64,
    /// Number of that segment.
    pub oldest_number: u64,
    /// A record known to be synced when this was written; every one before it is too.
    pub durable_seq: u64,
}

impl Manifest {
    /// The file's bytes.
    pub fn to_bytes(self) -> Vec<u8> {
        let mut bytes = vec![0; BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&FORMAT.to_le_bytes());
        bytes[16..32].copy_from_slice(&self.store_id);
        bytes[32..40].copy_from_slice(&self.oldest_seq.to_le_bytes());
        bytes[40..48].copy_from_slice(&self.oldest_number.to_le_bytes());
        bytes[48..56].copy_from_slice(&self.durable_seq.to_le_bytes());
        let crc = checksum(&bytes[..BYTES - 4]);
        bytes[BYTES - 4..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Reads the file's bytes.
    ///
    /// # Errors
    /// Damage; a newer format.
    pub fn read(bytes: &[u8]) -> Result<Self, OpenError> {
        let sound = bytes.len() == BYTES
            && bytes[..8] == MAGIC
            && u32_at(bytes, 8) != 0
            && u32_at(bytes, BYTES - 4) == checksum(&bytes[..BYTES - 4]);
        if !sound {
            let what = format!("bytes={} of {BYTES}, or the checksum does not match", bytes.len());
            return Err(Damage { file: MANIFEST.into(), offset: 0, seq: 0, what }.into());
        }
        let format = u32_at(bytes, 8);
        if format > FORMAT {
            return Err(OpenError::newer_format(MANIFEST.into(), format));
        }
        let mut store_id = [0; 16];
        store_id.copy_from_slice(&bytes[16..32]);
        Ok(Self {
            store_id,
            oldest_seq: u64_at(bytes, 32),
            oldest_number: u64_at(bytes, 40),
            durable_seq: u64_at(bytes, 48),
        })
    }

    /// Reads the manifest of a directory.
    pub(crate) fn load<D: Disk>(disk: &D) -> Result<Self, OpenError> {
        Self::read(&files::read_whole(disk, MANIFEST, 2 * BYTES as u64)?)
    }

    /// Makes this the manifest, in one step.
    pub(crate) fn store<D: Disk>(&self, disk: &D) -> Result<(), DiskError> {
        files::replace(disk, MANIFEST, &self.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::Manifest;
    use crate::error::OpenError;

    #[test]
    fn every_flipped_bit_and_every_cut_of_a_manifest_is_damage() {
        let manifest = Manifest { store_id: [3; 16], oldest_seq: 17, oldest_number: 2, durable_seq: 90 };
        let bytes = manifest.to_bytes();
        let is_damage = |bytes: &[u8]| matches!(Manifest::read(bytes), Err(OpenError::Damaged(_)));

        assert_eq!(Manifest::read(&bytes).unwrap(), manifest);
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(is_damage(&flipped), "bit {bit}");
        }
        assert!((0..bytes.len()).all(|len| is_damage(&bytes[..len])));
        assert!(is_damage(&[bytes.as_slice(), &[0]].concat()));
    }
}
