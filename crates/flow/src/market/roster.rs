//! Who takes part: the accounts, their funds and fees, and the commands that open the market.

use model::{
    AccountId, AccountKind, AddAccount, AssetId, Command, Event, EventKind, FeeBase, FeeRates, FeeScheduleId,
    InstrumentId, Money, MoveFunds, SetTradingState, TradingState,
};

use super::shapes::{QUOTE, QUOTE_DECIMALS, SHAPES, symbol};

/// Market makers per instrument; each has one account for all instruments.
pub(super) const MAKERS: usize = 3;
const CROWD: usize = 12;
const MOMENTUM: usize = 2;
const ACCOUNTS: usize = MAKERS + CROWD + MOMENTUM + 1;

const FEES: FeeScheduleId = FeeScheduleId(1);
/// A rebate of 0.1 bp for the maker, a fee of 0.3 bp for the taker.
const RATES: FeeRates = FeeRates { maker_ppm: -10, taker_ppm: 30 };
/// What each account gets of every asset, in whole units: more than a market can move in a day.
const FUNDS_UNITS: i128 = 1_000_000_000_000;

/// One participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// Quotes both sides.
    Maker(usize),
    /// One of many who come and go.
    Crowd(usize),
    /// Follows the trend.
    Momentum(usize),
    /// Works large orders.
    Whale,
}

impl Who {
    /// Any of the crowd, chosen by a number.
    pub(super) fn of_crowd(n: u32) -> Self {
        Who::Crowd(n as usize % CROWD)
    }

    /// The follower that looks after an instrument.
    pub(super) fn follower(floor: usize) -> Self {
        Who::Momentum(floor % MOMENTUM)
    }

    fn index(self) -> usize {
        match self {
            Who::Maker(n) => n,
            Who::Crowd(n) => MAKERS + n,
            Who::Momentum(n) => MAKERS + CROWD + n,
            Who::Whale => ACCOUNTS - 1,
        }
    }
}

fn account_names() -> Vec<String> {
    let numbered = |kind: &'static str, n: usize| (1..=n).map(move |one| format!("{kind}-{one}"));
    let named = numbered("maker", MAKERS).chain(numbered("crowd", CROWD)).chain(numbered("momentum", MOMENTUM));
    named.chain([String::from("whale")]).collect()
}

/// The ids the exchange gave, in the order of shapes and accounts, and how far the opening is.
#[derive(Clone, Debug, Default)]
pub(super) struct Roster {
    assets: Vec<AssetId>,
    instruments: Vec<InstrumentId>,
    accounts: Vec<AccountId>,
    stage: usize,
}

impl Roster {
    /// The account of a participant.
    pub(super) fn account(&self, who: Who) -> AccountId {
        self.accounts[who.index()]
    }

    /// The instrument of a shape.
    pub(super) fn instrument(&self, floor: usize) -> InstrumentId {
        self.instruments[floor]
    }

    /// Which shape an instrument has; `None` for one that is not of this market.
    pub(super) fn floor(&self, instrument: InstrumentId) -> Option<usize> {
        self.instruments.iter().position(|known| *known == instrument)
    }

    /// The commands of the next stage of the opening, `None` once the market is open.
    ///
    /// # Panics
    /// Where the events of the stage before were not absorbed, or the exchange refused a definition.
    pub(super) fn open(&mut self, seed: u64) -> Option<Vec<Command>> {
        self.stage += 1;
        match self.stage {
            1 => Some(assets()),
            2 => Some(self.definitions(seed)),
            3 => Some(self.funds()),
            _ => None,
        }
    }

    /// Learns the ids of what was defined under the market's names.
    pub(super) fn absorb(&mut self, event: &Event) {
        if let EventKind::AssetAdded { asset, .. } = event.kind {
            self.assets.push(asset);
        } else if let EventKind::InstrumentListed { instrument, symbol: listed } = event.kind {
            if SHAPES.iter().any(|shape| shape.symbol == listed.as_str()) {
                self.instruments.push(instrument);
            }
        } else if let EventKind::AccountAdded { account, name } = event.kind
            && account_names().iter().any(|known| known == name.as_str())
        {
            self.accounts.push(account);
        }
    }

    fn definitions(&self, seed: u64) -> Vec<Command> {
        assert!(self.assets.len() > SHAPES.len(), "absorb the events of the assets before going on");
        let listed = SHAPES.iter().enumerate().map(|(floor, shape)| {
            let definition = shape.instrument(self.assets[floor + 1], self.assets[0], seed);
            Command::ListInstrument(Box::new(definition))
        });
        let fees = Command::SetFees { schedule: FEES, base: FeeBase::Notional, rates: RATES };
        let opened = account_names().into_iter().map(|name| {
            let account = AddAccount { name: symbol(&name), kind: AccountKind::Cash, stp_group: 0, fees: FEES };
            Command::AddAccount(account)
        });
        listed.chain([fees]).chain(opened).collect()
    }

    fn funds(&self) -> Vec<Command> {
        assert!(
            self.accounts.len() == ACCOUNTS && self.instruments.len() == SHAPES.len(),
            "absorb the events of the definitions before going on"
        );
        let mut commands = Vec::new();
        for account in &self.accounts {
            for (asset, decimals) in self.assets.iter().zip(decimals()) {
                let amount = Money(FUNDS_UNITS * 10_i128.pow(u32::from(decimals)));
                commands.push(Command::Deposit(MoveFunds { account: *account, asset: *asset, amount }));
            }
        }
        let open = |instrument: &InstrumentId| {
            Command::SetTradingState(SetTradingState { instrument: *instrument, state: TradingState::Continuous })
        };
        commands.extend(self.instruments.iter().map(open));
        commands
    }
}

fn decimals() -> impl Iterator<Item = u8> {
    [QUOTE_DECIMALS].into_iter().chain(SHAPES.iter().map(|shape| shape.qty_decimals))
}

fn assets() -> Vec<Command> {
    let names = [QUOTE].into_iter().chain(SHAPES.iter().map(|shape| shape.base));
    names.zip(decimals()).map(|(name, decimals)| Command::AddAsset { symbol: symbol(name), decimals }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "absorb the events of the assets")]
    fn the_opening_stops_where_its_events_are_not_absorbed() {
        let mut roster = Roster::default();

        roster.open(1);
        roster.open(1);
    }

    #[test]
    fn every_participant_has_an_account_of_its_own() {
        let makers = (0..MAKERS).map(Who::Maker);
        let crowd = (0..CROWD).map(Who::Crowd);
        let all = makers.chain(crowd).chain((0..MOMENTUM).map(Who::Momentum)).chain([Who::Whale]);

        assert_eq!(all.map(Who::index).collect::<Vec<_>>(), (0..ACCOUNTS).collect::<Vec<_>>());
        assert_eq!(account_names().len(), ACCOUNTS);
    }
}
