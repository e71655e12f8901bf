//! Fees of fills, rounded up once per order (rules ).

/// What a fill costs and the new `prepaid` of the order.
///
/// `notional` in quote units (its sign is ignored), `rate_ppm` in parts per million, `prepaid` in `0..1_000_000`
/// millionths of a unit. The result is the least whole number of units that covers what is due.
#[inline]
pub(crate) fn fee_of_fill(notional: i128, rate_ppm: i32, prepaid: u32) -> (i128, u32) {
    if rate_ppm == 0 {
        return (0, prepaid);
    }
    let rate = i64::from(rate_ppm);
    let (of_millions, rest) = match u64::try_from(notional.unsigned_abs()) {
        Ok(small) => (i128::from((small / 1_000_000).cast_signed()) * i128::from(rate), small % 1_000_000),
        Err(_) => wide(notional.unsigned_abs(), rate),
    };
    // notional * rate = millions * rate * 1_000_000 + rest * rate, so only the second part has a fraction.
    let due = rest.cast_signed() * rate - i64::from(prepaid);
    let units = -(-due).div_euclid(1_000_000);
    let left = units * 1_000_000 - due;
    let prepaid = u32::try_from(left).expect("0 <= prepaid < 1_000_000 by rounding up");
    (of_millions + i128::from(units), prepaid)
}

/// The fee of the whole millions, and the rest below a million, of a notional that 64 bits do not hold.
#[cold]
fn wide(magnitude: u128, rate: i64) -> (i128, u64) {
    let (whole, rest) = (magnitude / 1_000_000, magnitude % 1_000_000);
    (whole.cast_signed() * i128::from(rate), u64::try_from(rest).unwrap_or(0))
}

/// `notional + ceil((notional * cap - prepaid) / 1_000_000)`: what a buy must have reserved.
#[inline]
pub(crate) fn with_fee(notional: i128, cap_ppm: i32, prepaid: u32) -> i128 {
    notional + fee_of_fill(notional, cap_ppm, prepaid).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exact_fee_of_round_numbers() {
        assert_eq!(fee_of_fill(1_000_000, 250, 0), (250, 0));
        assert_eq!(fee_of_fill(-1_000_000, 250, 0), (250, 0));
        assert_eq!(fee_of_fill(1_000_000, -100, 0), (-100, 0));
        assert_eq!(fee_of_fill(123, 0, 7), (0, 7));
    }

    #[test]
    fn many_small_fills_pay_what_one_large_fill_pays() {
        let (mut paid, mut prepaid) = (0, 0);
        for _ in 0..1_000 {
            let (fee, left) = fee_of_fill(37, 2_500, prepaid);
            paid += fee;
            prepaid = left;
        }

        assert_eq!(paid, fee_of_fill(37_000, 2_500, 0).0);
    }

    #[test]
    fn rounding_favours_the_venue() {
        assert_eq!(fee_of_fill(1, 1, 0), (1, 999_999));
        assert_eq!(fee_of_fill(1, 1, 999_999), (0, 999_998));
        assert_eq!(fee_of_fill(1, -1, 0), (0, 1));
        assert_eq!(fee_of_fill(3, -500_000, 0), (-1, 500_000));
    }

    #[test]
    fn notionals_beyond_64_bits_are_exact() {
        let notional = 10_i128.pow(24) + 1;

        assert_eq!(fee_of_fill(notional, 1_000, 0), (10_i128.pow(21) + 1, 999_000));
        assert_eq!(fee_of_fill(10_i128.pow(30), 1_000_000, 0), (10_i128.pow(30), 0));
    }
}
