//! A small exchange and short words for what the tests send it.

use engine::Exchange;
use model::{
    AccountId, AccountKind, AccountLimits, AddAccount, Allocation, AmendOrder, AssetId, CancelOrder, ClOrdId, Command,
    Display, EventKind, Events, FeeScheduleId, Instrument, InstrumentId, InstrumentLimits, Limits, MONEY_MAX, Money,
    MoveFunds, NewOrder, OrdType, OrderId, OrderRef, PostOnly, Price, Qty, RejectReason, SessionId, SetAccountLimits,
    SetInstrumentLimits, SetTradingState, Side, Stamp, StpMode, Symbol, TickTable, TimeInForce, TradingState,
};

pub const SECOND: i64 = 1_000_000_000;
/// A cash account with a million of everything.
pub const CASH: AccountId = AccountId(1);
/// Credit accounts.
pub const CREDIT: AccountId = AccountId(2);
pub const MAKER: AccountId = AccountId(3);
pub const USD: AssetId = AssetId(0);
pub const ABC: InstrumentId = InstrumentId(0);
pub const XYZ: InstrumentId = InstrumentId(1);

pub type Refusal = (RejectReason, i128, i128);

pub struct Venue {
    pub exchange: Exchange,
    stamp: Stamp,
    ids: u32,
}

impl Venue {
    /// ABC and XYZ in continuous trading at a previous close of 100.
    pub fn new() -> Self {
        let mut venue = Venue { exchange: Exchange::new(Limits::default()), stamp: Stamp::default(), ids: 0 };
        for symbol in ["USD", "ABC", "XYZ"] {
            venue.send(&Command::AddAsset { symbol: name(symbol), decimals: 0 });
        }
        for symbol in ["ABC", "XYZ"] {
            venue.send(&Command::ListInstrument(Box::new(instrument(symbol, Some(100)))));
        }
        for (text, kind) in
            [("cash", AccountKind::Cash), ("credit", AccountKind::Credit), ("maker", AccountKind::Credit)]
        {
            let account = AddAccount { name: name(text), kind, stp_group: 0, fees: FeeScheduleId(0) };
            venue.send(&Command::AddAccount(account));
        }
        for asset in 0..3 {
            let funds = MoveFunds { account: CASH, asset: AssetId(asset), amount: Money(1_000_000) };
            venue.send(&Command::Deposit(funds));
        }
        venue.state(ABC, TradingState::Continuous);
        venue.state(XYZ, TradingState::Continuous);
        venue
    }

    /// One nanosecond later.
    pub fn send(&mut self, command: &Command) -> Vec<EventKind> {
        self.send_at(self.stamp.ts_ns + 1, command)
    }

    pub fn send_at(&mut self, ts_ns: i64, command: &Command) -> Vec<EventKind> {
        self.stamp = Stamp { seq: self.stamp.seq + 1, ts_ns };
        let mut events = Events::new();
        self.exchange.apply(self.stamp, command, &mut events);
        self.exchange.check_invariants();
        events.as_slice().iter().map(|event| event.kind).collect()
    }

    pub fn now(&self) -> i64 {
        self.stamp.ts_ns
    }

    pub fn state(&mut self, instrument: InstrumentId, state: TradingState) -> Vec<EventKind> {
        self.send(&Command::SetTradingState(SetTradingState { instrument, state }))
    }

    /// A fresh client id.
    pub fn id(&mut self) -> ClOrdId {
        self.ids += 1;
        ClOrdId::new(&format!("id-{}", self.ids)).unwrap()
    }

    /// Enters an order under a fresh id.
    pub fn enter(&mut self, order: NewOrder) -> Result<OrderId, Refusal> {
        let order = NewOrder { cl_ord_id: self.id(), ..order };
        entered(&self.send(&Command::NewOrder(order)))
    }

    /// Enters a good-till-cancelled limit order that must be accepted.
    pub fn rest(&mut self, account: AccountId, side: Side, qty: i64, price: i64) -> OrderId {
        self.enter(limit(account, side, qty, price)).expect("accepted")
    }

    /// Trades one lot at a price between two credit accounts.
    pub fn print(&mut self, price: i64) {
        self.rest(MAKER, Side::Sell, 1, price);
        self.rest(CREDIT, Side::Buy, 1, price);
        assert_eq!(self.exchange.last_trade_price(ABC), Some(Price(price)));
    }

