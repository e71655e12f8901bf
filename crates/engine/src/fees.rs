//! Fees of fills, rounded up once per order (rules ).

/// What a fill costs and the new `prepaid` of the order, where rates are parts of the notional.
///
/// `notional` in quote units (its sign is ignored), `rate_ppm` in parts per million, `prepaid` in `0..1_000_000`
/// millionths of a unit. The result is the least whole number of units that covers what is due.
#[inline]
pub(crate) fn of_notional(notional: i128, rate_ppm: i32, prepaid: u32) -> (i128, u32) {
    if rate_ppm == 0 {
        return (0, prepaid);
    }
    in_units(notional.unsigned_abs(), rate_ppm, -i64::from(prepaid))
}

/// The same where rates are parts of `notional * left / one`: in the market of an event the price is `one - left`, so that
/// this is the quantity times `p * (1 - p)`. What is due is rounded up to a millionth of a unit per fill.
#[cold]
pub(crate) fn of_variance(notional: i128, (left, one): (i64, i64), rate_ppm: i32, prepaid: u32) -> (i128, u32) {
    if rate_ppm == 0 {
        return (0, prepaid);
    }
    let (left, one) = (i128::from(left), i128::from(one));
    // Divided first, since the product alone may need more than 128 bits.
    let rest = notional % one * left;
    let (whole, rest) = (notional / one * left + rest / one, rest % one);
    let part = -(-rest * i128::from(rate_ppm)).div_euclid(one);
    let part = i64::try_from(part).expect("a part of the rate");
    in_units(whole.unsigned_abs(), rate_ppm, part - i64::from(prepaid))
}

/// `base * rate_ppm + more` millionths in whole units, rounded up, and what was rounded.
#[inline]
fn in_units(base: u128, rate_ppm: i32, more: i64) -> (i128, u32) {
    let rate = i64::from(rate_ppm);
    let (of_millions, rest) = match u64::try_from(base) {
        Ok(small) => (i128::from((small / 1_000_000).cast_signed()) * i128::from(rate), small % 1_000_000),
        Err(_) => wide(base, rate),
    };
    // base * rate = millions * rate * 1_000_000 + rest * rate, so only the second part has a fraction.
    let due = rest.cast_signed() * rate + more;
    let units = -(-due).div_euclid(1_000_000);
    let left = units * 1_000_000 - due;
    let prepaid = u32::try_from(left).expect("0 <= prepaid < 1_000_000 by rounding up");
    (of_millions + i128::from(units), prepaid)
}

/// The fee of the whole millions, and the rest below a million, of a base that 64 bits do not hold.
#[cold]
fn wide(base: u128, rate: i64) -> (i128, u64) {
    let (whole, rest) = (base / 1_000_000, base % 1_000_000);
    (whole.cast_signed() * i128::from(rate), u64::try_from(rest).unwrap_or(0))
}

/// `notional + ceil((notional * cap - prepaid) / 1_000_000)`: what a buy must have reserved.
#[inline]
pub(crate) fn with_fee(notional: i128, cap_ppm: i32, prepaid: u32) -> i128 {
    notional + of_notional(notional, cap_ppm, prepaid).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exact_fee_of_round_numbers() {
        assert_eq!(of_notional(1_000_000, 250, 0), (250, 0));
        assert_eq!(of_notional(-1_000_000, 250, 0), (250, 0));
        assert_eq!(of_notional(1_000_000, -100, 0), (-100, 0));
        assert_eq!(of_notional(123, 0, 7), (0, 7));
    }

    #[test]
    fn many_small_fills_pay_what_one_large_fill_pays() {
        let (mut paid, mut prepaid) = (0, 0);
        for _ in 0..1_000 {
            let (fee, left) = of_notional(37, 2_500, prepaid);
            paid += fee;
            prepaid = left;
        }

        assert_eq!(paid, of_notional(37_000, 2_500, 0).0);
    }

    #[test]
    fn rounding_favours_the_venue() {
        assert_eq!(of_notional(1, 1, 0), (1, 999_999));
        assert_eq!(of_notional(1, 1, 999_999), (0, 999_998));
        assert_eq!(of_notional(1, -1, 0), (0, 1));
        assert_eq!(of_notional(3, -500_000, 0), (-1, 500_000));
    }

    #[test]
    fn notionals_beyond_64_bits_are_exact() {
        let notional = 10_i128.pow(24) + 1;

        assert_eq!(of_notional(notional, 1_000, 0), (10_i128.pow(21) + 1, 999_000));
        assert_eq!(of_notional(10_i128.pow(30), 1_000_000, 0), (10_i128.pow(30), 0));
    }

    /// `ceil(rate * contracts * p * (1 - p))` in cents (Kalshi's general schedule at 7 %).
    fn of_contracts(contracts: i128, cents: i64) -> i128 {
        of_variance(contracts * i128::from(cents), (100 - cents, 100), 70_000, 0).0
    }

    #[test]
    fn a_part_of_the_variance_is_the_same_on_both_sides() {
        for cents in 1..100 {
            for contracts in [1, 37, 100, 999] {
                let exact = 70_000 * contracts * i128::from(cents * (100 - cents));
                let rounded_up = (exact + 99_999_999) / 100_000_000;
                assert_eq!(of_contracts(contracts, cents), rounded_up, "{contracts} at {cents}");
                assert_eq!(of_contracts(contracts, 100 - cents), rounded_up, "{contracts} at {cents}");
            }
        }
    }

    #[test]
    fn what_is_due_of_the_variance_is_rounded_up_to_a_millionth() {
        assert_eq!(of_variance(1, (2, 3), 1, 0), (1, 999_999));
        assert_eq!(of_variance(1, (2, 3), 1, 999_999), (0, 999_998));
        assert_eq!(of_variance(1, (2, 3), -1, 0), (0, 0));
        assert_eq!(of_variance(3, (2, 3), -1, 0), (0, 2));
        assert_eq!(of_variance(3, (1, 3), 0, 9), (0, 9));
    }

    #[test]
    fn the_variance_of_the_largest_notional_is_exact() {
        let (notional, one) = (10_i128.pow(30), 1_000_000_000);

        assert_eq!(of_variance(notional, (one / 4, one), 1_000_000, 0), (notional / 4, 0));
        assert_eq!(of_variance(notional + 1, (one - 1, one), 1_000_000, 0), (notional + 1 - 10_i128.pow(21), 0));
    }
}
