//! Runs one scenario on one engine.

use model::{
    AccountId, ClOrdId, Command, Event, EventKind, Events, GroupId, InstrumentId, NewOrder, OrderId, Side, Stamp,
    StandingTrade,
};

use super::Engine;
use super::amounts::{Names, duration};
use super::explains::{Played, Step, explains};
use super::line::Line;
use super::render::render;
use super::{commands, setup, triggers};
use crate::books::Books;

/// The first line of a scenario that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

struct Runner<E> {
    engine: E,
    names: Names,
    books: Books,
    seq: u64,
    ts_ns: i64,
    events: Events,
    /// Where expectations of the last command have got to; empty where none was written yet.
    expected: Option<usize>,
    /// States that set-up lines have given.
    has_state: Vec<bool>,
    /// A group whose first order is accepted next.
    group_begins: Option<(GroupId, OrderId)>,
    /// What was done so far.
    played: Played,
}

/// Time of the first command; set-up lines come before it, a nanosecond apart.
const FIRST_NS: i64 = 1_000_000_000;
/// Time between commands without `after=`.
const STEP_NS: i64 = 1_000_000;

/// Runs a scenario.
///
/// # Errors
/// The first line that cannot be read or does not hold.
pub fn run<E: Engine>(text: &str) -> Result<(), Failure> {
    play::<E>(text).map(drop)
}

/// Runs a scenario and returns its commands, their events, and what it says about the traces of orders.
///
/// # Errors
/// The first line that cannot be read or does not hold.
pub fn play<E: Engine>(text: &str) -> Result<Played, Failure> {
    let lines: Vec<(usize, &str)> = text.lines().map(str::trim).enumerate().map(|(at, line)| (at + 1, line)).collect();
    let first = lines.iter().position(|(_, line)| line.starts_with('>')).unwrap_or(lines.len());
    let (before, after) = lines.split_at(first);
    let failure = |line: usize| move |what: String| Failure { line, what };
    let mut runner = Runner::<E>::start(before).map_err(|(line, what)| Failure { line, what })?;
    runner.finish_setup(&lines).map_err(failure(first))?;
    runner.ts_ns = FIRST_NS - STEP_NS;
    for (at, (number, line)) in after.iter().enumerate() {
        let done = match line.chars().next() {
            None | Some('#') => Ok(()),
            Some('>') => {
                runner.check_complete().and_then(|()| runner.command(&Line::new(&line[1..]), &legs(after, at)))
            }
            Some('+') if after[..at].last().is_some_and(|(_, above)| above.starts_with(['>', '+'])) => Ok(()),
            Some('+') => Err("an order of a group stands right below its command".to_owned()),
            Some('<') => runner.expect(&Line::new(&line[1..]), *number),
            Some(_) => Err("set-up stands before the first command".to_owned()),
        };
        done.map_err(failure(*number))?;
    }
    runner.check_complete().map_err(failure(lines.len()))?;
    Ok(runner.played)
}

/// The orders below a command.
fn legs(lines: &[(usize, &str)], at: usize) -> Vec<Line> {
    lines[at + 1..].iter().map_while(|(_, line)| line.strip_prefix('+')).map(Line::new).collect()
}

impl<E: Engine> Runner<E> {
    /// Reads the set-up lines.
    fn start(lines: &[(usize, &str)]) -> Result<Self, (usize, String)> {
        let mut limits = model::Limits::default();
        for (number, line) in lines {
            let line = Line::new(line);
            if line.words.first().is_some_and(|word| word == "limits") {
                limits = setup::limits(&line).map_err(|what| (*number, what))?;
            }
        }
        let mut runner = Runner {
            engine: E::new(limits),
            names: Names::default(),
            books: Books::default(),
            seq: 0,
            ts_ns: 0,
            events: Events::new(),
            expected: None,
            has_state: Vec::new(),
            group_begins: None,
            played: Played::default(),
        };
        for (number, line) in lines {
            runner.setup_line(line).map_err(|what| (*number, what))?;
        }
        Ok(runner)
    }

