//! what an account may enter, with the numbers of the moment.

use model::{
    AccountLimits, AmendOrder, Command, Display, InstrumentLimits, Money, NewOrder, OrdType, Peg, PegReference,
    PostOnly, Price, Qty, RejectReason, Side, TimeInForce, TradingState,
};

use crate::venue::{ABC, CASH, CREDIT, MAKER, SECOND, Venue, XYZ, limit, market, refused};

fn desk() -> InstrumentLimits {
    InstrumentLimits::default()
}

#[test]
fn a_restricted_instrument_takes_reduce_only_orders_alone() {
    let mut venue = Venue::new();
    venue.rest(MAKER, Side::Buy, 5, 90);
    venue.limit_desk(CASH, InstrumentLimits { restricted: true, ..desk() });

    assert_eq!(venue.enter(limit(CASH, Side::Buy, 1, 50)), Err((RejectReason::Restricted, 0, 0)));
    assert_eq!(venue.enter(market(CASH, Side::Sell, 1)), Err((RejectReason::Restricted, 0, 0)));
    assert!(venue.enter(NewOrder { reduce_only: true, ..limit(CASH, Side::Sell, 1, 50) }).is_ok());
    assert!(venue.enter(NewOrder { instrument: XYZ, ..limit(CASH, Side::Buy, 1, 50) }).is_ok());
    assert!(venue.enter(limit(CREDIT, Side::Buy, 1, 50)).is_ok());
}

#[test]
fn restricted_comes_before_what_the_book_and_the_funds_say_and_after_the_state() {
    let mut venue = Venue::new();
    venue.rest(MAKER, Side::Sell, 1, 60);
    venue.limit_desk(CASH, InstrumentLimits { restricted: true, ..desk() });
    let order = NewOrder { post_only: PostOnly::Reject, ..limit(CASH, Side::Buy, 500_000, 99) };

    assert_eq!(venue.enter(order), Err((RejectReason::Restricted, 0, 0)));
    venue.state(ABC, TradingState::Halted);
    assert_eq!(venue.enter(order).unwrap_err().0, RejectReason::Halted);
}

#[test]
fn an_amend_that_raises_nothing_is_not_asked_about_the_order() {
    let mut venue = Venue::new();
    let order = venue.rest(CASH, Side::Buy, 10, 50);
    let limits = InstrumentLimits { restricted: true, max_qty: Some(Qty(2)), max_value: Some(Money(2)), ..desk() };
    venue.limit_desk(CASH, limits);

    assert_eq!(venue.amend(CASH, order, Some(8), None), None);
    assert_eq!(venue.amend(CASH, order, None, Some(50)), None);
    let life = AmendOrder { tif: Some(TimeInForce::Day), ..venue.amendment(CASH, order) };
    assert_eq!(refused(&venue.send(&Command::Amend(life))), None);
    assert_eq!(venue.amend(CASH, order, Some(9), None), Some((RejectReason::Restricted, 0, 0)));
    assert_eq!(venue.amend(CASH, order, Some(7), Some(49)), Some((RejectReason::Restricted, 0, 0)));
    assert_eq!(venue.exchange.order(order).unwrap().order_qty, Qty(8));
}

#[test]
fn a_quantity_above_the_accounts_largest_is_refused_new_and_amended() {
    let mut venue = Venue::new();
    venue.limit_desk(CASH, InstrumentLimits { max_qty: Some(Qty(10)), ..desk() });

    assert_eq!(venue.enter(limit(CASH, Side::Buy, 11, 50)), Err((RejectReason::MaxQty, 11, 10)));
    let order = venue.rest(CASH, Side::Buy, 10, 50);
    assert_eq!(venue.amend(CASH, order, Some(11), None), Some((RejectReason::MaxQty, 11, 10)));

    venue.limit_desk(CASH, InstrumentLimits { max_qty: Some(Qty(9)), ..desk() });
    assert_eq!(venue.amend(CASH, order, None, Some(51)), Some((RejectReason::MaxQty, 10, 9)));
    assert_eq!(venue.open(CASH), [order.0], "lowering a limit touches no order");
}

