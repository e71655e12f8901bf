//! One side of a book: finds the level of a price, the best level, and the next one.
//!
//! Prices near the touch are found by direct indexing of [`WINDOW_PAGES`] pages, the others in an ordered map. Pages may
//! lie on either side of the window. The window follows the touch lazily: after [`FAR_USES_MAX`] look-ups outside it is
//! laid around the best price again, so that moving its pages costs a constant per look-up, whatever the prices do.

use std::collections::BTreeMap;

use crate::pages::{PageId, Pages, key_of, level_index, split};
use crate::side::{Side, TICK_ABS_MAX};

/// Pages of the direct window: 65,536 ticks.
pub(crate) const WINDOW_PAGES: usize = 1_024;
/// Pages of the window kept on the better side of the best price when it is laid out.
const WINDOW_AHEAD: i64 = 256;
/// Look-ups outside the window until it is laid out again.
const FAR_USES_MAX: u32 = 1_024;
/// No page, in the window.
const NO_PAGE: PageId = PageId::MAX;
/// Key of the best price of an empty side.
pub(crate) const NO_KEY: i64 = i64::MAX;

/// One side of a book.
#[derive(Debug)]
pub(crate) struct Ladder {
    /// Key of the best occupied level, [`NO_KEY`] without orders.
    pub(crate) best_key: i64,
    /// Its level in the pool.
    pub(crate) best_level: usize,
    /// Page number of `window[0]`.
    base: i64,
    window: Vec<PageId>,
    /// Bit `n` of word `w` is set where `window[64 * w + n]` is a page.
    summary: [u64; WINDOW_PAGES / 64],
    /// Pages outside the window by page number.
    far: BTreeMap<i64, PageId>,
    /// Smallest page number in `far`, [`NO_KEY`] where it is empty.
    far_first: i64,
    far_uses: u32,
    side: Side,
}

/// What a ladder knows that its pages do not: where its window lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lookup {
    pub(crate) base: i64,
    pub(crate) far_uses: u32,
    /// The window was laid out at all.
    pub(crate) is_laid: bool,
}

impl Ladder {
    /// What [`Ladder::rebuilt`] needs beside the pages. All else follows from them: the window holds the pages inside it
    /// and the map the others, and the best price is the best of all.
    pub(crate) fn lookup(&self) -> Lookup {
        let Self { base, window, far_uses, best_key: _, best_level: _, summary: _, far: _, far_first: _, side: _ } =
            self;
        Lookup { base: *base, far_uses: *far_uses, is_laid: !window.is_empty() }
    }

    /// The ladder of a side of `pages`; `None` where two of them have one price, or the window is missing or lies where
    /// no price is.
    pub(crate) fn rebuilt(side: Side, lookup: &Lookup, pages: &Pages) -> Option<Self> {
        if !(-TICK_ABS_MAX..=TICK_ABS_MAX).contains(&lookup.base) {
            return None;
        }
        let mut ladder = Self::new(side);
        (ladder.base, ladder.far_uses) = (lookup.base, lookup.far_uses);
        if lookup.is_laid {
            ladder.window = vec![NO_PAGE; WINDOW_PAGES];
        }
        for (page, page_no) in pages.of(side) {
            if !lookup.is_laid || ladder.page(page_no).is_some() {
                return None;
            }
            ladder.put_page(page_no, page);
        }
        ladder.find_best(pages);
        Some(ladder)
    }

    pub(crate) const fn new(side: Side) -> Self {
        Self {
            best_key: NO_KEY,
            best_level: 0,
            base: 0,
            window: Vec::new(),
            summary: [0; WINDOW_PAGES / 64],
            far: BTreeMap::new(),
            far_first: NO_KEY,
            far_uses: 0,
            side,
        }
    }

