//! Sessions over a network that splits and loses anything: streams cut at any byte, peers that never read, half-open
//! connections, garbage, and gateways that start again, by seed.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm, reason = "a test that meets anything else has failed")]

mod support;

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr};

use gateway::host::{Engine as _, Token};
use gateway::hub::{About, Hub};
use gateway::limits::Limits;
use model::{ClOrdId, Command, EventKind, Events, Side, SplitMix64, Stamp};
use support::{Client, Plain, cancel, keys, logon, order, position};
use wire::{Durability, Logon, Message, Position, Role};

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const MILLI: u64 = 1_000_000;
/// Who plays: a key, its role, and whether it sends orders.
const PEOPLE: [(&str, Role, bool); 4] = [
    ("a", Role::Trading, true),
    ("a2", Role::Trading, true),
    ("b", Role::Trading, true),
    ("audit", Role::DropCopy, false),
];
const ROUNDS: u32 = 4_000;
/// Less room for unsent bytes than usual: readers that are slow for a while fall behind.
fn limits() -> Limits {
    Limits { outbox_max: 6 << 10, outbox_high: 2 << 10, ..Limits::default() }
}

/// One connection with the bytes that are on their way.
struct Wire {
    token: Token,
    client: Client,
    up: VecDeque<u8>,
    down: VecDeque<u8>,
    /// It takes what comes.
    reads: bool,
}

/// Somebody with a key: what was heard over all connections, and which orders are not answered.
struct Person {
    key: &'static str,
    role: Role,
    wire: Option<Wire>,
    heard: Vec<Message>,
    open: BTreeMap<ClOrdId, Command>,
    is_logged_on: bool,
}

struct World {
    hub: Hub,
    plain: Plain,
    people: Vec<Person>,
    /// Connections of nobody: they say nonsense, or nothing, and never read.
    strangers: Vec<Token>,
    now_ns: u64,
    nonce: u8,
    random: SplitMix64,
    cuts: u32,
    starts: u32,
}

/// A gateway that begins with a log.
fn start(log: &[(Stamp, Command)], epoch: u32) -> (Hub, Plain) {
    let about = About { durability: Durability::Group, position: Position::default(), epoch };
    let mut hub = Hub::new(limits(), keys(), about);
    let plain = Plain::replay(log, &mut hub);
    (hub, plain)
}

/// A report without what tells how it was delivered.
fn bare(message: &Message) -> Message {
    let mut message = message.clone();
    match &mut message {
        Message::ExecutionReport(report) => (report.ref_seq, report.resent) = (0, false),
        Message::CancelReject(report) => (report.ref_seq, report.resent) = (0, false),
        Message::CommandReport(report) => (report.ref_seq, report.resent) = (0, false),
        other => panic!("{other:?} is no report"),
    }
    message
}

/// The first `count` bytes of a queue, or all.
fn take(queue: &mut VecDeque<u8>, count: usize) -> Vec<u8> {
    let count = count.min(queue.len());
    queue.drain(..count).collect()
}

impl Person {
    fn new((key, role, _): (&'static str, Role, bool)) -> Self {
        Self { key, role, wire: None, heard: Vec::new(), open: BTreeMap::new(), is_logged_on: false }
    }

    /// Bytes arrive: reports are kept, answered orders closed, and after a logon what is in doubt goes out again.
    fn hear(&mut self, bytes: &[u8]) {
        let Some(wire) = &mut self.wire else { return };
        wire.client.hear(bytes);
        let mut is_back = false;
        for (_, message) in wire.client.heard.drain(..) {
            is_back |= matches!(message, Message::LogonAck(_));
            if let Message::ExecutionReport(report) = &message
                && let Some(id) = report.cl_ord_id
            {
                self.open.remove(&id);
            }
            if position(&message).is_some() {
                self.heard.push(bare(&message));
            }
        }
        self.is_logged_on |= is_back;
        if is_back {
            self.open.values().for_each(|command| wire.client.command(command.clone()));
        }
    }

    fn position(&self) -> Position {
        self.heard.last().and_then(position).unwrap_or_default()
    }
}

impl World {
    fn new(seed: u64) -> Self {
        let mut plain = Plain::with_market();
        let (hub, plain) = start(&std::mem::take(&mut plain.log), 1);
        let people = PEOPLE.map(Person::new).into();
        let random = SplitMix64::new(seed);
        Self { hub, plain, people, strangers: Vec::new(), now_ns: MILLI, nonce: 0, random, cuts: 0, starts: 1 }
    }

