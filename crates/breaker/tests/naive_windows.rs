//! Windows, spread rule and reference price against naive ones that keep everything, on seeded random tapes.
#![allow(clippy::unwrap_used, reason = "a number that does not fit is a failed test")]

use breaker::{Band, Extremes, ReferencePrice, SpreadBreaker, Volatility};
use model::{BreakerRule, PRICE_MAX, Price, SplitMix64, SpreadRule, SpreadState, Window};

const SECOND: i64 = 1_000_000_000;

/// A tape of (time, price): bursts at one time, pauses longer than a window, prices near each other or anywhere.
fn tape(rng: &mut SplitMix64, count: usize) -> Vec<(i64, Price)> {
    let anywhere = rng.below(4) == 0;
    let mut ts_ns = 0;
    let mut price = small(rng, 2_000) - 500;
    let mut step = |rng: &mut SplitMix64| {
        ts_ns += match rng.below(8) {
            0..3 => 0,
            3..7 => small(rng, 6),
            _ => small(rng, 40),
        };
        price = if anywhere { small(rng, PRICE_MAX.0) - PRICE_MAX.0 / 2 } else { price + small(rng, 41) - 20 };
        (ts_ns, Price(price))
    };
    (0..count).map(|_| step(rng)).collect()
}

fn small(rng: &mut SplitMix64, bound: i64) -> i64 {
    i64::try_from(rng.below(bound.unsigned_abs())).unwrap()
}

/// Lowest and highest price by a scan of everything.
fn scan(prints: &[(i64, Price)], now: i64, length_ns: i64) -> Option<(Price, Price)> {
    let live = prints.iter().filter(|(ts_ns, _)| now - ts_ns < length_ns).map(|(_, price)| *price);
    Some((live.clone().min()?, live.max()?))
}

#[test]
fn the_extremes_of_a_window_are_those_of_a_scan() {
    for seed in 0..400 {
        let mut rng = SplitMix64::new(seed);
        let length_ns = small(&mut rng, 30);
        let prints = tape(&mut rng, 300);
        let mut window = Extremes::new(length_ns);
        let mut kept = 0;
        for (at, (ts_ns, price)) in prints.iter().enumerate() {
            window.observe(*ts_ns, *price);
            if rng.below(60) == 0 {
                window.clear();
                kept = at + 1;
            }
            for ahead in [0, 1, small(&mut rng, 40)] {
                let now = ts_ns + ahead;
                assert_eq!(window.at(now), scan(&prints[kept..=at], now, length_ns), "seed {seed}, print {at}, {now}");
            }
        }
    }
}

/// Strictly more than the share away, by the definition in whole numbers.
fn breaks(extremes: Option<(Price, Price)>, bps: u32, price: Price) -> bool {
    let Some((lowest, highest)) = extremes else {
        return false;
    };
    let (low, high, price) = (i128::from(lowest.0), i128::from(highest.0), i128::from(price.0));
    let more = |away: i128, base: i128| away * 10_000 > base.abs() * i128::from(bps);
    more(price - low, low) || more(high - price, high)
}

#[test]
fn a_potential_price_is_refused_by_the_window_the_definition_names() {
    let mut named = [0; 3];
    for seed in 0..400 {
        let mut rng = SplitMix64::new(1_000 + seed);
        let short = Window { length_ns: small(&mut rng, 12), bps: u32::try_from(small(&mut rng, 2_000)).unwrap() };
        let long = Window {
            length_ns: short.length_ns + small(&mut rng, 60),
            bps: u32::try_from(small(&mut rng, 2_000)).unwrap(),
        };
        let mut rule = Volatility::new([short, long]);
        let mut printed = Vec::new();
        for (now, candidate) in tape(&mut rng, 300) {
            let of = |window: Window| breaks(scan(&printed, now, window.length_ns), window.bps, candidate);
            let wanted = match (of(short), of(long)) {
                (true, _) => Some(BreakerRule::Short),
                (false, true) => Some(BreakerRule::Long),
                (false, false) => None,
            };

            let found = rule.refusal(now, candidate);

            assert_eq!(found.map(|(rule, _)| rule), wanted, "seed {seed}, {now}, {candidate:?}");
            assert_eq!(rule.band(now).allows(candidate), wanted.is_none());
            named[match wanted {
                None => 0,
                Some(BreakerRule::Short) => 1,
                Some(_) => 2,
            }] += 1;
            // Now and then a price prints all the same, as an auction's does.
            if wanted.is_none() || rng.below(3) == 0 {
                rule.observe(now, candidate);
                printed.push((now, candidate));
            }
        }
    }
    assert!(named.iter().all(|count| *count > 1_000), "every outcome was met: {named:?}");
}

