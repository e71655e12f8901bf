//! Bytes that change after they were acknowledged: refused with place and exit code, or without effect, never skipped.

use journal::{Mode, OpenError, Options};

use crate::memory::{Loss, Memory};
use crate::support::{Memo, assert_whole, open, open_with, small, work};

/// A store of a few segments with `records` records, and what it holds.
fn store(records: u64, is_sealed: bool) -> (Memory, Memo) {
    let disk = Memory::default();
    let (mut journal, ..) = open(&disk).unwrap();
    work(&mut journal, records, 4);
    if is_sealed {
        assert!(journal.seal().unwrap());
    }
    let disk = disk.after(Loss::All);
    let (.., memo) = open(&disk.after(Loss::All)).unwrap();
    assert_whole(&memo, records);
    (disk, memo)
}

/// A copy of the disk in which one file holds other bytes.
fn with(disk: &Memory, name: &str, bytes: &[u8]) -> Memory {
    let copy = disk.after(Loss::All);
    copy.put(name, bytes);
    copy
}

/// Whether the store is refused; it may open only with everything in it.
fn is_refused(disk: &Memory, whole: &Memo, what: &str) -> bool {
    let before = disk.image();
    match open(disk) {
        Ok((_, recovered, memo)) => {
            assert!(&memo == whole, "{what}: opened with {} records, {recovered:?}", memo.fed.len());
            false
        }
        Err(error) => {
            assert_eq!(error.exit_code(), 4, "{what}: {error}");
            assert!(matches!(error, OpenError::Damaged(_)), "{what}: {error}");
            assert_eq!(disk.image(), before, "{what}: a refusal changes nothing");
            true
        }
    }
}

/// Numbers at their end are damage like any other, with a checksum that fits.
#[test]
fn numbers_that_cannot_be_counted_on_from_are_refused() {
    let (disk, whole) = store(40, true);
    let mut manifest = disk.content("MANIFEST");
    manifest[40..48].fill(0xFF);
    let crc = crate::fuzz::masked(&manifest[..60]);
    manifest[60..].copy_from_slice(&crc);

    assert!(is_refused(&with(&disk, "MANIFEST", &manifest), &whole, "the oldest segment has the last number"));
    let other = with(&disk, "spare-ffffffffffffffff.seg", b"a stranger's");
    let (mut journal, ..) = open(&other).expect("a spare holds nothing that could be lost");
    work(&mut journal, 40, 4);
    drop(journal);
    let (.., memo) = open(&other.after(Loss::All)).expect("a sound store");
    assert_whole(&memo, 80);
}

/// Flips every `stride`-th bit of every file of a sealed store.
fn flip(records: u64, stride: usize) -> (usize, usize) {
    let (disk, whole) = store(records, true);
    let (mut flips, mut refused) = (0, 0);
    let mut next = 0;
    for (name, bytes) in disk.image() {
        let bits = bytes.len() * 8;
        let mut flipped = bytes;
        while next < bits {
            flipped[next / 8] ^= 1 << (next % 8);
            flips += 1;
            refused += usize::from(is_refused(&with(&disk, &name, &flipped), &whole, &format!("{name} bit {next}")));
            flipped[next / 8] ^= 1 << (next % 8);
            next += stride;
        }
        next -= bits;
    }
    (flips, refused)
}

/// INV-16: of a sealed store no bit of any file can change and a record go missing.
#[test]
fn a_flipped_bit_is_refused_or_harmless() {
    let (flips, refused) = flip(120, 61);

    assert!(refused > 500 && flips > refused, "{refused} of {flips} refused");
}

/// The whole of it: every bit of a log of 64 KB.
#[test]
#[ignore = "half a million recoveries; `make soak` runs it"]
fn every_flipped_bit_is_refused_or_harmless() {
    let (flips, refused) = flip(850, 1);

    println!("bit flips: {flips}, refused {refused}, without effect {}", flips - refused);
    assert!(refused > 350_000, "{refused} of {flips} refused");
}

