//! Looking without touching, and cutting with a copy kept.

use journal::offline::{Entry, Report, inspect, verify};
use journal::{CutError, Note, OpenError, Record, cut};

use crate::memory::{Loss, Memory};
use crate::support::{assert_whole, body, open, work};

/// A sealed store of several segments with a state hash after record 200 of 300.
fn store() -> Memory {
    let disk = Memory::default();
    let (mut journal, ..) = open(&disk).unwrap();
    work(&mut journal, 200, 4);
    journal.note(Note::StateHash { seq: 200, hash: 0xfeed }).unwrap();
    work(&mut journal, 100, 4);
    journal.seal().unwrap();
    disk.after(Loss::All)
}

/// Verifies a copy and asserts that nothing in it was changed.
fn look(disk: &Memory) -> Report {
    let before = disk.image();
    let report = verify(disk, &None).unwrap();
    assert_eq!(disk.image(), before, "INV-16: looking changes nothing");
    report
}

fn last_segment(disk: &Memory) -> String {
    disk.names().into_iter().rfind(|name| name.starts_with("wal-") && name.len() == 24).unwrap()
}

#[test]
fn a_sound_store_is_described() {
    let disk = store();

    let report = look(&disk);

    assert_eq!((report.first_seq, report.last_seq, report.snapshot_seq), (1, 300, None));
    assert_eq!((report.state_hash, report.exit_code()), (Some((200, 0xfeed)), 0));
    assert!(report.segments > 3 && report.bytes > 20_000 && report.warnings.is_empty(), "{report:?}");
    assert_eq!(report.last_ts_ns, 297 * 10 + 3, "the fourth record of a commit that began at record 297");
}

#[test]
fn a_store_in_use_is_read_without_disturbing_it() {
    let disk = Memory::default();
    let (mut journal, ..) = open(&disk).unwrap();
    for records in 1..50 {
        work(&mut journal, 7, 2);
        assert_eq!((look(&disk).last_seq, look(&disk).exit_code()), (records * 7, 0));
    }
}

#[test]
fn an_empty_directory_is_no_store() {
    let error = verify(&Memory::default(), &None).unwrap_err();

    assert!(matches!(error, OpenError::NoStore));
    assert_eq!(error.exit_code(), 3);
    assert!(matches!(cut(&Memory::default(), &None, 0, 0), Err(CutError::Open(_))));
}

#[test]
fn a_torn_tail_is_three_and_damage_four() {
    let disk = store();
    let name = last_segment(&disk);
    let used = 1 + disk.content(&name).iter().rposition(|&byte| byte != 0).unwrap();

    let torn = disk.after(Loss::All);
    let mut bytes = disk.content(&name);
    bytes[used.next_multiple_of(8)..][..3].copy_from_slice(&[1, 2, 3]);
    torn.put(&name, &bytes);
    let report = look(&torn);
    assert_eq!((report.exit_code(), report.last_seq), (3, 300));
    assert!(matches!(&report.torn_tail, Some((file, offset, 301)) if *file == name && *offset >= 4_096), "{report:?}");

    let damaged = disk.after(Loss::All);
    let mut bytes = disk.content("wal-0000000000000001.seg");
    bytes[4_200] ^= 1;
    damaged.put("wal-0000000000000001.seg", &bytes);
    let report = look(&damaged);
    let damage = report.damaged.clone().unwrap();
    assert_eq!((report.exit_code(), report.last_seq, damage.seq, damage.offset), (4, 0, 1, 4_096));
    assert_eq!(damage.file, "wal-0000000000000001.seg");
    assert!(damage.to_string().contains("offset=4096 seq=1"), "{damage}");
}

/// What recovery refuses, verify calls damaged, and what it repairs, torn.
#[test]
fn verify_and_recovery_judge_alike() {
    let disk = store();
    for (name, bytes) in disk.image() {
        for bit in (0..bytes.len() * 8).step_by(509) {
            let copy = disk.after(Loss::All);
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            copy.put(&name, &flipped);

            let code = look(&copy).exit_code();

            let opened = open(&copy).map(|(_, recovered, _)| recovered.torn.is_some());
            let wanted = opened.map_or_else(|error| error.exit_code(), |torn| if torn { 3 } else { 0 });
            assert_eq!(code, wanted, "{name} bit {bit}");
        }
    }
}

