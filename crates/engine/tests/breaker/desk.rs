//! A market of two instruments, three accounts and a clock, and what it says in a few words.

use engine::Exchange;
use model::{
    AccountId, AccountKind, AddAccount, Allocation, AmendOrder, AssetId, BreakerEvent, BreakerRules, CancelOrder,
    ClOrdId, Command, Display, Event, EventKind, Events, FeeScheduleId, Halt, Instrument, InstrumentId, Limits,
    MONEY_MAX, MassCancel, Money, NewOrder, OperatorId, OrdType, OrderRef, PostOnly, Price, Qty, Reopening, Resume,
    SessionId, SetBands, SetTradingState, Side, SpreadRule, Stamp, StaticReference, StpMode, Symbol, TickTable,
    TimeInForce, TradingState, Window,
};

pub const SECOND: i64 = 1_000_000_000;
pub const BUY: Side = Side::Buy;
pub const SELL: Side = Side::Sell;
/// The instrument that tests look at, and another one beside it.
pub const ABC: InstrumentId = InstrumentId(0);
pub const DEF: InstrumentId = InstrumentId(1);

pub fn name(text: &str) -> Symbol {
    Symbol::new(text).unwrap()
}

/// Rules that do nothing but halt: 10 % in 60 s and 300 s, halted 240 s, a call of 60 s, no random end, no cooling.
pub fn rules() -> BreakerRules {
    BreakerRules {
        static_bps: 0,
        static_reference: StaticReference::LastAuction,
        windows: [(60, 1_000), (300, 1_000)].map(|(s, bps)| Window { length_ns: s * SECOND, bps }),
        limit_state_ns: 0,
        spread: SpreadRule { bps: 0, persist_ns: 0 },
        reopening: Reopening {
            halt_ns: 240 * SECOND,
            call_ns: 60 * SECOND,
            random_end_ns: 0,
            collar_bps: 10_000,
            widen_bps: 0,
            extend_ns: 300 * SECOND,
            extensions_max: 0,
            cooling_ns: 0,
            cooling_bps: 500,
        },
        interval_ns: 60 * SECOND,
        trips_max: 0,
    }
}

/// The same with a limit state of 15 s.
pub fn limit_rules() -> BreakerRules {
    BreakerRules { limit_state_ns: 15 * SECOND, ..rules() }
}

/// The same with a cooling phase of 60 s.
pub fn cooling_rules() -> BreakerRules {
    let reopening = Reopening { cooling_ns: 60 * SECOND, ..rules().reopening };
    BreakerRules { reopening, ..rules() }
}

fn instrument(symbol: &str, base: u32) -> Instrument {
    Instrument {
        symbol: name(symbol),
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
        max_price: Price(100_000_000),
        allow_negative: false,
        previous_close: None,
        allocation: Allocation::Fifo,
        stp_default: StpMode::None,
        max_slippage_bps: 10_000,
        seed: 7,
    }
}

pub struct Desk {
    pub exchange: Exchange,
    seq: u64,
    /// Time of the next command.
    pub next_ns: i64,
    orders: u64,
    /// Invariants are checked after every command.
    checks: bool,
}

impl Desk {
    /// Both instruments are in continuous trading at 0 s, without rules.
    pub fn new() -> Self {
        Desk::listing(|_| {})
    }

    /// ABC trades under the rules.
    pub fn with(rules: BreakerRules) -> Self {
        let mut desk = Desk::new();
        desk.set_breaker(Some(rules));
        desk
    }

    /// As [`Desk::new`] with other definitions.
    pub fn listing(change: impl Fn(&mut Instrument)) -> Self {
        Desk::opened(Limits::default(), change)
    }

    /// As [`Desk::new`] with other bounds of the exchange.
    pub fn bounded(limits: Limits) -> Self {
        Desk::opened(limits, |_| {})
    }

    fn opened(limits: Limits, change: impl Fn(&mut Instrument)) -> Self {
        let mut desk = Desk::defining(limits, change);
        for instrument in [ABC, DEF] {
            desk.send(&Command::SetTradingState(SetTradingState { instrument, state: TradingState::Continuous }));
        }
        desk
    }

    /// As [`Desk::new`], but nothing has opened.
    pub fn unopened() -> Self {
        Desk::defining(Limits::default(), |_| {})
    }

