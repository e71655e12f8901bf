//! A small exchange to test triggers with: two instruments of one pair, two accounts, prices by the tick.

use engine::{Blotter, Exchange, OrderStatus};
use model::{
    AccountId, AccountKind, AddAccount, Allocation, AssetId, ClOrdId, Command, Display, Event, EventKind, Events,
    FeeScheduleId, Instrument, InstrumentId, Limits, MONEY_MAX, Money, MoveFunds, NewOrder, NewStop, OrdType, OrderId,
    PostOnly, Price, Qty, ReferenceKind, RejectReason, SessionId, SetReference, SetTradingState, Side, Stamp, StpMode,
    Symbol, TickTable, TimeInForce, TradingState, Trigger,
};

/// A cash account with 1,000,000 of quote and 1,000 of base, whose stops are tested.
pub const OWNER: AccountId = AccountId(1);
/// A credit account that makes prices.
pub const MAKER: AccountId = AccountId(2);
pub const ABC: InstrumentId = InstrumentId(0);
pub const XYZ: InstrumentId = InstrumentId(1);

pub struct Desk {
    pub exchange: Exchange,
    pub blotter: Blotter,
    seq: u64,
    pub now_ns: i64,
    names: u32,
}

fn symbol(text: &str) -> Symbol {
    Symbol::new(text).expect("a name that fits")
}

fn instrument(name: &str) -> Instrument {
    Instrument {
        symbol: symbol(name),
        base: AssetId(1),
        quote: AssetId(0),
        price_decimals: 0,
        qty_decimals: 0,
        ticks: TickTable::uniform(1).expect("a tick is positive"),
        lot_size: Qty(1),
        min_qty: Qty(1),
        max_qty: Qty(1_000),
        min_notional: Money(0),
        max_notional: MONEY_MAX,
        min_price: Price(1),
        max_price: Price(10_000),
        allow_negative: false,
        previous_close: None,
        allocation: Allocation::Fifo,
        stp_default: StpMode::CancelNewest,
        max_slippage_bps: 1_000,
        seed: 0,
    }
}

impl Desk {
    pub fn new() -> Self {
        Self::with(Limits::default())
    }

    /// Both instruments in continuous trading.
    pub fn with(limits: Limits) -> Self {
        let mut desk =
            Desk { exchange: Exchange::new(limits), blotter: Blotter::new(1_000), seq: 0, now_ns: 0, names: 0 };
        let account = |name, kind| {
            Command::AddAccount(AddAccount { name: symbol(name), kind, stp_group: 0, fees: FeeScheduleId(0) })
        };
        let funds = |asset, amount| {
            Command::Deposit(MoveFunds { account: OWNER, asset: AssetId(asset), amount: Money(amount) })
        };
        for command in [
            Command::AddAsset { symbol: symbol("USD"), decimals: 0 },
            Command::AddAsset { symbol: symbol("BTC"), decimals: 0 },
            Command::ListInstrument(Box::new(instrument("ABC"))),
            Command::ListInstrument(Box::new(instrument("XYZ"))),
            account("owner", AccountKind::Cash),
            account("maker", AccountKind::Credit),
            funds(0, 1_000_000),
            funds(1, 1_000),
        ] {
            desk.apply(&command);
        }
        desk.state(ABC, TradingState::Continuous);
        desk.state(XYZ, TradingState::Continuous);
        desk
    }

    /// Applies a command a nanosecond later and gives what it caused, with every invariant checked.
    pub fn apply(&mut self, command: &Command) -> Vec<Event> {
        self.seq += 1;
        self.now_ns += 1;
        let mut events = Events::new();
        self.exchange.apply(Stamp { seq: self.seq, ts_ns: self.now_ns }, command, &mut events);
        self.exchange.check_invariants();
        events.as_slice().iter().for_each(|event| self.blotter.absorb(event));
        events.as_slice().to_vec()
    }

    pub fn state(&mut self, instrument: InstrumentId, state: TradingState) -> Vec<Event> {
        self.apply(&Command::SetTradingState(SetTradingState { instrument, state }))
    }

