//! What must hold of groups after every command (INV-15: nothing of a group is left behind or forgotten).

use std::collections::BTreeSet;

use book::Slot;

use crate::groups::store::{Group, Member};
use crate::shared::Shared;

/// Checks them; `open` are all open orders.
///
/// # Panics
/// Where one does not hold; the message names it.
pub(crate) fn check(shared: &Shared, open: &[(u64, Slot)]) {
    assert!(shared.groups.effects_len() == 0, "INV-15: effects of a group were left for later");
    let members: BTreeSet<Slot> = shared.groups.members().map(|(slot, _)| slot).collect();
    for (order_id, slot) in open {
        let marked = shared.records.get(*slot).is_grouped();
        assert_eq!(marked, members.contains(slot), "INV-15: marked and in no group, or not: order_id={order_id}");
    }
    let mut legs = 0;
    for (id, group) in shared.groups.all() {
        assert!(group.open().count() >= 2, "INV-15: a finished group is kept: group={id}");
        assert!(!group.closed, "INV-15: a cancelled group is kept: group={id}");
        for (place, slot) in group.open() {
            legs += 1;
            assert_eq!(shared.groups.member(slot), Member { group: id, place }, "INV-15: another group's order");
            leg(shared, (id, group), place, slot);
        }
    }
    assert_eq!(legs, members.len(), "INV-15: a group knows fewer orders than know it");
}

fn leg(shared: &Shared, (id, group): (u64, &Group), place: usize, slot: Slot) {
    let (record, leg) = (shared.records.get(slot), group.legs[place]);
    assert!(record.is_grouped(), "INV-15: an ended order is kept: group={id} place={place}");
    assert_eq!(record.account, group.account, "INV-15: another account's order: group={id}");
    assert_eq!(record.instrument, group.instrument, "INV-15: another instrument's order: group={id}");
    let entry_open = group.open_entry().is_some();
    assert!(!leg.held || entry_open, "INV-15: held without an entry: group={id} place={place}");
    assert!(leg.unreleased == 0 || entry_open, "INV-15: held for an entry that is over: group={id}");
    if group.is_exit(place) && !leg.held {
        let most = group.exited + record.leaves();
        assert!(most <= group.quantity, "INV-15: exits could fill {most} of {}: group={id}", group.quantity);
    }
}
