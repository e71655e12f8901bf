//! Events as fixed-size records of integers. See `fairlead.model.batch` for the layout.

use model::{
    AccountId, AuctionExtended, BandBroken, BreakerEvent, BreakerTripped, Event, EventKind, InstrumentId, OrderId,
    OutcomeEvent, Price, Qty, Side, TradeKey, TradeTerms,
};

use crate::names::Names;

/// Size of an event record.
pub const EVENT_BYTES: usize = 96;

/// Code of "no side".
const NO_SIDE: u8 = 255;

/// The fields that differ from kind to kind; 0 where a kind has none.
#[derive(Default)]
struct Row {
    kind: u8,
    reason: u16,
    instrument: u32,
    account: u32,
    other_account: u32,
    side: Option<Side>,
    flag: bool,
    order_id: u64,
    other_order_id: u64,
    id: u64,
    px: Price,
    qty: Qty,
    leaves: Qty,
    other_leaves: Qty,
}

/// The record of an event: prices in grains, quantities in lots of its instrument.
#[inline]
pub fn write_event(event: &Event, names: &Names) -> [u8; EVENT_BYTES] {
    let row = row(&event.kind);
    let (tick, lot) =
        names.instrument(InstrumentId(row.instrument)).map_or((1, 1), |listed| (listed.grain, listed.def.lot_size.0));
    let units = |mantissa: i64, unit: i64| if unit == 1 { mantissa } else { mantissa / unit };
    let mut out = [0; EVENT_BYTES];
    let mut put = |at: usize, bytes: &[u8]| out[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &event.stamp.seq.to_le_bytes());
    put(8, &event.stamp.ts_ns.to_le_bytes());
    put(16, &event.sub.to_le_bytes());
    put(20, &[row.kind, event.cause as u8]);
    put(22, &row.reason.to_le_bytes());
    put(24, &row.instrument.to_le_bytes());
    put(28, &row.account.to_le_bytes());
    put(32, &row.other_account.to_le_bytes());
    put(36, &[row.side.map_or(NO_SIDE, |side| side as u8), u8::from(row.flag)]);
    put(40, &row.order_id.to_le_bytes());
    put(48, &row.other_order_id.to_le_bytes());
    put(56, &row.id.to_le_bytes());
    put(64, &units(row.px.0, tick).to_le_bytes());
    put(72, &units(row.qty.0, lot).to_le_bytes());
    put(80, &units(row.leaves.0, lot).to_le_bytes());
    put(88, &units(row.other_leaves.0, lot).to_le_bytes());
    out
}

impl Row {
    fn of(kind: u8) -> Self {
        Row { kind, ..Row::default() }
    }

    fn order(kind: u8, order_id: OrderId, account: AccountId, instrument: InstrumentId) -> Self {
        Row { kind, order_id: order_id.0, account: account.0, instrument: instrument.0, ..Row::default() }
    }
}

/// Kinds are numbered in the order of [`EventKind`], from 0.
#[inline]
fn row(kind: &EventKind) -> Row {
    match kind {
        EventKind::AssetAdded { .. }
        | EventKind::InstrumentListed { .. }
        | EventKind::AccountAdded { .. }
        | EventKind::FeesSet { .. }
        | EventKind::AccountFeesSet { .. }
        | EventKind::TradeAmended { .. }
        | EventKind::TicksSet { .. }
        | EventKind::Deposited { .. }
        | EventKind::Withdrawn { .. }
        | EventKind::CommandRejected { .. }
        | EventKind::MassCanceled { .. }
        | EventKind::TimePassed => administration(kind),
        EventKind::OrderAccepted(order) => accepted(order),
        EventKind::OrderRejected(refused) => refusal(7, refused),
        EventKind::AmendRejected(refused) => refusal(8, refused),
        EventKind::CancelRejected { account, reason } => {
            Row { account: account.0, reason: reason.code(), ..Row::of(9) }
        }
        EventKind::Repeated { account, order_id, reason, .. } => Row {
            account: account.0,
            order_id: order_id.0,
            reason: reason.map_or(0, model::RejectReason::code),
            ..Row::of(11)
        },
        EventKind::OrderPosted(posted) => resting(12, posted),
        EventKind::OrderRefreshed(posted) => resting(13, posted),
        EventKind::OrderReplaced(replaced) => changed(replaced),
        EventKind::OrderRestated { order_id, account, instrument, order_qty, leaves_qty, displayed_qty, reason } => {
            Row {
                qty: *order_qty,
                leaves: *leaves_qty,
                other_leaves: *displayed_qty,
                reason: reason.code(),
                ..Row::order(15, *order_id, *account, *instrument)
            }
        }
        EventKind::OrderParked { order_id, account, instrument } => Row::order(16, *order_id, *account, *instrument),
        EventKind::Trade(trade) => matched(trade),
        EventKind::TradePrevented(met) => prevented(met),
        EventKind::OrderCanceled(ended) => end(19, ended),
        EventKind::OrderExpired(ended) => end(20, ended),
        EventKind::StateChanged { instrument, from, to } => {
            Row { instrument: instrument.0, id: *to as u64, order_id: *from as u64, ..Row::of(22) }
        }
        EventKind::IndicativePrice { instrument, price, volume, imbalance } => {
            auction(23, *instrument, *price, *volume, *imbalance)
        }
        EventKind::Uncrossed { instrument, price, volume, imbalance } => {
            auction(24, *instrument, *price, *volume, *imbalance)
        }
        EventKind::OrderSuspended(_)
        | EventKind::OrderTriggered(_)
        | EventKind::TriggerRejected(_)
        | EventKind::OrderReleased(_)
        | EventKind::GroupAccepted(_)
        | EventKind::GroupRejected(_)
        | EventKind::Guard(_)
        | EventKind::Breaker(_) => protective(kind),
        EventKind::Outcome(event) => on_event(event),
    }
}

