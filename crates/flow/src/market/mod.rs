//! The demo market: agents whose orders look like those of a real market, from a seed and without a clock.
//!
//! [`Market::next_step`] gives the next command and how long after the last one it comes; [`Market::absorb`] must be told
//! every event of the exchange before the next call. The first commands define assets, instruments and accounts, pay
//! in and open trading; from then on makers quote, the crowd waits and takes, followers chase, whales hide.
//!
//! Figures measured on recordings, and the flow here (`tests/demo_market.rs` holds it to the first ones):
//!
//! | figure | Shanghai 600519, 2023 | Nasdaq ARL, 2025 | Nasdaq AAPL, 2012 | Bitstamp, 2015 | here |
//! |---|---|---|---|---|---|
//! | resting orders and cancels | 27,215 / 8,712 | 2,771 / 2,726 | 471 / 369 | 24,894 / 23,998 | |
//! | cancels per order entered | 0.32 | 0.98 | 0.78 | 0.96 | 0.75 to 0.98 |
//! | orders that take at once | 30 % | 1.4 % | 16 % | - | 5 to 20 % |
//! | life until cancel, 10 / 50 / 90 % | 1.2 / 11 / 794 s | 0.05 / 21 / 479 s | 0.11 / 0.22 / 1.2 s | 0.1 / 9 / 76 s | crowd 0.04 / 0.6 / 10 s |
//! | exactly one round lot | 79 % | 78 % | 18 % | - | crowd 79 % of round ones |
//! | odd lots | 0 % | 18 % | 80 % | - | crowd 18 % of shares, 70 % of coins |
//! | tail index of sizes (top 2 %) | 1.5 | - | - | 4.7 | 1.5 |
//! | inside the spread / at the touch | 18 / 27 % | 13 / 2 % | 39 / 13 % | - | crowd 10 / 18 %, makers the rest |
//! | distance 75 / 90 / 99 %, ticks | 270 / 2,000 / 11,060 | 108 / 211 / 402 | 2 / 12 / 48 | - | crowd 8 / 64 / 890 |
//! | spread 10 / 50 / 90 %, ticks | 2 / 44 / 189 | 34 / 62 / 90 | 16 / 22 / 34 | - | 1 / 1 / 2 |
//! | variance over mean of commands a second | 9.2 | 23.7 | - | 1.8 | 12; the crowd alone 9 |
//!
//! Shanghai has no replace and prints each taker as an order; on Nasdaq a replace is a cancel and an order, and so it is
//! counted here. Lives are on the market's own clock, which runs at 1,000 commands a second; another rate speeds up or
//! slows down everything alike.
//!
//! Invariants:
//! 1. The same seed, rate and events give the same commands and times.
//! 2. A command about an order is only given while that order is alive by the events absorbed so far.

mod agenda;
mod bursts;
mod chance;
mod crowd;
mod fair;
mod intents;
mod learn;
mod makers;
mod orders;
mod roster;
mod shapes;
mod sight;
mod takers;

use std::collections::VecDeque;

use model::{Command, InstrumentId, Price, Side};

use crate::rng::SplitMix64;
use agenda::{Agenda, Task};
use chance::{happens, log_uniform, tail};
use fair::{Fair, Q8};
use intents::{Draft, Intent};
use makers::Maker;
use orders::{OwnOrder, OwnOrders, Role};
use roster::{MAKERS, Roster, Who};
use shapes::{Group, SHAPES, Shape};
use sight::Sight;
pub use sight::Touch;
use takers::Trend;

/// Commands a second of the market's own clock.
const OWN_RATE: u64 = 1_000;
/// Arrivals of the crowd in 1,000 seconds of the market's own clock; with what they cause that makes [`OWN_RATE`].
const ARRIVALS_PER_KS: u64 = 300_000;
/// Commands of one agent follow each other by this much or up to 16 times as much.
const GAP_NS_MIN: u64 = 1_000;
/// How far a trade of one round lot moves the fair value, in 1/256 tick; larger ones at most 8 times as far.
const IMPACT_Q8: i64 = 10;

/// The next command and when it comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Time since the command before, in nanoseconds, at least 1.
    pub advance_ns: i64,
    /// What is asked of the exchange.
    pub command: Command,
}

/// What the market has asked for and what became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// New orders.
    pub entered: u64,
    /// Amends of a price.
    pub moved: u64,
    /// Cancels.
    pub canceled: u64,
    /// Refusals of any of these, and of commands of the opening.
    pub rejected: u64,
    /// Trades between any two orders.
    pub trades: u64,
}

/// One instrument and the agents' memory of it.
#[derive(Clone, Debug)]
struct Floor {
    shape: &'static Shape,
    fair: Fair,
    makers: [Maker; MAKERS],
    trend: Trend,
}

/// The best displayed prices in ticks.
#[derive(Clone, Copy, Debug)]
struct TouchTicks {
    bid: Option<i64>,
    ask: Option<i64>,
}

impl TouchTicks {
    fn of(self, side: Side) -> Option<i64> {
        match side {
            Side::Buy => self.bid,
            Side::Sell => self.ask,
        }
    }
}

/// A market of agents.
#[derive(Clone, Debug)]
pub struct Market {
    seed: u64,
    rng: SplitMix64,
    rate: u64,
    /// The market's own clock, and where it stood at the last command, in nanoseconds since the start.
    now_ns: u64,
    issued_ns: u64,
    /// What the division by the rate has left over.
    left_over: u64,
    is_started: bool,
    agenda: Agenda,
    queue: VecDeque<Intent>,
    roster: Roster,
    sight: Sight,
    orders: OwnOrders,
    floors: Vec<Floor>,
    counts: Counts,
}

