//! The messages that are measured, in the plain form other codecs like best: numbers as numbers, texts borrowed.

use model::SplitMix64;
use serde::{Deserialize, Serialize};

/// A side by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    /// Buys.
    Buy,
    /// Sells.
    Sell,
}

/// A time in force by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tif {
    /// Until cancelled.
    Gtc,
    /// What can trade now.
    Ioc,
}

/// What happened, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Exec {
    /// Accepted.
    New,
    /// Traded.
    Trade,
}

/// The fields of an order that is entered; those of rare orders are left out of texts where they are absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of FIX")]
pub struct Order<'a> {
    pub seq: u64,
    pub account: u32,
    pub session: u32,
    pub instrument: u32,
    #[serde(borrow)]
    pub cl_ord_id: std::borrow::Cow<'a, str>,
    pub side: Side,
    pub tif: Tif,
    pub order_qty: i64,
    pub price: Option<i64>,
    pub display_qty: Option<i64>,
    pub min_qty: i64,
    pub post_only: bool,
    pub reduce_only: bool,
}

/// The fields of a report that are not absent in nearly all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report<'a> {
    pub event_seq: u64,
    pub sub: u32,
    pub ts_ns: i64,
    pub ref_seq: u64,
    pub account: u32,
    pub instrument: u32,
    pub order_id: u64,
    #[serde(borrow)]
    pub cl_ord_id: std::borrow::Cow<'a, str>,
    pub exec: Exec,
    pub side: Side,
    pub tif: Tif,
    pub price: Option<i64>,
    pub order_qty: i64,
    pub leaves_qty: i64,
    pub cum_qty: i64,
    pub cum_value: i64,
    pub last_qty: i64,
    pub last_px: Option<i64>,
    pub fee: i64,
    pub trade_id: u64,
    pub is_maker: bool,
}

fn number(rng: &mut SplitMix64, bound: u32) -> u32 {
    u32::try_from(rng.below(u64::from(bound))).unwrap_or(0)
}

fn amount(rng: &mut SplitMix64, bound: u32) -> i64 {
    i64::from(number(rng, bound)) + 1
}

/// Orders as a market sees them: four of five rest, one in ten is an iceberg.
pub fn orders(count: usize) -> Vec<Order<'static>> {
    let mut rng = SplitMix64::new(1);
    let order = |seq| Order {
        seq: seq as u64,
        account: number(&mut rng, 1_000),
        session: number(&mut rng, 1_000),
        instrument: number(&mut rng, 100),
        cl_ord_id: format!("client-{}-{seq}", number(&mut rng, 1_000_000)).into(),
        side: if rng.below(2) == 0 { Side::Buy } else { Side::Sell },
        tif: if rng.below(5) == 0 { Tif::Ioc } else { Tif::Gtc },
        order_qty: amount(&mut rng, 1_000_000) * 100_000_000,
        price: Some(amount(&mut rng, 1_000_000) * 1_000_000),
        display_qty: (rng.below(10) == 0).then_some(100_000_000),
        min_qty: 0,
        post_only: false,
        reduce_only: rng.below(20) == 0,
    };
    (0..count).map(order).collect()
}

/// By turns an acknowledgement and a trade.
pub fn reports(count: usize) -> Vec<Report<'static>> {
    let mut rng = SplitMix64::new(2);
    let report = |index: usize| {
        let is_trade = index % 2 == 1;
        let qty = amount(&mut rng, 1_000_000) * 100_000_000;
        let last_qty = if is_trade { qty / 2 } else { 0 };
        let price = amount(&mut rng, 1_000_000) * 1_000_000;
        Report {
            event_seq: 1_000_000 + index as u64,
            sub: number(&mut rng, 4),
            ts_ns: 1_700_000_000_000_000_000 + amount(&mut rng, 1_000_000_000),
            ref_seq: if is_trade { 0 } else { index as u64 },
            account: number(&mut rng, 1_000),
            instrument: number(&mut rng, 100),
            order_id: 1 + rng.below(1_000_000_000),
            cl_ord_id: format!("client-{}-{index}", number(&mut rng, 1_000_000)).into(),
            exec: if is_trade { Exec::Trade } else { Exec::New },
            side: if rng.below(2) == 0 { Side::Buy } else { Side::Sell },
            tif: Tif::Gtc,
            price: Some(price),
            order_qty: qty,
            leaves_qty: qty - last_qty,
            cum_qty: last_qty,
            cum_value: last_qty,
            last_qty,
            last_px: is_trade.then_some(price),
            fee: if is_trade { amount(&mut rng, 1_000) } else { 0 },
            trade_id: if is_trade { 1 + rng.below(1_000_000) } else { 0 },
            is_maker: is_trade && rng.below(2) == 0,
        }
    };
    (0..count).map(report).collect()
}
