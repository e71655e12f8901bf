//! Orders that wait for a trigger: how they come in, are armed, fire and stop waiting (rules ).

use book::Slot;
use model::image;
use model::{
    EventKind, Events, NewOrder, NewStop, OrderId, OrderSuspended, OrderTriggered, Price, Side, Trigger, TriggerSource,
};

use crate::admit::Terms;
use crate::clients::{Key, NO_ENTRY, Outcome};
use crate::groups;
use crate::guard::Likeness;
use crate::market::Market;
use crate::place::{is_settled, open_order, refuse, set_expiry};
use crate::record::{NO_LIMIT, Place};
use crate::request;
use crate::shared::{Reject, Shared};
use crate::slope::is_crossed;
use crate::stop_checks;
use crate::trigger_book::Crossed;
use crate::waits::Wait;

/// An order whose trigger fired, on its way to work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fired {
    pub(crate) order_id: u64,
    pub(crate) slot: Slot,
    /// The trigger it fired at.
    pub(crate) price: Price,
}

image!(Fired { order_id: u64, slot: u32, price: Price });

/// Handles a new order that waits for its trigger.
pub(crate) fn new_stop(shared: &mut Shared, markets: &mut [Market], stop: &NewStop, out: &mut Events) {
    let order = &stop.order;
    let content = request::new_stop(stop);
    let key = Key::of(order.account, &order.cl_ord_id);
    let listed = markets.len();
    if is_settled(shared, order, (&key, content), listed, out) {
        return;
    }
    shared.forget_duplicates(order.account);
    let Some(market) = markets.get_mut(order.instrument.0 as usize) else {
        let unknown = Reject::plain(model::RejectReason::UnknownInstrument);
        return refuse(shared, order, (&key, content), listed, unknown, out);
    };
    let mut terms = Terms::default();
    if let Err(rejected) = stop_checks::check(shared, market, stop, &mut terms) {
        return refuse(shared, order, (&key, content), listed, rejected, out);
    }
    let outcome = Outcome::Accepted(OrderId(shared.next_order));
    let client = shared.clients.remember(&key, content, outcome, NO_ENTRY);
    let slot = open_order(shared, market, order, &terms, client, out);
    shared.remember_duplicate(order.account, || Likeness::of(order, Some((stop.trigger.kind, stop.trigger.price))));
    shared.accounts.reserve(order.account, market.paid_in(order.side), terms.reserve);
    wait(shared, market, slot, (order, Some(stop.trigger)), Place::Suspended);
    suspend(shared, market, slot, out);
    fire_if_crossed(shared, market, slot, out);
}

/// An order that has just come into being waits: for its trigger, or held for the entry of its group.
pub(crate) fn wait(
    shared: &mut Shared,
    market: &mut Market,
    slot: Slot,
    (order, trigger): (&NewOrder, Option<Trigger>),
    place: Place,
) {
    let order_id = shared.arena.order_id(slot);
    shared.enlist(slot);
    set_expiry(shared, order_id, order.tif);
    let protection = order.protection_price.map_or(NO_LIMIT, |price| market.ticks(price));
    shared.waits.insert(market.id, Wait::new(order_id, slot, trigger, order.display, protection));
    shared.expose_from(market, slot, |record| record.set_place(place));
    market.triggers.waiting += 1;
}

/// Arms an order that is not armed yet and says so. A trailing stop sees the value its source has now.
pub(crate) fn suspend(shared: &mut Shared, market: &mut Market, slot: Slot, out: &mut Events) {
    let (_, trigger) = shared.trigger(slot);
    let value = stop_checks::value_now(market, &trigger);
    arm(shared, market, slot, value, out);
}

/// Arms an order again that could not work: as it was.
pub(crate) fn rearm(shared: &mut Shared, market: &mut Market, slot: Slot, out: &mut Events) {
    arm(shared, market, slot, None, out);
}

fn arm(shared: &mut Shared, market: &mut Market, slot: Slot, value: Option<i64>, out: &mut Events) {
    let (number, trigger) = shared.trigger(slot);
    let record = shared.records.get_mut(slot);
    record.set_place(Place::Suspended);
    let (account, side) = (record.account, record.side());
    market.arm(shared, (number, side), value);
    shared.note(market);
    out.push(EventKind::OrderSuspended(OrderSuspended {
        order_id: OrderId(shared.arena.order_id(slot)),
        account,
        instrument: market.id,
        kind: Some(trigger.kind),
        source: trigger.source,
        trigger_price: shared.trigger_price(market, slot),
    }));
}

/// Gives a waiting order another fixed trigger.
pub(crate) fn move_trigger(shared: &mut Shared, market: &mut Market, slot: Slot, price: Price) {
    let (number, mut trigger) = shared.trigger(slot);
    let record = shared.records.get(slot);
    let (armed, side) = (record.place() == Place::Suspended, record.side());
    trigger.price = Some(price);
    if armed {
        market.disarm(shared, (number, side));
    }
    shared.waits.get_mut(number).trigger = Some(trigger);
    if armed {
        market.arm(shared, (number, side), None);
        shared.note(market);
    }
}

/// Fires an order that has just been armed where the value now crosses its trigger already.
pub(crate) fn fire_if_crossed(shared: &mut Shared, market: &mut Market, slot: Slot, out: &mut Events) {
    if shared.records.get(slot).place() != Place::Suspended {
        return;
    }
    let (number, trigger) = shared.trigger(slot);
    let side = shared.records.get(slot).side();
    let source = market.source_used(trigger.source, trigger.fall_back);
    let (Some(value), Some(price)) = (market.value(source), shared.trigger_price(market, slot)) else { return };
    let may_fire = market.state.triggers() && shared.fired < shared.limits.triggers_max;
    if may_fire && is_crossed(&trigger, side, price, value) {
        fire(shared, market, (number, price), (source, value), out);
    }
}

