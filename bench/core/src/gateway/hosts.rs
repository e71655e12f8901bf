//! Engines to put behind a gateway: one in memory, one with a log; each served by a thread of its own.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use engine::Exchange;
use gateway::clock::SystemClock;
use gateway::host::{Engine, GATEWAY_ORIGIN, Host, Outcome, Refused, Sink};
use gateway::hub::{About, Hub};
use gateway::keys::Keys;
use gateway::limits::{Flow, Limits};
use gateway::server::{Options, Server};
use journal::Mode;
use journal::os_disk::OsDisk;
use latency::Record;
use model::{
    AccountKind, AddAccount, Allocation, AssetId, Command, Events, FeeScheduleId, Instrument, InstrumentId,
    Limits as EngineLimits, Money, OrderPosted, Price, Qty, SetTradingState, Side, Stamp, StpMode, Symbol, TickTable,
    TradingState,
};
use sequencer::Sequencer;
use venue::restore::Restore;
use venue::seat::Seat;
use wire::{Durability, Position};

/// Keys there are: `k0` and so on, of accounts 1 to 3 in turn.
pub(super) const KEYS: usize = 1_100;

/// The secret of every key.
pub(super) const SECRET: [u8; 32] = [0x5A; 32];

/// No throttle: what is measured is what can be carried.
pub(super) fn limits() -> Limits {
    let open = Flow { per_second: 1 << 30, burst: 1 << 30 };
    Limits {
        bytes: open,
        messages: open,
        orders: open,
        cancels: open,
        sessions_per_account_max: 10_000,
        connections_per_address_max: 10_000,
        ..Limits::default()
    }
}

pub(super) fn keys() -> Keys {
    let mut text = String::new();
    for n in 0..KEYS {
        let (session, account, secret) = (n + 1, n % 3 + 1, "5a".repeat(32));
        writeln!(text, "k{n} {session} {account} trading hmac {secret}").expect("a string takes text");
    }
    Keys::parse(&text).expect("keys of our own")
}

/// An engine that writes nothing down.
pub(super) struct Memory {
    exchange: Exchange,
    waiting: Vec<(u64, Command)>,
    events: Events,
    last: Stamp,
}

impl Memory {
    pub(super) fn with_market() -> (Self, Hub) {
        let last = Stamp { seq: 0, ts_ns: 0 };
        let exchange = Exchange::new(EngineLimits::default());
        let mut memory = Memory { exchange, waiting: Vec::new(), events: Events::new(), last };
        let about = About { durability: Durability::Memory, position: Position::default(), epoch: 1 };
        let mut hub = Hub::new(limits(), keys(), about);
        enter(&mut memory, &mut hub);
        (memory, hub)
    }
}

impl Host for Memory {
    fn submit(&mut self, origin: u64, command: &Command) -> Result<(), Refused> {
        self.waiting.push((origin, command.clone()));
        Ok(())
    }

    fn book(&self, instrument: InstrumentId, orders: &mut Vec<OrderPosted>) -> Option<TradingState> {
        for side in [Side::Buy, Side::Sell] {
            orders.extend(self.exchange.queue(instrument, side).iter().filter_map(|order| {
                let (order_id, public_id, displayed_qty) = (order.order_id, order.public_id, order.displayed_qty);
                Some(OrderPosted { order_id, instrument, side, price: order.price?, public_id, displayed_qty })
            }));
        }
        self.exchange.state(instrument)
    }

    fn instruments(&self) -> u32 {
        0
    }

    fn security(&self, _instrument: InstrumentId) -> Option<wire::SecurityDefinition> {
        None
    }
}

impl Engine for Memory {
    type Fatal = std::convert::Infallible;

    fn step(&mut self, now_ns: i64, sink: &mut dyn Sink) -> Result<(), Self::Fatal> {
        let Memory { exchange, waiting, events, last } = self;
        for (origin, command) in waiting.drain(..) {
            *last = Stamp { seq: last.seq + 1, ts_ns: now_ns.max(last.ts_ns + 1) };
            events.clear();
            exchange.apply(*last, &command, events);
            sink.released(Outcome { stamp: *last, origin, events: events.as_slice(), times: None });
        }
        Ok(())
    }

