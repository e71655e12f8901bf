//! Rule sets beside an exchange: `attach_rules` and what they see.

use breaker::{Band, DynamicRules, Hours, LuldRules, LuldState, LuldTerms, MarketWideRules, RuleSet, Tier, Watcher};
use model::{InstrumentId, OperatorId, Price, RejectReason, format_decimal};
use pyo3::prelude::*;

use crate::decimals::Grid;
use crate::edge::Edge;
use crate::errors::{Kind, raise};
use crate::exchange::Exchange;
use crate::names::{Listed, Names};
use crate::refusal::Refusal;
use crate::report::CommandReport;

/// The attributes of a `fairlead.Luld`.
#[derive(FromPyObject)]
pub struct LuldArgs<'py> {
    tier: u8,
    previous_close: Bound<'py, PyAny>,
    leverage: u8,
    open_ns: i64,
    close_ns: i64,
    midnight_ns: i64,
    operator: u32,
}

/// The attributes of a `fairlead.MarketWide`.
#[derive(FromPyObject)]
pub struct MarketWideArgs<'py> {
    halted: Vec<String>,
    previous_close: Bound<'py, PyAny>,
    taken: Vec<u8>,
    open_ns: i64,
    close_ns: i64,
    midnight_ns: i64,
    operator: u32,
}

/// The attributes of a `fairlead.DynamicCircuitBreaker`.
#[derive(FromPyObject)]
pub struct DynamicArgs<'py> {
    settlement: Bound<'py, PyAny>,
    bps: u32,
    window_ns: i64,
    halt_ns: i64,
    last_halt_ns: i64,
    open_ns: i64,
    close_ns: i64,
    midnight_ns: i64,
}

/// One of them.
#[derive(FromPyObject)]
pub enum RuleSetArgs<'py> {
    /// Limit Up-Limit Down.
    Luld(LuldArgs<'py>),
    /// The market-wide circuit breaker.
    MarketWide(MarketWideArgs<'py>),
    /// The dynamic circuit breaker.
    Dynamic(DynamicArgs<'py>),
}

/// Kind, instrument, state, since or until when, lowest and highest price that may print.
pub type StateRow = (&'static str, String, String, Option<i64>, Option<String>, Option<String>);

/// A price in the instrument's units, or a refusal.
fn price(value: &Bound<'_, PyAny>, field: &'static str, listed: &Listed) -> PyResult<Result<Price, Refusal>> {
    let mut edge = Edge::default();
    let number = edge.number64(Some(value), field, Some(Grid::Units(listed.def.price_decimals)))?;
    Ok(edge.verdict(Price(number.unwrap_or(0))))
}

impl LuldArgs<'_> {
    fn rules(&self, instrument: InstrumentId, listed: &Listed) -> PyResult<Result<RuleSet, Refusal>> {
        let tier = match self.tier {
            1 => Tier::One,
            2 => Tier::Two,
            other => return Err(raise(Kind::Usage, format!("out of range: tier={other} min=1 max=2"))),
        };
        let hours = Hours { open_ns: self.open_ns, close_ns: self.close_ns };
        Ok(price(&self.previous_close, "previous_close", listed)?.map(|prev_close| {
            let price_decimals = listed.def.price_decimals;
            let terms = LuldTerms { tier, prev_close, leverage: self.leverage, price_decimals, hours };
            let operator = OperatorId(self.operator);
            RuleSet::Luld(LuldRules { instrument, terms, midnight_ns: self.midnight_ns, operator })
        }))
    }
}

impl MarketWideArgs<'_> {
    fn rules(&self, index: InstrumentId, listed: &Listed, names: &Names) -> PyResult<Result<RuleSet, Refusal>> {
        let mut taken = [false; 3];
        for level in &self.taken {
            match taken.get_mut(usize::from(*level).wrapping_sub(1)) {
                Some(level) => *level = true,
                None => return Err(raise(Kind::Usage, format!("out of range: taken={level} min=1 max=3"))),
            }
        }
        let mut halted = Vec::new();
        for symbol in &self.halted {
            match names.listed(symbol) {
                Some(listed) => halted.push(listed.id),
                None => return Ok(Err(Refusal::at_edge(RejectReason::UnknownInstrument, "halted", symbol.as_str()))),
            }
        }
        let hours = Hours { open_ns: self.open_ns, close_ns: self.close_ns };
        let (midnight_ns, operator) = (self.midnight_ns, OperatorId(self.operator));
        Ok(price(&self.previous_close, "previous_close", listed)?.map(|prev_close| {
            RuleSet::MarketWide(MarketWideRules { index, prev_close, taken, halted, hours, midnight_ns, operator })
        }))
    }
}

impl DynamicArgs<'_> {
    fn rules(&self, instrument: InstrumentId, listed: &Listed) -> PyResult<Result<RuleSet, Refusal>> {
        let hours = Hours { open_ns: self.open_ns, close_ns: self.close_ns };
        let DynamicArgs { bps, window_ns, halt_ns, last_halt_ns, midnight_ns, .. } = *self;
        Ok(price(&self.settlement, "settlement", listed)?.map(|settlement| {
            let tick = listed.def.ticks.base_tick();
            RuleSet::Dynamic(DynamicRules {
                instrument,
                settlement,
                bps,
                tick,
                window_ns,
                halt_ns,
                last_halt_ns,
                hours,
                midnight_ns,
            })
        }))
    }
}

