//! A small exchange to test with: one instrument, a few accounts, events as short lines.

use core::ops::{Deref, DerefMut};

use model::{
    AccountId, AccountKind, Activation, AmendOrder, CancelGroup, CancelOrder, ClOrdId, Command, EventKind, FeeBase,
    FeeRates, FeeScheduleId, GroupId, GroupKind, GroupLeg, GroupMode, Limits, NewGroup, NewOrder, NewStop, OrdType,
    OrderId, OrderRef, Price, Qty, ReferenceKind, SetReference, SetTradingState, Side, TimeInForce, TradingState,
    Trigger, TriggerKind,
};

pub use crate::floor::{ABC, BASE, QUOTE, id, symbol};
use crate::floor::{Floor, instrument, limit};

/// The account whose groups are tested: cash, 100,000 of quote and 1,000 of base.
pub const OWNER: AccountId = AccountId(1);
/// A credit account to trade with.
pub const OTHER: AccountId = AccountId(2);
/// A cash account without money.
pub const POOR: AccountId = AccountId(3);
/// Credit accounts without orders at rest.
pub const MAKER: AccountId = AccountId(4);
pub const TAKER: AccountId = AccountId(5);

/// One exchange, its time and what it last said.
pub struct Desk {
    floor: Floor,
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

impl Default for Desk {
    fn default() -> Self {
        Self::with(Limits::default())
    }
}

impl Desk {
    /// Two instruments of one pair in continuous trading, the last trade of the first at 100.
    pub fn with(limits: Limits) -> Self {
        let (cash, credit) = (AccountKind::Cash, AccountKind::Credit);
        let others = [("other", credit), ("poor", cash), ("maker", credit), ("taker", credit)];
        let instruments = [instrument("ABC", 1_000), instrument("ABC-2", 1_000)];
        let mut desk = Desk { floor: Floor::with(limits, instruments, [100_000, 1_000], &others), names: 0 };
        desk.state(TradingState::Continuous);
        desk.print(100);
        desk
    }

    /// Applies a command and gives what it caused.
    pub fn apply(&mut self, command: &Command) -> Vec<EventKind> {
        self.floor.apply(command).iter().map(|event| event.kind).collect()
    }

    /// The same, as lines.
    pub fn send(&mut self, command: &Command) -> Vec<String> {
        self.apply(command).iter().map(line).collect()
    }

    pub fn state(&mut self, state: TradingState) -> Vec<String> {
        self.send(&Command::SetTradingState(SetTradingState { instrument: ABC, state }))
    }

    /// Gives the mark price of the first instrument.
    pub fn mark(&mut self, price: i64) -> Vec<String> {
        self.send(&Command::SetReference(SetReference {
            instrument: ABC,
            kind: ReferenceKind::Mark,
            price: Price(price),
            max_age_ns: 1_000,
        }))
    }

    /// A fresh client id.
    pub fn name(&mut self) -> ClOrdId {
        self.names += 1;
        id(&format!("x{}", self.names))
    }

    /// An order of the other account.
    pub fn other(&mut self, side: Side, qty: i64, price: i64) -> Vec<String> {
        let order = NewOrder { account: OTHER, cl_ord_id: self.name(), ..order("x", side, qty, price) };
        self.send(&Command::NewOrder(order))
    }

    /// A third account trades at once with whoever is there.
    pub fn taker(&mut self, side: Side, qty: i64, price: i64) -> Vec<String> {
        let cl_ord_id = self.name();
        let order = NewOrder { account: TAKER, cl_ord_id, tif: TimeInForce::Ioc, ..order("x", side, qty, price) };
        self.send(&Command::NewOrder(order))
    }

    /// Two others trade a lot at a price nobody else stands before.
    pub fn print(&mut self, price: i64) -> Vec<String> {
        let maker = NewOrder { account: MAKER, cl_ord_id: self.name(), ..order("x", Side::Sell, 1, price) };
        let mut lines = self.send(&Command::NewOrder(maker));
        lines.extend(self.taker(Side::Buy, 1, price));
        lines
    }

