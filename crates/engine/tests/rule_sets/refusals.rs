//! What cannot be attached, and bands that an exchange refuses.

use breaker::{DynamicRules, Hours, LuldRules, LuldTerms, MarketWideRules, RuleError, RuleSet, Tier};
use model::{InstrumentId, OperatorId, Price, RejectReason, TradingState};

use crate::floor::{ABC, BUY, DEF, Desk, MINUTE, SECOND, SELL, case, number, trades};

fn luld() -> LuldRules {
    let (tier, leverage, price_decimals) = (Tier::One, 1, 2);
    let terms = LuldTerms { tier, prev_close: Price(10_000), leverage, price_decimals, hours: Hours::default() };
    LuldRules { instrument: ABC, terms, midnight_ns: 0, operator: OperatorId(9) }
}

fn dynamic() -> DynamicRules {
    DynamicRules::new(ABC, Price(10_000), 350, 1)
}

fn market_wide() -> MarketWideRules {
    let (prev_close, taken, hours) = (Price(10_000), [false; 3], Hours::default());
    MarketWideRules { index: ABC, prev_close, taken, halted: vec![], hours, midnight_ns: 0, operator: OperatorId(9) }
}

#[test]
fn a_field_out_of_its_range_is_named_and_nothing_changes() {
    let bad_hours = Hours { open_ns: 5, close_ns: 4 };
    let terms = luld().terms;
    let cases = [
        (RuleSet::Luld(LuldRules { terms: LuldTerms { prev_close: Price(0), ..terms }, ..luld() }), "previous_close"),
        (RuleSet::Luld(LuldRules { terms: LuldTerms { leverage: 0, ..terms }, ..luld() }), "leverage"),
        (RuleSet::Luld(LuldRules { terms: LuldTerms { price_decimals: 1, ..terms }, ..luld() }), "price_decimals"),
        (RuleSet::Luld(LuldRules { terms: LuldTerms { hours: bad_hours, ..terms }, ..luld() }), "close_ns"),
        (RuleSet::MarketWide(MarketWideRules { prev_close: Price(-1), ..market_wide() }), "previous_close"),
        (RuleSet::MarketWide(MarketWideRules { hours: bad_hours, ..market_wide() }), "close_ns"),
        (RuleSet::MarketWide(MarketWideRules { halted: vec![ABC; 50_001], ..market_wide() }), "halted"),
        (RuleSet::Dynamic(DynamicRules { settlement: Price(0), ..dynamic() }), "settlement"),
        (RuleSet::Dynamic(DynamicRules { bps: 0, ..dynamic() }), "bps"),
        (RuleSet::Dynamic(DynamicRules { bps: 10_001, ..dynamic() }), "bps"),
        (RuleSet::Dynamic(DynamicRules { tick: 0, ..dynamic() }), "tick"),
        (RuleSet::Dynamic(DynamicRules { tick: 351, ..dynamic() }), "settlement x bps in ticks"),
        (RuleSet::Dynamic(DynamicRules { window_ns: 0, ..dynamic() }), "window_ns"),
        (RuleSet::Dynamic(DynamicRules { halt_ns: 0, ..dynamic() }), "halt_ns"),
        (RuleSet::Dynamic(DynamicRules { last_halt_ns: -1, ..dynamic() }), "last_halt_ns"),
        (RuleSet::Luld(LuldRules { instrument: InstrumentId(7), ..luld() }), "instruments of that id"),
    ];
    for (rules, field) in cases {
        let mut desk = Desk::open(|_| {});
        let before = desk.floor.log.len();

        let refused = desk.attach(rules);

        assert_eq!(refused.map_err(|error| error.field), Err(field));
        assert_eq!((desk.watchers.sets().len(), desk.floor.log.len()), (0, before), "{field}");
    }
}

#[test]
fn two_rule_sets_do_not_publish_the_bands_of_one_instrument() {
    let mut desk = Desk::open(|_| {});
    desk.at(600 * MINUTE).attach(RuleSet::Luld(luld())).unwrap();
    let before = desk.floor.log.len();

    let refused = desk.attach(RuleSet::Dynamic(dynamic()));

    let field = "rule sets with bands of the instrument";
    assert_eq!(refused, Err(RuleError { field, value: 1, min: 0, max: 0 }));
    assert_eq!(desk.floor.log.len(), before);
    desk.attach(RuleSet::Dynamic(DynamicRules { instrument: DEF, ..dynamic() })).unwrap();
    desk.attach(RuleSet::MarketWide(market_wide())).unwrap();
}

/// 2024-06-03: a rule set whose close is nonsense publishes nonsense, and the exchange keeps what it had.
#[test]
fn bands_that_cannot_be_meant_are_refused_once_and_halt_nothing() {
    let case = case("scn-brk-glitch");
    let last = number(&case["inputs"]["last"], 2);
    let nonsense = number(&case["inputs"]["potential_price"], 2);
    let mut desk = Desk::open(|_| {});
    assert!(desk.prints(600 * MINUTE - SECOND, last));
    let terms = LuldTerms { prev_close: Price(nonsense), ..luld().terms };

    desk.at(600 * MINUTE).attach(RuleSet::Luld(LuldRules { terms, ..luld() })).unwrap();
    desk.tick();
    desk.limit(ABC, BUY, last - 100, 1);

    assert_eq!((desk.refused(), desk.bands()), (vec![RejectReason::BandInsane], vec![]));
    assert_eq!([ABC, DEF].map(|id| desk.state(id)), [TradingState::Continuous; 2]);
    assert_eq!(trades(&desk.limit(ABC, SELL, last - 100, 1)), [last - 100]);
    assert_eq!(desk.bands().len(), 1, "its reference is what traded from now on");
}
