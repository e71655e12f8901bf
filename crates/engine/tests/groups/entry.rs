//! Groups come in or are refused as a whole (rules ).

use crate::desk::{ABC, Desk, OTHER, OWNER, POOR, behind, id, leg, line, market, new_group, order, stop};
use model::{
    AccountId, Activation, Command, EventKind, GroupKind, GroupLeg, GroupMode, InstrumentId, Limits, Money, NewOrder,
    OrdType, Peg, PegReference, PostOnly, Price, Qty, Side, TimeInForce, TradingState, Trigger, TriggerKind,
    TriggerSource,
};

use GroupKind::{Oco, Oto, Otoco};
use Side::{Buy, Sell};

const REDUCE: GroupMode = GroupMode::Reduce;

fn target(name: &str, side: Side, qty: i64, price: i64) -> GroupLeg {
    leg(order(name, side, qty, price))
}

fn oco() -> Vec<GroupLeg> {
    vec![target("t", Sell, 10, 110), stop("s", Sell, 10, 90)]
}

fn bracket() -> Vec<GroupLeg> {
    vec![leg(order("e", Buy, 10, 99)), target("t", Sell, 10, 110), stop("s", Sell, 10, 90)]
}

/// What the desk says of a group, and that it changed nothing else.
fn refused(kind: GroupKind, legs: Vec<GroupLeg>) -> String {
    let mut desk = Desk::default();
    let before = desk.exchange.state_hash();
    let lines = desk.group(kind, REDUCE, legs);
    assert_eq!(before.without_client_ids(), desk.exchange.state_hash().without_client_ids());
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines.into_iter().next().unwrap()
}

/// A bracket with one order changed is refused for it.
fn bad_leg(place: usize, change: impl FnOnce(&mut GroupLeg)) {
    let mut legs = bracket();
    change(&mut legs[place]);
    assert_eq!(refused(Otoco, legs), format!("group_rejected leg {place} GROUP_LEGS {place} 0"));
}

#[test]
fn an_oco_works_with_one_order_and_waits_with_the_other() {
    let mut desk = Desk::default();

    let lines = desk.group(Oco, REDUCE, oco());

    assert_eq!(
        lines,
        ["grouped 1 Oco from 3", "accepted 3 10@110", "accepted 4 10", "suspended 4@90", "posted 3 10@110"]
    );
    assert_eq!(desk.reserved(), (0, 10), "the base is reserved once");
}

#[test]
fn an_oco_reserves_the_larger_of_both() {
    let mut desk = Desk::default();

    let lines = desk.group(Oco, REDUCE, vec![stop("s", Buy, 10, 110), target("t", Buy, 10, 90)]);

    // The market order is protected 10 % above its trigger.
    assert_eq!(lines[1..4], ["accepted 3 10@121", "suspended 3@110", "accepted 4 10@90"]);
    assert_eq!(desk.reserved(), (1_210, 0));
    desk.cancel(3, true);
    assert_eq!(desk.reserved(), (900, 0), "what is left holds for itself");
}

#[test]
fn a_bracket_holds_its_exits_for_the_entry() {
    let mut desk = Desk::default();

    let lines = desk.group(Otoco, REDUCE, bracket());

    assert_eq!(
        lines,
        [
            "grouped 1 Otoco from 3",
            "accepted 3 10@99",
            "accepted 4 10@110",
            "suspended 4",
            "accepted 5 10",
            "suspended 5",
            "posted 3 10@99"
        ]
    );
    assert_eq!(desk.reserved(), (990, 0), "what sells the bought holds nothing yet");
}

#[test]
fn a_bracket_that_sells_first_reserves_both_its_assets() {
    let mut desk = Desk::default();

    desk.group(Otoco, REDUCE, vec![leg(order("e", Sell, 10, 101)), target("t", Buy, 10, 90), stop("s", Buy, 10, 110)]);

    assert_eq!(desk.reserved(), (1_210, 10));
}

#[test]
fn an_oto_on_one_side_reserves_the_sum() {
    let mut desk = Desk::default();

    let lines = desk.group(Oto, REDUCE, vec![leg(order("e", Buy, 10, 99)), leg(order("n", Buy, 10, 98))]);

    assert_eq!(lines[0], "grouped 1 Oto from 3");
    assert_eq!(desk.reserved(), (1_970, 0));
}

