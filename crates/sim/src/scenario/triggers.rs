//! Commands about orders that wait: the trigger of a `new`, groups of orders, mark and index prices.

use model::{
    Activation, CancelGroup, GroupId, GroupKind, GroupLeg, GroupMode, InstrumentId, NewGroup, Price, ReferenceKind,
    SetReference, Trigger, TriggerKind, TriggerSource,
};

use super::amounts::{Names, duration, number};
use super::commands;
use super::line::Line;

/// Options that make an order wait, and what belongs to them.
pub const OPTIONS: [&str; 8] = ["stop", "take", "touch", "trail", "source", "activate", "step", "limit_offset"];
/// Words that go with a trigger.
pub const WORDS: [&str; 3] = ["fall_back", "strict", "immediate"];

const KINDS: [(&str, TriggerKind); 4] = [
    ("trail", TriggerKind::TrailingStop),
    ("stop", TriggerKind::StopLoss),
    ("take", TriggerKind::TakeProfit),
    ("touch", TriggerKind::IfTouched),
];

/// The sources by name.
pub fn source(text: &str) -> Result<TriggerSource, String> {
    let named = TriggerSource::ALL.into_iter().find(|source| super::show::source(*source) == text);
    named.ok_or_else(|| format!("source={text}: last, bid, ask, mid, mark or index"))
}

/// Whether the line's order waits for a trigger.
pub fn waits(line: &Line) -> bool {
    KINDS.iter().any(|(key, _)| line.option(key).is_some())
}

/// What an order waits for: `stop=95.00`, `take=`, `touch=`, `trail=1.00|2%|50bps`; the price `none` leaves it out.
/// `trail=` together with `stop=` is a trailing stop with a trigger of its own.
pub fn trigger(line: &Line, names: &Names, on: InstrumentId) -> Result<Option<Trigger>, String> {
    let Some((_, kind)) = KINDS.iter().find(|(key, _)| line.option(key).is_some()) else {
        let stray = OPTIONS.iter().find(|key| line.option(key).is_some()).or(WORDS.iter().find(|word| line.has(word)));
        return stray.map_or(Ok(None), |what| Err(format!("{what} without a trigger")));
    };
    let price = |key: &str| match line.option(key) {
        None | Some("none") => Ok(None),
        Some(text) => names.price(on, text).map(Some),
    };
    let fixed = KINDS[1..].iter().filter(|(key, _)| line.option(key).is_some()).map(|(key, _)| *key);
    let fixed: Vec<&str> = fixed.collect();
    let trails = *kind == TriggerKind::TrailingStop;
    if fixed.len() > 1 || (trails && fixed.iter().any(|key| *key != "stop")) {
        return Err("more than one trigger".to_owned());
    }
    let (trail_amount, trail_bps) = trail(line.option("trail").unwrap_or("none"), names, on)?;
    Ok(Some(Trigger {
        kind: *kind,
        source: line.option("source").map_or(Ok(TriggerSource::Last), source)?,
        fall_back: line.has("fall_back"),
        strict: line.has("strict"),
        allow_immediate: line.has("immediate"),
        price: fixed.first().map_or(Ok(None), |key| price(key))?,
        trail_amount,
        trail_bps,
        activation_price: price("activate")?,
        step: price("step")?,
        limit_offset: price("limit_offset")?,
    }))
}

/// `1.00`, `2%`, `50bps`, several joined by a comma, or `none`.
fn trail(text: &str, names: &Names, on: InstrumentId) -> Result<(Option<Price>, Option<u32>), String> {
    let (mut amount, mut bps) = (None, None);
    for part in text.split(',').filter(|part| *part != "none") {
        if let Some(percent) = part.strip_suffix('%') {
            let hundredths = model::parse_decimal(percent, 2).map_err(|error| format!("{part}: {error}"))?;
            bps = Some(u32::try_from(hundredths).map_err(|_| format!("{part}: out of range"))?);
        } else if let Some(count) = part.strip_suffix("bps") {
            bps = Some(number(count)?);
        } else {
            amount = Some(names.price(on, part)?);
        }
    }
    Ok((amount, bps))
}

/// Whether the word begins a group command.
pub fn group_kind(word: &str) -> Option<GroupKind> {
    match word {
        "oco" => Some(GroupKind::Oco),
        "oto" => Some(GroupKind::Oto),
        "bracket" => Some(GroupKind::Otoco),
        _ => None,
    }
}

/// `oco|oto|bracket [mode=] [activation=]`, an order on each line below it. What the group's line says of account,
/// instrument and session counts for all orders that do not say it themselves.
pub fn group(kind: GroupKind, line: &Line, legs: &[Line], names: &Names, now_ns: i64) -> Result<NewGroup, String> {
    line.allow(&["mode", "activation", "account", "on", "session", "after"])?;
    if line.words.len() > 1 {
        return Err(format!("unknown word {}", line.words[1]));
    }
    let mode = match line.option("mode").unwrap_or("reduce") {
        "reduce" => GroupMode::Reduce,
        "cancel_on_first_fill" => GroupMode::CancelOnFirstFill,
        "cancel_on_trigger" => GroupMode::CancelOnTrigger,
        other => return Err(format!("mode={other}: reduce, cancel_on_first_fill or cancel_on_trigger")),
    };
    let activation = match line.option("activation").unwrap_or("partial") {
        "partial" => Activation::Partial,
        "full" => Activation::Full,
        other => return Err(format!("activation={other}: partial or full")),
    };
    let legs = leg_lines(line, legs).into_iter().map(|leg| {
        let order = commands::new_order(&leg, names, now_ns)?;
        Ok(GroupLeg { order, trigger: trigger(&leg, names, order.instrument)? })
    });
    Ok(NewGroup { kind, mode, activation, legs: legs.collect::<Result<_, String>>()? })
}

