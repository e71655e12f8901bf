//! What a fill, an end or an amend of an order does to the others of its group (rules ).

use crate::desk::{BASE, Desk, OTHER, OWNER, QUOTE, behind, leg, market, new_group, new_stop, order, stop};
use model::{
    Activation, Command, Display, GroupKind, GroupLeg, GroupMode, MassCancel, Money, MoveFunds, NewOrder, PostOnly,
    Price, Qty, Side, TimeInForce, TradingState, Trigger, TriggerKind, TriggerSource,
};

use GroupKind::{Oco, Oto, Otoco};
use GroupMode::{CancelOnFirstFill, CancelOnTrigger, Reduce};
use Side::{Buy, Sell};

fn oco() -> Vec<GroupLeg> {
    vec![leg(order("t", Sell, 10, 110)), stop("s", Sell, 10, 90)]
}

/// Order 3 the target, 4 the stop.
fn with_oco(mode: GroupMode) -> Desk {
    let mut desk = Desk::default();
    desk.group(Oco, mode, oco());
    desk
}

fn bracket() -> Vec<GroupLeg> {
    vec![leg(order("e", Buy, 10, 99)), leg(order("t", Sell, 10, 110)), stop("s", Sell, 10, 90)]
}

/// Order 3 the entry, 4 the target, 5 the stop.
fn with_bracket(mode: GroupMode, activation: Activation) -> Desk {
    let mut desk = Desk::default();
    desk.send(&new_group(Otoco, mode, activation, bracket()));
    desk
}

#[test]
fn a_fill_of_the_target_takes_its_quantity_off_the_stop() {
    let mut desk = with_oco(Reduce);

    assert_eq!(desk.taker(Buy, 4, 110)[1..], ["trade 5 3 4@110", "restated 4 6 of 6 Group"]);
    assert_eq!(desk.reserved(), (0, 6));
    assert_eq!(desk.taker(Buy, 6, 110)[1..], ["trade 6 3 6@110", "canceled 4 6 Group"]);
    assert_eq!(desk.reserved(), (0, 0));
    assert_eq!(desk.open(), []);
}

#[test]
fn several_fills_of_one_command_have_one_effect_each_order() {
    let mut desk = Desk::default();
    let mut legs = oco();
    legs[0].order.display = Display::Iceberg { display_qty: Qty(2), threshold: Qty(0), variance_bps: 0 };
    desk.group(Oco, Reduce, legs);

    let lines = desk.taker(Buy, 6, 110);

    assert_eq!(lines.iter().filter(|line| line.starts_with("trade")).count(), 3);
    assert_eq!(lines.last().unwrap(), "restated 4 4 of 4 Group");
    assert_eq!(lines.iter().filter(|line| line.starts_with("restated")).count(), 1);
}

#[test]
fn the_stop_cancels_the_target_before_it_trades() {
    let mut desk = with_oco(Reduce);
    desk.other(Buy, 30, 90);

    let lines = desk.taker(Sell, 1, 90);

    assert_eq!(lines[1..], ["trade 5 6 1@90", "triggered 4@90", "canceled 3 10 Group", "trade 5 4 10@90"]);
    assert_eq!(desk.reserved(), (0, 0));
}

#[test]
fn first_fill_cancels_the_sibling_where_the_group_says_so() {
    let mut desk = with_oco(CancelOnFirstFill);

    assert_eq!(desk.taker(Buy, 4, 110)[1..], ["trade 5 3 4@110", "canceled 4 10 Group"]);
    assert_eq!(desk.open(), [3]);
    assert_eq!(desk.reserved(), (0, 6));
}

#[test]
fn a_refused_trigger_leaves_the_sibling_its_place() {
    let mut desk = Desk::default();
    let passive = NewOrder { post_only: PostOnly::Reject, ..order("s", Sell, 10, 85) };
    desk.group(Oco, Reduce, vec![leg(order("t", Sell, 10, 110)), behind(passive, TriggerKind::StopLoss, 90)]);
    desk.other(Sell, 10, 110);
    desk.other(Buy, 5, 88);
    let before = desk.exchange.queue(crate::desk::ABC, Sell);

    let lines = desk.print(90);

    assert_eq!(lines[lines.len() - 2..], ["triggered 4@90", "trigger_rejected 4 10 POST_ONLY_WOULD_TRADE 85 88"]);
    assert_eq!(desk.exchange.queue(crate::desk::ABC, Sell), before, "the target keeps its place");
    assert_eq!(desk.reserved(), (0, 10));
    assert_eq!(desk.cancel_group(OWNER, 1), ["cancel_rejected GROUP_FINISHED"]);
}

