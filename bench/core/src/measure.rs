//! The loops over a workload: checked, timed as a whole, and timed command by command.

use crate::clock::{monotonic_ns, pair_cost_ns, thread_cpu_ns};
use crate::driver::{Driver, Trade, tally_all};
use crate::plan::{Plan, Step};
use flow::workload::{FillTally, Totals};
use std::hint::black_box;

/// One command in this many is timed; prime, so that it does not walk in step with a pattern.
const SAMPLE_STRIDE: usize = 7;

/// Commands translated at a time, so that they are warm in cache as a decoder leaves them.
const BATCH: usize = 256;

/// Commands an engine is shown before their turn, inside the measured time.
const AHEAD: usize = 16;

/// What an engine ended with, to be compared with the header.
#[derive(Clone, Copy, Debug)]
pub struct Checked {
    /// All fills, preload included.
    pub tally: FillTally,
    /// Orders resting at the end.
    pub resting: u64,
}

/// One timed pass over the measured records.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pass {
    /// Time on the wall, nanoseconds.
    pub wall_ns: u64,
    /// Time the measuring thread ran, nanoseconds.
    pub cpu_ns: u64,
    /// Commands measured.
    pub commands: u64,
    /// Fills of the measured commands.
    pub fills: u64,
    /// Orders resting at the end.
    pub resting: u64,
}

/// Nanoseconds of sampled commands, the cost of the clock taken off.
#[derive(Clone, Copy, Debug)]
pub struct Latency {
    /// Commands timed.
    pub samples: usize,
    /// Cost of the clock that was taken off each sample.
    pub clock_ns: u64,
    /// Median.
    pub p50_ns: u64,
    /// 99 of 100 are not above.
    pub p99_ns: u64,
    /// 999 of 1,000 are not above.
    pub p999_ns: u64,
    /// Largest.
    pub max_ns: u64,
}

/// Carries out the preload on a fresh engine.
pub fn preloaded<D: Driver>(plan: &Plan) -> D {
    preloaded_for(plan, &plan.header)
}

/// As [`preloaded`], the engine's tables sized by another header.
pub fn preloaded_for<D: Driver>(plan: &Plan, header: &Totals) -> D {
    let mut driver = D::start(header);
    carry_out(&mut driver, &plan.preload, |_| {});
    driver
}

/// Carries out the whole workload untimed and hashes every fill.
pub fn check<D: Driver>(plan: &Plan) -> Checked {
    let mut driver = D::start(&plan.header);
    let mut tally = FillTally::default();
    carry_out(&mut driver, &plan.preload, |trades| tally_all(&mut tally, trades));
    carry_out(&mut driver, &plan.measured, |trades| tally_all(&mut tally, trades));
    Checked { tally, resting: driver.resting() }
}

fn carry_out<D: Driver>(driver: &mut D, steps: &[Step], mut report: impl FnMut(&[Trade])) {
    let (mut commands, mut trades) = (Vec::new(), Vec::with_capacity(1_024));
    for step in steps {
        D::translate(step, &mut commands);
        for command in commands.drain(..) {
            driver.apply(&command, &mut trades);
        }
        report(&trades);
        trades.clear();
    }
}

/// Preloads a fresh engine and times the rest of the workload, a batch of translated commands at a time.
pub fn pass<D: Driver>(plan: &Plan) -> Pass {
    let mut driver: D = preloaded(plan);
    let mut commands = Vec::with_capacity(2 * BATCH);
    let mut trades = Vec::with_capacity(1_024);
    let mut pass = Pass { commands: plan.measured.len() as u64, ..Pass::default() };

    for steps in plan.measured.chunks(BATCH) {
        commands.clear();
        for step in steps {
            D::translate(step, &mut commands);
        }
        let (wall, cpu) = (monotonic_ns(), thread_cpu_ns());
        for ahead in commands.chunks(AHEAD) {
            driver.look_ahead(ahead);
            for command in ahead {
                driver.apply(black_box(command), &mut trades);
                pass.fills += black_box(&trades).len() as u64;
                trades.clear();
            }
        }
        pass.cpu_ns += thread_cpu_ns() - cpu;
        pass.wall_ns += monotonic_ns() - wall;
    }
    pass.resting = driver.resting();
    pass
}

/// Preloads a fresh engine and times one command in [`SAMPLE_STRIDE`] of the rest.
///
/// # Panics
/// Where there is nothing to measure.
pub fn latency<D: Driver>(plan: &Plan) -> Latency {
    let mut driver: D = preloaded(plan);
    let mut commands = Vec::with_capacity(2 * SAMPLE_STRIDE);
    let mut trades = Vec::with_capacity(1_024);

    let clock_ns = pair_cost_ns();
    let mut samples = Vec::with_capacity(plan.measured.len() / SAMPLE_STRIDE + 1);
    for steps in plan.measured.chunks(SAMPLE_STRIDE) {
        commands.clear();
        for step in steps {
            D::translate(step, &mut commands);
        }
        let (timed, rest) = commands.split_first().expect("a chunk is not empty");
        let start = monotonic_ns();
        driver.apply(black_box(timed), &mut trades);
        samples.push((monotonic_ns() - start).saturating_sub(clock_ns));
        for command in rest {
            driver.apply(black_box(command), &mut trades);
        }
        black_box(&trades);
        trades.clear();
    }
    samples.sort_unstable();
    summarise(&samples, clock_ns)
}

fn summarise(sorted: &[u64], clock_ns: u64) -> Latency {
    let at = |per_mille: usize| sorted[(sorted.len() - 1) * per_mille / 1_000];
    Latency { samples: sorted.len(), clock_ns, p50_ns: at(500), p99_ns: at(990), p999_ns: at(999), max_ns: at(1_000) }
}

#[cfg(test)]
mod tests {
    use super::summarise;

    #[test]
    fn percentiles_are_order_statistics_of_the_samples() {
        let sorted: Vec<u64> = (0..=1_000).collect();

        let latency = summarise(&sorted, 3);

        assert_eq!((latency.samples, latency.clock_ns), (1_001, 3));
        assert_eq!((latency.p50_ns, latency.p99_ns), (500, 990));
        assert_eq!((latency.p999_ns, latency.max_ns), (999, 1_000));
    }
}
