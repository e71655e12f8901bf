//! Commands about limits, credit, kill switches, connections, halts, breakers and bands.

use model::{
    AccountLimits, BreakerRules, CancelAllAfter, Command, Halt, InstrumentId, InstrumentLimits, KillScope, KillSwitch,
    OperatorId, Rate, Rearm, Resume, SessionId, SetAccountLimits, SetBands, SetCancelOnDisconnect, SetCreditLine,
    SetInstrumentLimits, SpreadRule, StaticReference, Symbol, Window,
};

use super::amounts::{Names, duration, number, symbol};
use super::line::Line;

/// A command line of this file's words; empty where the word is another's.
pub fn command(line: &Line, names: &Names) -> Option<Result<Command, String>> {
    let made = match line.words.first()?.as_str() {
        "account_limits" => account_limits(line, names).map(Command::SetAccountLimits),
        "instrument_limits" => {
            instrument_limits(line, names).map(|limits| Command::SetInstrumentLimits(Box::new(limits)))
        }
        "credit" => credit(line, names).map(Command::SetCreditLine),
        "kill" | "rearm" => kill(line, names),
        "on_disconnect" => on_disconnect(line).map(Command::SetCancelOnDisconnect),
        "session_down" => session(line, 1).map(Command::SessionDown),
        "session_up" => session(line, 1).map(Command::SessionUp),
        "cancel_all_after" => cancel_all_after(line, names).map(Command::CancelAllAfter),
        "halt" => halt(line, names).map(Command::Halt),
        "resume" => resume(line, names).map(Command::Resume),
        "breaker" => breaker(line, names),
        "bands" => bands(line, names).map(Command::SetBands),
        _ => return None,
    };
    Some(made)
}

/// `PER_SECOND:BURST`
fn rate(line: &Line, key: &str) -> Result<Rate, String> {
    let Some(text) = line.option(key) else { return Ok(Rate::default()) };
    let (per_second, burst) = text.split_once(':').ok_or_else(|| format!("{key}={text}: PER_SECOND:BURST"))?;
    Ok(Rate { per_second: number(per_second)?, burst: number(burst)? })
}

/// `account_limits ACCOUNT [orders=] [cancels=] [open_orders=] [duplicate=]`
fn account_limits(line: &Line, names: &Names) -> Result<SetAccountLimits, String> {
    line.allow(&["orders", "cancels", "open_orders", "duplicate", "after"])?;
    let limits = AccountLimits {
        orders: rate(line, "orders")?,
        cancels: rate(line, "cancels")?,
        open_orders_max: number(line.option("open_orders").unwrap_or("0"))?,
        duplicate_ns: duration(line.option("duplicate").unwrap_or("0s"))?,
    };
    Ok(SetAccountLimits { account: names.account(line.word(1)?), limits })
}

/// `instrument_limits ACCOUNT INSTRUMENT [max_qty=] [max_value=] [collar_bps=] [position=] [restricted]`
fn instrument_limits(line: &Line, names: &Names) -> Result<SetInstrumentLimits, String> {
    line.allow(&["max_qty", "max_value", "collar_bps", "position", "after"])?;
    words(line, 3, &["restricted"])?;
    let instrument = names.instrument(Some(line.word(2)?));
    let qty = |key: &str| line.option(key).map(|text| names.qty(instrument, text)).transpose();
    let quote = names.asset("USD");
    let limits = InstrumentLimits {
        max_qty: qty("max_qty")?,
        max_value: line.option("max_value").map(|text| names.money(quote, text)).transpose()?,
        collar_bps: line.option("collar_bps").map(number).transpose()?,
        position_max: qty("position")?,
        restricted: line.has("restricted"),
    };
    Ok(SetInstrumentLimits { account: names.account(line.word(1)?), instrument, limits })
}

/// Refuses words from a place on that are none of these.
fn words(line: &Line, from: usize, known: &[&str]) -> Result<(), String> {
    match line.words.iter().skip(from).find(|word| !known.contains(&word.as_str())) {
        Some(word) => Err(format!("unknown word {word}")),
        None => Ok(()),
    }
}

/// `credit ACCOUNT ASSET AMOUNT`
fn credit(line: &Line, names: &Names) -> Result<SetCreditLine, String> {
    line.allow(&["after"])?;
    let asset = names.asset(line.word(2)?);
    Ok(SetCreditLine { account: names.account(line.word(1)?), asset, amount: names.money(asset, line.word(3)?)? })
}

fn session(line: &Line, at: usize) -> Result<SessionId, String> {
    number(line.word(at)?).map(SessionId)
}

