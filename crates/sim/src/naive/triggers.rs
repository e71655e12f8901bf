//! What a waiting order waits for: its source, its distance, its trigger and the limit it waits with.

use model::{
    EventKind, Events, InstrumentId, NewOrder, OrdType, OrderId, OrderSuspended, OrderTriggered, PRICE_MAX, Price,
    ReferenceKind, Side, Trigger, TriggerKind, TriggerSource,
};

use super::{Listed, NaiveExchange, Order, Place};

/// Twice a price, so that the middle of two prices is exact.
pub(super) fn halves(price: Price) -> i64 {
    2 * price.0
}

/// A price that fits after a sum that may not.
fn within_price_max(price: i128) -> Price {
    let most = i128::from(PRICE_MAX.0);
    Price(i64::try_from(price.clamp(-most, most)).expect("clamped"))
}

/// fires when its source falls; the others when it rises.
fn fires_below(kind: TriggerKind, side: Side) -> bool {
    match kind {
        TriggerKind::StopLoss | TriggerKind::TrailingStop => side == Side::Sell,
        TriggerKind::TakeProfit | TriggerKind::IfTouched => side == Side::Buy,
    }
}

///
pub(super) fn is_crossed(trigger: &Trigger, side: Side, price: Price, value: i64) -> bool {
    let distance = halves(price) - value;
    if distance == 0 {
        return !trigger.strict;
    }
    fires_below(trigger.kind, side) == (distance > 0)
}

/// whether a value lets a trailing stop follow.
fn reaches(value: i64, activation: Price, side: Side) -> bool {
    match side {
        Side::Sell => value >= halves(activation),
        Side::Buy => value <= halves(activation),
    }
}

/// the trigger of a trailing stop at its distance from an anchor.
fn trail(trigger: &Trigger, listed: &Listed, side: Side, anchor: i64) -> Price {
    let ticks = &listed.definition.ticks;
    let anchor = i128::from(anchor);
    let share = |bps: u32| (anchor.abs() * i128::from(bps) / 10_000).max(2 * i128::from(ticks.base_tick()));
    let by_amount = trigger.trail_amount.map(|amount| 2 * i128::from(amount.0));
    let offset = by_amount.or(trigger.trail_bps.map(share)).unwrap_or(0);
    match side {
        Side::Sell => ticks.floor(within_price_max((anchor - offset).div_euclid(2))),
        Side::Buy => ticks.ceil(within_price_max(-(-(anchor + offset)).div_euclid(2))),
    }
}

/// the limit of a trailing stop of type limit behind its trigger.
pub(super) fn limit_behind(listed: &Listed, side: Side, trigger: Price, offset: Price) -> Price {
    let definition = &listed.definition;
    let (price, offset) = (i128::from(trigger.0), i128::from(offset.0));
    let rounded = match side {
        Side::Sell => definition.ticks.ceil(within_price_max(price - offset)),
        Side::Buy => definition.ticks.floor(within_price_max(price + offset)),
    };
    rounded.clamp(definition.min_price, definition.max_price)
}

impl NaiveExchange {
    fn shown_price(&self, instrument: InstrumentId, side: Side) -> Option<Price> {
        let shown = self.resting(instrument, side).filter(|order| order.tip > 0);
        shown.min_by_key(|order| order.priority())?.book_price()
    }

    /// what a source is now.
    pub(super) fn value_now(&self, instrument: InstrumentId, source: TriggerSource) -> Option<i64> {
        let price = match source {
            TriggerSource::Last => self.instrument(instrument).last_trade,
            TriggerSource::Bid => self.shown_price(instrument, Side::Buy),
            TriggerSource::Ask => self.shown_price(instrument, Side::Sell),
            TriggerSource::Mid => {
                let bid = self.shown_price(instrument, Side::Buy)?;
                let ask = self.shown_price(instrument, Side::Sell)?;
                return Some(bid.0 + ask.0);
            }
            TriggerSource::Mark => self.fresh_reference(instrument, ReferenceKind::Mark),
            TriggerSource::Index => self.fresh_reference(instrument, ReferenceKind::Index),
        };
        price.map(halves)
    }

    /// the source that counts at the moment.
    pub(super) fn source_in_use(&self, instrument: InstrumentId, trigger: &Trigger) -> TriggerSource {
        let is_missing = self.value_now(instrument, trigger.source).is_none();
        if trigger.fall_back && is_missing { TriggerSource::Last } else { trigger.source }
    }

    /// What a trigger is compared with now, and its value.
    pub(super) fn compared_with(&self, instrument: InstrumentId, trigger: &Trigger) -> (TriggerSource, Option<i64>) {
        let source = self.source_in_use(instrument, trigger);
        (source, self.value_now(instrument, source))
    }

    /// the trigger of an order as it waits now.
    pub(super) fn trigger_price(&self, order: &Order) -> Option<Price> {
        let trigger = order.trigger.as_ref()?;
        let Some(anchor) = order.anchor else { return trigger.price };
        let followed = trail(trigger, self.instrument(order.instrument), order.side, anchor);
        let floor_or_cap = trigger.price.unwrap_or(followed);
        Some(match order.side {
            Side::Sell => followed.max(floor_or_cap),
            Side::Buy => followed.min(floor_or_cap),
        })
    }

