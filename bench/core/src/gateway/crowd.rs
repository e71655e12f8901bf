//! A thousand connections, once all well behaved and once with peers that never read and one that floods.

use std::fs;
use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use model::InstrumentId;
use wire::{Depth, Message, Subscribe, SubscribeAction};

use super::Latency;
use super::client::Trader;
use super::hosts::{Memory, Serving};
use crate::clock::monotonic_ns;

const CONNECTIONS: usize = 1_000;
const NEVER_READ: usize = 30;
/// Connections that trade in turn; each order is heard by a third of all others.
const ACTIVE: usize = 20;
const ORDERS: usize = 3_000;

/// What the others notice.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    /// Without bad peers.
    pub good: Latency,
    /// With them.
    pub bad: Latency,
    /// By how much the process grew from the first to the last order, in bytes, without and with them.
    pub growth: [u64; 2],
}

impl Crowd {
    /// Measures both.
    ///
    /// # Panics
    /// Where the system gives no sockets, or an order is not accepted.
    #[must_use]
    pub fn run() -> Self {
        let (good, grown) = measure(false);
        let (bad, grown_bad) = measure(true);
        Crowd { good, bad, growth: [grown, grown_bad] }
    }
}

fn measure(with_bad: bool) -> (Latency, u64) {
    let serving = Serving::start(Memory::with_market);
    let mut active: Vec<Trader> = (0..ACTIVE).map(|name| Trader::log_on(serving.address(), name)).collect();
    let others = ACTIVE..CONNECTIONS - if with_bad { NEVER_READ + 1 } else { 0 };
    // They read what they are told by closing nothing and being idle: books are theirs only when asked for.
    let idle: Vec<TcpStream> = others.map(|_| connect(serving.address())).collect();
    let silent: Vec<Trader> = if with_bad { never_read(serving.address()) } else { Vec::new() };
    let stop = Arc::new(AtomicBool::new(!with_bad));
    let flood = flood(serving.address(), Arc::clone(&stop));
    (0..ORDERS / 10).for_each(|n| active[n % ACTIVE].round());
    let before = resident();
    let mut samples = Vec::with_capacity(ORDERS);
    for n in 0..ORDERS {
        let began = monotonic_ns();
        active[n % ACTIVE].round();
        samples.push(monotonic_ns() - began);
    }
    let grown = resident().saturating_sub(before);
    stop.store(true, Ordering::Relaxed);
    assert!(flood.join().is_ok(), "the flood ends");
    drop((idle, silent));
    (Latency::of(samples), grown)
}

fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).expect("a gateway that listens")
}

/// Sessions of the traders' accounts that hear everything, listen to two books, and read nothing.
fn never_read(address: SocketAddr) -> Vec<Trader> {
    let listen = |name: usize| {
        let mut trader = Trader::log_on(address, CONNECTIONS + name);
        for depth in [Depth::L2, Depth::L3] {
            let (instrument, action) = (InstrumentId(0), SubscribeAction::Subscribe);
            let subscribe = Subscribe { request_id: 0, instrument, depth, action, resume: None };
            let seq = trader.next_seq();
            trader.say(&Message::Subscribe(subscribe), seq);
        }
        trader
    };
    (0..NEVER_READ).map(listen).collect()
}

/// Sends garbage as fast as it is taken, and connects again when it is thrown out.
fn flood(address: SocketAddr, stop: Arc<AtomicBool>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let garbage: Vec<u8> = (0..65_536_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
        while !stop.load(Ordering::Relaxed) {
            let mut stream = connect(address);
            while !stop.load(Ordering::Relaxed) && stream.write_all(&garbage).is_ok() {}
        }
    })
}

/// Memory of this process that is in use, in bytes.
fn resident() -> u64 {
    let pages = fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.and_then(|text| text.split_whitespace().nth(1)?.parse::<u64>().ok());
    pages.unwrap_or(0) * 4_096
}
