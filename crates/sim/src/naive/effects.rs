//! What the orders of a group do to each other.

use model::{Activation, Cause, EndReason, EventKind, Events, GroupId, GroupMode, OrderId, OrderReleased, Qty};

use super::checks::{Checks, Refusal};
use super::{Member, NaiveExchange, Order, Place};

/// How an order ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// By its trade.
    Filled,
    /// By cancellation.
    Canceled(EndReason),
    /// By expiry.
    Expired(EndReason),
    /// It was refused when it should have worked.
    Refused,
}

/// What a member of a group has caused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It traded so much.
    Filled { member: Member, qty: i64 },
    /// The entry is over, after so much was filled.
    EntryEnded { group: GroupId, cum: i64, has_expired: bool },
    /// Another order ended in a way that ends the group.
    LegEnded { member: Member, has_expired: bool },
    /// An amend gave it a quantity; so much remained.
    Amended { member: Member, leaves: i64 },
}

impl Effect {
    fn group(self) -> GroupId {
        match self {
            Effect::Filled { member, .. } | Effect::LegEnded { member, .. } | Effect::Amended { member, .. } => {
                member.group
            }
            Effect::EntryEnded { group, .. } => group,
        }
    }
}

impl NaiveExchange {
    /// A member has traded. Fills that wait together are one.
    pub(super) fn member_trades(&mut self, id: OrderId, qty: i64) {
        let Some(of) = self.order(id).member else { return };
        for effect in &mut self.effects {
            if let Effect::Filled { member, qty: sum } = effect
                && *member == of
            {
                *sum += qty;
                return;
            }
        }
        self.effects.push(Effect::Filled { member: of, qty });
    }

    /// A member has ended: it is no longer in the group.
    pub(super) fn member_ends(&mut self, id: OrderId, ended: Ended) {
        let order = self.order(id);
        let (cum, Some(member)) = (order.cum, order.member) else { return };
        let group = self.group_mut(member.group);
        group.legs[member.leg].order = None;
        let effect = if group.is_entry(member.leg) {
            let has_expired = matches!(ended, Ended::Expired(_));
            Some(Effect::EntryEnded { group: member.group, cum, has_expired })
        } else {
            match ended {
                Ended::Canceled(
                    EndReason::User | EndReason::Mass | EndReason::Kill | EndReason::Disconnect | EndReason::DeadMan,
                ) => Some(Effect::LegEnded { member, has_expired: false }),
                Ended::Expired(EndReason::Gtd | EndReason::Day) => Some(Effect::LegEnded { member, has_expired: true }),
                Ended::Filled | Ended::Canceled(_) | Ended::Expired(_) | Ended::Refused => None,
            }
        };
        self.effects.extend(effect);
    }

    /// An amend gave a quantity to an exit.
    pub(super) fn member_is_amended(&mut self, id: OrderId) {
        let order = self.order(id);
        let (leaves, Some(member)) = (order.leaves, order.member) else { return };
        if self.group(member.group).is_exit(member.leg) {
            self.effects.push(Effect::Amended { member, leaves });
        }
    }

    /// everything that waits, each at its turn.
    pub(super) fn take_effects(&mut self, out: &mut Events) {
        while let Some(first) = self.effects.first() {
            let group = first.group();
            let entry = Member { group, leg: 0 };
            let is_entry = self.group(group).is_entry(0);
            let is_its_fill = |effect: &Effect| matches!(effect, Effect::Filled { member, .. } if *member == entry);
            let next = self.effects.iter().position(is_its_fill).filter(|_| is_entry).unwrap_or(0);
            let effect = self.effects.remove(next);
            self.take_effect(effect, out);
        }
    }

    fn take_effect(&mut self, effect: Effect, out: &mut Events) {
        match effect {
            Effect::Filled { member, qty } => self.filled(member, qty, out),
            Effect::EntryEnded { group, cum, has_expired } => self.entry_ended(group, cum, has_expired, out),
            Effect::LegEnded { member, has_expired } => {
                let group = self.group(member.group);
                for id in group.sibling(member.leg).into_iter().chain(group.entry()) {
                    self.end_by_group(id, has_expired, out);
                }
            }
            Effect::Amended { member, leaves } => {
                let Some(sibling) = self.group(member.group).sibling(member.leg) else { return };
                let change = leaves - self.order(sibling).leaves;
                if change < 0 {
                    self.lose(sibling, -change, out);
                } else if change > 0 {
                    self.release(sibling, change, out);
                }
            }
        }
    }

    fn filled(&mut self, member: Member, qty: i64, out: &mut Events) {
        let group = self.group(member.group);
        if group.is_entry(member.leg) {
            if group.activation == Activation::Partial {
                self.release_all(member.group, qty, out);
            }
            return;
        }
        if !group.is_exit(member.leg) {
            return;
        }
        let (entry, sibling, mode) = (group.entry(), group.sibling(member.leg), group.mode);
        if let Some(entry) = entry {
            self.end_by_group(entry, false, out);
        }
        match (sibling, mode) {
            (None, _) => {}
            (Some(sibling), GroupMode::CancelOnFirstFill) => self.end_by_group(sibling, false, out),
            (Some(sibling), GroupMode::Reduce | GroupMode::CancelOnTrigger) => self.lose(sibling, qty, out),
        }
    }

