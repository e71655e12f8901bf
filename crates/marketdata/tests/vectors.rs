//! Every case of `vectors/expected/microstructure.json`, by kind; an unknown kind or expected key fails.
#![allow(clippy::float_arithmetic, clippy::unwrap_used, reason = "a test; the expected values are floats")]

use std::path::PathBuf;

use marketdata::chain::Chain;
use marketdata::ewma::{Ewma, Start, TimeEwma};
use marketdata::level::{Level, Quote, Sides};
use marketdata::measures::{DepthWeights, Measures};
use marketdata::vpin::{Bar, buy_volume, vpin};
use marketdata::{chain, ofi};
use model::{Price, Qty};
use serde_json::Value;

/// Price units (mantissa) per one in these cases; each price must lie on that grid.
const UNITS: f64 = 10_000.0;

fn cases() -> Vec<Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/expected/microstructure.json");
    let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    file["cases"].as_array().unwrap().clone()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(numbers).collect()
}

#[allow(clippy::cast_possible_truncation, reason = "the assertion says the value is a small integer")]
fn price(price: f64) -> Price {
    let scaled = (price * UNITS).round();
    assert!((scaled / UNITS - price).abs() < 1e-12, "price off the grid: {price}");
    Price(scaled as i64)
}

fn level(pair: &Value) -> Level {
    Level::uncounted(price(pair[0].as_f64().unwrap()), Qty(pair[1].as_i64().unwrap()))
}

fn levels(pairs: &Value) -> Vec<Level> {
    pairs.as_array().unwrap().iter().map(level).collect()
}

/// How far a value may be from the expected one.
struct Tolerance {
    abs: f64,
    rel: f64,
}

impl Tolerance {
    fn of(case: &Value) -> Self {
        let read = |key: &str| case[key].as_f64();
        let (abs, rel) = (read("tolerance"), read("tolerance_rel"));
        assert!(abs.is_some() || rel.is_some(), "case without tolerance: {}", case["id"]);
        Self { abs: abs.unwrap_or(0.0), rel: rel.unwrap_or(0.0) }
    }

    fn check(&self, what: &str, actual: f64, expected: f64) {
        let allowed = self.abs + self.rel * expected.abs();
        assert!((actual - expected).abs() <= allowed, "{what}: {actual} expected {expected}");
    }

