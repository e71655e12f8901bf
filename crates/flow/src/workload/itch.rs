//! The `itch` workload: 100 symbols of unequal activity, mostly adds and cancels, one command in a hundred takes.

use super::draw::{any_live, count, distance, price_behind, refills, side, step};
use super::market::Market;
use super::record::Workload;
use crate::rng::SplitMix64;

const SEED: u64 = 31;
const N_SYM: u16 = 100;
const N_PRE: usize = 200_000;
const N_OPS: usize = 2_000_000;

pub(super) fn generate() -> Workload {
    let mut run = Run {
        rng: SplitMix64::new(SEED),
        market: Market::new(usize::from(N_SYM), N_PRE + N_OPS),
        fair: (0..N_SYM).map(|sym| 10_000 + 400 * i64::from(sym)).collect(),
    };
    for sym in (0..N_SYM).cycle().take(N_PRE) {
        run.add(sym);
    }
    while run.market.len() < N_PRE + N_OPS {
        run.turn();
    }
    run.market.finish(SEED, N_PRE)
}

struct Run {
    rng: SplitMix64,
    market: Market,
    fair: Vec<i64>,
}

impl Run {
    /// One draw of the mix. A take from an empty side records nothing, so a turn may add no record.
    fn turn(&mut self) {
        let sym = self.symbol();
        if self.rng.once_in_pow2(9) {
            self.fair[usize::from(sym)] += step(&mut self.rng);
        }
        let drawn = self.rng.below(1_000);
        let n_live = count(self.market.live(sym));
        let is_cancel = (495..990).contains(&drawn);
        let choice = if is_cancel && refills(&mut self.rng, n_live, 2_000) { 0 } else { drawn };
        match choice {
            0..495 => self.add(sym),
            495..990 => {
                let id = any_live(&mut self.rng, &self.market, sym);
                self.market.cancel(id);
            }
            990.. => self.take(sym),
        }
    }

    /// The smaller of two draws: low symbols are busier.
    fn symbol(&mut self) -> u16 {
        let first = self.rng.below(u32::from(N_SYM));
        let second = self.rng.below(u32::from(N_SYM));
        u16::try_from(first.min(second)).expect("below the number of symbols")
    }

    fn add(&mut self, sym: u16) {
        let side = side(&mut self.rng);
        let px = price_behind(self.fair[usize::from(sym)], side, distance(&mut self.rng));
        let qty = self.rng.one_to(100);
        self.market.add(sym, side, px, qty);
    }

    fn take(&mut self, sym: u16) {
        let side = side(&mut self.rng);
        let qty = self.rng.one_to(50);
        if let Some(px) = self.market.best(sym, side.opposite()) {
            self.market.ioc(sym, side, px, qty);
        }
    }
}
