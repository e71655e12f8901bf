//! From a trip to normal trading.

use model::{BreakerRules, Price, Reopening, SplitMix64, TradingState};

use crate::desk::{ABC, BUY, Desk, SECOND, SELL, cooling_rules, rules};

/// Tripped at 1 s; halted until 241 s, in its call until 301 s.
fn tripped(rules: BreakerRules) -> Desk {
    let mut desk = Desk::with(rules);
    desk.print_at(0, 10_000);
    desk.print_at(1, 8_000);
    assert_eq!(desk.state(), TradingState::Halted);
    let buy = desk.book(BUY);
    assert_eq!((buy, desk.book(SELL)), (vec![(8_000, 1)], vec![(8_000, 1)]), "crossed at rest");
    desk
}

/// The same without what broke the band.
fn cleared(rules: BreakerRules) -> Desk {
    let mut desk = tripped(rules);
    let sell = desk.last_order();
    desk.cancel(2, sell);
    let (buyer, target) = (1, model::ClOrdId::new("o3").unwrap());
    assert_eq!(desk.cancel(buyer, target), ["canceled 1 USER"]);
    desk
}

fn reopening(change: impl Fn(&mut Reopening)) -> BreakerRules {
    let mut rules = rules();
    change(&mut rules.reopening);
    rules
}

#[test]
fn a_trip_says_when_trading_is_expected_again() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);

    let said = desk.print_at(1, 8_000);

    assert_eq!(said[2..], ["tripped by Short until 301", "Continuous -> Halted"]);
}

#[test]
fn halted_call_auction_cooling_normal() {
    let mut desk = cleared(cooling_rules());

    assert_eq!(desk.at(240).tick(), Vec::<String>::new());
    assert_eq!(desk.at(241).tick(), ["Halted -> VolatilityAuction"]);
    desk.limit(BUY, 9_400, 5);
    desk.limit(SELL, 9_400, 5);
    assert_eq!(desk.at(300).tick(), Vec::<String>::new());
    assert_eq!(desk.at(301).tick(), ["trade 9400x5", "uncrossed 9400x5", "VolatilityAuction -> Cooling"]);
    assert_eq!(desk.at(360).tick(), Vec::<String>::new());
    assert_eq!(desk.at(361).tick(), ["Cooling -> Continuous"]);
}

#[test]
fn without_a_price_there_is_nothing_to_cool_from() {
    let mut desk = cleared(cooling_rules());

    assert_eq!(desk.at(241).tick(), ["Halted -> VolatilityAuction"]);
    assert_eq!(desk.at(301).tick(), ["no cross", "VolatilityAuction -> Continuous"]);
}

#[test]
fn a_long_silence_passes_through_every_phase() {
    let mut desk = tripped(cooling_rules());

    let said = desk.at(9_999).tick();

    let moves = ["Halted -> VolatilityAuction", "VolatilityAuction -> Cooling", "Cooling -> Continuous"];
    assert_eq!(said.iter().filter(|text| text.contains("->")).collect::<Vec<_>>(), moves);
    assert_eq!(desk.exchange.last_trade_price(ABC), Some(Price(8_000)), "the call uncrossed on its way");
}

#[test]
fn phases_of_no_length_pass_at_once() {
    let mut desk = tripped(reopening(|r| (r.halt_ns, r.call_ns) = (0, 0)));

    let said = desk.tick();

    assert_eq!(said[0], "Halted -> VolatilityAuction");
    assert_eq!(said[3], "VolatilityAuction -> Continuous");
}

#[test]
fn the_end_of_a_call_is_drawn_from_the_seed_and_the_count_of_calls() {
    let rules = reopening(|r| r.random_end_ns = 30 * SECOND);
    let mut desk = tripped(rules);
    for (call, halt) in [(0, 1), (1, 10_000)] {
        if call == 1 {
            desk.set_breaker(Some(rules));
            desk.print_at(9_999, 10_000);
            desk.print_at(halt, 8_000);
        }
        let random = SplitMix64::new(7 + call).below(30 * SECOND.unsigned_abs() + 1);
        let end_ns = (halt + 300) * SECOND + i64::try_from(random).unwrap();
        desk.next_ns = end_ns - 1;
        desk.tick();
        assert_eq!(desk.state(), TradingState::VolatilityAuction);
        desk.tick();
        assert_eq!(desk.state(), TradingState::Continuous);
    }
}

#[test]
fn a_price_outside_the_collar_extends_the_call_and_widens_the_collar() {
    let collar = |r: &mut Reopening| {
        (r.collar_bps, r.widen_bps, r.extend_ns, r.extensions_max) = (500, 500, 10 * SECOND, 2);
    };
    let mut desk = cleared(reopening(collar));
    desk.at(241).tick();
    desk.limit(BUY, 8_000, 5);
    desk.limit(SELL, 8_000, 5);

    assert_eq!(desk.at(301).tick(), ["extended 8000 not in 9500..=10500 until 311"]);
    assert_eq!(desk.at(310).tick(), Vec::<String>::new());
    assert_eq!(desk.at(311).tick(), ["extended 8000 not in 9000..=11000 until 321"]);
    assert_eq!(desk.at(321).tick(), ["extended 8000 not in 8500..=11500 until a person"]);
    assert_eq!(desk.at(99_999).tick(), Vec::<String>::new());
    let resumed = desk.resume(false, 1);
    assert_eq!(resumed[1..], ["trade 8000x5", "uncrossed 8000x5", "VolatilityAuction -> Continuous"]);
}