    fn defining(limits: Limits, change: impl Fn(&mut Instrument)) -> Self {
        let exchange = Exchange::new(limits);
        let mut desk = Desk { exchange, seq: 0, next_ns: -100, orders: 0, checks: true };
        desk.send(&Command::AddAsset { symbol: name("USD"), decimals: 2 });
        for (symbol, base) in [("ABC", 1), ("DEF", 2)] {
            desk.send(&Command::AddAsset { symbol: name(symbol), decimals: 0 });
            let mut def = instrument(symbol, base);
            change(&mut def);
            desk.send(&Command::ListInstrument(Box::new(def)));
        }
        for account in ["a", "b", "c"] {
            let (kind, fees) = (AccountKind::Credit, FeeScheduleId(0));
            desk.send(&Command::AddAccount(AddAccount { name: name(account), kind, stp_group: 0, fees }));
        }
        desk
    }

    /// The next command comes at so many seconds.
    pub fn at(&mut self, seconds: i64) -> &mut Self {
        self.next_ns = seconds * SECOND;
        self
    }

    pub fn send(&mut self, command: &Command) -> Vec<Event> {
        let mut out = Events::new();
        self.seq += 1;
        self.exchange.apply(Stamp { seq: self.seq, ts_ns: self.next_ns }, command, &mut out);
        if self.checks {
            self.exchange.check_invariants();
        }
        self.next_ns += 1;
        out.as_slice().to_vec()
    }

    pub fn tick(&mut self) -> Vec<String> {
        said(&self.send(&Command::Tick))
    }

    /// A limit order good till cancelled, not yet sent.
    pub fn order(&mut self, side: Side, price: i64, qty: i64) -> NewOrder {
        self.orders += 1;
        NewOrder {
            account: AccountId(if side == BUY { 1 } else { 2 }),
            session: SessionId(0),
            instrument: ABC,
            cl_ord_id: ClOrdId::new(&format!("o{}", self.orders)).unwrap(),
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
        }
    }

    /// A market order, not yet sent.
    pub fn market_order(&mut self, side: Side, qty: i64) -> NewOrder {
        NewOrder { ord_type: OrdType::Market, tif: TimeInForce::Ioc, price: None, ..self.order(side, 0, qty) }
    }

    /// Sends a changed limit order.
    pub fn enter(&mut self, side: Side, price: i64, qty: i64, change: impl Fn(&mut NewOrder)) -> Vec<String> {
        let mut order = self.order(side, price, qty);
        change(&mut order);
        said(&self.send(&Command::NewOrder(order)))
    }

    /// Sends a limit order; what it is called by amends and cancels is [`Desk::last_order`].
    pub fn limit(&mut self, side: Side, price: i64, qty: i64) -> Vec<String> {
        self.enter(side, price, qty, |_| {})
    }

    pub fn market(&mut self, side: Side, qty: i64) -> Vec<String> {
        let order = self.market_order(side, qty);
        said(&self.send(&Command::NewOrder(order)))
    }

    /// The side and the client id of the order sent last.
    pub fn last_order(&self) -> ClOrdId {
        ClOrdId::new(&format!("o{}", self.orders)).unwrap()
    }

    pub fn cancel(&mut self, account: u32, id: ClOrdId) -> Vec<String> {
        let target = OrderRef::Client(id);
        said(&self.send(&Command::Cancel(CancelOrder { account: AccountId(account), target, unlink: false })))
    }

    /// Cancels everything.
    pub fn mass_cancel(&mut self) {
        self.send(&Command::MassCancel(MassCancel { account: None, session: None, instrument: None, side: None }));
    }

    /// Does something without checking the invariants after each command: where there are very many orders.
    pub fn quietly<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        self.checks = false;
        let done = act(self);
        self.checks = true;
        done
    }

    pub fn amend(&mut self, account: u32, id: ClOrdId, price: Option<i64>, qty: Option<i64>) -> Vec<String> {
        self.orders += 1;
        said(&self.send(&Command::Amend(AmendOrder {
            account: AccountId(account),
            cl_ord_id: self.last_order(),
            target: OrderRef::Client(id),
            order_qty: qty.map(Qty),
            price: price.map(Price),
            display_qty: None,
            tif: None,
            stp: None,
            trigger_price: None,
            seen_cum_qty: None,
        })))
    }

    /// Lets one lot print at a price, or try to, at so many seconds: a buy rests just before, a sell takes it.
    pub fn print_at(&mut self, seconds: i64, price: i64) -> Vec<String> {
        self.next_ns = seconds * SECOND - 1;
        self.limit(BUY, price, 1);
        self.limit(SELL, price, 1)
    }

    pub fn set_breaker(&mut self, rules: Option<BreakerRules>) -> Vec<String> {
        said(&self.send(&Command::SetBreaker { instrument: ABC, rules: rules.map(Box::new) }))
    }

    pub fn bands(&mut self, low: i64, high: i64) -> Vec<String> {
        said(&self.send(&Command::SetBands(SetBands { instrument: ABC, low: Price(low), high: Price(high) })))
    }

    pub fn session(&mut self, state: TradingState) -> Vec<String> {
        said(&self.send(&Command::SetTradingState(SetTradingState { instrument: ABC, state })))
    }

    /// Halts ABC by hand.
    pub fn halt(&mut self, seconds: i64, operator: u32) -> Vec<String> {
        self.halt_as(Some(ABC), seconds, operator, false)
    }

    pub fn halt_as(
        &mut self,
        instrument: Option<InstrumentId>,
        seconds: i64,
        operator: u32,
        two_person: bool,
    ) -> Vec<String> {
        let (duration_ns, operator) = (seconds * SECOND, OperatorId(operator));
        said(&self.send(&Command::Halt(Halt { instrument, duration_ns, two_person, operator, note: name("why") })))
    }

    pub fn resume(&mut self, auction: bool, operator: u32) -> Vec<String> {
        self.resume_as(Some(ABC), auction, operator)
    }

    pub fn resume_as(&mut self, instrument: Option<InstrumentId>, auction: bool, operator: u32) -> Vec<String> {
        let operator = OperatorId(operator);
        said(&self.send(&Command::Resume(Resume { instrument, auction, operator, note: name("why") })))
    }

    pub fn state(&self) -> TradingState {
        self.exchange.state(ABC).unwrap()
    }

    /// Prices and quantities of a side of ABC, best first.
    pub fn book(&self, side: Side) -> Vec<(i64, i64)> {
        self.exchange.levels(ABC, side, 10).iter().map(|level| (level.price.0, level.qty.0)).collect()
    }
}

