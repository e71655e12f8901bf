//! Draws for workloads and markets, on the project's one generator.

/// `model::SplitMix64` with the draws that generated activity is made of; equal seeds give equal sequences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitMix64(model::SplitMix64);

impl SplitMix64 {
    /// Starts a sequence; every `seed` is valid, zero included.
    pub fn new(seed: u64) -> Self {
        Self(model::SplitMix64::new(seed))
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number in `0..bound` by remainder; the bias is below `bound / 2^64`.
    ///
    /// # Panics
    /// Where `bound` is zero: there is no number to give.
    pub fn below(&mut self, bound: u32) -> u32 {
        assert!(bound > 0, "below needs a positive bound");
        let remainder = self.next_u64() % u64::from(bound);
        u32::try_from(remainder).expect("a remainder is below its 32-bit divisor")
    }

    /// A number in `1..=bound`, for quantities and steps that must not be zero.
    ///
    /// # Panics
    /// Where `bound` is zero.
    pub fn one_to(&mut self, bound: u32) -> u32 {
        self.below(bound) + 1
    }

    /// The lowest bit of the next number: a fair coin.
    pub fn coin(&mut self) -> bool {
        self.next_u64() & 1 == 1
    }

    /// True once in `1 << bits` calls on average; `bits` in `0..64`.
    pub fn once_in_pow2(&mut self, bits: u32) -> bool {
        debug_assert!(bits < 64, "a shift of a 64-bit word is below 64");
        self.next_u64() & ((1_u64 << bits) - 1) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::SplitMix64;

    #[test]
    fn matches_the_published_sequence_of_seed_zero() {
        // First outputs for seed 0, as printed with the generator's reference implementation.
        let mut rng = SplitMix64::new(0);

        let drawn = [rng.next_u64(), rng.next_u64(), rng.next_u64()];

        assert_eq!(drawn, [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4, 0x06C4_5D18_8009_454F]);
    }

    #[test]
    fn below_stays_inside_its_bound_and_reaches_both_ends() {
        let mut rng = SplitMix64::new(7);

        let drawn: Vec<u32> = (0..1_000).map(|_| rng.below(5)).collect();

        assert_eq!(drawn.iter().min(), Some(&0));
        assert_eq!(drawn.iter().max(), Some(&4));
    }

    #[test]
    #[should_panic(expected = "positive bound")]
    fn below_refuses_an_empty_range() {
        let _ = SplitMix64::new(7).below(0);
    }

    #[test]
    fn different_seeds_give_different_sequences() {
        assert_ne!(SplitMix64::new(1).next_u64(), SplitMix64::new(2).next_u64());
    }
}
