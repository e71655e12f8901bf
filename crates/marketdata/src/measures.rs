//! Measures of one book state: mid, weighted mid, imbalance, spread and depth.
//!
//! Prices stay in the mantissa unit of [`model::Price`]; divide by the power of ten of the instrument at the edge. Sums
//! are exact integers and become a float in the last step. Source: Cont, Kukanov, Stoikov 2014 for the signed imbalance; the weighted mid is *not* the micro-price
//! of Stoikov 2017, which [`crate::microprice`] estimates.
#![allow(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "analytics: nothing here changes a balance")]

use model::{Price, Qty};

use crate::level::{Level, Quote, Sides, Unavailable};

/// Levels read by a depth measure at most.
pub const DEPTH_LEVELS_MAX: usize = 1_000;

impl Quote {
    /// Bid plus ask: twice the mid, exactly.
    #[must_use]
    pub fn mid_x2(&self) -> i128 {
        i128::from(self.bid.price.0) + i128::from(self.ask.price.0)
    }

    /// The mid; a multiple of one half of the price unit.
    #[must_use]
    pub fn mid(&self) -> f64 {
        self.mid_x2() as f64 / 2.0
    }

    /// Ask minus bid, in the price unit, > 0.
    #[must_use]
    pub fn spread(&self) -> u64 {
        self.ask.price.0.abs_diff(self.bid.price.0)
    }

    /// Spread as a number of ticks of size `tick`, > 0.
    ///
    /// # Errors
    /// [`Unavailable::BadParameter`] unless `tick` > 0; [`Unavailable::OffGrid`] where the spread is no multiple of it.
    pub fn spread_ticks(&self, tick: Price) -> Result<u64, Unavailable> {
        let tick = u64::try_from(tick.0).ok().filter(|tick| *tick > 0).ok_or(Unavailable::BadParameter)?;
        if self.spread().is_multiple_of(tick) { Ok(self.spread() / tick) } else { Err(Unavailable::OffGrid) }
    }

    /// Spread in basis points of the mid.
    ///
    /// # Errors
    /// [`Unavailable::MidNotPositive`] where the mid is zero or below.
    pub fn spread_bps(&self) -> Result<f64, Unavailable> {
        if self.mid_x2() <= 0 {
            return Err(Unavailable::MidNotPositive);
        }
        Ok(self.spread() as f64 * 20_000.0 / self.mid_x2() as f64)
    }

    /// Share of the bid in the quantity at the touch, in (0, 1): 0.71 reads "71 % of the touch is bid".
    #[must_use]
    pub fn imbalance_unit(&self) -> f64 {
        let (bid, ask) = self.qty();
        bid as f64 / (bid + ask) as f64
    }

    /// `(bid - ask) / (bid + ask)` of the touch, in (-1, 1); equals `2 * imbalance_unit - 1`.
    #[must_use]
    pub fn imbalance_signed(&self) -> f64 {
        let (bid, ask) = self.qty();
        (bid - ask) as f64 / (bid + ask) as f64
    }

    /// The mid weighted towards the thinner side: `unit * ask + (1 - unit) * bid`.
    ///
    /// Equals `mid + spread / 2 * imbalance_signed`, which is how it is computed: the large common part of the two
    /// prices then loses no digits.
    #[must_use]
    pub fn weighted_mid(&self) -> f64 {
        self.mid() + self.spread() as f64 / 2.0 * self.imbalance_signed()
    }

    fn qty(&self) -> (i128, i128) {
        (i128::from(self.bid.qty.0), i128::from(self.ask.qty.0))
    }
}

/// Where depth measures stop and how fast levels lose weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DepthWeights {
    decay: f64,
    levels_max: usize,
}

impl DepthWeights {
    /// Level `i` (0 = best) of at most `levels_max` levels weighs `decay^i`.
    ///
    /// # Errors
    /// [`Unavailable::BadParameter`] unless `0 < decay <= 1` and `1 <= levels_max <=` [`DEPTH_LEVELS_MAX`].
    pub fn new(decay: f64, levels_max: usize) -> Result<Self, Unavailable> {
        let is_valid = decay > 0.0 && decay <= 1.0 && (1..=DEPTH_LEVELS_MAX).contains(&levels_max);
        if is_valid { Ok(Self { decay, levels_max }) } else { Err(Unavailable::BadParameter) }
    }

