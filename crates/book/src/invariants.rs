//! The numbered checks of a book (see the crate page), for tests and for every so many commands.

use crate::NONE;
use crate::arena::Arena;
use crate::book::Book;
use crate::ladder::NO_KEY;
use crate::level::{Level, queue_of, shown};
use crate::pages::{PAGE_BITS, PageId};
use crate::side::{Side, TICK_ABS_MAX};

impl Book {
    /// Checks the whole book against its invariants.
    ///
    /// # Panics
    /// With the number of the first invariant that does not hold.
    pub fn check_invariants(&self, arena: &Arena) {
        for side in [Side::Bid, Side::Ask] {
            self.ladder(side).check_lookup();
            self.check_side(arena, side);
        }
        let in_use: usize = self.ladders.iter().map(crate::ladder::Ladder::pages_in_use).sum();
        let free = self.pages.free_pages();
        assert_eq!(in_use + free.len(), self.pages.heads.len(), "INV-2: a page is neither used nor free");
        for &page in free {
            assert_eq!(self.pages.heads[page as usize].occupied, 0, "INV-2: free page is marked: page={page}");
        }
        for (index, level) in self.pages.levels.iter().enumerate() {
            let marked = self.pages.heads[index >> PAGE_BITS].occupied >> (index & 63) & 1 == 1;
            assert_eq!(marked, !level.is_empty(), "INV-2: level mark is wrong: level={index}");
        }
    }

    fn check_side(&self, arena: &Arena, side: Side) {
        let ladder = self.ladder(side);
        let mut at = ladder.next_after(&self.pages, -TICK_ABS_MAX - 1);
        assert_eq!(at.map_or(NO_KEY, |(key, _)| key), ladder.best_key, "INV-6: cached best price is wrong");
        if let Some((_, level)) = at {
            assert_eq!(level, ladder.best_level, "INV-6: cached best level is wrong");
        }
        while let Some((key, level)) = at {
            assert_eq!(self.pages.side_and_key(level), (side, key), "INV-4: page of another price: level={level}");
            assert_eq!(ladder.find(key), Some(level), "INV-7: level is not found by its price: key={key}");
            check_level(arena, level, &self.pages.levels[level]);
            at = ladder.next_after(&self.pages, key);
        }
        // Every page reached by a walk holds orders, so pages beyond those walked would be empty ones.
        let walked = self.levels(side).map(|(tick, _)| side.key(tick) >> PAGE_BITS);
        let mut pages: Vec<i64> = walked.collect();
        pages.dedup();
        assert_eq!(pages.len(), ladder.pages_in_use(), "INV-2: a page without orders is kept");
        assert!(PageId::try_from(pages.len()).is_ok(), "INV-2: more pages than page numbers");
    }
}

fn check_level(arena: &Arena, index: usize, level: &Level) {
    let mut displayed = 0;
    for (which, queue) in level.queues.iter().enumerate() {
        let (mut prev, mut slot, mut count) = (NONE, queue.head, 0);
        while slot != NONE {
            let node = arena.node(slot);
            assert_eq!(node.prev, prev, "INV-3: broken link: level={index} slot={slot}");
            assert!(node.is_linked() && node.level_index() == index, "INV-4: wrong level: level={index} slot={slot}");
            assert_eq!(queue_of(node.level), which, "INV-4: wrong queue: level={index} slot={slot}");
            assert!(node.qty > 0, "INV-5: nothing tradable: level={index} slot={slot}");
            assert!(arena.hidden(slot) >= 0, "INV-5: negative reserve: level={index} slot={slot}");
            displayed += shown(which, node.qty);
            count += 1;
            assert!(count <= level.counts[which], "INV-3: queue longer than its count: level={index}");
            (prev, slot) = (slot, node.next);
        }
        assert_eq!(prev, queue.tail, "INV-3: queue does not end at its tail: level={index}");
        assert_eq!(count, level.counts[which], "INV-3: queue shorter than its count: level={index}");
    }
    assert_eq!(displayed, level.displayed, "INV-1: displayed total is not the sum: level={index}");
}
