//! The prices that may print, and exact shares of a price.

use model::Price;
use model::image;

const BPS: u64 = 10_000;

/// A closed range of prices: both ends may print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Band {
    /// Lowest price that may print.
    pub low: Price,
    /// Highest price that may print.
    pub high: Price,
}

image!(Band { low: Price, high: Price });

impl Band {
    /// Every price.
    pub const ANY: Band = Band { low: Price(i64::MIN), high: Price(i64::MAX) };

    /// What is at most `bps` basis points of the reference away from it.
    #[must_use]
    pub fn around(reference: Price, bps: u32) -> Band {
        Band::between(reference, reference, bps)
    }

    /// What is at most `bps` basis points of the lowest price above it, and of the highest price below it.
    #[must_use]
    pub fn between(lowest: Price, highest: Price, bps: u32) -> Band {
        Band {
            low: Price(highest.0.saturating_sub(share(highest, bps))),
            high: Price(lowest.0.saturating_add(share(lowest, bps))),
        }
    }

    /// Whether the price may print.
    #[must_use]
    pub fn allows(&self, price: Price) -> bool {
        self.low <= price && price <= self.high
    }

    /// What both allow; it allows nothing where they are apart.
    #[must_use]
    pub fn and(self, other: Band) -> Band {
        Band { low: self.low.max(other.low), high: self.high.min(other.high) }
    }
}

/// `bps` basis points of the size of a price, rounded down: a price further away by one unit is strictly further.
///
/// The price is taken apart so that no product needs more than 64 bits.
fn share(price: Price, bps: u32) -> i64 {
    let (size, bps) = (price.0.unsigned_abs(), u64::from(bps));
    let whole = (size / BPS).saturating_mul(bps);
    i64::try_from(whole.saturating_add(size % BPS * bps / BPS)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use model::{PRICE_MAX, SplitMix64};

    use super::*;

    #[test]
    fn exactly_the_share_may_print_and_one_unit_more_may_not() {
        let band = Band::around(Price(10_000), 1_000);

        assert_eq!(band, Band { low: Price(9_000), high: Price(11_000) });
        assert!(band.allows(Price(9_000)) && band.allows(Price(11_000)));
        assert!(!band.allows(Price(8_999)) && !band.allows(Price(11_001)));
    }

    #[test]
    fn a_negative_price_has_its_low_end_below_it() {
        assert_eq!(Band::around(Price(-1_005), 1_000), Band { low: Price(-1_105), high: Price(-905) });
        assert_eq!(Band::around(Price(0), 1_000), Band { low: Price(0), high: Price(0) });
    }

    #[test]
    fn a_share_is_the_one_of_128_bits_for_every_price() {
        let mut rng = SplitMix64::new(1);
        for _ in 0..100_000 {
            let size = rng.below(PRICE_MAX.0.unsigned_abs()) >> rng.below(60);
            let (price, bps) = (i64::try_from(size).unwrap(), u32::try_from(rng.below(20_001)).unwrap());

            let wide = i128::from(price) * i128::from(bps) / 10_000;

            assert_eq!(i128::from(share(Price(price), bps)), wide, "{price} {bps}");
            assert_eq!(share(Price(-price), bps), share(Price(price), bps));
        }
    }

    #[test]
    fn bands_that_are_apart_allow_nothing() {
        let both = Band::around(Price(100), 100).and(Band::around(Price(200), 100));

        assert!(!both.allows(Price(100)) && !both.allows(Price(150)) && !both.allows(Price(200)));
        assert!(Band::ANY.and(both) == both && Band::ANY.allows(Price(i64::MIN)));
    }
}
