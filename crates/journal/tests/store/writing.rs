//! Staging and committing: limits, the two halves of a commit, what happens to a batch that finds no space.

use journal::{AppendError, CommitError, Journal, Mode, Note, Options, Position, Room};

use crate::memory::{Fault, Loss, Memory};
use crate::support::{assert_whole, body, open, open_with, small, work};

fn with_mode(mode: Mode) -> (Memory, Journal<Memory>) {
    let disk = Memory::default();
    let (journal, ..) = open_with(&disk, &Options { mode, ..small() }).unwrap();
    (disk, journal)
}

/// Appends the next record as the tests know it.
fn append(journal: &mut Journal<Memory>) -> Result<u64, AppendError> {
    let seq = journal.next_seq();
    journal.append(seq, u16::try_from(seq % 7).unwrap(), &body(seq)).map(|stamp| stamp.seq)
}

#[test]
fn a_commit_may_run_elsewhere_while_the_next_batch_is_staged() {
    let (disk, mut journal) = with_mode(Mode::default());
    append(&mut journal).unwrap();
    let commit = journal.begin_commit().unwrap().unwrap();
    assert_eq!(append(&mut journal), Ok(2));
    assert!(journal.begin_commit().unwrap().is_none(), "one at a time");
    assert!(!journal.due(u64::MAX) && journal.discard() == 2, "nothing is taken back meanwhile");
    assert_eq!((journal.written().seq, journal.durable_seq()), (0, 0), "INV-15: not durable before it is finished");

    let committed = std::thread::spawn(|| commit.run()).join().unwrap();
    assert_eq!(journal.finish(committed).unwrap().seq, 1);
    assert_eq!(journal.commit().unwrap().seq, 2);

    assert_whole(&open(&disk.after(Loss::All)).unwrap().2, 2);
}

/// A process that dies with a commit on its way has acknowledged nothing of it.
#[test]
fn a_commit_that_is_never_finished_is_whole_or_gone() {
    let (disk, mut journal) = with_mode(Mode::default());
    work(&mut journal, 4, 2);
    append(&mut journal).unwrap();
    let commit = journal.begin_commit().unwrap().unwrap();
    drop(journal);

    assert_whole(&open(&disk.after(Loss::Nothing)).unwrap().2, 4);
    drop(commit.run());
    assert_whole(&open(&disk.after(Loss::All)).unwrap().2, 5);
}

#[test]
fn a_batch_holds_what_the_mode_allows_and_not_one_more() {
    for (mode, records_max) in [(Mode::Always, 1), (Mode::Group { max_us: 9, max_n: 3 }, 3)] {
        let (_, mut journal) = with_mode(mode);
        for _ in 0..records_max {
            append(&mut journal).unwrap();
        }
        assert_eq!(append(&mut journal), Err(AppendError::BatchFull), "{mode:?}");
        assert!(journal.due(0), "a full batch does not wait");
        assert_eq!(journal.commit().unwrap().seq, records_max);
        assert_eq!(append(&mut journal), Ok(records_max + 1));
    }
}

#[test]
fn the_first_record_of_a_batch_waits_so_long_and_no_longer() {
    let (_, mut journal) = with_mode(Mode::Group { max_us: 5, max_n: 10 });
    assert_eq!((journal.deadline_ns(), journal.due(u64::MAX)), (None, false), "B-65: nothing staged is never due");

    journal.append(1_000, 1, b"").unwrap();
    journal.append(4_000, 1, b"").unwrap();

    assert_eq!(journal.deadline_ns(), Some(6_000));
    assert_eq!([5_999, 6_000].map(|now| journal.due(now)), [false, true]);
}

#[test]
fn a_record_as_long_as_allowed_is_taken_and_one_byte_more_is_not() {
    let (disk, mut journal) = with_mode(Mode::default());
    let bytes_max = journal.record_bytes_max();
    let long = vec![5; bytes_max + 1];

    assert_eq!(journal.append(0, 1, &long), Err(AppendError::TooLong { bytes: bytes_max + 1, bytes_max }));
    journal.append(0, 1, &long[1..]).unwrap();
    assert_eq!(journal.append(0, 1, b""), Err(AppendError::BatchFull));
    journal.commit().unwrap();

    assert_eq!(open(&disk.after(Loss::All)).unwrap().2.fed[0].3, long[1..]);
    let large = Options { segment_bytes: 1 << 20, ..small() };
    let (journal, ..) = open_with(&Memory::default(), &large).unwrap();
    assert_eq!(journal.record_bytes_max(), usize::from(u16::MAX));
}

