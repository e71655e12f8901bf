//! VPIN by bulk volume classification: how one-sided the volume of the last bars was. Contested; never a halt trigger.
//!
//! Source: Easley, Lopez de Prado, O'Hara 2012. `buy = V * Phi(dP / sigma)`, `VPIN = sum |buy - sell| / sum V`.
#![allow(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "analytics: nothing here changes a balance")]

use model::Qty;

use crate::level::Unavailable;

/// One bar: the change of price over it, in the unit of `sigma`, and its volume in lots.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Price at the end minus price at the start.
    pub price_change: f64,
    /// Volume traded, >= 0.
    pub volume: Qty,
}

/// Volume of a bar attributed to buyers; the rest was sold.
///
/// # Errors
/// [`Unavailable::BadParameter`] unless `sigma` (standard deviation of the change) is finite and > 0, the change is
/// finite and the volume is not negative.
pub fn buy_volume(bar: Bar, sigma: f64) -> Result<f64, Unavailable> {
    if !(sigma > 0.0 && sigma.is_finite() && bar.price_change.is_finite() && bar.volume >= Qty(0)) {
        return Err(Unavailable::BadParameter);
    }
    Ok(bar.volume.0 as f64 * normal_cdf(bar.price_change / sigma))
}

/// VPIN over bars of any number, in [0, 1].
///
/// # Errors
/// As [`buy_volume`]; [`Unavailable::BadParameter`] too where no bar has volume.
pub fn vpin(bars: &[Bar], sigma: f64) -> Result<f64, Unavailable> {
    let mut one_sided = 0.0;
    let mut total = 0.0;
    for bar in bars {
        let volume = bar.volume.0 as f64;
        one_sided += (2.0 * buy_volume(*bar, sigma)? - volume).abs();
        total += volume;
    }
    if total > 0.0 { Ok(one_sided / total) } else { Err(Unavailable::BadParameter) }
}

/// Standard normal distribution function.
///
/// `Phi(z) = 1/2 + phi(z) * sum of z^(2n+1) / (1 * 3 * ... * (2n+1))` (Marsaglia 2004): terms of one sign, so nothing
/// cancels. Beyond 8 standard deviations the tail is below the rounding of 1.
fn normal_cdf(z: f64) -> f64 {
    if z.abs() > 8.0 {
        return if z > 0.0 { 1.0 } else { 0.0 };
    }
    let mut term = z;
    let mut sum: f64 = 0.0;
    let mut odd = 1.0;
    while term.abs() > f64::EPSILON / 4.0 * sum.abs() {
        sum += term;
        odd += 2.0;
        term *= z * z / odd;
    }
    0.5 + sum * (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_distribution_matches_its_tables() {
        for (z, expected) in [(0.0, 0.5), (1.0, 0.841_344_746_068_543), (1.959_963_984_540_054, 0.975)] {
            assert!((normal_cdf(z) - expected).abs() < 1e-14);
            assert!((normal_cdf(-z) - (1.0 - expected)).abs() < 1e-14);
        }
        assert!((normal_cdf(7.9) - 1.0).abs() < 1e-14);
        assert!(normal_cdf(9.0) >= 1.0);
        assert!(normal_cdf(-9.0) <= 0.0);
    }

    #[test]
    fn one_sided_volume_gives_one_and_balanced_volume_zero() {
        let bar = |price_change| Bar { price_change, volume: Qty(100) };

        assert!((vpin(&[bar(1.0), bar(-1.0)], 0.01).unwrap() - 1.0).abs() < 1e-12);
        assert!(vpin(&[bar(0.0)], 0.01).unwrap().abs() < 1e-12);
    }

    #[test]
    fn without_volume_or_scale_there_is_no_vpin() {
        let bar = Bar { price_change: 1.0, volume: Qty(1) };

        assert_eq!(vpin(&[], 1.0), Err(Unavailable::BadParameter));
        assert_eq!(vpin(&[Bar { volume: Qty(0), ..bar }], 1.0), Err(Unavailable::BadParameter));
        for sigma in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(vpin(&[bar], sigma), Err(Unavailable::BadParameter));
        }
        assert_eq!(buy_volume(Bar { volume: Qty(-1), ..bar }, 1.0), Err(Unavailable::BadParameter));
        assert_eq!(buy_volume(Bar { price_change: f64::NAN, ..bar }, 1.0), Err(Unavailable::BadParameter));
    }
}