/// Cuts every segment of a sealed and of an unsealed store at every `stride`-th byte.
fn cut(records: u64, stride: usize) -> (usize, usize) {
    let (mut cuts, mut refused) = (0, 0);
    for is_sealed in [true, false] {
        let (disk, whole) = store(records, is_sealed);
        let segments: Vec<String> = disk.names().into_iter().filter(|name| name.starts_with("wal-")).collect();
        for name in &segments {
            let bytes = disk.content(name);
            for len in (0..bytes.len()).step_by(stride) {
                let damaged = with(&disk, name, &bytes[..len]);
                let what = format!("{name} cut to {len}");
                cuts += 1;
                if is_sealed || Some(name) != segments.last() {
                    refused += usize::from(is_refused(&damaged, &whole, &what));
                } else {
                    refused += usize::from(!recovers(&damaged, &what));
                }
            }
        }
    }
    (cuts, refused)
}

/// Whether a store whose end was cut opens with what is left, and goes on from there.
fn recovers(disk: &Memory, what: &str) -> bool {
    match open(disk) {
        Ok((mut journal, recovered, memo)) => {
            assert_whole(&memo, recovered.last_seq);
            work(&mut journal, 5, 2);
            let (_, again, memo) = open(&disk.after(Loss::All)).unwrap();
            assert_eq!(again.last_seq, recovered.last_seq + 5, "{what}");
            assert_whole(&memo, again.last_seq);
            true
        }
        Err(error) => {
            assert_eq!(error.exit_code(), 4, "{what}: {error}");
            false
        }
    }
}

/// INV-16, S-142: a log cut short opens with the records before the cut unless more is known to have been durable.
#[test]
fn a_log_cut_anywhere_recovers_or_is_refused() {
    let (cuts, refused) = cut(120, 59);

    assert!(refused > 100 && cuts > refused, "{refused} of {cuts} refused");
}

/// The whole of it: every length of every segment of a log of 64 KB.
#[test]
#[ignore = "a hundred thousand recoveries; `make soak` runs it"]
fn a_log_cut_at_every_byte_recovers_or_is_refused() {
    let (cuts, refused) = cut(850, 1);

    println!("truncations: {cuts}, refused {refused}, recovered or whole {}", cuts - refused);
    assert!(refused > 50_000, "{refused} of {cuts} refused");
}

/// B-60, B-61: a deleted, emptied, renamed or foreign file is refused; garbage behind the last frame is cut away.
#[test]
fn a_missing_emptied_or_foreign_file_is_refused() {
    let (disk, whole) = store(300, true);
    let segments: Vec<String> = disk.names().into_iter().filter(|name| name.starts_with("wal-")).collect();
    assert!(segments.len() > 2);

    for name in segments.iter().chain([&"MANIFEST".to_owned()]) {
        let gone = disk.after(Loss::All);
        gone.delete(name);
        assert!(is_refused(&gone, &whole, &format!("{name} deleted")));
        assert!(is_refused(&with(&disk, name, &[]), &whole, &format!("{name} emptied")));
        let zeros = vec![0; disk.content(name).len()];
        assert!(is_refused(&with(&disk, name, &zeros), &whole, &format!("{name} zeroed")));
    }
    let renamed = disk.after(Loss::All);
    renamed.put("wal-00000000000000ff.seg", &disk.content(&segments[0]));
    assert!(is_refused(&renamed, &whole, "a segment under another name"));
    let other = Memory::default();
    let (mut journal, ..) = open_with(&other, &Options { store_id: [1; 16], ..small() }).unwrap();
    work(&mut journal, 300, 4);
    assert!(is_refused(&with(&disk, &segments[1], &other.content(&segments[1])), &whole, "another store's segment"));
}

