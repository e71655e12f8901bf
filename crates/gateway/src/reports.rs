//! Events become reports: what each account, and the venue itself, is told.
//!
//! An event that concerns an order gives an `ExecutionReport` or a `CancelReject` to its account. Everything else that a
//! command can bring gives a `CommandReport` to whom it concerns and to the venue. What is public only (an order's place
//! in its queue, auctions) is market data and no report.

use model::{
    AccountId, Cause, ClOrdId, Event, EventKind, OrderEnded, OrderId, OrderRejected, RejectReason, Side, StpMode,
};
use model::{Trade, TradeLeg, TradePrevented};
use wire::{CancelReject, ExecType, ExecutionReport, Liquidity, Message, OrdStatus, Position};

use crate::amendments::Amended;
use crate::ledger::{Ledger, Order};
use crate::{changes, commands, exec};

/// A message for the sessions of one account.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Report {
    /// Where it stands in the log.
    pub(crate) position: Position,
    /// Whose it is.
    pub(crate) account: AccountId,
    /// What it says; `ref_seq` is 0.
    pub(crate) message: Message,
    /// It comes from the command itself, not from what the command set off.
    pub(crate) is_direct: bool,
}

/// Appends the reports of one event to `out`, in ascending order of position.
pub(crate) fn absorb(event: &Event, ledger: &mut Ledger, out: &mut Vec<Report>) {
    let mut to = Writer { event, out };
    match &event.kind {
        EventKind::OrderAccepted(accepted) => {
            let order = ledger.accept(accepted);
            to.order(0, &order, ExecType::New, OrdStatus::New, |_| {});
        }
        EventKind::OrderRejected(rejected) => to.rejected(rejected),
        EventKind::AmendRejected(rejected) => to.cancel_reject(rejected, true),
        EventKind::CancelRejected { account, reason } => to.cancel_rejected(*account, *reason),
        EventKind::Repeated { account, cl_ord_id, order_id, reason } => {
            to.repeated(ledger.get(*order_id), *account, *cl_ord_id, *order_id, *reason);
        }
        EventKind::Trade(trade) => to.trade(trade, ledger),
        EventKind::TradeAmended { key, was, now } => to.amended(Amended { key, was, now }, ledger),
        EventKind::TradePrevented(prevented) => to.prevented(prevented, ledger),
        EventKind::OrderCanceled(ended) => to.ended(ended, ledger, ExecType::Canceled, OrdStatus::Canceled),
        EventKind::OrderExpired(ended) => to.ended(ended, ledger, ExecType::Expired, OrdStatus::Expired),
        EventKind::OrderReplaced(_)
        | EventKind::OrderRestated { .. }
        | EventKind::OrderParked { .. }
        | EventKind::OrderSuspended(_)
        | EventKind::OrderTriggered(_)
        | EventKind::TriggerRejected(_)
        | EventKind::OrderReleased(_) => to.changed(ledger),
        EventKind::OrderPosted(_)
        | EventKind::OrderRefreshed(_)
        | EventKind::IndicativePrice { .. }
        | EventKind::Uncrossed { .. }
        | EventKind::TimePassed => {}
        EventKind::AssetAdded { .. }
        | EventKind::InstrumentListed { .. }
        | EventKind::TicksSet { .. }
        | EventKind::AccountAdded { .. }
        | EventKind::FeesSet { .. }
        | EventKind::AccountFeesSet { .. }
        | EventKind::Deposited { .. }
        | EventKind::Withdrawn { .. }
        | EventKind::CommandRejected { .. }
        | EventKind::MassCanceled { .. }
        | EventKind::StateChanged { .. }
        | EventKind::GroupAccepted(_)
        | EventKind::GroupRejected(_)
        | EventKind::Guard(_)
        | EventKind::Breaker(_)
        | EventKind::Outcome(_) => to.command(),
    }
}

/// Writes reports of one event.
struct Writer<'a> {
    event: &'a Event,
    out: &'a mut Vec<Report>,
}