#[test]
fn a_trigger_alone_cancels_the_sibling_where_the_group_says_so() {
    let mut desk = Desk::default();
    let passive = NewOrder { post_only: PostOnly::Reject, ..order("s", Sell, 10, 85) };
    desk.group(Oco, CancelOnTrigger, vec![leg(order("t", Sell, 10, 110)), behind(passive, TriggerKind::StopLoss, 90)]);
    desk.other(Buy, 5, 88);

    let lines = desk.print(90);

    assert_eq!(
        lines[lines.len() - 3..],
        ["triggered 4@90", "canceled 3 10 Group", "trigger_rejected 4 10 POST_ONLY_WOULD_TRADE 85 88"]
    );
    assert_eq!(desk.open(), []);
}

#[test]
fn both_exits_hit_in_one_command_fill_the_quantity_once() {
    let mut desk = with_oco(Reduce);
    desk.other(Buy, 20, 90);
    // Another buyer waits to be touched further away and therefore works first: it takes part of the target.
    let mut touched = stop("b", Buy, 4, 95);
    touched.order = NewOrder { account: OTHER, protection_price: Some(Price(200)), ..touched.order };
    touched.trigger = Some(Trigger { strict: true, ..Trigger::at(TriggerKind::IfTouched, Price(95)) });
    desk.send(&new_stop(&touched));

    let lines = desk.taker(Sell, 1, 90);

    assert_eq!(
        lines[1..],
        [
            "trade 5 7 1@90",
            "triggered 6@95",
            "triggered 4@90",
            "trade 6 3 4@110",
            "restated 4 6 of 6 Group",
            "canceled 3 6 Group",
            "trade 5 4 6@90"
        ]
    );
    assert_eq!(desk.reserved(), (0, 0));
}

#[test]
fn cancelling_one_exit_cancels_the_group() {
    let mut desk = with_oco(Reduce);
    assert_eq!(desk.cancel(3, false), ["canceled 3 10 User", "canceled 4 10 Group"]);

    let mut desk = with_bracket(Reduce, Activation::Partial);
    assert_eq!(
        desk.cancel(5, false),
        ["canceled 5 10 User", "canceled 4 10 Group", "canceled 3 10 Group"],
        "the sibling, then the entry"
    );
    assert_eq!(desk.reserved(), (0, 0));
}

#[test]
fn an_unlinked_exit_goes_alone() {
    let mut desk = with_bracket(Reduce, Activation::Partial);

    assert_eq!(desk.cancel(4, true), ["canceled 4 10 User"]);
    assert_eq!(desk.open(), [3, 5]);
    let lines = desk.taker(Sell, 10, 99);
    assert_eq!(lines[1..], ["trade 3 6 10@99", "released 5 10 of 10", "suspended 5@90"]);
    assert_eq!(desk.reserved(), (0, 10));
}

#[test]
fn unlinking_both_exits_leaves_the_entry() {
    let mut desk = with_bracket(Reduce, Activation::Partial);
    desk.cancel(4, true);
    desk.cancel(5, true);

    assert_eq!(desk.open(), [3]);
    assert_eq!(desk.taker(Sell, 10, 99)[1..], ["trade 3 6 10@99"]);
}

#[test]
fn an_entry_that_ends_unfilled_takes_the_others_with_it() {
    let mut desk = with_bracket(Reduce, Activation::Partial);
    assert_eq!(desk.cancel(3, false), ["canceled 3 10 User", "canceled 4 10 Group", "canceled 5 10 Group"]);

    let mut desk = with_bracket(Reduce, Activation::Full);
    assert_eq!(
        desk.cancel(3, true),
        ["canceled 3 10 User", "canceled 4 10 Group", "canceled 5 10 Group"],
        "with unlink too: nobody would ever release them"
    );

    let mut desk = Desk::default();
    let mut legs = bracket();
    legs[0].order.tif = TimeInForce::Ioc;
    let lines = desk.group(Otoco, Reduce, legs);
    assert_eq!(lines[6..], ["canceled 3 10 Ioc", "canceled 4 10 Group", "canceled 5 10 Group"]);
}

