//! orders that were let in are asked again when they start to work, with the limits of that moment.

use model::{
    AccountId, Activation, AmendOrder, AssetId, Command, EventKind, GroupKind, GroupLeg, GroupMode, InstrumentLimits,
    Money, NewGroup, NewOrder, NewStop, OrderId, Price, Qty, RejectReason, SetCreditLine, Side, TimeInForce, Trigger,
    TriggerKind,
};

use crate::venue::{ABC, CASH, CREDIT, MAKER, Refusal, Venue, entered, limit, market, refused};

fn desk() -> InstrumentLimits {
    InstrumentLimits::default()
}

/// A buy stop at 110 with a limit of 120, which must be accepted.
fn stop(venue: &mut Venue, account: AccountId, qty: i64) -> OrderId {
    let order = NewOrder { cl_ord_id: venue.id(), ..limit(account, Side::Buy, qty, 120) };
    let stop = NewStop { order, trigger: Trigger::at(TriggerKind::StopLoss, Price(110)) };
    entered(&venue.send(&Command::NewStop(Box::new(stop)))).expect("accepted")
}

/// Prints 110 and tells what became of the stop: refused, or what of it rests.
fn fire(venue: &mut Venue) -> Result<Option<i64>, Refusal> {
    venue.rest(MAKER, Side::Sell, 1, 110);
    let taker = NewOrder { cl_ord_id: venue.id(), tif: TimeInForce::Ioc, ..limit(MAKER, Side::Buy, 1, 110) };
    outcome(&venue.send(&Command::NewOrder(taker)))
}

fn outcome(events: &[EventKind]) -> Result<Option<i64>, Refusal> {
    let refusal = events.iter().find_map(|event| {
        let EventKind::TriggerRejected(rejected) = event else { return None };
        Some((rejected.reason, rejected.value, rejected.limit))
    });
    let posted = events.iter().find_map(|event| {
        let EventKind::OrderPosted(posted) = event else { return None };
        Some(posted.displayed_qty.0)
    });
    refusal.map_or(Ok(posted), Err)
}

#[test]
fn limits_that_came_after_a_stop_hold_when_it_fires() {
    let cases = [
        (InstrumentLimits { restricted: true, ..desk() }, (RejectReason::Restricted, 0, 0)),
        (InstrumentLimits { max_qty: Some(Qty(4)), ..desk() }, (RejectReason::MaxQty, 5, 4)),
        (InstrumentLimits { max_value: Some(Money(599)), ..desk() }, (RejectReason::MaxValue, 600, 599)),
        // Measured from the mean of 100 and 110.
        (InstrumentLimits { collar_bps: Some(1_400), ..desk() }, (RejectReason::PriceCollar, 120, 119)),
        // It has a million already.
        (
            InstrumentLimits { position_max: Some(Qty(1_000_004)), ..desk() },
            (RejectReason::PositionLimit, 1_000_005, 1_000_004),
        ),
    ];
    for (limits, refusal) in cases {
        let mut venue = Venue::new();
        venue.print(100);
        venue.rest(MAKER, Side::Buy, 1, 90);
        let order = stop(&mut venue, CASH, 5);
        venue.limit_desk(CASH, limits);

        assert_eq!(fire(&mut venue), Err(refusal));
        assert_eq!(venue.exchange.order(order), None, "it has ended");
        assert_eq!(venue.exchange.balance(CASH, AssetId(0)).reserved, Money(0));
    }
}

#[test]
fn a_stop_within_its_limits_works() {
    let mut venue = Venue::new();
    venue.print(100);
    stop(&mut venue, CASH, 5);
    let limits = InstrumentLimits {
        max_qty: Some(Qty(5)),
        max_value: Some(Money(600)),
        collar_bps: Some(1_500),
        position_max: Some(Qty(1_000_005)),
        restricted: false,
    };
    venue.limit_desk(CASH, limits);

    assert_eq!(venue.exchange.working_qty(CASH, ABC, Side::Buy), Some(Qty(0)), "a waiting order does not work");
    assert_eq!(fire(&mut venue), Ok(Some(5)));
    assert_eq!(venue.exchange.working_qty(CASH, ABC, Side::Buy), Some(Qty(5)));
    assert_eq!(venue.enter(limit(CASH, Side::Buy, 1, 100)), Err((RejectReason::PositionLimit, 1_000_006, 1_000_005)));
}