#[test]
fn the_ends_of_a_band_print_and_one_unit_beyond_does_not() {
    for seed in 0..200 {
        let mut rng = SplitMix64::new(2_000 + seed);
        let window = Window { length_ns: 50, bps: u32::try_from(small(&mut rng, 3_000)).unwrap() };
        let mut rule = Volatility::new([window, Window { length_ns: 0, bps: 0 }]);
        for (now, price) in tape(&mut rng, 50) {
            rule.observe(now, price);
            let Band { low, high } = rule.band(now);

            let extremes = rule.extremes(now)[0];
            let (lowest, highest) = extremes.expect("something printed");
            let only_low = Some((lowest, lowest));
            assert!(!breaks(only_low, window.bps, high) && breaks(only_low, window.bps, Price(high.0 + 1)));
            let only_high = Some((highest, highest));
            assert!(!breaks(only_high, window.bps, low) && breaks(only_high, window.bps, Price(low.0 - 1)));
        }
    }
}

#[test]
fn a_spread_is_due_when_every_quote_for_long_enough_was_wide() {
    let rule = SpreadRule { bps: 200, persist_ns: 5 };
    for seed in 0..200 {
        let mut rng = SplitMix64::new(3_000 + seed);
        let mut breaker = SpreadBreaker::new(rule);
        let mut states: Vec<(i64, SpreadState)> = Vec::new();
        let mut now = 0;
        for _ in 0..200 {
            now += small(&mut rng, 4);
            let bid = (rng.below(10) > 0).then(|| Price(small(&mut rng, 1_000)));
            let ask = (rng.below(10) > 0).then(|| Price(1_000 + small(&mut rng, 40) - 10));
            let bid = if rng.below(2) == 0 { bid } else { bid.and(Some(Price(995))) };

            states.push((now, breaker.quote(now, bid, ask)));

            let wide_since = states.iter().rev().take_while(|(_, state)| *state == SpreadState::Wide).last();
            assert_eq!(breaker.due_ns(), wide_since.map(|(since, _)| since + rule.persist_ns), "seed {seed}, {now}");
        }
    }
}

#[test]
fn the_pro_forma_reference_is_the_mean_of_a_scan() {
    for seed in 0..100 {
        let mut rng = SplitMix64::new(4_000 + seed);
        let mut reference = ReferencePrice::new(Price(1_000));
        let mut trades: Vec<(i64, i64)> = Vec::new();
        let (mut now, mut changed_at, mut price) = (0, None, 1_000);
        for _ in 0..300 {
            now += small(&mut rng, 20) * SECOND;
            price = (price + small(&mut rng, 61) - 30).max(1);
            trades.push((now, price));
            let before = reference.price();

            let moved = reference.trade(now, Price(price));

            let live: Vec<i128> =
                trades.iter().filter(|(ts, _)| now - ts < 300 * SECOND).map(|(_, price)| i128::from(*price)).collect();
            let (sum, count) = (live.iter().sum::<i128>(), i128::try_from(live.len()).unwrap());
            assert_eq!(reference.pro_forma(), (sum, u32::try_from(count).unwrap()));
            let old = i128::from(before.0);
            let may = changed_at.is_none_or(|at: i64| now - at >= 30 * SECOND);
            let is_far = (sum - old * count).abs() * 100 >= old * count;
            assert_eq!(moved, may && is_far, "seed {seed}, {now}");
            if moved {
                changed_at = Some(now);
                assert!((i128::from(reference.price().0) * count - sum).abs() * 2 <= count);
            }
        }
    }
}
