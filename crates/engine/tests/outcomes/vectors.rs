//! Positions, profits and fees of fills, whatever the outcome.

use model::{AccountId, FeeBase, Side};
use serde_json::Value;

use crate::venue::{MAKER, NO, TAKER, USD, Venue, YES};

fn cases(kind: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../../../../vectors/expected/prediction_assessment.json"))
        .expect("the vectors are JSON");
    let all = all["cases"].as_array().expect("a list of cases");
    all.iter().filter(|case| case["kind"] == kind).cloned().collect()
}

fn whole(value: &Value) -> i64 {
    value.as_i64().expect("a whole number")
}

/// Who buys YES at `c` bids, who buys NO at `c` offers YES at `100 - c`; selling is the other side of the same.
fn trade(venue: &mut Venue, fill: &Value) {
    let (qty, cents, fee) = (whole(&fill["qty"]), whole(&fill["cents"]), whole(&fill["fee_cents"]));
    let (is_yes, buys) = (fill["side"] == "YES", fill["action"] == "BUY");
    let price = if is_yes { cents } else { 100 - cents };
    let side = if is_yes == buys { Side::Buy } else { Side::Sell };
    // The rate whose fee of this fill, rounded up, is the fee of the case.
    let rate = fee * 100_000_000 / (price * (100 - price) * qty);
    venue.set_fee(i32::try_from(rate).expect("a rate"));
    venue.order(MAKER, side.opposite(), qty, price);
    venue.order(TAKER, side, qty, price);
}

#[test]
fn every_case_of_fills_comes_out() {
    let cases = cases("prediction_pnl");
    assert_eq!(cases.len(), 7);
    for case in cases {
        let (id, expected) = (case["id"].as_str().expect("an id"), &case["expected"]);
        let mut venue = Venue::new();
        for fill in case["inputs"]["fills"].as_array().expect("fills") {
            trade(&mut venue, fill);
        }
        // Who buys NO while it has YES gives the YES: what the case counts as pairs is money here.
        let [pairs, locked] =
            ["mergeable_pairs", "locked_value_cents"].map(|field| i128::from(whole(&expected[field])));
        let (yes, no) = (venue.has(TAKER, YES), venue.has(TAKER, NO));
        assert_eq!(yes + pairs, whole(&expected["yes"]).into(), "{id}");
        assert_eq!(no + pairs, whole(&expected["no"]).into(), "{id}");
        assert_eq!(yes - no, whole(&expected["net_yes"]).into(), "{id}");
        let before = venue.gain(TAKER);
        assert_eq!(before - locked, whole(&expected["cash_before_settlement_cents"]).into(), "{id}");
        venue.resolve(case["inputs"]["outcome_yes_cents"].as_i64());
        assert_eq!(venue.gain(TAKER) - before + locked, whole(&expected["settlement_cash"]).into(), "{id}");
        assert_eq!(venue.gain(TAKER), whole(&expected["total_pnl_cents"]).into(), "{id}");
        assert_eq!((venue.has(TAKER, YES), venue.has(TAKER, NO)), (0, 0), "{id}");
    }
}

/// What the venue got of one fill whose taker pays 7 % of the variance.
fn fee_of(contracts: i64, cents: i64, taker: Side) -> i128 {
    let mut venue = Venue::new();
    venue.set_fee(70_000);
    venue.order(MAKER, taker.opposite(), contracts, cents);
    venue.order(TAKER, taker, contracts, cents);
    assert_eq!(venue.has(TAKER, if taker == Side::Buy { YES } else { NO }), contracts.into());
    venue.has(AccountId::VENUE, USD)
}

#[test]
fn a_fee_is_a_part_of_the_variance_for_yes_and_no_alike() {
    let [case] = <[Value; 1]>::try_from(cases("fee")).expect("one case of fees");
    let inputs = case["inputs"].as_array().expect("fills").iter();
    for (input, expected) in inputs.zip(case["expected"].as_array().expect("fees")) {
        let (contracts, cents) = (whole(&input["contracts"]), whole(&input["cents"]));
        assert_eq!(fee_of(contracts, cents, Side::Buy), whole(expected).into(), "{input}");
        assert_eq!(fee_of(contracts, 100 - cents, Side::Sell), whole(expected).into(), "NO: {input}");
    }
}

#[test]
fn rates_of_the_notional_are_not_asked_for() {
    let mut venue = Venue::new();
    venue.set_fee(0);
    venue.set_rate(FeeBase::Notional, 500_000);
    venue.order(MAKER, Side::Sell, 10, 40);
    venue.order(TAKER, Side::Buy, 10, 40);

    assert_eq!(venue.has(TAKER, YES), 10);
    assert_eq!(venue.has(AccountId::VENUE, USD), 0);
}

#[test]
fn many_fills_of_an_order_pay_what_one_pays() {
    let mut venue = Venue::new();
    venue.set_fee(70_000);
    for _ in 0..37 {
        venue.order(MAKER, Side::Sell, 1, 83);
    }
    venue.order(TAKER, Side::Buy, 37, 83);

    assert_eq!(venue.has(TAKER, YES), 37);
    assert_eq!(venue.has(AccountId::VENUE, USD), 37);
}
