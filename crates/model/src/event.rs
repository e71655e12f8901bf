//! What an exchange says happened. Events are facts, in order, each with the command that caused it.

use crate::account::FeeRates;
use crate::ids::{AccountId, AssetId, InstrumentId, OrderId, PublicId, TradeId};
use crate::numbers::{Money, Price, Qty, Stamp};
use crate::order::{Display, OrdType, PostOnly, Side, StpMode, TimeInForce};
use crate::reason::{EndReason, RejectReason};
use crate::state::TradingState;
use crate::text::{ClOrdId, Symbol};

/// What in a command's work an event comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Cause {
    /// The command itself.
    Command = 0,
    /// An order's expiry time came.
    Timer = 1,
    /// An auction's uncross.
    Uncross = 2,
    /// Pegged orders following their reference.
    Reprice = 3,
    /// Reduce-only orders cut to a smaller position.
    ReduceOnly = 4,
    /// The instrument left the state its orders lived for.
    State = 5,
}

/// One fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The stamp of the command that caused it.
    pub stamp: Stamp,
    /// Its place among the events of that command, from 0.
    pub sub: u32,
    /// What in the command's work it comes from.
    pub cause: Cause,
    /// What happened.
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// An asset was defined.
    AssetAdded {
        /// Its id.
        asset: AssetId,
        /// Its name.
        symbol: Symbol,
        /// Its decimals.
        decimals: u8,
    },
    /// An instrument was defined.
    InstrumentListed {
        /// Its id.
        instrument: InstrumentId,
        /// Its name.
        symbol: Symbol,
    },
    /// An account was opened.
    AccountAdded {
        /// Its id.
        account: AccountId,
        /// Its name.
        name: Symbol,
    },
    /// A fee schedule changed.
    FeesSet {
        /// Which.
        schedule: u16,
        /// Counts the versions of this schedule, from 1.
        version: u32,
        /// The rates from now on.
        rates: FeeRates,
    },
    /// Money came in.
    Deposited {
        /// Whose.
        account: AccountId,
        /// Of what.
        asset: AssetId,
        /// How much.
        amount: Money,
    },
    /// Money went out.
    Withdrawn {
        /// Whose.
        account: AccountId,
        /// Of what.
        asset: AssetId,
        /// How much.
        amount: Money,
    },
    /// An order was accepted (FIX 150 = 0).
    OrderAccepted(OrderAccepted),
    /// A new order was refused (FIX 150 = 8).
    OrderRejected(OrderRejected),
    /// An amend was refused; the order is untouched (FIX 35 = 9).
    AmendRejected(OrderRejected),
    /// A cancel was refused (FIX 35 = 9).
    CancelRejected {
        /// Who asked.
        account: AccountId,
        /// Why.
        reason: RejectReason,
    },
    /// A command that is neither an order, an amend nor a cancel was refused.
    CommandRejected {
        /// Why.
        reason: RejectReason,
        /// What it offered.
        value: i128,
        /// What it was measured against.
        limit: i128,
    },
    /// The client id was used before for the same request: this is the first outcome, nothing was done again.
    Repeated {
        /// Whose.
        account: AccountId,
        /// The id.
        cl_ord_id: ClOrdId,
        /// The order it belongs to, 0 where the first outcome was a rejection.
        order_id: OrderId,
        /// The reason of a first outcome that was a rejection.
        reason: Option<RejectReason>,
    },
    /// An order entered a queue at the back; its public id is its place in time.
    OrderPosted(OrderPosted),
    /// An iceberg's tip was refilled at the back of the queue.
    OrderRefreshed(OrderPosted),
    /// An order changed in place (FIX 150 = 5).
    OrderReplaced(OrderReplaced),
    /// The venue made an order smaller (FIX 150 = D).
    OrderRestated {
        /// Which.
        order_id: OrderId,
        /// Whose.
        account: AccountId,
        /// In what.
        instrument: InstrumentId,
        /// Its total from now on.
        order_qty: Qty,
        /// What remains.
        leaves_qty: Qty,
        /// What the public sees of it.
        displayed_qty: Qty,
        /// Why.
        reason: EndReason,
    },
    /// A pegged order left the book to wait for its reference.
    OrderParked {
        /// Which.
        order_id: OrderId,
        /// Whose.
        account: AccountId,
        /// In what.
        instrument: InstrumentId,
    },
    /// Two orders traded (FIX 150 = F, once for each side).
    Trade(Trade),
    /// Two orders of one owner met and did not trade.
    TradePrevented(TradePrevented),
    /// An order ended by cancellation (FIX 150 = 4).
    OrderCanceled(OrderEnded),
    /// An order's life ended (FIX 150 = C).
    OrderExpired(OrderEnded),
    /// A mass cancel is done.
    MassCanceled {
        /// How many orders it cancelled.
        count: u64,
    },
    /// An instrument changed its trading state.
    StateChanged {
        /// Which.
        instrument: InstrumentId,
        /// From.
        from: TradingState,
        /// To.
        to: TradingState,
    },
    /// What the uncross would be now.
    IndicativePrice {
        /// Of which instrument.
        instrument: InstrumentId,
        /// At what price; empty where nothing would trade.
        price: Option<Price>,
        /// How much would trade.
        volume: Qty,
        /// What would be left at the price: positive on the buy side, negative on the sell side.
        imbalance: Qty,
    },
    /// An auction ended with or without a cross.
    Uncrossed {
        /// Of which instrument.
        instrument: InstrumentId,
        /// At what price; empty where nothing traded.
        price: Option<Price>,
        /// How much traded.
        volume: Qty,
        /// What was left at the price: positive on the buy side, negative on the sell side.
        imbalance: Qty,
    },
    /// Time passed.
    TimePassed,
}

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