#[test]
fn a_quantity_is_measured_as_it_would_be_accepted() {
    let mut venue = Venue::new();
    venue.rest(MAKER, Side::Sell, 4, 60);
    venue.enter(limit(CREDIT, Side::Buy, 4, 60)).unwrap();
    venue.limit_desk(CREDIT, InstrumentLimits { max_qty: Some(Qty(4)), ..desk() });
    let reducing = NewOrder { reduce_only: true, ..limit(CREDIT, Side::Sell, 100, 70) };

    let order = venue.enter(reducing).expect("capped to the position of 4 first");

    assert_eq!(venue.exchange.order(order).unwrap().order_qty, Qty(4));
}

#[test]
fn a_value_above_the_accounts_largest_is_refused_at_every_price_there_is() {
    let mut venue = Venue::new();
    venue.rest(MAKER, Side::Sell, 1_000, 100);
    venue.limit_desk(CASH, InstrumentLimits { max_value: Some(Money(1_000)), ..desk() });

    assert_eq!(venue.enter(limit(CASH, Side::Buy, 21, 50)), Err((RejectReason::MaxValue, 1_050, 1_000)));
    assert!(venue.enter(limit(CASH, Side::Buy, 20, 50)).is_ok());
    // A market order counts at its protection price: 100 and 5 % of it where none is given.
    assert_eq!(venue.enter(market(CASH, Side::Buy, 10)), Err((RejectReason::MaxValue, 1_050, 1_000)));
    let near = NewOrder { protection_price: Some(Price(101)), ..market(CASH, Side::Buy, 10) };
    assert_eq!(venue.enter(near), Err((RejectReason::MaxValue, 1_010, 1_000)));
    let budget = NewOrder { quote_qty: Some(Money(1_001)), ..market(CASH, Side::Buy, 0) };
    assert_eq!(venue.enter(budget), Err((RejectReason::MaxValue, 1_001, 1_000)));
    assert!(venue.enter(NewOrder { quote_qty: Some(Money(1_000)), ..budget }).is_ok());
}

#[test]
fn an_amended_price_alone_can_make_an_order_too_large() {
    let mut venue = Venue::new();
    venue.limit_desk(CASH, InstrumentLimits { max_value: Some(Money(1_000)), ..desk() });
    let order = venue.rest(CASH, Side::Buy, 20, 50);

    assert_eq!(venue.amend(CASH, order, None, Some(51)), Some((RejectReason::MaxValue, 1_020, 1_000)));
    assert_eq!(venue.amend(CASH, order, Some(21), None), Some((RejectReason::MaxValue, 1_050, 1_000)));
    assert_eq!(venue.amend(CASH, order, Some(25), Some(40)), None);
}

#[test]
fn an_amend_that_ends_the_order_is_asked_nothing() {
    let mut venue = Venue::new();
    venue.rest(MAKER, Side::Sell, 5, 50);
    let order = venue.rest(CREDIT, Side::Buy, 10, 50);
    venue.limit_desk(CREDIT, InstrumentLimits { restricted: true, max_qty: Some(Qty(1)), ..desk() });

    assert_eq!(venue.amend(CREDIT, order, Some(5), Some(60)), None);

    assert_eq!(venue.open(CREDIT), [0; 0]);
}

#[test]
fn a_price_beyond_the_collar_is_refused_and_one_at_its_edge_is_not() {
    let mut venue = Venue::new();
    venue.limit_desk(CASH, InstrumentLimits { collar_bps: Some(500), ..desk() });

    // Without a trade the previous close of 100 counts.
    assert_eq!(venue.enter(limit(CASH, Side::Buy, 1, 106)), Err((RejectReason::PriceCollar, 106, 105)));
    assert!(venue.enter(limit(CASH, Side::Buy, 1, 105)).is_ok());
    assert_eq!(venue.enter(limit(CASH, Side::Sell, 1, 94)), Err((RejectReason::PriceCollar, 94, 95)));
    assert!(venue.enter(limit(CASH, Side::Buy, 1, 2)).is_ok(), "far on the passive side is no error");
    assert!(venue.enter(limit(CASH, Side::Sell, 1, 900)).is_ok());
}

