//! `engine.apply` with all it does: accounts, fees, self-trade prevention, exactly-once client ids, events.

use crate::driver::{Driver, Trade};
use crate::plan::Step;
use engine::Exchange;
use flow::workload::{Op, Record, Side, Totals};
use model::{
    AccountId, AccountKind, AddAccount, Allocation, AmendOrder, AssetId, CancelOrder, ClOrdId, Command, Display,
    EventKind, Events, FeeBase, FeeRates, FeeScheduleId, Instrument, InstrumentId, Limits, Money, NewOrder, OrdType,
    OrderId, OrderRef, PostOnly, Price, Qty, SessionId, SetTradingState, Stamp, StpMode, Symbol, TickTable,
    TimeInForce, TradingState,
};

/// Accounts that trade; each order's is told by its id and side, so that nobody meets their own orders.
const N_ACCOUNTS: u32 = 1_000;
/// Logical time between commands, nanoseconds.
const STEP_NS: i64 = 1_000;
/// Largest quantity an amend may ask for, lots.
const QTY_MAX: i64 = 1_000_000;

/// The whole exchange, all instruments in continuous trading, all accounts on credit with fees.
pub struct WholeEngine {
    exchange: Exchange,
    events: Events,
    stamp: Stamp,
}

impl WholeEngine {
    /// An exchange with all accounts and instruments of a workload.
    ///
    /// # Panics
    /// Where the header counts more than memory can hold.
    pub fn with_limits(header: &Totals, limits: Limits) -> Self {
        let mut exchange = Exchange::new(limits);
        let room = |count: u64| usize::try_from(count).expect("a workload fits in memory");
        exchange.reserve(room(header.n_pre.max(header.rest)), room(header.n_pre + header.n_ops));
        let mut driver = Self { exchange, events: Events::with_capacity(1_024), stamp: Stamp::default() };
        for command in setup(header) {
            driver.set_up(&command);
        }
        driver
    }

    /// The engine itself.
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// Whose an open order is.
    pub fn account_of(&self, order_id: OrderId) -> Option<AccountId> {
        self.exchange.order(order_id).map(|order| order.account)
    }

    fn send(&mut self, command: &Command) {
        self.stamp = Stamp { seq: self.stamp.seq + 1, ts_ns: self.stamp.ts_ns + STEP_NS };
        self.events.clear();
        self.exchange.apply(self.stamp, command, &mut self.events);
    }

    /// Sends a command that must be accepted.
    fn set_up(&mut self, command: &Command) {
        self.send(command);
        let refused = |kind: &EventKind| matches!(kind, EventKind::CommandRejected { .. });
        assert!(!self.events.as_slice().iter().any(|event| refused(&event.kind)), "refused: {command:?}");
    }
}

/// The commands that make all accounts and instruments of a workload.
///
/// # Panics
/// Where the header counts more symbols than there are numbers for.
pub fn setup(header: &Totals) -> Vec<Command> {
    let mut commands = Vec::new();
    for symbol in ["BASE", "QUOTE"] {
        commands.push(Command::AddAsset { symbol: name(symbol), decimals: 0 });
    }
    let fees = FeeScheduleId(0);
    let rates = FeeRates { maker_ppm: -50, taker_ppm: 150 };
    commands.push(Command::SetFees { schedule: fees, base: FeeBase::Notional, rates });
    for account in 1..=N_ACCOUNTS {
        let name = name(&format!("account-{account}"));
        commands.push(Command::AddAccount(AddAccount { name, kind: AccountKind::Credit, stp_group: 0, fees }));
    }
    for sym in 0..u32::try_from(header.n_sym).expect("few symbols") {
        commands.push(Command::ListInstrument(Box::new(instrument(sym))));
        let instrument = InstrumentId(sym);
        commands.push(Command::SetTradingState(SetTradingState { instrument, state: TradingState::Continuous }));
    }
    commands
}

impl Driver for WholeEngine {
    type Command = Command;

    fn start(header: &Totals) -> Self {
        Self::with_limits(header, Limits::default())
    }