/// The events of one or more commands, in order. Reused from command to command so that nothing is allocated.
#[derive(Clone, Debug, Default)]
pub struct Events {
    /// Written over again and again; only the first `len` count.
    items: Vec<Event>,
    len: usize,
    stamp: Stamp,
    sub: u32,
    cause: Option<Cause>,
}

impl PartialEq for Events {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for Events {}

const BLANK: Event =
    Event { stamp: Stamp { seq: 0, ts_ns: 0 }, sub: 0, cause: Cause::Command, kind: EventKind::TimePassed };

impl Events {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty list with room for `n` events.
    pub fn with_capacity(n: usize) -> Self {
        Events { items: vec![BLANK; n], ..Self::default() }
    }

    /// Starts the events of a command: later ones carry its stamp and count from 0.
    #[inline]
    pub fn begin(&mut self, stamp: Stamp) {
        self.stamp = stamp;
        self.sub = 0;
        self.cause = Some(Cause::Command);
    }

    /// What later events of this command come from.
    #[inline]
    pub fn set_cause(&mut self, cause: Cause) {
        self.cause = Some(cause);
    }

    /// Adds a fact. Always inlined, so that the fact is written where it stays and not copied there.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "a copy of a just written value stalls the pipeline")]
    pub fn push(&mut self, kind: EventKind) {
        let cause = self.cause.unwrap_or(Cause::Command);
        if self.len == self.items.len() {
            self.grow();
        }
        let event = &mut self.items[self.len];
        event.stamp = self.stamp;
        event.sub = self.sub;
        event.cause = cause;
        event.kind = kind;
        self.len += 1;
        self.sub += 1;
    }

    #[cold]
    fn grow(&mut self) {
        self.items.resize((self.items.len() * 2).max(16), BLANK);
    }

    /// How many events the current command has caused so far.
    #[inline]
    pub fn count(&self) -> u32 {
        self.sub
    }

    /// All events, oldest first.
    #[inline]
    pub fn as_slice(&self) -> &[Event] {
        &self.items[..self.len]
    }

    /// Forgets all events, keeping the memory.
    #[inline]
    pub fn clear(&mut self) {
        self.len = 0;
    }
}
