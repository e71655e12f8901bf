//! Events of the core as the frozen objects of `fairlead.model.events`.

use model::{
    AccountId, Cause, ClOrdId, Display, Event, EventKind, InstrumentId, OrderAccepted, OrderEnded, OrderId,
    OrderPosted, OrderRejected, OrderReplaced, Price, Qty, RejectReason, Trade, TradePrevented,
};
use pyo3::prelude::*;

use crate::amendments;
use crate::guard_objects;
use crate::names::{Listed, Names};
use crate::objects::{Fields, Home, build};
use crate::outcomes;
use crate::words;

/// The object of one event.
///
/// # Errors
/// Where the Python class does not take its fields.
pub fn event_object<'py>(py: Python<'py>, event: &Event, names: &Names) -> PyResult<Bound<'py, PyAny>> {
    let fields = Fields::new(py);
    fields.set("seq", event.stamp.seq)?.set("ts_ns", event.stamp.ts_ns)?.set("sub", event.sub)?;
    fields.set("cause", cause_word(event.cause))?;
    let class = Of { fields: &fields, names }.fill(&event.kind)?;
    build(Home::Events, class, &fields)
}

/// The objects of many events.
///
/// # Errors
/// Those of [`event_object`].
pub fn event_objects<'py>(py: Python<'py>, events: &[Event], names: &Names) -> PyResult<Vec<Bound<'py, PyAny>>> {
    events.iter().map(|event| event_object(py, event, names)).collect()
}

