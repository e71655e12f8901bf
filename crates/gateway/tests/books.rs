//! Market data through the gateway: every listener's book is the engine's, however slowly it reads.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm, reason = "a test that meets anything else has failed")]

mod support;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use gateway::host::{Engine as _, GATEWAY_ORIGIN, Host as _, Token};
use gateway::hub::{About, Hub};
use gateway::limits::Limits;
use model::{AccountId, Command, PublicId, SessionId, Side, SplitMix64, TradingState};
use support::{BOOK, Client, Plain, cancel, keys, logon, order};
use wire::{ChannelPosition, Depth, Durability, Message, OrderAction, Position, RejectCode, Role, SubscribeAction};

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Price, quantity and count by side and price: what a client knows of L1 and L2.
type Sides = BTreeMap<(Side, i64), (i64, u32)>;

/// A client's book, built from messages alone; it insists on `prev_seq`.
#[derive(Default)]
struct Mirror {
    epoch: u32,
    seq: Option<u64>,
    levels: Sides,
    orders: BTreeMap<PublicId, (Side, i64, i64)>,
    state: Option<TradingState>,
    snapshots: usize,
    checksums: usize,
    prints: i64,
}

impl Mirror {
    fn apply(&mut self, seq: u64, message: &Message) {
        if let Message::OrderBookSnapshot(part) = message {
            if part.part == 0 {
                self.levels.clear();
                self.orders.clear();
                self.snapshots += 1;
            }
            (self.epoch, self.seq, self.state) = (part.channel.epoch, Some(seq), Some(part.state));
            for entry in &part.entries {
                self.levels.insert((entry.side, entry.price.0), (entry.qty.0, entry.orders));
                self.orders.insert(entry.public_id, (entry.side, entry.price.0, entry.qty.0));
            }
            return;
        }
        let Some(channel) = channel(message) else { return };
        assert_eq!((channel.epoch, Some(channel.prev_seq)), (self.epoch, self.seq), "a gap nobody spoke of");
        self.seq = Some(seq);
        match message {
            Message::TopOfBook(top) => {
                self.levels.clear();
                for (side, level) in [(Side::Buy, top.bid), (Side::Sell, top.ask)] {
                    level.map(|level| self.levels.insert((side, level.price.0), (level.qty.0, level.orders)));
                }
            }
            Message::BookDelta(delta) if delta.level.qty.0 == 0 => {
                self.levels.remove(&(delta.side, delta.level.price.0)).unwrap();
            }
            Message::BookDelta(delta) => {
                let level = delta.level;
                self.levels.insert((delta.side, level.price.0), (level.qty.0, level.orders));
            }
            Message::OrderDelta(delta) => match delta.action {
                OrderAction::Added => {
                    let (side, price) = (delta.side.unwrap(), delta.price.unwrap().0);
                    assert!(self.orders.insert(delta.public_id, (side, price, delta.qty.0)).is_none());
                }
                OrderAction::Reduced => self.orders.get_mut(&delta.public_id).unwrap().2 = delta.qty.0,
                OrderAction::Deleted => {
                    self.orders.remove(&delta.public_id).unwrap();
                }
            },
            Message::InstrumentStatus(status) => self.state = Some(status.state),
            Message::BookChecksum(_) => self.checksums += 1,
            Message::Trade(trade) => self.prints += trade.qty.0,
            _ => {}
        }
    }

    fn of_orders(&self) -> Sides {
        let mut levels = Sides::new();
        for (side, price, qty) in self.orders.values() {
            let level = levels.entry((*side, *price)).or_default();
            *level = (level.0 + qty, level.1 + 1);
        }
        levels
    }
}

fn channel(message: &Message) -> Option<wire::Channel> {
    Some(match message {
        Message::TopOfBook(it) => it.channel,
        Message::BookDelta(it) => it.channel,
        Message::OrderDelta(it) => it.channel,
        Message::Trade(it) => it.channel,
        Message::InstrumentStatus(it) => it.channel,
        Message::AuctionInfo(it) => it.channel,
        Message::BookChecksum(it) => it.channel,
        Message::OrderBookSnapshot(it) => it.channel,
        _ => return None,
    })
}

