//! What becomes of an order that a band stops in continuous trading, by every way into the book.

use model::{Cause, Command, EventKind, Money, OrdType, Peg, PegReference, Price, Qty, TimeInForce, TradingState};

use crate::desk::{BUY, Desk, SELL, rules};

const TRIPPED: [&str; 2] = ["tripped by Short until 301", "Continuous -> Halted"];

/// 10,000 has printed and printed again 9,000; bids are at 9,000 and 8,000.
fn sinking() -> Desk {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    desk.limit(BUY, 9_000, 2);
    desk.limit(BUY, 8_000, 5);
    desk.at(1);
    desk
}

fn after(trades: &[&str], rest: &[&str]) -> Vec<String> {
    trades.iter().chain(rest).chain(&TRIPPED).map(|text| (*text).to_owned()).collect()
}

#[test]
fn a_limit_is_posted_at_its_price_and_may_cross_the_book() {
    let mut desk = sinking();

    let said = desk.limit(SELL, 8_000, 5);

    assert_eq!(said, after(&["trade 9000x2", "broken 8000 not in 9000..=9900 by Short"], &["posted 8000"]));
    assert_eq!((desk.book(BUY), desk.book(SELL)), (vec![(8_000, 5)], vec![(8_000, 3)]));
    assert_eq!(desk.state(), TradingState::Halted);
}

#[test]
fn a_market_order_and_one_that_is_immediate_or_cancel_lose_the_rest() {
    let expected = after(&["trade 9000x2", "broken 8000 not in 9000..=9900 by Short"], &["canceled 3 PRICE_BAND"]);

    assert_eq!(sinking().market(SELL, 5), expected);
    assert_eq!(sinking().enter(SELL, 8_000, 5, |order| order.tif = TimeInForce::Ioc), expected);
}

#[test]
fn a_market_to_limit_order_rests_at_its_last_fill_and_without_one_it_ends() {
    let as_limit = |order: &mut model::NewOrder| {
        (order.ord_type, order.price) = (OrdType::MarketToLimit, None);
    };
    let mut empty = Desk::with(rules());
    empty.print_at(0, 10_000);
    empty.limit(BUY, 8_000, 5);
    empty.at(1);

    let filled = sinking().enter(SELL, 0, 5, as_limit);
    let unfilled = empty.enter(SELL, 0, 5, as_limit);

    assert_eq!(filled, after(&["trade 9000x2", "broken 8000 not in 9000..=9900 by Short"], &["posted 9000"]));
    assert_eq!(unfilled, after(&["broken 8000 not in 9000..=8800 by Short"], &["canceled 5 PRICE_BAND"]));
}

#[test]
fn an_order_by_budget_ends() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    desk.limit(SELL, 11_000, 1);
    desk.limit(SELL, 12_000, 5);
    desk.at(1);

    let said = desk.enter(BUY, 0, 0, |order| {
        (order.ord_type, order.tif, order.price) = (OrdType::Market, TimeInForce::Ioc, None);
        order.quote_qty = Some(Money(60_000));
    });

    assert_eq!(
        said,
        after(&["trade 11000x1", "broken 12000 not in 9900..=11000 by Short"], &["canceled 0 PRICE_BAND"])
    );
}

#[test]
fn what_could_trade_at_once_ends_at_the_band_and_breaks_nothing() {
    let mut desk = sinking();

    let fok = desk.enter(SELL, 8_000, 5, |order| order.tif = TimeInForce::Fok);
    let too_much = desk.enter(SELL, 8_000, 5, |order| (order.tif, order.min_qty) = (TimeInForce::Ioc, Qty(3)));
    assert_eq!((fok, too_much), (vec!["canceled 5 TIF_FOK".to_owned()], vec!["canceled 5 MIN_QTY".to_owned()]));
    assert_eq!(desk.state(), TradingState::Continuous);

    let enough = desk.enter(SELL, 8_000, 5, |order| (order.tif, order.min_qty) = (TimeInForce::Ioc, Qty(2)));
    let broken = "broken 8000 not in 9000..=9900 by Short";
    assert_eq!(enough, after(&["trade 9000x2", broken], &["canceled 3 PRICE_BAND"]));
}

