//! Market makers: a ladder of quotes on both sides of the fair value, moved with it and skewed by inventory.
//!
//! A price has its fixed slot in the ladder (`price / spacing` modulo the number of slots). When the fair value moves
//! by one step, the farthest quote of one side becomes the nearest, and all others keep their place in the queue.

use model::{OrderId, PostOnly, Side};

use super::agenda::Task;
use super::chance::{happens, log_uniform, waiting};
use super::fair::Q8;
use super::intents::{Draft, Intent};
use super::orders::Role;
use super::roster::Who;
use super::{Floor, Market};

/// Quotes of one maker on each side.
pub(super) const SLOTS: usize = 6;
const SLOTS_I64: i64 = 6;
/// How far the ladder moves against each round lot of inventory, in 1/256 tick, and at most.
const SKEW_Q8: i64 = 6;
const SKEW_Q8_MAX: i64 = 3 * Q8;
/// The fair value has moved when it is this far from where the maker last looked.
const NOTICED_Q8: i64 = Q8 / 2;
/// Shortest reaction; reactions spread over [`REACTION_DOUBLINGS`] doublings, up to 13 ms.
const REACTION_NS_MIN: u64 = 100_000;
const REACTION_DOUBLINGS: u32 = 7;
/// Time between two regular looks of a maker, on average, and how many in a thousand only renew.
const REVIEW_NS: u64 = 150_000_000;
const RENEWED_PER_MILLE: u32 = 800;

/// A quote in its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quote {
    pub(super) order_id: OrderId,
    pub(super) ticks: i64,
}

/// What a maker remembers of one instrument.
#[derive(Clone, Debug, Default)]
pub(super) struct Maker {
    /// Quotes by side and slot.
    pub(super) quotes: [[Option<Quote>; SLOTS]; 2],
    /// Bought less sold since the opening, in quantity mantissa units.
    pub(super) inventory: i64,
    /// The fair value when it last looked.
    marked_q8: i64,
    /// A look is on the agenda.
    is_alert: bool,
}

impl Market {
    /// Alerts the makers for whom the fair value has moved.
    pub(super) fn alert_makers(&mut self, floor: usize) {
        let fair_q8 = self.floors[floor].fair.q8();
        for maker in 0..self.floors[floor].makers.len() {
            if (fair_q8 - self.floors[floor].makers[maker].marked_q8).abs() >= NOTICED_Q8 {
                self.alert_maker(floor, maker);
            }
        }
    }

    /// Lets a maker look at its quotes after its reaction time.
    pub(super) fn alert_maker(&mut self, floor: usize, maker: usize) {
        if !std::mem::replace(&mut self.floors[floor].makers[maker].is_alert, true) {
            let reaction_ns = log_uniform(&mut self.rng, REACTION_NS_MIN, REACTION_DOUBLINGS);
            self.enter(reaction_ns, Task::Requote { floor, maker });
        }
    }

    /// A maker compares its quotes with what it wants and asks for the difference.
    pub(super) fn requote(&mut self, floor: usize, maker: usize) {
        let fair_q8 = self.floors[floor].fair.q8();
        let state = &mut self.floors[floor].makers[maker];
        state.is_alert = false;
        let is_rising = fair_q8 >= std::mem::replace(&mut state.marked_q8, fair_q8);
        let [bid, ask] = self.wanted(floor, maker);
        self.take_what_is_cheap(floor, maker, bid, ask);
        let touch = self.touch_ticks(floor);
        let bid = touch.ask.map_or(bid, |ask| bid.min(ask - 1));
        let ask = touch.bid.map_or(ask, |bid| ask.max(bid + 1));
        // The side that gives way moves first, so that the other does not meet it.
        let mut sides = [(Side::Sell, ask), (Side::Buy, bid)];
        if !is_rising {
            sides.reverse();
        }
        for (side, top) in sides {
            self.move_ladder(floor, maker, side, top);
        }
    }

    /// A maker looks at its quotes as it does regularly. Mostly it gives the best ones another size: quotes near the
    /// touch live for a fraction of a second.
    pub(super) fn review(&mut self, floor: usize, maker: usize) {
        if happens(&mut self.rng, RENEWED_PER_MILLE) {
            self.renew(floor, maker);
        } else {
            self.requote(floor, maker);
        }
        self.expect_review(floor, maker);
    }

    /// Enters a maker's next regular look.
    pub(super) fn expect_review(&mut self, floor: usize, maker: usize) {
        let wait_ns = waiting(&mut self.rng, REVIEW_NS);
        self.enter(wait_ns, Task::Review { floor, maker });
    }

