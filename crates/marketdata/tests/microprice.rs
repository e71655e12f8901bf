//! The micro-price estimated from quotes: hand-solved chains, symmetry, and what it refuses.
#![allow(clippy::float_arithmetic, clippy::unwrap_used, reason = "a test of an analytic")]

use marketdata::level::{Level, Quote, Unavailable};
use marketdata::microprice::{Estimator, Grid, Microprice, MicropriceError};
use model::{Price, Qty, SplitMix64};

const TICK: Price = Price(5);

/// A quote whose bid is `bid` ticks, one tick wide unless `spread` says otherwise.
fn quote(bid: i64, spread: i64, bid_qty: i64, ask_qty: i64) -> Quote {
    let at = |ticks: i64, qty: i64| Level::uncounted(Price(ticks * TICK.0), Qty(qty));
    Quote::new(at(bid, bid_qty), at(bid + spread, ask_qty)).unwrap()
}

fn fit(quotes: &[Quote]) -> Result<Microprice, MicropriceError> {
    let mut estimator = Estimator::new(Grid::new(TICK, 3, 2).unwrap());
    for q in quotes {
        estimator.update(Some(*q));
    }
    estimator.fit()
}

fn assert_near(actual: f64, expected: f64) {
    assert!((actual - expected).abs() < 1e-9, "{actual} expected {expected}");
}

#[test]
fn a_heavy_bid_that_always_lifts_the_mid_is_worth_that_tick() {
    // balanced -> heavy bid (no move) -> one tick up and balanced again; with the mirror image added, a balanced book
    // goes either way with probability one half, so its adjustment is 0 and the heavy side's is the tick.
    let micro = fit(&[quote(100, 1, 5, 5), quote(100, 1, 9, 1), quote(101, 1, 5, 5), quote(101, 1, 9, 1)]).unwrap();

    assert_near(micro.adjustment_ticks(&quote(50, 1, 9, 1)).unwrap(), 1.0);
    assert_near(micro.adjustment_ticks(&quote(50, 1, 1, 9)).unwrap(), -1.0);
    assert_near(micro.adjustment_ticks(&quote(50, 1, 5, 5)).unwrap(), 0.0);
    assert_near(micro.price(&quote(50, 1, 9, 1)).unwrap(), 252.5 + 5.0);
}

#[test]
fn a_heavy_bid_that_lifts_the_mid_half_the_time_is_worth_half_of_it() {
    // From the heavy bid: once up one tick, once back to balanced without a move. From balanced each heavy side is
    // equally likely, so G1(balanced) = 0 and G1(heavy) = 1/2 * 1 + 1/2 * 0.
    let quotes =
        [quote(100, 1, 5, 5), quote(100, 1, 9, 1), quote(101, 1, 5, 5), quote(101, 1, 9, 1), quote(101, 1, 5, 5)];
    let micro = fit(&quotes).unwrap();

    assert_near(micro.adjustment_ticks(&quote(0, 1, 9, 1)).unwrap(), 0.5);
}

fn random_quotes(seed: u64, count: usize) -> Vec<Quote> {
    let mut rng = SplitMix64::new(seed);
    let mut bid = 1_000_i64;
    let mut below = |bound: u64| i64::try_from(rng.below(bound)).unwrap();
    (0..count)
        .map(|_| {
            let (bid_qty, ask_qty) = (below(9) + 1, below(9) + 1);
            // The heavier side pushes: the bid tends to rise after a heavy bid.
            bid += i64::from(below(18) < bid_qty) - i64::from(below(18) < ask_qty);
            quote(bid, below(2) + 1, bid_qty, ask_qty)
        })
        .collect()
}

#[test]
fn mirrored_quotes_have_opposite_adjustments() {
    for seed in 0..20 {
        let micro = fit(&random_quotes(seed, 400)).unwrap();
        for (bid_qty, ask_qty) in [(9, 1), (2, 1), (1, 1), (3, 2), (7, 5)] {
            for spread in [1, 2] {
                let straight = micro.adjustment_ticks(&quote(10, spread, bid_qty, ask_qty)).unwrap();
                let mirrored = micro.adjustment_ticks(&quote(10, spread, ask_qty, bid_qty)).unwrap();
                assert_near(straight + mirrored, 0.0);
            }
        }
        assert_near(micro.adjustment_ticks(&quote(10, 1, 4, 4)).unwrap(), 0.0);
    }
}

#[test]
fn states_without_data_have_no_micro_price() {
    let micro = fit(&[quote(100, 1, 5, 5), quote(100, 1, 9, 1), quote(101, 1, 5, 5)]).unwrap();

    assert_eq!(micro.adjustment_ticks(&quote(0, 2, 5, 5)), Err(MicropriceError::StateNotObserved));
    assert_eq!(
        micro.adjustment_ticks(&quote(0, 3, 5, 5)),
        Err(MicropriceError::SpreadTooWide { spread_ticks: 3, spread_ticks_max: 2 })
    );
    let off_grid = Quote::new(Level::uncounted(Price(1), Qty(1)), Level::uncounted(Price(2), Qty(1))).unwrap();
    assert_eq!(micro.adjustment_ticks(&off_grid), Err(MicropriceError::Unavailable(Unavailable::OffGrid)));
}

#[test]
fn a_state_that_is_entered_but_never_left_does_not_spoil_the_rest() {
    // The last quote opens a spread that nothing follows.
    let quotes = [quote(100, 1, 5, 5), quote(100, 1, 9, 1), quote(101, 1, 5, 5), quote(100, 2, 9, 1)];
    let micro = fit(&quotes).unwrap();

    assert_near(micro.adjustment_ticks(&quote(0, 1, 9, 1)).unwrap(), 1.0);
    assert_eq!(micro.adjustment_ticks(&quote(0, 2, 9, 1)), Err(MicropriceError::StateNotObserved));
}

#[test]
fn a_recording_without_moves_has_no_micro_price() {
    assert_eq!(fit(&[]), Err(MicropriceError::NoData));
    assert_eq!(fit(&[quote(100, 1, 5, 5)]), Err(MicropriceError::NoData));
    let still = [quote(100, 1, 5, 5), quote(100, 1, 9, 1), quote(100, 1, 5, 5)];
    assert_eq!(fit(&still), Err(MicropriceError::NoData));
}

#[test]
fn steps_outside_the_model_are_not_counted() {
    let mut estimator = Estimator::new(Grid::new(TICK, 3, 2).unwrap());

    assert!(!estimator.update(Some(quote(100, 1, 5, 5))), "the first quote is no step");
    assert!(!estimator.update(Some(quote(102, 1, 5, 5))), "a move of two ticks");
    assert!(!estimator.update(None), "no two-sided book");
    assert!(!estimator.update(Some(quote(102, 1, 5, 5))), "the step across a missing quote");
    assert!(!estimator.update(Some(quote(102, 3, 5, 5))), "a spread outside the model");
    assert!(!estimator.update(Some(quote(102, 1, 5, 5))), "a step from outside the model");
    assert!(estimator.update(Some(quote(102, 2, 5, 5))), "half a tick");
    assert!(estimator.update(Some(quote(102, 2, 5, 5))), "no move");
}

#[test]
fn a_grid_that_cannot_be_symmetric_is_refused() {
    for (tick, buckets, spread_max) in [(5, 2, 1), (5, 0, 1), (5, 3, 0), (0, 3, 1), (-5, 3, 1), (5, 1_001, 1)] {
        assert_eq!(Grid::new(Price(tick), buckets, spread_max), Err(MicropriceError::BadGrid));
    }
    assert!(Grid::new(TICK, 511, 1).is_ok());
}
