//! What every number and word of the exchange means: the vocabulary all other crates speak.
//!
//! Nothing here decides anything. Commands go in, events come out; both are plain values that carry
//! integers only (prices and quantities as mantissas of a published power of ten).
//!
//! Invariants of the vocabulary:
//! 1. A value that exists is well formed: constructors check, fields that could be wrong on their own are newtypes.
//! 2. No type here reads a clock, draws a random number or allocates on the order path.

mod account;
mod amendment;
mod breaker;
mod command;
mod decimal;
mod event;
mod facts;
mod hash;
mod ids;
pub mod image;
mod instrument;
mod limits;
mod numbers;
mod order;
mod outcome;
mod reason;
mod risk;
mod rng;
mod state;
mod text;
mod tick;
mod trigger;

pub use account::{AccountKind, FEE_PPM_MAX, FeeBase, FeeRates, FeeScheduleId, STP_GROUP_MAX};
pub use amendment::{AmendTrade, StandingTrade, TradeKey, TradeTerms};
pub use breaker::{BreakerRule, BreakerRules, Reopening, SpreadRule, SpreadState, StaticReference, Window};
pub use command::{
    AddAccount, AmendOrder, CancelOrder, Command, MassCancel, MoveFunds, NewOrder, OrderRef, SetAccountFees,
    SetTradingState,
};
pub use decimal::{DecimalError, format_decimal, parse_decimal};
pub use event::{BreakerEvent, Cause, Event, EventKind, Events, GuardEvent};
pub use facts::{
    Asked, AuctionExtended, BandBroken, BreakerTripped, GroupAccepted, GroupRejected, OrderAccepted, OrderEnded,
    OrderPosted, OrderRejected, OrderReleased, OrderReplaced, OrderSuspended, OrderTriggered, Trade, TradeLeg,
    TradePrevented, TriggerRejected,
};
pub use hash::{Digest, StateHash, digest_client_id};
pub use ids::{AccountId, AssetId, GroupId, InstrumentId, OperatorId, OrderId, PublicId, SessionId, TradeId};
pub use instrument::{Allocation, Instrument, InstrumentError, LOTS_MAX};
pub use limits::Limits;
pub use numbers::{MONEY_MAX, Money, PRICE_MAX, Price, Qty, Stamp};
pub use order::{Display, OrdType, Peg, PegReference, PostOnly, Side, StpMode, TimeInForce};
pub use outcome::{MovePairs, OutcomeEvent, OutcomeRequest, ResolveOutcome, SetOutcome};
pub use reason::{EndReason, RejectReason};
pub use risk::{
    AccountLimits, CancelAllAfter, Halt, InstrumentLimits, KillScope, KillSwitch, Rate, Rearm, Resume,
    SetAccountLimits, SetBands, SetCancelOnDisconnect, SetCreditLine, SetInstrumentLimits,
};
pub use rng::SplitMix64;
pub use state::{Admission, Entry, TradingState};
pub use text::{ClOrdId, Symbol, TextError};
pub use tick::{SetTicks, TickBand, TickTable};
pub use trigger::{
    Activation, CancelGroup, GroupKind, GroupLeg, GroupMode, NewGroup, NewStop, ReferenceKind, SetReference, Trigger,
    TriggerKind, TriggerSource,
};
