//! The naive engine: docs/reference/rules.md written down as plainly as possible, O(n) everywhere.
//!
//! Invariants:
//! 1. There is no queue: the book is the set of open orders, sorted whenever somebody looks.
//! 2. `orders` holds open orders only; what ends is removed and its reserve is zero.
//! 3. Nothing here knows the fast engine; both know the rules page.

mod admit;
mod amend;
mod amendments;
mod auction;
mod bands;
mod cancel;
mod checks;
mod client_ids;
mod definitions;
mod drain;
mod effects;
mod emergencies;
mod enter;
mod funds;
mod gate;
mod grids;
mod group_admit;
mod groups;
mod halts;
mod hash;
mod hash_protection;
mod matching;
mod measure;
mod observe;
mod order;
mod outcomes;
mod pegs;
mod phases;
mod price_discovery;
mod pro_rata;
mod recent;
mod reduce_only;
mod references;
mod refill;
mod risk;
mod self_trade;
mod sessions;
mod spread;
mod states;
mod stops;
mod triggers;
mod waiting;

use std::collections::BTreeMap;

use model::{
    AccountId, AccountKind, AssetId, Cause, ClOrdId, Command, EventKind, Events, FeeBase, FeeRates, FeeScheduleId,
    GroupId, Instrument, InstrumentId, Limits, OrderId, Price, Side, Stamp, StandingTrade, Symbol, TickTable, TradeId,
    TradingState,
};

use client_ids::{Remembered, RetiredChain};
use effects::Effect;
use funds::Funds;
use groups::Group;
use observe::Run;
pub use order::{Member, Order, Place};
use outcomes::Outcome;
use phases::Breaker;
use references::Reference;
use risk::Guards;

/// An asset as defined.
#[derive(Clone, Debug)]
struct Asset {
    symbol: Symbol,
    decimals: u8,
}

/// An account as opened; account 0 is the venue and has no name.
#[derive(Clone, Debug)]
struct Account {
    name: Option<Symbol>,
    kind: AccountKind,
    stp_group: u32,
    fees: FeeScheduleId,
}

/// What was last published about the running call.
#[derive(Clone, Copy, Debug)]
struct Published {
    ts_ns: i64,
    cross: auction::Cross,
}

/// An instrument and what the exchange knows of it besides its orders.
#[derive(Clone, Debug)]
struct Listed {
    definition: Instrument,
    /// Price bounds as listed.
    first_bounds: (Price, Price),
    /// Grids it had before, oldest first.
    former_grids: Vec<TickTable>,
    /// Quote units of one price mantissa times one quantity mantissa.
    notional_scale: i128,
    /// Base units of one quantity mantissa.
    base_scale: i128,
    /// The effective one.
    state: TradingState,
    breaker: Breaker,
    last_trade: Option<Price>,
    last_auction: Option<Price>,
    auction_ns: i64,
    /// Time and price of every trade with an aggressor, oldest first.
    traded: Vec<(i64, Price)>,
    published: Option<Published>,
    /// What has traded and was not observed yet.
    runs: Vec<Run>,
    /// What traded last while the state did not trigger.
    kept: Option<Price>,
    /// Mark and index price.
    references: [Option<Reference>; 2],
    /// It is the market of an event.
    outcome: Option<Outcome>,
}

/// A whole exchange, naive.
#[derive(Clone, Debug)]
pub struct NaiveExchange {
    limits: Limits,
    stamp: Stamp,
    /// What the work under way comes from.
    cause: Cause,
    assets: Vec<Asset>,
    accounts: Vec<Account>,
    instruments: Vec<Listed>,
    schedules: BTreeMap<FeeScheduleId, (u32, BTreeMap<FeeBase, FeeRates>)>,
    /// By `SetAccountFees`, the last for each.
    assigned_fees: BTreeMap<AccountId, FeeScheduleId>,
    funds: BTreeMap<(AccountId, AssetId), Funds>,
    outside: BTreeMap<AssetId, i128>,
    /// What is paid for pairs, and the tokens that exist as negative numbers.
    escrow: BTreeMap<AssetId, i128>,
    guards: Guards,
    /// Trades that were taken back or corrected, as they stand.
    amended_trades: BTreeMap<TradeId, StandingTrade>,
    orders: BTreeMap<OrderId, Order>,
    client_ids: BTreeMap<(AccountId, ClOrdId), Remembered>,
    retired: Vec<RetiredChain>,
    rejected_id: Option<(AccountId, ClOrdId)>,
    next_order: u64,
    next_trade: u64,
    next_public: u64,
    groups: BTreeMap<GroupId, Group>,
    next_group: u64,
    /// What group members have caused and has not been seen to yet.
    effects: Vec<Effect>,
    /// Fired orders that have not worked yet.
    triggered: Vec<OrderId>,
    /// How many orders have fired in this command.
    fired: u32,
    /// Where the last one fired when they were as many as may.
    marked: Option<InstrumentId>,
    /// The next trade starts a run.
    is_new_run: bool,
}

