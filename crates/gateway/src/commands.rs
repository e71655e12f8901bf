//! What became of a command that is not about one order: deposits, listings, groups, halts, kill switches.

use model::{
    AccountId, BreakerEvent, Event, EventKind, FeeBase, FeeRates, FeeScheduleId, GuardEvent, InstrumentId, KillScope,
    OutcomeEvent,
};
use wire::{CommandEvent, CommandReport};

use crate::exec::position;

/// The report of an event that is not about one order; `None` where the event is.
pub(crate) fn report(event: &Event) -> Option<CommandReport> {
    let say = |what: CommandEvent| blank(event, what);
    let to = |account: AccountId, report: CommandReport| CommandReport { account: Some(account), ..report };
    let number = |id: u32, report: CommandReport| CommandReport { id: u64::from(id), ..report };
    let on = |id: InstrumentId, report: CommandReport| CommandReport { instrument: Some(id), ..report };
    Some(match &event.kind {
        EventKind::AssetAdded { asset, .. } => number(asset.0, say(CommandEvent::AssetAdded)),
        EventKind::InstrumentListed { instrument, .. } => on(*instrument, say(CommandEvent::InstrumentListed)),
        EventKind::TicksSet { instrument } => on(*instrument, say(CommandEvent::TicksSet)),
        EventKind::AccountAdded { account, .. } => to(*account, say(CommandEvent::AccountAdded)),
        EventKind::FeesSet { schedule, version, base, rates } => fees(event, (*schedule, *version), (*base, *rates)),
        EventKind::AccountFeesSet { account, schedule } => to(*account, assigned(event, *schedule)),
        EventKind::Deposited { account, asset, amount } => {
            CommandReport { value: amount.0, ..to(*account, number(asset.0, say(CommandEvent::Deposited))) }
        }
        EventKind::Withdrawn { account, asset, amount } => {
            CommandReport { value: amount.0, ..to(*account, number(asset.0, say(CommandEvent::Withdrawn))) }
        }
        EventKind::CommandRejected { reason, value, limit } => {
            CommandReport { reason: Some(*reason), value: *value, limit: *limit, ..say(CommandEvent::Refused) }
        }
        EventKind::MassCanceled { count } => CommandReport { count: *count, ..say(CommandEvent::MassCanceled) },
        EventKind::StateChanged { instrument, from, to } => CommandReport {
            instrument: Some(*instrument),
            id: *from as u64,
            other: *to as u64,
            ..say(CommandEvent::StateChanged)
        },
        EventKind::GroupAccepted(group) => CommandReport {
            instrument: Some(group.instrument),
            id: group.group_id.0,
            other: group.first_order_id.0,
            ..to(group.account, say(CommandEvent::GroupAccepted))
        },
        EventKind::GroupRejected(group) => CommandReport {
            cl_ord_id: group.cl_ord_id,
            id: u64::from(group.leg),
            reason: Some(group.reason),
            value: group.value,
            limit: group.limit,
            ..to(group.account, say(CommandEvent::GroupRejected))
        },
        EventKind::Guard(guard) => guard_report(event, guard),
        EventKind::Breaker(breaker) => breaker_report(event, breaker),
        EventKind::Outcome(outcome) => outcome_report(event, outcome),
        EventKind::OrderAccepted(_)
        | EventKind::OrderRejected(_)
        | EventKind::AmendRejected(_)
        | EventKind::CancelRejected { .. }
        | EventKind::Repeated { .. }
        | EventKind::OrderPosted(_)
        | EventKind::OrderRefreshed(_)
        | EventKind::OrderReplaced(_)
        | EventKind::OrderRestated { .. }
        | EventKind::OrderParked { .. }
        | EventKind::Trade(_)
        | EventKind::TradeAmended { .. }
        | EventKind::TradePrevented(_)
        | EventKind::OrderCanceled(_)
        | EventKind::OrderExpired(_)
        | EventKind::IndicativePrice { .. }
        | EventKind::Uncrossed { .. }
        | EventKind::TimePassed
        | EventKind::OrderSuspended(_)
        | EventKind::OrderTriggered(_)
        | EventKind::TriggerRejected(_)
        | EventKind::OrderReleased(_) => return None,
    })
}

fn fees(event: &Event, (schedule, version): (u16, u32), (base, rates): (FeeBase, FeeRates)) -> CommandReport {
    CommandReport {
        id: schedule.into(),
        other: base as u64,
        count: version.into(),
        value: rates.maker_ppm.into(),
        limit: rates.taker_ppm.into(),
        ..blank(event, CommandEvent::FeesSet)
    }
}

fn assigned(event: &Event, schedule: FeeScheduleId) -> CommandReport {
    CommandReport { id: u64::from(schedule.0), ..blank(event, CommandEvent::AccountFeesSet) }
}

/// A report that says no more than what happened.
pub(crate) fn blank(event: &Event, what: CommandEvent) -> CommandReport {
    CommandReport {
        position: position(event, 0),
        ts_ns: event.stamp.ts_ns,
        ref_seq: 0,
        event: what,
        account: None,
        instrument: None,
        cl_ord_id: None,
        id: 0,
        other: 0,
        count: 0,
        reason: None,
        value: 0,
        limit: 0,
        resent: false,
    }
}

fn scope_of(report: CommandReport, scope: KillScope) -> CommandReport {
    match scope {
        KillScope::All => report,
        KillScope::Instrument(instrument) => {
            CommandReport { other: 1, id: u64::from(instrument.0), instrument: Some(instrument), ..report }
        }
        KillScope::Account(account) => {
            CommandReport { other: 2, id: u64::from(account.0), account: Some(account), ..report }
        }
        KillScope::Session(session) => CommandReport { other: 3, id: u64::from(session.0), ..report },
    }
}

