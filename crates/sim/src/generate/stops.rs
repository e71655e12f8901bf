//! Orders that wait for a trigger, the prices they may wait for, and groups of orders.

use model::{
    Activation, CancelGroup, Display, GroupId, GroupKind, GroupLeg, GroupMode, InstrumentId, NewGroup, NewOrder,
    NewStop, OrdType, PRICE_MAX, PostOnly, Price, Qty, ReferenceKind, SessionId, SetReference, Side, TimeInForce,
    Trigger, TriggerKind, TriggerSource,
};

use super::Generator;
use super::world::Market;

const KINDS: [TriggerKind; 4] =
    [TriggerKind::StopLoss, TriggerKind::TakeProfit, TriggerKind::IfTouched, TriggerKind::TrailingStop];
const GROUP_KINDS: [GroupKind; 3] = [GroupKind::Oco, GroupKind::Oto, GroupKind::Otoco];
const MODES: [GroupMode; 3] = [GroupMode::Reduce, GroupMode::CancelOnFirstFill, GroupMode::CancelOnTrigger];

/// What all orders of one request have in common.
struct Frame {
    instrument: InstrumentId,
    market: Market,
    account: model::AccountId,
    qty: Qty,
}

impl Generator {
    /// So many steps of the grid above the middle, or below it.
    fn steps_from_middle(&self, market: &Market, steps: i64) -> Price {
        let ticks = &market.definition.ticks;
        let mut price = ticks.floor(Price(market.middle.0 + self.drift));
        for _ in 0..steps.abs() {
            price = if steps > 0 { ticks.up(price) } else { ticks.down(price) };
        }
        price.clamp(market.definition.min_price, market.definition.max_price)
    }

    /// A trigger price, mostly on the side where it waits.
    pub(super) fn trigger_price(&mut self, market: &Market, kind: TriggerKind, side: Side) -> Price {
        let is_stop = matches!(kind, TriggerKind::StopLoss | TriggerKind::TrailingStop);
        let is_below = is_stop == (side == Side::Sell);
        let steps = self.draw.between(0, 2 * self.swarm.spread_ticks);
        let waits = self.draw.chance(850);
        let price = self.steps_from_middle(market, if is_below == waits { -steps } else { steps });
        if self.is_bad() {
            return self.draw.pick(&[Price(price.0 + 1), Price(0), Price(i64::MAX), Price(i64::MIN + 1)]);
        }
        price
    }

    /// A distance in steps of the grid, rarely one that cannot be.
    fn distance(&mut self, market: &Market, least: i64) -> Price {
        let tick = market.definition.ticks.base_tick();
        if self.is_bad() {
            let wrong = [0, -tick, tick + 1, PRICE_MAX.0 + tick, i64::MAX, i64::MIN + 1];
            return Price(self.draw.pick(&wrong));
        }
        let most = self.draw.pick(&[1, 3, 8, 30]);
        Price(tick * self.draw.between(least, most))
    }

    fn trail(&mut self, trigger: &mut Trigger, market: &Market, side: Side, ord_type: OrdType) {
        trigger.price = trigger.price.filter(|_| self.draw.chance(250));
        if self.draw.chance(600) {
            trigger.trail_amount = Some(self.distance(market, 1));
        } else {
            let bps = self.draw.pick(&[1, 50, 150, 700, 3_000, 9_999]);
            trigger.trail_bps = Some(if self.is_bad() { self.draw.pick(&[0, 10_000, u32::MAX]) } else { bps });
        }
        if self.draw.chance(300) {
            trigger.activation_price = Some(self.trigger_price(market, TriggerKind::TakeProfit, side));
        }
        if self.draw.chance(300) {
            trigger.step = Some(self.distance(market, 1));
        }
        if ord_type == OrdType::Limit {
            trigger.limit_offset = Some(self.distance(market, 0));
        }
    }

    fn trigger_of_kind(&mut self, kind: TriggerKind, market: &Market, side: Side, ord_type: OrdType) -> Trigger {
        let source = TriggerSource::ALL[self.draw.weighted(&self.swarm.sources.clone())];
        let is_given = matches!(source, TriggerSource::Mark | TriggerSource::Index);
        let mut trigger = Trigger {
            kind,
            source,
            fall_back: is_given && self.draw.chance(500),
            strict: self.draw.chance(150),
            allow_immediate: self.draw.chance(self.swarm.immediate),
            ..Trigger::at(kind, self.trigger_price(market, kind, side))
        };
        if kind == TriggerKind::TrailingStop {
            self.trail(&mut trigger, market, side, ord_type);
        }
        if self.is_bad() {
            self.spoil_trigger(&mut trigger, market);
        }
        trigger
    }

