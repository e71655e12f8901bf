//! What only icebergs do: refresh the tip, trade through the reserve, change what is hidden or shown.

use crate::arena::{Arena, Cold};
use crate::book::Book;
use crate::level::DISPLAYED;
use crate::order::{Fill, Iceberg, Resting};
use crate::refill::varied_display;
use crate::{NONE, Slot};

impl Book {
    /// Takes `qty` lots from the whole of the order, reserve included, as in an auction (S-55): the tip first, then the
    /// reserve, and at most one refill.
    ///
    /// # Panics
    /// Where the order does not rest, or `qty` is not in `1 ..= leaves`.
    pub fn fill_leaves(&mut self, arena: &mut Arena, slot: Slot, qty: i64) -> Fill {
        let node = arena.node(slot);
        assert!(node.is_linked(), "filled while not resting: slot={slot}");
        if !node.is_iceberg() {
            return self.fill(arena, slot, qty);
        }
        let leaves = arena.leaves(slot);
        assert!(qty > 0 && qty <= leaves, "fill out of range: slot={slot} qty={qty} leaves={leaves}");
        self.fill_iceberg(arena, slot, qty)
    }

    /// Adds `by` lots to the reserve of an iceberg, priority kept.
    ///
    /// # Panics
    /// Where the order is no resting iceberg, or `by` is not positive.
    pub fn grow_hidden(&mut self, arena: &mut Arena, slot: Slot, by: i64) {
        let node = *arena.node(slot);
        assert!(node.is_iceberg(), "grown while no iceberg: slot={slot}");
        assert!(by > 0, "grow by nothing: slot={slot} by={by}");
        arena.cold_mut(node.owner).hidden += by;
        debug_assert!(node.level_index() < self.pages.levels.len(), "INV-4: level of another book: slot={slot}");
    }

    /// Sets the display size of an iceberg, priority kept: at the next refresh, at once only where the tip is larger.
    ///
    /// # Panics
    /// Where the order is no resting iceberg, or `display_size` is below one lot.
    pub fn set_display(&mut self, arena: &mut Arena, slot: Slot, display_size: i64) {
        let node = *arena.node(slot);
        assert!(node.is_iceberg(), "display set while no iceberg: slot={slot}");
        assert!(display_size >= 1, "display below one lot: slot={slot} display_size={display_size}");
        let tip = node.qty.min(display_size);
        let cold = arena.cold_mut(node.owner);
        cold.rule.display_size = display_size;
        cold.hidden += node.qty - tip;
        self.show(arena, slot, tip);
    }

    #[cold]
    pub(crate) fn fill_iceberg(&mut self, arena: &mut Arena, slot: Slot, qty: i64) -> Fill {
        let node = *arena.node(slot);
        let Cold { hidden, rule, .. } = *arena.cold_of(&node);
        let from_tip = qty.min(node.qty);
        let tip = node.qty - from_tip;
        let hidden = hidden - (qty - from_tip);
        if tip + hidden == 0 {
            self.unlink(arena, slot);
            return Fill::Done;
        }
        if hidden == 0 || tip > rule.threshold {
            arena.cold_mut(node.owner).hidden = hidden;
            self.show(arena, slot, tip);
            return Fill::Partial;
        }
        self.refresh(arena, slot, tip + hidden)
    }

    /// Shows a new tip out of `leaves` lots and moves the order to the back of its queue (S-51).
    fn refresh(&mut self, arena: &mut Arena, slot: Slot, leaves: i64) -> Fill {
        let node = *arena.node(slot);
        let cold = arena.cold_mut(node.owner);
        let Iceberg { display_size, variance_bps, seed, refills, .. } = cold.rule;
        let tip = varied_display(seed, node.order_id, refills, display_size, variance_bps).min(leaves);
        cold.hidden = leaves - tip;
        cold.rule.refills += 1;
        let level = &mut self.pages.levels[node.level_index()];
        level.unlink(arena, slot);
        let prev = level.push_back(arena, slot, DISPLAYED, tip);
        let refreshed = arena.node_mut(slot);
        refreshed.qty = tip;
        refreshed.prev = prev;
        refreshed.next = NONE;
        Fill::Refilled { tip, hidden: leaves - tip }
    }
}

/// The cold record of an iceberg that comes to rest.
pub(crate) fn cold(order: &Resting, rule: Iceberg, tip: i64) -> Cold {
    let Resting { order_id, owner, leaves, .. } = *order;
    assert!(rule.display_size >= 1, "display below one lot: order_id={order_id} display_size={}", rule.display_size);
    assert!(rule.threshold >= 0, "negative threshold: order_id={order_id} threshold={}", rule.threshold);
    assert!(rule.variance_bps <= 10_000, "variance above 100 %: order_id={order_id} bps={}", rule.variance_bps);
    assert!(tip >= 1 && tip <= leaves, "tip out of range: order_id={order_id} tip={tip} leaves={leaves}");
    Cold { hidden: leaves - tip, rule, owner }
}
