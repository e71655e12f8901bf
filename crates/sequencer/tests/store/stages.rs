//! Stages of a batch by a clock that is handed in, and that nothing depends on it.

use std::cell::Cell;

use model::Side;

use crate::memory::{Loss, Memory};
use crate::world::{START, open, order, set_up};

#[test]
fn the_log_and_the_state_are_the_same_with_and_without() {
    let run = |timed: bool| {
        let disk = Memory::default();
        let (mut sequencer, _) = open(&disk);
        set_up(&mut sequencer, START);
        let read = Cell::new(u64::MAX);
        for number in 1..=40 {
            sequencer.submit(number, &order(1, number, Side::Buy, 100)).expect("room");
            // A clock that runs backwards, for all that it matters.
            let clock = || {
                read.set(read.get() - 7);
                read.get()
            };
            let released = if timed { sequencer.step_timed(START, &clock) } else { sequencer.step(START) };
            let released = released.expect("a sound disk");
            assert!(released.iter().all(|outcome| outcome.times.is_some() == timed));
        }
        let (again, recovered) = open(&disk.after(Loss::All));
        (recovered.last, recovered.state_hash, again.exchange().state_hash().combined())
    };

    assert_eq!(run(true), run(false));
}

#[test]
fn a_round_in_which_nothing_waits_reads_no_clock() {
    let (mut sequencer, _) = open(&Memory::default());
    set_up(&mut sequencer, START);

    let released = sequencer.step_timed(START, &|| unreachable!("nothing was to be stamped"));

    assert!(released.expect("a sound disk").is_empty());
}
