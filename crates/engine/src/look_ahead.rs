//! Brings what a command will read into the cache before its turn.

use model::{Command, OrderRef};

use crate::exchange::Exchange;
use crate::market::book_side;

/// Reads it and gives a number that depends on all that was read.
#[inline]
pub(crate) fn touch(exchange: &Exchange, command: &Command) -> i64 {
    match command {
        Command::NewOrder(order) => match (exchange.markets.get(order.instrument.0 as usize), order.price) {
            (Some(market), Some(price)) => market.book.volume_at(book_side(order.side), market.ticks(price)),
            (None, _) | (_, None) => 0,
        },
        Command::Cancel(request) => target(exchange, &request.target),
        Command::Amend(request) => target(exchange, &request.target),
        Command::AddAsset { .. }
        | Command::ListInstrument(_)
        | Command::AddAccount(_)
        | Command::SetFees { .. }
        | Command::SetAccountFees(_)
        | Command::AmendTrade(_)
        | Command::SetTicks(_)
        | Command::Deposit(_)
        | Command::Withdraw(_)
        | Command::MassCancel(_)
        | Command::SetTradingState(_)
        | Command::NewStop(_)
        | Command::NewGroup(_)
        | Command::CancelGroup(_)
        | Command::SetReference(_)
        | Command::SetAccountLimits(_)
        | Command::SetInstrumentLimits(_)
        | Command::SetCreditLine(_)
        | Command::KillSwitch(_)
        | Command::Rearm(_)
        | Command::SetCancelOnDisconnect(_)
        | Command::SessionDown(_)
        | Command::SessionUp(_)
        | Command::CancelAllAfter(_)
        | Command::Halt(_)
        | Command::Resume(_)
        | Command::SetBreaker { .. }
        | Command::SetBands(_)
        | Command::Outcome(_)
        | Command::Tick => 0,
    }
}

#[inline]
fn target(exchange: &Exchange, target: &OrderRef) -> i64 {
    match target {
        OrderRef::Client(_) => 0,
        OrderRef::Order(id) => match exchange.shared.index.get(id.0) {
            Some(slot) => exchange.shared.records.get(slot).cum_qty.wrapping_add(exchange.shared.arena.tip(slot)),
            None => 0,
        },
    }
}
