//! What a fill, an end or an amend of an order does to the others of its group (rules ).

use book::Slot;
use model::{Activation, Cause, EndReason, Events, GroupMode};

use crate::groups::release::release;
use crate::groups::store::{Happened, Member};
use crate::market::Market;
use crate::shared::Shared;

/// Lets everything that waits take effect, what it causes in turn too.
pub(crate) fn run(shared: &mut Shared, markets: &mut [Market], out: &mut Events) {
    while let Some((member, happened)) = shared.groups.next_effect() {
        let group = *shared.groups.get(member.group);
        if group.closed {
            continue;
        }
        out.set_cause(Cause::Group);
        let market = &mut markets[group.instrument as usize];
        match happened {
            Happened::Filled(lots) if group.is_entry(member.place) => entry_filled(shared, market, member, lots, out),
            Happened::Filled(lots) => exit_filled(shared, market, member, lots, out),
            Happened::Ended { cum, reason } if group.is_entry(member.place) => {
                entry_ended(shared, market, member.group, (cum, reason), out);
            }
            Happened::Ended { reason, .. } => other_ended(shared, market, member, reason, out),
            Happened::Amended(leaves) => exit_amended(shared, market, member, leaves, out),
        }
    }
}

/// What expired or was cancelled by time ends the rest of its group before a call that is over trades with it.
pub(crate) fn follow_timers(shared: &mut Shared, markets: &mut [Market], out: &mut Events) {
    if shared.groups.effects_len() > 0 {
        run(shared, markets, out);
        out.set_cause(Cause::Command);
    }
}

/// An entry that releases with each fill releases what it filled.
fn entry_filled(shared: &mut Shared, market: &mut Market, member: Member, lots: i64, out: &mut Events) {
    let group = *shared.groups.get(member.group);
    match group.activation {
        Activation::Partial => release_all(shared, market, member.group, lots, out),
        Activation::Full => {}
    }
}

fn release_all(shared: &mut Shared, market: &mut Market, id: u64, lots: i64, out: &mut Events) {
    for place in 1..shared.groups.get(id).kind.legs() {
        release(shared, market, Member { group: id, place }, lots, out);
    }
}

/// An exit has begun; what it filled is no longer its sibling's to fill.
fn exit_filled(shared: &mut Shared, market: &mut Market, member: Member, lots: i64, out: &mut Events) {
    let group = *shared.groups.get(member.group);
    if !group.is_exit(member.place) {
        return;
    }
    if let Some(entry) = group.open_entry() {
        shared.cancel(market, entry, EndReason::Group, out);
    }
    let Some(sibling) = group.open_sibling(member.place) else { return };
    let left = shared.records.get(sibling).leaves() - lots;
    match group.mode {
        GroupMode::Reduce | GroupMode::CancelOnTrigger if left > 0 => {
            shared.restate(market, sibling, left, EndReason::Group, out);
        }
        GroupMode::Reduce | GroupMode::CancelOnTrigger | GroupMode::CancelOnFirstFill => {
            shared.cancel(market, sibling, EndReason::Group, out);
        }
    }
}

/// An entry ended: without a fill the others go with it, otherwise they stay for what it filled.
fn entry_ended(
    shared: &mut Shared,
    market: &mut Market,
    id: u64,
    (cum, reason): (i64, Option<EndReason>),
    out: &mut Events,
) {
    let group = *shared.groups.get(id);
    if cum == 0 {
        for (_, slot) in group.open() {
            end(shared, market, slot, expires(reason), out);
        }
        return;
    }
    if group.activation == Activation::Full {
        release_all(shared, market, id, cum, out);
    }
    shared.drop_unreleased(market, id);
}

/// An order other than the entry ended: where its owner or time ended it the whole group ends.
fn other_ended(shared: &mut Shared, market: &mut Market, member: Member, reason: Option<EndReason>, out: &mut Events) {
    let group = *shared.groups.get(member.group);
    let ends_all = match reason {
        Some(EndReason::User) => !group.legs[member.place].unlinked,
        Some(
            EndReason::Mass
            | EndReason::Kill
            | EndReason::Disconnect
            | EndReason::DeadMan
            | EndReason::Gtd
            | EndReason::Day,
        ) => true,
        Some(_) | None => false,
    };
    if !ends_all {
        return;
    }
    for slot in [group.open_sibling(member.place), group.open_entry()].into_iter().flatten() {
        end(shared, market, slot, expires(reason), out);
    }
}

fn expires(reason: Option<EndReason>) -> bool {
    matches!(reason, Some(EndReason::Gtd | EndReason::Day))
}

fn end(shared: &mut Shared, market: &mut Market, slot: Slot, expires: bool, out: &mut Events) {
    if expires {
        shared.expire(market, slot, EndReason::Group, out);
    } else {
        shared.cancel(market, slot, EndReason::Group, out);
    }
}

/// The owner set an exit's quantity: its sibling follows.
fn exit_amended(shared: &mut Shared, market: &mut Market, member: Member, leaves: i64, out: &mut Events) {
    let group = *shared.groups.get(member.group);
    let Some(place) = group.sibling(member.place) else { return };
    let Some(sibling) = group.legs[place].slot else { return };
    let before = shared.records.get(sibling).leaves();
    if leaves < before {
        shared.restate(market, sibling, leaves, EndReason::Group, out);
    } else if leaves > before {
        release(shared, market, Member { place, ..member }, leaves - before, out);
    }
}

/// What ends when the trigger of an order puts it to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Alone {
    pub(crate) entry: Option<Slot>,
    pub(crate) sibling: Option<Slot>,
}

/// What would end now if an order's trigger put it to work; `None` where nothing ever does.
pub(crate) fn alone(shared: &Shared, slot: Slot) -> Option<Alone> {
    let record = shared.records.get(slot);
    if !record.is_grouped() {
        return None;
    }
    let Member { group, place } = shared.groups.member(slot);
    let group = shared.groups.get(group);
    let closes_the_entry = group.has_entry() && place > 0 && record.side() != group.side;
    (group.is_exit(place) || closes_the_entry)
        .then(|| Alone { entry: group.open_entry(), sibling: group.open_sibling(place) })
}

/// An order that its trigger has put to work has begun: the entry and the other exit end.
pub(crate) fn begins(shared: &mut Shared, market: &mut Market, slot: Slot, out: &mut Events) {
    let Some(Alone { entry, sibling }) = alone(shared, slot) else { return };
    let group = shared.groups.member(slot).group;
    let cause = out.cause();
    out.set_cause(Cause::Group);
    for other in [entry, sibling].into_iter().flatten() {
        shared.cancel(market, other, EndReason::Group, out);
    }
    shared.drop_unreleased(market, group);
    out.set_cause(cause);
}

/// The trigger of an order fired.
pub(crate) fn fired(shared: &mut Shared, market: &mut Market, slot: Slot, out: &mut Events) {
    let member = shared.groups.member(slot);
    if shared.groups.get(member.group).mode == GroupMode::CancelOnTrigger {
        begins(shared, market, slot, out);
    }
}
