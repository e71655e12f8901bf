//! Cases of `vectors/expected/circuit_breakers.json`, driven through the engine as orders.

use model::{BreakerRules, Price, Reopening, SpreadRule, TradingState, Window, parse_decimal};
use serde_json::Value;

use crate::desk::{ABC, BUY, DEF, Desk, SECOND, SELL, rules};

fn case(id: &str) -> Value {
    let text = include_str!("../../../../vectors/expected/circuit_breakers.json");
    let file: Value = serde_json::from_str(text).unwrap();
    file["cases"].as_array().unwrap().iter().find(|case| case["id"] == id).unwrap().clone()
}

/// A number of the file with two decimals, as it is written there.
fn hundredths(number: &Value) -> i64 {
    i64::try_from(parse_decimal(&number.to_string(), 2).unwrap()).unwrap()
}

fn seconds(number: &Value) -> i64 {
    number.as_i64().unwrap()
}

fn bps(share: &Value) -> u32 {
    u32::try_from(parse_decimal(&share.to_string(), 4).unwrap()).unwrap()
}

fn windows(config: &Value) -> [Window; 2] {
    [("short_s", "short_dev"), ("long_s", "long_dev")]
        .map(|(s, dev)| Window { length_ns: seconds(&config[s]) * SECOND, bps: bps(&config[dev]) })
}

#[test]
fn flash_crash() {
    let case = case("scn-flash-crash");
    let (config, expected) = (&case["inputs"]["config"], &case["expected"]);
    let reopening = Reopening {
        halt_ns: seconds(&config["halt_s"]) * SECOND - 60 * SECOND,
        collar_bps: bps(&config["reopen_collar"]),
        cooling_ns: seconds(&config["cooling_s"]) * SECOND,
        cooling_bps: bps(&config["cooling_collar"]),
        ..rules().reopening
    };
    let mut desk = Desk::with(BreakerRules { windows: windows(config), reopening, ..rules() });
    let blocked_at = seconds(&expected["blocked"]["t"]);
    for second in 0..=60 {
        let price = 10_000 - 25 * second;
        let said = desk.print_at(second, price);
        let prints = said.contains(&format!("trade {price}x1"));
        assert_eq!(prints, second < blocked_at, "{second}: {said:?}");
        assert_eq!(desk.state() == TradingState::Halted, second >= blocked_at, "{second}: {said:?}");
    }
    let last = desk.exchange.last_trade_price(ABC).unwrap();
    assert_eq!(last.0, hundredths(&expected["last_executed"]["price"]));
    assert_eq!(10_000 - 25 * blocked_at, hundredths(&expected["blocked"]["price"]));

    let indicative = hundredths(&case["inputs"]["reopen_indicative"]["341"]);
    desk.mass_cancel();
    desk.at(290).limit(BUY, indicative, 5);
    desk.limit(SELL, indicative, 5);
    let band: Vec<i64> = expected["cooling_band"].as_array().unwrap().iter().map(hundredths).collect();
    assert_eq!(moment(&expected["transitions"], "COOLING"), 341);
    desk.at(340).tick();
    assert_eq!(desk.state(), TradingState::VolatilityAuction);
    desk.at(moment(&expected["transitions"], "AUCTION_UNCROSS"));
    assert_eq!(desk.tick()[1..], [format!("uncrossed {indicative}x5"), "VolatilityAuction -> Cooling".to_owned()]);
    assert_eq!(desk.limit(SELL, band[0] - 1, 1), [format!("refused 411 {} {}", band[0] - 1, band[0])]);
    assert_eq!(desk.limit(BUY, band[1] + 1, 1), [format!("refused 411 {} {}", band[1] + 1, band[1])]);
    desk.at(400).tick();
    assert_eq!(desk.state(), TradingState::Cooling);
    desk.at(last_moment(&expected["transitions"], "NORMAL")).tick();
    assert_eq!(desk.state(), TradingState::Continuous);
}

fn moment(transitions: &Value, state: &str) -> i64 {
    let found = transitions.as_array().unwrap().iter().find(|moved| moved[1] == state);
    seconds(&found.unwrap()[0])
}

