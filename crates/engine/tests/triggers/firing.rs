//! What fires, when, and in which order (rules; rows B-04 to B-08 of the list of mistakes).

use crate::desk::{ABC, Desk, MAKER, OWNER, XYZ, accepted, fired, fired_ids, told};
use engine::OrderStatus;
use model::{
    AmendOrder, BreakerEvent, CancelOrder, Cause, ClOrdId, Command, EndReason, EventKind, Limits, MassCancel, NewOrder,
    OrderId, OrderRef, Price, Qty, Side, TimeInForce, TradingState, Trigger, TriggerKind, TriggerSource,
};

fn stop_loss(price: i64) -> Trigger {
    Trigger::at(TriggerKind::StopLoss, Price(price))
}

/// A sell stop-loss of the owner at a price.
fn sell_stop(desk: &mut Desk, price: i64) -> OrderId {
    let order = desk.market(Side::Sell);
    desk.wait(order, stop_loss(price))
}

fn amend_trigger(desk: &mut Desk, order_id: OrderId, id: &str, price: i64) -> Vec<EventKind> {
    let amend = AmendOrder {
        account: OWNER,
        cl_ord_id: ClOrdId::new(id).expect("an id that fits"),
        target: OrderRef::Order(order_id),
        order_qty: None,
        price: None,
        display_qty: None,
        tif: None,
        stp: None,
        trigger_price: Some(Price(price)),
        seen_cum_qty: None,
    };
    desk.apply(&Command::Amend(amend)).iter().map(|event| event.kind).collect()
}

#[test]
fn b04_an_amended_trigger_fires_at_its_new_price_only_and_is_cancelled_there() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let (moved, cancelled) = (sell_stop(&mut desk, 95), sell_stop(&mut desk, 95));
    for (order_id, name) in [(moved, "m"), (cancelled, "c")] {
        let told = amend_trigger(&mut desk, order_id, name, 90);
        assert!(matches!(told[..], [EventKind::OrderReplaced(replaced)] if replaced.priority_kept), "{told:?}");
    }

    assert_eq!(fired_ids(&desk.print(ABC, 94)), []);
    let target = OrderRef::Order(cancelled);
    desk.apply(&Command::Cancel(CancelOrder { account: OWNER, target, unlink: false }));
    assert_eq!(desk.waiting(), [moved]);
    assert_eq!(fired(&desk.print(ABC, 90)), [(moved, 90, 180)]);
}

#[test]
fn b05_a_strict_stop_at_the_touch_keeps_waiting() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let order = desk.market(Side::Sell);
    let strict = desk.wait(order, Trigger { strict: true, ..stop_loss(95) });
    let reached = sell_stop(&mut desk, 95);

    assert_eq!(fired_ids(&desk.print(ABC, 95)), [reached]);
    assert_eq!(desk.waiting(), [strict]);
    assert_eq!(fired_ids(&desk.print(ABC, 94)), [strict]);
}

#[test]
fn b06_a_trade_in_one_instrument_fires_nothing_in_another() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let waiting = sell_stop(&mut desk, 95);

    assert_eq!(fired_ids(&desk.print(XYZ, 50)), []);
    assert_eq!(desk.waiting(), [waiting]);
    assert_eq!(fired_ids(&desk.print(ABC, 95)), [waiting]);
}

#[test]
fn b07_a_gap_fires_sells_from_above_and_buys_from_below_and_the_older_of_equals() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let sells = [97, 99, 95, 99].map(|price| sell_stop(&mut desk, price));
    let events = desk.print(ABC, 94);
    assert_eq!(fired_ids(&events), [sells[1], sells[3], sells[0], sells[2]]);

    let buys = [103, 101, 105].map(|price| {
        let order = desk.market(Side::Buy);
        desk.wait(order, stop_loss(price))
    });
    assert_eq!(fired_ids(&desk.print(ABC, 106)), [buys[1], buys[0], buys[2]]);
}

#[test]
fn b07_a_sweep_cannot_skip_a_stop() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let reached = sell_stop(&mut desk, 91);
    for price in [98, 94, 90] {
        desk.quote(ABC, Side::Buy, price, 1);
    }
    let sweep = NewOrder { order_qty: Qty(3), ..desk.order(MAKER, Side::Sell, 90) };
    let sweep = NewOrder { stp: Some(model::StpMode::None), ..sweep };

    let events = desk.apply(&Command::NewOrder(sweep));

    assert_eq!(fired(&events), [(reached, 91, 180)]);
    let causes: Vec<Cause> = events.iter().map(|event| event.cause).collect();
    let first = causes.iter().position(|cause| *cause == Cause::Trigger).unwrap();
    assert_eq!(causes[..first], [Cause::Command; 4], "the order and its trades come first: {events:?}");
    assert!(causes[first..].iter().all(|cause| *cause == Cause::Trigger), "then what they fired: {events:?}");
}

