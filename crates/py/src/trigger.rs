//! What an order waits for, as `fairlead.Trigger` hands it over.

use model::{Price, RejectReason, Trigger, TriggerKind, TriggerSource};
use pyo3::prelude::*;

use crate::edge::Edge;
use crate::names::Listed;
use crate::refusal::Refusal;
use crate::words;

/// The attributes of a `fairlead.Trigger`.
#[derive(FromPyObject)]
pub struct TriggerArgs<'py> {
    kind: String,
    source: String,
    fall_back: bool,
    strict: bool,
    allow_immediate: bool,
    price: Option<Bound<'py, PyAny>>,
    trail_amount: Option<Bound<'py, PyAny>>,
    trail_bps: Option<Bound<'py, PyAny>>,
    activation_price: Option<Bound<'py, PyAny>>,
    step: Option<Bound<'py, PyAny>>,
    limit_offset: Option<Bound<'py, PyAny>>,
}

impl TriggerArgs<'_> {
    /// The trigger in mantissas; what cannot be read is noted.
    ///
    /// # Errors
    /// Misuse of the call.
    pub fn read(&self, edge: &mut Edge, listed: Option<&Listed>) -> PyResult<Trigger> {
        let unknown = RejectReason::UnknownInstruction;
        let kind = edge.word(words::trigger_kind(&self.kind), &self.kind, "kind", unknown, TriggerKind::StopLoss);
        let source = edge.word(words::source(&self.source), &self.source, "source", unknown, TriggerSource::Last);
        let prices = listed.map(Listed::prices);
        let mut price = |value: &Option<Bound<'_, PyAny>>, field| -> PyResult<Option<Price>> {
            Ok(edge.number64(value.as_ref(), field, prices)?.map(Price))
        };
        let (trigger, activation) =
            (price(&self.price, "trigger price")?, price(&self.activation_price, "activation_price")?);
        let amount = price(&self.trail_amount, "trail_amount")?;
        let step = price(&self.step, "step")?;
        let limit_offset = price(&self.limit_offset, "limit_offset")?;
        let bps = edge.int64(self.trail_bps.as_ref(), "trail_bps")?;
        let trail_bps = bps.map(|wide| {
            u32::try_from(wide).unwrap_or_else(|_| {
                edge.note(Refusal::at_edge(RejectReason::NumberTooLarge, "trail_bps", wide.to_string()));
                0
            })
        });
        Ok(Trigger {
            kind,
            source,
            fall_back: self.fall_back,
            strict: self.strict,
            allow_immediate: self.allow_immediate,
            price: trigger,
            trail_amount: amount,
            trail_bps,
            activation_price: activation,
            step,
            limit_offset,
        })
    }
}
