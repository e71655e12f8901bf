//! the commands that set limits, what they refuse, and what of them is state.

use model::{
    AccountId, AccountLimits, AssetId, Command, EventKind, GuardEvent, InstrumentId, InstrumentLimits, MONEY_MAX,
    Money, Qty, Rate, RejectReason, SetAccountLimits, SetCreditLine, SetInstrumentLimits, Side,
};

use crate::venue::{ABC, CASH, CREDIT, Refusal, USD, Venue, limit, refused};

fn account(venue: &mut Venue, account: AccountId, limits: AccountLimits) -> Option<Refusal> {
    refused(&venue.send(&Command::SetAccountLimits(SetAccountLimits { account, limits })))
}

fn desk(venue: &mut Venue, account: AccountId, instrument: u32, limits: InstrumentLimits) -> Option<Refusal> {
    let request = SetInstrumentLimits { account, instrument: InstrumentId(instrument), limits };
    refused(&venue.send(&Command::SetInstrumentLimits(Box::new(request))))
}

fn line(venue: &mut Venue, account: AccountId, asset: u32, amount: Money) -> Option<Refusal> {
    refused(&venue.send(&Command::SetCreditLine(SetCreditLine { account, asset: AssetId(asset), amount })))
}

const INVALID: Option<Refusal> = Some((RejectReason::InvalidDefinition, 0, 0));
const NOBODY: Option<Refusal> = Some((RejectReason::UnknownAccount, 0, 0));

#[test]
fn bad_limits_are_refused_and_change_nothing() {
    let mut venue = Venue::new();
    let before = venue.exchange.state_hash();
    let empty = Rate { per_second: 1, burst: 0 };
    let (all, none) = (AccountLimits::default(), InstrumentLimits::default());

    assert_eq!(account(&mut venue, AccountId(9), all), NOBODY);
    assert_eq!(account(&mut venue, AccountId::VENUE, all), NOBODY);
    assert_eq!(account(&mut venue, CASH, AccountLimits { orders: empty, ..all }), INVALID);
    assert_eq!(account(&mut venue, CASH, AccountLimits { cancels: empty, ..all }), INVALID);
    assert_eq!(account(&mut venue, CASH, AccountLimits { duplicate_ns: -1, ..all }), INVALID);
    assert_eq!(desk(&mut venue, AccountId(9), 0, none), NOBODY);
    assert_eq!(desk(&mut venue, CASH, 9, none), Some((RejectReason::UnknownInstrument, 0, 0)));
    assert_eq!(desk(&mut venue, CASH, 0, InstrumentLimits { max_qty: Some(Qty(-1)), ..none }), INVALID);
    assert_eq!(desk(&mut venue, CASH, 0, InstrumentLimits { max_value: Some(Money(-1)), ..none }), INVALID);
    assert_eq!(desk(&mut venue, CASH, 0, InstrumentLimits { position_max: Some(Qty(-1)), ..none }), INVALID);
    assert_eq!(desk(&mut venue, CASH, 0, InstrumentLimits { collar_bps: Some(1_000_001), ..none }), INVALID);
    assert_eq!(line(&mut venue, AccountId(9), 0, Money(1)), NOBODY);
    assert_eq!(line(&mut venue, CASH, 9, Money(1)), Some((RejectReason::UnknownAsset, 0, 0)));
    assert_eq!(line(&mut venue, CASH, 0, Money(-1)), Some((RejectReason::AmountNotPositive, -1, 0)));
    let over = Money(MONEY_MAX.0 + 1);
    assert_eq!(line(&mut venue, CASH, 0, over), Some((RejectReason::Overflow, over.0, MONEY_MAX.0)));
    assert_eq!(line(&mut venue, CREDIT, 0, Money(-1)).unwrap().0, RejectReason::AmountNotPositive);
    assert_eq!(line(&mut venue, CREDIT, 0, Money(1)), INVALID);

    assert_eq!(venue.exchange.state_hash(), before);
}