fn operator(line: &Line) -> Result<OperatorId, String> {
    number(line.option("by").unwrap_or("1")).map(OperatorId)
}

fn note(line: &Line) -> Result<Symbol, String> {
    symbol(line.option("note").unwrap_or("-"))
}

/// `kill|rearm all|instrument NAME|account NAME|session N [reducing] [by=] [note=]`
fn kill(line: &Line, names: &Names) -> Result<Command, String> {
    line.allow(&["by", "note", "after"])?;
    let (scope, rest) = match line.word(1)? {
        "all" => (KillScope::All, 2),
        "instrument" => (KillScope::Instrument(names.instrument(Some(line.word(2)?))), 3),
        "account" => (KillScope::Account(names.account(line.word(2)?)), 3),
        "session" => (KillScope::Session(session(line, 2)?), 3),
        other => return Err(format!("{other}: all, instrument, account or session")),
    };
    let (operator, note) = (operator(line)?, note(line)?);
    if line.words[0] == "rearm" {
        words(line, rest, &[])?;
        return Ok(Command::Rearm(Rearm { scope, operator, note }));
    }
    words(line, rest, &["reducing"])?;
    Ok(Command::KillSwitch(KillSwitch { scope, reducing: line.has("reducing"), operator, note }))
}

/// `on_disconnect SESSION grace=DURATION|never`
fn on_disconnect(line: &Line) -> Result<SetCancelOnDisconnect, String> {
    line.allow(&["grace", "after"])?;
    let grace_ns = match line.option("grace").ok_or("grace= is missing")? {
        "never" => None,
        text => Some(duration(text)?),
    };
    Ok(SetCancelOnDisconnect { session: session(line, 1)?, grace_ns })
}

/// `cancel_all_after ACCOUNT DURATION`
fn cancel_all_after(line: &Line, names: &Names) -> Result<CancelAllAfter, String> {
    line.allow(&["after"])?;
    Ok(CancelAllAfter { account: names.account(line.word(1)?), timeout_ns: duration(line.word(2)?)? })
}

fn instrument_or_all(line: &Line, names: &Names) -> Result<Option<InstrumentId>, String> {
    let name = line.word(1)?;
    Ok((name != "all").then(|| names.instrument(Some(name))))
}

/// `halt INSTRUMENT|all [for=DURATION] [two_person] [by=] [note=]`
fn halt(line: &Line, names: &Names) -> Result<Halt, String> {
    line.allow(&["for", "by", "note", "after"])?;
    words(line, 2, &["two_person"])?;
    Ok(Halt {
        instrument: instrument_or_all(line, names)?,
        duration_ns: duration(line.option("for").unwrap_or("0s"))?,
        two_person: line.has("two_person"),
        operator: operator(line)?,
        note: note(line)?,
    })
}

/// `resume INSTRUMENT|all [auction] [by=] [note=]`
fn resume(line: &Line, names: &Names) -> Result<Resume, String> {
    line.allow(&["by", "note", "after"])?;
    words(line, 2, &["auction"])?;
    Ok(Resume {
        instrument: instrument_or_all(line, names)?,
        auction: line.has("auction"),
        operator: operator(line)?,
        note: note(line)?,
    })
}

const BREAKER_OPTIONS: [&str; 18] = [
    "static_bps",
    "static_reference",
    "short",
    "long",
    "limit_state",
    "spread",
    "halt",
    "call",
    "random_end",
    "collar_bps",
    "widen_bps",
    "extend",
    "extensions_max",
    "cooling",
    "cooling_bps",
    "interval",
    "trips_max",
    "after",
];

/// `DURATION:BPS` or `off`
fn window(line: &Line, key: &str, usual: Window) -> Result<Window, String> {
    match line.option(key) {
        None => Ok(usual),
        Some("off") => Ok(Window { length_ns: 0, bps: 0 }),
        Some(text) => {
            let (length, bps) = text.split_once(':').ok_or_else(|| format!("{key}={text}: DURATION:BPS or off"))?;
            Ok(Window { length_ns: duration(length)?, bps: number(bps)? })
        }
    }
}

/// `BPS:DURATION` or `off`
fn spread(line: &Line, usual: SpreadRule) -> Result<SpreadRule, String> {
    match line.option("spread") {
        None => Ok(usual),
        Some("off") => Ok(SpreadRule { bps: 0, persist_ns: 0 }),
        Some(text) => {
            let (bps, persist) = text.split_once(':').ok_or_else(|| format!("spread={text}: BPS:DURATION or off"))?;
            Ok(SpreadRule { bps: number(bps)?, persist_ns: duration(persist)? })
        }
    }
}

