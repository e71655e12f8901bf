//! Orders that wait for a trigger: their checks and how they are accepted.

use model::{
    Allocation, Display, EventKind, Events, Instrument, NewOrder, NewStop, OrdType, OrderId, OrderRejected, PRICE_MAX,
    PostOnly, Price, RejectReason, Side, TimeInForce, Trigger, TriggerKind, TriggerSource,
};

use super::admit::{check_closed, check_values};
use super::checks::{Checks, Refusal};
use super::client_ids::{IdCheck, Request};
use super::emergencies::Origin;
use super::risk::Likeness;
use super::triggers::is_crossed;
use super::{Listed, NaiveExchange, Order};

/// 201 to 206.
fn check_form(request: &NewOrder, trigger: &Trigger, definition: &Instrument, checks: &mut Checks) {
    let is_limit = request.ord_type == OrdType::Limit;
    let is_market = request.ord_type == OrdType::Market;
    let follows = is_limit && trigger.kind == TriggerKind::TrailingStop;
    let is_unpriced = if follows { trigger.limit_offset.is_none() } else { is_limit && request.price.is_none() };
    checks.plain(is_unpriced, RejectReason::PriceMissing);
    let bad_price = follows || matches!(request.ord_type, OrdType::Market | OrdType::MarketToLimit);
    checks.plain(bad_price && request.price.is_some(), RejectReason::PriceNotAllowed);
    let bad_protection = is_limit && request.protection_price.is_some();
    let is_misplaced = request.peg.is_some() || request.quote_qty.is_some() || bad_protection;
    checks.plain(is_misplaced, RejectReason::FieldNotAllowed);
    checks.plain(request.tif.is_auction(), RejectReason::TifNotAllowed);
    let never_rests = is_market || !request.tif.rests();
    let passive = request.post_only != PostOnly::No || request.display != Display::All;
    let bad_reduce_only =
        request.reduce_only && (request.display != Display::All || definition.allocation != Allocation::Fifo);
    let is_bad = request.min_qty.0 != 0 || (passive && never_rests) || bad_reduce_only;
    checks.plain(is_bad, RejectReason::ExecInstNotAllowed);
}

/// 207 to 209.
fn check_trigger_form(request: &NewOrder, trigger: &Trigger, checks: &mut Checks) {
    let is_trailing = trigger.kind == TriggerKind::TrailingStop;
    checks.plain(!is_trailing && trigger.price.is_none(), RejectReason::TriggerPriceMissing);
    let one_distance = trigger.trail_amount.is_some() != trigger.trail_bps.is_some();
    checks.plain(is_trailing && !one_distance, RejectReason::TrailKind);
    let trails = trigger.trail_amount.is_some()
        || trigger.trail_bps.is_some()
        || trigger.activation_price.is_some()
        || trigger.step.is_some()
        || trigger.limit_offset.is_some();
    let bad_offset = trigger.limit_offset.is_some() && request.ord_type == OrdType::Market;
    let may_fall_back = matches!(trigger.source, TriggerSource::Mark | TriggerSource::Index);
    let bad_type = !matches!(request.ord_type, OrdType::Limit | OrdType::Market);
    let is_bad = bad_type || (trails && !is_trailing) || bad_offset || (trigger.fall_back && !may_fall_back);
    checks.plain(is_bad, RejectReason::TriggerNotAllowed);
}

/// 318.
fn check_distances(trigger: &Trigger, definition: &Instrument, checks: &mut Checks) {
    let base_tick = definition.ticks.base_tick();
    let distance = |distance: Option<Price>, least: i64, checks: &mut Checks| {
        if let Some(Price(distance)) = distance {
            let is_bad = distance < least || distance % base_tick != 0 || distance > PRICE_MAX.0;
            checks.measured(is_bad, RejectReason::TrailOffset, distance.into(), base_tick.into());
        }
    };
    distance(trigger.trail_amount, 1, checks);
    if let Some(bps) = trigger.trail_bps {
        checks.measured(!(1..=9_999).contains(&bps), RejectReason::TrailOffset, bps.into(), 9_999);
    }
    distance(trigger.step, 1, checks);
    distance(trigger.limit_offset, 0, checks);
}