impl NaiveExchange {
    /// An exchange without assets, instruments and customers.
    pub fn new(limits: Limits) -> Self {
        let venue = Account { name: None, kind: AccountKind::Credit, stp_group: 0, fees: FeeScheduleId(0) };
        NaiveExchange {
            limits,
            stamp: Stamp::default(),
            cause: Cause::Command,
            assets: Vec::new(),
            accounts: vec![venue],
            instruments: Vec::new(),
            schedules: BTreeMap::new(),
            assigned_fees: BTreeMap::new(),
            funds: BTreeMap::new(),
            outside: BTreeMap::new(),
            escrow: BTreeMap::new(),
            guards: Guards::default(),
            amended_trades: BTreeMap::new(),
            orders: BTreeMap::new(),
            client_ids: BTreeMap::new(),
            retired: Vec::new(),
            rejected_id: None,
            next_order: 1,
            next_trade: 1,
            next_public: 1,
            groups: BTreeMap::new(),
            next_group: 1,
            effects: Vec::new(),
            triggered: Vec::new(),
            fired: 0,
            marked: None,
            is_new_run: false,
        }
    }

    /// Applies one command; its events are added to `out`.
    pub fn apply(&mut self, stamp: Stamp, command: &Command, out: &mut Events) {
        self.stamp = stamp;
        out.begin(stamp);
        self.fired = 0;
        self.forget_old_ids();
        self.with_cause(Cause::Timer, out, Self::run_timers);
        self.drain(out);
        self.perform(command, out);
        self.drain(out);
        self.with_cause(Cause::ReduceOnly, out, Self::cut_reduce_only);
        self.with_cause(Cause::Reprice, out, Self::reprice_pegs);
        self.with_cause(Cause::ReduceOnly, out, Self::cut_reduce_only);
        self.drain(out);
        self.with_cause(Cause::ReduceOnly, out, Self::cut_reduce_only);
        self.look_at_breakers(out);
        self.publish_indicative(out);
        self.retire_rejected_id();
        self.forget_finished_groups();
        if out.count() == 0 {
            out.push(EventKind::TimePassed);
        }
    }

    ///
    fn run_timers(&mut self, out: &mut Events) {
        self.expire_gtd(out);
        self.run_session_timers(out);
        self.expire_references(out);
        self.with_cause(Cause::Group, out, Self::take_effects);
        self.run_breaker_timers(out);
    }

    fn perform(&mut self, command: &Command, out: &mut Events) {
        match command {
            Command::AddAsset { symbol, decimals } => self.add_asset(*symbol, *decimals, out),
            Command::ListInstrument(definition) => self.list_instrument(definition, out),
            Command::AddAccount(request) => self.add_account(request, out),
            Command::SetFees { schedule, base, rates } => self.set_fees(*schedule, *base, *rates, out),
            Command::SetAccountFees(request) => self.set_account_fees(*request, out),
            Command::Deposit(request) => self.deposit(request, out),
            Command::Withdraw(request) => self.withdraw(request, out),
            Command::NewOrder(request) => self.new_order(request, out),
            Command::Amend(request) => self.amend(request, out),
            Command::Cancel(request) => self.cancel(request, out),
            Command::MassCancel(request) => self.mass_cancel(request, out),
            Command::SetTradingState(request) => self.set_trading_state(*request, out),
            Command::NewStop(request) => self.new_stop(request, out),
            Command::NewGroup(request) => self.new_group(request, out),
            Command::CancelGroup(request) => self.cancel_group(*request, out),
            Command::SetReference(request) => self.set_reference(*request, out),
            Command::SetAccountLimits(request) => self.set_account_limits(request, out),
            Command::SetInstrumentLimits(request) => self.set_instrument_limits(request, out),
            Command::SetCreditLine(request) => self.set_credit_line(request, out),
            Command::KillSwitch(request) => self.kill_switch(request, out),
            Command::Rearm(request) => self.rearm(request, out),
            Command::SetCancelOnDisconnect(request) => self.set_cancel_on_disconnect(*request, out),
            Command::SessionDown(session) => self.session_down(*session, out),
            Command::SessionUp(session) => self.session_up(*session, out),
            Command::CancelAllAfter(request) => self.cancel_all_after(*request, out),
            Command::Halt(request) => self.halt(request, out),
            Command::Resume(request) => self.resume(request, out),
            Command::SetBreaker { instrument, rules } => self.set_breaker(*instrument, rules.as_deref(), out),
            Command::SetBands(request) => self.set_bands(*request, out),
            Command::Outcome(request) => self.outcome_request(request, out),
            Command::AmendTrade(request) => self.amend_trade(request, out),
            Command::SetTicks(request) => self.set_ticks(request, out),
            Command::Tick => {}
        }
    }

