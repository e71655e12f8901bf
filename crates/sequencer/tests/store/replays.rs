//! A log replays to the state that made it (INV-13, INV-17), and to no other.

use engine::Exchange;
use journal::{Journal, Note, Record, Replay, SnapshotHeader};
use model::{Command, Events, Side};
use sequencer::{GENESIS_KIND, Genesis, OpenError, Options, Sequencer};

use crate::memory::{Loss, Memory};
use crate::world::{START, drain, open, open_with, options, order, set_up};

/// Runs the commands of a seed of the generator through a sequencer; the stamps are its own.
fn run(seed: u64, disk: &Memory) -> (Sequencer<Memory>, Options) {
    let sequence = sim::generate::sequence(seed, 300);
    let options = Options { limits: sequence.limits, queue_max: 10_000, jump_ns_max: i64::MAX, ..options() };
    let (mut sequencer, recovered) = open_with(disk, options.clone(), START);
    assert!(recovered.is_new);
    for (stamp, command) in &sequence.commands {
        sequencer.submit(stamp.seq, command).expect("room");
        if stamp.seq.is_multiple_of(7) {
            drain(&mut sequencer, START + stamp.ts_ns, |_| ());
        }
    }
    drain(&mut sequencer, START + sequence.commands.last().expect("commands").0.ts_ns, |_| ());
    (sequencer, options)
}

#[test]
fn random_commands_of_every_kind_replay_to_the_same_state() {
    for seed in 0..30 {
        let disk = Memory::default();
        let (sequencer, options) = run(seed, &disk);

        let (again, recovered) = open_with(&disk.after(Loss::All), options.clone(), START);
        let (twice, recovered_twice) = open_with(&disk.after(Loss::All), options, START);

        assert_eq!(again.exchange().state_hash(), sequencer.exchange().state_hash(), "seed {seed}");
        assert_eq!(recovered.state_hash, sequencer.exchange().state_hash().combined());
        assert_eq!(recovered.last, sequencer.last());
        assert!(recovered.hashes_checked > 0, "{recovered:?}");
        assert_eq!(recovered, recovered_twice, "seed {seed}");
        assert_eq!(twice.exchange().state_hash(), again.exchange().state_hash());
    }
}

/// Reads a log as any other program could.
#[derive(Default)]
struct Reader {
    genesis: Option<Vec<u8>>,
    commands: Vec<(u64, u64, Command)>,
}

impl Replay for Reader {
    fn reset(&mut self) {
        *self = Reader::default();
    }

    fn load(&mut self, _: &SnapshotHeader, _: &[u8]) -> Result<(), String> {
        Err("no snapshots here".to_owned())
    }

    fn apply(&mut self, record: &Record<'_>) -> Result<(), String> {
        if record.kind == GENESIS_KIND {
            self.genesis = Some(record.body.to_vec());
            return Ok(());
        }
        let command = wire::decode_command(record.body).map_err(|error| error.to_string())?;
        let header = wire::Header::read(record.body).map_err(|error| error.to_string())?;
        assert_eq!(u16::from(header.kind.code()), record.kind);
        self.commands.push((record.seq, header.seq, command));
        Ok(())
    }

    fn note(&mut self, _: Note) -> Result<(), String> {
        Ok(())
    }
}

/// B-62, B-63: the log holds inputs only, each under the number it was given and with its origin.
#[test]
fn the_log_holds_the_commands_in_order_with_their_origins() {
    let disk = Memory::default();
    let (sequencer, options) = run(3, &disk);
    let wanted = sim::generate::sequence(3, 300).commands;

    let mut reader = Reader::default();
    Journal::open(disk.after(Loss::All), &options.journal, 0, &mut reader).expect("a sound log");

    let ours: Vec<_> = reader.commands.iter().filter(|(_, origin, _)| *origin != sequencer::TICK_ORIGIN).collect();
    assert_eq!(ours.len(), wanted.len());
    for ((_, origin, command), (stamp, sent)) in ours.into_iter().zip(&wanted) {
        assert_eq!((origin, command), (&stamp.seq, sent));
    }
    assert_eq!(reader.commands.last().expect("commands").0, sequencer.last().seq);
    let genesis = Genesis { limits: options.limits, hash_every: options.hash_every };
    assert_eq!(reader.genesis, Some(genesis.to_bytes()));
}

