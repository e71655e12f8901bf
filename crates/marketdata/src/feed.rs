//! The messages of the public feed and how they are numbered (S-100).
//!
//! One channel per instrument and depth. A channel counts its messages from 1 within an epoch; `prev_seq` names the
//! message before it, so a client that skips, merges or loses one knows. Prints, states and auction indications are on
//! every channel, in their place between the book changes. Nothing here carries hidden size (S-56): a hidden order has
//! no message, an iceberg only its tip, a print the quantity executed.
//!
//! For clients of Binance's depth stream: `U = prev_seq + 1`, `u = seq`, `lastUpdateId` is the snapshot's `seq`.

use std::fmt;

use model::{InstrumentId, Price, PublicId, Qty, Side, TradeId, TradingState};

use crate::l1::Top;
use crate::level::Level;

/// A checksum is the message with a number that this divides.
pub const CHECKSUM_EVERY: u64 = 100;

/// How much of the book a channel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Best bid and ask.
    L1,
    /// Every price level.
    L2,
    /// Every displayed order.
    L3,
}

/// One message of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Update {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// Which channel of it.
    pub depth: Depth,
    /// Which run of the publisher; numbers start again with each.
    pub epoch: u32,
    /// Its number (FIX 83), from 1.
    pub seq: u64,
    /// The number of the message before it, 0 before the first.
    pub prev_seq: u64,
    /// Time of the command that caused it, in nanoseconds since the Unix epoch.
    pub ts_ns: i64,
    /// What it says.
    pub body: Body,
}

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// The book changed.
    Book(Delta),
    /// Two orders traded. On the book channels the change it makes follows as a delta of its own.
    Traded(Print),
    /// The trading state changed to this one.
    State(TradingState),
    /// What the auction would do now.
    Indicative(Indication),
    /// What the auction did.
    Uncrossed(Indication),
    /// CRC-32 of the client's view at this point; see [`crate::checksum`].
    Checksum(u32),
}

/// A change of the book at the depth of its channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delta {
    /// Of the L1 channel: both sides as they are.
    Top(Top),
    /// Of the L2 channel.
    Level(LevelChange),
    /// Of the L3 channel.
    Order(OrderChange),
}

/// A level as it is from now on; quantity 0 and count 0 where it is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelChange {
    /// Which side.
    pub side: Side,
    /// The level.
    pub level: Level,
}

/// A change of one displayed order (FIX 279).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderChange {
    /// It joined the back of the queue at its price.
    Added {
        /// Names this stay in the queue, > 0; a refreshed tip has another one.
        public_id: PublicId,
        /// Which side.
        side: Side,
        /// At what price.
        price: Price,
        /// What is displayed, > 0.
        qty: Qty,
    },
    /// It shows another quantity and keeps its place.
    Reduced {
        /// Which.
        public_id: PublicId,
        /// What is displayed from now on, > 0.
        qty: Qty,
    },
    /// It left the queue.
    Deleted {
        /// Which.
        public_id: PublicId,
    },
}

/// A public trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Print {
    /// The trade's id (FIX 880).
    pub trade_id: TradeId,
    /// At what price.
    pub price: Price,
    /// What was executed, hidden quantity included.
    pub qty: Qty,
    /// Which side came in; empty in an auction.
    pub aggressor: Option<Side>,
    /// The displayed order that rested; 0 where it was hidden, and in an auction.
    pub maker: PublicId,
}

/// The price and volume of an auction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Indication {
    /// Price; empty where nothing crosses.
    pub price: Option<Price>,
    /// Volume at it.
    pub volume: Qty,
    /// What is left at it: positive on the buy side, negative on the sell side.
    pub imbalance: Qty,
}

/// Why a view refused a delta; the view is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inconsistent {
    /// The delta belongs to another depth.
    WrongDepth,
    /// A quantity below 0, or 0 where there must be one.
    BadQty,
    /// An order that is there already.
    DuplicateOrder(PublicId),
    /// An order that is not there.
    UnknownOrder(PublicId),
    /// A level that is not there is said to be gone.
    UnknownLevel(Price),
}

impl fmt::Display for Inconsistent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongDepth => f.write_str("delta of another depth"),
            Self::BadQty => f.write_str("quantity out of range"),
            Self::DuplicateOrder(id) => write!(f, "order is there already: public_id={id}"),
            Self::UnknownOrder(id) => write!(f, "no such order: public_id={id}"),
            Self::UnknownLevel(price) => write!(f, "no such level: price={}", price.0),
        }
    }
}

impl std::error::Error for Inconsistent {}

/// A book at one depth, changed by deltas only: the publisher and its clients run the same code.
pub trait View: Clone + Default + PartialEq {
    /// The depth it shows.
    const DEPTH: Depth;

    /// Applies a delta.
    ///
    /// # Errors
    /// [`Inconsistent`] where the delta does not fit; the view is then unchanged.
    fn apply(&mut self, delta: &Delta) -> Result<(), Inconsistent>;

    /// CRC-32 of its best ten levels, see [`crate::checksum`].
    fn checksum(&self) -> u32;
}
