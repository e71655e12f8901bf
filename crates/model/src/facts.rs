//! What the larger facts of an exchange say: the contents of [`crate::EventKind`].

use crate::breaker::BreakerRule;
use crate::command::NewOrder;
use crate::ids::{AccountId, GroupId, InstrumentId, OrderId, PublicId, TradeId};
use crate::numbers::{Money, Price, Qty};
use crate::order::{Display, OrdType, PostOnly, Side, StpMode, TimeInForce};
use crate::reason::{EndReason, RejectReason};
use crate::text::ClOrdId;
use crate::trigger::{GroupKind, GroupMode, TriggerKind, TriggerSource};

/// An order was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderAccepted {
    /// Given to it.
    pub order_id: OrderId,
    /// Whose.
    pub account: AccountId,
    /// In what.
    pub instrument: InstrumentId,
    /// The client's id.
    pub cl_ord_id: ClOrdId,
    /// Buy or sell.
    pub side: Side,
    /// How it is priced.
    pub ord_type: OrdType,
    /// How long it lives.
    pub tif: TimeInForce,
    /// Its limit, after sliding; the protection price of a market order; the limit of a pegged order.
    pub price: Option<Price>,
    /// Its quantity, after a reduce-only cap; 0 for an order by budget.
    pub order_qty: Qty,
    /// How much of it is shown.
    pub display: Display,
    /// Whether it may take.
    pub post_only: PostOnly,
    /// Whether it may only shrink a position.
    pub reduce_only: bool,
    /// Its self-trade prevention.
    pub stp: StpMode,
}

/// A new order or an amend was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderRejected {
    /// Who asked.
    pub account: AccountId,
    /// The client's id.
    pub cl_ord_id: ClOrdId,
    /// The order meant by an amend, 0 where there is none.
    pub order_id: OrderId,
    /// Why.
    pub reason: RejectReason,
    /// What was offered, in the unit of the reason (a price, a quantity, an amount, a time).
    pub value: i128,
    /// What it was measured against.
    pub limit: i128,
    /// What a new order asked for; absent of an amend, and where there is no such instrument.
    pub asked: Option<Asked>,
}

/// What an order asked for that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// In what.
    pub instrument: InstrumentId,
    /// Buy or sell.
    pub side: Side,
    /// How it is priced.
    pub ord_type: OrdType,
    /// How long it was to live.
    pub tif: TimeInForce,
    /// Its limit.
    pub price: Option<Price>,
    /// Its quantity; 0 for an order by budget.
    pub order_qty: Qty,
}

impl Asked {
    /// What a new order asks for.
    pub fn of(order: &NewOrder) -> Asked {
        let NewOrder { instrument, side, ord_type, tif, price, order_qty, .. } = *order;
        Asked { instrument, side, ord_type, tif, price, order_qty }
    }
}

/// An order entered a queue, or its tip did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderPosted {
    /// Which.
    pub order_id: OrderId,
    /// In what.
    pub instrument: InstrumentId,
    /// Which side.
    pub side: Side,
    /// At what price.
    pub price: Price,
    /// Names this stay in the queue; 0 for a hidden order.
    pub public_id: PublicId,
    /// What the public sees; 0 for a hidden order.
    pub displayed_qty: Qty,
}

/// An order changed in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderReplaced {
    /// Which.
    pub order_id: OrderId,
    /// Whose.
    pub account: AccountId,
    /// In what.
    pub instrument: InstrumentId,
    /// The amend's client id.
    pub cl_ord_id: ClOrdId,
    /// Its limit from now on.
    pub price: Option<Price>,
    /// Its total from now on.
    pub order_qty: Qty,
    /// What remains, before it matches again.
    pub leaves_qty: Qty,
    /// What the public sees of it; 0 where it left its queue.
    pub displayed_qty: Qty,
    /// How long it lives from now on.
    pub tif: TimeInForce,
    /// It stays where it is in its queue; otherwise it left it and an `OrderPosted` follows if it rests again.
    pub priority_kept: bool,
}

/// One order's part in a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeLeg {
    /// Which order.
    pub order_id: OrderId,
    /// Whose.
    pub account: AccountId,
    /// What remains of it; 0 means filled, except for an order by budget.
    pub leaves_qty: Qty,
    /// What it pays in the quote asset, negative for a rebate.
    pub fee: Money,
}

/// Two orders traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// Given to it.
    pub trade_id: TradeId,
    /// In what.
    pub instrument: InstrumentId,
    /// At the resting order's price, or the auction's.
    pub price: Price,
    /// How much.
    pub qty: Qty,
    /// The buy order's part.
    pub buy: TradeLeg,
    /// The sell order's part.
    pub sell: TradeLeg,
    /// Which side came in; empty in an auction.
    pub aggressor: Option<Side>,
    /// Both orders have one owner (possible in auctions and where prevention is off).
    pub self_match: bool,
}