fn last_moment(transitions: &Value, state: &str) -> i64 {
    let found = transitions.as_array().unwrap().iter().rfind(|moved| moved[1] == state);
    seconds(&found.unwrap()[0])
}

#[test]
fn bad_bands_of_2024_06_03() {
    let case = case("scn-brk-glitch");
    let (inputs, expected) = (&case["inputs"], &case["expected"]);
    let pair = |value: &Value| [hundredths(&value[0]), hundredths(&value[1])];
    let last = hundredths(&inputs["last"]);
    let [low, high] = pair(&expected["kept_band"]);
    let [bad_low, bad_high] = pair(&inputs["external_band"]);
    let potential = hundredths(&inputs["potential_price"]);
    let mut desk = Desk::new();
    desk.print_at(0, last);
    assert_eq!(desk.bands(low, high), ["bands set"]);
    desk.limit(BUY, 60_300_000, 1);
    desk.limit(BUY, potential, 1);
    desk.limit(SELL, 62_200_000, 1);

    let middle = i64::midpoint(bad_low, bad_high);
    assert_eq!(expected["band_update"], "REJECTED");
    assert_eq!(desk.bands(bad_low, bad_high), [format!("refused 323 {middle} {last}")]);
    let deviation = i128::from(middle - last) * 1_000_000 / i128::from(last);
    assert_eq!(deviation, parse_decimal(&expected["deviation_pct"].to_string(), 4).unwrap());

    let said = desk.limit(SELL, potential, 2);

    assert_eq!(expected["execution"], "BLOCKED");
    assert_eq!(
        said[..2],
        ["trade 60300000x1".to_owned(), format!("broken {potential} not in {low}..={high} by External")]
    );
    assert_eq!(desk.exchange.last_trade_price(ABC), Some(Price(60_300_000)));
    assert_eq!((desk.state(), desk.exchange.state(DEF)), (TradingState::Halted, Some(TradingState::Continuous)));
}

#[test]
fn volatility_interruptions() {
    for id in ["vi-1", "vi-seed-10pct-60s", "vi-slow-grind"] {
        let case = case(id);
        let mut desk = Desk::with(BreakerRules { windows: windows(&case["inputs"]), ..rules() });
        for step in case["expected"].as_array().unwrap() {
            let price = hundredths(&step["price"]);

            let said = desk.print_at(seconds(&step["t"]), price);

            let broken = said.iter().find(|text| text.starts_with(&format!("broken {price}")));
            assert_eq!(broken.is_some(), step["blocked"].as_bool().unwrap(), "{id} {step}");
            if let Some(text) = broken {
                let rule = if step["windows"][0] == "short" { "by Short" } else { "by Long" };
                assert!(text.ends_with(rule), "{id} {step}: {text}");
                // The case goes on without a halt.
                desk.mass_cancel();
                desk.resume(false, 1);
            }
        }
    }
}

#[test]
fn a_wide_spread_that_lasts() {
    let case = case("spread-halt");
    let inputs = &case["inputs"];
    let spread = SpreadRule { bps: bps(&inputs["limit"]), persist_ns: seconds(&inputs["sustain_s"]) * SECOND };
    let mut desk = Desk::with(BreakerRules { spread, ..rules() });
    let mut quotes: Option<[model::ClOrdId; 2]> = None;
    let halt_at = seconds(&case["expected"]["halt_at"]);
    for quote in inputs["quotes"].as_array().unwrap() {
        let [bid, ask] = [hundredths(&quote[1]), hundredths(&quote[2])];
        desk.at(seconds(&quote[0]));
        quotes = Some(match quotes {
            None => [(BUY, bid), (SELL, ask)].map(|(side, price)| {
                desk.limit(side, price, 1);
                desk.last_order()
            }),
            Some([buy, sell]) => [(1, buy, bid), (2, sell, ask)].map(|(account, id, price)| {
                desk.amend(account, id, Some(price), None);
                id
            }),
        });
        assert_eq!(desk.state() == TradingState::Halted, seconds(&quote[0]) >= halt_at, "{quote}");
    }
}
