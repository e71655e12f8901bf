//! A trade that is taken back or corrected is told to both of its sides and to who asked for it, and to nobody else.

use gateway::limits::Limits;
use model::{
    AmendTrade, Command, InstrumentId, Money, OrderId, Price, Qty, Side, StandingTrade, TradeId, TradeKey, TradeTerms,
};
use wire::{CommandEvent, CommandReport, ExecType, ExecutionReport, Message, OrdStatus, Role};

use crate::support::{logon, order};
use crate::world::World;

/// `a` bought 3 of 5 at 100 from `b`, whose order is filled; an operator is there.
fn traded() -> (World, StandingTrade) {
    let mut world = World::new(Limits::default());
    world.traders(&["a", "b"]);
    world.connect("ops", logon("ops", Role::Operator));
    world.say("a", order("bid", Side::Buy, 5, 100));
    world.say("b", order("hit", Side::Sell, 3, 100));
    let fill = |name: &str| world.client(name).reports()[1].clone();
    let (bought, sold) = (fill("a"), fill("b"));
    let key = TradeKey {
        trade_id: bought.trade_id,
        instrument: bought.instrument.unwrap(),
        buy_order_id: bought.order_id,
        buyer: bought.account,
        sell_order_id: sold.order_id,
        seller: sold.account,
    };
    let terms = TradeTerms { price: Price(100), qty: Qty(3), buy_fee: bought.fee, sell_fee: sold.fee };
    (world, StandingTrade { key, terms })
}

fn amend(trade: StandingTrade, price: Option<Price>, qty: Option<Qty>) -> Command {
    Command::AmendTrade(Box::new(AmendTrade { trade, price, qty }))
}

fn last(world: &World, name: &str) -> ExecutionReport {
    (*world.client(name).reports().last().unwrap()).clone()
}

/// What answers a command of a client's, which is no order.
fn answers(world: &World, name: &str) -> Vec<CommandReport> {
    let answer = |message: &Message| match message {
        Message::CommandReport(report) if report.ref_seq != 0 => Some(report.clone()),
        _ => None,
    };
    world.client(name).heard.iter().filter_map(|(_, message)| answer(message)).collect()
}

#[test]
fn both_sides_are_told_of_a_bust() {
    let (mut world, trade) = traded();

    world.say("ops", amend(trade, None, None));

    let bought = last(&world, "a");
    assert_eq!((bought.exec_type, bought.ord_status), (ExecType::TradeCancel, OrdStatus::New));
    assert_eq!((bought.last_qty, bought.last_px), (Qty(3), Some(Price(100))));
    assert_eq!((bought.leaves_qty, bought.cum_qty, bought.cum_value), (Qty(2), Qty(0), Some(0)));
    let sold = last(&world, "b");
    assert_eq!((sold.exec_type, sold.ord_status), (ExecType::TradeCancel, OrdStatus::Ended));
    assert_eq!((sold.value, sold.limit, sold.trade_id), (100, 3, trade.key.trade_id));
    let [answer] = &answers(&world, "ops")[..] else { panic!("one answer") };
    assert_eq!((answer.event, answer.id), (CommandEvent::TradeBusted, trade.key.trade_id.0));
    let told_of_commands = |(_, message): &(_, Message)| matches!(message, Message::CommandReport(_));
    assert!(!world.client("a").heard.iter().any(told_of_commands));
}

#[test]
fn what_an_order_trades_after_a_correction_is_added_to_what_stands() {
    let (mut world, trade) = traded();

    world.say("ops", amend(trade, Some(Price(90)), Some(Qty(1))));
    world.say("b", order("again", Side::Sell, 2, 100));

    let reports = world.client("a").reports();
    let [.., corrected, filled] = &reports[..] else { panic!("two reports") };
    assert_eq!((corrected.exec_type, corrected.last_qty, corrected.cum_qty), (ExecType::TradeCorrect, Qty(1), Qty(1)));
    assert_eq!((filled.cum_qty, filled.leaves_qty, filled.cum_value), (Qty(3), Qty(0), Some(290)));
}

#[test]
fn nobody_but_an_operator_amends_a_trade() {
    let (mut world, trade) = traded();
    let told = world.told("b").len();

    world.say("a", amend(trade, None, None));

    assert_eq!(world.told("b").len(), told);
    assert!(world.client("a").heard.iter().any(|(_, message)| matches!(message, Message::Reject(_))));
}

#[test]
fn a_trade_that_never_was_is_refused() {
    let (mut world, mut trade) = traded();
    trade.key = TradeKey { trade_id: TradeId(9), instrument: InstrumentId(0), buy_order_id: OrderId(1), ..trade.key };
    trade.terms.sell_fee = Money(0);

    world.say("ops", amend(trade, None, None));

    let [answer] = &answers(&world, "ops")[..] else { panic!("one answer") };
    assert_eq!((answer.event, answer.account), (CommandEvent::Refused, None));
}
