//! Trading states of an instrument and what each permits (S-05, S-91).

/// The state of one instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum TradingState {
    /// Defined but not open for anything.
    PreListed = 0,
    /// Orders are collected for the opening; nothing matches.
    PreOpen = 1,
    /// The opening call.
    OpeningAuction = 2,
    /// Orders match as they come.
    Continuous = 3,
    /// At the band: matching inside it only. Entered by the breaker alone.
    LimitState = 4,
    /// The call that ends a volatility halt.
    VolatilityAuction = 5,
    /// Nothing new; cancels always.
    Halted = 6,
    /// Cancels and quantity decreases only.
    CancelOnly = 7,
    /// Post-only limits are collected; nobody takes.
    PostOnly = 8,
    /// The closing call.
    ClosingAuction = 9,
    /// The session is over.
    Closed = 10,
    /// Gone; terminal.
    Delisted = 11,
    /// After a reopening: limits only, inside a collar. Entered by the breaker alone.
    Cooling = 12,
}

/// What kind of new order a state lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Every kind.
    All,
    /// Limits that can wait for an auction, and auction orders.
    Call,
    /// Post-only limits.
    PostOnly,
    /// Limits only.
    LimitOnly,
    /// None.
    Nothing,
}

/// What amends a state lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Every amend.
    All,
    /// Decreases of quantity only.
    DecreaseOnly,
    /// None.
    Nothing,
}

impl TradingState {
    /// All states, in numeric order.
    pub const ALL: [TradingState; 13] = [
        TradingState::PreListed,
        TradingState::PreOpen,
        TradingState::OpeningAuction,
        TradingState::Continuous,
        TradingState::LimitState,
        TradingState::VolatilityAuction,
        TradingState::Halted,
        TradingState::CancelOnly,
        TradingState::PostOnly,
        TradingState::ClosingAuction,
        TradingState::Closed,
        TradingState::Delisted,
        TradingState::Cooling,
    ];

    /// An auction call: the book may be crossed and an indicative price is published.
    pub fn is_call(self) -> bool {
        matches!(self, TradingState::OpeningAuction | TradingState::VolatilityAuction | TradingState::ClosingAuction)
    }

    /// Incoming orders match against the book.
    pub fn matches_orders(self) -> bool {
        matches!(self, TradingState::Continuous | TradingState::LimitState | TradingState::Cooling)
    }

    /// The book must be uncrossed while in this state.
    pub fn needs_uncrossed_book(self) -> bool {
        self.matches_orders() || matches!(self, TradingState::PostOnly)
    }

    /// Waiting orders are compared with their source and fire (S-91).
    pub fn triggers(self) -> bool {
        self.needs_uncrossed_book()
    }

    /// How restrictive the state is: of several inputs, the highest decides (S-05b).
    pub fn restriction(self) -> u8 {
        match self {
            TradingState::Continuous => 0,
            TradingState::Cooling => 1,
            TradingState::LimitState => 2,
            TradingState::PostOnly => 3,
            TradingState::PreOpen => 4,
            TradingState::OpeningAuction | TradingState::VolatilityAuction | TradingState::ClosingAuction => 5,
            TradingState::CancelOnly => 6,
            TradingState::Halted => 7,
            TradingState::Closed => 8,
            TradingState::PreListed => 9,
            TradingState::Delisted => 10,
        }
    }

    /// Which new orders are let in (S-91).
    pub fn new_orders(self) -> Admission {
        match self {
            TradingState::Continuous | TradingState::LimitState => Admission::All,
            TradingState::Cooling => Admission::LimitOnly,
            TradingState::PreOpen
            | TradingState::OpeningAuction
            | TradingState::VolatilityAuction
            | TradingState::ClosingAuction => Admission::Call,
            TradingState::PostOnly => Admission::PostOnly,
            TradingState::PreListed
            | TradingState::Halted
            | TradingState::CancelOnly
            | TradingState::Closed
            | TradingState::Delisted => Admission::Nothing,
        }
    }

    /// Which amends are let in (S-91).
    pub fn amends(self) -> Entry {
        match self {
            TradingState::PreListed | TradingState::Delisted => Entry::Nothing,
            TradingState::Halted | TradingState::CancelOnly | TradingState::Closed => Entry::DecreaseOnly,
            TradingState::PreOpen
            | TradingState::OpeningAuction
            | TradingState::Continuous
            | TradingState::LimitState
            | TradingState::VolatilityAuction
            | TradingState::PostOnly
            | TradingState::ClosingAuction
            | TradingState::Cooling => Entry::All,
        }
    }
}
