//! Snapshots count only when read back, two are kept, a bad one falls back, and only then old segments go.

use journal::snapshot;
use journal::{Journal, OpenError, Position, SnapshotError, SnapshotHeader, Warning};

use crate::memory::{Fault, Loss, Memory};
use crate::support::{Memo, assert_whole, body, firsts, open, open_with, small, work};

fn header(journal: &Journal<Memory>, position: Position) -> SnapshotHeader {
    SnapshotHeader { store_id: journal.store_id(), semantic_version: 1, position, state_hash: position.seq ^ 0xabc }
}

fn check(header: &SnapshotHeader, body: &[u8]) -> Result<u64, String> {
    let seq = u64::from_le_bytes(body.try_into().map_err(|_| "length")?);
    if seq == header.position.seq { Ok(seq ^ 0xabc) } else { Err("another".into()) }
}

/// Makes a snapshot of all that is committed, and gives the one before it.
fn take(journal: &Journal<Memory>) -> Result<Option<u64>, SnapshotError> {
    let (at, disk) = (journal.written(), journal.disk());
    let older = snapshot::list(&disk)?.first().copied();
    snapshot::write(&disk, &header(journal, at), &at.seq.to_le_bytes(), &None, older.as_slice(), check).map(|()| older)
}

/// A store with snapshots at 100 and 200 and records to 250, old segments gone.
fn store() -> Memory {
    let disk = Memory::default();
    let (mut journal, ..) = open(&disk).unwrap();
    work(&mut journal, 100, 4);
    assert_eq!(take(&journal).unwrap(), None);
    work(&mut journal, 100, 4);
    let older = take(&journal).unwrap();
    assert_eq!(older, Some(100));
    journal.retain(100).unwrap();
    work(&mut journal, 50, 4);
    journal.seal().unwrap();
    disk.after(Loss::All)
}

/// Asserts that the records from `first` to `last` were applied, in order.
fn assert_from(memo: &Memo, first: u64, last: u64) {
    let seqs: Vec<u64> = memo.fed.iter().map(|fed| fed.0).collect();
    assert_eq!(seqs, (first..=last).collect::<Vec<_>>());
    assert!(memo.fed.iter().all(|fed| fed.3 == body(fed.0)));
}

/// INV-18, S-141: the newest snapshot and what came after it.
#[test]
fn a_store_opens_from_its_newest_snapshot() {
    let disk = store();

    let (journal, recovered, memo) = open(&disk).unwrap();

    assert_eq!((recovered.snapshot_seq, recovered.replayed, recovered.last_seq), (Some(200), 50, 250));
    assert_eq!(memo.loaded, Some(200));
    assert_from(&memo, 201, 250);
    assert_eq!(journal.next_seq(), 251);
    assert!(recovered.warnings.is_empty());
}

/// B-64: any flipped bit or cut of the newest snapshot falls back to the older one, and is told.
#[test]
fn a_bad_newest_snapshot_falls_back_with_a_warning() {
    let disk = store();
    let name = snapshot::snapshot_name(200);
    let bytes = disk.content(&name);
    let mut bad: Vec<Vec<u8>> = (0..bytes.len()).map(|len| bytes[..len].to_vec()).collect();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        bad.push(flipped);
    }

    for (number, bytes) in bad.iter().enumerate() {
        let copy = disk.after(Loss::All);
        copy.put(&name, bytes);
        let (_, recovered, memo) = open(&copy).unwrap_or_else(|error| panic!("{number}: {error}"));

        assert_eq!((recovered.snapshot_seq, recovered.replayed), (Some(100), 150), "{number}");
        assert!(matches!(recovered.warnings[..], [Warning::SnapshotSkipped { seq: 200, .. }]), "{recovered:?}");
        assert_from(&memo, 101, 250);
    }
}

#[test]
fn a_snapshot_the_state_cannot_load_is_skipped_and_without_one_the_store_is_refused() {
    let disk = store();
    let mut memo = Memo { refuse_snapshots: true, ..Memo::default() };

    let error = Journal::open(disk, &small(), 0, &mut memo).unwrap_err();

    assert!(matches!(&error, OpenError::Damaged(damage) if damage.seq > 1), "{error}");
    assert_eq!(error.exit_code(), 4);
}

#[test]
fn without_old_segments_gone_a_store_opens_without_any_snapshot() {
    let disk = Memory::default();
    let (mut journal, ..) = open(&disk).unwrap();
    work(&mut journal, 100, 4);
    take(&journal).unwrap();
    let mut memo = Memo { refuse_snapshots: true, ..Memo::default() };

    let (_, recovered) = Journal::open(disk.after(Loss::All), &small(), 0, &mut memo).unwrap();

    assert_eq!((recovered.snapshot_seq, recovered.replayed, recovered.warnings.len()), (None, 100, 1));
    assert_whole(&memo, 100);
}

/// A snapshot of another history, at a place inside a commit, or ahead of the log.
#[test]
fn a_snapshot_that_does_not_fit_the_log_does_not_count() {
    let disk = store();
    let (journal, ..) = open(&disk).unwrap();
    let place = |seq| {
        let at = Position { seq, chain: [7; 16] };
        (snapshot::snapshot_name(seq), snapshot::to_bytes(&header(&journal, at), &seq.to_le_bytes(), &None))
    };

    for seq in [240, 241] {
        let (name, bytes) = place(seq);
        let copy = disk.after(Loss::All);
        copy.put(&name, &bytes);
        let (_, recovered, memo) = open(&copy).unwrap();
        assert_eq!(recovered.snapshot_seq, Some(200));
        assert!(matches!(recovered.warnings[..], [Warning::SnapshotSkipped { .. }]));
        assert_from(&memo, 201, 250);
    }
    let (name, bytes) = place(251);
    let ahead = disk.after(Loss::All);
    ahead.put(&name, &bytes);
    assert_eq!(open(&ahead).unwrap_err().exit_code(), 4, "the log lost what the snapshot holds");
}

