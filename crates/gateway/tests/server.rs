//! Real sockets on one thread: peers that never read, that flood, that send garbage, that vanish, and those who trade.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm, reason = "a test that meets anything else has failed")]

mod support;

use std::cell::Cell;
use std::fmt::Write as _;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use gateway::clock::Clock;
use gateway::hub::{About, Hub};
use gateway::keys::Keys;
use gateway::limits::Limits;
use gateway::server::{Options, Server};
use model::Side;
use support::{Client, Plain, SECOND, logon, order};
use wire::{Depth, Durability, LogoutReason, Message, Position, Role, SubscribeAction};

/// Turns of the server that any wait may take.
const TURNS_MAX: usize = 100_000;

/// Time that moves when the test says so.
#[derive(Default)]
struct Hands(Cell<u64>);

impl Clock for Hands {
    fn monotonic_ns(&self) -> u64 {
        self.0.get()
    }

    fn wall_ns(&self) -> i64 {
        0
    }
}

/// One client with its socket.
struct Peer {
    stream: TcpStream,
    client: Client,
    reads: bool,
    is_closed: bool,
}

impl Peer {
    fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nonblocking(true).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, client: Client::default(), reads: true, is_closed: false }
    }

    /// Writes what there is to say, as far as it goes, and reads what there is to hear.
    fn run(&mut self) {
        if self.is_closed {
            return;
        }
        let out = std::mem::take(&mut self.client.out);
        match self.stream.write(&out) {
            Ok(count) => self.client.out.extend_from_slice(&out[count..]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => self.client.out = out,
            Err(_) => self.is_closed = true,
        }
        let mut buffer = [0; 8_192];
        while self.reads {
            match self.stream.read(&mut buffer) {
                Ok(0) => {
                    self.is_closed = true;
                    return;
                }
                Ok(count) => self.client.hear(&buffer[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => {
                    self.is_closed = true;
                    return;
                }
            }
        }
    }
}

struct World {
    server: Server,
    plain: Plain,
    clock: Hands,
    address: SocketAddr,
}

impl World {
    /// Keys `k0`, `k1`, ... trade for accounts 1, 2 and 3 in turn.
    fn new(limits: Limits, keys: usize) -> Self {
        let mut text = String::new();
        for n in 0..keys {
            let (session, account) = (n + 1, n % 3 + 1);
            let secret = "5a".repeat(32);
            writeln!(text, "k{n} {session} {account} trading hmac {secret} orders_per_s=100000").unwrap();
        }
        let about = About { durability: Durability::Memory, position: Position::default(), epoch: 1 };
        let hub = Hub::new(limits, Keys::parse(&text).unwrap(), about);
        let address = "127.0.0.1:0".parse().unwrap();
        let server = Server::bind(Options { address, allow_plain_remote: false, spin_ns: 0, tls: None }, hub).unwrap();
        let address = server.local_addr().unwrap();
        Self { server, plain: Plain::with_market(), clock: Hands::default(), address }
    }

    fn turn(&mut self) {
        self.server.turn(&mut self.plain, &self.clock, Duration::from_micros(100)).unwrap();
    }

    /// Lets server and peers work until it is so.
    fn until(&mut self, peers: &mut [Peer], what: &str, is_so: impl Fn(&World, &[Peer]) -> bool) {
        for _ in 0..TURNS_MAX {
            if is_so(self, peers) {
                return;
            }
            self.turn();
            peers.iter_mut().for_each(Peer::run);
        }
        panic!("never: {what}");
    }

    fn log_on(&mut self, keys: std::ops::Range<usize>) -> Vec<Peer> {
        let mut peers = Vec::new();
        for key in keys {
            let mut peer = Peer::connect(self.address);
            peer.client.log_on(logon(&format!("k{key}"), Role::Trading));
            peers.push(peer);
            // The system keeps only so many connections that nobody has accepted yet.
            self.turn();
        }
        self.until(&mut peers, "all are logged on", |_, peers| peers.iter().all(|peer| peer.client.session > 0));
        peers
    }
}

fn roomy() -> Limits {
    Limits { sessions_per_account_max: 10_000, connections_per_address_max: 10_000, ..Limits::default() }
}

#[test]
fn an_order_is_answered_over_a_socket() {
    let mut world = World::new(Limits::default(), 2);
    let mut peers = world.log_on(0..2);
    peers[0].client.command(order("x", Side::Buy, 5, 100));
    world.until(&mut peers, "it rests", |_, peers| peers[0].client.reports().len() == 1);
    peers[1].client.command(order("y", Side::Sell, 5, 100));
    world.until(&mut peers, "it trades", |_, peers| peers.iter().all(|peer| peer.client.reports().len() == 2));

    assert_eq!(world.server.hub().counts(), (2, 2));
    assert_eq!(world.server.hub().open_orders(), 0);
}

#[test]
fn a_session_that_ends_says_why_and_its_socket_is_closed() {
    let mut world = World::new(Limits::default(), 1);
    let mut peers = world.log_on(0..1);
    let garbage = vec![0xFF_u8; 60_000];
    peers[0].client.out.extend_from_slice(&garbage);
    world.until(&mut peers, "the reason is heard", |_, peers| peers[0].is_closed);

    assert_eq!(peers[0].client.logout().map(|logout| logout.reason), Some(LogoutReason::BadFrame));
    drop(peers);
    // Who was sent away is looked at again with the next tick, long before its half second is over.
    world.clock.0.set(SECOND / 10);
    world.until(&mut [], "the slot is free", |world, _| world.server.hub().counts() == (0, 0));
}

#[test]
fn a_peer_that_vanishes_gives_its_slot_back_whenever_it_does() {
    let mut world = World::new(Limits::default(), 3);
    for step in 0..3 {
        let mut peer = Peer::connect(world.address);
        match step {
            0 => {}
            1 => peer.stream.write_all(&[0, 30, 1]).unwrap(),
            _ => {
                peer.client.log_on(logon("k0", Role::Trading));
                peer.run();
            }
        }
        (0..20).for_each(|_| world.turn());
        peer.run();
        drop(peer);
        world.until(&mut [], "it is gone", |world, _| world.server.hub().counts() == (0, 0));
    }
}

#[test]
fn a_burst_and_an_end_in_one_go_are_both_seen() {
    let mut world = World::new(Limits::default(), 2);
    let mut peers = world.log_on(0..1);
    for n in 0..50 {
        peers[0].client.command(order(&format!("o{n}"), Side::Buy, 1, 10));
    }
    peers[0].run();
    drop(peers);
    world.until(&mut [], "all was taken, then lost", |world, _| {
        world.plain.exchange.open_count() == 50 && world.server.hub().counts() == (0, 0)
    });
}

#[test]
fn an_address_that_others_can_reach_needs_to_be_asked_for() {
    let about = About { durability: Durability::Memory, position: Position::default(), epoch: 1 };
    let hub = || Hub::new(Limits { connections_max: 4, ..Limits::default() }, Keys::default(), about);
    let address = "0.0.0.0:0".parse().unwrap();
    let refused =
        Server::bind(Options { address, allow_plain_remote: false, spin_ns: 0, tls: None }, hub()).unwrap_err();

    assert_eq!(refused.kind(), ErrorKind::PermissionDenied);
    assert!(refused.to_string().contains("0.0.0.0:0"));
    assert!(Server::bind(Options { address, allow_plain_remote: true, spin_ns: 0, tls: None }, hub()).is_ok());
}

#[test]
fn one_connection_too_many_sees_the_end_at_once() {
    let mut world = World::new(Limits { connections_max: 2, ..Limits::default() }, 3);
    let _two = world.log_on(0..2);
    let mut third = [Peer::connect(world.address)];
    world.until(&mut third, "it is closed", |_, peers| peers[0].is_closed);

    assert_eq!(world.server.hub().counts(), (2, 2));
}

#[test]
fn a_failing_address_is_shut_out_for_a_while() {
    let mut world = World::new(Limits::default(), 1);
    for _ in 0..5 {
        let mut peer = [Peer::connect(world.address)];
        peer[0].client.log_on(logon("nobody", Role::Trading));
        world.until(&mut peer, "it failed", |_, peers| peers[0].is_closed);
        assert_eq!(peer[0].client.logout().map(|logout| logout.reason), Some(LogoutReason::NotAuthenticated));
    }
    let mut peer = [Peer::connect(world.address)];
    world.until(&mut peer, "it is closed", |_, peers| peers[0].is_closed);
    assert!(peer[0].client.heard.is_empty());

    world.clock.0.set(61 * SECOND);
    assert_eq!(world.log_on(0..1).len(), 1);
}

/// A thousand connections: thirty never read although much is told to them, one floods with garbage again and again, one
/// sends orders faster than it may. The others trade as if they were alone, and memory stays within the bounds.
#[test]
fn i21_bad_peers_cost_nobody_else_anything() {
    let limits = roomy();
    let mut world = World::new(limits, 1_000);
    let mut peers = world.log_on(0..1_000);
    let subscribe = |depth| wire::Subscribe {
        request_id: 0,
        instrument: support::BOOK,
        depth,
        action: SubscribeAction::Subscribe,
        resume: None,
    };
    // The last thirty hear accounts 1 to 3 and two books, and read none of it.
    for peer in &mut peers[970..] {
        peer.reads = false;
        peer.client.say(&Message::Subscribe(subscribe(Depth::L2)));
        peer.client.say(&Message::Subscribe(subscribe(Depth::L3)));
    }
    let flood: Vec<u8> = (0..200_000_u32).map(|n| n.to_be_bytes()[3]).collect();
    let before = world.server.hub().shared_bytes();

    for round in 0..150 {
        world.clock.0.set(round as u64 * SECOND / 50);
        let (buyer, seller) = (round % 900, (round + 1) % 900);
        let told = |peers: &[Peer], at: usize| peers[at].client.reports().len();
        let (bought, sold) = (told(&peers, buyer), told(&peers, seller));
        peers[950].client.command(order(&format!("f{round}"), Side::Buy, 1, 1));
        if peers[960].is_closed {
            peers[960] = Peer::connect(world.address);
        }
        peers[960].client.out = flood.clone();
        peers[buyer].client.command(order(&format!("b{round}"), Side::Buy, 5, 100));
        peers[seller].client.command(order(&format!("s{round}"), Side::Sell, 5, 100));
        world.until(&mut peers, "both sides are told", |_, peers| {
            told(peers, buyer) >= bought + 2 && told(peers, seller) >= sold + 2
        });
    }

    let (reports, pictures) = world.server.hub().shared_bytes();
    assert!(reports <= before.0 + (1 << 20) && pictures <= 1 << 20, "reports={reports} pictures={pictures}");
    let (connections, _) = world.server.hub().counts();
    // Whoever was sent away lingers for half a second.
    assert!((999..=1_030).contains(&connections), "connections={connections}");

    // Nobody hears or says anything for a while; whoever takes nothing is closed, whoever answers stays.
    world.clock.0.set(9 * SECOND);
    (0..200).for_each(|_| world.turn());
    for peer in &mut peers[970..] {
        assert!(!peer.is_closed);
    }
}

/// Far more than the engine takes in a turn comes at once; it is taken turn by turn, and who waits is next.
#[test]
fn g_34_a_burst_of_many_waits_in_the_sockets_and_nobody_is_refused() {
    const ORDERS: usize = 400;
    for room_max in [2, 300] {
        let mut world = World::new(roomy(), 3);
        let mut peers = world.log_on(0..3);
        world.plain.room_max = room_max;
        for peer in &mut peers {
            for n in 0..ORDERS {
                peer.client.command(order(&format!("o{n}"), Side::Buy, 1, 10));
            }
        }
        let most = |counts: [usize; 3]| counts.into_iter().max().unwrap() - counts.into_iter().min().unwrap();
        world.until(&mut peers, "every order is answered", |world, peers| {
            assert!(most(world.plain.taken_of([1, 2, 3])) <= room_max, "in turn");
            peers.iter().all(|peer| peer.client.reports().len() + peer.client.rejects().len() == ORDERS)
        });

        assert!(peers.iter().all(|peer| peer.client.rejects().is_empty()), "room_max={room_max}");
        assert_eq!(world.plain.exchange.open_count(), 3 * ORDERS);
    }
}

/// Bytes that nobody takes pile up in the system first; then the gateway holds its bound, then the connection goes.
#[test]
fn g_63_a_peer_that_never_reads_is_closed_in_the_end() {
    let mut world = World::new(roomy(), 4);
    let mut peers = world.log_on(0..4);
    // Keys 0 and 3 are of one account: the latter is told everything and reads nothing.
    peers[3].reads = false;
    let mut round = 0;
    while world.server.hub().counts().0 == 4 {
        for _ in 0..200 {
            peers[0].client.command(order(&format!("o{round}"), Side::Buy, 1, 10));
            round += 1;
        }
        let count = peers[0].client.reports().len();
        world.until(&mut peers, "it is answered", |_, peers| peers[0].client.reports().len() >= count + 200);
        peers[0].client.heard.clear();
        world.clock.0.set(world.clock.0.get() + SECOND);
        assert!(round < 200_000, "a peer that takes nothing stays for ever");
    }

    assert_eq!(world.server.hub().counts().0, 3);
}
