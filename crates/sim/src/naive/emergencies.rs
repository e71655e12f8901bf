//! Kill switches.

use model::{
    AccountId, AmendOrder, EndReason, EventKind, Events, GuardEvent, InstrumentId, KillScope, KillSwitch, OperatorId,
    OrderId, Rearm, RejectReason, SessionId,
};

use super::checks::Refusal;
use super::definitions::command_rejected;
use super::{NaiveExchange, Order};

/// A kill switch that is on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Switch {
    pub reducing: bool,
    pub operator: OperatorId,
}

/// Where an order comes from and what it is in.
#[derive(Clone, Copy)]
pub(super) struct Origin {
    pub account: AccountId,
    pub session: SessionId,
    pub instrument: InstrumentId,
}

impl Origin {
    pub fn of(order: &Order) -> Self {
        Origin { account: order.account, session: order.session, instrument: order.instrument }
    }

    fn is_covered(self, scope: KillScope) -> bool {
        match scope {
            KillScope::All => true,
            KillScope::Instrument(instrument) => instrument == self.instrument,
            KillScope::Account(account) => account == self.account,
            KillScope::Session(session) => session == self.session,
        }
    }
}

impl NaiveExchange {
    pub(super) fn kill_switch(&mut self, request: &KillSwitch, out: &mut Events) {
        let KillSwitch { scope, reducing, operator, note } = *request;
        let unknown = match scope {
            KillScope::Account(account) if self.customer(account).is_none() => Some(RejectReason::UnknownAccount),
            KillScope::Instrument(id) if self.listed(id).is_none() => Some(RejectReason::UnknownInstrument),
            KillScope::All | KillScope::Instrument(_) | KillScope::Account(_) | KillScope::Session(_) => None,
        };
        if let Some(reason) = unknown {
            out.push(command_rejected(Refusal::plain(reason)));
            return;
        }
        let covered = self.orders.values().filter(|order| Origin::of(order).is_covered(scope));
        let meant: Vec<OrderId> =
            covered.filter(|order| !(reducing && order.reduce_only)).map(|order| order.id).collect();
        for id in &meant {
            self.cancel_order(*id, EndReason::Kill, out);
        }
        self.guards.switches.insert(scope, Switch { reducing, operator });
        let count = u64::try_from(meant.len()).unwrap_or(u64::MAX);
        out.push(EventKind::Guard(GuardEvent::KillSwitchSet { scope, operator, note, count }));
    }

    pub(super) fn rearm(&mut self, request: &Rearm, out: &mut Events) {
        let Rearm { scope, operator, note } = *request;
        let refusal = match self.guards.switches.get(&scope) {
            None => Refusal::plain(RejectReason::NotTripped),
            Some(switch) if switch.operator == operator => same_operator(operator),
            Some(_) => {
                self.guards.switches.remove(&scope);
                out.push(EventKind::Guard(GuardEvent::KillSwitchCleared { scope, operator, note }));
                return;
            }
        };
        out.push(command_rejected(refusal));
    }

    /// Whether a switch keeps an order out: reduce-only ones pass where every switch over them lets them (109).
    pub(super) fn is_killed(&self, origin: Origin, reduce_only: bool) -> bool {
        let mut over = self.guards.switches.iter().filter(|(scope, _)| origin.is_covered(**scope));
        over.any(|(_, switch)| !(reduce_only && switch.reducing))
    }

    /// 109 of pairs that are made: whatever a switch lets in, they are not it.
    pub(super) fn is_minting_killed(&self, account: AccountId, instrument: InstrumentId) -> bool {
        self.guards.switches.keys().any(|scope| match scope {
            KillScope::All => true,
            KillScope::Instrument(killed) => *killed == instrument,
            KillScope::Account(killed) => *killed == account,
            KillScope::Session(_) => false,
        })
    }

    /// 109 of an amend: of an order that a switch covers only smaller quantities pass.
    pub(super) fn is_amend_killed(&self, request: &AmendOrder, order: &Order) -> bool {
        let AmendOrder { order_qty, price, display_qty, tif, stp, trigger_price, .. } = *request;
        let only_quantity =
            price.is_none() && display_qty.is_none() && tif.is_none() && stp.is_none() && trigger_price.is_none();
        let is_smaller = order_qty.is_some_and(|qty| qty.0 < order.order_qty);
        self.is_killed(Origin::of(order), order.reduce_only) && !(only_quantity && is_smaller)
    }
}

pub(super) fn same_operator(operator: OperatorId) -> Refusal {
    let number = i128::from(operator.0);
    Refusal { reason: RejectReason::SameOperator, value: number, limit: number }
}
