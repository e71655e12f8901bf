//! One price-time order book: the operations the engine calls.

use crate::arena::{Arena, HIDDEN, ICEBERG, Node};
use crate::iceberg::cold;
use crate::ladder::{Ladder, NO_KEY};
use crate::level::{queue_of, shown};
use crate::order::{Display, Fill, LevelView, Maker, Resting};
use crate::pages::{PAGE_BITS, Pages};
use crate::side::{Side, TICK_ABS_MAX};
use crate::{NONE, Slot};

/// The resting orders of one instrument. The orders themselves live in an [`Arena`], which every call is given.
#[derive(Debug)]
pub struct Book {
    pub(crate) ladders: [Ladder; 2],
    pub(crate) pages: Pages,
}

impl Default for Book {
    fn default() -> Self {
        Self::new()
    }
}

impl Book {
    /// An empty book; it holds no memory beside itself until the first order.
    pub fn new() -> Self {
        Self { ladders: [Ladder::new(Side::Bid), Ladder::new(Side::Ask)], pages: Pages::default() }
    }

    /// Best price in ticks, hidden orders included.
    #[inline]
    pub fn best(&self, side: Side) -> Option<i64> {
        let key = self.ladder(side).best_key;
        (key != NO_KEY).then(|| side.tick(key))
    }

    /// No order rests on `side`.
    #[inline]
    pub fn is_empty(&self, side: Side) -> bool {
        self.ladder(side).best_key == NO_KEY
    }

    /// The order that trades next on `side`.
    #[inline]
    pub fn front(&self, arena: &Arena, side: Side) -> Option<Maker> {
        let ladder = self.ladder(side);
        if ladder.best_key == NO_KEY {
            return None;
        }
        let slot = self.pages.levels[ladder.best_level].front();
        Some(maker(arena, slot, side.tick(ladder.best_key)))
    }

    /// The order that trades next on `side` if its price is `limit` ticks or better for the taker.
    #[inline]
    pub fn front_within(&self, arena: &Arena, side: Side, limit: i64) -> Option<Maker> {
        if self.reaches(side, limit) { self.front(arena, side) } else { None }
    }

    /// The best price on `side` is `limit` ticks or better for a taker: a taker with that limit would trade.
    #[inline]
    pub fn reaches(&self, side: Side, limit: i64) -> bool {
        self.ladder(side).best_key <= side.key(limit)
    }

    /// Rests the order at the back of its queue and returns the lots tradable there.
    ///
    /// # Panics
    /// Where the slot already rests, or a quantity or the price is out of its range.
    #[inline]
    pub fn insert(&mut self, arena: &mut Arena, slot: Slot, side: Side, tick: i64, order: &Resting) -> i64 {
        let tip = match order.display {
            Display::All | Display::Hidden => order.leaves,
            Display::Iceberg(rule) => rule.display_size.min(order.leaves),
        };
        self.restore(arena, slot, side, tick, order, tip);
        tip
    }

    /// As [`Book::insert`], with `tip` lots of an iceberg showing: for loading a snapshot, in priority order.
    ///
    /// # Panics
    /// As [`Book::insert`], and where `tip` is not in `1 ..= leaves`, or not `leaves` for an order without a reserve.
    #[inline]
    pub fn restore(&mut self, arena: &mut Arena, slot: Slot, side: Side, tick: i64, order: &Resting, tip: i64) {
        let Resting { order_id, owner, leaves, display } = *order;
        if arena.node(slot).is_linked() || leaves <= 0 || tick.unsigned_abs() > TICK_ABS_MAX.unsigned_abs() {
            cannot_rest(slot, tick, order);
        }
        let (owner, flags) = match display {
            Display::All => (owner, 0),
            Display::Hidden => (owner, HIDDEN),
            Display::Iceberg(rule) => (arena.cold_alloc(cold(order, rule, tip)), ICEBERG),
        };
        if flags != ICEBERG && tip != leaves {
            cannot_show(tip, order);
        }
        let level = self.ladders[side.index()].occupy(&mut self.pages, side.key(tick));
        let prev = self.pages.levels[level].push_back(arena, slot, queue_of(flags), tip);
        let level = u32::try_from(level).unwrap_or(NONE) | flags;
        *arena.node_mut(slot) = Node { order_id, qty: tip, next: NONE, prev, level, owner };
    }

    /// Takes `qty` lots from the order, wherever it stands.
    ///
    /// # Panics
    /// Where the order does not rest, or `qty` is not in `1 ..= tip`.
    #[inline]
    pub fn fill(&mut self, arena: &mut Arena, slot: Slot, qty: i64) -> Fill {
        let node = arena.node_mut(slot);
        if !node.is_linked() || qty <= 0 || qty > node.qty {
            cannot_fill(slot, qty, node);
        }
        if node.is_iceberg() {
            return self.fill_iceberg(arena, slot, qty);
        }
        if qty == node.qty {
            self.unlink(arena, slot);
            return Fill::Done;
        }
        node.qty -= qty;
        let shown = shown(queue_of(node.level), qty);
        self.pages.levels[node.level_index()].displayed -= shown;
        Fill::Partial
    }

