//! The crowd: people who come in bursts, take or wait, and give up after a while. And what the news does to them.

use model::Side;

use super::agenda::Task;
use super::bursts::{children, immigrant};
use super::chance::{happens, log_uniform, tail, waiting};
use super::fair::Q8;
use super::intents::Draft;
use super::orders::Role;
use super::roster::Who;
use super::shapes::{Group, SHAPES};
use super::{ARRIVALS_PER_KS, Market};

/// Of a thousand orders of the crowd: those that take at once; of these, those without a limit.
const TAKING_PER_MILLE: u32 = 110;
const WITHOUT_LIMIT_PER_MILLE: u32 = 300;
/// Of a thousand that wait: those inside the spread, and those at the touch; the others stand behind it.
const INSIDE_PER_MILLE: u32 = 100;
const AT_TOUCH_PER_MILLE: u32 = 180;
/// How much of the crowd behind the touch stands beyond each doubling of the distance, and how many doublings there are.
const BEHIND_PER_MILLE: u32 = 720;
const BEHIND_DOUBLINGS: u32 = 9;
/// How long an order waits: from 20 ms to 20 s, the logarithm uniform.
const LIFE_NS_MIN: u64 = 20_000_000;
const LIFE_DOUBLINGS: u32 = 10;
/// Time between two pieces of news of a group, on average.
const NEWS_NS: u64 = 4_000_000_000;

impl Market {
    /// Someone of the crowd acts, and is followed by others.
    pub(super) fn arrive(&mut self, floor: usize, is_immigrant: bool) {
        if is_immigrant {
            self.expect_immigrant(floor);
        }
        let waits: Vec<u64> = children(&mut self.rng).collect();
        for wait_ns in waits {
            self.enter(wait_ns, Task::Arrive { floor, is_immigrant: false });
        }
        self.floors[floor].fair.wander(&mut self.rng);
        if happens(&mut self.rng, TAKING_PER_MILLE) {
            self.take(floor);
        } else {
            self.wait(floor);
        }
        self.alert_makers(floor);
    }

    /// Enters the next arrival that nobody caused.
    pub(super) fn expect_immigrant(&mut self, floor: usize) {
        let share = u64::from(self.floors[floor].shape.share_per_mille);
        let wait_ns = immigrant(&mut self.rng, ARRIVALS_PER_KS * share / 1_000);
        self.enter(wait_ns, Task::Arrive { floor, is_immigrant: true });
    }

    /// Takes at the other side's touch, more often on the side the fair value favours.
    fn take(&mut self, floor: usize) {
        let favour = (self.floors[floor].fair.q8() - self.mid_q8(floor)).clamp(-2 * Q8, 2 * Q8);
        let buys_per_mille = u32::try_from(500 + favour / 2).expect("500 less at most 256 is positive");
        let side = if happens(&mut self.rng, buys_per_mille) { Side::Buy } else { Side::Sell };
        let touch = self.touch_ticks(floor);
        let (Some(opposite), order_qty) = (touch.of(side.opposite()), self.size(floor)) else {
            return;
        };
        let draft = if happens(&mut self.rng, WITHOUT_LIMIT_PER_MILLE) {
            Draft::market(side, order_qty)
        } else {
            Draft::taking(side, behind(side.opposite(), opposite, i64::from(self.rng.below(2))), order_qty)
        };
        let who = Who::of_crowd(self.rng.below(1_000));
        self.ask_for(floor, who, Role::Taking, draft);
    }

    /// Waits in the book at a price that depends on the touch.
    fn wait(&mut self, floor: usize) {
        let side = if self.rng.coin() { Side::Buy } else { Side::Sell };
        let ticks = self.waiting_ticks(floor, side);
        let order_qty = self.size(floor);
        let life_ns = log_uniform(&mut self.rng, LIFE_NS_MIN, LIFE_DOUBLINGS);
        let who = Who::of_crowd(self.rng.below(1_000));
        self.ask_for(floor, who, Role::Resting { life_ns }, Draft::resting(side, ticks, order_qty));
    }

    fn waiting_ticks(&mut self, floor: usize, side: Side) -> i64 {
        let touch = self.touch_ticks(floor);
        let fair_ticks = self.floors[floor].fair.q8().div_euclid(Q8);
        let own = touch.of(side).unwrap_or_else(|| behind(side, fair_ticks, 2));
        let room = touch.of(side.opposite()).map_or(0, |opposite| (opposite - own).abs() - 1);
        let drawn = self.rng.below(1_000);
        if drawn < INSIDE_PER_MILLE && room > 0 {
            let inside = self.rng.one_to(u32::try_from(room.min(8)).expect("at most 8"));
            behind(side, own, -i64::from(inside))
        } else if drawn < INSIDE_PER_MILLE + AT_TOUCH_PER_MILLE {
            own
        } else {
            behind(side, own, tail(&mut self.rng, BEHIND_PER_MILLE, BEHIND_DOUBLINGS)).max(1)
        }
    }

    /// News: every instrument of the group moves, by its beta, and people come.
    pub(super) fn news(&mut self, group: Group) {
        let strength_q8 = tail(&mut self.rng, 500, 5) * Q8 / 2;
        let signed_q8 = if self.rng.coin() { strength_q8 } else { -strength_q8 };
        for (floor, shape) in SHAPES.iter().enumerate().filter(|(_, shape)| shape.group == group) {
            self.floors[floor].fair.push(signed_q8 * shape.beta_16 / 16);
            self.alert_makers(floor);
            let wait_ns = log_uniform(&mut self.rng, 1_000_000, 5);
            self.enter(wait_ns, Task::Arrive { floor, is_immigrant: false });
        }
        self.expect_news(group);
    }

    /// Enters the next piece of news.
    pub(super) fn expect_news(&mut self, group: Group) {
        let wait_ns = waiting(&mut self.rng, NEWS_NS);
        self.enter(wait_ns, Task::News { group });
    }
}

/// A price `distance` ticks behind another, seen from its side.
fn behind(side: Side, ticks: i64, distance: i64) -> i64 {
    match side {
        Side::Buy => ticks - distance,
        Side::Sell => ticks + distance,
    }
}
