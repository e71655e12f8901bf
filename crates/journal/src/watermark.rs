//! The small file beside the log that remembers how far it was durable and which segment is the newest: the second
//! witness of the last commit, and the only one of a segment that is gone.
//!
//! Two slots of 512 bytes. The one that is not known to be synced is written, so that one is whole whatever tears the
//! other. A slot is little endian:
//! `magic [8] | turn u64 | store_id [16] | durable_seq u64 | newest_seq u64 | zeros | crc u32`. It is written and synced when
//! the log rests, and when a segment begins, before the first commit in it. So it may lag behind with what is durable,
//! never with a segment that holds a record; and it never runs ahead.

use crate::disk::{Disk, DiskFile};
use crate::error::{DiskError, SYNC};
use crate::files;
use crate::frame::{checksum, u32_at, u64_at};

/// Its name.
pub const WATERMARK: &str = "WATERMARK";

const MAGIC: [u8; 8] = *b"FLMARK\r\n";
const SLOT_BYTES: usize = 512;

/// What the newest whole slot says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Slot {
    turn: u64,
    store_id: [u8; 16],
    /// The highest sequence number known to be durable.
    durable_seq: u64,
    /// The first sequence number of the newest segment.
    newest_seq: u64,
}

impl Slot {
    fn to_bytes(self) -> [u8; SLOT_BYTES] {
        let mut bytes = [0; SLOT_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..16].copy_from_slice(&self.turn.to_le_bytes());
        bytes[16..32].copy_from_slice(&self.store_id);
        bytes[32..40].copy_from_slice(&self.durable_seq.to_le_bytes());
        bytes[40..48].copy_from_slice(&self.newest_seq.to_le_bytes());
        let crc = checksum(&bytes[..SLOT_BYTES - 4]);
        bytes[SLOT_BYTES - 4..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let sound = bytes.len() == SLOT_BYTES
            && bytes[..8] == MAGIC
            && u32_at(bytes, SLOT_BYTES - 4) == checksum(&bytes[..SLOT_BYTES - 4]);
        let mut store_id = [0; 16];
        store_id.copy_from_slice(bytes.get(16..32)?);
        sound.then(|| Self {
            turn: u64_at(bytes, 8),
            store_id,
            durable_seq: u64_at(bytes, 32),
            newest_seq: u64_at(bytes, 40),
        })
    }
}

/// What the file of this store remembers: the highest durable sequence number, and where the newest segment begins.
/// `None` where no slot is whole.
pub(crate) fn recall<D: Disk>(disk: &D, store_id: [u8; 16]) -> Result<Option<(u64, u64)>, DiskError> {
    Ok(newest(disk, store_id)?.map(|(_, slot)| (slot.durable_seq, slot.newest_seq)))
}

/// The newest whole slot and its place.
fn newest<D: Disk>(disk: &D, store_id: [u8; 16]) -> Result<Option<(usize, Slot)>, DiskError> {
    if !files::names(disk)?.iter().any(|name| name == WATERMARK) {
        return Ok(None);
    }
    let bytes = files::read_whole(disk, WATERMARK, 2 * SLOT_BYTES as u64)?;
    let slots = bytes.chunks(SLOT_BYTES).map(Slot::read).enumerate();
    let whole = slots.filter_map(|(place, slot)| slot.map(|slot| (place, slot)));
    Ok(whole.filter(|(_, slot)| slot.store_id == store_id).max_by_key(|(_, slot)| slot.turn))
}

/// Makes the file in one step, both slots whole, so that one flipped bit never leaves none.
pub(crate) fn make<D: Disk>(disk: &D, store_id: [u8; 16], durable_seq: u64, newest_seq: u64) -> Result<(), DiskError> {
    let slots = [1, 2].map(|turn| Slot { turn, store_id, durable_seq, newest_seq });
    files::replace(disk, WATERMARK, slots.map(Slot::to_bytes).as_flattened())
}

/// The file, open for the life of a journal.
#[derive(Debug)]
pub(crate) struct Watermark<F> {
    file: F,
    newest: Slot,
    /// Where the next slot goes: not where the last synced one stands.
    place: usize,
    unsynced: bool,
}

impl<F: DiskFile> Watermark<F> {
    /// Opens the file, or makes it in one step where no slot of it is whole.
    pub fn open<D: Disk<File = F>>(
        disk: &D,
        store_id: [u8; 16],
        durable_seq: u64,
        newest_seq: u64,
    ) -> Result<Self, DiskError> {
        let mut found = newest(disk, store_id)?;
        if found.is_none() {
            make(disk, store_id, durable_seq, newest_seq)?;
            found = newest(disk, store_id)?;
        }
        let (place, newest) = found.unwrap_or((1, Slot { turn: 2, store_id, durable_seq, newest_seq }));
        let file = disk.open(WATERMARK).map_err(DiskError::of("open", WATERMARK))?;
        Ok(Self { file, newest, place: 1 - place, unsynced: false })
    }

    /// Remembers a higher durable sequence number or a newer segment, not yet for certain.
    pub fn raise(&mut self, durable_seq: u64, newest_seq: u64) -> Result<(), DiskError> {
        if durable_seq <= self.newest.durable_seq && newest_seq <= self.newest.newest_seq {
            return Ok(());
        }
        let durable_seq = durable_seq.max(self.newest.durable_seq);
        let next = Slot { turn: self.newest.turn + 1, durable_seq, newest_seq, ..self.newest };
        files::write_all(&self.file, &next.to_bytes(), (self.place * SLOT_BYTES) as u64)
            .map_err(|unwritten| DiskError::of("write", WATERMARK)(unwritten.error))?;
        self.newest = next;
        self.unsynced = true;
        Ok(())
    }

    /// Makes what is remembered certain.
    pub fn sync(&mut self) -> Result<(), DiskError> {
        if self.unsynced {
            self.file.sync_data().map_err(DiskError::of(SYNC, WATERMARK))?;
            self.unsynced = false;
            self.place = 1 - self.place;
        }
        Ok(())
    }
}
