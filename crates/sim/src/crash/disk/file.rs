//! One simulated file: what the platter holds, what the cache shows, and the writes between the two.

use std::ops::Range;

/// What a machine loses or keeps as a whole.
pub const SECTOR: usize = 512;

/// A write that was not synced.
#[derive(Clone, Copy, Debug)]
struct Pending {
    /// Where it goes.
    offset: usize,
    /// Where its bytes begin in the store of them.
    start: usize,
    len: usize,
}

/// What becomes of a write at a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is there.
    Kept,
    /// It is not.
    Dropped,
    /// Its first bytes are there.
    Cut(usize),
    /// Of its sectors those are there whose bit is set, counted around.
    Sectors(u64),
    /// Its place holds zeros.
    Zeroed,
}

/// A file.
#[derive(Clone, Debug, Default)]
pub struct File {
    durable: Vec<u8>,
    cache: Vec<u8>,
    pending: Vec<Pending>,
    /// The bytes of all pending writes, one behind the other.
    written: Vec<u8>,
    /// Places of writes since the file was made, the last ones.
    places: Vec<Range<usize>>,
}

/// Puts bytes at a place, with zeros before them where the file was shorter.
fn put(bytes: &mut Vec<u8>, offset: usize, written: &[u8]) {
    let end = offset + written.len();
    if bytes.len() < end {
        bytes.resize(end, 0);
    }
    bytes[offset..end].copy_from_slice(written);
}

/// A write with its fate.
fn put_fated(bytes: &mut Vec<u8>, offset: usize, written: &[u8], fate: Fate) {
    match fate {
        Fate::Kept => put(bytes, offset, written),
        Fate::Dropped => {}
        Fate::Cut(len) => put(bytes, offset, &written[..len.min(written.len())]),
        Fate::Zeroed => put(bytes, offset, &vec![0; written.len()]),
        Fate::Sectors(kept) => {
            let mut at = 0;
            while at < written.len() {
                let sector = (offset + at) / SECTOR;
                let end = ((sector + 1) * SECTOR - offset).min(written.len());
                if kept >> (sector % 64) & 1 == 1 {
                    put(bytes, offset + at, &written[at..end]);
                }
                at = end;
            }
        }
    }
}

impl File {
    /// What programs see.
    pub fn bytes(&self) -> &[u8] {
        &self.cache
    }

    /// Whether everything written is on the platter, for all that is known.
    pub fn is_clean(&self) -> bool {
        self.pending.is_empty()
    }

    /// The places of the last writes, oldest first.
    pub fn places(&self) -> &[Range<usize>] {
        &self.places
    }

    /// Writes into the cache.
    pub fn write(&mut self, offset: usize, bytes: &[u8]) {
        put(&mut self.cache, offset, bytes);
        self.pending.push(Pending { offset, start: self.written.len(), len: bytes.len() });
        self.written.extend_from_slice(bytes);
        if self.places.len() > 64 {
            self.places.drain(..32);
        }
        self.places.push(offset..offset + bytes.len());
    }

    /// Everything written is on the platter.
    pub fn sync(&mut self) {
        self.settle(|_| Fate::Kept);
    }

    /// How many writes are pending.
    pub fn pending_count(&self) -> usize {
        self.pending.len()
    }

    /// The first so many writes are on the platter, the others still to be written.
    pub fn sync_first(&mut self, count: usize) {
        for pending in self.pending.drain(..count) {
            put(&mut self.durable, pending.offset, &self.written[pending.start..pending.start + pending.len]);
        }
    }

    /// Each pending write has its fate on the platter; the cache shows what it showed.
    pub fn settle(&mut self, mut fate: impl FnMut(usize) -> Fate) {
        for pending in self.pending.drain(..) {
            let written = &self.written[pending.start..pending.start + pending.len];
            put_fated(&mut self.durable, pending.offset, written, fate(pending.len));
        }
        self.written.clear();
    }

    /// The cache holds what the platter holds, and what is still to be written.
    pub fn forget(&mut self) {
        self.cache.clone_from(&self.durable);
        for pending in &self.pending {
            put(&mut self.cache, pending.offset, &self.written[pending.start..pending.start + pending.len]);
        }
    }

    /// Changes the file at rest, platter and cache alike.
    pub fn damage(&mut self, change: impl FnOnce(&mut Vec<u8>)) {
        change(&mut self.durable);
        self.cache.clone_from(&self.durable);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_sync_loses_what_the_cache_still_shows() {
        let mut file = File::default();
        file.write(0, b"kept");
        file.sync();
        file.write(4, b"lost");

        file.settle(|_| Fate::Dropped);

        assert_eq!((file.bytes(), file.is_clean()), (&b"keptlost"[..], true));
        file.sync();
        file.forget();
        assert_eq!(file.bytes(), b"kept");
    }

    #[test]
    fn forgetting_the_cache_keeps_what_is_still_to_be_written() {
        let mut file = File::default();
        file.write(0, b"ab");
        file.forget();

        assert_eq!(file.bytes(), b"ab");
    }

    #[test]
    fn writes_tear_at_bytes_and_at_sectors() {
        let mut bytes = Vec::new();
        put_fated(&mut bytes, 2, b"abcd", Fate::Cut(2));
        assert_eq!(bytes, b"\0\0ab");
        put_fated(&mut bytes, 0, b"xxxx", Fate::Zeroed);
        assert_eq!(bytes, [0; 4]);

        let mut bytes = Vec::new();
        put_fated(&mut bytes, 500, &[7; 1_036], Fate::Sectors(0b110));
        assert_eq!((bytes.len(), bytes[511], bytes[512], bytes[1_535]), (1_536, 0, 7, 7));
    }
}