#[test]
fn a_batch_takes_sixteen_notes() {
    let (disk, mut journal) = with_mode(Mode::default());
    work(&mut journal, 1, 1);
    let note = |hash| Note::StateHash { seq: 1, hash };

    let taken: Vec<bool> = (0..17).map(|hash| journal.note(note(hash)).is_ok()).collect();
    journal.commit().unwrap();

    assert_eq!(taken, [[true; 16].as_slice(), &[false]].concat());
    assert_eq!(open(&disk.after(Loss::All)).unwrap().2.notes, (0..16).map(note).collect::<Vec<_>>());
}

#[test]
fn what_is_discarded_gives_its_numbers_back() {
    let (disk, mut journal) = with_mode(Mode::default());
    work(&mut journal, 3, 3);
    journal.append(0, 1, b"unwanted").unwrap();

    assert_eq!(journal.discard(), 3);
    assert_eq!((journal.commit().unwrap().seq, append(&mut journal)), (3, Ok(4)));
    journal.commit().unwrap();

    assert_whole(&open(&disk.after(Loss::All)).unwrap().2, 4);
}

/// No space for the first byte: the batch is kept and goes out later, with what came after it behind it.
#[test]
fn a_batch_that_finds_no_space_is_kept() {
    let (disk, mut journal) = with_mode(Mode::default());
    append(&mut journal).unwrap();
    disk.fail(disk.calls(), Fault::NoSpace);
    assert!(matches!(journal.commit(), Err(CommitError::NoSpace(_))));
    assert!(journal.due(0) && !journal.needs_seal() && !journal.seal().unwrap());
    assert_eq!(append(&mut journal), Ok(2));

    assert_eq!(journal.commit().unwrap().seq, 2);

    assert_whole(&open(&disk.after(Loss::All)).unwrap().2, 2);
}

/// No space after the first byte leaves the batch in doubt.
#[test]
fn a_write_that_fails_half_way_stops_the_journal() {
    let (disk, mut journal) = with_mode(Mode::default());
    append(&mut journal).unwrap();
    disk.fail(disk.calls(), Fault::Short);
    disk.fail(disk.calls() + 1, Fault::NoSpace);

    let error = journal.commit().unwrap_err();

    assert!(matches!(&error, CommitError::Fatal(fatal) if fatal.exit_code() == 5), "{error}");
    let syncs = disk.syncs();
    assert!(journal.commit().is_err() && journal.seal().is_err() && append(&mut journal).is_err());
    assert!(journal.note(Note::StateHash { seq: 1, hash: 1 }).is_err() && journal.retain(1).is_err());
    assert_eq!(disk.syncs(), syncs, "nothing is synced after it");
}

#[test]
fn a_seal_is_written_once_until_something_follows() {
    let (disk, mut journal) = with_mode(Mode::default());
    work(&mut journal, 2, 1);
    let before = disk.calls();
    assert!(journal.seal().unwrap());
    let sealed = disk.calls();

    assert!(sealed > before && !journal.seal().unwrap());
    assert_eq!(disk.calls(), sealed);
    append(&mut journal).unwrap();
    assert!(!journal.seal().unwrap(), "what is staged is committed first");
}

/// Frames of every length meet the end of a segment at every distance.
#[test]
fn segments_turn_over_at_every_place() {
    for len in (0..3_000).step_by(53) {
        let disk = Memory::default();
        let (mut journal, ..) = open(&disk).unwrap();
        for number in 0..40_u64 {
            journal.append(number, 1, &vec![1; len + usize::try_from(number).unwrap()]).unwrap();
            journal.commit().unwrap();
            if number % 3 == 0 {
                journal.seal().unwrap();
            }
            journal.prepare().unwrap();
            assert_eq!(journal.room(), Room::All);
        }

        let (journal, recovered, memo) = open(&disk.after(Loss::All)).unwrap();

        assert_eq!((memo.fed.len(), recovered.torn), (40, None), "{len}");
        assert_eq!(journal.written(), Position { seq: 40, ..journal.written() });
        assert!(memo.fed.iter().enumerate().all(|(number, fed)| fed.3.len() == len + number));
    }
}

/// A segment size that is changed holds from the next segment on.
#[test]
fn a_store_opens_with_another_segment_size() {
    let disk = Memory::default();
    let (mut journal, ..) = open(&disk).unwrap();
    work(&mut journal, 100, 4);

    let disk = disk.after(Loss::All);
    let (mut journal, ..) = open_with(&disk, &Options { segment_bytes: 16_384, ..small() }).unwrap();
    work(&mut journal, 300, 4);

    let disk = disk.after(Loss::All);
    assert_whole(&open(&disk).unwrap().2, 400);
    assert!(disk.image().values().any(|bytes| bytes.len() == 16_384));
}