    fn setup_line(&mut self, text: &str) -> Result<(), String> {
        let line = Line::new(text);
        if text.is_empty() || text.starts_with('#') || text.starts_with("limits") {
            return Ok(());
        }
        match line.word(0)? {
            "instrument" => self.setup_instrument(&line),
            "state" => {
                let instrument = self.names.instrument(Some(line.word(1)?));
                if let Some(has_state) = self.has_state.get_mut(instrument.0 as usize) {
                    *has_state = true;
                }
                if line.word(2)? == "PreListed" { Ok(()) } else { self.set_up(&line) }
            }
            "asset" | "account" | "fees" | "account_fees" | "deposit" | "reference" | "account_limits"
            | "instrument_limits" | "credit" | "on_disconnect" | "breaker" | "bands" | "outcome" => self.set_up(&line),
            other => Err(format!("{other}: no such set-up word")),
        }
    }

    /// An instrument, and before it the assets nobody has defined.
    fn setup_instrument(&mut self, line: &Line) -> Result<(), String> {
        let (price_decimals, qty_decimals) = setup::instrument_decimals(line);
        let quote = line.option("quote").unwrap_or("USD");
        let base = line.option("base").unwrap_or(line.word(1)?);
        for (name, decimals) in [(quote, price_decimals + qty_decimals), (base, qty_decimals)] {
            if self.names.assets.iter().all(|(known, _)| known != name) {
                self.set_up(&Line::new(&format!("asset {name} decimals={decimals}")))?;
            }
        }
        self.has_state.push(false);
        self.set_up(line)
    }

    /// Accounts that orders name and nobody has opened, and continuous trading where no state was given.
    fn finish_setup(&mut self, lines: &[(usize, &str)]) -> Result<(), String> {
        for (at, (_, text)) in lines.iter().enumerate() {
            let Some(text) = text.strip_prefix('>') else { continue };
            let line = Line::new(text);
            let enters_group = triggers::group_kind(line.word(0)?).is_some();
            let legs = if enters_group { legs(lines, at) } else { Vec::new() };
            let has_account = line.option("account").or(legs.first().and_then(|leg| leg.option("account"))).is_some();
            let name = match (line.word(0), legs.first()) {
                (Ok("new"), _) if !has_account => line.word(1)?,
                (_, Some(first)) if !has_account => first.word(0)?,
                _ => continue,
            };
            if self.names.accounts.iter().all(|known| known != name) && !self.names.owners.contains_key(name) {
                self.set_up(&Line::new(&format!("account {name} credit")))?;
            }
        }
        for index in 0..self.has_state.len() {
            if !self.has_state[index] {
                let name = self.names.instruments[index].0.clone();
                self.set_up(&Line::new(&format!("state {name} Continuous")))?;
            }
        }
        Ok(())
    }

    fn set_up(&mut self, line: &Line) -> Result<(), String> {
        self.ts_ns += 1;
        let command = commands::command(line, &[], &self.names, self.ts_ns)?;
        self.apply(command, line);
        self.refused_by_surprise()?;
        self.expected = Some(self.events.as_slice().len());
        Ok(())
    }

    fn command(&mut self, line: &Line, legs: &[Line]) -> Result<(), String> {
        let step = line.option("after").map_or(Ok(STEP_NS), duration)?;
        self.ts_ns += step.max(1);
        let command = commands::command(line, legs, &self.names, self.ts_ns)?;
        self.apply(command, line);
        Ok(())
    }

    fn apply(&mut self, command: Command, line: &Line) {
        self.note_owner(&command);
        self.seq += 1;
        self.events.clear();
        self.expected = None;
        let stamp = Stamp { seq: self.seq, ts_ns: self.ts_ns };
        self.engine.apply(stamp, &command, &mut self.events);
        let events = self.events.as_slice().to_vec();
        for event in &events {
            self.note_name(&event.kind, line);
        }
        self.books.apply(&command, &events);
        self.played.steps.push(Step { stamp, command, events });
    }

    /// Whose a client id is, so that later lines need not say it.
    fn note_owner(&mut self, command: &Command) {
        for (account, id, on) in self.used_ids(command) {
            let account = self.names.show_account(account);
            self.names.owners.entry(id.to_string()).or_insert((account, on));
        }
    }

