//! Holds the orders of all books in one array of 32-byte nodes, addressed by slot.
//!
//! `nodes[0]` is a scratch node: the links of [`NONE`] land there (`NONE + 1` wraps to 0), so linking and unlinking
//! write both neighbours without asking whether they exist.

use model::image;
use model::image::{Image, ImageError, Input, layout};

use crate::image::marked;
use crate::order::Iceberg;
use crate::{NONE, Slot};

/// The order is hidden (bit of [`Node::level`]).
pub(crate) const HIDDEN: u32 = 1 << 31;
/// The order is an iceberg: its owner moved to the cold record that `owner` names (bit of [`Node::level`]).
pub(crate) const ICEBERG: u32 = 1 << 30;
/// Number of the level without the flags.
pub(crate) const LEVEL_MASK: u32 = ICEBERG - 1;
/// `level` of an order that is in no book.
const UNLINKED: u32 = LEVEL_MASK;

/// One order, the fields matching reads.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    pub(crate) order_id: u64,
    /// Lots tradable at its place: the tip, or the whole leaves.
    pub(crate) qty: i64,
    pub(crate) next: Slot,
    pub(crate) prev: Slot,
    /// Level in the pages of the book, with [`HIDDEN`] and [`ICEBERG`].
    pub(crate) level: u32,
    /// Self-trade prevention key; of an iceberg the number of its cold record.
    pub(crate) owner: u32,
}

const _: () = assert!(size_of::<Node>() == 32, "two orders share a cache line");

impl Node {
    const VACANT: Self = Self { order_id: 0, qty: 0, next: NONE, prev: NONE, level: UNLINKED, owner: 0 };

    /// Engine-given order id.
    #[inline]
    pub const fn order_id(&self) -> u64 {
        self.order_id
    }

    /// Lots tradable at its place in the queue.
    #[inline]
    pub const fn tip(&self) -> i64 {
        self.qty
    }

    /// The order rests in a book.
    #[inline]
    pub const fn is_linked(&self) -> bool {
        self.level != UNLINKED
    }

    /// The order shows nothing.
    #[inline]
    pub const fn is_hidden(&self) -> bool {
        self.level & HIDDEN != 0
    }

    #[inline]
    pub(crate) const fn is_iceberg(&self) -> bool {
        self.level & ICEBERG != 0
    }

    #[inline]
    pub(crate) const fn level_index(&self) -> usize {
        (self.level & LEVEL_MASK) as usize
    }
}

/// What only an iceberg carries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cold {
    pub(crate) hidden: i64,
    pub(crate) rule: Iceberg,
    /// Self-trade prevention key; while the record is free, the next free record.
    pub(crate) owner: u32,
}

/// Orders of all books.
#[derive(Debug)]
pub struct Arena {
    nodes: Vec<Node>,
    /// First slot of the free list, linked by `next`.
    free: Slot,
    cold: Vec<Cold>,
    /// First record of the free list, linked by `owner`.
    cold_free: u32,
}

impl Default for Arena {
    fn default() -> Self {
        Self::new()
    }
}

impl Arena {
    /// An empty arena.
    pub fn new() -> Self {
        Self::with_capacity(0)
    }

    /// An empty arena with room for `orders` orders.
    pub fn with_capacity(orders: usize) -> Self {
        let mut nodes = Vec::with_capacity(orders + 1);
        nodes.push(Node::VACANT);
        Self { nodes, free: NONE, cold: Vec::new(), cold_free: NONE }
    }

    /// Takes a slot: the one freed last, else the next new one.
    ///
    /// # Panics
    /// Where 2^32 - 1 slots are in use.
    #[inline]
    pub fn alloc(&mut self) -> Slot {
        let slot = self.free;
        if slot == NONE {
            return self.grow();
        }
        self.free = self.nodes[index(slot)].next;
        slot
    }

    /// Gives the order in a slot its id before it rests, so that it can be asked for everywhere.
    #[inline]
    pub fn name(&mut self, slot: Slot, order_id: u64) {
        self.node_mut(slot).order_id = order_id;
    }

    #[cold]
    fn grow(&mut self) -> Slot {
        let slot = u32::try_from(self.nodes.len() - 1).unwrap_or(NONE);
        assert!(slot != NONE, "arena full: slots={slot}");
        if self.nodes.len() == self.nodes.capacity() {
            // A quarter, not a doubling: spare room counts as memory of the resting orders.
            self.nodes.reserve_exact((self.nodes.len() / 4).max(256));
        }
        self.nodes.push(Node::VACANT);
        slot
    }

