//! Trailing stops: how their trigger follows (rules; row B-09 of the list of mistakes).

use crate::desk::{ABC, Desk, MAKER, OWNER, fired, fired_ids};
use model::{
    Command, Display, EventKind, NewOrder, OrdType, OrderId, Price, Qty, Side, StpMode, TimeInForce, Trigger,
    TriggerKind,
};

fn trailing(amount: i64) -> Trigger {
    Trigger::trailing(Price(amount))
}

fn by_bps(bps: u32) -> Trigger {
    Trigger { trail_amount: None, trail_bps: Some(bps), ..trailing(1) }
}

fn wait(desk: &mut Desk, side: Side, trigger: Trigger) -> OrderId {
    let order =
        NewOrder { protection_price: Some(Price(if side == Side::Buy { 500 } else { 1 })), ..desk.market(side) };
    desk.wait(order, trigger)
}

#[test]
fn a_sell_follows_the_highest_price_and_fires_below() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let order_id = wait(&mut desk, Side::Sell, trailing(5));
    assert_eq!(desk.trigger_price(order_id), Some(95));

    desk.print(ABC, 120);
    assert_eq!(desk.trigger_price(order_id), Some(115));
    desk.print(ABC, 116);
    assert_eq!(desk.trigger_price(order_id), Some(115), "it never goes back");
    assert_eq!(fired(&desk.print(ABC, 114)), [(order_id, 115, 228)]);
}

#[test]
fn a_buy_follows_the_lowest_price_and_fires_above() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let order_id = wait(&mut desk, Side::Buy, by_bps(1_000));
    assert_eq!(desk.trigger_price(order_id), Some(110));

    desk.print(ABC, 85);
    assert_eq!(desk.trigger_price(order_id), Some(94), "93.5 away from the market");
    assert_eq!(fired_ids(&desk.print(ABC, 93)), []);
    assert_eq!(fired(&desk.print(ABC, 95)), [(order_id, 94, 190)]);
}

#[test]
fn it_waits_for_its_activation_price() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let order_id = wait(&mut desk, Side::Sell, Trigger { activation_price: Some(Price(110)), ..trailing(5) });
    assert_eq!(desk.trigger_price(order_id), None);

    assert_eq!(fired_ids(&desk.print(ABC, 50)), [], "before it is active nothing fires it");
    desk.print(ABC, 110);
    assert_eq!(desk.trigger_price(order_id), Some(105));
}

#[test]
fn its_first_price_is_a_floor_that_fires_alone() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let floor = Trigger { price: Some(Price(98)), ..trailing(5) };
    let early = wait(&mut desk, Side::Sell, floor);
    assert_eq!(desk.trigger_price(early), Some(98));
    assert_eq!(fired(&desk.print(ABC, 97)), [(early, 98, 194)]);

    desk.print(ABC, 100);
    let late = wait(&mut desk, Side::Sell, floor);
    desk.print(ABC, 110);
    assert_eq!(desk.trigger_price(late), Some(105), "it has followed beyond its floor");
    assert_eq!(fired(&desk.print(ABC, 90)), [(late, 105, 180)], "once, at the better of both");
    assert_eq!(desk.waiting(), []);
}

#[test]
fn a_step_lets_it_follow_only_so_far_apart() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let order_id = wait(&mut desk, Side::Sell, Trigger { step: Some(Price(10)), ..trailing(5) });

    desk.print(ABC, 109);
    assert_eq!(desk.trigger_price(order_id), Some(95));
    desk.print(ABC, 110);
    assert_eq!(desk.trigger_price(order_id), Some(105));
}

#[test]
fn it_starts_to_follow_with_the_first_price_where_there_is_none_yet() {
    let mut desk = Desk::new();
    let order_id = wait(&mut desk, Side::Sell, trailing(5));
    assert_eq!(desk.trigger_price(order_id), None);

    desk.print(ABC, 80);
    assert_eq!(desk.trigger_price(order_id), Some(75));
}

#[test]
fn orders_that_joined_at_different_prices_follow_together_from_a_new_high() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let high = wait(&mut desk, Side::Sell, trailing(5));
    desk.print(ABC, 97);
    let low = wait(&mut desk, Side::Sell, trailing(3));
    assert_eq!((desk.trigger_price(high), desk.trigger_price(low)), (Some(95), Some(94)));

    desk.print(ABC, 99);
    assert_eq!((desk.trigger_price(high), desk.trigger_price(low)), (Some(95), Some(96)));
    desk.print(ABC, 101);
    assert_eq!((desk.trigger_price(high), desk.trigger_price(low)), (Some(96), Some(98)));
    assert_eq!(fired_ids(&desk.print(ABC, 95)), [low, high], "the nearest to the high first");
}

#[test]
fn b09_it_keeps_its_id_and_everything_it_was_given() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let order = NewOrder {
        price: None,
        order_qty: Qty(6),
        tif: TimeInForce::Day,
        stp: Some(StpMode::CancelBoth),
        display: Display::Iceberg { display_qty: Qty(2), threshold: Qty(0), variance_bps: 0 },
        ..desk.order(OWNER, Side::Sell, 1)
    };
    let order_id = desk.wait(order, Trigger { limit_offset: Some(Price(2)), ..trailing(5) });

    let events = desk.print(ABC, 94);

    assert_eq!(fired(&events), [(order_id, 95, 188)]);
    let rests = desk.exchange.order(order_id).unwrap();
    assert_eq!((rests.ord_type, rests.price), (OrdType::Limit, Some(Price(93))), "a limit behind its trigger");
    assert_eq!((rests.tif, rests.cl_ord_id), (TimeInForce::Day, order.cl_ord_id));
    assert_eq!((rests.leaves_qty, rests.displayed_qty, rests.waits), (Qty(6), Qty(2), false));
    let own = desk.order(OWNER, Side::Buy, 93);
    let own = NewOrder { stp: Some(StpMode::CancelBoth), ..own };
    let met = desk.apply(&Command::NewOrder(own));
    assert!(met.iter().any(|event| matches!(event.kind, EventKind::TradePrevented(_))), "{met:?}");
}

#[test]
fn b09_one_of_type_market_is_never_a_limit_without_a_price() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let order_id = wait(&mut desk, Side::Sell, trailing(5));
    desk.quote(ABC, Side::Buy, 93, 5);
    let quoted = desk.order(MAKER, Side::Sell, 93);

    let events = desk.apply(&Command::NewOrder(NewOrder { stp: Some(StpMode::None), ..quoted }));

    let sold = events.iter().any(|event| {
        matches!(event.kind, EventKind::Trade(trade) if trade.sell.order_id == order_id && trade.price == Price(93))
    });
    assert!(sold, "{events:?}");
    assert_eq!(desk.exchange.order(order_id), None);
}

#[test]
fn kinds_of_stops_stand_side_by_side() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let trails = wait(&mut desk, Side::Sell, trailing(5));
    let stays = wait(&mut desk, Side::Sell, Trigger::at(TriggerKind::StopLoss, Price(96)));
    let strict = wait(&mut desk, Side::Sell, Trigger { strict: true, ..by_bps(500) });

    assert_eq!(fired_ids(&desk.print(ABC, 95)), [stays, trails], "a strict one is not passed yet");
    assert_eq!(fired_ids(&desk.print(ABC, 94)), [strict]);
}
