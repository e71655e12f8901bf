//! Commands about assets, instruments, accounts, money and sessions.

use model::{
    AddAccount, Allocation, AssetId, Command, Event, EventKind, FeeRates, FeeScheduleId, Instrument, InstrumentError,
    Money, MoveFunds, OutcomeEvent, Price, Qty, RejectReason, SetAccountFees, SetTradingState, StpMode, Symbol,
    TickBand, TickTable, TradingState,
};
use pyo3::prelude::*;

use crate::clock::checked;
use crate::decimals::Grid;
use crate::edge::Edge;
use crate::exchange::{Exchange, refusal_in};
use crate::names::{Asset, NOBODY, Names};
use crate::refusal::{About, Refusal};
use crate::report::CommandReport;
use crate::words;

/// An instrument in mantissas, as the facade hands it over.
#[derive(FromPyObject)]
pub struct Definition {
    symbol: String,
    base: String,
    quote: String,
    base_decimals: u8,
    quote_decimals: u8,
    price_decimals: u8,
    qty_decimals: u8,
    ticks: Vec<(i64, i64)>,
    lot_size: i64,
    min_qty: i64,
    max_qty: i64,
    min_notional: i128,
    max_notional: i128,
    min_price: i64,
    max_price: i64,
    allow_negative: bool,
    previous_close: Option<i64>,
    allocation: String,
    fifo_bps: u16,
    stp: String,
    max_slippage_bps: u16,
    seed: u64,
    state: String,
    add_assets: bool,
}

impl Exchange {
    /// Applies a command that is about no order.
    ///
    /// # Errors
    /// `InternalError`, and what the clock raises.
    pub fn administer(
        &self,
        py: Python<'_>,
        command: &Command,
        subject: String,
        about: About<'_>,
    ) -> PyResult<CommandReport> {
        let now_ns = self.now_ns(py)?;
        self.administer_at(py, now_ns, command, subject, about)
    }

    /// As [`Exchange::administer`], at a given time.
    fn administer_at(
        &self,
        py: Python<'_>,
        now_ns: i64,
        command: &Command,
        subject: String,
        about: About<'_>,
    ) -> PyResult<CommandReport> {
        let (stamp, events) = self.with(py, |sequencer| {
            let events = sequencer.apply(now_ns, command)?.to_vec();
            // Within the lock, so that names are added in the order of their ids.
            if events.iter().any(defines) {
                let engine = sequencer.engine();
                self.directory().change(|names| events.iter().for_each(|event| learn(names, engine, event)));
            }
            Ok((sequencer.answered(), events))
        })?;
        let refusal = refusal_in(&events, about, &self.directory().snapshot());
        Ok(CommandReport { directory: self.directory().clone(), stamp: Some(stamp), subject, refusal, events })
    }

    /// The report of a command that got no sequence number.
    pub fn refuse_command(&self, subject: String, refusal: Refusal) -> CommandReport {
        let directory = self.directory().clone();
        CommandReport { directory, stamp: None, subject, refusal: Some(refusal), events: Vec::new() }
    }

    /// Defines an asset.
    ///
    /// # Errors
    /// `InternalError`, and what the clock raises.
    pub fn define_asset(&self, py: Python<'_>, name: &str, decimals: u8) -> PyResult<CommandReport> {
        let subject = format!("asset {name}");
        let Ok(symbol) = Symbol::new(name) else { return Ok(self.refuse_command(subject, bad_name(name))) };
        self.administer(py, &Command::AddAsset { symbol, decimals }, subject, About::default())
    }

