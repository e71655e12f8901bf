//! Commands after `>`: orders, amends, cancels, and everything that set-up lines can say.

use model::{
    AmendOrder, CancelOrder, Command, Display, InstrumentId, MassCancel, NewOrder, NewStop, OrdType, OrderId, OrderRef,
    Peg, PegReference, PostOnly, Qty, SessionId, SetTicks, Side, TimeInForce,
};

use super::amounts::{Names, client_id, duration, number};
use super::line::Line;
use super::{amendments, guards, outcomes, setup, triggers};

const NEW_OPTIONS: [&str; 14] = [
    "account",
    "on",
    "session",
    "gtd",
    "protection",
    "budget",
    "peg",
    "offset",
    "min_qty",
    "display",
    "threshold",
    "variance_bps",
    "stp",
    "after",
];
const AMEND_OPTIONS: [&str; 10] =
    ["account", "qty", "price", "display", "tif", "gtd", "stp", "seen", "trigger", "after"];

/// The words of markets of events and of trades that are amended.
fn special(line: &Line, names: &Names) -> Option<Result<Command, String>> {
    outcomes::command(line, names).or_else(|| amendments::command(line, names))
}

/// `ticks INSTRUMENT GRID`, the grid as where it is listed.
fn set_ticks(line: &Line, names: &Names) -> Result<SetTicks, String> {
    line.allow(&["after"])?;
    let instrument = names.instrument(Some(line.word(1)?));
    let ticks = setup::ticks(line.word(2)?, names.price_decimals(instrument))?;
    Ok(SetTicks { instrument, ticks })
}

/// A command line without its `>`, and the orders below it where it enters a group. `now_ns` is the time it will have.
pub fn command(line: &Line, legs: &[Line], names: &Names, now_ns: i64) -> Result<Command, String> {
    if let Some(kind) = triggers::group_kind(line.word(0)?) {
        return triggers::group(kind, line, legs, names, now_ns).map(|group| Command::NewGroup(Box::new(group)));
    }
    if !legs.is_empty() {
        return Err("orders below a command that enters no group".to_owned());
    }
    if let Some(made) = guards::command(line, names).or_else(|| special(line, names)) {
        return made;
    }
    match line.word(0)? {
        "new" => {
            let order = new_order(line, names, now_ns)?;
            let trigger = triggers::trigger(line, names, order.instrument)?;
            Ok(match trigger {
                Some(trigger) => Command::NewStop(Box::new(NewStop { order, trigger })),
                None => Command::NewOrder(order),
            })
        }
        "ticks" => set_ticks(line, names).map(Command::SetTicks),
        "cancel_group" => triggers::cancel_group(line, names).map(Command::CancelGroup),
        "reference" => triggers::reference(line, names).map(Command::SetReference),
        "amend" => amend(line, names, now_ns).map(Command::Amend),
        "cancel" => cancel(line, names).map(Command::Cancel),
        "mass" => mass_cancel(line, names).map(Command::MassCancel),
        "tick" => line.allow(&["after"]).map(|()| Command::Tick),
        "state" => setup::set_state(&without_time(line), names).map(Command::SetTradingState),
        "deposit" => setup::move_funds(&without_time(line), names).map(Command::Deposit),
        "withdraw" => setup::move_funds(&without_time(line), names).map(Command::Withdraw),
        "fees" => setup::fees(&without_time(line)),
        "account_fees" => setup::account_fees(&without_time(line), names).map(Command::SetAccountFees),
        "account" => setup::account(&without_time(line)).map(Command::AddAccount),
        "instrument" => {
            setup::instrument(&without_time(line), names).map(|made| Command::ListInstrument(Box::new(made)))
        }
        "asset" => {
            let (name, decimals) = setup::asset(&without_time(line))?;
            Ok(Command::AddAsset { symbol: super::amounts::symbol(&name)?, decimals })
        }
        other => Err(format!("{other}: no such command")),
    }
}

fn without_time(line: &Line) -> Line {
    let options = line.options.iter().filter(|(key, _)| key != "after").cloned().collect();
    Line { words: line.words.clone(), options }
}