#[test]
fn the_number_of_orders_is_the_kinds() {
    let short = vec![target("t", Sell, 10, 110)];

    assert_eq!(refused(Oco, short.clone()), "group_rejected leg 0 GROUP_LEGS 0 0");
    assert_eq!(refused(Oco, bracket()), "group_rejected leg 0 GROUP_LEGS 0 0");
    assert_eq!(refused(Otoco, oco()), "group_rejected leg 0 GROUP_LEGS 0 0");
    assert_eq!(refused(Oto, Vec::new()), "group_rejected leg 0 GROUP_LEGS 0 0");
    // It consumes no id.
    let mut desk = Desk::default();
    desk.group(Oco, REDUCE, short);
    assert_eq!(desk.group(Oco, REDUCE, oco())[0], "grouped 1 Oco from 3");
}

#[test]
fn orders_of_other_accounts_or_instruments_do_not_fit() {
    bad_leg(1, |leg| leg.order.account = POOR);
    bad_leg(2, |leg| leg.order.account = AccountId(99));
    bad_leg(2, |leg| leg.order.instrument = InstrumentId(1));
    bad_leg(1, |leg| leg.order.instrument = InstrumentId(99));
}

#[test]
fn only_plain_limit_and_market_orders_fit() {
    let peg = Some(Peg { reference: PegReference::Near, offset_ticks: 0 });
    bad_leg(0, |leg| leg.order.ord_type = OrdType::MarketToLimit);
    bad_leg(0, |leg| leg.order = NewOrder { ord_type: OrdType::Pegged, peg, ..leg.order });
    bad_leg(1, |leg| leg.order.peg = peg);
    bad_leg(0, |leg| leg.order = NewOrder { quote_qty: Some(Money(500)), ..market("e", Buy, 0) });
    bad_leg(0, |leg| leg.order = NewOrder { min_qty: Qty(1), tif: TimeInForce::Ioc, ..leg.order });
    bad_leg(0, |leg| leg.order.reduce_only = true);
    bad_leg(2, |leg| leg.order.reduce_only = true);
    bad_leg(0, |leg| leg.order.tif = TimeInForce::Gfa);
    bad_leg(1, |leg| leg.order.tif = TimeInForce::Atc);
}

#[test]
fn an_entry_waits_for_no_trigger_and_exits_must_be_able_to_wait() {
    bad_leg(0, |leg| leg.trigger = Some(Trigger::at(TriggerKind::StopLoss, Price(105))));
    bad_leg(1, |leg| leg.order.tif = TimeInForce::Ioc);
    bad_leg(2, |leg| leg.order.tif = TimeInForce::Fok);
    bad_leg(1, |leg| leg.order = market("t", Sell, 10));
    assert_eq!(
        refused(Oto, vec![leg(order("e", Buy, 10, 99)), leg(market("n", Sell, 10))]),
        "group_rejected leg 1 GROUP_LEGS 1 0"
    );
}

#[test]
fn exits_are_a_stop_and_a_target_against_the_entry() {
    bad_leg(2, |leg| leg.order.side = Buy);
    assert_eq!(
        refused(Otoco, vec![leg(order("e", Sell, 10, 99)), target("t", Sell, 10, 110), stop("s", Sell, 10, 90)]),
        "group_rejected leg 2 GROUP_LEGS 2 0"
    );
    assert_eq!(
        refused(Oco, vec![target("a", Sell, 10, 110), target("b", Sell, 10, 120)]),
        "group_rejected leg 1 GROUP_LEGS 1 0"
    );
    assert_eq!(
        refused(Oco, vec![stop("a", Sell, 10, 90), stop("b", Sell, 10, 80)]),
        "group_rejected leg 1 GROUP_LEGS 1 0"
    );
    assert_eq!(
        refused(Oco, vec![target("a", Sell, 10, 110), stop("b", Buy, 10, 120)]),
        "group_rejected leg 1 GROUP_LEGS 1 0"
    );
}

