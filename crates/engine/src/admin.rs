//! Definitions and money: assets, instruments, accounts, fees, deposits and withdrawals (rules ).

use model::image;
use std::collections::{BTreeMap, BTreeSet};

use model::{
    AccountId, AddAccount, AssetId, EventKind, Events, FeeBase, FeeRates, FeeScheduleId, Instrument, InstrumentId,
    MONEY_MAX, Money, MoveFunds, RejectReason, STP_GROUP_MAX, SetAccountFees, Symbol,
};

use crate::market::Market;
use crate::outcomes;
use crate::shared::{Reject, Shared, ensure};

/// Names that are taken, and what they name.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) assets: Vec<(Symbol, u8)>,
    pub(crate) accounts: BTreeMap<Symbol, AccountId>,
    instruments: BTreeSet<Symbol>,
}

image!(Names { assets: Vec<(Symbol, u8)>, accounts: BTreeMap<Symbol, AccountId>, instruments: BTreeSet<Symbol> });

impl Names {
    pub(crate) fn knows(&self, asset: AssetId) -> bool {
        (asset.0 as usize) < self.assets.len()
    }

    /// Decimals of an asset; 0 where it is unknown.
    pub(crate) fn decimals(&self, asset: AssetId) -> u8 {
        self.assets.get(asset.0 as usize).map_or(0, |(_, decimals)| *decimals)
    }

    /// A market of known assets could have a definition, its previous close apart: that may be off the grids of later.
    pub(crate) fn fit(&self, def: &Instrument) -> bool {
        let def = Instrument { previous_close: None, ..def.clone() };
        let is_known = [def.base, def.quote].into_iter().all(|asset| self.knows(asset));
        is_known && def.check(self.decimals(def.base), self.decimals(def.quote)).is_ok()
    }
}

/// Refuses a command that is neither an order, an amend nor a cancel.
pub(crate) fn refuse(reject: Reject, out: &mut Events) {
    out.push(EventKind::CommandRejected { reason: reject.reason, value: reject.value, limit: reject.limit });
}

/// The refusal of a fee schedule that does not exist: which.
fn never_set(schedule: FeeScheduleId) -> Reject {
    Reject::measured(RejectReason::UnknownSchedule, schedule.0, 0)
}

fn id(count: usize) -> u32 {
    u32::try_from(count).expect("definitions are bounded by u32")
}

pub(crate) fn add_asset(names: &mut Names, symbol: Symbol, decimals: u8, out: &mut Events) {
    if names.assets.iter().any(|(name, _)| *name == symbol) {
        return refuse(Reject::plain(RejectReason::DuplicateName), out);
    }
    if decimals > 18 {
        return refuse(Reject::plain(RejectReason::InvalidDefinition), out);
    }
    let asset = AssetId(id(names.assets.len()));
    names.assets.push((symbol, decimals));
    out.push(EventKind::AssetAdded { asset, symbol, decimals });
}

pub(crate) fn list(names: &mut Names, markets: &mut Vec<Market>, def: &Instrument, out: &mut Events) {
    if !names.knows(def.base) || !names.knows(def.quote) {
        return refuse(Reject::plain(RejectReason::UnknownAsset), out);
    }
    let (base, quote) = (names.decimals(def.base), names.decimals(def.quote));
    if names.instruments.contains(&def.symbol) {
        return refuse(Reject::plain(RejectReason::DuplicateName), out);
    }
    let on_event = [def.base, def.quote].into_iter().any(|asset| outcomes::pays_on_event(markets, asset));
    if on_event || def.check(base, quote).is_err() {
        return refuse(Reject::plain(RejectReason::InvalidDefinition), out);
    }
    let instrument = InstrumentId(id(markets.len()));
    names.instruments.insert(def.symbol);
    markets.push(Market::new(instrument, def.clone(), base, quote));
    out.push(EventKind::InstrumentListed { instrument, symbol: def.symbol });
}

pub(crate) fn add_account(shared: &mut Shared, names: &mut Names, request: &AddAccount, out: &mut Events) {
    if names.accounts.contains_key(&request.name) {
        return refuse(Reject::plain(RejectReason::DuplicateName), out);
    }
    if !shared.accounts.has_schedule(request.fees) {
        return refuse(never_set(request.fees), out);
    }
    if request.stp_group > STP_GROUP_MAX {
        return refuse(Reject::plain(RejectReason::InvalidDefinition), out);
    }
    let account = shared.accounts.add(request.kind, request.stp_group, request.fees);
    names.accounts.insert(request.name, account);
    out.push(EventKind::AccountAdded { account, name: request.name });
}

pub(crate) fn set_fees(
    shared: &mut Shared,
    schedule: FeeScheduleId,
    (base, rates): (FeeBase, FeeRates),
    out: &mut Events,
) {
    if !rates.is_valid() {
        return refuse(Reject::plain(RejectReason::InvalidDefinition), out);
    }
    let version = shared.accounts.set_rates(schedule, base, rates);
    out.push(EventKind::FeesSet { schedule: schedule.0, version, base, rates });
}

pub(crate) fn set_account_fees(shared: &mut Shared, request: SetAccountFees, out: &mut Events) {
    let SetAccountFees { account, schedule } = request;
    if !shared.accounts.is_customer(account) {
        return refuse(Reject::plain(RejectReason::UnknownAccount), out);
    }
    if !shared.accounts.has_schedule(schedule) {
        return refuse(never_set(schedule), out);
    }
    shared.accounts.assign(account, schedule);
    out.push(EventKind::AccountFeesSet { account, schedule });
}

pub(crate) fn deposit(shared: &mut Shared, markets: &[Market], names: &Names, request: &MoveFunds, out: &mut Events) {
    let MoveFunds { account, asset, amount } = *request;
    let checked = movable(shared, names, request).and_then(|()| {
        let total = shared.accounts.balance(account, asset).total + amount;
        ensure(total <= MONEY_MAX, || Reject::measured(RejectReason::Overflow, total.0, MONEY_MAX.0))?;
        outcomes::is_free(markets, asset)
    });
    if let Err(reject) = checked {
        return refuse(reject, out);
    }
    shared.accounts.transfer_in(account, asset, amount);
    out.push(EventKind::Deposited { account, asset, amount });
}

pub(crate) fn withdraw(shared: &mut Shared, markets: &[Market], names: &Names, request: &MoveFunds, out: &mut Events) {
    let MoveFunds { account, asset, amount } = *request;
    let checked = movable(shared, names, request).and_then(|()| outcomes::is_free(markets, asset)).and_then(|()| {
        let available = shared.accounts.balance(account, asset).available();
        ensure(amount <= available, || Reject::measured(RejectReason::InsufficientFunds, amount.0, available.0))
    });
    if let Err(reject) = checked {
        return refuse(reject, out);
    }
    shared.accounts.transfer_in(account, asset, Money(-amount.0));
    out.push(EventKind::Withdrawn { account, asset, amount });
}

fn movable(shared: &Shared, names: &Names, request: &MoveFunds) -> Result<(), Reject> {
    ensure(shared.accounts.is_customer(request.account), || Reject::plain(RejectReason::UnknownAccount))?;
    ensure(names.knows(request.asset), || Reject::plain(RejectReason::UnknownAsset))?;
    let amount = request.amount;
    ensure(amount.0 > 0, || Reject::measured(RejectReason::AmountNotPositive, amount.0, 0))?;
    ensure(amount <= MONEY_MAX, || Reject::measured(RejectReason::Overflow, amount.0, MONEY_MAX.0))
}
