//! Resident memory of an engine, as the kernel counts it. Only the first figure of a process is clean.

use crate::driver::Driver;
use crate::measure::preloaded_for;
use crate::plan::Plan;
use flow::workload::Totals;

/// Resident bytes an engine took, and what it held then.
#[derive(Clone, Copy, Debug)]
pub struct Footprint {
    /// Growth of the resident set.
    pub resident_bytes: u64,
    /// Of these, bytes the engine says it holds for something else than resting orders.
    pub apart_bytes: u64,
    /// Orders resting, or symbols where no order was placed.
    pub held: u64,
}

/// Resident growth while the preload of a workload comes to rest.
pub fn of_resting_orders<D: Driver>(plan: &Plan) -> Footprint {
    let before = resident_bytes();
    // Tables are sized by what rests: room for later commands would not be resident, but would be counted.
    let driver: D = preloaded_for(plan, &Totals { n_ops: 0, ..plan.header });
    Footprint {
        resident_bytes: resident_bytes().saturating_sub(before),
        apart_bytes: driver.bytes_apart(),
        held: driver.resting(),
    }
}

/// Resident growth of `n_sym` instruments without an order.
///
/// # Panics
/// Where the engine claims to hold orders, or the kernel does not tell the resident size.
pub fn of_empty_symbols<D: Driver>(header: &Totals, n_sym: u64) -> Footprint {
    let before = resident_bytes();
    let driver = D::start(&Totals { n_sym, n_pre: 0, n_ops: 0, max_id: 0, rest: 0, ..*header });
    let after = resident_bytes();
    assert_eq!(driver.resting(), 0, "an engine without commands holds no order");
    Footprint { resident_bytes: after.saturating_sub(before), apart_bytes: 0, held: n_sym }
}

/// `VmRSS` of this process. A system that does not tell is a failed measurement, not a zero.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the kernel lists this process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("VmRSS is listed");
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("VmRSS is a number of kB");
    kilobytes * 1_024
}
