//! Cancels one order or many (rule R-59).

use book::Slot;
use model::{AccountId, CancelOrder, EndReason, EventKind, Events, InstrumentId, MassCancel, RejectReason};

use crate::guard::Message;
use crate::market::Market;
use crate::shared::{Reject, Shared};

/// Handles a cancel.
#[inline]
pub(crate) fn cancel(shared: &mut Shared, markets: &mut [Market], request: &CancelOrder, out: &mut Events) {
    let account = request.account;
    let found = if shared.accounts.is_customer(account) {
        shared.admit_message(account, Message::Cancel).and_then(|()| shared.find(account, &request.target))
    } else {
        Err(Reject::plain(RejectReason::UnknownAccount))
    };
    match found {
        Err(reject) => out.push(EventKind::CancelRejected { account, reason: reject.reason }),
        Ok(slot) => {
            let record = shared.records.get(slot);
            let market = &mut markets[record.instrument as usize];
            if request.unlink && record.is_grouped() {
                shared.groups.unlink(slot);
            }
            shared.cancel(market, slot, EndReason::User, out);
        }
    }
}

/// Handles a mass cancel.
pub(crate) fn mass_cancel(shared: &mut Shared, markets: &mut [Market], request: &MassCancel, out: &mut Events) {
    if let Some(reason) = unknown(shared, markets, request) {
        return out.push(EventKind::CommandRejected { reason, value: 0, limit: 0 });
    }
    let passes = |filter: Option<u32>, value: u32| filter.is_none_or(|wanted| wanted == value);
    let mut chosen = narrowest(shared, markets, request);
    chosen.retain(|(_, slot)| {
        let record = shared.records.get(*slot);
        passes(request.account.map(|a: AccountId| a.0), record.account.0)
            && passes(request.session.map(|s| s.0), record.session)
            && passes(request.instrument.map(|i: InstrumentId| i.0), record.instrument)
            && request.side.is_none_or(|side| side == record.side())
    });
    for (_, slot) in &chosen {
        let market = &mut markets[shared.records.get(*slot).instrument as usize];
        shared.cancel(market, *slot, EndReason::Mass, out);
    }
    out.push(EventKind::MassCanceled { count: chosen.len() as u64 });
}

/// All that pass, among as few others as can be had without a walk over every order.
fn narrowest(shared: &Shared, markets: &[Market], request: &MassCancel) -> Vec<(u64, Slot)> {
    match (request.account, request.session, request.instrument) {
        (Some(account), _, _) => shared.open_of(account),
        (None, Some(session), _) => shared.open_through(session),
        (None, None, Some(instrument)) => shared.open_in(&markets[instrument.0 as usize]),
        (None, None, None) => shared.open_where(|_| true),
    }
}

fn unknown(shared: &Shared, markets: &[Market], request: &MassCancel) -> Option<RejectReason> {
    if request.account.is_some_and(|account| !shared.accounts.is_customer(account)) {
        return Some(RejectReason::UnknownAccount);
    }
    let listed = |instrument: InstrumentId| (instrument.0 as usize) < markets.len();
    request.instrument.is_some_and(|instrument| !listed(instrument)).then_some(RejectReason::UnknownInstrument)
}