#[test]
fn a_snapshot_that_loads_to_another_hash_never_gets_its_name() {
    let disk = Memory::default();
    let (mut journal, ..) = open(&disk).unwrap();
    work(&mut journal, 10, 1);
    let header = header(&journal, journal.written());
    let before = disk.names();
    let write = |body: &[u8], check: fn(&SnapshotHeader, &[u8]) -> Result<u64, String>| {
        snapshot::write(&disk, &header, body, &None, &[], check).unwrap_err()
    };

    let other_hash = write(&10_u64.to_le_bytes(), |_, _| Ok(1));
    let refused = write(&9_u64.to_le_bytes(), check);

    assert!(matches!(other_hash, SnapshotError::Refused(_)) && matches!(refused, SnapshotError::Refused(_)));
    assert_eq!(disk.names(), before);
}

/// Each call of writing a snapshot fails or is the last: the store opens and nothing is lost.
#[test]
fn a_snapshot_interrupted_anywhere_harms_nothing() {
    for fault in [Some(Fault::Eio), Some(Fault::NoSpace), None] {
        for call in 0.. {
            let disk = store();
            let (mut journal, ..) = open(&disk).unwrap();
            let from = disk.calls();
            fault.map_or_else(|| disk.stop_at(from + call), |fault| disk.fail(from + call, fault));
            let taken = take(&journal).is_ok();
            let retained = taken && journal.retain(200).is_ok();
            if retained && disk.calls() <= from + call {
                break;
            }
            for loss in [Loss::All, Loss::Nothing, Loss::EverySecond] {
                let (_, recovered, memo) = open(&disk.after(loss)).unwrap();
                assert_eq!(recovered.last_seq, 250, "{fault:?} at {call}, {loss:?}");
                assert_from(&memo, recovered.snapshot_seq.unwrap() + 1, 250);
            }
        }
    }
}

#[test]
fn two_snapshots_are_kept_and_the_segments_from_the_older_on() {
    let disk = Memory::default();
    let (mut journal, ..) = open(&disk).unwrap();
    for _ in 0..5 {
        work(&mut journal, 100, 4);
        if let Some(older) = take(&journal).unwrap() {
            journal.retain(older).unwrap();
        }
    }
    let disk = disk.after(Loss::All);

    assert_eq!(snapshot::list(&disk).unwrap(), [500, 400]);
    let firsts = firsts(&disk);
    assert!(firsts[0] <= 400 && firsts[1] > 400, "{firsts:?}");
    disk.delete(&snapshot::snapshot_name(500));
    let (_, recovered, memo) = open(&disk).unwrap();
    assert_eq!(recovered.snapshot_seq, Some(400));
    assert_from(&memo, 401, 500);
}

/// A snapshot that does not count is never the one that is kept, and takes nothing with it.
#[test]
fn a_bad_snapshot_is_not_what_is_fallen_back_to() {
    let disk = Memory::default();
    let (mut journal, ..) = open(&disk).unwrap();
    for _ in 0..3 {
        work(&mut journal, 100, 4);
        take(&journal).unwrap();
    }
    assert_eq!(snapshot::list(&disk).unwrap(), [300, 200]);
    let name = snapshot::snapshot_name(300);
    let mut bytes = disk.content(&name);
    bytes[80] ^= 1;
    disk.put(&name, &bytes);
    work(&mut journal, 100, 4);
    let at = journal.written();
    let write = |older: Option<u64>| {
        snapshot::write(&disk, &header(&journal, at), &at.seq.to_le_bytes(), &None, older.as_slice(), check).unwrap();
        snapshot::list(&disk).unwrap()
    };

    let nothing_known = write(None);
    let one_known = write(Some(200));

    assert_eq!((nothing_known, one_known), (vec![400, 300, 200], vec![400, 200]));
}

/// Where the log no longer has its beginning and no snapshot counts, the refusal says why each does not.
#[test]
fn without_a_beginning_and_without_a_snapshot_the_refusal_says_what_is_wrong_with_each() {
    let disk = store();
    for seq in [100, 200] {
        let name = snapshot::snapshot_name(seq);
        let mut bytes = disk.content(&name);
        bytes[80] ^= 1;
        disk.put(&name, &bytes);
    }

    let error = open(&disk).unwrap_err();

    assert_eq!(error.exit_code(), 4);
    let text = error.to_string();
    let both = ["snapshot at seq=100", "snapshot at seq=200"].map(|part| text.contains(part));
    assert!(both == [true, true] && text.contains("the hash at the end does not match"), "{text}");
}

#[test]
fn a_keyed_store_opens_with_its_key_only() {
    let with = |chain_key| journal::Options { chain_key, ..small() };
    let disk = Memory::default();
    let (mut journal, ..) = open_with(&disk, &with(Some([1; 32]))).unwrap();
    work(&mut journal, 20, 2);
    let at = journal.written();
    let position = header(&journal, at);
    snapshot::write(&disk, &position, &at.seq.to_le_bytes(), &Some([1; 32]), &[], check).unwrap();

    let open_as = |key| open_with(&disk.after(Loss::All), &with(key));

    assert_eq!(open_as(Some([1; 32])).unwrap().1.snapshot_seq, Some(20));
    assert_eq!(open_as(None).unwrap_err().exit_code(), 4);
    assert!(matches!(open_as(Some([2; 32])), Err(OpenError::Damaged(_))));
}