    pub fn group(&mut self, kind: GroupKind, mode: GroupMode, legs: Vec<GroupLeg>) -> Vec<String> {
        self.send(&new_group(kind, mode, Activation::Partial, legs))
    }

    pub fn cancel(&mut self, order_id: u64, unlink: bool) -> Vec<String> {
        let target = OrderRef::Order(OrderId(order_id));
        self.send(&Command::Cancel(CancelOrder { account: OWNER, target, unlink }))
    }

    pub fn cancel_group(&mut self, account: AccountId, group: u64) -> Vec<String> {
        self.send(&Command::CancelGroup(CancelGroup { account, group: GroupId(group) }))
    }

    /// An amend that sets a quantity, a price or a trigger.
    pub fn amend(&mut self, order_id: u64, [qty, price, trigger]: [Option<i64>; 3]) -> Vec<String> {
        let cl_ord_id = self.name();
        self.send(&Command::Amend(AmendOrder {
            account: OWNER,
            cl_ord_id,
            target: OrderRef::Order(OrderId(order_id)),
            order_qty: qty.map(Qty),
            price: price.map(Price),
            display_qty: None,
            tif: None,
            stp: None,
            trigger_price: trigger.map(Price),
            seen_cum_qty: None,
        }))
    }

    pub fn fees(&mut self, ppm: i32) {
        let rates = FeeRates { maker_ppm: ppm, taker_ppm: ppm };
        self.send(&Command::SetFees { schedule: FeeScheduleId(0), base: FeeBase::Notional, rates });
    }

    /// What the owner has reserved: of quote, of base.
    pub fn reserved(&self) -> (i128, i128) {
        let of = |asset| self.exchange.balance(OWNER, asset).reserved.0;
        (of(QUOTE), of(BASE))
    }

    /// Ids of the owner's open orders.
    pub fn open(&self) -> Vec<u64> {
        self.exchange.open_orders(OWNER).iter().map(|order| order.order_id.0).collect()
    }

