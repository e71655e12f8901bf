//! Makes byte records durable and gives them back in order, or says which are lost.
//!
//! The crate knows bytes only: what a record means is the caller's business. Everything it does to a disk goes through
//! the traits in [`disk`], so a simulator can stand in for the operating system.

pub mod disk;
