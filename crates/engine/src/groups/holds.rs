//! What is reserved for orders of a group: of two exits the larger hold, never both (rule R-124).

use book::Slot;
use model::Side;

use crate::groups::store::{Group, Member};
use crate::market::Market;
use crate::record::Record;
use crate::shared::Shared;

impl Shared {
    /// What is reserved for an order of a cash account, for it and its sibling where it is one of two exits.
    #[inline]
    pub(crate) fn held(&self, market: &Market, slot: Slot) -> i128 {
        self.held_as(market, slot, self.records.get(slot))
    }

    /// The same, were the order in `slot` what `record` says.
    #[inline]
    pub(crate) fn held_as(&self, market: &Market, slot: Slot, record: &Record) -> i128 {
        if record.is_grouped() { self.held_by_pair(market, slot, record) } else { Shared::hold_of(market, record) }
    }

    /// How much more is reserved once the order in `slot` is what `record` says; negative: less.
    pub(crate) fn hold_increase(&self, market: &Market, slot: Slot, record: &Record) -> i128 {
        self.held_as(market, slot, record) - self.held(market, slot)
    }

    #[cold]
    fn held_by_pair(&self, market: &Market, slot: Slot, record: &Record) -> i128 {
        let Member { group, place } = self.groups.member(slot);
        self.pair_hold(market, self.groups.get(group), place, record)
    }

    /// What is reserved for the order at `place` of a group and its sibling, were that order what `record` says.
    pub(crate) fn pair_hold(&self, market: &Market, group: &Group, place: usize, record: &Record) -> i128 {
        let own = leg_hold(market, group, place, record);
        match group.sibling(place) {
            Some(sibling) => own.max(self.leg_held(market, group, sibling)),
            None => own,
        }
    }

    /// What is reserved for an order once its owner has made it what `record` says: a new quantity of an exit is its
    /// sibling's too.
    pub(crate) fn held_once_amended(&self, market: &Market, slot: Slot, record: &Record, resized: bool) -> i128 {
        if !record.is_grouped() {
            return Shared::hold_of(market, record);
        }
        let Member { group, place } = self.groups.member(slot);
        let group = self.groups.get(group);
        let own = leg_hold(market, group, place, record);
        let Some(sibling) = group.sibling(place) else { return own };
        let Some(slot) = group.legs[sibling].slot else { return own };
        let mut follows = self.records.get(slot).clone();
        if resized {
            follows.order_qty += record.leaves() - follows.leaves();
        }
        own.max(leg_hold(market, group, sibling, &follows))
    }

    /// What is reserved for an order, where its sibling does not stand for both.
    pub(crate) fn held_of_its_own(&self, market: &Market, slot: Slot) -> i128 {
        if self.records.get(slot).is_grouped() {
            let Member { group, place } = self.groups.member(slot);
            let group = self.groups.get(group);
            let first = group.sibling(place).filter(|sibling| *sibling < place);
            if first.is_some_and(|sibling| group.legs[sibling].slot.is_some()) {
                return 0;
            }
        }
        self.held(market, slot)
    }

    /// What the order at `place` holds by itself; 0 once it has ended.
    fn leg_held(&self, market: &Market, group: &Group, place: usize) -> i128 {
        group.legs[place].slot.map_or(0, |slot| leg_hold(market, group, place, self.records.get(slot)))
    }

    /// Changes an order of a group and reserves what it and its sibling ask for then.
    #[cold]
    pub(crate) fn update_leg<T>(&mut self, market: &Market, slot: Slot, change: impl FnOnce(&mut Record) -> T) -> T {
        let before = self.held(market, slot);
        let result = change(self.records.get_mut(slot));
        let after = self.held(market, slot);
        let record = self.records.get(slot);
        self.accounts.reserve(record.account, market.paid_in(record.side()), after - before);
        result
    }

    /// An order of a group has ended: only its sibling holds anything from now on.
    #[cold]
    pub(crate) fn leave_group(&mut self, market: &Market, slot: Slot) {
        let before = self.held(market, slot);
        let (account, side, cum) = {
            let record = self.records.get(slot);
            (record.account, record.side(), record.cum_qty)
        };
        let Member { group, place } = self.groups.member(slot);
        self.groups.leave(slot, cum);
        let group = self.groups.get(group);
        let after = group.sibling(place).map_or(0, |sibling| self.leg_held(market, group, sibling));
        self.accounts.reserve(account, market.paid_in(side), after - before);
    }

    /// What an entry has not released can no longer be: it is no longer held.
    pub(crate) fn drop_unreleased(&mut self, market: &Market, group: u64) {
        let open: Vec<(usize, Slot)> = self.groups.get(group).open().collect();
        for (place, slot) in open {
            if self.groups.get(group).legs[place].unreleased > 0 {
                self.change_leg(market, slot, |shared| shared.groups.get_mut(group).legs[place].unreleased = 0);
            }
        }
        self.groups.get_mut(group).legs.iter_mut().for_each(|leg| leg.unreleased = 0);
    }

    /// Changes what a group says of an order and reserves what it asks for then.
    pub(crate) fn change_leg(&mut self, market: &Market, slot: Slot, change: impl FnOnce(&mut Shared)) {
        let (before, worked) = (self.held(market, slot), self.records.get(slot).working());
        change(self);
        let after = self.held(market, slot);
        let record = self.records.get(slot);
        let (account, side, working) = (record.account, record.side(), record.working());
        self.accounts.reserve(account, market.paid_in(side), after - before);
        if self.accounts.get(account).standing.is_guarded() {
            self.expose((account, side), market, working - worked);
        }
    }
}

/// What an order of a group holds by itself. What sells what the entry buys has nothing to hold before it is released;
/// any other holds from the start what it will need.
fn leg_hold(market: &Market, group: &Group, place: usize, record: &Record) -> i128 {
    let leg = &group.legs[place];
    let sells_the_bought = group.has_entry() && place > 0 && group.side == Side::Buy && record.side() == Side::Sell;
    match (sells_the_bought, leg.held) {
        (true, true) => 0,
        (true, false) | (false, true) => Shared::hold_of(market, record),
        (false, false) => Shared::hold_of_lots(market, record, record.leaves() + leg.unreleased),
    }
}
