//! Amends of orders that wait, and what an amend of a group's order must not do.

use model::{AmendOrder, OrdType, OrderId, Price, Qty, RejectReason, Side, TimeInForce, TriggerKind};

use super::amend::Change;
use super::checks::{Checks, Refusal};
use super::{NaiveExchange, Order, Place};

/// Of two exits, what is compared by R-123: the price of the target and that of the stop.
pub(super) fn exit_price(trigger: Option<model::Trigger>, limit: Option<Price>) -> Option<Price> {
    trigger.map_or(limit, |trigger| trigger.price)
}

/// Whether it is the stop of two exits.
pub(super) fn is_stop(trigger: Option<model::Trigger>) -> bool {
    trigger.is_some_and(|trigger| matches!(trigger.kind, TriggerKind::StopLoss | TriggerKind::TrailingStop))
}

impl NaiveExchange {
    /// checks everything and works out the change, changing nothing.
    pub(super) fn admit_waiting_amend(
        &self,
        request: &AmendOrder,
        order: &Order,
        total: i64,
    ) -> Result<Change, Refusal> {
        let mut changed = order.clone();
        changed.order_qty = total;
        changed.leaves = total - order.cum - order.prevented;
        changed.tif = request.tif.unwrap_or(order.tif);
        changed.stp = request.stp.unwrap_or(order.stp);
        changed.limit = request.price.or(order.limit);

        let mut checks = Checks::default();
        self.check_waiting_values(request, order, &mut checks);
        if let (Some(price), Some(trigger)) = (request.trigger_price, changed.trigger.as_mut())
            && checks.all_hold()
        {
            trigger.price = Some(price);
            let follows = order.ord_type == OrdType::Market && order.side == Side::Buy && !order.is_protected;
            if follows {
                let listed = self.instrument(order.instrument);
                changed.protection = Some(Self::protected(listed, order.side, price));
            }
        }
        let definition = &self.instrument(order.instrument).definition;
        let is_touched = request.price.is_some() || request.order_qty.is_some() || request.trigger_price.is_some();
        let new_limit = changed.limit.or(changed.protection).filter(|_| is_touched && checks.all_hold());
        if let Some(price) = new_limit {
            checks.notional(self.notional(order.instrument, price, total).abs(), definition);
        }
        if let Some(TimeInForce::Gtd { expire_ns }) = request.tif.filter(|tif| *tif != order.tif) {
            let now = self.stamp.ts_ns;
            checks.measured(expire_ns <= now, RejectReason::ExpireInPast, expire_ns.into(), now.into());
        }
        if let (Some(price), Some(trigger), Place::Armed) = (request.trigger_price, order.trigger, order.place)
            && checks.all_hold()
        {
            self.check_crossed(order.instrument, &trigger, order.side, price, &mut checks);
        }
        self.check_amend_group(request, order, total, &mut checks);
        self.check_amend_closed(request, order, &mut checks);
        checks.result()?;
        if changed.leaves <= 0 {
            return Ok(Change::End);
        }
        self.check_amend_funds(request, order, &changed, &mut checks);
        let raises =
            changed.leaves > order.leaves || changed.limit != order.limit || changed.protection != order.protection;
        if raises {
            if !order.reduce_only {
                self.check_restricted(order.account, order.instrument, &mut checks);
            }
            self.check_size(&changed, total, self.notional_at_bound(&changed, total), &mut checks);
        }
        checks.result()?;
        Ok(Change::To { order: Box::new(changed), loses_priority: false })
    }

    /// 203 to 308.
    fn check_waiting_values(&self, request: &AmendOrder, order: &Order, checks: &mut Checks) {
        let definition = &self.instrument(order.instrument).definition;
        let lot = definition.lot_size.0;
        let trails = order.trigger.is_some_and(|trigger| trigger.kind == TriggerKind::TrailingStop);
        let is_market = order.ord_type == OrdType::Market;
        let bad_price = request.price.is_some() && (is_market || trails);
        checks.plain(bad_price || request.display_qty.is_some(), RejectReason::FieldNotAllowed);
        if let Some(tif) = request.tif.filter(|tif| *tif != order.tif) {
            checks.plain(!tif.rests() || !order.tif.rests(), RejectReason::TifNotAllowed);
        }
        let has_fixed_trigger = order.trigger.is_some() && !trails;
        checks.plain(request.trigger_price.is_some() && !has_fixed_trigger, RejectReason::TriggerNotAllowed);
        if let Some(Qty(qty)) = request.order_qty {
            checks.measured(qty <= 0, RejectReason::QtyNotPositive, qty.into(), 0);
            checks.quantity(qty, definition);
        }
        if let Some(Qty(seen)) = request.seen_cum_qty {
            let is_bad = seen < 0 || seen % lot != 0 || seen > order.cum;
            checks.measured(is_bad, RejectReason::MinQty, seen.into(), order.cum.into());
        }
        for price in [request.price, request.trigger_price].into_iter().flatten() {
            checks.price(price, definition);
        }
    }

    /// 320 and 321.
    pub(super) fn check_amend_group(&self, request: &AmendOrder, order: &Order, total: i64, checks: &mut Checks) {
        let Some(member) = order.member else { return };
        let group = self.group(member.group);
        let is_fixed = if group.is_entry(member.leg) {
            total > order.order_qty
        } else {
            request.order_qty.is_some() && group.entry().is_some()
        };
        checks.measured(is_fixed, RejectReason::GroupQty, total.into(), order.order_qty.into());
        let Some(sibling) = group.sibling(member.leg).map(|sibling| self.order(sibling)) else { return };
        if request.price.is_none() && request.trigger_price.is_none() {
            return;
        }
        let mut trigger = order.trigger;
        if let (Some(price), Some(trigger)) = (request.trigger_price, trigger.as_mut()) {
            trigger.price = Some(price);
        }
        let own = exit_price(trigger, request.price.or(order.limit));
        let other = exit_price(sibling.trigger, sibling.limit);
        let (target, stop) = if is_stop(order.trigger) { (other, own) } else { (own, other) };
        if let (Some(target), Some(stop)) = (target, stop) {
            let is_right = if order.side == Side::Sell { target > stop } else { target < stop };
            checks.measured(!is_right, RejectReason::GroupPrices, target.0.into(), stop.0.into());
        }
    }

    /// 503: the increase of what is reserved. Released exits are measured with the sibling at the same leaves.
    pub(super) fn check_amend_funds(&self, request: &AmendOrder, order: &Order, changed: &Order, checks: &mut Checks) {
        let sibling = self.sibling(order.id).filter(|_| request.order_qty.is_some());
        let together = |id: OrderId| self.hold_of(&Order { leaves: changed.leaves, ..self.order(id).clone() });
        let needed = self.needed_for(changed).max(sibling.map_or(0, together));
        let increase = needed - self.held_for(order.id);
        self.check_funds(order.account, self.reserve_asset(order), increase, checks);
    }
}
