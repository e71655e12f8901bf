//! kill switches.

use model::{
    AccountId, Command, EventKind, GuardEvent, InstrumentId, KillScope, KillSwitch, NewOrder, OperatorId, OrderId, Qty,
    Rearm, RejectReason, SessionId, Side,
};

use crate::venue::{ABC, CASH, CREDIT, MAKER, Refusal, Venue, XYZ, cancelled, limit, name, refused};

fn trip(venue: &mut Venue, scope: KillScope, reducing: bool, operator: u32) -> Vec<EventKind> {
    let operator = OperatorId(operator);
    venue.send(&Command::KillSwitch(KillSwitch { scope, reducing, operator, note: name("drill") }))
}

fn rearm(venue: &mut Venue, scope: KillScope, operator: u32) -> Option<Refusal> {
    let operator = OperatorId(operator);
    refused(&venue.send(&Command::Rearm(Rearm { scope, operator, note: name("checked") })))
}

/// Orders of two accounts, two instruments and two connections.
fn busy() -> Venue {
    let mut venue = Venue::new();
    for (account, instrument, session) in [(CASH, ABC, 1), (CASH, XYZ, 2), (CREDIT, ABC, 2), (CREDIT, XYZ, 1)] {
        let order = limit(account, Side::Buy, 1, 50);
        venue.enter(NewOrder { instrument, session: SessionId(session), ..order }).unwrap();
    }
    venue
}

#[test]
fn a_switch_cancels_what_it_covers_by_order_id_and_says_how_much() {
    let cases = [
        (KillScope::All, vec![1, 2, 3, 4]),
        (KillScope::Instrument(ABC), vec![1, 3]),
        (KillScope::Account(CREDIT), vec![3, 4]),
        (KillScope::Session(SessionId(2)), vec![2, 3]),
        (KillScope::Session(SessionId(7)), vec![]),
    ];
    for (scope, expected) in cases {
        let mut venue = busy();

        let events = trip(&mut venue, scope, false, 1);

        assert_eq!(cancelled(&events), expected, "{scope:?}");
        let count = expected.len() as u64;
        let said = GuardEvent::KillSwitchSet { scope, operator: OperatorId(1), note: name("drill"), count };
        assert_eq!(events.last(), Some(&EventKind::Guard(said)));
        assert_eq!(venue.exchange.open_count(), 4 - expected.len());
    }
}

#[test]
fn while_it_is_on_nothing_new_that_it_covers_is_let_in() {
    let cases = [
        (KillScope::All, [true, true, true]),
        (KillScope::Instrument(ABC), [true, false, false]),
        (KillScope::Account(CASH), [true, true, false]),
        (KillScope::Session(SessionId(5)), [true, false, true]),
    ];
    for (scope, covered) in cases {
        let mut venue = Venue::new();
        trip(&mut venue, scope, false, 1);
        let first = NewOrder { session: SessionId(5), ..limit(CASH, Side::Buy, 1, 50) };
        let second = NewOrder { session: SessionId(6), instrument: XYZ, ..first };
        let third = NewOrder { account: CREDIT, instrument: XYZ, ..first };

        let refusals = [first, second, third].map(|order| venue.enter(order).is_err());

        assert_eq!(refusals, covered, "{scope:?}");
    }
}

#[test]
fn reduce_only_orders_stay_and_come_in_where_every_switch_over_them_says_so() {
    let mut venue = Venue::new();
    venue.rest(MAKER, Side::Sell, 9, 50);
    venue.rest(CREDIT, Side::Buy, 9, 50);
    let reducing = NewOrder { reduce_only: true, ..limit(CREDIT, Side::Sell, 3, 60) };
    let kept = venue.enter(reducing).unwrap();
    venue.rest(CREDIT, Side::Buy, 1, 40);

    trip(&mut venue, KillScope::Account(CREDIT), true, 1);
    assert_eq!(venue.open(CREDIT), [kept.0]);
    assert!(venue.enter(reducing).is_ok());
    assert_eq!(venue.enter(limit(CREDIT, Side::Sell, 1, 60)), Err((RejectReason::KillSwitch, 0, 0)));

    let events = trip(&mut venue, KillScope::All, false, 2);
    assert_eq!(cancelled(&events).len(), 2, "a switch that is not reducing takes them too");
    assert_eq!(venue.enter(reducing), Err((RejectReason::KillSwitch, 0, 0)));
    assert_eq!(rearm(&mut venue, KillScope::All, 1), None);
    assert!(venue.enter(reducing).is_ok());
}

