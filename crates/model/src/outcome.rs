//! Markets of an event: what can be asked of them and what they say (S-130).

use crate::ids::{AccountId, AssetId, InstrumentId};
use crate::numbers::{Money, Price, Qty};

/// What can be asked of a market of an event besides orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeRequest {
    /// Makes an instrument that is not open yet the market of an event.
    Set(SetOutcome),
    /// Pays for pairs, or gives them back.
    MovePairs(MovePairs),
    /// The event has an outcome, or will never have one.
    Resolve(ResolveOutcome),
}

/// Makes an instrument the market of an event: its base asset pays if the event happens, `no` if it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetOutcome {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// The asset that pays 1 less what the base asset pays.
    pub no: AssetId,
}

/// Pays 1 of the quote asset for each pair of one YES and one NO, or gets it back for the pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovePairs {
    /// Whose.
    pub account: AccountId,
    /// In which market.
    pub instrument: InstrumentId,
    /// How many pairs.
    pub qty: Qty,
    /// Pairs are given back.
    pub merge: bool,
}

/// Ends the market of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResolveOutcome {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// What one YES pays, from 0 to 1; empty: void, every fill is undone.
    pub weight: Option<Price>,
}

/// What happened to the market of an event besides trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeEvent {
    /// An instrument is the market of an event.
    OutcomeSet {
        /// Which.
        instrument: InstrumentId,
        /// The asset that pays if the event does not happen.
        no: AssetId,
    },
    /// An account paid 1 for each of some pairs: by command, or to sell in the trade that follows what it did not have.
    PairsMinted {
        /// In which market.
        instrument: InstrumentId,
        /// Whose.
        account: AccountId,
        /// How many pairs.
        qty: Qty,
    },
    /// An account got 1 for each of some pairs: by command, or for those that the trade before completed.
    PairsMerged {
        /// In which market.
        instrument: InstrumentId,
        /// Whose.
        account: AccountId,
        /// How many pairs.
        qty: Qty,
    },
    /// What an account had in a market was exchanged for money.
    OutcomePaid {
        /// In which market.
        instrument: InstrumentId,
        /// Whose; the venue gives back its fees where the market is void.
        account: AccountId,
        /// How much it had of the base asset.
        yes: Qty,
        /// How much it had of the other.
        no: Qty,
        /// What it got in the quote asset; negative: what it gave back.
        amount: Money,
    },
    /// The market of an event has ended.
    OutcomeResolved {
        /// Which.
        instrument: InstrumentId,
        /// What one YES paid; empty: void.
        weight: Option<Price>,
    },
}