/// `last_auction` or `recent`
fn static_reference(line: &Line, usual: StaticReference) -> Result<StaticReference, String> {
    match line.option("static_reference") {
        None => Ok(usual),
        Some("last_auction") => Ok(StaticReference::LastAuction),
        Some("recent") => Ok(StaticReference::Recent),
        Some(other) => Err(format!("static_reference={other}: last_auction or recent")),
    }
}

/// `breaker INSTRUMENT off` or `breaker INSTRUMENT [rules]`, the defaults where none is given.
fn breaker(line: &Line, names: &Names) -> Result<Command, String> {
    line.allow(&BREAKER_OPTIONS)?;
    words(line, 2, &["off"])?;
    let instrument = names.instrument(Some(line.word(1)?));
    if line.has("off") {
        return Ok(Command::SetBreaker { instrument, rules: None });
    }
    let mut rules = BreakerRules::default();
    let time = |key: &str, usual: i64| line.option(key).map_or(Ok(usual), duration);
    let count = |key: &str, usual: u32| line.option(key).map_or(Ok(usual), number);
    rules.static_bps = count("static_bps", rules.static_bps)?;
    rules.static_reference = static_reference(line, rules.static_reference)?;
    rules.windows = [window(line, "short", rules.windows[0])?, window(line, "long", rules.windows[1])?];
    rules.limit_state_ns = time("limit_state", rules.limit_state_ns)?;
    rules.spread = spread(line, rules.spread)?;
    let reopening = &mut rules.reopening;
    reopening.halt_ns = time("halt", reopening.halt_ns)?;
    reopening.call_ns = time("call", reopening.call_ns)?;
    reopening.random_end_ns = time("random_end", reopening.random_end_ns)?;
    reopening.collar_bps = count("collar_bps", reopening.collar_bps)?;
    reopening.widen_bps = count("widen_bps", reopening.widen_bps)?;
    reopening.extend_ns = time("extend", reopening.extend_ns)?;
    reopening.extensions_max = count("extensions_max", reopening.extensions_max)?;
    reopening.cooling_ns = time("cooling", reopening.cooling_ns)?;
    reopening.cooling_bps = count("cooling_bps", reopening.cooling_bps)?;
    rules.interval_ns = time("interval", rules.interval_ns)?;
    rules.trips_max = count("trips_max", rules.trips_max)?;
    Ok(Command::SetBreaker { instrument, rules: Some(Box::new(rules)) })
}

/// `bands INSTRUMENT LOW HIGH`
fn bands(line: &Line, names: &Names) -> Result<SetBands, String> {
    line.allow(&["after"])?;
    let instrument = names.instrument(Some(line.word(1)?));
    let price = |at: usize| names.price(instrument, line.word(at)?);
    Ok(SetBands { instrument, low: price(2)?, high: price(3)? })
}

#[cfg(test)]
mod tests {
    use model::{BreakerRules, Command, KillScope, Window};

    use super::super::amounts::Names;
    use super::super::line::Line;

    fn read(text: &str) -> Result<Command, String> {
        let instruments = vec![("ABC".to_owned(), 2, 0)];
        let names = Names { instruments, accounts: vec!["X".to_owned()], ..Names::default() };
        super::command(&Line::new(text), &names).expect("a word of this file")
    }

    #[test]
    fn rules_that_are_not_named_are_the_defaults() {
        let defaults = BreakerRules::default();
        let short = Window { length_ns: 1_000_000_000, bps: 300 };
        let rules = BreakerRules { windows: [short, Window { length_ns: 0, bps: 0 }], trips_max: 0, ..defaults };
        let instrument = model::InstrumentId(0);

        let made = read("breaker ABC short=1s:300 long=off trips_max=0");
        assert_eq!(made, Ok(Command::SetBreaker { instrument, rules: Some(Box::new(rules)) }));
        assert_eq!(read("breaker ABC off"), Ok(Command::SetBreaker { instrument, rules: None }));
        assert!(read("breaker ABC sometimes").is_err() && read("breaker ABC short=1s").is_err());
    }

    #[test]
    fn a_kill_switch_names_its_scope() {
        let scope = |text| {
            let Ok(Command::KillSwitch(kill)) = read(text) else { panic!("{text}") };
            (kill.scope, kill.reducing)
        };
        assert_eq!(scope("kill all reducing"), (KillScope::All, true));
        assert_eq!(scope("kill account X"), (KillScope::Account(model::AccountId(1)), false));
        assert!(read("kill everything").is_err() && read("rearm all reducing").is_err());
    }
}
