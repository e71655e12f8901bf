//! What is read of a log behind its writer.

#[path = "../../../journal/tests/store/memory.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "shared with the tests of the journal, which use more of it")]
mod memory;
#[path = "../../../sequencer/tests/store/world_commands.rs"]
#[allow(dead_code, reason = "shared with the tests of the sequencer, which use more of it")]
mod world;

use journal::Options as JournalOptions;
use memory::Memory;
use model::{
    AccountId, AccountLimits, AmendOrder, Command, Display, InstrumentId, InstrumentLimits, Money, NewOrder, OrderRef,
    Peg, PegReference, PostOnly, Price, Qty, SetAccountLimits, SetInstrumentLimits, Side, StpMode,
};
use sequencer::{Options, Progress, Sequencer};
use venue::entered::{Entered, Entry};

const NOW: i64 = 1_700_000_000_000_000_000;

fn hidden(number: u64) -> Command {
    let Command::NewOrder(mut order) = world::order(1, number, Side::Buy, 100) else { panic!("an order") };
    order.display = Display::Hidden;
    Command::NewOrder(order)
}

/// A log in which each seventh order hides; gives their places.
fn log(disk: &Memory, orders: u64) -> (Sequencer<Memory>, Vec<u64>) {
    let journal = JournalOptions { segment_bytes: 16_384, ..JournalOptions::default() };
    let options = Options { journal, hash_every: 10, snapshot_every: 200, ..Options::default() };
    let (mut sequencer, _) = Sequencer::open(disk.clone(), options, NOW).expect("a new directory");
    let mut places = Vec::new();
    let enter = |sequencer: &mut Sequencer<Memory>, command: &Command| {
        sequencer.submit(0, command).expect("room");
        while sequencer.waiting() > 0 {
            sequencer.step(NOW).expect("a sound disk");
        }
        sequencer.last().seq
    };
    for command in world::market() {
        enter(&mut sequencer, &command);
    }
    for number in 1..=orders {
        if number.is_multiple_of(7) {
            places.push(enter(&mut sequencer, &hidden(number)));
        } else {
            enter(&mut sequencer, &world::order(1, number, Side::Buy, 100));
        }
    }
    (sequencer, places)
}

fn seqs(found: &[Entry]) -> Vec<u64> {
    found.iter().map(|(seq, _)| *seq).collect()
}

#[test]
fn what_hides_is_found_once_and_in_pieces_of_any_size() {
    let disk = Memory::default();
    let (sequencer, places) = log(&disk, 700);
    let last = sequencer.last().seq;
    for records in [1, 3, 100, u64::MAX] {
        let mut entered = Entered::begin(disk.clone(), None, 0).expect("a log");
        let (mut found, mut before) = (Vec::new(), 0);
        while entered.given_seq() < last {
            found.extend(entered.next(last, records).expect("a sound log"));
            assert!(entered.given_seq() > before, "it moves on");
            before = entered.given_seq();
        }
        assert_eq!(seqs(&found), places, "{records} at a time");
        let decoded = found.iter().map(|(_, message)| wire::decode_command(message).expect("a command"));
        assert!(decoded.zip(1..).all(|(command, nth)| command == hidden(7 * nth)));
        assert_eq!(entered.next(last, records).expect("a sound log"), []);
    }
}

#[test]
fn what_is_after_the_record_asked_for_is_given_when_it_is_asked_for() {
    let disk = Memory::default();
    let (sequencer, places) = log(&disk, 100);
    let mut entered = Entered::begin(disk, None, 0).expect("a log");
    for pair in places.windows(2) {
        entered.next(pair[0], 1_000).expect("a sound log");
        assert_eq!(entered.given_seq(), pair[0]);
        assert_eq!(entered.next(pair[1] - 1, 1_000).expect("a sound log"), []);
        assert_eq!(seqs(&entered.next(pair[1], 1_000).expect("a sound log")), [pair[1]]);
    }
    assert_eq!(seqs(&entered.next(sequencer.last().seq, 1_000).expect("a sound log")), []);
}

#[test]
fn it_begins_behind_a_record_and_goes_on_with_the_writer() {
    let disk = Memory::default();
    let (mut sequencer, places) = log(&disk, 300);
    let mut entered = Entered::begin(disk, None, places[10]).expect("a log");
    assert_eq!(entered.given_seq(), places[10]);
    assert_eq!(seqs(&entered.next(sequencer.last().seq, u64::MAX).expect("a sound log")), places[11..]);

    sequencer.submit(0, &hidden(7_000)).expect("room");
    sequencer.step(NOW).expect("a sound disk");
    let last = sequencer.last().seq;
    assert_eq!(seqs(&entered.next(last, 10).expect("a sound log")), [last]);
}

