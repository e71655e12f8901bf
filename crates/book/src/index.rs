//! Finds the slot of a resting order by its id.
//!
//! Ids are a counter, so they are addressed directly: a root of directories, 512 pages to a directory, 64 ids to a page.
//! Pages and directories whose last id is gone are recycled and the root is trimmed at its front: memory follows the
//! resting orders, not the lifetime ids, and no call ever rehashes.

use model::image;
use model::image::{Image, ImageError, Input, layout};

use crate::{NONE, Slot};

const PAGE_BITS: u32 = 6;
const PAGE_IDS: usize = 1 << PAGE_BITS;
const DIR_BITS: u32 = 9;
const DIR_PAGES: usize = 1 << DIR_BITS;
/// Most directories between the lowest and the highest resting id: 2^42 ids, 512 MB of root.
const ROOT_MAX: u64 = 1 << 27;

/// Order id to slot.
#[derive(Debug, Default)]
pub struct OrderIndex {
    /// Directory of each run of 32,768 ids, from `root_base` on.
    root: Vec<u32>,
    root_base: u64,
    dirs: Dirs,
    pages: Pages,
    len: usize,
}

/// Recycled blocks of `N` numbers, each with a count of those in use.
#[derive(Debug, Default)]
struct Pool<const N: usize> {
    blocks: Vec<Block<N>>,
    used: Vec<u16>,
    free: Vec<u32>,
}

type Block<const N: usize> = [u32; N];

impl<const N: usize> Pool<N> {
    #[cold]
    fn alloc(&mut self) -> u32 {
        if let Some(block) = self.free.pop() {
            return block;
        }
        if self.blocks.len() == self.blocks.capacity() {
            let more = (self.blocks.len() / 4).max(1);
            self.blocks.reserve_exact(more);
            self.used.reserve_exact(more);
        }
        self.blocks.push([NONE; N]);
        self.used.push(0);
        u32::try_from(self.blocks.len() - 1).unwrap_or(NONE)
    }

    /// Counts one number of a block less; true where that was the last one: the caller then frees the block.
    #[inline]
    fn release_one(&mut self, block: u32) -> bool {
        let used = &mut self.used[block as usize];
        *used -= 1;
        *used == 0
    }

    fn bytes(&self) -> usize {
        self.blocks.capacity() * size_of::<Block<N>>() + self.used.capacity() * 2 + self.free.capacity() * 4
    }
}

type Dirs = Pool<DIR_PAGES>;
type Pages = Pool<PAGE_IDS>;

image!(OrderIndex { root: Vec<u32>, root_base: u64, dirs: Dirs, pages: Pages, len: usize });

/// A block is a bit for each number that it holds, and those numbers.
impl<const N: usize> Image for Pool<N> {
    const MIN: usize = 16;
    const LAYOUT: u64 = layout("Pool", &[("size", N as u64), ("free", <Vec<u32>>::LAYOUT)]);

    fn save(&self, out: &mut Vec<u8>) {
        let Self { blocks, used: _, free } = self;
        blocks.len().save(out);
        for block in blocks {
            for part in block.chunks(64) {
                let bit = |(at, number): (usize, &u32)| u64::from(*number != NONE) << at;
                part.iter().enumerate().map(bit).sum::<u64>().save(out);
            }
            for number in block.iter().filter(|number| **number != NONE) {
                number.save(out);
            }
        }
        free.save(out);
    }

    fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
        let count = input.count(N / 8)?;
        let (mut blocks, mut used) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for _ in 0..count {
            let marks: Vec<u64> = (0..N / 64).map(|_| u64::load(input)).collect::<Result<_, _>>()?;
            let mut block = [NONE; N];
            let mut held = 0;
            for at in (0..N).filter(|at| marks[at / 64] >> (at % 64) & 1 == 1) {
                block[at] = u32::load(input)?;
                input.ensure(block[at] != NONE, "a number that is none")?;
                held += 1;
            }
            blocks.push(block);
            used.push(held);
        }
        let free: Vec<u32> = Vec::load(input)?;
        input.ensure(free.iter().all(|block| (*block as usize) < count), "a free block that is none")?;
        Ok(Self { blocks, used, free })
    }
}

