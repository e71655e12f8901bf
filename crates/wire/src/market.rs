//! Public messages: books, trades, states, definitions, and asking for them.

use crate::codes::words;
use crate::field::Entry;
use crate::layout::block;
use model::{AssetId, InstrumentId, Money, Price, PublicId, Qty, Side, Symbol, TickTable, TradeId, TradingState};

words! {
    /// How much of a book a channel shows.
    Depth {
        /// Best bid and ask.
        L1 = 1,
        /// Every price level.
        L2 = 2,
        /// Every displayed order.
        L3 = 3,
    }
    /// What a client wants of a channel.
    SubscribeAction {
        /// A snapshot and everything after it.
        Subscribe = 1,
        /// Nothing any more.
        Unsubscribe = 2,
        /// A snapshot again.
        Snapshot = 3,
    }
    /// What happened to a displayed order (FIX 279).
    OrderAction {
        /// It joined the back of its queue.
        Added = 1,
        /// It shows another quantity and keeps its place.
        Reduced = 2,
        /// It left its queue.
        Deleted = 3,
    }
}

block! {
    /// The place of a message in its channel.
    #[derive(Copy)]
    pub struct ChannelPosition {
        /// Which run of the publisher.
        epoch: u32,
        /// The message's number in it.
        seq: u64,
    }
}

block! {
    /// Begins or ends a subscription.
    pub struct Subscribe {
        /// Comes back in the snapshot.
        request_id: u32,
        /// Which instrument.
        instrument: InstrumentId,
        /// Which channel of it.
        depth: Depth,
        /// What is wanted.
        action: SubscribeAction,
        /// The last message the client has: what is missing is sent instead of a snapshot, where it still can be.
        resume: Option<ChannelPosition>,
    }
}

block! {
    /// Asks which instruments there are: a `SecurityDefinition` for each.
    pub struct SecurityListRequest {
        /// Comes back in the answers.
        request_id: u32,
        /// This one only.
        instrument: Option<InstrumentId>,
    }
}

block! {
    /// An instrument. Its decimals say what prices and quantities of all other messages mean.
    pub struct SecurityDefinition {
        /// That of the request; 0: nobody asked, it is new or has changed.
        request_id: u32,
        /// How many definitions follow for this request.
        remaining: u32,
        /// Its id, used in all messages.
        instrument: InstrumentId,
        /// Its name (FIX 55).
        symbol: Symbol,
        /// What is bought and sold.
        base: AssetId,
        /// Its name.
        base_symbol: Symbol,
        /// Decimals of amounts of it.
        base_decimals: u8,
        /// What it is paid with.
        quote: AssetId,
        /// Its name.
        quote_symbol: Symbol,
        /// Decimals of amounts of it.
        quote_decimals: u8,
        /// `price = mantissa / 10^price_decimals`.
        price_decimals: u8,
        /// `quantity = mantissa / 10^qty_decimals`.
        qty_decimals: u8,
        /// Every quantity is a multiple of it.
        lot_size: Qty,
        /// Smallest order quantity.
        min_qty: Qty,
        /// Largest order quantity.
        max_qty: Qty,
        /// Smallest order notional.
        min_notional: Money,
        /// Largest order notional.
        max_notional: Money,
        /// Lowest order price.
        min_price: Price,
        /// Highest order price.
        max_price: Price,
        /// Prices of zero and below are allowed.
        allow_negative: bool,
        /// Its trading state.
        state: TradingState,
        /// The asset that pays if the event of this market does not happen; empty: not the market of an event.
        no: Option<AssetId>,
        /// Its name; its decimals are those of `base`.
        no_symbol: Option<Symbol>,
        /// The price grid.
        ticks: TickTable,
    }
}

