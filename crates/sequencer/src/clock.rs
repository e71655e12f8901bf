//! Logical time: strictly increasing, never back, and never far at once, whatever the wall clock does (INV-12).
//!
//! Time moves by what the wall clock moved between two readings, but by no more than a bound and never back. A clock
//! that jumps a day ahead therefore ends no order's life a day early, and one that jumps a day back stops no timer. The
//! difference to the wall clock is made up slowly: one eighth faster or slower until both agree.

/// How fast a difference to the wall clock is made up: one part in so many.
const SLEW_PART: i64 = 8;

/// The clock that stamps commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogicalClock {
    /// Time as of the last reading.
    now_ns: i64,
    wall_ns: i64,
    jump_ns_max: i64,
    jumps: u64,
}

impl LogicalClock {
    /// A clock that begins at `wall_ns`, or right after the log's last stamp where the wall clock is behind that.
    ///
    /// The time since the last stamp is believed as a whole: nobody was there to see it pass.
    pub fn starting(last_ns: i64, wall_ns: i64, jump_ns_max: i64) -> Self {
        LogicalClock { now_ns: wall_ns.max(last_ns), wall_ns, jump_ns_max, jumps: 0 }
    }

    /// Reads the wall clock.
    pub fn observe(&mut self, wall_ns: i64) -> i64 {
        let passed = wall_ns.saturating_sub(self.wall_ns);
        let followed = passed.clamp(0, self.jump_ns_max);
        if followed != passed {
            self.jumps += 1;
        }
        let before = self.behind_ns();
        self.wall_ns = wall_ns;
        let correction = followed / SLEW_PART;
        let ahead = match before {
            0 => followed,
            behind if behind > 0 => followed.saturating_add(correction.min(behind)),
            ahead => followed - correction.min(ahead.saturating_neg()),
        };
        self.now_ns = self.now_ns.saturating_add(ahead);
        self.now_ns
    }

    /// Time as it stands.
    pub fn now_ns(&self) -> i64 {
        self.now_ns
    }

    /// How far logical time is behind the wall clock; negative where it is ahead.
    pub fn behind_ns(&self) -> i64 {
        self.wall_ns.saturating_sub(self.now_ns)
    }

    /// How often the wall clock moved further than it may, or back.
    pub fn jumps(&self) -> u64 {
        self.jumps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;
    const DAY: i64 = 86_400 * SECOND;

    fn clock() -> LogicalClock {
        LogicalClock::starting(0, 1_000 * SECOND, 10 * SECOND)
    }

    #[test]
    fn time_follows_the_wall_clock() {
        let mut clock = clock();

        assert_eq!(clock.observe(1_001 * SECOND), 1_001 * SECOND);
        assert_eq!((clock.behind_ns(), clock.jumps()), (0, 0));
    }

    #[test]
    fn a_jump_of_a_day_ahead_moves_time_by_the_bound_only() {
        let mut clock = clock();

        let now = clock.observe(1_000 * SECOND + DAY);

        assert_eq!(now, 1_010 * SECOND);
        assert_eq!((clock.behind_ns(), clock.jumps()), (DAY - 10 * SECOND, 1));
    }

    #[test]
    fn what_it_is_behind_is_made_up_slowly() {
        let mut clock = clock();
        let mut wall = 1_000 * SECOND + 18 * SECOND;
        clock.observe(wall);
        assert_eq!(clock.behind_ns(), 8 * SECOND);

        for _ in 0..64 {
            wall += SECOND;
            clock.observe(wall);
        }

        assert_eq!(clock.behind_ns(), 0);
    }

    #[test]
    fn a_jump_of_a_day_back_slows_time_and_never_stops_or_turns_it() {
        let mut clock = clock();
        let mut wall = 1_000 * SECOND - DAY;
        let before = clock.observe(wall);
        assert_eq!(before, 1_000 * SECOND);

        wall += 8 * SECOND;
        let after = clock.observe(wall);

        assert_eq!(after, before + 7 * SECOND);
        assert_eq!(clock.jumps(), 1);
    }

    #[test]
    fn a_log_from_the_future_is_continued_from_its_end() {
        let mut clock = LogicalClock::starting(5_000 * SECOND, 1_000 * SECOND, 10 * SECOND);

        assert_eq!(clock.observe(1_000 * SECOND), 5_000 * SECOND);
        assert!(clock.behind_ns() < 0);
    }

    #[test]
    fn the_ends_of_the_number_line_do_not_overflow() {
        let mut clock = LogicalClock::starting(i64::MIN, i64::MIN, i64::MAX);

        clock.observe(i64::MAX);
        clock.observe(i64::MIN);

        assert!(clock.now_ns() > i64::MIN);
    }
}
