//! Snapshot files: a state at one place of the log, written so that it counts only once it was read back and found good.
//!
//! `snap-<16 hex seq>.bin`, little endian: `magic [8] | format u32 | semantic_version u32 | store_id [16] | seq u64 |
//! chain [16] | state_hash u64 | body_len u64 | body | blake3 [32]`, the last over all before it, keyed where the
//! chain is.

use std::fmt;

use crate::disk::{Disk, DiskFile};
use crate::error::DiskError;
use crate::files::{self, UNFINISHED};
use crate::frame::{Chain, ChainKey, u32_at, u64_at};
use crate::journal::Position;
use crate::segment::{FORMAT, hex_between};

const MAGIC: [u8; 8] = *b"FLSNAP\r\n";
const HEADER_BYTES: usize = 72;
const FOOTER_BYTES: usize = 32;

/// What a snapshot is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotHeader {
    /// Identity of the store.
    pub store_id: [u8; 16],
    /// Version of the meaning of the body, the caller's.
    pub semantic_version: u32,
    /// The last record in it, from 1, and the chain of the frame that ends with it.
    pub position: Position,
    /// Hash of the state, the caller's.
    pub state_hash: u64,
}

/// Why a snapshot does not count.
#[derive(Debug)]
pub enum SnapshotError {
    /// The disk would not do something.
    Disk(DiskError),
    /// Bytes are missing or changed, or it is of another store.
    Unsound(String),
    /// It was written by a program that knows more than this one.
    Newer {
        /// The format found.
        found: u32,
    },
    /// The caller did not find in it what was put in.
    Refused(String),
}

impl From<DiskError> for SnapshotError {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(error) => error.fmt(f),
            Self::Unsound(what) | Self::Refused(what) => write!(f, "snapshot does not count: {what}"),
            Self::Newer { found } => write!(f, "snapshot is newer than this program: format={found} known={FORMAT}"),
        }
    }
}

impl std::error::Error for SnapshotError {}

/// The name of the snapshot at a record.
pub fn snapshot_name(seq: u64) -> String {
    format!("snap-{seq:016x}.bin")
}

/// The record in a snapshot's name; `None` where it is no snapshot's.
pub fn seq_of(name: &str) -> Option<u64> {
    hex_between(name, "snap-", ".bin")
}

/// The records the snapshots of a directory are at, newest first, sound or not.
///
/// # Errors
/// The directory cannot be read.
pub fn list<D: Disk>(disk: &D) -> Result<Vec<u64>, DiskError> {
    let mut seqs: Vec<u64> = files::names(disk)?.iter().filter_map(|name| seq_of(name)).collect();
    seqs.sort_unstable_by(|a, b| b.cmp(a));
    Ok(seqs)
}

/// The bytes of a snapshot file.
pub fn to_bytes(header: &SnapshotHeader, body: &[u8], key: &ChainKey) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES + body.len() + FOOTER_BYTES);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&FORMAT.to_le_bytes());
    bytes.extend_from_slice(&header.semantic_version.to_le_bytes());
    bytes.extend_from_slice(&header.store_id);
    bytes.extend_from_slice(&header.position.seq.to_le_bytes());
    bytes.extend_from_slice(&header.position.chain);
    bytes.extend_from_slice(&header.state_hash.to_le_bytes());
    bytes.extend_from_slice(&(body.len() as u64).to_le_bytes());
    debug_assert_eq!(bytes.len(), HEADER_BYTES, "the fields fill the header");
    bytes.extend_from_slice(body);
    let footer = hash(&bytes, key);
    bytes.extend_from_slice(&footer);
    bytes
}

fn hash(bytes: &[u8], key: &ChainKey) -> [u8; FOOTER_BYTES] {
    *key.as_ref().map_or_else(|| blake3::hash(bytes), |key| blake3::keyed_hash(key, bytes)).as_bytes()
}

