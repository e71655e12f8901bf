//! Orders that live on in another form: replaced, restated, parked, suspended, triggered, released; and those whose trigger
//! was refused.

use model::{AccountId, Event, EventKind, InstrumentId, OrderId};
use wire::{ExecType, ExecutionReport, OrdStatus};

use crate::exec;
use crate::ledger::{Ledger, Order};

/// The report of such an event; `None` of every other one.
pub(crate) fn report(event: &Event, ledger: &mut Ledger) -> Option<ExecutionReport> {
    let (order_id, account, instrument, exec_type) = named(&event.kind)?;
    let refused = exec_type == ExecType::Rejected;
    let order = if refused {
        ledger.end(order_id).map(exec::without_leaves)
    } else {
        ledger.change(order_id, |order| apply(&event.kind, order))
    };
    let report = match order {
        Some(order) => {
            let status = if refused {
                OrdStatus::Rejected
            } else if exec_type == ExecType::Suspended {
                // A parked order comes back by itself: it is suspended in this report only.
                OrdStatus::Suspended
            } else {
                exec::status(&order)
            };
            exec::about(event, 0, &order, exec_type, status)
        }
        None => ExecutionReport {
            instrument: Some(instrument),
            ..exec::bare(event, 0, order_id, account, exec_type, OrdStatus::New)
        },
    };
    Some(told(&event.kind, report))
}

fn named(kind: &EventKind) -> Option<(OrderId, AccountId, InstrumentId, ExecType)> {
    Some(match kind {
        EventKind::OrderReplaced(it) => (it.order_id, it.account, it.instrument, ExecType::Replaced),
        EventKind::OrderRestated { order_id, account, instrument, .. } => {
            (*order_id, *account, *instrument, ExecType::Restated)
        }
        EventKind::OrderParked { order_id, account, instrument } => {
            (*order_id, *account, *instrument, ExecType::Suspended)
        }
        EventKind::OrderSuspended(it) => (it.order_id, it.account, it.instrument, ExecType::Suspended),
        EventKind::OrderTriggered(it) => (it.order_id, it.account, it.instrument, ExecType::Triggered),
        EventKind::TriggerRejected(it) => (it.order_id, it.account, it.instrument, ExecType::Rejected),
        EventKind::OrderReleased(it) => (it.order_id, it.account, it.instrument, ExecType::Released),
        EventKind::AssetAdded { .. }
        | EventKind::InstrumentListed { .. }
        | EventKind::AccountAdded { .. }
        | EventKind::FeesSet { .. }
        | EventKind::AccountFeesSet { .. }
        | EventKind::TradeAmended { .. }
        | EventKind::TicksSet { .. }
        | EventKind::Deposited { .. }
        | EventKind::Withdrawn { .. }
        | EventKind::OrderAccepted(_)
        | EventKind::OrderRejected(_)
        | EventKind::AmendRejected(_)
        | EventKind::CancelRejected { .. }
        | EventKind::CommandRejected { .. }
        | EventKind::Repeated { .. }
        | EventKind::OrderPosted(_)
        | EventKind::OrderRefreshed(_)
        | EventKind::Trade(_)
        | EventKind::TradePrevented(_)
        | EventKind::OrderCanceled(_)
        | EventKind::OrderExpired(_)
        | EventKind::MassCanceled { .. }
        | EventKind::StateChanged { .. }
        | EventKind::IndicativePrice { .. }
        | EventKind::Uncrossed { .. }
        | EventKind::TimePassed
        | EventKind::GroupAccepted(_)
        | EventKind::GroupRejected(_)
        | EventKind::Guard(_)
        | EventKind::Breaker(_)
        | EventKind::Outcome(_) => return None,
    })
}

fn apply(kind: &EventKind, order: &mut Order) {
    if let EventKind::OrderReplaced(it) = kind {
        order.cl_ord_id = it.cl_ord_id;
        order.price = it.price;
        order.tif = it.tif;
        (order.order_qty, order.leaves_qty) = (it.order_qty, it.leaves_qty);
    }
    if let EventKind::OrderRestated { order_qty, leaves_qty, .. } = kind {
        (order.order_qty, order.leaves_qty) = (*order_qty, *leaves_qty);
    }
    if let EventKind::OrderReleased(it) = kind {
        (order.order_qty, order.leaves_qty) = (it.order_qty, it.leaves_qty);
        order.is_suspended = false;
    }
    if matches!(kind, EventKind::OrderSuspended(_)) {
        order.is_suspended = true;
    }
    if matches!(kind, EventKind::OrderTriggered(_)) {
        order.is_suspended = false;
    }
}

fn told(kind: &EventKind, mut report: ExecutionReport) -> ExecutionReport {
    if let EventKind::OrderReplaced(it) = kind {
        report.priority_kept = it.priority_kept;
    }
    if let EventKind::OrderRestated { reason, .. } = kind {
        report.end_reason = Some(*reason);
    }
    if let EventKind::OrderSuspended(it) = kind {
        report.trigger_price = it.trigger_price;
    }
    if let EventKind::OrderTriggered(it) = kind {
        report.trigger_price = Some(it.trigger_price);
    }
    if let EventKind::TriggerRejected(it) = kind {
        report.last_qty = it.canceled_qty;
        report.reject_reason = Some(it.reason);
        (report.value, report.limit) = (it.value, it.limit);
    }
    report
}
