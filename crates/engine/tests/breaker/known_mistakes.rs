//! Designs that SEMANTICS 14 lists as mistakes; each of these tests fails on the wrong one.

use model::{BreakerRules, Money, OrdType, Peg, PegReference, Qty, TimeInForce, TradingState};

use crate::desk::{ABC, BUY, Desk, SECOND, SELL, cooling_rules, rules};

/// A reference that is the first price ever halts a drift of 0.05 % in five minutes after sixteen hours.
#[test]
fn b_30_the_reference_moves_with_time() {
    let mut desk = Desk::with(BreakerRules { spread: rules().spread, ..BreakerRules::default() });
    let mut price = 1_000_000;
    for step in 0..20 * 12 {
        let said = desk.print_at(step * 300, price);
        assert_eq!(said[0], format!("trade {price}x1"));
        price += price / 2_000;
    }

    assert!(price > 1_120_000, "further from the first price than any band: {price}");
    assert_eq!(desk.state(), TradingState::Continuous);
}

/// A wall clock would give another story at another time, and would not let a halt end at once.
#[test]
fn b_31_time_is_that_of_the_commands() {
    let story = |start: i64| {
        let mut desk = Desk::with(cooling_rules());
        let mut said = desk.print_at(start, 10_000);
        said.extend(desk.print_at(start + 1, 8_000).into_iter().filter(|text| !text.starts_with("tripped")));
        for second in [240, 241, 300, 301, 360, 361] {
            said.push(format!("at {second}"));
            said.extend(desk.at(start + second).tick());
        }
        (said, desk.exchange.state_hash())
    };

    assert_eq!(story(0), story(0));
    assert_eq!(story(0).0, story(8_000_000_000).0);
    assert_eq!(story(0).0.last().unwrap(), "Cooling -> Continuous");
}

/// A state that nobody leaves: after its time a halt becomes a call, an auction, a limited market and a normal one.
#[test]
fn b_32_a_halt_ends_by_itself_and_every_state_after_it_too() {
    let mut desk = Desk::with(cooling_rules());
    desk.print_at(0, 10_000);
    desk.print_at(1, 8_000);
    let mut states = vec![desk.state()];
    for second in 2..400 {
        desk.at(second).tick();
        states.push(desk.state());
    }
    states.dedup();

    let expected =
        [TradingState::Halted, TradingState::VolatilityAuction, TradingState::Cooling, TradingState::Continuous];
    assert_eq!(states, expected);
    assert_eq!(desk.limit(BUY, 8_000, 1), ["posted 8000"]);
}

/// One way to take a bid.
type Way = fn(&mut Desk);

/// A price that some way into the book does not check.
#[test]
fn b_33_no_way_to_a_trade_goes_around_the_bands() {
    let ways: [(&str, Way); 8] = [
        ("limit", |desk| drop(desk.limit(SELL, 8_000, 1))),
        ("market", |desk| drop(desk.market(SELL, 1))),
        ("immediate", |desk| drop(desk.enter(SELL, 8_000, 1, |order| order.tif = TimeInForce::Ioc))),
        ("all or none", |desk| drop(desk.enter(SELL, 8_000, 1, |order| order.tif = TimeInForce::Fok))),
        ("market to limit", |desk| {
            desk.enter(SELL, 0, 1, |order| (order.ord_type, order.price) = (OrdType::MarketToLimit, None));
        }),
        ("amend", |desk| {
            desk.limit(SELL, 9_500, 1);
            let resting = desk.last_order();
            desk.amend(2, resting, Some(8_000), None);
        }),
        ("pegged", |desk| {
            let peg = Some(Peg { reference: PegReference::Far, offset_ticks: 0 });
            desk.enter(SELL, 8_000, 1, |order| (order.ord_type, order.peg) = (OrdType::Pegged, peg));
        }),
        ("at least", |desk| {
            desk.enter(SELL, 8_000, 1, |order| (order.tif, order.min_qty) = (TimeInForce::Ioc, Qty(1)));
        }),
    ];
    for (way, go) in ways {
        let mut desk = Desk::with(rules());
        desk.print_at(0, 10_000);
        desk.limit(BUY, 8_000, 1);
        desk.at(1);
        go(&mut desk);

        assert_eq!(desk.exchange.last_trade_price(ABC).unwrap().0, 10_000, "{way}");
        assert_eq!(desk.book(BUY), [(8_000, 1)], "{way}");
    }
}

#[test]
fn b_33_a_budget_and_a_reopening_meet_their_bounds_too() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    desk.limit(SELL, 12_000, 9);
    desk.enter(BUY, 0, 0, |order| {
        (order.ord_type, order.tif, order.price) = (OrdType::Market, TimeInForce::Ioc, None);
        order.quote_qty = Some(Money(99_999));
    });
    assert_eq!(desk.exchange.last_trade_price(ABC).unwrap().0, 10_000);

    let mut rules = rules();
    rules.reopening.collar_bps = 1_000;
    let mut desk = Desk::with(rules);
    desk.print_at(0, 10_000);
    desk.print_at(1, 8_000);
    desk.at(999).tick();
    assert_eq!(desk.exchange.last_trade_price(ABC).unwrap().0, 10_000, "8,000 is outside the collar");
}

/// Looking at a trade after it has printed lets the bad print stand.
#[test]
fn b_34_the_price_is_asked_before_it_prints() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    for price in [9_500, 9_001, 8_999, 100] {
        desk.limit(BUY, price, 1);
    }

    let said = desk.at(1).market(SELL, 4);

    let broken = said.iter().position(|text| text.starts_with("broken 8999")).unwrap();
    assert_eq!(said[..broken], ["trade 9500x1", "trade 9001x1"]);
    assert!(!said[broken..].iter().any(|text| text.starts_with("trade")), "{said:?}");
    assert_eq!(desk.book(BUY), [(8_999, 1), (100, 1)], "who would have sold at 89.99 keeps his order");
}

/// A halt touches no order, so its size does not matter, and cancels are taken while it lasts.
#[test]
fn a_halt_of_many_orders_says_two_things_and_takes_every_cancel() {
    let mut desk = Desk::with(rules());
    let mut ids = Vec::new();
    for at in 0..2_000 {
        desk.quietly(|desk| drop(desk.limit(BUY, 5_000 + at, 1)));
        ids.push(desk.last_order());
    }

    assert_eq!(desk.halt(0, 1), ["halt until a person", "Continuous -> Halted"]);
    assert_eq!(desk.exchange.open_count(), ids.len());
    desk.next_ns += 10 * SECOND;
    for id in ids {
        let said = desk.quietly(|desk| desk.cancel(1, id));
        assert_eq!(said, ["canceled 1 USER"]);
    }
    assert_eq!(desk.exchange.open_count(), 0);
}
