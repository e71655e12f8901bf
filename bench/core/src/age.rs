//! What a command costs after many lifetime ids: the exchange must not get slower by having lived.

use crate::clock::thread_cpu_ns;
use crate::driver::Driver;
use crate::plan::Step;
use crate::whole_engine::WholeEngine;
use flow::workload::{FillTally, Op, Record, Side, Totals};
use model::Limits;

/// Orders that rest at a time: each new one is followed by the cancel of the one so many ids ago.
const RESTING: u64 = 5_000;
/// One order in so many takes.
const TAKE_STRIDE: u64 = 16;
/// Ids given out between two readings of the clock.
const BATCH: u64 = 256;
/// How long client ids are remembered: some ten thousand of them at a microsecond a command.
const RETENTION_NS: i64 = 10_000_000;

/// Nanoseconds of thread time a command, over two windows of ids.
#[derive(Clone, Copy, Debug)]
pub struct Ages {
    /// Over the first tenth of all ids.
    pub young_ns: u64,
    /// Over the last tenth.
    pub old_ns: u64,
}

/// Runs one exchange through `lifetime_ids` orders and compares its first tenth with its last.
///
/// # Panics
/// Where `lifetime_ids` is below ten batches.
pub fn run(lifetime_ids: u64) -> Ages {
    let window = lifetime_ids / 10;
    assert!(window >= BATCH, "too few ids to compare: lifetime_ids={lifetime_ids} min={}", 10 * BATCH);
    let limits = Limits { client_id_retention_ns: RETENTION_NS, ..Limits::default() };
    let mut engine = WholeEngine::with_limits(&header(), limits);
    let (mut young, mut old) = (Window::default(), Window::default());
    for first in (1..=lifetime_ids).step_by(usize::try_from(BATCH).expect("a small number")) {
        let spent = batch(&mut engine, first);
        if first <= window {
            young.add(spent);
        } else if first > lifetime_ids - window {
            old.add(spent);
        }
    }
    Ages { young_ns: young.mean_ns(), old_ns: old.mean_ns() }
}

#[derive(Default)]
struct Window {
    ns: u64,
    commands: u64,
}

impl Window {
    fn add(&mut self, (ns, commands): (u64, u64)) {
        self.ns += ns;
        self.commands += commands;
    }

    fn mean_ns(&self) -> u64 {
        self.ns / self.commands
    }
}

/// Carries out the commands of [`BATCH`] ids; returns the time they took and their number.
fn batch(engine: &mut WholeEngine, first: u64) -> (u64, u64) {
    let mut commands = Vec::new();
    for id in first..first + BATCH {
        WholeEngine::translate(&step(order(id)), &mut commands);
        if id > RESTING {
            WholeEngine::translate(&step(Record { op: Op::Cancel, qty: 0, ..order(id - RESTING) }), &mut commands);
        }
    }
    let mut trades = Vec::new();
    let start = thread_cpu_ns();
    for command in &commands {
        engine.apply(command, &mut trades);
        trades.clear();
    }
    (thread_cpu_ns() - start, commands.len() as u64)
}

/// The order of an id, told by its id alone; one in [`TAKE_STRIDE`] takes two levels deep.
fn order(id: u64) -> Record {
    let side = if (id / 3).is_multiple_of(2) { Side::Buy } else { Side::Sell };
    let distance = 1 + i64::try_from(id * 7_919 % 50).expect("below 50");
    let takes = id.is_multiple_of(TAKE_STRIDE);
    let behind = if takes { -2 } else { distance };
    let px = match side {
        Side::Buy => 32_768 - behind,
        Side::Sell => 32_768 + behind,
    };
    let qty = 1 + u32::try_from(id % 20).expect("below 20");
    Record { id, px, qty, sym: 0, op: if takes { Op::Ioc } else { Op::Add }, side }
}

fn step(record: Record) -> Step {
    Step { record, seq: 0, cum_qty: 0, stays: false }
}

fn header() -> Totals {
    let tally = FillTally::default();
    Totals { n_pre: 0, n_ops: 0, max_id: 0, seed: 0, n_sym: 1, tally, rest: RESTING, rest_qty: 0 }
}