impl NaiveExchange {
    pub(super) fn new_stop(&mut self, request: &NewStop, out: &mut Events) {
        let remembered = Request::new_stop(request);
        let NewOrder { account, cl_ord_id, .. } = request.order;
        let asked = self.asked(&request.order);
        let refused = |refusal: Refusal| {
            let Refusal { reason, value, limit } = refusal;
            let order_id = OrderId(0);
            EventKind::OrderRejected(OrderRejected { account, cl_ord_id, order_id, reason, value, limit, asked })
        };
        let origin = Origin { account, session: request.order.session, instrument: request.order.instrument };
        let is_killed = self.is_killed(origin, request.order.reduce_only);
        match self.check_id(account, cl_ord_id, &remembered, is_killed, out) {
            IdCheck::Answered => return,
            IdCheck::Refused(refusal) => {
                out.push(refused(refusal));
                return;
            }
            IdCheck::Free => {}
        }
        self.forget_likenesses(account);
        match self.admit_stop(request) {
            Err(refusal) => {
                self.remember_rejected(account, cl_ord_id, remembered, refusal.reason);
                out.push(refused(refusal));
            }
            Ok(order) => {
                let id = self.open(order);
                self.remember_accepted(cl_ord_id, remembered, id);
                self.remember_likeness(account, Likeness::of_stop(request));
                self.update_reserve(id);
                out.push(self.accepted(id, cl_ord_id));
                self.arm(id, out);
                self.fire_if_crossed(id, out);
            }
        }
    }

    /// Checks everything and makes the order, changing nothing.
    fn admit_stop(&self, request: &NewStop) -> Result<Order, Refusal> {
        let order = self.check_stop(request, false)?;
        let mut checks = Checks::default();
        self.check_funds(order.account, self.reserve_asset(&order), self.reserve_of(&order), &mut checks);
        self.check_size(&order, order.order_qty, self.notional_at_bound(&order, order.order_qty), &mut checks);
        self.check_duplicate(order.account, Likeness::of_stop(request), &mut checks);
        self.check_open_orders(order.account, 1, &mut checks);
        checks.result()?;
        Ok(order)
    }

    /// Checks everything of R-101 below 503 and makes the order, changing nothing. A held order does not wait for its
    /// trigger yet.
    pub(super) fn check_stop(&self, request: &NewStop, is_held: bool) -> Result<Order, Refusal> {
        let NewStop { order, trigger } = request;
        let Some(listed) = self.listed(order.instrument) else {
            return Err(Refusal::plain(RejectReason::UnknownInstrument));
        };
        let definition = &listed.definition;
        let mut checks = Checks::default();
        check_form(order, trigger, definition, &mut checks);
        check_trigger_form(order, trigger, &mut checks);
        let on_event = self.listed(order.instrument).is_some_and(|listed| listed.outcome.is_some());
        checks.plain(on_event, RejectReason::OutcomeOrder);
        check_values(order, definition, &mut checks);
        for price in [trigger.price, trigger.activation_price].into_iter().flatten() {
            checks.price(price, definition);
        }
        checks.result()?;

        let (limit, protection) = self.waiting_limit(order, trigger);
        let waiting_limit = limit.or(protection);
        if let Some(price) = waiting_limit {
            checks.notional(self.notional(order.instrument, price, order.order_qty.0).abs(), definition);
        }
        let is_cash = self.is_cash(order.account);
        if let TimeInForce::Gtd { expire_ns } = order.tif {
            let now = self.stamp.ts_ns;
            checks.measured(expire_ns <= now, RejectReason::ExpireInPast, expire_ns.into(), now.into());
        }
        let is_open_buy = is_cash && order.side == Side::Buy && waiting_limit.is_none();
        checks.plain(is_open_buy, RejectReason::ProtectionRequired);
        checks.plain(is_cash && definition.allow_negative, RejectReason::CreditOnly);
        check_distances(trigger, definition, &mut checks);
        if !is_held {
            self.check_would_trigger(order, trigger, listed, &mut checks);
        }
        let is_never_given = match trigger.source {
            TriggerSource::Mark => listed.references[0].is_none(),
            TriggerSource::Index => listed.references[1].is_none(),
            TriggerSource::Last | TriggerSource::Bid | TriggerSource::Ask | TriggerSource::Mid => false,
        };
        checks.plain(is_never_given && !trigger.fall_back, RejectReason::SourceMissing);
        check_closed(listed.state, &mut checks);
        if !order.reduce_only {
            self.check_restricted(order.account, order.instrument, &mut checks);
        }
        checks.result()?;

        let is_protected = order.protection_price.is_some();
        let trigger = Some(*trigger);
        Ok(Order { limit, protection, is_protected, trigger, ..self.order_from(order) })
    }

    /// 319.
    fn check_would_trigger(&self, order: &NewOrder, trigger: &Trigger, listed: &Listed, checks: &mut Checks) {
        let may_fire_at_once = trigger.allow_immediate && listed.state.triggers();
        if !may_fire_at_once && let Some(price) = trigger.price {
            self.check_crossed(order.instrument, trigger, order.side, price, checks);
        }
    }

    /// 319 for a trigger at a price.
    pub(super) fn check_crossed(
        &self,
        instrument: model::InstrumentId,
        trigger: &Trigger,
        side: Side,
        price: Price,
        checks: &mut Checks,
    ) {
        if let (_, Some(value)) = self.compared_with(instrument, trigger) {
            let is_passed = is_crossed(trigger, side, price, value);
            checks.measured(is_passed, RejectReason::WouldTrigger, price.0.into(), value.div_euclid(2).into());
        }
    }
}
