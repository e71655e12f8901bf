//! Seeded market activity: the demo market and the benchmark workloads.