struct Listener {
    token: Token,
    client: Client,
    mirror: Mirror,
    handled: usize,
}

/// An engine that somebody trades on, and listeners.
struct World {
    hub: Hub,
    plain: Plain,
    listeners: Vec<Listener>,
    random: SplitMix64,
    sent: u32,
}

impl World {
    fn new(limits: Limits) -> Self {
        let about = About { durability: Durability::Group, position: Position::default(), epoch: 7 };
        let hub = Hub::new(limits, keys(), about);
        Self { hub, plain: Plain::with_market(), listeners: Vec::new(), random: SplitMix64::new(3), sent: 0 }
    }

    fn listen(&mut self, depth: Depth) -> usize {
        self.listen_from(depth, None, Mirror::default())
    }

    /// A listener that has a book already, at a position. Each has a key of its own.
    fn listen_from(&mut self, depth: Depth, resume: Option<ChannelPosition>, mirror: Mirror) -> usize {
        let token = self.hub.open(HOME, [3; 32], 0).unwrap();
        let key = ["feed", "a", "b", "a2"][self.listeners.len()];
        let mut client = Client::default();
        client.log_on(logon(key, Role::MarketData));
        self.listeners.push(Listener { token, client, mirror, handled: 0 });
        let at = self.listeners.len() - 1;
        self.serve(at, usize::MAX);
        self.subscribe(at, depth, SubscribeAction::Subscribe, resume);
        at
    }

    fn subscribe(&mut self, at: usize, depth: Depth, action: SubscribeAction, resume: Option<ChannelPosition>) {
        let subscribe = wire::Subscribe { request_id: 1, instrument: BOOK, depth, action, resume };
        self.listeners[at].client.say(&Message::Subscribe(subscribe));
        self.serve(at, usize::MAX);
    }

    /// Lets a listener say what it has to say, and hear at most so many bytes.
    fn serve(&mut self, at: usize, bytes_max: usize) {
        let listener = &mut self.listeners[at];
        let mut left = bytes_max;
        loop {
            let out = std::mem::take(&mut listener.client.out);
            self.hub.receive(listener.token, &out, 0, &mut self.plain);
            self.hub.pump(listener.token, &self.plain);
            let pending = self.hub.pending(listener.token);
            let count = pending.len().min(left);
            listener.client.hear(&pending[..count]);
            self.hub.wrote(listener.token, count, 0);
            left -= count;
            if count == 0 && listener.client.out.is_empty() {
                break;
            }
        }
        for (header, message) in &listener.client.heard[listener.handled..] {
            listener.mirror.apply(header.seq, message);
        }
        listener.handled = listener.client.heard.len();
    }

    /// One random command of one of two accounts.
    fn trade(&mut self) {
        let mut draw = |below: u64| self.random.next_u64() % below;
        let side = if draw(2) == 0 { Side::Buy } else { Side::Sell };
        let (away, qty) = (i64::try_from(draw(40)).unwrap(), 1 + i64::try_from(draw(9)).unwrap());
        let price = if side == Side::Buy { 1_004 - away } else { 996 + away };
        let account = AccountId(1 + u32::try_from(draw(2)).unwrap());
        let mut command = if self.sent > 10 && draw(3) == 0 {
            cancel(&format!("o{}", self.sent - u32::try_from(draw(10)).unwrap()))
        } else {
            self.sent += 1;
            order(&format!("o{}", self.sent), side, qty, price)
        };
        match &mut command {
            Command::NewOrder(order) => (order.account, order.session) = (account, SessionId(1)),
            Command::Cancel(cancel) => cancel.account = account,
            _ => {}
        }
        self.plain.submit(GATEWAY_ORIGIN, &command).unwrap();
        self.plain.step(0, &mut self.hub).unwrap();
    }

