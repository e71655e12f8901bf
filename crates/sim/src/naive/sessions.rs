//! Lost connections and dead-man timers.

use model::{
    AccountId, CancelAllAfter, EndReason, EventKind, Events, GuardEvent, OrderId, RejectReason, SessionId,
    SetCancelOnDisconnect,
};

use super::checks::Refusal;
use super::definitions::command_rejected;
use super::{NaiveExchange, Order};

const SECOND: i64 = 1_000_000_000;
const GRACE_MAX_NS: i64 = 60 * SECOND;
/// Longest time of a dead-man timer and of a halt by hand.
pub(super) const TIMEOUT_MAX_NS: i64 = 86_400 * SECOND;

/// What happens to a connection's orders when it is lost.
#[derive(Clone, Copy, Debug)]
pub(super) struct DisconnectRule {
    pub grace_ns: i64,
    /// When its orders are cancelled, where it is lost.
    pub deadline: Option<i64>,
}

/// 314 where a time is outside `0..=max`.
pub(super) fn check_time(time: i64, max: i64) -> Result<(), Refusal> {
    if (0..=max).contains(&time) {
        return Ok(());
    }
    Err(Refusal { reason: RejectReason::InvalidDefinition, value: time.into(), limit: max.into() })
}

impl NaiveExchange {
    pub(super) fn set_cancel_on_disconnect(&mut self, request: SetCancelOnDisconnect, out: &mut Events) {
        let SetCancelOnDisconnect { session, grace_ns } = request;
        if let Some(Err(refusal)) = grace_ns.map(|grace| check_time(grace, GRACE_MAX_NS)) {
            out.push(command_rejected(refusal));
            return;
        }
        match grace_ns {
            None => {
                self.guards.sessions.remove(&session);
            }
            Some(grace_ns) => {
                let deadline = self.guards.sessions.get(&session).and_then(|rule| rule.deadline);
                self.guards.sessions.insert(session, DisconnectRule { grace_ns, deadline });
            }
        }
        out.push(EventKind::Guard(GuardEvent::DisconnectRuleSet { session, grace_ns }));
    }

    pub(super) fn session_down(&mut self, session: SessionId, out: &mut Events) {
        let now = self.stamp.ts_ns;
        let cancel_ns = self.guards.sessions.get_mut(&session).map(|rule| {
            let cancel_ns = now.saturating_add(rule.grace_ns);
            rule.deadline = Some(cancel_ns);
            cancel_ns
        });
        out.push(EventKind::Guard(GuardEvent::SessionChanged { session, up: false, cancel_ns }));
        if cancel_ns == Some(now) {
            self.disconnect(session, out);
        }
    }

    pub(super) fn session_up(&mut self, session: SessionId, out: &mut Events) {
        if let Some(rule) = self.guards.sessions.get_mut(&session) {
            rule.deadline = None;
        }
        out.push(EventKind::Guard(GuardEvent::SessionChanged { session, up: true, cancel_ns: None }));
    }

    fn disconnect(&mut self, session: SessionId, out: &mut Events) {
        if let Some(rule) = self.guards.sessions.get_mut(&session) {
            rule.deadline = None;
        }
        self.cancel_all_where(EndReason::Disconnect, out, |order| order.session == session);
    }

    pub(super) fn cancel_all_after(&mut self, request: CancelAllAfter, out: &mut Events) {
        let CancelAllAfter { account, timeout_ns } = request;
        let refusal = match self.customer(account) {
            None => Some(Refusal::plain(RejectReason::UnknownAccount)),
            Some(_) => check_time(timeout_ns, TIMEOUT_MAX_NS).err(),
        };
        if let Some(refusal) = refusal {
            out.push(command_rejected(refusal));
            return;
        }
        let at_ns = (timeout_ns > 0).then(|| self.stamp.ts_ns.saturating_add(timeout_ns));
        match at_ns {
            Some(at_ns) => self.guards.dead_men.insert(account, at_ns),
            None => self.guards.dead_men.remove(&account),
        };
        out.push(EventKind::Guard(GuardEvent::DeadManSet { account, at_ns }));
    }

    /// Cancels by order id, then says how many.
    fn cancel_all_where(&mut self, reason: EndReason, out: &mut Events, is_meant: impl Fn(&Order) -> bool) {
        let meant: Vec<OrderId> = self.orders.values().filter(|order| is_meant(order)).map(|order| order.id).collect();
        for id in &meant {
            self.cancel_order(*id, reason, out);
        }
        out.push(EventKind::MassCanceled { count: u64::try_from(meant.len()).unwrap_or(u64::MAX) });
    }

    /// lost connections and dead-man timers that are due, oldest first.
    pub(super) fn run_session_timers(&mut self, out: &mut Events) {
        let now = self.stamp.ts_ns;
        let sessions = self.guards.sessions.iter().filter_map(|(id, rule)| Some((rule.deadline?, 0, id.0)));
        let dead_men = self.guards.dead_men.iter().map(|(id, deadline)| (*deadline, 1, id.0));
        let mut due: Vec<(i64, u8, u32)> = sessions.chain(dead_men).filter(|timer| timer.0 <= now).collect();
        due.sort_unstable();
        for (_, kind, id) in due {
            if kind == 0 {
                self.disconnect(SessionId(id), out);
            } else {
                self.guards.dead_men.remove(&AccountId(id));
                self.cancel_all_where(EndReason::DeadMan, out, |order| order.account == AccountId(id));
            }
        }
    }
}
