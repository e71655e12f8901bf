//! Events about orders that wait, groups, guards and breakers as lines.

use model::{
    BandBroken, BreakerEvent, BreakerRule, GroupAccepted, GroupKind, GroupMode, GroupRejected, GuardEvent,
    InstrumentId, KillScope, OrderReleased, OrderSuspended, OrderTriggered, Price, ReferenceKind, TriggerKind,
    TriggerRejected, TriggerSource, format_decimal,
};

use super::amounts::Names;

/// A source's name.
pub fn source(source: TriggerSource) -> &'static str {
    match source {
        TriggerSource::Last => "last",
        TriggerSource::Bid => "bid",
        TriggerSource::Ask => "ask",
        TriggerSource::Mid => "mid",
        TriggerSource::Mark => "mark",
        TriggerSource::Index => "index",
    }
}

/// A time or duration in seconds, with as many decimals as it needs: `1.5s`.
pub fn seconds(ns: i64) -> String {
    let text = format_decimal(ns.into(), 9);
    [text.trim_end_matches('0').trim_end_matches('.'), "s"].concat()
}

fn seconds_or(ns: Option<i64>, none: &str) -> String {
    ns.map_or_else(|| none.to_owned(), seconds)
}

fn price_or_none(names: &Names, on: InstrumentId, price: Option<Price>) -> String {
    price.map_or_else(|| "none".to_owned(), |price| names.show_price(on, price))
}

/// `suspended ID stop|take|touch|trail|entry trigger=P|none source=`
pub fn suspended(order: &OrderSuspended, names: &Names) -> String {
    let kind = match order.kind {
        Some(TriggerKind::StopLoss) => "stop",
        Some(TriggerKind::TakeProfit) => "take",
        Some(TriggerKind::IfTouched) => "touch",
        Some(TriggerKind::TrailingStop) => "trail",
        None => "entry",
    };
    let trigger = price_or_none(names, order.instrument, order.trigger_price);
    format!("suspended {} {kind} trigger={trigger} source={}", names.show_order(order.order_id), source(order.source))
}

/// `triggered ID trigger=P saw=P source=`; what was seen has one decimal more where it lies between two prices.
pub fn triggered(order: &OrderTriggered, names: &Names) -> String {
    let trigger = names.show_price(order.instrument, order.trigger_price);
    let saw = names.show_halves(order.instrument, order.observed_halves);
    format!(
        "triggered {} trigger={trigger} saw={saw} source={}",
        names.show_order(order.order_id),
        source(order.source)
    )
}

/// `trigger_rejected ID QTY REASON value= limit=`
pub fn trigger_rejected(order: &TriggerRejected, names: &Names) -> String {
    let qty = names.show_qty(order.instrument, order.canceled_qty);
    let (id, reason) = (names.show_order(order.order_id), order.reason.name());
    format!("trigger_rejected {id} {qty} {reason} value={} limit={}", order.value, order.limit)
}

/// `released ID qty= leaves=`
pub fn released(order: &OrderReleased, names: &Names) -> String {
    let qty = |qty| names.show_qty(order.instrument, qty);
    format!(
        "released {} qty={} leaves={}",
        names.show_order(order.order_id),
        qty(order.order_qty),
        qty(order.leaves_qty)
    )
}

/// `grouped ID oco|oto|bracket mode= id=#N`, by the group's first order.
pub fn grouped(group: &GroupAccepted, names: &Names) -> String {
    let kind = match group.kind {
        GroupKind::Oco => "oco",
        GroupKind::Oto => "oto",
        GroupKind::Otoco => "bracket",
    };
    let mode = match group.mode {
        GroupMode::Reduce => "reduce",
        GroupMode::CancelOnFirstFill => "cancel_on_first_fill",
        GroupMode::CancelOnTrigger => "cancel_on_trigger",
    };
    format!("grouped {} {kind} mode={mode} id=#{}", names.show_order(group.first_order_id), group.group_id)
}

/// `group_rejected ID REASON leg= value= limit=`, by the client id of the first leg.
pub fn group_rejected(group: &GroupRejected) -> String {
    let id = group.cl_ord_id.map_or_else(|| "none".to_owned(), |id| id.to_string());
    let GroupRejected { leg, reason, value, limit, .. } = group;
    format!("group_rejected {id} {} leg={leg} value={value} limit={limit}", reason.name())
}

fn scope(scope: KillScope, names: &Names) -> String {
    match scope {
        KillScope::All => "all".to_owned(),
        KillScope::Instrument(instrument) => format!("instrument {}", names.show_instrument(instrument)),
        KillScope::Account(account) => format!("account {}", names.show_account(account)),
        KillScope::Session(session) => format!("session {session}"),
    }
}