    /// Level of `key`, marked occupied and taken into account as the best. The caller links an order there.
    #[inline]
    pub(crate) fn occupy(&mut self, pages: &mut Pages, key: i64) -> usize {
        let (page_no, offset) = split(key);
        let page = match self.window.get(self.window_index(page_no)) {
            Some(&page) if page != NO_PAGE => page,
            Some(_) | None => self.page_or_new(pages, page_no),
        };
        let level = level_index(page, offset);
        pages.heads[page as usize].occupied |= 1 << offset;
        if key < self.best_key {
            self.best_key = key;
            self.best_level = level;
        }
        level
    }

    /// Marks `level`, which has just lost its last order, as vacant, and finds the best price again if it was that.
    #[inline(never)]
    pub(crate) fn vacate(&mut self, pages: &mut Pages, level: usize, key: i64) {
        let (page_no, offset) = split(key);
        let page = PageId::try_from(level >> crate::pages::PAGE_BITS).unwrap_or(NO_PAGE);
        let head = &mut pages.heads[page as usize];
        debug_assert!(head.occupied & (1 << offset) != 0, "INV-2: vacated level was not marked: key={key}");
        head.occupied &= !(1 << offset);
        let occupied = head.occupied;
        if occupied == 0 {
            self.drop_page(pages, page_no, page);
        }
        if key == self.best_key {
            if occupied == 0 {
                self.find_best(pages);
            } else {
                let offset = occupied.trailing_zeros() as usize;
                self.best_key = key_of(page_no, offset);
                self.best_level = level_index(page, offset);
            }
        }
    }

    /// Level of `key` where its page exists.
    pub(crate) fn find(&self, key: i64) -> Option<usize> {
        let (page_no, offset) = split(key);
        self.page(page_no).map(|page| level_index(page, offset))
    }

    /// The occupied level with the smallest key above `after`, and that key.
    pub(crate) fn next_after(&self, pages: &Pages, after: i64) -> Option<(i64, usize)> {
        let from = after + 1;
        let (page_no, offset) = split(from);
        if let Some(page) = self.page(page_no) {
            let occupied = pages.heads[page as usize].occupied & (u64::MAX << offset);
            if occupied != 0 {
                let offset = occupied.trailing_zeros() as usize;
                return Some((key_of(page_no, offset), level_index(page, offset)));
            }
        }
        let (page_no, page) = self.page_from(page_no + 1)?;
        let offset = pages.heads[page as usize].occupied.trailing_zeros() as usize;
        Some((key_of(page_no, offset), level_index(page, offset)))
    }

    /// Number of pages in use, counted.
    pub(crate) fn pages_in_use(&self) -> usize {
        self.far.len() + self.summary.iter().map(|word| word.count_ones() as usize).sum::<usize>()
    }

    /// Panics where the look-up structures disagree (INV-7).
    pub(crate) fn check_lookup(&self) {
        for (index, &page) in self.window.iter().enumerate() {
            let marked = self.summary[index / 64] >> (index % 64) & 1 == 1;
            assert_eq!(marked, page != NO_PAGE, "INV-7: window page and summary disagree: index={index}");
        }
        assert_eq!(
            self.far_first,
            self.far.keys().next().copied().unwrap_or(NO_KEY),
            "INV-7: cached first far page is wrong"
        );
        for &page_no in self.far.keys() {
            let inside = self.window_index(page_no) < self.window.len();
            assert!(!inside, "INV-7: far page lies in the window: page_no={page_no}");
        }
    }

    /// Memory held beside the struct itself, in bytes; a far page is counted as two words.
    pub(crate) fn bytes(&self) -> usize {
        self.window.capacity() * size_of::<PageId>() + self.far.len() * 16
    }

