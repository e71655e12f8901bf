//! The image of books, arena and index for snapshots: slots, levels and free lists as they are, so that every later slot
//! and level is the one it would have been.
//!
//! Not written is what follows from the rest: what is in a free slot, an empty level or a free page, and how a ladder
//! finds its pages.

use model::image;
use model::image::{Image, ImageError, Input, layout};

use crate::arena::{Arena, Cold};
use crate::book::Book;
use crate::ladder::{Ladder, Lookup};
use crate::level::{Level, Queue, queue_of, shown};
use crate::order::Iceberg;
use crate::pages::Pages;
use crate::side::Side;
use crate::{NONE, Slot};

image!(Iceberg { display_size: i64, threshold: i64, variance_bps: u32, seed: u64, refills: u32 });
image!(Cold { hidden: i64, rule: Iceberg, owner: u32 });
image!(Queue { head: u32, tail: u32 });
image!(Level { displayed: i64, queues: [Queue; 2], counts: [u32; 2] });
image!(Lookup { base: i64, far_uses: u32, is_laid: bool });

impl Image for Book {
    const MIN: usize = Pages::MIN + 2 * Lookup::MIN;
    const LAYOUT: u64 = layout("Book", &[("pages", Pages::LAYOUT), ("ladders", Lookup::LAYOUT)]);

    fn save(&self, out: &mut Vec<u8>) {
        let Self { ladders, pages } = self;
        pages.save(out);
        for ladder in ladders {
            ladder.lookup().save(out);
        }
    }

    fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
        let pages = Pages::load(input)?;
        let lookups = <[Lookup; 2]>::load(input)?;
        let of = |side: Side| Ladder::rebuilt(side, &lookups[side.index()], &pages);
        let ladders = of(Side::Bid).zip(of(Side::Ask)).map(|(bids, asks)| [bids, asks]);
        Ok(Self { ladders: ladders.ok_or_else(|| input.damaged("two pages of one price"))?, pages })
    }
}

impl Book {
    /// The order in `slot` rests in a level of this book: for a book just loaded.
    pub fn has_level(&self, arena: &Arena, slot: Slot) -> bool {
        let node = arena.node(slot);
        node.is_linked() && node.level_index() < self.pages.levels.len()
    }

    /// Its queues are linked through orders that know where they stand: for a book just loaded, whose levels could lead
    /// anywhere. What [`Book::check_invariants`] says of levels, without a panic.
    pub fn is_linked(&self, arena: &Arena) -> bool {
        self.pages.levels.iter().enumerate().all(|(index, level)| level_is_linked(arena, index, level).is_some())
    }

    /// Orders that rest in it, as its levels count them.
    pub fn count(&self) -> usize {
        self.pages.levels.iter().flat_map(|level| level.counts).map(|count| count as usize).sum()
    }
}

/// `Some` where both queues of a level lead from head to tail over as many orders as they count. Every link is walked
/// forward to an order that points back at where it comes from, so the walk never comes to an order twice.
fn level_is_linked(arena: &Arena, index: usize, level: &Level) -> Option<()> {
    let mut displayed = 0_i64;
    for (which, Queue { head, tail }) in level.queues.iter().enumerate() {
        let (mut prev, mut slot, mut left) = (NONE, *head, level.counts[which]);
        while slot != NONE {
            let node = arena.get(slot)?;
            let stands = node.prev == prev && node.level_index() == index && queue_of(node.level) == which;
            if !stands || !node.is_linked() || node.qty <= 0 || arena.hidden(slot) < 0 {
                return None;
            }
            displayed = displayed.checked_add(shown(which, node.qty))?;
            left = left.checked_sub(1)?;
            (prev, slot) = (slot, node.next);
        }
        if left != 0 || prev != *tail {
            return None;
        }
    }
    (displayed == level.displayed).then_some(())
}

/// Checks a free list of numbers below `len`: marks them in what it gives, or `None` where one is no such number or
/// there twice.
pub fn marked(free: &[u32], len: usize) -> Option<Vec<bool>> {
    let mut marks = vec![false; len];
    for number in free {
        let mark = marks.get_mut(*number as usize)?;
        if core::mem::replace(mark, true) {
            return None;
        }
    }
    Some(marks)
}

#[cfg(test)]
mod tests;