fn side(text: &str) -> Result<Side, String> {
    match text {
        "buy" => Ok(Side::Buy),
        "sell" => Ok(Side::Sell),
        _ => Err(format!("{text}: buy or sell")),
    }
}

/// The time in force among the words, or an expiry as a duration from now.
fn tif(line: &Line, now_ns: i64) -> Result<Option<TimeInForce>, String> {
    if let Some(text) = line.option("gtd") {
        return Ok(Some(TimeInForce::Gtd { expire_ns: now_ns + duration(text)? }));
    }
    let kinds = [
        ("gtc", TimeInForce::Gtc),
        ("day", TimeInForce::Day),
        ("ioc", TimeInForce::Ioc),
        ("fok", TimeInForce::Fok),
        ("ato", TimeInForce::Ato),
        ("atc", TimeInForce::Atc),
        ("gfa", TimeInForce::Gfa),
    ];
    Ok(kinds.into_iter().find(|(word, _)| line.has(word)).map(|(_, tif)| tif))
}

fn peg(line: &Line) -> Result<Option<Peg>, String> {
    let Some(reference) = line.option("peg") else { return Ok(None) };
    let reference = match reference {
        "near" => PegReference::Near,
        "mid" => PegReference::Mid,
        "far" => PegReference::Far,
        other => return Err(format!("peg={other}: near, mid or far")),
    };
    let offset = line.option("offset").unwrap_or("0").trim_start_matches('+');
    Ok(Some(Peg { reference, offset_ticks: number(offset)? }))
}

fn display(line: &Line, names: &Names, on: InstrumentId) -> Result<Display, String> {
    let qty = |key: &str| line.option(key).map_or(Ok(Qty(0)), |text| names.qty(on, text));
    if line.option("display").is_none() {
        return Ok(if line.has("hidden") { Display::Hidden } else { Display::All });
    }
    let variance_bps = number(line.option("variance_bps").unwrap_or("0"))?;
    Ok(Display::Iceberg { display_qty: qty("display")?, threshold: qty("threshold")?, variance_bps })
}

const FLAGS: [&str; 16] = [
    "@",
    "market",
    "mtl",
    "gtc",
    "day",
    "ioc",
    "fok",
    "ato",
    "atc",
    "gfa",
    "hidden",
    "post_only",
    "slide",
    "reduce_only",
    "pegged",
    "limit",
];

/// What its words and options say; an order that waits for a trigger is a market order where nothing gives it a limit.
fn ord_type(line: &Line, has_peg: bool) -> OrdType {
    let is_limit = line.has("limit") || line.has("@") || line.option("limit_offset").is_some();
    match (line.has("market"), line.has("mtl"), has_peg || line.has("pegged")) {
        (true, _, _) => OrdType::Market,
        (_, true, _) => OrdType::MarketToLimit,
        (_, _, true) if !line.has("limit") => OrdType::Pegged,
        _ if triggers::waits(line) && !is_limit => OrdType::Market,
        _ => OrdType::Limit,
    }
}