/// Events of triggers, groups, guards and breakers.
#[expect(clippy::wildcard_enum_match_arm, reason = "the caller chose the kinds; the rest never gets here")]
fn protective(kind: &EventKind) -> Row {
    match kind {
        EventKind::OrderSuspended(event) => Row {
            px: event.trigger_price.unwrap_or_default(),
            flag: event.trigger_price.is_some(),
            id: event.source as u64,
            ..Row::order(26, event.order_id, event.account, event.instrument)
        },
        EventKind::OrderTriggered(event) => Row {
            px: event.trigger_price,
            id: event.source as u64,
            ..Row::order(27, event.order_id, event.account, event.instrument)
        },
        EventKind::TriggerRejected(event) => Row {
            qty: event.canceled_qty,
            reason: event.reason.code(),
            ..Row::order(28, event.order_id, event.account, event.instrument)
        },
        EventKind::OrderReleased(event) => Row {
            qty: event.order_qty,
            leaves: event.leaves_qty,
            ..Row::order(29, event.order_id, event.account, event.instrument)
        },
        EventKind::GroupAccepted(event) => {
            Row { id: event.group_id.0, ..Row::order(30, event.first_order_id, event.account, event.instrument) }
        }
        EventKind::GroupRejected(event) => {
            Row { account: event.account.0, reason: event.reason.code(), id: u64::from(event.leg), ..Row::of(31) }
        }
        EventKind::Guard(_) => Row::of(32),
        EventKind::Breaker(event) => {
            Row { instrument: breaker_instrument(event).0, id: breaker_code(event), ..Row::of(33) }
        }
        _ => Row::of(25),
    }
}

/// Events about no order.
#[expect(clippy::wildcard_enum_match_arm, reason = "the caller chose the kinds; the rest never gets here")]
fn administration(kind: &EventKind) -> Row {
    match kind {
        EventKind::AssetAdded { asset, .. } => Row { id: u64::from(asset.0), ..Row::of(0) },
        EventKind::InstrumentListed { instrument, .. } => Row { instrument: instrument.0, ..Row::of(1) },
        EventKind::AccountAdded { account, .. } => Row { account: account.0, ..Row::of(2) },
        EventKind::FeesSet { schedule, .. } => Row { id: u64::from(*schedule), ..Row::of(3) },
        EventKind::AccountFeesSet { account, schedule } => {
            Row { account: account.0, id: u64::from(schedule.0), ..Row::of(35) }
        }
        EventKind::TradeAmended { key, now, .. } => amended(key, now),
        EventKind::TicksSet { instrument } => Row { instrument: instrument.0, ..Row::of(37) },
        EventKind::Deposited { account, asset, .. } => Row { account: account.0, id: u64::from(asset.0), ..Row::of(4) },
        EventKind::Withdrawn { account, asset, .. } => Row { account: account.0, id: u64::from(asset.0), ..Row::of(5) },
        EventKind::CommandRejected { reason, .. } => Row { reason: reason.code(), ..Row::of(10) },
        EventKind::MassCanceled { count } => Row { id: *count, ..Row::of(21) },
        _ => Row::of(25),
    }
}

fn amended(key: &TradeKey, now: &TradeTerms) -> Row {
    Row {
        account: key.buyer.0,
        other_account: key.seller.0,
        order_id: key.buy_order_id.0,
        other_order_id: key.sell_order_id.0,
        instrument: key.instrument.0,
        id: key.trade_id.0,
        px: now.price,
        qty: now.qty,
        flag: now.is_bust(),
        ..Row::of(36)
    }
}

fn accepted(order: &model::OrderAccepted) -> Row {
    Row {
        side: Some(order.side),
        px: order.price.unwrap_or_default(),
        flag: order.price.is_some(),
        qty: order.order_qty,
        leaves: order.order_qty,
        ..Row::order(6, order.order_id, order.account, order.instrument)
    }
}

