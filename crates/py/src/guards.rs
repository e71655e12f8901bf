//! Commands that protect accounts and the venue: limits, kill switches, sessions, halts, breakers, reference prices.

use model::{
    AccountLimits, BreakerRules, CancelAllAfter, Command, Halt, InstrumentId, InstrumentLimits, KillScope, KillSwitch,
    Money, OperatorId, Price, Qty, Rate, Rearm, ReferenceKind, RejectReason, Reopening, Resume, SessionId,
    SetAccountLimits, SetBands, SetCancelOnDisconnect, SetCreditLine, SetInstrumentLimits, SetReference, SpreadRule,
    Symbol, Window,
};
use pyo3::prelude::*;

use crate::decimals::Grid;
use crate::edge::Edge;
use crate::errors::{Kind, raise};
use crate::exchange::Exchange;
use crate::names::{Listed, NOBODY, Names};
use crate::refusal::{About, Refusal};
use crate::report::CommandReport;
use crate::request::Value;
use crate::words;

/// The attributes of a `fairlead.BreakerRules`.
#[derive(FromPyObject)]
pub struct RulesArgs {
    static_bps: u32,
    static_reference: String,
    short_ns: i64,
    short_bps: u32,
    long_ns: i64,
    long_bps: u32,
    limit_state_ns: i64,
    spread_bps: u32,
    spread_persist_ns: i64,
    halt_ns: i64,
    call_ns: i64,
    random_end_ns: i64,
    collar_bps: u32,
    widen_bps: u32,
    extend_ns: i64,
    extensions_max: u32,
    cooling_ns: i64,
    cooling_bps: u32,
    interval_ns: i64,
    trips_max: u32,
}

impl RulesArgs {
    /// The rules.
    ///
    /// # Errors
    /// `UsageError` for a word that is not one of ours.
    pub fn rules(&self) -> PyResult<BreakerRules> {
        let given = self;
        let Some(static_reference) = words::static_reference(&given.static_reference) else {
            let word = &given.static_reference;
            return Err(raise(Kind::Usage, format!("static_reference='{word}': last_auction or recent")));
        };
        Ok(BreakerRules {
            static_bps: given.static_bps,
            static_reference,
            windows: [
                Window { length_ns: given.short_ns, bps: given.short_bps },
                Window { length_ns: given.long_ns, bps: given.long_bps },
            ],
            limit_state_ns: given.limit_state_ns,
            spread: SpreadRule { bps: given.spread_bps, persist_ns: given.spread_persist_ns },
            reopening: Reopening {
                halt_ns: given.halt_ns,
                call_ns: given.call_ns,
                random_end_ns: given.random_end_ns,
                collar_bps: given.collar_bps,
                widen_bps: given.widen_bps,
                extend_ns: given.extend_ns,
                extensions_max: given.extensions_max,
                cooling_ns: given.cooling_ns,
                cooling_bps: given.cooling_bps,
            },
            interval_ns: given.interval_ns,
            trips_max: given.trips_max,
        })
    }
}

/// The limits of `set_instrument_limits`, as given.
pub struct LimitArgs<'a, 'py> {
    /// Largest order quantity.
    pub max_qty: Value<'a, 'py>,
    /// Largest order notional.
    pub max_value: Value<'a, 'py>,
    /// Width of the collar.
    pub collar_bps: Option<u32>,
    /// Largest position.
    pub position_max: Value<'a, 'py>,
    /// No new orders.
    pub restricted: bool,
}

/// Who acts, why, and on what.
#[derive(Clone, Copy)]
pub struct Act<'a> {
    /// Of which instrument.
    pub symbol: Option<&'a str>,
    /// Of which account.
    pub account: Option<&'a str>,
    /// Of which connection.
    pub session: Option<u32>,
    /// Who.
    pub operator: u32,
    /// Why, in a word.
    pub note: &'a str,
}

fn instrument_id(names: &Names, symbol: &str) -> InstrumentId {
    names.listed(symbol).map_or(InstrumentId(NOBODY), |listed| listed.id)
}

