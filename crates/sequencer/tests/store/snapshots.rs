//! Snapshots by a shadow that follows the log (INV-18, S-141, B-64).

use journal::snapshot::snapshot_name;
use journal::{Journal, Note};
use model::{Command, Side};
use sequencer::{
    Fatal, GENESIS_KIND, Hold, OpenError, Options, Progress, Refusal, Reread, Sequencer, Shadow, Taken, Upkept, Warning,
};

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

/// Lets the shadow catch up; what was missed, and the snapshots it made.
fn follow_or_miss(sequencer: &mut Sequencer<Memory>, shadow: &mut Shadow<Memory>) -> (Vec<String>, Vec<u64>) {
    let (mut missed, mut taken) = (Vec::new(), Vec::new());
    loop {
        match shadow.step(sequencer.durable_seq()).expect("nothing that passes is a failure") {
            Progress::UpToDate => return (missed, taken),
            Progress::Behind => {}
            Progress::Missed(what) => {
                missed.push(what);
                return (missed, taken);
            }
            Progress::Snapshot(one) => {
                sequencer.snapshot_taken(one).expect("a sound disk");
                taken.push(one.seq);
            }
        }
    }
}

/// Without space there is no snapshot, everything else goes on, and it is tried again before the next one is due.
#[test]
fn a_snapshot_without_space_is_missed_and_tried_again() {
    let disk = Memory::default();
    let (mut sequencer, _) = open_with(&disk, Options { snapshot_every: 200, ..options() }, START);
    set_up(&mut sequencer, START);
    let mut shadow = sequencer.shadow().expect("a sound log");
    let (mut missed, mut taken) = (Vec::new(), Vec::new());
    for number in 1..=600 {
        trade(&mut sequencer, number, 1);
        disk.set_full(missed.is_empty() && sequencer.last().seq > 200);
        let (no, yes) = follow_or_miss(&mut sequencer, &mut shadow);
        missed.extend(no);
        taken.extend(yes);
        disk.set_full(false);
    }

    assert!(missed.len() == 1 && missed[0].contains("snap-"), "{missed:?}");
    assert!(taken[0] > 200 && taken[0] < 400, "{taken:?}");
}

/// A shadow that may open no file tries again; the next segment is one.
#[test]
fn a_shadow_without_file_handles_waits_for_one() {
    let disk = Memory::default();
    let (mut sequencer, _) = open_with(&disk, with_snapshots(), START);
    set_up(&mut sequencer, START);
    let mut shadow = sequencer.shadow().expect("a sound log");
    trade(&mut sequencer, 1, 400);
    assert!(disk.names().iter().filter(|name| name.starts_with("wal-")).count() > 1);
    let calls = disk.calls();
    (calls..calls + 1_000).for_each(|call| disk.fail(call, Fault::NoHandles));
    let (mut missed, mut taken) = (0, 0);

    while shadow.last_seq() < sequencer.last().seq {
        let (no, yes) = follow_or_miss(&mut sequencer, &mut shadow);
        (missed, taken) = (missed + no.len(), taken + yes.len());
        assert!(missed < 1_100, "it never came through");
    }

    assert!(missed > 0 && taken > 0, "missed={missed} taken={taken}");
}

/// A snapshot that cannot be read for want of a file handle is not taken for a bad one: without it this log, which has lost its
/// beginning, would look damaged.
#[test]
fn a_shadow_that_may_open_no_file_says_so() {
    let (disk, ..) = store();
    let disk = disk.after(Loss::All);
    let (sequencer, _) = open_with(&disk, with_snapshots(), START);
    let mut refused = 0;
    for call in 0.. {
        let met = disk.faults_met();
        disk.fail(disk.calls() + call, Fault::NoHandles);
        match sequencer.shadow() {
            Ok(_) if disk.faults_met() == met => break,
            Ok(_) => {}
            Err(OpenError::Disk(_)) => refused += 1,
            Err(other) => panic!("call {call}: {other}"),
        }
    }
    assert!(refused >= 4, "{refused}");
}

