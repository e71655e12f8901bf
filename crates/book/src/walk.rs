//! Reads a book in priority order: its levels, and the orders of a level.

use crate::arena::Arena;
use crate::book::{Book, maker};
use crate::level::{CONCEALED, DISPLAYED};
use crate::order::{LevelView, Maker};
use crate::side::Side;
use crate::{NONE, Slot};

/// Levels of one side, best first. See [`Book::levels`].
#[derive(Clone, Debug)]
pub struct Levels<'a> {
    book: &'a Book,
    side: Side,
    /// Level to give next, in the key space of the side, and its number.
    next: Option<(i64, usize)>,
}

impl Iterator for Levels<'_> {
    type Item = (i64, LevelView);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, level) = self.next?;
        self.next = self.book.ladder(self.side).next_after(&self.book.pages, key);
        Some((self.side.tick(key), self.book.pages.levels[level].view()))
    }
}

/// Orders of one level, first in line first. See [`Book::level_orders`].
#[derive(Clone, Debug)]
pub struct LevelOrders<'a> {
    arena: &'a Arena,
    tick: i64,
    next: Slot,
    /// First order of the hidden queue, taken up where the displayed one ends.
    concealed: Slot,
}

impl Iterator for LevelOrders<'_> {
    type Item = Maker;

    fn next(&mut self) -> Option<Maker> {
        if self.next == NONE {
            self.next = std::mem::replace(&mut self.concealed, NONE);
        }
        if self.next == NONE {
            return None;
        }
        let slot = self.next;
        self.next = self.arena.node(slot).next;
        Some(maker(self.arena, slot, self.tick))
    }
}

impl Book {
    /// Price in ticks and sums of every occupied level, best first. A level of hidden orders has `displayed == 0`.
    pub fn levels(&self, side: Side) -> Levels<'_> {
        let ladder = self.ladder(side);
        let next = self.best(side).map(|_| (ladder.best_key, ladder.best_level));
        Levels { book: self, side, next }
    }

    /// The orders at a price, the displayed ones and then the hidden ones, each in order of arrival.
    pub fn level_orders<'a>(&self, arena: &'a Arena, side: Side, tick: i64) -> LevelOrders<'a> {
        let level = self.ladder(side).find(side.key(tick)).map(|level| &self.pages.levels[level]);
        let head = |which: usize| level.map_or(NONE, |level| level.queues[which].head);
        LevelOrders { arena, tick, next: head(DISPLAYED), concealed: head(CONCEALED) }
    }
}
