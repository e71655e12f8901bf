//! Digests of state: the same state gives the same number on every machine and in every build.

use crate::ids::{AccountId, OrderId};
use crate::numbers::{Money, Price, Qty};
use crate::reason::RejectReason;
use crate::text::ClOrdId;

/// A running 64-bit digest over integers, sensitive to order. Not cryptographic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Digest(0x6A09_E667_F3BC_C908)
    }
}

impl Digest {
    /// An empty digest.
    pub fn new() -> Self {
        Self::default()
    }

    /// Mixes one word in: xor, multiply, fold (the finaliser step of `MurmurHash3`).
    pub fn write_u64(&mut self, word: u64) {
        let mixed = (self.0.rotate_left(5) ^ word).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
        self.0 = mixed ^ (mixed >> 32);
    }

    /// Mixes one signed word in.
    pub fn write_i64(&mut self, word: i64) {
        self.write_u64(word.cast_unsigned());
    }

    /// Mixes one 128-bit word in, low half first.
    pub fn write_i128(&mut self, word: i128) {
        let bits = word.cast_unsigned();
        self.write_u64(u64::try_from(bits & u128::from(u64::MAX)).unwrap_or(0));
        self.write_u64(u64::try_from(bits >> 64).unwrap_or(0));
    }

    /// Mixes a price in.
    pub fn write_price(&mut self, price: Price) {
        self.write_i64(price.0);
    }

    /// Mixes a quantity in.
    pub fn write_qty(&mut self, qty: Qty) {
        self.write_i64(qty.0);
    }

    /// Mixes an amount in.
    pub fn write_money(&mut self, amount: Money) {
        self.write_i128(amount.0);
    }

    /// Mixes bytes in: their count, then words of eight, little endian, padded with zeros.
    pub fn write_bytes(&mut self, bytes: &[u8]) {
        self.write_u64(bytes.len() as u64);
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    /// The digest so far.
    pub fn finish(&self) -> u64 {
        self.0
    }
}

/// The digest of one remembered client id and of what became of its request (rule R-90): its order, or its reason.
///
/// Made of products that do not wait for each other, since every order pays for one: two words each, added to
/// constants, multiplied to 128 bits and folded.
#[inline]
pub fn digest_client_id(account: AccountId, id: &ClOrdId, outcome: Result<OrderId, RejectReason>) -> u64 {
    let words = id.words();
    let (word, kind) = match outcome {
        Ok(order_id) => (order_id.0, 0),
        Err(reason) => (u64::from(reason.code()), 1),
    };
    let products = [
        fold(words[0] ^ 0xA076_1D64_78BD_642F, words[1] ^ 0xE703_7ED1_A0B4_28DB),
        fold(words[2] ^ 0x8EBC_6AF0_9C88_C6E3, words[3] ^ 0x5899_65CC_7537_4CC3),
        fold(words[4] ^ 0x1D8E_4E27_C47D_124F, u64::from(account.0) ^ 0xEB44_ACCA_B455_D165),
        fold(word ^ 0x9E37_79B9_7F4A_7C15, kind ^ 0xC2B2_AE3D_27D4_EB4F),
    ];
    let sum = products.into_iter().fold(0, |sum: u64, product| sum.rotate_left(17) ^ product);
    fold(sum ^ 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63)
}

/// Both halves of a 128-bit product, folded.
#[inline]
fn fold(x: u64, y: u64) -> u64 {
    let product = u128::from(x) * u128::from(y);
    let (high, low) = (product >> 64, product & u128::from(u64::MAX));
    u64::try_from(high ^ low).unwrap_or(0)
}

/// The digest of an exchange, by section, so that a comparison can say where two differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StateHash {
    /// Trading states, reference prices and counters.
    pub instruments: u64,
    /// Every resting order of every book in priority order, auction market orders, parked pegs.
    pub books: u64,
    /// Every open order's own numbers.
    pub orders: u64,
    /// Balances, reserves, fee schedules.
    pub accounts: u64,
    /// Remembered client order ids.
    pub client_ids: u64,
    /// Waiting orders, their anchors, mark and index prices, groups.
    pub triggers: u64,
    /// Limits, buckets, kill switches, sessions, timers.
    pub risk: u64,
    /// Breakers: rules, windows, phases.
    pub breakers: u64,
}

impl StateHash {
    /// One number over all sections.
    pub fn combined(&self) -> u64 {
        let mut digest = Digest::new();
        for section in [
            self.instruments,
            self.books,
            self.orders,
            self.accounts,
            self.client_ids,
            self.triggers,
            self.risk,
            self.breakers,
        ] {
            digest.write_u64(section);
        }
        digest.finish()
    }

    /// One number over all sections but the remembered client ids: what a rejected command must leave unchanged.
    pub fn without_client_ids(&self) -> u64 {
        StateHash { client_ids: 0, ..*self }.combined()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_depends_on_order_and_on_length() {
        let of = |words: &[u64]| {
            let mut digest = Digest::new();
            for word in words {
                digest.write_u64(*word);
            }
            digest.finish()
        };

        assert_ne!(of(&[1, 2]), of(&[2, 1]));
        assert_ne!(of(&[0]), of(&[0, 0]));
    }

    #[test]
    fn a_client_ids_digest_depends_on_account_text_and_outcome() {
        let id = |text| ClOrdId::new(text).expect("printable");
        let of = |account, text, outcome| digest_client_id(AccountId(account), &id(text), outcome);
        let digests = [
            of(1, "a", Ok(OrderId(1))),
            of(2, "a", Ok(OrderId(1))),
            of(1, "b", Ok(OrderId(1))),
            of(1, "a", Ok(OrderId(2))),
            of(1, "a", Err(RejectReason::UnknownOrder)),
            of(1, "a", Ok(OrderId(u64::from(RejectReason::UnknownOrder.code())))),
            of(1, &"a".repeat(36), Ok(OrderId(1))),
        ];

        for (at, digest) in digests.iter().enumerate() {
            assert!(!digests[..at].contains(digest), "digest {at} is there twice");
        }
    }

    #[test]
    fn bytes_that_differ_in_padding_only_differ() {
        let of = |bytes: &[u8]| {
            let mut digest = Digest::new();
            digest.write_bytes(bytes);
            digest.finish()
        };

        assert_ne!(of(b"a"), of(b"a\0"));
    }
}
