//! Trades that are taken back or corrected: the commands and what they say.

use model::{AmendTrade, Command, StandingTrade, TradeKey, TradeTerms};

use super::amounts::{Names, number};
use super::line::Line;

/// A command line of this file's words; empty where the word is another's.
pub fn command(line: &Line, names: &Names) -> Option<Result<Command, String>> {
    let made = match line.words.first()?.as_str() {
        "bust" => bust(line, names),
        "correct" => correct(line, names),
        _ => return None,
    };
    Some(made.map(|request| Command::AmendTrade(Box::new(request))))
}

/// `bust TRADE`
fn bust(line: &Line, names: &Names) -> Result<AmendTrade, String> {
    Ok(AmendTrade { trade: said(line, names)?, price: None, qty: None })
}

/// `correct TRADE QTY @ PRICE`
fn correct(line: &Line, names: &Names) -> Result<AmendTrade, String> {
    let trade = said(line, names)?;
    let (qty, price) =
        (names.qty(trade.key.instrument, line.word(2)?)?, names.price(trade.key.instrument, line.word(4)?)?);
    Ok(AmendTrade { trade, price: Some(price), qty: Some(qty) })
}

/// The trade as it stands; one that was taken back as it was.
fn said(line: &Line, names: &Names) -> Result<StandingTrade, String> {
    line.allow(&["after"])?;
    let word = line.word(1)?;
    names.trades.get(&number(word)?).copied().ok_or_else(|| format!("{word}: no such trade was made"))
}

/// What became of a trade.
pub fn show(key: &TradeKey, was: &TradeTerms, now: &TradeTerms, names: &Names) -> String {
    let TradeKey { trade_id, instrument, .. } = *key;
    let at = |terms: &TradeTerms| {
        format!("{} @ {}", names.show_qty(instrument, terms.qty), names.show_price(instrument, terms.price))
    };
    if now.is_bust() {
        return format!("busted {trade_id} {}", at(was));
    }
    format!("corrected {trade_id} {} fees={},{}", at(now), now.buy_fee.0, now.sell_fee.0)
}