#[test]
fn the_collar_follows_the_last_trade_and_holds_for_amends_and_protection_prices() {
    let mut venue = Venue::new();
    venue.limit_desk(CASH, InstrumentLimits { collar_bps: Some(1_000), ..desk() });
    venue.print(200);
    let order = venue.rest(CASH, Side::Buy, 1, 190);

    assert_eq!(venue.amend(CASH, order, None, Some(221)), Some((RejectReason::PriceCollar, 221, 220)));
    assert_eq!(venue.amend(CASH, order, Some(2), None), None);
    let far = NewOrder { protection_price: Some(Price(221)), ..market(CASH, Side::Buy, 1) };
    assert_eq!(venue.enter(far), Err((RejectReason::PriceCollar, 221, 220)));
    // The default protection price is not the account's own and is not measured.
    venue.rest(MAKER, Side::Sell, 1, 400);
    assert!(venue.enter(market(CASH, Side::Buy, 1)).is_ok());
}

#[test]
fn the_collar_measures_the_slid_price() {
    let mut venue = Venue::new();
    venue.rest(MAKER, Side::Sell, 1, 100);
    venue.limit_desk(CASH, InstrumentLimits { collar_bps: Some(0), ..desk() });
    let sliding = NewOrder { post_only: PostOnly::Slide, ..limit(CASH, Side::Buy, 1, 130) };

    let order = venue.enter(sliding).expect("slid to 99");

    assert_eq!(venue.exchange.order(order).unwrap().price, Some(Price(99)));
}

#[test]
fn without_a_reference_there_is_no_collar() {
    let mut venue = Venue::new();
    let fresh = crate::venue::instrument("ABC", None);
    let fresh = model::Instrument { symbol: crate::venue::name("NEW"), ..fresh };
    venue.send(&Command::ListInstrument(Box::new(fresh)));
    let instrument = model::InstrumentId(2);
    venue.state(instrument, TradingState::Continuous);
    let limits = InstrumentLimits { collar_bps: Some(1), ..desk() };
    let request = model::SetInstrumentLimits { account: CASH, instrument, limits };
    venue.send(&Command::SetInstrumentLimits(Box::new(request)));

    assert!(venue.enter(NewOrder { instrument, ..limit(CASH, Side::Buy, 1, 9_000) }).is_ok());
}

fn duplicates(within_ns: i64) -> AccountLimits {
    AccountLimits { duplicate_ns: within_ns, ..AccountLimits::default() }
}

#[test]
fn the_same_order_again_too_soon_is_refused() {
    let mut venue = Venue::new();
    venue.limit_account(CASH, duplicates(500));
    let first = venue.now() + 1;
    venue.rest(CASH, Side::Buy, 7, 50);
    let mut again = |ts_ns: i64, order: NewOrder| {
        let order = NewOrder { cl_ord_id: venue.id(), ..order };
        refused(&venue.send_at(ts_ns, &Command::NewOrder(order)))
    };
    let same = limit(CASH, Side::Buy, 7, 50);

    assert_eq!(again(first + 200, same), Some((RejectReason::Duplicate, 200, 500)));
    assert_eq!(again(first + 210, limit(CASH, Side::Buy, 8, 50)), None);
    assert_eq!(again(first + 220, limit(CASH, Side::Buy, 7, 51)), None);
    assert_eq!(again(first + 230, limit(CASH, Side::Sell, 7, 50)), None);
    assert_eq!(again(first + 240, NewOrder { instrument: XYZ, ..same }), None);
    assert_eq!(again(first + 250, NewOrder { ord_type: OrdType::MarketToLimit, price: None, ..same }), None);
    // Life, display and connection do not make it another order.
    let dressed = NewOrder { tif: TimeInForce::Day, display: Display::Hidden, ..same };
    assert_eq!(again(first + 499, dressed), Some((RejectReason::Duplicate, 499, 500)));
    assert_eq!(again(first + 500, same), None, "a refused one is not remembered, an old one is forgotten");
    assert_eq!(again(first + 501, limit(CREDIT, Side::Buy, 7, 50)), None);
}

#[test]
fn duplicates_are_judged_by_what_was_asked_for_and_not_by_what_was_made_of_it() {
    let mut venue = Venue::new();
    venue.rest(MAKER, Side::Sell, 1, 60);
    venue.limit_account(CASH, duplicates(SECOND));
    let sliding = |price| NewOrder { post_only: PostOnly::Slide, ..limit(CASH, Side::Buy, 1, price) };

    assert!(venue.enter(sliding(70)).is_ok());
    assert!(venue.enter(sliding(71)).is_ok(), "both slid to 59");
    assert_eq!(venue.enter(sliding(70)).unwrap_err().0, RejectReason::Duplicate);
}

