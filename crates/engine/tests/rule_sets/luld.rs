//! `luld-*`: bands, reference, limit state and pause on the engine.

use breaker::{Band, Hours, LuldRules, LuldState, LuldTerms, LuldWatch, RuleSet, Tier, Watcher};
use model::{OperatorId, Price, RejectReason, TradingState};
use serde_json::{Value, json};

use crate::floor::{
    ABC, BUY, Desk, MINUTE, SECOND, SELL, broken, case, cases_of, cents, number, refusal, time_of_day, trades,
};

fn rules(tier: u64, prev_close: i64, leverage: u64, price_decimals: u8) -> LuldRules {
    let terms = LuldTerms {
        tier: if tier == 1 { Tier::One } else { Tier::Two },
        prev_close: Price(prev_close),
        leverage: u8::try_from(leverage).unwrap(),
        price_decimals,
        hours: Hours::default(),
    };
    LuldRules { instrument: ABC, terms, midnight_ns: 0, operator: OperatorId(9) }
}

fn watch(desk: &Desk) -> &LuldWatch {
    let Watcher::Luld(watch) = &desk.watchers.sets()[0] else { panic!("another rule set") };
    watch
}

/// ABC under a case's rules, opened at its reference at its time of day.
fn opened(inputs: &Value) -> Desk {
    let [tier, leverage] = ["tier", "leverage"].map(|key| inputs[key].as_u64().unwrap());
    let (prev_close, reference) = (cents(&inputs["prev_close"]), cents(&inputs["reference"]));
    let mut desk = Desk::new(|def| def.previous_close = Some(Price(prev_close)));
    let at_ns = time_of_day(&inputs["time_et"]);
    desk.at(at_ns - SECOND);
    desk.attach(RuleSet::Luld(rules(tier, prev_close, leverage, 2))).unwrap();
    desk.open_at(at_ns, reference);
    desk
}

#[test]
fn bands_are_published_and_what_they_forbid_does_not_print() {
    let cases = cases_of("luld_band");
    assert!(cases.len() >= 7);
    for case in cases {
        let (id, expected) = (case["id"].as_str().unwrap(), &case["expected"]);
        let band = Band { low: Price(cents(&expected["lower"])), high: Price(cents(&expected["upper"])) };
        for (side, edge, beyond) in [(SELL, band.low.0, band.low.0 - 1), (BUY, band.high.0, band.high.0 + 1)] {
            let mut desk = opened(&case["inputs"]);
            assert_eq!(desk.bands().last(), Some(&band), "{id}");
            desk.limit(ABC, side.opposite(), edge, 1);
            desk.limit(ABC, side.opposite(), beyond, 1);

            let events = desk.limit(ABC, side, beyond, 2);

            assert_eq!(trades(&events), [edge], "{id}: the end of a band prints, what is beyond it does not");
            assert_eq!(broken(&events), Some((beyond, band)), "{id}");
            assert_eq!(desk.last_price(), Some(edge), "{id}");
        }
    }
}

#[test]
fn the_reference_moves_bands_where_the_vector_says_and_nowhere_else() {
    let case = case("luldref-1");
    let micros = |value: &Value| number(value, 6);
    let first = micros(&case["inputs"]["reference0"]);
    let mut desk = Desk::new(|def| def.price_decimals = 6);
    desk.at(600 * MINUTE - SECOND).attach(RuleSet::Luld(rules(1, first, 1, 6))).unwrap();
    desk.session(ABC, TradingState::Continuous);
    for (trade, row) in case["inputs"]["trades"].as_array().unwrap().iter().zip(case["expected"].as_array().unwrap()) {
        let before = desk.bands().len();

        let at_ns = 600 * MINUTE + trade[0].as_i64().unwrap() * SECOND;
        assert!(desk.prints(at_ns, micros(&trade[1])), "{row}");

        assert_eq!(watch(&desk).reference().0, micros(&row["reference"]), "{row}");
        assert_eq!(json!(desk.bands().len() > before), row["changed"], "{row}");
        assert_eq!(desk.bands().last().copied(), watch(&desk).band(at_ns), "{row}");
    }
}

/// Moves both quotes so that they are in force at `at_ns` and do not meet on the way.
fn quote(desk: &mut Desk, at_ns: i64, orders: &mut Option<[(model::ClOrdId, i64); 2]>, [bid, ask]: [i64; 2]) {
    desk.at(at_ns - 1);
    let Some([(buy, was_bid), (sell, _)]) = *orders else {
        desk.limit(ABC, BUY, bid, 1);
        let buy = desk.last_order();
        desk.limit(ABC, SELL, ask, 1);
        *orders = Some([(buy, bid), (desk.last_order(), ask)]);
        return;
    };
    if bid <= was_bid {
        desk.reprice(BUY, buy, bid);
        desk.reprice(SELL, sell, ask);
    } else {
        desk.reprice(SELL, sell, ask);
        desk.reprice(BUY, buy, bid);
    }
    *orders = Some([(buy, bid), (sell, ask)]);
}

