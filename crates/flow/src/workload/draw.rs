//! Draws shared by the workloads: distance from the fair price, side, and which live order to touch.

use super::market::Market;
use super::record::Side;
use crate::rng::SplitMix64;

/// Distance from the fair price in ticks: geometric with p = 1/8 (capped at 21), one in sixteen with up to 499 more.
pub(super) fn distance(rng: &mut SplitMix64) -> i64 {
    let bits = rng.next_u64();
    let near = (0_u32..21).find(|step| (bits >> (3 * step)).is_multiple_of(8)).unwrap_or(21);
    let far = if rng.once_in_pow2(4) { rng.below(500) } else { 0 };
    i64::from(near + far)
}

pub(super) fn side(rng: &mut SplitMix64) -> Side {
    if rng.coin() { Side::Sell } else { Side::Buy }
}

/// A price `distance` ticks behind the fair price on its own side, so that it rarely crosses.
pub(super) fn price_behind(fair: i64, side: Side, distance: i64) -> i64 {
    match side {
        Side::Buy => fair - 1 - distance,
        Side::Sell => fair + 1 + distance,
    }
}

/// One tick up or down.
pub(super) fn step(rng: &mut SplitMix64) -> i64 {
    if rng.coin() { 1 } else { -1 }
}

/// Any live order of `sym` with equal chance.
pub(super) fn any_live(rng: &mut SplitMix64, market: &Market, sym: u16) -> u32 {
    let live = market.live(sym);
    live[rng.below(count(live)) as usize]
}

/// A live order of `sym`: half the time one of the 256 last in the list, as recent orders are touched most.
pub(super) fn recent_live(rng: &mut SplitMix64, market: &Market, sym: u16) -> u32 {
    if !rng.coin() {
        return any_live(rng, market, sym);
    }
    let live = market.live(sym);
    let back = rng.below(count(live).min(256)) as usize;
    live[live.len() - 1 - back]
}

/// Number of ids in a list, which ids of 32 bits keep below 2^32.
pub(super) fn count(live: &[u32]) -> u32 {
    u32::try_from(live.len()).expect("ids are 32 bits wide")
}

/// Whether a cancel turns into an add, so that the number of live orders drifts back to `target`.
pub(super) fn refills(rng: &mut SplitMix64, n_live: u32, target: u32) -> bool {
    n_live < target && rng.below(target) < target - n_live
}