#[test]
fn b08_a_stop_expires_by_time_and_by_day() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let expire_ns = desk.now_ns + 10;
    let gtd = NewOrder { tif: TimeInForce::Gtd { expire_ns }, ..desk.market(Side::Sell) };
    let gtd = desk.wait(gtd, stop_loss(95));
    let day = NewOrder { tif: TimeInForce::Day, ..desk.market(Side::Sell) };
    let day = desk.wait(day, stop_loss(95));
    desk.now_ns = expire_ns;

    let ended = |events: &[model::Event]| -> Vec<(OrderId, EndReason)> {
        told(events, |kind| {
            let EventKind::OrderExpired(ended) = kind else { return None };
            Some((ended.order_id, ended.reason))
        })
    };
    let events = desk.apply(&Command::Tick);
    assert_eq!(ended(&events), [(gtd, EndReason::Gtd)]);
    let events = desk.state(ABC, TradingState::Closed);
    assert_eq!(ended(&events), [(day, EndReason::Day)]);
    assert_eq!(desk.waiting(), []);
    let left = desk.exchange.balance(OWNER, model::AssetId(1)).reserved;
    assert_eq!(left.0, 0, "nothing is held for what has ended");
}

#[test]
fn b08_side_and_kind_give_the_direction_and_what_fired_is_gone() {
    let cases = [
        (Side::Sell, TriggerKind::StopLoss, 95),
        (Side::Sell, TriggerKind::TakeProfit, 105),
        (Side::Sell, TriggerKind::IfTouched, 105),
        (Side::Buy, TriggerKind::StopLoss, 105),
        (Side::Buy, TriggerKind::TakeProfit, 95),
        (Side::Buy, TriggerKind::IfTouched, 95),
    ];
    for (side, kind, price) in cases {
        let mut desk = Desk::new();
        desk.print(ABC, 100);
        let order = desk.market(side);
        let waiting = desk.wait(order, Trigger::at(kind, Price(price)));
        let away = 200 - price;

        assert_eq!(fired_ids(&desk.print(ABC, away)), [], "{side:?} {kind:?} at {away}");
        assert_eq!(fired_ids(&desk.print(ABC, price)), [waiting], "{side:?} {kind:?} at {price}");
        assert_eq!(desk.waiting(), []);
        assert_eq!(fired_ids(&desk.print(ABC, price)), [], "it fires once");
    }
}

#[test]
fn bids_asks_and_middles_are_those_displayed_and_exact() {
    let mut desk = Desk::new();
    desk.quote(ABC, Side::Buy, 100, 5);
    desk.quote(ABC, Side::Sell, 110, 5);
    let mut on = |source, price| {
        let order = desk.market(Side::Buy);
        desk.wait(order, Trigger { source, ..stop_loss(price) })
    };
    let (bid, mid) = (on(TriggerSource::Bid, 103), on(TriggerSource::Mid, 106));
    let hidden = NewOrder { display: model::Display::Hidden, ..desk.order(MAKER, Side::Buy, 105) };

    assert_eq!(fired_ids(&desk.apply(&Command::NewOrder(hidden))), [], "what is hidden is not the bid");
    let bid_101 = desk.order(MAKER, Side::Buy, 101);
    assert_eq!(fired_ids(&desk.apply(&Command::NewOrder(bid_101))), [], "105.5 is below 106");
    let bid_102 = desk.order(MAKER, Side::Buy, 102);
    assert_eq!(fired(&desk.apply(&Command::NewOrder(bid_102))), [(mid, 106, 212)]);
    assert_eq!(desk.waiting(), [bid]);
}

