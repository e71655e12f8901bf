//! The loops over a workload: checked, timed as a whole, and timed command by command.

use crate::clock::{monotonic_ns, pair_cost_ns, thread_cpu_ns};
use crate::driver::{Driver, Trade, tally_all};
use flow::workload::{FillTally, Record, Workload};
use std::hint::black_box;

/// One command in this many is timed; prime, so that it does not walk in step with a pattern.
const SAMPLE_STRIDE: usize = 7;

/// What an engine ended with, to be compared with the header.
#[derive(Clone, Copy, Debug)]
pub struct Checked {
    /// All fills, preload included.
    pub tally: FillTally,
    /// Orders resting at the end.
    pub resting: u64,
}

/// One timed pass over the measured records.
#[derive(Clone, Copy, Debug)]
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

/// The records before the clock starts, and the measured ones.
///
/// # Panics
/// Where the header counts more records than memory can hold.
pub fn split(workload: &Workload) -> (&[Record], &[Record]) {
    let n_pre = usize::try_from(workload.header.n_pre).expect("a workload fits in memory");
    workload.records.split_at(n_pre)
}

/// Carries out the preload on a fresh engine.
pub fn preloaded<D: Driver>(workload: &Workload) -> D {
    let (preload, _) = split(workload);
    let mut driver = D::start(&workload.header);
    let mut trades = Vec::with_capacity(1_024);
    for record in preload {
        driver.apply(record, &mut trades);
        trades.clear();
    }
    driver
}

/// Carries out the whole workload untimed and hashes every fill.
pub fn check<D: Driver>(workload: &Workload) -> Checked {
    let mut driver = D::start(&workload.header);
    let mut tally = FillTally::default();
    let mut trades: Vec<Trade> = Vec::with_capacity(1_024);
    for record in &workload.records {
        driver.apply(record, &mut trades);
        tally_all(&mut tally, &trades);
        trades.clear();
    }
    Checked { tally, resting: driver.resting() }
}

/// Preloads a fresh engine and times the rest of the workload as one stretch.
pub fn pass<D: Driver>(workload: &Workload) -> Pass {
    let (_, measured) = split(workload);
    let mut driver: D = preloaded(workload);
    let mut trades = Vec::with_capacity(1_024);
    let mut fills = 0;

    let (wall, cpu) = (monotonic_ns(), thread_cpu_ns());
    for record in measured {
        driver.apply(black_box(record), &mut trades);
        fills += black_box(&trades).len() as u64;
        trades.clear();
    }
    let (cpu_ns, wall_ns) = (thread_cpu_ns() - cpu, monotonic_ns() - wall);

    let commands = measured.len() as u64;
    Pass { wall_ns, cpu_ns, commands, fills, resting: driver.resting() }
}

/// Preloads a fresh engine and times one command in [`SAMPLE_STRIDE`] of the rest.
///
/// # Panics
/// Where there is nothing to measure.
pub fn latency<D: Driver>(workload: &Workload) -> Latency {
    let (_, measured) = split(workload);
    let mut driver: D = preloaded(workload);
    let mut trades = Vec::with_capacity(1_024);

    let clock_ns = pair_cost_ns();
    let mut samples = Vec::with_capacity(measured.len() / SAMPLE_STRIDE + 1);
    for stretch in measured.chunks(SAMPLE_STRIDE) {
        let (timed, rest) = stretch.split_first().expect("a chunk is not empty");
        let start = monotonic_ns();
        driver.apply(black_box(timed), &mut trades);
        samples.push((monotonic_ns() - start).saturating_sub(clock_ns));
        for record in rest {
            driver.apply(black_box(record), &mut trades);
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
