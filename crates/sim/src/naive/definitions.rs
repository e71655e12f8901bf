//! Assets, instruments, accounts and fee schedules, deposits and withdrawals.

use model::{
    AccountId, AddAccount, AssetId, EventKind, Events, FeeBase, FeeRates, FeeScheduleId, Instrument, InstrumentId,
    MONEY_MAX, MoveFunds, RejectReason, STP_GROUP_MAX, SetAccountFees, Symbol, TradingState,
};

use super::checks::{Checks, Refusal};
use super::phases::Breaker;
use super::{Account, Asset, Listed, NaiveExchange};

fn id_of(count: usize) -> u32 {
    u32::try_from(count).expect("fewer than 2^32 definitions")
}

pub(super) fn command_rejected(refusal: Refusal) -> EventKind {
    EventKind::CommandRejected { reason: refusal.reason, value: refusal.value, limit: refusal.limit }
}

impl NaiveExchange {
    pub(super) fn add_asset(&mut self, symbol: Symbol, decimals: u8, out: &mut Events) {
        let mut checks = Checks::default();
        checks.plain(self.assets.iter().any(|asset| asset.symbol == symbol), RejectReason::DuplicateName);
        checks.plain(decimals > 18, RejectReason::InvalidDefinition);
        if let Err(refusal) = checks.result() {
            out.push(command_rejected(refusal));
            return;
        }
        let asset = AssetId(id_of(self.assets.len()));
        self.assets.push(Asset { symbol, decimals });
        out.push(EventKind::AssetAdded { asset, symbol, decimals });
    }

    pub(super) fn list_instrument(&mut self, definition: &Instrument, out: &mut Events) {
        let mut checks = Checks::default();
        let decimals = |asset: AssetId| self.asset(asset).map(|found| found.decimals);
        let (base, quote) = (decimals(definition.base), decimals(definition.quote));
        let taken = self.instruments.iter().any(|listed| listed.definition.symbol == definition.symbol);
        checks.plain(base.is_none() || quote.is_none(), RejectReason::UnknownAsset);
        checks.plain(taken, RejectReason::DuplicateName);
        let scales = match (base, quote) {
            (Some(base), Some(quote)) if definition.check(base, quote).is_ok() => {
                definition.notional_scale(quote).zip(definition.base_scale(base))
            }
            _ => None,
        };
        let on_event = self.is_token(definition.base) || self.is_token(definition.quote);
        checks.plain(scales.is_none() || on_event, RejectReason::InvalidDefinition);
        let (notional_scale, base_scale) = match (checks.result(), scales) {
            (Ok(()), Some(scales)) => scales,
            (Ok(()), None) => unreachable!("without scales a check has failed"),
            (Err(refusal), _) => {
                out.push(command_rejected(refusal));
                return;
            }
        };
        let instrument = InstrumentId(id_of(self.instruments.len()));
        self.instruments.push(Listed {
            definition: definition.clone(),
            first_bounds: (definition.min_price, definition.max_price),
            former_grids: Vec::new(),
            notional_scale: notional_scale.into(),
            base_scale: base_scale.into(),
            state: TradingState::PreListed,
            breaker: Breaker::new(),
            last_trade: None,
            last_auction: None,
            auction_ns: 0,
            traded: Vec::new(),
            published: None,
            runs: Vec::new(),
            kept: None,
            references: [None, None],
            outcome: None,
        });
        out.push(EventKind::InstrumentListed { instrument, symbol: definition.symbol });
    }

