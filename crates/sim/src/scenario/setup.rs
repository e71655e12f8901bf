//! Definitions: assets, instruments, accounts, fees, money and states, in a set-up line or after `>`.

use model::{
    AccountKind, AddAccount, Allocation, AssetId, Command, FeeBase, FeeRates, FeeScheduleId, Instrument, Limits, Money,
    MoveFunds, Price, Qty, SetAccountFees, SetTradingState, StpMode, TickBand, TickTable, TradingState, parse_decimal,
};

use super::amounts::{Names, duration, number, symbol};
use super::line::Line;

/// Digits after the point.
fn decimals_of(text: &str) -> u8 {
    u8::try_from(text.split_once('.').map_or(0, |(_, digits)| digits.len())).unwrap_or(u8::MAX)
}

/// A state by its name in `model`.
pub fn state(text: &str) -> Result<TradingState, String> {
    let named = TradingState::ALL.into_iter().find(|state| format!("{state:?}") == text);
    named.ok_or_else(|| format!("{text}: no such trading state"))
}

/// A mode by its name.
pub fn stp_mode(text: &str) -> Result<StpMode, String> {
    match text {
        "none" => Ok(StpMode::None),
        "cancel_newest" => Ok(StpMode::CancelNewest),
        "cancel_oldest" => Ok(StpMode::CancelOldest),
        "cancel_both" => Ok(StpMode::CancelBoth),
        "decrement" => Ok(StpMode::DecrementAndCancel),
        _ => Err(format!("stp={text}: none, cancel_newest, cancel_oldest, cancel_both or decrement")),
    }
}

fn allocation(text: &str) -> Result<Allocation, String> {
    match text.split_once(':') {
        None if text == "fifo" => Ok(Allocation::Fifo),
        None if text == "pro_rata" => Ok(Allocation::ProRata),
        Some(("fifo_then_pro_rata", bps)) => Ok(Allocation::FifoThenProRata { fifo_bps: number(bps)? }),
        None | Some(_) => Err(format!("allocation={text}: fifo, pro_rata or fifo_then_pro_rata:BPS")),
    }
}

/// `limits client_ids_max=N client_id_retention=DURATION trades_max=N triggers_max=N`
pub fn limits(line: &Line) -> Result<Limits, String> {
    line.allow(&["client_ids_max", "client_id_retention", "trades_max", "triggers_max"])?;
    let mut limits = Limits::default();
    if let Some(text) = line.option("client_ids_max") {
        limits.client_ids_max = number(text)?;
    }
    if let Some(text) = line.option("client_id_retention") {
        limits.client_id_retention_ns = duration(text)?;
    }
    if let Some(text) = line.option("trades_max") {
        limits.trades_max = number(text)?;
    }
    if let Some(text) = line.option("triggers_max") {
        limits.triggers_max = number(text)?;
    }
    Ok(limits)
}

/// `asset NAME decimals=N`
pub fn asset(line: &Line) -> Result<(String, u8), String> {
    line.allow(&["decimals"])?;
    Ok((line.word(1)?.to_owned(), number(line.option("decimals").unwrap_or("2"))?))
}

/// The decimals of an instrument's prices and quantities: those its tick and lot are written with.
pub fn instrument_decimals(line: &Line) -> (u8, u8) {
    let ticks = line.option("tick").unwrap_or("0.01").split([',', ':']).map(decimals_of).max();
    (ticks.unwrap_or(0), decimals_of(line.option("lot").unwrap_or("1")))
}

/// `tick=0.01` or bands `tick=0.01,100.00:0.05` (from 100.00 on 0.05).
pub fn ticks(text: &str, decimals: u8) -> Result<TickTable, String> {
    let mantissa = |text: &str| -> Result<i64, String> {
        let parsed = parse_decimal(text, decimals).map_err(|error| format!("{text}: {error}"))?;
        i64::try_from(parsed).map_err(|_| format!("{text}: too large"))
    };
    let mut bands = Vec::new();
    for part in text.split(',') {
        let (from, tick) = part.split_once(':').unwrap_or(("0", part));
        bands.push(TickBand { from: Price(mantissa(from)?), tick: mantissa(tick)? });
    }
    TickTable::new(bands).ok_or_else(|| format!("tick={text}: no grid"))
}

const INSTRUMENT_OPTIONS: [&str; 15] = [
    "base",
    "quote",
    "tick",
    "lot",
    "min_qty",
    "max_qty",
    "min_notional",
    "max_notional",
    "min_price",
    "max_price",
    "previous_close",
    "allocation",
    "stp",
    "slippage_bps",
    "seed",
];

