//! A naive second opinion on the engine, and seeded attacks on both.

pub mod naive;