    fn translate(step: &Step, commands: &mut Vec<Command>) {
        let record = &step.record;
        let remaining = i64::from(step.cum_qty) + i64::from(record.qty);
        match record.op {
            Op::Add => commands.push(new_order(record, TimeInForce::Gtc)),
            Op::Ioc => commands.push(new_order(record, TimeInForce::Ioc)),
            Op::Cancel => commands.push(cancel(record)),
            Op::Reduce => commands.push(amend(step, "amend", remaining, None)),
            Op::Replace => {
                if step.stays {
                    // An amend would keep its place here; a lot more first sends the order to the back of the queue.
                    let more = i64::from(step.cum_qty) + QTY_MAX / 2;
                    commands.push(amend(step, "grow", more, None));
                }
                commands.push(amend(step, "amend", remaining, Some(record.px)));
            }
        }
    }

    fn apply(&mut self, command: &Command, trades: &mut Vec<Trade>) {
        self.send(command);
        for event in self.events.as_slice() {
            if let EventKind::Trade(trade) = &event.kind {
                trades.push(Trade {
                    maker: trade.maker().order_id.0,
                    taker: trade.taker().order_id.0,
                    px: trade.price.0,
                    qty: trade.qty.0.cast_unsigned(),
                });
            }
        }
    }

    fn look_ahead(&mut self, commands: &[Command]) {
        self.exchange.look_ahead(commands);
    }

    fn resting(&self) -> u64 {
        self.exchange.open_count() as u64
    }

    fn bytes_apart(&self) -> u64 {
        self.exchange.bytes().1 as u64
    }
}

fn new_order(record: &Record, tif: TimeInForce) -> Command {
    Command::NewOrder(NewOrder {
        account: account(record),
        session: SessionId(0),
        instrument: InstrumentId(u32::from(record.sym)),
        cl_ord_id: client_id(&format!("{}", record.id)),
        side: match record.side {
            Side::Buy => model::Side::Buy,
            Side::Sell => model::Side::Sell,
        },
        ord_type: OrdType::Limit,
        tif,
        order_qty: Qty(i64::from(record.qty)),
        price: Some(Price(record.px)),
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

/// The exchange gives ids from 1 in order of acceptance, as the workload does.
fn target(record: &Record) -> OrderRef {
    OrderRef::Order(OrderId(record.id))
}

fn cancel(record: &Record) -> Command {
    Command::Cancel(CancelOrder { account: account(record), target: target(record), unlink: false })
}

/// An amend under a client id of its own.
fn amend(step: &Step, word: &str, order_qty: i64, px: Option<i64>) -> Command {
    let record = &step.record;
    Command::Amend(AmendOrder {
        account: account(record),
        cl_ord_id: client_id(&format!("{word}-{}", step.seq)),
        target: target(record),
        order_qty: Some(Qty(order_qty)),
        price: px.map(Price),
        display_qty: None,
        tif: None,
        stp: None,
        seen_cum_qty: None,
        trigger_price: None,
    })
}

fn account(record: &Record) -> AccountId {
    let group = u32::try_from(record.id % u64::from(N_ACCOUNTS / 2)).expect("below the number of accounts");
    AccountId(1 + 2 * group + u32::from(record.side as u8))
}

fn client_id(text: &str) -> ClOrdId {
    ClOrdId::new(text).expect("a short printable text")
}

fn name(text: &str) -> Symbol {
    Symbol::new(text).expect("a short printable text")
}

fn instrument(sym: u32) -> Instrument {
    Instrument {
        symbol: name(&format!("SYM{sym}")),
        base: AssetId(0),
        quote: AssetId(1),
        price_decimals: 0,
        qty_decimals: 0,
        ticks: TickTable::uniform(1).expect("a tick of one"),
        lot_size: Qty(1),
        min_qty: Qty(1),
        max_qty: Qty(QTY_MAX),
        min_notional: Money(0),
        max_notional: Money(1 << 60),
        min_price: Price(1),
        max_price: Price(1_000_000),
        allow_negative: false,
        previous_close: None,
        allocation: Allocation::Fifo,
        stp_default: StpMode::CancelNewest,
        max_slippage_bps: 10_000,
        seed: 1,
    }
}