    /// Defines an instrument, its assets where they are new, and puts it into its first state.
    ///
    /// # Errors
    /// `InternalError`, and what the clock raises.
    pub fn define_instrument(&self, py: Python<'_>, given: &Definition) -> PyResult<CommandReport> {
        let subject = format!("instrument {}", given.symbol);
        let (mut def, state) = match read_definition(given) {
            Ok(read) => read,
            Err(refusal) => return Ok(self.refuse_command(subject, refusal)),
        };
        let names = self.directory().snapshot();
        let decimals = |id: AssetId, otherwise| names.asset(id).map_or(otherwise, |asset| asset.decimals);
        (def.base, def.quote) = (names.asset_id(&given.base), names.asset_id(&given.quote));
        let base_decimals = decimals(def.base, given.base_decimals);
        let quote_decimals = decimals(def.quote, given.quote_decimals);
        let twins = given.base == given.quote;
        let has_assets = def.base.0 != NOBODY && def.quote.0 != NOBODY;
        if names.listed(&given.symbol).is_none() && !twins && (has_assets || given.add_assets) {
            // Two new assets are both NOBODY yet: the check compares ids.
            let distinct = Instrument { base: AssetId(NOBODY - 1), ..def.clone() };
            if let Err(error) = distinct.check(base_decimals, quote_decimals) {
                let refusal = Refusal::at_edge(RejectReason::InvalidDefinition, "definition", contradiction(error));
                return Ok(self.refuse_command(subject, refusal));
            }
            for (name, decimals) in [(&given.base, base_decimals), (&given.quote, quote_decimals)] {
                if names.asset_id(name).0 == NOBODY {
                    let added = self.define_asset(py, name, decimals)?;
                    // Another thread may have defined it meanwhile.
                    let is_there = |refusal: &Refusal| refusal.reason == RejectReason::DuplicateName;
                    if added.refusal.as_ref().is_some_and(|refusal| !is_there(refusal)) {
                        return Ok(CommandReport { subject, ..added });
                    }
                }
            }
            let names = self.directory().snapshot();
            (def.base, def.quote) = (names.asset_id(&given.base), names.asset_id(&given.quote));
        }
        if twins {
            let refusal =
                Refusal::at_edge(RejectReason::InvalidDefinition, "quote", contradiction(InstrumentError::SameAsset));
            return Ok(self.refuse_command(subject, refusal));
        }
        let command = Command::ListInstrument(Box::new(def));
        let mut report = self.administer(py, &command, subject, About::default())?;
        let listed = report.events.iter().find_map(listed_id).filter(|_| state != TradingState::PreListed);
        if let Some(instrument) = listed {
            let enter = Command::SetTradingState(SetTradingState { instrument, state });
            let entered = self.administer(py, &enter, report.subject.clone(), About::default())?;
            report.events.extend(entered.events);
            report.refusal = entered.refusal;
        }
        Ok(report)
    }

    /// Opens an account.
    ///
    /// # Errors
    /// `InternalError`, and what the clock raises.
    pub fn open_account(
        &self,
        py: Python<'_>,
        name: &str,
        kind: &str,
        stp_group: u32,
        fees: u16,
    ) -> PyResult<CommandReport> {
        let subject = format!("account {name}");
        let Ok(symbol) = Symbol::new(name) else { return Ok(self.refuse_command(subject, bad_name(name))) };
        let Some(kind) = words::account_kind(kind) else {
            let refusal = Refusal::at_edge(RejectReason::UnknownInstruction, "kind", format!("'{kind}'"));
            return Ok(self.refuse_command(subject, refusal));
        };
        let add = AddAccount { name: symbol, kind, stp_group, fees: FeeScheduleId(fees) };
        self.administer(py, &Command::AddAccount(add), subject, About::default())
    }

    /// Moves money into an account from outside (`inward`), or out of it.
    ///
    /// # Errors
    /// Misuse of the call, `InternalError`, and what the clock raises.
    pub fn move_funds(
        &self,
        py: Python<'_>,
        (account, asset): (&str, &str),
        amount: &Bound<'_, PyAny>,
        inward: bool,
    ) -> PyResult<CommandReport> {
        let subject = format!("{} of {account} in {asset}", if inward { "deposit" } else { "withdrawal" });
        let names = self.directory().snapshot();
        let (account, asset) = (names.account_id(account), names.asset_id(asset));
        let grid = names.asset(asset).filter(|_| account.0 != NOBODY).map(|asset| Grid::Units(asset.decimals));
        let mut edge = Edge::default();
        let amount = edge.number(Some(amount), "amount", grid)?.unwrap_or(0);
        match edge.verdict(MoveFunds { account, asset, amount: Money(amount) }) {
            Err(refusal) => Ok(self.refuse_command(subject, refusal)),
            Ok(funds) => {
                let command = if inward { Command::Deposit(funds) } else { Command::Withdraw(funds) };
                self.administer(py, &command, subject, About { asset: Some(asset), ..About::default() })
            }
        }
    }

