//! The regular hours of a market as times of its local day.

const MINUTE: i64 = 60_000_000_000;

/// When a market opens and closes, in nanoseconds since local midnight. The close is not part of the hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hours {
    /// First moment.
    pub open_ns: i64,
    /// First moment that is too late.
    pub close_ns: i64,
}

impl Default for Hours {
    /// 09:30 to 16:00.
    fn default() -> Self {
        Hours { open_ns: 570 * MINUTE, close_ns: 960 * MINUTE }
    }
}

impl Hours {
    /// Whether trading is regular at a time of the local day.
    #[must_use]
    pub fn is_open(&self, time_ns: i64) -> bool {
        (self.open_ns..self.close_ns).contains(&time_ns)
    }

    /// Whether a time is within the last `minutes` before the close.
    #[must_use]
    pub fn is_last(&self, time_ns: i64, minutes: i64) -> bool {
        self.is_open(time_ns) && time_ns >= self.close_ns - minutes * MINUTE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_open_belongs_to_the_hours_and_the_close_does_not() {
        let hours = Hours::default();

        assert!(hours.is_open(570 * MINUTE) && !hours.is_open(570 * MINUTE - 1));
        assert!(hours.is_open(960 * MINUTE - 1) && !hours.is_open(960 * MINUTE));
        assert!(
            hours.is_last(935 * MINUTE, 25) && !hours.is_last(935 * MINUTE - 1, 25) && !hours.is_last(960 * MINUTE, 25)
        );
    }
}