#[test]
fn a_mark_that_is_too_old_fires_nothing_unless_trades_stand_in() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    desk.mark(100, 50);
    let mut on_mark = |fall_back| {
        let order = desk.market(Side::Sell);
        desk.wait(order, Trigger { source: TriggerSource::Mark, fall_back, ..stop_loss(95) })
    };
    let (bound, falling_back) = (on_mark(false), on_mark(true));
    assert_eq!(fired_ids(&desk.print(ABC, 90)), [], "trades do not count while the mark is fresh");
    desk.now_ns += 100;

    let events = desk.apply(&Command::Tick);
    let stale = |kind: &EventKind| matches!(kind, EventKind::Breaker(BreakerEvent::ReferenceStale { .. }));
    assert!(events.iter().any(|event| stale(&event.kind) && event.cause == Cause::Timer), "{events:?}");
    let events = desk.print(ABC, 91);
    assert_eq!(fired(&events), [(falling_back, 95, 182)]);
    let sources: Vec<TriggerSource> = told(&events, |kind| {
        let EventKind::OrderTriggered(fired) = kind else { return None };
        Some(fired.source)
    });
    assert_eq!(sources, [TriggerSource::Last]);
    assert_eq!(fired_ids(&desk.mark(95, 50)), [bound]);
}

#[test]
fn a_mark_that_comes_back_unchanged_is_seen_by_those_who_had_fallen_back() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    desk.mark(100, 50);
    let order = desk.market(Side::Sell);
    let trigger = Trigger { source: TriggerSource::Mark, fall_back: true, ..Trigger::trailing(Price(5)) };
    let order_id = desk.wait(order, trigger);
    assert_eq!(fired_ids(&desk.mark(100, 50)), []);
    desk.now_ns += 100;
    desk.print(ABC, 120);
    assert_eq!(desk.trigger_price(order_id), Some(115), "it followed trades");

    assert_eq!(fired(&desk.mark(100, 50)), [(order_id, 115, 200)]);
}

#[test]
fn prices_of_an_auction_are_seen_once_trading_can_trigger_again() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let waiting = sell_stop(&mut desk, 95);
    desk.state(ABC, TradingState::ClosingAuction);
    desk.quote(ABC, Side::Buy, 90, 2);
    desk.quote(ABC, Side::Sell, 90, 2);

    let closed = desk.state(ABC, TradingState::Closed);
    assert_eq!(fired_ids(&closed), [], "nothing fires in a closed market");
    assert_eq!(fired_ids(&desk.state(ABC, TradingState::PreOpen)), []);
    let opened = desk.state(ABC, TradingState::Continuous);
    assert_eq!(fired(&opened), [(waiting, 95, 180)], "the closing price is kept");
}

#[test]
fn too_many_triggers_in_one_command_end_in_an_auction() {
    let mut desk = Desk::with(Limits { triggers_max: 2, ..Limits::default() });
    desk.print(ABC, 100);
    let stops = [95, 96, 97].map(|price| sell_stop(&mut desk, price));

    let events = desk.print(ABC, 90);

    assert_eq!(fired_ids(&events), [stops[2], stops[1]]);
    assert_eq!(desk.exchange.state(ABC), Some(TradingState::VolatilityAuction));
    assert_eq!(desk.waiting(), [stops[0]], "the others wait on");
    assert!(events.iter().any(|event| event.cause == Cause::Breaker), "{events:?}");
}

#[test]
fn a_mass_cancel_takes_waiting_orders_too() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let stops = [95, 96].map(|price| sell_stop(&mut desk, price));

    let events = desk.apply(&Command::MassCancel(MassCancel { account: Some(OWNER), ..MassCancel::default() }));

    let ended: Vec<OrderId> = told(&events, |kind| {
        let EventKind::OrderCanceled(ended) = kind else { return None };
        Some(ended.order_id)
    });
    assert_eq!(ended, stops);
    assert_eq!(desk.waiting(), []);
}

#[test]
fn an_immediate_stop_fires_at_entry_and_the_blotter_follows() {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    let order = desk.order(OWNER, Side::Sell, 101);
    let events = desk.stop(order, stop_loss(95));
    let waiting = accepted(&events);
    assert!(matches!(events[1].kind, EventKind::OrderSuspended(told) if told.trigger_price == Some(Price(95))));
    assert_eq!(desk.status(waiting), OrderStatus::Suspended);

    let order = desk.order(OWNER, Side::Sell, 101);
    let events = desk.stop(order, Trigger { allow_immediate: true, ..stop_loss(100) });
    let at_once = accepted(&events);
    assert_eq!(fired(&events), [(at_once, 100, 200)]);
    assert!(matches!(events.last().unwrap().kind, EventKind::OrderPosted(_)), "{events:?}");
    assert_eq!(desk.status(at_once), OrderStatus::New);
}