impl OrderIndex {
    /// Every id has a slot below `slots` and is counted once: for an index just loaded.
    pub fn is_within(&self, slots: usize) -> bool {
        let numbers = |block: &Block<PAGE_IDS>| block.iter().filter(|slot| **slot != NONE).count();
        let held = self.pages.blocks.iter().flatten().filter(|slot| **slot != NONE);
        let pages = self.dirs.blocks.iter().flatten().filter(|page| **page != NONE);
        let dirs = self.root.iter().filter(|dir| **dir != NONE);
        held.map(|slot| *slot as usize).all(|slot| slot < slots)
            && pages.map(|page| *page as usize).all(|page| page < self.pages.blocks.len())
            && dirs.map(|dir| *dir as usize).all(|dir| dir < self.dirs.blocks.len())
            && self.pages.blocks.iter().map(numbers).sum::<usize>() == self.len
    }

    /// An empty index.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of ids held.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// No id is held.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds an id.
    ///
    /// # Panics
    /// Where the id is already held, or lies more than 2^42 from another one that is.
    #[inline]
    pub fn insert(&mut self, order_id: u64, slot: Slot) {
        assert!(slot != NONE, "no slot: order_id={order_id}");
        let page = match self.page(order_id) {
            Some((_, page)) if page != NONE => page,
            Some(_) | None => self.add_page(order_id),
        };
        let place = &mut self.pages.blocks[page as usize][page_place(order_id)];
        assert!(*place == NONE, "order id used twice: order_id={order_id}");
        *place = slot;
        self.pages.used[page as usize] += 1;
        self.len += 1;
    }

    /// Slot of an id.
    #[inline]
    pub fn get(&self, order_id: u64) -> Option<Slot> {
        let (_, page) = self.page(order_id)?;
        let slot = self.pages.blocks.get(page as usize)?[page_place(order_id)];
        (slot != NONE).then_some(slot)
    }

    /// Forgets an id and returns its slot.
    #[inline]
    pub fn remove(&mut self, order_id: u64) -> Option<Slot> {
        let (dir, page) = self.page(order_id)?;
        let place = &mut self.pages.blocks.get_mut(page as usize)?[page_place(order_id)];
        let slot = std::mem::replace(place, NONE);
        if slot == NONE {
            return None;
        }
        self.len -= 1;
        if self.pages.release_one(page) {
            self.drop_page(order_id, dir, page);
        }
        Some(slot)
    }

    /// Memory held, in bytes.
    pub fn bytes(&self) -> usize {
        self.root.capacity() * 4 + self.dirs.bytes() + self.pages.bytes()
    }

    /// Directory and page of an id.
    #[inline]
    fn page(&self, order_id: u64) -> Option<(u32, u32)> {
        // NONE is beyond the end of every pool, so the bounds check is also the test for it.
        let dir = *self.root.get(self.root_place(order_id))?;
        let page = self.dirs.blocks.get(dir as usize)?[dir_place(order_id)];
        Some((dir, page))
    }

    /// Place of the directory of an id in the root; beyond its end where there is none.
    #[inline]
    #[allow(clippy::cast_possible_truncation, reason = "an id holds at most 49 bits here")]
    const fn root_place(&self, order_id: u64) -> usize {
        (order_id >> (PAGE_BITS + DIR_BITS)).wrapping_sub(self.root_base) as usize
    }

    #[cold]
    fn add_page(&mut self, order_id: u64) -> u32 {
        let run = order_id >> (PAGE_BITS + DIR_BITS);
        if self.len == 0 {
            self.root.clear();
            self.root_base = run;
        }
        if run < self.root_base {
            let more = self.root_base - run;
            assert!(more < ROOT_MAX, "order ids too far apart: order_id={order_id}");
            let more = usize::try_from(more).unwrap_or(0);
            self.root.splice(0..0, std::iter::repeat_n(NONE, more));
            self.root_base = run;
        }
        assert!(run - self.root_base < ROOT_MAX, "order ids too far apart: order_id={order_id}");
        let place = self.root_place(order_id);
        if place >= self.root.len() {
            self.root.resize(place + 1, NONE);
        }
        if self.root[place] == NONE {
            self.root[place] = self.dirs.alloc();
        }
        let page = self.pages.alloc();
        let dir = self.root[place] as usize;
        self.dirs.blocks[dir][dir_place(order_id)] = page;
        self.dirs.used[dir] += 1;
        page
    }