    /// Total and reserved balance of an account in an asset.
    pub fn balance(&self, account: AccountId, asset: AssetId) -> (i128, i128) {
        let funds = self.funds.get(&(account, asset)).copied().unwrap_or_default();
        (funds.total, funds.reserved)
    }

    /// Everything that is reserved anywhere, by account and asset, where it is not zero.
    pub fn reserves(&self) -> Vec<(AccountId, AssetId, i128)> {
        let held = self.funds.iter().filter(|(_, funds)| funds.reserved != 0);
        held.map(|((account, asset), funds)| (*account, *asset, funds.reserved)).collect()
    }

    /// The open orders, by id.
    pub fn open_orders(&self) -> impl Iterator<Item = &Order> {
        self.orders.values()
    }

    /// The state of an instrument.
    pub fn trading_state(&self, instrument: InstrumentId) -> Option<TradingState> {
        self.listed(instrument).map(|listed| listed.state)
    }

    fn listed(&self, instrument: InstrumentId) -> Option<&Listed> {
        self.instruments.get(usize::try_from(instrument.0).ok()?)
    }

    fn instrument_ids(&self) -> impl Iterator<Item = InstrumentId> + use<> {
        let count = u32::try_from(self.instruments.len()).expect("fewer than 2^32 instruments");
        (0..count).map(InstrumentId)
    }

    /// An instrument that an order already names.
    fn instrument(&self, instrument: InstrumentId) -> &Listed {
        self.listed(instrument).expect("orders exist in listed instruments only")
    }

    fn instrument_mut(&mut self, instrument: InstrumentId) -> &mut Listed {
        let index = usize::try_from(instrument.0).expect("an index");
        self.instruments.get_mut(index).expect("orders exist in listed instruments only")
    }

    /// A customer's account: the venue is none.
    fn customer(&self, account: AccountId) -> Option<&Account> {
        if account == AccountId::VENUE {
            return None;
        }
        self.accounts.get(usize::try_from(account.0).ok()?)
    }

    fn account(&self, account: AccountId) -> &Account {
        &self.accounts[usize::try_from(account.0).expect("an index")]
    }

    fn order(&self, id: OrderId) -> &Order {
        self.orders.get(&id).expect("an open order")
    }

    fn order_mut(&mut self, id: OrderId) -> &mut Order {
        self.orders.get_mut(&id).expect("an open order")
    }

    /// Who an account is to self-trade prevention: its group, or itself. The two name spaces are apart.
    fn owner(&self, account: AccountId) -> (bool, u32) {
        match self.account(account).stp_group {
            0 => (false, account.0),
            group => (true, group),
        }
    }

    /// The orders resting on one side of a book in priority order: price, displayed before hidden, time.
    fn queue(&self, instrument: InstrumentId, side: Side) -> Vec<&Order> {
        let mut queue: Vec<&Order> = self.resting(instrument, side).collect();
        queue.sort_by_key(|order| order.priority());
        queue
    }

    fn resting(&self, instrument: InstrumentId, side: Side) -> impl Iterator<Item = &Order> {
        self.orders.values().filter(move |order| {
            order.instrument == instrument && order.side == side && matches!(order.place, Place::Book(_))
        })
    }

    fn best_price(&self, instrument: InstrumentId, side: Side) -> Option<Price> {
        self.best_price_but(instrument, side, &[])
    }

    /// The best price were some of the orders not there.
    fn best_price_but(&self, instrument: InstrumentId, side: Side, gone: &[OrderId]) -> Option<Price> {
        let others = self.resting(instrument, side).filter(|order| !gone.contains(&order.id));
        others.min_by_key(|order| order.priority())?.book_price()
    }

    fn take_public_id(&mut self) -> u64 {
        let taken = self.next_public;
        self.next_public += 1;
        taken
    }
}
