//! The threads beside the loop: snapshots, upkeep, and what their failures come to.

#[path = "../../../journal/tests/store/memory.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "shared with the tests of the journal, which use more of it")]
mod memory;
#[path = "../../../sequencer/tests/store/world_commands.rs"]
#[allow(dead_code, reason = "shared with the tests of the sequencer, which use more of it")]
mod world;

use std::time::Duration;

use journal::snapshot::{self, snapshot_name};
use journal::{Mode, Options as JournalOptions};
use memory::{Loss, Memory};
use model::Side;
use sequencer::{Fatal, Options, Recovered, Refusal, Sequencer, Warning};
use venue::beside::Beside;

/// Wall time does not matter here: logical time goes on from the log.
const NOW: i64 = 1_700_000_000_000_000_000;
const ROUND: Duration = Duration::from_millis(100);
/// Rounds of waiting after which something is taken to never come.
const ROUNDS_MAX: u32 = 600;

fn options() -> Options {
    Options {
        journal: JournalOptions {
            segment_bytes: 16_384,
            mode: Mode::Group { max_us: 0, max_n: 64 },
            ..Default::default()
        },
        hash_every: 10,
        snapshot_every: 200,
        check_every: 100,
        upkeep_apart: true,
        ..Options::default()
    }
}

fn open(disk: &Memory) -> (Sequencer<Memory>, Recovered) {
    Sequencer::open(disk.clone(), options(), NOW).expect("a sound directory opens")
}

/// Takes in the orders with these numbers, all but a few of them ending at once.
fn trade(sequencer: &mut Sequencer<Memory>, mut beside: Option<&mut Beside<Memory>>, numbers: std::ops::Range<u64>) {
    if sequencer.exchange().instrument_count() == 0 {
        for command in world::market() {
            sequencer.submit(0, &command).expect("room");
        }
    }
    for number in numbers {
        let tif = if number.is_multiple_of(50) { model::TimeInForce::Gtc } else { model::TimeInForce::Ioc };
        let side = if number.is_multiple_of(3) { Side::Sell } else { Side::Buy };
        sequencer.submit(0, &world::order_with(1, number, side, 100, tif)).expect("room");
        for _ in 0..ROUNDS_MAX {
            sequencer.step(NOW).expect("a sound disk");
            if sequencer.waiting() == 0 {
                break;
            }
            beside.as_mut().expect("what waits for a segment").wait(sequencer, ROUND).expect("all is well");
        }
        assert_eq!(sequencer.waiting(), 0, "order {number} waits for ever");
        if let Some(beside) = beside.as_mut() {
            beside.turn(sequencer).expect("all is well");
        }
    }
}

/// Waits until something is so.
fn until(sequencer: &mut Sequencer<Memory>, beside: &mut Beside<Memory>, is_so: impl Fn(&Beside<Memory>) -> bool) {
    for _ in 0..ROUNDS_MAX {
        if is_so(beside) {
            return;
        }
        beside.wait(sequencer, ROUND).expect("all is well");
    }
    panic!("it never came: {:?}", beside.snapshots());
}

/// The commands of a life of its own, without threads.
fn alone(numbers: std::ops::Range<u64>) -> model::StateHash {
    let disk = Memory::default();
    let (mut sequencer, _) =
        Sequencer::open(disk, Options { upkeep_apart: false, ..options() }, NOW).expect("a sound directory opens");
    trade(&mut sequencer, None, numbers);
    sequencer.exchange().state_hash()
}

#[test]
fn snapshots_are_made_beside_the_loop_and_a_restart_begins_with_the_newest() {
    let disk = Memory::default();
    let (mut sequencer, _) = open(&disk);
    let mut beside = Beside::start(&sequencer, true).expect("a thread");
    trade(&mut sequencer, Some(&mut beside), 1..1_500);
    until(&mut sequencer, &mut beside, |beside| beside.snapshots().taken_seq >= 1_400);
    let (hash, taken) = (sequencer.exchange().state_hash(), beside.snapshots().taken_seq);
    let crashed = disk.after(Loss::All);

    let (again, recovered) = open(&crashed);

    assert_eq!((recovered.snapshot_seq, recovered.replayed), (taken, sequencer.last().seq - taken));
    assert!(recovered.warnings.is_empty(), "{:?}", recovered.warnings);
    assert_eq!((again.exchange().state_hash(), alone(1..1_500)), (hash, hash));
    assert_eq!(beside.take_notices(), Vec::<String>::new());
    beside.finish(&mut sequencer).expect("a sound disk");
    assert_eq!(snapshot::list(&disk).expect("a sound disk").len(), 2);
    assert!(!disk.names().contains(&"wal-0000000000000001.seg".to_owned()), "{:?}", disk.names());
}

