//! A real process on real files, killed with SIGKILL under load, twice a cycle with orders in between (INV-15, INV-17).
//!
//! The test starts itself again as the process to be killed. `KILL_CYCLES` asks for more cycles than `make test` has time
//! for.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};

use journal::disk::Shared;
use journal::os_disk::OsDisk;
use journal::{Mode, Options as JournalOptions};
use model::{AccountId, Side};
use sequencer::{Options, Sequencer, verify_matching};

#[allow(dead_code, reason = "shared with the tests on a disk in memory, which use more of it")]
#[path = "store/world_commands.rs"]
mod world;

const DIRECTORY: &str = "FAIRLEAD_KILL_DIRECTORY";
const FIRST: &str = "FAIRLEAD_KILL_FIRST";
const CHILD: &str = "the_process_that_is_killed";

fn options() -> Options {
    Options {
        journal: JournalOptions {
            segment_bytes: 1 << 20,
            mode: Mode::Group { max_us: 0, max_n: 64 },
            ..Default::default()
        },
        hash_every: 100,
        snapshot_every: 2_000,
        check_every: 1_000,
        ..Options::default()
    }
}

/// Wall time does not matter here: logical time goes on from the log.
const NOW: i64 = 1_700_000_000_000_000_000;

fn open(directory: &Path) -> Sequencer<OsDisk> {
    let disk = OsDisk::open(directory).expect("a directory");
    Sequencer::open(disk, options(), NOW).expect("a crash is no damage").0
}

/// Sends orders for ever, several at a time, and says which were acknowledged once they were.
#[test]
#[ignore = "started by the test below, to be killed"]
fn the_process_that_is_killed() {
    let (Ok(directory), Ok(first)) = (std::env::var(DIRECTORY), std::env::var(FIRST)) else { return };
    let mut sequencer = open(Path::new(&directory));
    let mut shadow = sequencer.shadow().expect("a sound log");
    if sequencer.exchange().instrument_count() == 0 {
        for command in world::market() {
            sequencer.submit(0, &command).expect("room");
        }
        sequencer.step(NOW).expect("a sound disk");
    }
    let mut out = std::io::stdout().lock();
    let mut next: u64 = first.parse().expect("a number");
    loop {
        for number in next..next + 16 {
            writeln!(out, "sent {number}").expect("the parent listens");
            let side = if number.is_multiple_of(5) { Side::Sell } else { Side::Buy };
            let command = world::order(1 + u32::from(number.is_multiple_of(2)), number, side, 100);
            sequencer.submit(number, &command).expect("room");
        }
        next += 16;
        out.flush().expect("the parent listens");
        while sequencer.waiting() > 0 {
            for outcome in sequencer.step(NOW).expect("a sound disk").iter() {
                let took = outcome.events.iter().any(|event| matches!(event.kind, model::EventKind::OrderAccepted(_)));
                assert!(took || outcome.origin == 0, "an order was refused: {outcome:?}");
                writeln!(out, "took {} {}", outcome.origin, outcome.stamp.seq).expect("the parent listens");
            }
        }
        out.flush().expect("the parent listens");
        if let sequencer::Progress::Snapshot(taken) = shadow.step(sequencer.durable_seq()).expect("the shadow agrees") {
            sequencer.snapshot_taken(taken).expect("a sound disk");
        }
    }
}

/// What the outside knows.
#[derive(Default)]
struct Ledger {
    sent: BTreeSet<u64>,
    acknowledged: BTreeSet<u64>,
    last_seq: u64,
}

/// Starts the process, listens to so many lines, kills it, and listens to what it had said by then.
fn live_and_die(directory: &Path, lines: u64, ledger: &mut Ledger) {
    let first = ledger.sent.last().map_or(1, |last| last + 1);
    let mut child = Process::new(std::env::current_exe().expect("this test"))
        .args(["--exact", CHILD, "--ignored", "--nocapture", "--quiet"])
        .env(DIRECTORY, directory)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("the test starts again");
    let mut heard = 0;
    for line in BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok) {
        let mut words = line.split(' ');
        let (word, number) = (words.next(), words.next().and_then(|number| number.parse().ok()));
        match (word, number) {
            (Some("sent"), Some(number)) => drop(ledger.sent.insert(number)),
            (Some("took"), Some(number)) => {
                // A line that the kill cut short says no sequence number, and nothing is known of it.
                if let Some(seq) = words.next().and_then(|seq| seq.parse().ok()) {
                    ledger.acknowledged.insert(number);
                    ledger.last_seq = ledger.last_seq.max(seq);
                }
            }
            _ => continue,
        }
        heard += 1;
        if heard == lines {
            child.kill().expect("it runs");
        }
    }
    child.wait().expect("it ran");
    assert!(heard >= lines, "the process ended by itself after {heard} lines");
}

/// Every acknowledged order is there, none invented, and the state is what an independent execution of the log gives.
fn check(directory: &Path, ledger: &Ledger, cycle: u64) {
    let sequencer = open(directory);
    let exchange = sequencer.exchange();
    let known = |number: u64| {
        let id = world::client_id(number);
        exchange.remembered(AccountId(1 + u32::from(number.is_multiple_of(2))), &id).is_some()
    };
    for number in ledger.acknowledged.iter().filter(|number| **number > 0) {
        assert!(known(*number), "cycle {cycle}: acknowledged order {number} is gone");
    }
    let beyond = ledger.sent.last().copied().unwrap_or(0) + 1;
    assert!((beyond..beyond + 64).all(|number| !known(number)), "cycle {cycle}: an order that was never sent is there");
    assert!(sequencer.last().seq >= ledger.last_seq, "cycle {cycle}");
    let (hash, last) = (exchange.state_hash().combined(), sequencer.last());
    sequencer.close().expect("a sound disk");

    let disk = Shared::new(OsDisk::read_only(directory).expect("a directory"));
    let verified = verify_matching(&disk, None).expect("a sound log");
    assert_eq!((verified.state_root, verified.last), (hash, last), "cycle {cycle}");
    assert_eq!(verified.words, Vec::<String>::new(), "cycle {cycle}");
}

#[test]
fn kill_9_under_load_loses_no_acknowledged_order() {
    let cycles = std::env::var("KILL_CYCLES").ok().and_then(|text| text.parse().ok()).unwrap_or(30);
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("kill-{}", std::process::id()));
    let mut ledger = Ledger::default();
    let mut draw = model::SplitMix64::new(u64::from(std::process::id()));
    let mut kills = 0;
    for cycle in 0..cycles {
        for _ in 0..2 {
            live_and_die(&directory, 1 + draw.below(400), &mut ledger);
            kills += 1;
        }
        check(&directory, &ledger, cycle);
    }
    let (sent, took) = (ledger.sent.len(), ledger.acknowledged.len());
    println!("kill -9: cycles={cycles} kills={kills} sent={sent} acknowledged={took} lost=0 invented=0");
    assert!(took as u64 > kills * 10, "too little was acknowledged to mean anything: {took}");
    std::fs::remove_dir_all(&directory).expect("the directory is ours");
}