    /// the trigger that a new order has already.
    fn known_trigger(&self, request: &NewOrder, trigger: &Trigger) -> Option<Price> {
        if trigger.price.is_some() || trigger.kind != TriggerKind::TrailingStop {
            return trigger.price;
        }
        let (_, value) = self.compared_with(request.instrument, trigger);
        let is_reached = |activation: Price| value.is_some_and(|value| reaches(value, activation, request.side));
        let anchor = match trigger.activation_price {
            Some(activation) if !is_reached(activation) => Some(halves(activation)),
            Some(_) | None => value,
        };
        anchor.map(|anchor| trail(trigger, self.instrument(request.instrument), request.side, anchor))
    }

    /// the limit an order has while it waits, as limit and as protection price.
    pub(super) fn waiting_limit(&self, request: &NewOrder, trigger: &Trigger) -> (Option<Price>, Option<Price>) {
        let listed = self.instrument(request.instrument);
        let is_buy = request.side == Side::Buy;
        let is_market = request.ord_type == OrdType::Market;
        if is_market {
            let known = self.known_trigger(request, trigger).filter(|_| is_buy);
            let by_trigger = known.map(|price| Self::protected(listed, request.side, price));
            return (None, request.protection_price.or(by_trigger));
        }
        if trigger.kind != TriggerKind::TrailingStop {
            return (request.price, None);
        }
        let known = self.known_trigger(request, trigger).filter(|_| is_buy);
        let behind = |(known, offset): (Price, Price)| limit_behind(listed, request.side, known, offset);
        (known.zip(trigger.limit_offset).map(behind), None)
    }

    /// an order waits for its trigger from now on. A trailing stop first takes the value now.
    pub(super) fn arm(&mut self, id: OrderId, out: &mut Events) {
        self.order_mut(id).place = Place::Armed;
        let order = self.order(id);
        let trigger = order.trigger.expect("it waits for a trigger");
        if let (_, Some(value)) = self.compared_with(order.instrument, &trigger) {
            self.follow(id, value);
        }
        out.push(self.suspended(id));
    }

    pub(super) fn suspended(&self, id: OrderId) -> EventKind {
        let order = self.order(id);
        let trigger_price = if order.place == Place::Held { None } else { self.trigger_price(order) };
        EventKind::OrderSuspended(OrderSuspended {
            order_id: id,
            account: order.account,
            instrument: order.instrument,
            kind: order.trigger.map(|trigger| trigger.kind),
            source: order.trigger.map_or(TriggerSource::Last, |trigger| trigger.source),
            trigger_price,
        })
    }

    /// a trailing stop sees a value.
    pub(super) fn follow(&mut self, id: OrderId, value: i64) {
        let order = self.order_mut(id);
        let Some(trigger) = order.trigger.filter(|trigger| trigger.kind == TriggerKind::TrailingStop) else { return };
        let Some(anchor) = order.anchor else {
            if trigger.activation_price.is_none_or(|activation| reaches(value, activation, order.side)) {
                order.anchor = Some(value);
            }
            return;
        };
        let beyond = match order.side {
            Side::Sell => value - anchor,
            Side::Buy => anchor - value,
        };
        if beyond > 0 && beyond >= trigger.step.map_or(0, halves) {
            order.anchor = Some(value);
        }
    }

    /// an order that has just been armed fires where the value now crosses its trigger already.
    pub(super) fn fire_if_crossed(&mut self, id: OrderId, out: &mut Events) {
        let Some(order) = self.orders.get(&id).filter(|order| order.place == Place::Armed) else { return };
        let trigger = order.trigger.expect("it waits for a trigger");
        let (source, value) = self.compared_with(order.instrument, &trigger);
        let (Some(value), Some(price)) = (value, self.trigger_price(order)) else { return };
        let may_fire = self.instrument(order.instrument).state.triggers() && !self.has_fired_enough();
        if may_fire && is_crossed(&trigger, order.side, price, value) {
            self.fire(id, source, value, out);
        }
    }

    ///
    pub(super) fn has_fired_enough(&self) -> bool {
        self.fired >= self.limits.triggers_max
    }

    /// an order stops waiting and joins the triggered queue.
    pub(super) fn fire(&mut self, id: OrderId, source: TriggerSource, value: i64, out: &mut Events) {
        let order = self.order(id);
        let (account, instrument) = (order.account, order.instrument);
        let trigger_price = self.trigger_price(order).expect("only a trigger that is there is crossed");
        out.push(EventKind::OrderTriggered(OrderTriggered {
            order_id: id,
            account,
            instrument,
            source,
            trigger_price,
            observed_halves: value,
        }));
        self.order_mut(id).place = Place::Fired;
        self.triggered.push(id);
        self.fired += 1;
        if self.has_fired_enough() {
            self.marked = Some(instrument);
        }
        self.exit_has_fired(id, out);
    }
}
