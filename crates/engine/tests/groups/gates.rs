//! Groups at the gate and in emergencies (rules with ).

use model::{
    AccountLimits, Command, GroupKind, GroupLeg, GroupMode, InstrumentLimits, KillScope, KillSwitch, Money, NewOrder,
    OperatorId, Qty, Rate, SessionId, SetAccountLimits, SetCreditLine, SetInstrumentLimits, Side,
};

use crate::desk::{ABC, Desk, OWNER, POOR, QUOTE, leg, order, stop, symbol};
use GroupKind::{Oco, Oto, Otoco};
use Side::{Buy, Sell};

const REDUCE: GroupMode = GroupMode::Reduce;

fn bracket() -> Vec<GroupLeg> {
    vec![leg(order("e", Buy, 10, 99)), leg(order("t", Sell, 10, 110)), stop("s", Sell, 10, 90)]
}

fn oco() -> Vec<GroupLeg> {
    vec![leg(order("t", Sell, 10, 110)), stop("s", Sell, 10, 90)]
}

fn limit(desk: &mut Desk, limits: InstrumentLimits) {
    let set = SetInstrumentLimits { account: OWNER, instrument: ABC, limits };
    desk.send(&Command::SetInstrumentLimits(Box::new(set)));
}

fn account_limit(desk: &mut Desk, limits: AccountLimits) {
    desk.send(&Command::SetAccountLimits(SetAccountLimits { account: OWNER, limits }));
}

fn kill(desk: &mut Desk, scope: KillScope) -> Vec<String> {
    let (operator, note) = (OperatorId(1), symbol("why"));
    desk.send(&Command::KillSwitch(KillSwitch { scope, reducing: false, operator, note }))
}

#[test]
fn a_kill_switch_refuses_groups_and_leaves_their_ids_free() {
    let mut desk = Desk::default();
    let mut legs = oco();
    legs[1].order.session = SessionId(7);
    kill(&mut desk, KillScope::Session(SessionId(7)));

    assert_eq!(desk.group(Oco, REDUCE, legs), ["group_rejected leg 1 KILL_SWITCH 0 0"]);
    assert_eq!(desk.group(Oco, REDUCE, oco())[0], "grouped 1 Oco from 3", "through another session");
}

#[test]
fn a_kill_switch_of_one_exit_ends_the_group() {
    let mut desk = Desk::default();
    let mut legs = bracket();
    legs[2].order.session = SessionId(7);
    desk.group(Otoco, REDUCE, legs);

    let lines = kill(&mut desk, KillScope::Session(SessionId(7)));

    assert_eq!(lines, ["canceled 5 10 Kill", "Guard", "canceled 4 10 Group", "canceled 3 10 Group"]);
    assert_eq!(desk.reserved(), (0, 0));
}

#[test]
fn a_group_is_one_message_and_its_cancel_has_a_bucket_of_its_own() {
    let mut desk = Desk::default();
    let one = Rate { per_second: 1, burst: 1 };
    account_limit(&mut desk, AccountLimits { orders: one, cancels: one, ..AccountLimits::default() });

    assert_eq!(desk.group(Otoco, REDUCE, bracket())[0], "grouped 1 Otoco from 3");
    let mut second = oco();
    second[0].order = order("t2", Sell, 10, 110);
    second[1].order = NewOrder { cl_ord_id: crate::desk::id("s2"), ..second[1].order };
    // A token comes in a second.
    assert_eq!(desk.group(Oco, REDUCE, second.clone()), ["group_rejected leg 0 MSG_RATE 999999999 1"]);
    assert_eq!(desk.cancel_group(OWNER, 9), ["cancel_rejected UNKNOWN_GROUP"]);
    assert_eq!(desk.cancel_group(OWNER, 1), ["cancel_rejected MSG_RATE"]);
    desk.now_ns += 1_000_000_000;
    assert_eq!(desk.group(Oco, REDUCE, second)[0], "grouped 2 Oco from 6", "the ids stayed free");
    assert_eq!(desk.cancel_group(OWNER, 1).len(), 3);
}

#[test]
fn all_orders_of_a_group_count_among_the_open_ones() {
    let mut desk = Desk::default();
    account_limit(&mut desk, AccountLimits { open_orders_max: 2, ..AccountLimits::default() });

    assert_eq!(desk.group(Otoco, REDUCE, bracket()), ["group_rejected leg 0 OPEN_ORDERS 3 2"]);
    let lines = desk.group(Oco, REDUCE, vec![leg(order("a", Sell, 10, 110)), stop("b", Sell, 10, 90)]);
    assert_eq!(lines[0], "grouped 1 Oco from 3");
}

