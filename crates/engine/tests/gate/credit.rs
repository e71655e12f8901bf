//! R-132, 510: orders of a cash account that has a credit line.

use model::{AssetId, Command, InstrumentLimits, Money, MoveFunds, NewOrder, Qty, RejectReason, SetCreditLine, Side};

use crate::venue::{CASH, CREDIT, MAKER, USD, Venue, XYZ, limit, refused};

fn line(venue: &mut Venue, asset: AssetId, amount: i128) {
    let request = SetCreditLine { account: CASH, asset, amount: Money(amount) };
    assert_eq!(refused(&venue.send(&Command::SetCreditLine(request))), None);
}

#[test]
fn a_line_lets_orders_reserve_that_much_more_and_no_more() {
    let mut venue = Venue::new();
    assert_eq!(
        venue.enter(limit(CASH, Side::Buy, 10_010, 100)),
        Err((RejectReason::InsufficientFunds, 1_001_000, 1_000_000))
    );
    line(&mut venue, USD, 1_000);

    assert_eq!(
        venue.enter(limit(CASH, Side::Buy, 10_011, 100)),
        Err((RejectReason::CreditLimit, 1_001_100, 1_001_000))
    );
    let order = venue.enter(limit(CASH, Side::Buy, 10_010, 100)).expect("all of the line");
    assert_eq!(venue.exchange.balance(CASH, USD).available(), Money(-1_000));
    assert_eq!(venue.amend(CASH, order, None, Some(101)).unwrap().0, RejectReason::CreditLimit);
    venue.rest(MAKER, Side::Sell, 10_010, 100);
    assert_eq!(venue.exchange.balance(CASH, USD).total, Money(-1_000), "it owes what it was lent");
}

#[test]
fn a_line_of_the_asset_that_is_sold_lets_it_be_sold_short() {
    let mut venue = Venue::new();
    line(&mut venue, AssetId(1), 5);

    assert_eq!(venue.enter(limit(CASH, Side::Sell, 1_000_006, 90)).unwrap_err().0, RejectReason::QtyMax);
    assert!(venue.enter(limit(CASH, Side::Sell, 1_000_000, 90)).is_ok());
    assert!(venue.enter(limit(CASH, Side::Sell, 5, 91)).is_ok());
    assert_eq!(venue.enter(limit(CASH, Side::Sell, 1, 92)), Err((RejectReason::CreditLimit, 1, 0)));
    let other = NewOrder { instrument: XYZ, ..limit(CASH, Side::Sell, 1_000_000, 90) };
    assert!(venue.enter(other).is_ok());
    let more = NewOrder { order_qty: Qty(1), ..other };
    assert_eq!(venue.enter(more), Err((RejectReason::InsufficientFunds, 1, 0)), "a line is of one asset");
}

#[test]
fn the_credit_limit_has_a_number_of_its_own_behind_the_other_gates() {
    let mut venue = Venue::new();
    venue.limit_desk(CASH, InstrumentLimits { max_qty: Some(Qty(1)), ..InstrumentLimits::default() });
    let large = limit(CASH, Side::Buy, 20_000, 100);

    assert_eq!(venue.enter(large).unwrap_err().0, RejectReason::InsufficientFunds);
    line(&mut venue, USD, 1);
    assert_eq!(venue.enter(large).unwrap_err().0, RejectReason::MaxQty);
    line(&mut venue, USD, 0);
    assert_eq!(venue.enter(large).unwrap_err().0, RejectReason::InsufficientFunds);
}

#[test]
fn withdrawals_do_not_see_the_line_and_deposits_pay_back() {
    let mut venue = Venue::new();
    line(&mut venue, USD, 1_000);
    venue.rest(CASH, Side::Buy, 10_010, 100);
    let funds = |amount| MoveFunds { account: CASH, asset: USD, amount: Money(amount) };

    assert_eq!(refused(&venue.send(&Command::Withdraw(funds(1)))), Some((RejectReason::InsufficientFunds, 1, -1_000)));
    assert_eq!(refused(&venue.send(&Command::Deposit(funds(400)))), None);
    assert_eq!(venue.exchange.balance(CASH, USD).available(), Money(-600));
    venue.send(&Command::Deposit(funds(1_000)));
    assert_eq!(refused(&venue.send(&Command::Withdraw(funds(400)))), None);
}

#[test]
fn a_lower_line_touches_no_order_and_lets_nothing_more_in() {
    let mut venue = Venue::new();
    line(&mut venue, USD, 1_000);
    let order = venue.rest(CASH, Side::Buy, 10_010, 100);
    line(&mut venue, USD, 10);

    assert_eq!(venue.open(CASH), [order.0]);
    assert_eq!(venue.enter(limit(CASH, Side::Buy, 1, 1)), Err((RejectReason::CreditLimit, 1, -990)));
    assert_eq!(venue.amend(CASH, order, Some(10_000), None), None);
    assert!(venue.enter(limit(CASH, Side::Buy, 10, 1)).is_ok());
    assert_eq!(venue.exchange.credit_line(CASH, USD), Money(10));
    assert_eq!(venue.exchange.credit_line(CREDIT, USD), Money(0));
}
