//! Stops that are not let in, a reason each (rules ), and nothing else changed.

use crate::desk::{ABC, Desk, MAKER, OWNER};
use model::{
    AmendOrder, ClOrdId, Command, Display, EventKind, InstrumentId, NewOrder, OrdType, OrderRef, PRICE_MAX, Peg,
    PegReference, PostOnly, Price, Qty, ReferenceKind, RejectReason, SetReference, Side, TimeInForce, TradingState,
    Trigger, TriggerKind, TriggerSource,
};

fn stop_loss(price: i64) -> Trigger {
    Trigger::at(TriggerKind::StopLoss, Price(price))
}

fn trailing(amount: i64) -> Trigger {
    Trigger::trailing(Price(amount))
}

fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.print(ABC, 100);
    desk
}

#[test]
fn a_form_that_does_not_fit() {
    let mut desk = desk();
    let market = desk.market(Side::Sell);
    let limit = desk.order(OWNER, Side::Sell, 90);
    let peg = Some(Peg { reference: PegReference::Near, offset_ticks: 0 });
    let cases = [
        (NewOrder { price: None, ..limit }, stop_loss(95), RejectReason::PriceMissing),
        (NewOrder { price: None, ..limit }, trailing(5), RejectReason::PriceMissing),
        (NewOrder { price: Some(Price(90)), ..market }, stop_loss(95), RejectReason::PriceNotAllowed),
        (limit, Trigger { limit_offset: Some(Price(1)), ..trailing(5) }, RejectReason::PriceNotAllowed),
        (NewOrder { peg, ..limit }, stop_loss(95), RejectReason::FieldNotAllowed),
        (NewOrder { protection_price: Some(Price(80)), ..limit }, stop_loss(95), RejectReason::FieldNotAllowed),
        (NewOrder { tif: TimeInForce::Gfa, ..market }, stop_loss(95), RejectReason::TifNotAllowed),
        (NewOrder { min_qty: Qty(1), ..market }, stop_loss(95), RejectReason::ExecInstNotAllowed),
        (NewOrder { post_only: PostOnly::Reject, ..market }, stop_loss(95), RejectReason::ExecInstNotAllowed),
        (
            NewOrder { display: Display::Hidden, tif: TimeInForce::Ioc, ..limit },
            stop_loss(95),
            RejectReason::ExecInstNotAllowed,
        ),
        (market, Trigger { price: None, ..stop_loss(95) }, RejectReason::TriggerPriceMissing),
        (market, Trigger { trail_bps: Some(5), ..trailing(5) }, RejectReason::TrailKind),
        (market, Trigger { trail_amount: None, ..trailing(5) }, RejectReason::TrailKind),
        (market, Trigger { step: Some(Price(1)), ..stop_loss(95) }, RejectReason::TriggerNotAllowed),
        (market, Trigger { limit_offset: Some(Price(1)), ..trailing(5) }, RejectReason::TriggerNotAllowed),
        (market, Trigger { fall_back: true, ..stop_loss(95) }, RejectReason::TriggerNotAllowed),
        (NewOrder { ord_type: OrdType::MarketToLimit, ..market }, stop_loss(95), RejectReason::TriggerNotAllowed),
    ];
    for (order, trigger, reason) in cases {
        let id = desk.market(Side::Sell).cl_ord_id;
        let order = NewOrder { cl_ord_id: id, ..order };
        assert_eq!(desk.refusal(order, trigger), (reason, 0, 0), "{order:?} {trigger:?}");
    }
}

#[test]
fn numbers_that_are_out_of_range() {
    let mut desk = desk();
    let max = i128::from(PRICE_MAX.0);
    let cases = [
        (trailing(0), (RejectReason::TrailOffset, 0, 1)),
        (trailing(PRICE_MAX.0 + 1), (RejectReason::TrailOffset, max + 1, 1)),
        (Trigger { trail_amount: None, trail_bps: Some(0), ..trailing(5) }, (RejectReason::TrailOffset, 0, 9_999)),
        (
            Trigger { trail_amount: None, trail_bps: Some(10_000), ..trailing(5) },
            (RejectReason::TrailOffset, 10_000, 9_999),
        ),
        (Trigger { step: Some(Price(-1)), ..trailing(5) }, (RejectReason::TrailOffset, -1, 1)),
        (stop_loss(0), (RejectReason::PriceBounds, 0, 1)),
        (Trigger { activation_price: Some(Price(10_001)), ..trailing(5) }, (RejectReason::PriceBounds, 10_001, 10_000)),
        (stop_loss(100), (RejectReason::WouldTrigger, 100, 100)),
        (stop_loss(120), (RejectReason::WouldTrigger, 120, 100)),
        (Trigger { price: Some(Price(100)), ..trailing(5) }, (RejectReason::WouldTrigger, 100, 100)),
        (Trigger { source: TriggerSource::Index, ..stop_loss(95) }, (RejectReason::SourceMissing, 0, 0)),
    ];
    for (trigger, expected) in cases {
        let order = desk.market(Side::Sell);
        assert_eq!(desk.refusal(order, trigger), expected, "{trigger:?}");
    }
}

#[test]
fn an_order_that_cannot_be_paid_or_held() {
    let mut desk = desk();
    let order = NewOrder { order_qty: Qty(1_000), ..desk.order(OWNER, Side::Buy, 1_001) };
    let trigger = stop_loss(105);
    assert_eq!(desk.refusal(order, trigger), (RejectReason::InsufficientFunds, 1_001_000, 1_000_000));

    let unbounded = desk.market(Side::Buy);
    let trigger = Trigger { source: TriggerSource::Bid, ..trailing(5) };
    assert_eq!(desk.refusal(unbounded, trigger), (RejectReason::ProtectionRequired, 0, 0), "no bid to follow yet");

    let past = NewOrder { tif: TimeInForce::Gtd { expire_ns: 1 }, ..desk.market(Side::Sell) };
    let now = i128::from(desk.now_ns) + 1;
    assert_eq!(desk.refusal(past, stop_loss(95)), (RejectReason::ExpireInPast, 1, now));
}

