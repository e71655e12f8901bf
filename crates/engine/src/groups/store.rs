//! Which orders belong together, and what happened to them whose effects on the others wait for their turn.

use model::image;
use std::collections::{BTreeMap, VecDeque};

use book::Slot;
use model::{AccountId, Activation, EndReason, GroupKind, GroupMode, Side};

/// Most orders of a group.
pub(crate) const LEGS_MAX: usize = 3;

/// One order of a group. Once it has ended it keeps what its effects need.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Leg {
    /// Where it is while it is open.
    pub(crate) slot: Option<Slot>,
    /// It waits for the entry's first fill.
    pub(crate) held: bool,
    /// Lots that the entry may still release.
    pub(crate) unreleased: i64,
    /// Its owner cancels it without the others.
    pub(crate) unlinked: bool,
    /// Fills whose effect waits for its turn.
    filled: i64,
    /// Why it is ending, where it is not filled.
    ending: Option<EndReason>,
}

/// Orders of one account in one instrument that depend on each other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    pub(crate) account: AccountId,
    pub(crate) instrument: u32,
    pub(crate) kind: GroupKind,
    pub(crate) mode: GroupMode,
    pub(crate) activation: Activation,
    /// The side of the first order.
    pub(crate) side: Side,
    pub(crate) legs: [Leg; LEGS_MAX],
    /// It is being cancelled as a whole: nothing has effects any more.
    pub(crate) closed: bool,
    /// Lots that its exits have filled together.
    pub(crate) exited: i64,
    /// Lots that its exits may fill together: of an OCO its quantity, of a bracket what the entry has filled.
    pub(crate) quantity: i64,
}

image!(Leg {
    slot: Option<Slot>,
    held: bool,
    unreleased: i64,
    unlinked: bool,
    filled: i64,
    ending: Option<EndReason>,
});
image!(Group {
    account: AccountId,
    instrument: u32,
    kind: GroupKind,
    mode: GroupMode,
    activation: Activation,
    side: Side,
    legs: [Leg; LEGS_MAX],
    closed: bool,
    exited: i64,
    quantity: i64,
});

impl Group {
    /// Whether the orders after the first wait for it.
    pub(crate) fn has_entry(&self) -> bool {
        self.kind != GroupKind::Oco
    }

    /// Whether the order at `place` is the entry.
    pub(crate) fn is_entry(&self, place: usize) -> bool {
        self.has_entry() && place == 0
    }

    /// The other exit, where the order at `place` is one.
    pub(crate) fn sibling(&self, place: usize) -> Option<usize> {
        match (self.kind, place) {
            (GroupKind::Oco, 1) => Some(0),
            (GroupKind::Otoco, 1) => Some(2),
            (GroupKind::Oco, _) | (GroupKind::Otoco, 2) => Some(1),
            (GroupKind::Oto | GroupKind::Otoco, _) => None,
        }
    }

    /// Whether the order at `place` closes a position together with its sibling.
    pub(crate) fn is_exit(&self, place: usize) -> bool {
        self.sibling(place).is_some()
    }

    /// The other exit, where it is open.
    pub(crate) fn open_sibling(&self, place: usize) -> Option<Slot> {
        self.sibling(place).and_then(|sibling| self.legs[sibling].slot)
    }

    /// The entry, where it is open.
    pub(crate) fn open_entry(&self) -> Option<Slot> {
        if self.has_entry() { self.legs[0].slot } else { None }
    }

    /// Its open orders, by leg.
    pub(crate) fn open(&self) -> impl Iterator<Item = (usize, Slot)> {
        let legs = self.legs;
        (0..LEGS_MAX).filter_map(move |place| Some((place, legs[place].slot?)))
    }
}

/// Where an order stands in its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) group: u64,
    pub(crate) place: usize,
}

/// What happened to an order of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happened {
    /// It was filled, by this much since the last time.
    Filled(i64),
    /// It ended after `cum` lots; `None` where it was filled or refused.
    Ended { cum: i64, reason: Option<EndReason> },
    /// Its owner set its quantity, which left this much.
    Amended(i64),
}

/// All groups with open orders.
#[derive(Debug)]
pub(crate) struct Groups {
    pub(crate) next: u64,
    open: BTreeMap<u64, Group>,
    members: BTreeMap<Slot, Member>,
    effects: VecDeque<(Member, Happened)>,
    /// Groups that lost an order in this command.
    shrunk: Vec<u64>,
}

image!(Member { group: u64, place: usize });
image!(enum Happened {
    Filled(by: i64) = 0,
    Ended { cum: i64, reason: Option<EndReason> } = 1,
    Amended(leaves: i64) = 2,
});
image!(Groups {
    next: u64,
    open: BTreeMap<u64, Group>,
    members: BTreeMap<Slot, Member>,
    effects: VecDeque<(Member, Happened)>,
    shrunk: Vec<u64>,
});

impl Groups {
    pub(crate) fn new() -> Self {
        Groups {
            next: 1,
            open: BTreeMap::new(),
            members: BTreeMap::new(),
            effects: VecDeque::new(),
            shrunk: Vec::new(),
        }
    }

    /// Takes in a group without orders and gives its id.
    pub(crate) fn found(&mut self, group: Group) -> u64 {
        let id = self.next;
        self.next += 1;
        self.open.insert(id, group);
        id
    }