/// Nothing in the log speaks of its newest segment: the watermark does, from before the first commit in it.
#[test]
fn the_newest_segment_is_missed_without_a_seal() {
    let (disk, whole) = store(300, false);
    let segments: Vec<String> = disk.names().into_iter().filter(|name| name.starts_with("wal-")).collect();
    for count in 1..segments.len() {
        let gone = disk.after(Loss::All);
        for name in &segments[segments.len() - count..] {
            gone.delete(name);
        }
        assert!(is_refused(&gone, &whole, &format!("the last {count} segments deleted")));
    }
}

/// Swapped and doubled sectors of 512 bytes.
#[test]
fn sectors_in_the_wrong_place_are_refused() {
    let (disk, whole) = store(300, true);
    let segments: Vec<String> = disk.names().into_iter().filter(|name| name.starts_with("wal-")).collect();
    for name in &segments[..2] {
        let bytes = disk.content(name);
        for at in (4_096..7_168).step_by(512) {
            let mut swapped = bytes.clone();
            swapped[at..at + 1_024].rotate_left(512);
            assert!(is_refused(&with(&disk, name, &swapped), &whole, &format!("{name} swapped at {at}")));
            let mut doubled = bytes.clone();
            doubled.copy_within(at..at + 512, at + 512);
            assert!(is_refused(&with(&disk, name, &doubled), &whole, &format!("{name} doubled at {at}")));
        }
    }
}

/// The window that is left: a flip in the last commit before anything says it was durable looks like a torn write.
#[test]
fn only_the_last_unsealed_commit_can_pass_for_torn() {
    let (disk, whole) = store(140, false);
    let name = disk.names().into_iter().rfind(|name| name.starts_with("wal-")).unwrap();
    let bytes = disk.content(&name);
    let (mut torn, mut refused) = (0, 0);

    for bit in (4_096 * 8..bytes.len() * 8).step_by(13) {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        match open(&with(&disk, &name, &flipped)) {
            Ok((_, recovered, memo)) => {
                assert!([136, 140].contains(&recovered.last_seq), "{recovered:?}");
                assert_whole(&memo, recovered.last_seq);
                torn += usize::from(recovered.last_seq == 136);
            }
            Err(error) => refused += usize::from(error.exit_code() == 4),
        }
    }

    assert!(torn > 0 && refused > torn, "torn {torn}, refused {refused}, whole {}", whole.fed.len());
}

/// Without syncs any number of commits may be lost, in any pattern, and the store starts without help.
#[test]
fn an_unsynced_log_torn_in_the_middle_is_cut_there() {
    let options = Options { mode: Mode::Os, ..small() };
    let disk = Memory::default();
    let (mut journal, ..) = open_with(&disk, &options).unwrap();
    work(&mut journal, 40, 4);
    assert_eq!(journal.durable_seq(), 0);

    let (_, recovered, memo) = open_with(&disk.after(Loss::EverySecond), &options).unwrap();

    assert!(recovered.torn.is_some() && recovered.last_seq < 40);
    assert_whole(&memo, recovered.last_seq);
}

/// A sync is one call per commit, and a commit one write: nothing waits in the process.
#[test]
fn a_commit_is_one_write_and_one_sync() {
    let disk = Memory::default();
    let (mut journal, ..) = open(&disk).unwrap();
    for number in 0..3 {
        journal.append(0, 1, &[number]).unwrap();
    }
    let (calls, syncs) = (disk.calls(), disk.syncs());

    journal.commit().unwrap();

    assert_eq!((disk.calls() - calls, disk.syncs() - syncs), (2, 1));
}

