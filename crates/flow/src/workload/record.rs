//! The words of a workload: one command of it, its kinds, and the totals any engine must reproduce.

/// What one record asks for; the discriminant is the byte in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Op {
    /// Limit order, good till canceled.
    Add = 0,
    /// Cancel of a resting order; `qty` is zero.
    Cancel = 1,
    /// Reduce what remains to `qty`; priority is kept.
    Reduce = 2,
    /// Replace by `px` and `qty` under the same id; priority is lost and the order may match.
    Replace = 3,
    /// Limit order, immediate or cancel.
    Ioc = 4,
}

/// Side of an order; the discriminant is the byte in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Side {
    /// Buys.
    Buy = 0,
    /// Sells.
    Sell = 1,
}

impl Side {
    /// The other side.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }
}

/// One command of a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Order id, dense from 1 in order of first use; `Replace` keeps it.
    pub id: u64,
    /// Limit price in ticks, > 0. A cancel or reduce repeats the order's price.
    pub px: i64,
    /// Quantity in lots, > 0 except for `Cancel`.
    pub qty: u32,
    /// Symbol, in `0..n_sym`.
    pub sym: u16,
    /// What to do.
    pub op: Op,
    /// Side of the order named by `id`.
    pub side: Side,
}

/// Starting value of the fill hash (the 64-bit FNV-1a offset basis as the generator spells it).
pub const HASH_START: u64 = 1_469_598_103_934_665_603;

/// Multiplier of the fill hash (the 64-bit FNV prime).
const HASH_PRIME: u64 = 1_099_511_628_211;

/// Order-sensitive sum of fills. An engine whose tally differs is not measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FillTally {
    /// Number of fills.
    pub fills: u64,
    /// Quantity of all fills, lots.
    pub qty: u64,
    /// Sum of price times quantity, tick-lots.
    pub notional: u64,
    /// Hash over (maker, taker, price, quantity) of each fill, in order, by 64-bit words.
    pub hash: u64,
}

impl Default for FillTally {
    fn default() -> Self {
        Self { fills: 0, qty: 0, notional: 0, hash: HASH_START }
    }
}

impl FillTally {
    /// Counts one fill of `last_qty` lots (FIX 32) at `last_px` ticks (FIX 31, >= 0) between two order ids.
    #[inline]
    pub fn add(&mut self, maker: u64, taker: u64, last_px: i64, last_qty: u64) {
        let px = last_px.cast_unsigned();
        self.fills += 1;
        self.qty += last_qty;
        self.notional += px * last_qty;
        for word in [maker, taker, px, last_qty] {
            self.hash = (self.hash ^ word).wrapping_mul(HASH_PRIME);
        }
    }
}

/// The header of a workload: its shape, and what a correct engine ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Records that only fill the book before the clock starts.
    pub n_pre: u64,
    /// Records to be measured, after the first `n_pre`.
    pub n_ops: u64,
    /// Largest order id in use.
    pub max_id: u64,
    /// Seed of the generator.
    pub seed: u64,
    /// Number of symbols.
    pub n_sym: u64,
    /// Sum of all fills, preload included.
    pub tally: FillTally,
    /// Orders resting at the end.
    pub rest: u64,
    /// Quantity resting at the end, lots.
    pub rest_qty: u64,
}

/// A whole workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// Shape and expected totals.
    pub header: Totals,
    /// The commands, preload first.
    pub records: Vec<Record>,
}

#[cfg(test)]
mod tests {
    use super::{FillTally, HASH_START};

    #[test]
    fn the_hash_depends_on_the_order_of_fills() {
        let (mut one, mut other) = (FillTally::default(), FillTally::default());

        one.add(1, 3, 100, 5);
        one.add(2, 3, 101, 5);
        other.add(2, 3, 101, 5);
        other.add(1, 3, 100, 5);

        assert_eq!((one.fills, one.qty, one.notional), (other.fills, other.qty, other.notional));
        assert_eq!(one.notional, 5 * 100 + 5 * 101);
        assert_ne!(one.hash, other.hash);
    }

    #[test]
    fn nothing_filled_keeps_the_starting_hash() {
        assert_eq!(FillTally::default().hash, HASH_START);
    }
}