    /// Sets rates of a fee schedule.
    ///
    /// # Errors
    /// `InternalError`, and what the clock raises.
    pub fn set_rates(&self, py: Python<'_>, schedule: u16, base: &str, rates: FeeRates) -> PyResult<CommandReport> {
        let subject = format!("fee schedule {schedule}");
        let Some(base) = words::fee_base(base) else {
            let refusal = Refusal::at_edge(RejectReason::UnknownInstruction, "base", format!("'{base}'"));
            return Ok(self.refuse_command(subject, refusal));
        };
        let command = Command::SetFees { schedule: FeeScheduleId(schedule), base, rates };
        self.administer(py, &command, subject, About::default())
    }

    /// Lets an account pay by another fee schedule.
    ///
    /// # Errors
    /// `InternalError`, and what the clock raises.
    pub fn assign_fees(&self, py: Python<'_>, account: &str, schedule: u16) -> PyResult<CommandReport> {
        let account_id = self.directory().snapshot().account_id(account);
        let request = SetAccountFees { account: account_id, schedule: FeeScheduleId(schedule) };
        self.administer(py, &Command::SetAccountFees(request), format!("account {account}"), About::default())
    }

    /// Moves an instrument to another trading state.
    ///
    /// # Errors
    /// `InternalError`, and what the clock raises.
    pub fn enter_state(&self, py: Python<'_>, symbol: &str, state: &str) -> PyResult<CommandReport> {
        let subject = format!("state of {symbol}");
        let Some(state) = words::state(state) else {
            let refusal = Refusal::at_edge(RejectReason::UnknownInstruction, "state", format!("'{state}'"));
            return Ok(self.refuse_command(subject, refusal));
        };
        let names = self.directory().snapshot();
        let instrument = names.listed(symbol).map_or(model::InstrumentId(NOBODY), |listed| listed.id);
        let command = Command::SetTradingState(SetTradingState { instrument, state });
        self.administer(py, &command, subject, About::default())
    }

    /// Cancels every open order that passes the given filters.
    ///
    /// # Errors
    /// `InternalError`, and what the clock raises.
    pub fn cancel_many(
        &self,
        py: Python<'_>,
        (account, symbol): (Option<&str>, Option<&str>),
        side: Option<&str>,
        session: Option<u32>,
    ) -> PyResult<CommandReport> {
        let names = self.directory().snapshot();
        let mut edge = Edge::default();
        let unknown = RejectReason::UnknownSide;
        let side = side.map(|text| edge.word(words::side(text), text, "side", unknown, model::Side::Buy));
        let command = Command::MassCancel(model::MassCancel {
            account: account.map(|name| names.account_id(name)),
            session: session.map(model::SessionId),
            instrument: symbol.map(|name| names.listed(name).map_or(model::InstrumentId(NOBODY), |listed| listed.id)),
            side,
        });
        let all = "all";
        let subject = format!("mass cancel: account={} symbol={}", account.unwrap_or(all), symbol.unwrap_or(all));
        match edge.verdict(()) {
            Err(refusal) => Ok(self.refuse_command(subject, refusal)),
            Ok(()) => self.administer(py, &command, subject, About::default()),
        }
    }

    /// Lets time pass until `ts_ns`, or until what the clock says.
    ///
    /// # Errors
    /// `UsageError` for a time that is not after the last one, `InternalError`, and what the clock raises.
    pub fn pass_time(&self, py: Python<'_>, ts_ns: Option<i64>) -> PyResult<CommandReport> {
        let now_ns = match ts_ns {
            None => self.now_ns(py)?,
            Some(ts_ns) => {
                let last = self.with(py, |sequencer| Ok(sequencer.last().ts_ns))?;
                if ts_ns <= last {
                    let what = format!("time cannot go back: ts_ns={ts_ns} last_ns={last}; give a later time");
                    return Err(crate::errors::raise(crate::errors::Kind::Usage, what));
                }
                checked(ts_ns)?
            }
        };
        self.administer_at(py, now_ns, &Command::Tick, "tick".to_owned(), About::default())
    }
}

/// Whether an event gives an id to a name, or changes what a name stands for.
fn defines(event: &Event) -> bool {
    matches!(
        event.kind,
        EventKind::AssetAdded { .. }
            | EventKind::AccountAdded { .. }
            | EventKind::InstrumentListed { .. }
            | EventKind::TicksSet { .. }
            | EventKind::Outcome(OutcomeEvent::OutcomeSet { .. })
    )
}