#[test]
fn bounds_themselves_are_let_in() {
    let mut venue = Venue::new();
    let edge = InstrumentLimits {
        max_qty: Some(Qty(0)),
        max_value: Some(Money(0)),
        collar_bps: Some(1_000_000),
        position_max: Some(Qty(0)),
        restricted: true,
    };

    assert_eq!(desk(&mut venue, CASH, 0, edge), None);
    assert_eq!(venue.exchange.instrument_limits(CASH, ABC), edge);
    assert_eq!(line(&mut venue, CASH, 0, MONEY_MAX), None);
    assert_eq!(line(&mut venue, CASH, 0, Money(0)), None);
    assert_eq!(
        account(
            &mut venue,
            CASH,
            AccountLimits { orders: Rate { per_second: 0, burst: 0 }, ..AccountLimits::default() }
        ),
        None
    );
}

#[test]
fn every_setting_says_so() {
    let mut venue = Venue::new();
    let limits = AccountLimits { open_orders_max: 7, ..AccountLimits::default() };
    let set = venue.send(&Command::SetAccountLimits(SetAccountLimits { account: CASH, limits }));
    assert_eq!(set, [EventKind::Guard(GuardEvent::LimitsSet { account: CASH, instrument: None })]);
    let limits = InstrumentLimits::default();
    let request = SetInstrumentLimits { account: CASH, instrument: ABC, limits };
    let set = venue.send(&Command::SetInstrumentLimits(Box::new(request)));
    assert_eq!(set, [EventKind::Guard(GuardEvent::LimitsSet { account: CASH, instrument: Some(ABC) })]);
    let amount = Money(5);
    let set = venue.send(&Command::SetCreditLine(SetCreditLine { account: CASH, asset: USD, amount }));
    assert_eq!(set, [EventKind::Guard(GuardEvent::CreditLineSet { account: CASH, asset: USD, amount })]);
    assert_eq!(venue.exchange.account_limits(CASH).open_orders_max, 7);
    assert_eq!(venue.exchange.account_limits(CREDIT), AccountLimits::default());
}

#[test]
fn limits_levels_and_duplicates_are_state_but_an_empty_line_is_not() {
    let mut venue = Venue::new();
    let mut seen = vec![venue.exchange.state_hash().risk];
    let mut note = |venue: &Venue, changed: bool| {
        let risk = venue.exchange.state_hash().risk;
        assert_eq!(!seen.contains(&risk), changed);
        seen.push(risk);
    };

    line(&mut venue, CASH, 0, Money(0));
    note(&venue, false);
    line(&mut venue, CASH, 0, Money(5));
    note(&venue, true);
    desk(&mut venue, CASH, 0, InstrumentLimits::default());
    note(&venue, true);
    desk(&mut venue, CASH, 0, InstrumentLimits { max_qty: Some(Qty(0)), ..InstrumentLimits::default() });
    note(&venue, true);
    account(&mut venue, CREDIT, AccountLimits::default());
    note(&venue, true);
    venue.rest(CREDIT, Side::Buy, 1, 40);
    note(&venue, false);
    let rate = Rate { per_second: 5, burst: 5 };
    account(
        &mut venue,
        CREDIT,
        AccountLimits { orders: rate, cancels: rate, duplicate_ns: 3, ..AccountLimits::default() },
    );
    note(&venue, true);
    venue.rest(CREDIT, Side::Buy, 1, 41);
    note(&venue, true);
    venue.enter(limit(CREDIT, Side::Buy, 0, 41)).unwrap_err();
    note(&venue, true);
}

#[test]
fn limits_set_while_orders_are_open_count_those() {
    let mut venue = Venue::new();
    venue.rest(CREDIT, Side::Buy, 6, 40);
    venue.rest(CREDIT, Side::Sell, 2, 90);

    desk(&mut venue, CREDIT, 0, InstrumentLimits { position_max: Some(Qty(6)), ..InstrumentLimits::default() });

    let working = [Side::Buy, Side::Sell].map(|side| venue.exchange.working_qty(CREDIT, ABC, side));
    assert_eq!(working, [Some(Qty(6)), Some(Qty(2))]);
    assert_eq!(venue.enter(limit(CREDIT, Side::Buy, 1, 41)), Err((RejectReason::PositionLimit, 7, 6)));
}