#[test]
fn expiry_of_one_expires_the_group() {
    let gtd = |leg: &mut GroupLeg| leg.order.tif = TimeInForce::Gtd { expire_ns: 1_000 };
    let mut desk = Desk::default();
    let mut legs = bracket();
    gtd(&mut legs[0]);
    desk.group(Otoco, Reduce, legs);
    desk.now_ns = 1_000;
    assert_eq!(desk.send(&Command::Tick), ["expired 3 10 Gtd", "expired 4 10 Group", "expired 5 10 Group"]);

    let mut desk = Desk::default();
    let mut legs = bracket();
    gtd(&mut legs[2]);
    desk.group(Otoco, Reduce, legs);
    desk.now_ns = 1_000;
    assert_eq!(desk.send(&Command::Tick), ["expired 5 10 Gtd", "expired 4 10 Group", "expired 3 10 Group"]);

    let mut desk = Desk::default();
    let mut legs = oco();
    legs[1].order.tif = TimeInForce::Day;
    desk.group(Oco, Reduce, legs);
    assert_eq!(desk.state(TradingState::Closed)[1..], ["expired 4 10 Day", "expired 3 10 Group"]);
}

#[test]
fn a_mass_cancel_ends_every_order_itself() {
    let mut desk = with_bracket(Reduce, Activation::Partial);

    let lines = desk.send(&Command::MassCancel(MassCancel { account: Some(OWNER), ..MassCancel::default() }));

    assert_eq!(lines, ["canceled 3 10 Mass", "canceled 4 10 Mass", "canceled 5 10 Mass", "mass_canceled 3"]);
}

#[test]
fn a_mass_cancel_of_one_side_ends_the_group() {
    let mut desk = with_bracket(Reduce, Activation::Partial);
    desk.taker(Sell, 4, 99);

    let lines = desk.send(&Command::MassCancel(MassCancel { side: Some(Sell), ..MassCancel::default() }));

    assert_eq!(lines, ["canceled 4 4 Mass", "canceled 5 4 Mass", "mass_canceled 2", "canceled 3 6 Group"]);
}

#[test]
fn each_fill_of_the_entry_releases_as_much() {
    let mut desk = with_bracket(Reduce, Activation::Partial);

    let lines = desk.taker(Sell, 4, 99);
    assert_eq!(
        lines[1..],
        ["trade 3 6 4@99", "released 4 4 of 4", "posted 4 4@110", "released 5 4 of 4", "suspended 5@90"]
    );
    assert_eq!(desk.reserved(), (594, 4));

    let lines = desk.taker(Sell, 6, 99);
    assert_eq!(lines[1..], ["trade 3 7 6@99", "released 4 10 of 10", "posted 4 10@110", "released 5 10 of 10"]);
    assert_eq!(desk.reserved(), (0, 10));
}

#[test]
fn exits_stay_for_what_the_entry_filled() {
    let mut desk = with_bracket(Reduce, Activation::Partial);
    desk.taker(Sell, 4, 99);

    assert_eq!(desk.cancel(3, false), ["canceled 3 6 User"]);
    assert_eq!((desk.leaves(4), desk.leaves(5)), (4, 4));
    assert_eq!(desk.taker(Buy, 4, 110)[1..], ["trade 7 4 4@110", "canceled 5 4 Group"]);
}

#[test]
fn a_full_activation_waits_for_the_entrys_end() {
    let mut desk = with_bracket(Reduce, Activation::Full);
    assert_eq!(desk.taker(Sell, 4, 99)[1..], ["trade 3 6 4@99"]);
    assert_eq!(
        desk.taker(Sell, 6, 99)[1..],
        ["trade 3 7 6@99", "released 4 10 of 10", "posted 4 10@110", "released 5 10 of 10", "suspended 5@90"]
    );

    let mut desk = with_bracket(Reduce, Activation::Full);
    desk.taker(Sell, 4, 99);
    assert_eq!(
        desk.cancel(3, false),
        ["canceled 3 6 User", "released 4 4 of 4", "posted 4 4@110", "released 5 4 of 4", "suspended 5@90"]
    );
    assert_eq!(desk.reserved(), (0, 4));
}

