//! `Handle`: one instrument in grains and lots, positional, for tight loops.

use std::sync::Arc;

use model::{
    AccountId, AmendOrder, CancelOrder, Command, Display, Event, EventKind, NewOrder, OrdType, OrderId, OrderRef,
    PostOnly, Price, Qty, RejectReason, SessionId, Side, TimeInForce,
};
use pyo3::prelude::*;

use crate::errors::{Kind, raise};
use crate::exchange::Exchange;
use crate::ids::number_id;
use crate::names::Listed;
use crate::sequencer::Sequencer;
use crate::words;

/// One fill: maker order id, taker order id (buy and sell in an auction), price in grains, lots, aggressor.
type FillRow = (u64, u64, i64, i64, i8);

/// One instrument of an exchange in integers.
#[pyclass(frozen, module = "fairlead._core._native")]
pub struct Handle {
    exchange: Py<Exchange>,
    listed: Arc<Listed>,
}

/// Minus the number of a reject reason.
fn refusal(reason: RejectReason) -> i64 {
    -i64::from(reason.code())
}

impl Handle {
    pub fn new(exchange: Py<Exchange>, listed: Arc<Listed>) -> Self {
        Handle { exchange, listed }
    }

    /// A price as an integer of this handle.
    fn px(&self, price: Price) -> PyResult<i64> {
        let (grain, symbol) = (self.listed.grain, self.listed.def.symbol);
        if price.0 % grain != 0 {
            let what = format!("the grid of {symbol} became finer after this handle was taken; take a new one");
            return Err(raise(Kind::Usage, what));
        }
        Ok(price.0 / grain)
    }

    fn lots(&self, qty: Qty) -> i64 {
        qty.0 / self.listed.def.lot_size.0
    }

    fn enter(
        &self,
        py: Python<'_>,
        side: Side,
        (ord_type, tif): (OrdType, TimeInForce),
        (account, px, lots): (u32, Option<i64>, i64),
    ) -> PyResult<i64> {
        let exchange = self.exchange.get();
        let Ok(price) = px.map(|px| self.listed.price_of_grains(px).ok_or(px)).transpose() else {
            return Ok(refusal(RejectReason::NumberTooLarge));
        };
        let Some(order_qty) = self.listed.qty_of_lots(lots) else {
            return Ok(refusal(RejectReason::NumberTooLarge));
        };
        let order = NewOrder {
            account: AccountId(account),
            session: SessionId(0),
            instrument: self.listed.id,
            cl_ord_id: number_id(exchange.generated_id(), true),
            side,
            ord_type,
            tif,
            order_qty,
            price,
            protection_price: None,
            quote_qty: None,
            peg: None,
            min_qty: Qty(0),
            display: Display::All,
            post_only: PostOnly::No,
            reduce_only: false,
            stp: None,
        };
        let now_ns = exchange.now_ns(py)?;
        exchange.with(py, |sequencer| Ok(entered(sequencer.apply(now_ns, &Command::NewOrder(order))?)))
    }

    fn limit(&self, py: Python<'_>, side: Side, tif: TimeInForce, account: u32, px: i64, lots: i64) -> PyResult<i64> {
        self.enter(py, side, (OrdType::Limit, tif), (account, Some(px), lots))
    }

    fn amend(&self, py: Python<'_>, order_id: u64, px: Option<i64>, lots: i64) -> PyResult<i64> {
        let exchange = self.exchange.get();
        let cl_ord_id = number_id(exchange.generated_id(), true);
        let price = px.map(|px| self.listed.price_of_grains(px));
        let (Some(leaves), false) = (self.listed.qty_of_lots(lots), price == Some(None)) else {
            return Ok(refusal(RejectReason::NumberTooLarge));
        };
        let now_ns = exchange.now_ns(py)?;
        exchange.with(py, |sequencer| {
            let Some(view) = sequencer.engine().order(OrderId(order_id)) else {
                return Ok(refusal(RejectReason::UnknownOrder));
            };
            let gone = view.order_qty.0 - view.leaves_qty.0;
            let command = AmendOrder {
                account: view.account,
                cl_ord_id,
                target: OrderRef::Order(OrderId(order_id)),
                order_qty: Some(Qty(leaves.0.saturating_add(gone))),
                price: price.flatten(),
                display_qty: None,
                tif: None,
                stp: None,
                seen_cum_qty: None,
                trigger_price: None,
            };
            let refused = amended(sequencer.apply(now_ns, &Command::Amend(command))?);
            Ok(refused.unwrap_or_else(|| self.open_lots(sequencer, order_id)))
        })
    }