    fn deadline_ns(&self) -> Option<i64> {
        None
    }
}

/// An engine with a log in a directory.
pub(super) struct Durable;

impl Durable {
    pub(super) fn open(directory: &Path, mode: Mode) -> (Seat<OsDisk>, Hub) {
        let mut options = sequencer::Options::default();
        options.journal.mode = mode;
        options.check_every = 0;
        let disk = OsDisk::open(directory).expect("a directory");
        let mut restore = Restore::new(limits(), keys(), Durability::Group, 1);
        let (sequencer, _) = Sequencer::open_watched(disk, options, 0, &mut restore).expect("an empty directory");
        let (mut seat, mut hub) = (Seat { sequencer }, restore.into_hub());
        enter(&mut seat, &mut hub);
        (seat, hub)
    }
}

/// Makes a market: one instrument and three credit accounts.
fn enter<E: Engine>(engine: &mut E, hub: &mut Hub) {
    for command in market() {
        assert!(engine.submit(GATEWAY_ORIGIN, &command).is_ok(), "a new engine takes commands");
    }
    assert!(engine.step(1, hub).is_ok(), "a new engine steps");
}

fn market() -> Vec<Command> {
    let symbol = |text: &str| Symbol::new(text).expect("a short name");
    let account = |text: &str| {
        let (kind, fees) = (AccountKind::Credit, FeeScheduleId(0));
        Command::AddAccount(AddAccount { name: symbol(text), kind, stp_group: 0, fees })
    };
    let instrument = Instrument {
        symbol: symbol("ABC"),
        base: AssetId(0),
        quote: AssetId(1),
        price_decimals: 0,
        qty_decimals: 0,
        ticks: TickTable::uniform(1).expect("a tick"),
        lot_size: Qty(1),
        min_qty: Qty(1),
        max_qty: Qty(1_000_000),
        min_notional: Money(0),
        max_notional: Money(1_000_000_000_000),
        min_price: Price(1),
        max_price: Price(1_000_000),
        allow_negative: false,
        previous_close: None,
        allocation: Allocation::Fifo,
        stp_default: StpMode::None,
        max_slippage_bps: 1_000,
        seed: 1,
    };
    vec![
        Command::AddAsset { symbol: symbol("A"), decimals: 0 },
        Command::AddAsset { symbol: symbol("B"), decimals: 2 },
        Command::ListInstrument(Box::new(instrument)),
        account("one"),
        account("two"),
        account("three"),
        Command::SetTradingState(SetTradingState { instrument: InstrumentId(0), state: TradingState::Continuous }),
    ]
}

/// A gateway on a thread of its own, until it is dropped.
pub(super) struct Serving {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Serving {
    pub(super) fn start<E: Engine + Send + 'static>(make: impl FnOnce() -> (E, Hub)) -> Self
    where
        E::Fatal: std::fmt::Debug,
    {
        Self::start_stamped(make, None)
    }

    /// A gateway that stamps commands into a record.
    pub(super) fn start_stamped<E: Engine + Send + 'static>(
        make: impl FnOnce() -> (E, Hub),
        record: Option<Record>,
    ) -> Self
    where
        E::Fatal: std::fmt::Debug,
    {
        let (mut engine, hub) = make();
        let address = "127.0.0.1:0".parse().expect("an address");
        let options = Options { address, allow_plain_remote: false, spin_ns: 0, tls: None };
        let mut server = Server::bind(options, hub).expect("a port");
        server.set_stamps(record);
        let address = server.local_addr().expect("an address");
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let clock = SystemClock::new();
            while !told.load(Ordering::Relaxed) {
                server.turn(&mut engine, &clock, Duration::from_millis(100)).expect("a disk and sockets that work");
            }
        });
        Serving { address, stop, thread: Some(thread) }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().map(JoinHandle::join);
    }
}
