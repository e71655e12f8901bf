//! What leaves, and in which order.

use model::Side;

use crate::memory::{Loss, Memory};
use crate::world::{START, accepted, cancel, drain, open, order, set_up};

/// INV-11: one number a command without gaps, time that rises, events numbered within their command.
#[test]
fn outcomes_leave_in_sequence_with_seq_and_index() {
    let (mut sequencer, _) = open(&Memory::default());
    set_up(&mut sequencer, START);
    let before = sequencer.last();
    for number in 1..=100 {
        sequencer.submit(number, &order(1, number, Side::Buy, 100)).expect("room");
    }
    let (mut last, mut origins) = (before, Vec::new());

    drain(&mut sequencer, START, |released| {
        for outcome in released.iter() {
            assert_eq!(outcome.stamp.seq, last.seq + 1);
            assert!(outcome.stamp.ts_ns > last.ts_ns);
            for (index, event) in outcome.events.iter().enumerate() {
                assert_eq!((event.stamp, event.sub as usize), (outcome.stamp, index));
            }
            assert!(!outcome.events.is_empty());
            last = outcome.stamp;
            origins.push(outcome.origin);
        }
    });

    assert_eq!(origins, (1..=100).collect::<Vec<_>>());
    assert_eq!(last, sequencer.last());
}

/// A batch goes through one write and one sync.
#[test]
fn what_waits_together_is_synced_together() {
    let disk = Memory::default();
    let (mut sequencer, _) = open(&disk);
    set_up(&mut sequencer, START);
    while sequencer.last().seq % 10 != 0 {
        sequencer.submit(0, &cancel(1, 1)).expect("room");
        sequencer.step(START).expect("a sound disk");
    }
    (1..=9).for_each(|number| sequencer.submit(number, &order(1, number, Side::Buy, 100)).expect("room"));
    let syncs = disk.syncs();

    let released = sequencer.step(START).expect("a sound disk");

    assert_eq!(accepted(&released), (1..=9).map(|number| (number, true)).collect::<Vec<_>>());
    assert_eq!(disk.syncs() - syncs, 1);
}

/// INV-15: whatever was released is there after a power cut that keeps nothing unsynced.
#[test]
fn nothing_is_released_before_it_is_durable() {
    let disk = Memory::default();
    let (mut sequencer, _) = open(&disk);
    set_up(&mut sequencer, START);
    for number in 1..=40 {
        sequencer.submit(number, &order(1, number, Side::Buy, 100)).expect("room");
        let released = sequencer.step(START).expect("a sound disk");
        assert_eq!(accepted(&released), [(number, true)]);

        let (again, recovered) = open(&disk.after(Loss::All));

        assert_eq!(recovered.last, sequencer.last(), "order {number} was released");
        assert_eq!(again.exchange().state_hash(), sequencer.exchange().state_hash());
    }
}

/// Nothing waits, nothing is due: nothing happens.
#[test]
fn an_idle_step_writes_nothing() {
    let disk = Memory::default();
    let (mut sequencer, _) = open(&disk);
    set_up(&mut sequencer, START);
    let (last, syncs) = (sequencer.last(), disk.syncs());

    assert!(sequencer.step(START + 1_000).expect("a sound disk").is_empty());

    assert_eq!((sequencer.last(), disk.syncs()), (last, syncs));
}