#[test]
fn a_walk_begins_with_the_segment_of_the_record_asked_for() {
    let disk = store();
    let mut seen = Vec::new();
    let mut frames = 0;

    let report = inspect(&disk, &None, 150, |entry| match entry {
        Entry::Record(Record { seq, body: found, .. }) => {
            assert_eq!(found, body(seq));
            seen.push(seq);
        }
        Entry::Frame(file, offset, _) => {
            assert!(file.starts_with("wal-") && offset.is_multiple_of(8));
            frames += 1;
        }
        Entry::Note(note) => assert_eq!(note.seq(), 200),
    })
    .unwrap();

    assert!(seen[0] > 1 && seen[0] <= 150, "{}", seen[0]);
    assert_eq!(seen, (seen[0]..=300).collect::<Vec<_>>());
    assert!(frames > 40 && report.last_seq == 300);
}

/// Cuts, opens, works on, opens again.
fn cut_and_go_on(disk: &Memory, after_seq: u64) {
    let disk = disk.after(Loss::All);
    let before = disk.image();
    let done = cut(&disk, &None, after_seq, 99).unwrap_or_else(|error| panic!("cut after {after_seq}: {error}"));
    assert!(done.kept.iter().all(|name| name.contains(".cut-99")), "{done:?}");
    for name in &done.kept {
        let original = &before[&name[..name.find(".cut-").unwrap()]];
        let copy = disk.content(name);
        assert!(original.starts_with(&copy) && original[copy.len()..].iter().all(|&byte| byte == 0));
    }

    let disk = disk.after(Loss::All);
    assert_eq!((look(&disk).exit_code(), look(&disk).last_seq), (0, after_seq));
    let (mut journal, recovered, memo) = open(&disk).unwrap();
    assert_eq!((recovered.last_seq, recovered.torn, recovered.warnings), (after_seq, None, Vec::new()));
    assert_whole(&memo, after_seq);
    work(&mut journal, 80, 3);

    let (_, _, memo) = open(&disk.after(Loss::All)).unwrap();
    assert_whole(&memo, after_seq + 80);
}

#[test]
fn a_log_is_cut_after_any_commit_with_a_copy_kept_and_goes_on() {
    let disk = store();
    for after_seq in (0..=300).step_by(4) {
        cut_and_go_on(&disk, after_seq);
    }
}

#[test]
fn a_damaged_log_is_cut_before_its_damage() {
    let disk = store();
    let name = "wal-0000000000000001.seg";
    let mut bytes = disk.content(name);
    bytes[7_000] ^= 4;
    disk.put(name, &bytes);
    let damage = look(&disk).damaged.unwrap();
    assert!(damage.seq > 1);

    let refused = cut(&disk.after(Loss::All), &None, damage.seq, 99).unwrap_err();
    assert!(matches!(refused, CutError::InsideCommit { before, after: None } if before == damage.seq - 1), "{refused}");
    cut_and_go_on(&disk, damage.seq - 1);
}

#[test]
fn a_missing_segment_is_cut_away_with_all_that_follows() {
    let disk = store();
    let segments: Vec<String> = disk.names().into_iter().filter(|name| name.starts_with("wal-")).collect();
    disk.delete(&segments[2]);
    assert_eq!(open(&disk.after(Loss::All)).unwrap_err().exit_code(), 4);
    let next = u64::from_str_radix(&segments[2][4..20], 16).unwrap();

    cut_and_go_on(&disk, next - 1);
}

#[test]
fn a_cut_inside_a_commit_or_beyond_the_log_is_refused_with_the_nearest_places() {
    let disk = store();
    let before = disk.image();
    let refused = |seq| cut(&disk.after(Loss::All), &None, seq, 9).unwrap_err();

    assert!(matches!(refused(6), CutError::InsideCommit { before: 4, after: Some(8) }), "{}", refused(6));
    assert!(matches!(refused(301), CutError::InsideCommit { before: 300, after: None }), "{}", refused(301));
    assert_eq!(disk.image(), before);
}

#[test]
fn a_store_in_use_is_not_cut() {
    let disk = Memory::default();
    let (mut journal, ..) = open(&disk).unwrap();
    work(&mut journal, 8, 4);

    assert!(matches!(cut(&disk, &None, 4, 9), Err(CutError::Open(OpenError::Locked))));
}
