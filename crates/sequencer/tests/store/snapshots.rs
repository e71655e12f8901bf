//! Snapshots by a shadow that follows the log (INV-18, S-141, B-64).

use journal::snapshot::snapshot_name;
use journal::{Journal, Note};
use model::{Command, Side};
use sequencer::{Fatal, GENESIS_KIND, Options, Progress, Sequencer, Shadow, Taken, Warning};

use crate::memory::{Fault, Loss, Memory};
use crate::world::{START, cancel, drain, open_with, options, order, set_up};

fn with_snapshots() -> Options {
    Options { snapshot_every: 50, ..options() }
}

/// Lets the shadow catch up; the snapshots it made.
fn follow(sequencer: &mut Sequencer<Memory>, shadow: &mut Shadow<Memory>) -> Vec<Taken> {
    let mut taken = Vec::new();
    loop {
        match shadow.step(sequencer.durable_seq()).expect("the shadow agrees") {
            Progress::UpToDate => return taken,
            Progress::Behind => {}
            Progress::Snapshot(one) => {
                sequencer.snapshot_taken(one).expect("a sound disk");
                taken.push(one);
            }
            Progress::Missed(what) => panic!("no snapshot: {what}"),
        }
    }
}

/// Trades `count` orders, some of them cancelled again.
fn trade(sequencer: &mut Sequencer<Memory>, first: u64, count: u64) {
    for number in first..first + count {
        let side = if number.is_multiple_of(3) { Side::Sell } else { Side::Buy };
        let px = 100 + i64::try_from(number % 7).expect("small");
        sequencer.submit(number, &order(1 + u32::from(number.is_multiple_of(2)), number, side, px)).expect("room");
        if number.is_multiple_of(4) {
            sequencer.submit(number, &cancel(1, number - 3)).expect("room");
        }
        drain(sequencer, START, |_| ());
    }
}

/// A store with snapshots at 50 and 100 or so, and the state it ends with.
fn store() -> (Memory, model::StateHash, Vec<Taken>) {
    let disk = Memory::default();
    let (mut sequencer, _) = open_with(&disk, with_snapshots(), START);
    set_up(&mut sequencer, START);
    let mut shadow = sequencer.shadow().expect("a sound log");
    let mut taken = Vec::new();
    for part in 0..40 {
        trade(&mut sequencer, 1 + part * 10, 10);
        taken.extend(follow(&mut sequencer, &mut shadow));
    }
    let hash = sequencer.exchange().state_hash();
    (disk, hash, taken)
}

#[test]
fn a_shadow_makes_snapshots_that_a_restart_begins_with() {
    let (disk, hash, taken) = store();
    let seqs: Vec<u64> = taken.iter().map(|one| one.seq).collect();
    assert!(seqs.len() >= 8, "{seqs:?}");
    assert!(seqs.iter().all(|seq| seq % 50 == 0) && seqs.is_sorted());

    let (again, recovered) = open_with(&disk.after(Loss::All), with_snapshots(), START);

    assert_eq!(recovered.snapshot_seq, *seqs.last().expect("some"));
    assert_eq!(recovered.replayed, recovered.last.seq - recovered.snapshot_seq);
    assert_eq!(again.exchange().state_hash(), hash);
    again.exchange().check_invariants();
}

/// Two snapshots are kept, and the segments since the older one.
#[test]
fn what_no_snapshot_needs_is_deleted() {
    let (disk, _, taken) = store();
    let names = disk.names();

    let snapshots = names.iter().filter(|name| name.starts_with("snap-")).count();
    let first = names.iter().find(|name| name.starts_with("wal-")).expect("a segment");

    assert_eq!(snapshots, 2);
    assert_ne!(first, "wal-0000000000000001.seg");
    let kept = taken[taken.len() - 2].seq;
    let first_seq = u64::from_str_radix(&first[4..20], 16).expect("hexadecimal");
    assert!(first_seq <= kept, "{first} is needed from {kept} on");
}

/// A bad newest snapshot falls back to the one before, and says so.
#[test]
fn a_damaged_snapshot_is_skipped_with_a_warning() {
    let (disk, hash, taken) = store();
    let disk = disk.after(Loss::All);
    let (newest, older) = (taken[taken.len() - 1].seq, taken[taken.len() - 2].seq);
    let mut bytes = disk.content(&snapshot_name(newest));
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    disk.put(&snapshot_name(newest), &bytes);

    let (again, recovered) = open_with(&disk, with_snapshots(), START);

    assert_eq!(recovered.snapshot_seq, older);
    assert!(matches!(&recovered.warnings[..], [Warning::SnapshotSkipped { seq, .. }] if *seq == newest));
    assert_eq!(again.exchange().state_hash(), hash);
}

