//! `dcb-1`: bands that follow what traded, on the engine.

use breaker::{Band, DynamicRules, DynamicWatch, RuleSet, Watcher};
use model::{Price, RejectReason, TradingState};
use serde_json::Value;

use crate::floor::{ABC, BUY, DEF, Desk, MINUTE, SECOND, SELL, broken, case, cents, number, refusal};

fn watch(desk: &Desk) -> &DynamicWatch {
    let Watcher::Dynamic(watch) = &desk.watchers.sets()[0] else { panic!("another rule set") };
    watch
}

fn rules(inputs: &Value) -> DynamicRules {
    let bps = u32::try_from(number(&inputs["pct"], 4)).unwrap();
    DynamicRules::new(ABC, Price(cents(&inputs["settle"])), bps, cents(&inputs["tick"]))
}

/// A band of the vectors; `None` where it has no ends.
fn limits(row: &Value) -> Option<Band> {
    let end = |key: &str| (!row[key].is_null()).then(|| Price(cents(&row[key])));
    Some(Band { low: end("lower_limit")?, high: end("upper_limit")? })
}

#[test]
fn a_price_beyond_the_limits_does_not_print_and_the_window_starts_again() {
    let case = case("dcb-1");
    let (inputs, expected) = (&case["inputs"], &case["expected"]);
    let tick = cents(&inputs["tick"]);
    let mut desk = Desk::open(|def| {
        def.ticks = model::TickTable::uniform(tick).unwrap();
        def.min_price = Price(tick);
    });
    let start = 600 * MINUTE;
    desk.at(start - SECOND).attach(RuleSet::Dynamic(rules(inputs))).unwrap();
    assert_eq!(watch(&desk).variant(), cents(&expected["variant"]));
    let mut trips = 0;
    for row in expected["rows"].as_array().unwrap() {
        let (t, price) = (start + row["t"].as_i64().unwrap() * SECOND, cents(&row["price"]));
        assert_eq!(watch(&desk).band(t), limits(row), "{row}");
        if let Some(band) = limits(row) {
            assert_eq!(desk.bands().last(), Some(&band), "{row}");
        }
        let last = desk.last_price();

        desk.at(t - 1).limit(ABC, BUY, price, 1);
        let events = desk.at(t).limit(ABC, SELL, price, 1);

        if row["triggered"] == false {
            assert_eq!((broken(&events), desk.last_price()), (None, Some(price)), "{row}");
            continue;
        }
        trips += 1;
        assert_eq!(broken(&events), limits(row).map(|band| (price, band)), "{row}");
        assert_eq!(desk.last_price(), last, "{row}: it did not print");
        assert_eq!(refusal(&desk.limit(ABC, BUY, price, 1)), None, "{row}: orders are collected at once");
        assert_eq!(desk.state(ABC), TradingState::VolatilityAuction, "{row}");
        desk.mass_cancel();
        desk.at(t + 120 * SECOND - 1).tick();
        assert_eq!(desk.state(ABC), TradingState::VolatilityAuction, "{row}");
        desk.at(t + 120 * SECOND).tick();
        assert_eq!((desk.state(ABC), desk.state(DEF)), (TradingState::Continuous, TradingState::Continuous), "{row}");
    }
    assert_eq!(trips, 1);
    assert!(desk.refused().is_empty());
}

fn small() -> DynamicRules {
    DynamicRules { window_ns: 10 * SECOND, halt_ns: 20 * SECOND, ..DynamicRules::new(ABC, Price(10_000), 350, 10) }
}

#[test]
fn limits_widen_when_what_printed_leaves_the_window_before_the_next_order() {
    let mut desk = Desk::open(|_| {});
    let start = 600 * MINUTE;
    desk.at(start - SECOND).attach(RuleSet::Dynamic(small())).unwrap();
    assert!(desk.prints(start, 10_000));
    assert!(desk.prints(start + 5 * SECOND, 10_300));
    assert_eq!(desk.bands().last(), Some(&Band { low: Price(9_950), high: Price(10_350) }));

    assert!(desk.prints(start + 10 * SECOND + 1, 10_600), "only 10,300 is left in the window");

    assert!(desk.prints(start + 21 * SECOND, 20_000), "the window is empty: there is no limit");
}

#[test]
fn in_the_last_minutes_a_trip_is_short() {
    let mut desk = Desk::open(|_| {});
    let start = 956 * MINUTE;
    desk.at(start - 10 * MINUTE).attach(RuleSet::Dynamic(small())).unwrap();
    assert!(desk.prints(start, 10_000));
    assert!(!desk.prints(start + SECOND, 10_351));
    assert_eq!(refusal(&desk.limit(ABC, BUY, 9_000, 1)), None);
    desk.mass_cancel();
    desk.at(start + 6 * SECOND - 1).tick();
    assert_eq!(desk.state(ABC), TradingState::VolatilityAuction);

    desk.at(start + 6 * SECOND).tick();

    assert_eq!(desk.state(ABC), TradingState::Continuous);
}

#[test]
fn a_market_order_that_would_break_the_limit_ends_there() {
    let mut desk = Desk::open(|_| {});
    let start = 600 * MINUTE;
    desk.at(start - SECOND).attach(RuleSet::Dynamic(small())).unwrap();
    assert!(desk.prints(start, 10_000));
    desk.limit(ABC, SELL, 10_350, 1);
    desk.limit(ABC, SELL, 10_360, 1);

    let events = desk.limit(ABC, BUY, 10_360, 2);

    assert_eq!(crate::floor::trades(&events), [10_350]);
    let band = Band { low: Price(9_650), high: Price(10_350) };
    assert_eq!(broken(&events), Some((10_360, band)));
    assert_eq!(refusal(&desk.limit(ABC, BUY, 10_000, 1)), None);
    assert_eq!(desk.refused(), Vec::<RejectReason>::new());
}
