//! Trading at the band before a halt.

use model::{Display, OrdType, TimeInForce, TradingState};

use crate::desk::{BUY, Desk, SELL, limit_rules};

const TRIPPED: [&str; 2] = ["tripped by Short until 16", "Continuous -> LimitState"];

/// 10,000 has printed; bids are at 9,000 and 8,000.
fn sinking() -> Desk {
    let mut desk = Desk::with(limit_rules());
    desk.print_at(0, 10_000);
    desk.limit(BUY, 9_000, 2);
    desk.limit(BUY, 8_000, 5);
    desk.at(1);
    desk
}

/// In the limit state with an offer at the band's low end.
fn limited() -> Desk {
    let mut desk = sinking();
    desk.limit(SELL, 8_000, 5);
    assert_eq!(desk.state(), TradingState::LimitState);
    desk
}

#[test]
fn a_limit_stops_at_the_edge_of_the_band() {
    let mut desk = sinking();

    let said = desk.limit(SELL, 8_000, 5);

    assert_eq!(said[..3], ["trade 9000x2", "broken 8000 not in 9000..=9900 by Short", "posted 9000"]);
    assert_eq!(said[3..], TRIPPED);
    assert_eq!((desk.book(BUY), desk.book(SELL)), (vec![(8_000, 5)], vec![(9_000, 3)]));
}

#[test]
fn an_order_that_cannot_rest_ends_and_so_does_the_limit_state() {
    let said = sinking().market(SELL, 5);

    assert_eq!(said[2], "canceled 3 PRICE_BAND");
    assert_eq!(said[3..], [TRIPPED[0], TRIPPED[1], "LimitState -> Continuous"], "nobody pushes against the band");
}

#[test]
fn a_market_to_limit_order_rests_at_its_last_fill() {
    let said = sinking().enter(SELL, 0, 5, |order| (order.ord_type, order.price) = (OrdType::MarketToLimit, None));

    assert_eq!(said[2], "posted 9000");
}

#[test]
fn a_price_behind_the_band_halts_at_once() {
    let mut desk = Desk::with(limit_rules());
    desk.print_at(0, 10_000);
    desk.limit(SELL, 8_000, 1);

    let said = desk.at(1).limit(BUY, 8_000, 1);

    let expected = ["posted 8000", "tripped by Short until 301", "Continuous -> Halted"];
    assert_eq!(said[0], "broken 8000 not in 9000..=8800 by Short");
    assert_eq!(said[1..], expected);
}

#[test]
fn an_edge_outside_the_price_bounds_ends_the_order() {
    let mut desk = Desk::listing(|def| def.max_price = model::Price(11_000));
    desk.set_breaker(Some(limit_rules()));
    desk.bands(11_500, 12_000);
    desk.limit(BUY, 10_000, 1);

    let said = desk.at(1).limit(SELL, 9_000, 1);

    assert_eq!(said[..2], ["broken 10000 not in 11500..=12000 by External", "canceled 1 PRICE_BAND"]);
}

#[test]
fn inside_the_band_orders_trade_and_a_further_push_waits_at_the_edge() {
    let mut desk = limited();

    assert_eq!(desk.limit(BUY, 9_000, 1), ["trade 9000x1"]);
    assert_eq!(desk.limit(BUY, 9_000, 3), ["trade 9000x2", "posted 9000", "LimitState -> Continuous"]);

    let mut desk = limited();
    let pushed = desk.market(SELL, 1);
    assert_eq!(pushed, ["broken 8000 not in 9000..=9900 by LimitState", "canceled 1 PRICE_BAND"]);
}

#[test]
fn a_limit_ahead_of_the_band_is_refused() {
    let mut desk = limited();

    assert_eq!(desk.limit(SELL, 8_999, 1), ["refused 411 8999 9000"]);
    assert_eq!(desk.limit(BUY, 9_901, 1), ["refused 411 9901 9900"]);
    assert_eq!(desk.limit(SELL, 9_000, 1), ["posted 9000"]);
    let resting = desk.last_order();
    assert_eq!(desk.amend(2, resting, Some(8_999), None), ["refused 411 8999 9000"]);
    assert_eq!(desk.amend(2, resting, Some(9_001), None), ["posted 9001"]);
}

#[test]
fn it_ends_when_the_pressure_does() {
    let mut desk = sinking();
    desk.limit(SELL, 8_000, 5);
    let pushing = desk.last_order();

    assert_eq!(desk.cancel(2, pushing), ["canceled 3 USER", "LimitState -> Continuous"]);
}

#[test]
fn hidden_pressure_does_not_count() {
    let said = sinking().enter(SELL, 8_000, 5, |order| order.display = Display::Hidden);

    assert_eq!(said[2..], ["posted 9000", TRIPPED[0], TRIPPED[1], "LimitState -> Continuous"]);
}

#[test]
fn it_becomes_a_halt_when_it_lasts() {
    let mut desk = limited();

    assert_eq!(desk.at(15).tick(), Vec::<String>::new());
    assert_eq!(desk.at(16).tick(), ["tripped by LimitState until 316", "LimitState -> Halted"]);
}

#[test]
fn bands_from_outside_replace_the_one_it_began_with() {
    let mut desk = limited();

    assert_eq!(desk.bands(8_500, 10_500), ["bands set", "LimitState -> Continuous"]);

    let mut desk = limited();
    desk.bands(9_000, 9_500);
    assert_eq!(desk.limit(BUY, 9_501, 1), ["refused 411 9501 9500"]);
}

#[test]
fn an_end_by_pressure_leaves_the_breaker_armed() {
    let mut desk = limited();
    let pushing = desk.last_order();
    desk.cancel(2, pushing);

    let again = desk.at(2).enter(SELL, 8_000, 1, |order| order.tif = TimeInForce::Gtc);

    assert_eq!(again[1..], ["posted 9000", "tripped by Short until 17", "Continuous -> LimitState"]);
}