    fn check_all(&self, what: &str, actual: &[f64], expected: &[f64]) {
        assert_eq!(actual.len(), expected.len(), "{what}: length");
        for (index, (a, e)) in actual.iter().zip(expected).enumerate() {
            self.check(&format!("{what}[{index}]"), *a, *e);
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "small integers")]
fn book_metrics(case: &Value) {
    let inputs = &case["inputs"];
    let (bids, asks) = (levels(&inputs["bids"]), levels(&inputs["asks"]));
    let weights = DepthWeights::new(inputs["decay"].as_f64().unwrap(), bids.len().max(asks.len())).unwrap();
    let m = Measures::of(Sides { bids: &bids, asks: &asks }, weights).unwrap();
    let tolerance = Tolerance::of(case);
    for (key, expected) in case["expected"].as_object().unwrap() {
        let actual = match key.as_str() {
            "mid" => m.mid / UNITS,
            "imbalance_unit" => m.imbalance_unit,
            "imbalance_signed" => m.imbalance_signed,
            "weighted_mid" => m.weighted_mid / UNITS,
            "weighted_mid_minus_mid" => (m.weighted_mid - m.mid) / UNITS,
            "half_spread_times_signed_imbalance" => m.spread as f64 / 2.0 * m.imbalance_signed / UNITS,
            "spread" => m.spread as f64 / UNITS,
            "spread_bps_of_mid" => m.spread_bps.unwrap(),
            "depth_bid" => m.depth_bid.0 as f64,
            "depth_ask" => m.depth_ask.0 as f64,
            "depth_imbalance" => m.imbalance_weighted,
            other => panic!("unknown expected key {other}"),
        };
        tolerance.check(key, actual, expected.as_f64().unwrap());
    }
}

fn ofi_case(case: &Value) {
    let mut running = ofi::Ofi::default();
    let mut steps = Vec::new();
    for fields in case["inputs"]["quotes"].as_array().unwrap() {
        let at = |px: usize, qty: usize| {
            Level::uncounted(price(fields[px].as_f64().unwrap()), Qty(fields[qty].as_i64().unwrap()))
        };
        steps.extend(running.update(Quote::new(at(0, 1), at(2, 3))));
    }
    let expected: Vec<i128> =
        case["expected"]["e"].as_array().unwrap().iter().map(|e| e.as_i64().unwrap().into()).collect();
    assert_eq!(steps, expected);
    assert_eq!(running.sum(), Some(case["expected"]["ofi"].as_i64().unwrap().into()));
}

fn mlofi_case(case: &Value) {
    let books: Vec<(Vec<Level>, Vec<Level>)> = case["inputs"]["snapshots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|snapshot| (levels(&snapshot["bid"]), levels(&snapshot["ask"])))
        .collect();
    let sides: Vec<Sides<'_>> = books.iter().map(|(bids, asks)| Sides { bids, asks }).collect();
    for (m, total) in case["expected"]["mlofi"].as_array().unwrap().iter().enumerate() {
        let steps: Vec<i128> = sides.windows(2).map(|pair| ofi::step_at_level(pair[0], pair[1], m).unwrap()).collect();
        let expected = &case["expected"][format!("e_level{}", m + 1)];
        let expected: Vec<i128> = expected.as_array().unwrap().iter().map(|e| e.as_i64().unwrap().into()).collect();
        assert_eq!(steps, expected, "level {m}");
        assert_eq!(steps.iter().sum::<i128>(), i128::from(total.as_i64().unwrap()), "level {m}");
    }
}

fn ewma_case(case: &Value) {
    let x = numbers(&case["inputs"]["x"]);
    let half_life = case["inputs"]["half_life"].as_f64().unwrap();
    let tolerance = Tolerance::of(case);
    let run = |start: Start| -> Vec<f64> {
        let mut ewma = Ewma::new(half_life, start).unwrap();
        x.iter().map(|value| ewma.update(*value).unwrap()).collect()
    };
    for (key, expected) in case["expected"].as_object().unwrap() {
        match key.as_str() {
            "alpha" => {
                let alpha = Ewma::new(half_life, Start::FirstValue).unwrap().alpha();
                tolerance.check(key, alpha, expected.as_f64().unwrap());
            }
            "adjust_false" => tolerance.check_all(key, &run(Start::FirstValue), &numbers(expected)),
            "adjust_true" => tolerance.check_all(key, &run(Start::Normalised), &numbers(expected)),
            "weight_after_h_observations" => {
                let alpha = Ewma::new(half_life, Start::FirstValue).unwrap().alpha();
                tolerance.check(key, (1.0 - alpha).powf(half_life), expected.as_f64().unwrap());
            }
            "seed_code_value_wrong" => not_the_time_constant(&x, half_life, expected.as_f64().unwrap(), &tolerance),
            other => panic!("unknown expected key {other}"),
        }
    }
}

/// The negative example: a time constant that starts at 0 gives `wrong`, and neither of our starts does.
fn not_the_time_constant(x: &[f64], half_life: f64, wrong: f64, tolerance: &Tolerance) {
    let alpha = 1.0 - (-1.0 / half_life).exp();
    let seed = x.iter().fold(0.0, |mean, value| mean + alpha * (value - mean));
    tolerance.check("seed_code_value_wrong", seed, wrong);
    for start in [Start::FirstValue, Start::Normalised] {
        let mut ewma = Ewma::new(half_life, start).unwrap();
        for value in x {
            ewma.update(*value).unwrap();
        }
        assert!((ewma.value().unwrap() - wrong).abs() > 1e-3, "{start:?} reproduces the known-bad design");
    }
}

/// Nanoseconds since midnight of `YYYY-MM-DD hh:mm:ss[.ffffff]`; the cases stay within one day.
fn ts_ns(text: &str) -> i64 {
    let (_, time) = text.split_once(' ').unwrap();
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let seconds = clock.split(':').fold(0, |sum, part| sum * 60 + part.parse::<i64>().unwrap());
    seconds * 1_000_000_000 + format!("{fraction:0<9}").parse::<i64>().unwrap()
}

fn ewma_irregular(case: &Value) {
    let half_life_ns = case["inputs"]["half_life_s"].as_i64().unwrap() * 1_000_000_000;
    let mut ewma = TimeEwma::new(half_life_ns, Start::Normalised).unwrap();
    let times = case["inputs"]["t"].as_array().unwrap().iter().map(|t| ts_ns(t.as_str().unwrap()));
    let means: Vec<f64> = times.zip(numbers(&case["inputs"]["x"])).map(|(t, x)| ewma.update(t, x).unwrap()).collect();
    Tolerance::of(case).check_all("mean", &means, &numbers(&case["expected"]));
}

fn stoikov_microprice(case: &Value) {
    let inputs = &case["inputs"];
    let (q, r1, r2) = (rows(&inputs["Q"]), rows(&inputs["R1"]), rows(&inputs["R2"]));
    let solution = Chain { q, r1, k: numbers(&inputs["K"]), r2 }.solve().unwrap();
    let (tolerance, expected) = (Tolerance::of(case), &case["expected"]);
    tolerance.check_all("G1", &solution.g1, &numbers(&expected["G1"]));
    for (actual, row) in solution.b.iter().zip(rows(&expected["B"])) {
        tolerance.check_all("B", actual, &row);
    }
    tolerance.check_all("G_star", &solution.g_star, &numbers(&expected["G_star"]));
    let mut sums = chain::PartialSums::of(&solution);
    for row in rows(&expected["partial_sums"]) {
        tolerance.check_all("partial_sums", sums.next_sum(), &row);
    }
    for (low, high) in solution.g_star.iter().zip(solution.g_star.iter().rev()) {
        tolerance.check("symmetry", *low, -high);
    }
}

fn vpin_case(case: &Value) {
    let sigma = case["inputs"]["sigma"].as_f64().unwrap();
    let bars: Vec<Bar> = case["inputs"]["bars"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bar| Bar { price_change: bar[0].as_f64().unwrap(), volume: Qty(bar[1].as_i64().unwrap()) })
        .collect();
    let buy: Vec<f64> = bars.iter().map(|bar| buy_volume(*bar, sigma).unwrap()).collect();
    let volumes = case["inputs"]["bars"].as_array().unwrap().iter().map(|bar| bar[1].as_f64().unwrap());
    let sell: Vec<f64> = volumes.zip(&buy).map(|(volume, buy)| volume - buy).collect();
    let (tolerance, expected) = (Tolerance::of(case), &case["expected"]);
    tolerance.check_all("buy", &buy, &numbers(&expected["buy"]));
    tolerance.check_all("sell", &sell, &numbers(&expected["sell"]));
    tolerance.check("vpin", vpin(&bars, sigma).unwrap(), expected["vpin"].as_f64().unwrap());
}

fn run(kind: &str) {
    let mut count = 0;
    for case in cases().iter().filter(|case| case["kind"] == kind) {
        match kind {
            "book_metrics" => book_metrics(case),
            "ofi" => ofi_case(case),
            "mlofi" => mlofi_case(case),
            "ewma" => ewma_case(case),
            "ewma_irregular" => ewma_irregular(case),
            "stoikov_microprice" => stoikov_microprice(case),
            "vpin" => vpin_case(case),
            other => panic!("no test for kind {other}"),
        }
        count += 1;
    }
    assert!(count > 0, "no case of kind {kind}");
}

#[test]
fn book_metrics_match() {
    run("book_metrics");
}

#[test]
fn order_flow_imbalance_matches() {
    run("ofi");
    run("mlofi");
}

#[test]
fn exponential_means_match() {
    run("ewma");
    run("ewma_irregular");
}

#[test]
fn the_micro_price_matches() {
    run("stoikov_microprice");
}

#[test]
fn vpin_matches() {
    run("vpin");
}

#[test]
fn every_kind_has_a_test() {
    for case in cases() {
        let kind = case["kind"].as_str().unwrap();
        let known = ["book_metrics", "ofi", "mlofi", "ewma", "ewma_irregular", "stoikov_microprice", "vpin"];
        assert!(known.contains(&kind), "no test for kind {kind}");
    }
}
