//! Limits of accounts: how they are set and what is remembered for them.

use std::collections::BTreeMap;

use model::{
    AccountId, AccountKind, AccountLimits, AssetId, EventKind, Events, GuardEvent, InstrumentId, InstrumentLimits,
    KillScope, MONEY_MAX, NewOrder, NewStop, OrdType, Price, Qty, Rate, RejectReason, SessionId, SetAccountLimits,
    SetCreditLine, SetInstrumentLimits, Side, TriggerKind,
};

use super::NaiveExchange;
use super::checks::{Checks, Refusal};
use super::definitions::command_rejected;
use super::emergencies::Switch;
use super::funds::ceil_div;
use super::sessions::DisconnectRule;

const BILLION: i128 = 1_000_000_000;
const COLLAR_BPS_MAX: u32 = 1_000_000;

/// What guards accounts and the venue.
#[derive(Clone, Debug, Default)]
pub(super) struct Guards {
    pub accounts: BTreeMap<AccountId, AccountGuard>,
    pub instruments: BTreeMap<(AccountId, InstrumentId), InstrumentLimits>,
    pub credit: BTreeMap<(AccountId, AssetId), i128>,
    pub switches: BTreeMap<KillScope, Switch>,
    pub sessions: BTreeMap<SessionId, DisconnectRule>,
    pub dead_men: BTreeMap<AccountId, i64>,
}

/// A token bucket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    rate: Rate,
    /// Billionths of a message.
    level: i128,
    /// When the last message came.
    last_ns: Option<i64>,
}

impl Bucket {
    fn full(rate: Rate) -> Self {
        Bucket { rate, level: i128::from(rate.burst) * BILLION, last_ns: None }
    }

    fn take(&mut self, now: i64) -> Result<(), Refusal> {
        let rate = i128::from(self.rate.per_second);
        if rate == 0 {
            return Ok(());
        }
        let passed = self.last_ns.map_or(0, |last| i128::from(now) - i128::from(last));
        self.level = (self.level + passed * rate).min(i128::from(self.rate.burst) * BILLION);
        self.last_ns = Some(now);
        if self.level < BILLION {
            let value = ceil_div(BILLION - self.level, rate);
            return Err(Refusal { reason: RejectReason::MsgRate, value, limit: rate });
        }
        self.level -= BILLION;
        Ok(())
    }

    /// Level after the last message and its time; zeros before one.
    pub fn after_last_message(&self) -> (i128, i64) {
        self.last_ns.map_or((0, 0), |last| (self.level, last))
    }
}

/// What makes two orders the same (507).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Likeness {
    instrument: InstrumentId,
    side: Side,
    ord_type: OrdType,
    order_qty: Qty,
    price: Option<Price>,
    trigger: Option<(TriggerKind, Option<Price>)>,
}

impl Likeness {
    pub fn of_order(order: &NewOrder) -> Self {
        let NewOrder { instrument, side, ord_type, order_qty, price, .. } = *order;
        Likeness { instrument, side, ord_type, order_qty, price, trigger: None }
    }

    pub fn of_stop(stop: &NewStop) -> Self {
        let trigger = Some((stop.trigger.kind, stop.trigger.price));
        Likeness { trigger, ..Likeness::of_order(&stop.order) }
    }
}

/// Limits of one account and what they count.
#[derive(Clone, Debug)]
pub(super) struct AccountGuard {
    pub limits: AccountLimits,
    pub orders: Bucket,
    pub cancels: Bucket,
    /// What was accepted, and when.
    pub accepted: Vec<(i64, Likeness)>,
}

/// Which bucket a message takes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Message {
    Order,
    Cancel,
}

impl NaiveExchange {
    /// 110: one message of an account.
    pub(super) fn take_message(&mut self, account: AccountId, message: Message) -> Result<(), Refusal> {
        let now = self.stamp.ts_ns;
        let Some(guard) = self.guards.accounts.get_mut(&account) else { return Ok(()) };
        match message {
            Message::Order => guard.orders.take(now),
            Message::Cancel => guard.cancels.take(now),
        }
    }

