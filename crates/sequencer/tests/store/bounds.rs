//! Every bound is stated, met and named (INV-22), and what takes risk away passes longer (INV-23).

use model::Side;
use sequencer::{OpenError, Options, Refusal, Sequencer};

use crate::memory::Memory;
use crate::world::{START, cancel, cancel_everything, drain, open, open_with, options, order, set_up};

#[test]
fn one_command_more_than_may_wait_is_refused_with_the_limit() {
    let (mut sequencer, _) = open(&Memory::default());
    set_up(&mut sequencer, START);
    for number in 1..=256 {
        assert_eq!(sequencer.submit(number, &order(1, number, Side::Buy, 100)), Ok(()));
    }

    let refused = sequencer.submit(257, &order(1, 257, Side::Buy, 100));

    assert_eq!(refused, Err(Refusal::QueueFull { queue_max: 256 }));
    drain(&mut sequencer, START, |_| ());
    assert_eq!(sequencer.exchange().open_count(), 256, "the refused one left no trace");
    assert_eq!(sequencer.submit(258, &order(1, 258, Side::Buy, 100)), Ok(()), "there is room again");
}

#[test]
fn cancels_have_places_that_orders_cannot_take() {
    let (mut sequencer, _) = open(&Memory::default());
    set_up(&mut sequencer, START);
    (1..=256).for_each(|number| sequencer.submit(number, &order(1, number, Side::Buy, 100)).expect("room"));

    for number in 1..=7 {
        assert_eq!(sequencer.submit(1_000 + number, &cancel(1, number)), Ok(()));
    }
    assert_eq!(sequencer.submit(2_000, &cancel_everything()), Ok(()));
    let refused = sequencer.submit(2_001, &cancel_everything());

    assert_eq!(refused, Err(Refusal::QueueFull { queue_max: 264 }));
    drain(&mut sequencer, START, |_| ());
    assert_eq!(sequencer.exchange().open_count(), 0);
}

#[test]
fn options_out_of_range_are_refused_by_name() {
    let refused = |options: Options| match Sequencer::open(Memory::default(), options, START) {
        Err(error @ OpenError::Option(_)) => (error.exit_code(), error.to_string()),
        Err(error) => panic!("another error: {error}"),
        Ok(_) => panic!("opened"),
    };

    let cases = [
        (Options { queue_max: 0, ..options() }, "queue_max=0"),
        (Options { hash_every: 0, ..options() }, "hash_every=0"),
        (Options { snapshot_every: 15, ..options() }, "snapshot_every=15 hash_every=10"),
        (Options { jump_ns_max: 0, ..options() }, "jump_ns_max=0"),
        (Options { limits: model::Limits { trades_max: 0, ..Default::default() }, ..options() }, "trades_max: 0"),
    ];
    for (options, words) in cases {
        let (code, text) = refused(options);
        assert_eq!(code, 2);
        assert!(text.contains(words), "{text}");
    }
}

/// A log keeps the bounds it was begun with: other ones would replay it to another state.
#[test]
fn other_limits_than_the_logs_are_named_and_not_used() {
    let disk = Memory::default();
    let (mut sequencer, _) = open(&disk);
    set_up(&mut sequencer, START);
    let kept = sequencer.limits();
    drop(sequencer);
    let limits = model::Limits { client_ids_max: 3, ..kept };

    let (sequencer, recovered) =
        open_with(&disk.after(crate::memory::Loss::All), Options { limits, ..options() }, START);

    assert_eq!(sequencer.limits(), kept);
    assert!(recovered.warnings.contains(&sequencer::Warning::OtherLimits), "{:?}", recovered.warnings);
}

#[test]
fn two_processes_cannot_have_one_directory() {
    let disk = Memory::default();
    let (_first, _) = open(&disk);

    let second = Sequencer::open(disk.clone(), options(), START);

    assert!(matches!(second, Err(error @ OpenError::Locked) if error.exit_code() == 6));
}
