//! The case `pretrade-gate` of `vectors/expected/regulatory_audit.json`, driven through the engine.

use std::path::Path;

use model::{
    AccountLimits, AssetId, Command, InstrumentLimits, Money, NewOrder, OrdType, Price, Qty, Rate, RejectReason,
    SetInstrumentLimits, Side, TimeInForce,
};
use serde_json::Value;

use crate::venue::{ABC, CREDIT, MAKER, Venue, XYZ, limit, refused};

const MS: i64 = 1_000_000;
/// Prices of the case have two decimals; here one unit is a hundredth.
const CENTS: i64 = 100;

fn case() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/expected/regulatory_audit.json");
    let text = std::fs::read_to_string(path).expect("the vectors are in the repository");
    let all: Value = serde_json::from_str(&text).expect("JSON");
    let cases = all["cases"].as_array().expect("a list of cases");
    cases.iter().find(|case| case["id"] == "pretrade-gate").expect("the case is there").clone()
}

/// A decimal number of the file in hundredths, without going through a float.
fn hundredths(value: &Value) -> i64 {
    let scaled = model::parse_decimal(&value.to_string(), 2).expect("two decimals");
    i64::try_from(scaled).expect("small")
}

fn whole(value: &Value) -> i64 {
    value.as_i64().expect("a whole number")
}

fn set_limits(venue: &mut Venue, limits: &Value) {
    let rate = u32::try_from(whole(&limits["max_msgs_per_s"])).unwrap();
    venue.limit_account(
        CREDIT,
        AccountLimits {
            orders: Rate { per_second: rate, burst: rate },
            duplicate_ns: whole(&limits["dup_window_ms"]) * MS,
            ..AccountLimits::default()
        },
    );
    let restricted: Vec<&str> = limits["restricted"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for (instrument, symbol) in [(ABC, "ABC"), (XYZ, "XYZ")] {
        let limits = InstrumentLimits {
            max_qty: Some(Qty(whole(&limits["max_qty"]))),
            max_value: Some(Money(i128::from(whole(&limits["max_value"]) * CENTS))),
            collar_bps: Some(u32::try_from(hundredths(&limits["collar"])).unwrap() * 100),
            position_max: None,
            restricted: restricted.contains(&symbol),
        };
        let request = SetInstrumentLimits { account: CREDIT, instrument, limits };
        assert_eq!(refused(&venue.send(&Command::SetInstrumentLimits(Box::new(request)))), None);
    }
}

fn order(venue: &mut Venue, asked: &Value) -> NewOrder {
    let side = if asked["side"] == "BUY" { Side::Buy } else { Side::Sell };
    let price = (!asked["px"].is_null()).then(|| Price(hundredths(&asked["px"])));
    NewOrder {
        cl_ord_id: venue.id(),
        instrument: if asked["sym"] == "XYZ" { XYZ } else { ABC },
        ord_type: if price.is_some() { OrdType::Limit } else { OrdType::Market },
        tif: if price.is_some() { TimeInForce::Gtc } else { TimeInForce::Ioc },
        price,
        ..limit(CREDIT, side, whole(&asked["qty"]), 1)
    }
}

#[test]
fn the_case_is_decided_as_it_says() {
    let case = case();
    let inputs = &case["inputs"];
    let mut venue = Venue::new();
    // The last price, and an offer at it for the market order to be measured against.
    let last = whole(&inputs["last"]) * CENTS;
    venue.print(last);
    set_limits(&mut venue, &inputs["limits"]);
    let start = venue.now() + 1;

    let mut decided = Vec::new();
    for asked in inputs["orders"].as_array().expect("orders") {
        let order = order(&mut venue, asked);
        let events = venue.send_at(start + whole(&asked["t"]) * MS, &Command::NewOrder(order));
        decided.push(
            refused(&events)
                .map_or("ACCEPT".to_owned(), |(reason, ..)| format!("REJECT:{}", RejectReason::name(reason))),
        );
    }

    let expected: Vec<&str> = case["expected"].as_array().expect("results").iter().filter_map(Value::as_str).collect();
    assert_eq!(decided, expected);
    assert_eq!(venue.exchange.balance(MAKER, AssetId(1)).total, Money(-1), "nothing but the first print traded");
}