/// Adds the name that an event gives an id to, or what is new of it.
fn learn(names: &mut Names, engine: &engine::Exchange, event: &Event) {
    if let EventKind::AssetAdded { asset, symbol, decimals } = event.kind {
        names.add_asset(asset, Asset { symbol, decimals });
    }
    if let EventKind::AccountAdded { account, name } = event.kind {
        names.add_account(account, name);
    }
    if let EventKind::InstrumentListed { instrument, .. } = event.kind {
        names.learn_instrument(engine, instrument);
    }
    if let EventKind::TicksSet { instrument } = event.kind {
        names.learn_grid(engine, instrument);
    }
    if let EventKind::Outcome(OutcomeEvent::OutcomeSet { instrument, .. }) = event.kind {
        names.set_on_event(instrument);
    }
}

fn listed_id(event: &Event) -> Option<model::InstrumentId> {
    if let EventKind::InstrumentListed { instrument, .. } = event.kind { Some(instrument) } else { None }
}

fn bad_name(name: &str) -> Refusal {
    Refusal::at_edge(RejectReason::BadClOrdId, "name", format!("{name:?}"))
}

fn read_definition(given: &Definition) -> Result<(Instrument, TradingState), Refusal> {
    let invalid = |field, value: String| Refusal::at_edge(RejectReason::InvalidDefinition, field, value);
    let unknown = |field, word: &str| Refusal::at_edge(RejectReason::UnknownInstruction, field, format!("'{word}'"));
    let symbol = Symbol::new(&given.symbol).map_err(|_| bad_name(&given.symbol))?;
    for name in [&given.base, &given.quote] {
        Symbol::new(name).map_err(|_| bad_name(name))?;
    }
    let bands = given.ticks.iter().map(|(from, tick)| TickBand { from: Price(*from), tick: *tick }).collect();
    let ticks = TickTable::new(bands)
        .ok_or_else(|| invalid("tick_size", "steps must be positive, ascending, and start on their own grid".into()))?;
    let allocation = match given.allocation.as_str() {
        "fifo" => Allocation::Fifo,
        "pro_rata" => Allocation::ProRata,
        "fifo_pro_rata" => Allocation::FifoThenProRata { fifo_bps: given.fifo_bps },
        other => return Err(unknown("allocation", other)),
    };
    let stp_default: Option<StpMode> = words::stp(&given.stp);
    let mode = || Refusal::at_edge(RejectReason::UnknownStpMode, "stp", format!("'{}'", given.stp));
    let state = words::state(&given.state).ok_or_else(|| unknown("state", &given.state))?;
    let def = Instrument {
        symbol,
        base: AssetId(NOBODY),
        quote: AssetId(NOBODY),
        price_decimals: given.price_decimals,
        qty_decimals: given.qty_decimals,
        ticks,
        lot_size: Qty(given.lot_size),
        min_qty: Qty(given.min_qty),
        max_qty: Qty(given.max_qty),
        min_notional: Money(given.min_notional),
        max_notional: Money(given.max_notional),
        min_price: Price(given.min_price),
        max_price: Price(given.max_price),
        allow_negative: given.allow_negative,
        previous_close: given.previous_close.map(Price),
        allocation,
        stp_default: stp_default.ok_or_else(mode)?,
        max_slippage_bps: given.max_slippage_bps,
        seed: given.seed,
    };
    Ok((def, state))
}

fn contradiction(error: InstrumentError) -> &'static str {
    match error {
        InstrumentError::SameAsset => "base and quote are the same asset",
        InstrumentError::QuoteTooCoarse => "the quote asset has fewer decimals than price and quantity together",
        InstrumentError::BaseTooCoarse => "the base asset has fewer decimals than the quantity",
        InstrumentError::Lot => "the lot is not positive",
        InstrumentError::QtyRange => {
            "min_qty or max_qty is off the lot grid, not positive, out of order, or above 10^12 lots"
        }
        InstrumentError::PriceRange => {
            "min_price or max_price is off the grid, out of order, not positive, or beyond 10^18 units"
        }
        InstrumentError::NotionalRange => "min_notional or max_notional is negative or out of order",
        InstrumentError::TooLarge => "max_price x max_qty exceeds what a balance can hold",
        InstrumentError::BasisPoints => "max_slippage_bps or the share by time exceeds 10000",
        InstrumentError::PreviousClose => "previous_close is off the grid or outside the price bounds",
    }
}
