//! The halting and band cases of `vectors/expected/circuit_breakers.json`; a case of an unknown kind fails.

mod bands;
mod scenarios;
mod windows;

use model::{Price, parse_decimal};
use serde_json::Value;

const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;
/// Decimals of every price in the cases.
const DECIMALS: u8 = 6;

/// A price from a text or a number, exactly.
fn price(value: &Value) -> Price {
    Price(number(value))
}

/// A decimal with [`DECIMALS`] decimals.
fn number(value: &Value) -> i64 {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    i64::try_from(parse_decimal(&text, DECIMALS).expect("a decimal")).expect("a small number")
}

/// What a share such as 0.035 is in basis points.
fn bps(value: &Value) -> u32 {
    u32::try_from(number(value) / 100).expect("a small share")
}

/// Whole seconds as nanoseconds.
fn seconds(value: &Value) -> i64 {
    value.as_i64().expect("whole seconds") * SECOND
}

/// `15:35` as nanoseconds since midnight.
fn time_of_day(value: &Value) -> i64 {
    let (hour, minute) = value.as_str().and_then(|text| text.split_once(':')).expect("a time of day");
    (hour.parse::<i64>().expect("hours") * 60 + minute.parse::<i64>().expect("minutes")) * MINUTE
}

/// The elements of a list.
fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

fn cases() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/expected/circuit_breakers.json");
    let text = std::fs::read_to_string(path).expect("the vectors are part of the repository");
    let file: Value = serde_json::from_str(&text).expect("the vectors are JSON");
    list(&file["cases"]).clone()
}

#[test]
fn every_case_of_a_rule_gives_what_is_expected() {
    // Auctions are held to their cases beside the engines; the others speak of accounts, correlation and alerts.
    const ELSEWHERE: [&str; 4] = ["uncross", "correlation_break", "volume_anomaly", "stress_0_100"];
    const ELSEWHERE_IDS: [&str; 2] = ["scn-runaway", "scn-portfolio"];
    let mut run = 0;
    for case in cases() {
        let (kind, id) = (case["kind"].as_str().expect("a kind"), case["id"].as_str().expect("an id"));
        let check: fn(&Value, &Value) = match (kind, id) {
            ("luld_band", _) => bands::luld_band,
            ("luld_reference", _) => bands::luld_reference,
            ("luld_state", _) => bands::luld_state,
            ("mwcb", _) => bands::market_wide,
            ("dynamic_circuit_breaker", _) => windows::dynamic,
            ("volatility_interruption", _) => windows::volatility,
            ("spread_breaker", _) => windows::spread,
            ("scenario", "scn-flash-crash") => scenarios::flash_crash,
            ("scenario", "scn-brk-glitch") => scenarios::bad_band,
            _ => {
                let known = ELSEWHERE.contains(&kind) || ELSEWHERE_IDS.contains(&id);
                assert!(known, "{id}: unknown kind {kind}");
                continue;
            }
        };
        check(&case["inputs"], &case["expected"]);
        run += 1;
    }
    assert_eq!(run, 21, "the file has so many cases of halting and band rules");
}
