//! Turns the engine's events into the public channels of every instrument.
//!
//! 1. After each command, the L2 view is the sum of the L3 view, and L1 its best levels (INV-8).
//! 2. A channel's view is what its messages add up to, because the publisher applies each message itself.
//! 3. An order is remembered while it is displayed, so memory is bounded by the displayed book.
//! 4. Within a command, L3 tells each change; L2 and L1 tell the net change once, after it.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    Event, EventKind, InstrumentId, OrderId, OrderPosted, Price, PublicId, Qty, Side, Trade, TradeLeg, TradingState,
};

use crate::channel::Channel;
use crate::feed::{Body, Delta, Indication, LevelChange, OrderChange, Print, Update};
use crate::l1::Top;
use crate::l2::Levels;
use crate::l3::{Orders, ShownOrder};
use crate::level::Level;
use crate::replica::Snapshot;

/// The three channels of one instrument.
#[derive(Debug, Clone)]
struct Channels {
    l1: Channel<Top>,
    l2: Channel<Levels>,
    l3: Channel<Orders>,
    /// Levels that the command in progress touched.
    touched: BTreeSet<(Side, Price)>,
}

impl Channels {
    fn new(instrument: InstrumentId, epoch: u32) -> Self {
        Self {
            l1: Channel::new(instrument, epoch),
            l2: Channel::new(instrument, epoch),
            l3: Channel::new(instrument, epoch),
            touched: BTreeSet::new(),
        }
    }

    fn publish_all(&mut self, ts_ns: i64, body: Body, out: &mut Vec<Update>) {
        self.l1.publish(ts_ns, body, out);
        self.l2.publish(ts_ns, body, out);
        self.l3.publish(ts_ns, body, out);
    }

    fn change(&mut self, ts_ns: i64, level: (Side, Price), change: OrderChange, out: &mut Vec<Update>) {
        self.l3.publish(ts_ns, Body::Book(Delta::Order(change)), out);
        self.touched.insert(level);
    }

    /// Publishes the net change of the command on L2 and L1.
    fn flush(&mut self, ts_ns: i64, out: &mut Vec<Update>) {
        for (side, price) in std::mem::take(&mut self.touched) {
            let is_now = self.l3.view().levels().at(side, price);
            if is_now != self.l2.view().at(side, price) {
                let level = is_now.unwrap_or(Level::uncounted(price, Qty(0)));
                self.l2.publish(ts_ns, Body::Book(Delta::Level(LevelChange { side, level })), out);
            }
        }
        let top = self.l2.view().top();
        if top != *self.l1.view() {
            self.l1.publish(ts_ns, Body::Book(Delta::Top(top)), out);
        }
    }
}

/// Derives the public channels from events. Everything it holds can be rebuilt from the events.
#[derive(Debug, Clone)]
pub struct Publisher {
    epoch: u32,
    instruments: BTreeMap<InstrumentId, Channels>,
    /// The displayed orders: what they are called in public, and where.
    shown: BTreeMap<OrderId, (InstrumentId, PublicId)>,
    /// Instruments that the command in progress touched.
    touched: BTreeSet<InstrumentId>,
}

impl Publisher {
    /// Starts a run. Two runs of one venue never share an `epoch`.
    #[must_use]
    pub fn new(epoch: u32) -> Self {
        Self { epoch, instruments: BTreeMap::new(), shown: BTreeMap::new(), touched: BTreeSet::new() }
    }

    /// Absorbs the events of one or more whole commands and appends what the public sees of them to `out`.
    ///
    /// # Panics
    /// Where the events contradict each other, such as two orders with one public id.
    pub fn absorb(&mut self, events: &[Event], out: &mut Vec<Update>) {
        for command in events.chunk_by(|a, b| a.stamp == b.stamp) {
            for event in command {
                self.absorb_event(event, out);
            }
            for instrument in std::mem::take(&mut self.touched) {
                if let (Some(last), Some(channels)) = (command.last(), self.instruments.get_mut(&instrument)) {
                    channels.flush(last.stamp.ts_ns, out);
                }
            }
        }
        debug_assert_eq!(self.shown.len(), self.orders_shown(), "an order is known while it is displayed, no longer");
    }

