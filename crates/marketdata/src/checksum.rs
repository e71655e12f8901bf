//! The checksum by which a client proves that its book is the publisher's.
//!
//! CRC-32 (IEEE 802.3, as in zlib) over the bids and then the asks. Of each side: the number of levels as one byte, then
//! at most [`LEVELS_MAX`] levels, best first, each as price (i64), displayed quantity (i64) and order count (u32), all
//! little endian. The L1 channel has one level per side.

use crate::level::Level;

/// Levels of each side that are covered.
pub const LEVELS_MAX: usize = 10;

/// CRC-32 of both sides, best level first.
#[must_use]
pub fn crc32(bids: impl Iterator<Item = Level>, asks: impl Iterator<Item = Level>) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    let mut bytes = Vec::with_capacity(2 * (1 + LEVELS_MAX * 20));
    write_side(&mut bytes, bids);
    write_side(&mut bytes, asks);
    hasher.update(&bytes);
    hasher.finalize()
}

fn write_side(bytes: &mut Vec<u8>, levels: impl Iterator<Item = Level>) {
    let count_at = bytes.len();
    bytes.push(0);
    for level in levels.take(LEVELS_MAX) {
        bytes[count_at] += 1;
        bytes.extend_from_slice(&level.price.0.to_le_bytes());
        bytes.extend_from_slice(&level.qty.0.to_le_bytes());
        bytes.extend_from_slice(&level.order_count.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use model::{Price, Qty};

    use super::*;

    fn level(price: i64, qty: i64, order_count: u32) -> Level {
        Level { price: Price(price), qty: Qty(qty), order_count }
    }

    #[test]
    fn the_bytes_are_those_documented() {
        let mut bytes = vec![1];
        bytes.extend(258_i64.to_le_bytes());
        bytes.extend([7, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0]);

        assert_eq!(crc32([level(258, 7, 2)].into_iter(), [].into_iter()), crc32fast::hash(&bytes));
        assert_eq!(crc32fast::hash(b"123456789"), 0xCBF4_3926, "the check value of CRC-32/ISO-HDLC");
    }

    #[test]
    fn every_field_and_the_side_counts() {
        let of = |bids: &[Level], asks: &[Level]| crc32(bids.iter().copied(), asks.iter().copied());
        let base = of(&[level(1, 2, 3)], &[]);

        assert_ne!(base, of(&[], &[level(1, 2, 3)]));
        assert_ne!(base, of(&[level(2, 2, 3)], &[]));
        assert_ne!(base, of(&[level(1, 3, 3)], &[]));
        assert_ne!(base, of(&[level(1, 2, 4)], &[]));
        assert_ne!(base, of(&[level(1, 2, 3), level(1, 2, 3)], &[]));
    }

    #[test]
    fn the_eleventh_level_does_not_count() {
        let levels: Vec<Level> = (0..11).map(|i| level(i, 1, 1)).collect();
        let of = |count: usize| crc32(levels[..count].iter().copied(), [].into_iter());

        assert_eq!(of(10), of(11));
        assert_ne!(of(9), of(10));
    }
}