#[test]
fn the_first_order_at_fault_is_named() {
    let mut legs = bracket();
    legs[1].order.reduce_only = true;
    legs[2].order.account = POOR;

    assert_eq!(refused(Otoco, legs), "group_rejected leg 1 GROUP_LEGS 1 0");
}

#[test]
fn unknown_accounts_and_instruments_are_refused() {
    let of = |account| oco().into_iter().map(move |leg| GroupLeg { order: NewOrder { account, ..leg.order }, ..leg });
    let elsewhere = oco().into_iter().map(|mut leg| {
        leg.order.instrument = InstrumentId(99);
        leg
    });

    assert_eq!(refused(Oco, of(AccountId(99)).collect()), "group_rejected leg 0 UNKNOWN_ACCOUNT 0 0");
    assert_eq!(refused(Oco, of(AccountId::VENUE).collect()), "group_rejected leg 0 UNKNOWN_ACCOUNT 0 0");
    assert_eq!(refused(Oco, elsewhere.collect()), "group_rejected leg 0 UNKNOWN_INSTRUMENT 0 0");
}

#[test]
fn each_order_passes_its_own_checks() {
    let with = |place: usize, change: fn(&mut GroupLeg)| {
        let mut legs = bracket();
        change(&mut legs[place]);
        refused(Otoco, legs)
    };

    assert_eq!(with(0, |leg| leg.order.price = None), "group_rejected leg 0 PRICE_MISSING 0 0");
    assert_eq!(with(1, |leg| leg.order.order_qty = Qty(0)), "group_rejected leg 1 QTY_NOT_POSITIVE 0 0");
    assert_eq!(with(1, |leg| leg.order.price = Some(Price(2_000))), "group_rejected leg 1 PRICE_BOUNDS 2000 1000");
    assert_eq!(with(2, |leg| leg.order.price = Some(Price(80))), "group_rejected leg 2 PRICE_NOT_ALLOWED 0 0");
    let bare = |leg: &mut GroupLeg| leg.trigger = Some(Trigger { price: None, ..leg.trigger.unwrap() });
    assert_eq!(with(2, bare), "group_rejected leg 2 TRIGGER_PRICE_MISSING 0 0");
    let past = |leg: &mut GroupLeg| leg.order.tif = TimeInForce::Gtd { expire_ns: 1 };
    assert!(with(1, past).starts_with("group_rejected leg 1 EXPIRE_IN_PAST 1 "));
}

#[test]
fn a_trigger_that_is_crossed_is_refused_but_in_a_held_order() {
    let crossed = |leg: &mut GroupLeg| {
        let trigger = leg.trigger.unwrap();
        leg.trigger = Some(Trigger { source: TriggerSource::Bid, ..trigger });
    };
    let mut desk = Desk::default();
    desk.other(Buy, 1, 80);

    let (mut pair, mut held) = (oco(), bracket());
    crossed(&mut pair[1]);
    crossed(&mut held[2]);
    assert_eq!(desk.group(Oco, REDUCE, pair), ["group_rejected leg 1 WOULD_TRIGGER 90 80"]);
    held[1].order.cl_ord_id = id("t2");
    held[2].order.cl_ord_id = id("s2");
    assert_eq!(desk.group(Otoco, REDUCE, held)[0], "grouped 1 Otoco from 4");
}

#[test]
fn a_held_order_is_not_asked_what_depends_on_the_moment() {
    let mut desk = Desk::default();
    desk.other(Buy, 1, 98);
    let mut next = order("n", Sell, 10, 97);
    next.post_only = PostOnly::Reject;

    let lines = desk.group(Oto, REDUCE, vec![leg(order("e", Buy, 10, 96)), leg(next)]);
    assert_eq!(lines[0], "grouped 1 Oto from 4", "it would trade now, but it does not work now");

    desk.state(TradingState::PostOnly);
    let legs = |entry: NewOrder| {
        let (name, second) = (entry.cl_ord_id, if entry.post_only == PostOnly::No { "a2" } else { "b2" });
        vec![leg(NewOrder { cl_ord_id: name, ..entry }), leg(order(second, Sell, 10, 120))]
    };
    assert_eq!(desk.group(Oto, REDUCE, legs(order("a", Buy, 10, 95))), ["group_rejected leg 0 POST_ONLY_MARKET 0 0"]);
    let passive = NewOrder { post_only: PostOnly::Reject, ..order("b", Buy, 10, 95) };
    assert_eq!(desk.group(Oto, REDUCE, legs(passive))[0], "grouped 2 Oto from 6");

    desk.state(TradingState::Halted);
    assert_eq!(desk.group(Oco, REDUCE, oco()), ["group_rejected leg 0 HALTED 0 0"]);
}

