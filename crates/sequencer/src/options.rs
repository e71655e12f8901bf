//! What an operator chooses: durability, bounds, and how time may move.

use model::Limits;

use crate::failure::OpenError;
use crate::hold::Hold;

const SECOND_NS: i64 = 1_000_000_000;

/// How a sequencer works. Every bound is stated here and hit by a test.
#[derive(Clone, Debug)]
pub struct Options {
    /// The engine's own bounds. A log keeps those it was begun with, whatever stands here later.
    pub limits: Limits,
    /// Segment size, key of the chain, and when outputs may leave (S-140).
    pub journal: journal::Options,
    /// Commands that may wait for the next step, 1 or more; one more is refused with [`crate::Refusal::QueueFull`].
    pub queue_max: usize,
    /// Places beyond `queue_max` for commands that take risk away ([`crate::takes_risk_away`]).
    pub reserve_max: usize,
    /// Commands between two state hashes in the log, 1 or more; kept by a log as `limits` are. While more orders than
    /// that are open, as many commands as there are open orders.
    pub hash_every: u64,
    /// Commands between two snapshots, 0 for none; a multiple of `hash_every`.
    pub snapshot_every: u64,
    /// How far logical time may move from one step to the next, in nanoseconds. A clock that jumps further is followed
    /// slowly ([`crate::LogicalClock`]); `i64::MAX` follows at once.
    pub jump_ns_max: i64,
    /// How long after the last command a seal ends an idle log, in nanoseconds.
    pub seal_after_ns: i64,
    /// How long after a full disk was met space is looked for again, in nanoseconds.
    pub retry_after_ns: i64,
    /// Segments are prepared by the caller's own thread ([`crate::Sequencer::begin_upkeep`]) instead of in pieces
    /// between commands.
    pub upkeep_apart: bool,
    /// How far back the log reaches for those who read it behind the sequencer.
    pub hold: Hold,
    /// Commands between two checks of the engine's invariants, 0 for none.
    pub check_every: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            limits: Limits::default(),
            journal: journal::Options::default(),
            queue_max: 4_096,
            reserve_max: 1_024,
            hash_every: 10_000,
            snapshot_every: 1_000_000,
            jump_ns_max: 10 * SECOND_NS,
            seal_after_ns: 50_000_000,
            retry_after_ns: SECOND_NS / 4,
            upkeep_apart: false,
            hold: Hold::default(),
            check_every: 1 << 20,
        }
    }
}

impl Options {
    /// # Errors
    /// [`OpenError::Option`] names the first option out of range.
    pub(crate) fn check(&self) -> Result<(), OpenError> {
        let wrong = |what: String| Err(OpenError::Option(what));
        let Options { queue_max, hash_every, snapshot_every, jump_ns_max, .. } = self;
        if *queue_max == 0 {
            return wrong("queue_max must be 1 or more: queue_max=0".to_owned());
        }
        if *hash_every == 0 {
            return wrong("hash_every must be 1 or more: hash_every=0".to_owned());
        }
        if !snapshot_every.is_multiple_of(*hash_every) {
            let next = snapshot_every.next_multiple_of(*hash_every);
            return wrong(format!(
                "snapshot_every must be a multiple of hash_every: snapshot_every={snapshot_every} hash_every={hash_every}; \
                 use {next}, or 0 for none"
            ));
        }
        if *jump_ns_max <= 0 {
            return wrong(format!("jump_ns_max must be positive: jump_ns_max={jump_ns_max}"));
        }
        let Limits { client_ids_max, trades_max, triggers_max, .. } = self.limits;
        if client_ids_max == 0 || u32::try_from(client_ids_max).is_err() || trades_max == 0 || triggers_max == 0 {
            return wrong(format!("limits must be positive and fit 32 bits: limits={:?}", self.limits));
        }
        Ok(())
    }
}