/// `new ID buy|sell QTY [@ PRICE] [flags] [options]`, without its trigger.
pub fn new_order(line: &Line, names: &Names, now_ns: i64) -> Result<NewOrder, String> {
    line.allow(&[&NEW_OPTIONS[..], &triggers::OPTIONS[..]].concat())?;
    let price_at = line.words.iter().position(|word| word == "@");
    for (at, word) in line.words.iter().enumerate().skip(4) {
        let known = FLAGS.contains(&word.as_str()) || triggers::WORDS.contains(&word.as_str());
        if !known && price_at.is_none_or(|mark| at != mark + 1) {
            return Err(format!("unknown word {word}"));
        }
    }
    let on = names.instrument(line.option("on"));
    let id = line.word(1)?;
    let peg = peg(line)?;
    let ord_type = ord_type(line, peg.is_some());
    let is_immediate = ord_type == OrdType::Market && !triggers::waits(line);
    let usual = if is_immediate { TimeInForce::Ioc } else { TimeInForce::Gtc };
    let quote = model::AssetId(names.asset(line.option("quote").unwrap_or("USD")).0);
    let qty = |key: &str| line.option(key).map_or(Ok(Qty(0)), |text| names.qty(on, text));
    Ok(NewOrder {
        account: names.account(line.option("account").unwrap_or(id)),
        session: SessionId(number(line.option("session").unwrap_or("0"))?),
        instrument: on,
        cl_ord_id: client_id(id)?,
        side: side(line.word(2)?)?,
        ord_type,
        tif: tif(line, now_ns)?.unwrap_or(usual),
        order_qty: names.qty(on, line.word(3)?)?,
        price: price_at.map(|mark| names.price(on, line.word(mark + 1)?)).transpose()?,
        protection_price: line.option("protection").map(|text| names.price(on, text)).transpose()?,
        quote_qty: line.option("budget").map(|text| names.money(quote, text)).transpose()?,
        peg,
        min_qty: qty("min_qty")?,
        display: display(line, names, on)?,
        post_only: match (line.has("post_only"), line.has("slide")) {
            (_, true) => PostOnly::Slide,
            (true, false) => PostOnly::Reject,
            (false, false) => PostOnly::No,
        },
        reduce_only: line.has("reduce_only"),
        stp: line.option("stp").map(setup::stp_mode).transpose()?,
    })
}

/// An order by client id, or by its number as in `#3`.
fn target(text: &str) -> Result<OrderRef, String> {
    match text.strip_prefix('#') {
        Some(digits) => Ok(OrderRef::Order(OrderId(number(digits)?))),
        None => client_id(text).map(OrderRef::Client),
    }
}

/// The account that used an id before, unless the line names one.
pub fn account_of<'a>(line: &'a Line, names: &'a Names, id: &'a str) -> &'a str {
    line.option("account").or(names.owners.get(id).map(|(account, _)| account.as_str())).unwrap_or(id)
}

/// `amend ID NEWID [qty=] [price=] [display=] [tif=|gtd=] [stp=] [seen=] [trigger=]`
fn amend(line: &Line, names: &Names, now_ns: i64) -> Result<AmendOrder, String> {
    line.allow(&AMEND_OPTIONS)?;
    let id = line.word(1)?;
    let on = names.owners.get(id).map_or(InstrumentId(0), |(_, instrument)| *instrument);
    let qty = |key: &str| line.option(key).map(|text| names.qty(on, text)).transpose();
    let tif_line = Line { words: line.option("tif").map(str::to_owned).into_iter().collect(), ..line.clone() };
    Ok(AmendOrder {
        account: names.account(account_of(line, names, id)),
        cl_ord_id: client_id(line.word(2)?)?,
        target: target(id)?,
        order_qty: qty("qty")?,
        price: line.option("price").map(|text| names.price(on, text)).transpose()?,
        display_qty: qty("display")?,
        tif: tif(&tif_line, now_ns)?,
        stp: line.option("stp").map(setup::stp_mode).transpose()?,
        seen_cum_qty: qty("seen")?,
        trigger_price: line.option("trigger").map(|text| names.price(on, text)).transpose()?,
    })
}

/// `cancel ID [unlink] [account=]`
fn cancel(line: &Line, names: &Names) -> Result<CancelOrder, String> {
    line.allow(&["account", "after"])?;
    let id = line.word(1)?;
    if let Some(word) = line.words.iter().skip(2).find(|word| *word != "unlink") {
        return Err(format!("unknown word {word}"));
    }
    let account = names.account(account_of(line, names, id));
    Ok(CancelOrder { account, target: target(id)?, unlink: line.has("unlink") })
}

/// `mass [account=] [session=] [on=] [side=]`
fn mass_cancel(line: &Line, names: &Names) -> Result<MassCancel, String> {
    line.allow(&["account", "session", "on", "side", "after"])?;
    Ok(MassCancel {
        account: line.option("account").map(|name| names.account(name)),
        session: line.option("session").map(|text| number(text).map(SessionId)).transpose()?,
        instrument: line.option("on").map(|name| names.instrument(Some(name))),
        side: line.option("side").map(side).transpose()?,
    })
}
