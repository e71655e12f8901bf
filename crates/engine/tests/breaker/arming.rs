//! After a halt it takes three calm samples, and time, until a break halts again.

use model::{BreakerRules, SpreadRule, TradingState};

use crate::desk::{BUY, Desk, SELL, rules};

/// Resumed by hand at 100 s, which is the first sample, with 10,000 printed at 0 s: not armed.
fn unarmed(rules: BreakerRules) -> Desk {
    let mut desk = Desk::with(rules);
    desk.print_at(0, 10_000);
    desk.at(10).halt(0, 1);
    desk.at(100).resume(false, 1);
    desk
}

fn without_interval() -> BreakerRules {
    BreakerRules { interval_ns: 0, ..rules() }
}

/// Whether a break halts now; the offer and the bid it makes are gone afterwards where it does not.
fn halts(desk: &mut Desk, price: i64) -> bool {
    desk.limit(BUY, price, 1);
    let bid = desk.last_order();
    let broke = desk.market(SELL, 1);
    assert!(broke[0].starts_with("broken"), "{broke:?}");
    desk.cancel(1, bid);
    desk.state() == TradingState::Halted
}

#[test]
fn a_break_right_after_a_halt_does_not_print_and_does_not_halt() {
    let mut desk = unarmed(without_interval());

    assert!(!halts(&mut desk, 8_000));
    assert_eq!(desk.state(), TradingState::Continuous);
}

#[test]
fn while_not_armed_a_limit_stops_at_the_edge_and_one_behind_the_band_ends() {
    let mut desk = unarmed(without_interval());
    desk.limit(BUY, 8_000, 1);
    let bid = desk.last_order();

    assert_eq!(desk.limit(SELL, 8_000, 1), ["broken 8000 not in 9000..=8800 by Long", "posted 9000"]);
    desk.cancel(1, bid);
    desk.limit(SELL, 8_500, 1);
    assert_eq!(desk.limit(BUY, 8_500, 1), ["broken 8500 not in 9000..=9350 by Long", "canceled 1 PRICE_BAND"]);
}

#[test]
fn three_samples_a_second_apart_arm_it() {
    let mut desk = unarmed(without_interval());
    for _ in 0..100 {
        desk.tick();
    }
    desk.at(101).tick();
    assert!(!halts(&mut desk, 8_000), "samples within a second count once");

    desk.at(102).tick();
    assert!(halts(&mut desk, 8_000));
}

#[test]
fn a_price_far_from_the_extremes_begins_the_count_again() {
    let mut desk = unarmed(without_interval());
    desk.print_at(101, 9_499);
    for second in 102..=160 {
        desk.at(second).tick();
    }
    assert!(!halts(&mut desk, 8_000), "more than half the way to the band");

    desk.print_at(161, 9_500);
    desk.at(162).tick();
    desk.at(163).tick();
    assert!(halts(&mut desk, 8_000), "exactly half the way is calm");
}

#[test]
fn the_interval_since_the_halt_has_to_pass_too() {
    let mut desk = unarmed(rules());
    for second in 102..=158 {
        desk.at(second).tick();
    }
    assert!(!halts(&mut desk, 8_000));

    desk.at(162).tick();
    assert!(halts(&mut desk, 8_000));
}

#[test]
fn an_interval_counts_from_the_deadline_that_ended_the_phase() {
    let mut desk = Desk::with(rules());
    desk.at(0).halt(10, 1);
    desk.at(1_000).tick();
    assert_eq!(desk.state(), TradingState::Continuous);

    desk.print_at(1_001, 10_000);
    desk.at(1_002).tick();
    desk.at(1_003).tick();
    assert!(halts(&mut desk, 8_000), "it was over at 70 s");
}

#[test]
fn a_wide_or_one_sided_spread_is_not_calm() {
    let spread = SpreadRule { bps: 200, persist_ns: 1_000_000_000_000 };
    let is_armed_by = |bid: i64, ask: Option<i64>| {
        let mut desk = unarmed(BreakerRules { spread, ..without_interval() });
        desk.limit(BUY, bid, 1);
        ask.map(|ask| desk.limit(SELL, ask, 1));
        for second in 102..=110 {
            desk.at(second).tick();
        }
        desk.mass_cancel();
        halts(&mut desk, 8_500)
    };

    assert!(!is_armed_by(9_950, None), "one-sided");
    assert!(!is_armed_by(9_949, Some(10_050)));
    assert!(is_armed_by(9_950, Some(10_050)), "one percent is half of the rule");
}

#[test]
fn nothing_is_sampled_while_the_session_is_not_continuous() {
    let mut desk = unarmed(without_interval());
    desk.session(TradingState::PostOnly);
    for second in 101..=109 {
        desk.at(second).tick();
    }
    desk.at(110).session(TradingState::Continuous);
    assert!(!halts(&mut desk, 8_000), "the second sample");

    desk.at(111).tick();
    assert!(halts(&mut desk, 8_000));
}

#[test]
fn bands_alone_arm_again_without_rules() {
    let mut desk = Desk::new();
    desk.at(0).halt(0, 1);
    desk.at(100).resume(false, 1);
    desk.bands(9_000, 11_000);
    assert!(!halts(&mut desk, 8_000));

    for second in 160..=165 {
        desk.at(second).tick();
    }
    assert!(halts(&mut desk, 8_000));
}
