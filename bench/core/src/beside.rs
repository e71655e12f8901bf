//! What a command costs beside many orders that it has nothing to do with.

use crate::clock::thread_cpu_ns;
use crate::driver::Driver;
use crate::plan::Step;
use crate::whole_engine::WholeEngine;
use flow::workload::{FillTally, Op, Record, Side, Totals};
use model::{
    AccountId, ClOrdId, Display, InstrumentId, Limits, NewOrder, OrdType, PostOnly, Price, Qty, SessionId, TimeInForce,
};

/// Orders that rest at a time: each new one is followed by the cancel of the one so many ids ago.
const RESTING: u64 = 5_000;
/// One order in so many takes.
const TAKE_STRIDE: u64 = 16;
/// Ids given out between two readings of the clock.
const BATCH: u64 = 256;
/// Readings of each exchange.
const READINGS: u64 = 400;
/// Around it the orders that are measured trade.
pub const FAIR: i64 = 32_768;

/// Nanoseconds of thread time a command, medians over all readings.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
    /// In an exchange without them.
    pub alone_ns: u64,
    /// Beside them.
    pub beside_ns: u64,
}

/// Runs the same commands through an exchange with nothing else in it and one that `enter` has filled before, in turn.
/// `enter` gives how many order ids it took.
pub fn compare(enter: impl Fn(&mut WholeEngine) -> u64) -> Costs {
    let (mut alone, mut beside) = (Exchange::with(|_| 0), Exchange::with(enter));
    let (mut alone_ns, mut beside_ns) = (Vec::new(), Vec::new());
    for reading in 0..READINGS {
        let first = 1 + reading * BATCH;
        alone_ns.push(alone.batch(first));
        beside_ns.push(beside.batch(first));
    }
    Costs { alone_ns: median(alone_ns), beside_ns: median(beside_ns) }
}

/// The middle one of some readings.
pub fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values[values.len() / 2]
}

struct Exchange {
    engine: WholeEngine,
    /// Order ids that were taken before.
    taken: u64,
}

impl Exchange {
    fn with(enter: impl FnOnce(&mut WholeEngine) -> u64) -> Self {
        let mut engine = WholeEngine::with_limits(&header(), Limits::default());
        let taken = enter(&mut engine);
        assert_eq!(engine.resting(), taken, "all that is entered is accepted and stays");
        Exchange { engine, taken }
    }

    /// Carries out the commands of [`BATCH`] ids; returns the time a command took.
    fn batch(&mut self, first: u64) -> u64 {
        let mut commands = Vec::new();
        for id in first..first + BATCH {
            WholeEngine::translate(&self.step(id, None), &mut commands);
            if id > RESTING {
                WholeEngine::translate(&self.step(id - RESTING, Some(Op::Cancel)), &mut commands);
            }
        }
        let mut trades = Vec::new();
        let start = thread_cpu_ns();
        for command in &commands {
            self.engine.apply(command, &mut trades);
            trades.clear();
        }
        (thread_cpu_ns() - start) / commands.len() as u64
    }

    /// What is done with the order of an id, which is told by its id alone.
    fn step(&self, id: u64, op: Option<Op>) -> Step {
        let side = if (id / 3).is_multiple_of(2) { Side::Buy } else { Side::Sell };
        let distance = 1 + i64::try_from(id * 7_919 % 50).expect("below 50");
        let takes = id.is_multiple_of(TAKE_STRIDE);
        let behind = if takes { -2 } else { distance };
        let px = match side {
            Side::Buy => FAIR - behind,
            Side::Sell => FAIR + behind,
        };
        let qty = 1 + u32::try_from(id % 20).expect("below 20");
        let op = op.unwrap_or(if takes { Op::Ioc } else { Op::Add });
        let record = Record { id: self.taken + id, px, qty, sym: 0, op, side };
        Step { record, seq: 0, cum_qty: 0, stays: false }
    }
}

/// A limit order of ten lots.
///
/// # Panics
/// Where the id is too long.
pub fn order(account: AccountId, cl_ord_id: &str, side: model::Side, px: i64) -> NewOrder {
    NewOrder {
        account,
        session: SessionId(0),
        instrument: InstrumentId(0),
        cl_ord_id: ClOrdId::new(cl_ord_id).expect("a short printable text"),
        side,
        ord_type: OrdType::Limit,
        tif: TimeInForce::Gtc,
        order_qty: Qty(10),
        price: Some(Price(px)),
        protection_price: None,
        quote_qty: None,
        peg: None,
        min_qty: Qty(0),
        display: Display::All,
        post_only: PostOnly::No,
        reduce_only: false,
        stp: None,
    }
}

/// A workload of one instrument and no steps.
pub fn header() -> Totals {
    let tally = FillTally::default();
    Totals { n_pre: 0, n_ops: 0, max_id: 0, seed: 0, n_sym: 1, tally, rest: RESTING, rest_qty: 0 }
}