    /// The L1 state of an instrument that has been listed or has had an event.
    #[must_use]
    pub fn l1(&self, instrument: InstrumentId) -> Option<Snapshot<Top>> {
        self.instruments.get(&instrument).map(|channels| channels.l1.snapshot())
    }

    /// The L2 state of an instrument.
    #[must_use]
    pub fn l2(&self, instrument: InstrumentId) -> Option<Snapshot<Levels>> {
        self.instruments.get(&instrument).map(|channels| channels.l2.snapshot())
    }

    /// The L3 state of an instrument.
    #[must_use]
    pub fn l3(&self, instrument: InstrumentId) -> Option<Snapshot<Orders>> {
        self.instruments.get(&instrument).map(|channels| channels.l3.snapshot())
    }

    /// The displayed levels of an instrument, without a copy.
    #[must_use]
    pub fn levels(&self, instrument: InstrumentId) -> Option<&Levels> {
        self.instruments.get(&instrument).map(|channels| channels.l2.view())
    }

    fn orders_shown(&self) -> usize {
        self.instruments.values().map(|channels| channels.l3.view().len()).sum()
    }

    fn absorb_event(&mut self, event: &Event, out: &mut Vec<Update>) {
        let ts_ns = event.stamp.ts_ns;
        match &event.kind {
            EventKind::InstrumentListed { instrument, .. } => {
                self.channels(*instrument);
            }
            EventKind::OrderPosted(posted) | EventKind::OrderRefreshed(posted) => self.post(ts_ns, posted, out),
            EventKind::OrderReplaced(replaced) if replaced.priority_kept => {
                self.resize(ts_ns, replaced.order_id, replaced.displayed_qty, out);
            }
            EventKind::OrderReplaced(replaced) => self.resize(ts_ns, replaced.order_id, Qty(0), out),
            EventKind::OrderRestated { order_id, displayed_qty, .. } => {
                self.resize(ts_ns, *order_id, *displayed_qty, out);
            }
            EventKind::OrderParked { order_id, .. } => self.resize(ts_ns, *order_id, Qty(0), out),
            EventKind::OrderCanceled(ended) | EventKind::OrderExpired(ended) => {
                self.resize(ts_ns, ended.order_id, Qty(0), out);
            }
            EventKind::Trade(trade) => self.trade(ts_ns, trade, out),
            EventKind::TradePrevented(prevented) => {
                self.resize(ts_ns, prevented.maker_order_id, prevented.maker_displayed_qty, out);
            }
            // It leaves its queue; a posting follows where it may rest again.
            EventKind::OrderReleased(released) => self.resize(ts_ns, released.order_id, Qty(0), out),
            EventKind::StateChanged { instrument, from: _, to } => self.state(ts_ns, *instrument, *to, out),
            EventKind::IndicativePrice { instrument, price, volume, imbalance } => {
                let indication = Indication { price: *price, volume: *volume, imbalance: *imbalance };
                self.channels(*instrument).publish_all(ts_ns, Body::Indicative(indication), out);
            }
            EventKind::Uncrossed { instrument, price, volume, imbalance } => {
                let indication = Indication { price: *price, volume: *volume, imbalance: *imbalance };
                self.channels(*instrument).publish_all(ts_ns, Body::Uncrossed(indication), out);
            }
            // What is between an account and the venue is not public.
            EventKind::AssetAdded { .. }
            | EventKind::AccountAdded { .. }
            | EventKind::FeesSet { .. }
            | EventKind::AccountFeesSet { .. }
            | EventKind::TradeAmended { .. }
            | EventKind::TicksSet { .. }
            | EventKind::Deposited { .. }
            | EventKind::Withdrawn { .. }
            | EventKind::OrderAccepted(_)
            | EventKind::OrderRejected(_)
            | EventKind::AmendRejected(_)
            | EventKind::CancelRejected { .. }
            | EventKind::CommandRejected { .. }
            | EventKind::Repeated { .. }
            | EventKind::MassCanceled { .. }
            | EventKind::OrderSuspended(_)
            | EventKind::OrderTriggered(_)
            | EventKind::TriggerRejected(_)
            | EventKind::GroupAccepted(_)
            | EventKind::GroupRejected(_)
            | EventKind::Guard(_)
            | EventKind::Breaker(_)
            | EventKind::Outcome(_)
            | EventKind::TimePassed => {}
        }
    }

