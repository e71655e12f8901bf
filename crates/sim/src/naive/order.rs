//! One open order and how much of it is where.

use model::{
    AccountId, ClOrdId, Display, GroupId, InstrumentId, OrdType, OrderId, Peg, PostOnly, Price, PublicId, SessionId,
    Side, StpMode, TimeInForce, Trigger,
};

/// Where an open order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On its way: it matches in this command.
    Incoming,
    /// On the book at this price.
    Book(Price),
    /// Among the market orders of an auction.
    AuctionQueue,
    /// A pegged order that waits for its reference.
    Parked,
    /// It waits for its trigger.
    Armed,
    /// It waits for the entry of its group.
    Held,
    /// Its trigger has fired; it stands in the triggered queue.
    Fired,
}

/// Which order of which group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// The group.
    pub group: GroupId,
    /// Its leg, from 0.
    pub leg: usize,
}

/// An open order. Quantities are mantissas of its instrument, amounts of its quote asset.
#[derive(Clone, Debug)]
pub struct Order {
    /// Given by the exchange.
    pub id: OrderId,
    /// Whose.
    pub account: AccountId,
    /// Through which connection it came.
    pub session: SessionId,
    /// In what.
    pub instrument: InstrumentId,
    /// Buy or sell.
    pub side: Side,
    /// How it is priced.
    pub ord_type: OrdType,
    /// How long it lives.
    pub tif: TimeInForce,
    /// Total quantity; 0 for an order by budget alone.
    pub order_qty: i64,
    /// What has traded.
    pub cum: i64,
    /// What self-trade prevention took away.
    pub prevented: i64,
    /// What remains; 0 for an order by budget alone.
    pub leaves: i64,
    /// Its limit; where a market-to-limit order rests.
    pub limit: Option<Price>,
    /// How far a market order may go, given or by default.
    pub protection: Option<Price>,
    /// Its protection price was given.
    pub is_protected: bool,
    /// What it waits for, or has waited for.
    pub trigger: Option<Trigger>,
    /// In halves, what an active trailing stop follows.
    pub anchor: Option<i64>,
    /// Its group.
    pub member: Option<Member>,
    /// What is left of its budget.
    pub budget: Option<i128>,
    /// What a pegged order follows.
    pub peg: Option<Peg>,
    /// What an IOC order must be able to trade at once.
    pub min_qty: i64,
    /// How much of it is shown.
    pub display: Display,
    /// Whether it may take.
    pub post_only: PostOnly,
    /// Whether it may only shrink a position.
    pub reduce_only: bool,
    /// In the market of an event: it gives what its account has.
    pub closes: bool,
    /// Its self-trade prevention.
    pub stp: StpMode,
    /// The highest fee rate it can be charged, in millionths.
    pub fee_cap: i32,
    /// Fee paid ahead by rounding up, in millionths of a unit.
    pub prepaid: i128,
    /// Where it is.
    pub place: Place,
    /// What the public sees of it; 0 while it is not on the book.
    pub tip: i64,
    /// How often its tip was refilled.
    pub refills: u32,
    /// Its place in time: the counter's value at its last post or refresh, 0 before the first.
    pub public_id: u64,
    /// What is reserved for it.
    pub reserved: i128,
    /// The price of its last fill.
    pub last_price: Option<Price>,
    /// The client ids that name it.
    pub chain: Vec<ClOrdId>,
}

impl Order {
    /// Smaller is served first: better price, displayed before hidden, earlier public id.
    pub fn priority(&self) -> (i64, bool, u64) {
        let price = self.book_price().map_or(0, |price| price.0);
        let rank = match self.side {
            Side::Buy => -price,
            Side::Sell => price,
        };
        (rank, self.is_hidden(), self.public_id)
    }

    /// The price it rests at.
    pub fn book_price(&self) -> Option<Price> {
        match self.place {
            Place::Book(price) => Some(price),
            Place::Incoming | Place::AuctionQueue | Place::Parked | Place::Armed | Place::Held | Place::Fired => None,
        }
    }

    /// Accepted, but not working: it waits for a trigger or an entry, or stands in the triggered queue.
    pub fn waits(&self) -> bool {
        matches!(self.place, Place::Armed | Place::Held | Place::Fired)
    }

    /// Nothing of it is ever shown.
    pub fn is_hidden(&self) -> bool {
        self.display == Display::Hidden
    }

    /// It shows a tip of a larger order.
    pub fn is_iceberg(&self) -> bool {
        matches!(self.display, Display::Iceberg { .. })
    }

    /// It names no quantity, only a budget.
    pub fn is_by_budget_alone(&self) -> bool {
        self.order_qty == 0
    }

    /// Market or market-to-limit.
    pub fn is_market_kind(&self) -> bool {
        matches!(self.ord_type, OrdType::Market | OrdType::MarketToLimit)
    }

    /// Most it would take at once: its leaves, or without end for an order by budget alone.
    pub fn wanted(&self) -> i64 {
        if self.is_by_budget_alone() { i64::MAX } else { self.leaves }
    }

    /// What one incoming order can take from it before it goes to the back: the tip, or all of a hidden order.
    pub fn reachable(&self) -> i64 {
        if self.is_hidden() { self.leaves } else { self.tip }
    }

    /// The tip it shows when it is posted.
    pub fn first_tip(&self) -> i64 {
        match self.display {
            Display::All => self.leaves,
            Display::Hidden => 0,
            Display::Iceberg { display_qty, .. } => display_qty.0.min(self.leaves),
        }
    }

    /// Whether the tip has to be refilled after a trade: low, with hidden quantity left.
    pub fn needs_refill(&self) -> bool {
        match self.display {
            Display::All | Display::Hidden => false,
            Display::Iceberg { threshold, .. } => self.leaves > self.tip && self.tip <= threshold.0,
        }
    }

    /// Sets what remains when it gets smaller: hidden quantity goes first.
    pub fn shrink_to(&mut self, leaves: i64) {
        self.leaves = leaves;
        self.tip = self.tip.min(leaves);
    }

    /// The id the public sees.
    pub fn shown_id(&self) -> PublicId {
        if self.is_hidden() { PublicId(0) } else { PublicId(self.public_id) }
    }
}
