//! Rules and bands are checked before they count.

use model::{BreakerRules, Command, InstrumentId, Price, SetBands, TradingState, Window};

use crate::desk::{Desk, SECOND, rules, said};

#[test]
fn rules_out_of_range_are_refused_and_the_old_ones_stay() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    let long = Window { length_ns: 86_401 * SECOND, bps: 1 };
    let swapped = [300, 60].map(|s| Window { length_ns: s * SECOND, bps: 1_000 });
    let bad = [
        BreakerRules { static_bps: 10_001, ..rules() },
        BreakerRules { windows: [long, long], ..rules() },
        BreakerRules { windows: swapped, ..rules() },
        BreakerRules { limit_state_ns: -1, ..rules() },
        BreakerRules { trips_max: 101, ..rules() },
    ];

    for rules in bad {
        assert_eq!(desk.set_breaker(Some(rules)), ["refused 314 0 0"]);
    }
    assert_eq!(desk.print_at(1, 8_999)[0], "broken 8999 not in 9000..=9898 by Short");
}

#[test]
fn an_unknown_instrument_is_refused_first() {
    let mut desk = Desk::new();
    let instrument = InstrumentId(9);
    let bad = BreakerRules { static_bps: 10_001, ..rules() };
    let bands = SetBands { instrument, low: Price(2), high: Price(1) };

    let rules = desk.send(&Command::SetBreaker { instrument, rules: Some(Box::new(bad)) });
    let bands = desk.send(&Command::SetBands(bands));

    assert_eq!((said(&rules), said(&bands)), (vec!["refused 104 0 0".to_owned()], vec!["refused 104 0 0".to_owned()]));
}

#[test]
fn new_rules_start_with_empty_windows_and_armed() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    desk.halt(0, 1);
    desk.resume(false, 2);

    desk.set_breaker(Some(rules()));

    assert_eq!(desk.print_at(1, 5_000), ["trade 5000x1"]);
    assert_eq!(desk.print_at(2, 4_000)[3], "Continuous -> Halted");
}

#[test]
fn a_running_phase_outlives_its_rules() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    desk.print_at(1, 8_000);

    assert_eq!(desk.set_breaker(None), ["breaker set"]);
    assert_eq!(desk.state(), TradingState::Halted);
    assert_eq!(desk.at(241).tick(), ["Halted -> VolatilityAuction"]);
}

#[test]
fn removed_rules_forbid_nothing() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    desk.set_breaker(None);

    assert_eq!(desk.print_at(1, 100), ["trade 100x1"]);
}

#[test]
fn bands_that_cannot_be_meant_are_refused_and_the_old_ones_stay() {
    let mut desk = Desk::new();
    assert_eq!(desk.bands(10, 10), ["refused 323 10 0"], "low must be below high");
    assert_eq!(desk.bands(0, 10), ["refused 323 5 0"], "prices are positive here");
    assert_eq!(desk.bands(-11, 10), ["refused 323 -1 0"]);
    assert_eq!(desk.bands(1, 1_000_000), ["bands set"], "without a reference there is nothing to compare with");
    desk.print_at(0, 10_000);
    desk.bands(9_500, 10_500);

    assert_eq!(desk.bands(15_000, 15_001), ["refused 323 15000 10000"], "15,000.5 is more than half of it away");
    assert_eq!(desk.bands(4_999, 5_000), ["refused 323 4999 10000"]);
    assert_eq!(desk.print_at(1, 9_499)[0], "broken 9499 not in 9500..=10500 by External");

    let mut desk = Desk::new();
    desk.print_at(0, 10_000);
    assert_eq!(desk.bands(14_999, 15_001), ["bands set"], "exactly half of it away");
    assert_eq!(desk.bands(4_999, 5_001), ["bands set"]);
}

#[test]
fn the_previous_close_is_the_reference_before_the_first_trade() {
    let mut desk = Desk::listing(|def| def.previous_close = Some(Price(10_000)));

    assert_eq!(desk.bands(4_000, 5_000), ["refused 323 4500 10000"]);
}

#[test]
fn negative_prices_may_have_negative_bands() {
    let mut desk = Desk::listing(|def| (def.allow_negative, def.min_price) = (true, Price(-100_000)));

    assert_eq!(desk.bands(-500, -100), ["bands set"]);
    assert_eq!(desk.print_at(0, -501)[0], "broken -501 not in -500..=-100 by External");
}
