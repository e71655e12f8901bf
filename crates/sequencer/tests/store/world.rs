//! A small market for tests: two assets, one instrument in continuous trading, accounts on credit.

use journal::{Mode, Options as JournalOptions};
use model::{
    AccountId, AccountKind, AddAccount, Allocation, AssetId, CancelOrder, ClOrdId, Command, Display, EventKind,
    FeeScheduleId, Instrument, InstrumentId, MassCancel, Money, NewOrder, OrdType, OrderRef, PostOnly, Price, Qty,
    SessionId, SetTradingState, Side, StpMode, Symbol, TickTable, TimeInForce, TradingState,
};
use sequencer::{Options, Recovered, Released, Sequencer};

use crate::memory::Memory;

pub const SECOND: i64 = 1_000_000_000;
pub const DAY: i64 = 86_400 * SECOND;
/// When every test begins.
pub const START: i64 = 1_700_000_000 * SECOND;

/// Small segments and frequent hashes, so that tests meet their edges.
pub fn options() -> Options {
    Options {
        journal: JournalOptions {
            segment_bytes: 16_384,
            mode: Mode::Group { max_us: 0, max_n: 64 },
            ..Default::default()
        },
        queue_max: 256,
        reserve_max: 8,
        hash_every: 10,
        snapshot_every: 0,
        check_every: 1,
        ..Options::default()
    }
}

pub fn open_with(disk: &Memory, options: Options, now_ns: i64) -> (Sequencer<Memory>, Recovered) {
    Sequencer::open(disk.clone(), options, now_ns).expect("a sound directory opens")
}

pub fn open(disk: &Memory) -> (Sequencer<Memory>, Recovered) {
    open_with(disk, options(), START)
}

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

/// A limit order of account 1 or 2; its client id is its number.
pub fn order(account: u32, number: u64, side: Side, px: i64) -> Command {
    order_with(account, number, side, px, TimeInForce::Gtc)
}

pub fn order_with(account: u32, number: u64, side: Side, px: i64, tif: TimeInForce) -> Command {
    Command::NewOrder(NewOrder {
        account: AccountId(account),
        session: SessionId(1),
        instrument: InstrumentId(0),
        cl_ord_id: ClOrdId::new(&format!("{number}")).expect("printable"),
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
    let target = OrderRef::Client(ClOrdId::new(&format!("{number}")).expect("printable"));
    Command::Cancel(CancelOrder { account: AccountId(account), target, unlink: false })
}

pub fn cancel_everything() -> Command {
    Command::MassCancel(MassCancel::default())
}

/// Makes the market and releases it.
pub fn set_up(sequencer: &mut Sequencer<Memory>, now_ns: i64) {
    for command in market() {
        sequencer.submit(0, &command).expect("room");
    }
    drain(sequencer, now_ns, |released| {
        let refused = |kind: &EventKind| matches!(kind, EventKind::CommandRejected { .. });
        assert!(!released.events().iter().any(|event| refused(&event.kind)), "{:?}", released.events());
    });
}

/// Steps until nothing waits.
pub fn drain(sequencer: &mut Sequencer<Memory>, now_ns: i64, mut each: impl FnMut(&Released<'_>)) {
    while sequencer.waiting() > 0 {
        each(&sequencer.step(now_ns).expect("a sound disk"));
    }
}

/// The origins released by one command each, and whether its order was accepted.
pub fn accepted(released: &Released<'_>) -> Vec<(u64, bool)> {
    let is_accepted = |kind: &EventKind| matches!(kind, EventKind::OrderAccepted(_));
    released.iter().map(|one| (one.origin, one.events.iter().any(|event| is_accepted(&event.kind)))).collect()
}
