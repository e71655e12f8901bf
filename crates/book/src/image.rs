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
use crate::level::{Level, Queue};
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

    /// Every order it names has a slot below `slots`: for a book just loaded.
    pub fn is_within(&self, slots: usize) -> bool {
        let ends = self.pages.levels.iter().flat_map(|level| level.queues).flat_map(|queue| [queue.head, queue.tail]);
        ends.into_iter().all(|slot| slot == NONE || (slot as usize) < slots)
    }
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
