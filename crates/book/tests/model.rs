//! Compares the book with the naive one, order by order, after every operation of seeded random workloads.
#![allow(clippy::unwrap_used, reason = "an absent order is a failed test")]

mod naive;

use book::{Arena, Book, Display, Iceberg, OrderIndex, Resting, Side};
use naive::{NaiveBook, split_mix};

/// Seeded random numbers.
struct Dice(u64);

impl Dice {
    /// Uniform in `0 .. bound`.
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        split_mix(self.0) % bound
    }

    /// Uniform in `low ..= high`.
    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.below((high - low + 1).unsigned_abs())).unwrap()
    }
}

/// How prices are drawn.
#[derive(Clone, Copy)]
enum Prices {
    /// A few ticks around zero, bids and asks crossed at rest as in an auction.
    Tight,
    /// Mostly near a centre that jumps over many windows, the rest far away.
    Jumping,
}

struct Pair {
    arena: Arena,
    book: Book,
    index: OrderIndex,
    naive: NaiveBook,
    order_id: u64,
    centre: i64,
}

impl Pair {
    fn new() -> Self {
        Self {
            arena: Arena::new(),
            book: Book::new(),
            index: OrderIndex::new(),
            naive: NaiveBook::default(),
            order_id: 0,
            centre: 0,
        }
    }

    fn tick(&mut self, dice: &mut Dice, prices: Prices) -> i64 {
        match prices {
            Prices::Tight => dice.between(-4, 4),
            Prices::Jumping => {
                if dice.below(150) == 0 {
                    self.centre = dice.between(-3_000_000, 3_000_000);
                }
                let spread = [3, 200, 40_000, 5_000_000][usize::try_from(dice.below(4)).unwrap()];
                self.centre + dice.between(-spread, spread)
            }
        }
    }

    fn insert(&mut self, dice: &mut Dice, prices: Prices) {
        self.order_id += 1 + dice.below(3);
        let display = match dice.below(4) {
            0 => Display::Hidden,
            1 => Display::Iceberg(Iceberg {
                display_size: dice.between(1, 12),
                threshold: dice.between(0, 3),
                variance_bps: u32::try_from(dice.below(4)).unwrap() * 2_500,
                seed: dice.below(9),
                refills: 0,
            }),
            _ => Display::All,
        };
        let owner = u32::try_from(dice.below(1 << 32)).unwrap();
        let order = Resting { order_id: self.order_id, owner, leaves: dice.between(1, 40), display };
        let side = if dice.below(2) == 0 { Side::Bid } else { Side::Ask };
        let tick = self.tick(dice, prices);
        let slot = self.arena.alloc();
        self.index.insert(self.order_id, slot);
        let tip = self.book.insert(&mut self.arena, slot, side, tick, &order);
        self.naive.insert(side, tick, &order);
        assert_eq!(tip, self.naive.order(self.order_id).tip);
    }

    fn forget(&mut self, order_id: u64) {
        let slot = self.index.remove(order_id).unwrap();
        assert_eq!(self.arena.leaves(slot), 0, "order outside the book has nothing left");
        self.arena.free(slot);
    }

    /// Fills the first in line, an order somewhere in the queue, or an order through its reserve.
    fn fill(&mut self, dice: &mut Dice, order_id: u64) {
        let side = if dice.below(2) == 0 { Side::Bid } else { Side::Ask };
        let front = self.book.front(&self.arena, side).map(|maker| maker.order_id);
        let order_id = front.filter(|_| dice.below(4) != 0).unwrap_or(order_id);
        let order = self.naive.order(order_id);
        let slot = self.index.get(order_id).unwrap();
        let fill = if dice.below(4) == 0 {
            let qty = dice.between(1, order.leaves());
            assert_eq!(self.naive.fill(order_id, qty), self.book.fill_leaves(&mut self.arena, slot, qty));
            qty
        } else {
            let qty = if dice.below(2) == 0 { order.tip } else { dice.between(1, order.tip) };
            assert_eq!(self.naive.fill(order_id, qty), self.book.fill(&mut self.arena, slot, qty));
            qty
        };
        if order.leaves() == fill {
            self.forget(order_id);
        }
    }

    fn change(&mut self, dice: &mut Dice, order_id: u64) {
        let (order, slot) = (self.naive.order(order_id), self.index.get(order_id).unwrap());
        match (dice.below(3), order.rule) {
            (0, Some(_)) => {
                let by = dice.between(1, 20);
                self.naive.grow_hidden(order_id, by);
                self.book.grow_hidden(&mut self.arena, slot, by);
            }
            (1, Some(_)) => {
                let display_size = dice.between(1, 12);
                self.naive.set_display(order_id, display_size);
                self.book.set_display(&mut self.arena, slot, display_size);
            }
            _ => {
                let new_leaves = dice.between(1, order.leaves());
                self.naive.reduce(order_id, new_leaves);
                self.book.reduce(&mut self.arena, slot, new_leaves);
            }
        }
    }

