//! Events as lines: what an expectation is compared with.

use model::{Cause, Event, EventKind, OrderEnded, OrderPosted, OrderRejected, OrderReplaced, Trade, TradePrevented};

use super::amendments;
use super::amounts::Names;
use super::{outcomes, show};

fn cause(event: &Event) -> &'static str {
    match event.cause {
        Cause::Command => "command",
        Cause::Timer => "timer",
        Cause::Uncross => "uncross",
        Cause::Reprice => "reprice",
        Cause::ReduceOnly => "reduce_only",
        Cause::State => "state",
        Cause::Trigger => "trigger",
        Cause::Group => "group",
        Cause::Breaker => "breaker",
    }
}

/// One event as one line: words, then `key=value` options.
pub fn render(event: &Event, names: &Names) -> String {
    format!("{} cause={}", kind(&event.kind, names), cause(event))
}

fn kind(event: &EventKind, names: &Names) -> String {
    match event {
        EventKind::AssetAdded { symbol, decimals, .. } => format!("asset {symbol} decimals={decimals}"),
        EventKind::InstrumentListed { symbol, .. } => format!("listed {symbol}"),
        EventKind::AccountAdded { name, .. } => format!("account {name}"),
        EventKind::FeesSet { schedule, version, .. } => format!("fees {schedule} version={version}"),
        EventKind::AccountFeesSet { account, schedule } => {
            format!("account_fees {} {}", names.show_account(*account), schedule.0)
        }
        EventKind::Deposited { account, asset, amount } => {
            let (who, what) = (names.show_account(*account), names.show_asset(*asset));
            format!("deposited {who} {what} {}", names.show_money(*asset, amount.0))
        }
        EventKind::Withdrawn { account, asset, amount } => {
            let (who, what) = (names.show_account(*account), names.show_asset(*asset));
            format!("withdrawn {who} {what} {}", names.show_money(*asset, amount.0))
        }
        EventKind::OrderAccepted(order) => {
            let price = order.price.map_or("none".to_owned(), |price| names.show_price(order.instrument, price));
            let qty = names.show_qty(order.instrument, order.order_qty);
            format!("accepted {} qty={qty} price={price} order=#{}", order.cl_ord_id, order.order_id)
        }
        EventKind::OrderRejected(rejected) => refused("rejected", rejected),
        EventKind::AmendRejected(rejected) => refused("amend_rejected", rejected),
        EventKind::CancelRejected { reason, .. } => format!("cancel_rejected {}", reason.name()),
        EventKind::CommandRejected { reason, value, limit } => {
            format!("refused {} value={value} limit={limit}", reason.name())
        }
        EventKind::Repeated { cl_ord_id, order_id, reason, .. } => match reason {
            Some(reason) => format!("repeated {cl_ord_id} {} order=#{order_id}", reason.name()),
            None => format!("repeated {cl_ord_id} order=#{order_id}"),
        },
        EventKind::OrderPosted(posted) => shown("posted", posted, names),
        EventKind::OrderRefreshed(posted) => shown("refreshed", posted, names),
        EventKind::OrderReplaced(order) => show_replaced(order, names),
        EventKind::OrderRestated { order_id, instrument, order_qty, leaves_qty, displayed_qty, reason, .. } => {
            let qty = |qty| names.show_qty(*instrument, qty);
            let (order, total, shown) = (names.show_order(*order_id), qty(*order_qty), qty(*displayed_qty));
            format!("restated {order} {} {} qty={total} shown={shown}", qty(*leaves_qty), reason.name())
        }
        EventKind::OrderParked { order_id, .. } => format!("parked {}", names.show_order(*order_id)),
        EventKind::Trade(trade) => show_trade(trade, names),
        EventKind::TicksSet { instrument } => format!("ticks {}", names.show_instrument(*instrument)),
        EventKind::TradeAmended { key, was, now } => amendments::show(key, was, now, names),
        EventKind::TradePrevented(prevented) => show_prevented(prevented, names),
        EventKind::OrderCanceled(ended) => show_end("canceled", ended, names),
        EventKind::OrderExpired(ended) => show_end("expired", ended, names),
        EventKind::MassCanceled { count } => format!("mass {count}"),
        EventKind::StateChanged { instrument, from, to } => {
            format!("state {} {from:?} {to:?}", names.show_instrument(*instrument))
        }
        EventKind::IndicativePrice { instrument, price, volume, imbalance } => {
            cross("indicative", names, *instrument, *price, [*volume, *imbalance])
        }
        EventKind::Uncrossed { instrument, price, volume, imbalance } => {
            cross("uncrossed", names, *instrument, *price, [*volume, *imbalance])
        }
        EventKind::OrderSuspended(order) => show::suspended(order, names),
        EventKind::OrderTriggered(order) => show::triggered(order, names),
        EventKind::TriggerRejected(order) => show::trigger_rejected(order, names),
        EventKind::OrderReleased(order) => show::released(order, names),
        EventKind::GroupAccepted(group) => show::grouped(group, names),
        EventKind::GroupRejected(group) => show::group_rejected(group),
        EventKind::Guard(event) => show::guard(event, names),
        EventKind::Breaker(event) => show::breaker(event, names),
        EventKind::Outcome(event) => outcomes::show(event, names),
        EventKind::TimePassed => "time".to_owned(),
    }
}