    fn book(&self) -> Sides {
        let levels = |side| {
            let levels = self.plain.exchange.levels(BOOK, side, usize::MAX).into_iter();
            levels.map(move |level| ((side, level.price.0), (level.qty.0, level.count)))
        };
        levels(Side::Buy).chain(levels(Side::Sell)).collect()
    }

    fn top(&self) -> Sides {
        let book = self.book();
        let bid = book.range(..(Side::Sell, i64::MIN)).next_back();
        let ask = book.range((Side::Sell, i64::MIN)..).next();
        bid.into_iter().chain(ask).map(|(at, level)| (*at, *level)).collect()
    }
}

#[test]
fn g_70_every_depth_follows_the_engines_book_from_any_moment() {
    let mut world = World::new(Limits::default());
    (0..200).for_each(|_| world.trade());
    let depths = [Depth::L1, Depth::L2, Depth::L3];
    for depth in depths {
        world.listen(depth);
    }
    for _ in 0..600 {
        world.trade();
        (0..3).for_each(|at| world.serve(at, usize::MAX));
        assert_eq!(world.listeners[0].mirror.levels, world.top());
        assert_eq!(world.listeners[1].mirror.levels, world.book());
        assert_eq!(world.listeners[2].mirror.of_orders(), world.book());
    }
    for listener in &world.listeners {
        assert_eq!(listener.mirror.snapshots, 1);
        assert_eq!(listener.mirror.state, Some(TradingState::Continuous));
        assert!(listener.mirror.prints > 0);
    }
    assert!(world.listeners[2].mirror.checksums >= 5);
}

#[test]
fn g_62_a_slow_reader_gets_pictures_instead_of_what_it_missed() {
    let limits = Limits { channel_bytes_max: 600, outbox_high: 1_000, ..Limits::default() };
    let mut world = World::new(limits);
    world.listen(Depth::L1);
    world.listen(Depth::L2);
    for round in 0..3_000_usize {
        world.trade();
        world.serve(round % 2, if round % 100 > 60 { 300 } else { 0 });
        for listener in &world.listeners {
            assert!(world.hub.pending(listener.token).len() < 8_000, "unsent bytes are bounded");
        }
    }
    (0..2).for_each(|at| world.serve(at, usize::MAX));

    assert_eq!(world.listeners[0].mirror.levels, world.top());
    assert_eq!(world.listeners[1].mirror.levels, world.book());
    assert!(world.listeners.iter().all(|listener| listener.mirror.snapshots > 2));
}

#[test]
fn g_62_single_orders_are_not_conflated_the_subscription_ends_and_may_begin_again() {
    let limits = Limits { channel_bytes_max: 4_000, outbox_high: 1_000, ..Limits::default() };
    let mut world = World::new(limits);
    let at = world.listen(Depth::L3);
    (0..500).for_each(|_| world.trade());
    world.serve(at, usize::MAX);
    assert_eq!(world.listeners[at].client.rejects()[0].reason, RejectCode::SlowReader);

    world.subscribe(at, Depth::L3, SubscribeAction::Subscribe, None);
    world.trade();
    world.serve(at, usize::MAX);

    assert_eq!(world.listeners[at].mirror.of_orders(), world.book());
}

#[test]
fn g_71_a_gap_is_filled_again_where_the_ring_still_can() {
    let mut world = World::new(Limits::default());
    world.listen(Depth::L2);
    (0..50).for_each(|_| world.trade());
    world.serve(0, usize::MAX);
    let mirror = &world.listeners[0].mirror;
    let at = ChannelPosition { epoch: mirror.epoch, seq: mirror.seq.unwrap() };
    let levels = mirror.levels.clone();
    (0..50).for_each(|_| world.trade());

    let known = Mirror { epoch: at.epoch, seq: Some(at.seq), levels, ..Mirror::default() };
    let again = world.listen_from(Depth::L2, Some(at), known);
    assert_eq!((world.listeners[again].mirror.snapshots, &world.listeners[again].mirror.levels), (0, &world.book()));

    let of_another_run = Some(ChannelPosition { epoch: at.epoch + 1, seq: at.seq });
    let other = world.listen_from(Depth::L2, of_another_run, Mirror::default());
    assert_eq!(world.listeners[other].mirror.snapshots, 1);
}

