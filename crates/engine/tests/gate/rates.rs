//! messages in buckets, and in what order the first questions are asked.

use model::{
    AccountId, AccountLimits, CancelOrder, Command, EventKind, KillScope, KillSwitch, NewOrder, OperatorId, OrderId,
    OrderRef, Rate, RejectReason, Side,
};

use crate::venue::{CASH, CREDIT, SECOND, Venue, limit, name, refused};

fn three_a_second() -> AccountLimits {
    let rate = Rate { per_second: 3, burst: 3 };
    AccountLimits { orders: rate, cancels: rate, ..AccountLimits::default() }
}

#[test]
fn orders_and_amends_share_a_bucket_and_refused_ones_count() {
    let mut venue = Venue::new();
    venue.limit_account(CASH, three_a_second());
    let order = venue.rest(CASH, Side::Buy, 1, 50);

    assert_eq!(venue.amend(CASH, order, Some(2), None), None);
    assert_eq!(venue.enter(limit(CASH, Side::Buy, 0, 50)).unwrap_err().0, RejectReason::QtyNotPositive);
    let (reason, wait, rate) = venue.enter(limit(CASH, Side::Buy, 1, 50)).unwrap_err();
    assert_eq!((reason, rate), (RejectReason::MsgRate, 3));

    let (early, in_time) = (venue.now() + i64::try_from(wait).unwrap() - 1, limit(CASH, Side::Buy, 1, 51));
    let order = NewOrder { cl_ord_id: venue.id(), ..in_time };
    assert_eq!(refused(&venue.send_at(early, &Command::NewOrder(order))), Some((RejectReason::MsgRate, 1, 3)));
    assert_eq!(refused(&venue.send_at(early + 1, &Command::NewOrder(order))), None, "the id was not remembered");
}

#[test]
fn cancels_have_a_bucket_of_their_own_that_orders_do_not_empty() {
    let mut venue = Venue::new();
    let orders: Vec<OrderId> = (0..5).map(|step| venue.rest(CASH, Side::Buy, 1, 50 + step)).collect();
    venue.limit_account(CASH, three_a_second());
    while venue.enter(limit(CASH, Side::Buy, 1, 40)).is_ok() {}

    assert_eq!(venue.exchange.messages_left(CASH, venue.now()), [Some(0), Some(3)]);
    for order in &orders[..3] {
        assert_eq!(venue.cancel(CASH, *order), None);
    }
    assert_eq!(venue.cancel(CASH, orders[3]), Some(RejectReason::MsgRate));
    let all = Command::MassCancel(model::MassCancel { account: Some(CASH), ..model::MassCancel::default() });
    assert!(matches!(venue.send(&all).last(), Some(EventKind::MassCanceled { .. })), "mass cancels have no rate");
}

#[test]
fn a_retry_counts_as_a_message_and_is_asked_for_its_rate_first() {
    let mut venue = Venue::new();
    venue.limit_account(CASH, AccountLimits { orders: Rate { per_second: 1, burst: 2 }, ..AccountLimits::default() });
    let order = NewOrder { cl_ord_id: venue.id(), ..limit(CASH, Side::Buy, 1, 50) };
    venue.send(&Command::NewOrder(order));

    assert!(matches!(venue.send(&Command::NewOrder(order))[0], EventKind::Repeated { .. }));
    assert_eq!(refused(&venue.send(&Command::NewOrder(order))).unwrap().0, RejectReason::MsgRate);
}

#[test]
fn rate_then_known_ids_then_the_kill_switch_then_everything_else() {
    let mut venue = Venue::new();
    let order = NewOrder { cl_ord_id: venue.id(), ..limit(CASH, Side::Buy, 1, 50) };
    venue.send(&Command::NewOrder(order));
    let switch = KillSwitch { scope: KillScope::All, reducing: false, operator: OperatorId(1), note: name("test") };
    venue.send(&Command::KillSwitch(switch));

    assert!(matches!(venue.send(&Command::NewOrder(order))[0], EventKind::Repeated { .. }));
    let other = NewOrder { instrument: model::InstrumentId(9), ..order };
    assert_eq!(refused(&venue.send(&Command::NewOrder(other))).unwrap().0, RejectReason::DuplicateClOrdId);
    assert_eq!(
        venue.enter(NewOrder { instrument: model::InstrumentId(9), ..order }).unwrap_err().0,
        RejectReason::KillSwitch,
        "before the instrument is looked at"
    );
    let stranger = NewOrder { account: AccountId(99), ..order };
    assert_eq!(refused(&venue.send(&Command::NewOrder(stranger))).unwrap().0, RejectReason::UnknownAccount);
}

#[test]
fn setting_limits_fills_the_buckets() {
    let mut venue = Venue::new();
    venue.limit_account(CREDIT, three_a_second());
    while venue.enter(limit(CREDIT, Side::Buy, 1, 40)).is_ok() {}
    venue.limit_account(CREDIT, three_a_second());

    assert_eq!(venue.exchange.messages_left(CREDIT, venue.now()), [Some(3), Some(3)]);
    assert!(venue.enter(limit(CREDIT, Side::Buy, 1, 40)).is_ok());
    venue.limit_account(CREDIT, AccountLimits::default());
    assert_eq!(venue.exchange.messages_left(CREDIT, venue.now()), [None, None]);
}

#[test]
fn an_unknown_order_takes_a_cancel_from_the_bucket_too() {
    let mut venue = Venue::new();
    venue.limit_account(CASH, AccountLimits { cancels: Rate { per_second: 1, burst: 1 }, ..AccountLimits::default() });

    assert_eq!(venue.cancel(CASH, OrderId(77)), Some(RejectReason::UnknownOrder));
    assert_eq!(venue.cancel(CASH, OrderId(77)), Some(RejectReason::MsgRate));
    let later = venue.now() + SECOND;
    let cancel = CancelOrder { account: CASH, target: OrderRef::Order(OrderId(77)), unlink: false };
    let events = venue.send_at(later, &Command::Cancel(cancel));
    assert_eq!(events, [EventKind::CancelRejected { account: CASH, reason: RejectReason::UnknownOrder }]);
}
