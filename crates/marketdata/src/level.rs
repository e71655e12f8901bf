//! One displayed price level, and the two sides of a book as measures read them.

use std::fmt;

use model::{Price, Qty};

/// A price level as the public sees it: displayed quantity only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level {
    /// Price; may be below zero where the instrument allows it.
    pub price: Price,
    /// Sum of the displayed quantities, > 0 (a level without quantity does not exist).
    pub qty: Qty,
    /// Number of orders with displayed quantity, > 0; 0 where the source does not tell.
    pub order_count: u32,
}

impl Level {
    /// A level from a source that does not count orders.
    #[must_use]
    pub const fn uncounted(price: Price, qty: Qty) -> Self {
        Self { price, qty, order_count: 0 }
    }
}

/// Why a measure has no value. A measure without a value is never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unavailable {
    /// Neither side has a level.
    EmptyBook,
    /// No level on the bid side (or none at the depth asked for).
    NoBids,
    /// No level on the ask side (or none at the depth asked for).
    NoAsks,
    /// Best bid equals best ask.
    Locked,
    /// Best bid is above best ask, as in an auction call.
    Crossed,
    /// A level states no quantity, so the source contradicts itself.
    EmptyLevel,
    /// A ratio to the mid is asked for and the mid is not above zero.
    MidNotPositive,
    /// The spread is not a multiple of the tick size.
    OffGrid,
    /// A parameter is outside its range; the documentation of the call gives the range.
    BadParameter,
    /// The exact integer result does not fit its type.
    Overflow,
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EmptyBook => "book is empty",
            Self::NoBids => "no bid level",
            Self::NoAsks => "no ask level",
            Self::Locked => "book is locked: best bid equals best ask",
            Self::Crossed => "book is crossed: best bid above best ask",
            Self::EmptyLevel => "a level has no quantity",
            Self::MidNotPositive => "mid is not above zero",
            Self::OffGrid => "spread is not a multiple of the tick size",
            Self::BadParameter => "parameter out of range",
            Self::Overflow => "result exceeds its integer type",
        })
    }
}

impl std::error::Error for Unavailable {}

/// Both sides of a book, best level first.
#[derive(Debug, Clone, Copy)]
pub struct Sides<'a> {
    /// Bid levels, highest price first.
    pub bids: &'a [Level],
    /// Ask levels, lowest price first.
    pub asks: &'a [Level],
}

/// The best level of each side of an open, uncrossed book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// Best bid, below the ask.
    pub bid: Level,
    /// Best ask.
    pub ask: Level,
}

impl Quote {
    /// Joins a bid and an ask.
    ///
    /// # Errors
    /// [`Unavailable::Locked`], [`Unavailable::Crossed`] or [`Unavailable::EmptyLevel`].
    pub fn new(bid: Level, ask: Level) -> Result<Self, Unavailable> {
        if bid.qty <= Qty(0) || ask.qty <= Qty(0) {
            return Err(Unavailable::EmptyLevel);
        }
        match bid.price.cmp(&ask.price) {
            std::cmp::Ordering::Less => Ok(Self { bid, ask }),
            std::cmp::Ordering::Equal => Err(Unavailable::Locked),
            std::cmp::Ordering::Greater => Err(Unavailable::Crossed),
        }
    }
}

impl Sides<'_> {
    /// The touch of the book.
    ///
    /// # Errors
    /// Says which side is missing, or that the book is locked or crossed.
    pub fn quote(&self) -> Result<Quote, Unavailable> {
        match (self.bids.first(), self.asks.first()) {
            (None, None) => Err(Unavailable::EmptyBook),
            (None, Some(_)) => Err(Unavailable::NoBids),
            (Some(_), None) => Err(Unavailable::NoAsks),
            (Some(bid), Some(ask)) => Quote::new(*bid, *ask),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(price: i64, qty: i64) -> Level {
        Level::uncounted(Price(price), Qty(qty))
    }

    fn quote(bids: &[Level], asks: &[Level]) -> Result<Quote, Unavailable> {
        Sides { bids, asks }.quote()
    }

    #[test]
    fn a_missing_side_is_named() {
        let level = [level(100, 1)];

        assert_eq!(quote(&[], &[]), Err(Unavailable::EmptyBook));
        assert_eq!(quote(&[], &level), Err(Unavailable::NoBids));
        assert_eq!(quote(&level, &[]), Err(Unavailable::NoAsks));
    }

    #[test]
    fn locked_and_crossed_are_told_apart() {
        let at = |price| [level(price, 1)];

        assert_eq!(quote(&at(100), &at(100)), Err(Unavailable::Locked));
        assert_eq!(quote(&at(101), &at(100)), Err(Unavailable::Crossed));
        assert!(quote(&at(99), &at(100)).is_ok());
    }

    #[test]
    fn a_level_without_quantity_is_no_quote() {
        let full = [level(99, 1)];
        let empty = [level(100, 0)];

        assert_eq!(quote(&full, &empty), Err(Unavailable::EmptyLevel));
    }
}