    fn below(&mut self, bound: u64) -> usize {
        usize::try_from(self.random.below(bound)).unwrap()
    }

    fn open(&mut self) -> Option<Token> {
        self.nonce = self.nonce.wrapping_add(1);
        self.hub.open(HOME, [self.nonce; 32], self.now_ns).ok()
    }

    fn connect(&mut self, who: usize) {
        if self.people[who].wire.is_some() {
            return;
        }
        let Some(token) = self.open() else { return };
        let person = &mut self.people[who];
        let mut client = Client::default();
        client.log_on(Logon { resume: Some(person.position()), ..logon(person.key, person.role) });
        person.is_logged_on = false;
        person.wire = Some(Wire { token, client, up: VecDeque::new(), down: VecDeque::new(), reads: true });
    }

    fn ask(&mut self, who: usize, round: u32) {
        let side = if self.below(2) == 0 { Side::Buy } else { Side::Sell };
        let (qty, price) = (1 + self.random.below(9), 95 + self.random.below(11));
        let is_cancel = self.below(4) == 0;
        let id = format!(
            "{}-{}",
            PEOPLE[who].0,
            if is_cancel { self.random.below(u64::from(round) + 1) } else { round.into() }
        );
        let person = &mut self.people[who];
        let Some(wire) = person.wire.as_mut().filter(|_| person.is_logged_on && PEOPLE[who].2) else { return };
        if is_cancel {
            return wire.client.command(cancel(&id));
        }
        let [qty, price] = [qty, price].map(|number| i64::try_from(number).unwrap());
        let command = order(&id, side, qty, price);
        person.open.insert(ClOrdId::new(&id).unwrap(), command.clone());
        wire.client.command(command);
    }

    /// The connection is gone at whatever byte it was; `is_told`: the gateway notices.
    fn cut(&mut self, who: usize, is_told: bool) {
        let Some(wire) = self.people[who].wire.take() else { return };
        self.cuts += 1;
        if is_told {
            self.hub.closed(wire.token);
        } else {
            self.strangers.push(wire.token);
        }
    }

    /// The process ends with all its connections, and another one begins with the log.
    fn restart(&mut self) {
        self.starts += 1;
        (self.hub, self.plain) = start(&std::mem::take(&mut self.plain.log), self.starts);
        self.strangers.clear();
        self.people.iter_mut().for_each(|person| person.wire = None);
    }

    fn stranger(&mut self) {
        let Some(token) = self.open() else { return };
        let count = self.below(200);
        let bytes: Vec<u8> = (0..count).map(|_| self.random.next_u64().to_le_bytes()[0]).collect();
        self.hub.receive(token, &bytes, self.now_ns, &mut self.plain);
        self.strangers.push(token);
    }

    /// Some bytes move up to the gateway.
    fn lift(&mut self, who: usize, count: usize) {
        let Some(wire) = &mut self.people[who].wire else { return };
        wire.up.extend(std::mem::take(&mut wire.client.out));
        if self.hub.wants_bytes(wire.token, self.now_ns) {
            let bytes = take(&mut wire.up, count);
            self.hub.receive(wire.token, &bytes, self.now_ns, &mut self.plain);
        }
    }

    /// Some bytes move down from the gateway, and some arrive.
    fn lower(&mut self, who: usize, (written, arrived): (usize, usize)) {
        let Some(wire) = &mut self.people[who].wire else { return };
        self.hub.pump(wire.token, &self.plain);
        let pending = self.hub.pending(wire.token);
        // Besides reports: a challenge, a logon's answer and what a read of so few bytes can ask for.
        assert!(pending.len() <= self.hub.limits().outbox_max + 512, "{} bytes wait", pending.len());
        if !wire.reads {
            return;
        }
        let count = pending.len().min(written);
        wire.down.extend(&pending[..count]);
        self.hub.wrote(wire.token, count, self.now_ns);
        let bytes = take(&mut wire.down, arrived);
        let is_over = self.hub.is_over(wire.token);
        self.people[who].hear(&bytes);
        let is_silent = self.people[who].wire.as_ref().is_some_and(|wire| wire.down.is_empty());
        if is_over && is_silent {
            self.cut(who, true);
        }
    }

