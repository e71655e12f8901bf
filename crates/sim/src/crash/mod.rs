//! Whole systems under faults, by seed: disk, network, clients, clock, and what must hold whatever happens.

pub mod disk;
pub mod faults;
pub mod seeds;
