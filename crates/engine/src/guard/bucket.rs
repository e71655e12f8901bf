//! A token bucket in billionths of a message, exact in integers (rule R-131).

use model::Rate;
use model::image;

/// One message.
const MESSAGE: u128 = 1_000_000_000;

/// How many messages an account may still send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bucket {
    /// Level after the last message and its time; empty before the first.
    last: Option<(u64, i64)>,
}

image!(Bucket { last: Option<(u64, i64)> });

impl Bucket {
    /// The level at a time, without a message.
    fn level(self, rate: Rate, now_ns: i64) -> u128 {
        let full = u128::from(rate.burst) * MESSAGE;
        let Some((level, last_ns)) = self.last else { return full };
        let passed = u128::try_from(i128::from(now_ns) - i128::from(last_ns)).unwrap_or(0);
        // Below 2^64 x 2^32: the product of a time and a rate fits.
        (u128::from(level) + passed * u128::from(rate.per_second)).min(full)
    }

    /// Takes one message, or says in how many nanoseconds there will be one.
    pub(crate) fn take(&mut self, rate: Rate, now_ns: i64) -> Result<(), u128> {
        if rate.per_second == 0 {
            return Ok(());
        }
        let level = self.level(rate, now_ns);
        let left = level.checked_sub(MESSAGE);
        let kept = u64::try_from(left.unwrap_or(level)).expect("a burst of 2^32 messages fits 64 bits");
        self.last = Some((kept, now_ns));
        match left {
            Some(_) => Ok(()),
            None => Err((MESSAGE - level).div_ceil(u128::from(rate.per_second))),
        }
    }

    /// Whole messages that could be sent at a time.
    pub(crate) fn messages(self, rate: Rate, now_ns: i64) -> u32 {
        u32::try_from(self.level(rate, now_ns) / MESSAGE).unwrap_or(u32::MAX)
    }

    /// Level after the last message and its time, zeros before the first.
    pub(crate) fn words(self) -> (u64, i64) {
        self.last.unwrap_or((0, 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::SplitMix64;

    /// The bucket in fractions of a message over a common denominator that is never rounded.
    struct Exact {
        billionths: i128,
        at_ns: Option<i64>,
    }

    impl Exact {
        fn take(&mut self, rate: Rate, now_ns: i64) -> Result<(), i128> {
            let (one, full) = (1_000_000_000, i128::from(rate.burst) * 1_000_000_000);
            let since = self.at_ns.map_or(0, |at| i128::from(now_ns) - i128::from(at));
            self.billionths = (self.billionths + since * i128::from(rate.per_second)).min(full);
            self.at_ns = Some(now_ns);
            if self.billionths >= one {
                self.billionths -= one;
                return Ok(());
            }
            // The first whole nanosecond at which a message would pass.
            let mut wait = (one - self.billionths) / i128::from(rate.per_second);
            while self.billionths + wait * i128::from(rate.per_second) < one {
                wait += 1;
            }
            Err(wait)
        }
    }

    #[test]
    fn the_bucket_is_the_exact_one_at_any_rate_and_pace() {
        let mut random = SplitMix64::new(41);
        for _ in 0..400 {
            let per_second = u32::try_from(1 + random.below(5_000)).unwrap();
            let rate = Rate { per_second, burst: u32::try_from(1 + random.below(40)).unwrap() };
            let (mut bucket, mut now_ns) = (Bucket::default(), -5_i64);
            let mut exact = Exact { billionths: i128::from(rate.burst) * 1_000_000_000, at_ns: None };
            let pace = 1 + 2_000_000_000 / u64::from(per_second);
            for _ in 0..200 {
                now_ns += i64::try_from(random.below(pace) + 1).unwrap();
                let wanted = exact.take(rate, now_ns);
                let got = bucket.take(rate, now_ns).map_err(|wait| i128::try_from(wait).unwrap());
                assert_eq!(got, wanted, "rate={rate:?} now_ns={now_ns}");
                assert_eq!(i128::from(bucket.words().0), exact.billionths);
            }
        }
    }

    #[test]
    fn no_window_of_any_length_lets_more_pass_than_burst_and_rate_allow() {
        let rate = Rate { per_second: 7, burst: 3 };
        let (mut bucket, mut passed) = (Bucket::default(), Vec::new());
        for step in 0..3_000_i64 {
            let now_ns = step * 13_000_001;
            if bucket.take(rate, now_ns).is_ok() {
                passed.push(now_ns);
            }
        }

        for (from, first) in passed.iter().enumerate() {
            for (count, last) in passed[from..].iter().enumerate() {
                // `count + 1` messages in `last - first`: at most burst plus what flowed in.
                let allowed = i128::from(last - first) * 7 + 3 * 1_000_000_000;
                assert!((i128::try_from(count).unwrap() + 1) * 1_000_000_000 <= allowed, "{first} {last}");
            }
        }
    }

    #[test]
    fn the_longest_silence_fills_it_and_nothing_overflows() {
        let rate = Rate { per_second: u32::MAX, burst: u32::MAX };
        let mut bucket = Bucket::default();

        assert_eq!(bucket.take(rate, i64::MIN), Ok(()));
        assert_eq!(bucket.messages(rate, i64::MAX), u32::MAX);
        assert_eq!(bucket.take(rate, i64::MAX), Ok(()));
    }

    #[test]
    fn without_a_rate_everything_passes_and_nothing_is_kept() {
        let mut bucket = Bucket::default();

        assert_eq!(bucket.take(Rate { per_second: 0, burst: 0 }, 5), Ok(()));
        assert_eq!(bucket.words(), (0, 0));
    }

    #[test]
    fn a_refused_message_says_when_one_would_pass() {
        let rate = Rate { per_second: 3, burst: 1 };
        let mut bucket = Bucket::default();

        assert_eq!(bucket.take(rate, 0), Ok(()));
        assert_eq!(bucket.take(rate, 0), Err(333_333_334));
        assert_eq!(bucket.take(rate, 333_333_333), Err(1));
        assert_eq!(bucket.take(rate, 333_333_334), Ok(()));
    }
}