#[test]
fn an_exit_that_begins_ends_what_is_left_of_the_entry() {
    let mut desk = with_bracket(Reduce, Activation::Partial);
    desk.taker(Sell, 4, 99);
    assert_eq!(
        desk.taker(Buy, 1, 110)[1..],
        ["trade 7 4 1@110", "canceled 3 6 Group", "restated 5 3 of 3 Group"],
        "the target was filled"
    );

    let mut desk = with_bracket(Reduce, Activation::Partial);
    desk.taker(Sell, 4, 99);
    desk.cancel(4, true);
    // The entry stands in the way of a trade at 90: it is filled first and releases more.
    let lines = desk.taker(Sell, 7, 90);
    assert_eq!(lines[1..3], ["trade 3 7 6@99", "canceled 7 1 Ioc"], "{lines:?}");
    desk.other(Buy, 20, 90);
    let lines = desk.taker(Sell, 1, 90);
    assert_eq!(lines[2..], ["triggered 5@90", "trade 8 5 10@90"], "{lines:?}");
}

#[test]
fn a_trigger_at_work_ends_what_is_left_of_the_entry() {
    let mut desk = Desk::default();
    desk.mark(100);
    let mut legs = bracket();
    legs[2].trigger = legs[2].trigger.map(|trigger| Trigger { source: TriggerSource::Mark, ..trigger });
    desk.group(Otoco, Reduce, legs);
    desk.taker(Sell, 4, 99);
    desk.other(Buy, 9, 92);

    let lines = desk.mark(90);

    assert_eq!(lines[1..], ["triggered 5@90", "canceled 3 6 Group", "canceled 4 4 Group", "trade 7 5 4@92"]);
    assert_eq!(desk.reserved(), (0, 0));
}

#[test]
fn a_released_target_that_trades_at_once_takes_its_stop_along() {
    let mut desk = Desk::default();
    desk.other(Buy, 10, 112);
    desk.other(Sell, 4, 113);
    let mut legs = bracket();
    legs[0].order = NewOrder { tif: TimeInForce::Ioc, ..market("e", Buy, 10) };

    let lines = desk.group(Otoco, Reduce, legs);

    assert_eq!(
        lines[6..],
        [
            "trade 5 4 4@113",
            "canceled 5 6 NoLiquidity",
            "released 6 4 of 4",
            "trade 3 6 4@112",
            "released 7 4 of 4",
            "suspended 7@90",
            "canceled 7 4 Group"
        ]
    );
    assert_eq!(desk.open(), []);
}

#[test]
fn a_release_that_is_refused_ends_the_order() {
    let mut desk = Desk::default();
    let mut legs = vec![leg(order("e", Buy, 10, 99)), leg(order("n", Sell, 10, 98))];
    legs[1].order.post_only = PostOnly::Reject;
    desk.other(Buy, 20, 98);
    desk.group(Oto, Reduce, legs);

    let lines = desk.taker(Sell, 4, 99);

    assert_eq!(lines[1..], ["trade 4 6 4@99", "released 5 4 of 4", "trigger_rejected 5 4 POST_ONLY_WOULD_TRADE 98 99"]);
    assert_eq!(desk.open(), [4], "the entry stays");
    assert_eq!(desk.reserved(), (594, 0));
}

#[test]
fn a_release_that_is_not_covered_ends_the_order() {
    let mut desk = with_bracket(Reduce, Activation::Full);
    desk.taker(Sell, 4, 99);
    let all = MoveFunds { account: OWNER, asset: BASE, amount: Money(1_004) };
    assert_eq!(desk.send(&Command::Withdraw(all)), ["Withdrawn"]);

    let lines = desk.cancel(3, false);

    assert_eq!(
        lines[1..],
        [
            "released 4 4 of 4",
            "trigger_rejected 4 4 INSUFFICIENT_FUNDS 4 0",
            "released 5 4 of 4",
            "trigger_rejected 5 4 INSUFFICIENT_FUNDS 4 0"
        ]
    );
    assert_eq!(desk.open(), []);
}

