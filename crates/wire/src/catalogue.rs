//! Which block each kind has: the specification of every message.

use crate::admin::{AddAsset, SessionChange, SetBreaker, SetFees, Tick};
use crate::kind::Kind;
use crate::spec::Spec;
use model::{
    AddAccount, AmendOrder, CancelAllAfter, CancelGroup, CancelOrder, Halt, Instrument, KillSwitch, MassCancel,
    MoveFunds, NewGroup, NewOrder, NewStop, Rearm, Resume, SetAccountLimits, SetBands, SetCancelOnDisconnect,
    SetCreditLine, SetInstrumentLimits, SetReference, SetTradingState,
};

impl Kind {
    /// The layout of its body.
    pub fn spec(self) -> Spec {
        match self {
            Kind::NewOrder => Spec::of::<NewOrder>(),
            Kind::CancelOrder => Spec::of::<CancelOrder>(),
            Kind::ModifyOrder => Spec::of::<AmendOrder>(),
            Kind::MassCancel => Spec::of::<MassCancel>(),
            Kind::NewStop => Spec::of::<NewStop>(),
            Kind::NewGroup => Spec::of::<NewGroup>(),
            Kind::CancelGroup => Spec::of::<CancelGroup>(),
            Kind::CancelAllAfter => Spec::of::<CancelAllAfter>(),
            Kind::SetCancelOnDisconnect => Spec::of::<SetCancelOnDisconnect>(),
            Kind::AddAsset => Spec::of::<AddAsset>(),
            Kind::ListInstrument => Spec::of::<Instrument>(),
            Kind::AddAccount => Spec::of::<AddAccount>(),
            Kind::SetFees => Spec::of::<SetFees>(),
            Kind::Deposit | Kind::Withdraw => Spec::of::<MoveFunds>(),
            Kind::SetTradingState => Spec::of::<SetTradingState>(),
            Kind::SetReference => Spec::of::<SetReference>(),
            Kind::SetAccountLimits => Spec::of::<SetAccountLimits>(),
            Kind::SetInstrumentLimits => Spec::of::<SetInstrumentLimits>(),
            Kind::SetCreditLine => Spec::of::<SetCreditLine>(),
            Kind::KillSwitch => Spec::of::<KillSwitch>(),
            Kind::Rearm => Spec::of::<Rearm>(),
            Kind::SessionDown | Kind::SessionUp => Spec::of::<SessionChange>(),
            Kind::Halt => Spec::of::<Halt>(),
            Kind::Resume => Spec::of::<Resume>(),
            Kind::SetBreaker => Spec::of::<SetBreaker>(),
            Kind::SetBands => Spec::of::<SetBands>(),
            Kind::Tick => Spec::of::<Tick>(),
            Kind::ExecutionReport | Kind::OrderBookSnapshot | Kind::Trade | Kind::Heartbeat => Spec::default(),
        }
    }
}
