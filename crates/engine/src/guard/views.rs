//! Questions about what is set around accounts, answered without changing it.

use model::{
    AccountId, AccountLimits, AssetId, InstrumentId, InstrumentLimits, KillScope, Money, OperatorId, Qty, SessionId,
    Side,
};

use crate::exchange::Exchange;
use crate::guard::Guard;

impl Exchange {
    fn guard(&self, account: AccountId) -> Option<&Guard> {
        self.shared.guards.of(account)
    }

    /// The limits of an account over all instruments.
    pub fn account_limits(&self, account: AccountId) -> AccountLimits {
        self.guard(account).map(Guard::limits).unwrap_or_default()
    }

    /// The limits of an account in an instrument.
    pub fn instrument_limits(&self, account: AccountId, instrument: InstrumentId) -> InstrumentLimits {
        let desk = self.guard(account).and_then(|guard| guard.desk(instrument));
        desk.map(|desk| desk.limits).unwrap_or_default()
    }

    /// How far an account may go below zero in an asset.
    pub fn credit_line(&self, account: AccountId, asset: AssetId) -> Money {
        self.guard(account).map_or(Money(0), |guard| guard.line(asset))
    }

    /// Orders and cancels that an account could send at a time; empty where nothing limits them (S-123).
    pub fn messages_left(&self, account: AccountId, now_ns: i64) -> [Option<u32>; 2] {
        let Some(guard) = self.guard(account) else { return [None; 2] };
        let limits = guard.limits();
        [(guard.orders, limits.orders), (guard.cancels, limits.cancels)]
            .map(|(bucket, rate)| (rate.per_second > 0).then(|| bucket.messages(rate, now_ns)))
    }

    /// What the working orders of an account on a side of an instrument have left; empty where no limits are set there.
    pub fn working_qty(&self, account: AccountId, instrument: InstrumentId, side: Side) -> Option<Qty> {
        let desk = self.guard(account)?.desk(instrument)?;
        let market = self.markets.get(instrument.0 as usize)?;
        Some(market.qty(desk.working[side as usize]))
    }

    /// The kill switches that are on: what they stop, whether reduce-only orders are let in, who tripped them last.
    pub fn kill_switches(&self) -> Vec<(KillScope, bool, OperatorId)> {
        let on = self.shared.guards.switches.all();
        on.map(|(scope, switch)| (*scope, switch.reducing, switch.operator)).collect()
    }

    /// The grace of a connection whose orders are cancelled when it is lost, and when they will be.
    pub fn disconnect_rule(&self, session: SessionId) -> Option<(i64, Option<i64>)> {
        let rule = self.shared.guards.timers.rules().get(&session)?;
        Some((rule.grace_ns, rule.deadline_ns))
    }

    /// When the orders of an account will be cancelled unless its dead-man timer is renewed.
    pub fn dead_man(&self, account: AccountId) -> Option<i64> {
        self.shared.guards.timers.dead_men().get(&account).copied()
    }
}