fn guard_report(event: &Event, guard: &GuardEvent) -> CommandReport {
    let say = |what: CommandEvent| blank(event, what);
    match guard {
        GuardEvent::LimitsSet { account, instrument } => {
            CommandReport { account: Some(*account), instrument: *instrument, ..say(CommandEvent::LimitsSet) }
        }
        GuardEvent::CreditLineSet { account, asset, amount } => CommandReport {
            account: Some(*account),
            id: u64::from(asset.0),
            value: amount.0,
            ..say(CommandEvent::CreditLineSet)
        },
        GuardEvent::KillSwitchSet { scope, operator, count, .. } => CommandReport {
            count: *count,
            value: operator.0.into(),
            ..scope_of(say(CommandEvent::KillSwitchSet), *scope)
        },
        GuardEvent::KillSwitchCleared { scope, operator, .. } => {
            CommandReport { value: operator.0.into(), ..scope_of(say(CommandEvent::KillSwitchCleared), *scope) }
        }
        GuardEvent::DisconnectRuleSet { session, .. } => {
            CommandReport { id: u64::from(session.0), ..say(CommandEvent::DisconnectRuleSet) }
        }
        GuardEvent::SessionChanged { session, up, .. } => {
            CommandReport { id: u64::from(session.0), other: u64::from(*up), ..say(CommandEvent::SessionChanged) }
        }
        GuardEvent::DeadManSet { account, at_ns } => CommandReport {
            account: Some(*account),
            value: i128::from(at_ns.unwrap_or(0)),
            ..say(CommandEvent::DeadManSet)
        },
    }
}

fn breaker_report(event: &Event, breaker: &BreakerEvent) -> CommandReport {
    let of = |what: CommandEvent, instrument: InstrumentId| CommandReport {
        instrument: Some(instrument),
        ..blank(event, what)
    };
    let until = |ns: Option<i64>| i128::from(ns.unwrap_or(0));
    match breaker {
        BreakerEvent::ReferenceSet { instrument, price, .. } => {
            CommandReport { value: price.0.into(), ..of(CommandEvent::ReferenceSet, *instrument) }
        }
        BreakerEvent::ReferenceStale { instrument, .. } => of(CommandEvent::ReferenceStale, *instrument),
        BreakerEvent::HaltOrdered { instrument, operator, until_ns, .. } => CommandReport {
            id: operator.0.into(),
            value: until(*until_ns),
            ..of(CommandEvent::HaltOrdered, *instrument)
        },
        BreakerEvent::ResumeOrdered { instrument, operator, .. } => {
            CommandReport { id: operator.0.into(), ..of(CommandEvent::ResumeOrdered, *instrument) }
        }
        BreakerEvent::SessionStateSet { instrument, state } => {
            CommandReport { id: *state as u64, ..of(CommandEvent::SessionStateSet, *instrument) }
        }
        BreakerEvent::BreakerSet { instrument } => of(CommandEvent::BreakerSet, *instrument),
        BreakerEvent::BandsSet { instrument, low, high } => {
            CommandReport { value: low.0.into(), limit: high.0.into(), ..of(CommandEvent::BandsSet, *instrument) }
        }
        BreakerEvent::BandBroken(broken) => {
            let band = if broken.price < broken.low { broken.low } else { broken.high };
            CommandReport {
                id: broken.order_id.0,
                value: broken.price.0.into(),
                limit: band.0.into(),
                ..of(CommandEvent::BandBroken, broken.instrument)
            }
        }
        BreakerEvent::BreakerTripped(tripped) => CommandReport {
            id: tripped.rule as u64,
            value: until(tripped.until_ns),
            ..of(CommandEvent::BreakerTripped, tripped.instrument)
        },
        BreakerEvent::AuctionExtended(extended) => CommandReport {
            value: extended.price.0.into(),
            limit: until(extended.until_ns),
            ..of(CommandEvent::AuctionExtended, extended.instrument)
        },
        BreakerEvent::SpreadChanged { instrument, state } => {
            CommandReport { id: *state as u64, ..of(CommandEvent::SpreadChanged, *instrument) }
        }
    }
}

fn outcome_report(event: &Event, outcome: &OutcomeEvent) -> CommandReport {
    let of = |what: CommandEvent, instrument: InstrumentId| CommandReport {
        instrument: Some(instrument),
        ..blank(event, what)
    };
    let pairs = |what: CommandEvent, instrument: InstrumentId, account: AccountId, qty: i64| CommandReport {
        account: Some(account),
        value: qty.into(),
        ..of(what, instrument)
    };
    match *outcome {
        OutcomeEvent::OutcomeSet { instrument, no } => {
            CommandReport { id: no.0.into(), ..of(CommandEvent::OutcomeSet, instrument) }
        }
        OutcomeEvent::PairsMinted { instrument, account, qty } => {
            pairs(CommandEvent::PairsMinted, instrument, account, qty.0)
        }
        OutcomeEvent::PairsMerged { instrument, account, qty } => {
            pairs(CommandEvent::PairsMerged, instrument, account, qty.0)
        }
        OutcomeEvent::OutcomePaid { instrument, account, amount, .. } => {
            CommandReport { account: Some(account), value: amount.0, ..of(CommandEvent::OutcomePaid, instrument) }
        }
        OutcomeEvent::OutcomeResolved { instrument, weight } => CommandReport {
            other: u64::from(weight.is_none()),
            value: weight.map_or(0, |weight| weight.0.into()),
            ..of(CommandEvent::OutcomeResolved, instrument)
        },
    }
}
