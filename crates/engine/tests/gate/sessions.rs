//! lost connections and dead-man timers.

use model::{
    AccountId, CancelAllAfter, Cause, Command, EndReason, EventKind, GuardEvent, NewOrder, RejectReason, SessionId,
    SetCancelOnDisconnect, Side, TimeInForce,
};

use crate::venue::{CASH, CREDIT, Refusal, SECOND, Venue, XYZ, cancelled, limit, refused};

const WIRE: SessionId = SessionId(4);

fn rule(venue: &mut Venue, session: SessionId, grace_ns: Option<i64>) -> Option<Refusal> {
    refused(&venue.send(&Command::SetCancelOnDisconnect(SetCancelOnDisconnect { session, grace_ns })))
}

fn arm(venue: &mut Venue, account: AccountId, timeout_ns: i64) -> Option<Refusal> {
    refused(&venue.send(&Command::CancelAllAfter(CancelAllAfter { account, timeout_ns })))
}

/// Two accounts have orders through the wire and one has one beside it.
fn wired() -> Venue {
    let mut venue = Venue::new();
    let through = |session, account| NewOrder { session, ..limit(account, Side::Buy, 1, 40) };
    venue.enter(through(WIRE, CASH)).unwrap();
    venue.enter(NewOrder { instrument: XYZ, ..through(WIRE, CREDIT) }).unwrap();
    venue.enter(through(SessionId(5), CASH)).unwrap();
    venue
}

#[test]
fn a_lost_connection_without_a_rule_keeps_its_orders() {
    let mut venue = wired();

    let events = venue.send(&Command::SessionDown(WIRE));

    let said = GuardEvent::SessionChanged { session: WIRE, up: false, cancel_ns: None };
    assert_eq!(events, [EventKind::Guard(said)]);
    assert_eq!(venue.exchange.open_count(), 3);
}

#[test]
fn after_its_grace_the_orders_of_a_lost_connection_are_cancelled_whoever_s_they_are() {
    let mut venue = wired();
    assert_eq!(rule(&mut venue, WIRE, Some(2 * SECOND)), None);
    let lost = venue.now() + 1;
    let events = venue.send(&Command::SessionDown(WIRE));
    let cancel_ns = Some(lost + 2 * SECOND);
    assert_eq!(events, [EventKind::Guard(GuardEvent::SessionChanged { session: WIRE, up: false, cancel_ns })]);
    assert_eq!(venue.exchange.disconnect_rule(WIRE), Some((2 * SECOND, cancel_ns)));

    assert_eq!(venue.send_at(lost + 2 * SECOND - 1, &Command::Tick), [EventKind::TimePassed]);
    let events = venue.send_at(lost + 2 * SECOND, &Command::Tick);

    assert_eq!(cancelled(&events), [1, 2]);
    assert_eq!(events.last(), Some(&EventKind::MassCanceled { count: 2 }));
    assert_eq!(venue.open(CASH), [3]);
    assert_eq!(venue.exchange.disconnect_rule(WIRE), Some((2 * SECOND, None)), "the rule stays");
}

#[test]
fn a_connection_that_comes_back_in_time_keeps_its_orders() {
    let mut venue = wired();
    rule(&mut venue, WIRE, Some(SECOND));
    venue.send(&Command::SessionDown(WIRE));

    let events = venue.send(&Command::SessionUp(WIRE));

    assert_eq!(events, [EventKind::Guard(GuardEvent::SessionChanged { session: WIRE, up: true, cancel_ns: None })]);
    let later = venue.now() + 100 * SECOND;
    assert_eq!(venue.send_at(later, &Command::Tick), [EventKind::TimePassed]);
    assert_eq!(venue.exchange.open_count(), 3);
}

#[test]
fn lost_again_the_grace_begins_again() {
    let mut venue = wired();
    rule(&mut venue, WIRE, Some(SECOND));
    venue.send(&Command::SessionDown(WIRE));
    let again = venue.now() + SECOND / 2;
    venue.send_at(again, &Command::SessionDown(WIRE));

    assert_eq!(venue.send_at(again + SECOND - 1, &Command::Tick), [EventKind::TimePassed]);
    assert_eq!(cancelled(&venue.send_at(again + SECOND, &Command::Tick)), [1, 2]);
}

#[test]
fn without_a_grace_the_orders_go_with_the_connection_in_the_command_itself() {
    let mut venue = wired();
    rule(&mut venue, WIRE, Some(0));

    let events = venue.send(&Command::SessionDown(WIRE));

    let now = venue.now();
    let said = GuardEvent::SessionChanged { session: WIRE, up: false, cancel_ns: Some(now) };
    assert_eq!(events[0], EventKind::Guard(said));
    assert_eq!(cancelled(&events), [1, 2]);
    assert_eq!(venue.send(&Command::Tick), [EventKind::TimePassed], "no timer is left");
    let down = venue.send(&Command::SessionDown(WIRE));
    assert_eq!(down.last(), Some(&EventKind::MassCanceled { count: 0 }));
}