    /// Levels read of each side at most.
    #[must_use]
    pub fn levels_max(&self) -> usize {
        self.levels_max
    }

    fn weigh(&self, levels: &[Level]) -> f64 {
        let mut weight = 1.0;
        let mut sum = 0.0;
        for level in levels.iter().take(self.levels_max) {
            sum += weight * level.qty.0 as f64;
            weight *= self.decay;
        }
        sum
    }
}

impl Sides<'_> {
    /// Signed imbalance of the weighted depth, in (-1, 1). `decay = 1` gives the plain depth imbalance.
    ///
    /// # Errors
    /// As [`Sides::quote`]: a book that is not open on both sides has no imbalance.
    pub fn imbalance_weighted(&self, weights: DepthWeights) -> Result<f64, Unavailable> {
        self.quote()?;
        let bid = weights.weigh(self.bids);
        let ask = weights.weigh(self.asks);
        Ok((bid - ask) / (bid + ask))
    }

    /// Displayed quantity of the best `levels_max` bid levels. A fact of one side: the other may be empty.
    ///
    /// # Errors
    /// [`Unavailable::NoBids`]; [`Unavailable::BadParameter`] where `levels_max` is 0; [`Unavailable::Overflow`].
    pub fn depth_bid(&self, levels_max: usize) -> Result<Qty, Unavailable> {
        depth(self.bids, levels_max, Unavailable::NoBids)
    }

    /// Displayed quantity of the best `levels_max` ask levels.
    ///
    /// # Errors
    /// As [`Sides::depth_bid`], with [`Unavailable::NoAsks`].
    pub fn depth_ask(&self, levels_max: usize) -> Result<Qty, Unavailable> {
        depth(self.asks, levels_max, Unavailable::NoAsks)
    }
}

fn depth(levels: &[Level], levels_max: usize, none: Unavailable) -> Result<Qty, Unavailable> {
    if levels_max == 0 {
        return Err(Unavailable::BadParameter);
    }
    if levels.is_empty() {
        return Err(none);
    }
    levels
        .iter()
        .take(levels_max)
        .try_fold(0_i64, |sum, level| sum.checked_add(level.qty.0))
        .map(Qty)
        .ok_or(Unavailable::Overflow)
}

/// Every measure of one book state; either all of them exist or one reason says why not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measures {
    /// Best prices and quantities.
    pub quote: Quote,
    /// Mid, in the price unit.
    pub mid: f64,
    /// Weighted mid, in the price unit.
    pub weighted_mid: f64,
    /// Bid share of the touch, in (0, 1).
    pub imbalance_unit: f64,
    /// Signed imbalance of the touch, in (-1, 1).
    pub imbalance_signed: f64,
    /// Signed imbalance of the weighted depth, in (-1, 1).
    pub imbalance_weighted: f64,
    /// Spread in the price unit, > 0.
    pub spread: u64,
    /// Spread in basis points of the mid, or why it has none.
    pub spread_bps: Result<f64, Unavailable>,
    /// Displayed bid quantity over the levels read.
    pub depth_bid: Qty,
    /// Displayed ask quantity over the levels read.
    pub depth_ask: Qty,
}

impl Measures {
    /// Measures a book.
    ///
    /// # Errors
    /// The reason of [`Sides::quote`], or [`Unavailable::Overflow`] of a depth total.
    pub fn of(sides: Sides<'_>, weights: DepthWeights) -> Result<Self, Unavailable> {
        let quote = sides.quote()?;
        Ok(Self {
            quote,
            mid: quote.mid(),
            weighted_mid: quote.weighted_mid(),
            imbalance_unit: quote.imbalance_unit(),
            imbalance_signed: quote.imbalance_signed(),
            imbalance_weighted: sides.imbalance_weighted(weights)?,
            spread: quote.spread(),
            spread_bps: quote.spread_bps(),
            depth_bid: sides.depth_bid(weights.levels_max)?,
            depth_ask: sides.depth_ask(weights.levels_max)?,
        })
    }
}