fn changed(replaced: &model::OrderReplaced) -> Row {
    Row {
        px: replaced.price.unwrap_or_default(),
        qty: replaced.order_qty,
        leaves: replaced.leaves_qty,
        other_leaves: replaced.displayed_qty,
        flag: replaced.priority_kept,
        ..Row::order(14, replaced.order_id, replaced.account, replaced.instrument)
    }
}

#[inline]
fn matched(trade: &model::Trade) -> Row {
    Row {
        id: trade.trade_id.0,
        side: trade.aggressor,
        px: trade.price,
        qty: trade.qty,
        leaves: trade.buy.leaves_qty,
        other_leaves: trade.sell.leaves_qty,
        other_order_id: trade.sell.order_id.0,
        other_account: trade.sell.account.0,
        flag: trade.self_match,
        ..Row::order(17, trade.buy.order_id, trade.buy.account, trade.instrument)
    }
}

fn prevented(met: &model::TradePrevented) -> Row {
    Row {
        order_id: met.taker_order_id.0,
        other_order_id: met.maker_order_id.0,
        instrument: met.instrument.0,
        px: met.price,
        qty: met.qty,
        other_leaves: met.maker_leaves_qty,
        id: met.mode as u64,
        ..Row::of(18)
    }
}

fn refusal(kind: u8, refused: &model::OrderRejected) -> Row {
    Row { account: refused.account.0, order_id: refused.order_id.0, reason: refused.reason.code(), ..Row::of(kind) }
}

fn resting(kind: u8, posted: &model::OrderPosted) -> Row {
    Row {
        instrument: posted.instrument.0,
        side: Some(posted.side),
        order_id: posted.order_id.0,
        id: posted.public_id.0,
        px: posted.price,
        qty: posted.displayed_qty,
        ..Row::of(kind)
    }
}

fn end(kind: u8, ended: &model::OrderEnded) -> Row {
    Row {
        qty: ended.canceled_qty,
        reason: ended.reason.code(),
        ..Row::order(kind, ended.order_id, ended.account, ended.instrument)
    }
}

fn auction(kind: u8, instrument: InstrumentId, price: Option<Price>, volume: Qty, imbalance: Qty) -> Row {
    Row {
        instrument: instrument.0,
        px: price.unwrap_or_default(),
        flag: price.is_some(),
        qty: volume,
        leaves: imbalance,
        ..Row::of(kind)
    }
}

fn breaker_instrument(event: &BreakerEvent) -> InstrumentId {
    match event {
        BreakerEvent::ReferenceSet { instrument, .. }
        | BreakerEvent::ReferenceStale { instrument, .. }
        | BreakerEvent::HaltOrdered { instrument, .. }
        | BreakerEvent::ResumeOrdered { instrument, .. }
        | BreakerEvent::SessionStateSet { instrument, .. }
        | BreakerEvent::BreakerSet { instrument }
        | BreakerEvent::BandsSet { instrument, .. }
        | BreakerEvent::BandBroken(BandBroken { instrument, .. })
        | BreakerEvent::BreakerTripped(BreakerTripped { instrument, .. })
        | BreakerEvent::AuctionExtended(AuctionExtended { instrument, .. })
        | BreakerEvent::SpreadChanged { instrument, .. } => *instrument,
    }
}

/// The place of the event among [`BreakerEvent`]'s, from 0.
fn breaker_code(event: &BreakerEvent) -> u64 {
    match event {
        BreakerEvent::ReferenceSet { .. } => 0,
        BreakerEvent::ReferenceStale { .. } => 1,
        BreakerEvent::HaltOrdered { .. } => 2,
        BreakerEvent::ResumeOrdered { .. } => 3,
        BreakerEvent::SessionStateSet { .. } => 4,
        BreakerEvent::BreakerSet { .. } => 5,
        BreakerEvent::BandsSet { .. } => 6,
        BreakerEvent::BandBroken(_) => 7,
        BreakerEvent::BreakerTripped(_) => 8,
        BreakerEvent::AuctionExtended(_) => 9,
        BreakerEvent::SpreadChanged { .. } => 10,
    }
}

/// Events of markets of events; the numbers in `id` are their order.
fn on_event(event: &OutcomeEvent) -> Row {
    let row = |id: u64, instrument: InstrumentId| Row { instrument: instrument.0, id, ..Row::of(34) };
    match *event {
        OutcomeEvent::OutcomeSet { instrument, .. } => row(0, instrument),
        OutcomeEvent::PairsMinted { instrument, account, qty } => Row { account: account.0, qty, ..row(1, instrument) },
        OutcomeEvent::PairsMerged { instrument, account, qty } => Row { account: account.0, qty, ..row(2, instrument) },
        OutcomeEvent::OutcomePaid { instrument, account, .. } => Row { account: account.0, ..row(3, instrument) },
        OutcomeEvent::OutcomeResolved { instrument, weight } => {
            Row { px: weight.unwrap_or_default(), flag: weight.is_some(), ..row(4, instrument) }
        }
    }
}