    /// Breaks a trigger in one place.
    fn spoil_trigger(&mut self, trigger: &mut Trigger, market: &Market) {
        let distance = Some(self.distance(market, 1));
        match self.draw.index(8) {
            0 => trigger.price = None,
            1 => trigger.trail_amount = distance,
            2 => trigger.trail_bps = Some(100),
            3 => trigger.activation_price = Some(market.middle),
            4 => trigger.step = distance,
            5 => trigger.limit_offset = distance,
            6 => trigger.fall_back = true,
            _ => (trigger.trail_amount, trigger.trail_bps, trigger.limit_offset) = (None, None, None),
        }
    }

    fn frame(&mut self) -> Frame {
        let account = self.account();
        let (instrument, market) = self.instrument();
        let qty = self.qty(&market);
        Frame { instrument, market, account, qty }
    }

    fn life(&mut self) -> TimeInForce {
        let tif = self.tif();
        if tif.rests() || self.is_bad() { tif } else { TimeInForce::Gtc }
    }

    /// A limit or market order with nothing special to it.
    fn plain(&mut self, frame: &Frame, side: Side, price: Option<Price>) -> NewOrder {
        let ord_type = if price.is_some() { OrdType::Limit } else { OrdType::Market };
        NewOrder {
            account: frame.account,
            session: SessionId(u32::try_from(self.draw.index(3)).expect("small")),
            instrument: frame.instrument,
            cl_ord_id: self.fresh_id(frame.account),
            side,
            ord_type,
            tif: self.life(),
            order_qty: frame.qty,
            price,
            protection_price: None,
            quote_qty: None,
            peg: None,
            min_qty: Qty(0),
            display: Display::All,
            post_only: PostOnly::No,
            reduce_only: false,
            stp: self.stp(),
        }
    }

    /// An order that is to wait: its type, price and dress.
    fn waiting(&mut self, frame: &Frame, side: Side, kind: TriggerKind) -> (NewOrder, Trigger) {
        let is_limit = self.draw.chance(500);
        let price = self.price(&frame.market, side);
        let mut order = self.plain(frame, side, is_limit.then_some(price));
        if is_limit {
            if self.draw.chance(250) {
                order.display = self.display(&frame.market, frame.qty);
            }
            let dress = self.draw.weighted(&self.swarm.post_only.clone());
            order.post_only = [PostOnly::No, PostOnly::Reject, PostOnly::Slide][dress];
        } else if self.draw.chance(400) {
            order.protection_price = Some(price);
        }
        let trigger = self.trigger_of_kind(kind, &frame.market, side, order.ord_type);
        if kind == TriggerKind::TrailingStop && is_limit && !self.is_bad() {
            order.price = None;
        }
        (order, trigger)
    }

    /// A new order that waits for a trigger.
    pub(super) fn new_stop(&mut self) -> NewStop {
        let frame = self.frame();
        let side = self.draw.pick(&[Side::Buy, Side::Sell]);
        let kind = KINDS[self.draw.weighted(&self.swarm.trigger_kinds.clone())];
        let (mut order, trigger) = self.waiting(&frame, side, kind);
        if self.draw.chance(250) {
            order.tif = self.draw.pick(&[TimeInForce::Ioc, TimeInForce::Fok]);
            (order.display, order.post_only) = (Display::All, PostOnly::No);
        }
        self.maybe_reduce_only(&mut order, &frame.market);
        if order.reduce_only {
            order.display = Display::All;
        }
        if self.is_bad() {
            let price = self.price(&frame.market, side);
            self.spoil(&mut order, price);
        }
        NewStop { order, trigger }
    }

    /// A leg that waits for nothing but its entry, if that.
    fn limit_leg(&mut self, frame: &Frame, side: Side, price: Price) -> GroupLeg {
        let mut order = self.plain(frame, side, Some(price));
        if self.draw.chance(200) {
            order.display = self.display(&frame.market, frame.qty);
        }
        if self.draw.chance(150) {
            order.post_only = self.draw.pick(&[PostOnly::Reject, PostOnly::Slide]);
        }
        GroupLeg { order, trigger: None }
    }

    fn triggered_leg(&mut self, frame: &Frame, side: Side, kind: TriggerKind, price: Price) -> GroupLeg {
        let (order, mut trigger) = self.waiting(frame, side, kind);
        if kind != TriggerKind::TrailingStop && !self.is_bad() {
            trigger.price = Some(price);
        }
        GroupLeg { order, trigger: Some(trigger) }
    }

    /// Two orders that leave a position: a target and a stop, in either order.
    fn exits(&mut self, frame: &Frame, side: Side) -> Vec<GroupLeg> {
        let (near, far) = (self.draw.between(1, 4), self.draw.between(1, 2 * self.swarm.spread_ticks));
        let up = if side == Side::Sell { 1 } else { -1 };
        let target_price = self.steps_from_middle(&frame.market, up * near);
        let stop_price = self.steps_from_middle(&frame.market, -up * far);
        let target = if self.draw.chance(600) {
            self.limit_leg(frame, side, target_price)
        } else {
            let kind = self.draw.pick(&[TriggerKind::TakeProfit, TriggerKind::IfTouched]);
            self.triggered_leg(frame, side, kind, target_price)
        };
        let kind = if self.draw.chance(700) { TriggerKind::StopLoss } else { TriggerKind::TrailingStop };
        let stop = self.triggered_leg(frame, side, kind, stop_price);
        if self.draw.chance(700) { vec![target, stop] } else { vec![stop, target] }
    }