    /// What is left of an order.
    pub fn leaves(&self, order_id: u64) -> i64 {
        self.exchange.order(OrderId(order_id)).map_or(0, |order| order.leaves_qty.0)
    }
}

/// A limit order of the owner.
pub fn order(name: &str, side: Side, qty: i64, price: i64) -> NewOrder {
    limit(OWNER, id(name), side, qty, price)
}

pub fn market(name: &str, side: Side, qty: i64) -> NewOrder {
    NewOrder { ord_type: OrdType::Market, price: None, ..order(name, side, qty, 1) }
}

/// An order that waits for nothing but its group.
pub fn leg(order: NewOrder) -> GroupLeg {
    GroupLeg { order, trigger: None }
}

/// A market order behind a stop-loss trigger.
pub fn stop(name: &str, side: Side, qty: i64, trigger: i64) -> GroupLeg {
    GroupLeg { order: market(name, side, qty), trigger: Some(Trigger::at(TriggerKind::StopLoss, Price(trigger))) }
}

/// A limit order behind a trigger.
pub fn behind(order: NewOrder, kind: TriggerKind, trigger: i64) -> GroupLeg {
    GroupLeg { order, trigger: Some(Trigger::at(kind, Price(trigger))) }
}

pub fn new_stop(leg: &GroupLeg) -> Command {
    let trigger = leg.trigger.expect("a stop has a trigger");
    Command::NewStop(Box::new(NewStop { order: leg.order, trigger }))
}

pub fn new_group(kind: GroupKind, mode: GroupMode, activation: Activation, legs: Vec<GroupLeg>) -> Command {
    Command::NewGroup(Box::new(NewGroup { kind, mode, activation, legs }))
}

/// An event as a short line: a word, the order's id, numbers.
pub fn line(event: &EventKind) -> String {
    let at = |price: Option<Price>| price.map_or(String::new(), |price| format!("@{}", price.0));
    match event {
        EventKind::OrderAccepted(e) => format!("accepted {} {}{}", e.order_id, e.order_qty.0, at(e.price)),
        EventKind::OrderPosted(e) => format!("posted {} {}@{}", e.order_id, e.displayed_qty.0, e.price.0),
        EventKind::OrderRefreshed(e) => format!("refreshed {} {}@{}", e.order_id, e.displayed_qty.0, e.price.0),
        EventKind::Trade(e) => format!("trade {} {} {}@{}", e.buy.order_id, e.sell.order_id, e.qty.0, e.price.0),
        EventKind::TradePrevented(e) => format!("prevented {} {}", e.taker_order_id, e.maker_order_id),
        EventKind::OrderCanceled(e) => format!("canceled {} {} {:?}", e.order_id, e.canceled_qty.0, e.reason),
        EventKind::OrderExpired(e) => format!("expired {} {} {:?}", e.order_id, e.canceled_qty.0, e.reason),
        EventKind::OrderRestated { order_id, order_qty, leaves_qty, reason, .. } => {
            format!("restated {order_id} {} of {} {reason:?}", leaves_qty.0, order_qty.0)
        }
        EventKind::OrderReplaced(e) => {
            format!("replaced {} {} of {}{}", e.order_id, e.leaves_qty.0, e.order_qty.0, at(e.price))
        }
        EventKind::OrderSuspended(e) => format!("suspended {}{}", e.order_id, at(e.trigger_price)),
        EventKind::OrderTriggered(e) => format!("triggered {}@{}", e.order_id, e.trigger_price.0),
        EventKind::OrderReleased(e) => format!("released {} {} of {}", e.order_id, e.leaves_qty.0, e.order_qty.0),
        EventKind::TriggerRejected(e) => {
            format!("trigger_rejected {} {} {} {} {}", e.order_id, e.canceled_qty.0, e.reason.name(), e.value, e.limit)
        }
        EventKind::GroupAccepted(e) => format!("grouped {} {:?} from {}", e.group_id, e.kind, e.first_order_id),
        EventKind::GroupRejected(e) => {
            format!("group_rejected leg {} {} {} {}", e.leg, e.reason.name(), e.value, e.limit)
        }
        EventKind::OrderRejected(e) => format!("rejected {} {} {}", e.reason.name(), e.value, e.limit),
        EventKind::AmendRejected(e) => format!("amend_rejected {} {} {}", e.reason.name(), e.value, e.limit),
        EventKind::CancelRejected { reason, .. } => format!("cancel_rejected {}", reason.name()),
        EventKind::CommandRejected { reason, value, limit } => {
            format!("command_rejected {} {value} {limit}", reason.name())
        }
        EventKind::Repeated { order_id, reason, .. } => {
            format!("repeated {order_id} {}", reason.map_or("", |reason| reason.name()))
        }
        EventKind::MassCanceled { count } => format!("mass_canceled {count}"),
        EventKind::StateChanged { to, .. } => format!("state {to:?}"),
        EventKind::Uncrossed { price, volume, .. } => format!("uncrossed {}{}", volume.0, at(*price)),
        other @ (EventKind::AssetAdded { .. }
        | EventKind::InstrumentListed { .. }
        | EventKind::AccountAdded { .. }
        | EventKind::FeesSet { .. }
        | EventKind::AccountFeesSet { .. }
        | EventKind::TradeAmended { .. }
        | EventKind::TicksSet { .. }
        | EventKind::Deposited { .. }
        | EventKind::Withdrawn { .. }
        | EventKind::OrderParked { .. }
        | EventKind::IndicativePrice { .. }
        | EventKind::TimePassed
        | EventKind::Guard(_)
        | EventKind::Breaker(_)
        | EventKind::Outcome(_)) => format!("{other:?}").split(['(', ' ', '{']).next().unwrap_or_default().to_owned(),
    }
}
