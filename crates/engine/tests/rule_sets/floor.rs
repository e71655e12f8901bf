//! An exchange of two instruments with rule sets beside it, and what the vectors say.

use breaker::{Band, RuleError, RuleSet, Sight, Venue, Watchers};
use engine::Exchange;
use model::{
    AccountId, AccountKind, AddAccount, Allocation, AmendOrder, AssetId, BreakerEvent, ClOrdId, Command, Display,
    Event, EventKind, Events, FeeScheduleId, Instrument, InstrumentId, Limits, MONEY_MAX, MassCancel, Money, NewOrder,
    OrdType, OrderRef, PostOnly, Price, Qty, RejectReason, SessionId, SetTradingState, Side, Stamp, StpMode, Symbol,
    TickTable, TimeInForce, TradingState, parse_decimal,
};
use serde_json::Value;

pub const SECOND: i64 = 1_000_000_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const BUY: Side = Side::Buy;
pub const SELL: Side = Side::Sell;
/// What rule sets watch.
pub const ABC: InstrumentId = InstrumentId(0);
/// Something beside it.
pub const DEF: InstrumentId = InstrumentId(1);

/// A case of the vectors by its id.
pub fn case(id: &str) -> Value {
    cases().into_iter().find(|case| case["id"] == id).unwrap_or_else(|| panic!("no case {id}"))
}

/// The cases of a kind.
pub fn cases_of(kind: &str) -> Vec<Value> {
    cases().into_iter().filter(|case| case["kind"] == kind).collect()
}

fn cases() -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("../../../../vectors/expected/circuit_breakers.json")).unwrap();
    file["cases"].as_array().unwrap().clone()
}

/// A price of the vectors, from a text or a number, with so many decimals.
pub fn number(value: &Value, decimals: u8) -> i64 {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    i64::try_from(parse_decimal(&text, decimals).unwrap()).unwrap()
}

pub fn cents(value: &Value) -> i64 {
    number(value, 2)
}

/// `15:35` as nanoseconds since midnight.
pub fn time_of_day(value: &Value) -> i64 {
    let (hour, minute) = value.as_str().unwrap().split_once(':').unwrap();
    (hour.parse::<i64>().unwrap() * 60 + minute.parse::<i64>().unwrap()) * MINUTE
}

/// The exchange alone; every command it applies is kept.
pub struct Floor {
    pub exchange: Exchange,
    pub log: Vec<(Stamp, Command)>,
    pub events: Vec<Event>,
    /// Time of the next command, unless that has passed.
    pub at_ns: i64,
    last: Stamp,
}

impl Venue for Floor {
    fn next_ns(&self) -> i64 {
        self.at_ns.max(self.last.ts_ns + 1)
    }

    fn apply(&mut self, command: &Command) -> Vec<Event> {
        let stamp = Stamp { seq: self.last.seq + 1, ts_ns: self.next_ns() };
        self.last = stamp;
        let mut out = Events::new();
        self.exchange.apply(stamp, command, &mut out);
        self.exchange.check_invariants();
        self.log.push((stamp, command.clone()));
        self.events.extend(out.as_slice());
        out.as_slice().to_vec()
    }

    fn sight(&self, instrument: InstrumentId) -> Option<Sight> {
        self.exchange.sight(instrument)
    }
}

impl Floor {
    pub fn empty() -> Self {
        let last = Stamp { seq: 0, ts_ns: -1_000_000 };
        Floor { exchange: Exchange::new(Limits::default()), log: Vec::new(), events: Vec::new(), at_ns: i64::MIN, last }
    }
}

/// The exchange and its rule sets.
pub struct Desk {
    pub floor: Floor,
    pub watchers: Watchers,
    orders: u64,
}

fn instrument(symbol: &str, base: u32) -> Instrument {
    Instrument {
        symbol: Symbol::new(symbol).unwrap(),
        base: AssetId(base),
        quote: AssetId(0),
        price_decimals: 2,
        qty_decimals: 0,
        ticks: TickTable::uniform(1).unwrap(),
        lot_size: Qty(1),
        min_qty: Qty(1),
        max_qty: Qty(1_000),
        min_notional: Money(0),
        max_notional: MONEY_MAX,
        min_price: Price(1),
        max_price: Price(100_000_000_000),
        allow_negative: false,
        previous_close: None,
        allocation: Allocation::Fifo,
        stp_default: StpMode::None,
        max_slippage_bps: 10_000,
        seed: 7,
    }
}

impl Desk {
    /// Nothing is open yet.
    pub fn new(change: impl Fn(&mut Instrument)) -> Self {
        let mut desk = Desk { floor: Floor::empty(), watchers: Watchers::new(), orders: 0 };
        desk.send(&Command::AddAsset { symbol: Symbol::new("USD").unwrap(), decimals: 6 });
        for (symbol, base) in [("ABC", 1), ("DEF", 2)] {
            desk.send(&Command::AddAsset { symbol: Symbol::new(symbol).unwrap(), decimals: 0 });
            let mut def = instrument(symbol, base);
            change(&mut def);
            desk.send(&Command::ListInstrument(Box::new(def)));
        }
        for account in ["a", "b"] {
            let (name, kind, fees) = (Symbol::new(account).unwrap(), AccountKind::Credit, FeeScheduleId(0));
            desk.send(&Command::AddAccount(AddAccount { name, kind, stp_group: 0, fees }));
        }
        desk
    }