    /// The client ids a command brings, with their accounts and instruments.
    fn used_ids(&self, command: &Command) -> Vec<(AccountId, ClOrdId, InstrumentId)> {
        let of = |order: &NewOrder| (order.account, order.cl_ord_id, order.instrument);
        match command {
            Command::NewOrder(order) => vec![of(order)],
            Command::NewStop(stop) => vec![of(&stop.order)],
            Command::NewGroup(group) => group.legs.iter().map(|leg| of(&leg.order)).collect(),
            Command::Amend(amend) => {
                let target = match amend.target {
                    model::OrderRef::Client(id) => self.names.owners.get(id.as_str()).map(|(_, on)| *on),
                    model::OrderRef::Order(_) => None,
                };
                vec![(amend.account, amend.cl_ord_id, target.unwrap_or(InstrumentId(0)))]
            }
            Command::AddAsset { .. }
            | Command::ListInstrument(_)
            | Command::AddAccount(_)
            | Command::SetFees { .. }
            | Command::SetAccountFees(_)
            | Command::AmendTrade(_)
            | Command::SetTicks(_)
            | Command::Deposit(_)
            | Command::Withdraw(_)
            | Command::Cancel(_)
            | Command::MassCancel(_)
            | Command::SetTradingState(_)
            | Command::CancelGroup(_)
            | Command::SetReference(_)
            | Command::SetAccountLimits(_)
            | Command::SetInstrumentLimits(_)
            | Command::SetCreditLine(_)
            | Command::KillSwitch(_)
            | Command::Rearm(_)
            | Command::SetCancelOnDisconnect(_)
            | Command::SessionDown(_)
            | Command::SessionUp(_)
            | Command::CancelAllAfter(_)
            | Command::Halt(_)
            | Command::Resume(_)
            | Command::SetBreaker { .. }
            | Command::SetBands(_)
            | Command::Outcome(_)
            | Command::Tick => Vec::new(),
        }
    }

    fn note_name(&mut self, event: &EventKind, line: &Line) {
        if let EventKind::AssetAdded { symbol, decimals, .. } = event {
            self.names.assets.push((symbol.to_string(), *decimals));
        }
        if let EventKind::InstrumentListed { symbol, .. } = event {
            let (price, qty) = setup::instrument_decimals(line);
            self.names.instruments.push((symbol.to_string(), price, qty));
        }
        if let EventKind::AccountAdded { name, .. } = event {
            self.names.accounts.push(name.to_string());
        }
        if let EventKind::Trade(trade) = event {
            self.names.trades.insert(trade.trade_id.0, StandingTrade::from(trade));
        }
        if let EventKind::TradeAmended { key, now, .. } = *event
            && !now.is_bust()
        {
            self.names.trades.insert(key.trade_id.0, StandingTrade { key, terms: now });
        }
        if let EventKind::GroupAccepted(group) = event {
            self.group_begins = Some((group.group_id, group.first_order_id));
        }
        if let EventKind::OrderAccepted(order) = event {
            self.names.orders.insert(order.order_id, order.cl_ord_id);
            if let Some(group) = self.group_begins.take().filter(|(_, first)| *first == order.order_id) {
                self.names.groups.insert(order.cl_ord_id.to_string(), group.0);
            }
        }
    }

    /// A command without expectations must not be refused.
    fn refused_by_surprise(&self) -> Result<(), String> {
        let is_refusal = |event: &&Event| {
            matches!(
                event.kind,
                EventKind::OrderRejected(_)
                    | EventKind::AmendRejected(_)
                    | EventKind::CancelRejected { .. }
                    | EventKind::CommandRejected { .. }
                    | EventKind::GroupRejected(_)
            )
        };
        match self.events.as_slice().iter().find(is_refusal) {
            Some(event) => Err(format!("refused without a line that expects it: {}", render(event, &self.names))),
            None => Ok(()),
        }
    }

    /// All events of the last command were expected, or none was asked for and none refuses.
    fn check_complete(&self) -> Result<(), String> {
        match self.expected {
            None => self.refused_by_surprise(),
            Some(count) => match self.events.as_slice().get(count) {
                Some(event) => Err(format!("not expected above: {}", render(event, &self.names))),
                None => Ok(()),
            },
        }
    }

