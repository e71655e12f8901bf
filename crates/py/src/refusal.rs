//! Why a request was refused, with the value, the bound and the nearest valid values as numbers people read.

use model::{AssetId, InstrumentId, RejectReason, Side, format_decimal};
use pyo3::prelude::*;

use crate::decimals::short_text;
use crate::names::{Listed, Names};

/// One refusal, ready to be said.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Why.
    pub reason: RejectReason,
    /// Which argument, where the reason alone does not tell.
    pub field: Option<&'static str>,
    /// What was offered, as text.
    pub value: Option<String>,
    /// What it was measured against, as text.
    pub limit: Option<String>,
    /// The valid values around what was offered.
    pub nearest: Option<(String, String)>,
}

/// What a number of the engine counts.
enum Unit {
    Price,
    Qty,
    Money,
    Plain,
    Nothing,
}

/// Whose numbers they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    /// The instrument of the order.
    pub listed: Option<&'a Listed>,
    /// The side of the order.
    pub side: Option<Side>,
    /// The asset of a movement of money.
    pub asset: Option<AssetId>,
}

impl Refusal {
    /// A refusal at the edge.
    pub fn at_edge(reason: RejectReason, field: &'static str, value: impl Into<String>) -> Self {
        Refusal { reason, field: Some(field), value: Some(value.into()), limit: None, nearest: None }
    }

    /// A refusal by the engine.
    pub fn by_engine(reason: RejectReason, (value, limit): (i128, i128), about: About<'_>, names: &Names) -> Self {
        let decimals = match (unit(reason), about.listed) {
            (Unit::Nothing, _) => return Refusal { reason, field: None, value: None, limit: None, nearest: None },
            (Unit::Price, Some(listed)) => listed.def.price_decimals,
            (Unit::Qty, Some(listed)) => listed.def.qty_decimals,
            (Unit::Money, Some(listed)) => match (reason, about.side.filter(|_| !listed.on_event)) {
                (RejectReason::InsufficientFunds | RejectReason::CreditLimit, Some(Side::Sell)) => listed.base_decimals,
                (_, _) => listed.quote_decimals,
            },
            (Unit::Money, None) => about.asset.and_then(|id| names.asset(id)).map_or(0, |asset| asset.decimals),
            (Unit::Price | Unit::Qty, None) | (Unit::Plain, _) => 0,
        };
        let is_money = matches!(unit(reason), Unit::Money);
        let show =
            |number| Some(if is_money { short_text(number, decimals) } else { format_decimal(number, decimals) });
        let grid = match (reason == RejectReason::PriceTick, reason == RejectReason::QtyLot) {
            (true, _) => about.listed.map(Listed::prices),
            (_, true) => about.listed.map(Listed::quantities),
            (false, false) => None,
        };
        let nearest = grid.map(|grid| {
            let (below, above) = grid.around(value, true);
            (format_decimal(below, decimals), format_decimal(above, decimals))
        });
        Refusal { reason, field: None, value: show(value), limit: show(limit), nearest }
    }

    /// The sentence that names what was refused, the value, the limit and the way out.
    ///
    /// # Errors
    /// Where the table of sentences does not import.
    pub fn text<'py>(&self, py: Python<'py>, subject: &str) -> PyResult<Bound<'py, PyAny>> {
        let explain = py.import("fairlead.model.reasons")?.getattr("explain")?;
        let (reason, code) = (self.reason.name(), self.reason.code());
        let near = self.nearest.as_ref().map(|(below, above)| (below.as_str(), above.as_str()));
        explain.call1((subject, reason, code, self.field, self.value.as_deref(), self.limit.as_deref(), near))
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "a reason without numbers has nothing to show")]
fn unit(reason: RejectReason) -> Unit {
    use RejectReason as R;
    match reason {
        R::PriceTick
        | R::PriceBounds
        | R::PostOnlyWouldTrade
        | R::WouldTrigger
        | R::GroupPrices
        | R::BandInsane
        | R::PriceBand
        | R::PriceCollar => Unit::Price,
        R::QtyNotPositive
        | R::QtyLot
        | R::QtyMin
        | R::QtyMax
        | R::MinQty
        | R::DisplayQty
        | R::ReduceOnly
        | R::GroupQty
        | R::MaxQty
        | R::PositionLimit => Unit::Qty,
        R::NotionalMin
        | R::NotionalMax
        | R::AmountNotPositive
        | R::Overflow
        | R::InsufficientFunds
        | R::MaxValue
        | R::CreditLimit => Unit::Money,
        R::ExpireInPast
        | R::Capacity
        | R::MsgRate
        | R::SameOperator
        | R::TrailOffset
        | R::Duplicate
        | R::OpenOrders => Unit::Plain,
        _ => Unit::Nothing,
    }
}

/// The instrument behind an id, for [`About`].
pub fn listed_of(names: &Names, instrument: Option<InstrumentId>) -> Option<&Listed> {
    names.instrument(instrument?).map(AsRef::as_ref)
}