    fn open_lots(&self, sequencer: &Sequencer, order_id: u64) -> i64 {
        sequencer.engine().order(OrderId(order_id)).map_or(0, |view| self.lots(view.leaves_qty))
    }
}

#[pymethods]
impl Handle {
    /// The instrument's name.
    #[getter]
    fn symbol(&self) -> &str {
        self.listed.def.symbol.as_str()
    }

    /// The instrument's number, as batches name it.
    #[getter]
    fn instrument_id(&self) -> u32 {
        self.listed.id.0
    }

    /// Enter a GTC limit buy; returns the order id, or minus the number of the reject reason.
    #[pyo3(signature = (account, px, lots, /))]
    fn buy(&self, py: Python<'_>, account: u32, px: i64, lots: i64) -> PyResult<i64> {
        self.limit(py, Side::Buy, TimeInForce::Gtc, account, px, lots)
    }

    /// Enter a GTC limit sell; returns the order id, or minus the number of the reject reason.
    #[pyo3(signature = (account, px, lots, /))]
    fn sell(&self, py: Python<'_>, account: u32, px: i64, lots: i64) -> PyResult<i64> {
        self.limit(py, Side::Sell, TimeInForce::Gtc, account, px, lots)
    }

    /// Enter an IOC limit buy; returns the order id, or minus the number of the reject reason.
    #[pyo3(signature = (account, px, lots, /))]
    fn buy_ioc(&self, py: Python<'_>, account: u32, px: i64, lots: i64) -> PyResult<i64> {
        self.limit(py, Side::Buy, TimeInForce::Ioc, account, px, lots)
    }

    /// Enter an IOC limit sell; returns the order id, or minus the number of the reject reason.
    #[pyo3(signature = (account, px, lots, /))]
    fn sell_ioc(&self, py: Python<'_>, account: u32, px: i64, lots: i64) -> PyResult<i64> {
        self.limit(py, Side::Sell, TimeInForce::Ioc, account, px, lots)
    }

    /// Enter a market buy; returns the order id, or minus the number of the reject reason.
    #[pyo3(signature = (account, lots, /))]
    fn buy_market(&self, py: Python<'_>, account: u32, lots: i64) -> PyResult<i64> {
        self.enter(py, Side::Buy, (OrdType::Market, TimeInForce::Ioc), (account, None, lots))
    }

    /// Enter a market sell; returns the order id, or minus the number of the reject reason.
    #[pyo3(signature = (account, lots, /))]
    fn sell_market(&self, py: Python<'_>, account: u32, lots: i64) -> PyResult<i64> {
        self.enter(py, Side::Sell, (OrdType::Market, TimeInForce::Ioc), (account, None, lots))
    }

    /// Cancel an order, whoever's it is; returns the lots it lost, or minus the number of the reject reason.
    #[pyo3(signature = (order_id, /))]
    fn cancel(&self, py: Python<'_>, order_id: u64) -> PyResult<i64> {
        let exchange = self.exchange.get();
        let now_ns = exchange.now_ns(py)?;
        exchange.with(py, |sequencer| {
            let Some(view) = sequencer.engine().order(OrderId(order_id)) else {
                return Ok(refusal(RejectReason::UnknownOrder));
            };
            let command =
                CancelOrder { account: view.account, target: OrderRef::Order(OrderId(order_id)), unlink: false };
            let events = sequencer.apply(now_ns, &Command::Cancel(command))?;
            Ok(canceled(events, order_id).map_or_else(|reason| reason, |qty| self.lots(qty)))
        })
    }

