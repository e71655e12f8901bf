//! The words an order is made of.

use crate::numbers::{Price, Qty};

/// Buy or sell (FIX 54).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Side {
    /// Wire code 0.
    Buy = 0,
    /// Wire code 1.
    Sell = 1,
}

impl Side {
    /// The other side.
    #[must_use]
    pub fn opposite(self) -> Side {
        match self {
            Side::Buy => Side::Sell,
            Side::Sell => Side::Buy,
        }
    }

    /// Whether an order of this side with limit `limit` accepts a trade at `price`.
    pub fn accepts(self, limit: Price, price: Price) -> bool {
        match self {
            Side::Buy => price <= limit,
            Side::Sell => price >= limit,
        }
    }
}

/// How an order is priced (FIX 40).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum OrdType {
    /// Trades at its price or better and may rest.
    Limit = 0,
    /// Trades at once up to its protection price (or, in an auction, before all limits) and never rests afterwards.
    Market = 1,
    /// Trades at once like a market order; what is left rests at the price of its last fill.
    MarketToLimit = 2,
    /// Follows a reference price with an offset, optionally within a limit.
    Pegged = 3,
}

/// How long an order lives (FIX 59).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimeInForce {
    /// Until filled or cancelled.
    Gtc,
    /// Until the instrument's session ends (it enters Closed).
    Day,
    /// Until `expire_ns` (FIX 126): it is gone before any command whose time is at or after it.
    Gtd {
        /// Nanoseconds since the Unix epoch.
        expire_ns: i64,
    },
    /// What can trade now; the rest is cancelled.
    Ioc,
    /// All now or nothing.
    Fok,
    /// At the opening auction only.
    Ato,
    /// At the closing auction only.
    Atc,
    /// At the next auction, whichever it is.
    Gfa,
}

impl TimeInForce {
    /// Whether the order may stay on the book in continuous trading.
    pub fn rests(self) -> bool {
        match self {
            TimeInForce::Gtc | TimeInForce::Day | TimeInForce::Gtd { .. } => true,
            TimeInForce::Ioc | TimeInForce::Fok | TimeInForce::Ato | TimeInForce::Atc | TimeInForce::Gfa => false,
        }
    }

    /// Whether the order lives for an auction only.
    pub fn is_auction(self) -> bool {
        match self {
            TimeInForce::Ato | TimeInForce::Atc | TimeInForce::Gfa => true,
            TimeInForce::Gtc | TimeInForce::Day | TimeInForce::Gtd { .. } | TimeInForce::Ioc | TimeInForce::Fok => {
                false
            }
        }
    }

    /// A number per kind, in wire order, for hashing and encoding.
    pub fn code(self) -> u8 {
        match self {
            TimeInForce::Gtc => 0,
            TimeInForce::Ioc => 1,
            TimeInForce::Fok => 2,
            TimeInForce::Day => 3,
            TimeInForce::Gtd { .. } => 4,
            TimeInForce::Ato => 5,
            TimeInForce::Atc => 6,
            TimeInForce::Gfa => 7,
        }
    }

    /// The expiry time in nanoseconds, 0 where the order has none.
    pub fn expire_ns(self) -> i64 {
        match self {
            TimeInForce::Gtd { expire_ns } => expire_ns,
            TimeInForce::Gtc
            | TimeInForce::Day
            | TimeInForce::Ioc
            | TimeInForce::Fok
            | TimeInForce::Ato
            | TimeInForce::Atc
            | TimeInForce::Gfa => 0,
        }
    }
}

/// How much of a resting order the public sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Display {
    /// All of it.
    #[default]
    All,
    /// None of it; it ranks after everything displayed at its price.
    Hidden,
    /// A tip that is refilled from a hidden reserve (FIX 1138).
    Iceberg {
        /// The size of a fresh tip; never changes by itself.
        display_qty: Qty,
        /// The tip is refilled once it is at or below this quantity (0: when it is used up).
        threshold: Qty,
        /// How far a refilled tip may differ from `display_qty`, in basis points of it (1,000 = +/-10 %).
        variance_bps: u16,
    },
}

/// What happens when an order would trade with one of the same owner (S-30). The aggressor's mode decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum StpMode {
    /// The trade is allowed.
    None = 0,
    /// The incoming order is cancelled (`EXPIRE_TAKER`).
    CancelNewest = 1,
    /// The resting order is cancelled (`EXPIRE_MAKER`).
    CancelOldest = 2,
    /// Both are cancelled.
    CancelBoth = 3,
    /// Both lose the smaller remaining quantity; the one with nothing left is cancelled.
    DecrementAndCancel = 4,
}

/// What an order does that would take liquidity although it must not (FIX 18 = 6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PostOnly {
    /// It may take.
    #[default]
    No = 0,
    /// It is rejected.
    Reject = 1,
    /// Its price is moved to one tick behind the opposite touch.
    Slide = 2,
}

/// The price a pegged order follows, computed from displayed orders that are not pegged themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PegReference {
    /// The best price of the order's own side.
    Near = 0,
    /// Halfway between both touches, rounded away from the market to a tick (buy down, sell up).
    Mid = 1,
    /// The best price of the opposite side.
    Far = 2,
}

/// What a pegged order follows and how far from it. The order's `price` is its optional limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Peg {
    /// The price it follows.
    pub reference: PegReference,
    /// Added to the reference, in base ticks of the instrument; negative is lower.
    pub offset_ticks: i32,
}
