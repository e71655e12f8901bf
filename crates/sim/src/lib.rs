//! A naive second opinion on the engine, and seeded attacks on both.

pub mod books;
pub mod compare;
pub mod coverage;
pub mod crash;
pub mod fuzz;
pub mod generate;
pub mod images;
pub mod lives;
pub mod naive;
pub mod report;
pub mod scenario;
pub mod shrink;