impl Market {
    /// Symbols of the instruments, in the order in which they are listed.
    pub fn symbols() -> impl Iterator<Item = &'static str> {
        SHAPES.iter().map(|shape| shape.symbol)
    }

    /// A market that gives about `rate` commands a second once it is open, at least 1.
    ///
    /// # Panics
    /// Where `rate` is 0.
    pub fn new(seed: u64, rate: u32) -> Self {
        assert!(rate > 0, "a market needs a rate above 0");
        let floor = |shape: &'static Shape| Floor {
            shape,
            fair: Fair::new(shape.anchor_ticks),
            makers: std::array::from_fn(|_| Maker::default()),
            trend: Trend::flat(shape.anchor_ticks),
        };
        Market {
            seed,
            rng: SplitMix64::new(seed),
            rate: u64::from(rate),
            now_ns: 0,
            issued_ns: 0,
            left_over: 0,
            is_started: false,
            agenda: Agenda::default(),
            queue: VecDeque::new(),
            roster: Roster::default(),
            sight: Sight::default(),
            orders: OwnOrders::default(),
            floors: SHAPES.iter().map(floor).collect(),
            counts: Counts::default(),
        }
    }

    /// The next command. There is always one.
    ///
    /// # Panics
    /// Where the events of the opening were not absorbed.
    pub fn next_step(&mut self) -> Step {
        loop {
            while let Some(intent) = self.queue.pop_front() {
                if let Some(command) = self.command_for(intent) {
                    self.now_ns += log_uniform(&mut self.rng, GAP_NS_MIN, 4);
                    return Step { advance_ns: self.advance(), command };
                }
            }
            match self.roster.open(self.seed) {
                Some(commands) => self.queue.extend(commands.into_iter().map(Intent::Open)),
                None if self.is_started => self.perform_next(),
                None => self.start(),
            }
        }
    }

    /// What was asked for so far and what became of it.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// How many of the market's orders are alive.
    pub fn open_orders(&self) -> usize {
        self.orders.len()
    }

    /// The best displayed prices of an instrument, from the events absorbed so far.
    pub fn touch(&self, instrument: InstrumentId) -> Touch {
        self.sight.touch(instrument)
    }

    /// Turns the time since the last command from the market's own clock into the caller's.
    fn advance(&mut self) -> i64 {
        let elapsed = (self.now_ns - std::mem::replace(&mut self.issued_ns, self.now_ns)) * OWN_RATE + self.left_over;
        self.left_over = elapsed % self.rate;
        i64::try_from((elapsed / self.rate).max(1)).expect("commands are less than 292 years apart")
    }

    /// Enters the first task of every agent.
    fn start(&mut self) {
        self.is_started = true;
        for floor in 0..self.floors.len() {
            self.expect_immigrant(floor);
            self.expect_follower(floor);
            self.expect_whale(floor);
            for maker in 0..MAKERS {
                self.alert_maker(floor, maker);
                self.expect_review(floor, maker);
            }
        }
        for group in Group::ALL {
            self.expect_news(group);
        }
    }

    fn perform_next(&mut self) {
        let (due_ns, task) = self.agenda.take().expect("every immigrant enters the next one");
        self.now_ns = self.now_ns.max(due_ns);
        match task {
            Task::Arrive { floor, is_immigrant } => self.arrive(floor, is_immigrant),
            Task::Requote { floor, maker } => self.requote(floor, maker),
            Task::Review { floor, maker } => self.review(floor, maker),
            Task::Follow { floor } => self.follow(floor),
            Task::Surface { floor } => self.surface(floor),
            Task::News { group } => self.news(group),
            Task::GiveUp { order_id } => self.queue.push_back(Intent::Cancel { order_id }),
        }
    }

    fn enter(&mut self, wait_ns: u64, task: Task) {
        self.agenda.enter(self.now_ns + wait_ns, task);
    }

    /// Queues a new order.
    fn ask_for(&mut self, floor: usize, who: Who, role: Role, draft: Draft) {
        let order = OwnOrder { who, account: self.roster.account(who), floor, side: draft.side, role };
        self.queue.push_back(Intent::Enter { order, draft });
    }

    /// A quantity as people choose it: mostly one round lot, sometimes odd, with a power tail.
    fn size(&mut self, floor: usize) -> i64 {
        let shape = self.floors[floor].shape;
        if happens(&mut self.rng, shape.odd_lots_per_mille) {
            return i64::from(self.rng.one_to(u32::try_from(shape.round_lot).expect("round lots are small")));
        }
        let lots = if happens(&mut self.rng, 790) { 1 } else { 1 + tail(&mut self.rng, 354, 10) };
        shape.round_lot * lots
    }

    fn touch_ticks(&self, floor: usize) -> TouchTicks {
        let touch = self.sight.touch(self.roster.instrument(floor));
        let ticks = |price: Price| price.0 / self.floors[floor].shape.tick;
        TouchTicks { bid: touch.bid.map(ticks), ask: touch.ask.map(ticks) }
    }

    /// Halfway between the touches, the fair value where one is missing; in 1/256 tick.
    fn mid_q8(&self, floor: usize) -> i64 {
        let touch = self.touch_ticks(floor);
        match (touch.bid, touch.ask) {
            (Some(bid), Some(ask)) => (bid + ask) * (Q8 / 2),
            (Some(_) | None, None) | (None, Some(_)) => self.floors[floor].fair.q8(),
        }
    }
}