    fn channels(&mut self, instrument: InstrumentId) -> &mut Channels {
        let epoch = self.epoch;
        self.instruments.entry(instrument).or_insert_with(|| Channels::new(instrument, epoch))
    }

    fn state(&mut self, ts_ns: i64, instrument: InstrumentId, to: TradingState, out: &mut Vec<Update>) {
        self.channels(instrument).publish_all(ts_ns, Body::State(to), out);
    }

    /// An order, or its tip, joined a queue: under a new public id, whatever it was called before.
    fn post(&mut self, ts_ns: i64, posted: &OrderPosted, out: &mut Vec<Update>) {
        let OrderPosted { order_id, instrument, side, price, public_id, displayed_qty: qty } = *posted;
        self.resize(ts_ns, order_id, Qty(0), out);
        if public_id == PublicId(0) || qty <= Qty(0) {
            return;
        }
        self.shown.insert(order_id, (instrument, public_id));
        self.touched.insert(instrument);
        let added = OrderChange::Added { public_id, side, price, qty };
        self.channels(instrument).change(ts_ns, (side, price), added, out);
    }

    /// An order shows `qty` from now on, nothing where that is 0 or below. Orders that show nothing are not known here, and stay so.
    fn resize(&mut self, ts_ns: i64, order_id: OrderId, qty: Qty, out: &mut Vec<Update>) {
        let Some((instrument, order)) = self.find(order_id) else { return };
        let ShownOrder { public_id, side, price, .. } = order;
        let change = if qty > Qty(0) {
            OrderChange::Reduced { public_id, qty }
        } else {
            self.shown.remove(&order_id);
            OrderChange::Deleted { public_id }
        };
        if qty != order.qty {
            self.touched.insert(instrument);
            self.channels(instrument).change(ts_ns, (side, price), change, out);
        }
    }

    fn find(&self, order_id: OrderId) -> Option<(InstrumentId, ShownOrder)> {
        let (instrument, public_id) = *self.shown.get(&order_id)?;
        let order = self.instruments.get(&instrument)?.l3.view().get(public_id)?;
        Some((instrument, order))
    }

    /// A print, then what it takes off the displayed orders. What an auction takes from a reserve shows in the print
    /// only; a tip that is refilled follows as `OrderRefreshed`.
    fn trade(&mut self, ts_ns: i64, trade: &Trade, out: &mut Vec<Update>) {
        let maker = trade.aggressor.and_then(|_| self.find(trade.maker().order_id));
        let print = Print {
            trade_id: trade.trade_id,
            price: trade.price,
            qty: trade.qty,
            aggressor: trade.aggressor,
            maker: maker.map_or(PublicId(0), |(_, order)| order.public_id),
        };
        self.channels(trade.instrument).publish_all(ts_ns, Body::Traded(print), out);
        for TradeLeg { order_id, .. } in [&trade.buy, &trade.sell] {
            if let Some((_, order)) = self.find(*order_id) {
                self.resize(ts_ns, *order_id, Qty(order.qty.0 - trade.qty.0), out);
            }
        }
    }
}
