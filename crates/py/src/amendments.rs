//! Trades that are taken back or corrected: the command, and what it says as a frozen object of `fairlead.model`.

use model::{
    AmendTrade, Command, InstrumentId, Price, Qty, RejectReason, StandingTrade, TradeId, TradeKey, TradeTerms,
};
use pyo3::prelude::*;

use crate::edge::Edge;
use crate::exchange::Exchange;
use crate::names::{Listed, Names};
use crate::objects::Fields;
use crate::refusal::{About, Refusal, listed_of};
use crate::report::CommandReport;

/// Take a trade back, or let it stand at another price or for less.
///
/// # Errors
/// Misuse of the call, `InternalError`, and what the clock raises.
#[pyfunction]
#[pyo3(signature = (exchange, trade_id, *, bust, price=None, qty=None))]
pub fn amend_trade(
    py: Python<'_>,
    exchange: &Bound<'_, Exchange>,
    trade_id: u64,
    bust: bool,
    price: Option<&Bound<'_, PyAny>>,
    qty: Option<&Bound<'_, PyAny>>,
) -> PyResult<CommandReport> {
    exchange.get().ask_amendment(py, TradeId(trade_id), if bust { None } else { Some((price, qty)) })
}

/// A price and a quantity as a caller gives them.
type Given<'a, 'py> = (Option<&'a Bound<'py, PyAny>>, Option<&'a Bound<'py, PyAny>>);

impl Exchange {
    fn ask_amendment(&self, py: Python<'_>, trade_id: TradeId, to: Option<Given<'_, '_>>) -> PyResult<CommandReport> {
        let subject = format!("trade {trade_id}");
        let Some(trade) = self.standing_trade(py, trade_id)? else {
            let refusal = Refusal::by_engine(RejectReason::UnknownTrade, (0, 0), About::default(), &Names::default());
            return Ok(self.refuse_command(subject, refusal));
        };
        let names = self.directory().snapshot();
        let listed = listed_of(&names, Some(trade.key.instrument));
        let request = match to {
            None => Ok(AmendTrade { trade, price: None, qty: None }),
            Some((price, qty)) => {
                let mut edge = Edge::default();
                let price = edge.number64(price, "price", listed.map(Listed::prices))?;
                let qty = edge.number64(qty, "qty", listed.map(Listed::quantities))?;
                let price = Some(price.map_or(trade.terms.price, Price));
                let qty = Some(qty.map_or(trade.terms.qty, Qty));
                edge.verdict(AmendTrade { trade, price, qty })
            }
        };
        match request {
            Err(refusal) => Ok(self.refuse_command(subject, refusal)),
            Ok(request) => {
                let about = About { listed, ..About::default() };
                self.administer(py, &Command::AmendTrade(Box::new(request)), subject, about)
            }
        }
    }

    /// A trade that is kept, or was amended; one that was taken back as it was made, so that its refusal says so.
    fn standing_trade(&self, py: Python<'_>, trade_id: TradeId) -> PyResult<Option<StandingTrade>> {
        self.with(py, |sequencer| {
            let made = || sequencer.blotter.trade_of(trade_id).map(StandingTrade::from);
            let amended = sequencer.engine().amended_trade(trade_id).filter(|trade| !trade.terms.is_bust());
            Ok(amended.or_else(made))
        })
    }
}

/// Adds the fields of one event and gives the name of its class.
///
/// # Errors
/// Where a value cannot be made.
pub fn fill(
    f: &Fields<'_>,
    names: &Names,
    key: &TradeKey,
    was: &TradeTerms,
    now: &TradeTerms,
) -> PyResult<&'static str> {
    let listed = |id: InstrumentId| names.instrument(id).map(AsRef::as_ref);
    let market = listed(key.instrument);
    let decimals = market.map_or(0, |listed| listed.quote_decimals);
    f.set("trade_id", key.trade_id.0)?.symbol(key.instrument, names)?;
    f.set("buy_order_id", key.buy_order_id.0)?.account("buyer", key.buyer, names)?;
    f.set("sell_order_id", key.sell_order_id.0)?.account("seller", key.seller, names)?;
    f.price("was_price", Some(was.price), market)?.qty("was_qty", was.qty, market)?;
    f.price("price", Some(now.price), market)?.qty("qty", now.qty, market)?;
    f.money("buy_fee", now.buy_fee, decimals)?.money("sell_fee", now.sell_fee, decimals)?;
    Ok("TradeAmended")
}