    pub(super) fn add_account(&mut self, request: &AddAccount, out: &mut Events) {
        let mut checks = Checks::default();
        let taken = self.accounts.iter().any(|account| account.name == Some(request.name));
        let has_schedule = request.fees == FeeScheduleId(0) || self.schedules.contains_key(&request.fees);
        checks.plain(taken, RejectReason::DuplicateName);
        checks.measured(!has_schedule, RejectReason::UnknownSchedule, request.fees.0.into(), 0);
        checks.plain(request.stp_group > STP_GROUP_MAX, RejectReason::InvalidDefinition);
        if let Err(refusal) = checks.result() {
            out.push(command_rejected(refusal));
            return;
        }
        let account = AccountId(id_of(self.accounts.len()));
        let AddAccount { name, kind, stp_group, fees } = *request;
        self.accounts.push(Account { name: Some(name), kind, stp_group, fees });
        out.push(EventKind::AccountAdded { account, name });
    }

    pub(super) fn set_account_fees(&mut self, request: SetAccountFees, out: &mut Events) {
        let SetAccountFees { account, schedule } = request;
        let has_schedule = schedule == FeeScheduleId(0) || self.schedules.contains_key(&schedule);
        let mut checks = Checks::default();
        checks.plain(self.customer(account).is_none(), RejectReason::UnknownAccount);
        checks.measured(!has_schedule, RejectReason::UnknownSchedule, schedule.0.into(), 0);
        if let Err(refusal) = checks.result() {
            out.push(command_rejected(refusal));
            return;
        }
        self.accounts[account.0 as usize].fees = schedule;
        self.assigned_fees.insert(account, schedule);
        out.push(EventKind::AccountFeesSet { account, schedule });
    }

    pub(super) fn set_fees(&mut self, schedule: FeeScheduleId, base: FeeBase, rates: FeeRates, out: &mut Events) {
        if !rates.is_valid() {
            out.push(command_rejected(Refusal::plain(RejectReason::InvalidDefinition)));
            return;
        }
        let (version, by_base) = self.schedules.entry(schedule).or_default();
        *version += 1;
        by_base.insert(base, rates);
        out.push(EventKind::FeesSet { schedule: schedule.0, version: *version, base, rates });
    }

    pub(super) fn deposit(&mut self, request: &MoveFunds, out: &mut Events) {
        let mut checks = self.check_move(request);
        if (1..=MONEY_MAX.0).contains(&request.amount.0) {
            let sum = self.balance(request.account, request.asset).0 + request.amount.0;
            checks.measured(sum > MONEY_MAX.0, RejectReason::Overflow, sum, MONEY_MAX.0);
        }
        if let Err(refusal) = checks.result() {
            out.push(command_rejected(refusal));
            return;
        }
        let MoveFunds { account, asset, amount } = *request;
        self.move_funds(account, asset, amount.0);
        *self.outside.entry(asset).or_default() -= amount.0;
        out.push(EventKind::Deposited { account, asset, amount });
    }

    pub(super) fn withdraw(&mut self, request: &MoveFunds, out: &mut Events) {
        let mut checks = self.check_move(request);
        let available = self.available(request.account, request.asset);
        let amount = request.amount.0;
        checks.measured(amount > available, RejectReason::InsufficientFunds, amount, available);
        if let Err(refusal) = checks.result() {
            out.push(command_rejected(refusal));
            return;
        }
        let MoveFunds { account, asset, amount } = *request;
        self.move_funds(account, asset, -amount.0);
        *self.outside.entry(asset).or_default() += amount.0;
        out.push(EventKind::Withdrawn { account, asset, amount });
    }

    fn check_move(&self, request: &MoveFunds) -> Checks {
        let mut checks = Checks::default();
        let amount = request.amount.0;
        checks.plain(self.customer(request.account).is_none(), RejectReason::UnknownAccount);
        checks.plain(self.asset(request.asset).is_none(), RejectReason::UnknownAsset);
        checks.measured(amount <= 0, RejectReason::AmountNotPositive, amount, 0);
        checks.measured(amount > MONEY_MAX.0, RejectReason::Overflow, amount, MONEY_MAX.0);
        checks.plain(self.is_token(request.asset), RejectReason::OutcomeAsset);
        checks
    }

    pub(super) fn asset(&self, asset: AssetId) -> Option<&Asset> {
        self.assets.get(usize::try_from(asset.0).ok()?)
    }
}