#[test]
fn size_and_count_are_asked_when_a_stop_comes_in_and_collar_and_position_are_not() {
    let mut venue = Venue::new();
    venue.print(100);
    let enter = |venue: &mut Venue, qty| {
        let order = NewOrder { cl_ord_id: venue.id(), ..limit(CASH, Side::Buy, qty, 120) };
        let stop = NewStop { order, trigger: Trigger::at(TriggerKind::StopLoss, Price(110)) };
        entered(&venue.send(&Command::NewStop(Box::new(stop))))
    };
    venue.limit_desk(CASH, InstrumentLimits { max_qty: Some(Qty(4)), ..desk() });
    assert_eq!(enter(&mut venue, 5), Err((RejectReason::MaxQty, 5, 4)));
    venue.limit_desk(CASH, InstrumentLimits { max_value: Some(Money(599)), ..desk() });
    assert_eq!(enter(&mut venue, 5), Err((RejectReason::MaxValue, 600, 599)));
    venue.limit_desk(CASH, InstrumentLimits { restricted: true, ..desk() });
    assert_eq!(enter(&mut venue, 5), Err((RejectReason::Restricted, 0, 0)));
    venue.limit_desk(CASH, InstrumentLimits { collar_bps: Some(0), position_max: Some(Qty(0)), ..desk() });
    assert!(enter(&mut venue, 5).is_ok());
    let limits = model::AccountLimits { open_orders_max: 1, duplicate_ns: 1_000, ..model::AccountLimits::default() };
    venue.limit_account(CASH, limits);
    assert_eq!(enter(&mut venue, 5), Err((RejectReason::OpenOrders, 2, 1)));
    venue.limit_account(CASH, model::AccountLimits { open_orders_max: 9, ..limits });
    assert!(enter(&mut venue, 5).is_ok());
    assert_eq!(enter(&mut venue, 5).unwrap_err().0, RejectReason::Duplicate);
    venue.limit_desk(CASH, desk());
    assert!(venue.enter(limit(CASH, Side::Buy, 5, 120)).is_ok(), "an order is never the same as a stop");
}

#[test]
fn a_waiting_order_that_is_amended_is_asked_for_its_size_only() {
    let mut venue = Venue::new();
    venue.print(100);
    let order = stop(&mut venue, CASH, 5);
    let limits = InstrumentLimits {
        max_qty: Some(Qty(6)),
        max_value: Some(Money(700)),
        collar_bps: Some(0),
        position_max: Some(Qty(0)),
        restricted: false,
    };
    venue.limit_desk(CASH, limits);

    assert_eq!(venue.amend(CASH, order, Some(7), None), Some((RejectReason::MaxQty, 7, 6)));
    assert_eq!(venue.amend(CASH, order, Some(6), None), Some((RejectReason::MaxValue, 720, 700)));
    assert_eq!(venue.amend(CASH, order, Some(6), Some(116)), None);
    venue.limit_desk(CASH, InstrumentLimits { restricted: true, ..limits });
    assert_eq!(venue.amend(CASH, order, None, Some(117)), Some((RejectReason::Restricted, 0, 0)));
    assert_eq!(venue.amend(CASH, order, Some(3), None), None);
    let life = AmendOrder { tif: Some(TimeInForce::Day), ..venue.amendment(CASH, order) };
    assert_eq!(refused(&venue.send(&Command::Amend(life))), None);
}

