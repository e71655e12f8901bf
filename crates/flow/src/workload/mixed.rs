//! The `mixed` workload: one symbol near its fair price, 10,000 preloaded, two million commands of every kind.

use super::draw::{count, distance, price_behind, recent_live, refills, side, step};
use super::market::Market;
use super::record::{Side, Workload};
use crate::rng::SplitMix64;

const SEED: u64 = 23;
const N_PRE: usize = 10_000;
const N_OPS: usize = 2_000_000;
const SYM: u16 = 0;

pub(super) fn generate() -> Workload {
    let mut run = Run { rng: SplitMix64::new(SEED), market: Market::new(1, N_PRE + N_OPS), fair: 32_768 };
    for _ in 0..N_PRE {
        run.add();
    }
    while run.market.len() < N_PRE + N_OPS {
        run.turn();
    }
    run.market.finish(SEED, N_PRE)
}

struct Run {
    rng: SplitMix64,
    market: Market,
    fair: i64,
}

impl Run {
    /// One draw of the mix. A take from an empty side records nothing, so a turn may add no record.
    fn turn(&mut self) {
        if self.rng.once_in_pow2(8) {
            self.fair = (self.fair + step(&mut self.rng)).clamp(20_000, 45_000);
        }
        match self.choose() {
            0..450 => self.add(),
            450..850 => {
                let id = recent_live(&mut self.rng, &self.market, SYM);
                self.market.cancel(id);
            }
            850..900 => self.amend(),
            900.. => self.take(),
        }
    }

    /// A number per mille, bent so that the book stays between 1,000 and 20,000 orders and near 10,000.
    fn choose(&mut self) -> u32 {
        let drawn = self.rng.below(1_000);
        let n_live = count(self.market.live(SYM));
        let is_cancel = (450..850).contains(&drawn);
        let refilled = if is_cancel && refills(&mut self.rng, n_live, 10_000) { 0 } else { drawn };
        if refilled < 450 && n_live > 20_000 {
            500
        } else if refilled >= 450 && n_live < 1_000 {
            0
        } else {
            refilled
        }
    }

    fn add(&mut self) {
        let side = side(&mut self.rng);
        let px = price_behind(self.fair, side, distance(&mut self.rng));
        let qty = self.rng.one_to(100);
        self.market.add(SYM, side, px, qty);
    }

    fn amend(&mut self) {
        let id = recent_live(&mut self.rng, &self.market, SYM);
        let order = *self.market.order(id);
        if self.rng.coin() && order.qty > 1 {
            let qty = self.rng.one_to(order.qty - 1);
            self.market.reduce(id, qty);
        } else {
            let px = price_behind(self.fair, order.side, distance(&mut self.rng));
            let qty = self.rng.one_to(100);
            self.market.replace(id, px, qty);
        }
    }

    /// An immediate order through one to five levels: mostly small, sometimes all they hold up to 300 lots.
    fn take(&mut self) {
        let side: Side = side(&mut self.rng);
        let n_levels = self.rng.one_to(5) as usize;
        let Some((px, held)) = self.market.reach(SYM, side.opposite(), n_levels) else {
            return;
        };
        let qty = if self.rng.below(100) < 85 {
            self.rng.one_to(50)
        } else {
            u32::try_from(held.min(300)).expect("at most 300")
        };
        self.market.ioc(SYM, side, px, qty);
    }
}