#[test]
fn an_oto_releases_whatever_follows() {
    let mut desk = Desk::default();
    desk.group(Oto, Reduce, vec![leg(order("e", Buy, 10, 99)), leg(order("n", Sell, 10, 105))]);

    assert_eq!(desk.taker(Sell, 3, 99)[1..], ["trade 3 5 3@99", "released 4 3 of 3", "posted 4 3@105"]);
    assert_eq!(desk.taker(Buy, 2, 105)[1..], ["trade 6 4 2@105"], "it is no exit: the entry stays");
    assert_eq!(desk.taker(Sell, 3, 99)[1..], ["trade 3 7 3@99", "released 4 4 of 6", "posted 4 4@105"]);
    assert_eq!(desk.cancel(4, false), ["canceled 4 4 User", "canceled 3 4 Group"]);
}

#[test]
fn a_crossed_trigger_fires_when_it_is_released() {
    let mut desk = Desk::default();
    let mut legs = bracket();
    legs[2].trigger = legs[2].trigger.map(|trigger| Trigger { source: TriggerSource::Bid, ..trigger });
    desk.group(Otoco, Reduce, legs);
    desk.other(Buy, 1, 50);

    // Once the entry is filled the best bid is 50.
    let lines = desk.taker(Sell, 10, 99);

    assert_eq!(
        lines[4..],
        [
            "released 5 10 of 10",
            "suspended 5@90",
            "triggered 5@90",
            "canceled 4 10 Group",
            "trade 6 5 1@50",
            "canceled 5 9 NoLiquidity"
        ]
    );
}

#[test]
fn an_uncross_fills_and_releases() {
    let mut desk = Desk::default();
    desk.state(TradingState::VolatilityAuction);
    desk.group(Otoco, Reduce, bracket());
    desk.other(Sell, 4, 99);

    let lines = desk.state(TradingState::Continuous);

    assert_eq!(lines[..3], ["trade 3 6 4@99", "uncrossed 4@99", "state Continuous"], "{lines:?}");
    assert_eq!(lines[3..], ["released 4 4 of 4", "posted 4 4@110", "released 5 4 of 4", "suspended 5@90"]);
}

#[test]
fn what_is_not_released_yet_is_held_by_released_orders() {
    let mut desk = Desk::default();
    desk.fees(333);
    desk.group(
        Otoco,
        Reduce,
        vec![leg(order("e", Sell, 10, 101)), leg(order("t", Buy, 10, 90)), stop("s", Buy, 10, 110)],
    );
    // The stop holds for ten at 121 and the fee.
    assert_eq!(desk.reserved(), (1_211, 10));

    desk.taker(Buy, 4, 101);
    assert_eq!(desk.reserved(), (1_211, 6));
    desk.cancel(3, false);
    assert_eq!(desk.reserved(), (485, 0), "four at 121 and the fee");
}

#[test]
fn quantities_of_a_bracket_are_the_entrys() {
    let mut desk = with_bracket(Reduce, Activation::Partial);
    desk.taker(Sell, 4, 99);

    assert_eq!(desk.amend(4, [Some(5), None, None]), ["amend_rejected GROUP_QTY 5 4"]);
    assert_eq!(desk.amend(5, [Some(4), None, None]), ["amend_rejected GROUP_QTY 4 4"]);
    assert_eq!(desk.amend(3, [Some(11), None, None]), ["amend_rejected GROUP_QTY 11 10"]);
    assert_eq!(desk.amend(3, [Some(9), None, None]), ["replaced 3 5 of 9@99"]);
    assert_eq!(desk.amend(3, [Some(4), None, None]), ["canceled 3 5 User"]);
    assert_eq!((desk.leaves(4), desk.leaves(5)), (4, 4));
}

#[test]
fn a_new_quantity_of_an_exit_is_its_siblings_too() {
    let mut desk = with_oco(Reduce);
    assert_eq!(desk.amend(3, [Some(7), None, None]), ["replaced 3 7 of 7@110", "restated 4 7 of 7 Group"]);
    assert_eq!(desk.reserved(), (0, 7));
    assert_eq!(
        desk.amend(4, [Some(12), None, None]),
        ["replaced 4 12 of 12", "released 3 12 of 12", "posted 3 12@110"]
    );
    assert_eq!(desk.reserved(), (0, 12));
    assert_eq!(
        desk.amend(3, [Some(20), None, None])[0..],
        ["replaced 3 20 of 20@110", "posted 3 20@110", "released 4 20 of 20"]
    );
}