    fn work(&mut self) {
        self.hub.submit_own(&mut self.plain);
        self.plain.step(0, &mut self.hub).unwrap();
        let hub = &mut self.hub;
        self.strangers.retain(|token| {
            let is_over = hub.is_ending(*token);
            if is_over {
                hub.closed(*token);
            }
            !is_over
        });
    }

    fn round(&mut self, round: u32) {
        let who = self.below(PEOPLE.len() as u64);
        let (some, more) = (1 + self.below(300), 1 + self.below(300));
        match self.random.below(1_000) {
            0..250 => self.ask(who, round),
            250..480 => self.lift(who, some),
            480..800 => self.lower(who, (some, more)),
            800..940 => self.work(),
            940..960 => self.connect(who),
            960..966 => {
                let is_told = self.below(3) > 0;
                self.cut(who, is_told);
            }
            966..970 => self.stranger(),
            970..980 => {
                if let Some(wire) = &mut self.people[who].wire {
                    wire.reads = !wire.reads;
                }
            }
            980..982 => self.restart(),
            _ => {
                self.now_ns += self.random.below(400) * MILLI;
                self.hub.tick(self.now_ns, &mut self.plain);
            }
        }
    }

    /// No more faults: everybody comes back and hears all there is.
    fn rest(&mut self) {
        for _ in 0..200 {
            for who in 0..PEOPLE.len() {
                self.connect(who);
                if let Some(wire) = &mut self.people[who].wire {
                    wire.reads = true;
                }
                self.lift(who, usize::MAX);
                self.work();
                self.lower(who, (usize::MAX, usize::MAX));
            }
            self.now_ns += 50 * MILLI;
            self.hub.tick(self.now_ns, &mut self.plain);
        }
    }
}

/// What somebody hears who was there from the start and lost nothing.
fn whole(log: &[(Stamp, Command)], who: usize) -> Vec<Message> {
    let mut world = World::new(0);
    (world.hub, world.plain) = start(log, 99);
    world.people.iter_mut().for_each(|person| person.wire = None);
    for _ in 0..100_000 {
        world.connect(who);
        let before = world.people[who].heard.len();
        world.lift(who, usize::MAX);
        world.lower(who, (usize::MAX, usize::MAX));
        world.lower(who, (usize::MAX, usize::MAX));
        if world.people[who].is_logged_on && world.people[who].heard.len() == before {
            break;
        }
    }
    std::mem::take(&mut world.people[who].heard)
}

/// Client ids that became an order, each as often as it did.
fn accepted(log: &[(Stamp, Command)]) -> Vec<ClOrdId> {
    let mut exchange = engine::Exchange::new(model::Limits::default());
    let mut events = Events::new();
    for (stamp, command) in log {
        exchange.apply(*stamp, command, &mut events);
    }
    let accepted = events.as_slice().iter().filter_map(|event| match &event.kind {
        EventKind::OrderAccepted(accepted) => Some(accepted.cl_ord_id),
        _ => None,
    });
    accepted.collect()
}

/// G-23, G-27, G-60, G-61: across any number of connections and restarts nothing private is missing, nothing comes twice, and no order is
/// entered twice.
#[test]
fn streams_are_whole_whatever_the_network_does() {
    let (mut cuts, mut starts, mut told) = (0, 0, 0);
    for seed in 1..=40 {
        let mut world = World::new(seed);
        for round in 0..ROUNDS {
            world.round(round);
        }
        world.rest();
        for (who, person) in world.people.iter().enumerate() {
            assert_eq!(person.open.len(), 0, "seed {seed}: {} has no answer to {:?}", person.key, person.open.keys());
            let whole = whole(&world.plain.log, who);
            let first = whole.iter().zip(&person.heard).position(|(wanted, heard)| wanted != heard);
            assert_eq!(first.map(|at| (&whole[at], &person.heard[at])), None, "seed {seed}: {}", person.key);
            assert_eq!(person.heard.len(), whole.len(), "seed {seed}: {}", person.key);
            told += whole.len();
        }
        let mut ids = accepted(&world.plain.log);
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "seed {seed}: an id became two orders");
        (cuts, starts) = (cuts + world.cuts, starts + world.starts);
    }

    assert!(cuts > 400 && starts > 100 && told > 20_000, "{cuts} cuts, {starts} starts, {told} reports");
}
