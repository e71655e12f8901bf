//! The words of the Python interface for the enums of the core.

use model::{AccountKind, OrdType, PegReference, PostOnly, Side, StpMode, TimeInForce, TradingState};

macro_rules! words {
    ($($(#[$doc:meta])* $parse:ident, $name:ident: $type:ty { $($text:literal => $value:path),* $(,)? })*) => {
        $(
            $(#[$doc])*
            pub fn $parse(text: &str) -> Option<$type> {
                match text {
                    $($text => Some($value),)*
                    _ => None,
                }
            }

            /// The word for it.
            pub fn $name(value: $type) -> &'static str {
                match value {
                    $($value => $text,)*
                }
            }
        )*
    };
}

words! {
    /// A side (FIX 54).
    side, side_word: Side { "buy" => Side::Buy, "sell" => Side::Sell }
    /// An order type (FIX 40).
    ord_type, ord_type_word: OrdType {
        "limit" => OrdType::Limit, "market" => OrdType::Market,
        "market_to_limit" => OrdType::MarketToLimit, "pegged" => OrdType::Pegged,
    }
    /// A self-trade prevention mode.
    stp, stp_word: StpMode {
        "none" => StpMode::None, "cancel_newest" => StpMode::CancelNewest, "cancel_oldest" => StpMode::CancelOldest,
        "cancel_both" => StpMode::CancelBoth, "decrement_and_cancel" => StpMode::DecrementAndCancel,
    }
    /// What post-only does to an order that would take.
    post_only, post_only_word: PostOnly { "no" => PostOnly::No, "reject" => PostOnly::Reject, "slide" => PostOnly::Slide }
    /// A trading state.
    state, state_word: TradingState {
        "pre_listed" => TradingState::PreListed, "pre_open" => TradingState::PreOpen,
        "opening_auction" => TradingState::OpeningAuction, "continuous" => TradingState::Continuous,
        "limit_state" => TradingState::LimitState, "volatility_auction" => TradingState::VolatilityAuction,
        "halted" => TradingState::Halted, "cancel_only" => TradingState::CancelOnly,
        "post_only" => TradingState::PostOnly, "closing_auction" => TradingState::ClosingAuction,
        "closed" => TradingState::Closed, "delisted" => TradingState::Delisted, "cooling" => TradingState::Cooling,
    }
}

/// What a pegged order follows.
pub fn peg(text: &str) -> Option<PegReference> {
    match text {
        "near" => Some(PegReference::Near),
        "mid" => Some(PegReference::Mid),
        "far" => Some(PegReference::Far),
        _ => None,
    }
}

/// What stands behind an account's orders.
pub fn account_kind(text: &str) -> Option<AccountKind> {
    match text {
        "cash" => Some(AccountKind::Cash),
        "credit" => Some(AccountKind::Credit),
        _ => None,
    }
}

/// A time in force (FIX 59); `gtd` takes the expiry.
pub fn tif(text: &str, expire_ns: i64) -> Option<TimeInForce> {
    match text {
        "gtc" => Some(TimeInForce::Gtc),
        "day" => Some(TimeInForce::Day),
        "gtd" => Some(TimeInForce::Gtd { expire_ns }),
        "ioc" => Some(TimeInForce::Ioc),
        "fok" => Some(TimeInForce::Fok),
        "ato" => Some(TimeInForce::Ato),
        "atc" => Some(TimeInForce::Atc),
        "gfa" => Some(TimeInForce::Gfa),
        _ => None,
    }
}

/// The word for it.
pub fn tif_word(tif: TimeInForce) -> &'static str {
    match tif {
        TimeInForce::Gtc => "gtc",
        TimeInForce::Day => "day",
        TimeInForce::Gtd { .. } => "gtd",
        TimeInForce::Ioc => "ioc",
        TimeInForce::Fok => "fok",
        TimeInForce::Ato => "ato",
        TimeInForce::Atc => "atc",
        TimeInForce::Gfa => "gfa",
    }
}