#[test]
fn quantities_are_the_first_ones() {
    let mut legs = bracket();
    legs[2].order.order_qty = Qty(9);
    assert_eq!(refused(Otoco, legs), "group_rejected leg 2 GROUP_QTY 9 10");
    let mut legs = oco();
    legs[1].order.order_qty = Qty(11);
    assert_eq!(refused(Oco, legs), "group_rejected leg 1 GROUP_QTY 11 10");
    assert_eq!(
        refused(Oto, vec![leg(order("e", Buy, 10, 99)), leg(order("n", Sell, 5, 110))]),
        "group_rejected leg 1 GROUP_QTY 5 10"
    );
}

#[test]
fn exits_lie_on_both_sides_of_the_reference() {
    let oco_at = |side, high, low| refused(Oco, vec![target("t", side, 10, high), stop("s", side, 10, low)]);
    // The reference is the last trade, at 100.
    assert_eq!(oco_at(Sell, 100, 90), "group_rejected leg 0 GROUP_PRICES 100 100");
    assert_eq!(oco_at(Sell, 95, 90), "group_rejected leg 0 GROUP_PRICES 95 100");
    assert_eq!(oco_at(Buy, 100, 110), "group_rejected leg 0 GROUP_PRICES 100 100");
    assert_eq!(oco_at(Buy, 105, 110), "group_rejected leg 0 GROUP_PRICES 105 100");
    let bracket_at = |high, low| {
        refused(Otoco, vec![leg(order("e", Buy, 10, 50)), stop("s", Sell, 10, low), target("t", Sell, 10, high)])
    };
    // The reference is the entry's limit.
    assert_eq!(bracket_at(50, 40), "group_rejected leg 2 GROUP_PRICES 50 50");
    assert_eq!(bracket_at(60, 50), "group_rejected leg 1 GROUP_PRICES 50 50");
    assert_eq!(bracket_at(60, 70), "group_rejected leg 1 GROUP_PRICES 70 50");
}

#[test]
fn exits_lie_on_both_sides_of_each_other_without_a_reference() {
    let mut desk = Desk::default();
    let elsewhere = |legs: Vec<GroupLeg>| -> Vec<GroupLeg> {
        let there = |leg: GroupLeg| GroupLeg { order: NewOrder { instrument: InstrumentId(1), ..leg.order }, ..leg };
        legs.into_iter().map(there).collect()
    };
    desk.send(&Command::SetTradingState(model::SetTradingState {
        instrument: InstrumentId(1),
        state: TradingState::Continuous,
    }));

    let lines = desk.group(Oco, REDUCE, elsewhere(vec![target("t", Sell, 10, 70), stop("s", Sell, 10, 70)]));
    assert_eq!(lines, ["group_rejected leg 0 GROUP_PRICES 70 70"]);
    let lines = desk.group(Oco, REDUCE, elsewhere(vec![target("u", Sell, 10, 71), stop("v", Sell, 10, 70)]));
    assert_eq!(lines[0], "grouped 1 Oco from 3");
}

#[test]
fn a_trailing_stop_without_a_trigger_has_no_side_to_be_on() {
    let mut desk = Desk::default();
    let trailing = GroupLeg { order: market("s", Sell, 10), trigger: Some(Trigger::trailing(Price(5))) };

    let lines = desk.group(Oco, REDUCE, vec![target("t", Sell, 10, 110), trailing]);

    assert_eq!(lines[3], "suspended 4@95");
}

