//! The three benchmark workloads, rebuilt from their seeds bit for bit: integers only, the same on every machine.
//!
//! A workload carries the totals and the hash of its fills. An engine that does not reproduce them is not measured.

mod deep;
mod draw;
mod format;
mod itch;
mod market;
mod mixed;
mod record;

pub use format::{HEADER_BYTES, MAGIC, RECORD_BYTES};
pub use record::{FillTally, HASH_START, Op, Record, Side, Totals, Workload};

/// Which workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// One symbol near its fair price, every kind of command; 2,010,000 records.
    Mixed,
    /// A million resting orders, cancels and adds; 2,000,000 records.
    Deep,
    /// 100 symbols, mostly adds and cancels; 2,200,000 records.
    Itch,
}

impl Kind {
    /// Every workload, in the order of the tables.
    pub const ALL: [Self; 3] = [Self::Mixed, Self::Deep, Self::Itch];

    /// The name used in files and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mixed => "mixed",
            Self::Deep => "deep",
            Self::Itch => "itch",
        }
    }

    /// Builds the workload; about a second and 100 MB when optimised.
    pub fn generate(self) -> Workload {
        match self {
            Self::Mixed => mixed::generate(),
            Self::Deep => deep::generate(),
            Self::Itch => itch::generate(),
        }
    }
}
