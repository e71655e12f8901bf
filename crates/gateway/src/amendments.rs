//! What both sides of a trade, and the venue, are told when it is taken back (FIX 150 = H) or corrected (G).

use model::{Event, Side, TradeKey, TradeTerms};
use wire::{CommandEvent, CommandReport, ExecType, ExecutionReport, OrdStatus};

use crate::ledger::Ledger;
use crate::{commands, exec};

/// A trade, the terms it had and those it has.
#[derive(Clone, Copy)]
pub(crate) struct Amended<'a> {
    pub(crate) key: &'a TradeKey,
    pub(crate) was: &'a TradeTerms,
    pub(crate) now: &'a TradeTerms,
}

impl Amended<'_> {
    /// The report to one side. Where its order is open it says how the order stands.
    pub(crate) fn to_side(self, event: &Event, leg: u8, side: Side, ledger: &mut Ledger) -> ExecutionReport {
        let Amended { key, was, now } = self;
        let (order_id, account, fee) = match side {
            Side::Buy => (key.buy_order_id, key.buyer, now.buy_fee - was.buy_fee),
            Side::Sell => (key.sell_order_id, key.seller, now.sell_fee - was.sell_fee),
        };
        let (exec_type, last_qty) =
            if now.is_bust() { (ExecType::TradeCancel, was.qty) } else { (ExecType::TradeCorrect, now.qty) };
        let report = match ledger.amend(order_id, was, now) {
            Some(order) => exec::about(event, leg, &order, exec_type, exec::status(&order)),
            None => ExecutionReport {
                instrument: Some(key.instrument),
                side: Some(side),
                ..exec::bare(event, leg, order_id, account, exec_type, OrdStatus::Ended)
            },
        };
        ExecutionReport {
            account,
            last_qty,
            last_px: Some(now.price),
            fee,
            trade_id: key.trade_id,
            value: was.price.0.into(),
            limit: was.qty.0.into(),
            ..report
        }
    }

    /// The report to the venue.
    pub(crate) fn to_venue(self, event: &Event) -> CommandReport {
        let Amended { key, now, .. } = self;
        let what = if now.is_bust() { CommandEvent::TradeBusted } else { CommandEvent::TradeCorrected };
        CommandReport {
            instrument: Some(key.instrument),
            id: key.trade_id.0,
            value: now.price.0.into(),
            limit: now.qty.0.into(),
            ..commands::blank(event, what)
        }
    }
}