#[test]
fn open_orders_are_counted_over_all_instruments_as_they_come_and_go() {
    let mut venue = Venue::new();
    venue.rest(CASH, Side::Buy, 1, 10);
    venue.limit_account(CASH, AccountLimits { open_orders_max: 3, ..AccountLimits::default() });
    venue.enter(NewOrder { instrument: XYZ, ..limit(CASH, Side::Buy, 1, 10) }).unwrap();
    let third = venue.rest(CASH, Side::Sell, 1, 200);

    assert_eq!(venue.enter(limit(CASH, Side::Buy, 1, 11)), Err((RejectReason::OpenOrders, 4, 3)));
    let at_once = NewOrder { tif: TimeInForce::Ioc, ..limit(CASH, Side::Buy, 1, 11) };
    assert_eq!(venue.enter(at_once), Err((RejectReason::OpenOrders, 4, 3)), "for a moment it is open too");
    assert_eq!(venue.amend(CASH, third, Some(5), None), None);
    venue.rest(CREDIT, Side::Buy, 5, 200);
    assert_eq!(venue.open(CASH).len(), 2, "the third was filled");
    assert!(venue.enter(limit(CASH, Side::Buy, 1, 11)).is_ok());
}

#[test]
fn the_position_that_working_orders_could_lead_to_is_bounded_on_both_sides() {
    let mut venue = Venue::new();
    venue.rest(CREDIT, Side::Buy, 3, 50);
    venue.limit_desk(CREDIT, InstrumentLimits { position_max: Some(Qty(10)), ..desk() });
    let second = venue.rest(CREDIT, Side::Buy, 4, 51);

    assert_eq!(venue.enter(limit(CREDIT, Side::Buy, 4, 49)), Err((RejectReason::PositionLimit, 11, 10)));
    assert!(venue.enter(limit(CREDIT, Side::Sell, 10, 90)).is_ok(), "the other side is counted by itself");
    assert_eq!(venue.enter(limit(CREDIT, Side::Sell, 1, 91)), Err((RejectReason::PositionLimit, 11, 10)));

    venue.rest(MAKER, Side::Sell, 4, 51);
    assert_eq!(venue.exchange.order(second), None, "filled: what worked is held now");
    assert_eq!(venue.enter(limit(CREDIT, Side::Buy, 4, 49)), Err((RejectReason::PositionLimit, 11, 10)));
    // Long 4: the sells of 10 lead to 6 short, and 4 more are let in.
    assert_eq!(venue.enter(limit(CREDIT, Side::Sell, 5, 91)), Err((RejectReason::PositionLimit, 11, 10)));
    assert!(venue.enter(limit(CREDIT, Side::Sell, 4, 91)).is_ok());
}

#[test]
fn an_amend_is_measured_with_its_new_leaves_and_only_where_it_raises_them() {
    let mut venue = Venue::new();
    venue.limit_desk(CREDIT, InstrumentLimits { position_max: Some(Qty(10)), ..desk() });
    let order = venue.rest(CREDIT, Side::Buy, 8, 50);
    venue.rest(MAKER, Side::Sell, 3, 50);

    assert_eq!(venue.amend(CREDIT, order, Some(11), None), Some((RejectReason::PositionLimit, 11, 10)));
    assert_eq!(venue.amend(CREDIT, order, Some(10), None), None);
    venue.limit_desk(CREDIT, InstrumentLimits { position_max: Some(Qty(1)), ..desk() });
    assert_eq!(venue.amend(CREDIT, order, None, Some(49)), None);
    assert_eq!(venue.amend(CREDIT, order, Some(9), None), None);
}

#[test]
fn reduce_only_orders_are_not_measured_against_the_position() {
    let mut venue = Venue::new();
    venue.rest(MAKER, Side::Sell, 5, 50);
    venue.rest(CREDIT, Side::Buy, 5, 50);
    venue.limit_desk(CREDIT, InstrumentLimits { position_max: Some(Qty(0)), ..desk() });

    assert_eq!(venue.enter(limit(CREDIT, Side::Sell, 6, 60)), Err((RejectReason::PositionLimit, 1, 0)));
    assert!(venue.enter(NewOrder { reduce_only: true, ..limit(CREDIT, Side::Sell, 9, 60) }).is_ok());
}

