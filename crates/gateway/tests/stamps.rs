//! Stages of commands over real sockets, by a clock that moves only when the test's engine moves it: every nanosecond counts.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm, reason = "a test that meets anything else has failed")]

mod support;

use std::cell::Cell;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::rc::Rc;
use std::time::Duration;

use gateway::clock::Clock;
use gateway::host::{Engine, Host, Outcome, Refused, Sink};
use gateway::hub::{About, Hub};
use gateway::keys::Keys;
use gateway::limits::Limits;
use gateway::server::{Options, Server};
use gateway::stamps::Stamps;
use latency::{Record, Stage, Times};
use model::{Command, InstrumentId, OrderPosted, Side, TradingState};
use support::{Client, Plain, logon, order};
use wire::{Durability, Position, Role, SecurityDefinition};

/// What each stage takes here, in nanoseconds.
const DECODE: u64 = 3;
const QUEUE: u64 = 20;
const JOURNAL: u64 = 700;
const MATCH: u64 = 50;
const PUBLISH: u64 = 9;

/// A clock that is moved by hand, and counts who looks at it.
#[derive(Clone, Default)]
struct Hands {
    now_ns: Rc<Cell<u64>>,
    looks: Rc<Cell<u64>>,
}

impl Hands {
    fn pass(&self, ns: u64) {
        self.now_ns.set(self.now_ns.get() + ns);
    }
}

impl Clock for Hands {
    fn monotonic_ns(&self) -> u64 {
        0
    }

    fn wall_ns(&self) -> i64 {
        0
    }

    fn stage_ns(&self) -> u64 {
        self.looks.set(self.looks.get() + 1);
        self.now_ns.get()
    }
}

/// An engine whose stages take as long as is said above. It keeps back what it was told to.
struct Slow {
    plain: Plain,
    hands: Hands,
    stamps: bool,
    waits: bool,
}

impl Host for Slow {
    fn submit(&mut self, origin: u64, command: &Command) -> Result<(), Refused> {
        self.hands.pass(DECODE);
        self.plain.submit(origin, command)
    }

    fn book(&self, instrument: InstrumentId, orders: &mut Vec<OrderPosted>) -> Option<TradingState> {
        self.plain.book(instrument, orders)
    }

    fn instruments(&self) -> u32 {
        self.plain.instruments()
    }

    fn security(&self, instrument: InstrumentId) -> Option<SecurityDefinition> {
        self.plain.security(instrument)
    }
}

/// Gives outcomes their times.
struct Timed<'a>(&'a mut dyn Sink, Option<Times>);

impl Sink for Timed<'_> {
    fn released(&mut self, outcome: Outcome<'_>) {
        self.0.released(Outcome { times: self.1, ..outcome });
    }

    fn refused(&mut self, origin: u64, why: Refused) {
        self.0.refused(origin, why);
    }
}

impl Engine for Slow {
    type Fatal = std::convert::Infallible;

    fn step(&mut self, now_ns: i64, sink: &mut dyn Sink) -> Result<(), Self::Fatal> {
        if self.waits { Ok(()) } else { self.plain.step(now_ns, sink) }
    }

    fn step_timed(&mut self, now_ns: i64, ns: &dyn Fn() -> u64, sink: &mut dyn Sink) -> Result<(), Self::Fatal> {
        let read_after = |passed| {
            self.hands.pass(passed);
            ns()
        };
        let (taken_ns, durable_ns, applied_ns) = (read_after(QUEUE), read_after(JOURNAL), read_after(MATCH));
        let times = self.stamps.then_some(Times { taken_ns, durable_ns, applied_ns });
        self.step(now_ns, &mut Timed(sink, times))?;
        self.hands.pass(PUBLISH);
        Ok(())
    }

    fn deadline_ns(&self) -> Option<i64> {
        None
    }
}

struct World {
    server: Server,
    engine: Slow,
    stream: TcpStream,
    client: Client,
}

impl World {
    /// One client that is logged on; its stamps begin after that.
    fn new(record: Option<Record>) -> Self {
        let keys = format!("k0 1 1 trading hmac {} orders_per_s=100000", "5a".repeat(32));
        let about = About { durability: Durability::Memory, position: Position::default(), epoch: 1 };
        let hub = Hub::new(Limits::default(), Keys::parse(&keys).unwrap(), about);
        let options =
            Options { address: "127.0.0.1:0".parse().unwrap(), allow_plain_remote: false, spin_ns: 0, tls: None };
        let server = Server::bind(options, hub).unwrap();
        let stream = TcpStream::connect(server.local_addr().unwrap()).unwrap();
        stream.set_nonblocking(true).unwrap();
        let (plain, hands) = (Plain::with_market(), Hands::default());
        let engine = Slow { plain, hands, stamps: true, waits: false };
        let mut world = Self { server, engine, stream, client: Client::default() };
        world.client.log_on(logon("k0", Role::Trading));
        world.until(|world| world.client.session > 0);
        world.server.set_stamps(record);
        world
    }

    fn turn(&mut self) {
        let clock = self.engine.hands.clone();
        self.server.turn(&mut self.engine, &clock, Duration::from_micros(100)).unwrap();
    }

    fn write(&mut self) {
        let out = std::mem::take(&mut self.client.out);
        self.stream.write_all(&out).unwrap();
    }

