//! The distributions the agents draw from, in integers so that a seed gives the same market everywhere.

use crate::rng::SplitMix64;

/// ln 2 in units of 2^-16.
const LN_2_Q16: u64 = 45_426;

/// Whether something happens that happens `per_mille` times in a thousand.
pub(super) fn happens(rng: &mut SplitMix64, per_mille: u32) -> bool {
    rng.below(1_000) < per_mille
}

/// A waiting time of a Poisson process with mean `mean_ns`, which stays below 2^40 (18 minutes).
pub(super) fn waiting(rng: &mut SplitMix64, mean_ns: u64) -> u64 {
    debug_assert!(mean_ns < 1 << 40, "a mean this long overflows the product");
    let minus_log2 = minus_log2_q16(rng.next_u64() | 1);
    (((mean_ns * minus_log2) >> 16) * LN_2_Q16) >> 16
}

/// `-log2(u / 2^64)` in units of 2^-16, for `u` above 0: whole bits by counting, the fraction by squaring.
fn minus_log2_q16(u: u64) -> u64 {
    let zeros = u.leading_zeros();
    let mut mantissa = u128::from(u << zeros);
    let mut fraction = 0;
    for _ in 0..16 {
        mantissa = (mantissa * mantissa) >> 63;
        fraction <<= 1;
        if mantissa >> 64 == 1 {
            mantissa >>= 1;
            fraction |= 1;
        }
    }
    ((u64::from(zeros) + 1) << 16) - fraction
}

/// A whole number from 1 with a power tail: each doubling is survived by `survive_per_mille` in a thousand, at most
/// `doublings_max` (up to 30) of them; uniform between two doublings. A tail index of 1.5 survives with 2^-1.5 = 354.
pub(super) fn tail(rng: &mut SplitMix64, survive_per_mille: u32, doublings_max: u32) -> i64 {
    let mut start: u32 = 1;
    for _ in 0..doublings_max {
        if !happens(rng, survive_per_mille) {
            break;
        }
        start *= 2;
    }
    i64::from(start + rng.below(start))
}

/// A time from `shortest_ns` to `shortest_ns << doublings` whose logarithm is about uniform.
pub(super) fn log_uniform(rng: &mut SplitMix64, shortest_ns: u64, doublings: u32) -> u64 {
    let start = shortest_ns << rng.below(doublings);
    start + rng.next_u64() % start
}

/// A number from `-bound` to `bound`, each with equal chance.
pub(super) fn around_zero(rng: &mut SplitMix64, bound: u32) -> i64 {
    i64::from(rng.below(2 * bound + 1)) - i64::from(bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: u64 = 20_000;

    #[test]
    fn a_power_of_two_has_a_whole_logarithm() {
        assert_eq!(minus_log2_q16(1 << 63), 1 << 16);
        assert_eq!(minus_log2_q16(1), 64 << 16);
        // -log2(0.75) = 0.41504; in 2^-16 units 27,200.
        assert!(minus_log2_q16(3 << 62).abs_diff(27_200) <= 1);
    }

    #[test]
    fn waiting_times_have_their_mean_and_the_tail_of_a_poisson_process() {
        let mut rng = SplitMix64::new(3);

        let drawn: Vec<u64> = (0..N).map(|_| waiting(&mut rng, 1_000_000)).collect();

        // The standard error of the mean is 0.7 %; a share of e^-2 = 13.5 % exceeds twice the mean.
        let mean = drawn.iter().sum::<u64>() / N;
        let beyond = drawn.iter().filter(|&&ns| ns > 2_000_000).count();
        assert!((970_000..1_030_000).contains(&mean), "mean {mean}");
        assert!((2_500..2_920).contains(&beyond), "beyond {beyond}");
    }

    #[test]
    fn a_tail_index_of_three_halves_is_met_at_each_doubling() {
        let mut rng = SplitMix64::new(5);

        let drawn: Vec<i64> = (0..N).map(|_| tail(&mut rng, 354, 10)).collect();

        let at_least = |n| drawn.iter().filter(|&&lots| lots >= n).count();
        assert!(drawn.iter().all(|&lots| (1..2_048).contains(&lots)));
        // 20,000 x 0.354 = 7,080 and x 0.354^2 = 2,506, four standard errors either way.
        assert!((6_810..7_350).contains(&at_least(2)), "{}", at_least(2));
        assert!((2_320..2_700).contains(&at_least(4)), "{}", at_least(4));
    }

    #[test]
    fn lifetimes_fill_every_doubling_and_nothing_beyond() {
        let mut rng = SplitMix64::new(7);

        let drawn: Vec<u64> = (0..N).map(|_| log_uniform(&mut rng, 50, 10)).collect();

        assert!(drawn.iter().all(|&ns| (50..51_200).contains(&ns)));
        for doubling in 0..10 {
            let within = drawn.iter().filter(|&&ns| (50 << doubling..100 << doubling).contains(&ns)).count();
            assert!((1_800..2_200).contains(&within), "doubling {doubling}: {within}");
        }
    }

    #[test]
    fn around_zero_reaches_both_ends() {
        let mut rng = SplitMix64::new(9);

        let drawn: Vec<i64> = (0..1_000).map(|_| around_zero(&mut rng, 2)).collect();

        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&-2), Some(&2)));
    }
}