#[test]
fn the_orders_of_a_group_are_paid_for_together() {
    let poor = |legs: Vec<GroupLeg>| -> Vec<GroupLeg> {
        let of = |leg: GroupLeg| GroupLeg { order: NewOrder { account: POOR, ..leg.order }, ..leg };
        legs.into_iter().map(of).collect()
    };
    assert_eq!(refused(Oco, poor(oco())), "group_rejected leg 0 INSUFFICIENT_FUNDS 10 0");
    assert_eq!(refused(Otoco, poor(bracket())), "group_rejected leg 0 INSUFFICIENT_FUNDS 990 0");
    let mut desk = Desk::default();
    let large = || vec![target("t", Sell, 600, 110), stop("s", Sell, 600, 90)];
    assert_eq!(desk.group(Oco, REDUCE, large())[0], "grouped 1 Oco from 3", "600 of 1,000, not 1,200");
}

#[test]
fn a_retry_gives_the_first_outcome() {
    let mut desk = Desk::default();
    desk.group(Oco, REDUCE, oco());
    let hash = desk.exchange.state_hash();

    assert_eq!(desk.group(Oco, REDUCE, oco()), ["repeated 3 "]);
    assert_eq!(desk.exchange.state_hash(), hash);
    assert_eq!(
        desk.group(Oco, GroupMode::CancelOnTrigger, oco()),
        ["group_rejected leg 0 DUPLICATE_CLORDID 0 0"],
        "another mode is another request"
    );
    let mut other = oco();
    other[1].order.price = Some(Price(1));
    assert_eq!(desk.group(Oco, REDUCE, other), ["group_rejected leg 0 DUPLICATE_CLORDID 0 0"]);
    // A leg's id belongs to the group and to no order alone.
    assert_eq!(desk.send(&Command::NewOrder(order("t", Sell, 10, 110))), ["rejected DUPLICATE_CLORDID 0 0"]);
    assert_eq!(desk.send(&Command::NewOrder(market("s", Sell, 10))), ["rejected DUPLICATE_CLORDID 0 0"]);
}

#[test]
fn ids_of_further_orders_must_be_free_and_different() {
    let mut desk = Desk::default();
    desk.send(&Command::NewOrder(order("s", Buy, 1, 50)));

    assert_eq!(desk.group(Oco, REDUCE, oco()), ["group_rejected leg 1 DUPLICATE_CLORDID 0 0"]);
    let mut same = oco();
    same[1].order.cl_ord_id = id("t");
    assert_eq!(desk.group(Oco, REDUCE, same), ["group_rejected leg 1 DUPLICATE_CLORDID 0 0"]);
    let mut free = oco();
    free[1].order.cl_ord_id = id("s2");
    assert_eq!(desk.group(Oco, REDUCE, free)[0], "grouped 1 Oco from 4", "neither refusal took the first id");
}

#[test]
fn a_refused_group_takes_its_first_id_only() {
    let mut desk = Desk::default();
    let mut legs = oco();
    legs[1].order.order_qty = Qty(9);

    let lines = desk.group(Oco, REDUCE, legs.clone());
    assert_eq!(lines, ["group_rejected leg 1 GROUP_QTY 9 10"]);
    assert_eq!(desk.group(Oco, REDUCE, legs), ["repeated 0 GROUP_QTY"]);
    assert_eq!(desk.send(&Command::NewOrder(order("t", Sell, 1, 110))), ["rejected DUPLICATE_CLORDID 0 0"]);
    assert_eq!(desk.send(&Command::NewOrder(order("s", Sell, 1, 110)))[0], "accepted 3 1@110");
}

#[test]
fn as_many_ids_as_orders_must_fit() {
    let limits = Limits { client_ids_max: 4, ..Limits::default() };
    let mut desk = Desk::with(limits);
    desk.send(&Command::NewOrder(order("a", Buy, 1, 50)));
    desk.send(&Command::NewOrder(order("b", Buy, 1, 50)));

    assert_eq!(desk.group(Otoco, REDUCE, bracket()), ["group_rejected leg 0 CAPACITY 4 4"]);
    assert_eq!(desk.group(Oco, REDUCE, oco())[0], "grouped 1 Oco from 5");
}

