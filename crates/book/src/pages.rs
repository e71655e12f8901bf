//! The price levels of one book, 64 to a page, pages recycled when their last level empties.

use crate::level::Level;
use crate::side::Side;

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
