//! What can be asked of an exchange. A command carries its ids, its time comes with its stamp.

use crate::account::{AccountKind, FeeBase, FeeRates, FeeScheduleId};
use crate::amendment::AmendTrade;
use crate::breaker::BreakerRules;
use crate::ids::{AccountId, AssetId, InstrumentId, OrderId, SessionId};
use crate::instrument::Instrument;
use crate::numbers::{Money, Price, Qty};
use crate::order::{Display, OrdType, Peg, PostOnly, Side, StpMode, TimeInForce};
use crate::outcome::OutcomeRequest;
use crate::risk::{
    CancelAllAfter, Halt, KillSwitch, Rearm, Resume, SetAccountLimits, SetBands, SetCancelOnDisconnect, SetCreditLine,
    SetInstrumentLimits,
};
use crate::state::TradingState;
use crate::text::{ClOrdId, Symbol};
use crate::tick::SetTicks;
use crate::trigger::{CancelGroup, NewGroup, NewStop, SetReference};

/// One input of the exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Defines an asset; it gets the next [`AssetId`].
    AddAsset {
        /// Its name, unique among assets.
        symbol: Symbol,
        /// `amount = mantissa / 10^decimals`, 0 to 18.
        decimals: u8,
    },
    /// Defines an instrument; it gets the next [`InstrumentId`] and starts in `PreListed`.
    ListInstrument(Box<Instrument>),
    /// Opens an account; it gets the next [`AccountId`].
    AddAccount(AddAccount),
    /// Sets rates of a fee schedule from now on.
    SetFees {
        /// Which schedule.
        schedule: FeeScheduleId,
        /// Which of its rates.
        base: FeeBase,
        /// The rates.
        rates: FeeRates,
    },
    /// Lets an account pay by another fee schedule from now on.
    SetAccountFees(SetAccountFees),
    /// Puts money into an account from outside.
    Deposit(MoveFunds),
    /// Takes available money out of an account.
    Withdraw(MoveFunds),
    /// Enters an order.
    NewOrder(NewOrder),
    /// Changes an order in place.
    Amend(AmendOrder),
    /// Cancels an order.
    Cancel(CancelOrder),
    /// Cancels many orders.
    MassCancel(MassCancel),
    /// Moves an instrument to another trading state.
    SetTradingState(SetTradingState),
    /// Enters an order that waits for its trigger.
    NewStop(Box<NewStop>),
    /// Enters a group of orders.
    NewGroup(Box<NewGroup>),
    /// Cancels what is left of a group.
    CancelGroup(CancelGroup),
    /// Gives a mark or index price.
    SetReference(SetReference),
    /// Sets the limits of an account.
    SetAccountLimits(SetAccountLimits),
    /// Sets the limits of an account in an instrument.
    SetInstrumentLimits(Box<SetInstrumentLimits>),
    /// Lets the orders of a cash account reserve more than it has.
    SetCreditLine(SetCreditLine),
    /// Cancels and blocks.
    KillSwitch(KillSwitch),
    /// Ends a kill switch.
    Rearm(Rearm),
    /// Says what happens to a connection's orders when it is lost.
    SetCancelOnDisconnect(SetCancelOnDisconnect),
    /// A connection is lost.
    SessionDown(SessionId),
    /// A connection is back.
    SessionUp(SessionId),
    /// Arms, renews or disarms a dead-man timer.
    CancelAllAfter(CancelAllAfter),
    /// Halts by hand.
    Halt(Halt),
    /// Ends a halt.
    Resume(Resume),
    /// Sets or removes the rules of an instrument's breaker.
    SetBreaker {
        /// Which instrument.
        instrument: InstrumentId,
        /// From now on; empty: no breaker.
        rules: Option<Box<BreakerRules>>,
    },
    /// Gives the price bands of an instrument from outside.
    SetBands(SetBands),
    /// Something about the market of an event.
    Outcome(OutcomeRequest),
    /// Takes a trade back or corrects it.
    AmendTrade(Box<AmendTrade>),
    /// Gives an instrument another grid.
    SetTicks(SetTicks),
    /// Only lets time pass.
    Tick,
}