    #[cold]
    fn drop_page(&mut self, order_id: u64, dir: u32, page: u32) {
        self.pages.free.push(page);
        self.dirs.blocks[dir as usize][dir_place(order_id)] = NONE;
        if !self.dirs.release_one(dir) {
            return;
        }
        self.dirs.free.push(dir);
        let place = self.root_place(order_id);
        self.root[place] = NONE;
        // Trimmed only where at least half goes, so that moving the rest costs a constant per directory.
        let vacant = self.root.iter().take_while(|dir| **dir == NONE).count();
        if vacant * 2 >= self.root.len() {
            self.root.drain(..vacant);
            self.root_base += vacant as u64;
        }
    }
}

#[inline]
#[allow(clippy::cast_possible_truncation, reason = "only the low bits are wanted")]
const fn dir_place(order_id: u64) -> usize {
    (order_id >> PAGE_BITS) as usize & (DIR_PAGES - 1)
}

#[inline]
#[allow(clippy::cast_possible_truncation, reason = "only the low bits are wanted")]
const fn page_place(order_id: u64) -> usize {
    order_id as usize & (PAGE_IDS - 1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::OrderIndex;

    #[test]
    fn id_is_found_until_it_is_removed() {
        let mut index = OrderIndex::new();
        assert!(index.is_empty());
        index.insert(7, 70);

        assert_eq!(index.get(7), Some(70));
        assert_eq!(index.remove(7), Some(70));
        assert_eq!((index.get(7), index.remove(7), index.len()), (None, None, 0));
    }

    #[test]
    fn unknown_ids_are_not_found_near_and_far() {
        let mut index = OrderIndex::new();
        index.insert(100_000, 1);

        for id in [0, 99_999, 100_001, 100_064, 131_072, 1 << 40, u64::MAX] {
            assert_eq!(index.get(id), None, "id={id}");
            assert_eq!(index.remove(id), None, "id={id}");
        }
        assert_eq!(index.len(), 1);
    }

    /// A snapshot is loaded in book order, so ids come in any order.
    #[test]
    fn ids_in_any_order_match_an_ordered_map() {
        let (mut index, mut naive, mut state) = (OrderIndex::new(), BTreeMap::new(), 5_u64);
        for step in 0..60_000_u32 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let id = 3_000_000 + (state >> 33) % 500_000 - u64::from(step) * 40;
            if state >> 20 & 1 == 0 && !naive.contains_key(&id) {
                naive.insert(id, step);
                index.insert(id, step);
            } else if let Some((&id, _)) = naive.range(id..).next() {
                assert_eq!(index.remove(id), naive.remove(&id));
            }
            assert_eq!((index.get(id), index.len()), (naive.get(&id).copied(), naive.len()));
        }
        for (id, slot) in naive {
            assert_eq!(index.remove(id), Some(slot));
        }
        assert!(index.is_empty());
    }

    /// A thousand orders rest at any time while ten million ids go by.
    #[test]
    fn memory_follows_resting_orders_not_lifetime_ids() {
        let mut index = OrderIndex::new();
        for id in 0..10_000_000_u64 {
            index.insert(id, 1);
            if id >= 1_000 {
                assert_eq!(index.remove(id - 1_000), Some(1));
            }
        }

        assert_eq!(index.len(), 1_000);
        assert!(index.bytes() < 20_000, "bytes={}", index.bytes());
    }

    /// The root has one entry per 32,768 ids: the front of it must go as well.
    #[test]
    fn root_is_trimmed_behind_the_oldest_resting_order() {
        let mut index = OrderIndex::new();
        for run in 0..100_000_u64 {
            index.insert(run * 32_768, 1);
            if run >= 10 {
                assert_eq!(index.remove((run - 10) * 32_768), Some(1));
            }
        }

        assert_eq!(index.get(99_999 * 32_768), Some(1));
        assert!(index.bytes() < 60_000, "bytes={}", index.bytes());
    }

    #[test]
    #[should_panic(expected = "order id used twice")]
    fn id_used_twice_is_refused() {
        let mut index = OrderIndex::new();
        index.insert(5, 1);
        index.insert(5, 2);
    }

    #[test]
    #[should_panic(expected = "order ids too far apart")]
    fn id_far_from_the_others_is_refused() {
        let mut index = OrderIndex::new();
        index.insert(5, 1);
        index.insert(1 << 50, 2);
    }
}
