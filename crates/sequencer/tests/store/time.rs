//! Time is logical: it never goes back and never far at once (INV-12), and passes without traffic by ticks.

use model::{EventKind, Side, TimeInForce};
use sequencer::{Sequencer, TICK_ORIGIN, Warning};

use crate::memory::{Loss, Memory};
use crate::world::{DAY, SECOND, START, drain, open, open_with, options, order, order_with, set_up};

fn expired(sequencer: &mut Sequencer<Memory>, now_ns: i64) -> usize {
    let released = sequencer.step(now_ns).expect("a sound disk");
    released.events().iter().filter(|event| matches!(event.kind, EventKind::OrderExpired(_))).count()
}

/// An order of account 1 that lives until a time.
fn gtd(sequencer: &mut Sequencer<Memory>, number: u64, until_ns: i64, now_ns: i64) {
    let tif = TimeInForce::Gtd { expire_ns: until_ns };
    sequencer.submit(number, &order_with(1, number, Side::Buy, 100, tif)).expect("room");
    drain(sequencer, now_ns, |_| ());
}

#[test]
fn a_wall_clock_that_jumps_a_day_ahead_ends_no_orders_life() {
    let (mut sequencer, _) = open(&Memory::default());
    set_up(&mut sequencer, START);
    (1..=9).for_each(|number| gtd(&mut sequencer, number, START + 3_600 * SECOND, START));

    assert_eq!(expired(&mut sequencer, START + DAY), 0);
    sequencer.submit(10, &order(1, 10, Side::Buy, 100)).expect("room");
    assert_eq!(expired(&mut sequencer, START + DAY + 1), 0);

    assert_eq!(sequencer.exchange().open_count(), 10);
    assert_eq!(sequencer.clock().jumps(), 1);
    assert!(sequencer.last().ts_ns <= START + 11 * SECOND);
}

#[test]
fn a_wall_clock_that_jumps_a_day_back_neither_turns_time_nor_stops_timers() {
    let (mut sequencer, _) = open(&Memory::default());
    set_up(&mut sequencer, START);
    gtd(&mut sequencer, 1, START + 8 * SECOND, START);
    let before = sequencer.last();

    let mut wall = START - DAY;
    sequencer.submit(2, &order(1, 2, Side::Buy, 100)).expect("room");
    assert_eq!(expired(&mut sequencer, wall), 0);
    assert!(sequencer.last().ts_ns > before.ts_ns);
    let mut gone = 0;
    for _ in 0..10 {
        wall += SECOND;
        gone += expired(&mut sequencer, wall);
    }

    assert_eq!(gone, 1, "its time came, an eighth later");
}

#[test]
fn a_timer_without_traffic_is_met_by_one_tick() {
    let disk = Memory::default();
    let (mut sequencer, _) = open(&disk);
    set_up(&mut sequencer, START);
    gtd(&mut sequencer, 1, START + 5 * SECOND, START);
    let before = sequencer.last().seq;

    assert_eq!(expired(&mut sequencer, START + 4 * SECOND), 0);
    assert_eq!(sequencer.last().seq, before, "nothing is due, nothing is written");
    let released = sequencer.step(START + 5 * SECOND).expect("a sound disk");

    let seen: Vec<_> = released.iter().map(|one| (one.origin, one.stamp.seq)).collect();
    assert_eq!(seen, [(TICK_ORIGIN, before + 1)]);
    assert!(matches!(released.events()[0].kind, EventKind::OrderExpired(_)));
    assert!(sequencer.step(START + 9 * SECOND).expect("a sound disk").is_empty());
    // Time came with a command that is in the log: a replay ends the same life.
    let (again, _) = open_with(&disk.after(Loss::All), options(), START + 9 * SECOND);
    assert_eq!(again.exchange().state_hash(), sequencer.exchange().state_hash());
}

#[test]
fn what_expired_while_nobody_was_there_expires_by_a_logged_tick() {
    let disk = Memory::default();
    let (mut sequencer, _) = open(&disk);
    set_up(&mut sequencer, START);
    gtd(&mut sequencer, 1, START + 5 * SECOND, START);
    drop(sequencer);

    let (mut again, recovered) = open_with(&disk.after(Loss::All), options(), START + 2 * DAY);

    assert_eq!(again.exchange().open_count(), 1, "opening changes nothing by itself");
    assert!(matches!(recovered.warnings[..], [Warning::LongDowntime(ns)] if ns > DAY), "{recovered:?}");
    assert_eq!(expired(&mut again, START + 2 * DAY), 1);
}

#[test]
fn a_log_from_the_future_goes_on_after_its_end_with_a_warning() {
    let disk = Memory::default();
    let (mut sequencer, _) = open(&disk);
    set_up(&mut sequencer, START);
    let last = sequencer.last();
    drop(sequencer);

    let (mut again, recovered) = open_with(&disk.after(Loss::All), options(), START - DAY);

    assert!(matches!(recovered.warnings[..], [Warning::ClockBehind(ns)] if ns >= DAY), "{recovered:?}");
    again.submit(1, &order(1, 1, Side::Buy, 100)).expect("room");
    again.step(START - DAY).expect("a sound disk");
    assert!(again.last().ts_ns > last.ts_ns && again.last().ts_ns < last.ts_ns + SECOND);
}

/// An idle log is sealed once: damage to its last bytes can then be told from a torn write.
#[test]
fn an_idle_log_is_sealed_once() {
    let disk = Memory::default();
    let (mut sequencer, _) = open(&disk);
    set_up(&mut sequencer, START);
    sequencer.submit(1, &order(1, 1, Side::Buy, 100)).expect("room");
    drain(&mut sequencer, START, |_| ());
    sequencer.step(START + 49_000_000).expect("a sound disk");
    let syncs = disk.syncs();

    sequencer.step(START + 50_000_000).expect("a sound disk");
    let sealed = disk.syncs();
    sequencer.step(START + 200_000_000).expect("a sound disk");

    assert!(sealed > syncs);
    assert_eq!(disk.syncs(), sealed);
}
