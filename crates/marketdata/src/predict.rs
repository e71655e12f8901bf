//! Predicted move of the mid from the imbalance: a linear model whose slope is fitted, never assumed.
#![allow(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "analytics: nothing here changes a balance")]

use crate::level::Unavailable;
use crate::measures::Measures;

/// `move = lambda * imbalance_weighted * spread`, in the price unit.
///
/// With the spread as a fraction of the mid this is `lambda * imbalance * spread * mid`. No lambda is right for every
/// market; 0.7 is an example. [`MoveModel::fit`] estimates it from a recording.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MoveModel {
    lambda: f64,
}

impl MoveModel {
    /// A model with a given slope.
    ///
    /// # Errors
    /// [`Unavailable::BadParameter`] unless `lambda` is finite.
    pub fn new(lambda: f64) -> Result<Self, Unavailable> {
        if lambda.is_finite() { Ok(Self { lambda }) } else { Err(Unavailable::BadParameter) }
    }

    /// Least squares through the origin over `(imbalance * spread, later move of the mid)`.
    ///
    /// # Errors
    /// [`Unavailable::BadParameter`] where no sample has a signal, or one is not finite.
    pub fn fit(samples: &[(f64, f64)]) -> Result<Self, Unavailable> {
        let signal_sq: f64 = samples.iter().map(|(signal, _)| signal * signal).sum();
        let product: f64 = samples.iter().map(|(signal, moved)| signal * moved).sum();
        if signal_sq > 0.0 { Self::new(product / signal_sq) } else { Err(Unavailable::BadParameter) }
    }

    /// The slope, without unit.
    #[must_use]
    pub fn lambda(&self) -> f64 {
        self.lambda
    }

    /// Predicted move of the mid, in the price unit; positive is up.
    #[must_use]
    pub fn predicted_move(&self, measures: &Measures) -> f64 {
        self.lambda * measures.imbalance_weighted * measures.spread as f64
    }
}

#[cfg(test)]
mod tests {
    use model::{Price, Qty};

    use super::*;
    use crate::level::{Level, Sides};
    use crate::measures::DepthWeights;

    fn measures(bid_qty: i64, ask_qty: i64) -> Measures {
        let bids = [Level::uncounted(Price(100), Qty(bid_qty))];
        let asks = [Level::uncounted(Price(104), Qty(ask_qty))];
        Measures::of(Sides { bids: &bids, asks: &asks }, DepthWeights::new(0.5, 1).unwrap()).unwrap()
    }

    #[test]
    fn the_move_is_slope_times_imbalance_times_spread() {
        let model = MoveModel::new(0.7).unwrap();

        assert!((model.predicted_move(&measures(3, 1)) - 0.7 * 0.5 * 4.0).abs() < 1e-12);
        assert!((model.predicted_move(&measures(1, 3)) + 0.7 * 0.5 * 4.0).abs() < 1e-12);
    }

    #[test]
    fn the_fit_finds_the_slope_that_made_the_samples() {
        let samples: Vec<_> = [-2.0, -0.5, 0.25, 3.0].iter().map(|x| (*x, 0.6 * x)).collect();

        assert!((MoveModel::fit(&samples).unwrap().lambda() - 0.6).abs() < 1e-12);
    }

    #[test]
    fn without_signal_there_is_no_slope() {
        assert_eq!(MoveModel::fit(&[]), Err(Unavailable::BadParameter));
        assert_eq!(MoveModel::fit(&[(0.0, 1.0)]), Err(Unavailable::BadParameter));
        assert_eq!(MoveModel::fit(&[(1.0, f64::NAN)]), Err(Unavailable::BadParameter));
        assert_eq!(MoveModel::new(f64::INFINITY), Err(Unavailable::BadParameter));
    }
}