    pub fn mark(&mut self, price: i64, max_age_ns: i64) -> Vec<Event> {
        let (kind, price) = (ReferenceKind::Mark, Price(price));
        self.apply(&Command::SetReference(SetReference { instrument: ABC, kind, price, max_age_ns }))
    }

    /// A new limit order of one lot with an id of its own.
    pub fn order(&mut self, account: AccountId, side: Side, price: i64) -> NewOrder {
        self.names += 1;
        NewOrder {
            account,
            session: SessionId(0),
            instrument: ABC,
            cl_ord_id: ClOrdId::new(&format!("id-{}", self.names)).expect("an id that fits"),
            side,
            ord_type: OrdType::Limit,
            tif: TimeInForce::Gtc,
            order_qty: Qty(1),
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

    /// A new market order of one lot with an id of its own.
    pub fn market(&mut self, side: Side) -> NewOrder {
        NewOrder { ord_type: OrdType::Market, price: None, ..self.order(OWNER, side, 1) }
    }

    /// Rests an order of the maker.
    pub fn quote(&mut self, instrument: InstrumentId, side: Side, price: i64, qty: i64) {
        let order = NewOrder { instrument, order_qty: Qty(qty), ..self.order(MAKER, side, price) };
        self.apply(&Command::NewOrder(order));
    }

    /// Makes an instrument trade one lot at a price.
    pub fn print(&mut self, instrument: InstrumentId, price: i64) -> Vec<Event> {
        self.quote(instrument, Side::Buy, price, 1);
        let stp = Some(StpMode::None);
        let order = NewOrder { instrument, stp, tif: TimeInForce::Ioc, ..self.order(MAKER, Side::Sell, price) };
        self.apply(&Command::NewOrder(order))
    }

    pub fn stop(&mut self, order: NewOrder, trigger: Trigger) -> Vec<Event> {
        self.apply(&Command::NewStop(Box::new(NewStop { order, trigger })))
    }

    /// Enters a stop that must be accepted, and gives its id.
    pub fn wait(&mut self, order: NewOrder, trigger: Trigger) -> OrderId {
        accepted(&self.stop(order, trigger))
    }

    /// Enters a stop that must be refused and change nothing but the memory of its id.
    pub fn refusal(&mut self, order: NewOrder, trigger: Trigger) -> (RejectReason, i128, i128) {
        let before = self.exchange.state_hash().without_client_ids();
        let events = self.stop(order, trigger);
        assert_eq!(self.exchange.state_hash().without_client_ids(), before, "a refusal changes nothing");
        match events.as_slice() {
            [Event { kind: EventKind::OrderRejected(refused), .. }] => (refused.reason, refused.value, refused.limit),
            other => panic!("not refused: {other:?}"),
        }
    }

    pub fn trigger_price(&self, order_id: OrderId) -> Option<i64> {
        self.exchange.trigger_price(order_id).map(|price| price.0)
    }

    pub fn status(&self, order_id: OrderId) -> OrderStatus {
        self.blotter.order(order_id).expect("the blotter knows every order").status
    }

    pub fn waiting(&self) -> Vec<OrderId> {
        self.exchange.waiting_orders(ABC).iter().map(|order| order.order_id).collect()
    }
}

/// What `pick` takes out of events.
pub fn told<T>(events: &[Event], pick: impl Fn(&EventKind) -> Option<T>) -> Vec<T> {
    events.iter().filter_map(|event| pick(&event.kind)).collect()
}

/// The id in the acceptance among events.
pub fn accepted(events: &[Event]) -> OrderId {
    let found = told(events, |kind| {
        let EventKind::OrderAccepted(accepted) = kind else { return None };
        Some(accepted.order_id)
    });
    found.first().copied().unwrap_or_else(|| panic!("not accepted: {events:?}"))
}

/// What fired, in order: order, trigger, value in halves.
pub fn fired(events: &[Event]) -> Vec<(OrderId, i64, i64)> {
    told(events, |kind| {
        let EventKind::OrderTriggered(fired) = kind else { return None };
        Some((fired.order_id, fired.trigger_price.0, fired.observed_halves))
    })
}

/// The ids of what fired.
pub fn fired_ids(events: &[Event]) -> Vec<OrderId> {
    fired(events).into_iter().map(|(order_id, ..)| order_id).collect()
}
