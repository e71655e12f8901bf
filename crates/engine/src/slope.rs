//! The waiting orders of one source that fire in one direction.
//!
//! Everything here is turned so that the direction does not matter: values and anchors are multiplied by the slope's
//! sign, an order fires at values at or below its *key*, and anchors of trailing stops only rise. For orders that fire
//! at or below their trigger the sign is 1, for the others -1.

use model::image;
use std::collections::BTreeMap;

use model::{PRICE_MAX, Price, Side, TickTable, Trigger, TriggerKind};

use crate::buckets::Buckets;
use crate::waits::{Stage, Waits};

/// The price grid that triggers are rounded to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grid<'a> {
    pub(crate) ticks: &'a TickTable,
}

/// Whether orders of this side and kind fire at or below their trigger.
pub(crate) fn falls(kind: TriggerKind, side: Side) -> bool {
    let stops = matches!(kind, TriggerKind::StopLoss | TriggerKind::TrailingStop);
    stops == (side == Side::Sell)
}

/// Whether a trigger is crossed by a value in halves.
pub(crate) fn is_crossed(trigger: &Trigger, side: Side, price: Price, value: i64) -> bool {
    let sign = if falls(trigger.kind, side) { 1 } else { -1 };
    sign * value <= sign * 2 * price.0 - i64::from(trigger.strict)
}

impl Grid<'_> {
    /// Where a trailing stop fires that follows from `anchor` halves.
    pub(crate) fn trail(self, trigger: &Trigger, side: Side, anchor: i64) -> Price {
        let anchor = i128::from(anchor);
        let offset = match (trigger.trail_amount, trigger.trail_bps) {
            (Some(amount), _) => 2 * i128::from(amount.0),
            (None, bps) => {
                (anchor.abs() * i128::from(bps.unwrap_or(0)) / 10_000).max(2 * i128::from(self.ticks.base_tick()))
            }
        };
        let exact = match side {
            Side::Sell => (anchor - offset).div_euclid(2),
            Side::Buy => -(-(anchor + offset)).div_euclid(2),
        };
        self.behind(side, within(exact))
    }

    /// To the grid, away from the market.
    fn behind(self, side: Side, price: Price) -> Price {
        match side {
            Side::Sell => self.ticks.floor(price),
            Side::Buy => self.ticks.ceil(price),
        }
    }

    /// The trigger of a waiting order: its price, a trailing stop's anchor, or the better of both.
    pub(crate) fn trigger_at(self, trigger: &Trigger, side: Side, anchor: Option<i64>) -> Option<Price> {
        let Some(anchor) = anchor.filter(|_| trigger.kind == TriggerKind::TrailingStop) else { return trigger.price };
        let trailed = self.trail(trigger, side, anchor);
        Some(match (trigger.price, side) {
            (None, _) => trailed,
            (Some(price), Side::Sell) => price.max(trailed),
            (Some(price), Side::Buy) => price.min(trailed),
        })
    }
}

/// A price within what prices may be.
pub(crate) fn within(price: i128) -> Price {
    let max = i128::from(PRICE_MAX.0);
    Price(i64::try_from(price.clamp(-max, max)).unwrap_or(0))
}

/// Waiting orders of one source and one direction.
#[derive(Debug)]
pub(crate) struct Slope {
    sign: i64,
    /// Orders at a trigger of their own by (key, order id).
    fixed: BTreeMap<(i64, u64), u32>,
    /// Trailing stops that follow from the next value on, by order id.
    fresh: BTreeMap<u64, u32>,
    /// Trailing stops by (value that activates them, order id).
    idle: BTreeMap<(i64, u64), u32>,
    /// Trailing stops with a step by (value that moves them, order id).
    steps: BTreeMap<(i64, u64), u32>,
    trailing: Buckets,
    /// Orders in all of them.
    pub(crate) count: usize,
    /// Turned values at or below it fire something; at or above `moves_at` something follows. A value between them, as
    /// most are, costs two comparisons.
    fires_at: i64,
    moves_at: i64,
}

image!(Slope {
    sign: i64,
    fixed: BTreeMap<(i64, u64), u32>,
    fresh: BTreeMap<u64, u32>,
    idle: BTreeMap<(i64, u64), u32>,
    steps: BTreeMap<(i64, u64), u32>,
    trailing: Buckets,
    count: usize,
    fires_at: i64,
    moves_at: i64,
});

/// The side of trailing stops on the slope of a sign.
fn trailing_side(sign: i64) -> Side {
    if sign == 1 { Side::Sell } else { Side::Buy }
}

/// The key of a trigger on the slope of a sign.
fn key_of(sign: i64, price: Price, strict: bool) -> i64 {
    sign * 2 * price.0 - i64::from(strict)
}

fn trigger_of(waits: &Waits, order: u32) -> Trigger {
    waits.get(order).trigger.expect("only orders with a trigger stand in a trigger book")
}

fn class_of(trigger: &Trigger) -> usize {
    usize::from(trigger.trail_amount.is_none()) + 2 * usize::from(trigger.strict)
}