impl Exchange {
    /// Attaches a rule set to an instrument. A command of its own that the exchange refuses, such as bands that cannot be
    /// meant, is an event of the report: the rule set stays and asks again when something changes it.
    ///
    /// # Errors
    /// Misuse of the call, `InternalError`, and what the clock raises.
    pub fn attach(&self, py: Python<'_>, symbol: &str, given: &RuleSetArgs<'_>) -> PyResult<CommandReport> {
        let subject = format!("rules of {symbol}");
        let names = self.directory().snapshot();
        let Some(listed) = names.listed(symbol) else {
            let refusal = Refusal::at_edge(RejectReason::UnknownInstrument, "symbol", symbol);
            return Ok(self.refuse_command(subject, refusal));
        };
        let read = match given {
            RuleSetArgs::Luld(given) => given.rules(listed.id, listed)?,
            RuleSetArgs::MarketWide(given) => given.rules(listed.id, listed, &names)?,
            RuleSetArgs::Dynamic(given) => given.rules(listed.id, listed)?,
        };
        let rules = match read {
            Ok(rules) => rules,
            Err(refusal) => return Ok(self.refuse_command(subject, refusal)),
        };
        let now_ns = self.now_ns(py)?;
        let (stamp, events) = self.with(py, |sequencer| {
            let events = sequencer.attach(now_ns, symbol, rules)?.to_vec();
            Ok((sequencer.last(), events))
        })?;
        let stamp = (!events.is_empty()).then_some(stamp);
        Ok(CommandReport { directory: self.directory().clone(), stamp, subject, refusal: None, events })
    }

    /// When a rule set has something to ask for though nothing happens.
    ///
    /// # Errors
    /// `InternalError`.
    pub fn next_rule_ns(&self, py: Python<'_>) -> PyResult<Option<i64>> {
        self.with(py, |sequencer| Ok(sequencer.watchers().due_ns()))
    }

    /// What the rule sets see, in the order in which they were attached.
    ///
    /// # Errors
    /// `InternalError`.
    pub fn rule_rows(&self, py: Python<'_>) -> PyResult<Vec<StateRow>> {
        let names = self.directory().snapshot();
        self.with(py, |sequencer| {
            let now_ns = sequencer.last().ts_ns;
            Ok(sequencer.watchers().sets().iter().map(|set| row(set, now_ns, &names)).collect())
        })
    }
}

fn row(set: &Watcher, now_ns: i64, names: &Names) -> StateRow {
    let (kind, instrument, (state, at_ns), band) = match set {
        Watcher::Luld(watch) => ("luld", watch.rules().instrument, luld(watch.state()), watch.band(now_ns)),
        Watcher::MarketWide(watch) => {
            let level = watch.decline().map_or(0, |decline| decline.level);
            ("market_wide", watch.rules().index, (format!("level_{level}"), None), None)
        }
        Watcher::Dynamic(watch) => {
            let state = ("normal".to_owned(), None);
            ("dynamic_circuit_breaker", watch.rules().instrument, state, watch.band(now_ns))
        }
    };
    let listed = names.instrument(instrument);
    let symbol = listed.map_or_else(String::new, |listed| listed.def.symbol.as_str().to_owned());
    let decimals = listed.map_or(0, |listed| listed.def.price_decimals);
    let text = |price: Price| format_decimal(i128::from(price.0), decimals);
    let Band { low, high } = band.unwrap_or(Band::ANY);
    (kind, symbol, state, at_ns, band.map(|_| text(low)), band.map(|_| text(high)))
}

fn luld(state: LuldState) -> (String, Option<i64>) {
    let (word, at_ns) = match state {
        LuldState::Normal => ("normal", None),
        LuldState::Limit { since_ns } => ("limit_state", Some(since_ns)),
        LuldState::Straddle => ("straddle", None),
        LuldState::Paused { until_ns } => ("paused", Some(until_ns)),
    };
    (word.to_owned(), at_ns)
}
