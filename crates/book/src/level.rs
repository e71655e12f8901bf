//! One price level: a displayed and a hidden queue of orders, linked through the arena.

use std::hint::select_unpredictable;

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
    pub(crate) const EMPTY: Self = Self { displayed: 0, queues: [Queue { head: NONE, tail: NONE }; 2], counts: [0; 2] };

    #[inline]
    pub(crate) const fn is_empty(&self) -> bool {
        self.counts[DISPLAYED] | self.counts[CONCEALED] == 0
    }

    /// First order in line; displayed before hidden. [`NONE`] on an empty level.
    #[inline]
    pub(crate) const fn front(&self) -> Slot {
        let head = self.queues[DISPLAYED].head;
        if head == NONE { self.queues[CONCEALED].head } else { head }
    }

    pub(crate) const fn view(&self) -> LevelView {
        LevelView { displayed: self.displayed, count: self.counts[DISPLAYED], hidden_count: self.counts[CONCEALED] }
    }

    /// Links `slot` at the back of queue `which` with `qty` lots; returns the slot before it.
    ///
    /// The caller writes the node of `slot` itself, with what is returned and no next one.
    #[inline]
    pub(crate) fn push_back(&mut self, arena: &mut Arena, slot: Slot, which: usize, qty: i64) -> Slot {
        let queue = &mut self.queues[which];
        let prev = std::mem::replace(&mut queue.tail, slot);
        queue.head = select_unpredictable(prev == NONE, slot, queue.head);
        arena.node_mut(prev).next = slot;
        // No more orders than slots: the counts cannot wrap.
        self.counts[which] = self.counts[which].wrapping_add(1);
        self.displayed += shown(which, qty);
        prev
    }

    /// Unlinks the order in `slot`, subtracts its displayed lots and returns its tradable lots.
    #[inline]
    pub(crate) fn unlink(&mut self, arena: &mut Arena, slot: Slot) -> i64 {
        // Field by field: a copy of the node would be read in wide loads that wait for the narrow stores before them.
        let node = arena.node(slot);
        let (prev, next, which, qty) = (node.prev, node.next, queue_of(node.level), node.qty);
        arena.node_mut(prev).next = next;
        arena.node_mut(next).prev = prev;
        let queue = &mut self.queues[which];
        if prev == NONE {
            queue.head = next;
        }
        if next == NONE {
            queue.tail = prev;
        }
        self.counts[which] = self.counts[which].wrapping_sub(1);
        self.displayed -= shown(which, qty);
        qty
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
    use super::{Level, Queue, queue_of};
    use crate::arena::{Arena, HIDDEN, Node};
    use crate::{NONE, Slot};

    /// Links a new order and returns its slot.
    fn push(arena: &mut Arena, level: &mut Level, qty: i64, flags: u32) -> Slot {
        let slot = arena.alloc();
        let prev = level.push_back(arena, slot, queue_of(flags), qty);
        *arena.node_mut(slot) = Node { order_id: 1, qty, next: NONE, prev, level: flags, owner: 0 };
        slot
    }

    fn unlink(arena: &mut Arena, level: &mut Level, slot: Slot) {
        level.unlink(arena, slot);
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
            push(&mut arena, &mut level, qty, 0);
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
                push(&mut arena, &mut level, qty, 0);
            }

            unlink(&mut arena, &mut level, gone);

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
        let hidden = push(&mut arena, &mut level, 9, HIDDEN);
        assert_eq!(level.front(), hidden);

        let shown = push(&mut arena, &mut level, 4, 0);

        assert_eq!(level.front(), shown);
        assert_eq!((level.view().displayed, level.view().count, level.view().hidden_count), (4, 1, 1));
    }

    #[test]
    fn level_is_empty_again_after_its_last_order() {
        let (mut arena, mut level) = (Arena::new(), Level::EMPTY);
        let slot = push(&mut arena, &mut level, 7, 0);
        assert!(!level.is_empty());

        unlink(&mut arena, &mut level, slot);

        assert!(level.is_empty());
        assert_eq!(level.front(), NONE);
        assert_eq!(level.queues[0], Queue { head: NONE, tail: NONE });
    }
}
