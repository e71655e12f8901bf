//! Mark and index prices: given, and too old after a while.

use model::{
    BreakerEvent, EventKind, Events, InstrumentId, PRICE_MAX, Price, ReferenceKind, RejectReason, SetReference,
    TradingState,
};

use super::NaiveExchange;
use super::checks::Checks;
use super::definitions::command_rejected;

/// A price that was given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reference {
    pub price: Price,
    /// From then on it is too old.
    pub deadline_ns: i64,
    /// That it is too old has been told.
    pub is_stale: bool,
}

impl NaiveExchange {
    pub(super) fn set_reference(&mut self, request: SetReference, out: &mut Events) {
        let SetReference { instrument, kind, price, max_age_ns } = request;
        let mut checks = Checks::default();
        let state = self.listed(instrument).map(|listed| listed.state);
        checks.plain(state.is_none(), RejectReason::UnknownInstrument);
        checks.plain(state == Some(TradingState::Delisted), RejectReason::Delisted);
        for bound in [PRICE_MAX, Price(-PRICE_MAX.0)] {
            let is_beyond = if bound.0 > 0 { price > bound } else { price < bound };
            checks.measured(is_beyond, RejectReason::PriceBounds, price.0.into(), bound.0.into());
        }
        checks.measured(max_age_ns < 1, RejectReason::InvalidDefinition, max_age_ns.into(), 1);
        if let Err(refusal) = checks.result() {
            out.push(command_rejected(refusal));
            return;
        }
        let deadline_ns = self.stamp.ts_ns.saturating_add(max_age_ns);
        let given = Reference { price, deadline_ns, is_stale: false };
        self.instrument_mut(instrument).references[kind as usize] = Some(given);
        out.push(EventKind::Breaker(BreakerEvent::ReferenceSet { instrument, kind, price }));
    }

    /// The price, unless it is missing or too old.
    pub(super) fn fresh_reference(&self, instrument: InstrumentId, kind: ReferenceKind) -> Option<Price> {
        let given = self.instrument(instrument).references[kind as usize]?;
        (given.deadline_ns > self.stamp.ts_ns).then_some(given.price)
    }

    /// What has become too old is told, the oldest first.
    pub(super) fn expire_references(&mut self, out: &mut Events) {
        let now = self.stamp.ts_ns;
        let mut due = Vec::new();
        for instrument in self.instrument_ids() {
            for kind in [ReferenceKind::Mark, ReferenceKind::Index] {
                let given = self.instrument(instrument).references[kind as usize];
                let fresh = given.filter(|given| !given.is_stale && given.deadline_ns <= now);
                due.extend(fresh.map(|given| (given.deadline_ns, instrument, kind)));
            }
        }
        due.sort_unstable();
        for (_, instrument, kind) in due {
            if let Some(given) = self.instrument_mut(instrument).references[kind as usize].as_mut() {
                given.is_stale = true;
            }
            out.push(EventKind::Breaker(BreakerEvent::ReferenceStale { instrument, kind }));
        }
    }
}