impl Writer<'_> {
    fn push(&mut self, leg: u8, account: AccountId, message: Message) {
        let is_direct = self.event.cause == Cause::Command;
        self.out.push(Report { position: exec::position(self.event, leg), account, message, is_direct });
    }

    fn report(&mut self, report: ExecutionReport) {
        self.push(report.position.leg, report.account, Message::ExecutionReport(report));
    }

    /// A report about an open order, or one that has just ended.
    fn order(
        &mut self,
        leg: u8,
        order: &Order,
        exec_type: ExecType,
        status: OrdStatus,
        fill_in: impl FnOnce(&mut ExecutionReport),
    ) {
        let mut report = exec::about(self.event, leg, order, exec_type, status);
        fill_in(&mut report);
        self.report(report);
    }

    fn rejected(&mut self, rejected: &OrderRejected) {
        let OrderRejected { account, cl_ord_id, order_id, reason, value, limit, asked } = *rejected;
        let mut report = ExecutionReport {
            cl_ord_id: exec::id(cl_ord_id),
            reject_reason: Some(reason),
            value,
            limit,
            ..exec::bare(self.event, 0, order_id, account, ExecType::Rejected, OrdStatus::Rejected)
        };
        if let Some(asked) = asked {
            exec::ask(&mut report, asked);
        }
        self.report(report);
    }

    fn cancel_rejected(&mut self, account: AccountId, reason: RejectReason) {
        let (cl_ord_id, order_id) = (ClOrdId::BLANK, OrderId(0));
        let rejected = OrderRejected { account, cl_ord_id, order_id, reason, value: 0, limit: 0, asked: None };
        self.cancel_reject(&rejected, false);
    }

    fn cancel_reject(&mut self, rejected: &OrderRejected, is_amend: bool) {
        let reject = CancelReject {
            position: exec::position(self.event, 0),
            ts_ns: self.event.stamp.ts_ns,
            ref_seq: 0,
            account: rejected.account,
            order_id: rejected.order_id,
            cl_ord_id: exec::id(rejected.cl_ord_id),
            is_amend,
            reason: rejected.reason,
            value: rejected.value,
            limit: rejected.limit,
            resent: false,
        };
        self.push(0, rejected.account, Message::CancelReject(reject));
    }

    /// The first outcome again. An order that has ended since is known by its id alone: its end was reported.
    fn repeated(
        &mut self,
        order: Option<&Order>,
        account: AccountId,
        cl_ord_id: ClOrdId,
        order_id: OrderId,
        reason: Option<RejectReason>,
    ) {
        let (kind, status) = match (reason, order) {
            (Some(_), _) => (ExecType::Rejected, OrdStatus::Rejected),
            (None, Some(order)) => (ExecType::OrderStatus, exec::status(order)),
            (None, None) => (ExecType::OrderStatus, OrdStatus::Ended),
        };
        let report = match order {
            Some(order) => exec::about(self.event, 0, order, kind, status),
            None => exec::bare(self.event, 0, order_id, account, kind, status),
        };
        self.report(ExecutionReport { cl_ord_id: Some(cl_ord_id), reject_reason: reason, repeated: true, ..report });
    }

    fn trade(&mut self, trade: &Trade, ledger: &mut Ledger) {
        for (leg, side, part) in [(1, Side::Buy, &trade.buy), (2, Side::Sell, &trade.sell)] {
            self.fill(leg, side, part, trade, ledger);
        }
    }

    fn fill(&mut self, leg: u8, side: Side, part: &TradeLeg, trade: &Trade, ledger: &mut Ledger) {
        let order = ledger.fill(part.order_id, trade.price, trade.qty, part.leaves_qty);
        let report = match order {
            Some(order) => exec::about(self.event, leg, &order, ExecType::Trade, exec::status(&order)),
            None => ExecutionReport {
                instrument: Some(trade.instrument),
                side: Some(side),
                leaves_qty: part.leaves_qty,
                ..exec::bare(self.event, leg, part.order_id, part.account, ExecType::Trade, OrdStatus::PartiallyFilled)
            },
        };
        let liquidity = match trade.aggressor {
            None => Liquidity::Auction,
            Some(aggressor) if aggressor == side => Liquidity::Removed,
            Some(_) => Liquidity::Added,
        };
        self.report(ExecutionReport {
            last_qty: trade.qty,
            last_px: Some(trade.price),
            fee: part.fee,
            trade_id: trade.trade_id,
            liquidity: Some(liquidity),
            self_match: trade.self_match,
            ..report
        });
    }

    fn amended(&mut self, amended: Amended<'_>, ledger: &mut Ledger) {
        self.push(0, AccountId::VENUE, Message::CommandReport(amended.to_venue(self.event)));
        for (leg, side) in [(1, Side::Buy), (2, Side::Sell)] {
            self.report(amended.to_side(self.event, leg, side, ledger));
        }
    }

    fn prevented(&mut self, prevented: &TradePrevented, ledger: &mut Ledger) {
        let decrements = prevented.mode == StpMode::DecrementAndCancel;
        let taker = ledger.change(prevented.taker_order_id, |order| {
            if decrements && order.order_qty.0 != 0 {
                order.leaves_qty.0 -= prevented.qty.0;
            }
        });
        let maker = ledger.change(prevented.maker_order_id, |order| order.leaves_qty = prevented.maker_leaves_qty);
        for (leg, order, liquidity) in [(1, taker, Liquidity::Removed), (2, maker, Liquidity::Added)] {
            let Some(order) = order else { continue };
            self.order(leg, &order, ExecType::Prevented, exec::status(&order), |report| {
                report.liquidity = Some(liquidity);
                (report.last_px, report.last_qty) = (Some(prevented.price), prevented.qty);
            });
        }
    }

    fn ended(&mut self, ended: &OrderEnded, ledger: &mut Ledger, kind: ExecType, status: OrdStatus) {
        let report = match ledger.end(ended.order_id) {
            Some(order) => exec::about(self.event, 0, &exec::without_leaves(order), kind, status),
            None => ExecutionReport {
                instrument: Some(ended.instrument),
                ..exec::bare(self.event, 0, ended.order_id, ended.account, kind, status)
            },
        };
        self.report(ExecutionReport { last_qty: ended.canceled_qty, end_reason: Some(ended.reason), ..report });
    }

    /// An order that lives on in another form.
    fn changed(&mut self, ledger: &mut Ledger) {
        if let Some(report) = changes::report(self.event, ledger) {
            self.report(report);
        }
    }

    /// What is not about one order: to the account it concerns, and to the venue.
    fn command(&mut self) {
        let Some(report) = commands::report(self.event) else { return };
        let Some(account) = report.account else {
            return self.push(0, AccountId::VENUE, Message::CommandReport(report));
        };
        for (leg, account) in [(1, account), (2, AccountId::VENUE)] {
            let mut report = report.clone();
            report.position.leg = leg;
            self.push(leg, account, Message::CommandReport(report));
        }
    }
}