    pub fn amend(
        &mut self,
        account: AccountId,
        order: OrderId,
        qty: Option<i64>,
        price: Option<i64>,
    ) -> Option<Refusal> {
        let request = AmendOrder { order_qty: qty.map(Qty), price: price.map(Price), ..self.amendment(account, order) };
        refused(&self.send(&Command::Amend(request)))
    }

    /// An amend of nothing under a fresh id.
    pub fn amendment(&mut self, account: AccountId, order: OrderId) -> AmendOrder {
        AmendOrder {
            account,
            cl_ord_id: self.id(),
            target: OrderRef::Order(order),
            order_qty: None,
            price: None,
            display_qty: None,
            tif: None,
            stp: None,
            seen_cum_qty: None,
            trigger_price: None,
        }
    }

    pub fn cancel(&mut self, account: AccountId, order: OrderId) -> Option<RejectReason> {
        let request = CancelOrder { account, target: OrderRef::Order(order), unlink: false };
        self.send(&Command::Cancel(request)).iter().find_map(|event| {
            let EventKind::CancelRejected { reason, .. } = event else { return None };
            Some(*reason)
        })
    }

    pub fn limit_account(&mut self, account: AccountId, limits: AccountLimits) {
        let refusal = refused(&self.send(&Command::SetAccountLimits(SetAccountLimits { account, limits })));
        assert_eq!(refusal, None);
    }

    pub fn limit_desk(&mut self, account: AccountId, limits: InstrumentLimits) {
        let request = SetInstrumentLimits { account, instrument: ABC, limits };
        assert_eq!(refused(&self.send(&Command::SetInstrumentLimits(Box::new(request)))), None);
    }

    pub fn open(&self, account: AccountId) -> Vec<u64> {
        self.exchange.open_orders(account).iter().map(|order| order.order_id.0).collect()
    }
}

pub fn name(text: &str) -> Symbol {
    Symbol::new(text).unwrap()
}

pub fn instrument(symbol: &str, previous_close: Option<i64>) -> Instrument {
    Instrument {
        symbol: name(symbol),
        base: AssetId(if symbol == "ABC" { 1 } else { 2 }),
        quote: USD,
        price_decimals: 0,
        qty_decimals: 0,
        ticks: TickTable::uniform(1).unwrap(),
        lot_size: Qty(1),
        min_qty: Qty(1),
        max_qty: Qty(1_000_000),
        min_notional: Money(0),
        max_notional: MONEY_MAX,
        min_price: Price(1),
        max_price: Price(100_000),
        allow_negative: false,
        previous_close: previous_close.map(Price),
        allocation: Allocation::Fifo,
        stp_default: StpMode::None,
        max_slippage_bps: 500,
        seed: 0,
    }
}

/// A limit order of ABC, good till cancelled.
pub fn limit(account: AccountId, side: Side, qty: i64, price: i64) -> NewOrder {
    NewOrder {
        account,
        session: SessionId(0),
        instrument: ABC,
        cl_ord_id: ClOrdId::new("x").unwrap(),
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

/// A market order of ABC, immediate or cancel.
pub fn market(account: AccountId, side: Side, qty: i64) -> NewOrder {
    NewOrder { ord_type: OrdType::Market, tif: TimeInForce::Ioc, price: None, ..limit(account, side, qty, 1) }
}

pub fn entered(events: &[EventKind]) -> Result<OrderId, Refusal> {
    if let Some(EventKind::OrderAccepted(accepted)) = events.first() {
        return Ok(accepted.order_id);
    }
    Err(refused(events).unwrap_or_else(|| panic!("neither accepted nor refused: {events:?}")))
}

/// Reason, value and limit of a refusal; a refusal says nothing else.
pub fn refused(events: &[EventKind]) -> Option<Refusal> {
    let first = events.first()?;
    let refusal = if let EventKind::OrderRejected(rejected) | EventKind::AmendRejected(rejected) = first {
        (rejected.reason, rejected.value, rejected.limit)
    } else {
        let EventKind::CommandRejected { reason, value, limit } = first else { return None };
        (*reason, *value, *limit)
    };
    assert_eq!(events.len(), 1, "a refusal says nothing else: {events:?}");
    Some(refusal)
}

/// Ids of the orders that events cancel, in order.
pub fn cancelled(events: &[EventKind]) -> Vec<u64> {
    let ended = |event: &EventKind| {
        let EventKind::OrderCanceled(ended) = event else { return None };
        Some(ended.order_id.0)
    };
    events.iter().filter_map(ended).collect()
}
