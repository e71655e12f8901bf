//! A guard before bands and reference prices that come from outside: what cannot be meant is refused, the old stays.

use model::Price;

use crate::band::Band;

/// Why an input is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BandRefusal {
    /// The low end is not below the high end.
    Contradicting,
    /// A price is zero or negative although the instrument's prices are positive.
    NotPositive,
    /// The price, or the middle of the band, is more than half of the last good reference away from it.
    Far {
        /// How far, in millionths of the reference; at most the largest number in size.
        deviation_ppm: i64,
    },
}

/// The last good band and reference of one instrument.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    allow_negative: bool,
    reference: Option<Price>,
    band: Option<Band>,
}

impl Guard {
    /// Without band and reference; the first reference and a first band without reference cannot be compared and are
    /// taken.
    pub fn new(allow_negative: bool) -> Self {
        Guard { allow_negative, reference: None, band: None }
    }

    /// The last good reference.
    pub fn reference(&self) -> Option<Price> {
        self.reference
    }

    /// The band in force.
    pub fn band(&self) -> Option<Band> {
        self.band
    }

    /// Replaces the reference.
    ///
    /// # Errors
    /// [`BandRefusal`]; the old one stays.
    pub fn offer_reference(&mut self, reference: Price) -> Result<(), BandRefusal> {
        self.check(&[reference], 2 * i128::from(reference.0))?;
        self.reference = Some(reference);
        Ok(())
    }

    /// Replaces the band. It does not become a reference: a feed that drifts is measured against where it should be.
    ///
    /// # Errors
    /// [`BandRefusal`]; the old one stays.
    pub fn offer_band(&mut self, band: Band) -> Result<(), BandRefusal> {
        if band.low >= band.high {
            return Err(BandRefusal::Contradicting);
        }
        self.check(&[band.low, band.high], i128::from(band.low.0) + i128::from(band.high.0))?;
        self.band = Some(band);
        Ok(())
    }

    fn check(&self, prices: &[Price], doubled: i128) -> Result<(), BandRefusal> {
        if !self.allow_negative && prices.iter().any(|price| price.0 <= 0) {
            return Err(BandRefusal::NotPositive);
        }
        let Some(reference) = self.reference.map(|price| i128::from(price.0)) else {
            return Ok(());
        };
        let away = doubled - 2 * reference;
        if away.abs() > reference.abs() {
            let ppm = away.saturating_mul(500_000) / reference.abs().max(1);
            return Err(BandRefusal::Far {
                deviation_ppm: i64::try_from(ppm).unwrap_or(if ppm < 0 { i64::MIN } else { i64::MAX }),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn band(low: i64, high: i64) -> Band {
        Band { low: Price(low), high: Price(high) }
    }

    fn guard() -> Guard {
        let mut guard = Guard::new(false);
        guard.offer_reference(Price(1_000)).unwrap();
        guard.offer_band(band(950, 1_050)).unwrap();
        guard
    }

    #[test]
    fn half_of_the_reference_away_is_taken_and_more_is_refused() {
        assert_eq!(guard().offer_band(band(400, 600)), Ok(()));
        assert_eq!(guard().offer_band(band(400, 599)), Err(BandRefusal::Far { deviation_ppm: -500_500 }));
        assert_eq!(guard().offer_band(band(1_400, 1_600)), Ok(()));
        assert_eq!(guard().offer_band(band(1_400, 1_601)), Err(BandRefusal::Far { deviation_ppm: 500_500 }));
    }

    #[test]
    fn what_is_refused_changes_nothing() {
        let mut guarded = guard();
        let refused = [
            guarded.offer_band(band(1_000, 1_000)),
            guarded.offer_band(band(0, 1_000)),
            guarded.offer_band(band(-5, 1_000)),
            guarded.offer_band(band(1, 10)),
            guarded.offer_reference(Price(0)),
            guarded.offer_reference(Price(1_501)),
        ];

        assert_eq!(refused[0], Err(BandRefusal::Contradicting));
        assert_eq!(refused[1..3], [Err(BandRefusal::NotPositive); 2]);
        assert!(refused.iter().all(Result::is_err));
        assert_eq!(guarded, guard());
    }

    #[test]
    fn a_good_band_does_not_move_what_the_next_is_measured_against() {
        let mut guarded = guard();
        guarded.offer_band(band(590, 610)).unwrap();

        assert_eq!(guarded.reference(), Some(Price(1_000)));
        assert!(guarded.offer_band(band(440, 460)).is_err());
        assert_eq!(guarded.band(), Some(band(590, 610)));
    }

    #[test]
    fn an_instrument_of_negative_prices_takes_them() {
        let mut guarded = Guard::new(true);
        guarded.offer_reference(Price(-1_000)).unwrap();

        assert_eq!(guarded.offer_band(band(-1_100, -900)), Ok(()));
        assert_eq!(guarded.offer_band(band(900, 1_100)), Err(BandRefusal::Far { deviation_ppm: 2_000_000 }));
    }

    #[test]
    fn extreme_numbers_do_not_overflow() {
        let mut guarded = Guard::new(true);
        guarded.offer_reference(Price(1)).unwrap();

        assert_eq!(guarded.offer_band(band(i64::MAX - 1, i64::MAX)), Err(BandRefusal::Far { deviation_ppm: i64::MAX }));
        assert_eq!(guarded.offer_band(band(i64::MIN, i64::MIN + 1)), Err(BandRefusal::Far { deviation_ppm: i64::MIN }));
    }
}
