//! The words of the Python interface for the enums of the core.

use model::{
    AccountKind, Activation, BreakerRule, FeeBase, GroupKind, GroupMode, OrdType, PegReference, PostOnly,
    ReferenceKind, Side, SpreadState, StaticReference, StpMode, TimeInForce, TradingState, TriggerKind, TriggerSource,
};

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
    /// Why an order waits for a trigger.
    trigger_kind, trigger_kind_word: TriggerKind {
        "stop_loss" => TriggerKind::StopLoss, "take_profit" => TriggerKind::TakeProfit,
        "if_touched" => TriggerKind::IfTouched, "trailing_stop" => TriggerKind::TrailingStop,
    }
    /// What a trigger is compared with (FIX 1107).
    source, source_word: TriggerSource {
        "last" => TriggerSource::Last, "bid" => TriggerSource::Bid, "ask" => TriggerSource::Ask,
        "mid" => TriggerSource::Mid, "mark" => TriggerSource::Mark, "index" => TriggerSource::Index,
    }
    /// A price given from outside.
    reference, reference_word: ReferenceKind { "mark" => ReferenceKind::Mark, "index" => ReferenceKind::Index }
    /// How the orders of a group depend on each other.
    group_kind, group_kind_word: GroupKind {
        "oco" => GroupKind::Oco, "oto" => GroupKind::Oto, "otoco" => GroupKind::Otoco,
    }
    /// What a fill or a trigger of one exit does to the other.
    group_mode, group_mode_word: GroupMode {
        "reduce" => GroupMode::Reduce, "cancel_on_first_fill" => GroupMode::CancelOnFirstFill,
        "cancel_on_trigger" => GroupMode::CancelOnTrigger,
    }
}

/// When the entry of a group releases the others.
pub fn activation(text: &str) -> Option<Activation> {
    match text {
        "partial" => Some(Activation::Partial),
        "full" => Some(Activation::Full),
        _ => None,
    }
}

/// The word for what stopped trading.
pub fn breaker_rule_word(rule: BreakerRule) -> &'static str {
    match rule {
        BreakerRule::Static => "static",
        BreakerRule::Short => "short",
        BreakerRule::Long => "long",
        BreakerRule::External => "external",
        BreakerRule::Spread => "spread",
        BreakerRule::Cascade => "cascade",
        BreakerRule::LimitState => "limit_state",
        BreakerRule::Cooling => "cooling",
    }
}

/// What the static band is around.
pub fn static_reference(text: &str) -> Option<StaticReference> {
    match text {
        "last_auction" => Some(StaticReference::LastAuction),
        "recent" => Some(StaticReference::Recent),
        _ => None,
    }
}

/// The word for what the spread rule sees.
pub fn spread_word(state: SpreadState) -> &'static str {
    match state {
        SpreadState::Normal => "normal",
        SpreadState::Wide => "wide",
        SpreadState::OneSided => "one_sided",
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

/// What the rates of a fee schedule are parts of.
pub fn fee_base(text: &str) -> Option<FeeBase> {
    match text {
        "notional" => Some(FeeBase::Notional),
        "variance" => Some(FeeBase::Variance),
        _ => None,
    }
}

/// The word of what rates are parts of.
pub fn fee_base_word(base: FeeBase) -> &'static str {
    match base {
        FeeBase::Notional => "notional",
        FeeBase::Variance => "variance",
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
