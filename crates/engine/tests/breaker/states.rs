//! Session and breaker together decide the state (R-150, S-05).

use model::{Peg, PegReference, TimeInForce, TradingState};

use crate::desk::{BUY, Desk, SECOND, SELL, rules};

fn halted() -> Desk {
    let mut desk = Desk::with(rules());
    desk.halt(0, 1);
    desk
}

#[test]
fn reopening_a_session_does_not_clear_a_halt() {
    let mut desk = halted();

    assert_eq!(desk.session(TradingState::Closed), ["Halted -> Closed"]);
    assert_eq!(desk.session(TradingState::Continuous), ["Closed -> Halted"]);
    assert_eq!(desk.limit(BUY, 10_000, 1), ["refused 404 0 0"]);
}

#[test]
fn a_session_behind_a_halt_only_says_what_it_will_be() {
    let mut desk = halted();

    assert_eq!(desk.session(TradingState::ClosingAuction), ["session ClosingAuction"]);
    assert_eq!(desk.resume(false, 1), ["resume", "Halted -> ClosingAuction"]);
}

#[test]
fn a_session_is_compared_with_the_session() {
    let mut desk = halted();

    assert_eq!(desk.session(TradingState::Continuous), ["refused 409 0 0"]);
    assert_eq!(desk.session(TradingState::Halted), ["session Halted"]);
    assert_eq!(desk.resume(false, 1), ["resume"], "the session's own halt stays");
    assert_eq!(desk.state(), TradingState::Halted);
}

#[test]
fn of_two_calls_the_sessions_counts() {
    let mut desk = halted();
    desk.session(TradingState::ClosingAuction);

    assert_eq!(desk.resume(true, 1), ["resume", "Halted -> ClosingAuction"]);
    desk.limit(BUY, 50_000, 1);
    desk.limit(SELL, 50_000, 1);
    assert_eq!(desk.at(9_999).tick(), Vec::<String>::new(), "the breaker's call ends without a word");
    assert_eq!(desk.state(), TradingState::ClosingAuction);
}

#[test]
fn a_phase_goes_on_behind_a_closed_session() {
    let mut desk = Desk::with(rules());
    desk.halt(100, 1);
    desk.session(TradingState::Closed);

    assert_eq!(desk.at(9_999).tick(), Vec::<String>::new());
    assert_eq!(desk.session(TradingState::Continuous), ["no cross", "Closed -> Continuous"]);
}

#[test]
fn delisting_ends_the_phase_and_its_timers() {
    let mut desk = Desk::with(rules());
    desk.halt(100, 1);

    assert_eq!(desk.session(TradingState::Delisted), ["Halted -> Delisted"]);
    assert_eq!(desk.at(9_999).tick(), Vec::<String>::new());
    assert_eq!(desk.session(TradingState::Continuous), ["refused 409 0 0"]);
    assert_eq!(desk.resume(false, 2), ["refused 113 0 0"]);
}

#[test]
fn a_halt_parks_pegged_orders_and_keeps_every_other() {
    let mut desk = Desk::with(rules());
    desk.limit(BUY, 9_000, 1);
    desk.limit(SELL, 11_000, 1);
    let near = Peg { reference: PegReference::Near, offset_ticks: 0 };
    desk.enter(BUY, 10_000, 1, |order| (order.ord_type, order.peg) = (model::OrdType::Pegged, Some(near)));

    assert_eq!(desk.halt(0, 1), ["halt until a person", "Continuous -> Halted", "parked"]);
    assert_eq!(desk.exchange.open_count(), 3);
}

#[test]
fn orders_of_the_auction_end_with_it() {
    let mut desk = halted();
    desk.resume(true, 1);
    desk.enter(BUY, 9_000, 1, |order| order.tif = TimeInForce::Gfa);

    desk.next_ns = 99 * SECOND;
    desk.tick();

    assert_eq!((desk.state(), desk.exchange.open_count()), (TradingState::Continuous, 0));
}
