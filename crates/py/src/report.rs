//! `ExecutionReport` and `CommandReport`: what one call did, turned into Python objects only where it is asked for.

use std::sync::Arc;

use model::{Event, EventKind, Side, Stamp};
use pyo3::prelude::*;

use crate::decimals::{decimal, decimal_ratio};
use crate::errors::{Kind, raise};
use crate::event_objects::event_objects;
use crate::facts::{Facts, Status, leg};
use crate::names::{Directory, Listed};
use crate::objects::{Fields, Home, build};
use crate::refusal::Refusal;
use crate::words;

/// What a request about an order did.
#[pyclass(frozen, module = "fairlead")]
pub struct ExecutionReport {
    pub(crate) directory: Directory,
    pub(crate) listed: Option<Arc<Listed>>,
    pub(crate) stamp: Option<Stamp>,
    pub(crate) account: String,
    pub(crate) cl_ord_id: String,
    pub(crate) facts: Facts,
    pub(crate) refusal: Option<Refusal>,
    pub(crate) repeated: bool,
    pub(crate) events: Vec<Event>,
}

impl ExecutionReport {
    fn qty<'py>(&self, py: Python<'py>, mantissa: i64) -> PyResult<Bound<'py, PyAny>> {
        let decimals = self.listed.as_ref().map_or(0, |listed| listed.def.qty_decimals);
        decimal(py, i128::from(mantissa), decimals)
    }

    fn subject(&self) -> String {
        format!("order of {}: cl_ord_id={}", self.account, self.cl_ord_id)
    }
}

#[pymethods]
impl ExecutionReport {
    /// Sequence number of the command; ``None`` where it was refused before it got one.
    #[getter]
    fn seq(&self) -> Option<u64> {
        self.stamp.map(|stamp| stamp.seq)
    }

    /// Time of the command, nanoseconds since the Unix epoch; ``None`` where it has no sequence number.
    #[getter]
    fn ts_ns(&self) -> Option<i64> {
        self.stamp.map(|stamp| stamp.ts_ns)
    }

    /// The exchange's id of the order (FIX 37); ``None`` where there is none.
    #[getter]
    fn order_id(&self) -> Option<u64> {
        (self.facts.order_id != 0).then_some(self.facts.order_id)
    }

    /// The client id of the request (FIX 11).
    #[getter]
    fn cl_ord_id(&self) -> &str {
        &self.cl_ord_id
    }

    /// Whose order.
    #[getter]
    fn account(&self) -> &str {
        &self.account
    }

    /// In what; ``None`` where the instrument does not exist.
    #[getter]
    fn symbol(&self) -> Option<&str> {
        self.listed.as_ref().map(|listed| listed.def.symbol.as_str())
    }

