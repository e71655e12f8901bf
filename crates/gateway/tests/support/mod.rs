//! What the tests of the gateway share: an engine in memory, a client that speaks the protocol, a market.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(missing_docs, clippy::missing_panics_doc, reason = "tests")]

use engine::Exchange;
use gateway::host::{Engine, GATEWAY_ORIGIN, Host, OpenOrder, Outcome, Refused, STEP_NOW, Sink};
use gateway::keys::{Keys, prove};
use model::{
    AccountId, AccountKind, AddAccount, AssetId, ClOrdId, Command, Events, InstrumentId, Limits, NewOrder, OrdType,
    OrderId, OrderPosted, OrderRef, Price, Qty, SessionId, Side, Stamp, Symbol, TickTable, TimeInForce, TradingState,
};
use wire::{Frames, Header, Logon, Message, Position, Role};

/// A second in nanoseconds.
pub const SECOND: u64 = 1_000_000_000;
/// The secret of every key here.
pub const SECRET: [u8; 32] = [0x5A; 32];
/// The instrument that trades.
pub const BOOK: InstrumentId = InstrumentId(0);

/// Keys: `a` and `b` trade for accounts 1 and 2, `a2` for account 1 too, `audit` hears all, `feed` reads books, `ops` runs
/// the venue, `front` speaks for everybody, `people` too and hears accounts from 2 on.
pub fn keys() -> Keys {
    let secret = "5a".repeat(32);
    let lines = [
        ("a", 1, 1, "trading"),
        ("b", 2, 2, "trading"),
        ("a2", 3, 1, "trading"),
        ("audit", 4, 0, "dropcopy"),
        ("feed", 5, 0, "marketdata"),
        ("ops", 6, 0, "operator"),
        ("front", 7, 0, "frontend"),
        ("people", 8, 2, "frontend"),
    ];
    let line = |(id, session, account, role): &(&str, u32, u32, &str)| {
        format!("{id} {session} {account} {role} hmac {secret} orders_per_s=1000000 cancels_per_s=1000000\n")
    };
    Keys::parse(&lines.iter().map(line).collect::<String>()).unwrap()
}

/// An engine in memory behind the gateway's seam: what is taken is applied at the next step.
pub struct Plain {
    pub exchange: Exchange,
    waiting: Vec<(u64, Command)>,
    pub last: Stamp,
    events: Events,
    instruments: u32,
    /// What the next commands are refused with.
    pub refusal: Option<Refused>,
    /// Commands that may wait for the next step; more are refused.
    pub room_max: usize,
    /// Everything that was taken.
    pub taken: Vec<Command>,
    /// Outcomes so far, to be replayed.
    pub log: Vec<(Stamp, Command)>,
}

impl Default for Plain {
    fn default() -> Self {
        Self {
            exchange: Exchange::new(Limits::default()),
            waiting: Vec::new(),
            last: Stamp { seq: 0, ts_ns: 1_000 },
            events: Events::new(),
            instruments: 0,
            refusal: None,
            room_max: usize::MAX,
            taken: Vec::new(),
            log: Vec::new(),
        }
    }
}

impl Plain {
    /// An engine with one open instrument (prices and quantities are whole numbers) and three credit accounts.
    pub fn with_market() -> Self {
        let mut plain = Self::default();
        for command in market() {
            plain.submit(GATEWAY_ORIGIN, &command).unwrap();
        }
        plain.step(0, &mut Nobody).unwrap();
        plain
    }

    /// How many orders of each account were taken.
    pub fn taken_of(&self, accounts: [u32; 3]) -> [usize; 3] {
        let is_of = |command: &Command, account: u32| match command {
            Command::NewOrder(order) => order.account == AccountId(account),
            _ => false,
        };
        accounts.map(|account| self.taken.iter().filter(|command| is_of(command, account)).count())
    }

    /// A fresh gateway's view of the log from the start: what a restart does.
    pub fn replay(log: &[(Stamp, Command)], sink: &mut dyn Sink) -> Self {
        let mut plain = Self::default();
        for (stamp, command) in log {
            plain.apply(*stamp, GATEWAY_ORIGIN, command, sink);
        }
        plain
    }

    fn apply(&mut self, stamp: Stamp, origin: u64, command: &Command, sink: &mut dyn Sink) {
        self.events.clear();
        self.exchange.apply(stamp, command, &mut self.events);
        self.last = stamp;
        self.log.push((stamp, command.clone()));
        if matches!(command, Command::ListInstrument(_)) {
            self.instruments += 1;
        }
        sink.released(Outcome { stamp, origin, events: self.events.as_slice(), times: None });
    }
}

impl Host for Plain {
    fn submit(&mut self, origin: u64, command: &Command) -> Result<(), Refused> {
        if let Some(refused) = self.refusal {
            return Err(refused);
        }
        if self.waiting.len() >= self.room_max {
            return Err(Refused::Busy);
        }
        self.taken.push(command.clone());
        self.waiting.push((origin, command.clone()));
        Ok(())
    }

    fn room(&self) -> usize {
        self.room_max.saturating_sub(self.waiting.len())
    }