impl Act<'_> {
    fn scope(&self, names: &Names) -> PyResult<KillScope> {
        match (self.symbol, self.account, self.session) {
            (None, None, None) => Ok(KillScope::All),
            (Some(symbol), None, None) => Ok(KillScope::Instrument(instrument_id(names, symbol))),
            (None, Some(account), None) => Ok(KillScope::Account(names.account_id(account))),
            (None, None, Some(session)) => Ok(KillScope::Session(SessionId(session))),
            (_, _, _) => {
                Err(raise(Kind::Usage, "name one of symbol, account, session, or none of them for everything"))
            }
        }
    }

    fn subject(&self, what: &str) -> String {
        let part = |name: &str, value: Option<String>| value.map_or_else(String::new, |v| format!(" {name}={v}"));
        let scope = part("symbol", self.symbol.map(str::to_owned))
            + &part("account", self.account.map(str::to_owned))
            + &part("session", self.session.map(|session| session.to_string()));
        format!("{what}{}", if scope.is_empty() { " all" } else { &scope })
    }

    fn note(&self) -> Result<Symbol, Refusal> {
        Symbol::new(self.note)
            .map_err(|_| Refusal::at_edge(RejectReason::BadClOrdId, "note", format!("{:?}", self.note)))
    }
}

impl Exchange {
    fn about(listed: Option<&Listed>) -> About<'_> {
        About { listed, side: None, asset: None }
    }

    /// Sets the limits of an account over all instruments.
    ///
    /// # Errors
    /// `InternalError`, and what the clock raises.
    pub fn limit_account(&self, py: Python<'_>, account: &str, limits: AccountLimits) -> PyResult<CommandReport> {
        let id = self.directory().snapshot().account_id(account);
        let command = Command::SetAccountLimits(SetAccountLimits { account: id, limits });
        self.administer(py, &command, format!("limits of {account}"), About::default())
    }

    /// Sets the limits of an account in an instrument.
    ///
    /// # Errors
    /// Misuse of the call, `InternalError`, and what the clock raises.
    pub fn limit_instrument(
        &self,
        py: Python<'_>,
        (account, symbol): (&str, &str),
        args: &LimitArgs<'_, '_>,
    ) -> PyResult<CommandReport> {
        let names = self.directory().snapshot();
        let listed = names.listed(symbol).map(AsRef::as_ref);
        let (quantities, money) =
            (listed.map(Listed::quantities), listed.map(|listed| Grid::Units(listed.quote_decimals)));
        let mut edge = Edge::default();
        let limits = InstrumentLimits {
            max_qty: edge.number64(args.max_qty, "max_qty", quantities)?.map(Qty),
            max_value: edge.number(args.max_value, "max_value", money)?.map(Money),
            collar_bps: args.collar_bps,
            position_max: edge.number64(args.position_max, "position_max", quantities)?.map(Qty),
            restricted: args.restricted,
        };
        let (account_id, instrument) = (names.account_id(account), instrument_id(&names, symbol));
        let subject = format!("limits of {account} in {symbol}");
        match edge.verdict(SetInstrumentLimits { account: account_id, instrument, limits }) {
            Err(refusal) => Ok(self.refuse_command(subject, refusal)),
            Ok(set) => {
                let command = Command::SetInstrumentLimits(Box::new(set));
                self.administer(py, &command, subject, Exchange::about(listed))
            }
        }
    }

    /// Sets a credit line.
    ///
    /// # Errors
    /// Misuse of the call, `InternalError`, and what the clock raises.
    pub fn lend(
        &self,
        py: Python<'_>,
        (account, asset): (&str, &str),
        amount: &Bound<'_, PyAny>,
    ) -> PyResult<CommandReport> {
        let subject = format!("credit line of {account} in {asset}");
        let names = self.directory().snapshot();
        let (account, asset) = (names.account_id(account), names.asset_id(asset));
        let grid = names.asset(asset).filter(|_| account.0 != NOBODY).map(|asset| Grid::Units(asset.decimals));
        let mut edge = Edge::default();
        let amount = Money(edge.number(Some(amount), "amount", grid)?.unwrap_or(0));
        match edge.verdict(SetCreditLine { account, asset, amount }) {
            Err(refusal) => Ok(self.refuse_command(subject, refusal)),
            Ok(line) => {
                let about = About { asset: Some(asset), ..About::default() };
                self.administer(py, &Command::SetCreditLine(line), subject, about)
            }
        }
    }

    /// Trips a kill switch.
    ///
    /// # Errors
    /// Misuse of the call, `InternalError`, and what the clock raises.
    pub fn kill(&self, py: Python<'_>, act: &Act<'_>, reducing: bool) -> PyResult<CommandReport> {
        let (scope, subject) = (act.scope(&self.directory().snapshot())?, act.subject("kill switch"));
        match act.note() {
            Err(refusal) => Ok(self.refuse_command(subject, refusal)),
            Ok(note) => {
                let kill = KillSwitch { scope, reducing, operator: OperatorId(act.operator), note };
                self.administer(py, &Command::KillSwitch(kill), subject, About::default())
            }
        }
    }

    /// Ends a kill switch.
    ///
    /// # Errors
    /// Misuse of the call, `InternalError`, and what the clock raises.
    pub fn rearm_switch(&self, py: Python<'_>, act: &Act<'_>) -> PyResult<CommandReport> {
        let (scope, subject) = (act.scope(&self.directory().snapshot())?, act.subject("rearm"));
        match act.note() {
            Err(refusal) => Ok(self.refuse_command(subject, refusal)),
            Ok(note) => {
                let rearm = Rearm { scope, operator: OperatorId(act.operator), note };
                self.administer(py, &Command::Rearm(rearm), subject, About::default())
            }
        }
    }

    /// Halts by hand.
    ///
    /// # Errors
    /// `InternalError`, and what the clock raises.
    pub fn stop_trading(
        &self,
        py: Python<'_>,
        act: &Act<'_>,
        (duration_ns, two_person): (i64, bool),
    ) -> PyResult<CommandReport> {
        let names = self.directory().snapshot();
        let (subject, instrument) = (act.subject("halt"), act.symbol.map(|symbol| instrument_id(&names, symbol)));
        match act.note() {
            Err(refusal) => Ok(self.refuse_command(subject, refusal)),
            Ok(note) => {
                let halt = Halt { instrument, duration_ns, two_person, operator: OperatorId(act.operator), note };
                self.administer(py, &Command::Halt(halt), subject, About::default())
            }
        }
    }

    /// Ends a halt.
    ///
    /// # Errors
    /// `InternalError`, and what the clock raises.
    pub fn resume_trading(&self, py: Python<'_>, act: &Act<'_>, auction: bool) -> PyResult<CommandReport> {
        let names = self.directory().snapshot();
        let (subject, instrument) = (act.subject("resume"), act.symbol.map(|symbol| instrument_id(&names, symbol)));
        match act.note() {
            Err(refusal) => Ok(self.refuse_command(subject, refusal)),
            Ok(note) => {
                let resume = Resume { instrument, auction, operator: OperatorId(act.operator), note };
                self.administer(py, &Command::Resume(resume), subject, About::default())
            }
        }
    }

    /// Says what happens to a connection's orders when it is lost.
    ///
    /// # Errors
    /// `InternalError`, and what the clock raises.
    pub fn rule_session(&self, py: Python<'_>, session: u32, grace_ns: Option<i64>) -> PyResult<CommandReport> {
        let rule = SetCancelOnDisconnect { session: SessionId(session), grace_ns };
        let subject = format!("cancel on disconnect of session {session}");
        self.administer(py, &Command::SetCancelOnDisconnect(rule), subject, About::default())
    }

    /// A connection is lost or back.
    ///
    /// # Errors
    /// `InternalError`, and what the clock raises.
    pub fn move_session(&self, py: Python<'_>, session: u32, up: bool) -> PyResult<CommandReport> {
        let id = SessionId(session);
        let command = if up { Command::SessionUp(id) } else { Command::SessionDown(id) };
        self.administer(py, &command, format!("session {session}"), About::default())
    }

    /// Arms, renews or disarms a dead-man timer.
    ///
    /// # Errors
    /// `InternalError`, and what the clock raises.
    pub fn dead_man(&self, py: Python<'_>, account: &str, timeout_ns: i64) -> PyResult<CommandReport> {
        let id = self.directory().snapshot().account_id(account);
        let command = Command::CancelAllAfter(CancelAllAfter { account: id, timeout_ns });
        self.administer(py, &command, format!("dead-man timer of {account}"), About::default())
    }

    /// Sets or removes the rules of a breaker.
    ///
    /// # Errors
    /// Misuse of the call, `InternalError`, and what the clock raises.
    pub fn rule_breaker(&self, py: Python<'_>, symbol: &str, rules: Option<&RulesArgs>) -> PyResult<CommandReport> {
        let instrument = instrument_id(&self.directory().snapshot(), symbol);
        let rules = rules.map(|given| given.rules().map(Box::new)).transpose()?;
        let command = Command::SetBreaker { instrument, rules };
        self.administer(py, &command, format!("breaker of {symbol}"), About::default())
    }

    /// Gives bands from outside.
    ///
    /// # Errors
    /// Misuse of the call, `InternalError`, and what the clock raises.
    pub fn give_bands(
        &self,
        py: Python<'_>,
        symbol: &str,
        [low, high]: [&Bound<'_, PyAny>; 2],
    ) -> PyResult<CommandReport> {
        let names = self.directory().snapshot();
        let listed = names.listed(symbol).map(AsRef::as_ref);
        let prices = listed.map(|listed| Grid::Units(listed.def.price_decimals));
        let mut edge = Edge::default();
        let low = Price(edge.number64(Some(low), "low", prices)?.unwrap_or(0));
        let high = Price(edge.number64(Some(high), "high", prices)?.unwrap_or(0));
        let subject = format!("bands of {symbol}");
        match edge.verdict(SetBands { instrument: instrument_id(&names, symbol), low, high }) {
            Err(refusal) => Ok(self.refuse_command(subject, refusal)),
            Ok(bands) => self.administer(py, &Command::SetBands(bands), subject, Exchange::about(listed)),
        }
    }

    /// Gives a mark or index price.
    ///
    /// # Errors
    /// Misuse of the call, `InternalError`, and what the clock raises.
    pub fn give_reference(
        &self,
        py: Python<'_>,
        (symbol, kind): (&str, &str),
        price: &Bound<'_, PyAny>,
        max_age_ns: i64,
    ) -> PyResult<CommandReport> {
        let names = self.directory().snapshot();
        let listed = names.listed(symbol).map(AsRef::as_ref);
        let prices = listed.map(|listed| Grid::Units(listed.def.price_decimals));
        let mut edge = Edge::default();
        let unknown = RejectReason::UnknownInstruction;
        let kind = edge.word(words::reference(kind), kind, "kind", unknown, ReferenceKind::Mark);
        let price = Price(edge.number64(Some(price), "price", prices)?.unwrap_or(0));
        let subject = format!("{} price of {symbol}", words::reference_word(kind));
        match edge.verdict(SetReference { instrument: instrument_id(&names, symbol), kind, price, max_age_ns }) {
            Err(refusal) => Ok(self.refuse_command(subject, refusal)),
            Ok(set) => self.administer(py, &Command::SetReference(set), subject, Exchange::about(listed)),
        }
    }
}

/// A bucket from its rate and its burst, by default twice the rate.
pub fn rate(per_second: u32, burst: Option<u32>) -> Rate {
    Rate { per_second, burst: burst.unwrap_or_else(|| per_second.saturating_mul(2)) }
}