#[test]
fn a_market_stop_is_worth_its_protection_price_of_the_moment() {
    let mut venue = Venue::new();
    venue.print(100);
    let order = NewOrder { cl_ord_id: venue.id(), tif: TimeInForce::Gtc, ..market(CREDIT, Side::Sell, 10) };
    let stop = NewStop { order, trigger: Trigger::at(TriggerKind::StopLoss, Price(90)) };
    entered(&venue.send(&Command::NewStop(Box::new(stop)))).expect("accepted");
    venue.limit_desk(CREDIT, InstrumentLimits { max_value: Some(Money(800)), ..desk() });
    venue.rest(MAKER, Side::Buy, 1, 90);

    let taker = NewOrder { cl_ord_id: venue.id(), tif: TimeInForce::Ioc, ..limit(MAKER, Side::Sell, 1, 90) };
    let events = venue.send(&Command::NewOrder(taker));

    // 5 % below the last trade of 90, up to the grid: 86.
    assert_eq!(outcome(&events), Err((RejectReason::MaxValue, 860, 800)));
}

#[test]
fn a_stop_that_needs_more_than_it_held_meets_the_credit_limit() {
    let mut venue = Venue::new();
    venue.print(100);
    let trigger = Trigger { limit_offset: Some(Price(10)), ..Trigger::trailing(Price(5)) };
    let order = NewOrder { cl_ord_id: venue.id(), price: None, ..limit(CASH, Side::Buy, 9_000, 1) };
    let accepted = entered(&venue.send(&Command::NewStop(Box::new(NewStop { order, trigger }))));
    assert_eq!(accepted.unwrap_err().0, RejectReason::InsufficientFunds, "9,000 at 115");
    let line = SetCreditLine { account: CASH, asset: AssetId(0), amount: Money(35_000) };
    venue.send(&Command::SetCreditLine(line));
    let order = NewOrder { cl_ord_id: venue.id(), ..order };
    let accepted = entered(&venue.send(&Command::NewStop(Box::new(NewStop { order, trigger }))));
    assert!(accepted.is_ok(), "{accepted:?}");
    venue.send(&Command::SetCreditLine(SetCreditLine { amount: Money(0), ..line }));

    // The market jumps past the trigger of 105: nothing more is needed than 115, which it holds.
    venue.rest(MAKER, Side::Sell, 1, 107);
    let taker = NewOrder { cl_ord_id: venue.id(), tif: TimeInForce::Ioc, ..limit(MAKER, Side::Buy, 1, 107) };
    assert_eq!(outcome(&venue.send(&Command::NewOrder(taker))), Ok(Some(9_000)));
}

fn bracket(venue: &mut Venue, qty: i64) -> Vec<EventKind> {
    let mut leg = |side, price| NewOrder { cl_ord_id: venue.id(), ..limit(CREDIT, side, qty, price) };
    let entry = GroupLeg { order: leg(Side::Buy, 100), trigger: None };
    let target = GroupLeg { order: leg(Side::Sell, 130), trigger: None };
    let trigger = Some(Trigger::at(TriggerKind::StopLoss, Price(80)));
    let stop = GroupLeg { order: leg(Side::Sell, 75), trigger };
    let group = NewGroup {
        kind: GroupKind::Otoco,
        mode: GroupMode::Reduce,
        activation: Activation::Partial,
        legs: vec![entry, target, stop],
    };
    venue.send(&Command::NewGroup(Box::new(group)))
}

fn fault(events: &[EventKind]) -> Option<(u8, RejectReason, i128, i128)> {
    match events {
        [EventKind::GroupRejected(rejected)] => Some((rejected.leg, rejected.reason, rejected.value, rejected.limit)),
        _ => None,
    }
}

