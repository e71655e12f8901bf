//! Commands other than orders: cancels, states, money, definitions, and everything sent twice.

use model::{
    AccountId, AccountKind, AddAccount, AssetId, CancelOrder, Command, FeeBase, FeeRates, FeeScheduleId, InstrumentId,
    MONEY_MAX, MassCancel, Money, MoveFunds, SessionId, SetAccountFees, SetTradingState, Side, TradingState,
};

use super::Generator;
use super::world::{funds, name, rates};

impl Generator {
    /// Opens the markets, mostly for continuous trading.
    pub(super) fn first_states(&mut self) -> Vec<Command> {
        let states = [
            TradingState::Continuous,
            TradingState::Continuous,
            TradingState::Continuous,
            TradingState::PreOpen,
            TradingState::OpeningAuction,
        ];
        let mut commands = Vec::new();
        for index in 0..self.world.markets.len() {
            if self.draw.chance(950) {
                let instrument = InstrumentId(u32::try_from(index).expect("a small index"));
                let state = self.draw.pick(&states);
                commands.push(Command::SetTradingState(SetTradingState { instrument, state }));
                if self.swarm.halt_share > 0 && self.draw.chance(800) {
                    commands.push(self.breaker(instrument));
                }
            }
        }
        commands
    }

    /// The next random command.
    pub(super) fn command(&mut self) -> Command {
        if self.draw.chance(100) {
            let reach = self.swarm.drift;
            self.drift = (self.drift + self.draw.between(-reach, reach)).clamp(-40, 40);
        }
        if self.draw.chance(self.swarm.reuse) && !self.sent.is_empty() {
            return self.sent[self.draw.index(self.sent.len())].clone();
        }
        if let Some(command) = self.maybe_special() {
            return command;
        }
        match self.draw.weighted(&self.swarm.commands.clone()) {
            0 => Command::NewOrder(self.new_order()),
            1 => Command::Amend(self.amend()),
            2 => Command::Cancel(self.cancel()),
            3 => Command::MassCancel(self.mass_cancel()),
            4 => Command::SetTradingState(self.set_state()),
            6 => Command::Deposit(self.move_funds()),
            7 => Command::Withdraw(self.move_funds()),
            8 if self.draw.chance(500) => self.set_account_fees(),
            8 => self.set_fees(),
            9 => self.definition(),
            10 => Command::NewStop(Box::new(self.new_stop())),
            11 => Command::NewGroup(Box::new(self.new_group())),
            12 => Command::CancelGroup(self.cancel_group()),
            13 => Command::SetReference(self.set_reference()),
            _ => Command::Tick,
        }
    }

    /// What only some sequences have.
    fn maybe_special(&mut self) -> Option<Command> {
        let rare = self.maybe_outcome().or_else(|| self.maybe_amend_trade()).or_else(|| self.maybe_set_ticks());
        rare.or_else(|| self.maybe_protect())
    }

    /// Limits, emergencies and halts, in sequences that have them.
    fn maybe_protect(&mut self) -> Option<Command> {
        if let Some(command) = self.maybe_rearm().or_else(|| self.maybe_resume()) {
            return Some(command);
        }
        if self.draw.chance(self.swarm.guard_share) {
            return Some(self.guard_command());
        }
        if self.draw.chance(self.swarm.halt_share) {
            return Some(self.halt_command());
        }
        self.maybe_duplicate().map(Command::NewOrder)
    }

    fn cancel(&mut self) -> CancelOrder {
        let used = self.used();
        let account = if self.is_bad() { AccountId(self.draw.pick(&[0, 99])) } else { used.account };
        CancelOrder { account, target: self.target(&used), unlink: self.draw.chance(300) }
    }