/// What happened to the guards around accounts.
pub fn guard(event: &GuardEvent, names: &Names) -> String {
    match event {
        GuardEvent::LimitsSet { account, instrument } => {
            let on = instrument.map_or_else(String::new, |on| format!(" {}", names.show_instrument(on)));
            format!("limits_set {}{on}", names.show_account(*account))
        }
        GuardEvent::CreditLineSet { account, asset, amount } => {
            let (who, what) = (names.show_account(*account), names.show_asset(*asset));
            format!("credit {who} {what} {}", names.show_money(*asset, amount.0))
        }
        GuardEvent::KillSwitchSet { scope: what, operator, note, count } => {
            format!("killed {} {count} by={operator} note={note}", scope(*what, names))
        }
        GuardEvent::KillSwitchCleared { scope: what, operator, note } => {
            format!("rearmed {} by={operator} note={note}", scope(*what, names))
        }
        GuardEvent::DisconnectRuleSet { session, grace_ns } => {
            format!("on_disconnect {session} grace={}", seconds_or(*grace_ns, "never"))
        }
        GuardEvent::SessionChanged { session, up, cancel_ns } => {
            let state = if *up { "up" } else { "down" };
            format!("session {session} {state} cancel={}", seconds_or(*cancel_ns, "never"))
        }
        GuardEvent::DeadManSet { account, at_ns } => {
            format!("dead_man {} at={}", names.show_account(*account), seconds_or(*at_ns, "never"))
        }
    }
}

/// A rule's name.
pub fn rule(rule: BreakerRule) -> &'static str {
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

fn reference(kind: ReferenceKind) -> &'static str {
    match kind {
        ReferenceKind::Mark => "mark",
        ReferenceKind::Index => "index",
    }
}

/// `band_broken ID @ PRICE RULE low= high= on=`
fn band_broken(broken: &BandBroken, names: &Names) -> String {
    let price = |price| names.show_price(broken.instrument, price);
    format!(
        "band_broken {} @ {} {} low={} high={} on={}",
        names.show_order(broken.order_id),
        price(broken.price),
        rule(broken.rule),
        price(broken.low),
        price(broken.high),
        names.show_instrument(broken.instrument)
    )
}

/// What happened to breakers and to what triggers and bands refer to.
pub fn breaker(event: &BreakerEvent, names: &Names) -> String {
    let name = |instrument: &InstrumentId| names.show_instrument(*instrument);
    match event {
        BreakerEvent::ReferenceSet { instrument, kind, price } => {
            format!("reference {} {} {}", name(instrument), reference(*kind), names.show_price(*instrument, *price))
        }
        BreakerEvent::ReferenceStale { instrument, kind } => format!("stale {} {}", name(instrument), reference(*kind)),
        BreakerEvent::HaltOrdered { instrument, operator, note, until_ns } => {
            let until = seconds_or(*until_ns, "resumed");
            format!("halt_ordered {} by={operator} note={note} until={until}", name(instrument))
        }
        BreakerEvent::ResumeOrdered { instrument, operator, note } => {
            format!("resume_ordered {} by={operator} note={note}", name(instrument))
        }
        BreakerEvent::SessionStateSet { instrument, state } => {
            format!("session_state {} {state:?}", name(instrument))
        }
        BreakerEvent::BreakerSet { instrument } => format!("breaker {}", name(instrument)),
        BreakerEvent::BandsSet { instrument, low, high } => {
            let price = |price| names.show_price(*instrument, price);
            format!("bands {} {} {}", name(instrument), price(*low), price(*high))
        }
        BreakerEvent::BandBroken(broken) => band_broken(broken, names),
        BreakerEvent::BreakerTripped(tripped) => {
            let until = seconds_or(tripped.until_ns, "resumed");
            format!("tripped {} {} until={until}", name(&tripped.instrument), rule(tripped.rule))
        }
        BreakerEvent::AuctionExtended(extended) => {
            let price = |price| names.show_price(extended.instrument, price);
            let (at, low, high) = (price(extended.price), price(extended.low), price(extended.high));
            let until = seconds_or(extended.until_ns, "resumed");
            format!("extended {} @ {at} low={low} high={high} until={until}", name(&extended.instrument))
        }
        BreakerEvent::SpreadChanged { instrument, state } => format!("spread {} {state:?}", name(instrument)),
    }
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times_are_seconds_with_the_decimals_they_need() {
        assert_eq!(seconds(0), "0s");
        assert_eq!(seconds(241_002_000_000), "241.002s");
        assert_eq!(seconds(60_000_000_000), "60s");
        assert_eq!(seconds(-1), "-0.000000001s");
    }
}