/// What matters here of some events, a few words each: prices and quantities as mantissas, times in seconds.
pub fn said(events: &[Event]) -> Vec<String> {
    events.iter().filter_map(|event| say(&event.kind)).collect()
}

fn time(until_ns: Option<i64>) -> String {
    until_ns.map_or("a person".to_owned(), |ns| (ns / SECOND).to_string())
}

fn say(kind: &EventKind) -> Option<String> {
    if let EventKind::Trade(trade) = kind {
        return Some(format!("trade {}x{}", trade.price.0, trade.qty.0));
    }
    if let EventKind::OrderPosted(posted) = kind {
        return Some(format!("posted {}", posted.price.0));
    }
    if let EventKind::OrderCanceled(ended) = kind {
        return Some(format!("canceled {} {}", ended.canceled_qty.0, ended.reason.name()));
    }
    if let EventKind::OrderRejected(reject) | EventKind::AmendRejected(reject) = kind {
        return Some(format!("refused {} {} {}", reject.reason.code(), reject.value, reject.limit));
    }
    if let EventKind::CommandRejected { reason, value, limit } = kind {
        return Some(format!("refused {} {value} {limit}", reason.code()));
    }
    if let EventKind::CancelRejected { reason, .. } = kind {
        return Some(format!("refused {}", reason.code()));
    }
    if let EventKind::OrderParked { .. } = kind {
        return Some("parked".to_owned());
    }
    if let EventKind::StateChanged { from, to, .. } = kind {
        return Some(format!("{from:?} -> {to:?}"));
    }
    if let EventKind::Uncrossed { price, volume, .. } = kind {
        return Some(price.map_or("no cross".to_owned(), |price| format!("uncrossed {}x{}", price.0, volume.0)));
    }
    if let EventKind::Breaker(event) = kind {
        return say_breaker(event);
    }
    None
}

fn say_breaker(event: &BreakerEvent) -> Option<String> {
    match event {
        BreakerEvent::BandBroken(broken) => {
            let (low, high) = (broken.low.0, broken.high.0);
            Some(format!("broken {} not in {low}..={high} by {:?}", broken.price.0, broken.rule))
        }
        BreakerEvent::BreakerTripped(tripped) => {
            Some(format!("tripped by {:?} until {}", tripped.rule, time(tripped.until_ns)))
        }
        BreakerEvent::AuctionExtended(extended) => {
            let (low, high, until) = (extended.low.0, extended.high.0, time(extended.until_ns));
            Some(format!("extended {} not in {low}..={high} until {until}", extended.price.0))
        }
        BreakerEvent::HaltOrdered { until_ns, .. } => Some(format!("halt until {}", time(*until_ns))),
        BreakerEvent::ResumeOrdered { .. } => Some("resume".to_owned()),
        BreakerEvent::SessionStateSet { state, .. } => Some(format!("session {state:?}")),
        BreakerEvent::SpreadChanged { state, .. } => Some(format!("spread {state:?}")),
        BreakerEvent::BreakerSet { .. } => Some("breaker set".to_owned()),
        BreakerEvent::BandsSet { .. } => Some("bands set".to_owned()),
        BreakerEvent::ReferenceSet { .. } | BreakerEvent::ReferenceStale { .. } => None,
    }
}
