//! The journal on a disk that does what the test says.
#![cfg(test)]

mod damage;
mod faults;
mod lives;
mod memory;
mod support;
