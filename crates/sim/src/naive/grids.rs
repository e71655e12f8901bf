//! Another grid for a listed instrument.

use model::{EndReason, EventKind, Events, OrdType, Price, RejectReason, SetTicks, TickTable, TradingState};

use super::checks::{Checks, Refusal};
use super::definitions::command_rejected;
use super::outcomes::one;
use super::{Listed, NaiveExchange, Order};

impl NaiveExchange {
    pub(super) fn set_ticks(&mut self, request: &SetTicks, out: &mut Events) {
        let SetTicks { instrument, ticks } = request;
        if let Err(refusal) = self.check_ticks(request) {
            out.push(command_rejected(refusal));
            return;
        }
        let off_grid = self.orders_of(*instrument, |order| !fits(order, ticks));
        out.push(EventKind::TicksSet { instrument: *instrument });
        for id in off_grid {
            self.cancel_order(id, EndReason::TickChange, out);
        }
        self.park_all(*instrument, out);
        let listed = self.instrument_mut(*instrument);
        let before = std::mem::replace(&mut listed.definition.ticks, ticks.clone());
        listed.former_grids.push(before);
        let (low, high) = listed.first_bounds;
        (listed.definition.min_price, listed.definition.max_price) = (ticks.ceil(low), ticks.floor(high));
        listed.published = None;
    }

    ///
    fn check_ticks(&self, request: &SetTicks) -> Result<(), Refusal> {
        let mut checks = Checks::default();
        checks.plain(self.listed(request.instrument).is_none(), RejectReason::UnknownInstrument);
        checks.result()?;
        let listed = self.instrument(request.instrument);
        let mut definition = listed.definition.clone();
        definition.ticks = request.ticks.clone();
        definition.min_price = request.ticks.ceil(listed.first_bounds.0);
        definition.max_price = request.ticks.floor(listed.first_bounds.1);
        definition.previous_close = None;
        let decimals = |id| self.asset(id).map_or(0, |asset| asset.decimals);
        let is_good = definition.check(decimals(definition.base), decimals(definition.quote)).is_ok();
        let is_split = |one: i64| one % request.ticks.base_tick() != 0;
        let splits_one = listed.outcome.is_some() && one(listed).is_some_and(is_split);
        checks.plain(!is_good || splits_one, RejectReason::InvalidDefinition);
        checks.plain(listed.state == TradingState::Delisted, RejectReason::Delisted);
        checks.result()
    }
}

impl Listed {
    /// the largest step that divides every price that is or was on the grid.
    pub(super) fn grain(&self) -> i64 {
        self.former_grids.iter().fold(self.definition.ticks.base_tick(), |step, ticks| ticks.step_with(step))
    }
}

///
fn fits(order: &Order, ticks: &TickTable) -> bool {
    let on_grid = |price: Option<Price>| price.is_none_or(|price| ticks.is_on_grid(price));
    if !order.waits() {
        return on_grid(order.limit.or(order.protection));
    }
    let whole = |distance: Option<Price>| distance.is_none_or(|distance| distance.0 % ticks.base_tick() == 0);
    let (mut given, mut distances) = (Vec::new(), Vec::new());
    if let Some(trigger) = order.trigger {
        given.extend([trigger.price, trigger.activation_price]);
        distances.extend([trigger.trail_amount, trigger.step, trigger.limit_offset]);
    }
    let trails_its_limit = order.trigger.is_some_and(|trigger| trigger.limit_offset.is_some());
    if order.ord_type == OrdType::Limit && !trails_its_limit {
        given.push(order.limit);
    }
    if order.is_protected {
        given.push(order.protection);
    }
    given.into_iter().all(on_grid) && distances.into_iter().all(whole)
}
