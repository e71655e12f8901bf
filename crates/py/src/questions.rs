//! Questions about an exchange, answered without changing it. What does not exist raises `NotFoundError`.

use std::sync::Arc;

use engine::{Balance, OrderHistory, OrderView, Quality};
use marketdata::trade_stats::TradeStats;
use model::{AccountId, ClOrdId, Event, EventKind, OrderId, OrderRef, Qty, Side};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::decimals::{decimal, decimal_ratio};
use crate::errors::{Kind, raise};
use crate::event_objects::{event_objects, expire};
use crate::exchange::Exchange;
use crate::facts::Facts;
use crate::names::{Listed, NOBODY, Names};
use crate::objects::{Fields, Home, build};
use crate::sequencer::Sequencer;
use crate::words;

/// An order as far as it is known: its history, and its place on the book while it is open.
struct Known {
    history: Option<OrderHistory>,
    view: Option<OrderView>,
}

impl Known {
    fn of(sequencer: &Sequencer, order_id: OrderId) -> Self {
        Known { history: sequencer.blotter.order(order_id).copied(), view: sequencer.engine().order(order_id) }
    }
}

impl Exchange {
    fn listed(&self, symbol: &str) -> PyResult<Arc<Listed>> {
        let names = self.directory().snapshot();
        let unknown = || raise(Kind::NotFound, format!("no such instrument: symbol={symbol:?}; list it first"));
        names.listed(symbol).cloned().ok_or_else(unknown)
    }

    /// Id of an account.
    ///
    /// # Errors
    /// `NotFoundError`.
    pub fn account_number(&self, name: &str) -> PyResult<model::AccountId> {
        let id = self.directory().snapshot().account_id(name);
        if id.0 == NOBODY {
            return Err(raise(Kind::NotFound, format!("no such account: account={name:?}; open it with add_account")));
        }
        Ok(id)
    }

    /// An instrument for a handle.
    ///
    /// # Errors
    /// `NotFoundError`.
    pub fn instrument_of(&self, symbol: &str) -> PyResult<Arc<Listed>> {
        self.listed(symbol)
    }