#[test]
fn a_trigger_crossed_at_entry_fires_before_the_other_order_works() {
    let mut desk = Desk::default();
    desk.mark(80);
    let mut legs = oco();
    let trigger = legs[1].trigger.unwrap();
    legs[1].trigger = Some(Trigger { source: TriggerSource::Mark, allow_immediate: true, ..trigger });

    let lines = desk.group(Oco, REDUCE, legs.clone());
    assert_eq!(
        lines[3..],
        ["suspended 4@90", "triggered 4@90", "posted 3 10@110", "canceled 3 10 Group", "canceled 4 10 NoLiquidity"]
    );

    legs[0].order.cl_ord_id = id("t2");
    legs[1].order.cl_ord_id = id("s2");
    let lines = desk.group(Oco, GroupMode::CancelOnTrigger, legs);
    assert_eq!(
        lines[3..],
        ["suspended 6@90", "triggered 6@90", "canceled 5 10 Group", "canceled 6 10 NoLiquidity"],
        "the other one is gone before it worked"
    );
}

#[test]
fn a_group_is_cancelled_as_a_whole() {
    let mut desk = Desk::default();
    desk.group(Otoco, REDUCE, bracket());

    assert_eq!(desk.cancel_group(OWNER, 1), ["canceled 3 10 User", "canceled 4 10 User", "canceled 5 10 User"]);
    assert_eq!(desk.cancel_group(OWNER, 1), ["cancel_rejected GROUP_FINISHED"]);
    assert_eq!(desk.reserved(), (0, 0));
}

#[test]
fn cancels_of_groups_that_are_not_there_are_refused() {
    let mut desk = Desk::default();
    desk.group(Otoco, REDUCE, bracket());

    assert_eq!(desk.cancel_group(OWNER, 0), ["cancel_rejected UNKNOWN_GROUP"]);
    assert_eq!(desk.cancel_group(OWNER, 2), ["cancel_rejected UNKNOWN_GROUP"]);
    assert_eq!(desk.cancel_group(OTHER, 1), ["cancel_rejected UNKNOWN_GROUP"]);
    assert_eq!(desk.cancel_group(AccountId(99), 1), ["cancel_rejected UNKNOWN_ACCOUNT"]);
    assert_eq!(desk.open(), [3, 4, 5]);
}

#[test]
fn a_group_with_one_open_order_is_finished() {
    let mut desk = Desk::default();
    desk.group(Oco, REDUCE, oco());
    desk.cancel(4, true);

    assert_eq!(desk.cancel_group(OWNER, 1), ["cancel_rejected GROUP_FINISHED"]);
    assert_eq!(desk.cancel_group(OTHER, 1), ["cancel_rejected GROUP_FINISHED"]);
    assert_eq!(desk.open(), [3]);
}

#[test]
fn acceptance_says_what_the_group_is() {
    let mut desk = Desk::default();
    let command = new_group(Otoco, GroupMode::CancelOnFirstFill, Activation::Full, bracket());

    let events = desk.apply(&command);

    let EventKind::GroupAccepted(accepted) = events[0] else { panic!("{}", line(&events[0])) };
    assert_eq!((accepted.account, accepted.instrument), (OWNER, ABC));
    assert_eq!((accepted.kind, accepted.mode), (Otoco, GroupMode::CancelOnFirstFill));
    let EventKind::OrderSuspended(held) = events[3] else { panic!("{}", line(&events[3])) };
    assert_eq!((held.kind, held.source, held.trigger_price), (None, TriggerSource::Last, None));
    let EventKind::OrderSuspended(held) = events[5] else { panic!("{}", line(&events[5])) };
    assert_eq!((held.kind, held.trigger_price), (Some(TriggerKind::StopLoss), None));
}

#[test]
fn a_take_profit_is_a_target_by_its_trigger() {
    let take = |price, trigger| behind(order("t", Sell, 10, price), TriggerKind::TakeProfit, trigger);
    let mut desk = Desk::default();

    // Its limit lies below the stop, which does not matter.
    assert_eq!(desk.group(Oco, REDUCE, vec![take(80, 110), stop("s", Sell, 10, 90)])[0], "grouped 1 Oco from 3");
    assert_eq!(
        refused(Oco, vec![take(120, 100), stop("s", Sell, 10, 90)]),
        "group_rejected leg 0 WOULD_TRIGGER 100 100",
        "a crossed trigger has the smaller number"
    );
}