/// Takes the bytes of a snapshot file apart.
///
/// # Errors
/// [`SnapshotError::Unsound`] and [`SnapshotError::Newer`].
pub fn read_bytes<'a>(bytes: &'a [u8], key: &ChainKey) -> Result<(SnapshotHeader, &'a [u8]), SnapshotError> {
    let unsound = |what: &str| Err(SnapshotError::Unsound(format!("bytes={}: {what}", bytes.len())));
    if bytes.len() < HEADER_BYTES + FOOTER_BYTES || bytes[..8] != MAGIC {
        return unsound("this is no whole snapshot");
    }
    let (content, footer) = bytes.split_at(bytes.len() - FOOTER_BYTES);
    if hash(content, key) != footer {
        return unsound("the hash at the end does not match");
    }
    let format = u32_at(content, 8);
    if format > FORMAT {
        return Err(SnapshotError::Newer { found: format });
    }
    let (mut store_id, mut chain) = ([0; 16], Chain::default());
    store_id.copy_from_slice(&content[16..32]);
    chain.copy_from_slice(&content[40..56]);
    let header = SnapshotHeader {
        store_id,
        semantic_version: u32_at(content, 12),
        position: Position { seq: u64_at(content, 32), chain },
        state_hash: u64_at(content, 56),
    };
    let body = &content[HEADER_BYTES..];
    if format == 0 || header.position.seq == 0 || u64_at(content, 64) != body.len() as u64 {
        return unsound("format, record or length of the body cannot be");
    }
    Ok((header, body))
}

/// Reads the snapshot at a record and hands it over.
///
/// # Errors
/// See [`SnapshotError`]; also where the file holds another record than its name says, or another store's state.
pub fn read<D: Disk>(
    disk: &D,
    seq: u64,
    (store_id, key): ([u8; 16], &ChainKey),
) -> Result<(SnapshotHeader, Vec<u8>), SnapshotError> {
    let bytes = files::read_whole(disk, &snapshot_name(seq), u64::MAX)?;
    let (header, body) = read_bytes(&bytes, key)?;
    if header.position.seq != seq || header.store_id != store_id {
        return Err(SnapshotError::Unsound(format!(
            "it holds seq={} or belongs to another store",
            header.position.seq
        )));
    }
    Ok((header, body.to_vec()))
}

/// Writes a snapshot, reads it back from the disk, has the caller load it, and only then gives it its name.
///
/// `kept` are the records of the snapshots that stay, oldest first: the newest before this one that the caller has loaded
/// itself, so that a bad one is never what there is to fall back to, and older ones for who reads the log from there. All
/// others are removed then, and what is before the first of `kept` may go ([`crate::Journal::retain`]). Where it is empty
/// nothing is removed.
///
/// `check` loads the body as a restart would and returns the hash of the state it gets.
///
/// # Errors
/// See [`SnapshotError`]; the snapshots before stay as they are. A sync that failed is no reason to try again: end the
/// process ([`DiskError::is_failed_sync`] tells).
pub fn write<D: Disk>(
    disk: &D,
    header: &SnapshotHeader,
    body: &[u8],
    key: &ChainKey,
    kept: &[u64],
    check: impl FnOnce(&SnapshotHeader, &[u8]) -> Result<u64, String>,
) -> Result<(), SnapshotError> {
    let name = snapshot_name(header.position.seq);
    let unfinished = format!("{name}{UNFINISHED}");
    let written = try_write(disk, header, body, (&unfinished, key), check);
    if let Err(error) = written {
        let _ = disk.remove(&unfinished);
        return Err(error);
    }
    disk.rename(&unfinished, &name).map_err(DiskError::of("rename", &unfinished))?;
    files::sync_names(disk)?;
    if kept.is_empty() {
        return Ok(());
    }
    for seq in list(disk)?.into_iter().rev().filter(|seq| *seq != header.position.seq && !kept.contains(seq)) {
        files::remove(disk, &snapshot_name(seq))?;
    }
    Ok(())
}

fn try_write<D: Disk>(
    disk: &D,
    header: &SnapshotHeader,
    body: &[u8],
    (unfinished, key): (&str, &ChainKey),
    check: impl FnOnce(&SnapshotHeader, &[u8]) -> Result<u64, String>,
) -> Result<(), SnapshotError> {
    let file = disk.create(unfinished).map_err(DiskError::of("create", unfinished))?;
    files::write_synced(&file, unfinished, &to_bytes(header, body, key), 0)?;
    file.forget_cache().map_err(DiskError::of("read", unfinished))?;
    let bytes = files::read_whole(disk, unfinished, u64::MAX)?;
    let (found, body) = read_bytes(&bytes, key)?;
    if found != *header {
        return Err(SnapshotError::Unsound("the header read back is another".into()));
    }
    let hash = check(&found, body).map_err(SnapshotError::Refused)?;
    if hash != header.state_hash {
        let (seq, wanted) = (header.position.seq, header.state_hash);
        return Err(SnapshotError::Refused(format!("seq={seq} state_hash={wanted:016x}, loaded {hash:016x}")));
    }
    Ok(())
}