    /// Place of a page in the window; beyond its end where the page is outside.
    #[inline]
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a negative distance is outside as well"
    )]
    const fn window_index(&self, page_no: i64) -> usize {
        page_no.wrapping_sub(self.base) as usize
    }

    #[inline]
    fn page(&self, page_no: i64) -> Option<PageId> {
        match self.window.get(self.window_index(page_no)) {
            Some(&NO_PAGE) => None,
            Some(&page) => Some(page),
            None => self.far.get(&page_no).copied(),
        }
    }

    /// The first page with number `from` or above.
    fn page_from(&self, from: i64) -> Option<(i64, PageId)> {
        let near = self.window_from(from);
        if near.is_some_and(|(page_no, _)| page_no < self.far_first) {
            return near;
        }
        let far = self.far.range(from..).next().map(|(&page_no, &page)| (page_no, page));
        match (near, far) {
            (Some(near), Some(far)) => Some(if near.0 < far.0 { near } else { far }),
            (near, far) => near.or(far),
        }
    }

    /// The first page of the window with number `from` or above.
    fn window_from(&self, from: i64) -> Option<(i64, PageId)> {
        let start = usize::try_from((from - self.base).max(0)).unwrap_or(usize::MAX);
        if start >= self.window.len() {
            return None;
        }
        let mut word = start / 64;
        let mut bits = self.summary[word] & (u64::MAX << (start % 64));
        while bits == 0 {
            word += 1;
            bits = *self.summary.get(word)?;
        }
        let index = word * 64 + bits.trailing_zeros() as usize;
        Some((self.base + i64::try_from(index).unwrap_or(0), self.window[index]))
    }

    fn find_best(&mut self, pages: &Pages) {
        let Some((page_no, page)) = self.page_from(-TICK_ABS_MAX) else {
            self.best_key = NO_KEY;
            return;
        };
        let offset = pages.heads[page as usize].occupied.trailing_zeros() as usize;
        self.best_key = key_of(page_no, offset);
        self.best_level = level_index(page, offset);
    }

    #[cold]
    fn page_or_new(&mut self, pages: &mut Pages, page_no: i64) -> PageId {
        if self.best_key == NO_KEY {
            self.lay_out(page_no);
        } else if self.window_index(page_no) >= WINDOW_PAGES {
            self.far_uses += 1;
            if self.far_uses >= FAR_USES_MAX {
                self.lay_out(split(self.best_key).0.min(page_no));
            }
        }
        if let Some(page) = self.page(page_no) {
            return page;
        }
        let page = pages.alloc(self.side, page_no);
        self.put_page(page_no, page);
        page
    }

    /// Lays the window around page `best_no` and moves the pages that change between window and map.
    fn lay_out(&mut self, best_no: i64) {
        self.far_uses = 0;
        let base = best_no - WINDOW_AHEAD;
        if self.window.is_empty() {
            self.window = vec![NO_PAGE; WINDOW_PAGES];
        } else if base == self.base {
            return;
        }
        let window = std::mem::replace(&mut self.base, base);
        let mut moved = Vec::new();
        for (index, page) in self.window.iter_mut().enumerate() {
            if *page != NO_PAGE {
                moved.push((window + i64::try_from(index).unwrap_or(0), std::mem::replace(page, NO_PAGE)));
            }
        }
        self.summary = [0; WINDOW_PAGES / 64];
        let end = base + i64::try_from(WINDOW_PAGES).unwrap_or(0);
        while let Some((&page_no, &page)) = self.far.range(base..end).next() {
            self.far.remove(&page_no);
            moved.push((page_no, page));
        }
        self.far_first = self.far.keys().next().copied().unwrap_or(NO_KEY);
        for (page_no, page) in moved {
            self.put_page(page_no, page);
        }
    }

    fn put_page(&mut self, page_no: i64, page: PageId) {
        let index = self.window_index(page_no);
        if let Some(place) = self.window.get_mut(index) {
            *place = page;
            self.summary[index / 64] |= 1 << (index % 64);
        } else {
            self.far.insert(page_no, page);
            self.far_first = self.far_first.min(page_no);
        }
    }

    fn drop_page(&mut self, pages: &mut Pages, page_no: i64, page: PageId) {
        let index = self.window_index(page_no);
        if let Some(place) = self.window.get_mut(index) {
            *place = NO_PAGE;
            self.summary[index / 64] &= !(1 << (index % 64));
        } else {
            self.far.remove(&page_no);
            self.far_first = self.far.keys().next().copied().unwrap_or(NO_KEY);
        }
        pages.release(page);
    }
}