    /// Takes the order out of the book and returns the lots it had left. The slot is still the caller's to free.
    ///
    /// # Panics
    /// Where the order does not rest.
    #[inline]
    pub fn remove(&mut self, arena: &mut Arena, slot: Slot) -> i64 {
        let node = arena.node(slot);
        if !node.is_linked() {
            not_resting(slot);
        }
        let hidden = if node.is_iceberg() { arena.cold_of(node).hidden } else { 0 };
        self.unlink(arena, slot) + hidden
    }

    /// Lowers what is left to `new_leaves`, priority kept: the reserve shrinks first, then the tip.
    ///
    /// # Panics
    /// Where the order does not rest, or `new_leaves` is not in `1 ..= leaves`.
    pub fn reduce(&mut self, arena: &mut Arena, slot: Slot, new_leaves: i64) {
        let node = *arena.node(slot);
        assert!(node.is_linked(), "reduced while not resting: slot={slot}");
        let leaves = arena.leaves(slot);
        assert!(
            new_leaves > 0 && new_leaves <= leaves,
            "reduce out of range: slot={slot} to={new_leaves} from={leaves}"
        );
        let tip = node.qty.min(new_leaves);
        if node.is_iceberg() {
            arena.cold_mut(node.owner).hidden = new_leaves - tip;
        }
        self.show(arena, slot, tip);
    }

    /// Price in ticks of the next occupied level that is worse than `after`, which need not be occupied itself.
    pub fn next_tick(&self, side: Side, after: i64) -> Option<i64> {
        let after = after.clamp(-TICK_ABS_MAX - 1, TICK_ABS_MAX + 1);
        let (key, _) = self.ladder(side).next_after(&self.pages, side.key(after))?;
        Some(side.tick(key))
    }

    /// Sums at a price; `None` where nothing rests.
    pub fn level(&self, side: Side, tick: i64) -> Option<LevelView> {
        let level = &self.pages.levels[self.ladder(side).find(side.key(tick))?];
        (!level.is_empty()).then(|| level.view())
    }

    /// Lots displayed at a price, 0 where none are.
    pub fn volume_at(&self, side: Side, tick: i64) -> i64 {
        self.level(side, tick).map_or(0, |view| view.displayed)
    }

    /// Side and price in ticks of a resting order.
    ///
    /// # Panics
    /// Where the order does not rest.
    #[inline]
    pub fn side_of(&self, arena: &Arena, slot: Slot) -> (Side, i64) {
        let node = arena.node(slot);
        assert!(node.is_linked(), "located while not resting: slot={slot}");
        let (side, key) = self.pages.side_and_key(node.level_index());
        (side, side.tick(key))
    }

    /// Memory held, the struct included, in bytes.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.pages.bytes() + self.ladders.iter().map(Ladder::bytes).sum::<usize>()
    }

    #[inline]
    pub(crate) const fn ladder(&self, side: Side) -> &Ladder {
        &self.ladders[side.index()]
    }

    /// Unlinks the order, vacates its level if it was the last, and returns the lots that were tradable.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "a call costs as much as the work, in the two hottest paths")]
    pub(crate) fn unlink(&mut self, arena: &mut Arena, slot: Slot) -> i64 {
        let index = arena.node(slot).level_index();
        let level = &mut self.pages.levels[index];
        let qty = level.unlink(arena, slot);
        let is_empty = level.is_empty();
        arena.detach(slot);
        if is_empty {
            let (side, key) = self.pages.side_and_key(index);
            self.ladders[side.index()].vacate(&mut self.pages, index, key);
        }
        qty
    }

    /// Sets the tradable lots of a linked order, priority kept.
    pub(crate) fn show(&mut self, arena: &mut Arena, slot: Slot, tip: i64) {
        let node = arena.node_mut(slot);
        let change = tip - std::mem::replace(&mut node.qty, tip);
        self.pages.levels[node.level_index()].displayed += shown(queue_of(node.level), change);
    }
}

// The broken contracts, out of line: a message formatted in place costs the hot paths registers.

#[cold]
#[inline(never)]
fn cannot_rest(slot: Slot, tick: i64, order: &Resting) -> ! {
    let Resting { order_id, leaves, .. } = *order;
    panic!(
        "order cannot rest: already resting, nothing left or price out of range: slot={slot} order_id={order_id} tick={tick} leaves={leaves}"
    );
}

#[cold]
#[inline(never)]
fn cannot_show(tip: i64, order: &Resting) -> ! {
    panic!("tip without a reserve: order_id={} tip={tip} leaves={}", order.order_id, order.leaves);
}

#[cold]
#[inline(never)]
fn cannot_fill(slot: Slot, qty: i64, node: &Node) -> ! {
    panic!(
        "order cannot be filled: not resting or quantity out of range: slot={slot} order_id={} qty={qty} tip={}",
        node.order_id, node.qty
    );
}

#[cold]
#[inline(never)]
fn not_resting(slot: Slot) -> ! {
    panic!("order does not rest: slot={slot}");
}

/// The order in `slot` as seen by a taker at `tick`.
#[inline]
pub(crate) fn maker(arena: &Arena, slot: Slot, tick: i64) -> Maker {
    let node = arena.node(slot);
    Maker {
        slot,
        order_id: node.order_id,
        qty: node.qty,
        owner: arena.owner_of(node),
        hidden: node.level & HIDDEN != 0,
        tick,
    }
}

const _: () = assert!(size_of::<Book>() < 1_024, "an empty book costs less than a kilobyte");
const _: () = assert!(PAGE_BITS == 6, "one word marks the levels of a page");
