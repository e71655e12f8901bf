//! One price level: a displayed and a hidden queue of orders, linked through the arena.

use crate::arena::{Arena, HIDDEN};
use crate::order::LevelView;
use crate::{NONE, Slot};

/// Ends of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Queue {
    pub(crate) head: Slot,
    pub(crate) tail: Slot,
}

/// Index of the displayed queue.
pub(crate) const DISPLAYED: usize = 0;
/// Index of the hidden queue.
pub(crate) const CONCEALED: usize = 1;

/// Orders of one price.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Level {
    /// Lots shown.
    pub(crate) displayed: i64,
    pub(crate) queues: [Queue; 2],
    pub(crate) counts: [u32; 2],
}

const _: () = assert!(size_of::<Level>() == 32, "two levels share a cache line");

impl Level {
    pub(crate) const EMPTY: Self = Self {
        displayed: 0,
        queues: [Queue {
            head: NONE,
            tail: NONE,
        }; 2],
        counts: [0; 2],
    };

    #[inline]
    pub(crate) const fn is_empty(&self) -> bool {
        self.counts[DISPLAYED] | self.counts[CONCEALED] == 0
    }

    /// First order in line; displayed before hidden. [`NONE`] on an empty level.
    #[inline]
    pub(crate) const fn front(&self) -> Slot {
        let head = self.queues[DISPLAYED].head;
        if head == NONE {
            self.queues[CONCEALED].head
        } else {
            head
        }
    }

    pub(crate) const fn view(&self) -> LevelView {
        LevelView {
            displayed: self.displayed,
            count: self.counts[DISPLAYED],
            hidden_count: self.counts[CONCEALED],
        }
    }

    /// Links the order in `slot` at the back of the queue its flags name and adds its displayed lots.
    #[inline]
    pub(crate) fn push_back(&mut self, arena: &mut Arena, slot: Slot) {
        let node = *arena.node(slot);
        let which = queue_of(node.level);
        let prev = self.queues[which].tail;
        self.queues[which].tail = slot;
        if prev == NONE {
            self.queues[which].head = slot;
        }
        arena.node_mut(prev).next = slot;
        let node_mut = arena.node_mut(slot);
        node_mut.prev = prev;
        node_mut.next = NONE;
        self.counts[which] += 1;
        self.displayed += shown(which, node.qty);
    }

    /// Unlinks the order in `slot`, subtracts its displayed lots and returns its tradable lots.
    #[inline]
    pub(crate) fn unlink(&mut self, arena: &mut Arena, slot: Slot) -> i64 {
        let node = *arena.node(slot);
        let which = queue_of(node.level);
        arena.node_mut(node.prev).next = node.next;
        arena.node_mut(node.next).prev = node.prev;
        let queue = &mut self.queues[which];
        queue.head = if node.prev == NONE {
            node.next
        } else {
            queue.head
        };
        queue.tail = if node.next == NONE {
            node.prev
        } else {
            queue.tail
        };
        self.counts[which] -= 1;
        self.displayed -= shown(which, node.qty);
        node.qty
    }
}

/// Queue an order with this `level` word belongs to.
#[inline]
pub(crate) const fn queue_of(level: u32) -> usize {
    (level & HIDDEN != 0) as usize
}

/// Lots of `qty` that count as displayed in queue `which`.
#[inline]
pub(crate) const fn shown(which: usize, qty: i64) -> i64 {
    if which == DISPLAYED { qty } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::{Level, Queue};
    use crate::arena::{Arena, HIDDEN};
    use crate::{NONE, Slot};

    fn order(arena: &mut Arena, qty: i64, flags: u32) -> Slot {
        let slot = arena.alloc();
        let node = arena.node_mut(slot);
        node.qty = qty;
        node.level = flags;
        slot
    }

    fn forward(arena: &Arena, mut slot: Slot) -> Vec<Slot> {
        let mut seen = Vec::new();
        while slot != NONE {
            seen.push(slot);
            slot = arena.node(slot).next;
        }
        seen
    }

    #[test]
    fn orders_queue_in_order_of_arrival() {
        let (mut arena, mut level) = (Arena::new(), Level::EMPTY);
        for qty in [3, 4, 5] {
            let slot = order(&mut arena, qty, 0);
            level.push_back(&mut arena, slot);
        }

        assert_eq!(forward(&arena, level.front()), [0, 1, 2]);
        assert_eq!(level.displayed, 12);
        assert_eq!(level.counts, [3, 0]);
    }

    #[test]
    fn unlinking_first_middle_and_last_keeps_the_rest_in_order() {
        for (gone, rest) in [(0, [1, 2]), (1, [0, 2]), (2, [0, 1])] {
            let (mut arena, mut level) = (Arena::new(), Level::EMPTY);
            for qty in [3, 4, 5] {
                let slot = order(&mut arena, qty, 0);
                level.push_back(&mut arena, slot);
            }

            assert_eq!(level.unlink(&mut arena, gone), 3 + i64::from(gone));

            assert_eq!(forward(&arena, level.front()), rest);
            assert_eq!(level.queues[0].tail, rest[1]);
            assert_eq!(arena.node(rest[1]).prev, rest[0]);
            assert_eq!(arena.node(rest[0]).prev, NONE);
            assert_eq!(level.displayed, 12 - 3 - i64::from(gone));
        }
    }

    #[test]
    fn hidden_order_ranks_behind_a_later_displayed_one_and_shows_nothing() {
        let (mut arena, mut level) = (Arena::new(), Level::EMPTY);
        let hidden = order(&mut arena, 9, HIDDEN);
        level.push_back(&mut arena, hidden);
        assert_eq!(level.front(), hidden);

        let shown = order(&mut arena, 4, 0);
        level.push_back(&mut arena, shown);

        assert_eq!(level.front(), shown);
        assert_eq!(
            (
                level.view().displayed,
                level.view().count,
                level.view().hidden_count
            ),
            (4, 1, 1)
        );
    }

    #[test]
    fn level_is_empty_again_after_its_last_order() {
        let (mut arena, mut level) = (Arena::new(), Level::EMPTY);
        let slot = order(&mut arena, 7, 0);
        level.push_back(&mut arena, slot);
        assert!(!level.is_empty());

        level.unlink(&mut arena, slot);

        assert!(level.is_empty());
        assert_eq!(level.front(), NONE);
        assert_eq!(
            level.queues[0],
            Queue {
                head: NONE,
                tail: NONE
            }
        );
    }
}
