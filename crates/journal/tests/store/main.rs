//! The journal on a disk that does what the test says.
#![cfg(test)]

mod damage;
mod faults;
mod following;
mod fuzz;
mod golden;
mod lives;
mod memory;
mod offline;
mod snapshots;
mod support;
mod writing;
