//! What protects accounts and the venue from an order: limits, credit, kill switches, sessions (S-93, S-123, S-124).

use crate::ids::{AccountId, AssetId, InstrumentId, OperatorId, SessionId};
use crate::numbers::{Money, Price, Qty};
use crate::text::Symbol;

/// A token bucket: `per_second` tokens flow in, at most `burst` are kept. 0 a second: no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate {
    /// Messages a second.
    pub per_second: u32,
    /// Messages at once, at least 1 where `per_second` is not 0.
    pub burst: u32,
}

/// Limits of one account over all instruments. What is 0 does not limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountLimits {
    /// New orders and amends.
    pub orders: Rate,
    /// Cancels, in a bucket of their own.
    pub cancels: Rate,
    /// Open orders at any time, waiting ones too.
    pub open_orders_max: u32,
    /// A new order equal in instrument, side, type, quantity and price to one accepted less than this ago is refused.
    pub duplicate_ns: i64,
}

/// Limits of one account in one instrument. What is empty does not limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstrumentLimits {
    /// Largest order quantity.
    pub max_qty: Option<Qty>,
    /// Largest order notional, at the limit or protection price.
    pub max_value: Option<Money>,
    /// How far a limit may be beyond the reference on its aggressive side, in basis points of the reference.
    pub collar_bps: Option<u32>,
    /// Largest position, long or short, that the working orders of one side could lead to.
    pub position_max: Option<Qty>,
    /// No new orders but reduce-only ones.
    pub restricted: bool,
}

/// Sets the limits of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetAccountLimits {
    /// Whose.
    pub account: AccountId,
    /// From now on; buckets are full again.
    pub limits: AccountLimits,
}

/// Sets the limits of an account in an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetInstrumentLimits {
    /// Whose.
    pub account: AccountId,
    /// In what.
    pub instrument: InstrumentId,
    /// From now on.
    pub limits: InstrumentLimits,
}

/// Lets the orders of a cash account reserve more than it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetCreditLine {
    /// Whose.
    pub account: AccountId,
    /// Of what.
    pub asset: AssetId,
    /// How far below zero its available amount may go, at least 0.
    pub amount: Money,
}

/// What a kill switch stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KillScope {
    /// Everything.
    All,
    /// One instrument.
    Instrument(InstrumentId),
    /// One account.
    Account(AccountId),
    /// The orders of one connection.
    Session(SessionId),
}

/// Cancels what the scope covers and refuses what is new there, until another operator re-arms it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KillSwitch {
    /// What it stops.
    pub scope: KillScope,
    /// New reduce-only orders are let in, and reduce-only orders stay.
    pub reducing: bool,
    /// Who.
    pub operator: OperatorId,
    /// Why, in a word.
    pub note: Symbol,
}

/// Ends a kill switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rearm {
    /// Which.
    pub scope: KillScope,
    /// Who; not the one who tripped it.
    pub operator: OperatorId,
    /// Why, in a word.
    pub note: Symbol,
}

/// Says what happens to a connection's orders when it is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetCancelOnDisconnect {
    /// Which connection.
    pub session: SessionId,
    /// How long after the loss its orders are cancelled, in nanoseconds, 0 to 60 s; empty: never.
    pub grace_ns: Option<i64>,
}

/// Arms, renews or disarms an account's dead-man timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CancelAllAfter {
    /// Whose.
    pub account: AccountId,
    /// When its orders are cancelled unless the timer is renewed, in nanoseconds from now; 0 disarms.
    pub timeout_ns: i64,
}

/// Halts by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Halt {
    /// Which instrument; empty: all.
    pub instrument: Option<InstrumentId>,
    /// For how long, in nanoseconds; 0: until it is resumed.
    pub duration_ns: i64,
    /// Another operator has to resume it.
    pub two_person: bool,
    /// Who.
    pub operator: OperatorId,
    /// Why, in a word.
    pub note: Symbol,
}

/// Ends a halt, whoever or whatever began it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resume {
    /// Which instrument; empty: all.
    pub instrument: Option<InstrumentId>,
    /// Through an auction call instead of at once.
    pub auction: bool,
    /// Who.
    pub operator: OperatorId,
    /// Why, in a word.
    pub note: Symbol,
}

/// Gives the price bands of an instrument from outside (LULD and the like).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetBands {
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// Lowest price that may print.
    pub low: Price,
    /// Highest price that may print.
    pub high: Price,
}