/// Writes a log by hand.
fn by_hand(write: impl FnOnce(&mut Journal<Memory>)) -> Memory {
    let disk = Memory::default();
    let genesis = Genesis { limits: options().limits, hash_every: 10 };
    let mut reader = Reader::default();
    let (mut journal, _) = Journal::open(disk.clone(), &options().journal, 1, &mut reader).expect("a new log");
    journal.append(1, GENESIS_KIND, &genesis.to_bytes()).expect("room");
    journal.commit().expect("a sound disk");
    write(&mut journal);
    journal.commit().expect("a sound disk");
    disk.after(Loss::All)
}

fn append(journal: &mut Journal<Memory>, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = Vec::new();
    wire::encode_command(&Command::Tick, 0, &mut bytes).expect("a tick has a form");
    change(&mut bytes);
    let kind = u16::from(bytes[0]);
    journal.append(5, kind, &bytes).expect("room");
}

fn refusal(disk: &Memory) -> OpenError {
    match Sequencer::open(disk.clone(), options(), START) {
        Err(error) => error,
        Ok((_, recovered)) => panic!("opened: {recovered:?}"),
    }
}

#[test]
fn another_state_than_the_recorded_one_is_refused() {
    let disk = by_hand(|journal| {
        append(journal, |_| ());
        journal.commit().expect("a sound disk");
        journal.note(Note::StateHash { seq: 2, hash: 12_345 }).expect("room");
    });

    let error = refusal(&disk);

    assert_eq!(error.exit_code(), 4);
    assert!(matches!(error, OpenError::Diverged { seq: 2, recorded: 12_345, .. }), "{error}");
}

#[test]
fn the_recorded_state_is_accepted() {
    let mut exchange = Exchange::new(options().limits);
    let mut events = Events::new();
    exchange.apply(model::Stamp { seq: 2, ts_ns: 5 }, &Command::Tick, &mut events);
    let hash = exchange.state_hash().combined();
    let disk = by_hand(|journal| {
        append(journal, |_| ());
        journal.commit().expect("a sound disk");
        journal.note(Note::StateHash { seq: 2, hash }).expect("room");
    });

    let (_, recovered) = open(&disk);

    assert_eq!((recovered.last.seq, recovered.hashes_checked), (2, 1));
}

/// Never skipped: a record of a newer program says so, one of no program is damage.
#[test]
fn an_unknown_record_is_never_skipped() {
    let newer_version = by_hand(|journal| append(journal, |bytes| bytes[1] = 200));
    let unknown_kind = by_hand(|journal| append(journal, |bytes| bytes[0] = 254));
    let too_short = by_hand(|journal| append(journal, |bytes| bytes.truncate(7)));

    assert!(matches!(refusal(&newer_version), error @ OpenError::Version(_) if error.exit_code() == 5));
    assert!(matches!(refusal(&unknown_kind), error @ OpenError::Version(_) if error.exit_code() == 5));
    assert!(matches!(refusal(&too_short), error @ OpenError::Damaged(_) if error.exit_code() == 4));
}

#[test]
fn a_log_without_genesis_is_refused() {
    let disk = Memory::default();
    let (mut journal, _) =
        Journal::open(disk.clone(), &options().journal, 1, &mut Reader::default()).expect("a new log");
    append(&mut journal, |_| ());
    journal.commit().expect("a sound disk");

    let error = refusal(&disk.after(Loss::All));

    assert_eq!(error.exit_code(), 4);
    assert!(error.to_string().contains("genesis"), "{error}");
}

/// An order's second life under its id is the first one's answer, also after a restart (INV-14).
#[test]
fn a_retry_after_a_restart_gets_the_first_answer() {
    let disk = Memory::default();
    let (mut sequencer, _) = open(&disk);
    set_up(&mut sequencer, START);
    sequencer.submit(1, &order(1, 1, Side::Buy, 100)).expect("room");
    drain(&mut sequencer, START, |_| ());

    let (mut again, _) = open(&disk.after(Loss::All));
    again.submit(2, &order(1, 1, Side::Buy, 100)).expect("room");
    let released = again.step(START).expect("a sound disk");

    let kinds: Vec<_> = released.events().iter().map(|event| event.kind).collect();
    assert!(matches!(kinds[..], [model::EventKind::Repeated { .. }]), "{kinds:?}");
}