    fn entry_ended(&mut self, id: GroupId, cum: i64, has_expired: bool, out: &mut Events) {
        if cum == 0 {
            for order in self.group(id).open_orders() {
                self.end_by_group(order, has_expired, out);
            }
        } else if self.group(id).activation == Activation::Full {
            self.release_all(id, cum, out);
        }
        for leg in &mut self.group_mut(id).legs {
            leg.unreleased = 0;
        }
        for order in self.group(id).open_orders() {
            self.update_reserve(order);
        }
    }

    /// Each order behind the entry, by leg.
    fn release_all(&mut self, id: GroupId, qty: i64, out: &mut Events) {
        for leg in 1..self.group(id).legs.len() {
            if let Some(order) = self.group(id).legs[leg].order {
                self.release(order, qty, out);
            }
        }
    }

    fn end_by_group(&mut self, id: OrderId, has_expired: bool, out: &mut Events) {
        if has_expired {
            self.expire_order(id, EndReason::Group, out);
        } else {
            self.cancel_order(id, EndReason::Group, out);
        }
    }

    /// The other exit has taken so much.
    fn lose(&mut self, id: OrderId, qty: i64, out: &mut Events) {
        let left = self.order(id).leaves - qty;
        if left <= 0 {
            self.cancel_order(id, EndReason::Group, out);
        } else {
            self.restate(id, left, EndReason::Group, out);
        }
    }

    /// whether its trigger begins something that ends others, and which those are.
    pub(super) fn ended_by(&self, order: &Order) -> Option<Vec<OrderId>> {
        let member = order.member?;
        let group = self.group(member.group);
        let is_behind_entry = member.leg > 0 && group.entry_side.is_some_and(|side| side != order.side);
        let begins = group.is_exit(member.leg) || is_behind_entry;
        begins.then(|| group.entry().into_iter().chain(group.sibling(member.leg)).collect())
    }

    /// R-126, the trigger of an order that ends others: the entry and the sibling end, and nothing more is released.
    pub(super) fn begin_exit(&mut self, id: OrderId, out: &mut Events) {
        let order = self.order(id);
        let (Some(member), Some(others)) = (order.member, self.ended_by(order)) else { return };
        self.with_cause(Cause::Group, out, |this, out| {
            for other in others {
                this.end_by_group(other, false, out);
            }
        });
        for leg in &mut self.group_mut(member.group).legs {
            leg.unreleased = 0;
        }
        self.update_reserve(id);
    }

    /// in this mode the exit begins when it fires.
    pub(super) fn exit_has_fired(&mut self, id: OrderId, out: &mut Events) {
        let Some(member) = self.order(id).member else { return };
        if self.group(member.group).mode == GroupMode::CancelOnTrigger {
            self.begin_exit(id, out);
        }
    }

    ///
    fn release(&mut self, id: OrderId, qty: i64, out: &mut Events) {
        let held_before = self.held_for(id);
        if let Some(member) = self.order(id).member {
            let leg = &mut self.group_mut(member.group).legs[member.leg];
            leg.unreleased = (leg.unreleased - qty).max(0);
        }
        let order = self.order_mut(id);
        let first = order.place == Place::Held;
        if first {
            (order.order_qty, order.leaves) = (qty, qty);
        } else {
            order.order_qty += qty;
            order.leaves += qty;
        }
        match order.place {
            Place::Held if order.trigger.is_some() => order.place = Place::Armed,
            Place::Armed | Place::Fired => {}
            Place::Held | Place::Book(_) | Place::Incoming | Place::AuctionQueue | Place::Parked => {
                (order.place, order.tip) = (Place::Incoming, 0);
            }
        }
        out.push(EventKind::OrderReleased(OrderReleased {
            order_id: id,
            account: order.account,
            instrument: order.instrument,
            order_qty: Qty(order.order_qty),
            leaves_qty: Qty(order.leaves),
        }));
        if let Err(refusal) = self.check_increase(id, held_before) {
            self.refuse(id, refusal, out);
            return;
        }
        self.update_reserve(id);
        match self.order(id).place {
            Place::Armed if first => {
                self.arm(id, out);
                self.fire_if_crossed(id, out);
            }
            Place::Incoming => self.start_released(id, out),
            Place::Armed | Place::Fired | Place::Book(_) | Place::AuctionQueue | Place::Parked | Place::Held => {}
        }
    }

    /// 503 for an order that has grown.
    fn check_increase(&self, id: OrderId, held_before: i128) -> Result<(), Refusal> {
        let order = self.order(id);
        let increase = self.needed_for(order) - held_before;
        let mut checks = Checks::default();
        self.check_funds(order.account, self.reserve_asset(order), increase, &mut checks);
        checks.result()
    }
}