/// A shadow that begins at a snapshot follows on from it.
#[test]
fn a_shadow_of_a_restarted_log_begins_at_the_snapshot() {
    let (disk, _, taken) = store();
    let disk = disk.after(Loss::All);
    let (mut sequencer, recovered) = open_with(&disk, with_snapshots(), START);
    let mut shadow = sequencer.shadow().expect("a sound log");
    assert_eq!(shadow.last_seq(), recovered.snapshot_seq);

    trade(&mut sequencer, 1_000, 60);
    let more = follow(&mut sequencer, &mut shadow);

    assert!(!more.is_empty() && more[0].seq > taken.last().expect("some").seq);
    let (again, recovered) = open_with(&disk.after(Loss::All), with_snapshots(), START);
    assert_eq!(recovered.snapshot_seq, more.last().expect("some").seq);
    assert_eq!(again.exchange().state_hash(), sequencer.exchange().state_hash());
}

/// A core that writes down another state than its commands lead to is found by the shadow, and no snapshot is made.
#[test]
fn a_divergence_stops_the_snapshot_loudly() {
    let disk = Memory::default();
    let (sequencer, _) = open_with(&disk, with_snapshots(), START);
    drop(sequencer);
    let disk = disk.after(Loss::All);
    let mut shadow = {
        let (sequencer, _) = open_with(&disk, with_snapshots(), START);
        sequencer.shadow().expect("a sound log")
    };
    disk.unlock();
    let journal = Journal::open(disk.clone(), &with_snapshots().journal, 1, &mut Blind);
    let (mut journal, _) = journal.expect("a sound log");
    let mut bytes = Vec::new();
    wire::encode_command(&Command::Tick, 0, &mut bytes).expect("a tick has a form");
    for _ in 2..=50 {
        journal.append(1, u16::from(bytes[0]), &bytes).expect("room");
    }
    journal.commit().expect("a sound disk");
    journal.note(Note::StateHash { seq: 50, hash: 1 }).expect("room");
    journal.append(1, u16::from(bytes[0]), &bytes).expect("room");
    journal.commit().expect("a sound disk");

    let failed = loop {
        match shadow.step(51) {
            Ok(Progress::Behind) => {}
            other => break other,
        }
    };

    let Err(fatal @ Fatal::Diverged { seq: 50, core: 1, .. }) = failed else { panic!("{failed:?}") };
    assert_eq!(fatal.exit_code(), 4);
    assert!(!disk.names().iter().any(|name| name.starts_with("snap-")));
}

/// Reads a log without a thought.
struct Blind;

impl journal::Replay for Blind {
    fn reset(&mut self) {}

    fn load(&mut self, _: &journal::SnapshotHeader, _: &[u8]) -> Result<(), String> {
        Ok(())
    }

    fn apply(&mut self, record: &journal::Record<'_>) -> Result<(), String> {
        assert!(record.seq > 1 || record.kind == GENESIS_KIND);
        Ok(())
    }

    fn note(&mut self, _: Note) -> Result<(), String> {
        Ok(())
    }
}

/// Without space there is no snapshot, and everything else goes on.
#[test]
fn a_snapshot_without_space_is_missed_and_the_next_one_made() {
    let disk = Memory::default();
    let (mut sequencer, _) = open_with(&disk, with_snapshots(), START);
    set_up(&mut sequencer, START);
    let mut shadow = sequencer.shadow().expect("a sound log");
    let (mut missed, mut taken) = (0, 0);
    for number in 1..=130 {
        trade(&mut sequencer, number, 1);
        let is_first = missed == 0 && sequencer.last().seq > 50;
        if is_first {
            disk.set_full(true);
        }
        loop {
            match shadow.step(sequencer.durable_seq()).expect("a full disk is no failure") {
                Progress::UpToDate => break,
                Progress::Behind => {}
                Progress::Missed(_) => missed += 1,
                Progress::Snapshot(one) => {
                    sequencer.snapshot_taken(one).expect("a sound disk");
                    taken += 1;
                }
            }
        }
        disk.set_full(false);
    }

    assert_eq!(missed, 1);
    assert!(taken > 0);
}

/// A failed sync of a snapshot is a failed disk.
#[test]
fn a_snapshot_whose_sync_fails_ends_it() {
    let disk = Memory::default();
    let (mut sequencer, _) = open_with(&disk, with_snapshots(), START);
    set_up(&mut sequencer, START);
    let mut shadow = sequencer.shadow().expect("a sound log");
    trade(&mut sequencer, 1, 60);
    // Of all calls that follow one is the sync; none of the others may be taken for success either.
    let calls = disk.calls();
    (calls..calls + 200).for_each(|call| disk.fail(call, Fault::Eio));

    let failed = loop {
        match shadow.step(sequencer.durable_seq()) {
            Ok(Progress::Behind) => {}
            other => break other,
        }
    };

    assert!(matches!(failed, Err(Fatal::Disk(_))), "{failed:?}");
}
