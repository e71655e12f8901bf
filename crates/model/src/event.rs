//! What an exchange says happened. Events are facts, in order, each with the command that caused it.

use crate::account::{FeeBase, FeeRates, FeeScheduleId};
use crate::amendment::{TradeKey, TradeTerms};
use crate::breaker::SpreadState;
use crate::facts::{
    AuctionExtended, BandBroken, BreakerTripped, GroupAccepted, GroupRejected, OrderAccepted, OrderEnded, OrderPosted,
    OrderRejected, OrderReleased, OrderReplaced, OrderSuspended, OrderTriggered, Trade, TradePrevented,
    TriggerRejected,
};
use crate::ids::{AccountId, AssetId, InstrumentId, OperatorId, OrderId, SessionId};
use crate::numbers::{Money, Price, Qty, Stamp};
use crate::outcome::OutcomeEvent;
use crate::reason::{EndReason, RejectReason};
use crate::risk::KillScope;
use crate::state::TradingState;
use crate::text::{ClOrdId, Symbol};
use crate::trigger::ReferenceKind;

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
    /// A trigger fired, or a triggered order at work.
    Trigger = 6,
    /// Orders of a group following one another.
    Group = 7,
    /// An instrument's breaker.
    Breaker = 8,
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
        /// Which of its rates.
        base: FeeBase,
        /// The rates from now on.
        rates: FeeRates,
    },
    /// An account pays by another fee schedule.
    AccountFeesSet {
        /// Whose.
        account: AccountId,
        /// Which.
        schedule: FeeScheduleId,
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
    /// An order waits for its trigger (FIX 39 = 9).
    OrderSuspended(OrderSuspended),
    /// An order's trigger fired (FIX 150 = L); it goes to work as soon as those that fired before it have.
    OrderTriggered(OrderTriggered),
    /// A triggered or released order was refused and has ended (FIX 150 = 8).
    TriggerRejected(TriggerRejected),
    /// An order of a group may trade, or may trade more. It left its queue; an `OrderPosted` follows where it rests.
    OrderReleased(OrderReleased),
    /// A group was accepted; the `OrderAccepted` of its legs follow.
    GroupAccepted(GroupAccepted),
    /// A group was refused as a whole.
    GroupRejected(GroupRejected),
    /// Limits, credit, kill switches, sessions, dead-man timers.
    Guard(GuardEvent),
    /// Halts, bands, reference prices.
    Breaker(BreakerEvent),
    /// Pairs, outcomes and what they pay.
    Outcome(OutcomeEvent),
    /// A trade was taken back (FIX 150 = H) or corrected (G): money, assets and fees are as if it had been made so.
    TradeAmended {
        /// Which.
        key: TradeKey,
        /// Its terms before.
        was: TradeTerms,
        /// Its terms from now on.
        now: TradeTerms,
    },
    /// An instrument has another grid.
    TicksSet {
        /// Which.
        instrument: InstrumentId,
    },
}

/// What happened to the guards around accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardEvent {
    /// Limits of an account were set.
    LimitsSet {
        /// Whose.
        account: AccountId,
        /// In what; empty: over all instruments.
        instrument: Option<InstrumentId>,
    },
    /// A credit line was set.
    CreditLineSet {
        /// Whose.
        account: AccountId,
        /// Of what.
        asset: AssetId,
        /// How far below zero the available amount may go.
        amount: Money,
    },
    /// A kill switch is on; what it covers was cancelled before this.
    KillSwitchSet {
        /// What it stops.
        scope: KillScope,
        /// Who.
        operator: OperatorId,
        /// Why.
        note: Symbol,
        /// How many orders it cancelled.
        count: u64,
    },
    /// A kill switch is off.
    KillSwitchCleared {
        /// What it stopped.
        scope: KillScope,
        /// Who.
        operator: OperatorId,
        /// Why.
        note: Symbol,
    },
    /// What happens to a connection's orders when it is lost was set.
    DisconnectRuleSet {
        /// Which connection.
        session: SessionId,
        /// How long after the loss its orders are cancelled; empty: never.
        grace_ns: Option<i64>,
    },
    /// A connection was lost or is back.
    SessionChanged {
        /// Which connection.
        session: SessionId,
        /// It is there.
        up: bool,
        /// When its orders will be cancelled, where they will.
        cancel_ns: Option<i64>,
    },
    /// A dead-man timer was armed, renewed or disarmed.
    DeadManSet {
        /// Whose.
        account: AccountId,
        /// When the orders will be cancelled; empty: disarmed.
        at_ns: Option<i64>,
    },
}

/// What happened to an instrument's breaker and to what triggers and bands refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerEvent {
    /// A mark or index price was given.
    ReferenceSet {
        /// Of which instrument.
        instrument: InstrumentId,
        /// Which price.
        kind: ReferenceKind,
        /// Its value.
        price: Price,
    },
    /// A mark or index price is too old: its triggers wait for the next one.
    ReferenceStale {
        /// Of which instrument.
        instrument: InstrumentId,
        /// Which price.
        kind: ReferenceKind,
    },
    /// A person halted an instrument.
    HaltOrdered {
        /// Which instrument.
        instrument: InstrumentId,
        /// Who.
        operator: OperatorId,
        /// Why.
        note: Symbol,
        /// Until when; empty: until it is resumed.
        until_ns: Option<i64>,
    },
    /// A person ended a halt.
    ResumeOrdered {
        /// Which instrument.
        instrument: InstrumentId,
        /// Who.
        operator: OperatorId,
        /// Why.
        note: Symbol,
    },
    /// The session's state was set while something more restrictive decides (S-05).
    SessionStateSet {
        /// Of which instrument.
        instrument: InstrumentId,
        /// What it will be once nothing more restrictive decides.
        state: TradingState,
    },
    /// The rules of a breaker were set or removed.
    BreakerSet {
        /// Of which instrument.
        instrument: InstrumentId,
    },
    /// Price bands were given from outside.
    BandsSet {
        /// Of which instrument.
        instrument: InstrumentId,
        /// Lowest price that may print.
        low: Price,
        /// Highest price that may print.
        high: Price,
    },
    /// A price would have broken a band and did not print.
    BandBroken(BandBroken),
    /// A breaker stopped trading.
    BreakerTripped(BreakerTripped),
    /// The auction price would be outside the collar: the call goes on.
    AuctionExtended(AuctionExtended),
    /// The spread became wide, one-sided or normal.
    SpreadChanged {
        /// Of which instrument.
        instrument: InstrumentId,
        /// What it is now.
        state: SpreadState,
    },
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

    /// What later events of this command come from as things stand.
    #[inline]
    pub fn cause(&self) -> Cause {
        self.cause.unwrap_or(Cause::Command)
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
