//! The files of format 1 as they were when it was fixed: every later program reads them, and this one writes them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use journal::{Note, SnapshotHeader, snapshot};

use crate::memory::{Loss, Memory};
use crate::support::{Memo, assert_whole, body, open, work};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The store whose files are kept: two segments, a note, a snapshot, a seal.
fn make() -> BTreeMap<String, Vec<u8>> {
    let disk = Memory::default();
    let (mut journal, ..) = open(&disk).unwrap();
    work(&mut journal, 40, 4);
    journal.note(Note::StateHash { seq: 40, hash: 0x0102_0304_0506_0708 }).unwrap();
    work(&mut journal, 40, 4);
    let at = journal.written();
    let header = SnapshotHeader { store_id: journal.store_id(), semantic_version: 1, position: at, state_hash: 80 };
    snapshot::write(&disk, &header, &at.seq.to_le_bytes(), &None, &[], |_, _| Ok(80)).unwrap();
    journal.note(Note::Snapshot { seq: 80, hash: 80 }).unwrap();
    work(&mut journal, 8, 4);
    journal.seal().unwrap();
    let mut image = disk.image();
    image.retain(|name, _| !name.starts_with("spare-"));
    image
}

fn kept() -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())).collect()
}

fn disk_of(files: &BTreeMap<String, Vec<u8>>) -> Memory {
    let disk = Memory::default();
    for (name, bytes) in files {
        disk.put(name, bytes);
    }
    disk
}

#[test]
fn the_kept_files_are_read() {
    let kept = kept();

    let (journal, recovered, memo) = open(&disk_of(&kept)).unwrap();

    assert_eq!((recovered.snapshot_seq, recovered.last_seq, recovered.replayed), (Some(80), 88, 8));
    assert!(recovered.torn.is_none() && recovered.warnings.is_empty() && memo.loaded == Some(80));
    assert_eq!(journal.store_id(), *b"a store of tests");
    let without: BTreeMap<_, _> = kept.into_iter().filter(|(name, _)| !name.starts_with("snap-")).collect();
    let (_, _, memo) = open(&disk_of(&without)).unwrap();
    assert_whole(&memo, 88);
    assert_eq!(memo.fed[8], (9, 90, 2, body(9)), "the first of the third commit");
    assert_eq!(memo.notes[0], Note::StateHash { seq: 40, hash: 0x0102_0304_0506_0708 });
}

#[test]
fn the_kept_files_are_what_this_program_writes() {
    let (made, kept) = (make(), kept());

    assert_eq!(made.keys().collect::<Vec<_>>(), kept.keys().collect::<Vec<_>>());
    assert!(made == kept, "the format changed: give it a new version and keep these files");
}

/// Field by field, so that the page of the format and the program cannot drift apart unseen.
#[test]
fn the_first_frame_has_the_layout_of_the_page() {
    let bytes = &kept()["wal-0000000000000001.seg"];
    let frame = &bytes[4_096..];
    let number =
        |at: usize, len: usize| frame[at..at + len].iter().rev().fold(0_u64, |sum, &byte| sum << 8 | u64::from(byte));

    let len = usize::try_from(number(4, 4)).unwrap();
    assert_eq!(len, (56 + 4 * 4 + (1..=4).map(|seq| body(seq).len()).sum::<usize>()).next_multiple_of(8));
    assert_eq!((number(8, 2), number(10, 2), number(12, 4)), (1, 1, 4), "commands, all before is synced, four records");
    assert_eq!((number(16, 8), number(24, 8), number(32, 8)), (1, 0, 10), "first, durable, time");
    assert_eq!((number(56, 2), number(58, 2)), (1, 37), "type and length of the first record");
    assert_eq!(&frame[60..97], body(1));
    let hash = blake3::Hasher::new().update(&[0; 16]).update(&frame[8..40]).update(&frame[56..len]).finalize();
    assert_eq!(&frame[40..56], &hash.as_bytes()[..16]);
    let crc = crc32c::crc32c(&frame[4..len]);
    assert_eq!(number(0, 4), u64::from(crc.rotate_right(15).wrapping_add(0xa282_ead8)));
}

#[test]
#[ignore = "writes the kept files anew, for a new format only"]
fn keep_the_files() {
    let disk = disk_of(&make()).after(Loss::All);
    let mut memo = Memo::default();
    journal::Journal::open(disk.after(Loss::All), &crate::support::small(), 0, &mut memo).unwrap();
    std::fs::create_dir_all(folder()).unwrap();
    for (name, bytes) in disk.image() {
        std::fs::write(folder().join(name), bytes).unwrap();
    }
}
