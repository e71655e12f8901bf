//! The two sides of a book, and the one key space both are sorted in.

/// Largest absolute price in ticks a book accepts; leaves room to negate and to name neighbouring pages.
pub(crate) const TICK_ABS_MAX: i64 = 1 << 61;

/// Side of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Buyers; the best price is the highest.
    Bid = 0,
    /// Sellers; the best price is the lowest.
    Ask = 1,
}

impl Side {
    /// The side this one trades with.
    #[inline]
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Bid => Self::Ask,
            Self::Ask => Self::Bid,
        }
    }

    /// Where a price in ticks sorts: the smaller key is the better price on either side.
    #[inline]
    pub(crate) const fn key(self, tick: i64) -> i64 {
        // Two's complement negation by mask: sides alternate at random, a branch here is mispredicted half the time.
        let mask = self as i64 - 1;
        (tick ^ mask).wrapping_sub(mask)
    }

    /// Inverse of [`Side::key`].
    #[inline]
    pub(crate) const fn tick(self, key: i64) -> i64 {
        self.key(key)
    }

    #[inline]
    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests {
    use super::Side;

    #[test]
    fn better_price_has_the_smaller_key() {
        assert!(Side::Bid.key(101) < Side::Bid.key(100));
        assert!(Side::Ask.key(100) < Side::Ask.key(101));
    }

    #[test]
    fn key_and_tick_are_inverse_for_either_sign() {
        for tick in [-65, -1, 0, 1, 64] {
            assert_eq!(Side::Bid.tick(Side::Bid.key(tick)), tick);
            assert_eq!(Side::Ask.tick(Side::Ask.key(tick)), tick);
        }
    }

    #[test]
    fn opposite_of_a_side_is_the_other_one() {
        assert_eq!(Side::Bid.opposite(), Side::Ask);
        assert_eq!(Side::Ask.opposite(), Side::Bid);
    }
}
