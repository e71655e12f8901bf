//! Which prices may print.

use model::{BreakerRules, Price, TradingState, Window};

use crate::desk::{BUY, Desk, SECOND, SELL, rules};

fn windows(short: (i64, u32), long: (i64, u32)) -> BreakerRules {
    let windows = [short, long].map(|(s, bps)| Window { length_ns: s * SECOND, bps });
    BreakerRules { windows, ..rules() }
}

#[test]
fn exactly_ten_percent_below_the_highest_prints_and_one_tick_more_does_not() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);

    assert_eq!(desk.print_at(1, 9_000), ["trade 9000x1"]);
    assert_eq!(desk.print_at(2, 8_999)[0], "broken 8999 not in 9000..=9898 by Short");
    assert_eq!(desk.exchange.last_trade_price(crate::desk::ABC), Some(Price(9_000)));
}

#[test]
fn exactly_ten_percent_above_the_lowest_prints_and_one_tick_more_does_not() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    desk.limit(SELL, 11_000, 1);
    desk.limit(SELL, 11_001, 1);

    let took = desk.limit(BUY, 11_001, 2);

    assert_eq!(took[..2], ["trade 11000x1", "broken 11001 not in 9900..=11000 by Short"]);
}

#[test]
fn a_print_counts_until_it_is_as_old_as_the_window() {
    let mut young = Desk::with(windows((60, 1_000), (300, 5_000)));
    young.print_at(0, 10_000);
    let mut old = Desk::with(windows((60, 1_000), (300, 5_000)));
    old.print_at(0, 10_000);

    young.next_ns = 60 * SECOND - 2;
    young.limit(BUY, 8_000, 1);
    assert_eq!(young.limit(SELL, 8_000, 1)[0], "broken 8000 not in 9000..=8800 by Short");
    assert_eq!(old.print_at(60, 8_000), ["trade 8000x1"]);
}

#[test]
fn the_long_window_stops_a_slide_that_the_short_one_lets_pass() {
    let mut desk = Desk::with(rules());
    for (second, price) in [(0, 10_000), (70, 9_500), (140, 9_100)] {
        assert_eq!(desk.print_at(second, price), [format!("trade {price}x1")]);
    }

    assert_eq!(desk.print_at(210, 8_999)[0], "broken 8999 not in 9000..=9898 by Long");
}

#[test]
fn the_static_band_is_around_the_previous_close_until_there_is_an_auction_price() {
    let mut desk = Desk::listing(|def| def.previous_close = Some(Price(10_000)));
    desk.set_breaker(Some(BreakerRules { static_bps: 2_000, ..windows((0, 0), (0, 0)) }));

    assert_eq!(desk.print_at(0, 8_000), ["trade 8000x1"]);
    desk.session(TradingState::ClosingAuction);
    desk.limit(BUY, 11_000, 1);
    desk.limit(SELL, 11_000, 1);
    assert_eq!(
        desk.session(TradingState::Continuous),
        ["uncrossed 11000x1", "ClosingAuction -> Continuous"].map_trade()
    );
    assert_eq!(desk.print_at(1, 8_800), ["trade 8800x1"]);
    assert_eq!(desk.print_at(2, 8_799)[0], "broken 8799 not in 8800..=13200 by Static");
}

/// An uncross of one lot at 11,000 trades first.
trait MapTrade {
    fn map_trade(self) -> Vec<String>;
}

impl MapTrade for [&str; 2] {
    fn map_trade(self) -> Vec<String> {
        std::iter::once("trade 11000x1").chain(self).map(str::to_owned).collect()
    }
}

#[test]
fn without_any_reference_every_price_prints() {
    let mut desk = Desk::with(BreakerRules { static_bps: 2_000, ..rules() });

    assert_eq!(desk.print_at(0, 100), ["trade 100x1"]);
}

#[test]
fn an_auction_price_replaces_what_the_windows_held() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    desk.session(TradingState::ClosingAuction);
    desk.limit(BUY, 8_000, 1);
    desk.limit(SELL, 8_000, 1);
    desk.session(TradingState::Continuous);

    assert_eq!(desk.print_at(1, 7_200), ["trade 7200x1"], "10,000 counts no more");
    assert_eq!(desk.print_at(2, 7_921)[0], "broken 7921 not in 7200..=7920 by Short");
}

#[test]
fn an_auction_without_a_price_leaves_the_windows_alone() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    desk.session(TradingState::ClosingAuction);
    desk.session(TradingState::Continuous);

    assert_eq!(desk.print_at(1, 8_999)[0], "broken 8999 not in 9000..=9898 by Short");
}

#[test]
fn bands_from_outside_apply_without_rules_and_together_with_them() {
    let mut bare = Desk::new();
    bare.bands(9_500, 10_500);
    let mut ruled = Desk::with(rules());
    ruled.bands(9_500, 10_500);
    ruled.print_at(0, 10_000);

    assert_eq!(bare.print_at(1, 9_500), ["trade 9500x1"]);
    assert_eq!(bare.print_at(2, 9_499)[0], "broken 9499 not in 9500..=10500 by External");
    assert_eq!(ruled.print_at(2, 9_499)[0], "broken 9499 not in 9500..=10448 by External");
}

#[test]
fn the_rule_that_is_named_is_the_first_by_number_that_forbids_the_price() {
    let mut desk = Desk::listing(|def| def.previous_close = Some(Price(10_000)));
    desk.set_breaker(Some(BreakerRules { static_bps: 500, ..rules() }));
    desk.bands(9_600, 10_400);
    desk.print_at(0, 10_000);

    assert_eq!(desk.print_at(1, 8_000)[0], "broken 8000 not in 9600..=8800 by Static");
}

#[test]
fn without_rules_and_bands_every_price_prints() {
    let mut desk = Desk::new();
    desk.print_at(0, 10_000);

    assert_eq!(desk.print_at(1, 1), ["trade 1x1"]);
}

#[test]
fn a_sweep_prints_what_is_inside_and_nothing_else() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    for price in [10_000, 9_500, 9_000, 8_999, 8_000] {
        desk.limit(BUY, price, 1);
    }

    let swept = desk.market(SELL, 5);

    let prices = ["trade 10000x1", "trade 9500x1", "trade 9000x1", "broken 8999 not in 9000..=11000 by Short"];
    assert_eq!(swept[..4], prices);
    assert_eq!(swept[4], "canceled 2 PRICE_BAND");
    assert_eq!(desk.book(BUY), [(8_999, 1), (8_000, 1)]);
}

#[test]
fn the_best_price_that_a_run_starts_at_counts_as_printed() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    desk.limit(BUY, 10_900, 1);
    desk.limit(BUY, 9_800, 1);

    let swept = desk.limit(SELL, 9_800, 2);

    assert_eq!(swept[..2], ["trade 10900x1", "broken 9800 not in 9810..=11000 by Short"]);
}

#[test]
fn a_price_behind_the_band_stops_a_run_at_once() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    desk.limit(SELL, 8_000, 1);
    desk.limit(SELL, 9_500, 1);

    let bought = desk.limit(BUY, 9_500, 2);

    assert_eq!(bought[0], "broken 8000 not in 9000..=8800 by Short");
    assert_eq!(desk.state(), TradingState::Halted);
}

#[test]
fn a_break_leaves_other_instruments_alone() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    desk.print_at(1, 8_000);

    assert_eq!(desk.state(), TradingState::Halted);
    assert_eq!(desk.exchange.state(crate::desk::DEF), Some(TradingState::Continuous));
}
