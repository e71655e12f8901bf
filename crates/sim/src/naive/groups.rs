//! Groups: who belongs to whom, and what is reserved for them together.

use model::{
    AccountId, Activation, CancelGroup, EndReason, EventKind, Events, GroupId, GroupKind, GroupMode, OrderId,
    RejectReason, Side,
};

use super::risk::Message;
use super::{NaiveExchange, Order, Place};

/// One leg of a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leg {
    /// Its order, until it has ended or left the group.
    pub order: Option<OrderId>,
    /// What the entry has not released yet.
    pub unreleased: i64,
}

/// A group with at least two open orders at the end of each command.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub account: AccountId,
    pub kind: GroupKind,
    pub mode: GroupMode,
    pub activation: Activation,
    /// Where there is an entry.
    pub entry_side: Option<Side>,
    pub legs: Vec<Leg>,
}

impl Group {
    /// The order whose fills release the others, while it is open.
    pub fn entry(&self) -> Option<OrderId> {
        if self.kind == GroupKind::Oco { None } else { self.legs[0].order }
    }

    /// Whether a leg is the entry.
    pub fn is_entry(&self, leg: usize) -> bool {
        self.kind != GroupKind::Oco && leg == 0
    }

    /// Whether a leg is one of two exits.
    pub fn is_exit(&self, leg: usize) -> bool {
        match self.kind {
            GroupKind::Oco => true,
            GroupKind::Oto => false,
            GroupKind::Otoco => leg > 0,
        }
    }

    /// The other exit, while it is open.
    pub fn sibling(&self, leg: usize) -> Option<OrderId> {
        let is_other = |other: usize| other != leg && self.is_exit(other) && self.is_exit(leg);
        let other = (0..self.legs.len()).find(|other| is_other(*other))?;
        self.legs[other].order
    }

    /// The open orders, by leg.
    pub fn open_orders(&self) -> Vec<OrderId> {
        self.legs.iter().filter_map(|leg| leg.order).collect()
    }
}

impl NaiveExchange {
    /// The groups with at least two open orders, and whose they are.
    pub fn open_groups(&self) -> impl Iterator<Item = (GroupId, AccountId)> {
        self.groups.iter().map(|(id, group)| (*id, group.account))
    }

    /// How many groups were accepted so far.
    pub fn groups_given(&self) -> u64 {
        self.next_group - 1
    }

    pub(super) fn group(&self, id: GroupId) -> &Group {
        self.groups.get(&id).expect("groups live to the end of the command")
    }

    pub(super) fn group_mut(&mut self, id: GroupId) -> &mut Group {
        self.groups.get_mut(&id).expect("groups live to the end of the command")
    }

    /// The other exit of an order's group, while both are open.
    pub(super) fn sibling(&self, id: OrderId) -> Option<OrderId> {
        let member = self.orders.get(&id)?.member?;
        self.group(member.group).sibling(member.leg)
    }

    /// what an order holds by itself. What a buy entry has not bought yet cannot be reserved for its exits.
    pub(super) fn hold_of(&self, order: &Order) -> i128 {
        let Some(member) = order.member else { return self.reserve_of(order) };
        let group = self.group(member.group);
        let unreleased = group.legs[member.leg].unreleased;
        let is_sell_of_buy = order.side == Side::Sell && group.entry_side == Some(Side::Buy) && member.leg > 0;
        let is_held = order.place == Place::Held;
        match (is_sell_of_buy, is_held) {
            (true, true) => 0,
            (true, false) | (false, true) => self.reserve_of(order),
            (false, false) => self.reserve_of(&Order { leaves: order.leaves + unreleased, ..order.clone() }),
        }
    }

    /// what must be reserved for an order, or for it and its sibling together.
    pub(super) fn needed_for(&self, order: &Order) -> i128 {
        let own = self.hold_of(order);
        self.sibling(order.id).map_or(own, |sibling| own.max(self.hold_of(self.order(sibling))))
    }

    /// What is reserved for an order, or for it and its sibling together.
    pub(super) fn held_for(&self, id: OrderId) -> i128 {
        let own = self.order(id).reserved;
        own + self.sibling(id).map_or(0, |sibling| self.order(sibling).reserved)
    }

    /// an order leaves its group before it ends, so that the others stay. An entry's end counts all the same.
    pub(super) fn unlink(&mut self, id: OrderId) {
        let Some(member) = self.order(id).member else { return };
        let is_entry = self.group(member.group).entry() == Some(id);
        if !is_entry {
            self.leave_group(id);
        }
    }

    fn leave_group(&mut self, id: OrderId) {
        let sibling = self.sibling(id);
        if let Some(member) = self.order_mut(id).member.take() {
            self.group_mut(member.group).legs[member.leg].order = None;
        }
        self.update_reserve(id);
        if let Some(sibling) = sibling {
            self.update_reserve(sibling);
        }
    }

    ///
    pub(super) fn cancel_group(&mut self, request: CancelGroup, out: &mut Events) {
        let CancelGroup { account, group } = request;
        let found = self.groups.get(&group).map(|found| found.account);
        let was_given = (1..self.next_group).contains(&group.0);
        let reason = if self.customer(account).is_none() {
            Some(RejectReason::UnknownAccount)
        } else if let Err(refusal) = self.take_message(account, Message::Cancel) {
            Some(refusal.reason)
        } else if !was_given || found.is_some_and(|owner| owner != account) {
            Some(RejectReason::UnknownGroup)
        } else if found.is_none() {
            Some(RejectReason::GroupFinished)
        } else {
            None
        };
        if let Some(reason) = reason {
            out.push(EventKind::CancelRejected { account, reason });
            return;
        }
        for id in self.group(group).open_orders() {
            self.leave_group(id);
            self.cancel_order(id, EndReason::User, out);
        }
    }

    /// Groups with fewer than two open orders are over.
    pub(super) fn forget_finished_groups(&mut self) {
        let finished = self.groups.iter().filter(|(_, group)| group.open_orders().len() < 2);
        let finished: Vec<GroupId> = finished.map(|(id, _)| *id).collect();
        for id in finished {
            for order in self.group(id).open_orders() {
                self.order_mut(order).member = None;
            }
            self.groups.remove(&id);
        }
    }
}