    /// An order or stop of the account gets as far as its checks: what is too old is forgotten (507).
    pub(super) fn forget_likenesses(&mut self, account: AccountId) {
        let now = self.stamp.ts_ns;
        if let Some(guard) = self.guards.accounts.get_mut(&account) {
            let within = guard.limits.duplicate_ns;
            guard.accepted.retain(|(accepted_ns, _)| now - accepted_ns < within);
        }
    }

    pub(super) fn remember_likeness(&mut self, account: AccountId, likeness: Likeness) {
        let now = self.stamp.ts_ns;
        if let Some(guard) = self.guards.accounts.get_mut(&account)
            && guard.limits.duplicate_ns > 0
        {
            guard.accepted.push((now, likeness));
        }
    }

    pub(super) fn set_account_limits(&mut self, request: &SetAccountLimits, out: &mut Events) {
        let SetAccountLimits { account, limits } = *request;
        let mut checks = Checks::default();
        let is_dry = |rate: Rate| rate.per_second > 0 && rate.burst == 0;
        checks.plain(self.customer(account).is_none(), RejectReason::UnknownAccount);
        let is_bad = is_dry(limits.orders) || is_dry(limits.cancels) || limits.duplicate_ns < 0;
        checks.plain(is_bad, RejectReason::InvalidDefinition);
        if let Err(refusal) = checks.result() {
            out.push(command_rejected(refusal));
            return;
        }
        let (orders, cancels) = (Bucket::full(limits.orders), Bucket::full(limits.cancels));
        self.guards.accounts.insert(account, AccountGuard { limits, orders, cancels, accepted: Vec::new() });
        out.push(EventKind::Guard(GuardEvent::LimitsSet { account, instrument: None }));
    }

    pub(super) fn set_instrument_limits(&mut self, request: &SetInstrumentLimits, out: &mut Events) {
        let SetInstrumentLimits { account, instrument, limits } = *request;
        let mut checks = Checks::default();
        checks.plain(self.customer(account).is_none(), RejectReason::UnknownAccount);
        checks.plain(self.listed(instrument).is_none(), RejectReason::UnknownInstrument);
        let is_negative = limits.max_qty.is_some_and(|qty| qty.0 < 0)
            || limits.position_max.is_some_and(|qty| qty.0 < 0)
            || limits.max_value.is_some_and(|value| value.0 < 0);
        let is_wide = limits.collar_bps.is_some_and(|bps| bps > COLLAR_BPS_MAX);
        checks.plain(is_negative || is_wide, RejectReason::InvalidDefinition);
        if let Err(refusal) = checks.result() {
            out.push(command_rejected(refusal));
            return;
        }
        self.guards.instruments.insert((account, instrument), limits);
        out.push(EventKind::Guard(GuardEvent::LimitsSet { account, instrument: Some(instrument) }));
    }

    pub(super) fn set_credit_line(&mut self, request: &SetCreditLine, out: &mut Events) {
        let SetCreditLine { account, asset, amount } = *request;
        let mut checks = Checks::default();
        let customer = self.customer(account);
        checks.plain(customer.is_none(), RejectReason::UnknownAccount);
        checks.plain(self.asset(asset).is_none(), RejectReason::UnknownAsset);
        checks.measured(amount.0 < 0, RejectReason::AmountNotPositive, amount.0, 0);
        checks.measured(amount > MONEY_MAX, RejectReason::Overflow, amount.0, MONEY_MAX.0);
        let is_credit = customer.is_some_and(|account| account.kind == AccountKind::Credit);
        checks.plain(is_credit, RejectReason::InvalidDefinition);
        checks.plain(self.is_token(asset), RejectReason::OutcomeAsset);
        if let Err(refusal) = checks.result() {
            out.push(command_rejected(refusal));
            return;
        }
        self.guards.credit.insert((account, asset), amount.0);
        out.push(EventKind::Guard(GuardEvent::CreditLineSet { account, asset, amount }));
    }

    /// What an account's orders may reserve beyond its balance.
    pub(super) fn credit_line(&self, account: AccountId, asset: AssetId) -> i128 {
        self.guards.credit.get(&(account, asset)).copied().unwrap_or(0)
    }
}