/// Opens an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddAccount {
    /// Its name, unique among accounts.
    pub name: Symbol,
    /// What stands behind its orders.
    pub kind: AccountKind,
    /// Orders of accounts with the same group other than 0 count as one owner in self-trade prevention; at most
    /// [`crate::STP_GROUP_MAX`].
    pub stp_group: u32,
    /// What it pays.
    pub fees: FeeScheduleId,
}

/// Lets an account pay by another fee schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetAccountFees {
    /// Whose.
    pub account: AccountId,
    /// Which schedule; it has been set before, or is 0.
    pub schedule: FeeScheduleId,
}

/// A deposit or a withdrawal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoveFunds {
    /// Whose.
    pub account: AccountId,
    /// Of what.
    pub asset: AssetId,
    /// How much, positive.
    pub amount: Money,
}

/// Enters an order (FIX 35=D). Fields that an order type does not use must be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewOrder {
    /// Whose order.
    pub account: AccountId,
    /// Through which connection.
    pub session: SessionId,
    /// In what.
    pub instrument: InstrumentId,
    /// The client's own id, the key of exactly-once.
    pub cl_ord_id: ClOrdId,
    /// Buy or sell.
    pub side: Side,
    /// How it is priced.
    pub ord_type: OrdType,
    /// How long it lives.
    pub tif: TimeInForce,
    /// Quantity; 0 only together with a budget.
    pub order_qty: Qty,
    /// Limit price of a limit order; optional limit of a pegged order; empty otherwise.
    pub price: Option<Price>,
    /// How far a market or market-to-limit order may go.
    pub protection_price: Option<Price>,
    /// Most that a market buy order may spend, fees included.
    pub quote_qty: Option<Money>,
    /// What a pegged order follows.
    pub peg: Option<Peg>,
    /// Smallest quantity an IOC order must be able to trade at once; 0 for none (FIX 110).
    pub min_qty: Qty,
    /// How much of it is shown.
    pub display: Display,
    /// Whether it may take.
    pub post_only: PostOnly,
    /// Whether it may only shrink a position.
    pub reduce_only: bool,
    /// Its self-trade prevention, or the instrument's.
    pub stp: Option<StpMode>,
}

/// Names an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderRef {
    /// By any client id of its chain.
    Client(ClOrdId),
    /// By the exchange's id.
    Order(OrderId),
}

/// Changes an order in place (FIX 35=G, table S-15). Empty fields stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AmendOrder {
    /// Whose order.
    pub account: AccountId,
    /// The new client id, which joins the order's chain.
    pub cl_ord_id: ClOrdId,
    /// Which order.
    pub target: OrderRef,
    /// New total quantity, what is filled included.
    pub order_qty: Option<Qty>,
    /// New limit price; of a pegged order, its limit.
    pub price: Option<Price>,
    /// New size of fresh tips of an iceberg.
    pub display_qty: Option<Qty>,
    /// New life, among GTC, DAY and GTD.
    pub tif: Option<TimeInForce>,
    /// New self-trade prevention.
    pub stp: Option<StpMode>,
    /// New trigger of an order that waits for a fixed one.
    pub trigger_price: Option<Price>,
    /// In-flight mitigation: the filled quantity the client had seen. Fills beyond it are taken off `order_qty`.
    pub seen_cum_qty: Option<Qty>,
}

/// Cancels an order (FIX 35=F).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CancelOrder {
    /// Whose order.
    pub account: AccountId,
    /// Which order.
    pub target: OrderRef,
    /// The other orders of its group stay.
    pub unlink: bool,
}

/// Cancels every open order that passes all given filters (FIX 35=q); without filters, all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MassCancel {
    /// Of this account only.
    pub account: Option<AccountId>,
    /// Entered through this connection only.
    pub session: Option<SessionId>,
    /// In this instrument only.
    pub instrument: Option<InstrumentId>,
    /// Of this side only.
    pub side: Option<Side>,
}

/// Moves an instrument to another trading state (FIX 35=h).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetTradingState {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// Where to.
    pub state: TradingState,
}
