//! How many lots an iceberg shows when its tip is refreshed (S-51): a pure function of seed, order and refill number.
//!
//! The rule, complete enough to write it a second time. All arithmetic on `u64` wraps modulo 2^64.
//!
//! 1. `d = floor(display_size * variance_bps / 10_000)`. With `d = 0` the result is `display_size`.
//! 2. `x = mix(mix(seed ^ order_id) + refills)`, where `refills` counts the refills before this one (the first refill
//!    uses 0) and `mix` is one output of `SplitMix64` from that state:
//!    `z = s + 0x9E3779B97F4A7C15; z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;`
//!    `z = (z ^ (z >> 27)) * 0x94D049BB133111EB; mix(s) = z ^ (z >> 31)`.
//! 3. `k = floor(x * (2 * d + 1) / 2^64)`, the product taken in 128 bits: uniform in `0 ..= 2 * d`.
//! 4. The result is `max(1, display_size - d + k)` lots.
//!
//! The caller caps the result by what is left. The first tip of an order is `display_size` without variance.

/// Lots to show at the refill with number `refills` (0 for the first), >= 1.
///
/// `display_size` in lots, >= 1; `variance_bps` in basis points, 0 to 10,000.
pub fn varied_display(seed: u64, order_id: u64, refills: u32, display_size: i64, variance_bps: u32) -> i64 {
    debug_assert!(display_size >= 1, "display_size below one lot: {display_size}");
    debug_assert!(variance_bps <= 10_000, "variance above 100 %: {variance_bps}");
    let half_width = i128::from(display_size) * i128::from(variance_bps) / 10_000;
    if half_width == 0 {
        return display_size;
    }
    let draw = mix(mix(seed ^ order_id).wrapping_add(u64::from(refills)));
    // d < 2^63, so the width is below 2^64 and its product with the draw fits 128 bits.
    let width = 2 * half_width.unsigned_abs() + 1;
    let offset = scale(draw, width);
    let varied = i128::from(display_size) - half_width + offset;
    i64::try_from(varied.clamp(1, i128::from(i64::MAX))).unwrap_or(i64::MAX)
}

/// `floor(draw * width / 2^64)`.
fn scale(draw: u64, width: u128) -> i128 {
    let product = u128::from(draw) * width;
    i128::try_from(product >> 64).unwrap_or(i128::MAX)
}

/// One output of `SplitMix64` from state `state`.
const fn mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::{mix, varied_display};

    /// The published first output of `SplitMix64` seeded with 0.
    #[test]
    fn mix_is_splitmix64() {
        assert_eq!(mix(0), 0xE220_A839_7B1D_CDAF);
    }

    #[test]
    fn no_variance_shows_the_display_size() {
        assert_eq!(varied_display(1, 2, 3, 500, 0), 500);
    }

    /// 9 lots at 10 % vary by less than a lot.
    #[test]
    fn variance_below_one_lot_is_none() {
        for refills in 0..100 {
            assert_eq!(varied_display(7, 8, refills, 9, 1_000), 9);
        }
    }

    #[test]
    fn every_lot_of_the_range_occurs_and_no_other() {
        let mut seen = [false; 21];
        for refills in 0..2_000 {
            let lots = varied_display(42, 9, refills, 100, 1_000);
            assert!((90..=110).contains(&lots), "lots={lots}");
            seen[usize::try_from(lots - 90).unwrap()] = true;
        }
        assert!(seen.iter().all(|hit| *hit));
    }

    #[test]
    fn full_variance_never_shows_less_than_one_lot() {
        let lots: Vec<i64> = (0..1_000).map(|refills| varied_display(3, 4, refills, 2, 10_000)).collect();

        assert_eq!(lots.iter().min(), Some(&1));
        assert_eq!(lots.iter().max(), Some(&4));
    }

    #[test]
    fn seed_order_and_refill_number_each_matter() {
        let base = varied_display(1, 1, 0, 1_000_000, 5_000);

        assert_ne!(base, varied_display(2, 1, 0, 1_000_000, 5_000));
        assert_ne!(base, varied_display(1, 2, 0, 1_000_000, 5_000));
        assert_ne!(base, varied_display(1, 1, 1, 1_000_000, 5_000));
        assert_eq!(base, varied_display(1, 1, 0, 1_000_000, 5_000));
    }
}
