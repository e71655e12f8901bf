//! Followers, who buy what rises and sell what falls, and whales, who hide a large order behind a small tip.

use model::{Display, Qty, Side};

use super::Market;
use super::agenda::Task;
use super::chance::{log_uniform, waiting};
use super::fair::Q8;
use super::intents::Draft;
use super::orders::Role;
use super::roster::Who;

/// Time between two looks of a follower and between two orders of a whale, on average.
const FOLLOW_NS: u64 = 400_000_000;
const SURFACE_NS: u64 = 25_000_000_000;
/// A trend is followed from here on; below a third of it, a position is given back.
const TREND_Q8: i64 = 2 * Q8;
/// Largest position of a follower, in round lots.
const POSITION_LOTS_MAX: i64 = 40;
/// How long a whale waits: from 8 s to a minute.
const SURFACED_NS_MIN: u64 = 8_000_000_000;
const SURFACED_DOUBLINGS: u32 = 3;

/// What a follower remembers of one instrument.
#[derive(Clone, Debug)]
pub(super) struct Trend {
    /// Averages of the mid over about 4 and 32 looks, in 1/256 tick.
    fast_q8: i64,
    slow_q8: i64,
    /// Bought less sold since the opening, in quantity mantissa units.
    pub(super) position: i64,
}

impl Trend {
    /// No trend at a price.
    pub(super) fn flat(ticks: i64) -> Self {
        Trend { fast_q8: ticks * Q8, slow_q8: ticks * Q8, position: 0 }
    }

    /// Looks at the mid and gives how far the fast average is above the slow one.
    fn look(&mut self, mid_q8: i64) -> i64 {
        self.fast_q8 += (mid_q8 - self.fast_q8) / 4;
        self.slow_q8 += (mid_q8 - self.slow_q8) / 32;
        self.fast_q8 - self.slow_q8
    }
}

impl Market {
    /// A follower looks at the trend and acts on it.
    pub(super) fn follow(&mut self, floor: usize) {
        let mid_q8 = self.mid_q8(floor);
        let trend = &mut self.floors[floor].trend;
        let (drift_q8, position) = (trend.look(mid_q8), trend.position);
        let lots = position / self.floors[floor].shape.round_lot;
        if drift_q8.abs() >= TREND_Q8 {
            let side = if drift_q8 > 0 { Side::Buy } else { Side::Sell };
            if (lots * drift_q8.signum()) < POSITION_LOTS_MAX {
                let order_qty = self.size(floor) * 2;
                self.chase(floor, side, order_qty);
            }
        } else if drift_q8.abs() < TREND_Q8 / 3 && lots != 0 {
            let side = if lots > 0 { Side::Sell } else { Side::Buy };
            let order_qty = lots.abs().min(8) * self.floors[floor].shape.round_lot;
            self.chase(floor, side, order_qty);
        }
        self.expect_follower(floor);
    }

    /// Enters a follower's next look.
    pub(super) fn expect_follower(&mut self, floor: usize) {
        let wait_ns = waiting(&mut self.rng, FOLLOW_NS);
        self.enter(wait_ns, Task::Follow { floor });
    }

    /// Takes up to two ticks through the touch.
    fn chase(&mut self, floor: usize, side: Side, order_qty: i64) {
        let Some(touch) = self.touch_ticks(floor).of(side.opposite()) else {
            return;
        };
        let ticks = match side {
            Side::Buy => touch + 2,
            Side::Sell => (touch - 2).max(1),
        };
        self.ask_for(floor, Who::follower(floor), Role::Taking, Draft::taking(side, ticks, order_qty));
    }

    /// A whale shows the tip of a large order at the touch.
    pub(super) fn surface(&mut self, floor: usize) {
        let side = if self.rng.coin() { Side::Buy } else { Side::Sell };
        let round_lot = self.floors[floor].shape.round_lot;
        if let Some(ticks) = self.touch_ticks(floor).of(side) {
            let display_qty = Qty(round_lot * i64::from(self.rng.one_to(4)));
            let order_qty = round_lot * i64::from(20 + self.rng.below(80));
            let display = Display::Iceberg { display_qty, threshold: Qty(0), variance_bps: 1_500 };
            let life_ns = log_uniform(&mut self.rng, SURFACED_NS_MIN, SURFACED_DOUBLINGS);
            let draft = Draft { display, ..Draft::resting(side, ticks, order_qty) };
            self.ask_for(floor, Who::Whale, Role::Resting { life_ns }, draft);
        }
        self.expect_whale(floor);
    }

    /// Enters the next large order.
    pub(super) fn expect_whale(&mut self, floor: usize) {
        let wait_ns = waiting(&mut self.rng, SURFACE_NS);
        self.enter(wait_ns, Task::Surface { floor });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rise_is_seen_while_it_lasts_and_forgotten_after() {
        let mut trend = Trend::flat(100);

        let during = (101..=120).map(|ticks| trend.look(ticks * Q8)).last();
        let after = (0..400).map(|_| trend.look(120 * Q8)).last();

        assert!(during > Some(TREND_Q8));
        assert!(after < Some(TREND_Q8 / 3));
    }

    #[test]
    fn a_flat_market_has_no_trend() {
        let mut trend = Trend::flat(100);

        assert_eq!((0..50).map(|_| trend.look(100 * Q8)).max(), Some(0));
    }
}
