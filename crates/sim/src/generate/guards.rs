//! Limits tight enough to bite, kill switches, lost connections, dead-man timers.

use model::{
    AccountId, AccountLimits, AssetId, CancelAllAfter, Command, InstrumentId, InstrumentLimits, KillScope, KillSwitch,
    MONEY_MAX, Money, NewOrder, OperatorId, Qty, Rate, Rearm, SessionId, SetAccountLimits, SetCancelOnDisconnect,
    SetCreditLine, SetInstrumentLimits,
};

use super::Generator;
use super::world::{funds, name};

const SECOND: i64 = 1_000_000_000;

impl Generator {
    pub(super) fn operator(&mut self) -> OperatorId {
        OperatorId(self.draw.pick(&[1, 2, 3]))
    }

    fn session(&mut self) -> SessionId {
        SessionId(u32::try_from(self.draw.index(3)).expect("small"))
    }

    /// Mostly a customer, rarely nobody.
    fn somebody(&mut self) -> AccountId {
        let account = self.account();
        if self.is_bad() { AccountId(self.draw.pick(&[0, 99])) } else { account }
    }

    fn something(&mut self) -> InstrumentId {
        let (instrument, _) = self.instrument();
        if self.is_bad() { InstrumentId(99) } else { instrument }
    }

    /// Some units of the sequence's time, rarely wrong.
    pub(super) fn some_time(&mut self, most: i64, max_ns: i64) -> i64 {
        let time = self.draw.between(0, most).saturating_mul(self.swarm.unit_ns).min(max_ns);
        if self.is_bad() { self.draw.pick(&[-1, max_ns + 1, i64::MAX, i64::MIN, max_ns]) } else { time }
    }

    /// One command about limits and emergencies.
    pub(super) fn guard_command(&mut self) -> Command {
        match self.draw.weighted(&self.swarm.guards.clone()) {
            0 => self.account_limits(),
            1 => self.instrument_limits(),
            2 => self.credit_line(),
            3 => self.kill(),
            4 => self.cancel_on_disconnect(),
            5 => Command::SessionDown(self.session()),
            6 => Command::SessionUp(self.session()),
            _ => {
                let timeout_ns = if self.draw.chance(200) { 0 } else { self.some_time(12, 86_400 * SECOND) };
                Command::CancelAllAfter(CancelAllAfter { account: self.somebody(), timeout_ns })
            }
        }
    }

    fn rate(&mut self) -> Rate {
        let per_second = self.draw.pick(&[0, 0, 1, 3, 1_000, 1_000_000, 900_000_000]);
        let burst = if self.is_bad() { 0 } else { self.draw.pick(&[1, 2, 5, 20]) };
        Rate { per_second, burst }
    }

    fn account_limits(&mut self) -> Command {
        let limits = AccountLimits {
            orders: self.rate(),
            cancels: self.rate(),
            open_orders_max: self.draw.pick(&[0, 0, 1, 3, 8]),
            duplicate_ns: if self.draw.chance(500) { 0 } else { self.some_time(30, i64::MAX - 1) },
        };
        let account = self.somebody();
        // Most sequences have room to trade in: limits come and go.
        let limits = if self.draw.chance(250) { AccountLimits::default() } else { limits };
        Command::SetAccountLimits(SetAccountLimits { account, limits })
    }

    fn instrument_limits(&mut self) -> Command {
        let instrument = self.something();
        let market = self.market(instrument);
        let lot = market.definition.lot_size.0;
        let lots = self.swarm.lots;
        let (most, value, position) =
            (self.draw.between(1, lots), self.draw.between(1, lots), self.draw.between(0, 3 * lots));
        let one_lot = i128::from(market.middle.0).abs().max(1) * i128::from(lot) * market.scale;
        let mut limits = InstrumentLimits {
            max_qty: self.draw.chance(300).then_some(Qty(most * lot)),
            max_value: self.draw.chance(300).then_some(Money(one_lot * i128::from(value))),
            collar_bps: self.draw.chance(300).then(|| self.draw.pick(&[0, 50, 100, 300, 1_000])),
            position_max: self.draw.chance(300).then_some(Qty(position * lot)),
            restricted: self.draw.chance(120),
        };
        if self.is_bad() {
            match self.draw.index(5) {
                0 => limits.max_qty = Some(Qty(-1)),
                1 => limits.max_value = Some(Money(-1)),
                2 => limits.position_max = Some(Qty(i64::MIN)),
                3 => limits.collar_bps = Some(1_000_001),
                _ => limits.position_max = Some(Qty(i64::MAX)),
            }
        }
        let account = self.somebody();
        Command::SetInstrumentLimits(Box::new(SetInstrumentLimits { account, instrument, limits }))
    }

    fn credit_line(&mut self) -> Command {
        let account = self.somebody();
        let asset = AssetId(u32::try_from(self.draw.index(self.world.decimals.len())).expect("small"));
        let (_, market) = self.instrument();
        let mut amount = funds(&mut self.draw, &market, asset, &self.world.decimals);
        if self.draw.chance(250) {
            amount = Money(0);
        }
        if self.is_bad() {
            amount = Money(self.draw.pick(&[-1, MONEY_MAX.0, MONEY_MAX.0 + 1, i128::MIN]));
        }
        let asset = if self.is_bad() { AssetId(99) } else { asset };
        Command::SetCreditLine(SetCreditLine { account, asset, amount })
    }

    fn scope(&mut self) -> KillScope {
        match self.draw.index(4) {
            0 => KillScope::All,
            1 => KillScope::Instrument(self.something()),
            2 => KillScope::Account(self.somebody()),
            _ => KillScope::Session(self.session()),
        }
    }

    fn kill(&mut self) -> Command {
        let scope = self.scope();
        self.switches.push(scope);
        let (reducing, operator) = (self.draw.chance(400), self.operator());
        Command::KillSwitch(KillSwitch { scope, reducing, operator, note: name("K", 1) })
    }

    /// Ends a switch that was tripped, mostly soon, so that the sequence goes on; now and then one that was not.
    pub(super) fn maybe_rearm(&mut self) -> Option<Command> {
        let is_due = !self.switches.is_empty() && self.draw.chance(80);
        let is_wrong = self.swarm.guard_share > 0 && self.draw.chance(2);
        if !is_due && !is_wrong {
            return None;
        }
        let scope = if is_due { self.switches[self.draw.index(self.switches.len())] } else { self.scope() };
        let operator = self.operator();
        if self.draw.chance(500) {
            self.switches.retain(|other| *other != scope);
        }
        Some(Command::Rearm(Rearm { scope, operator, note: name("R", 1) }))
    }

    fn cancel_on_disconnect(&mut self) -> Command {
        let grace_ns = if self.draw.chance(150) { None } else { Some(self.some_time(6, 60 * SECOND)) };
        let grace_ns = grace_ns.map(|grace| if self.draw.chance(200) { 0 } else { grace });
        Command::SetCancelOnDisconnect(SetCancelOnDisconnect { session: self.session(), grace_ns })
    }

    /// The last new order once more under another id.
    pub(super) fn maybe_duplicate(&mut self) -> Option<NewOrder> {
        if self.swarm.guard_share == 0 || !self.draw.chance(25) {
            return None;
        }
        let of_order = |command: &Command| if let Command::NewOrder(order) = command { Some(*order) } else { None };
        let mut order = self.sent.iter().rev().find_map(of_order)?;
        order.cl_ord_id = self.fresh_id(order.account);
        Some(order)
    }
}