/// Of all the calls a snapshot makes only a failed sync ends the process, and no failure makes a snapshot that counts.
#[test]
fn only_a_failed_sync_of_a_snapshot_ends_it() {
    let (mut ended, mut missed, mut harmless) = (0, 0, 0);
    for call in 0.. {
        let disk = Memory::default();
        let (mut sequencer, _) = open_with(&disk, with_snapshots(), START);
        set_up(&mut sequencer, START);
        let mut shadow = sequencer.shadow().expect("a sound log");
        trade(&mut sequencer, 1, 60);
        disk.fail(disk.calls() + call, Fault::Eio);

        let outcome = loop {
            match shadow.step(sequencer.durable_seq()) {
                Ok(Progress::Behind) => {}
                other => break other,
            }
        };
        if disk.faults_met() == 0 {
            break;
        }

        match outcome {
            Err(Fatal::Disk(what)) => {
                assert!(what.contains("sync") || what.contains("wal-"), "{what}");
                ended += 1;
            }
            Ok(Progress::Missed(_)) => missed += 1,
            // The length of a file and advice about its cache.
            Ok(Progress::Snapshot(_)) => harmless += 1,
            other => panic!("call {call}: {other:?}"),
        }
        let (again, recovered) = open_with(&disk.after(Loss::All), with_snapshots(), START);
        assert_eq!(recovered.last, sequencer.last());
        assert_eq!(again.exchange().state_hash(), sequencer.exchange().state_hash());
    }
    assert!(ended >= 2 && missed >= 4 && harmless <= 2, "ended={ended} missed={missed} harmless={harmless}");
}

/// Where commits are not synced a snapshot makes what it holds durable first: a power cut leaves no snapshot ahead of its
/// log, which would be damage.
#[test]
fn a_snapshot_is_never_ahead_of_a_log_that_is_not_synced() {
    let disk = Memory::default();
    let mut unsynced = with_snapshots();
    unsynced.journal.mode = journal::Mode::Os;
    // A segment that is full would be synced for the next.
    unsynced.journal.segment_bytes = 1 << 20;
    let (mut sequencer, _) = open_with(&disk, unsynced.clone(), START);
    set_up(&mut sequencer, START);
    let mut shadow = sequencer.shadow().expect("a sound log");
    trade(&mut sequencer, 1, 60);
    let taken = follow(&mut sequencer, &mut shadow);
    trade(&mut sequencer, 100, 5);

    let (_, recovered) = open_with(&disk.after(Loss::All), unsynced, START);

    assert_eq!(recovered.snapshot_seq, taken.last().expect("one").seq);
    assert!(recovered.last.seq >= recovered.snapshot_seq);
    let lost = open_with(&disk.after(Loss::Nothing), with_snapshots(), START).1.last.seq - recovered.last.seq;
    assert!(lost > 0, "the mode synced: nothing is shown");
}

/// A snapshot that does not count is never the one to fall back to, whatever the next one is.
#[test]
fn a_damaged_snapshot_is_not_kept_in_place_of_a_good_one() {
    let (disk, _, taken) = store();
    let disk = disk.after(Loss::All);
    let (newest, older) = (taken[taken.len() - 1].seq, taken[taken.len() - 2].seq);
    disk.put(&snapshot_name(newest), b"FLSNAP");
    let rarer = Options { snapshot_every: 1_000, ..options() };
    let (mut sequencer, _) = open_with(&disk, rarer.clone(), START);
    let mut shadow = sequencer.shadow().expect("a sound log");
    assert_eq!(shadow.last_seq(), older);

    trade(&mut sequencer, 1_000, 500);
    let made = follow(&mut sequencer, &mut shadow)[0].seq;

    assert_eq!(journal::snapshot::list(&disk).expect("a sound disk"), [made, older]);
    disk.put(&snapshot_name(made), b"FLSNAP");
    let (again, recovered) = open_with(&disk.after(Loss::All), rarer, START);
    assert_eq!(recovered.snapshot_seq, older);
    assert_eq!(again.exchange().state_hash(), sequencer.exchange().state_hash());
}

/// With upkeep apart nothing of it is done in the loop: segments and deletions are handed out and taken back.
#[test]
fn upkeep_apart_is_handed_out_and_taken_back() {
    let disk = Memory::default();
    let apart = Options { upkeep_apart: true, ..with_snapshots() };
    let (mut sequencer, _) = open_with(&disk, apart.clone(), START);
    set_up(&mut sequencer, START);
    let mut shadow = sequencer.shadow().expect("a sound log");
    let (mut prepared, mut retained) = (0, 0);
    for part in 0..40 {
        trade(&mut sequencer, 1 + part * 10, 10);
        follow(&mut sequencer, &mut shadow);
        while let Some(mut work) = sequencer.begin_upkeep() {
            let done = loop {
                match work.step() {
                    Ok(rest) => work = rest,
                    Err(done) => break done,
                }
            };
            match &done {
                Upkept::Prepared(_) => prepared += 1,
                Upkept::Retained(_) => {
                    assert!(sequencer.begin_upkeep().is_none(), "one deletion at a time");
                    retained += 1;
                }
            }
            sequencer.finish_upkeep(done).expect("a sound disk");
        }
    }
    let hash = sequencer.exchange().state_hash();

    assert!(prepared > 2 && retained > 2, "prepared={prepared} retained={retained}");
    assert!(!disk.names().contains(&"wal-0000000000000001.seg".to_owned()));
    let (again, _) = open_with(&disk.after(Loss::All), apart, START);
    assert_eq!(again.exchange().state_hash(), hash);
}

