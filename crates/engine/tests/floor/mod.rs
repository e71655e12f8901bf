//! What tests of orders that wait and of groups stand on: an exchange that one command after the other reaches a
//! nanosecond apart, one pair of assets without decimals, prices by the tick, quantities by the lot.

use engine::Exchange;
use model::{
    AccountId, AccountKind, AddAccount, Allocation, AssetId, ClOrdId, Command, Display, Event, Events, FeeScheduleId,
    Instrument, InstrumentId, Limits, MONEY_MAX, Money, MoveFunds, NewOrder, OrdType, PostOnly, Price, Qty, SessionId,
    Side, Stamp, StpMode, Symbol, TickTable, TimeInForce,
};

/// The first instrument.
pub const ABC: InstrumentId = InstrumentId(0);
pub const QUOTE: AssetId = AssetId(0);
pub const BASE: AssetId = AssetId(1);

/// An exchange and its time.
pub struct Floor {
    pub exchange: Exchange,
    seq: u64,
    pub now_ns: i64,
}

impl Floor {
    /// The pair of assets and these instruments of it, the account `owner` (1) with so much of quote and base, and then
    /// other accounts.
    pub fn with(
        limits: Limits,
        instruments: [Instrument; 2],
        funds: [i128; 2],
        others: &[(&str, AccountKind)],
    ) -> Self {
        let mut floor = Floor { exchange: Exchange::new(limits), seq: 0, now_ns: 0 };
        for name in ["USD", "BASE"] {
            floor.apply(&Command::AddAsset { symbol: symbol(name), decimals: 0 });
        }
        for instrument in instruments {
            floor.apply(&Command::ListInstrument(Box::new(instrument)));
        }
        for (name, kind) in [("owner", AccountKind::Cash)].iter().chain(others) {
            let (name, fees) = (symbol(name), FeeScheduleId(0));
            floor.apply(&Command::AddAccount(AddAccount { name, kind: *kind, stp_group: 0, fees }));
        }
        for (asset, amount) in [QUOTE, BASE].into_iter().zip(funds) {
            let account = AccountId(1);
            floor.apply(&Command::Deposit(MoveFunds { account, asset, amount: Money(amount) }));
        }
        floor
    }

    /// Applies a command a nanosecond later and gives what it caused, with every invariant checked.
    pub fn apply(&mut self, command: &Command) -> Vec<Event> {
        self.seq += 1;
        self.now_ns += 1;
        let mut events = Events::new();
        self.exchange.apply(Stamp { seq: self.seq, ts_ns: self.now_ns }, command, &mut events);
        self.exchange.check_invariants();
        events.as_slice().to_vec()
    }
}

pub fn symbol(text: &str) -> Symbol {
    Symbol::new(text).expect("a name that fits")
}

pub fn id(text: &str) -> ClOrdId {
    ClOrdId::new(text).expect("an id that fits")
}

/// An instrument of the pair with a tick and a lot of 1, protected at a tenth.
pub fn instrument(name: &str, max_price: i64) -> Instrument {
    Instrument {
        symbol: symbol(name),
        base: BASE,
        quote: QUOTE,
        price_decimals: 0,
        qty_decimals: 0,
        ticks: TickTable::uniform(1).expect("a tick is positive"),
        lot_size: Qty(1),
        min_qty: Qty(1),
        max_qty: Qty(1_000),
        min_notional: Money(0),
        max_notional: MONEY_MAX,
        min_price: Price(1),
        max_price: Price(max_price),
        allow_negative: false,
        previous_close: None,
        allocation: Allocation::Fifo,
        stp_default: StpMode::CancelNewest,
        max_slippage_bps: 1_000,
        seed: 0,
    }
}

/// A limit order of the first instrument, good till cancelled.
pub fn limit(account: AccountId, cl_ord_id: ClOrdId, side: Side, qty: i64, price: i64) -> NewOrder {
    NewOrder {
        account,
        session: SessionId(0),
        instrument: ABC,
        cl_ord_id,
        side,
        ord_type: OrdType::Limit,
        tif: TimeInForce::Gtc,
        order_qty: Qty(qty),
        price: Some(Price(price)),
        protection_price: None,
        quote_qty: None,
        peg: None,
        min_qty: Qty(0),
        display: Display::All,
        post_only: PostOnly::No,
        reduce_only: false,
        stp: None,
    }
}