    fn book(&self, instrument: InstrumentId, orders: &mut Vec<OrderPosted>) -> Option<TradingState> {
        let state = self.exchange.state(instrument)?;
        for side in [Side::Buy, Side::Sell] {
            let queue = self.exchange.queue(instrument, side);
            let shown = queue.into_iter().filter(|order| order.displayed_qty > Qty(0));
            orders.extend(shown.filter_map(|order| {
                let (order_id, public_id, displayed_qty) = (order.order_id, order.public_id, order.displayed_qty);
                Some(OrderPosted { order_id, instrument, side, price: order.price?, public_id, displayed_qty })
            }));
        }
        Some(state)
    }

    fn instruments(&self) -> u32 {
        self.instruments
    }

    fn security(&self, instrument: InstrumentId) -> Option<wire::SecurityDefinition> {
        let it = self.exchange.instrument(instrument)?;
        let name = |asset: AssetId| self.exchange.asset(asset).unwrap();
        Some(wire::SecurityDefinition {
            request_id: 0,
            remaining: 0,
            instrument,
            symbol: it.symbol,
            base: it.base,
            base_symbol: name(it.base).0,
            base_decimals: name(it.base).1,
            quote: it.quote,
            quote_symbol: name(it.quote).0,
            quote_decimals: name(it.quote).1,
            price_decimals: it.price_decimals,
            qty_decimals: it.qty_decimals,
            lot_size: it.lot_size,
            min_qty: it.min_qty,
            max_qty: it.max_qty,
            min_notional: it.min_notional,
            max_notional: it.max_notional,
            min_price: it.min_price,
            max_price: it.max_price,
            allow_negative: it.allow_negative,
            state: self.exchange.state(instrument)?,
            no: self.exchange.no_asset(instrument),
            no_symbol: self.exchange.no_asset(instrument).map(|no| name(no).0),
            ticks: it.ticks.clone(),
        })
    }
}

impl Engine for Plain {
    type Fatal = std::convert::Infallible;

    fn step(&mut self, _now_ns: i64, sink: &mut dyn Sink) -> Result<(), Self::Fatal> {
        for (origin, command) in std::mem::take(&mut self.waiting) {
            let stamp = Stamp { seq: self.last.seq + 1, ts_ns: self.last.ts_ns + 1_000 };
            self.apply(stamp, origin, &command, sink);
        }
        Ok(())
    }

    fn deadline_ns(&self) -> Option<i64> {
        (!self.waiting.is_empty()).then_some(STEP_NOW)
    }
}

/// A sink for what nobody hears.
pub struct Nobody;

impl Sink for Nobody {
    fn released(&mut self, _outcome: Outcome<'_>) {}

    fn refused(&mut self, _origin: u64, _why: Refused) {}
}

/// The commands that make a market: one instrument, continuous, and three credit accounts.
pub fn market() -> Vec<Command> {
    let symbol = |text: &str| Symbol::new(text).unwrap();
    let asset = |text: &str, decimals: u8| Command::AddAsset { symbol: symbol(text), decimals };
    let account = |text: &str| {
        let kind = AccountKind::Credit;
        Command::AddAccount(AddAccount { name: symbol(text), kind, stp_group: 0, fees: model::FeeScheduleId(0) })
    };
    let instrument = model::Instrument {
        symbol: symbol("ABC"),
        base: AssetId(0),
        quote: AssetId(1),
        price_decimals: 0,
        qty_decimals: 0,
        ticks: TickTable::uniform(1).unwrap(),
        lot_size: Qty(1),
        min_qty: Qty(1),
        max_qty: Qty(1_000_000),
        min_notional: model::Money(0),
        max_notional: model::Money(1_000_000_000_000),
        min_price: Price(1),
        max_price: Price(1_000_000),
        allow_negative: false,
        previous_close: None,
        allocation: model::Allocation::Fifo,
        stp_default: model::StpMode::None,
        max_slippage_bps: 1_000,
        seed: 1,
    };
    vec![
        asset("A", 0),
        asset("B", 2),
        Command::ListInstrument(Box::new(instrument)),
        account("one"),
        account("two"),
        account("three"),
        Command::SetTradingState(model::SetTradingState { instrument: BOOK, state: TradingState::Continuous }),
    ]
}

/// A limit order as a client writes it: without account and session.
pub fn order(id: &str, side: Side, qty: i64, price: i64) -> Command {
    Command::NewOrder(NewOrder {
        account: AccountId(0),
        session: SessionId(0),
        instrument: BOOK,
        cl_ord_id: ClOrdId::new(id).unwrap(),
        side,
        ord_type: OrdType::Limit,
        tif: TimeInForce::Gtc,
        order_qty: Qty(qty),
        price: Some(Price(price)),
        protection_price: None,
        quote_qty: None,
        peg: None,
        min_qty: Qty(0),
        display: model::Display::All,
        post_only: model::PostOnly::No,
        reduce_only: false,
        stp: None,
    })
}

/// A cancel by client id.
pub fn cancel(id: &str) -> Command {
    let target = OrderRef::Client(ClOrdId::new(id).unwrap());
    Command::Cancel(model::CancelOrder { account: AccountId(0), target, unlink: false })
}

/// An open order as a restored gateway is told of it.
pub fn open_order(order: &engine::OrderView) -> OpenOrder {
    OpenOrder {
        order_id: order.order_id,
        account: order.account,
        instrument: order.instrument,
        cl_ord_id: order.cl_ord_id,
        side: order.side,
        ord_type: order.ord_type,
        tif: order.tif,
        price: order.price,
        order_qty: order.order_qty,
        cum_qty: order.cum_qty,
        cum_value: None,
        leaves_qty: order.leaves_qty,
        is_suspended: order.waits,
    }
}

/// The client's side of one connection: bytes out, messages in.
pub struct Client {
    frames: Frames,
    pub session: u32,
    pub next_out: u64,
    /// What is to be sent.
    pub out: Vec<u8>,
    /// The logon as it was sent.
    logon: Vec<u8>,
    /// Everything that was received.
    pub heard: Vec<(Header, Message)>,
}

impl Default for Client {
    fn default() -> Self {
        let (out, logon, heard) = (Vec::new(), Vec::new(), Vec::new());
        Self { frames: Frames::new(u16::MAX), session: 0, next_out: 1, out, logon, heard }
    }
}

/// A logon with a key, as nothing special.
pub fn logon(key: &str, role: Role) -> Logon {
    let key_id = Symbol::new(key).unwrap();
    Logon { key_id, role, heartbeat_ms: 0, cancel_on_disconnect_ms: None, resume: None }
}

impl Client {
    /// Puts a message on the way, numbered as it should be.
    pub fn say(&mut self, message: &Message) {
        let is_numbered = !matches!(
            message,
            Message::Logon(_)
                | Message::ChallengeReply(_)
                | Message::Heartbeat(_)
                | Message::TestRequest(_)
                | Message::Logout(_)
        );
        let seq = if is_numbered { self.next_out } else { 0 };
        self.next_out += u64::from(is_numbered);
        self.say_as(message, seq);
    }