    fn until(&mut self, is_so: impl Fn(&Self) -> bool) {
        for _ in 0..100_000 {
            if is_so(self) {
                return;
            }
            self.write();
            self.turn();
            let mut buffer = [0; 8_192];
            match self.stream.read(&mut buffer) {
                Ok(count) => self.client.hear(&buffer[..count]),
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
            }
        }
        panic!("it never came to that");
    }

    /// Sends so many orders in one write and waits for their answers.
    fn order(&mut self, names: std::ops::Range<usize>) {
        let answers = self.client.reports().len() + names.len();
        names.for_each(|name| self.client.command(order(&format!("o{name}"), Side::Buy, 1, 10)));
        self.until(|world| world.client.reports().len() == answers);
    }

    fn stamps(&self) -> &Stamps {
        self.server.stamps().unwrap()
    }

    fn count(&self, stage: Stage) -> u64 {
        self.stamps().record().stage(stage).len()
    }
}

/// Shortest and longest of a stage.
fn span(world: &World, stage: Stage) -> (u64, u64) {
    let times = world.stamps().record().stage(stage);
    (times.min(), times.max())
}

#[test]
fn each_stage_of_one_command_takes_exactly_what_it_took() {
    let mut world = World::new(Some(Record::new(None)));
    world.order(0..1);

    let total = DECODE + QUEUE + JOURNAL + MATCH + PUBLISH;
    for (stage, ns) in Stage::ALL.into_iter().zip([DECODE, QUEUE, JOURNAL, MATCH, PUBLISH, total, total]) {
        assert_eq!((stage, span(&world, stage), world.count(stage)), (stage, (ns, ns), 1));
    }
}

#[test]
fn commands_of_one_read_share_their_batch_and_wait_for_each_other() {
    let mut world = World::new(Some(Record::new(None)));
    world.order(0..2);

    assert_eq!(span(&world, Stage::Decode), (DECODE, 2 * DECODE));
    assert_eq!(span(&world, Stage::Queue), (QUEUE, DECODE + QUEUE));
    assert_eq!(span(&world, Stage::Journal), (JOURNAL, JOURNAL));
    assert_eq!(span(&world, Stage::Match), (MATCH, MATCH));
    let total = 2 * DECODE + QUEUE + JOURNAL + MATCH + PUBLISH;
    assert_eq!(span(&world, Stage::Total), (total, total));
    assert_eq!(world.count(Stage::Turn), 1);
}

#[test]
fn every_answered_command_is_counted_once_in_every_stage() {
    let mut world = World::new(Some(Record::new(None)));
    for n in 0..20 {
        world.order(n * 7..n * 7 + n % 7 + 1);
    }

    let answered = world.client.reports().len() as u64;
    for stage in [Stage::Decode, Stage::Queue, Stage::Journal, Stage::Match, Stage::Publish, Stage::Total] {
        assert_eq!((stage, world.count(stage)), (stage, answered));
    }
    assert_eq!((world.stamps().record().gone(), world.stamps().record().unstamped()), (0, 0));
}

#[test]
fn a_command_whose_connection_vanished_is_counted_as_gone() {
    let mut world = World::new(Some(Record::new(None)));
    let before = world.engine.plain.taken.len();
    world.engine.waits = true;
    world.client.command(order("x", Side::Buy, 1, 10));
    world.until(|world| world.engine.plain.taken.len() > before);
    world.stream = {
        // The old socket is closed; the other end is nobody.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        TcpStream::connect(listener.local_addr().unwrap()).unwrap()
    };
    for _ in 0..1_000 {
        world.turn();
        if world.server.hub().counts().0 == 0 {
            break;
        }
    }
    assert_eq!(world.server.hub().counts().0, 0, "the gateway has seen it go");
    world.engine.waits = false;
    world.turn();

    assert_eq!((world.count(Stage::Match), world.count(Stage::Total)), (1, 0));
    assert_eq!(world.stamps().record().gone(), 1);
}

#[test]
fn a_refused_command_is_counted_nowhere() {
    let mut world = World::new(Some(Record::new(None)));
    world.engine.plain.refusal = Some(Refused::Busy);
    world.client.command(order("x", Side::Buy, 1, 10));
    world.until(|world| world.client.rejects().len() == 1);

    assert!(Stage::ALL.into_iter().all(|stage| world.count(stage) == 0));
    assert_eq!(world.stamps().record().unstamped(), 0);
}

#[test]
fn an_engine_that_gives_no_times_is_said_to_give_none() {
    let mut world = World::new(Some(Record::new(None)));
    world.engine.stamps = false;
    world.order(0..3);

    assert_eq!(world.stamps().record().unstamped(), 3);
    assert_eq!(world.count(Stage::Total), 0);
}

#[test]
fn a_stall_is_charged_at_the_pace_that_was_expected() {
    let mut world = World::new(Some(Record::new(Some(100))));
    world.order(0..1);

    let (interval_ns, corrected) = world.stamps().record().corrected().unwrap();
    // 782 ns, and 682, 582, 482, 382, 282, 182 that waited behind it.
    assert_eq!((interval_ns, world.count(Stage::Total), corrected.len()), (100, 1, 7));
}

#[test]
fn without_stamps_nobody_looks_at_the_clock() {
    let mut world = World::new(None);
    world.order(0..5);
    let without = world.engine.hands.looks.get();
    let mut world = World::new(Some(Record::new(None)));
    world.order(0..5);

    assert_eq!(without, 0);
    assert!(world.engine.hands.looks.get() > 0);
}