    fn entry(&mut self, frame: &Frame, side: Side) -> GroupLeg {
        let price = self.price(&frame.market, side);
        let is_limit = self.draw.chance(800);
        let mut leg = self.limit_leg(frame, side, price);
        if !is_limit {
            leg.order = self.plain(frame, side, None);
            leg.order.tif = TimeInForce::Ioc;
        } else if self.draw.chance(150) {
            leg.order.tif = self.draw.pick(&[TimeInForce::Ioc, TimeInForce::Fok]);
            (leg.order.display, leg.order.post_only) = (Display::All, PostOnly::No);
        }
        leg
    }

    /// A new group, most of them sensible.
    pub(super) fn new_group(&mut self) -> NewGroup {
        let frame = self.frame();
        let kind = GROUP_KINDS[self.draw.weighted(&self.swarm.group_kinds.clone())];
        let side = self.draw.pick(&[Side::Buy, Side::Sell]);
        let legs = match kind {
            GroupKind::Oco => self.exits(&frame, side),
            GroupKind::Oto => {
                let child_side = if self.draw.chance(700) { side.opposite() } else { side };
                let price = self.price(&frame.market, child_side);
                let child = if self.draw.chance(500) {
                    self.limit_leg(&frame, child_side, price)
                } else {
                    let kind = KINDS[self.draw.weighted(&self.swarm.trigger_kinds.clone())];
                    let price = self.trigger_price(&frame.market, kind, child_side);
                    self.triggered_leg(&frame, child_side, kind, price)
                };
                vec![self.entry(&frame, side), child]
            }
            GroupKind::Otoco => {
                let mut legs = vec![self.entry(&frame, side)];
                legs.extend(self.exits(&frame, side.opposite()));
                legs
            }
        };
        let mode = MODES[self.draw.weighted(&self.swarm.group_modes.clone())];
        let activation = if self.draw.chance(300) { Activation::Full } else { Activation::Partial };
        let mut group = NewGroup { kind, mode, activation, legs };
        if self.is_bad() {
            self.spoil_group(&mut group, &frame);
        }
        group
    }

    /// Breaks a group in one place.
    fn spoil_group(&mut self, group: &mut NewGroup, frame: &Frame) {
        let leg = self.draw.index(group.legs.len());
        let first_id = group.legs[0].order.cl_ord_id;
        match self.draw.index(8) {
            0 => {
                group.legs.truncate(leg);
            }
            1 => group.legs[leg].trigger = None,
            2 => {
                let qty = &mut group.legs[leg].order.order_qty.0;
                *qty = qty.saturating_add(frame.market.definition.lot_size.0);
            }
            3 => group.legs[leg].order.cl_ord_id = first_id,
            4 => group.legs[leg].order.side = group.legs[leg].order.side.opposite(),
            5 => group.legs[leg].order.account = self.account(),
            6 => group.legs[leg].order.reduce_only = true,
            _ => {
                let price = frame.market.middle;
                self.spoil(&mut group.legs[leg].order, price);
            }
        }
    }

    /// Cancels a group: mostly an open one.
    pub(super) fn cancel_group(&mut self) -> CancelGroup {
        let open: Vec<_> = self.exchange.open_groups().collect();
        if open.is_empty() || self.draw.chance(150) {
            let given = i64::try_from(self.exchange.groups_given()).unwrap_or(0);
            let group = GroupId(self.draw.between(0, given + 1).unsigned_abs());
            let account = if self.is_bad() { model::AccountId(99) } else { self.account() };
            return CancelGroup { account, group };
        }
        let (group, account) = open[self.draw.index(open.len())];
        CancelGroup { account, group }
    }

    /// A mark or index price, near the middle.
    pub(super) fn set_reference(&mut self) -> SetReference {
        let (instrument, market) = self.instrument();
        let off = self.draw.between(-2 * self.swarm.spread_ticks, 2 * self.swarm.spread_ticks);
        let tick = market.definition.ticks.base_tick();
        let max_age_ns = self.draw.pick(&[1, 600, 500_000, 40_000_000, 5_000_000_000, i64::MAX]);
        let mut request = SetReference {
            instrument,
            kind: self.draw.pick(&[ReferenceKind::Mark, ReferenceKind::Index]),
            price: Price(market.middle.0 + self.drift + off * tick + self.draw.pick(&[0, 0, 1])),
            max_age_ns,
        };
        if self.is_bad() {
            match self.draw.index(3) {
                0 => request.instrument = InstrumentId(99),
                1 => request.price = Price(self.draw.pick(&[PRICE_MAX.0 + 1, i64::MIN, i64::MAX])),
                _ => request.max_age_ns = self.draw.pick(&[0, -1, i64::MIN]),
            }
        }
        request
    }
}
