//! Positions and profits of fills, whatever the outcome.

use model::Side;
use serde_json::Value;

use crate::venue::{MAKER, NO, TAKER, Venue, YES};

fn cases() -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../../../../vectors/expected/prediction_assessment.json"))
        .expect("the vectors are JSON");
    let all = all["cases"].as_array().expect("a list of cases");
    all.iter().filter(|case| case["kind"] == "prediction_pnl").cloned().collect()
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
    // The rate whose fee of this notional, rounded up, is the fee of the case.
    let rate = fee * 1_000_000 / (price * qty);
    venue.set_fee(i32::try_from(rate).expect("a rate"));
    venue.order(MAKER, side.opposite(), qty, price);
    venue.order(TAKER, side, qty, price);
}

#[test]
fn every_case_of_fills_comes_out() {
    let cases = cases();
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
