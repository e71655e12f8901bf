//! Markets of events: their commands and what they say.

use model::{Command, MovePairs, OutcomeEvent, OutcomeRequest, ResolveOutcome, SetOutcome};

use super::amounts::Names;
use super::line::Line;

/// A command line of this file's words; empty where the word is another's.
pub fn command(line: &Line, names: &Names) -> Option<Result<Command, String>> {
    let made = match line.words.first()?.as_str() {
        "outcome" => set(line, names),
        "mint" => pairs(line, names, false),
        "merge" => pairs(line, names, true),
        "resolve" => resolve(line, names),
        _ => return None,
    };
    Some(made.map(Command::Outcome))
}

/// `outcome INSTRUMENT no=ASSET`
fn set(line: &Line, names: &Names) -> Result<OutcomeRequest, String> {
    line.allow(&["no", "after"])?;
    let instrument = names.instrument(Some(line.word(1)?));
    let no = names.asset(line.option("no").ok_or("outcome without no=ASSET")?);
    Ok(OutcomeRequest::Set(SetOutcome { instrument, no }))
}

/// `mint ACCOUNT INSTRUMENT QTY`, `merge ACCOUNT INSTRUMENT QTY`
fn pairs(line: &Line, names: &Names, merge: bool) -> Result<OutcomeRequest, String> {
    line.allow(&["after"])?;
    let instrument = names.instrument(Some(line.word(2)?));
    let (account, qty) = (names.account(line.word(1)?), names.qty(instrument, line.word(3)?)?);
    Ok(OutcomeRequest::MovePairs(MovePairs { account, instrument, qty, merge }))
}

/// `resolve INSTRUMENT WEIGHT|void`
fn resolve(line: &Line, names: &Names) -> Result<OutcomeRequest, String> {
    line.allow(&["after"])?;
    let instrument = names.instrument(Some(line.word(1)?));
    let weight = match line.word(2)? {
        "void" => None,
        price => Some(names.price(instrument, price)?),
    };
    Ok(OutcomeRequest::Resolve(ResolveOutcome { instrument, weight }))
}

/// What a market of an event says.
pub fn show(event: &OutcomeEvent, names: &Names) -> String {
    let name = |instrument| names.show_instrument(instrument);
    match *event {
        OutcomeEvent::OutcomeSet { instrument, no } => {
            format!("outcome {} no={}", name(instrument), names.show_asset(no))
        }
        OutcomeEvent::PairsMinted { instrument, account, qty } => {
            let qty = names.show_qty(instrument, qty);
            format!("minted {} {} {qty}", names.show_account(account), name(instrument))
        }
        OutcomeEvent::PairsMerged { instrument, account, qty } => {
            let qty = names.show_qty(instrument, qty);
            format!("merged {} {} {qty}", names.show_account(account), name(instrument))
        }
        OutcomeEvent::OutcomePaid { instrument, account, yes, no, amount } => {
            let [yes, no] = [yes, no].map(|qty| names.show_qty(instrument, qty));
            let account = names.show_account(account);
            let amount = names.show_money(names.asset("USD"), amount.0);
            format!("paid {account} {} yes={yes} no={no} amount={amount}", name(instrument))
        }
        OutcomeEvent::OutcomeResolved { instrument, weight } => {
            let weight = weight.map_or("void".to_owned(), |weight| names.show_price(instrument, weight));
            format!("resolved {} {weight}", name(instrument))
        }
    }
}