/// A frame with a right checksum and a kind, or a flag, that this program does not know was written by a newer one.
#[test]
fn a_frame_of_a_newer_program_is_refused_as_newer() {
    let (disk, _) = store(40, true);
    let name = "wal-0000000000000001.seg";
    for (at, value) in [(8, 9), (10, 2)] {
        let mut bytes = disk.content(name);
        bytes[4_096 + at] = value;
        let len = usize::from(bytes[4_100]) + 256 * usize::from(bytes[4_101]);
        let crc = crc32c::crc32c(&bytes[4_100..4_096 + len]).rotate_right(15).wrapping_add(0xa282_ead8);
        bytes[4_096..4_100].copy_from_slice(&crc.to_le_bytes());

        let error = open(&with(&disk, name, &bytes)).unwrap_err();

        assert_eq!(error.exit_code(), 5, "{error}");
        assert!(matches!(error, OpenError::Newer { found, .. } if found == u64::from(value)), "{error}");
    }
}

/// A record the state does not know is refused with its sequence number.
#[test]
fn a_record_nobody_knows_is_refused() {
    let (disk, _) = store(40, true);
    let mut memo = Memo { refuse_type: Some(5), ..Memo::default() };

    let error = journal::Journal::open(disk, &small(), 0, &mut memo).unwrap_err();

    assert!(matches!(&error, OpenError::Replay { seq: 5, .. }), "{error}");
    assert_eq!(error.exit_code(), 4);
}

#[test]
fn files_of_others_in_the_directory_are_left_alone() {
    let (disk, whole) = store(40, true);
    for name in ["notes.tmp", "wal-1.tmp", "readme", "LOCK"] {
        disk.put(name, b"mine");
    }
    for name in ["MANIFEST.tmp", "spare-0000000000000009.seg.tmp", "snap-0000000000000009.bin.tmp"] {
        disk.put(name, b"unfinished");
    }

    let (_, _, memo) = open(&disk).unwrap();

    assert!(memo == whole);
    assert!(["notes.tmp", "wal-1.tmp", "readme"].iter().all(|name| disk.content(name) == b"mine"));
    let unfinished = disk.names().into_iter().filter(|name| name.contains(".tmp")).count();
    assert_eq!(unfinished, 2, "{:?}", disk.names());
}

/// A frame with a right checksum, sequence number and length, taken from another history of the same store.
#[test]
fn a_spliced_frame_is_refused_by_the_chain() {
    let history = |byte| {
        let disk = Memory::default();
        let (mut journal, ..) = open(&disk).unwrap();
        for number in 0..10 {
            journal.append(number, 1, &[byte; 40]).unwrap();
            journal.commit().unwrap();
        }
        journal.seal().unwrap();
        disk.after(Loss::All)
    };
    let (ours, theirs) = (history(1), history(2));
    let name = "wal-0000000000000001.seg";
    let mut bytes = ours.content(name);
    let frame = 4_096 + 3 * 104..4_096 + 4 * 104;
    bytes[frame.clone()].copy_from_slice(&theirs.content(name)[frame]);

    let error = open(&with(&ours, name, &bytes)).unwrap_err();

    assert!(matches!(&error, OpenError::Damaged(damage) if damage.seq == 4 && damage.offset == 4_408), "{error}");
}

/// What is cut away is overwritten: a whole frame of it would stand, sound and wrong, behind the next commit.
#[test]
fn frames_behind_a_torn_one_never_come_back() {
    let options = Options { mode: Mode::Os, ..small() };
    let disk = Memory::default();
    let (mut journal, ..) = open_with(&disk, &options).unwrap();
    let commit = |journal: &mut journal::Journal<Memory>, byte| {
        journal.append(0, 1, &[byte; 40]).unwrap();
        journal.commit().unwrap();
    };
    for _ in 0..4 {
        commit(&mut journal, 1);
    }
    // The second and the fourth write are lost, the third is there.
    let disk = disk.after(Loss::EverySecond);
    let (mut journal, recovered, _) = open_with(&disk, &options).unwrap();
    assert_eq!(recovered.last_seq, 1);

    commit(&mut journal, 2);
    let (_, again, memo) = open_with(&disk.after(Loss::Nothing), &options).unwrap();

    assert_eq!((again.last_seq, again.torn), (2, None));
    assert_eq!(memo.fed[1].3, [2; 40]);
}
