//! Commands that set limits and credit (rule R-133).

use model::{
    AccountId, AccountKind, EventKind, Events, GuardEvent, InstrumentLimits, MONEY_MAX, Rate, RejectReason,
    SetAccountLimits, SetCreditLine, SetInstrumentLimits,
};

use crate::admin::{Names, refuse};
use crate::guard::bucket::Bucket;
use crate::guard::duplicates::Duplicates;
use crate::market::Market;
use crate::outcomes;
use crate::shared::{Reject, Shared, ensure};

/// Widest collar, basis points: a hundred times the reference.
const COLLAR_MAX: u32 = 1_000_000;

pub(crate) fn set_account(shared: &mut Shared, request: &SetAccountLimits, out: &mut Events) {
    let SetAccountLimits { account, limits } = *request;
    let sound = |rate: Rate| rate.per_second == 0 || rate.burst > 0;
    let checked = known(shared, account).and_then(|()| {
        let sound = sound(limits.orders) && sound(limits.cancels) && limits.duplicate_ns >= 0;
        ensure(sound, || Reject::plain(RejectReason::InvalidDefinition))
    });
    if let Err(reject) = checked {
        return refuse(reject, out);
    }
    let guard = shared.guard_mut(account);
    guard.limits = Some(limits);
    (guard.orders, guard.cancels) = (Bucket::default(), Bucket::default());
    guard.duplicates = Duplicates::default();
    out.push(EventKind::Guard(GuardEvent::LimitsSet { account, instrument: None }));
}

pub(crate) fn set_instrument(shared: &mut Shared, markets: &[Market], request: &SetInstrumentLimits, out: &mut Events) {
    let SetInstrumentLimits { account, instrument, limits } = *request;
    let checked = known(shared, account).and_then(|()| {
        let listed = (instrument.0 as usize) < markets.len();
        ensure(listed, || Reject::plain(RejectReason::UnknownInstrument))?;
        ensure(are_sound(&limits), || Reject::plain(RejectReason::InvalidDefinition))
    });
    if let Err(reject) = checked {
        return refuse(reject, out);
    }
    let working = shared.recount(account, instrument);
    let desk = shared.guard_mut(account).desks.entry(instrument).or_default();
    (desk.limits, desk.working) = (limits, working);
    out.push(EventKind::Guard(GuardEvent::LimitsSet { account, instrument: Some(instrument) }));
}

fn are_sound(limits: &InstrumentLimits) -> bool {
    let InstrumentLimits { max_qty, max_value, collar_bps, position_max, restricted: _ } = *limits;
    max_qty.is_none_or(|qty| qty.0 >= 0)
        && max_value.is_none_or(|value| value.0 >= 0)
        && collar_bps.is_none_or(|bps| bps <= COLLAR_MAX)
        && position_max.is_none_or(|qty| qty.0 >= 0)
}

pub(crate) fn set_credit_line(
    shared: &mut Shared,
    markets: &[Market],
    names: &Names,
    request: &SetCreditLine,
    out: &mut Events,
) {
    let SetCreditLine { account, asset, amount } = *request;
    let checked = known(shared, account).and_then(|()| {
        let asset_known = (asset.0 as usize) < names.assets.len();
        ensure(asset_known, || Reject::plain(RejectReason::UnknownAsset))?;
        ensure(amount.0 >= 0, || Reject::measured(RejectReason::AmountNotPositive, amount.0, 0))?;
        ensure(amount <= MONEY_MAX, || Reject::measured(RejectReason::Overflow, amount.0, MONEY_MAX.0))?;
        let cash = shared.accounts.get(account).kind == AccountKind::Cash;
        ensure(cash, || Reject::plain(RejectReason::InvalidDefinition))?;
        outcomes::is_free(markets, asset)
    });
    if let Err(reject) = checked {
        return refuse(reject, out);
    }
    let line = shared.guard_mut(account).lines.entry(asset).or_default();
    line.amount = amount;
    line.largest = line.largest.max(amount);
    out.push(EventKind::Guard(GuardEvent::CreditLineSet { account, asset, amount }));
}

pub(crate) fn known(shared: &Shared, account: AccountId) -> Result<(), Reject> {
    ensure(shared.accounts.is_customer(account), || Reject::plain(RejectReason::UnknownAccount))
}