#[test]
fn each_order_of_a_group_meets_its_size_limits() {
    let mut desk = Desk::default();
    limit(&mut desk, InstrumentLimits { max_qty: Some(Qty(9)), ..InstrumentLimits::default() });
    assert_eq!(desk.group(Otoco, REDUCE, bracket()), ["group_rejected leg 0 MAX_QTY 10 9"]);

    let mut desk = Desk::default();
    limit(&mut desk, InstrumentLimits { max_value: Some(Money(1_050)), ..InstrumentLimits::default() });
    assert_eq!(desk.group(Otoco, REDUCE, bracket()), ["group_rejected leg 1 MAX_VALUE 1100 1050"]);

    let mut desk = Desk::default();
    limit(&mut desk, InstrumentLimits { restricted: true, ..InstrumentLimits::default() });
    assert_eq!(desk.group(Otoco, REDUCE, bracket()), ["group_rejected leg 0 RESTRICTED 0 0"]);
}

#[test]
fn a_held_order_meets_the_collar_when_it_is_released() {
    let mut desk = Desk::default();
    limit(&mut desk, InstrumentLimits { collar_bps: Some(500), ..InstrumentLimits::default() });
    let next = |name: &str| leg(order(name, Sell, 10, 90));

    assert_eq!(desk.group(Oto, REDUCE, vec![leg(order("e", Buy, 10, 99)), next("n")])[0], "grouped 1 Oto from 3");
    assert_eq!(
        desk.group(Oto, REDUCE, vec![leg(order("f", Buy, 10, 120)), next("o")]),
        ["group_rejected leg 0 PRICE_COLLAR 120 105"]
    );
    let lines = desk.taker(Sell, 4, 99);
    assert_eq!(lines[1..], ["trade 3 5 4@99", "released 4 4 of 4", "trigger_rejected 4 4 PRICE_COLLAR 90 95"]);
}

#[test]
fn a_held_order_meets_the_position_limit_when_it_is_released() {
    let mut desk = Desk::default();
    limit(&mut desk, InstrumentLimits { position_max: Some(Qty(995)), ..InstrumentLimits::default() });

    desk.group(Oto, REDUCE, vec![leg(order("e", Sell, 10, 101)), leg(order("n", Buy, 10, 99))]);
    let lines = desk.taker(Buy, 10, 101);

    // It has 990 and would have 1,000.
    assert_eq!(lines[2..], ["released 4 10 of 10", "trigger_rejected 4 10 POSITION_LIMIT 1000 995"]);
}

#[test]
fn a_group_is_paid_for_by_credit_as_far_as_it_goes() {
    let of_poor = |legs: Vec<GroupLeg>| -> Vec<GroupLeg> {
        let of = |leg: GroupLeg| GroupLeg { order: NewOrder { account: POOR, ..leg.order }, ..leg };
        legs.into_iter().map(of).collect()
    };
    let mut desk = Desk::default();
    let line = |amount| Command::SetCreditLine(SetCreditLine { account: POOR, asset: QUOTE, amount: Money(amount) });
    desk.send(&line(989));

    assert_eq!(desk.group(Otoco, REDUCE, of_poor(bracket())), ["group_rejected leg 0 CREDIT_LIMIT 990 989"]);
    desk.send(&line(990));
    let mut legs = of_poor(bracket());
    legs[0].order = NewOrder { account: POOR, ..order("e2", Buy, 10, 99) };
    assert_eq!(desk.group(Otoco, REDUCE, legs)[0], "grouped 1 Otoco from 3");
}

#[test]
fn an_amended_pair_meets_its_size_limits() {
    let mut desk = Desk::default();
    desk.group(Oco, REDUCE, oco());
    limit(&mut desk, InstrumentLimits { max_qty: Some(Qty(12)), ..InstrumentLimits::default() });

    assert_eq!(desk.amend(3, [Some(13), None, None]), ["amend_rejected MAX_QTY 13 12"]);
    assert_eq!(desk.amend(4, [Some(13), None, None]), ["amend_rejected MAX_QTY 13 12"]);
    assert_eq!(desk.amend(3, [Some(12), Some(111), None])[0], "replaced 3 12 of 12@111");
    assert_eq!((desk.leaves(3), desk.leaves(4)), (12, 12));
}