#[test]
fn tripped_again_it_cancels_again_and_takes_the_new_words() {
    let mut venue = Venue::new();
    venue.rest(MAKER, Side::Sell, 9, 50);
    venue.rest(CREDIT, Side::Buy, 9, 50);
    trip(&mut venue, KillScope::All, true, 1);
    let reducing = NewOrder { reduce_only: true, ..limit(CREDIT, Side::Sell, 3, 60) };
    let order = venue.enter(reducing).unwrap();

    let events = trip(&mut venue, KillScope::All, false, 2);

    assert_eq!(cancelled(&events), [order.0]);
    assert_eq!(venue.exchange.kill_switches(), [(KillScope::All, false, OperatorId(2))]);
    assert_eq!(rearm(&mut venue, KillScope::All, 2), Some((RejectReason::SameOperator, 2, 2)));
    assert_eq!(rearm(&mut venue, KillScope::All, 1), None, "the first operator may: the second tripped it last");
}

/// A switch leaves no order that it would not let amend: those it leaves are reduce-only and it is reducing.
#[test]
fn what_a_switch_leaves_may_be_amended_and_is_checked_as_ever() {
    let mut venue = Venue::new();
    venue.rest(MAKER, Side::Sell, 9, 50);
    venue.rest(CREDIT, Side::Buy, 9, 50);
    let kept = venue.enter(NewOrder { reduce_only: true, ..limit(CREDIT, Side::Sell, 3, 60) }).unwrap();
    let elsewhere = venue.enter(NewOrder { instrument: XYZ, ..limit(CASH, Side::Buy, 10, 40) }).unwrap();
    trip(&mut venue, KillScope::Instrument(ABC), true, 1);
    trip(&mut venue, KillScope::Session(SessionId(9)), false, 1);

    assert_eq!(venue.amend(CREDIT, kept, Some(4), Some(61)), None);
    assert_eq!(venue.amend(CREDIT, kept, None, Some(0)).unwrap().0, RejectReason::PriceBounds);
    assert_eq!(venue.amend(CREDIT, kept, Some(10), None).unwrap().0, RejectReason::ReduceOnly);
    assert_eq!(venue.amend(CREDIT, OrderId(99), Some(1), None).unwrap().0, RejectReason::UnknownOrder);
    assert_eq!(venue.amend(CASH, elsewhere, Some(11), None), None, "not covered");
    assert_eq!(venue.exchange.order(kept).unwrap().order_qty, Qty(4));
}

#[test]
fn cancels_always_work() {
    let mut venue = Venue::new();
    venue.rest(MAKER, Side::Sell, 9, 50);
    venue.rest(CREDIT, Side::Buy, 9, 50);
    let order = venue.enter(NewOrder { reduce_only: true, ..limit(CREDIT, Side::Sell, 3, 60) }).unwrap();
    trip(&mut venue, KillScope::All, true, 1);

    assert_eq!(venue.cancel(CREDIT, order), None);
    assert_eq!(venue.exchange.open_count(), 0);
}

#[test]
fn what_is_not_there_is_refused_and_changes_nothing() {
    let mut venue = busy();
    let before = venue.exchange.state_hash();
    let unknown_account = trip(&mut venue, KillScope::Account(AccountId(99)), false, 1);
    let unknown_instrument = trip(&mut venue, KillScope::Instrument(InstrumentId(9)), false, 1);

    assert_eq!(refused(&unknown_account), Some((RejectReason::UnknownAccount, 0, 0)));
    assert_eq!(
        refused(&trip(&mut venue, KillScope::Account(AccountId::VENUE), false, 1)).unwrap().0,
        RejectReason::UnknownAccount
    );
    assert_eq!(refused(&unknown_instrument), Some((RejectReason::UnknownInstrument, 0, 0)));
    assert_eq!(rearm(&mut venue, KillScope::All, 1), Some((RejectReason::NotTripped, 0, 0)));
    assert_eq!(venue.exchange.state_hash(), before);
    assert_eq!(venue.exchange.open_count(), 4);
}

#[test]
fn a_switch_is_part_of_the_state_and_gone_once_rearmed() {
    let mut venue = Venue::new();
    let before = venue.exchange.state_hash();
    trip(&mut venue, KillScope::Instrument(ABC), false, 1);
    let tripped = venue.exchange.state_hash();
    assert_ne!(before.risk, tripped.risk);
    trip(&mut venue, KillScope::Instrument(ABC), true, 1);
    assert_ne!(tripped.risk, venue.exchange.state_hash().risk);
    let cleared = venue.send(&Command::Rearm(Rearm {
        scope: KillScope::Instrument(ABC),
        operator: OperatorId(2),
        note: name("checked"),
    }));

    let (scope, operator) = (KillScope::Instrument(ABC), OperatorId(2));
    let said = GuardEvent::KillSwitchCleared { scope, operator, note: name("checked") };
    assert_eq!(cleared, [EventKind::Guard(said)]);
    assert_eq!(venue.exchange.state_hash().risk, before.risk);
    assert_eq!(venue.exchange.kill_switches(), []);
}
