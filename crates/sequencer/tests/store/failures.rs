//! Disks that fail and fill up.

use model::{EventKind, Side, TimeInForce};
use sequencer::{Fatal, Refusal};

use crate::memory::{Fault, Loss, Memory};
use crate::world::{SECOND, START, accepted, cancel, drain, open, order, order_with, set_up};

/// After a failed sync nothing is acknowledged any more, by any call, and a restart has all that was.
#[test]
fn a_failed_sync_ends_it_for_good() {
    let disk = Memory::default();
    let (mut sequencer, _) = open(&disk);
    set_up(&mut sequencer, START);
    sequencer.submit(1, &order(1, 1, Side::Buy, 100)).expect("room");
    drain(&mut sequencer, START, |_| ());
    let before = (sequencer.last(), sequencer.exchange().state_hash());
    sequencer.submit(2, &order(1, 2, Side::Buy, 100)).expect("room");
    // A commit is one write, then one sync.
    disk.fail(disk.calls() + 1, Fault::Eio);

    let failed = sequencer.step(START).map(|released| released.len());

    let Err(fatal @ Fatal::Disk(_)) = failed else { panic!("released {failed:?}") };
    assert_eq!(fatal.exit_code(), 5);
    assert_eq!(sequencer.step(START).map(|released| released.len()), Err(fatal.clone()));
    assert_eq!(sequencer.submit(3, &cancel(1, 1)), Err(Refusal::Stopped));
    assert_eq!(sequencer.close(), Err(fatal));
    let (again, recovered) = open(&disk.after(Loss::All));
    assert_eq!((recovered.last, again.exchange().state_hash()), before);
}

/// INV-23: a full disk refuses orders and takes cancels, and is over when there is space.
#[test]
fn a_full_disk_refuses_orders_takes_cancels_and_ends_by_itself() {
    let disk = Memory::default();
    let (mut sequencer, _) = open(&disk);
    set_up(&mut sequencer, START);
    disk.set_full(true);
    let (mut now, mut open_orders) = (START, Vec::new());
    for number in 1.. {
        now += SECOND;
        if sequencer.submit(number, &order(1, number, Side::Buy, 100)) == Err(Refusal::DiskFull) {
            break;
        }
        let released = sequencer.step(now).expect("a full disk is no failure");
        open_orders.extend(accepted(&released).into_iter().filter(|(_, taken)| *taken).map(|(number, _)| number));
        assert!(number < 10_000, "the disk never fills");
    }
    assert!(sequencer.is_disk_full() && open_orders.len() > 20, "{} orders", open_orders.len());

    for number in &open_orders[..20] {
        assert_eq!(sequencer.submit(*number, &cancel(1, *number)), Ok(()));
        now += SECOND;
        let released = sequencer.step(now).expect("a full disk is no failure");
        let is_canceled = |kind: &EventKind| matches!(kind, EventKind::OrderCanceled(_));
        assert!(released.events().iter().any(|event| is_canceled(&event.kind)), "order {number} is not cancelled");
    }
    disk.set_full(false);
    for _ in 0..8 {
        now += SECOND;
        sequencer.step(now).expect("a sound disk");
    }

    assert!(!sequencer.is_disk_full());
    assert_eq!(sequencer.submit(99_999, &order(1, 99_999, Side::Buy, 100)), Ok(()));
    let released = sequencer.step(now).expect("a sound disk");
    assert_eq!(accepted(&released), [(99_999, true)]);
    let (again, _) = open(&disk.after(Loss::All));
    assert_eq!(again.exchange().state_hash(), sequencer.exchange().state_hash());
}

/// Timers that are due all the time do not use up what cancels need.
#[test]
fn timers_take_little_of_a_full_disk() {
    const MILLI: i64 = SECOND / 1_000;
    let disk = Memory::default();
    let (mut sequencer, _) = open(&disk);
    set_up(&mut sequencer, START);
    let due_ns = |number: u64| START + SECOND + i64::try_from(number).expect("small") * MILLI;
    for number in 1..=500 {
        let tif = TimeInForce::Gtd { expire_ns: due_ns(number) };
        sequencer.submit(number, &order_with(1, number, Side::Buy, 100, tif)).expect("room");
        drain(&mut sequencer, START, |_| ());
    }
    disk.set_full(true);
    let first_refused = (501..10_000).find(|number| {
        let taken = sequencer.submit(*number, &order(1, *number, Side::Buy, 100));
        taken == Err(Refusal::DiskFull) || sequencer.step(START).expect("no failure").refused().len() == 1
    });
    assert!(sequencer.is_disk_full() && first_refused.is_some_and(|number| number > 520), "{first_refused:?}");
    let before = sequencer.last().seq;

    for number in 1..=500 {
        sequencer.step(due_ns(number)).expect("a full disk is no failure");
    }

    assert!(sequencer.last().seq <= before + 1, "{} ticks", sequencer.last().seq - before);
    sequencer.submit(501, &cancel(1, 501)).expect("a cancel is taken");
    let released = sequencer.step(due_ns(500)).expect("a full disk is no failure");
    let canceled = released.events().iter().filter(|event| matches!(event.kind, EventKind::OrderCanceled(_)));
    assert_eq!(canceled.count(), 1);
    assert!(sequencer.exchange().next_due_ns().is_none(), "whatever is written brings time with it");
}

/// Space that runs out under a batch: nothing of it happened, orders are refused by name.
#[test]
fn a_batch_that_finds_no_space_is_refused_whole() {
    let disk = Memory::default();
    let (mut sequencer, _) = open(&disk);
    set_up(&mut sequencer, START);
    let before = (sequencer.last(), sequencer.exchange().state_hash());
    (1..=3).for_each(|number| sequencer.submit(number, &order(1, number, Side::Buy, 100)).expect("room"));
    disk.fail(disk.calls(), Fault::NoSpace);

    let released = sequencer.step(START).expect("a full disk is no failure");

    assert_eq!((released.len(), released.refused().len()), (0, 3));
    assert!(released.refused().iter().all(|(_, refusal)| *refusal == Refusal::DiskFull));
    assert_eq!((sequencer.last(), sequencer.exchange().state_hash()), before);
    sequencer.submit(4, &order(1, 1, Side::Buy, 100)).expect("room");
    let released = sequencer.step(START).expect("a sound disk");
    assert_eq!(accepted(&released), [(4, true)], "the id of a refused order is free");
    assert_eq!(released.iter().map(|one| one.stamp.seq).collect::<Vec<_>>(), [before.0.seq + 1]);
}

/// Short writes and signals are the disk's business, not the client's.
#[test]
fn short_writes_and_signals_are_gone_on_from() {
    let disk = Memory::default();
    let (mut sequencer, _) = open(&disk);
    set_up(&mut sequencer, START);
    for (number, fault) in [(1, Fault::Short), (2, Fault::Interrupted)] {
        disk.fail(disk.calls(), fault);
        sequencer.submit(number, &order(1, number, Side::Buy, 100)).expect("room");
        let released = sequencer.step(START).expect("a sound disk");
        assert_eq!(accepted(&released), [(number, true)]);
    }
    assert_eq!(disk.faults_met(), 2);

    let (again, _) = open(&disk.after(Loss::All));

    assert_eq!(again.exchange().state_hash(), sequencer.exchange().state_hash());
}
