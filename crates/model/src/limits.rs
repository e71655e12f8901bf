//! The bounds of one exchange, fixed when it is created.

/// Bounds that an operator chooses. Every one is enforced by the engine and hit by a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many client order ids are remembered (S-122).
    pub client_ids_max: usize,
    /// How long the ids of a finished order are remembered, in nanoseconds.
    pub client_id_retention_ns: i64,
    /// How many trades one command may cause; what an order has left beyond it is cancelled.
    pub trades_max: u32,
    /// How many waiting orders one command may trigger; beyond it the instrument goes to a volatility auction.
    pub triggers_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            client_ids_max: 10_000_000,
            client_id_retention_ns: 48 * 3_600 * 1_000_000_000,
            trades_max: 65_536,
            triggers_max: 10_000,
        }
    }
}

impl Limits {
    /// How many finished orders' ids are forgotten at the start of one command, at most.
    pub const RETIRE_MAX: usize = 64;

    /// The shortest time between two indicative prices of one instrument, in nanoseconds (10 a second).
    pub const INDICATIVE_NS_MIN: i64 = 100_000_000;
}
