//! A small market for tests: two assets, one instrument in continuous trading, accounts on credit.

use model::{
    AccountId, AccountKind, AddAccount, Allocation, AssetId, CancelOrder, ClOrdId, Command, Display, FeeScheduleId,
    Instrument, InstrumentId, MassCancel, Money, NewOrder, OrdType, OrderRef, PostOnly, Price, Qty, SessionId,
    SetTradingState, Side, StpMode, Symbol, TickTable, TimeInForce, TradingState,
};

fn symbol(text: &str) -> Symbol {
    Symbol::new(text).expect("printable")
}

/// The commands that make the market, with two accounts: 1 and 2.
pub fn market() -> Vec<Command> {
    let account = |name| {
        Command::AddAccount(AddAccount {
            name: symbol(name),
            kind: AccountKind::Credit,
            stp_group: 0,
            fees: FeeScheduleId(0),
        })
    };
    vec![
        Command::AddAsset { symbol: symbol("ABC"), decimals: 0 },
        Command::AddAsset { symbol: symbol("USD"), decimals: 0 },
        account("one"),
        account("two"),
        Command::ListInstrument(Box::new(Instrument {
            symbol: symbol("ABC-USD"),
            base: AssetId(0),
            quote: AssetId(1),
            price_decimals: 0,
            qty_decimals: 0,
            ticks: TickTable::uniform(1).expect("positive"),
            lot_size: Qty(1),
            min_qty: Qty(1),
            max_qty: Qty(1_000),
            min_notional: Money(0),
            max_notional: Money(1 << 60),
            min_price: Price(1),
            max_price: Price(100_000),
            allow_negative: false,
            previous_close: None,
            allocation: Allocation::Fifo,
            stp_default: StpMode::CancelNewest,
            max_slippage_bps: 10_000,
            seed: 1,
        })),
        Command::SetTradingState(SetTradingState { instrument: InstrumentId(0), state: TradingState::Continuous }),
    ]
}

/// The client id of a number.
pub fn client_id(number: u64) -> ClOrdId {
    ClOrdId::new(&number.to_string()).expect("printable")
}

/// A limit order of account 1 or 2; its client id is its number.
pub fn order(account: u32, number: u64, side: Side, px: i64) -> Command {
    order_with(account, number, side, px, TimeInForce::Gtc)
}

pub fn order_with(account: u32, number: u64, side: Side, px: i64, tif: TimeInForce) -> Command {
    Command::NewOrder(NewOrder {
        account: AccountId(account),
        session: SessionId(1),
        instrument: InstrumentId(0),
        cl_ord_id: client_id(number),
        side,
        ord_type: OrdType::Limit,
        tif,
        order_qty: Qty(5),
        price: Some(Price(px)),
        protection_price: None,
        quote_qty: None,
        peg: None,
        min_qty: Qty(0),
        display: Display::All,
        post_only: PostOnly::No,
        reduce_only: false,
        stp: None,
    })
}

pub fn cancel(account: u32, number: u64) -> Command {
    let target = OrderRef::Client(client_id(number));
    Command::Cancel(CancelOrder { account: AccountId(account), target, unlink: false })
}

pub fn cancel_everything() -> Command {
    Command::MassCancel(MassCancel::default())
}
