//! Prices and quotes are compared with every waiting order.

use std::cmp::Reverse;

use model::{Events, InstrumentId, OrderId, Price, TriggerSource};

use super::triggers::{halves, is_crossed};
use super::{NaiveExchange, Place};

/// The first and the last price of one run of matching.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub first: Price,
    pub last: Price,
}

impl NaiveExchange {
    /// What trades from now on is a run of its own.
    pub(super) fn start_run(&mut self) {
        self.is_new_run = true;
    }

    /// A trade at a price, in the run that was started last.
    pub(super) fn add_to_run(&mut self, instrument: InstrumentId, price: Price) {
        let is_new = std::mem::take(&mut self.is_new_run);
        let listed = self.instrument_mut(instrument);
        match listed.runs.last_mut().filter(|_| !is_new) {
            Some(run) => run.last = price,
            None => listed.runs.push(Run { first: price, last: price }),
        }
    }

    ///
    pub(super) fn observe(&mut self, out: &mut Events) {
        for instrument in self.instrument_ids() {
            if self.has_fired_enough() {
                break;
            }
            self.observe_instrument(instrument, out);
        }
        if self.has_fired_enough() {
            for listed in &mut self.instruments {
                listed.runs.clear();
            }
        }
    }

    fn observe_instrument(&mut self, instrument: InstrumentId, out: &mut Events) {
        let listed = self.instrument_mut(instrument);
        let runs = std::mem::take(&mut listed.runs);
        if !listed.state.triggers() {
            listed.kept = runs.last().map(|run| run.last).or(listed.kept);
            return;
        }
        let kept = listed.kept.take();
        let of_runs = runs.iter().flat_map(|run| [run.first, run.last]);
        for price in kept.into_iter().chain(of_runs) {
            self.observe_value(instrument, TriggerSource::Last, halves(price), out);
        }
        for source in TriggerSource::ALL.into_iter().filter(|source| *source != TriggerSource::Last) {
            if let Some(value) = self.value_now(instrument, source) {
                self.observe_value(instrument, source, value, out);
            }
        }
    }

    /// trailing stops follow first, then what is crossed fires, the farthest behind first.
    fn observe_value(&mut self, instrument: InstrumentId, source: TriggerSource, value: i64, out: &mut Events) {
        if self.has_fired_enough() {
            return;
        }
        let waiting = self.orders_of(instrument, |order| {
            let trigger = order.trigger.as_ref().filter(|_| order.place == Place::Armed);
            trigger.is_some_and(|trigger| self.source_in_use(instrument, trigger) == source)
        });
        for id in &waiting {
            self.follow(*id, value);
        }
        let mut crossed: Vec<(Reverse<u64>, OrderId)> = Vec::new();
        for id in waiting {
            let order = self.order(id);
            let (Some(trigger), Some(price)) = (order.trigger, self.trigger_price(order)) else { continue };
            if is_crossed(&trigger, order.side, price, value) {
                crossed.push((Reverse(halves(price).abs_diff(value)), id));
            }
        }
        crossed.sort_unstable();
        for (_, id) in crossed {
            let still_waits = self.orders.get(&id).is_some_and(|order| order.place == Place::Armed);
            if still_waits && !self.has_fired_enough() {
                self.fire(id, source, value, out);
            }
        }
    }
}
