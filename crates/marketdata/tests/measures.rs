//! Properties of the measures of one book: identities on random books, and a reason instead of a 0.
#![allow(clippy::float_arithmetic, clippy::cast_precision_loss, clippy::unwrap_used, reason = "a test of an analytic")]

use marketdata::level::{Level, Sides, Unavailable};
use marketdata::measures::{DEPTH_LEVELS_MAX, DepthWeights, Measures};
use model::{Price, Qty, SplitMix64};

fn level(price: i64, qty: i64) -> Level {
    Level::uncounted(Price(price), Qty(qty))
}

fn random_side(rng: &mut SplitMix64, best: i64, step: i64) -> Vec<Level> {
    let mut draw = |bound: u64| i64::try_from(rng.below(bound)).unwrap() + 1;
    let mut price = best;
    (0..draw(6))
        .map(|_| {
            price += step * draw(5);
            level(price, draw(1_000_000))
        })
        .collect()
}

#[test]
fn identities_hold_on_random_books() {
    let mut rng = SplitMix64::new(1);
    for _ in 0..2_000 {
        let mid = 1_000 + i64::try_from(rng.below(1_000_000)).unwrap();
        let (bids, asks) = (random_side(&mut rng, mid, -1), random_side(&mut rng, mid, 1));
        let m = Measures::of(Sides { bids: &bids, asks: &asks }, DepthWeights::new(0.5, 3).unwrap()).unwrap();

        let (bid, ask) = (m.quote.bid.price.0 as f64, m.quote.ask.price.0 as f64);
        let by_definition = m.imbalance_unit * ask + (1.0 - m.imbalance_unit) * bid;
        assert!((m.weighted_mid - by_definition).abs() < 1e-8);
        assert!((m.imbalance_signed - (2.0 * m.imbalance_unit - 1.0)).abs() < 1e-12);
        assert!((m.mid - f64::midpoint(bid, ask)).abs() < 1e-12);
        assert!(bid < m.weighted_mid && m.weighted_mid < ask);
        assert!(m.imbalance_weighted.abs() < 1.0);
        assert!((m.spread_bps.unwrap() - (ask - bid) / m.mid * 1e4).abs() < 1e-6);
    }
}

#[test]
fn one_level_of_weighted_imbalance_is_the_imbalance_of_the_touch() {
    let (bids, asks) = ([level(99, 5), level(98, 100)], [level(101, 3), level(102, 900)]);
    let sides = Sides { bids: &bids, asks: &asks };

    let touch = sides.imbalance_weighted(DepthWeights::new(0.5, 1).unwrap()).unwrap();
    let flat = sides.imbalance_weighted(DepthWeights::new(1.0, 2).unwrap()).unwrap();

    assert!((touch - sides.quote().unwrap().imbalance_signed()).abs() < 1e-12);
    assert!((flat - (105.0 - 903.0) / 1008.0).abs() < 1e-12);
}

#[test]
fn a_book_that_is_not_open_on_both_sides_has_a_reason_not_a_zero() {
    let weights = DepthWeights::new(0.5, 5).unwrap();
    let (low, high) = ([level(99, 1)], [level(100, 1)]);
    let of = |bids: &[Level], asks: &[Level]| Measures::of(Sides { bids, asks }, weights);

    assert_eq!(of(&[], &[]), Err(Unavailable::EmptyBook));
    assert_eq!(of(&low, &[]), Err(Unavailable::NoAsks));
    assert_eq!(of(&[], &high), Err(Unavailable::NoBids));
    assert_eq!(of(&low, &low), Err(Unavailable::Locked));
    assert_eq!(of(&high, &low), Err(Unavailable::Crossed));
    assert_eq!(Sides { bids: &high, asks: &low }.imbalance_weighted(weights), Err(Unavailable::Crossed));
}

#[test]
fn depth_is_a_fact_of_one_side() {
    let bids = [level(99, 5), level(98, 7)];
    let sides = Sides { bids: &bids, asks: &[] };

    assert_eq!(sides.depth_bid(1), Ok(Qty(5)));
    assert_eq!(sides.depth_bid(9), Ok(Qty(12)));
    assert_eq!(sides.depth_bid(0), Err(Unavailable::BadParameter));
    assert_eq!(sides.depth_ask(1), Err(Unavailable::NoAsks));
    let huge = [level(99, i64::MAX), level(98, 1)];
    assert_eq!(Sides { bids: &huge, asks: &[] }.depth_bid(2), Err(Unavailable::Overflow));
}

#[test]
fn a_mid_at_or_below_zero_has_no_spread_in_bps_but_the_rest_stands() {
    let (bids, asks) = ([level(-1, 5)], [level(1, 5)]);
    let m = Measures::of(Sides { bids: &bids, asks: &asks }, DepthWeights::new(1.0, 1).unwrap()).unwrap();

    assert_eq!(m.spread_bps, Err(Unavailable::MidNotPositive));
    assert_eq!(m.spread, 2);
}

#[test]
fn a_spread_counts_in_ticks_only_on_the_grid() {
    let (bids, asks) = ([level(100, 5)], [level(110, 5)]);
    let quote = Sides { bids: &bids, asks: &asks }.quote().unwrap();

    assert_eq!(quote.spread_ticks(Price(5)), Ok(2));
    assert_eq!(quote.spread_ticks(Price(4)), Err(Unavailable::OffGrid));
    assert_eq!(quote.spread_ticks(Price(0)), Err(Unavailable::BadParameter));
    assert_eq!(quote.spread_ticks(Price(-5)), Err(Unavailable::BadParameter));
}

#[test]
fn weights_outside_their_range_are_refused() {
    for (decay, levels) in [(0.0, 1), (-0.5, 1), (1.01, 1), (f64::NAN, 1), (0.5, 0), (0.5, DEPTH_LEVELS_MAX + 1)] {
        assert_eq!(DepthWeights::new(decay, levels), Err(Unavailable::BadParameter));
    }
    assert!(DepthWeights::new(1.0, DEPTH_LEVELS_MAX).is_ok());
}
