//! What every number and word of the exchange means: the vocabulary all other crates speak.
//!
//! Nothing here decides anything. Commands go in, events come out; both are plain values that carry
//! integers only (prices and quantities as mantissas of a published power of ten).
//!
//! Invariants of the vocabulary:
//! 1. A value that exists is well formed: constructors check, fields that could be wrong on their own are newtypes.
//! 2. No type here reads a clock, draws a random number or allocates on the order path.

mod account;
mod command;
mod decimal;
mod event;
mod hash;
mod ids;
mod instrument;
mod limits;
mod numbers;
mod order;
mod reason;
mod rng;
mod state;
mod text;
mod tick;

pub use account::{AccountKind, FEE_PPM_MAX, FeeRates, FeeScheduleId, STP_GROUP_MAX};
pub use command::{
    AddAccount, AmendOrder, CancelOrder, Command, MassCancel, MoveFunds, NewOrder, OrderRef, SetTradingState,
};
pub use decimal::{DecimalError, format_decimal, parse_decimal};
pub use event::{
    Cause, Event, EventKind, Events, OrderAccepted, OrderEnded, OrderPosted, OrderRejected, OrderReplaced, Trade,
    TradeLeg, TradePrevented,
};
pub use hash::{Digest, StateHash};
pub use ids::{AccountId, AssetId, InstrumentId, OrderId, PublicId, SessionId, TradeId};
pub use instrument::{Allocation, Instrument, InstrumentError, LOTS_MAX};
pub use limits::Limits;
pub use numbers::{MONEY_MAX, Money, PRICE_MAX, Price, Qty, Stamp};
pub use order::{Display, OrdType, Peg, PegReference, PostOnly, Side, StpMode, TimeInForce};
pub use reason::{EndReason, RejectReason};
pub use rng::SplitMix64;
pub use state::{Admission, Entry, TradingState};
pub use text::{ClOrdId, Symbol, TextError};
pub use tick::{TickBand, TickTable};
