//! The clocks of a measurement: time this thread ran, and time on the wall.

use rustix::time::{ClockId, Timespec, clock_gettime};

/// Nanoseconds this thread has run; neighbours that steal the core do not count.
///
/// # Panics
/// Never on a system whose clocks start at boot.
pub fn thread_cpu_ns() -> u64 {
    nanoseconds(clock_gettime(ClockId::ThreadCPUTime))
}

/// Nanoseconds of the monotonic clock, from an arbitrary start.
#[inline]
pub fn monotonic_ns() -> u64 {
    nanoseconds(clock_gettime(ClockId::Monotonic))
}

fn nanoseconds(time: Timespec) -> u64 {
    let total = time.tv_sec * 1_000_000_000 + time.tv_nsec;
    u64::try_from(total).expect("clocks that start at boot are not negative")
}

/// Median cost of reading the monotonic clock twice, nanoseconds: what each sample holds beside the command.
pub fn pair_cost_ns() -> u64 {
    let mut costs: Vec<u64> = (0..10_001)
        .map(|_| {
            let start = monotonic_ns();
            monotonic_ns() - start
        })
        .collect();
    costs.sort_unstable();
    costs[costs.len() / 2]
}
