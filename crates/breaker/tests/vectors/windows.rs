//! Rules over what traded and what was quoted: the dynamic breaker, volatility interruptions, the spread rule.

use breaker::{Band, DynamicBreaker, SpreadBreaker, Volatility};
use model::{Price, SpreadRule, SpreadState, Window};
use serde_json::{Value, json};

use crate::{bps, list, number, price, seconds};

/// `dcb-1`.
pub fn dynamic(inputs: &Value, expected: &Value) {
    let tick = number(&inputs["tick"]);
    let mut breaker = DynamicBreaker::new(price(&inputs["settle"]), bps(&inputs["pct"]), tick).expect("a valid rule");
    assert_eq!(breaker.variant(), number(&expected["variant"]));
    for (print, row) in list(&inputs["prices"]).iter().zip(list(&expected["rows"])) {
        let (t, candidate) = (seconds(&print[0]), price(&print[1]));
        let end = |key: &str, open: Price| if row[key].is_null() { open } else { price(&row[key]) };
        let limits = Band { low: end("lower_limit", Band::ANY.low), high: end("upper_limit", Band::ANY.high) };

        assert_eq!(breaker.band(t), limits, "{row}");
        assert_eq!(json!(breaker.print(t, candidate).is_err()), row["triggered"], "{row}");
    }
    assert_eq!(list(&inputs["prices"]).len(), list(&expected["rows"]).len());
}

/// `vi-*` (S-90): with and without a restart after each interruption, which these cases do not tell apart.
pub fn volatility(inputs: &Value, expected: &Value) {
    let window = |length: &str, share: &str| Window { length_ns: seconds(&inputs[length]), bps: bps(&inputs[share]) };
    for restarts in [false, true] {
        let mut rule = Volatility::new([window("short_s", "short_dev"), window("long_s", "long_dev")]);
        for (potential, row) in list(&inputs["potential_prices"]).iter().zip(list(expected)) {
            let (t, candidate) = (seconds(&potential[0]), price(&potential[1]));
            let named = ["short", "long"].into_iter().zip(rule.bands(t, None));
            let blocking: Vec<&str> = named.filter(|(_, band)| !band.allows(candidate)).map(|(name, _)| name).collect();

            assert_eq!(json!(blocking), row["windows"], "{row}");
            assert_eq!(json!(rule.refusal(t, candidate).is_some()), row["blocked"], "{row}");
            if blocking.is_empty() {
                rule.observe(t, candidate);
            } else if restarts {
                rule.clear();
            }
        }
        assert_eq!(list(&inputs["potential_prices"]).len(), list(expected).len());
    }
}

/// `spread-halt` (S-90, DOMAIN 5.3).
pub fn spread(inputs: &Value, expected: &Value) {
    let rule = SpreadRule { bps: bps(&inputs["limit"]), persist_ns: seconds(&inputs["sustain_s"]) };
    let mut breaker = SpreadBreaker::new(rule);
    let mut halted_at = None;
    for (quote, share) in list(&inputs["quotes"]).iter().zip(list(&expected["spreads"])) {
        let state = breaker.quote(seconds(&quote[0]), Some(price(&quote[1])), Some(price(&quote[2])));

        let is_wide = share.as_f64().expect("a share") > inputs["limit"].as_f64().expect("a share");
        assert_eq!(state == SpreadState::Wide, is_wide, "{quote}");
        halted_at = halted_at.or(breaker.due_ns().filter(|due_ns| *due_ns <= seconds(&quote[0])));
    }
    assert_eq!(halted_at, Some(seconds(&expected["halt_at"])));
}
