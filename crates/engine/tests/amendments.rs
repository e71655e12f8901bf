//! What a command says of a trade has to be so, also after the exchange was saved and loaded.

use engine::Exchange;
use model::{
    AccountId, AccountKind, AddAccount, Allocation, AmendTrade, AssetId, ClOrdId, Command, Display, EventKind, Events,
    FeeBase, FeeRates, FeeScheduleId, Instrument, InstrumentId, Limits, MONEY_MAX, Money, NewOrder, OrdType, OrderId,
    PostOnly, Price, Qty, RejectReason, SessionId, SetTradingState, Side, Stamp, StandingTrade, StpMode, Symbol,
    TickTable, TimeInForce, TradeId, TradingState,
};

const ABC: InstrumentId = InstrumentId(0);
const SELLER: AccountId = AccountId(1);
const BUYER: AccountId = AccountId(2);

struct Venue {
    exchange: Exchange,
    seq: u64,
}

fn name(text: &str) -> Symbol {
    Symbol::new(text).expect("fits")
}

fn instrument() -> Instrument {
    Instrument {
        symbol: name("ABC"),
        base: AssetId(1),
        quote: AssetId(0),
        price_decimals: 2,
        qty_decimals: 0,
        ticks: TickTable::uniform(5).expect("fits"),
        lot_size: Qty(2),
        min_qty: Qty(2),
        max_qty: Qty(100),
        min_notional: Money(0),
        max_notional: MONEY_MAX,
        min_price: Price(100),
        max_price: Price(100_000),
        allow_negative: false,
        previous_close: None,
        allocation: Allocation::Fifo,
        stp_default: StpMode::None,
        max_slippage_bps: 10_000,
        seed: 0,
    }
}

fn order(account: AccountId, side: Side) -> Command {
    Command::NewOrder(NewOrder {
        account,
        session: SessionId(0),
        cl_ord_id: ClOrdId::new("one").expect("fits"),
        instrument: ABC,
        side,
        ord_type: OrdType::Limit,
        price: Some(Price(10_000)),
        protection_price: None,
        quote_qty: None,
        peg: None,
        order_qty: Qty(10),
        min_qty: Qty(0),
        tif: TimeInForce::Gtc,
        display: Display::All,
        post_only: PostOnly::No,
        reduce_only: false,
        stp: None,
    })
}

impl Venue {
    fn send(&mut self, command: &Command) -> Vec<EventKind> {
        self.seq += 1;
        let mut out = Events::new();
        self.exchange.apply(Stamp { seq: self.seq, ts_ns: i64::try_from(self.seq).expect("fits") }, command, &mut out);
        out.as_slice().iter().map(|event| event.kind).collect()
    }

    /// One trade of 10 at 100.00, with fees of 1 and 2 per mill.
    fn with_a_trade() -> (Venue, StandingTrade) {
        let mut venue = Venue { exchange: Exchange::new(Limits::default()), seq: 0 };
        for (symbol, decimals) in [("USD", 2), ("ABC", 0)] {
            venue.send(&Command::AddAsset { symbol: name(symbol), decimals });
        }
        venue.send(&Command::ListInstrument(Box::new(instrument())));
        let rates = FeeRates { maker_ppm: 1_000, taker_ppm: 2_000 };
        venue.send(&Command::SetFees { schedule: FeeScheduleId(0), base: FeeBase::Notional, rates });
        for account in ["seller", "buyer"] {
            let (kind, fees) = (AccountKind::Credit, FeeScheduleId(0));
            venue.send(&Command::AddAccount(AddAccount { name: name(account), kind, stp_group: 0, fees }));
        }
        venue.send(&Command::SetTradingState(SetTradingState { instrument: ABC, state: TradingState::Continuous }));
        venue.send(&order(SELLER, Side::Sell));
        let events = venue.send(&order(BUYER, Side::Buy));
        let trade_of = |kind: &EventKind| if let EventKind::Trade(trade) = kind { Some(trade.into()) } else { None };
        let made = events.iter().find_map(trade_of);
        (venue, made.expect("they trade"))
    }

    fn bust(&mut self, trade: StandingTrade) -> Result<(), RejectReason> {
        let events = self.send(&Command::AmendTrade(Box::new(AmendTrade { trade, price: None, qty: None })));
        match events[..] {
            [EventKind::TradeAmended { now, .. }] if now.is_bust() => Ok(()),
            [EventKind::CommandRejected { reason, .. }] => Err(reason),
            _ => panic!("neither taken back nor refused: {events:?}"),
        }
    }
}

#[test]
fn what_is_not_so_of_a_trade_is_refused() {
    let (mut venue, trade) = Venue::with_a_trade();
    let wrong: [fn(&mut StandingTrade); 12] = [
        |trade| trade.key.trade_id = TradeId(0),
        |trade| trade.key.trade_id = TradeId(2),
        |trade| trade.key.buy_order_id = OrderId(0),
        |trade| trade.key.sell_order_id = OrderId(3),
        |trade| trade.terms.price = Price(10_001),
        |trade| trade.terms.price = Price(95),
        |trade| trade.terms.price = Price(i64::MAX),
        |trade| trade.terms.qty = Qty(3),
        |trade| trade.terms.qty = Qty(0),
        |trade| trade.terms.qty = Qty(102),
        |trade| trade.terms.buy_fee = Money(100_001),
        |trade| trade.terms.sell_fee = Money(i128::MIN),
    ];
    for change in wrong {
        let mut other = trade;
        change(&mut other);
        assert_eq!(venue.bust(other), Err(RejectReason::UnknownTrade), "{other:?}");
    }
    let mut other = trade;
    other.key.buyer = AccountId::VENUE;
    assert_eq!(venue.bust(other), Err(RejectReason::UnknownAccount));
    let mut other = trade;
    other.key.instrument = InstrumentId(1);
    assert_eq!(venue.bust(other), Err(RejectReason::UnknownInstrument));
    assert_eq!(venue.bust(trade), Ok(()));
}

#[test]
fn a_corrected_trade_stands_as_it_was_corrected() {
    let (mut venue, trade) = Venue::with_a_trade();
    let (price, qty) = (Some(Price(9_000)), Some(Qty(4)));

    let events = venue.send(&Command::AmendTrade(Box::new(AmendTrade { trade, price, qty })));

    let [EventKind::TradeAmended { key, was, now }] = events[..] else { panic!("not corrected: {events:?}") };
    assert_eq!(was, trade.terms);
    assert_eq!(venue.bust(trade), Err(RejectReason::UnknownTrade));
    assert_eq!(venue.bust(StandingTrade { key, terms: now }), Ok(()));
    for account in [AccountId::VENUE, SELLER, BUYER] {
        for asset in [AssetId(0), AssetId(1)] {
            assert_eq!(venue.exchange.balance(account, asset).total, Money(0), "account={account} asset={asset}");
        }
    }
    venue.exchange.check_invariants();
}

#[test]
fn what_was_taken_back_is_known_after_loading() {
    let (mut venue, trade) = Venue::with_a_trade();
    assert_eq!(venue.bust(trade), Ok(()));
    let mut image = Vec::new();
    venue.exchange.save(&mut image);

    venue.exchange = Exchange::load(&image).expect("fits");

    assert_eq!(venue.exchange.amended_trade(trade.key.trade_id).map(|trade| trade.terms.is_bust()), Some(true));
    assert_eq!(venue.bust(trade), Err(RejectReason::TradeBusted));
}