#[test]
fn quotes_at_a_band_pause_the_instrument_and_an_auction_reopens_it() {
    let case = case("luld-state");
    let (inputs, rows) = (&case["inputs"], case["expected"].as_array().unwrap());
    let band = Band { low: Price(cents(&inputs["lower"])), high: Price(cents(&inputs["upper"])) };
    let middle = i64::midpoint(band.low.0, band.high.0);
    let start = 660 * MINUTE;
    let mut desk = opened(&json!({
        "tier": 1, "leverage": 1, "prev_close": "100", "reference": (middle / 100).to_string(), "time_et": "10:59"
    }));
    assert_eq!(desk.bands().last(), Some(&band));
    let (mut orders, mut paused_until) = (None, 0);
    for (given, row) in inputs["quotes"].as_array().unwrap().iter().zip(rows) {
        let t = given[0].as_i64().unwrap();
        let found = if row["state"] == "PAUSED" {
            // Nobody says anything new; the pause comes by itself, before what is said next.
            assert_eq!(desk.watchers.due_ns(), Some(start + t * SECOND));
            desk.at(start + t * SECOND - 1).tick();
            assert_eq!(desk.state(ABC), TradingState::Continuous);
            let late = desk.at(start + t * SECOND).limit(ABC, BUY, cents(&given[2]), 1);
            assert_eq!((refusal(&late), trades(&late)), (Some(RejectReason::Halted), vec![]));
            assert_eq!(desk.state(ABC), TradingState::Halted);
            paused_until = row["until"].as_i64().unwrap();
            "PAUSED"
        } else {
            quote(&mut desk, start + t * SECOND, &mut orders, [cents(&given[1]), cents(&given[2])]);
            ""
        };
        match watch(&desk).state() {
            LuldState::Normal => assert_eq!(row["state"], "NORMAL"),
            LuldState::Limit { since_ns } => {
                assert_eq!((&row["state"], since_ns), (&json!("LIMIT_STATE"), start + t * SECOND));
            }
            LuldState::Straddle => assert_eq!(row["state"], "STRADDLE"),
            LuldState::Paused { until_ns } => {
                assert_eq!((found, until_ns), ("PAUSED", start + paused_until * SECOND));
            }
        }
    }
    assert!(paused_until > 0, "the case ends in a pause");

    desk.at(start + (paused_until - 60) * SECOND).tick();
    assert_eq!(desk.state(ABC), TradingState::VolatilityAuction, "orders are collected in the last minute");
    desk.mass_cancel();
    desk.limit(ABC, BUY, band.low.0 + 100, 1);
    desk.limit(ABC, SELL, band.low.0 + 100, 1);
    desk.at(start + paused_until * SECOND - 1).tick();
    assert_eq!(desk.state(ABC), TradingState::VolatilityAuction);
    desk.at(start + paused_until * SECOND).tick();

    assert_eq!((desk.state(ABC), desk.last_price()), (TradingState::Continuous, Some(band.low.0 + 100)));
    assert_eq!(watch(&desk).state(), LuldState::Normal);
    assert_eq!(watch(&desk).reference().0, band.low.0 + 100, "the auction is the new reference");
    assert_eq!(desk.bands().last().copied(), watch(&desk).band(start + paused_until * SECOND));
    assert!(desk.refused().is_empty());
}

#[test]
fn an_order_that_pushes_beyond_a_band_pauses_after_its_limit_state() {
    let start = 660 * MINUTE;
    let mut desk = opened(&case("luld-t1")["inputs"]);
    desk.limit(ABC, BUY, 9_400, 1);
    desk.at(start + SECOND).limit(ABC, SELL, 9_400, 1);
    assert_eq!(desk.state(ABC), TradingState::LimitState);
    assert_eq!(watch(&desk).state(), LuldState::Limit { since_ns: start + SECOND });

    desk.at(start + 16 * SECOND).tick();

    assert_eq!(desk.state(ABC), TradingState::Halted);
    assert_eq!(watch(&desk).state(), LuldState::Paused { until_ns: start + 316 * SECOND });
    desk.at(start + 316 * SECOND).tick();
    assert_eq!(desk.state(ABC), TradingState::Continuous);
}

#[test]
fn a_limit_state_that_ends_in_time_pauses_nothing() {
    let start = 660 * MINUTE;
    let mut desk = opened(&case("luld-t1")["inputs"]);
    desk.at(start + SECOND).limit(ABC, SELL, 9_500, 1);
    assert_eq!(watch(&desk).state(), LuldState::Limit { since_ns: start + SECOND });

    desk.at(start + 15 * SECOND);
    assert_eq!(trades(&desk.limit(ABC, BUY, 9_500, 1)), [9_500], "at the band it trades");
    desk.at(start + 60 * SECOND).tick();

    assert_eq!((desk.state(ABC), watch(&desk).state()), (TradingState::Continuous, LuldState::Normal));
}

#[test]
fn bands_double_at_their_minute_and_let_go_at_the_close_without_a_print() {
    let mut desk = opened(&case("luld-t1")["inputs"]);
    desk.at(935 * MINUTE - 1).tick();
    assert_eq!(desk.bands().last(), Some(&Band { low: Price(9_500), high: Price(10_500) }));

    desk.limit(ABC, SELL, 10_600, 1);
    let events = desk.at(935 * MINUTE).limit(ABC, BUY, 10_600, 1);

    assert_eq!(trades(&events), [10_600], "the wider band comes before the order");
    desk.at(960 * MINUTE).tick();
    assert_eq!(desk.bands().last(), Some(&Band { low: Price(1), high: Price(3 * 10_600 - 1) }));
    assert!(desk.refused().is_empty());
}
