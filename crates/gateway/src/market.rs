//! Market data as messages: updates of a channel, and pictures of a book in parts.

use marketdata::feed::{Body, Delta, Depth, LevelChange, OrderChange, Update};
use marketdata::l1::Top;
use marketdata::l2::Levels;
use marketdata::l3::Orders;
use marketdata::level::Level;
use marketdata::replica::{Snapshot, Status};
use model::{InstrumentId, PublicId, Qty, Side};
use wire::{BookEntry, BookLevel, Channel, Message, OrderAction, OrderBookSnapshot};

use crate::channel::Picture;
use crate::limits::SNAPSHOT_PART_MAX;

/// A depth as the wire names it.
pub(crate) fn depth(depth: Depth) -> wire::Depth {
    match depth {
        Depth::L1 => wire::Depth::L1,
        Depth::L2 => wire::Depth::L2,
        Depth::L3 => wire::Depth::L3,
    }
}

/// Which of three channels a depth is.
pub(crate) fn index(depth: wire::Depth) -> usize {
    match depth {
        wire::Depth::L1 => 0,
        wire::Depth::L2 => 1,
        wire::Depth::L3 => 2,
    }
}

/// An update as a message; its number is the header's.
pub(crate) fn message(update: &Update) -> Message {
    let channel = Channel {
        instrument: update.instrument,
        depth: depth(update.depth),
        epoch: update.epoch,
        prev_seq: update.prev_seq,
        ts_ns: update.ts_ns,
    };
    match update.body {
        Body::Book(Delta::Top(Top { bid, ask })) => {
            Message::TopOfBook(wire::TopOfBook { channel, bid: bid.map(level), ask: ask.map(level) })
        }
        Body::Book(Delta::Level(LevelChange { side, level: changed })) => {
            Message::BookDelta(wire::BookDelta { channel, side, level: level(changed) })
        }
        Body::Book(Delta::Order(change)) => Message::OrderDelta(order_delta(channel, change)),
        Body::Traded(print) => Message::Trade(wire::Trade {
            channel,
            trade_id: print.trade_id,
            price: print.price,
            qty: print.qty,
            aggressor: print.aggressor,
            maker: print.maker,
        }),
        Body::State(state) => Message::InstrumentStatus(wire::InstrumentStatus { channel, state }),
        Body::Indicative(it) => {
            Message::AuctionInfo(wire::AuctionInfo { channel, uncrossed: false, indication: indication(it) })
        }
        Body::Uncrossed(it) => {
            Message::AuctionInfo(wire::AuctionInfo { channel, uncrossed: true, indication: indication(it) })
        }
        Body::Checksum(crc) => Message::BookChecksum(wire::BookChecksum { channel, crc }),
    }
}

fn order_delta(channel: Channel, change: OrderChange) -> wire::OrderDelta {
    match change {
        OrderChange::Added { public_id, side, price, qty } => wire::OrderDelta {
            channel,
            action: OrderAction::Added,
            public_id,
            side: Some(side),
            price: Some(price),
            qty,
        },
        OrderChange::Reduced { public_id, qty } => {
            wire::OrderDelta { channel, action: OrderAction::Reduced, public_id, side: None, price: None, qty }
        }
        OrderChange::Deleted { public_id } => {
            wire::OrderDelta { channel, action: OrderAction::Deleted, public_id, side: None, price: None, qty: Qty(0) }
        }
    }
}

fn level(level: Level) -> BookLevel {
    BookLevel { price: level.price, qty: level.qty, orders: level.order_count }
}

fn indication(it: marketdata::feed::Indication) -> wire::Indication {
    wire::Indication { price: it.price, volume: it.volume, imbalance: it.imbalance }
}

fn entry(side: Side, level: Level) -> BookEntry {
    BookEntry { public_id: PublicId(0), side, price: level.price, qty: level.qty, orders: level.order_count }
}

/// The book of an L1 channel.
pub(crate) fn top(snapshot: &Snapshot<Top>) -> Picture {
    let bid = snapshot.view.bid.into_iter().map(|level| entry(Side::Buy, level));
    let entries: Vec<_> = bid.chain(snapshot.view.ask.into_iter().map(|level| entry(Side::Sell, level))).collect();
    picture(Front::of(snapshot, wire::Depth::L1), &entries)
}

/// The book of an L2 channel.
pub(crate) fn levels(snapshot: &Snapshot<Levels>) -> Picture {
    let of = |side| snapshot.view.side(side).map(move |level| entry(side, level));
    let entries: Vec<_> = of(Side::Buy).chain(of(Side::Sell)).collect();
    picture(Front::of(snapshot, wire::Depth::L2), &entries)
}

/// The book of an L3 channel, orders in the order in which they joined their queues.
pub(crate) fn orders(snapshot: &Snapshot<Orders>) -> Picture {
    let entries: Vec<_> = snapshot
        .view
        .iter()
        .map(|it| BookEntry { public_id: it.public_id, side: it.side, price: it.price, qty: it.qty, orders: 1 })
        .collect();
    picture(Front::of(snapshot, wire::Depth::L3), &entries)
}

/// What every part of a picture says.
#[derive(Clone, Copy)]
struct Front {
    instrument: InstrumentId,
    depth: wire::Depth,
    epoch: u32,
    seq: u64,
    status: Status,
}

impl Front {
    fn of<V>(snapshot: &Snapshot<V>, depth: wire::Depth) -> Self {
        let Snapshot { instrument, epoch, seq, status, .. } = *snapshot;
        Self { instrument, depth, epoch, seq, status }
    }
}

fn picture(front: Front, entries: &[BookEntry]) -> Picture {
    let Front { instrument, depth, epoch, seq, status } = front;
    let count = entries.len().div_ceil(SNAPSHOT_PART_MAX).max(1);
    let channel = Channel { instrument, depth, epoch, prev_seq: seq.saturating_sub(1), ts_ns: 0 };
    let part = |number: usize| {
        let rest = &entries[(number * SNAPSHOT_PART_MAX).min(entries.len())..];
        let message = Message::OrderBookSnapshot(OrderBookSnapshot {
            channel,
            request_id: 0,
            part: u16::try_from(number).unwrap_or(u16::MAX),
            parts: u16::try_from(count).unwrap_or(u16::MAX),
            state: status.state,
            indication: status.indication.map(indication),
            entries: rest[..rest.len().min(SNAPSHOT_PART_MAX)].to_vec(),
        });
        let mut bytes = Vec::new();
        let written = message.encode(0, seq, &mut bytes);
        debug_assert!(written.is_ok(), "a part of a picture can be written: {written:?}");
        bytes.into_boxed_slice()
    };
    Picture { seq, parts: (0..count).map(part).collect() }
}
