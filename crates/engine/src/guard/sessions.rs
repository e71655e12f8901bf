//! Connections that are lost and accounts that fall silent: their orders are cancelled in time (R-141, R-142, S-124).

use model::image;
use std::collections::{BTreeMap, BTreeSet};

use book::Slot;
use model::{
    AccountId, CancelAllAfter, Cause, EndReason, EventKind, Events, GuardEvent, RejectReason, SessionId,
    SetCancelOnDisconnect,
};

use crate::admin::refuse;
use crate::guard::limits::known;
use crate::market::Market;
use crate::shared::{Reject, Shared, ensure};

const SECOND_NS: i64 = 1_000_000_000;
/// Longest grace of a lost connection.
const GRACE_MAX_NS: i64 = 60 * SECOND_NS;
/// Longest time-out of a dead-man timer.
const TIMEOUT_MAX_NS: i64 = 86_400 * SECOND_NS;

/// Whose timer it is; connections come before accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Session(SessionId),
    Account(AccountId),
}

/// What happens when a connection is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) grace_ns: i64,
    /// When its orders are cancelled, where it is lost.
    pub(crate) deadline_ns: Option<i64>,
}

/// The timers of connections and accounts.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    rules: BTreeMap<SessionId, Rule>,
    dead_men: BTreeMap<AccountId, i64>,
    /// Everything that is armed, by time.
    due: BTreeSet<(i64, Who)>,
}

image!(enum Who { Session(id: SessionId) = 0, Account(id: AccountId) = 1 });
image!(Rule { grace_ns: i64, deadline_ns: Option<i64> });
image!(Timers {
    rules: BTreeMap<SessionId, Rule>,
    dead_men: BTreeMap<AccountId, i64>,
    due: BTreeSet<(i64, Who)>,
});

impl Timers {
    /// When the first timer is due.
    pub(crate) fn next_due_ns(&self) -> Option<i64> {
        self.due.first().map(|(at, _)| *at)
    }

    /// The first timer that is due, disarmed.
    #[inline]
    fn take_due(&mut self, now_ns: i64) -> Option<Who> {
        let (deadline, who) = *self.due.first()?;
        if deadline > now_ns {
            return None;
        }
        match who {
            Who::Session(session) => self.arm_session(session, None),
            Who::Account(account) => self.arm_account(account, None),
        }
        Some(who)
    }

    fn arm_session(&mut self, session: SessionId, deadline: Option<i64>) {
        let Some(rule) = self.rules.get_mut(&session) else { return };
        let old = std::mem::replace(&mut rule.deadline_ns, deadline);
        self.exchange(Who::Session(session), old, deadline);
    }

    fn arm_account(&mut self, account: AccountId, deadline: Option<i64>) {
        let old = match deadline {
            Some(at) => self.dead_men.insert(account, at),
            None => self.dead_men.remove(&account),
        };
        self.exchange(Who::Account(account), old, deadline);
    }

    fn exchange(&mut self, who: Who, old: Option<i64>, new: Option<i64>) {
        if let Some(at) = old {
            self.due.remove(&(at, who));
        }
        if let Some(at) = new {
            self.due.insert((at, who));
        }
    }

    pub(crate) fn rules(&self) -> &BTreeMap<SessionId, Rule> {
        &self.rules
    }

    pub(crate) fn dead_men(&self) -> &BTreeMap<AccountId, i64> {
        &self.dead_men
    }
}

/// Does what timers of connections and accounts bring by now.
#[inline]
pub(crate) fn run_timers(shared: &mut Shared, markets: &mut [Market], out: &mut Events) {
    while let Some(who) = shared.guards.timers.take_due(shared.now_ns) {
        out.set_cause(Cause::Timer);
        match who {
            Who::Session(session) => lose(shared, markets, session, out),
            Who::Account(account) => {
                let open = shared.open_of(account);
                cancel_all(shared, markets, &open, EndReason::DeadMan, out);
            }
        }
        out.set_cause(Cause::Command);
    }
}

fn lose(shared: &mut Shared, markets: &mut [Market], session: SessionId, out: &mut Events) {
    let open = shared.open_through(session);
    cancel_all(shared, markets, &open, EndReason::Disconnect, out);
}

fn cancel_all(
    shared: &mut Shared,
    markets: &mut [Market],
    orders: &[(u64, Slot)],
    reason: EndReason,
    out: &mut Events,
) {
    for (_, slot) in orders {
        let market = &mut markets[shared.records.get(*slot).instrument as usize];
        shared.cancel(market, *slot, reason, out);
    }
    out.push(EventKind::MassCanceled { count: orders.len() as u64 });
}

pub(crate) fn set_rule(shared: &mut Shared, request: &SetCancelOnDisconnect, out: &mut Events) {
    let SetCancelOnDisconnect { session, grace_ns } = *request;
    let fits = |grace: i64| (0..=GRACE_MAX_NS).contains(&grace);
    if let Some(grace) = grace_ns.filter(|grace| !fits(*grace)) {
        return refuse(Reject::measured(RejectReason::InvalidDefinition, grace, GRACE_MAX_NS), out);
    }
    let timers = &mut shared.guards.timers;
    if let Some(grace_ns) = grace_ns {
        timers.rules.entry(session).or_insert(Rule { grace_ns, deadline_ns: None }).grace_ns = grace_ns;
    } else {
        timers.arm_session(session, None);
        timers.rules.remove(&session);
    }
    out.push(EventKind::Guard(GuardEvent::DisconnectRuleSet { session, grace_ns }));
}

pub(crate) fn down(shared: &mut Shared, markets: &mut [Market], session: SessionId, out: &mut Events) {
    let grace = shared.guards.timers.rules.get(&session).map(|rule| rule.grace_ns);
    let cancel_ns = grace.map(|grace| shared.now_ns.saturating_add(grace));
    out.push(EventKind::Guard(GuardEvent::SessionChanged { session, up: false, cancel_ns }));
    if grace == Some(0) {
        shared.guards.timers.arm_session(session, None);
        lose(shared, markets, session, out);
    } else {
        shared.guards.timers.arm_session(session, cancel_ns);
    }
}

pub(crate) fn up(shared: &mut Shared, session: SessionId, out: &mut Events) {
    shared.guards.timers.arm_session(session, None);
    out.push(EventKind::Guard(GuardEvent::SessionChanged { session, up: true, cancel_ns: None }));
}

pub(crate) fn cancel_all_after(shared: &mut Shared, request: &CancelAllAfter, out: &mut Events) {
    let CancelAllAfter { account, timeout_ns } = *request;
    let checked = known(shared, account).and_then(|()| {
        let fits = (0..=TIMEOUT_MAX_NS).contains(&timeout_ns);
        ensure(fits, || Reject::measured(RejectReason::InvalidDefinition, timeout_ns, TIMEOUT_MAX_NS))
    });
    if let Err(reject) = checked {
        return refuse(reject, out);
    }
    let at_ns = (timeout_ns > 0).then(|| shared.now_ns.saturating_add(timeout_ns));
    shared.guards.timers.arm_account(account, at_ns);
    out.push(EventKind::Guard(GuardEvent::DeadManSet { account, at_ns }));
}
