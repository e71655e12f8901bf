//! A small exchange to test triggers with: two instruments of one pair, two accounts, prices by the tick.

use core::ops::{Deref, DerefMut};

use engine::{Blotter, OrderStatus};
use model::{
    AccountId, AccountKind, Command, Event, EventKind, InstrumentId, Limits, NewOrder, NewStop, OrdType, OrderId,
    Price, Qty, ReferenceKind, RejectReason, SetReference, SetTradingState, Side, StpMode, TimeInForce, TradingState,
    Trigger,
};

pub use crate::floor::ABC;
use crate::floor::{Floor, id, instrument, limit};

/// A cash account with 1,000,000 of quote and 1,000 of base, whose stops are tested.
pub const OWNER: AccountId = AccountId(1);
/// A credit account that makes prices.
pub const MAKER: AccountId = AccountId(2);
pub const XYZ: InstrumentId = InstrumentId(1);

pub struct Desk {
    floor: Floor,
    pub blotter: Blotter,
    names: u32,
}

impl Deref for Desk {
    type Target = Floor;

    fn deref(&self) -> &Floor {
        &self.floor
    }
}

impl DerefMut for Desk {
    fn deref_mut(&mut self) -> &mut Floor {
        &mut self.floor
    }
}

impl Desk {
    pub fn new() -> Self {
        Self::with(Limits::default())
    }

    /// Both instruments in continuous trading.
    pub fn with(limits: Limits) -> Self {
        let instruments = [instrument("ABC", 10_000), instrument("XYZ", 10_000)];
        let floor = Floor::with(limits, instruments, [1_000_000, 1_000], &[("maker", AccountKind::Credit)]);
        let mut desk = Desk { floor, blotter: Blotter::new(1_000), names: 0 };
        desk.state(ABC, TradingState::Continuous);
        desk.state(XYZ, TradingState::Continuous);
        desk
    }

    /// Applies a command and gives what it caused, which the blotter sees too.
    pub fn apply(&mut self, command: &Command) -> Vec<Event> {
        let events = self.floor.apply(command);
        for event in &events {
            self.blotter.absorb(event);
        }
        events
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
        limit(account, id(&format!("id-{}", self.names)), side, 1, price)
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
