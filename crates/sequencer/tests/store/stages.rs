//! Stages of a batch by a clock that is handed in, and that nothing depends on it.

use std::cell::Cell;

use journal::{Mode, Options as JournalOptions};
use latency::Times;
use model::Side;
use sequencer::{Options, Sequencer};

use crate::memory::{Loss, Memory};
use crate::world::{START, open, open_with, options, order, set_up};

const MICROSECOND: i64 = 1_000;

/// A sequencer whose batches wait a millisecond for company.
fn patient() -> Sequencer<Memory> {
    let disk = Memory::default();
    let quick = Options { hash_every: 1_000, ..options() };
    let mode = Mode::Group { max_us: 1_000, max_n: 64 };
    let slow = Options { journal: JournalOptions { mode, ..quick.journal.clone() }, ..quick.clone() };
    let (mut sequencer, _) = open_with(&disk, quick, START);
    set_up(&mut sequencer, START);
    sequencer.close().expect("a sound disk");
    open_with(&disk.after(Loss::All), slow, START).0
}

#[test]
fn a_command_has_its_own_t3_and_its_batch_one_t4_and_t5() {
    let mut sequencer = patient();
    let read = Cell::new(0);
    let clock = || {
        read.set(read.get() + 1);
        read.get() * 100
    };
    let mut times: Vec<(u64, Option<Times>)> = Vec::new();
    for number in 1..=2 {
        sequencer.submit(number, &order(1, number, Side::Buy, 100)).expect("room");
        let now_ns = START + i64::try_from(number).expect("small") * 400 * MICROSECOND;
        assert_eq!(sequencer.step_timed(now_ns, &clock).expect("a sound disk").len(), 0, "it waits for company");
    }
    let released = sequencer.step_timed(START + 2_000 * MICROSECOND, &clock).expect("a sound disk");
    times.extend(released.iter().map(|outcome| (outcome.origin, outcome.times)));

    let taken_at = |taken_ns| Some(Times { taken_ns, durable_ns: 300, applied_ns: 400 });
    assert_eq!(times, [(1, taken_at(100)), (2, taken_at(200))]);
}

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
