//! The layouts of what operators and the exchange itself ask for.

use crate::layout::{block, layout};
use model::{
    AccountId, AccountKind, AccountLimits, AddAccount, Allocation, AmendTrade, AssetId, BreakerRules, FeeRates,
    FeeScheduleId, Halt, Instrument, InstrumentId, InstrumentLimits, KillScope, KillSwitch, Money, MoveFunds,
    MovePairs, OperatorId, OrderId, Price, Qty, Rate, Rearm, ReferenceKind, Reopening, ResolveOutcome, Resume,
    SessionId, SetAccountFees, SetAccountLimits, SetBands, SetCreditLine, SetInstrumentLimits, SetOutcome,
    SetReference, SetTicks, SetTradingState, SpreadRule, StandingTrade, StaticReference, StpMode, Symbol, TickTable,
    TradeId, TradeKey, TradeTerms, TradingState, Window,
};

block! {
    /// Defines an asset.
    pub struct AddAsset {
        /// Its name.
        symbol: Symbol,
        /// `amount = mantissa / 10^decimals`.
        decimals: u8,
    }
}

layout! {
    Instrument {
        /// Its name (FIX 55).
        symbol: Symbol,
        /// What is bought and sold.
        base: AssetId,
        /// What it is paid with.
        quote: AssetId,
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
        /// The price auctions refer to before the first trade.
        previous_close: Option<Price>,
        /// How incoming orders are shared at one price.
        allocation: Allocation,
        /// Self-trade prevention of orders that name none.
        stp_default: StpMode,
        /// How far a market order without a protection price may go, in basis points.
        max_slippage_bps: u16,
        /// Seeds the variance of iceberg refills.
        seed: u64,
        /// The price grid.
        ticks: TickTable,
    }
}

layout! {
    AddAccount {
        /// Its name.
        name: Symbol,
        /// What stands behind its orders.
        kind: AccountKind,
        /// Accounts of one group other than 0 are one owner in self-trade prevention.
        stp_group: u32,
        /// What it pays.
        fees: FeeScheduleId,
    }
}

layout! {
    FeeRates {
        /// Charged to the resting order, in parts per million.
        maker_ppm: i32,
        /// Charged to the incoming order, in parts per million.
        taker_ppm: i32,
    }
}

block! {
    /// Sets rates of a fee schedule from now on; the kind says what they are parts of.
    pub struct SetFees {
        /// Which schedule.
        schedule: FeeScheduleId,
        /// The rates.
        rates: FeeRates,
    }
}

layout! {
    SetAccountFees {
        /// Whose.
        account: AccountId,
        /// Which schedule.
        schedule: FeeScheduleId,
    }
}

layout! {
    MoveFunds {
        /// Whose.
        account: AccountId,
        /// Of what.
        asset: AssetId,
        /// How much.
        amount: Money,
    }
}

layout! {
    SetTradingState {
        /// Which instrument.
        instrument: InstrumentId,
        /// Where to.
        state: TradingState,
    }
}

layout! {
    SetReference {
        /// Of which instrument.
        instrument: InstrumentId,
        /// Which price.
        kind: ReferenceKind,
        /// Its value.
        price: Price,
        /// For how long it counts, in nanoseconds.
        max_age_ns: i64,
    }
}

layout! {
    Rate {
        /// Messages a second; 0: no limit.
        per_second: u32,
        /// Messages at once.
        burst: u32,
    }
}

layout! {
    AccountLimits {
        /// New orders and amends.
        orders: Rate,
        /// Cancels.
        cancels: Rate,
        /// Open orders at any time; 0: no limit.
        open_orders_max: u32,
        /// An equal order this short a time after another is refused, in nanoseconds; 0: never.
        duplicate_ns: i64,
    }
}

layout! {
    SetAccountLimits {
        /// Whose.
        account: AccountId,
        /// From now on.
        limits: AccountLimits,
    }
}

layout! {
    InstrumentLimits {
        /// Largest order quantity.
        max_qty: Option<Qty>,
        /// Largest order notional.
        max_value: Option<Money>,
        /// How far a limit may be beyond the reference, in basis points.
        collar_bps: Option<u32>,
        /// Largest position that the working orders of one side could lead to.
        position_max: Option<Qty>,
        /// No new orders but reduce-only ones.
        restricted: bool,
    }
}

layout! {
    SetInstrumentLimits {
        /// Whose.
        account: AccountId,
        /// In what.
        instrument: InstrumentId,
        /// From now on.
        limits: InstrumentLimits,
    }
}

layout! {
    SetCreditLine {
        /// Whose.
        account: AccountId,
        /// Of what.
        asset: AssetId,
        /// How far below zero its available amount may go.
        amount: Money,
    }
}

layout! {
    KillSwitch {
        /// What it stops.
        scope: KillScope,
        /// New reduce-only orders are let in.
        reducing: bool,
        /// Who.
        operator: OperatorId,
        /// Why, in a word.
        note: Symbol,
    }
}

layout! {
    Rearm {
        /// Which kill switch.
        scope: KillScope,
        /// Who; not the one who tripped it.
        operator: OperatorId,
        /// Why, in a word.
        note: Symbol,
    }
}

