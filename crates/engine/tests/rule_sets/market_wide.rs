//! `mwcb-*`: an index price halts what it is meant to halt.

use breaker::{Hours, MarketAction, MarketWideRules, MarketWideWatch, RuleSet, Watcher};
use model::{Command, InstrumentId, OperatorId, Price, ReferenceKind, RejectReason, SetReference, TradingState};
use serde_json::{Value, json};

use crate::floor::{ABC, BUY, DEF, Desk, MINUTE, SECOND, cases_of, cents, refusal, time_of_day};

fn rules(prev_close: i64, halted: Vec<InstrumentId>, taken: [bool; 3]) -> RuleSet {
    RuleSet::MarketWide(MarketWideRules {
        index: ABC,
        prev_close: Price(prev_close),
        taken,
        halted,
        hours: Hours::default(),
        midnight_ns: 0,
        operator: OperatorId(9),
    })
}

fn watch(desk: &Desk) -> &MarketWideWatch {
    let Watcher::MarketWide(watch) = &desk.watchers.sets()[0] else { panic!("another rule set") };
    watch
}

fn index(desk: &mut Desk, at_ns: i64, price: i64) {
    index_of(desk, at_ns, (ABC, ReferenceKind::Index), price);
}

fn index_of(desk: &mut Desk, at_ns: i64, (instrument, kind): (InstrumentId, ReferenceKind), price: i64) {
    let reference = SetReference { instrument, kind, price: Price(price), max_age_ns: SECOND };
    desk.at(at_ns).send(&Command::SetReference(reference));
}

fn taken(levels: &Value) -> [bool; 3] {
    [1, 2, 3].map(|level| levels.as_array().unwrap().contains(&json!(level)))
}

#[test]
fn each_case_halts_for_as_long_as_it_says_or_not_at_all() {
    let cases = cases_of("mwcb");
    assert!(cases.len() >= 5);
    for case in cases {
        let (inputs, expected) = (&case["inputs"], &case["expected"]);
        let id = case["id"].as_str().unwrap();
        let mut desk = Desk::open(|_| {});
        let rules = rules(cents(&inputs["prev_close"]), vec![DEF], taken(&inputs["levels_already_triggered"]));
        desk.attach(rules).unwrap();
        let at_ns = time_of_day(&inputs["time_et"]);

        index(&mut desk, at_ns, cents(&inputs["last"]));

        let decline = watch(&desk).decline().unwrap();
        assert_eq!(json!(decline.level), expected["level"], "{id}");
        let triggers: Vec<i64> = expected["triggers"].as_array().unwrap().iter().map(cents).collect();
        assert_eq!(watch(&desk).triggers().map(|price| price.0).to_vec(), triggers, "{id}");
        let (action, minutes) = match expected["action"].as_str().unwrap() {
            "NONE" => (MarketAction::None, Some(0)),
            "HALT_15_MIN" => (MarketAction::HaltFifteenMinutes, Some(15)),
            "HALT_REST_OF_DAY" => (MarketAction::HaltRestOfDay, None),
            other => panic!("{id}: {other}"),
        };
        assert_eq!(decline.action, action, "{id}");
        let order = desk.limit(DEF, BUY, 100, 1);
        let refused = (action != MarketAction::None).then_some(RejectReason::Halted);
        assert_eq!(refusal(&order), refused, "{id}");
        assert_eq!(desk.state(ABC), TradingState::Continuous, "{id}: only what is named halts");
        if let Some(minutes) = minutes.filter(|minutes| *minutes > 0) {
            desk.at(at_ns + minutes * MINUTE - 1).tick();
            assert_eq!(desk.state(DEF), TradingState::Halted, "{id}");
            desk.at(at_ns + minutes * MINUTE + 1).tick();
            assert_eq!(desk.state(DEF), TradingState::VolatilityAuction, "{id}");
        } else if minutes.is_none() {
            desk.at(at_ns + 24 * 60 * MINUTE).tick();
            assert_eq!(desk.state(DEF), TradingState::Halted, "{id}: until a person says so");
        }
    }
}

#[test]
fn levels_halt_once_each_and_without_names_everything_halts() {
    let mut desk = Desk::open(|_| {});
    desk.attach(rules(10_000, vec![], [false; 3])).unwrap();

    index(&mut desk, 600 * MINUTE, 9_300);
    assert_eq!([ABC, DEF].map(|id| desk.state(id)), [TradingState::Halted; 2]);
    desk.at(620 * MINUTE).tick();
    assert_eq!([ABC, DEF].map(|id| desk.state(id)), [TradingState::Continuous; 2]);
    index(&mut desk, 621 * MINUTE, 9_200);
    assert_eq!(desk.state(DEF), TradingState::Continuous, "the first level has halted the day");
    index(&mut desk, 622 * MINUTE, 8_700);

    assert_eq!(desk.state(DEF), TradingState::Halted);
    assert!(desk.refused().is_empty());
}

#[test]
fn other_prices_of_other_instruments_halt_nothing() {
    let mut desk = Desk::open(|_| {});
    desk.attach(rules(10_000, vec![], [false; 3])).unwrap();

    index_of(&mut desk, 600 * MINUTE, (ABC, ReferenceKind::Mark), 5_000);
    index_of(&mut desk, 601 * MINUTE, (DEF, ReferenceKind::Index), 5_000);
    index(&mut desk, 602 * MINUTE, 0);

    assert_eq!([ABC, DEF].map(|id| desk.state(id)), [TradingState::Continuous; 2]);
}
