//! Seeded market activity: the demo market and the benchmark workloads.

pub mod market;
pub mod rng;
pub mod workload;
