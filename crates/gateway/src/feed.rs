//! The three channels of one instrument, for as long as somebody listens (rule G-72).
//!
//! 1. A feed begins with the book as it is and follows the events from there, so it costs nothing while nobody listens.
//! 2. A subscriber is a number, that of the next message it has not had. It lags without costing memory.

use std::sync::{Arc, Weak};

use marketdata::feed::Update;
use marketdata::publisher::Publisher;
use model::{Event, EventKind, Events, InstrumentId, OrderPosted, Stamp, TradingState};

use crate::channel::{Picture, Ring};
use crate::host::Token;
use crate::market;

/// Gets each listener, the depth of its channel, and a message with its number.
pub(crate) type Tell<'a> = dyn FnMut(Token, wire::Depth, (u64, &[u8])) + 'a;

/// One depth of a feed.
#[derive(Debug)]
pub(crate) struct Channel {
    /// Its messages.
    pub(crate) ring: Ring,
    /// Who listens.
    pub(crate) listeners: Vec<Token>,
}

/// The channels of one instrument.
#[derive(Debug)]
pub(crate) struct Feed {
    instrument: InstrumentId,
    publisher: Publisher,
    pub(crate) epoch: u32,
    channels: [Channel; 3],
    /// Events of this instrument in the command at hand.
    events: Vec<Event>,
    updates: Vec<Update>,
    scratch: Vec<u8>,
}

impl Feed {
    /// Begins with the book as it is: displayed orders in priority order, and the trading state.
    pub(crate) fn new(
        instrument: InstrumentId,
        epoch: u32,
        state: TradingState,
        orders: &[OrderPosted],
        bytes_max: usize,
    ) -> Self {
        let mut events = Events::new();
        events.begin(Stamp::default());
        events.push(EventKind::InstrumentListed { instrument, symbol: model::Symbol::BLANK });
        events.push(EventKind::StateChanged { instrument, from: state, to: state });
        for order in orders {
            events.push(EventKind::OrderPosted(*order));
        }
        let channel = || Channel { ring: Ring::new(bytes_max), listeners: Vec::new() };
        let mut feed = Self {
            instrument,
            publisher: Publisher::new(epoch),
            epoch,
            channels: [channel(), channel(), channel()],
            events: events.as_slice().to_vec(),
            updates: Vec::new(),
            scratch: Vec::new(),
        };
        feed.publish(&mut |_, _, _| {});
        feed
    }

    /// One depth.
    pub(crate) fn channel(&mut self, depth: wire::Depth) -> &mut Channel {
        &mut self.channels[market::index(depth)]
    }

    /// Whether nobody listens any more.
    pub(crate) fn is_idle(&self) -> bool {
        self.channels.iter().all(|channel| channel.listeners.is_empty())
    }

    /// Keeps an event for [`Feed::publish`].
    pub(crate) fn note(&mut self, event: &Event) {
        self.events.push(*event);
    }

    /// Publishes what the noted events of one command mean: whoever listens is told.
    pub(crate) fn publish(&mut self, tell: &mut Tell<'_>) {
        if self.events.is_empty() {
            return;
        }
        self.publisher.absorb(&self.events, &mut self.updates);
        self.events.clear();
        for update in self.updates.drain(..) {
            self.scratch.clear();
            let written = market::message(&update).encode(0, update.seq, &mut self.scratch);
            debug_assert!(written.is_ok(), "market data can be written: {written:?}");
            let depth = market::depth(update.depth);
            let channel = &mut self.channels[market::index(depth)];
            channel.ring.push(&self.scratch);
            for token in &channel.listeners {
                tell(*token, depth, (update.seq, &self.scratch));
            }
        }
    }

    /// The book at a depth as it is, encoded once for everybody who needs it now. `None` where `room` is too little.
    pub(crate) fn picture(&mut self, depth: wire::Depth, pictures: &mut Pictures) -> Option<Arc<Picture>> {
        let ring = &mut self.channels[market::index(depth)].ring;
        if let Some(picture) = ring.picture() {
            return Some(picture);
        }
        if !pictures.has_room() {
            return None;
        }
        let picture = Arc::new(match depth {
            wire::Depth::L1 => market::top(&self.publisher.l1(self.instrument)?),
            wire::Depth::L2 => market::levels(&self.publisher.l2(self.instrument)?),
            wire::Depth::L3 => market::orders(&self.publisher.l3(self.instrument)?),
        });
        ring.keep(&picture);
        pictures.add(&picture);
        Some(picture)
    }
}

/// All pictures that somebody still needs, within a bound of bytes.
#[derive(Debug)]
pub(crate) struct Pictures {
    alive: Vec<Weak<Picture>>,
    bytes_max: usize,
}

impl Pictures {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { alive: Vec::new(), bytes_max }
    }

    fn has_room(&mut self) -> bool {
        self.alive.retain(|picture| picture.strong_count() > 0);
        self.bytes() < self.bytes_max
    }

    fn add(&mut self, picture: &Arc<Picture>) {
        self.alive.push(Arc::downgrade(picture));
    }

    /// Bytes of all pictures.
    pub(crate) fn bytes(&self) -> usize {
        self.alive.iter().filter_map(Weak::upgrade).map(|picture| picture.bytes()).sum()
    }
}

/// The instrument whose public book an event concerns.
pub(crate) fn instrument_of(kind: &EventKind) -> Option<InstrumentId> {
    match kind {
        EventKind::OrderPosted(it) | EventKind::OrderRefreshed(it) => Some(it.instrument),
        EventKind::OrderReplaced(it) => Some(it.instrument),
        EventKind::OrderCanceled(it) | EventKind::OrderExpired(it) => Some(it.instrument),
        EventKind::Trade(it) => Some(it.instrument),
        EventKind::TradePrevented(it) => Some(it.instrument),
        EventKind::OrderRestated { instrument, .. }
        | EventKind::OrderParked { instrument, .. }
        | EventKind::StateChanged { instrument, .. }
        | EventKind::IndicativePrice { instrument, .. }
        | EventKind::Uncrossed { instrument, .. } => Some(*instrument),
        EventKind::AssetAdded { .. }
        | EventKind::InstrumentListed { .. }
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
        | EventKind::TimePassed
        | EventKind::OrderSuspended(_)
        | EventKind::OrderTriggered(_)
        | EventKind::TriggerRejected(_)
        | EventKind::OrderReleased(_)
        | EventKind::GroupAccepted(_)
        | EventKind::GroupRejected(_)
        | EventKind::Guard(_)
        | EventKind::Breaker(_)
        | EventKind::Outcome(_) => None,
    }
}