#[test]
fn g_72_a_channel_ends_with_its_last_listener_and_begins_again_in_another_epoch() {
    let mut world = World::new(Limits::default());
    let at = world.listen(Depth::L2);
    let first = world.listeners[at].mirror.epoch;
    world.subscribe(at, Depth::L2, SubscribeAction::Unsubscribe, None);
    (0..20).for_each(|_| world.trade());
    world.serve(at, usize::MAX);
    let heard = world.listeners[at].client.heard.len();

    world.subscribe(at, Depth::L2, SubscribeAction::Subscribe, None);

    assert!(world.listeners[at].client.heard.len() > heard);
    assert!(world.listeners[at].mirror.epoch > first && first > 7);
    assert_eq!(world.listeners[at].mirror.levels, world.book());
}

#[test]
fn a_subscription_that_cannot_be_is_rejected() {
    let mut world = World::new(Limits { subscriptions_max: 2, ..Limits::default() });
    let at = world.listen(Depth::L1);
    world.subscribe(at, Depth::L3, SubscribeAction::Unsubscribe, None);
    world.subscribe(at, Depth::L3, SubscribeAction::Snapshot, None);
    world.subscribe(at, Depth::L2, SubscribeAction::Subscribe, None);
    world.subscribe(at, Depth::L3, SubscribeAction::Subscribe, None);
    let unknown = wire::Subscribe {
        request_id: 1,
        instrument: model::InstrumentId(5),
        depth: Depth::L2,
        action: SubscribeAction::Subscribe,
        resume: None,
    };
    world.subscribe(at, Depth::L1, SubscribeAction::Unsubscribe, None);
    world.listeners[at].client.say(&Message::Subscribe(unknown));
    world.serve(at, usize::MAX);

    let reasons: Vec<RejectCode> = world.listeners[at].client.rejects().iter().map(|reject| reject.reason).collect();
    let expected = [
        RejectCode::NotSubscribed,
        RejectCode::NotSubscribed,
        RejectCode::TooManySubscriptions,
        RejectCode::UnknownInstrument,
    ];
    assert_eq!(reasons, expected);
}

#[test]
fn a_large_book_comes_in_parts_of_one_moment() {
    let mut world = World::new(Limits::default());
    for n in 0..700_i64 {
        let mut command = order(&format!("deep{n}"), Side::Buy, 1 + n % 3, 1 + n);
        let Command::NewOrder(order) = &mut command else { unreachable!() };
        (order.account, order.session) = (AccountId(1), SessionId(1));
        world.plain.submit(GATEWAY_ORIGIN, &command).unwrap();
    }
    world.plain.step(0, &mut world.hub).unwrap();
    let at = world.listen(Depth::L2);

    let parts: Vec<(u16, u16)> = world.listeners[at]
        .client
        .heard
        .iter()
        .filter_map(|(_, message)| match message {
            Message::OrderBookSnapshot(it) => Some((it.part, it.parts)),
            _ => None,
        })
        .collect();
    assert_eq!(parts, (0..6).map(|part| (part, 6)).collect::<Vec<_>>());
    assert_eq!(world.listeners[at].mirror.levels, world.book());
}

#[test]
fn pictures_of_all_readers_together_are_bounded() {
    let limits = Limits { snapshot_bytes_max: 1, channel_bytes_max: 1, outbox_high: 1_000, ..Limits::default() };
    let mut world = World::new(limits);
    let at = world.listen(Depth::L2);
    for _ in 0..300 {
        world.trade();
        world.hub.pump(world.listeners[at].token, &world.plain);
        assert!(world.hub.shared_bytes().1 < 20_000);
    }
    world.serve(at, usize::MAX);

    assert_eq!(world.listeners[at].mirror.levels, world.book());
}
