//! Measures one engine on one workload: the loop every driver shares, and a book written plainly to compare with.

pub mod clock;
pub mod driver;
pub mod file;
pub mod measure;
pub mod memory;
pub mod serve;
pub mod textbook;