/// Where an order of a bucket fires, by its distance from the anchor alone.
fn trailed_key(grid: Grid<'_>, sign: i64) -> impl Fn(&Waits, u32, i64) -> i64 {
    move |waits, order, anchor| {
        let trigger = trigger_of(waits, order);
        key_of(sign, grid.trail(&trigger, trailing_side(sign), sign * anchor), trigger.strict)
    }
}

impl Slope {
    pub(crate) fn new(falls: bool) -> Self {
        Slope {
            sign: if falls { 1 } else { -1 },
            fixed: BTreeMap::new(),
            fresh: BTreeMap::new(),
            idle: BTreeMap::new(),
            steps: BTreeMap::new(),
            trailing: Buckets::default(),
            count: 0,
            fires_at: i64::MIN,
            moves_at: i64::MAX,
        }
    }

    /// Puts a waiting order in. A trailing stop with an anchor goes on from there; another takes `value`, the one its
    /// source has now.
    pub(crate) fn arm(&mut self, waits: &mut Waits, grid: Grid<'_>, order: u32, value: Option<i64>) {
        self.count += 1;
        self.put(waits, grid, order, value);
        self.look_up();
    }

    /// Looks up again which values matter.
    fn look_up(&mut self) {
        let fixed = self.fixed.last_key_value().map(|((key, _), _)| *key);
        self.fires_at = fixed.max(self.trailing.highest_key()).unwrap_or(i64::MIN);
        let steps = self.steps.first_key_value().map(|((at, _), _)| *at);
        let idle = self.idle.first_key_value().map(|((at, _), _)| *at);
        let passed = self.trailing.lowest_anchor().map(|anchor| anchor + 1);
        let fresh = (!self.fresh.is_empty()).then_some(i64::MIN);
        self.moves_at = [steps, idle, passed, fresh].into_iter().flatten().min().unwrap_or(i64::MAX);
    }

    fn put(&mut self, waits: &mut Waits, grid: Grid<'_>, order: u32, value: Option<i64>) {
        let trigger = trigger_of(waits, order);
        if trigger.kind != TriggerKind::TrailingStop {
            waits.get_mut(order).stage = Stage::Fixed;
            return self.fix(waits, order, trigger.price.expect("checked: it has a trigger"));
        }
        let wait = waits.get(order);
        let (order_id, anchor) = (wait.order_id, wait.anchor);
        let activation = trigger.activation_price.map(|price| self.sign * 2 * price.0);
        let reached = |value: i64| activation.is_none_or(|at| self.sign * value >= at);
        if let Some(anchor) = anchor.or(value.filter(|value| reached(*value))) {
            return self.activate(waits, grid, order, anchor);
        }
        waits.get_mut(order).stage = if activation.is_some() { Stage::Idle } else { Stage::Fresh };
        match activation {
            Some(at) => self.idle.insert((at, order_id), order),
            None => self.fresh.insert(order_id, order),
        };
        if let Some(price) = trigger.price {
            self.fix(waits, order, price);
        }
    }

    /// Lets a trailing stop, which stands at its price alone or nowhere, follow from `anchor` halves.
    fn activate(&mut self, waits: &mut Waits, grid: Grid<'_>, order: u32, anchor: i64) {
        let trigger = trigger_of(waits, order);
        if trigger.step.is_some() {
            waits.get_mut(order).stage = Stage::Stepping;
            return self.step_to(waits, grid, order, anchor);
        }
        let wait = waits.get_mut(order);
        wait.stage = Stage::Trailing;
        wait.anchor = None;
        wait.node.key = trigger.trail_amount.map_or_else(|| i64::from(trigger.trail_bps.unwrap_or(0)), |p| p.0);
        if let (Some(price), None) = (trigger.price, wait.fixed) {
            self.fix(waits, order, price);
        }
        let key = trailed_key(grid, self.sign);
        self.trailing.insert(waits, order, (self.sign * anchor, class_of(&trigger)), &key);
    }

    /// Moves a stepping stop to an anchor.
    fn step_to(&mut self, waits: &mut Waits, grid: Grid<'_>, order: u32, anchor: i64) {
        let trigger = trigger_of(waits, order);
        let price = grid.trigger_at(&trigger, trailing_side(self.sign), Some(anchor));
        self.unfix(waits, order);
        waits.get_mut(order).anchor = Some(anchor);
        self.fix(waits, order, price.expect("an active trailing stop has a trigger"));
        let order_id = waits.get(order).order_id;
        self.steps.insert((self.next_step(&trigger, anchor), order_id), order);
    }

    /// The value that moves a stepping stop on from an anchor in halves.
    fn next_step(&self, trigger: &Trigger, anchor: i64) -> i64 {
        self.sign * anchor + 2 * trigger.step.map_or(0, |step| step.0)
    }

    fn fix(&mut self, waits: &mut Waits, order: u32, price: Price) {
        let key = key_of(self.sign, price, trigger_of(waits, order).strict);
        let wait = waits.get_mut(order);
        wait.fixed = Some(key);
        self.fixed.insert((key, wait.order_id), order);
    }

