//! Kill switches: cancel and block until another operator re-arms (rule R-140, S-93).

use model::image;
use std::collections::BTreeMap;

use book::Slot;
use model::{
    AccountId, EndReason, EventKind, Events, GuardEvent, InstrumentId, KillScope, KillSwitch, OperatorId, Rearm,
    RejectReason, SessionId,
};

use crate::admin::refuse;
use crate::guard::limits::known;
use crate::market::Market;
use crate::record::Record;
use crate::shared::{Reject, Shared, ensure};

/// A switch that is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Switch {
    /// Reduce-only orders stay and are let in.
    pub(crate) reducing: bool,
    /// Who tripped it last.
    pub(crate) operator: OperatorId,
}

/// The switches that are on.
#[derive(Debug, Default)]
pub(crate) struct Switches {
    on: BTreeMap<KillScope, Switch>,
}

image!(Switch { reducing: bool, operator: OperatorId });
image!(Switches { on: BTreeMap<KillScope, Switch> });

/// What decides whether a switch covers an order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    pub(crate) instrument: InstrumentId,
    pub(crate) account: AccountId,
    pub(crate) session: SessionId,
}

impl Origin {
    pub(crate) fn of(record: &Record) -> Self {
        Origin {
            instrument: InstrumentId(record.instrument),
            account: record.account,
            session: SessionId(record.session),
        }
    }
}

impl Switches {
    #[inline]
    pub(crate) fn are_off(&self) -> bool {
        self.on.is_empty()
    }

    /// 109: whether something new, or more of something, is refused.
    #[inline]
    pub(crate) fn admit(&self, origin: &Origin, reduce_only: bool) -> Result<(), Reject> {
        if self.are_off() { Ok(()) } else { self.check(origin, reduce_only) }
    }

    #[cold]
    fn check(&self, origin: &Origin, reduce_only: bool) -> Result<(), Reject> {
        let scopes = [
            KillScope::All,
            KillScope::Instrument(origin.instrument),
            KillScope::Account(origin.account),
            KillScope::Session(origin.session),
        ];
        let mut covering = scopes.iter().filter_map(|scope| self.on.get(scope));
        let refused = covering.any(|switch| !(switch.reducing && reduce_only));
        ensure(!refused, || Reject::plain(RejectReason::KillSwitch))
    }

    /// 109 of pairs that are made, which no session sends and which never only reduce.
    pub(crate) fn admit_pairs(&self, instrument: InstrumentId, account: AccountId) -> Result<(), Reject> {
        let scopes = [KillScope::All, KillScope::Instrument(instrument), KillScope::Account(account)];
        let refused = scopes.iter().any(|scope| self.on.contains_key(scope));
        ensure(!refused, || Reject::plain(RejectReason::KillSwitch))
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&KillScope, &Switch)> {
        self.on.iter()
    }
}

/// Cancels what the scope covers and blocks it from now on.
pub(crate) fn trip(shared: &mut Shared, markets: &mut [Market], request: &KillSwitch, out: &mut Events) {
    let KillSwitch { scope, reducing, operator, note } = *request;
    let covered = match covered(shared, markets, scope) {
        Ok(covered) => covered,
        Err(reject) => return refuse(reject, out),
    };
    let mut count = 0;
    for (_, slot) in covered {
        let record = shared.records.get(slot);
        if reducing && record.reduce_only() {
            continue;
        }
        let market = &mut markets[record.instrument as usize];
        shared.cancel(market, slot, EndReason::Kill, out);
        count += 1;
    }
    shared.guards.switches.on.insert(scope, Switch { reducing, operator });
    out.push(EventKind::Guard(GuardEvent::KillSwitchSet { scope, operator, note, count }));
}

/// Open orders of a scope, as (order id, slot) in order of id.
fn covered(shared: &Shared, markets: &[Market], scope: KillScope) -> Result<Vec<(u64, Slot)>, Reject> {
    Ok(match scope {
        KillScope::All => shared.open_where(|_| true),
        KillScope::Instrument(instrument) => {
            let market = markets.get(instrument.0 as usize);
            shared.open_in(market.ok_or(Reject::plain(RejectReason::UnknownInstrument))?)
        }
        KillScope::Account(account) => {
            known(shared, account)?;
            shared.open_of(account)
        }
        KillScope::Session(session) => shared.open_through(session),
    })
}

/// Ends a switch; not by the operator who tripped it last.
pub(crate) fn rearm(shared: &mut Shared, request: &Rearm, out: &mut Events) {
    let Rearm { scope, operator, note } = *request;
    let switches = &mut shared.guards.switches.on;
    let checked = match switches.get(&scope) {
        None => Err(Reject::plain(RejectReason::NotTripped)),
        Some(switch) => ensure(switch.operator != operator, || {
            Reject::measured(RejectReason::SameOperator, operator.0, switch.operator.0)
        }),
    };
    if let Err(reject) = checked {
        return refuse(reject, out);
    }
    switches.remove(&scope);
    out.push(EventKind::Guard(GuardEvent::KillSwitchCleared { scope, operator, note }));
}
