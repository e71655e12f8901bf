//! Limit Up-Limit Down and the market-wide circuit breaker.

use breaker::{
    Band, Hours, LimitMachine, LuldState, LuldTerms, MarketAction, MarketWide, ReferencePrice, Tier, luld_band as band,
};
use serde_json::{Value, json};

use crate::{DECIMALS, SECOND, list, number, price, seconds, time_of_day};

/// `luld-*` but the reference and the state.
pub fn luld_band(inputs: &Value, expected: &Value) {
    let tier = if inputs["tier"] == 1 { Tier::One } else { Tier::Two };
    let leverage = inputs["leverage"].as_u64().and_then(|ratio| u8::try_from(ratio).ok()).expect("a ratio");
    let prev_close = price(&inputs["prev_close"]);
    let terms = LuldTerms { tier, prev_close, leverage, price_decimals: DECIMALS, hours: Hours::default() };

    let found = band(&terms, price(&inputs["reference"]), time_of_day(&inputs["time_et"]));

    assert_eq!(found, Some(Band { low: price(&expected["lower"]), high: price(&expected["upper"]) }), "{inputs}");
}

/// `luldref-1`.
pub fn luld_reference(inputs: &Value, expected: &Value) {
    let mut reference = ReferencePrice::new(price(&inputs["reference0"]));
    for (trade, row) in list(&inputs["trades"]).iter().zip(list(expected)) {
        let changed = reference.trade(seconds(&trade[0]), price(&trade[1]));

        let (sum, count) = reference.pro_forma();
        assert_eq!(reference.price(), price(&row["reference"]), "{row}");
        assert_eq!(row["changed"], json!(changed), "{row}");
        // The mean has more places than a price: it is compared to one unit.
        let pro_forma = row["pro_forma"].as_f64().expect("a number");
        let wanted = number(&json!(format!("{pro_forma:.6}")));
        assert!((sum - i128::from(wanted) * i128::from(count)).abs() <= i128::from(count), "{row}");
    }
    assert_eq!(list(&inputs["trades"]).len(), list(expected).len());
}

/// `luld-state`.
pub fn luld_state(inputs: &Value, expected: &Value) {
    let band = Band { low: price(&inputs["lower"]), high: price(&inputs["upper"]) };
    let mut machine = LimitMachine::new();
    for (quote, row) in list(&inputs["quotes"]).iter().zip(list(expected)) {
        let t = seconds(&quote[0]);
        let found = match machine.quote(t, price(&quote[1]), price(&quote[2]), band) {
            LuldState::Normal => json!({"t": t / SECOND, "state": "NORMAL"}),
            LuldState::Limit { .. } => json!({"t": t / SECOND, "state": "LIMIT_STATE"}),
            LuldState::Straddle => json!({"t": t / SECOND, "state": "STRADDLE"}),
            LuldState::Paused { until_ns } => {
                json!({"t": t / SECOND, "state": "PAUSED", "until": until_ns / SECOND})
            }
        };
        assert_eq!(&found, row);
    }
    assert_eq!(list(&inputs["quotes"]).len(), list(expected).len());
}

/// `mwcb-*`.
pub fn market_wide(inputs: &Value, expected: &Value) {
    let mut taken = [false; 3];
    for level in list(&inputs["levels_already_triggered"]) {
        taken[usize::try_from(level.as_u64().expect("a level")).expect("small") - 1] = true;
    }
    let prev_close = price(&inputs["prev_close"]);
    let mut market = MarketWide::new(prev_close, Hours::default(), taken).expect("a positive close");

    let decline = market.index(time_of_day(&inputs["time_et"]), price(&inputs["last"]));

    let action = match decline.action {
        MarketAction::None => "NONE",
        MarketAction::HaltFifteenMinutes => "HALT_15_MIN",
        MarketAction::HaltRestOfDay => "HALT_REST_OF_DAY",
    };
    assert_eq!((json!(decline.level), json!(action)), (expected["level"].clone(), expected["action"].clone()));
    let triggers: Vec<_> = list(&expected["triggers"]).iter().map(price).collect();
    assert_eq!(market.triggers().to_vec(), triggers);
}
