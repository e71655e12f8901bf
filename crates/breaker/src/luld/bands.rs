//! The bands around a reference price: by tier, previous close, time of day and leverage, in whole cents.

use model::Price;

use crate::band::Band;
use crate::hours::Hours;

/// Before the close, bands are doubled for so many minutes.
const DOUBLED_MINUTES: i64 = 25;
const PERCENT: i128 = 100;

/// Which list a security is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tier {
    /// S&P 500, Russell 1000 and some exchange-traded products.
    One,
    /// The others.
    Two,
}

/// What decides the width of the bands apart from the reference price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LuldTerms {
    /// Its list.
    pub tier: Tier,
    /// Its previous close.
    pub prev_close: Price,
    /// The ratio of a leveraged product, 1 for all others.
    pub leverage: u8,
    /// Decimals of its prices, 2 to 15.
    pub price_decimals: u8,
    /// The regular hours of the day.
    pub hours: Hours,
}

/// The band around `reference` at a local time of day; `None` outside the regular hours, or where the reference or the
/// previous close is not positive or the decimals are out of range.
///
/// The width follows the previous close: above $3.00 5 % (Tier 1) or 10 % (Tier 2), from $0.75 20 %, below that the
/// lesser of $0.15 and 75 %. Ends are rounded to the nearest cent, half a cent up; the low end is at least 0.
pub fn luld_band(terms: &LuldTerms, reference: Price, time_ns: i64) -> Option<Band> {
    let positive = reference.0 > 0 && terms.prev_close.0 > 0;
    let in_range = (2..=15).contains(&terms.price_decimals);
    if !positive || !in_range || !terms.hours.is_open(time_ns) {
        return None;
    }
    let cent = 10_i128.pow(u32::from(terms.price_decimals) - 2);
    let close = i128::from(terms.prev_close.0);
    let percent = if close > 300 * cent {
        match terms.tier {
            Tier::One => 5,
            Tier::Two => 10,
        }
    } else if close >= 75 * cent {
        20
    } else {
        75
    };
    let price = i128::from(reference.0);
    let cheap = price <= 300 * cent;
    let doubled = terms.hours.is_last(time_ns, DOUBLED_MINUTES) && (terms.tier == Tier::One || cheap);
    let times = if doubled { 2 } else { 1 };
    // In hundredths, so that rounding happens once and at the end.
    let mut width = price * percent * i128::from(terms.leverage) * times;
    if close < 75 * cent {
        width = width.min(15 * cent * times * PERCENT);
    }
    let (low, high) = (nearest(price * PERCENT - width, cent), nearest(price * PERCENT + width, cent));
    Some(Band { low: Price(low.max(0)), high: Price(high) })
}

/// Hundredths of a price unit as a multiple of the cent, to the nearest one, half a cent up.
fn nearest(hundredths: i128, cent: i128) -> i64 {
    let step = cent * PERCENT;
    let cents = (2 * hundredths + step).div_euclid(2 * step);
    i64::try_from(cents * cent).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000_000_000;

    fn terms(tier: Tier, prev_close: i64) -> LuldTerms {
        LuldTerms { tier, prev_close: Price(prev_close), leverage: 1, price_decimals: 2, hours: Hours::default() }
    }

    fn band(terms: &LuldTerms, reference: i64, minute: i64) -> Option<(i64, i64)> {
        luld_band(terms, Price(reference), minute * MINUTE).map(|band| (band.low.0, band.high.0))
    }

    #[test]
    fn the_previous_close_and_not_the_reference_chooses_the_width() {
        assert_eq!(band(&terms(Tier::One, 301), 300, 660), Some((285, 315)));
        assert_eq!(band(&terms(Tier::One, 300), 400, 660), Some((320, 480)));
        assert_eq!(band(&terms(Tier::Two, 75), 100, 660), Some((80, 120)));
        assert_eq!(band(&terms(Tier::Two, 74), 100, 660), Some((85, 115)));
    }

    #[test]
    fn before_the_close_tier_2_doubles_at_3_dollars_and_not_above() {
        assert_eq!(band(&terms(Tier::Two, 1_000), 300, 935), Some((240, 360)));
        assert_eq!(band(&terms(Tier::Two, 1_000), 301, 935), Some((271, 331)));
        assert_eq!(band(&terms(Tier::One, 1_000), 1_000, 934), Some((950, 1_050)));
        assert_eq!(band(&terms(Tier::One, 1_000), 1_000, 959), Some((900, 1_100)));
        assert_eq!(band(&terms(Tier::Two, 74), 70, 940), Some((40, 100)));
    }

    #[test]
    fn leverage_widens_the_share_and_the_low_end_stays_above_zero() {
        let triple = LuldTerms { leverage: 3, ..terms(Tier::Two, 1_000) };
        assert_eq!(band(&triple, 1_000, 660), Some((700, 1_300)));
        assert_eq!(band(&LuldTerms { prev_close: Price(200), ..triple }, 200, 940), Some((0, 440)));
    }

    #[test]
    fn ends_are_whole_cents_of_any_number_of_decimals() {
        let fine = LuldTerms { price_decimals: 4, ..terms(Tier::One, 100_000) };

        assert_eq!(band(&fine, 100_150, 660), Some((95_100, 105_200)));
        assert_eq!(band(&fine, 101_000, 660), Some((96_000, 106_100)));
    }

    #[test]
    fn without_hours_or_a_positive_price_there_is_no_band() {
        assert_eq!(band(&terms(Tier::One, 1_000), 1_000, 569), None);
        assert_eq!(band(&terms(Tier::One, 1_000), 1_000, 960), None);
        assert_eq!(band(&terms(Tier::One, 1_000), 0, 660), None);
        assert_eq!(band(&terms(Tier::One, -1), 1_000, 660), None);
        assert_eq!(band(&LuldTerms { price_decimals: 1, ..terms(Tier::One, 1_000) }, 1_000, 660), None);
    }
}
