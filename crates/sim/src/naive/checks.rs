//! Collects failing checks and keeps the one with the smallest number.

use model::{Instrument, Price, RejectReason};

/// Why a request is refused, with what was offered and what it was measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub reason: RejectReason,
    pub value: i128,
    pub limit: i128,
}

impl Refusal {
    /// A reason without numbers.
    pub fn plain(reason: RejectReason) -> Self {
        Refusal { reason, value: 0, limit: 0 }
    }
}

/// The failing check with the smallest number so far; among equals the first found.
#[derive(Debug, Default)]
pub struct Checks {
    worst: Option<Refusal>,
}

impl Checks {
    pub fn measured(&mut self, fails: bool, reason: RejectReason, value: i128, limit: i128) {
        let is_smaller = self.worst.is_none_or(|worst| reason < worst.reason);
        if fails && is_smaller {
            self.worst = Some(Refusal { reason, value, limit });
        }
    }

    pub fn plain(&mut self, fails: bool, reason: RejectReason) {
        self.measured(fails, reason, 0, 0);
    }

    pub fn all_hold(&self) -> bool {
        self.worst.is_none()
    }

    pub fn result(&self) -> Result<(), Refusal> {
        self.worst.map_or(Ok(()), Err)
    }

    /// 302 to 304.
    pub fn quantity(&mut self, qty: i64, definition: &Instrument) {
        let (lot, min, max) = (definition.lot_size.0, definition.min_qty.0, definition.max_qty.0);
        self.measured(qty % lot != 0, RejectReason::QtyLot, qty.into(), lot.into());
        self.measured(qty < min, RejectReason::QtyMin, qty.into(), min.into());
        self.measured(qty > max, RejectReason::QtyMax, qty.into(), max.into());
    }

    /// 304 of a cooling phase: a tenth of the usual, at least a lot.
    pub fn cooling_quantity(&mut self, qty: i64, definition: &Instrument) {
        let lot = definition.lot_size.0;
        let max = (definition.max_qty.0 / 10 / lot * lot).max(lot);
        self.measured(qty > max, RejectReason::QtyMax, qty.into(), max.into());
    }

    /// 307 and 308.
    pub fn price(&mut self, price: Price, definition: &Instrument) {
        let ticks = &definition.ticks;
        let band = ticks.bands().iter().rev().find(|band| band.from <= price).unwrap_or(&ticks.bands()[0]);
        let (min, max) = (definition.min_price, definition.max_price);
        self.measured(!ticks.is_on_grid(price), RejectReason::PriceTick, price.0.into(), band.tick.into());
        self.measured(price < min, RejectReason::PriceBounds, price.0.into(), min.0.into());
        self.measured(price > max, RejectReason::PriceBounds, price.0.into(), max.0.into());
    }

    /// 311 and 312.
    pub fn notional(&mut self, notional: i128, definition: &Instrument) {
        let (min, max) = (definition.min_notional.0, definition.max_notional.0);
        self.measured(notional < min, RejectReason::NotionalMin, notional, min);
        self.measured(notional > max, RejectReason::NotionalMax, notional, max);
    }
}
