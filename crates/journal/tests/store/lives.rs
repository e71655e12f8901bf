//! One life after another: what was committed is there, in order, whatever came between.

use journal::{Mode, Note, Options};

use crate::memory::{Loss, Memory};
use crate::support::{assert_whole, open, open_with, small, work};

#[test]
fn a_new_store_is_empty_and_opens_again() {
    let disk = Memory::default();

    let (journal, recovered, _) = open(&disk).unwrap();
    drop(journal);
    let (_, again, memo) = open(&disk.after(Loss::All)).unwrap();

    assert!(recovered.created && !again.created);
    assert_eq!((again.last_seq, again.torn, again.warnings), (0, None, Vec::new()));
    assert!(memo.fed.is_empty());
}

/// INV-15, S-140: what was committed is there after a power cut that keeps nothing unsynced, over many segments.
#[test]
fn what_was_committed_survives_a_power_cut_and_numbers_and_time_go_on() {
    for loss in [Loss::All, Loss::Nothing, Loss::EverySecond] {
        let disk = Memory::default();
        let (mut journal, ..) = open(&disk).unwrap();
        work(&mut journal, 500, 7);

        let disk = disk.after(loss);
        let (mut journal, recovered, memo) = open(&disk).unwrap();
        assert_whole(&memo, 500);
        assert_eq!(recovered.replayed, 500);
        let stamp = journal.append(0, 1, b"again").unwrap();
        journal.commit().unwrap();

        assert_eq!(stamp.seq, 501);
        assert!(stamp.ts_ns > recovered.last_ts_ns, "B-62: the journal stamps");
        let (_, _, memo) = open(&disk.after(loss)).unwrap();
        assert_eq!(memo.fed.last().unwrap(), &(501, stamp.ts_ns, 1, b"again".to_vec()));
    }
}

#[test]
fn what_was_not_committed_is_never_invented() {
    let disk = Memory::default();
    let (mut journal, ..) = open(&disk).unwrap();
    work(&mut journal, 10, 1);
    journal.append(0, 1, b"never committed").unwrap();

    let (_, _, memo) = open(&disk.after(Loss::Nothing)).unwrap();

    assert_whole(&memo, 10);
}

#[test]
fn every_mode_keeps_what_the_system_wrote() {
    for mode in [Mode::Always, Mode::Group { max_us: 10, max_n: 3 }, Mode::Os] {
        let options = Options { mode, ..small() };
        let disk = Memory::default();
        let (mut journal, ..) = open_with(&disk, &options).unwrap();
        work(&mut journal, 300, 1);
        let durable = journal.durable_seq();

        let (_, _, memo) = open_with(&disk.after(Loss::Nothing), &options).unwrap();
        assert_whole(&memo, 300);
        let (_, recovered, memo) = open_with(&disk.after(Loss::All), &options).unwrap();

        assert_whole(&memo, recovered.last_seq);
        assert!(recovered.last_seq >= durable && (mode == Mode::Os || durable == 300), "{mode:?}");
    }
}

#[test]
fn notes_come_back_between_the_records_they_came_between() {
    let disk = Memory::default();
    let (mut journal, ..) = open(&disk).unwrap();
    work(&mut journal, 20, 5);
    journal.note(Note::StateHash { seq: 20, hash: 0xfeed }).unwrap();
    work(&mut journal, 5, 5);
    journal.note(Note::StateHash { seq: 25, hash: 0xbeef }).unwrap();
    journal.commit().unwrap();

    let (_, _, memo) = open(&disk.after(Loss::All)).unwrap();

    assert_whole(&memo, 25);
    assert_eq!(memo.notes, [Note::StateHash { seq: 20, hash: 0xfeed }, Note::StateHash { seq: 25, hash: 0xbeef }]);
}
