//! Another price grid for a listed instrument.

use model::{Command, Price, RejectReason, SetTicks, TickBand, TickTable};
use pyo3::prelude::*;

use crate::decimals::Grid;
use crate::edge::Edge;
use crate::exchange::Exchange;
use crate::names::Listed;
use crate::refusal::{About, Refusal};
use crate::report::CommandReport;

/// A band as a caller gives it: its first price and its step.
type Band<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

/// Give an instrument another price grid: pairs of a first price and the step from there on.
///
/// # Errors
/// Misuse of the call, `InternalError`, and what the clock raises.
#[pyfunction]
#[pyo3(signature = (exchange, symbol, bands))]
#[allow(clippy::needless_pass_by_value, reason = "a list of Python objects is taken by value")]
pub fn set_ticks(
    py: Python<'_>,
    exchange: &Bound<'_, Exchange>,
    symbol: &str,
    bands: Vec<Band<'_>>,
) -> PyResult<CommandReport> {
    let exchange = exchange.get();
    let names = exchange.directory().snapshot();
    let subject = format!("grid of {symbol}");
    let Some(listed) = names.listed(symbol).map(AsRef::as_ref) else {
        let unknown = Refusal::at_edge(RejectReason::UnknownInstrument, "symbol", symbol);
        return Ok(exchange.refuse_command(subject, unknown));
    };
    match read(listed, &bands)? {
        Err(refusal) => Ok(exchange.refuse_command(subject, refusal)),
        Ok(ticks) => {
            let request = SetTicks { instrument: listed.id, ticks };
            let about = About { listed: Some(listed), ..About::default() };
            exchange.administer(py, &Command::SetTicks(request), subject, about)
        }
    }
}

fn read(listed: &Listed, given: &[Band<'_>]) -> PyResult<Result<TickTable, Refusal>> {
    let (mut edge, mut bands) = (Edge::default(), Vec::new());
    let any = TickTable::uniform(1).expect("a tick of 1 is a grid");
    let units = Grid::Ticks(&any, listed.def.price_decimals);
    for (from, step) in given {
        let from = edge.number64(Some(from), "tick_size", Some(units))?.unwrap_or_default();
        let tick = edge.number64(Some(step), "tick_size", Some(units))?.unwrap_or_default();
        bands.push(TickBand { from: Price(from), tick });
    }
    Ok(edge.verdict(bands).and_then(|bands| {
        let rule = "steps must be positive, ascending, and start on their own grid";
        TickTable::new(bands).ok_or_else(|| Refusal::at_edge(RejectReason::InvalidDefinition, "tick_size", rule))
    }))
}
