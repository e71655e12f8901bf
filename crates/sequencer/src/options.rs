//! What an operator chooses: durability, bounds, and how time may move.

use model::Limits;

const SECOND_NS: i64 = 1_000_000_000;

/// When a batch counts as durable (S-140). Outputs leave only after that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// One `fdatasync` for each command.
    Always,
    /// One `fdatasync` for each batch: whatever came while the last one ran. A batch waits for company until it holds
    /// `max_n` commands or its first has waited `max_us`; 0 waits for nobody.
    Group {
        /// Longest wait for company, in microseconds, 0 to 10,000.
        max_us: u32,
        /// Commands that end the wait.
        max_n: usize,
    },
    /// Written, not synced: survives the process, not the machine. Never called durable.
    Os,
}

impl Durability {
    /// Its name, in every report and acknowledgement that speaks of durability.
    pub fn name(self) -> &'static str {
        match self {
            Durability::Always => "always",
            Durability::Group { .. } => "group",
            Durability::Os => "os",
        }
    }
}

/// How a sequencer works. Every bound is stated here and hit by a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The engine's own bounds. A log keeps the ones it was begun with.
    pub limits: Limits,
    /// When outputs may leave.
    pub durability: Durability,
    /// Commands that may wait for the next step, 1 or more; one more is refused with [`crate::Refusal::QueueFull`].
    pub queue_max: usize,
    /// Commands in one batch, 1 to 4,096.
    pub batch_max: usize,
    /// Commands between two state-hash records, 1 or more. Replay checks each.
    pub hash_every: u64,
    /// Commands between two snapshots, 0 for none; a multiple of `hash_every`.
    pub snapshot_every: u64,
    /// How far logical time may move from one step to the next, in nanoseconds. A clock that jumps further is followed
    /// slowly ([`crate::LogicalClock`]); `i64::MAX` follows at once.
    pub jump_ns_max: i64,
    /// How long after the last command a seal ends an idle log, in nanoseconds.
    pub seal_after_ns: i64,
    /// Bytes of one segment file.
    pub segment_bytes: u64,
    /// Commands between two checks of the engine's invariants, 0 for none.
    pub check_every: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            limits: Limits::default(),
            durability: Durability::Group { max_us: 0, max_n: 1 },
            queue_max: 4_096,
            batch_max: 1_024,
            hash_every: 10_000,
            snapshot_every: 1_000_000,
            jump_ns_max: 10 * SECOND_NS,
            seal_after_ns: 50_000_000,
            segment_bytes: 64 << 20,
            check_every: 1 << 20,
        }
    }
}
