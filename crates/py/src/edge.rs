//! Reads the arguments of a request. What cannot be read is a refusal with a reason of band 1, before any sequence number.

use model::{ClOrdId, OrderRef, RejectReason};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyString};

use crate::decimals::{Fault, Grid, mantissa};
use crate::errors::{Kind, raise};
use crate::refusal::Refusal;

/// Longest value quoted in a sentence, bytes.
const QUOTED_MAX: usize = 48;

/// Collects what is wrong with a request; of several refusals the one with the smallest number stands.
#[derive(Default)]
pub struct Edge {
    refusal: Option<Refusal>,
}

impl Edge {
    /// What stands against the request.
    pub fn verdict<T>(self, request: T) -> Result<T, Refusal> {
        match self.refusal {
            None => Ok(request),
            Some(refusal) => Err(refusal),
        }
    }

    /// Notes a refusal.
    #[cold]
    pub fn note(&mut self, refusal: Refusal) {
        if self.refusal.as_ref().is_none_or(|first| refusal.reason < first.reason) {
            self.refusal = Some(refusal);
        }
    }

    /// The value of a word, or a refusal for `reason` and `otherwise`.
    pub fn word<T>(
        &mut self,
        value: Option<T>,
        text: &str,
        field: &'static str,
        reason: RejectReason,
        otherwise: T,
    ) -> T {
        value.unwrap_or_else(|| {
            self.note(Refusal::at_edge(reason, field, quoted(text)));
            otherwise
        })
    }

    /// A client id.
    pub fn client_id(&mut self, text: &str, field: &'static str) -> Option<ClOrdId> {
        let id = ClOrdId::new(text).ok();
        if id.is_none() {
            self.note(Refusal::at_edge(RejectReason::BadClOrdId, field, quoted(text)));
        }
        id
    }

    /// A mantissa on a grid. Without a grid (the instrument is unknown) only that it is a number matters.
    pub fn number(
        &mut self,
        value: Option<&Bound<'_, PyAny>>,
        field: &'static str,
        grid: Option<Grid<'_>>,
    ) -> PyResult<Option<i128>> {
        let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(None) };
        let read = mantissa(value, field, grid.unwrap_or(Grid::Units(18)))?;
        let refuse = |reason| Refusal::at_edge(reason, field, show(value));
        match (read, grid) {
            (Ok(mantissa), Some(_)) => return Ok(Some(mantissa)),
            (Err(Fault::NotANumber), _) => self.note(refuse(RejectReason::NotANumber)),
            (Err(Fault::TooLarge), Some(_)) => self.note(refuse(RejectReason::NumberTooLarge)),
            (Err(Fault::TooFine { below, above }), Some(grid)) => {
                let reason = match grid {
                    Grid::Ticks(..) => RejectReason::PriceTick,
                    Grid::Lots(..) | Grid::Units(_) => RejectReason::QtyLot,
                };
                let text = |mantissa| model::format_decimal(mantissa, grid.decimals());
                let limit = grid.step().map(text);
                self.note(Refusal { limit, nearest: Some((text(below), text(above))), ..refuse(reason) });
            }
            (Ok(_) | Err(Fault::TooLarge | Fault::TooFine { .. }), None) => {}
        }
        Ok(Some(1))
    }

    /// As [`Edge::number`], within 64 bits.
    pub fn number64(
        &mut self,
        value: Option<&Bound<'_, PyAny>>,
        field: &'static str,
        grid: Option<Grid<'_>>,
    ) -> PyResult<Option<i64>> {
        let Some(wide) = self.number(value, field, grid)? else { return Ok(None) };
        Ok(Some(self.narrow(wide, field)))
    }

    /// A time in nanoseconds, or another plain 64-bit integer.
    pub fn int64(&mut self, value: Option<&Bound<'_, PyAny>>, field: &'static str) -> PyResult<Option<i64>> {
        let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(None) };
        if !value.is_instance_of::<PyInt>() || value.is_instance_of::<PyBool>() {
            return Err(raise(
                Kind::WrongType,
                format!("{field} is no int; give whole nanoseconds or counts as an int"),
            ));
        }
        let wide = value.extract::<i128>().unwrap_or(i128::MAX);
        Ok(Some(self.narrow(wide, field)))
    }

    fn narrow(&mut self, wide: i128, field: &'static str) -> i64 {
        i64::try_from(wide).unwrap_or_else(|_| {
            self.note(Refusal::at_edge(RejectReason::NumberTooLarge, field, wide.to_string()));
            1
        })
    }

    /// The order a request is about: exactly one of both names.
    pub fn target(&mut self, orig_cl_ord_id: Option<&str>, order_id: Option<u64>) -> PyResult<OrderRef> {
        match (orig_cl_ord_id, order_id) {
            (Some(text), None) => {
                let id = self.client_id(text, "orig_cl_ord_id");
                Ok(id.map_or(OrderRef::Order(model::OrderId(0)), OrderRef::Client))
            }
            (None, Some(id)) => Ok(OrderRef::Order(model::OrderId(id))),
            (None, None) | (Some(_), Some(_)) => {
                Err(raise(Kind::Usage, "name the order by orig_cl_ord_id or by order_id, and by one of them only"))
            }
        }
    }
}

/// A value as it is quoted in a sentence.
pub fn show(value: &Bound<'_, PyAny>) -> String {
    match value.cast::<PyString>() {
        Ok(text) => text.to_str().map_or_else(|_| "?".to_owned(), quoted),
        Err(_) => value.str().map_or_else(|_| "?".to_owned(), |text| shortened(&text.to_string())),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", shortened(&text.escape_debug().to_string()))
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= QUOTED_MAX {
        return text.to_owned();
    }
    text.chars().take(QUOTED_MAX).chain("...".chars()).collect()
}
