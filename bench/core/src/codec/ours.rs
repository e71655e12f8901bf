//! Crate `wire` on the same messages.

use super::Codec;
use super::mirror::{Exec, Order, Report, Side, Tif};
use model::{
    AccountId, Cause, ClOrdId, Command, Display, InstrumentId, Money, NewOrder, OrdType, OrderId, PostOnly, Price, Qty,
    SessionId, TimeInForce, TradeId,
};
use std::hint::black_box;
use wire::{ExecType, ExecutionReport, Liquidity, Message, OrdStatus, Position, decode_command, encode_command};

fn side(side: Side) -> model::Side {
    match side {
        Side::Buy => model::Side::Buy,
        Side::Sell => model::Side::Sell,
    }
}

fn tif(tif: Tif) -> TimeInForce {
    match tif {
        Tif::Gtc => TimeInForce::Gtc,
        Tif::Ioc => TimeInForce::Ioc,
    }
}

fn cl_ord_id(text: &str) -> ClOrdId {
    ClOrdId::new(text).expect("a client id of the measurement")
}

/// New orders.
pub struct Orders {
    commands: Vec<(u64, Command)>,
}

impl Orders {
    pub fn new(orders: &[Order<'_>]) -> Self {
        let threshold = Qty(0);
        let display = |order: &Order<'_>| match order.display_qty {
            Some(display_qty) => Display::Iceberg { display_qty: Qty(display_qty), threshold, variance_bps: 0 },
            None => Display::All,
        };
        let command = |order: &Order<'_>| NewOrder {
            account: AccountId(order.account),
            session: SessionId(order.session),
            instrument: InstrumentId(order.instrument),
            cl_ord_id: cl_ord_id(&order.cl_ord_id),
            side: side(order.side),
            ord_type: OrdType::Limit,
            tif: tif(order.tif),
            order_qty: Qty(order.order_qty),
            price: order.price.map(Price),
            protection_price: None,
            quote_qty: None,
            peg: None,
            min_qty: Qty(order.min_qty),
            display: display(order),
            post_only: PostOnly::No,
            reduce_only: order.reduce_only,
            stp: None,
        };
        Orders { commands: orders.iter().map(|order| (order.seq, Command::NewOrder(command(order)))).collect() }
    }
}

impl Codec for Orders {
    fn encode(&self, index: usize, out: &mut Vec<u8>) {
        let (seq, command) = &self.commands[index];
        encode_command(command, *seq, out).expect("a valid order");
    }

    fn decode(&self, bytes: &[u8]) -> bool {
        black_box(decode_command(bytes)).is_ok()
    }

    fn is_message(&self, index: usize, bytes: &[u8]) -> bool {
        decode_command(bytes).is_ok_and(|read| read == self.commands[index].1)
    }
}

/// Execution reports.
pub struct Reports {
    messages: Vec<Message>,
}

impl Reports {
    pub fn new(reports: &[Report<'_>]) -> Self {
        let message = |report: &Report<'_>| ExecutionReport {
            position: Position { event_seq: report.event_seq, sub: report.sub, leg: 0 },
            ts_ns: report.ts_ns,
            ref_seq: report.ref_seq,
            account: AccountId(report.account),
            instrument: Some(InstrumentId(report.instrument)),
            order_id: OrderId(report.order_id),
            cl_ord_id: Some(cl_ord_id(&report.cl_ord_id)),
            exec_type: if report.exec == Exec::Trade { ExecType::Trade } else { ExecType::New },
            ord_status: if report.exec == Exec::Trade { OrdStatus::PartiallyFilled } else { OrdStatus::New },
            cause: Cause::Command,
            side: Some(side(report.side)),
            ord_type: Some(OrdType::Limit),
            tif: Some(tif(report.tif)),
            price: report.price.map(Price),
            order_qty: Qty(report.order_qty),
            leaves_qty: Qty(report.leaves_qty),
            cum_qty: Qty(report.cum_qty),
            cum_value: Some(i128::from(report.cum_value)),
            last_qty: Qty(report.last_qty),
            last_px: report.last_px.map(Price),
            fee: Money(i128::from(report.fee)),
            trade_id: TradeId(report.trade_id),
            liquidity: report.is_maker.then_some(Liquidity::Added),
            reject_reason: None,
            end_reason: None,
            value: 0,
            limit: 0,
            trigger_price: None,
            repeated: false,
            self_match: false,
            priority_kept: false,
            resent: false,
        };
        Reports { messages: reports.iter().map(|report| Message::ExecutionReport(message(report))).collect() }
    }
}

impl Codec for Reports {
    fn encode(&self, index: usize, out: &mut Vec<u8>) {
        self.messages[index].encode(7, index as u64, out).expect("a valid report");
    }

    fn decode(&self, bytes: &[u8]) -> bool {
        black_box(Message::decode(bytes)).is_ok()
    }

    fn is_message(&self, index: usize, bytes: &[u8]) -> bool {
        Message::decode(bytes).is_ok_and(|(_, read)| read == self.messages[index])
    }
}