/// `instrument NAME tick=T lot=L ...`; `names` knows its assets and, from its own entry, its decimals.
pub fn instrument(line: &Line, names: &Names) -> Result<Instrument, String> {
    line.allow(&INSTRUMENT_OPTIONS)?;
    let name = line.word(1)?;
    let (price_decimals, qty_decimals) = instrument_decimals(line);
    let ticks = ticks(line.option("tick").unwrap_or("0.01"), price_decimals)?;
    let own = Names { instruments: vec![(name.to_owned(), price_decimals, qty_decimals)], ..names.clone() };
    let here = own.instrument(Some(name));
    let price = |key: &str| line.option(key).map(|text| own.price(here, text)).transpose();
    let qty = |key: &str| line.option(key).map(|text| own.qty(here, text)).transpose();
    let quote = names.asset(line.option("quote").unwrap_or("USD"));
    let money = |key: &str| line.option(key).map(|text| names.money(quote, text)).transpose();
    let lot = qty("lot")?.unwrap_or(Qty(1));
    let allow_negative = line.has("negative");
    let (first, last) = (ticks.bands()[0].tick, ticks.bands()[ticks.bands().len() - 1].tick);
    let max_price = price("max_price")?.unwrap_or(Price(last * 1_000_000));
    let lowest = if allow_negative { ticks.ceil(Price(-max_price.0)) } else { Price(first) };
    Ok(Instrument {
        symbol: symbol(name)?,
        base: names.asset(line.option("base").unwrap_or(name)),
        quote,
        price_decimals,
        qty_decimals,
        lot_size: lot,
        min_qty: qty("min_qty")?.unwrap_or(lot),
        max_qty: qty("max_qty")?.unwrap_or(Qty(lot.0 * 1_000_000)),
        min_notional: money("min_notional")?.unwrap_or(Money(0)),
        max_notional: money("max_notional")?.unwrap_or(Money(i128::from(i64::MAX))),
        min_price: price("min_price")?.unwrap_or(lowest),
        max_price,
        allow_negative,
        previous_close: price("previous_close")?,
        allocation: allocation(line.option("allocation").unwrap_or("fifo"))?,
        stp_default: stp_mode(line.option("stp").unwrap_or("cancel_newest"))?,
        max_slippage_bps: number(line.option("slippage_bps").unwrap_or("500"))?,
        seed: number(line.option("seed").unwrap_or("1"))?,
        ticks,
    })
}

/// `account NAME cash|credit group=N fees=N`
pub fn account(line: &Line) -> Result<AddAccount, String> {
    line.allow(&["group", "fees"])?;
    let kind = match line.word(2)? {
        "cash" => AccountKind::Cash,
        "credit" => AccountKind::Credit,
        other => return Err(format!("{other}: cash or credit")),
    };
    let fees = FeeScheduleId(number(line.option("fees").unwrap_or("0"))?);
    let stp_group = number(line.option("group").unwrap_or("0"))?;
    Ok(AddAccount { name: symbol(line.word(1)?)?, kind, stp_group, fees })
}

/// `fees N maker=PPM taker=PPM base=notional|variance`
pub fn fees(line: &Line) -> Result<Command, String> {
    line.allow(&["maker", "taker", "base"])?;
    let base = match line.option("base").unwrap_or("notional") {
        "notional" => FeeBase::Notional,
        "variance" => FeeBase::Variance,
        other => return Err(format!("{other}: notional or variance")),
    };
    let rate = |key: &str| number(line.option(key).unwrap_or("0"));
    let rates = FeeRates { maker_ppm: rate("maker")?, taker_ppm: rate("taker")? };
    Ok(Command::SetFees { schedule: FeeScheduleId(number(line.word(1)?)?), base, rates })
}

/// `account_fees ACCOUNT N`
pub fn account_fees(line: &Line, names: &Names) -> Result<SetAccountFees, String> {
    line.allow(&[])?;
    let schedule = FeeScheduleId(number(line.word(2)?)?);
    Ok(SetAccountFees { account: names.account(line.word(1)?), schedule })
}

/// `deposit ACCOUNT ASSET AMOUNT` or `withdraw ...`
pub fn move_funds(line: &Line, names: &Names) -> Result<MoveFunds, String> {
    line.allow(&[])?;
    let asset: AssetId = names.asset(line.word(2)?);
    Ok(MoveFunds { account: names.account(line.word(1)?), asset, amount: names.money(asset, line.word(3)?)? })
}

/// `state INSTRUMENT STATE`
pub fn set_state(line: &Line, names: &Names) -> Result<SetTradingState, String> {
    line.allow(&[])?;
    Ok(SetTradingState { instrument: names.instrument(Some(line.word(1)?)), state: state(line.word(2)?)? })
}