    fn unfix(&mut self, waits: &mut Waits, order: u32) {
        let wait = waits.get_mut(order);
        if let Some(key) = wait.fixed.take() {
            self.fixed.remove(&(key, wait.order_id));
        }
    }

    /// Takes a waiting order out; it keeps the anchor it has reached.
    pub(crate) fn disarm(&mut self, waits: &mut Waits, grid: Grid<'_>, order: u32) {
        self.count -= 1;
        self.unfix(waits, order);
        let trigger = trigger_of(waits, order);
        let wait = waits.get_mut(order);
        let order_id = wait.order_id;
        match core::mem::replace(&mut wait.stage, Stage::Out) {
            Stage::Out | Stage::Fixed => {}
            Stage::Fresh => {
                self.fresh.remove(&order_id);
            }
            Stage::Idle => {
                let at = trigger.activation_price.map_or(0, |price| self.sign * 2 * price.0);
                self.idle.remove(&(at, order_id));
            }
            Stage::Stepping => {
                let anchor = wait.anchor.expect("a stepping stop has an anchor");
                self.steps.remove(&(self.next_step(&trigger, anchor), order_id));
            }
            Stage::Trailing => {
                let key = trailed_key(grid, self.sign);
                let anchor = self.trailing.remove(waits, order, class_of(&trigger), &key);
                waits.get_mut(order).anchor = Some(self.sign * anchor);
            }
        }
        self.look_up();
    }

    /// The anchor of an active trailing stop, in halves.
    pub(crate) fn anchor(&self, waits: &Waits, order: u32) -> Option<i64> {
        let wait = waits.get(order);
        if wait.stage == Stage::Trailing { Some(self.sign * self.trailing.anchor(wait.set)) } else { wait.anchor }
    }

    /// Lets every trailing stop see a value, in halves.
    pub(crate) fn follow(&mut self, waits: &mut Waits, grid: Grid<'_>, value: i64) {
        let turned = self.sign * value;
        if turned < self.moves_at {
            return;
        }
        if !self.trailing.is_empty() {
            let key = trailed_key(grid, self.sign);
            self.trailing.raise(waits, turned, &key);
        }
        while let Some((at, order)) = self.steps.first_key_value().map(|(at, order)| (*at, *order))
            && at.0 <= turned
        {
            self.steps.remove(&at);
            self.step_to(waits, grid, order, value);
        }
        while let Some((_, order)) = self.fresh.pop_first() {
            self.activate(waits, grid, order, value);
        }
        while let Some((at, order)) = self.idle.first_key_value().map(|(at, order)| (*at, *order))
            && at.0 <= turned
        {
            self.idle.remove(&at);
            self.activate(waits, grid, order, value);
        }
        self.look_up();
    }

    /// Adds every order whose trigger a value crosses; one may be added twice.
    pub(crate) fn crossed(&self, waits: &Waits, grid: Grid<'_>, value: i64, found: &mut Vec<u32>) {
        let turned = self.sign * value;
        if turned > self.fires_at {
            return;
        }
        found.extend(self.fixed.range((turned, 0)..).map(|(_, order)| *order));
        if !self.trailing.is_empty() {
            self.trailing.crossed(waits, turned, &trailed_key(grid, self.sign), found);
        }
    }

    /// Checks the structure: every order is exactly once where its stage says.
    ///
    /// # Panics
    /// Where one is not.
    pub(crate) fn check(&self, waits: &Waits, grid: Grid<'_>) {
        for (at, order) in &self.fixed {
            let wait = waits.get(*order);
            assert_eq!((wait.fixed, wait.order_id), (Some(at.0), at.1), "INV-9: not where its trigger is: {at:?}");
        }
        let alone = |stage| self.fixed.values().filter(|order| waits.get(**order).stage == stage).count();
        let stages = [
            (Stage::Fixed, alone(Stage::Fixed)),
            (Stage::Fresh, self.fresh.len()),
            (Stage::Idle, self.idle.len()),
            (Stage::Stepping, self.steps.len()),
            (Stage::Trailing, self.trailing.check(waits, &trailed_key(grid, self.sign))),
        ];
        let listed = self.fresh.values().chain(self.idle.values()).chain(self.steps.values());
        for order in listed.chain(self.fixed.values()) {
            assert_ne!(waits.get(*order).stage, Stage::Out, "INV-9: waits nowhere and somewhere: {order}");
        }
        assert_eq!(alone(Stage::Stepping), self.steps.len(), "INV-9: a stepping stop without its trigger");
        let (fires_at, moves_at) = (self.fires_at, self.moves_at);
        let highest = self.fixed.keys().map(|(key, _)| *key).chain(self.trailing.highest_key()).max();
        assert_eq!(highest.unwrap_or(i64::MIN), fires_at, "INV-9: fires elsewhere than it says, moves_at={moves_at}");
        let sum: usize = stages.iter().map(|(_, count)| count).sum();
        assert_eq!(sum, self.count, "INV-9: a slope holds orders that do not wait there: {stages:?}");
    }
}
