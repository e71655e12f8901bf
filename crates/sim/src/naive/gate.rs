//! The gate every order passes: what an account may enter, with the numbers of the moment.

use model::{AccountId, AssetId, InstrumentId, InstrumentLimits, OrdType, Price, RejectReason, Side};

use super::checks::Checks;
use super::risk::Likeness;
use super::{NaiveExchange, Order};

/// `floor(|x| * bps / 10,000)`.
pub(super) fn share(price: Price, bps: u32) -> i64 {
    let share = i128::from(price.0).abs() * i128::from(bps) / 10_000;
    i64::try_from(share).unwrap_or(i64::MAX)
}

impl NaiveExchange {
    pub(super) fn instrument_limits(&self, account: AccountId, instrument: InstrumentId) -> InstrumentLimits {
        self.guards.instruments.get(&(account, instrument)).copied().unwrap_or_default()
    }

    /// 410.
    pub(super) fn check_restricted(&self, account: AccountId, instrument: InstrumentId, checks: &mut Checks) {
        checks.plain(self.instrument_limits(account, instrument).restricted, RejectReason::Restricted);
    }

    /// 504 and 505: the total of an order and its notional where it has one. Quantity 0 is a budget's.
    pub(super) fn check_size(&self, order: &Order, total: i64, notional: Option<i128>, checks: &mut Checks) {
        let limits = self.instrument_limits(order.account, order.instrument);
        if let Some(max) = limits.max_qty.filter(|_| total != 0) {
            checks.measured(total > max.0, RejectReason::MaxQty, total.into(), max.0.into());
        }
        if let (Some(max), Some(notional)) = (limits.max_value, notional) {
            checks.measured(notional > max.0, RejectReason::MaxValue, notional, max.0);
        }
    }

    /// The absolute notional of an order at the price that bounds it; its budget where it has one.
    pub(super) fn notional_at_bound(&self, order: &Order, total: i64) -> Option<i128> {
        let at_bound = |price| self.notional(order.instrument, price, total).abs();
        order.budget.or(order.limit.or(order.protection).map(at_bound))
    }

    /// 506.
    pub(super) fn check_collar(&self, order: &Order, price: Price, checks: &mut Checks) {
        let collar = self.instrument_limits(order.account, order.instrument).collar_bps;
        let reference = self.recent_reference(order.instrument);
        let (Some(bps), Some(reference)) = (collar, reference) else { return };
        let (price, reference) = (i128::from(price.0), i128::from(reference.0));
        let width = reference.abs() * i128::from(bps) / 10_000;
        let (bound, is_beyond) = match order.side {
            Side::Buy => (reference + width, price > reference + width),
            Side::Sell => (reference - width, price < reference - width),
        };
        checks.measured(is_beyond, RejectReason::PriceCollar, price, bound);
    }

    /// 507.
    pub(super) fn check_duplicate(&self, account: AccountId, likeness: Likeness, checks: &mut Checks) {
        let Some(guard) = self.guards.accounts.get(&account) else { return };
        let same = guard.accepted.iter().rev().find(|(_, accepted)| *accepted == likeness);
        if let Some((accepted_ns, _)) = same {
            let (ago, within) = (self.stamp.ts_ns - accepted_ns, guard.limits.duplicate_ns);
            checks.measured(ago < within, RejectReason::Duplicate, ago.into(), within.into());
        }
    }

    /// 508 for so many more orders.
    pub(super) fn check_open_orders(&self, account: AccountId, more: usize, checks: &mut Checks) {
        let Some(guard) = self.guards.accounts.get(&account) else { return };
        let max = i128::from(guard.limits.open_orders_max);
        let open = self.orders.values().filter(|order| order.account == account).count() + more;
        let open = i128::try_from(open).unwrap_or(i128::MAX);
        checks.measured(max > 0 && open > max, RejectReason::OpenOrders, open, max);
    }

    /// 509: `order` counts as it is given, whatever is on the book under its id; `except` does not count.
    pub(super) fn check_position(&self, order: &Order, except: &[model::OrderId], checks: &mut Checks) {
        let limits = self.instrument_limits(order.account, order.instrument);
        let Some(max) = limits.position_max.filter(|_| !order.reduce_only && !order.is_by_budget_alone()) else {
            return;
        };
        let position = self.position(order.account, order.instrument);
        let position = if order.side == Side::Buy { position } else { -position };
        let working = self.orders.values().filter(|other| {
            other.account == order.account
                && other.instrument == order.instrument
                && other.side == order.side
                && other.id != order.id
                && !except.contains(&other.id)
                && !other.waits()
        });
        let leaves: i128 = working.map(|other| i128::from(other.leaves)).sum();
        let led_to = position + leaves + i128::from(order.leaves);
        checks.measured(led_to > max.0.into(), RejectReason::PositionLimit, led_to, max.0.into());
    }

    /// 503, or 510 where the account has a credit line: an increase of what is reserved.
    pub(super) fn check_funds(&self, account: AccountId, asset: AssetId, increase: i128, checks: &mut Checks) {
        let line = self.credit_line(account, asset);
        let available = self.available(account, asset) + line;
        let reason = if line > 0 { RejectReason::CreditLimit } else { RejectReason::InsufficientFunds };
        let is_short = self.is_cash(account) && increase > 0 && increase > available;
        checks.measured(is_short, reason, increase, available);
    }

    /// 503 to 506 and 509, 510 of an order that wants to work, as it would be let in.
    pub(super) fn check_gate(&self, order: &Order, explicit_protection: Option<Price>, checks: &mut Checks) {
        self.check_size(order, order.order_qty, self.notional_at_bound(order, order.order_qty), checks);
        let limit = order.limit.filter(|_| order.ord_type == OrdType::Limit);
        for price in limit.into_iter().chain(explicit_protection) {
            self.check_collar(order, price, checks);
        }
        self.check_position(order, &[], checks);
    }
}