    /// Puts a message on the way with a number.
    pub fn say_as(&mut self, message: &Message, seq: u64) {
        wire::frame(&mut self.out, |out| message.encode(0, seq, out)).unwrap();
    }

    /// Puts a command on the way.
    pub fn command(&mut self, command: Command) {
        self.say(&Message::Command(command));
    }

    /// Puts a logon on the way.
    pub fn log_on(&mut self, logon: Logon) {
        let message = Message::Logon(logon);
        self.logon.clear();
        message.encode(0, 0, &mut self.logon).unwrap();
        self.say(&message);
    }

    /// Takes bytes from the gateway; answers a challenge by itself.
    pub fn hear(&mut self, bytes: &[u8]) {
        self.frames.feed(bytes);
        while let Some(message) = self.frames.next_message().unwrap() {
            let (header, message) = Message::decode(message).unwrap();
            match &message {
                Message::Challenge(challenge) => {
                    let proof = wire::Raw(prove(&SECRET, &challenge.nonce.0, &self.logon));
                    let reply = Message::ChallengeReply(wire::ChallengeReply { proof });
                    wire::frame(&mut self.out, |out| reply.encode(0, 0, out)).unwrap();
                }
                Message::LogonAck(ack) => self.session = ack.session,
                Message::TestRequest(test) => {
                    let beat = Message::Heartbeat(wire::Heartbeat { test_id: test.test_id });
                    wire::frame(&mut self.out, |out| beat.encode(0, 0, out)).unwrap();
                }
                _ => {}
            }
            self.heard.push((header, message));
        }
    }

    /// The reports of orders that were heard.
    pub fn reports(&self) -> Vec<&wire::ExecutionReport> {
        self.heard
            .iter()
            .filter_map(|(_, message)| if let Message::ExecutionReport(report) = message { Some(report) } else { None })
            .collect()
    }

    /// Positions of all private messages that were heard.
    pub fn positions(&self) -> Vec<Position> {
        self.heard.iter().filter_map(|(_, message)| position(message)).collect()
    }

    /// Why the session ended, where it did.
    pub fn logout(&self) -> Option<&wire::Logout> {
        self.heard
            .iter()
            .find_map(|(_, message)| if let Message::Logout(logout) = message { Some(logout) } else { None })
    }

    /// The messages that were not passed on.
    pub fn rejects(&self) -> Vec<&wire::Reject> {
        self.heard
            .iter()
            .filter_map(|(_, message)| if let Message::Reject(reject) = message { Some(reject) } else { None })
            .collect()
    }
}

/// The position of a private message.
pub fn position(message: &Message) -> Option<Position> {
    match message {
        Message::ExecutionReport(report) => Some(report.position),
        Message::CancelReject(report) => Some(report.position),
        Message::CommandReport(report) => Some(report.position),
        _ => None,
    }
}

/// The id of an accepted order in a report.
pub fn order_id(client: &Client, id: &str) -> OrderId {
    let wanted = ClOrdId::new(id).unwrap();
    client.reports().iter().find(|report| report.cl_ord_id == Some(wanted)).map(|report| report.order_id).unwrap()
}