impl Trade {
    /// The resting order's part; the buy side's in an auction.
    pub fn maker(&self) -> &TradeLeg {
        match self.aggressor {
            Some(Side::Buy) => &self.sell,
            Some(Side::Sell) | None => &self.buy,
        }
    }

    /// The incoming order's part; the sell side's in an auction.
    pub fn taker(&self) -> &TradeLeg {
        match self.aggressor {
            Some(Side::Buy) => &self.buy,
            Some(Side::Sell) | None => &self.sell,
        }
    }
}

/// Two orders of one owner met and did not trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradePrevented {
    /// In what.
    pub instrument: InstrumentId,
    /// The incoming order.
    pub taker_order_id: OrderId,
    /// The resting order.
    pub maker_order_id: OrderId,
    /// Where they met.
    pub price: Price,
    /// What both lose by decrement; otherwise what would have traded.
    pub qty: Qty,
    /// The incoming order's mode.
    pub mode: StpMode,
    /// What remains of the resting order.
    pub maker_leaves_qty: Qty,
    /// What the public sees of it.
    pub maker_displayed_qty: Qty,
}

/// An order ended without being filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderEnded {
    /// Which.
    pub order_id: OrderId,
    /// Whose.
    pub account: AccountId,
    /// In what.
    pub instrument: InstrumentId,
    /// What it lost: what remained of it.
    pub canceled_qty: Qty,
    /// Why.
    pub reason: EndReason,
}

/// An order waits for its trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderSuspended {
    /// Which.
    pub order_id: OrderId,
    /// Whose.
    pub account: AccountId,
    /// In what.
    pub instrument: InstrumentId,
    /// Why it waits; empty: for the entry of its group.
    pub kind: Option<TriggerKind>,
    /// What its trigger is compared with.
    pub source: TriggerSource,
    /// Its trigger, where it has one by now.
    pub trigger_price: Option<Price>,
}

/// A trigger fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderTriggered {
    /// Which.
    pub order_id: OrderId,
    /// Whose.
    pub account: AccountId,
    /// In what.
    pub instrument: InstrumentId,
    /// What its trigger was compared with; `Last` where it fell back to trade prices.
    pub source: TriggerSource,
    /// Its trigger.
    pub trigger_price: Price,
    /// What the source was, in half units of the price, so that a middle is exact.
    pub observed_halves: i64,
}

/// A triggered or released order was refused and has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TriggerRejected {
    /// Which.
    pub order_id: OrderId,
    /// Whose.
    pub account: AccountId,
    /// In what.
    pub instrument: InstrumentId,
    /// What it lost.
    pub canceled_qty: Qty,
    /// Why.
    pub reason: RejectReason,
    /// What it offered.
    pub value: i128,
    /// What it was measured against.
    pub limit: i128,
}

/// An order of a group may trade, or may trade more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderReleased {
    /// Which.
    pub order_id: OrderId,
    /// Whose.
    pub account: AccountId,
    /// In what.
    pub instrument: InstrumentId,
    /// Its total from now on.
    pub order_qty: Qty,
    /// What remains.
    pub leaves_qty: Qty,
}

/// A group was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupAccepted {
    /// Given to it.
    pub group_id: GroupId,
    /// Whose.
    pub account: AccountId,
    /// In what.
    pub instrument: InstrumentId,
    /// How its orders depend on each other.
    pub kind: GroupKind,
    /// What a fill or a trigger does.
    pub mode: GroupMode,
    /// The order of its first leg; the others follow it by one.
    pub first_order_id: OrderId,
}

/// A group was refused as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupRejected {
    /// Who asked; the account of the first leg.
    pub account: AccountId,
    /// The client id of the first leg, which stands for the group; empty where there are no legs.
    pub cl_ord_id: Option<ClOrdId>,
    /// Which leg is at fault, from 0.
    pub leg: u8,
    /// Why.
    pub reason: RejectReason,
    /// What was offered.
    pub value: i128,
    /// What it was measured against.
    pub limit: i128,
}

/// A price would have broken a band and did not print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BandBroken {
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// The order that would have traded.
    pub order_id: OrderId,
    /// At what price.
    pub price: Price,
    /// Lowest price that may print.
    pub low: Price,
    /// Highest price that may print.
    pub high: Price,
    /// Whose band it is.
    pub rule: BreakerRule,
}

/// A breaker stopped trading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerTripped {
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// Which rule.
    pub rule: BreakerRule,
    /// When trading is expected to resume, apart from a random end and extensions; empty: when a person says so.
    pub until_ns: Option<i64>,
}

/// The auction price would be outside the collar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuctionExtended {
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// What the auction price would be.
    pub price: Price,
    /// Lowest price of the collar it broke.
    pub low: Price,
    /// Highest price of the collar it broke.
    pub high: Price,
    /// When the call ends now; empty: when a person says so.
    pub until_ns: Option<i64>,
}
