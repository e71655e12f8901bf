//! One market of an event, in cents, with one customer and a maker who has money enough.

use engine::Exchange;
use model::{
    AccountId, AccountKind, AddAccount, Allocation, AssetId, ClOrdId, Command, Display, Event, Events, FeeBase,
    FeeRates, FeeScheduleId, Instrument, InstrumentId, Limits, MONEY_MAX, Money, MoveFunds, NewOrder, OrdType,
    OutcomeRequest, PostOnly, Price, Qty, ResolveOutcome, SessionId, SetOutcome, SetTradingState, Side, Stamp, StpMode,
    Symbol, TickTable, TimeInForce, TradingState,
};

pub const USD: AssetId = AssetId(0);
pub const YES: AssetId = AssetId(1);
pub const NO: AssetId = AssetId(2);
pub const RAIN: InstrumentId = InstrumentId(0);
pub const MAKER: AccountId = AccountId(1);
pub const TAKER: AccountId = AccountId(2);
/// What everybody starts with, in cents.
pub const START: i128 = 1_000_000;

pub struct Venue {
    pub exchange: Exchange,
    seq: u64,
    orders: u32,
}

fn name(text: &str) -> Symbol {
    Symbol::new(text).unwrap()
}

fn rain() -> Instrument {
    Instrument {
        symbol: name("RAIN"),
        base: YES,
        quote: USD,
        price_decimals: 2,
        qty_decimals: 0,
        ticks: TickTable::uniform(1).unwrap(),
        lot_size: Qty(1),
        min_qty: Qty(1),
        max_qty: Qty(10_000),
        min_notional: Money(0),
        max_notional: MONEY_MAX,
        min_price: Price(1),
        max_price: Price(99),
        allow_negative: false,
        previous_close: None,
        allocation: Allocation::Fifo,
        stp_default: StpMode::None,
        max_slippage_bps: 10_000,
        seed: 0,
    }
}

impl Venue {
    pub fn new() -> Venue {
        let mut venue = Venue { exchange: Exchange::new(Limits::default()), seq: 0, orders: 0 };
        for (symbol, decimals) in [("USD", 2), ("YES", 0), ("NO", 0)] {
            venue.send(&Command::AddAsset { symbol: name(symbol), decimals });
        }
        venue.send(&Command::ListInstrument(Box::new(rain())));
        venue.send(&Command::Outcome(OutcomeRequest::Set(SetOutcome { instrument: RAIN, no: NO })));
        venue.set_fee(0);
        for (account, fees) in [("maker", 0), ("taker", 1), ("third", 1)] {
            let kind = AccountKind::Cash;
            let fees = FeeScheduleId(fees);
            venue.send(&Command::AddAccount(AddAccount { name: name(account), kind, stp_group: 0, fees }));
        }
        for account in [MAKER, TAKER, AccountId(3)] {
            venue.send(&Command::Deposit(MoveFunds { account, asset: USD, amount: Money(START) }));
        }
        let state = TradingState::Continuous;
        venue.send(&Command::SetTradingState(SetTradingState { instrument: RAIN, state }));
        venue
    }

    pub fn send(&mut self, command: &Command) -> Vec<Event> {
        self.seq += 1;
        let mut events = Events::new();
        let stamp = Stamp { seq: self.seq, ts_ns: i64::try_from(self.seq).unwrap() };
        self.exchange.apply(stamp, command, &mut events);
        self.exchange.check_invariants();
        events.as_slice().to_vec()
    }

    /// What the taker pays from now on, in parts per million.
    pub fn set_fee(&mut self, ppm: i32) {
        self.set_rate(FeeBase::Variance, ppm);
    }

    /// What it pays of that base, here or in other markets.
    pub fn set_rate(&mut self, base: FeeBase, ppm: i32) {
        let rates = FeeRates { maker_ppm: 0, taker_ppm: ppm };
        self.send(&Command::SetFees { schedule: FeeScheduleId(1), base, rates });
    }

    pub fn order(&mut self, account: AccountId, side: Side, qty: i64, cents: i64) {
        self.orders += 1;
        self.send(&Command::NewOrder(NewOrder {
            account,
            session: SessionId(0),
            instrument: RAIN,
            cl_ord_id: ClOrdId::new(&format!("o{}", self.orders)).unwrap(),
            side,
            ord_type: OrdType::Limit,
            tif: TimeInForce::Gtc,
            order_qty: Qty(qty),
            price: Some(Price(cents)),
            protection_price: None,
            quote_qty: None,
            peg: None,
            min_qty: Qty(0),
            display: Display::All,
            post_only: PostOnly::No,
            reduce_only: false,
            stp: None,
        }));
    }

    pub fn resolve(&mut self, weight: Option<i64>) {
        let weight = weight.map(Price);
        self.send(&Command::Outcome(OutcomeRequest::Resolve(ResolveOutcome { instrument: RAIN, weight })));
    }

    pub fn has(&self, account: AccountId, asset: AssetId) -> i128 {
        self.exchange.balance(account, asset).total.0
    }

    /// What an account has gained, in cents.
    pub fn gain(&self, account: AccountId) -> i128 {
        self.has(account, USD) - START
    }
}