fn cause_word(cause: Cause) -> &'static str {
    match cause {
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

struct Of<'a, 'py> {
    fields: &'a Fields<'py>,
    names: &'a Names,
}

impl Of<'_, '_> {
    fn listed(&self, instrument: InstrumentId) -> Option<&Listed> {
        self.names.instrument(instrument).map(AsRef::as_ref)
    }

    /// Adds the fields of one kind and gives the name of its class.
    fn fill(&self, kind: &EventKind) -> PyResult<&'static str> {
        match kind {
            EventKind::AssetAdded { .. }
            | EventKind::InstrumentListed { .. }
            | EventKind::AccountAdded { .. }
            | EventKind::FeesSet { .. }
            | EventKind::AccountFeesSet { .. }
            | EventKind::TradeAmended { .. }
            | EventKind::TicksSet { .. }
            | EventKind::Deposited { .. }
            | EventKind::Withdrawn { .. }
            | EventKind::CommandRejected { .. }
            | EventKind::MassCanceled { .. }
            | EventKind::TimePassed => self.administration(kind),
            EventKind::OrderAccepted(order) => self.accepted(order),
            EventKind::OrderRejected(refusal) => self.refused(refusal, "OrderRejected"),
            EventKind::AmendRejected(refusal) => self.refused(refusal, "AmendRejected"),
            EventKind::CancelRejected { account, reason } => {
                self.fields.account("account", *account, self.names)?.set("reason", reason.name())?;
                Ok("CancelRejected")
            }
            EventKind::Repeated { account, cl_ord_id, order_id, reason } => {
                self.repeated(*account, cl_ord_id, *order_id, *reason)
            }
            EventKind::OrderPosted(posted) => self.posted(posted, "OrderPosted"),
            EventKind::OrderRefreshed(posted) => self.posted(posted, "OrderRefreshed"),
            EventKind::OrderReplaced(replaced) => self.replaced(replaced),
            EventKind::OrderRestated {
                order_id,
                account,
                instrument,
                order_qty,
                leaves_qty,
                displayed_qty,
                reason,
            } => {
                let listed = self.listed(*instrument);
                self.fields.set("order_id", order_id.0)?.account("account", *account, self.names)?;
                self.fields.symbol(*instrument, self.names)?.qty("order_qty", *order_qty, listed)?;
                self.fields.qty("leaves_qty", *leaves_qty, listed)?.qty("displayed_qty", *displayed_qty, listed)?;
                self.fields.set("reason", reason.name())?;
                Ok("OrderRestated")
            }
            EventKind::OrderParked { order_id, account, instrument } => self.parked(*order_id, *account, *instrument),
            EventKind::Trade(trade) => self.trade(trade),
            EventKind::TradePrevented(prevented) => self.prevented(prevented),
            EventKind::OrderCanceled(ended) => self.ended(ended, "OrderCanceled"),
            EventKind::OrderExpired(ended) => self.ended(ended, "OrderExpired"),
            EventKind::StateChanged { instrument, from, to } => {
                self.fields.symbol(*instrument, self.names)?.set("from_state", words::state_word(*from))?;
                self.fields.set("to_state", words::state_word(*to))?;
                Ok("StateChanged")
            }
            EventKind::IndicativePrice { instrument, price, volume, imbalance } => {
                self.auction(*instrument, *price, *volume, *imbalance, "IndicativePrice")
            }
            EventKind::Uncrossed { instrument, price, volume, imbalance } => {
                self.auction(*instrument, *price, *volume, *imbalance, "Uncrossed")
            }
            EventKind::OrderSuspended(_)
            | EventKind::OrderTriggered(_)
            | EventKind::TriggerRejected(_)
            | EventKind::OrderReleased(_)
            | EventKind::GroupAccepted(_)
            | EventKind::GroupRejected(_)
            | EventKind::Guard(_)
            | EventKind::Breaker(_) => guard_objects::fill(self.fields, self.names, kind),
            EventKind::Outcome(event) => outcomes::fill(self.fields, self.names, event),
        }
    }

    fn parked(&self, order_id: OrderId, account: AccountId, instrument: InstrumentId) -> PyResult<&'static str> {
        self.fields.set("order_id", order_id.0)?.account("account", account, self.names)?;
        self.fields.symbol(instrument, self.names)?;
        Ok("OrderParked")
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller chose the kinds; the rest never gets here")]
    fn administration(&self, kind: &EventKind) -> PyResult<&'static str> {
        let decimals = |asset| self.names.asset(asset).map_or(0, |asset| asset.decimals);
        let name = |asset| self.names.asset(asset).map_or("", |asset| asset.symbol.as_str());
        match kind {
            EventKind::AssetAdded { symbol, decimals, .. } => {
                self.fields.set("asset", symbol.as_str())?.set("decimals", *decimals)?;
                Ok("AssetAdded")
            }
            EventKind::InstrumentListed { symbol, .. } => {
                self.fields.set("symbol", symbol.as_str())?;
                Ok("InstrumentListed")
            }
            EventKind::AccountAdded { name, .. } => {
                self.fields.set("account", name.as_str())?;
                Ok("AccountAdded")
            }
            EventKind::FeesSet { schedule, version, base, rates } => {
                self.fields.set("schedule", *schedule)?.set("version", *version)?;
                self.fields.set("base", words::fee_base_word(*base))?;
                self.fields.set("maker_ppm", rates.maker_ppm)?.set("taker_ppm", rates.taker_ppm)?;
                Ok("FeesSet")
            }
            EventKind::AccountFeesSet { account, schedule } => {
                self.fields.account("account", *account, self.names)?.set("schedule", schedule.0)?;
                Ok("AccountFeesSet")
            }
            EventKind::TicksSet { instrument } => {
                self.fields.symbol(*instrument, self.names)?;
                Ok("TicksSet")
            }
            EventKind::TradeAmended { key, was, now } => amendments::fill(self.fields, self.names, key, was, now),
            EventKind::Deposited { account, asset, amount } | EventKind::Withdrawn { account, asset, amount } => {
                self.fields.account("account", *account, self.names)?.set("asset", name(*asset))?;
                self.fields.money("amount", *amount, decimals(*asset))?;
                Ok(if matches!(kind, EventKind::Deposited { .. }) { "Deposited" } else { "Withdrawn" })
            }
            EventKind::CommandRejected { reason, value, limit } => {
                self.fields.set("reason", reason.name())?.set("value", *value)?.set("limit", *limit)?;
                Ok("CommandRejected")
            }
            EventKind::MassCanceled { count } => {
                self.fields.set("count", *count)?;
                Ok("MassCanceled")
            }
            _ => Ok("TimePassed"),
        }
    }

    fn repeated(
        &self,
        account: AccountId,
        cl_ord_id: &ClOrdId,
        order_id: OrderId,
        reason: Option<RejectReason>,
    ) -> PyResult<&'static str> {
        self.fields.account("account", account, self.names)?.set("cl_ord_id", cl_ord_id.as_str())?;
        let first = (order_id.0 != 0).then_some(order_id.0);
        self.fields.set("order_id", first)?.set("reason", reason.map(RejectReason::name))?;
        Ok("Repeated")
    }

    fn accepted(&self, order: &OrderAccepted) -> PyResult<&'static str> {
        let listed = self.listed(order.instrument);
        let f = self.fields;
        f.set("order_id", order.order_id.0)?.account("account", order.account, self.names)?;
        f.symbol(order.instrument, self.names)?.set("cl_ord_id", order.cl_ord_id.as_str())?;
        f.set("side", words::side_word(order.side))?.set("ord_type", words::ord_type_word(order.ord_type))?;
        f.set("time_in_force", words::tif_word(order.tif))?.set("expire_ns", expire(order.tif.expire_ns()))?;
        f.price("price", order.price, listed)?.qty("order_qty", order.order_qty, listed)?;
        let (display, display_qty) = match order.display {
            Display::All => ("all", order.order_qty),
            Display::Hidden => ("hidden", Qty(0)),
            Display::Iceberg { display_qty, .. } => ("iceberg", display_qty),
        };
        f.set("display", display)?.qty("display_qty", display_qty, listed)?;
        f.set("post_only", words::post_only_word(order.post_only))?.set("reduce_only", order.reduce_only)?;
        f.set("stp", words::stp_word(order.stp))?;
        Ok("OrderAccepted")
    }

    fn refused(&self, refusal: &OrderRejected, class: &'static str) -> PyResult<&'static str> {
        self.fields.account("account", refusal.account, self.names)?;
        self.fields.set("cl_ord_id", refusal.cl_ord_id.as_str())?;
        self.fields.set("order_id", (refusal.order_id.0 != 0).then_some(refusal.order_id.0))?;
        self.fields.set("reason", refusal.reason.name())?.set("value", refusal.value)?.set("limit", refusal.limit)?;
        Ok(class)
    }

    fn posted(&self, posted: &OrderPosted, class: &'static str) -> PyResult<&'static str> {
        let listed = self.listed(posted.instrument);
        self.fields.set("order_id", posted.order_id.0)?.symbol(posted.instrument, self.names)?;
        self.fields.set("side", words::side_word(posted.side))?.price("price", Some(posted.price), listed)?;
        self.fields.set("public_id", posted.public_id.0)?.qty("displayed_qty", posted.displayed_qty, listed)?;
        Ok(class)
    }

    fn replaced(&self, replaced: &OrderReplaced) -> PyResult<&'static str> {
        let listed = self.listed(replaced.instrument);
        let f = self.fields;
        f.set("order_id", replaced.order_id.0)?.account("account", replaced.account, self.names)?;
        f.symbol(replaced.instrument, self.names)?.set("cl_ord_id", replaced.cl_ord_id.as_str())?;
        f.price("price", replaced.price, listed)?.qty("order_qty", replaced.order_qty, listed)?;
        f.qty("leaves_qty", replaced.leaves_qty, listed)?.qty("displayed_qty", replaced.displayed_qty, listed)?;
        f.set("time_in_force", words::tif_word(replaced.tif))?.set("expire_ns", expire(replaced.tif.expire_ns()))?;
        f.set("priority_kept", replaced.priority_kept)?;
        Ok("OrderReplaced")
    }

    fn trade(&self, trade: &Trade) -> PyResult<&'static str> {
        let listed = self.listed(trade.instrument);
        let quote_decimals = listed.map_or(0, |listed| listed.quote_decimals);
        let f = self.fields;
        f.set("trade_id", trade.trade_id.0)?.symbol(trade.instrument, self.names)?;
        f.price("price", Some(trade.price), listed)?.qty("qty", trade.qty, listed)?;
        f.set("buy_order_id", trade.buy.order_id.0)?.set("sell_order_id", trade.sell.order_id.0)?;
        f.account("buy_account", trade.buy.account, self.names)?;
        f.account("sell_account", trade.sell.account, self.names)?;
        f.qty("buy_leaves_qty", trade.buy.leaves_qty, listed)?.qty("sell_leaves_qty", trade.sell.leaves_qty, listed)?;
        f.money("buy_fee", trade.buy.fee, quote_decimals)?.money("sell_fee", trade.sell.fee, quote_decimals)?;
        f.set("aggressor", trade.aggressor.map(words::side_word))?.set("self_match", trade.self_match)?;
        Ok("Trade")
    }

    fn prevented(&self, prevented: &TradePrevented) -> PyResult<&'static str> {
        let listed = self.listed(prevented.instrument);
        let f = self.fields;
        f.symbol(prevented.instrument, self.names)?.set("taker_order_id", prevented.taker_order_id.0)?;
        f.set("maker_order_id", prevented.maker_order_id.0)?.price("price", Some(prevented.price), listed)?;
        f.qty("qty", prevented.qty, listed)?.set("mode", words::stp_word(prevented.mode))?;
        f.qty("maker_leaves_qty", prevented.maker_leaves_qty, listed)?;
        f.qty("maker_displayed_qty", prevented.maker_displayed_qty, listed)?;
        Ok("TradePrevented")
    }

    fn ended(&self, ended: &OrderEnded, class: &'static str) -> PyResult<&'static str> {
        let listed = self.listed(ended.instrument);
        self.fields.set("order_id", ended.order_id.0)?.account("account", ended.account, self.names)?;
        self.fields.symbol(ended.instrument, self.names)?.qty("canceled_qty", ended.canceled_qty, listed)?;
        self.fields.set("reason", ended.reason.name())?;
        Ok(class)
    }

    fn auction(
        &self,
        instrument: InstrumentId,
        price: Option<Price>,
        volume: Qty,
        imbalance: Qty,
        class: &'static str,
    ) -> PyResult<&'static str> {
        let listed = self.listed(instrument);
        self.fields.symbol(instrument, self.names)?.price("price", price, listed)?;
        self.fields.qty("volume", volume, listed)?.qty("imbalance", imbalance, listed)?;
        Ok(class)
    }
}

/// An expiry, `None` where the order has none.
pub fn expire(expire_ns: i64) -> Option<i64> {
    (expire_ns != 0).then_some(expire_ns)
}