#[test]
fn an_amended_order_meets_the_same_band() {
    let mut desk = sinking();
    desk.limit(SELL, 9_500, 5);
    let resting = desk.last_order();

    let said = desk.amend(2, resting, Some(8_000), None);

    assert_eq!(said, after(&["trade 9000x2", "broken 8000 not in 9000..=9900 by Short"], &["posted 8000"]));
}

#[test]
fn a_pegged_order_is_parked() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    desk.limit(SELL, 11_500, 5);
    desk.limit(BUY, 11_400, 5);
    desk.at(1);

    let far = Peg { reference: PegReference::Far, offset_ticks: 0 };
    let said = desk.enter(BUY, 11_500, 1, |order| (order.ord_type, order.peg) = (OrdType::Pegged, Some(far)));

    assert_eq!(said, after(&[], &["broken 11500 not in 10350..=11000 by Short"]));
    assert_eq!(desk.book(BUY), [(11_400, 5)]);
}

#[test]
fn a_pegged_order_on_the_book_is_told_that_it_left_it() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    desk.limit(SELL, 10_900, 1);
    desk.limit(BUY, 10_800, 5);
    desk.limit(SELL, 11_500, 5);
    let far = Peg { reference: PegReference::Far, offset_ticks: -50 };
    desk.enter(BUY, 11_500, 1, |order| (order.ord_type, order.peg) = (OrdType::Pegged, Some(far)));
    assert_eq!(desk.book(BUY), [(10_850, 1), (10_800, 5)]);

    desk.at(1).limit(SELL, 20_000, 1);
    desk.at(1).next_ns += 1;
    let said = desk.limit(BUY, 10_900, 1);

    assert_eq!(said, ["trade 10900x1", "posted 11450"], "the offset keeps it inside its own limit");
    let closer = Peg { reference: PegReference::Far, offset_ticks: 0 };
    let said = desk.enter(BUY, 11_500, 1, |order| (order.ord_type, order.peg) = (OrdType::Pegged, Some(closer)));
    assert_eq!(said[0], "broken 11500 not in 10350..=11000 by Short");
    assert_eq!(said[1..], ["tripped by Short until 301", "Continuous -> Halted", "parked"]);
}

#[test]
fn a_pegged_order_stopped_while_not_armed_tries_again_with_every_command() {
    let mut desk = Desk::with(rules());
    desk.halt(0, 1);
    desk.resume(false, 2);
    desk.print_at(1, 10_000);
    desk.limit(SELL, 11_500, 5);
    let far = Peg { reference: PegReference::Far, offset_ticks: 0 };
    let broken = "broken 11500 not in 10350..=11000 by Short".to_owned();

    let first = desk.enter(BUY, 11_500, 1, |order| (order.ord_type, order.peg) = (OrdType::Pegged, Some(far)));

    assert_eq!(first, std::slice::from_ref(&broken));
    assert_eq!(desk.at(2).tick(), std::slice::from_ref(&broken));
    assert_eq!(desk.at(302).tick(), ["trade 11500x1"], "the print that forbade it is too old");
}

#[test]
fn a_break_is_the_breakers_and_what_it_does_to_the_order_the_commands() {
    let mut desk = sinking();
    let order = desk.order(SELL, 8_000, 5);

    let events = desk.send(&Command::NewOrder(order));

    let causes: Vec<Cause> = events.iter().map(|event| event.cause).collect();
    let command = Cause::Command;
    assert_eq!(causes, [command, command, Cause::Breaker, command, Cause::Breaker, Cause::Breaker]);
    assert!(matches!(events[3].kind, EventKind::OrderPosted(posted) if posted.price == Price(8_000)));
}

#[test]
fn one_run_breaks_once() {
    let mut desk = sinking();

    let said = desk.limit(SELL, 7_000, 9);

    assert_eq!(said.iter().filter(|text| text.starts_with("broken")).count(), 1);
}
