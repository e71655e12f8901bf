//! The common part of every report.

use model::{AccountId, Asked, ClOrdId, Event, Money, OrderId, Qty, TradeId};
use wire::{ExecType, ExecutionReport, OrdStatus, Position};

use crate::ledger::Order;

/// The place of an event; `leg` tells the sides of a trade, or account and venue, apart.
pub(crate) fn position(event: &Event, leg: u8) -> Position {
    Position { event_seq: event.stamp.seq, sub: event.sub, leg }
}

/// How an open order stands.
pub(crate) fn status(order: &Order) -> OrdStatus {
    if order.is_suspended {
        OrdStatus::Suspended
    } else if order.cum_qty.0 == 0 {
        OrdStatus::New
    } else if order.leaves_qty.0 == 0 && order.order_qty.0 != 0 {
        OrdStatus::Filled
    } else {
        OrdStatus::PartiallyFilled
    }
}

/// A report about an order as it is now; what the event adds is filled in by the caller.
pub(crate) fn about(
    event: &Event,
    leg: u8,
    order: &Order,
    exec_type: ExecType,
    ord_status: OrdStatus,
) -> ExecutionReport {
    ExecutionReport {
        instrument: Some(order.instrument),
        side: Some(order.side),
        ord_type: Some(order.ord_type),
        tif: Some(order.tif),
        cl_ord_id: Some(order.cl_ord_id),
        price: order.price,
        order_qty: order.order_qty,
        leaves_qty: order.leaves_qty,
        cum_qty: order.cum_qty,
        cum_value: order.cum_value,
        ..bare(event, leg, order.order_id, order.account, exec_type, ord_status)
    }
}

/// A report about an order of which nothing more is known.
pub(crate) fn bare(
    event: &Event,
    leg: u8,
    order_id: OrderId,
    account: AccountId,
    exec_type: ExecType,
    ord_status: OrdStatus,
) -> ExecutionReport {
    ExecutionReport {
        position: position(event, leg),
        ts_ns: event.stamp.ts_ns,
        ref_seq: 0,
        account,
        instrument: None,
        order_id,
        cl_ord_id: None,
        exec_type,
        ord_status,
        cause: event.cause,
        side: None,
        ord_type: None,
        tif: None,
        price: None,
        order_qty: Qty(0),
        leaves_qty: Qty(0),
        cum_qty: Qty(0),
        cum_value: Some(0),
        last_qty: Qty(0),
        last_px: None,
        fee: Money(0),
        trade_id: TradeId(0),
        liquidity: None,
        reject_reason: None,
        end_reason: None,
        value: 0,
        limit: 0,
        trigger_price: None,
        repeated: false,
        self_match: false,
        priority_kept: false,
        resent: false,
    }
}

/// Writes into a report what a refused order asked for.
pub(crate) fn ask(report: &mut ExecutionReport, asked: Asked) {
    let Asked { instrument, side, ord_type, tif, price, order_qty } = asked;
    report.instrument = Some(instrument);
    (report.side, report.ord_type, report.tif) = (Some(side), Some(ord_type), Some(tif));
    (report.price, report.order_qty) = (price, order_qty);
}

/// Forgets the quantity that an order lost when it ended.
pub(crate) fn without_leaves(order: Order) -> Order {
    Order { leaves_qty: Qty(0), ..order }
}

/// A client id as the wire has it: none where there is none.
pub(crate) fn id(cl_ord_id: ClOrdId) -> Option<ClOrdId> {
    (cl_ord_id != ClOrdId::BLANK).then_some(cl_ord_id)
}