block! {
    /// Which channel a message belongs to; its own number there is that of the header.
    #[derive(Copy)]
    pub struct Channel {
        /// Which instrument.
        instrument: InstrumentId,
        /// How much of the book it shows.
        depth: Depth,
        /// Which run of the publisher; numbers start again with each.
        epoch: u32,
        /// The number of the message before this one; 0 before the first.
        prev_seq: u64,
        /// Time of the command that caused it, in nanoseconds since the Unix epoch.
        ts_ns: i64,
    }
}

block! {
    /// A price level as the public sees it.
    #[derive(Copy)]
    pub struct BookLevel {
        /// At what price.
        price: Price,
        /// What is displayed; 0 where the level is gone.
        qty: Qty,
        /// How many orders display it.
        orders: u32,
    }
}

block! {
    /// The price and volume of an auction.
    #[derive(Copy)]
    pub struct Indication {
        /// Price; absent where nothing crosses.
        price: Option<Price>,
        /// Volume at it.
        volume: Qty,
        /// What is left at it: positive on the buy side, negative on the sell side.
        imbalance: Qty,
    }
}

block! {
    /// The best price of both sides.
    pub struct TopOfBook {
        /// Which channel.
        channel: Channel,
        /// The best bid.
        bid: Option<BookLevel>,
        /// The best ask.
        ask: Option<BookLevel>,
    }
}

block! {
    /// A price level as it is from now on.
    pub struct BookDelta {
        /// Which channel.
        channel: Channel,
        /// Which side.
        side: Side,
        /// The level.
        level: BookLevel,
    }
}

block! {
    /// A displayed order changed.
    pub struct OrderDelta {
        /// Which channel.
        channel: Channel,
        /// What happened.
        action: OrderAction,
        /// Names its stay in the queue.
        public_id: PublicId,
        /// Which side, where it was added.
        side: Option<Side>,
        /// At what price, where it was added.
        price: Option<Price>,
        /// What is displayed from now on; 0 where it left.
        qty: Qty,
    }
}

block! {
    /// Two orders traded.
    pub struct Trade {
        /// Which channel.
        channel: Channel,
        /// The trade (FIX 880).
        trade_id: TradeId,
        /// At what price.
        price: Price,
        /// What was executed, hidden quantity included.
        qty: Qty,
        /// Which side came in; absent in an auction.
        aggressor: Option<Side>,
        /// The displayed order that rested; 0 where it was hidden, and in an auction.
        maker: PublicId,
    }
}

block! {
    /// An instrument changed its trading state.
    pub struct InstrumentStatus {
        /// Which channel.
        channel: Channel,
        /// To this one.
        state: TradingState,
    }
}

block! {
    /// What an auction would do, or did.
    pub struct AuctionInfo {
        /// Which channel.
        channel: Channel,
        /// It did; otherwise it would.
        uncrossed: bool,
        /// Price and volume.
        indication: Indication,
    }
}

block! {
    /// A checksum of the client's view of the book.
    pub struct BookChecksum {
        /// Which channel.
        channel: Channel,
        /// CRC-32 of its best ten levels.
        crc: u32,
    }
}

block! {
    /// A level, or on the L3 channel an order, of a snapshot.
    #[derive(Copy)]
    pub struct BookEntry {
        /// Names an order's stay in its queue; 0 for a level.
        public_id: PublicId,
        /// Which side.
        side: Side,
        /// At what price.
        price: Price,
        /// What is displayed.
        qty: Qty,
        /// How many orders display it.
        orders: u32,
    }
}

impl Entry for BookEntry {
    const COUNT_MAX: usize = 1_000;
}

block! {
    /// A book as it is, best prices first and each queue from its front; deltas with higher numbers change it.
    pub struct OrderBookSnapshot {
        /// Which channel.
        channel: Channel,
        /// That of the subscription; 0: unasked.
        request_id: u32,
        /// Which part of the snapshot, from 0.
        part: u16,
        /// How many parts.
        parts: u16,
        /// The trading state.
        state: TradingState,
        /// What the auction would do, in a call.
        indication: Option<Indication>,
        /// Bids and asks.
        entries: Vec<BookEntry>,
    }
}
