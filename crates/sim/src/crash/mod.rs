//! Whole systems under faults, by seed: disk, network, clients, clock, and what must hold whatever happens.

pub mod character;
pub mod clients;
pub mod disk;
pub mod exhaustive;
pub mod faults;
mod follow;
mod lives;
pub mod oracle;
pub mod reader;
pub mod seeds;
pub mod server;
pub mod shrink;
pub mod timeline;
pub mod verdict;
pub mod work;
pub mod world;