    /// ``"buy"`` or ``"sell"``; ``None`` where the request names no order.
    #[getter]
    fn side(&self) -> Option<&'static str> {
        self.facts.side.map(words::side_word)
    }

    /// ``suspended``, ``new``, ``partially_filled``, ``filled``, ``canceled``, ``expired``; ``ended`` where the first outcome
    /// told again is of an order whose end is not remembered any more; ``rejected`` where the request was.
    #[getter]
    fn status(&self) -> &'static str {
        self.facts.status.word()
    }

    /// Whether this is the first outcome of the same request, told again.
    #[getter]
    fn repeated(&self) -> bool {
        self.repeated
    }

    /// The limit after the command, or the protection price; ``None`` where there is none.
    #[getter]
    fn price<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let decimals = self.listed.as_ref().map_or(0, |listed| listed.def.price_decimals);
        self.facts.price.map(|price| decimal(py, i128::from(price.0), decimals)).transpose()
    }

    /// Total quantity (FIX 38).
    #[getter]
    fn order_qty<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.qty(py, self.facts.order_qty)
    }

    /// Filled quantity (FIX 14). Of an order that has ``ended`` it is not known: ``NotFoundError``.
    #[getter]
    fn cum_qty<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if self.facts.status == Status::Ended {
            let what = format!("what it filled is no longer remembered: order_id={}", self.facts.order_id);
            return Err(raise(Kind::NotFound, format!("{what}; look it up in your own records, raise history_max")));
        }
        self.qty(py, self.facts.cum_qty)
    }

    /// Open quantity (FIX 151).
    #[getter]
    fn leaves_qty<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.qty(py, self.facts.leaves_qty)
    }

    /// Average price of the fills (FIX 6), 28 significant digits; ``None`` before the first, or without history.
    #[getter]
    fn avg_px<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let decimals = self.listed.as_ref().map_or(0, |listed| listed.def.price_decimals);
        let cum_qty = i128::from(self.facts.cum_qty);
        let sum = self.facts.px_sum.filter(|_| cum_qty > 0);
        sum.map(|sum| decimal_ratio(py, sum, cum_qty, decimals)).transpose()
    }

    /// The reject reason, or why the order ended without being filled; ``None`` otherwise.
    #[getter]
    fn reason(&self) -> Option<&'static str> {
        self.refusal.as_ref().map(|refusal| refusal.reason.name()).or(self.facts.reason)
    }

    /// One sentence with the id, the value, the limit and a way out; empty where nothing was refused.
    #[getter]
    fn text<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match &self.refusal {
            Some(refusal) => refusal.text(py, &self.subject()),
            None => Ok("".into_pyobject(py)?.into_any()),
        }
    }

    /// The order's executions in this command, oldest first.
    #[getter]
    fn fills<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let listed = self.listed.as_deref();
        let mut fills = Vec::new();
        for event in &self.events {
            let EventKind::Trade(trade) = &event.kind else { continue };
            let Some(leg) = leg(trade, self.facts.order_id) else { continue };
            let side = if leg.order_id == trade.buy.order_id { Side::Buy } else { Side::Sell };
            let liquidity = match trade.aggressor {
                None => "auction",
                Some(aggressor) if aggressor == side => "taker",
                Some(_) => "maker",
            };
            let fields = Fields::new(py);
            fields.set("trade_id", trade.trade_id.0)?.set("ts_ns", event.stamp.ts_ns)?;
            fields.price("last_px", Some(trade.price), listed)?.qty("last_qty", trade.qty, listed)?;
            fields.set("liquidity", liquidity)?;
            fields.money("fee", leg.fee, listed.map_or(0, |listed| listed.quote_decimals))?;
            fills.push(build(Home::Orders, "Fill", &fields)?);
        }
        Ok(fills)
    }

    /// Everything the command caused, other orders' events included, in order.
    #[getter]
    fn events<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        event_objects(py, &self.events, &self.directory.snapshot())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let facts = &self.facts;
        let id = if facts.order_id == 0 { String::new() } else { format!(" #{}", facts.order_id) };
        let reason = self.reason().map_or_else(String::new, |reason| format!(" {reason}"));
        let cum_qty = if facts.status == Status::Ended { "?".to_owned() } else { self.cum_qty(py)?.to_string() };
        Ok(format!(
            "ExecutionReport({}{id} {}{reason} order_qty={} cum_qty={cum_qty} leaves_qty={})",
            self.cl_ord_id,
            facts.status.word(),
            self.order_qty(py)?,
            self.leaves_qty(py)?
        ))
    }
}

/// What a command about anything but an order did.
#[pyclass(frozen, module = "fairlead")]
pub struct CommandReport {
    pub(crate) directory: Directory,
    pub(crate) stamp: Option<Stamp>,
    pub(crate) subject: String,
    pub(crate) refusal: Option<Refusal>,
    pub(crate) events: Vec<Event>,
}

#[pymethods]
impl CommandReport {
    /// Sequence number of the command; ``None`` where it was refused before it got one.
    #[getter]
    fn seq(&self) -> Option<u64> {
        self.stamp.map(|stamp| stamp.seq)
    }

    /// Time of the command, nanoseconds since the Unix epoch; ``None`` where it has no sequence number.
    #[getter]
    fn ts_ns(&self) -> Option<i64> {
        self.stamp.map(|stamp| stamp.ts_ns)
    }

    /// ``accepted`` or ``rejected``.
    #[getter]
    fn status(&self) -> &'static str {
        if self.refusal.is_some() { Status::Rejected.word() } else { "accepted" }
    }

    /// The reject reason; ``None`` where there is none.
    #[getter]
    fn reason(&self) -> Option<&'static str> {
        self.refusal.as_ref().map(|refusal| refusal.reason.name())
    }

    /// One sentence with the id, the value, the limit and a way out; empty where nothing was refused.
    #[getter]
    fn text<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match &self.refusal {
            Some(refusal) => refusal.text(py, &self.subject),
            None => Ok("".into_pyobject(py)?.into_any()),
        }
    }

    /// Everything the command caused, in order.
    #[getter]
    fn events<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        event_objects(py, &self.events, &self.directory.snapshot())
    }

    fn __repr__(&self) -> String {
        let reason = self.reason().map_or_else(String::new, |reason| format!(" {reason}"));
        format!("CommandReport({} {}{reason})", self.subject, self.status())
    }
}
