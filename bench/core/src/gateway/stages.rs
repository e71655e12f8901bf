//! An open loop against a durable gateway, and what stamps cost: the same load with and without them, in turn.

use std::path::Path;

use journal::Mode;
use latency::Record;

use super::client::Trader;
use super::hosts::{Durable, Serving};
use super::{IN_FLIGHT_MAX, Latency, PER_SEND};
use crate::clock::monotonic_ns;

/// Pairs of runs, one without and one with stamps.
const PAIRS: usize = 5;
/// Orders of one run.
const ORDERS: usize = 200_000;
/// Seconds of an open loop.
const SECONDS: usize = 10;

/// Latencies of orders that were sent by a schedule.
#[derive(Clone, Copy, Debug)]
pub struct Open {
    /// From when an order was meant to be sent.
    pub meant: Latency,
    /// From when it was.
    pub sent: Latency,
}

impl Open {
    /// Sends `per_s` orders a second, 1 to 1,000,000, for ten seconds, each durable before it is answered.
    ///
    /// # Panics
    /// Where the system gives no socket or file, or an order is not accepted.
    #[must_use]
    pub fn run(directory: &Path, per_s: u32) -> Self {
        let group = Mode::Group { max_us: 0, max_n: 4_096 };
        let serving = Serving::start_stamped(|| Durable::open(directory, group), Some(Record::new(None)));
        let mut trader = Trader::log_on(serving.address(), 0);
        let per_s = per_s.clamp(1, 1_000_000);
        let orders = SECONDS * usize::try_from(per_s).expect("a million at most");
        let [meant, sent] = trader.open_loop(orders, 1_000_000_000 / u64::from(per_s));
        Open { meant: Latency::of(meant), sent: Latency::of(sent) }
    }
}

/// Nanoseconds an order of a pipeline that is written and not synced, medians of all runs.
#[derive(Clone, Copy, Debug)]
pub struct Stamped {
    /// Without stamps.
    pub without_ns: u64,
    /// With them.
    pub with_ns: u64,
}

impl Stamped {
    /// Measures both in turn.
    ///
    /// # Panics
    /// As [`Open::run`].
    #[must_use]
    pub fn run(directory: &Path) -> Self {
        let [mut without, mut with] = [Vec::new(), Vec::new()];
        for pair in 0..PAIRS {
            without.push(per_order_ns(&directory.join(format!("{pair}-without")), None));
            with.push(per_order_ns(&directory.join(format!("{pair}-with")), Some(Record::new(None))));
        }
        let median = |mut all: Vec<u64>| {
            all.sort_unstable();
            all[PAIRS / 2]
        };
        Stamped { without_ns: median(without), with_ns: median(with) }
    }
}

fn per_order_ns(directory: &Path, record: Option<Record>) -> u64 {
    let serving = Serving::start_stamped(|| Durable::open(directory, Mode::Os), record);
    let mut trader = Trader::log_on(serving.address(), 1);
    trader.pipeline(ORDERS / 10, PER_SEND, IN_FLIGHT_MAX);
    let began = monotonic_ns();
    trader.pipeline(ORDERS, PER_SEND, IN_FLIGHT_MAX);
    (monotonic_ns() - began) / ORDERS as u64
}