/// What a shadow found ends the sequencer for good: nothing is acknowledged after it.
#[test]
fn a_failed_shadow_stops_the_sequencer() {
    let disk = Memory::default();
    let (mut sequencer, _) = open_with(&disk, with_snapshots(), START);
    set_up(&mut sequencer, START);
    let found = Fatal::Diverged { seq: 10, core: 1, shadow: 2 };

    assert_eq!(sequencer.shadow_failed(found.clone()), found);

    assert_eq!(sequencer.submit(1, &order(1, 1, Side::Buy, 100)), Err(Refusal::Stopped));
    assert_eq!(sequencer.step(START).err(), Some(found.clone()));
    assert_eq!(sequencer.close(), Err(found));
}

/// Who reads the log behind the sequencer finds what is after the last record that it read, however late it comes.
#[test]
fn nothing_goes_that_a_reader_has_not_read() {
    let disk = Memory::default();
    let hold = Hold::everything();
    let options = Options { hold: hold.clone(), ..with_snapshots() };
    let (mut sequencer, _) = open_with(&disk, options, START);
    set_up(&mut sequencer, START);
    let mut shadow = sequencer.shadow().expect("a sound log");
    let listed = || journal::snapshot::list(&disk).expect("a sound disk");
    let firsts = || -> Vec<String> { disk.names().into_iter().filter(|name| name.starts_with("wal-")).collect() };
    let mut number = 1;
    let mut on = |sequencer: &mut Sequencer<Memory>, shadow: &mut Shadow<Memory>| -> Vec<u64> {
        (0..20).for_each(|part| trade(sequencer, number + part * 10, 10));
        number += 200;
        follow(sequencer, shadow).iter().map(|taken| taken.seq).collect()
    };

    let mut made = on(&mut sequencer, &mut shadow);
    assert!(made.len() > 3 && firsts()[0] == "wal-0000000000000001.seg", "{made:?} {:?}", firsts());
    assert_eq!(listed(), made.iter().rev().copied().collect::<Vec<_>>());

    let read = made[2] + 1;
    hold.read_to(read);
    let later = on(&mut sequencer, &mut shadow);
    made.extend(later);
    assert_eq!(listed(), made[2..].iter().rev().copied().collect::<Vec<_>>());
    assert_ne!(firsts()[0], "wal-0000000000000001.seg");
    let reread = Reread::begin(&disk, None, read, &mut ()).expect("a sound log");
    assert_eq!(reread.from_seq(), made[2]);

    hold.read_to(u64::MAX);
    let last = on(&mut sequencer, &mut shadow);
    assert_eq!(listed(), [last[last.len() - 1], last[last.len() - 2]]);
}

/// After a restart a reader may be behind every snapshot that the new process knows to be good.
#[test]
fn a_restart_lets_go_of_nothing_before_its_readers_have_come_so_far() {
    let (disk, ..) = store();
    let disk = disk.after(Loss::All);
    let before = disk.names();
    let hold = Hold::everything();
    let (mut sequencer, recovered) = open_with(&disk, Options { hold: hold.clone(), ..with_snapshots() }, START);
    let mut shadow = sequencer.shadow().expect("a sound log");
    hold.read_to(recovered.snapshot_seq - 1);

    trade(&mut sequencer, 1_000, 300);
    assert!(follow(&mut sequencer, &mut shadow).len() > 2);
    assert!(before.iter().filter(|name| name.starts_with("snap-")).all(|name| disk.names().contains(name)));

    hold.read_to(recovered.snapshot_seq);
    trade(&mut sequencer, 2_000, 100);
    assert!(!follow(&mut sequencer, &mut shadow).is_empty());
    let oldest = *journal::snapshot::list(&disk).expect("a sound disk").last().expect("two at least");
    assert_eq!(oldest, recovered.snapshot_seq);
}