#[test]
fn a_state_that_lets_nothing_in_and_an_instrument_that_is_not_there() {
    let mut desk = desk();
    let order = NewOrder { instrument: InstrumentId(9), ..desk.market(Side::Sell) };
    assert_eq!(desk.refusal(order, stop_loss(95)).0, RejectReason::UnknownInstrument);
    desk.state(ABC, TradingState::Halted);
    let order = desk.market(Side::Sell);
    assert_eq!(desk.refusal(order, stop_loss(95)).0, RejectReason::Halted);
    desk.state(ABC, TradingState::PreOpen);
    let order = desk.market(Side::Sell);
    desk.wait(order, stop_loss(95));
    let order = desk.market(Side::Sell);
    let immediate = Trigger { allow_immediate: true, ..stop_loss(105) };
    assert_eq!(desk.refusal(order, immediate), (RejectReason::WouldTrigger, 105, 100), "nothing triggers there");
}

#[test]
fn a_retry_repeats_the_first_outcome_and_another_trigger_is_another_request() {
    let mut desk = desk();
    let order = desk.market(Side::Sell);
    let order_id = desk.wait(order, stop_loss(95));
    let again = desk.stop(order, stop_loss(95));
    assert!(matches!(again[0].kind, EventKind::Repeated { order_id: first, .. } if first == order_id), "{again:?}");
    assert_eq!(desk.refusal(order, stop_loss(94)).0, RejectReason::DuplicateClOrdId);
    assert_eq!(desk.waiting(), [order_id]);
}

#[test]
fn amends_that_do_not_fit_a_waiting_order() {
    let mut desk = desk();
    let market = desk.market(Side::Sell);
    let fixed = desk.wait(market, stop_loss(95));
    let market = desk.market(Side::Sell);
    let trails = desk.wait(market, trailing(5));
    let working = desk.order(MAKER, Side::Sell, 120);
    desk.apply(&Command::NewOrder(working));
    let blank = |target| AmendOrder {
        account: OWNER,
        cl_ord_id: ClOrdId::new("x").unwrap(),
        target,
        order_qty: None,
        price: None,
        display_qty: None,
        tif: None,
        stp: None,
        trigger_price: None,
        seen_cum_qty: None,
    };
    let (fixed, trails) = (blank(OrderRef::Order(fixed)), blank(OrderRef::Order(trails)));
    let of_maker = AmendOrder { account: MAKER, ..blank(OrderRef::Client(working.cl_ord_id)) };
    let trigger = |price| Some(Price(price));
    let cases = [
        (AmendOrder { display_qty: Some(Qty(1)), ..fixed }, RejectReason::FieldNotAllowed),
        (AmendOrder { price: Some(Price(90)), ..fixed }, RejectReason::FieldNotAllowed),
        (AmendOrder { tif: Some(TimeInForce::Ioc), ..fixed }, RejectReason::TifNotAllowed),
        (AmendOrder { trigger_price: trigger(90), ..trails }, RejectReason::TriggerNotAllowed),
        (AmendOrder { trigger_price: trigger(130), ..of_maker }, RejectReason::TriggerNotAllowed),
        (AmendOrder { trigger_price: trigger(100), ..fixed }, RejectReason::WouldTrigger),
        (AmendOrder { trigger_price: trigger(20_000), ..fixed }, RejectReason::PriceBounds),
        (AmendOrder { order_qty: Some(Qty(1_000)), ..fixed }, RejectReason::InsufficientFunds),
    ];
    for (number, (amend, reason)) in cases.into_iter().enumerate() {
        let before = desk.exchange.state_hash().without_client_ids();
        let cl_ord_id = ClOrdId::new(&format!("x-{number}")).unwrap();
        let events = desk.apply(&Command::Amend(AmendOrder { cl_ord_id, ..amend }));
        assert!(
            matches!(events[0].kind, EventKind::AmendRejected(refused) if refused.reason == reason),
            "{reason:?}: {events:?}"
        );
        assert_eq!(desk.exchange.state_hash().without_client_ids(), before);
    }
}

#[test]
fn a_reference_price_that_does_not_fit() {
    let mut desk = desk();
    let given = SetReference { instrument: ABC, kind: ReferenceKind::Mark, price: Price(100), max_age_ns: 1 };
    let cases = [
        (SetReference { instrument: InstrumentId(9), ..given }, RejectReason::UnknownInstrument),
        (SetReference { price: Price(PRICE_MAX.0 + 1), ..given }, RejectReason::PriceBounds),
        (SetReference { price: Price(i64::MIN), ..given }, RejectReason::PriceBounds),
        (SetReference { max_age_ns: 0, ..given }, RejectReason::InvalidDefinition),
    ];
    for (request, expected) in cases {
        let events = desk.apply(&Command::SetReference(request));
        let refused = matches!(events[0].kind, EventKind::CommandRejected { reason, .. } if reason == expected);
        assert!(refused, "{expected:?}: {events:?}");
    }
    desk.state(ABC, TradingState::Delisted);
    let events = desk.apply(&Command::SetReference(given));
    assert!(matches!(events[0].kind, EventKind::CommandRejected { reason: RejectReason::Delisted, .. }));
}
