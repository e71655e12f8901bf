//! Prices, quantities, money and stamps as integers.

/// A price as a mantissa: `value = mantissa / 10^price_decimals` of its instrument. May be negative where the
/// instrument allows it (FIX 44).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(pub i64);

/// A quantity as a mantissa: `value = mantissa / 10^qty_decimals` of its instrument (FIX 38, 14, 151).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Qty(pub i64);

/// An amount of an asset as a mantissa: `value = mantissa / 10^decimals` of the asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(pub i128);

/// The largest amount a command may name and a balance may reach: sums of such amounts cannot overflow.
pub const MONEY_MAX: Money = Money(1_000_000_000_000_000_000_000_000_000_000);

/// The largest price mantissa an instrument may allow, in either direction: a tick more still fits 64 bits.
pub const PRICE_MAX: Price = Price(1_000_000_000_000_000_000);

/// The place of a command in the one sequence (S-04): given by the sequencer, never by the engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    /// Position in the log, without gaps.
    pub seq: u64,
    /// Logical time in nanoseconds since the Unix epoch, strictly increasing from command to command.
    pub ts_ns: i64,
}

impl core::ops::Add for Money {
    type Output = Money;
    fn add(self, other: Money) -> Money {
        Money(self.0 + other.0)
    }
}

impl core::ops::Sub for Money {
    type Output = Money;
    fn sub(self, other: Money) -> Money {
        Money(self.0 - other.0)
    }
}

impl core::ops::AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        self.0 += other.0;
    }
}

impl core::ops::SubAssign for Money {
    fn sub_assign(&mut self, other: Money) {
        self.0 -= other.0;
    }
}