#[test]
fn working_lots_follow_fills_prevention_cuts_and_pegs_that_are_parked() {
    let mut venue = Venue::new();
    venue.limit_desk(CREDIT, InstrumentLimits { position_max: Some(Qty(1_000)), ..desk() });
    let working = |venue: &Venue, side| venue.exchange.working_qty(CREDIT, ABC, side);

    let peg = Peg { reference: PegReference::Near, offset_ticks: 0 };
    let pegged = NewOrder { ord_type: OrdType::Pegged, price: None, peg: Some(peg), ..limit(CREDIT, Side::Buy, 6, 1) };
    venue.enter(pegged).unwrap();
    assert_eq!(working(&venue, Side::Buy), Some(Qty(6)), "parked, without a reference");
    venue.rest(CREDIT, Side::Buy, 5, 40);
    assert_eq!(working(&venue, Side::Buy), Some(Qty(11)));
    let own = NewOrder { stp: Some(model::StpMode::DecrementAndCancel), ..limit(CREDIT, Side::Sell, 2, 40) };
    venue.enter(own).unwrap();
    assert_eq!(working(&venue, Side::Buy), Some(Qty(9)));
    venue.rest(MAKER, Side::Sell, 4, 40);
    assert_eq!((working(&venue, Side::Buy), working(&venue, Side::Sell)), (Some(Qty(5)), Some(Qty(0))));
    assert_eq!(venue.exchange.working_qty(CASH, ABC, Side::Buy), None);
}

#[test]
fn of_several_gates_the_one_with_the_smallest_number_is_named() {
    let mut venue = Venue::new();
    let all = InstrumentLimits {
        max_qty: Some(Qty(1)),
        max_value: Some(Money(1)),
        collar_bps: Some(0),
        position_max: Some(Qty(1)),
        restricted: false,
    };
    venue.rest(CASH, Side::Buy, 2, 101);
    venue.limit_account(CASH, AccountLimits { open_orders_max: 1, duplicate_ns: 0, ..AccountLimits::default() });
    let order = limit(CASH, Side::Buy, 2, 101);
    let mut named = Vec::new();
    for limits in [
        all,
        InstrumentLimits { max_qty: None, ..all },
        InstrumentLimits { max_qty: None, max_value: None, ..all },
        InstrumentLimits { max_qty: None, max_value: None, collar_bps: None, ..all },
    ] {
        venue.limit_desk(CASH, limits);
        named.push(venue.enter(order).unwrap_err().0);
    }
    venue.limit_account(CASH, AccountLimits::default());
    named.push(venue.enter(order).unwrap_err().0);

    let expected = [
        RejectReason::MaxQty,
        RejectReason::MaxValue,
        RejectReason::PriceCollar,
        RejectReason::OpenOrders,
        RejectReason::PositionLimit,
    ];
    assert_eq!(named, expected);
}

#[test]
fn orders_in_a_call_are_asked_too() {
    let mut venue = Venue::new();
    venue.state(ABC, TradingState::Closed);
    venue.state(ABC, TradingState::OpeningAuction);
    let limits = InstrumentLimits { max_qty: Some(Qty(5)), max_value: Some(Money(400)), ..desk() };
    venue.limit_desk(CASH, limits);
    let auction = NewOrder { tif: TimeInForce::Gfa, ..market(CASH, Side::Sell, 6) };

    assert_eq!(venue.enter(auction), Err((RejectReason::MaxQty, 6, 5)));
    assert_eq!(venue.enter(limit(CASH, Side::Buy, 5, 81)), Err((RejectReason::MaxValue, 405, 400)));
    let protected = NewOrder { order_qty: Qty(5), protection_price: Some(Price(80)), side: Side::Buy, ..auction };
    let order = venue.enter(protected).expect("worth 400");
    venue.limit_desk(CASH, InstrumentLimits { max_qty: None, ..limits });
    assert_eq!(venue.amend(CASH, order, Some(6), None), Some((RejectReason::MaxValue, 480, 400)));
}