/// A life too short for the shadow to keep up leaves its snapshot all the same, and lets go of what is not needed.
#[test]
fn an_end_makes_the_snapshot_that_is_due() {
    let disk = Memory::default();
    for life in 0..4 {
        let (mut sequencer, recovered) = open(&disk);
        let mut beside = Beside::start(&sequencer, true).expect("a thread");
        trade(&mut sequencer, Some(&mut beside), 1 + life * 300..301 + life * 300);
        let end = sequencer.last().seq;

        beside.finish(&mut sequencer).expect("a sound disk");
        sequencer.close().expect("a sound disk");
        disk.unlock();

        let newest = snapshot::list(&disk).expect("a sound disk")[0];
        assert!(newest >= end / 200 * 200 - 10 && newest > recovered.snapshot_seq, "newest={newest} end={end}");
    }
    assert!(!disk.names().contains(&"wal-0000000000000001.seg".to_owned()), "{:?}", disk.names());
    let (again, _) = open(&disk);
    assert_eq!(again.exchange().state_hash(), alone(1..1_201));
}

#[test]
fn a_full_disk_costs_snapshots_and_nothing_else() {
    let disk = Memory::default();
    let mut roomy = options();
    // The log has its space already.
    roomy.journal.segment_bytes = 1 << 20;
    let (mut sequencer, _) = Sequencer::open(disk.clone(), roomy, NOW).expect("a new directory");
    let mut beside = Beside::start(&sequencer, true).expect("a thread");
    trade(&mut sequencer, Some(&mut beside), 1..100);
    disk.set_full(true);
    trade(&mut sequencer, Some(&mut beside), 100..210);
    until(&mut sequencer, &mut beside, |beside| beside.snapshots().missed > 0);
    trade(&mut sequencer, Some(&mut beside), 210..212);
    let notices = beside.take_notices();
    assert!(notices.len() == 1 && notices[0].contains("no snapshot was made") && notices[0].contains("snap-"));
    assert!(beside.snapshots().why.contains("snap-"));

    disk.set_full(false);
    trade(&mut sequencer, Some(&mut beside), 212..400);
    until(&mut sequencer, &mut beside, |beside| beside.snapshots().taken_seq > 0);

    assert_eq!(beside.snapshots().why, "");
    let (again, _) = open(&disk.after(Loss::All));
    assert_eq!(again.exchange().state_hash(), sequencer.exchange().state_hash());
}

/// What the shadow cannot read again, though it was acknowledged, ends the sequencer before more is.
#[test]
fn acknowledged_bytes_that_cannot_be_read_again_end_the_sequencer() {
    let disk = Memory::default();
    let (mut sequencer, _) =
        Sequencer::open(disk.clone(), Options { upkeep_apart: false, ..options() }, NOW).expect("a new directory");
    trade(&mut sequencer, None, 1..600);
    let segments: Vec<String> = disk.names().into_iter().filter(|name| name.starts_with("wal-")).collect();
    let mut bytes = disk.content(&segments[1]);
    bytes[8_000] ^= 1;
    disk.put(&segments[1], &bytes);
    let mut beside = Beside::start(&sequencer, true).expect("a thread");

    let failed = (0..ROUNDS_MAX).find_map(|_| beside.wait(&mut sequencer, ROUND).err()).expect("it is found");

    assert!(matches!(&failed, Fatal::Disk(what) if what.contains(&segments[1])), "{failed:?}");
    assert_eq!(sequencer.submit(1, &world::order(1, 9_999, Side::Buy, 100)), Err(Refusal::Stopped));
    assert_eq!(sequencer.step(NOW).err(), Some(failed));
}

/// A damaged snapshot is skipped with a warning, replaced by the shadow, and nothing is lost meanwhile.
#[test]
fn a_damaged_snapshot_falls_back_and_is_made_again() {
    let disk = Memory::default();
    let (mut sequencer, _) = open(&disk);
    let mut beside = Beside::start(&sequencer, true).expect("a thread");
    trade(&mut sequencer, Some(&mut beside), 1..700);
    beside.finish(&mut sequencer).expect("a sound disk");
    let disk = disk.after(Loss::All);
    let [newest, older] = snapshot::list(&disk).expect("a sound disk")[..] else { panic!("not two snapshots") };
    let mut bytes = disk.content(&snapshot_name(newest));
    bytes[100] ^= 1;
    disk.put(&snapshot_name(newest), &bytes);

    let (mut again, recovered) = open(&disk);
    assert_eq!(recovered.snapshot_seq, older);
    assert!(matches!(&recovered.warnings[..], [Warning::SnapshotSkipped { seq, .. }] if *seq == newest));
    let mut beside = Beside::start(&again, true).expect("a thread");
    until(&mut again, &mut beside, |beside| beside.snapshots().taken_seq > 0);
    beside.finish(&mut again).expect("a sound disk");

    let (last, recovered) = open(&disk.after(Loss::All));
    assert_eq!(recovered.snapshot_seq, newest);
    assert_eq!(last.exchange().state_hash(), sequencer.exchange().state_hash());
}

#[test]
fn without_snapshots_there_is_upkeep_only() {
    let disk = Memory::default();
    let (mut sequencer, _) = open(&disk);
    let mut beside = Beside::start(&sequencer, false).expect("a thread");

    trade(&mut sequencer, Some(&mut beside), 1..700);
    beside.finish(&mut sequencer).expect("a sound disk");

    assert!(disk.names().iter().filter(|name| name.starts_with("wal-")).count() > 3, "{:?}", disk.names());
    assert!(disk.names().iter().all(|name| !name.starts_with("snap-")));
    assert_eq!(sequencer.exchange().state_hash(), alone(1..700));
}