/// The orders of a group as lines of `new`, with what the group's line says of all of them.
pub fn leg_lines(line: &Line, legs: &[Line]) -> Vec<Line> {
    let mut shared: Vec<(String, String)> =
        line.options.iter().filter(|(key, _)| ["account", "on", "session"].contains(&key.as_str())).cloned().collect();
    if line.option("account").is_none()
        && let Some(first) = legs.first().and_then(|leg| leg.words.first())
    {
        let account = legs[0].option("account").unwrap_or(first);
        shared.push(("account".to_owned(), account.to_owned()));
    }
    let joined = legs.iter().map(|leg| {
        let words = std::iter::once("new".to_owned()).chain(leg.words.iter().cloned()).collect();
        Line { words, options: leg.options.iter().chain(&shared).cloned().collect() }
    });
    joined.collect()
}

/// `cancel_group ID [account=]`: the group whose first order was ID, or `#N`.
pub fn cancel_group(line: &Line, names: &Names) -> Result<CancelGroup, String> {
    line.allow(&["account", "after"])?;
    let id = line.word(1)?;
    let group = match id.strip_prefix('#') {
        Some(digits) => GroupId(number(digits)?),
        None => *names.groups.get(id).ok_or_else(|| format!("{id}: no group begins with this order"))?,
    };
    Ok(CancelGroup { account: names.account(commands::account_of(line, names, id)), group })
}

/// `reference INSTRUMENT mark|index PRICE max_age=DURATION`
pub fn reference(line: &Line, names: &Names) -> Result<SetReference, String> {
    line.allow(&["max_age", "after"])?;
    let instrument = names.instrument(Some(line.word(1)?));
    let kind = match line.word(2)? {
        "mark" => ReferenceKind::Mark,
        "index" => ReferenceKind::Index,
        other => return Err(format!("{other}: mark or index")),
    };
    let max_age_ns = duration(line.option("max_age").unwrap_or("1h"))?;
    Ok(SetReference { instrument, kind, price: names.price(instrument, line.word(3)?)?, max_age_ns })
}

#[cfg(test)]
mod tests {
    use model::{Command, GroupMode, OrdType, Price, TimeInForce, Trigger, TriggerKind, TriggerSource};

    use super::super::amounts::Names;
    use super::super::commands::command;
    use super::super::line::Line;

    fn names() -> Names {
        let instruments = vec![("ABC".to_owned(), 2, 0)];
        Names { instruments, accounts: vec!["X".to_owned(), "Y".to_owned()], ..Names::default() }
    }

    fn stop(text: &str) -> Result<(OrdType, TimeInForce, Trigger), String> {
        let made = command(&Line::new(text), &[], &names(), 0)?;
        let Command::NewStop(stop) = made else { return Err(format!("{made:?}")) };
        Ok((stop.order.ord_type, stop.order.tif, stop.trigger))
    }

    #[test]
    fn a_stop_without_a_limit_is_a_market_order_that_rests() {
        let (kind, tif, trigger) = stop("new X sell 10 stop=95.00 strict source=mark fall_back").unwrap();
        assert_eq!((kind, tif), (OrdType::Market, TimeInForce::Gtc));
        assert!(trigger.strict && trigger.fall_back && !trigger.allow_immediate);
        assert_eq!((trigger.source, trigger.price), (TriggerSource::Mark, Some(Price(9_500))));

        assert_eq!(stop("new X sell 10 @ 94.00 take=95.00").unwrap().0, OrdType::Limit);
        assert_eq!(stop("new X sell 10 limit trail=1.00").unwrap().0, OrdType::Limit);
        assert_eq!(stop("new X sell 10 trail=1.00 limit_offset=0.05").unwrap().0, OrdType::Limit);
        assert_eq!(stop("new X sell 10 touch=none").unwrap().2.price, None);
    }

    #[test]
    fn a_trail_is_an_amount_or_a_share() {
        let (_, _, trigger) = stop("new X sell 10 trail=1.5% stop=90.00 activate=101.00 step=0.10").unwrap();
        assert_eq!((trigger.kind, trigger.trail_bps), (TriggerKind::TrailingStop, Some(150)));
        assert_eq!((trigger.price, trigger.activation_price), (Some(Price(9_000)), Some(Price(10_100))));

        let (_, _, both) = stop("new X sell 10 trail=1.00,50bps").unwrap();
        assert_eq!((both.trail_amount, both.trail_bps), (Some(Price(100)), Some(50)));
        assert!(stop("new X sell 10 take=90.00 trail=1.00").is_err());
        assert!(stop("new X sell 10 @ 90.00 strict").is_err());
    }

    #[test]
    fn the_orders_of_a_group_share_what_its_line_says() {
        let legs = [Line::new("X sell 10 @ 105.00"), Line::new("B sell 10 stop=95.00 account=Y")];
        let made = command(&Line::new("oco mode=cancel_on_trigger session=7"), &legs, &names(), 0);

        let Ok(Command::NewGroup(group)) = made else { panic!("{made:?}") };
        assert_eq!(group.mode, GroupMode::CancelOnTrigger);
        assert_eq!((group.legs[0].order.account.0, group.legs[1].order.account.0), (1, 2));
        assert_eq!(group.legs[1].order.session.0, 7);
        assert!(group.legs[0].trigger.is_none() && group.legs[1].trigger.is_some());
        assert!(command(&Line::new("tick"), &legs, &names(), 0).is_err());
    }
}