#[test]
fn graces_out_of_range_are_refused_and_an_empty_one_disarms() {
    let mut venue = wired();
    let limit = 60 * i128::from(SECOND);
    assert_eq!(rule(&mut venue, WIRE, Some(-1)), Some((RejectReason::InvalidDefinition, -1, limit)));
    assert_eq!(
        rule(&mut venue, WIRE, Some(60 * SECOND + 1)),
        Some((RejectReason::InvalidDefinition, limit + 1, limit))
    );
    assert_eq!(rule(&mut venue, WIRE, Some(60 * SECOND)), None);
    venue.send(&Command::SessionDown(WIRE));
    let before = venue.exchange.state_hash().risk;

    assert_eq!(rule(&mut venue, WIRE, None), None);

    assert_ne!(venue.exchange.state_hash().risk, before);
    assert_eq!(venue.exchange.disconnect_rule(WIRE), None);
    let later = venue.now() + 61 * SECOND;
    assert_eq!(venue.send_at(later, &Command::Tick), [EventKind::TimePassed]);
}

#[test]
fn a_dead_man_timer_cancels_all_of_the_account_unless_it_is_renewed() {
    let mut venue = wired();
    assert_eq!(arm(&mut venue, CASH, SECOND), None);
    let renewed = venue.now() + SECOND / 2;
    let events = venue.send_at(renewed, &Command::CancelAllAfter(CancelAllAfter { account: CASH, timeout_ns: SECOND }));
    let said = GuardEvent::DeadManSet { account: CASH, at_ns: Some(renewed + SECOND) };
    assert_eq!(events, [EventKind::Guard(said)]);
    assert_eq!(venue.exchange.dead_man(CASH), Some(renewed + SECOND));

    assert_eq!(venue.send_at(renewed + SECOND - 1, &Command::Tick), [EventKind::TimePassed]);
    let events = venue.send_at(renewed + SECOND, &Command::Tick);

    assert_eq!(cancelled(&events), [1, 3]);
    assert_eq!(events.last(), Some(&EventKind::MassCanceled { count: 2 }));
    assert_eq!(venue.open(CREDIT), [2]);
    assert_eq!(venue.exchange.dead_man(CASH), None, "disarmed");
}

#[test]
fn a_time_out_of_zero_disarms_and_others_out_of_range_are_refused() {
    let mut venue = wired();
    let limit = 86_400 * i128::from(SECOND);
    assert_eq!(arm(&mut venue, AccountId(9), 5), Some((RejectReason::UnknownAccount, 0, 0)));
    assert_eq!(arm(&mut venue, CASH, -1), Some((RejectReason::InvalidDefinition, -1, limit)));
    assert_eq!(arm(&mut venue, CASH, 86_400 * SECOND + 1), Some((RejectReason::InvalidDefinition, limit + 1, limit)));
    assert_eq!(arm(&mut venue, CASH, 86_400 * SECOND), None);

    let off = venue.send(&Command::CancelAllAfter(CancelAllAfter { account: CASH, timeout_ns: 0 }));

    assert_eq!(off, [EventKind::Guard(GuardEvent::DeadManSet { account: CASH, at_ns: None })]);
    let later = venue.now() + 90_000 * SECOND;
    assert_eq!(venue.send_at(later, &Command::Tick), [EventKind::TimePassed]);
}

#[test]
fn timers_due_together_run_after_expiries_by_deadline_then_connections_then_accounts_by_id() {
    let mut venue = Venue::new();
    let expiring = TimeInForce::Gtd { expire_ns: 9 * SECOND };
    for (account, session, tif) in
        [(CASH, 9, TimeInForce::Gtc), (CREDIT, 0, TimeInForce::Gtc), (CASH, 7, TimeInForce::Gtc), (CREDIT, 0, expiring)]
    {
        let order = NewOrder { session: SessionId(session), tif, ..limit(account, Side::Buy, 1, 40) };
        venue.enter(order).unwrap();
    }
    rule(&mut venue, SessionId(9), Some(SECOND));
    rule(&mut venue, SessionId(7), Some(SECOND));
    let at = SECOND;
    venue.send_at(at, &Command::CancelAllAfter(CancelAllAfter { account: CREDIT, timeout_ns: SECOND }));
    venue.send_at(at + 1, &Command::SessionDown(SessionId(7)));
    venue.send_at(at + 2, &Command::SessionDown(SessionId(9)));
    venue.send_at(at + 3, &Command::CancelAllAfter(CancelAllAfter { account: CASH, timeout_ns: SECOND - 1 }));

    let events = venue.send_at(10 * SECOND, &Command::Tick);

    let ended: Vec<(u64, EndReason)> = events
        .iter()
        .filter_map(|event| {
            let (EventKind::OrderCanceled(ended) | EventKind::OrderExpired(ended)) = event else { return None };
            Some((ended.order_id.0, ended.reason))
        })
        .collect();
    let expected =
        [(4, EndReason::Gtd), (2, EndReason::DeadMan), (3, EndReason::Disconnect), (1, EndReason::Disconnect)];
    assert_eq!(ended, expected);
}

#[test]
fn what_timers_bring_says_that_time_caused_it_and_the_command_s_own_does_not() {
    let mut venue = wired();
    arm(&mut venue, CASH, SECOND);
    let at = venue.now() + SECOND;
    let stamp = model::Stamp { seq: 10_000, ts_ns: at };
    let mut events = model::Events::new();

    venue.exchange.apply(stamp, &Command::SessionUp(WIRE), &mut events);

    let causes: Vec<Cause> = events.as_slice().iter().map(|event| event.cause).collect();
    assert_eq!(causes, [Cause::Timer, Cause::Timer, Cause::Timer, Cause::Command]);
}