    fn mass_cancel(&mut self) -> MassCancel {
        let account = self.draw.chance(500).then(|| self.account());
        let session = self.draw.chance(300).then(|| SessionId(u32::try_from(self.draw.index(3)).expect("small")));
        let instrument = self.draw.chance(300).then(|| self.instrument().0);
        let side = self.draw.chance(300).then(|| self.draw.pick(&[Side::Buy, Side::Sell]));
        let mut mass_cancel = MassCancel { account, session, instrument, side };
        if self.is_bad() {
            mass_cancel.account = Some(AccountId(self.draw.pick(&[0, 99])));
        }
        if self.is_bad() {
            mass_cancel.instrument = Some(InstrumentId(99));
        }
        mass_cancel
    }

    fn set_state(&mut self) -> SetTradingState {
        let instrument = if self.is_bad() { InstrumentId(99) } else { self.instrument().0 };
        let state = self.draw.weighted(&self.swarm.states.clone());
        let state = if self.is_bad() { self.draw.index(13) } else { state };
        SetTradingState { instrument, state: TradingState::ALL[state] }
    }

    fn move_funds(&mut self) -> MoveFunds {
        let account = self.account();
        let asset = AssetId(u32::try_from(self.draw.index(self.world.decimals.len())).expect("small"));
        let (_, market) = self.instrument();
        let mut request =
            MoveFunds { account, asset, amount: funds(&mut self.draw, &market, asset, &self.world.decimals) };
        if self.draw.chance(100) {
            request.amount.0 += i128::from(self.draw.between(0, 12));
        }
        if self.is_bad() {
            let wrong = [0, -1, MONEY_MAX.0, MONEY_MAX.0 + 1, i128::MAX, i128::MIN + 1];
            request.amount = Money(self.draw.pick(&wrong));
        }
        if self.is_bad() {
            request.account = AccountId(self.draw.pick(&[0, 99]));
        }
        if self.is_bad() {
            request.asset = AssetId(99);
        }
        request
    }

    fn set_fees(&mut self) -> Command {
        let schedule = FeeScheduleId(u16::try_from(self.draw.index(3)).expect("small"));
        let mut rates = rates(&mut self.draw);
        if self.is_bad() {
            let wrong = [(1_000_001, 0), (-5, 4), (0, -1_000_001), (-1_000_001, 1_000_000)];
            let (maker_ppm, taker_ppm) = self.draw.pick(&wrong);
            rates = FeeRates { maker_ppm, taker_ppm };
        }
        let base = self.draw.pick(&[FeeBase::Notional, FeeBase::Variance]);
        Command::SetFees { schedule, base, rates }
    }

    /// Another schedule for an account; sometimes for one that is not there, or one that was never set.
    fn set_account_fees(&mut self) -> Command {
        let account = if self.is_bad() { AccountId(self.draw.pick(&[0, 99])) } else { self.account() };
        let schedule = if self.is_bad() { 9 } else { u16::try_from(self.draw.index(3)).expect("small") };
        Command::SetAccountFees(SetAccountFees { account, schedule: FeeScheduleId(schedule) })
    }

    /// One more asset, instrument or account; often one that cannot be.
    fn definition(&mut self) -> Command {
        let number = self.draw.index(8);
        match self.draw.index(3) {
            0 => {
                let decimals = self.draw.pick(&[0, 18, 19, 255]);
                Command::AddAsset { symbol: name("A", number), decimals }
            }
            1 => {
                let mut definition = self.instrument().1.definition;
                if self.draw.chance(500) {
                    definition.symbol = name("J", number);
                }
                match self.draw.index(8) {
                    0 => definition.base = definition.quote,
                    1 => definition.base = AssetId(99),
                    2 => definition.lot_size.0 = 0,
                    3 => definition.min_qty.0 = definition.max_qty.0 + definition.lot_size.0,
                    4 => definition.price_decimals = 200,
                    5 => definition.max_slippage_bps = 10_001,
                    6 => definition.previous_close = Some(model::Price(i64::MAX)),
                    _ => {}
                }
                Command::ListInstrument(Box::new(definition))
            }
            _ => {
                let kind = self.draw.pick(&[AccountKind::Cash, AccountKind::Credit]);
                let fees = FeeScheduleId(self.draw.pick(&[0, 1, 9]));
                Command::AddAccount(AddAccount { name: name("C", number), kind, stp_group: 1, fees })
            }
        }
    }
}