    /// Both instruments trade.
    pub fn open(change: impl Fn(&mut Instrument)) -> Self {
        let mut desk = Desk::new(change);
        desk.session(ABC, TradingState::Continuous);
        desk.session(DEF, TradingState::Continuous);
        desk
    }

    /// The next command comes at this time.
    pub fn at(&mut self, at_ns: i64) -> &mut Self {
        self.floor.at_ns = at_ns;
        self
    }

    pub fn attach(&mut self, rules: RuleSet) -> Result<(), RuleError> {
        self.watchers.attach(&mut self.floor, rules)
    }

    pub fn send(&mut self, command: &Command) -> Vec<Event> {
        self.watchers.run(&mut self.floor, command)
    }

    pub fn tick(&mut self) {
        self.send(&Command::Tick);
    }

    pub fn session(&mut self, instrument: InstrumentId, state: TradingState) {
        self.send(&Command::SetTradingState(SetTradingState { instrument, state }));
    }

    /// A limit order of account 1 or 2, by its side.
    pub fn limit(&mut self, instrument: InstrumentId, side: Side, price: i64, qty: i64) -> Vec<Event> {
        self.orders += 1;
        self.send(&Command::NewOrder(NewOrder {
            account: account(side),
            session: SessionId(0),
            instrument,
            cl_ord_id: self.last_order(),
            side,
            ord_type: OrdType::Limit,
            tif: TimeInForce::Gtc,
            order_qty: Qty(qty),
            price: Some(Price(price)),
            protection_price: None,
            quote_qty: None,
            peg: None,
            min_qty: Qty(0),
            display: Display::All,
            post_only: PostOnly::No,
            reduce_only: false,
            stp: None,
        }))
    }

    pub fn last_order(&self) -> ClOrdId {
        ClOrdId::new(&format!("o{}", self.orders)).unwrap()
    }

    /// Moves an order of a side to another price.
    pub fn reprice(&mut self, side: Side, id: ClOrdId, price: i64) {
        self.orders += 1;
        let events = self.send(&Command::Amend(AmendOrder {
            account: account(side),
            cl_ord_id: self.last_order(),
            target: OrderRef::Client(id),
            order_qty: None,
            price: Some(Price(price)),
            display_qty: None,
            tif: None,
            stp: None,
            trigger_price: None,
            seen_cum_qty: None,
        }));
        assert!(refusal(&events).is_none(), "{events:?}");
    }

    pub fn mass_cancel(&mut self) {
        let (account, session, instrument, side) = (None, None, None, None);
        self.send(&Command::MassCancel(MassCancel { account, session, instrument, side }));
    }

    /// Opens ABC with an auction at a price; the auction is at this time.
    pub fn open_at(&mut self, at_ns: i64, price: i64) {
        self.at(at_ns - 10);
        self.session(ABC, TradingState::OpeningAuction);
        self.limit(ABC, BUY, price, 1);
        self.limit(ABC, SELL, price, 1);
        self.at(at_ns);
        self.session(ABC, TradingState::Continuous);
        assert_eq!(self.last_price(), Some(price), "it opened there");
    }

    /// A buy rests just before a time and a sell meets it at that time: whether it printed.
    pub fn prints(&mut self, at_ns: i64, price: i64) -> bool {
        self.at(at_ns - 1);
        self.limit(ABC, BUY, price, 1);
        self.at(at_ns);
        let events = self.limit(ABC, SELL, price, 1);
        trades(&events) == [price]
    }

    pub fn last_price(&self) -> Option<i64> {
        self.floor.exchange.last_trade_price(ABC).map(|price| price.0)
    }

    pub fn state(&self, instrument: InstrumentId) -> TradingState {
        self.floor.exchange.state(instrument).unwrap()
    }

    /// The bands in force, newest last.
    pub fn bands(&self) -> Vec<Band> {
        let of = |event: &Event| {
            let EventKind::Breaker(BreakerEvent::BandsSet { instrument: ABC, low, high }) = &event.kind else {
                return None;
            };
            Some(Band { low: *low, high: *high })
        };
        self.floor.events.iter().filter_map(of).collect()
    }

    /// Reasons of all commands that were refused so far, orders apart.
    pub fn refused(&self) -> Vec<RejectReason> {
        self.floor.events.iter().filter_map(|event| command_refusal(&event.kind)).collect()
    }
}

pub fn account(side: Side) -> AccountId {
    AccountId(if side == BUY { 1 } else { 2 })
}

/// Prices that traded.
pub fn trades(events: &[Event]) -> Vec<i64> {
    let of = |event: &Event| if let EventKind::Trade(trade) = &event.kind { Some(trade.price.0) } else { None };
    events.iter().filter_map(of).collect()
}

/// The band that was broken and the price that did not print.
pub fn broken(events: &[Event]) -> Option<(i64, Band)> {
    events.iter().find_map(|event| {
        let EventKind::Breaker(BreakerEvent::BandBroken(broken)) = &event.kind else { return None };
        Some((broken.price.0, Band { low: broken.low, high: broken.high }))
    })
}

/// Why an order or an amend was refused.
pub fn refusal(events: &[Event]) -> Option<RejectReason> {
    events.iter().find_map(|event| {
        let (EventKind::OrderRejected(refused) | EventKind::AmendRejected(refused)) = &event.kind else { return None };
        Some(refused.reason)
    })
}

fn command_refusal(kind: &EventKind) -> Option<RejectReason> {
    if let EventKind::CommandRejected { reason, .. } = kind { Some(*reason) } else { None }
}