#[test]
fn every_leg_of_a_group_is_asked_for_its_size_and_all_for_their_number() {
    let mut venue = Venue::new();
    venue.print(100);
    venue.limit_desk(CREDIT, InstrumentLimits { max_value: Some(Money(1_000)), ..desk() });
    assert_eq!(fault(&bracket(&mut venue, 10)), Some((1, RejectReason::MaxValue, 1_300, 1_000)));
    venue.limit_desk(CREDIT, InstrumentLimits { max_qty: Some(Qty(9)), ..desk() });
    assert_eq!(fault(&bracket(&mut venue, 10)), Some((0, RejectReason::MaxQty, 10, 9)));
    venue.limit_desk(CREDIT, desk());
    let limits = model::AccountLimits { open_orders_max: 2, ..model::AccountLimits::default() };
    venue.limit_account(CREDIT, limits);
    assert_eq!(fault(&bracket(&mut venue, 10)), Some((0, RejectReason::OpenOrders, 3, 2)));
    venue.limit_account(CREDIT, model::AccountLimits { open_orders_max: 3, ..limits });
    assert_eq!(fault(&bracket(&mut venue, 10)), None);
    assert_eq!(venue.open(CREDIT).len(), 3);
}

#[test]
fn a_group_is_one_message_and_its_cancel_another() {
    let mut venue = Venue::new();
    venue.print(100);
    let rate = model::Rate { per_second: 1, burst: 1 };
    venue.limit_account(CREDIT, model::AccountLimits { orders: rate, cancels: rate, ..Default::default() });

    assert_eq!(fault(&bracket(&mut venue, 1)), None);
    let (leg, reason, ..) = fault(&bracket(&mut venue, 1)).expect("refused");
    assert_eq!((leg, reason), (0, RejectReason::MsgRate));
    let cancel = Command::CancelGroup(model::CancelGroup { account: CREDIT, group: model::GroupId(9) });
    let reasons: Vec<EventKind> = [venue.send(&cancel), venue.send(&cancel)].concat();
    let said = |reason| EventKind::CancelRejected { account: CREDIT, reason };
    assert_eq!(reasons, [said(RejectReason::UnknownGroup), said(RejectReason::MsgRate)]);
}

#[test]
fn held_exits_do_not_work_and_are_asked_for_the_position_once_they_are_released() {
    let mut venue = Venue::new();
    venue.print(100);
    let position = venue.exchange.balance(CREDIT, AssetId(1)).total;
    assert_eq!(position, Money(1), "long one by the first print");
    venue.limit_desk(CREDIT, InstrumentLimits { position_max: Some(Qty(11)), ..desk() });
    assert_eq!(fault(&bracket(&mut venue, 10)), None);
    let working = |venue: &Venue, side| venue.exchange.working_qty(CREDIT, ABC, side).unwrap().0;
    assert_eq!((working(&venue, Side::Buy), working(&venue, Side::Sell)), (10, 0));

    venue.rest(MAKER, Side::Sell, 4, 100);
    assert_eq!((working(&venue, Side::Buy), working(&venue, Side::Sell)), (6, 4), "the target works, the stop waits");
    venue.limit_desk(CREDIT, InstrumentLimits { position_max: Some(Qty(2)), ..desk() });
    let sell = NewOrder { cl_ord_id: venue.id(), ..limit(MAKER, Side::Sell, 6, 100) };
    // Long 11, sells of 10 lead to -1: let through. Long 1 more is not asked for by a sell.
    assert_eq!(outcome(&venue.send(&Command::NewOrder(sell))), Ok(Some(10)));
    assert_eq!((working(&venue, Side::Buy), working(&venue, Side::Sell)), (0, 10));
}

#[test]
fn a_released_exit_beyond_a_limit_of_the_moment_is_refused() {
    let mut venue = Venue::new();
    venue.print(100);
    assert_eq!(fault(&bracket(&mut venue, 10)), None);
    venue.limit_desk(CREDIT, InstrumentLimits { max_qty: Some(Qty(3)), ..desk() });

    let sell = NewOrder { cl_ord_id: venue.id(), ..limit(MAKER, Side::Sell, 4, 100) };
    assert_eq!(outcome(&venue.send(&Command::NewOrder(sell))), Err((RejectReason::MaxQty, 4, 3)));
}