#[test]
fn a_larger_pair_must_be_covered_by_the_larger_hold() {
    let mut desk = Desk::default();
    desk.group(Oco, Reduce, vec![leg(order("t", Buy, 10, 90)), stop("s", Buy, 10, 110)]);
    let rest = MoveFunds { account: OWNER, asset: QUOTE, amount: Money(100_000 - 1_210 - 120) };
    desk.send(&Command::Withdraw(rest));

    // Eleven at 121 need 121 more; there are 120.
    assert_eq!(desk.amend(3, [Some(11), None, None]), ["amend_rejected INSUFFICIENT_FUNDS 121 120"]);
    assert_eq!(desk.amend(4, [Some(11), None, None]), ["amend_rejected INSUFFICIENT_FUNDS 121 120"]);
    assert_eq!(desk.amend(4, [Some(9), None, None]), ["replaced 4 9 of 9@121", "restated 3 9 of 9 Group"]);
    assert_eq!(desk.reserved(), (1_089, 0));
}

#[test]
fn amended_exits_stay_apart() {
    let mut desk = Desk::default();
    let mut legs = oco();
    // Nothing is bid, so no trigger is crossed.
    legs[1].trigger = legs[1].trigger.map(|trigger| Trigger { source: TriggerSource::Bid, ..trigger });
    desk.group(Oco, Reduce, legs);

    assert_eq!(desk.amend(3, [None, Some(90), None]), ["amend_rejected GROUP_PRICES 90 90"]);
    assert_eq!(desk.amend(3, [None, Some(89), None]), ["amend_rejected GROUP_PRICES 89 90"]);
    assert_eq!(desk.amend(4, [None, None, Some(110)]), ["amend_rejected GROUP_PRICES 110 110"]);
    assert_eq!(desk.amend(4, [None, None, Some(109)]), ["replaced 4 10 of 10"]);
    assert_eq!(desk.amend(3, [None, Some(120), None]), ["replaced 3 10 of 10@120", "posted 3 10@120"]);
}

#[test]
fn held_orders_may_be_amended() {
    let mut desk = with_bracket(Reduce, Activation::Partial);

    assert_eq!(desk.amend(4, [None, Some(112), None]), ["replaced 4 10 of 10@112"]);
    assert_eq!(desk.amend(4, [None, Some(90), None]), ["amend_rejected GROUP_PRICES 90 90"]);
    assert_eq!(desk.amend(5, [None, None, Some(95)]), ["replaced 5 10 of 10"]);
    assert_eq!(desk.amend(4, [None, None, Some(95)]), ["amend_rejected TRIGGER_NOT_ALLOWED 0 0"]);
    assert_eq!(
        desk.taker(Sell, 10, 99)[2..],
        ["released 4 10 of 10", "posted 4 10@112", "released 5 10 of 10", "suspended 5@95"]
    );
}

#[test]
fn an_amend_down_to_the_filled_ends_the_group() {
    let mut desk = with_oco(Reduce);
    desk.taker(Buy, 4, 110);

    assert_eq!(desk.amend(3, [Some(4), None, None]), ["canceled 3 6 User", "canceled 4 6 Group"]);
}

#[test]
fn a_trigger_in_a_call_waits_and_its_sibling_works_on() {
    let mut desk = with_oco(Reduce);
    desk.state(TradingState::VolatilityAuction);
    desk.other(Buy, 3, 110);

    let lines = desk.state(TradingState::Continuous);

    assert_eq!(lines, ["trade 5 3 3@110", "uncrossed 3@110", "state Continuous", "restated 4 7 of 7 Group"]);
}

#[test]
fn a_market_entry_releases_what_it_got() {
    let mut desk = Desk::default();
    desk.other(Sell, 4, 100);
    let mut legs = bracket();
    legs[0].order = NewOrder { tif: TimeInForce::Ioc, ..market("e", Buy, 10) };

    let lines = desk.group(Otoco, Reduce, legs);

    assert_eq!(
        lines[6..],
        [
            "trade 4 3 4@100",
            "canceled 4 6 NoLiquidity",
            "released 5 4 of 4",
            "posted 5 4@110",
            "released 6 4 of 4",
            "suspended 6@90"
        ]
    );
    assert_eq!(desk.reserved(), (0, 4));
}