block! {
    /// A connection is lost, or back.
    pub struct SessionChange {
        /// Which connection.
        session: SessionId,
    }
}

layout! {
    Halt {
        /// Which instrument; absent: all.
        instrument: Option<InstrumentId>,
        /// For how long, in nanoseconds; 0: until it is resumed.
        duration_ns: i64,
        /// Another operator has to resume it.
        two_person: bool,
        /// Who.
        operator: OperatorId,
        /// Why, in a word.
        note: Symbol,
    }
}

layout! {
    Resume {
        /// Which instrument; absent: all.
        instrument: Option<InstrumentId>,
        /// Through an auction call instead of at once.
        auction: bool,
        /// Who.
        operator: OperatorId,
        /// Why, in a word.
        note: Symbol,
    }
}

layout! {
    Window {
        /// How far back executed prices count, in nanoseconds; 0: no such window.
        length_ns: i64,
        /// Strictly more than this does not print, in basis points.
        bps: u32,
    }
}

layout! {
    SpreadRule {
        /// Strictly more than this of the middle is wide, in basis points; 0: no such rule.
        bps: u32,
        /// A spread that is wide for so long halts, in nanoseconds.
        persist_ns: i64,
    }
}

layout! {
    Reopening {
        /// Nothing new is let in for so long, in nanoseconds.
        halt_ns: i64,
        /// Then orders are collected for so long.
        call_ns: i64,
        /// And up to so much longer.
        random_end_ns: i64,
        /// How far the auction price may be from the last executed one, in basis points.
        collar_bps: u32,
        /// By how much the collar widens with each extension, in basis points.
        widen_bps: u32,
        /// How long an extension lasts, in nanoseconds.
        extend_ns: i64,
        /// After so many extensions a person decides.
        extensions_max: u32,
        /// How long only limits inside a collar are let in afterwards, in nanoseconds.
        cooling_ns: i64,
        /// How far prices may be from the auction price meanwhile, in basis points.
        cooling_bps: u32,
    }
}

layout! {
    BreakerRules {
        /// How far a price may be from the reference of the static band, in basis points; 0: any.
        static_bps: u32,
        /// Which price that is.
        static_reference: StaticReference,
        /// How far from what traded in the short and the long window.
        windows: [Window; 2],
        /// How long a band that would break parks limits before it halts, in nanoseconds.
        limit_state_ns: i64,
        /// The spread rule.
        spread: SpreadRule,
        /// How a halt ends.
        reopening: Reopening,
        /// The shortest time between two automatic halts, in nanoseconds.
        interval_ns: i64,
        /// As many automatic halts within an hour wait for a person; 0: none does.
        trips_max: u32,
    }
}

block! {
    /// Sets or removes the rules of an instrument's breaker.
    pub struct SetBreaker {
        /// Which instrument.
        instrument: InstrumentId,
        /// From now on; absent: no breaker.
        rules: Option<Box<BreakerRules>>,
    }
}

layout! {
    SetBands {
        /// Of which instrument.
        instrument: InstrumentId,
        /// Lowest price that may print.
        low: Price,
        /// Highest price that may print.
        high: Price,
    }
}

layout! {
    SetOutcome {
        /// Which instrument.
        instrument: InstrumentId,
        /// The asset that pays 1 less what the base asset pays.
        no: AssetId,
    }
}

layout! {
    MovePairs {
        /// Whose.
        account: AccountId,
        /// In which market.
        instrument: InstrumentId,
        /// How many pairs.
        qty: Qty,
        /// Pairs are given back.
        merge: bool,
    }
}

layout! {
    ResolveOutcome {
        /// Which instrument.
        instrument: InstrumentId,
        /// What one YES pays, from 0 to 1; absent: void, every fill is undone.
        weight: Option<Price>,
    }
}

layout! {
    SetTicks {
        /// Which.
        instrument: InstrumentId,
        /// Its price grid from now on.
        ticks: TickTable,
    }
}

layout! {
    TradeKey {
        /// Which trade.
        trade_id: TradeId,
        /// In what.
        instrument: InstrumentId,
        /// The buy order.
        buy_order_id: OrderId,
        /// Whose it is.
        buyer: AccountId,
        /// The sell order.
        sell_order_id: OrderId,
        /// Whose it is.
        seller: AccountId,
    }
}

layout! {
    TradeTerms {
        /// At which price.
        price: Price,
        /// How much.
        qty: Qty,
        /// What the buyer pays in the quote asset beside the price, negative for a rebate.
        buy_fee: Money,
        /// What the seller pays, likewise.
        sell_fee: Money,
    }
}

layout! {
    StandingTrade {
        /// Which.
        key: TradeKey,
        /// On what terms.
        terms: TradeTerms,
    }
}

layout! {
    AmendTrade {
        /// The trade as it stands.
        trade: StandingTrade,
        /// Its price from now on; absent: as it is.
        price: Option<Price>,
        /// Its quantity from now on; absent: as it is. Where both are, the trade is taken back.
        qty: Option<Qty>,
    }
}

block! {
    /// Only lets time pass.
    pub struct Tick {}
}