#[cfg(test)]
mod tests {
    use super::{FAR_USES_MAX, Ladder, Lookup, NO_KEY};
    use crate::pages::Pages;
    use crate::side::{Side, TICK_ABS_MAX};

    /// A key some windows away from zero.
    const FAR: i64 = 10_000_000;

    fn pair() -> (Ladder, Pages) {
        (Ladder::new(Side::Ask), Pages::default())
    }

    fn vacate(ladder: &mut Ladder, pages: &mut Pages, key: i64) {
        let level = ladder.find(key).unwrap();
        ladder.vacate(pages, level, key);
    }

    fn keys(ladder: &Ladder, pages: &Pages) -> Vec<i64> {
        let next = |key: i64| ladder.next_after(pages, key).map(|(key, _)| key);
        std::iter::successors(next(-(1 << 60)), |key| next(*key)).collect()
    }

    #[test]
    fn best_is_the_smallest_key_wherever_its_page_lies() {
        let (mut ladder, mut pages) = pair();
        for key in [0, FAR, -FAR, 63, 64, -1] {
            ladder.occupy(&mut pages, key);
        }

        assert_eq!(keys(&ladder, &pages), [-FAR, -1, 0, 63, 64, FAR]);
        for (key, next) in [(-FAR, -1), (-1, 0), (0, 63), (63, 64), (64, FAR), (FAR, NO_KEY)] {
            assert_eq!(ladder.best_key, key);
            vacate(&mut ladder, &mut pages, key);
            assert_eq!(ladder.best_key, next);
            ladder.check_lookup();
        }
        assert_eq!(ladder.pages_in_use(), 0);
    }

    #[test]
    fn a_window_that_lies_where_no_price_is_is_not_loaded() {
        let at = |base: i64| Lookup { base, far_uses: 0, is_laid: true };
        for base in [i64::MIN, -TICK_ABS_MAX - 1, TICK_ABS_MAX + 1, i64::MAX] {
            assert!(Ladder::rebuilt(Side::Ask, &at(base), &Pages::default()).is_none(), "base={base}");
        }
        for base in [-TICK_ABS_MAX, 0, TICK_ABS_MAX] {
            assert!(Ladder::rebuilt(Side::Ask, &at(base), &Pages::default()).is_some(), "base={base}");
        }
    }

    #[test]
    fn window_follows_the_touch_after_enough_far_uses() {
        let (mut ladder, mut pages) = pair();
        ladder.occupy(&mut pages, 0);
        ladder.occupy(&mut pages, -FAR);
        assert!(ladder.far.contains_key(&(-FAR >> 6)));

        for _ in 0..FAR_USES_MAX {
            ladder.occupy(&mut pages, -FAR + 1);
        }

        assert!(ladder.far.contains_key(&0), "the old window went to the map");
        assert!(!ladder.far.contains_key(&(-FAR >> 6)), "the touch is in the window");
        assert_eq!(keys(&ladder, &pages), [-FAR, -FAR + 1, 0]);
        ladder.check_lookup();
    }

    #[test]
    fn empty_side_lays_its_window_around_the_next_order() {
        let (mut ladder, mut pages) = pair();
        ladder.occupy(&mut pages, 0);
        vacate(&mut ladder, &mut pages, 0);

        ladder.occupy(&mut pages, FAR);

        assert!(ladder.far.is_empty());
        assert_eq!(ladder.find(0), None);
        assert_eq!(keys(&ladder, &pages), [FAR]);
    }

    #[test]
    fn emptied_page_is_used_again() {
        let (mut ladder, mut pages) = pair();
        for key in (0..100_000).step_by(64) {
            ladder.occupy(&mut pages, key);
            vacate(&mut ladder, &mut pages, key);
        }

        assert_eq!(pages.heads.len(), 1);
        assert_eq!(ladder.next_after(&pages, -1), None);
    }
}
