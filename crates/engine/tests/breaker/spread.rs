//! A wide spread that lasts halts; a one-sided book is a state of its own.

use model::{BreakerRules, SpreadRule, TradingState};

use crate::desk::{BUY, Desk, SECOND, SELL, rules};

/// 2 % for 3 s; bid and ask at 0 s are 9,900 and 10,090.
fn quoted() -> Desk {
    let spread = SpreadRule { bps: 200, persist_ns: 3 * SECOND };
    let mut desk = Desk::with(BreakerRules { spread, ..rules() });
    desk.at(0).limit(BUY, 9_900, 5);
    assert_eq!(desk.limit(SELL, 10_090, 5), ["posted 10090", "spread Normal"]);
    desk
}

#[test]
fn one_side_and_no_side_are_one_sided() {
    let spread = SpreadRule { bps: 200, persist_ns: 0 };
    let mut desk = Desk::new();

    assert_eq!(desk.set_breaker(Some(BreakerRules { spread, ..rules() })), ["breaker set", "spread OneSided"]);
    assert_eq!(desk.limit(BUY, 9_900, 5), ["posted 9900"]);
    assert_eq!(desk.at(100).tick(), Vec::<String>::new(), "it never halts");
}

#[test]
fn exactly_two_percent_of_the_middle_is_not_wide() {
    let mut desk = quoted();
    let ask = desk.last_order();

    assert_eq!(desk.amend(2, ask, Some(10_100), None), ["posted 10100"]);
    let ask = desk.last_order();
    assert_eq!(desk.amend(2, ask, Some(10_101), None), ["posted 10101", "spread Wide"]);
}

#[test]
fn a_wide_spread_halts_after_its_time_and_not_before() {
    let mut desk = quoted();
    let ask = desk.last_order();
    desk.at(5).amend(2, ask, Some(10_200), None);

    assert_eq!(desk.at(6).tick(), Vec::<String>::new());
    desk.next_ns = 8 * SECOND - 1;
    assert_eq!(desk.tick(), Vec::<String>::new());
    assert_eq!(desk.tick(), ["tripped by Spread until 308", "Continuous -> Halted"]);
}

#[test]
fn a_spread_that_closes_in_time_begins_again() {
    let mut desk = quoted();
    let ask = desk.last_order();
    desk.at(5).amend(2, ask, Some(10_200), None);
    let ask = desk.last_order();

    assert_eq!(desk.at(8).amend(2, ask, Some(10_000), None), ["posted 10000", "spread Normal"], "at the last moment");
    let ask = desk.last_order();
    desk.at(9).amend(2, ask, Some(10_200), None);
    assert_eq!(desk.at(11).tick(), Vec::<String>::new());
    assert_eq!(desk.at(12).tick()[0], "tripped by Spread until 312");
}

#[test]
fn while_not_armed_the_time_begins_again() {
    let mut desk = quoted();
    desk.at(1).halt(0, 1);
    desk.at(2).resume(false, 1);
    let ask = desk.last_order();
    desk.at(5).amend(2, ask, Some(10_200), None);

    assert_eq!(desk.at(8).tick(), Vec::<String>::new());
    assert_eq!(desk.at(60).tick(), Vec::<String>::new());
    assert_eq!(desk.state(), TradingState::Continuous);
}

#[test]
fn outside_continuous_trading_no_time_runs() {
    let mut desk = quoted();
    let ask = desk.last_order();
    desk.at(5).amend(2, ask, Some(10_200), None);
    desk.at(6).session(TradingState::PostOnly);
    desk.at(9).session(TradingState::Continuous);

    assert_eq!(desk.at(11).tick(), Vec::<String>::new());
    assert_eq!(desk.at(12).tick()[0], "tripped by Spread until 312");
}

#[test]
fn hidden_orders_are_no_quote() {
    let mut desk = quoted();
    let ask = desk.last_order();
    desk.enter(SELL, 10_000, 5, |order| order.display = model::Display::Hidden);

    assert_eq!(desk.cancel(2, ask), ["canceled 5 USER", "spread OneSided"]);
}