/// An order's trigger fires: it leaves the trigger book and joins the line to work.
fn fire(
    shared: &mut Shared,
    market: &mut Market,
    (number, price): (u32, Price),
    (source, value): (TriggerSource, i64),
    out: &mut Events,
) {
    let slot = shared.waits.get(number).slot;
    let record = shared.records.get_mut(slot);
    record.set_place(Place::Triggered);
    let (account, side) = (record.account, record.side());
    market.disarm(shared, (number, side));
    let order_id = shared.arena.order_id(slot);
    shared.triggered.push_back(Fired { order_id, slot, price });
    shared.fired += 1;
    if shared.fired >= shared.limits.triggers_max {
        shared.cascade = Some(market.id.0);
    }
    out.push(EventKind::OrderTriggered(OrderTriggered {
        order_id: OrderId(order_id),
        account,
        instrument: market.id,
        source,
        trigger_price: price,
        observed_halves: value,
    }));
    if shared.records.get(slot).is_grouped() {
        groups::fired(shared, market, slot, out);
    }
}

/// Lets all that waits for a source see a value, in halves, and fires what it crosses, as many as may.
pub(crate) fn observe(shared: &mut Shared, market: &mut Market, source: TriggerSource, value: i64, out: &mut Events) {
    let stale = market.stale();
    if !market.triggers.watches(source, stale) {
        return;
    }
    for Crossed { order_id, order, price, .. } in market.see(shared, (source, stale), value) {
        if shared.fired >= shared.limits.triggers_max {
            return;
        }
        // An earlier one may have ended this one.
        let found = shared.index.get(order_id);
        if found.is_some_and(|slot| shared.records.get(slot).place() == Place::Suspended) {
            fire(shared, market, (order, price), (source, value), out);
        }
    }
}

impl Market {
    fn arm(&mut self, shared: &mut Shared, order: (u32, Side), value: Option<i64>) {
        let Market { triggers, def, .. } = self;
        let grid = crate::slope::Grid { ticks: &def.ticks };
        triggers.arm(&mut shared.waits, grid, order, value);
    }

    fn disarm(&mut self, shared: &mut Shared, order: (u32, Side)) {
        let Market { triggers, def, .. } = self;
        let grid = crate::slope::Grid { ticks: &def.ticks };
        triggers.disarm(&mut shared.waits, grid, order);
    }

    /// Takes an armed order out of the trigger book, to be put up again.
    pub(crate) fn take_down(&mut self, shared: &mut Shared, slot: Slot) {
        let (number, side) = (shared.trigger(slot).0, shared.records.get(slot).side());
        self.disarm(shared, (number, side));
    }

    /// Puts an order up again as it was.
    pub(crate) fn put_up(&mut self, shared: &mut Shared, slot: Slot) {
        let (number, side) = (shared.trigger(slot).0, shared.records.get(slot).side());
        self.arm(shared, (number, side), None);
    }

    fn see(&mut self, shared: &mut Shared, feed: (TriggerSource, [bool; 2]), value: i64) -> Vec<Crossed> {
        let Market { triggers, def, .. } = self;
        let grid = crate::slope::Grid { ticks: &def.ticks };
        let Shared { waits, records, .. } = shared;
        triggers.observe(waits, grid, feed, value, |waits, order| records.get(waits.get(order).slot).side())
    }
}

impl Shared {
    /// The number of a waiting order among the waits, and its trigger.
    fn trigger(&self, slot: Slot) -> (u32, Trigger) {
        let number = self.waits.find(slot).expect("a waiting order has its wait");
        (number, self.waits.get(number).trigger.expect("only orders with a trigger are armed"))
    }

    /// What is known of a waiting order beside its record.
    pub(crate) fn wait_of(&self, slot: Slot) -> &Wait {
        self.waits.get(self.waits.find(slot).expect("a waiting order has its wait"))
    }

    pub(crate) fn wait_of_mut(&mut self, slot: Slot) -> &mut Wait {
        self.waits.get_mut(self.waits.find(slot).expect("a waiting order has its wait"))
    }

    /// The anchor of a trailing stop that waits for its trigger, in halves, once it is active.
    pub(crate) fn anchor(&self, market: &Market, slot: Slot) -> Option<i64> {
        let number = self.waits.find(slot)?;
        market.triggers.anchor(&self.waits, (number, self.records.get(slot).side()))
    }

    /// The trigger of a waiting order, where it has one by now; of a held order its price.
    pub(crate) fn trigger_price(&self, market: &Market, slot: Slot) -> Option<Price> {
        let trigger = self.waits.get(self.waits.find(slot)?).trigger?;
        market.grid().trigger_at(&trigger, self.records.get(slot).side(), self.anchor(market, slot))
    }

    /// A waiting order waits no more: it goes to work or ends. What was kept for it beside its record is given.
    pub(crate) fn stop_waiting(&mut self, market: &mut Market, slot: Slot) -> Wait {
        let number = self.waits.find(slot).expect("a waiting order has its wait");
        let record = self.records.get_mut(slot);
        let (place, side) = (record.place(), record.side());
        self.expose_from(market, slot, |record| record.set_place(Place::Incoming));
        if place == Place::Suspended {
            market.disarm(self, (number, side));
        }
        market.triggers.waiting -= 1;
        self.waits.remove(market.id, number)
    }
}
