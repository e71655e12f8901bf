//! The price levels of one book, 64 to a page, pages recycled when their last level empties.

use model::image::{Image, ImageError, Input, layout};

use crate::image::marked;
use crate::level::Level;
use crate::side::{Side, TICK_ABS_MAX};

/// Number of a page in the pool.
pub(crate) type PageId = u32;
/// log2 of the levels of a page.
pub(crate) const PAGE_BITS: u32 = 6;
/// Levels of a page.
const PAGE_LEVELS: usize = 1 << PAGE_BITS;
/// Most pages of one book: a level number fits 30 bits beside the two flags of a node, and one number means none.
const PAGES_MAX: usize = (1 << (30 - PAGE_BITS)) - 1;

/// What is known of a page without touching its levels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    /// Bit `n` is set where level `n` holds an order.
    pub(crate) occupied: u64,
    /// Page number in the key space of its side, shifted left by one, and the side in the lowest bit.
    tag: i64,
}

/// Pool of pages of both sides.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    pub(crate) levels: Vec<Level>,
    pub(crate) heads: Vec<Head>,
    free: Vec<PageId>,
}

impl Pages {
    /// Takes an empty page for page number `page_no` of `side`.
    pub(crate) fn alloc(&mut self, side: Side, page_no: i64) -> PageId {
        let tag = (page_no << 1) | i64::from(side == Side::Ask);
        let head = Head { occupied: 0, tag };
        if let Some(page) = self.free.pop() {
            self.heads[page as usize] = head;
            return page;
        }
        assert!(self.heads.len() < PAGES_MAX, "book has too many price pages: pages_max={PAGES_MAX}");
        if self.heads.len() == self.heads.capacity() {
            // Small steps: 2 KB a page is most of the memory of a quiet instrument.
            let more = (self.heads.len() / 4).max(1);
            self.heads.reserve_exact(more);
            self.levels.reserve_exact(more * PAGE_LEVELS);
        }
        self.heads.push(head);
        self.levels.resize(self.heads.len() * PAGE_LEVELS, Level::EMPTY);
        u32::try_from(self.heads.len() - 1).unwrap_or(PageId::MAX)
    }

    /// Gives an empty page back; its levels are empty, so it needs no clearing.
    pub(crate) fn release(&mut self, page: PageId) {
        debug_assert_eq!(self.heads[page as usize].occupied, 0, "INV-2: page {page} released with orders");
        self.free.push(page);
    }

    /// Side and key of a level.
    #[inline]
    pub(crate) fn side_and_key(&self, level: usize) -> (Side, i64) {
        let tag = self.heads[level >> PAGE_BITS].tag;
        let side = if tag & 1 == 0 { Side::Bid } else { Side::Ask };
        (side, key_of(tag >> 1, level & (PAGE_LEVELS - 1)))
    }

    /// The pages of a side in use, with their page numbers.
    pub(crate) fn of(&self, side: Side) -> impl Iterator<Item = (PageId, i64)> {
        let is_of = move |head: &Head| head.occupied != 0 && (head.tag & 1 == 0) == (side == Side::Bid);
        let heads = self.heads.iter().enumerate().filter(move |(_, head)| is_of(head));
        heads.map(|(page, head)| (PageId::try_from(page).unwrap_or(PageId::MAX), head.tag >> 1))
    }

    /// Pages that are not in use.
    pub(crate) fn free_pages(&self) -> &[PageId] {
        &self.free
    }

    /// Memory held, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.levels.capacity() * size_of::<Level>()
            + self.heads.capacity() * size_of::<Head>()
            + self.free.capacity() * size_of::<PageId>()
    }
}

/// Pages keep their numbers. A free one has nothing, a used one its occupied levels.
impl Image for Pages {
    const MIN: usize = 16;
    const LAYOUT: u64 = layout("Pages", &[("free", <Vec<PageId>>::LAYOUT), ("level", Level::LAYOUT)]);

    fn save(&self, out: &mut Vec<u8>) {
        let Self { levels, heads, free } = self;
        let is_free = marked(free, heads.len()).expect("a page is free once");
        free.save(out);
        (heads.len() - free.len()).save(out);
        for (page, Head { occupied, tag }) in heads.iter().enumerate().filter(|(page, _)| !is_free[*page]) {
            occupied.save(out);
            tag.save(out);
            for level in offsets(*occupied).map(|offset| &levels[(page << PAGE_BITS) | offset]) {
                level.save(out);
            }
        }
    }

    fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
        let free: Vec<PageId> = Vec::load(input)?;
        let count = input.count(16 + Level::MIN)? + free.len();
        input.ensure(count <= PAGES_MAX, "more pages than a book may have")?;
        let is_free = marked(&free, count).ok_or_else(|| input.damaged("a page free twice, or none"))?;
        let mut pages =
            Pages { levels: vec![Level::EMPTY; count * PAGE_LEVELS], heads: Vec::with_capacity(count), free };
        for (page, free) in is_free.into_iter().enumerate() {
            let head = if free { Head { occupied: 0, tag: 0 } } else { load_head(input)? };
            for offset in offsets(head.occupied) {
                let level = Level::load(input)?;
                input.ensure(!level.is_empty(), "a level without orders")?;
                pages.levels[(page << PAGE_BITS) | offset] = level;
            }
            pages.heads.push(head);
        }
        Ok(pages)
    }
}

fn load_head(input: &mut Input<'_>) -> Result<Head, ImageError> {
    let (occupied, tag) = Image::load(input)?;
    input.ensure(occupied != 0, "a page without levels")?;
    let (page_no, furthest) = (tag >> 1, (TICK_ABS_MAX >> PAGE_BITS) + 1);
    input.ensure((-furthest..=furthest).contains(&page_no), "a page of no price")?;
    Ok(Head { occupied, tag })
}

/// Places of the bits that are set, ascending.
fn offsets(bits: u64) -> impl Iterator<Item = usize> {
    (0..PAGE_LEVELS).filter(move |offset| bits >> offset & 1 == 1)
}

/// Page number and offset of a key.
#[inline]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap, reason = "0 to 63")]
pub(crate) const fn split(key: i64) -> (i64, usize) {
    (key >> PAGE_BITS, (key & (PAGE_LEVELS as i64 - 1)) as usize)
}

/// Key of an offset in a page: the inverse of [`split`].
#[inline]
#[allow(clippy::cast_possible_wrap, reason = "0 to 63")]
pub(crate) const fn key_of(page_no: i64, offset: usize) -> i64 {
    (page_no << PAGE_BITS) | offset as i64
}

/// Number of a level in the pool.
#[inline]
pub(crate) const fn level_index(page: PageId, offset: usize) -> usize {
    ((page as usize) << PAGE_BITS) | offset
}