    /// Gives a slot back.
    ///
    /// # Panics
    /// Where the order is still linked in a book.
    #[inline]
    pub fn free(&mut self, slot: Slot) {
        let next = self.free;
        let node = self.node_mut(slot);
        if node.is_linked() {
            freed_while_resting(slot);
        }
        node.next = next;
        self.free = slot;
    }

    /// Number of slots, free ones included.
    pub fn slots(&self) -> usize {
        self.nodes.len() - 1
    }

    /// The order in `slot`.
    ///
    /// # Panics
    /// Where the slot was never allocated.
    #[inline]
    pub fn node(&self, slot: Slot) -> &Node {
        &self.nodes[index(slot)]
    }

    /// The order in `slot`, where there is such a slot.
    pub(crate) fn get(&self, slot: Slot) -> Option<&Node> {
        (slot != NONE).then(|| self.nodes.get(index(slot)))?
    }

    #[inline]
    pub(crate) fn node_mut(&mut self, slot: Slot) -> &mut Node {
        &mut self.nodes[index(slot)]
    }

    /// Lots left, shown and not shown; 0 where the order is in no book.
    #[inline]
    pub fn leaves(&self, slot: Slot) -> i64 {
        let node = self.node(slot);
        if node.is_iceberg() { node.qty + self.cold_of(node).hidden } else { node.qty }
    }

    /// Lots tradable at its place in the queue: the tip of an iceberg, else everything left.
    #[inline]
    pub fn tip(&self, slot: Slot) -> i64 {
        self.node(slot).qty
    }

    /// Lots that do not show: the reserve of an iceberg, everything of a hidden order, else 0.
    #[inline]
    pub fn hidden(&self, slot: Slot) -> i64 {
        let node = self.node(slot);
        if node.is_iceberg() {
            self.cold_of(node).hidden
        } else if node.is_hidden() {
            node.qty
        } else {
            0
        }
    }

    /// Engine-given order id.
    #[inline]
    pub fn order_id(&self, slot: Slot) -> u64 {
        self.node(slot).order_id
    }

    /// Self-trade prevention key.
    #[inline]
    pub fn owner(&self, slot: Slot) -> u32 {
        self.owner_of(self.node(slot))
    }

    /// Display rule and refill count of a resting iceberg; `None` for any other order.
    pub fn iceberg(&self, slot: Slot) -> Option<Iceberg> {
        let node = self.node(slot);
        node.is_iceberg().then(|| self.cold_of(node).rule)
    }

    /// Memory held, in bytes.
    pub fn bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>() + self.cold.capacity() * size_of::<Cold>()
    }

    #[inline]
    pub(crate) fn owner_of(&self, node: &Node) -> u32 {
        if node.is_iceberg() { self.cold_of(node).owner } else { node.owner }
    }

    pub(crate) fn cold_of(&self, node: &Node) -> &Cold {
        &self.cold[node.owner as usize]
    }

    pub(crate) fn cold_mut(&mut self, record: u32) -> &mut Cold {
        &mut self.cold[record as usize]
    }

    /// Stores a cold record and returns its number.
    pub(crate) fn cold_alloc(&mut self, cold: Cold) -> u32 {
        let record = self.cold_free;
        if record == NONE {
            self.cold.push(cold);
            return u32::try_from(self.cold.len() - 1).unwrap_or(NONE);
        }
        self.cold_free = self.cold[record as usize].owner;
        self.cold[record as usize] = cold;
        record
    }

    /// Marks an order as being in no book: no lots, its owner back in place, its cold record free.
    #[inline]
    pub(crate) fn detach(&mut self, slot: Slot) {
        let node = self.node_mut(slot);
        let (level, record) = (node.level, node.owner);
        node.level = UNLINKED;
        node.qty = 0;
        if level & ICEBERG != 0 {
            self.detach_cold(slot, record);
        }
    }

    #[cold]
    fn detach_cold(&mut self, slot: Slot, record: u32) {
        let owner = std::mem::replace(&mut self.cold[record as usize].owner, self.cold_free);
        self.cold_free = record;
        self.node_mut(slot).owner = owner;
    }
}

image!(Node { order_id: u64, qty: i64, next: u32, prev: u32, level: u32, owner: u32 });