fn refused(what: &str, rejected: &OrderRejected) -> String {
    let OrderRejected { cl_ord_id, order_id, reason, value, limit, .. } = rejected;
    format!("{what} {cl_ord_id} {} value={value} limit={limit} order=#{order_id}", reason.name())
}

fn shown(what: &str, posted: &OrderPosted, names: &Names) -> String {
    let order = names.show_order(posted.order_id);
    let is_hidden = posted.public_id.0 == 0;
    let qty = if is_hidden { "hidden".to_owned() } else { names.show_qty(posted.instrument, posted.displayed_qty) };
    format!("{what} {order} {qty} @ {} public=#{}", names.show_price(posted.instrument, posted.price), posted.public_id)
}

fn show_replaced(order: &OrderReplaced, names: &Names) -> String {
    let qty = |qty| names.show_qty(order.instrument, qty);
    let price = order.price.map_or("none".to_owned(), |price| names.show_price(order.instrument, price));
    let priority = if order.priority_kept { "kept" } else { "lost" };
    format!(
        "replaced {} qty={} leaves={} shown={} price={price} priority={priority} as={}",
        names.show_order(order.order_id),
        qty(order.order_qty),
        qty(order.leaves_qty),
        qty(order.displayed_qty),
        order.cl_ord_id
    )
}

fn show_prevented(prevented: &TradePrevented, names: &Names) -> String {
    let on = prevented.instrument;
    format!(
        "prevented {} {} {} @ {} left={} shown={} mode={:?}",
        names.show_order(prevented.maker_order_id),
        names.show_order(prevented.taker_order_id),
        names.show_qty(on, prevented.qty),
        names.show_price(on, prevented.price),
        names.show_qty(on, prevented.maker_leaves_qty),
        names.show_qty(on, prevented.maker_displayed_qty),
        prevented.mode
    )
}

/// The maker first; in an auction the buy order first.
fn show_trade(trade: &Trade, names: &Names) -> String {
    let on = trade.instrument;
    let auction = if trade.aggressor.is_none() { " auction" } else { "" };
    let self_match = if trade.self_match { " self_match" } else { "" };
    let (first, second) = (trade.maker(), trade.taker());
    format!(
        "trade {} {} {} @ {}{auction}{self_match} fees={},{} left={},{} id=#{}",
        names.show_order(first.order_id),
        names.show_order(second.order_id),
        names.show_qty(on, trade.qty),
        names.show_price(on, trade.price),
        first.fee.0,
        second.fee.0,
        names.show_qty(on, first.leaves_qty),
        names.show_qty(on, second.leaves_qty),
        trade.trade_id
    )
}

fn show_end(what: &str, ended: &OrderEnded, names: &Names) -> String {
    let qty = names.show_qty(ended.instrument, ended.canceled_qty);
    format!("{what} {} {qty} {}", names.show_order(ended.order_id), ended.reason.name())
}

fn cross(
    what: &str,
    names: &Names,
    on: model::InstrumentId,
    price: Option<model::Price>,
    [volume, imbalance]: [model::Qty; 2],
) -> String {
    let name = names.show_instrument(on);
    match price {
        Some(price) => {
            let (volume, price) = (names.show_qty(on, volume), names.show_price(on, price));
            format!("{what} {name} {volume} @ {price} imbalance={}", names.show_qty(on, imbalance))
        }
        None => format!("{what} {name} none"),
    }
}