    /// The displayed book.
    ///
    /// # Errors
    /// `NotFoundError`, `InternalError`.
    pub fn book_object<'py>(&self, py: Python<'py>, symbol: &str, levels: usize) -> PyResult<Bound<'py, PyAny>> {
        let listed = self.listed(symbol)?;
        let (state, sides) = self.with(py, |sequencer| {
            let engine = sequencer.engine();
            let sides = [Side::Buy, Side::Sell].map(|side| engine.levels(listed.id, side, levels));
            Ok((engine.state(listed.id), sides))
        })?;
        let mut objects = Vec::with_capacity(2);
        for side in sides {
            let mut rows = Vec::with_capacity(side.len());
            for level in side {
                let fields = Fields::new(py);
                fields.price("price", Some(level.price), Some(&listed))?.qty("qty", level.qty, Some(&listed))?;
                rows.push(build(Home::Market, "Level", fields.set("count", level.count)?)?);
            }
            objects.push(PyTuple::new(py, rows)?);
        }
        let fields = Fields::new(py);
        fields.set("symbol", symbol)?.set("state", state.map_or("", words::state_word))?;
        fields.set("asks", objects.pop())?.set("bids", objects.pop())?;
        build(Home::Market, "Book", &fields)
    }

    /// The open orders of an account, or of all, oldest first.
    ///
    /// # Errors
    /// `NotFoundError`, `InternalError`.
    pub fn open_order_objects<'py>(&self, py: Python<'py>, account: &str) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let account = self.account_number(account)?;
        let known = self.with(py, |sequencer| {
            let open = sequencer.engine().open_orders(account);
            Ok(open.iter().map(|view| Known::of(sequencer, view.order_id)).collect::<Vec<_>>())
        })?;
        let names = self.directory().snapshot();
        known.iter().map(|known| order_object(py, known, &names)).collect()
    }

    fn named(
        &self,
        py: Python<'_>,
        account: Option<&str>,
        cl_ord_id: Option<&str>,
        order_id: Option<u64>,
    ) -> PyResult<Known> {
        let known = match (account, cl_ord_id, order_id) {
            (_, None, Some(id)) => self.with(py, |sequencer| Ok(Some(Known::of(sequencer, OrderId(id)))))?,
            (Some(account), Some(text), None) => {
                let account = self.account_number(account)?;
                let id = ClOrdId::new(text).ok();
                self.with(py, |sequencer| {
                    let order_id = id.and_then(|id| sequencer.order_id_of(account, &OrderRef::Client(id)));
                    Ok(order_id.map(|order_id| Known::of(sequencer, order_id)))
                })?
            }
            _ => return Err(raise(Kind::Usage, "name the order by account and cl_ord_id, or by order_id")),
        };
        let known = known.filter(|known| known.history.is_some() || known.view.is_some());
        known.ok_or_else(|| {
            let name = cl_ord_id.map_or_else(|| format!("order_id={order_id:?}"), |id| format!("cl_ord_id={id:?}"));
            raise(Kind::NotFound, format!("no such order: {name}; it was never accepted, or is no longer remembered"))
        })
    }

    /// An order, open or ended.
    ///
    /// # Errors
    /// `NotFoundError`, `UsageError`, `InternalError`.
    pub fn one_order<'py>(
        &self,
        py: Python<'py>,
        account: Option<&str>,
        cl_ord_id: Option<&str>,
        order_id: Option<u64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let known = self.named(py, account, cl_ord_id, order_id)?;
        order_object(py, &known, &self.directory().snapshot())
    }

    /// How well an order was executed.
    ///
    /// # Errors
    /// `NotFoundError` where the order is unknown or no history is kept, `UsageError`, `InternalError`.
    pub fn quality_object<'py>(
        &self,
        py: Python<'py>,
        account: Option<&str>,
        cl_ord_id: Option<&str>,
        order_id: Option<u64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let known = self.named(py, account, cl_ord_id, order_id)?;
        let history = known.history.ok_or_else(|| raise(Kind::NotFound, "no history is kept: history_max=0"))?;
        let names = self.directory().snapshot();
        let listed = names.instrument(history.accepted.instrument).map(AsRef::as_ref);
        let decimals = listed.map_or(0, |listed| listed.def.price_decimals);
        let Quality { fills, .. } = history.quality;
        let ratio = |fraction: Option<(i128, i128)>| {
            fraction.map(|(sum, count)| decimal_ratio(py, sum, count, decimals)).transpose()
        };
        let whole = i128::from(history.accepted.order_qty.0);
        let filled = i128::from(history.cum_qty.0);
        let fields = Fields::new(py);
        fields.set("order_id", history.accepted.order_id.0)?.set("fill_count", fills)?;
        fields.qty("order_qty", history.accepted.order_qty, listed)?.qty("cum_qty", history.cum_qty, listed)?;
        fields.set("fill_ratio", (whole > 0).then(|| decimal_ratio(py, filled, whole, 0)).transpose()?)?;
        fields.set("vwap", ratio(history.vwap())?)?.set("twap", ratio(history.quality.twap())?)?;
        build(Home::Orders, "ExecutionQuality", &fields)
    }

    /// The remembered trades of an instrument, oldest first.
    ///
    /// # Errors
    /// `NotFoundError`, `InternalError`.
    pub fn trade_objects<'py>(&self, py: Python<'py>, symbol: &str) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let listed = self.listed(symbol)?;
        let events = self.with(py, |sequencer| {
            let ours = |kind: &EventKind| matches!(kind, EventKind::Trade(trade) if trade.instrument == listed.id);
            Ok(sequencer.events_of(ours))
        })?;
        event_objects(py, &events, &self.directory().snapshot())
    }

    /// The events of commands after `since`, oldest first.
    ///
    /// # Errors
    /// `NotFoundError` where some are no longer remembered, `InternalError`.
    pub fn event_list<'py>(&self, py: Python<'py>, since: u64) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let events: Result<Vec<Event>, u64> = self.with(py, |sequencer| Ok(sequencer.events_after(since)))?;
        let events = events.map_err(|kept| {
            let what = format!("events are no longer remembered: since={since} oldest={kept}; raise history_max");
            raise(Kind::NotFound, what)
        })?;
        event_objects(py, &events, &self.directory().snapshot())
    }

    /// What an account has, by asset name.
    ///
    /// # Errors
    /// `NotFoundError`, `InternalError`.
    pub fn balance_objects<'py>(&self, py: Python<'py>, account: &str) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let account = match self.account_number(account) {
            Err(_) if account == "venue" => AccountId::VENUE,
            found => found?,
        };
        let balances = self.with(py, |sequencer| Ok(sequencer.engine().balances(account)))?;
        let names = self.directory().snapshot();
        let mut objects = Vec::with_capacity(balances.len());
        for (asset, balance) in balances {
            let Some(asset) = names.asset(asset) else { continue };
            let Balance { total, reserved } = balance;
            let fields = Fields::new(py);
            fields.set("asset", asset.symbol.as_str())?.money("total", total, asset.decimals)?;
            fields.money("reserved", reserved, asset.decimals)?;
            fields.money("available", balance.available(), asset.decimals)?;
            objects.push(build(Home::Market, "Balance", &fields)?);
        }
        Ok(objects)
    }

    /// The trades of an instrument since the beginning, in figures.
    ///
    /// # Errors
    /// `NotFoundError`, `InternalError`.
    pub fn statistics_object<'py>(&self, py: Python<'py>, symbol: &str) -> PyResult<Bound<'py, PyAny>> {
        let listed = self.listed(symbol)?;
        let (stats, mean) = self.with(py, |sequencer| {
            let trades = || sequencer.blotter.trades(listed.id);
            let sum: i128 = trades().map(|(_, trade)| i128::from(trade.price.0)).sum();
            Ok((sequencer.tape.get(listed.id).copied(), (sum, trades().count())))
        })?;
        statistics(py, symbol, &listed, stats.as_ref(), mean)
    }
}

