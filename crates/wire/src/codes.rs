//! The numbers of words: each enum's codes, checked when they are read.

use crate::error::Fault;
use crate::field::{Field, In, Out, Stop};
use crate::spec::{Codes, Form, Spec};
use model::{
    AccountKind, Activation, BreakerRule, Cause, EndReason, GroupKind, GroupMode, OrdType, PegReference, PostOnly,
    ReferenceKind, RejectReason, Side, SpreadState, StaticReference, StpMode, TradingState, TriggerKind, TriggerSource,
};

/// Gives each variant its code; the codes are part of the format and do not follow the enum's own numbers.
macro_rules! codes {
    ($($name:ident { $($(#[doc = $doc:literal])* $variant:ident = $code:literal,)* })*) => { $(
        impl $crate::field::Field for $name {
            const SIZE: usize = 1;

            #[inline]
            fn put(&self, out: &mut $crate::field::Out<'_>) {
                out.bytes([match self {
                    $($name::$variant => $code,)*
                }]);
            }

            #[inline(always)]
            #[allow(clippy::inline_always, reason = "a block is read as one run of straight code, without calls")]
            fn get(
                input: &mut $crate::field::In<'_>,
                name: &'static str,
                _present: bool,
            ) -> Result<Self, $crate::field::Stop> {
                match input.bytes(name)? {
                    $([$code] => Ok($name::$variant),)*
                    [other] => Err($crate::codes::unknown(input, name, other, &[$($code),*])),
                }
            }

            fn describe(spec: &mut $crate::spec::Spec, name: &'static str, doc: &'static str) {
                let values = vec![$(($code, stringify!($variant), concat!("", $($doc),*).trim_ascii_start())),*];
                let codes = $crate::spec::Codes { name: stringify!($name), values };
                spec.code(name, $crate::spec::Form::Code, codes, doc);
            }
        }
    )* };
}

/// Declares an enum together with its codes.
macro_rules! words {
    ($($(#[$meta:meta])* $name:ident { $($(#[doc = $doc:literal])* $variant:ident = $code:literal,)* })*) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            #[repr(u8)]
            pub enum $name {
                $($(#[doc = $doc])* $variant = $code,)*
            }
        )*

        $crate::codes::codes! { $($name { $($(#[doc = $doc])* $variant = $code,)* })* }
    };
}

pub(crate) use {codes, words};

/// A code that has no meaning, against the largest one that has.
#[cold]
pub fn unknown(input: &mut In<'_>, name: &'static str, code: u8, known: &[u8]) -> Stop {
    let limit = known.iter().copied().max().unwrap_or(0);
    input.stop(Fault::UnknownCode, name, 1, i128::from(code), i128::from(limit))
}

codes! {
    Side { Buy = 0, Sell = 1, }
    OrdType { Limit = 0, Market = 1, MarketToLimit = 2, Pegged = 3, }
    StpMode { None = 0, CancelNewest = 1, CancelOldest = 2, CancelBoth = 3, DecrementAndCancel = 4, }
    PostOnly { No = 0, Reject = 1, Slide = 2, }
    PegReference { Near = 0, Mid = 1, Far = 2, }
    TriggerKind { StopLoss = 0, TakeProfit = 1, IfTouched = 2, TrailingStop = 3, }
    TriggerSource { Last = 0, Bid = 1, Ask = 2, Mid = 3, Mark = 4, Index = 5, }
    ReferenceKind { Mark = 0, Index = 1, }
    GroupKind { Oco = 0, Oto = 1, Otoco = 2, }
    GroupMode { Reduce = 0, CancelOnFirstFill = 1, CancelOnTrigger = 2, }
    Activation { Partial = 0, Full = 1, }
    AccountKind { Cash = 0, Credit = 1, }
    TradingState {
        PreListed = 0, PreOpen = 1, OpeningAuction = 2, Continuous = 3, LimitState = 4, VolatilityAuction = 5,
        Halted = 6, CancelOnly = 7, PostOnly = 8, ClosingAuction = 9, Closed = 10, Delisted = 11, Cooling = 12,
    }
    Cause {
        Command = 0, Timer = 1, Uncross = 2, Reprice = 3, ReduceOnly = 4, State = 5, Trigger = 6, Group = 7,
        Breaker = 8,
    }
    BreakerRule {
        Static = 0, Short = 1, Long = 2, External = 3, Spread = 4, Cascade = 5, LimitState = 6, Cooling = 7,
    }
    SpreadState { Normal = 0, Wide = 1, OneSided = 2, }
    StaticReference { LastAuction = 0, Recent = 1, }
}

/// Reasons keep the stable numbers they have everywhere.
macro_rules! reasons {
    ($($name:ident,)*) => { $(
        impl Field for $name {
            const SIZE: usize = 2;

            #[inline]
            fn put(&self, out: &mut Out<'_>) {
                out.bytes(self.code().to_be_bytes());
            }

            #[inline]
            fn get(input: &mut In<'_>, name: &'static str, _present: bool) -> Result<Self, Stop> {
                let code = u16::from_be_bytes(input.bytes(name)?);
                match $name::ALL.binary_search_by_key(&code, |reason| reason.code()) {
                    Ok(index) => Ok($name::ALL[index]),
                    Err(_) => {
                        let limit = $name::ALL.last().map_or(0, |reason| reason.code());
                        Err(input.stop(Fault::UnknownCode, name, 2, i128::from(code), i128::from(limit)))
                    }
                }
            }

            fn describe(spec: &mut Spec, name: &'static str, doc: &'static str) {
                let values = $name::ALL.iter().map(|reason| (reason.code(), reason.name(), "")).collect();
                spec.code(name, Form::WideCode, Codes { name: stringify!($name), values }, doc);
            }
        }
    )* };
}

reasons! { RejectReason, EndReason, }