/// Slots keep their numbers. A free one has nothing but its place in the line of free ones; the scratch node has nothing.
impl Image for Arena {
    const MIN: usize = 28;
    const LAYOUT: u64 = layout("Arena", &[("nodes", Node::LAYOUT), ("cold", Cold::LAYOUT)]);

    fn save(&self, out: &mut Vec<u8>) {
        let Self { nodes, free, cold, cold_free } = self;
        let line: Vec<Slot> = core::iter::successors(Some(*free), |slot| Some(self.node(*slot).next))
            .take_while(|slot| *slot != NONE)
            .collect();
        let is_free = marked(&line, nodes.len() - 1).expect("a slot is free once");
        line.save(out);
        (nodes.len() - 1 - line.len()).save(out);
        out.reserve(nodes.len() * Node::MIN);
        for (node, _) in nodes[1..].iter().zip(is_free).filter(|(_, free)| !free) {
            // What an order that rests nowhere once had as links and owner is never read.
            let node = if node.is_linked() { *node } else { Node { order_id: node.order_id, ..Node::VACANT } };
            node.save(out);
        }
        cold.save(out);
        cold_free.save(out);
    }

    fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
        let line: Vec<Slot> = Vec::load(input)?;
        let slots = input.count(Node::MIN)? + line.len();
        let within = |link: u32| link == NONE || (link as usize) < slots;
        let is_free = marked(&line, slots).ok_or_else(|| input.damaged("a slot free twice, or none"))?;
        let mut nodes = Vec::with_capacity(slots + 1);
        nodes.push(Node::VACANT);
        for free in is_free {
            let node = if free { Node::VACANT } else { Node::load(input)? };
            input.ensure(within(node.next) && within(node.prev), "a link to no slot")?;
            nodes.push(node);
        }
        let (cold, cold_free): (Vec<Cold>, u32) = Image::load(input)?;
        let known = |record: u32| (record as usize) < cold.len();
        input.ensure(cold_free == NONE || known(cold_free), "a free record that is none")?;
        let complete = |node: &Node| !node.is_linked() || !node.is_iceberg() || known(node.owner);
        input.ensure(nodes.iter().all(complete), "an iceberg without its record")?;
        let mut arena = Self { nodes, free: NONE, cold, cold_free };
        for slot in line.into_iter().rev() {
            arena.free(slot);
        }
        Ok(arena)
    }
}

#[cold]
#[inline(never)]
fn freed_while_resting(slot: Slot) -> ! {
    panic!("slot freed while its order rests: slot={slot}");
}

/// `nodes` index of a slot; [`NONE`] is the scratch node.
#[inline]
const fn index(slot: Slot) -> usize {
    slot.wrapping_add(1) as usize
}

#[cfg(test)]
mod tests {
    use super::Arena;
    use crate::NONE;

    #[test]
    fn slots_are_dense_from_zero() {
        let mut arena = Arena::new();

        let slots: Vec<u32> = (0..1_000).map(|_| arena.alloc()).collect();

        assert_eq!(slots, (0..1_000).collect::<Vec<u32>>());
    }

    #[test]
    fn freed_slot_is_the_next_one_taken() {
        let mut arena = Arena::new();
        let first = arena.alloc();
        let second = arena.alloc();

        arena.free(first);
        arena.free(second);

        assert_eq!(arena.alloc(), second);
        assert_eq!(arena.alloc(), first);
        assert_eq!(arena.alloc(), 2);
    }

    #[test]
    fn order_outside_a_book_has_nothing_left() {
        let mut arena = Arena::with_capacity(8);
        let slot = arena.alloc();

        assert!(!arena.node(slot).is_linked());
        assert!(!arena.node(slot).is_hidden());
        assert_eq!((arena.leaves(slot), arena.hidden(slot)), (0, 0));
        assert_eq!(arena.iceberg(slot), None);
    }

    #[test]
    #[should_panic(expected = "index out of bounds")]
    fn slot_never_taken_is_refused() {
        Arena::new().node(3);
    }

    #[test]
    fn capacity_is_not_doubled() {
        let mut arena = Arena::new();
        for _ in 0..100_001 {
            assert_ne!(arena.alloc(), NONE);
        }

        assert!(arena.bytes() <= 100_001 * 40 + 8_192, "bytes={}", arena.bytes());
    }
}
