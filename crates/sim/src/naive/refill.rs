//! How large a refilled tip is: seed, order and refill number decide.

use model::SplitMix64;

/// One output of the generator from a state.
fn mix(state: u64) -> u64 {
    SplitMix64::new(state).next_u64()
}

/// The size of a fresh tip in lots, at least 1, before it is capped by what is left.
pub fn varied_lots(seed: u64, order_id: u64, refills: u32, display_lots: i64, variance_bps: u16) -> i64 {
    let spread = i128::from(display_lots) * i128::from(variance_bps) / 10_000;
    if spread == 0 {
        return display_lots;
    }
    let random = mix(mix(seed ^ order_id).wrapping_add(u64::from(refills)));
    let width = u128::try_from(2 * spread + 1).expect("a positive width");
    let step = (u128::from(random) * width) >> 64;
    let lots = i128::from(display_lots) - spread + i128::try_from(step).expect("below the width");
    i64::try_from(lots.max(1)).expect("at most twice the display size")
}
