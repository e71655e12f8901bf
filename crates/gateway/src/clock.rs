//! The clocks of a running gateway. Everything else gets time as an argument.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use latency::StageClock;

use crate::host::STEP_NOW;

/// The shortest wait for a deadline of the engine.
const PATIENCE_NS: u64 = 1_000_000;

/// Tells time.
pub trait Clock {
    /// Nanoseconds since some moment, never back: for timers.
    fn monotonic_ns(&self) -> u64;

    /// Nanoseconds since the Unix epoch, as the machine believes: for the sequencer.
    fn wall_ns(&self) -> i64;

    /// Nanoseconds since some moment, never back: for the stamps of stages. Another moment than that of `monotonic_ns`
    /// may be meant, and reading it may be cheaper.
    fn stage_ns(&self) -> u64 {
        self.monotonic_ns()
    }
}

/// The machine's clocks.
#[derive(Debug, Clone)]
pub struct SystemClock {
    began: Instant,
    stages: StageClock,
}

impl SystemClock {
    /// A clock whose monotonic time begins now.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "the shell's clock: pure code gets what it reads as an argument")]
    pub fn new() -> Self {
        Self { began: Instant::now(), stages: StageClock::new() }
    }

    /// What one reading of [`Clock::stage_ns`] costs here, in nanoseconds.
    #[must_use]
    pub fn stage_cost_ns(&self) -> u64 {
        self.stages.cost_ns()
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn monotonic_ns(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    #[allow(clippy::disallowed_methods, reason = "as above")]
    fn wall_ns(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
    }

    #[inline]
    fn stage_ns(&self) -> u64 {
        self.stages.now_ns()
    }
}

/// How long to wait for a deadline. One that has passed and brought nothing is looked at again after a while: the
/// engine's own clock may be behind the wall's.
pub(crate) fn until(deadline_ns: i64, wall_ns: i64) -> u64 {
    if deadline_ns == STEP_NOW {
        return 0;
    }
    u64::try_from(deadline_ns.saturating_sub(wall_ns)).unwrap_or(0).max(PATIENCE_NS)
}