#[test]
fn a_beginning_that_is_gone_is_told_by_where_it_begins() {
    let disk = Memory::default();
    let (mut sequencer, places) = log(&disk, 700);
    let mut shadow = sequencer.shadow().expect("a sound log");
    loop {
        match shadow.step(sequencer.durable_seq()).expect("the shadow agrees") {
            Progress::Snapshot(taken) => sequencer.snapshot_taken(taken).expect("a sound disk"),
            Progress::UpToDate => break,
            Progress::Behind | Progress::Missed(_) => {}
        }
    }
    let oldest = disk.names().iter().filter_map(|name| first_of(name)).min().expect("a segment");
    assert!(oldest > places[0]);

    let mut entered = Entered::begin(disk, None, 5).expect("a log");

    assert_eq!(entered.given_seq(), oldest - 1);
    let left: Vec<u64> = places.into_iter().filter(|seq| *seq >= oldest).collect();
    assert_eq!(seqs(&entered.next(sequencer.durable_seq(), u64::MAX).expect("a sound log")), left);
}

/// A plain order, with something that no report tells of.
fn saying(number: u64, more: impl FnOnce(&mut NewOrder)) -> Command {
    let Command::NewOrder(mut order) = world::order(1, number, Side::Buy, 100) else { panic!("an order") };
    more(&mut order);
    Command::NewOrder(order)
}

/// An amend of the first order.
fn amend(number: u64, more: impl FnOnce(&mut AmendOrder)) -> Command {
    let Command::NewOrder(order) = world::order(1, number, Side::Buy, 100) else { panic!("an order") };
    let mut amend = AmendOrder {
        account: order.account,
        cl_ord_id: order.cl_ord_id,
        target: OrderRef::Client(world::client_id(1)),
        order_qty: None,
        price: Some(Price(99)),
        display_qty: None,
        tif: None,
        stp: None,
        trigger_price: None,
        seen_cum_qty: None,
    };
    more(&mut amend);
    Command::Amend(amend)
}

fn account_limits() -> Command {
    Command::SetAccountLimits(SetAccountLimits { account: AccountId(1), limits: AccountLimits::default() })
}

fn instrument_limits() -> Command {
    let limits = InstrumentLimits { restricted: true, ..InstrumentLimits::default() };
    Command::SetInstrumentLimits(Box::new(SetInstrumentLimits {
        account: AccountId(1),
        instrument: InstrumentId(0),
        limits,
    }))
}

#[test]
fn what_says_more_than_its_reports_is_found_and_nothing_else() {
    let disk = Memory::default();
    let (mut sequencer, _) = log(&disk, 1);
    let begun = sequencer.last().seq;
    let found = [
        saying(10, |order| order.post_only = PostOnly::Reject),
        saying(11, |order| order.post_only = PostOnly::Slide),
        saying(12, |order| order.reduce_only = true),
        saying(13, |order| order.stp = Some(StpMode::None)),
        saying(14, |order| order.min_qty = Qty(1)),
        saying(15, |order| order.quote_qty = Some(Money(0))),
        saying(16, |order| order.protection_price = Some(Price(1))),
        saying(17, |order| order.peg = Some(Peg { reference: PegReference::Near, offset_ticks: 0 })),
        saying(18, |order| {
            order.display = Display::Iceberg { display_qty: Qty(1), threshold: Qty(0), variance_bps: 0 }
        }),
        amend(19, |amend| amend.display_qty = Some(Qty(1))),
        amend(20, |amend| amend.stp = Some(StpMode::CancelBoth)),
        account_limits(),
        instrument_limits(),
    ];
    let plain = [saying(30, |_| ()), amend(31, |_| ()), amend(32, |amend| amend.trigger_price = Some(Price(1)))];
    for command in plain.iter().chain(&found).chain(&[saying(40, |_| ())]) {
        sequencer.submit(0, command).expect("room");
        while sequencer.waiting() > 0 {
            sequencer.step(NOW).expect("a sound disk");
        }
    }

    let mut entered = Entered::begin(disk, None, begun).expect("a log");
    let read = entered.next(sequencer.last().seq, u64::MAX).expect("a sound log");

    let told: Vec<Command> = read.iter().map(|(_, body)| wire::decode_command(body).expect("a command")).collect();
    assert_eq!(told, found);
}

fn first_of(name: &str) -> Option<u64> {
    let hex = name.strip_prefix("wal-")?.strip_suffix(".seg")?;
    u64::from_str_radix(hex, 16).ok()
}
