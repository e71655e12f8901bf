//! Whole stories at the level of rules: a flash crash with its reopening, and a feed that publishes nonsense.

use breaker::{Band, BandRefusal, Guard, Hours, LuldTerms, Schedule, Tier, Volatility, luld_band};
use model::{BreakerRules, Price, Reopening, Window};
use serde_json::{Value, json};

use crate::{DECIMALS, MINUTE, SECOND, bps, list, price, seconds};

/// The rules a scenario's `config` describes; its halt includes the call.
fn rules(config: &Value) -> BreakerRules {
    let window = |length: &str, share: &str| Window { length_ns: seconds(&config[length]), bps: bps(&config[share]) };
    let standard = BreakerRules::default();
    let reopening = Reopening {
        halt_ns: seconds(&config["halt_s"]) - standard.reopening.call_ns,
        collar_bps: bps(&config["reopen_collar"]),
        extend_ns: seconds(&config["reopen_extend_s"]),
        cooling_ns: seconds(&config["cooling_s"]),
        cooling_bps: bps(&config["cooling_collar"]),
        ..standard.reopening
    };
    let windows = [window("short_s", "short_dev"), window("long_s", "long_dev")];
    BreakerRules { windows, reopening, ..standard }
}

/// `scn-flash-crash`: p(t) = 100 - 0.25 t each second until something is blocked.
pub fn flash_crash(inputs: &Value, expected: &Value) {
    let rules = rules(&inputs["config"]);
    let mut windows = Volatility::new(rules.windows);
    let tape = (0..=60).map(|t| (t, Price(100_000_000 - 250_000 * t)));
    let mut last = None;
    let blocked = tape.into_iter().find(|(t, potential)| {
        let is_blocked = windows.refusal(t * SECOND, *potential).is_some();
        if !is_blocked {
            windows.observe(t * SECOND, *potential);
            last = Some((*t, *potential));
        }
        is_blocked
    });

    let (last, blocked) = (last.expect("prints"), blocked.expect("a block"));
    let at = |value: &Value| (seconds(&value["t"]) / SECOND, price(&value["price"]));
    assert_eq!((last, blocked), (at(&expected["last_executed"]), at(&expected["blocked"])));
    let moments = Schedule::new(&rules.reopening, blocked.0 * SECOND, 0, 0);
    let indicative = price(&inputs["reopen_indicative"][(moments.uncross_ns / SECOND).to_string()]);
    assert!(Schedule::collar(&rules.reopening, last.1, 0).allows(indicative));
    let transitions = json!([
        [0, "NORMAL"],
        [blocked.0, "HALTED"],
        [moments.uncross_ns / SECOND, "AUCTION_UNCROSS"],
        [moments.uncross_ns / SECOND, "COOLING"],
        [moments.normal_ns / SECOND, "NORMAL"],
    ]);
    assert_eq!(transitions, expected["transitions"]);
    let cooling: Vec<Price> = list(&expected["cooling_band"]).iter().map(price).collect();
    assert_eq!(Schedule::cooling(&rules.reopening, indicative), Band { low: cooling[0], high: cooling[1] });
}

/// `scn-brk-glitch`: the band is refused, the old one stays and blocks the bad price.
pub fn bad_band(inputs: &Value, expected: &Value) {
    let (reference, tier) = (price(&inputs["prev_reference"]), Tier::One);
    assert_eq!(inputs["tier"], 1);
    let terms =
        LuldTerms { tier, prev_close: reference, leverage: 1, price_decimals: DECIMALS, hours: Hours::default() };
    let good = luld_band(&terms, reference, 600 * MINUTE).expect("regular hours");
    let mut guard = Guard::new(false);
    guard.offer_reference(reference).expect("a first reference");
    guard.offer_band(good).expect("a band around the reference");

    let external = list(&inputs["external_band"]);
    let refused = guard.offer_band(Band { low: price(&external[0]), high: price(&external[1]) });

    let Err(BandRefusal::Far { deviation_ppm }) = refused else {
        panic!("not refused as far away: {refused:?}");
    };
    let deviation_ppm_wanted = price(&expected["deviation_pct"]).0 / 100;
    assert!((deviation_ppm - deviation_ppm_wanted).abs() <= 10, "{deviation_ppm}");
    let kept: Vec<Price> = list(&expected["kept_band"]).iter().map(price).collect();
    assert_eq!(guard.band(), Some(Band { low: kept[0], high: kept[1] }));
    assert_eq!((&expected["band_update"], &expected["execution"]), (&json!("REJECTED"), &json!("BLOCKED")));
    assert!(!guard.band().expect("the old band").allows(price(&inputs["potential_price"])));
}
