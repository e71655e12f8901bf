//! The binary gateway over loopback: wire to wire, pipelined, and among a thousand connections, next to a raw echo.
//!
//! Server and client are two threads of one process with a socket between them. The echo answers messages of the same
//! sizes from the same kind of loop, so that what differs is the exchange: decode, sequence, journal, match, report.

mod client;
mod crowd;
mod echo;
mod hosts;
mod stages;
mod steady;

use std::path::Path;

use crate::clock::monotonic_ns;
use client::Trader;
pub use crowd::Crowd;
use hosts::{Durable, Memory, Serving};
pub use stages::{Open, Stamped};
pub use steady::Steady;

/// Orders of one latency measurement, and before it so that everything is warm.
const ORDERS: usize = 20_000;
const WARM: usize = 2_000;
/// Orders of one throughput measurement.
const PIPELINED: usize = 400_000;
/// Orders in one send, and without an answer at most.
const PER_SEND: usize = 16;
const IN_FLIGHT_MAX: usize = 1_024;
/// Writes whose sync is measured.
const SYNCS: usize = 400;

/// Median, 99 and 99.9 of 100, in nanoseconds; zeros where nothing was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latency {
    /// Half are faster.
    pub p50_ns: u64,
    /// 99 of 100 are faster.
    pub p99_ns: u64,
    /// 999 of 1,000 are faster.
    pub p999_ns: u64,
}

impl Latency {
    fn of(mut samples: Vec<u64>) -> Self {
        samples.sort_unstable();
        let at =
            |per_mille: usize| samples.get(samples.len().saturating_sub(1) * per_mille / 1_000).map_or(0, |it| *it);
        Latency { p50_ns: at(500), p99_ns: at(990), p999_ns: at(999) }
    }
}

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// A raw echo of the same sizes.
    pub echo: Latency,
    /// An order and its answer, nothing written.
    pub memory: Latency,
    /// The same, written but not synced.
    pub os: Latency,
    /// The same, durable before it is answered.
    pub durable: Latency,
    /// One write of 4 KiB into a file of zeros, and its sync.
    pub sync: Latency,
    /// Answered orders a second at 16 a send, nothing written, and durable.
    pub pipelined: [u64; 2],
}

/// Measures in a directory on the disk in question.
///
/// # Panics
/// Where the system gives no socket or file, or an order is not accepted.
pub fn run(directory: &Path) -> Measured {
    let echo = echo::Echo::start();
    let echo_latency = latency(|| echo.round());
    let memory = Serving::start(Memory::with_market);
    let memory_latency = orders(memory.address());
    let memory_rate = pipelined(memory.address());
    drop(memory);
    let os = Serving::start(|| Durable::open(&directory.join("os"), journal::Mode::Os));
    let os_latency = orders(os.address());
    drop(os);
    let group = journal::Mode::Group { max_us: 0, max_n: 4_096 };
    let durable = Serving::start(|| Durable::open(&directory.join("group"), group));
    let durable_latency = orders(durable.address());
    let durable_rate = pipelined(durable.address());
    drop(durable);
    Measured {
        echo: echo_latency,
        memory: memory_latency,
        os: os_latency,
        durable: durable_latency,
        sync: sync(&directory.join("sync")),
        pipelined: [memory_rate, durable_rate],
    }
}

fn latency(mut round: impl FnMut()) -> Latency {
    (0..WARM).for_each(|_| round());
    let mut samples = Vec::with_capacity(ORDERS);
    for _ in 0..ORDERS {
        let began = monotonic_ns();
        round();
        samples.push(monotonic_ns() - began);
    }
    Latency::of(samples)
}

fn orders(address: std::net::SocketAddr) -> Latency {
    let mut trader = Trader::log_on(address, 0);
    latency(|| trader.round())
}

fn pipelined(address: std::net::SocketAddr) -> u64 {
    let mut trader = Trader::log_on(address, 1);
    trader.pipeline(PIPELINED / 10, PER_SEND, IN_FLIGHT_MAX);
    let began = monotonic_ns();
    trader.pipeline(PIPELINED, PER_SEND, IN_FLIGHT_MAX);
    PIPELINED as u64 * 1_000_000_000 / (monotonic_ns() - began)
}

/// What the disk itself takes for one sync.
fn sync(path: &Path) -> Latency {
    use std::os::unix::fs::FileExt as _;
    let file = std::fs::File::create(path).expect("a file to sync");
    let (block, count) = ([0_u8; 4_096], SYNCS as u64);
    (0..count).for_each(|n| file.write_all_at(&block, n * 4_096).expect("room for a few megabytes"));
    file.sync_all().expect("a disk that syncs");
    let mut samples = Vec::with_capacity(SYNCS);
    for n in 0..count {
        let began = monotonic_ns();
        file.write_all_at(&block, n * 4_096).expect("written before");
        file.sync_data().expect("a disk that syncs");
        samples.push(monotonic_ns() - began);
    }
    Latency::of(samples)
}
