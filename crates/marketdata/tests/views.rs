//! What each view refuses, and that a refused delta changes nothing.
#![allow(clippy::unwrap_used, reason = "a test")]

use marketdata::feed::{Delta, Inconsistent, LevelChange, OrderChange, View};
use marketdata::l1::Top;
use marketdata::l2::Levels;
use marketdata::l3::Orders;
use marketdata::level::{Level, Unavailable};
use marketdata::measures::DepthWeights;
use model::{Price, PublicId, Qty, Side};

fn level(price: i64, qty: i64, order_count: u32) -> Level {
    Level { price: Price(price), qty: Qty(qty), order_count }
}

fn of_level(side: Side, level: Level) -> Delta {
    Delta::Level(LevelChange { side, level })
}

fn added(public_id: u64, side: Side, price: i64, qty: i64) -> Delta {
    Delta::Order(OrderChange::Added { public_id: PublicId(public_id), side, price: Price(price), qty: Qty(qty) })
}

fn reduced(public_id: u64, qty: i64) -> Delta {
    Delta::Order(OrderChange::Reduced { public_id: PublicId(public_id), qty: Qty(qty) })
}

fn deleted(public_id: u64) -> Delta {
    Delta::Order(OrderChange::Deleted { public_id: PublicId(public_id) })
}

fn built<V: View>(deltas: &[Delta]) -> V {
    let mut view = V::default();
    for delta in deltas {
        view.apply(delta).unwrap();
    }
    view
}

fn assert_refused<V: View + std::fmt::Debug>(view: &V, delta: &Delta, reason: Inconsistent) {
    let mut changed = view.clone();

    assert_eq!(changed.apply(delta), Err(reason));
    assert_eq!(changed, *view);
}

#[test]
fn levels_are_listed_best_first_and_found_by_price() {
    let levels: Levels = built(&[
        of_level(Side::Buy, level(99, 5, 1)),
        of_level(Side::Buy, level(i64::MIN, 1, 1)),
        of_level(Side::Buy, level(101, 7, 2)),
        of_level(Side::Sell, level(i64::MAX, 3, 1)),
        of_level(Side::Sell, level(-4, 9, 3)),
        of_level(Side::Buy, level(99, 6, 1)),
    ]);

    let prices = |side| levels.side(side).map(|level| level.price.0).collect::<Vec<_>>();
    assert_eq!(prices(Side::Buy), [101, 99, i64::MIN]);
    assert_eq!(prices(Side::Sell), [-4, i64::MAX]);
    assert_eq!(levels.volume_at(Side::Buy, Price(99)), Qty(6));
    assert_eq!(levels.volume_at(Side::Sell, Price(99)), Qty(0));
    assert_eq!(levels.best(Side::Sell), Some(level(-4, 9, 3)));
    assert_eq!(levels.top(), Top { bid: Some(level(101, 7, 2)), ask: Some(level(-4, 9, 3)) });
}

#[test]
fn a_crossed_view_is_a_view_without_measures() {
    let levels: Levels = built(&[of_level(Side::Buy, level(101, 7, 2)), of_level(Side::Sell, level(100, 9, 3))]);

    assert_eq!(levels.measures(DepthWeights::new(0.5, 3).unwrap()), Err(Unavailable::Crossed));
    assert_eq!(levels.top().quote(), Err(Unavailable::Crossed));
    assert_eq!(Top::default().quote(), Err(Unavailable::EmptyBook));
}

#[test]
fn measures_read_no_deeper_than_asked() {
    let levels: Levels = built(&[
        of_level(Side::Buy, level(99, 5, 1)),
        of_level(Side::Buy, level(98, 7, 1)),
        of_level(Side::Sell, level(101, 5, 1)),
    ]);

    assert_eq!(levels.measures(DepthWeights::new(1.0, 1).unwrap()).unwrap().depth_bid, Qty(5));
    assert_eq!(levels.measures(DepthWeights::new(1.0, 2).unwrap()).unwrap().depth_bid, Qty(12));
}

#[test]
fn l2_refuses_levels_that_contradict_themselves_or_the_book() {
    let levels: Levels = built(&[of_level(Side::Buy, level(99, 5, 1))]);

    assert_refused(&levels, &of_level(Side::Buy, level(99, -1, 1)), Inconsistent::BadQty);
    assert_refused(&levels, &of_level(Side::Buy, level(99, 0, 1)), Inconsistent::BadQty);
    assert_refused(&levels, &of_level(Side::Buy, level(99, 1, 0)), Inconsistent::BadQty);
    assert_refused(&levels, &of_level(Side::Sell, level(99, 0, 0)), Inconsistent::UnknownLevel(Price(99)));
    assert_refused(&levels, &Delta::Top(Top::default()), Inconsistent::WrongDepth);
    assert_refused(&levels, &deleted(1), Inconsistent::WrongDepth);
    assert_eq!(built::<Levels>(&[of_level(Side::Buy, level(99, 5, 1)), of_level(Side::Buy, level(99, 0, 0))]), {
        Levels::default()
    });
}

#[test]
fn l3_refuses_orders_that_contradict_the_book() {
    let orders: Orders = built(&[added(4, Side::Buy, 99, 5)]);

    assert_refused(&orders, &added(4, Side::Buy, 98, 5), Inconsistent::DuplicateOrder(PublicId(4)));
    assert_refused(&orders, &added(0, Side::Buy, 98, 5), Inconsistent::DuplicateOrder(PublicId(0)));
    assert_refused(&orders, &added(5, Side::Buy, 98, 0), Inconsistent::BadQty);
    assert_refused(&orders, &reduced(4, 0), Inconsistent::BadQty);
    assert_refused(&orders, &reduced(3, 1), Inconsistent::UnknownOrder(PublicId(3)));
    assert_refused(&orders, &deleted(3), Inconsistent::UnknownOrder(PublicId(3)));
    assert_refused(&orders, &Delta::Top(Top::default()), Inconsistent::WrongDepth);
    assert_refused(&orders, &of_level(Side::Buy, level(99, 1, 1)), Inconsistent::WrongDepth);
}

#[test]
fn l3_keeps_queues_and_sums() {
    let orders: Orders = built(&[
        added(4, Side::Buy, 99, 5),
        added(6, Side::Buy, 99, 2),
        added(5, Side::Sell, 99, 1),
        reduced(4, 3),
        added(9, Side::Buy, 98, 1),
        deleted(9),
    ]);

    let queue: Vec<_> = orders.queue(Side::Buy, Price(99)).map(|o| (o.public_id.0, o.qty.0)).collect();
    assert_eq!(queue, [(4, 3), (6, 2)]);
    assert_eq!(orders.levels().at(Side::Buy, Price(99)), Some(level(99, 5, 2)));
    assert_eq!(orders.levels().at(Side::Buy, Price(98)), None);
    assert_eq!((orders.len(), orders.is_empty()), (3, false));
    assert!(Orders::default().is_empty());
}

#[test]
fn l1_refuses_a_best_level_without_quantity_and_other_depths() {
    let top: Top = built(&[Delta::Top(Top { bid: Some(level(99, 5, 1)), ask: None })]);

    assert_refused(&top, &Delta::Top(Top { bid: None, ask: Some(level(99, 0, 0)) }), Inconsistent::BadQty);
    assert_refused(&top, &Delta::Top(Top { bid: Some(level(99, -1, 1)), ask: None }), Inconsistent::BadQty);
    assert_refused(&top, &deleted(1), Inconsistent::WrongDepth);
    assert_refused(&top, &of_level(Side::Buy, level(99, 1, 1)), Inconsistent::WrongDepth);
}
