//! Triggered orders go to work, one after the other, with all that follows from it.

use model::{
    Admission, BreakerRule, Cause, EndReason, EventKind, Events, OrdType, OrderId, PostOnly, Price, Qty, RejectReason,
    Side, TradingState, TriggerKind, TriggerRejected,
};

use super::checks::{Checks, Refusal};
use super::effects::Ended;
use super::triggers::limit_behind;
use super::{NaiveExchange, Order, Place};

impl NaiveExchange {
    ///
    pub(super) fn drain(&mut self, out: &mut Events) {
        let before = self.cause;
        loop {
            self.set_cause(Cause::Group, out);
            self.take_effects(out);
            self.set_cause(Cause::Trigger, out);
            self.observe(out);
            if self.triggered.is_empty() && self.effects.is_empty() {
                break;
            }
            if !self.triggered.is_empty() {
                let id = self.triggered.remove(0);
                self.work_triggered(id, out);
            }
        }
        self.set_cause(before, out);
        let marked = self.marked.take();
        if let Some(instrument) = marked.filter(|marked| self.instrument(*marked).state.triggers()) {
            self.trip(instrument, BreakerRule::Cascade, self.stamp.ts_ns, true, out);
        }
    }

    ///
    fn work_triggered(&mut self, id: OrderId, out: &mut Events) {
        let Some(order) = self.orders.get(&id) else { return };
        if !self.instrument(order.instrument).state.triggers() {
            self.order_mut(id).place = Place::Armed;
            out.push(self.suspended(id));
            return;
        }
        let ends = self.ended_by(order);
        match self.check_start(self.with_working_limit(order, ends.as_deref()), ends.as_deref()) {
            Err(refusal) => self.refuse(id, refusal, out),
            Ok(started) => {
                self.begin_exit(id, out);
                let is_cut = started.leaves < self.order(id).leaves;
                let reserved = self.order(id).reserved;
                self.orders.insert(id, Order { place: Place::Incoming, reserved, ..started });
                self.update_reserve(id);
                if is_cut {
                    out.push(self.restated(id, EndReason::ReduceOnly));
                }
                let order = self.order(id);
                if self.instrument(order.instrument).state.matches_orders() {
                    self.enter_matching(id, out);
                } else {
                    let price = order.limit.expect("only limits are let in where nothing matches");
                    self.post(id, price, out);
                }
            }
        }
    }

    /// R-112, step 1, with the orders that end in step 3 gone.
    fn with_working_limit(&self, order: &Order, ends: Option<&[OrderId]>) -> Order {
        let listed = self.instrument(order.instrument);
        let mut working = order.clone();
        if order.ord_type == OrdType::Market && !order.is_protected {
            let others = self.best_price_but(order.instrument, order.side.opposite(), ends.unwrap_or_default());
            let reference = others.or(listed.last_trade).or(listed.definition.previous_close);
            working.protection = reference.map(|reference| Self::protected(listed, order.side, reference));
        }
        let trigger = order.trigger.filter(|trigger| trigger.kind == TriggerKind::TrailingStop);
        let offset = trigger.and_then(|trigger| trigger.limit_offset);
        if let (OrdType::Limit, Some(offset)) = (order.ord_type, offset) {
            let fired_at = self.trigger_price(order).expect("it has fired");
            working.limit = Some(limit_behind(listed, order.side, fired_at, offset));
        }
        if let Some(band) = self.band_now(order.instrument) {
            let edge = self.edge(order.instrument, order.side, band);
            let at_most = |price: Price| match order.side {
                Side::Buy => price.min(edge),
                Side::Sell => price.max(edge),
            };
            (working.limit, working.protection) = (working.limit.map(at_most), working.protection.map(at_most));
        }
        working
    }

    /// R-113, changing nothing: the order as it starts to work, capped and slid. Where it begins, `ends` names the
    /// orders that will be gone by then.
    pub(super) fn check_start(&self, mut order: Order, ends: Option<&[OrderId]>) -> Result<Order, Refusal> {
        let listed = self.instrument(order.instrument);
        let mut checks = Checks::default();
        if !order.reduce_only {
            self.check_restricted(order.account, order.instrument, &mut checks);
        }
        let is_passive = order.ord_type == OrdType::Limit && order.post_only != PostOnly::No && order.tif.rests();
        let is_refused = listed.state.new_orders() == Admission::PostOnly && !is_passive;
        checks.plain(is_refused, RejectReason::PostOnlyMarket);
        if order.reduce_only {
            let left = self.may_still_reduce(order.account, order.instrument, order.side, Some(order.id)).max(0);
            let has_no_room = left < listed.definition.lot_size.0.into();
            checks.measured(has_no_room, RejectReason::ReduceOnly, order.leaves.into(), left.max(0));
            let leaves = order.leaves.min(i64::try_from(left).unwrap_or(i64::MAX));
            order.order_qty -= order.leaves - leaves;
            order.leaves = leaves;
        }
        checks.result()?;
        order.limit = self.passive_price_but(&order, order.limit, ends.unwrap_or_default())?;
        let needed = if ends.is_some() { self.reserve_of(&order) } else { self.needed_for(&order) };
        let increase = needed - self.held_for(order.id);
        self.check_funds(order.account, self.reserve_asset(&order), increase, &mut checks);
        self.check_start_gate(&order, &mut checks);
        checks.result()?;
        Ok(order)
    }

    /// 504 to 506 and 509 of an order that starts to work.
    fn check_start_gate(&self, order: &Order, checks: &mut Checks) {
        self.check_size(order, order.order_qty, self.notional_at_bound(order, order.order_qty), checks);
        if let Some(limit) = order.limit.filter(|_| order.ord_type == OrdType::Limit) {
            self.check_collar(order, limit, checks);
        }
        let sibling: Vec<OrderId> = self.sibling(order.id).into_iter().collect();
        self.check_position(order, &sibling, checks);
    }

    /// a released order that has nothing to wait for works, or grows where it rests.
    pub(super) fn start_released(&mut self, id: OrderId, out: &mut Events) {
        let order = self.order(id);
        let state = self.instrument(order.instrument).state;
        if state.matches_orders() || state == TradingState::PostOnly {
            match self.check_start(order.clone(), None) {
                Err(refusal) => {
                    self.refuse(id, refusal, out);
                    return;
                }
                Ok(started) => {
                    self.orders.insert(id, started);
                    self.update_reserve(id);
                }
            }
        } else {
            let mut checks = Checks::default();
            self.check_restricted(order.account, order.instrument, &mut checks);
            self.check_start_gate(order, &mut checks);
            if let Err(refusal) = checks.result() {
                self.refuse(id, refusal, out);
                return;
            }
        }
        self.come_in_again(id, out);
    }

    /// A triggered or released order ends with all that is left of it.
    pub(super) fn refuse(&mut self, id: OrderId, refusal: Refusal, out: &mut Events) {
        let order = self.order(id);
        let Refusal { reason, value, limit } = refusal;
        out.push(EventKind::TriggerRejected(TriggerRejected {
            order_id: id,
            account: order.account,
            instrument: order.instrument,
            canceled_qty: Qty(order.leaves),
            reason,
            value,
            limit,
        }));
        self.end_order(id, Ended::Refused);
    }
}