    fn expect(&mut self, line: &Line, number: usize) -> Result<(), String> {
        match line.word(0)? {
            "bids" => self.expect_book(line, Side::Buy),
            "asks" => self.expect_book(line, Side::Sell),
            "order" => self.expect_order(line),
            "balance" => self.expect_balance(line),
            "now" => self.expect_state(line),
            "explains" => {
                let found = explains(line, &self.names, number, self.played.steps.len())?;
                self.played.explains.push(found);
                Ok(())
            }
            _ => {
                let at = self.expected.unwrap_or(0);
                let Some(event) = self.events.as_slice().get(at) else {
                    return Err(format!("the command has only {at} events"));
                };
                let rendered = render(event, &self.names);
                self.expected = Some(at + 1);
                if line.holds_for(&Line::new(&rendered)) { Ok(()) } else { Err(format!("found: {rendered}")) }
            }
        }
    }

    /// `bids|asks [on=NAME] none` or levels, best first: `PRICE ID:QTY ID:hidden, PRICE ...`.
    fn expect_book(&self, line: &Line, side: Side) -> Result<(), String> {
        line.allow(&["on"])?;
        let on = self.names.instrument(line.option("on"));
        let mut levels: Vec<String> = Vec::new();
        let mut last = None;
        for (id, _, posted) in self.books.queue(on, side) {
            if last != Some(posted.price) {
                levels.push(self.names.show_price(on, posted.price));
                last = Some(posted.price);
            }
            let shown =
                if posted.is_hidden { "hidden".to_owned() } else { self.names.show_qty(on, posted.displayed_qty) };
            if let Some(level) = levels.last_mut() {
                level.push_str(&[" ", &self.names.show_order(id), ":", &shown].concat());
            }
        }
        let found = if levels.is_empty() { "none".to_owned() } else { levels.join(", ") };
        let wanted = line.words[1..].join(" ");
        if wanted == found { Ok(()) } else { Err(format!("found: {found}")) }
    }

    /// `now INSTRUMENT STATE`
    fn expect_state(&self, line: &Line) -> Result<(), String> {
        let on = self.names.instrument(Some(line.word(1)?));
        let state = self.books.state(on).ok_or("no such instrument")?;
        let found = format!("now {} {state:?}", self.names.show_instrument(on));
        if line.holds_for(&Line::new(&found)) { Ok(()) } else { Err(format!("found: {found}")) }
    }

    /// `order ID gone`, `order ID waits leaves=N qty=N` or `order ID leaves=N qty=N shown=N`.
    fn expect_order(&self, line: &Line) -> Result<(), String> {
        let id = line.word(1)?;
        let found = match self.books.order(self.names.order(id)?) {
            None => format!("order {id} gone"),
            Some(order) => {
                let (on, shown) = (order.instrument, order.posted.map_or(model::Qty(0), |posted| posted.displayed_qty));
                let qty = |qty| self.names.show_qty(on, qty);
                let (total, leaves, shown) = (qty(order.order_qty), qty(order.leaves_qty), qty(shown));
                let waits = if order.waits.is_some() { " waits" } else { "" };
                format!("order {id}{waits} leaves={leaves} qty={total} shown={shown}")
            }
        };
        if line.holds_for(&Line::new(&found)) { Ok(()) } else { Err(format!("found: {found}")) }
    }

    /// `balance ACCOUNT ASSET TOTAL [reserved=N]`
    fn expect_balance(&self, line: &Line) -> Result<(), String> {
        let (who, what) = (line.word(1)?, line.word(2)?);
        let asset = self.names.asset(what);
        let (total, reserved) = self.engine.balance(self.names.account(who), asset);
        let (total, reserved) = (self.names.show_money(asset, total), self.names.show_money(asset, reserved));
        let found = format!("balance {who} {what} {total} reserved={reserved}");
        if line.holds_for(&Line::new(&found)) { Ok(()) } else { Err(format!("found: {found}")) }
    }
}
