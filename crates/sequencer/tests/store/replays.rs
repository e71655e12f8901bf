//! A log replays to the state that made it (INV-13, INV-17), and to no other.

use engine::Exchange;
use journal::{Journal, Note, Record, Replay, SnapshotHeader};
use model::{Command, Events, FeeBase, FeeRates, FeeScheduleId, Side};
use sequencer::{GENESIS_KIND, Genesis, OpenError, Sequencer};

use crate::memory::{Loss, Memory};
use crate::world::{START, drain, open, options, order, set_up};

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

/// The bytes of a fee schedule before markets of events had rates of their own: 10 in the block, and no base.
#[test]
fn a_log_with_a_fee_schedule_of_before_opens() {
    const SET_FEES: [u8; 26] =
        [35, 1, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFE, 0x0C, 0, 0, 0x07, 0xD0];
    let rates = FeeRates { maker_ppm: -500, taker_ppm: 2_000 };

    let disk = by_hand(|journal| append(journal, |bytes| *bytes = SET_FEES.to_vec()));
    let mut read = Reader::default();
    Journal::open(disk.after(Loss::All), &options().journal, 1, &mut read).expect("a sound log");

    assert_eq!(open(&disk).1.last.seq, 2);
    let set = Command::SetFees { schedule: FeeScheduleId(0), base: FeeBase::Notional, rates };
    assert_eq!(read.commands, [(2, 0, set)]);
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