    fn step(&mut self, dice: &mut Dice, prices: Prices, orders_max: usize) {
        let count = self.naive.places.len();
        let draw = if count >= orders_max { 50 + dice.below(50) } else { dice.below(100) };
        if count == 0 || draw < 40 {
            return self.insert(dice, prices);
        }
        let nth = usize::try_from(dice.below(count as u64)).unwrap();
        let order_id = *self.naive.places.keys().nth(nth).unwrap();
        match draw {
            40..60 => self.change(dice, order_id),
            60..80 => self.fill(dice, order_id),
            _ => {
                let slot = self.index.get(order_id).unwrap();
                assert_eq!(self.book.remove(&mut self.arena, slot), self.naive.remove(order_id));
                self.forget(order_id);
            }
        }
    }

    /// Every order of every level, its place, and what is derived from them.
    fn compare(&self) {
        assert_eq!(self.index.len(), self.naive.places.len());
        for side in [Side::Bid, Side::Ask] {
            let ticks = self.naive.ticks(side);
            assert_eq!(self.book.best(side), ticks.first().copied());
            assert_eq!(self.book.is_empty(side), ticks.is_empty());
            let levels: Vec<i64> = self.book.levels(side).map(|(tick, _)| tick).collect();
            assert_eq!(levels, ticks);
            let first = ticks.first().and_then(|tick| self.book.level_orders(&self.arena, side, *tick).next());
            assert_eq!(self.book.front(&self.arena, side), first);
            for (tick, view) in self.book.levels(side) {
                self.compare_level(side, tick);
                assert_eq!(self.book.level(side, tick), Some(view));
            }
        }
    }

    fn compare_level(&self, side: Side, tick: i64) {
        let line = self.naive.line(side, tick);
        let makers: Vec<_> = self.book.level_orders(&self.arena, side, tick).collect();
        assert_eq!(makers.len(), line.len());
        for (maker, order) in makers.iter().zip(&line) {
            let slot = maker.slot;
            assert_eq!((maker.order_id, maker.qty, maker.owner), (order.order_id, order.tip, order.owner));
            assert_eq!((maker.hidden, maker.tick), (order.is_hidden, tick));
            assert_eq!(self.index.get(order.order_id), Some(slot));
            assert_eq!(self.book.side_of(&self.arena, slot), (side, tick));
            assert_eq!((self.arena.leaves(slot), self.arena.tip(slot)), (order.leaves(), order.tip));
            let concealed = if order.is_hidden { order.tip } else { order.reserve };
            assert_eq!((self.arena.hidden(slot), self.arena.owner(slot)), (concealed, order.owner));
            assert_eq!(self.arena.iceberg(slot), order.rule);
        }
        let view = self.book.level(side, tick).unwrap();
        let shown = line.iter().filter(|order| !order.is_hidden);
        assert_eq!(view.displayed, shown.clone().map(|order| order.tip).sum::<i64>());
        assert_eq!(view.count as usize, shown.count());
        assert_eq!(view.count as usize + view.hidden_count as usize, line.len());
        assert_eq!(self.book.volume_at(side, tick), view.displayed);
    }
}

fn run(seed: u64, prices: Prices, steps: u32, orders_max: usize) {
    let (mut pair, mut dice) = (Pair::new(), Dice(seed));
    for _ in 0..steps {
        pair.step(&mut dice, prices, orders_max);
        pair.compare();
        pair.book.check_invariants(&pair.arena);
    }
    while let Some((&order_id, _)) = pair.naive.places.first_key_value() {
        let slot = pair.index.get(order_id).unwrap();
        assert_eq!(pair.book.remove(&mut pair.arena, slot), pair.naive.remove(order_id));
        pair.forget(order_id);
    }
    pair.compare();
    pair.book.check_invariants(&pair.arena);
}

#[test]
fn long_queues_at_few_prices_match_the_naive_book() {
    for seed in 0..4 {
        run(seed, Prices::Tight, 3_000, 60);
    }
}

#[test]
fn books_that_empty_and_fill_again_match_the_naive_book() {
    for seed in 10..20 {
        run(seed, Prices::Tight, 1_000, 3);
    }
}

#[test]
fn far_prices_and_a_jumping_touch_match_the_naive_book() {
    for seed in 20..24 {
        run(seed, Prices::Jumping, 6_000, 40);
    }
}
