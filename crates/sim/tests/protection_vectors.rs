//! The gate of `vectors/expected/regulatory_audit.json` and the bands and halts of `circuit_breakers.json`, each written
//! out as a scenario from the numbers of its file and run by both engines.

use std::fmt::Write;

use engine::Exchange;
use serde_json::Value;
use sim::naive::NaiveExchange;
use sim::scenario::run;

fn case(file: &str, id: &str) -> Value {
    let path = format!("{}/../../vectors/expected/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("a readable file");
    let all: Value = serde_json::from_str(&text).expect("valid json");
    let cases = all["cases"].as_array().expect("a list of cases").clone();
    cases.into_iter().find(|case| case["id"] == id).unwrap_or_else(|| panic!("no case {id} in {file}"))
}

fn holds(text: &str) {
    assert_eq!(run::<NaiveExchange>(text), Ok(()), "naive engine:\n{text}");
    assert_eq!(run::<Exchange>(text), Ok(()), "fast engine:\n{text}");
}

/// Thousandths, exactly: the files write their numbers with at most three decimals.
fn thousandths(value: &Value) -> i64 {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mantissa = model::parse_decimal(&text, 3).expect("a decimal number");
    i64::try_from(mantissa).expect("a small number")
}

/// A price with two decimals.
fn price(value: &Value) -> String {
    cents(thousandths(value) / 10)
}

fn cents(cents: i64) -> String {
    model::format_decimal(cents.into(), 2)
}

/// A share as basis points.
fn bps(value: &Value) -> i64 {
    thousandths(value) * 10
}

#[test]
fn the_pre_trade_gate_answers_as_its_vector_says() {
    let case = case("regulatory_audit.json", "pretrade-gate");
    let (limits, orders) = (&case["inputs"]["limits"], case["inputs"]["orders"].as_array().expect("orders"));
    let expected = case["expected"].as_array().expect("answers");
    let rate = &limits["max_msgs_per_s"];
    let mut text = String::from("account X credit\ninstrument ABC tick=0.01 lot=1\ninstrument XYZ tick=0.01 lot=1\n");
    let window = &limits["dup_window_ms"];
    writeln!(text, "account_limits X orders={rate}:{rate} duplicate={window}ms").expect("text");
    for symbol in ["ABC", "XYZ"] {
        let restricted = limits["restricted"].as_array().expect("a list").contains(&Value::from(symbol));
        let word = if restricted { "restricted" } else { "" };
        let (qty, value) = (&limits["max_qty"], price(&limits["max_value"]));
        let collar = bps(&limits["collar"]);
        writeln!(text, "instrument_limits X {symbol} max_qty={qty} max_value={value} collar_bps={collar} {word}")
            .expect("text");
    }
    let last = price(&case["inputs"]["last"]);
    writeln!(text, "> new A buy 1 @ {last}\n> new B sell 1 @ {last}").expect("text");
    let mut before_ms = -1_000;
    for (nr, (order, answer)) in orders.iter().zip(expected).enumerate() {
        let side = order["side"].as_str().expect("a side").to_lowercase();
        let terms = if order["px"].is_null() { "market".to_owned() } else { format!("@ {}", price(&order["px"])) };
        let at_ms = order["t"].as_i64().expect("a time");
        let (qty, symbol, after) = (&order["qty"], order["sym"].as_str().expect("a symbol"), at_ms - before_ms);
        writeln!(text, "> new O{nr} {side} {qty} {terms} account=X on={symbol} after={after}ms").expect("text");
        before_ms = at_ms;
        match answer.as_str().expect("an answer").split_once(':') {
            None => writeln!(text, "< accepted O{nr}\n< posted O{nr} {qty} {terms}").expect("text"),
            Some((_, reason)) => writeln!(text, "< rejected O{nr} {reason}").expect("text"),
        }
    }

    assert_eq!((orders.len(), expected.len()), (8, 8));
    holds(&text);
}

/// Trades at each price at its second, an immediate sell against a bid; blocked ones halt for a moment.
fn windows(id: &str) {
    let case = case("circuit_breakers.json", id);
    let inputs = &case["inputs"];
    let mut text = String::from("instrument ABC tick=0.01 lot=1\n");
    let (short, long) = (&inputs["short_s"], &inputs["long_s"]);
    let (short_bps, long_bps) = (bps(&inputs["short_dev"]), bps(&inputs["long_dev"]));
    writeln!(
        text,
        "breaker ABC static_bps=0 short={short}s:{short_bps} long={long}s:{long_bps} spread=off halt=1s call=1s \
         random_end=0s cooling=0s"
    )
    .expect("text");
    let mut before_ms = -1_000;
    for (nr, row) in case["expected"].as_array().expect("rows").iter().enumerate() {
        let at_ms = row["t"].as_i64().expect("a time") * 1_000;
        let (at, after) = (price(&row["price"]), at_ms - before_ms - 2);
        writeln!(text, "> new B{nr} buy 1 @ {at} after={after}ms\n> new S{nr} sell 1 @ {at} ioc").expect("text");
        writeln!(text, "< accepted S{nr}").expect("text");
        if row["blocked"] == Value::Bool(true) {
            let rule = row["windows"][0].as_str().expect("a window");
            writeln!(text, "< band_broken S{nr} @ {at} {rule}\n< canceled S{nr} 1 PRICE_BAND").expect("text");
            writeln!(text, "< tripped ABC {rule}\n< state ABC Continuous Halted").expect("text");
        } else {
            writeln!(text, "< trade B{nr} S{nr} 1 @ {at}\n< now ABC Continuous").expect("text");
        }
        writeln!(text, "> mass").expect("text");
        before_ms = at_ms;
    }
    holds(&text);
}

#[test]
fn prices_that_leave_a_window_do_not_print() {
    for id in ["vi-1", "vi-seed-10pct-60s", "vi-slow-grind"] {
        windows(id);
    }
}

#[test]
fn the_flash_crash_takes_its_course() {
    let case = case("circuit_breakers.json", "scn-flash-crash");
    let (config, expected) = (&case["inputs"]["config"], &case["expected"]);
    let number = |value: &Value| value.as_i64().expect("a whole number");
    let seconds: Vec<i64> =
        expected["transitions"].as_array().expect("a list").iter().map(|at| number(&at[0])).collect();
    let [_, halted_s, uncross_s, cooling_s, normal_s] = seconds[..] else { panic!("five transitions") };
    assert_eq!((uncross_s, number(&config["halt_s"])), (cooling_s, uncross_s - halted_s));
    let [short, long] = ["short", "long"]
        .map(|name| format!("{name}={}s:{}", config[format!("{name}_s")], bps(&config[format!("{name}_dev")])));
    let mut text = String::from("instrument ABC tick=0.01 lot=1\n");
    writeln!(
        text,
        "breaker ABC static_bps=0 {short} {long} spread=off halt={}s call=60s random_end=0s cooling={}s cooling_bps={} \
         collar_bps={} extend={}s",
        number(&config["halt_s"]) - 60,
        config["cooling_s"],
        bps(&config["cooling_collar"]),
        bps(&config["reopen_collar"]),
        config["reopen_extend_s"]
    )
    .expect("text");
    for t in 0..=halted_s {
        let at = cents(10_000 - 25 * t);
        writeln!(text, "> new B{t} buy 1 @ {at} after=999ms\n> new S{t} sell 1 @ {at} ioc\n< accepted S{t}")
            .expect("text");
        if t < halted_s {
            writeln!(text, "< trade B{t} S{t} 1 @ {at}").expect("text");
        }
    }
    let (last, blocked) = (&expected["last_executed"], &expected["blocked"]);
    assert_eq!((number(&last["t"]), number(&blocked["t"])), (halted_s - 1, halted_s));
    assert!(text.contains(&format!("< trade B{0} S{0} 1 @ {1}\n", last["t"], price(&last["price"]))));
    let nr = halted_s;
    writeln!(text, "< band_broken S{nr} @ {} short\n< canceled S{nr} 1 PRICE_BAND", price(&blocked["price"]))
        .expect("text");
    writeln!(text, "< tripped ABC short\n< state ABC Continuous Halted\n> tick after={}s", uncross_s - halted_s - 60)
        .expect("text");
    let reopening = price(&case["inputs"]["reopen_indicative"][uncross_s.to_string()]);
    writeln!(text, "< state ABC Halted VolatilityAuction\n> new X buy 9 @ {reopening}\n> new Y sell 9 @ {reopening}")
        .expect("text");
    writeln!(text, "> tick after=59998ms\n< trade X Y 9 @ {reopening} auction\n< uncrossed ABC 9 @ {reopening}")
        .expect("text");
    writeln!(text, "< state ABC VolatilityAuction Cooling").expect("text");
    let [low, high] = [0, 1].map(|end| thousandths(&expected["cooling_band"][end]) / 10);
    writeln!(text, "> new H buy 1 @ {}\n< rejected H PRICE_BAND limit={high}", cents(high + 1)).expect("text");
    writeln!(text, "> new L sell 1 @ {}\n< rejected L PRICE_BAND limit={low}", cents(low - 1)).expect("text");
    writeln!(text, "> tick after={}ms\n< state ABC Cooling Continuous", (normal_s - cooling_s) * 1_000 - 2)
        .expect("text");

    holds(&text);
}

#[test]
fn glitched_bands_are_refused_and_their_print_is_blocked() {
    let case = case("circuit_breakers.json", "scn-brk-glitch");
    let (inputs, expected) = (&case["inputs"], &case["expected"]);
    let band = |value: &Value| [0, 1].map(|end| price(&value[end]));
    let ([low, high], [bad_low, bad_high]) = (band(&expected["kept_band"]), band(&inputs["external_band"]));
    let (last, at) = (price(&inputs["last"]), price(&inputs["potential_price"]));
    assert_eq!((&expected["band_update"], &expected["execution"]), (&Value::from("REJECTED"), &Value::from("BLOCKED")));
    let text = format!(
        "instrument BRK tick=0.01 lot=1 max_price=1000000.00\ninstrument DEF tick=0.01 lot=1\n\
         > new P buy 1 @ {last}\n> new Q sell 1 @ {last}\n> bands BRK {low} {high}\n\
         > bands BRK {bad_low} {bad_high}\n< refused BAND_INSANE\n\
         > new C buy 5 @ {at}\n> new T sell 1 market\n< accepted T\n\
         < band_broken T @ {at} external low={low} high={high}\n< canceled T 1 PRICE_BAND\n\
         < tripped BRK external\n< state BRK Continuous Halted\n< now DEF Continuous\n"
    );

    holds(&text);
}