    /// Lets an order join; the caller marks its record.
    pub(crate) fn join(&mut self, member: Member, slot: Slot) {
        self.get_mut(member.group).legs[member.place].slot = Some(slot);
        self.members.insert(slot, member);
    }

    /// A group, while it has open orders.
    pub(crate) fn find(&self, id: u64) -> Option<&Group> {
        self.open.get(&id)
    }

    /// A group that is known to be there: ids come from members and effects, which groups outlive.
    pub(crate) fn get(&self, id: u64) -> &Group {
        self.open.get(&id).expect("a group outlives its orders and their effects")
    }

    pub(crate) fn get_mut(&mut self, id: u64) -> &mut Group {
        self.open.get_mut(&id).expect("a group outlives its orders and their effects")
    }

    /// The place of an order that is marked as one of a group.
    pub(crate) fn member(&self, slot: Slot) -> Member {
        *self.members.get(&slot).expect("a marked order is in a group")
    }

    pub(crate) fn leg(&self, member: Member) -> &Leg {
        &self.get(member.group).legs[member.place]
    }

    pub(crate) fn leg_mut(&mut self, member: Member) -> &mut Leg {
        &mut self.get_mut(member.group).legs[member.place]
    }

    /// An order was filled. Fills that wait together have one effect.
    #[cold]
    pub(crate) fn filled(&mut self, slot: Slot, lots: i64) {
        let member = self.member(slot);
        let group = self.get_mut(member.group);
        if group.is_exit(member.place) {
            group.exited += lots;
        } else if group.is_entry(member.place) {
            group.quantity += lots;
        }
        let leg = &mut group.legs[member.place];
        leg.filled += lots;
        if leg.filled == lots {
            self.effects.push_back((member, Happened::Filled(0)));
        }
    }

    /// An order is about to end for a reason other than a fill.
    #[cold]
    pub(crate) fn ending(&mut self, slot: Slot, reason: EndReason) {
        let member = self.member(slot);
        self.leg_mut(member).ending = Some(reason);
    }

    /// The owner cancels an order without the others.
    pub(crate) fn unlink(&mut self, slot: Slot) {
        let member = self.member(slot);
        self.leg_mut(member).unlinked = true;
    }

    /// An order has ended: it is no longer in its group.
    pub(crate) fn leave(&mut self, slot: Slot, cum: i64) {
        let member = self.member(slot);
        self.members.remove(&slot);
        let leg = self.leg_mut(member);
        leg.slot = None;
        leg.held = false;
        let reason = leg.ending.take();
        self.effects.push_back((member, Happened::Ended { cum, reason }));
        self.shrunk.push(member.group);
    }

    /// The owner of an order set its quantity, which leaves `leaves`.
    pub(crate) fn amended(&mut self, slot: Slot, leaves: i64) {
        let member = self.member(slot);
        let group = self.get_mut(member.group);
        if group.is_exit(member.place) {
            group.quantity = group.exited + leaves;
            self.effects.push_back((member, Happened::Amended(leaves)));
        }
    }

    /// How much waits for its turn.
    #[inline]
    pub(crate) fn effects_len(&self) -> usize {
        self.effects.len()
    }

    /// The next thing that happened, in order; but a fill of its entry before anything else of a group.
    pub(crate) fn next_effect(&mut self) -> Option<(Member, Happened)> {
        let (front, _) = *self.effects.front()?;
        let entry = Member { place: 0, ..front };
        let group = self.get(front.group);
        let is_fill =
            |(member, happened): &(Member, Happened)| *member == entry && matches!(happened, Happened::Filled(_));
        let has_fill = group.has_entry() && group.legs[0].filled > 0;
        let at = if has_fill { self.effects.iter().position(is_fill)? } else { 0 };
        let (member, happened) = self.effects.remove(at)?;
        Some(match happened {
            Happened::Filled(_) => (member, Happened::Filled(core::mem::take(&mut self.leg_mut(member).filled))),
            Happened::Ended { .. } | Happened::Amended(_) => (member, happened),
        })
    }

    /// Forgets the groups that have fewer than two open orders left and gives those orders, which are on their own now.
    pub(crate) fn forget_finished(&mut self) -> Vec<Slot> {
        let mut alone = Vec::new();
        for id in core::mem::take(&mut self.shrunk) {
            let Some(group) = self.open.get(&id) else { continue };
            if group.open().count() >= 2 {
                continue;
            }
            for (_, slot) in group.open() {
                self.members.remove(&slot);
                alone.push(slot);
            }
            self.open.remove(&id);
        }
        alone
    }

    /// Whether a group lost an order in this command.
    #[inline]
    pub(crate) fn has_shrunk(&self) -> bool {
        !self.shrunk.is_empty()
    }

    /// All groups, by id.
    pub(crate) fn all(&self) -> impl Iterator<Item = (u64, &Group)> {
        self.open.iter().map(|(id, group)| (*id, group))
    }

    /// All orders of groups.
    pub(crate) fn members(&self) -> impl Iterator<Item = (Slot, Member)> {
        self.members.iter().map(|(slot, member)| (*slot, *member))
    }

    pub(crate) fn bytes(&self) -> usize {
        let entry = size_of::<(u64, Group)>() * self.open.len() + size_of::<(Slot, Member)>() * self.members.len();
        entry + self.effects.capacity() * size_of::<(Member, Happened)>()
    }
}
