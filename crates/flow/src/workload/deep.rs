//! The `deep` workload: a million orders over 20,000 ticks that never cross, then a million cancels and adds.

use super::draw::{any_live, side};
use super::market::Market;
use super::record::{Side, Workload};
use crate::rng::SplitMix64;

const SEED: u64 = 29;
const N_PRE: usize = 1_000_000;
const N_OPS: usize = 1_000_000;
const SYM: u16 = 0;
const FAIR: i64 = 32_768;

pub(super) fn generate() -> Workload {
    let mut rng = SplitMix64::new(SEED);
    let mut market = Market::new(1, N_PRE + N_OPS);
    for _ in 0..N_PRE {
        add(&mut rng, &mut market);
    }
    for _ in 0..N_OPS {
        if rng.coin() {
            let id = any_live(&mut rng, &market, SYM);
            market.cancel(id);
        } else {
            add(&mut rng, &mut market);
        }
    }
    market.finish(SEED, N_PRE)
}

fn add(rng: &mut SplitMix64, market: &mut Market) {
    let side = side(rng);
    let distance = i64::from(rng.one_to(10_000));
    let qty = rng.one_to(100);
    let px = match side {
        Side::Buy => FAIR - distance,
        Side::Sell => FAIR + distance,
    };
    market.add(SYM, side, px, qty);
}
