//! A steady load on a gateway that runs elsewhere: many connections, a rate, and every order answered or named.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use model::Side;

use super::Latency;
use super::client::{Heard, Trader};
use crate::clock::monotonic_ns;

/// How long to wait for the last answers.
const PATIENCE_NS: u64 = 30_000_000_000;
/// How often due orders are sent.
const TURN: Duration = Duration::from_millis(1);
/// Every order is at this price, a buy and a sell in turn: what rests is taken by the next.
const PRICE: i64 = 10_000;
const NS_PER_S: u64 = 1_000_000_000;

/// What became of the orders.
#[derive(Clone, Debug)]
pub struct Steady {
    /// Orders that were sent.
    pub sent: u64,
    /// Those that were accepted.
    pub accepted: u64,
    /// Those that were refused or not passed on, by the reason.
    pub refused: BTreeMap<String, u64>,
    /// From the first order to the last answer, in nanoseconds.
    pub elapsed_ns: u64,
    /// Reports of trades.
    pub fills: u64,
    /// From when an order was due to its answer.
    pub latency: Latency,
}

/// Orders by a schedule over many connections.
struct Load {
    traders: Vec<Trader>,
    due_ns: Vec<Vec<u64>>,
    took_ns: Vec<u64>,
    refused: BTreeMap<String, u64>,
    fills: u64,
}

impl Steady {
    /// Sends `per_s` orders a second (at least 1) over the keys `k0`, `k1`, ... for so many seconds.
    ///
    /// # Panics
    /// Where the gateway does not let a key in or closes a connection.
    #[must_use]
    pub fn run(address: SocketAddr, connections: usize, per_s: u64, seconds: u64) -> Self {
        let traders: Vec<Trader> = (0..connections).map(|name| Trader::log_on(address, name)).collect();
        traders.iter().for_each(Trader::do_not_wait);
        let due_ns = vec![Vec::new(); connections];
        let mut load = Load { traders, due_ns, took_ns: Vec::new(), refused: BTreeMap::new(), fills: 0 };
        let (began, interval_ns, orders) = (monotonic_ns(), NS_PER_S / per_s.max(1), per_s * seconds);
        let mut sent = 0;
        while sent < orders {
            let now = monotonic_ns();
            while sent < orders && began + sent * interval_ns <= now {
                load.send(sent, began + sent * interval_ns);
                sent += 1;
            }
            load.turn();
            std::thread::sleep(TURN);
        }
        let end = monotonic_ns() + PATIENCE_NS;
        while load.answered() < sent && monotonic_ns() < end {
            load.turn();
            std::thread::sleep(TURN);
        }
        let (elapsed_ns, accepted) = (monotonic_ns() - began, load.took_ns.len() as u64);
        let Load { took_ns, refused, fills, .. } = load;
        Steady { sent, accepted, refused, elapsed_ns, fills, latency: Latency::of(took_ns) }
    }
}

impl Load {
    fn send(&mut self, number: u64, due_ns: u64) {
        let at = usize::try_from(number).expect("64 bits") % self.traders.len();
        let side = if number.is_multiple_of(2) { Side::Buy } else { Side::Sell };
        self.traders[at].append_order(side, PRICE);
        self.due_ns[at].push(due_ns);
    }

    fn turn(&mut self) {
        for (trader, due_ns) in self.traders.iter_mut().zip(&self.due_ns) {
            trader.write_some();
            for heard in trader.hear_some() {
                match heard {
                    Heard::Accepted(seq) => {
                        let n = usize::try_from(seq - 1).expect("orders of one connection");
                        self.took_ns.push(monotonic_ns().saturating_sub(due_ns[n]));
                    }
                    Heard::Traded => self.fills += 1,
                    Heard::Refused(why) => *self.refused.entry(why).or_default() += 1,
                }
            }
        }
    }

    fn answered(&self) -> u64 {
        self.took_ns.len() as u64 + self.refused.values().sum::<u64>()
    }
}
