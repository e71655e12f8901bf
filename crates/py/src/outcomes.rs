//! Markets of events: their commands, and what they say as the frozen objects of `fairlead.model`.

use model::{
    AccountId, Command, InstrumentId, MovePairs, OutcomeEvent, OutcomeRequest, Price, Qty, ResolveOutcome, SetOutcome,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::decimals::Grid;
use crate::edge::Edge;
use crate::exchange::Exchange;
use crate::names::{NOBODY, Names};
use crate::objects::Fields;
use crate::refusal::About;
use crate::report::CommandReport;

impl Exchange {
    /// Applies a command about the market of an event: `set` of another asset, `mint` and `merge` of an account, and
    /// `resolve` with what one YES pays.
    ///
    /// # Errors
    /// Misuse of the call, `InternalError`, and what the clock raises.
    pub fn ask_outcome(
        &self,
        py: Python<'_>,
        (what, symbol, of): (&str, &str, &str),
        number: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<CommandReport> {
        let names = self.directory().snapshot();
        let listed = names.listed(symbol).map(AsRef::as_ref);
        let instrument = listed.map_or(InstrumentId(NOBODY), |listed| listed.id);
        let prices = listed.map(|listed| Grid::Units(listed.def.price_decimals));
        let quantities = listed.map(|listed| Grid::Units(listed.def.qty_decimals));
        let mut edge = Edge::default();
        let request = match what {
            "set" => OutcomeRequest::Set(SetOutcome { instrument, no: names.asset_id(of) }),
            "mint" | "merge" => {
                let qty = Qty(edge.number64(number, "qty", quantities)?.unwrap_or(0));
                let (account, merge) = (names.account_id(of), what == "merge");
                OutcomeRequest::MovePairs(MovePairs { account, instrument, qty, merge })
            }
            "resolve" => {
                let weight = edge.number64(number, "weight", prices)?.map(Price);
                OutcomeRequest::Resolve(ResolveOutcome { instrument, weight })
            }
            other => return Err(PyValueError::new_err(format!("{other}: set, mint, merge or resolve"))),
        };
        let subject = format!("{what} of {symbol}");
        match edge.verdict(request) {
            Err(refusal) => Ok(self.refuse_command(subject, refusal)),
            Ok(request) => self.administer(py, &Command::Outcome(request), subject, about(&names, symbol, what)),
        }
    }
}

/// What the numbers of a refusal are: amounts of tokens where pairs are given back, else of the quote asset.
fn about<'a>(names: &'a Names, symbol: &str, what: &str) -> About<'a> {
    let listed = names.listed(symbol).map(AsRef::as_ref);
    match listed.filter(|_| what == "merge") {
        Some(listed) => About { asset: Some(listed.def.base), ..About::default() },
        None => About { listed, ..About::default() },
    }
}

/// Adds the fields of one event and gives the name of its class.
///
/// # Errors
/// Where a value cannot be made.
pub fn fill(f: &Fields<'_>, names: &Names, event: &OutcomeEvent) -> PyResult<&'static str> {
    let listed = |id: InstrumentId| names.instrument(id).map(AsRef::as_ref);
    let pairs = |instrument: InstrumentId, account: AccountId, qty: Qty| -> PyResult<()> {
        f.symbol(instrument, names)?.account("account", account, names)?.qty("qty", qty, listed(instrument))?;
        Ok(())
    };
    match *event {
        OutcomeEvent::OutcomeSet { instrument, no } => {
            let name = names.asset(no).map_or("", |asset| asset.symbol.as_str());
            f.symbol(instrument, names)?.set("no", name)?;
            Ok("OutcomeSet")
        }
        OutcomeEvent::PairsMinted { instrument, account, qty } => {
            pairs(instrument, account, qty)?;
            Ok("PairsMinted")
        }
        OutcomeEvent::PairsMerged { instrument, account, qty } => {
            pairs(instrument, account, qty)?;
            Ok("PairsMerged")
        }
        OutcomeEvent::OutcomePaid { instrument, account, yes, no, amount } => {
            let quote = listed(instrument).and_then(|listed| names.asset(listed.def.quote));
            f.symbol(instrument, names)?.account("account", account, names)?.qty("yes", yes, listed(instrument))?;
            f.qty("no", no, listed(instrument))?.money("amount", amount, quote.map_or(0, |asset| asset.decimals))?;
            Ok("OutcomePaid")
        }
        OutcomeEvent::OutcomeResolved { instrument, weight } => {
            f.symbol(instrument, names)?.price("weight", weight, listed(instrument))?;
            Ok("OutcomeResolved")
        }
    }
}