    /// Lower what is open of an order to ``lots``, priority kept; returns the open lots, or minus the reason.
    #[pyo3(signature = (order_id, lots, /))]
    fn reduce(&self, py: Python<'_>, order_id: u64, lots: i64) -> PyResult<i64> {
        self.amend(py, order_id, None, lots)
    }

    /// Give an order another price and open quantity; returns the open lots after matching, or minus the reason.
    #[pyo3(signature = (order_id, px, lots, /))]
    fn replace(&self, py: Python<'_>, order_id: u64, px: i64, lots: i64) -> PyResult<i64> {
        self.amend(py, order_id, Some(px), lots)
    }

    /// Return the fills of the exchange's last command: ``(maker, taker, px, lots, aggressor)``.
    ///
    /// ``aggressor`` is 1 for a buy, -1 for a sell; 0 in an auction, where buy and sell stand for maker and taker.
    fn fills(&self, py: Python<'_>) -> PyResult<Vec<FillRow>> {
        let lot = self.listed.def.lot_size.0;
        self.exchange.get().with(py, |sequencer| {
            let mut rows = Vec::new();
            for event in sequencer.last_events() {
                let EventKind::Trade(trade) = &event.kind else { continue };
                let aggressor = match trade.aggressor {
                    Some(Side::Buy) => 1,
                    Some(Side::Sell) => -1,
                    None => 0,
                };
                let (maker, taker) = (trade.maker().order_id.0, trade.taker().order_id.0);
                rows.push((maker, taker, self.px(trade.price)?, trade.qty.0 / lot, aggressor));
            }
            Ok(rows)
        })
    }

    /// Return up to ``n`` displayed levels ``(px, lots, count)`` of a side, best first.
    #[pyo3(signature = (side, n, /))]
    fn levels(&self, py: Python<'_>, side: &str, n: usize) -> PyResult<Vec<(i64, i64, u32)>> {
        let unknown = || raise(Kind::Usage, format!("unknown side: side={side:?}; give 'buy' or 'sell'"));
        let side = words::side(side).ok_or_else(unknown)?;
        self.exchange.get().with(py, |sequencer| {
            let levels = sequencer.engine().levels(self.listed.id, side, n);
            levels.into_iter().map(|l| Ok((self.px(l.price)?, self.lots(l.qty), l.count))).collect()
        })
    }

    /// Return the lots open of an order, 0 where it is not open.
    #[pyo3(signature = (order_id, /))]
    fn open(&self, py: Python<'_>, order_id: u64) -> PyResult<i64> {
        self.exchange.get().with(py, |sequencer| Ok(self.open_lots(sequencer, order_id)))
    }

    fn __repr__(&self) -> String {
        format!("Handle({})", self.listed.def.symbol)
    }
}

/// The id an order got, or why it was refused.
fn entered(events: &[Event]) -> i64 {
    for event in events {
        if let EventKind::OrderAccepted(order) = &event.kind {
            return i64::try_from(order.order_id.0).unwrap_or(i64::MAX);
        }
        if let EventKind::OrderRejected(refused) = &event.kind {
            return refusal(refused.reason);
        }
        // A caller used the id before, who named an order "~1" himself.
        if let EventKind::Repeated { order_id, reason, .. } = &event.kind {
            return reason.map_or(i64::try_from(order_id.0).unwrap_or(i64::MAX), refusal);
        }
    }
    unreachable!("a new order is accepted, refused or repeated")
}

/// Why an amend was refused.
fn amended(events: &[Event]) -> Option<i64> {
    events.iter().find_map(|event| {
        if let EventKind::AmendRejected(refused) = &event.kind { Some(refusal(refused.reason)) } else { None }
    })
}

/// What an order lost by its cancel, or why the cancel was refused.
fn canceled(events: &[Event], order_id: u64) -> Result<Qty, i64> {
    for event in events {
        if let EventKind::OrderCanceled(ended) = &event.kind
            && ended.order_id.0 == order_id
        {
            return Ok(ended.canceled_qty);
        }
        if let EventKind::CancelRejected { reason, .. } = &event.kind {
            return Err(refusal(*reason));
        }
    }
    unreachable!("a cancel is done or refused")
}
