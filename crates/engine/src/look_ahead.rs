//! Brings what a command will read into the cache before its turn.

use model::{AccountId, ClOrdId, Command, OrderRef};

use crate::clients::ClientIds;
use crate::exchange::Exchange;
use crate::market::book_side;

/// Reads it and gives a number that depends on all that was read.
#[inline]
pub(crate) fn touch(exchange: &Exchange, command: &Command) -> i64 {
    match command {
        Command::NewOrder(order) => {
            let id = client_id(exchange, order.account, &order.cl_ord_id);
            let market = exchange.markets.get(order.instrument.0 as usize);
            match (market, order.price) {
                (Some(market), Some(price)) => {
                    id.wrapping_add(market.book.volume_at(book_side(order.side), market.ticks(price)))
                }
                (None, _) | (_, None) => id,
            }
        }
        Command::Cancel(request) => target(exchange, request.account, &request.target),
        Command::Amend(request) => {
            let id = client_id(exchange, request.account, &request.cl_ord_id);
            id.wrapping_add(target(exchange, request.account, &request.target))
        }
        Command::AddAsset { .. }
        | Command::ListInstrument(_)
        | Command::AddAccount(_)
        | Command::SetFees { .. }
        | Command::Deposit(_)
        | Command::Withdraw(_)
        | Command::MassCancel(_)
        | Command::SetTradingState(_)
        | Command::Tick => 0,
    }
}

#[inline]
fn client_id(exchange: &Exchange, account: AccountId, id: &ClOrdId) -> i64 {
    exchange.shared.clients.touch(ClientIds::tag(account, id))
}

#[inline]
fn target(exchange: &Exchange, account: AccountId, target: &OrderRef) -> i64 {
    match target {
        OrderRef::Client(id) => client_id(exchange, account, id),
        OrderRef::Order(id) => match exchange.shared.index.get(id.0) {
            Some(slot) => exchange.shared.records.get(slot).cum_qty.wrapping_add(exchange.shared.arena.tip(slot)),
            None => 0,
        },
    }
}
