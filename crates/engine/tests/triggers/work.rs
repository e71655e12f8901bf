//! Triggered orders at work: their checks, what they become, and what lets them wait again (rules ).

use crate::desk::{ABC, Desk, MAKER, OWNER, fired_ids, told};
use engine::OrderStatus;
use model::{
    BreakerRules, Command, EndReason, Event, EventKind, NewOrder, OrderId, PostOnly, Price, Qty, RejectReason, Side,
    StpMode, TimeInForce, TradingState, Trigger, TriggerKind, Window,
};

fn stop_loss(price: i64) -> Trigger {
    Trigger::at(TriggerKind::StopLoss, Price(price))
}

fn refused(events: &[Event]) -> Vec<(OrderId, RejectReason)> {
    told(events, |kind| {
        let EventKind::TriggerRejected(refused) = kind else { return None };
        Some((refused.order_id, refused.reason))
    })
}

#[test]
fn a_post_only_order_that_would_take_is_refused_and_holds_nothing_more() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let order = NewOrder { post_only: PostOnly::Reject, ..desk.order(OWNER, Side::Sell, 90) };
    let order_id = desk.wait(order, stop_loss(95));
    desk.quote(ABC, Side::Buy, 92, 1);
    assert_eq!(desk.exchange.balance(OWNER, model::AssetId(1)).reserved.0, 1);

    let events = desk.print(ABC, 95);

    assert_eq!(refused(&events), [(order_id, RejectReason::PostOnlyWouldTrade)]);
    assert_eq!(desk.exchange.order(order_id), None);
    assert_eq!(desk.status(order_id), OrderStatus::Rejected);
    assert_eq!(desk.exchange.balance(OWNER, model::AssetId(1)).reserved.0, 0);
}

#[test]
fn a_reduce_only_stop_is_measured_when_it_works() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let order = NewOrder { account: MAKER, reduce_only: true, order_qty: Qty(5), ..desk.market(Side::Sell) };
    let nothing_to_reduce = desk.wait(order, stop_loss(95));
    assert_eq!(refused(&desk.print(ABC, 95)), [(nothing_to_reduce, RejectReason::ReduceOnly)]);

    let sold = desk.market(Side::Sell);
    desk.quote(ABC, Side::Buy, 94, 3);
    desk.apply(&Command::NewOrder(NewOrder { order_qty: Qty(3), tif: TimeInForce::Ioc, ..sold }));
    let order = NewOrder { account: MAKER, reduce_only: true, order_qty: Qty(5), ..desk.order(MAKER, Side::Sell, 80) };
    let order = NewOrder { stp: Some(StpMode::CancelOldest), ..order };
    let capped = desk.wait(order, stop_loss(90));
    let events = desk.print(ABC, 90);
    let restated = events.iter().any(|event| {
        matches!(event.kind, EventKind::OrderRestated { order_id, leaves_qty: Qty(3), reason: EndReason::ReduceOnly, .. }
            if order_id == capped)
    });
    assert!(restated, "{events:?}");
}

#[test]
fn a_fill_or_kill_waits_and_is_measured_when_it_works() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let order = NewOrder { tif: TimeInForce::Fok, order_qty: Qty(5), ..desk.order(OWNER, Side::Sell, 90) };
    let order_id = desk.wait(order, stop_loss(95));
    desk.quote(ABC, Side::Buy, 93, 4);

    let events = desk.print(ABC, 95);

    let killed = events.iter().any(|event| {
        matches!(event.kind, EventKind::OrderCanceled(ended) if ended.order_id == order_id && ended.reason == EndReason::Fok)
    });
    assert!(killed, "{events:?}");
}

#[test]
fn a_market_order_goes_as_far_as_the_slippage_of_that_moment() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let order = NewOrder { order_qty: Qty(3), ..desk.market(Side::Sell) };
    let order_id = desk.wait(order, stop_loss(95));
    for price in [94, 90, 84] {
        desk.quote(ABC, Side::Buy, price, 1);
    }
    let events = desk.print(ABC, 95);

    let sold: Vec<i64> = told(&events, |kind| {
        let EventKind::Trade(trade) = kind else { return None };
        (trade.sell.order_id == order_id).then_some(trade.price.0)
    });
    assert_eq!(sold, [94, 90], "84 is more than 10 % below 94");
    assert_eq!(desk.blotter.order(order_id).unwrap().reason, Some(EndReason::Protection));
}

#[test]
fn what_a_triggered_order_trades_fires_the_next_one() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let stops = [98, 95, 91].map(|price| {
        let order = desk.market(Side::Sell);
        desk.wait(order, stop_loss(price))
    });
    for price in [94, 90, 88] {
        desk.quote(ABC, Side::Buy, price, 1);
    }

    assert_eq!(fired_ids(&desk.print(ABC, 98)), stops, "each is fired by the one before");
    assert_eq!(desk.exchange.last_trade_price(ABC), Some(Price(88)));
}

#[test]
fn one_whose_market_stops_before_its_turn_waits_again_as_it_was() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let rules = BreakerRules {
        static_bps: 0,
        windows: [Window { length_ns: 1_000_000, bps: 500 }, Window { length_ns: 0, bps: 0 }],
        ..BreakerRules::default()
    };
    desk.apply(&Command::SetBreaker { instrument: ABC, rules: Some(Box::new(rules)) });
    desk.print(ABC, 100);
    let first = NewOrder { order_qty: Qty(2), ..desk.market(Side::Sell) };
    let first = desk.wait(first, stop_loss(99));
    let second = desk.market(Side::Sell);
    let second = desk.wait(second, Trigger::trailing(Price(2)));
    desk.quote(ABC, Side::Buy, 97, 1);
    desk.quote(ABC, Side::Buy, 91, 1);

    let events = desk.print(ABC, 98);

    assert_eq!(fired_ids(&events), [first, second]);
    assert_eq!(desk.exchange.state(ABC), Some(TradingState::Halted), "the first broke a band: {events:?}");
    assert_eq!(desk.waiting(), [second]);
    assert_eq!(desk.trigger_price(second), Some(98));
    assert_eq!(desk.status(second), OrderStatus::Suspended);
}