fn statistics<'py>(
    py: Python<'py>,
    symbol: &str,
    listed: &Listed,
    stats: Option<&TradeStats>,
    (sum, count): (i128, usize),
) -> PyResult<Bound<'py, PyAny>> {
    let decimals = listed.def.price_decimals;
    let (qty_decimals, notional_decimals) = (listed.def.qty_decimals, decimals + listed.def.qty_decimals);
    let wide = |value: u128| i128::try_from(value).unwrap_or(i128::MAX);
    let ratio = |sum, count| decimal_ratio(py, sum, count, decimals);
    let vwap = stats.map(|stats| ratio(stats.vwap().sum, wide(stats.vwap().count))).transpose()?;
    let twap = stats.map(|stats| match stats.twap(stats.last_ts_ns) {
        Ok(twap) => ratio(twap.sum, wide(twap.count)),
        Err(_) => ratio(sum, i128::try_from(count).unwrap_or(i128::MAX)),
    });
    let fields = Fields::new(py);
    fields.set("symbol", symbol)?.set("count", stats.map_or(0, |stats| stats.trades))?;
    fields.set("volume", decimal(py, stats.map_or(0, |stats| wide(stats.qty)), qty_decimals)?)?;
    fields.set("notional", decimal(py, stats.map_or(0, |stats| stats.notional), notional_decimals)?)?;
    fields.set("vwap", vwap)?.set("twap", twap.transpose()?)?;
    fields.price("first", stats.map(|stats| stats.first_price), Some(listed))?;
    fields.price("last", stats.map(|stats| stats.last_price), Some(listed))?;
    fields.price("high", stats.map(|stats| stats.high_price), Some(listed))?;
    fields.price("low", stats.map(|stats| stats.low_price), Some(listed))?;
    build(Home::Market, "TradeStatistics", &fields)
}

/// An order as the frozen object of `fairlead.model.orders`.
fn order_object<'py>(py: Python<'py>, known: &Known, names: &Names) -> PyResult<Bound<'py, PyAny>> {
    let fields = Fields::new(py);
    let (facts, account, ord_type, tif, cl_ord_id) = match (&known.history, &known.view) {
        (Some(order), _) => {
            let accepted = &order.accepted;
            (Facts::of_history(order), accepted.account, accepted.ord_type, accepted.tif, order.cl_ord_id)
        }
        (None, Some(view)) => (Facts::of_view(view), view.account, view.ord_type, view.tif, view.cl_ord_id),
        (None, None) => return Err(raise(Kind::NotFound, "no such order")),
    };
    let listed = names.instrument(facts.instrument).map(AsRef::as_ref);
    let decimals = listed.map_or(0, |listed: &Listed| listed.def.price_decimals);
    let cum_qty = i128::from(facts.cum_qty);
    let sum = facts.px_sum.filter(|_| cum_qty > 0);
    fields.set("order_id", facts.order_id)?.account("account", account, names)?;
    fields.symbol(facts.instrument, names)?.set("cl_ord_id", cl_ord_id.as_str())?;
    fields.set("side", facts.side.map(words::side_word))?.set("ord_type", words::ord_type_word(ord_type))?;
    fields.set("time_in_force", words::tif_word(tif))?.set("expire_ns", expire(tif.expire_ns()))?;
    fields.set("status", facts.status.word())?.price("price", facts.price, listed)?;
    fields.qty("order_qty", Qty(facts.order_qty), listed)?.qty("cum_qty", Qty(facts.cum_qty), listed)?;
    fields.qty("leaves_qty", Qty(facts.leaves_qty), listed)?;
    fields.qty("displayed_qty", known.view.map_or(Qty(0), |view| view.displayed_qty), listed)?;
    fields.price("trigger_price", known.view.and_then(|view| view.trigger_price), listed)?;
    fields.set("avg_px", sum.map(|sum| decimal_ratio(py, sum, cum_qty, decimals)).transpose()?)?;
    fields.set("reason", facts.reason)?;
    build(Home::Orders, "Order", &fields)
}