#[test]
fn a_collar_that_has_widened_enough_lets_the_auction_print() {
    let collar = |r: &mut Reopening| {
        (r.collar_bps, r.widen_bps, r.extend_ns, r.extensions_max) = (1_000, 1_000, 10 * SECOND, 2);
    };
    let mut desk = cleared(reopening(collar));
    desk.at(241).tick();
    desk.limit(BUY, 8_000, 5);
    desk.limit(SELL, 8_000, 5);

    assert_eq!(desk.at(301).tick(), ["extended 8000 not in 9000..=11000 until 311"]);
    assert_eq!(desk.at(311).tick()[1..], ["uncrossed 8000x5", "VolatilityAuction -> Continuous"]);
}

#[test]
fn the_collar_does_not_know_the_price_that_tripped() {
    let mut desk = tripped(reopening(|r| (r.collar_bps, r.extensions_max) = (500, 0)));

    assert_eq!(desk.at(301).tick()[1..], ["extended 8000 not in 9500..=10500 until a person"]);
}

#[test]
fn as_many_trips_in_an_hour_wait_for_a_person() {
    let rules = BreakerRules { trips_max: 2, ..rules() };
    let mut desk = tripped(rules);
    desk.at(999).tick();
    desk.set_breaker(Some(rules));
    desk.print_at(1_000, 10_000);

    let said = desk.print_at(1_001, 20_000);

    assert_eq!(said[2..], ["tripped by Short until a person", "Continuous -> Halted"]);
    assert_eq!(desk.at(99_999).tick(), Vec::<String>::new());
}

#[test]
fn a_trip_is_forgotten_after_an_hour() {
    let rules = BreakerRules { trips_max: 2, ..rules() };
    let mut desk = tripped(rules);
    desk.at(3_599).tick();
    desk.set_breaker(Some(rules));
    desk.print_at(3_600, 10_000);

    let said = desk.print_at(3_601, 20_000);

    assert_eq!(said[2], "tripped by Short until 3901", "the first is exactly an hour old");
}

#[test]
fn a_cooling_market_takes_limits_in_its_collar_and_a_tenth_of_the_usual_size() {
    let mut desk = cleared(cooling_rules());
    desk.at(241).tick();
    desk.limit(BUY, 10_000, 5);
    desk.limit(SELL, 10_000, 5);
    desk.at(301).tick();

    assert_eq!(desk.state(), TradingState::Cooling);
    assert_eq!(desk.market(BUY, 1), ["refused 407 0 0"]);
    assert_eq!(desk.limit(BUY, 10_501, 1), ["refused 411 10501 10500"]);
    assert_eq!(desk.limit(SELL, 9_499, 1), ["refused 411 9499 9500"]);
    assert_eq!(desk.limit(BUY, 9_600, 101), ["refused 304 101 100"]);
    assert_eq!(desk.limit(BUY, 9_600, 100), ["posted 9600"]);
    let resting = desk.last_order();
    assert_eq!(desk.amend(1, resting, None, Some(101)), ["refused 304 101 100"]);
    assert_eq!(
        desk.amend(1, resting, None, Some(1_001)),
        ["refused 304 1001 100"],
        "the limit in force, not the usual one"
    );
    assert_eq!(desk.amend(1, resting, None, Some(50)), Vec::<String>::new());
    assert_eq!(desk.limit(SELL, 9_600, 1), ["trade 9600x1"]);
    desk.at(361).tick();
    assert_eq!(desk.limit(BUY, 9_000, 1_000), ["posted 9000"]);
}

#[test]
fn a_break_while_it_cools_halts_nothing() {
    let mut desk = cleared(cooling_rules());
    desk.limit(BUY, 9_000, 9);
    desk.at(241).tick();
    desk.limit(BUY, 9_000, 5);
    desk.limit(BUY, 10_000, 5);
    desk.limit(SELL, 10_000, 5);
    desk.at(301).tick();

    let said = desk.limit(SELL, 9_500, 5);

    assert_eq!(said, ["posted 9500"], "nothing to meet");
    desk.at(302);
    desk.limit(BUY, 9_500, 5);
    desk.limit(SELL, 9_600, 1);
    let resting = desk.last_order();
    assert_eq!(desk.amend(2, resting, Some(9_500), None), ["posted 9500"]);
    assert_eq!(desk.state(), TradingState::Cooling);
}

#[test]
fn gtd_orders_end_during_a_halt() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    desk.enter(BUY, 7_000, 1, |order| order.tif = model::TimeInForce::Gtd { expire_ns: 100 * SECOND });
    desk.print_at(1, 8_000);
    assert_eq!(desk.state(), TradingState::Halted);
    let before = desk.exchange.open_count();

    desk.at(100).tick();

    assert_eq!(desk.exchange.open_count(), before - 1);
}