    fn renew(&mut self, floor: usize, maker: usize) {
        for side in [Side::Buy, Side::Sell] {
            let quotes = self.floors[floor].makers[maker].quotes[side as usize];
            let best = quotes.iter().flatten().max_by_key(|quote| match side {
                Side::Buy => quote.ticks,
                Side::Sell => -quote.ticks,
            });
            if let Some(quote) = best {
                self.replace(floor, maker, side, *quote);
            }
        }
    }

    /// The best prices a maker wants to quote, in ticks: buy, sell.
    fn wanted(&self, floor: usize, maker: usize) -> [i64; 2] {
        let Floor { shape, fair, makers, .. } = &self.floors[floor];
        let skew_q8 = (makers[maker].inventory / shape.round_lot * SKEW_Q8).clamp(-SKEW_Q8_MAX, SKEW_Q8_MAX);
        let half_q8 = shape.half_spread_q8 + spacing(maker) * Q8 / 4;
        let centre_q8 = fair.q8() - skew_q8;
        [(centre_q8 - half_q8).div_euclid(Q8), -(-(centre_q8 + half_q8)).div_euclid(Q8)]
    }

    /// Somebody offers what the maker would pay, or pays what it would ask: take it before quoting.
    fn take_what_is_cheap(&mut self, floor: usize, maker: usize, bid: i64, ask: i64) {
        let touch = self.touch_ticks(floor);
        let taken = if touch.ask.is_some_and(|offered| offered < bid) {
            Some((Side::Buy, bid))
        } else if touch.bid.is_some_and(|paid| paid > ask) {
            Some((Side::Sell, ask))
        } else {
            None
        };
        if let Some((side, ticks)) = taken {
            let lots = self.size(floor) * 2;
            self.ask_for(floor, Who::Maker(maker), Role::Taking, Draft::taking(side, ticks, lots));
        }
    }

    /// Brings each slot of a side to the price it should have with `top` as the best, `None` of them beyond the grid.
    fn move_ladder(&mut self, floor: usize, maker: usize, side: Side, top: i64) {
        let step = spacing(maker);
        let best = match side {
            Side::Buy => top.div_euclid(step),
            Side::Sell => -(-top).div_euclid(step),
        };
        for level in 0..SLOTS_I64 {
            let place = match side {
                Side::Buy => best - level,
                Side::Sell => best + level,
            };
            self.move_quote(floor, maker, side, slot_of(place), (place * step).max(1));
        }
    }

    /// Moves, replaces or enters one quote; the makers with odd numbers replace, the others move.
    fn move_quote(&mut self, floor: usize, maker: usize, side: Side, slot: usize, ticks: i64) {
        match self.floors[floor].makers[maker].quotes[side as usize][slot] {
            Some(quote) if quote.ticks == ticks => {}
            Some(quote) if maker.is_multiple_of(2) => {
                let price = self.floors[floor].shape.price(ticks);
                self.queue.push_back(Intent::Move { order_id: quote.order_id, price });
            }
            Some(quote) => {
                self.queue.push_back(Intent::Cancel { order_id: quote.order_id });
                self.enter_quote(floor, maker, side, slot, ticks);
            }
            None => self.enter_quote(floor, maker, side, slot, ticks),
        }
    }

    fn replace(&mut self, floor: usize, maker: usize, side: Side, quote: Quote) {
        let slot = slot_of(quote.ticks.div_euclid(spacing(maker)));
        self.queue.push_back(Intent::Cancel { order_id: quote.order_id });
        self.enter_quote(floor, maker, side, slot, quote.ticks);
    }

    fn enter_quote(&mut self, floor: usize, maker: usize, side: Side, slot: usize, ticks: i64) {
        let lots = self.floors[floor].shape.round_lot * i64::from(self.rng.one_to(3));
        let draft = Draft { post_only: PostOnly::Reject, ..Draft::resting(side, ticks, lots) };
        self.ask_for(floor, Who::Maker(maker), Role::Quote { slot }, draft);
    }
}

/// Ticks between two quotes of a maker: the first is the densest.
fn spacing(maker: usize) -> i64 {
    i64::try_from(maker).expect("makers are few") + 1
}

/// The slot of the `place`-th price of a maker's grid.
fn slot_of(place: i64) -> usize {
    usize::try_from(place.rem_euclid(SLOTS_I64)).expect("a remainder is not negative")
}
