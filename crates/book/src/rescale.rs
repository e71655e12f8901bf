//! A book whose ticks are split: every price is so many times more of them.

use crate::arena::{Arena, LEVEL_MASK};
use crate::book::Book;
use crate::side::Side;
use crate::{NONE, Slot};

impl Book {
    /// Counts prices in ticks that are `by` times smaller. Levels move as they are: no order loses its place.
    ///
    /// # Panics
    /// Where a level is lost, which is a fault of this book.
    pub fn rescale(&mut self, arena: &mut Arena, by: i64) {
        let old = std::mem::take(self);
        for side in [Side::Bid, Side::Ask] {
            for (tick, _) in old.levels(side) {
                let from = old.ladder(side).find(side.key(tick)).expect("an occupied level is found");
                let to = self.ladders[side.index()].occupy(&mut self.pages, side.key(tick * by));
                let orders: Vec<Slot> = old.level_orders(arena, side, tick).map(|maker| maker.slot).collect();
                self.pages.levels[to] = old.pages.levels[from];
                let number = u32::try_from(to).unwrap_or(NONE) & LEVEL_MASK;
                for slot in orders {
                    let node = arena.node_mut(slot);
                    node.level = node.level & !LEVEL_MASK | number;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::{Display, Iceberg, Resting};

    #[test]
    fn every_order_keeps_its_place_and_its_price_is_more_ticks() {
        let (mut arena, mut book) = (Arena::new(), Book::new());
        let iceberg = Display::Iceberg(Iceberg { display_size: 2, threshold: 0, variance_bps: 0, seed: 0, refills: 0 });
        for (id, (tick, display)) in
            [(7, Display::All), (7, iceberg), (7, Display::Hidden), (-300, Display::All), (90_000, Display::All)]
                .into_iter()
                .enumerate()
        {
            let resting = Resting { order_id: 1 + id as u64, owner: 9, leaves: 5, display };
            let slot = arena.alloc();
            book.insert(&mut arena, slot, if tick == 7 { Side::Bid } else { Side::Ask }, tick, &resting);
        }

        book.rescale(&mut arena, 100);

        book.check_invariants(&arena);
        let seen = |book: &Book, arena: &Arena, side| -> Vec<(i64, u64, i64)> {
            let orders =
                |tick| book.level_orders(arena, side, tick).map(move |maker| (tick, maker.order_id, maker.qty));
            book.levels(side).flat_map(|(tick, _)| orders(tick)).collect()
        };
        assert_eq!(seen(&book, &arena, Side::Bid), [(700, 1, 5), (700, 2, 2), (700, 3, 5)]);
        assert_eq!(seen(&book, &arena, Side::Ask), [(-30_000, 4, 5), (9_000_000, 5, 5)]);
        let (first, second) = (book.front(&arena, Side::Bid).unwrap().slot, 1);
        book.remove(&mut arena, first);
        assert_eq!(book.side_of(&arena, second), (Side::Bid, 700));
        book.fill(&mut arena, second, 2);
        book.check_invariants(&arena);
        assert_eq!(arena.leaves(second), 3);
    }
}
