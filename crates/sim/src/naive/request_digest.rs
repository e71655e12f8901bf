//! The digest that tells whether two requests under one client id are the same.

use model::{AmendOrder, Digest, Display, NewOrder, OrderRef, Price, Qty, StpMode, TimeInForce};

fn write_option(digest: &mut Digest, value: Option<i64>) {
    digest.write_u64(u64::from(value.is_some()));
    digest.write_i64(value.unwrap_or(0));
}

fn write_tif(digest: &mut Digest, tif: TimeInForce) {
    digest.write_u64(tif.code().into());
    digest.write_i64(tif.expire_ns());
}

fn price(value: Option<Price>) -> Option<i64> {
    value.map(|price| price.0)
}

fn qty(value: Option<Qty>) -> Option<i64> {
    value.map(|qty| qty.0)
}

fn stp(value: Option<StpMode>) -> Option<i64> {
    value.map(|mode| i64::from(mode as u8))
}

/// Every field of a new order but account, session and client id.
pub(super) fn of_new_order(request: &NewOrder) -> u64 {
    let mut digest = Digest::new();
    digest.write_u64(0);
    digest.write_u64(request.instrument.0.into());
    digest.write_u64(u64::from(request.side as u8));
    digest.write_u64(u64::from(request.ord_type as u8));
    write_tif(&mut digest, request.tif);
    digest.write_qty(request.order_qty);
    write_option(&mut digest, price(request.price));
    write_option(&mut digest, price(request.protection_price));
    digest.write_u64(u64::from(request.quote_qty.is_some()));
    digest.write_i128(request.quote_qty.map_or(0, |money| money.0));
    write_option(&mut digest, request.peg.map(|peg| i64::from(peg.reference as u8)));
    digest.write_i64(request.peg.map_or(0, |peg| peg.offset_ticks.into()));
    digest.write_qty(request.min_qty);
    let (kind, display_qty, threshold, variance_bps) = match request.display {
        Display::All => (0, Qty(0), Qty(0), 0),
        Display::Hidden => (1, Qty(0), Qty(0), 0),
        Display::Iceberg { display_qty, threshold, variance_bps } => (2, display_qty, threshold, variance_bps),
    };
    digest.write_u64(kind);
    digest.write_qty(display_qty);
    digest.write_qty(threshold);
    digest.write_u64(variance_bps.into());
    digest.write_u64(u64::from(request.post_only as u8));
    digest.write_u64(u64::from(request.reduce_only));
    write_option(&mut digest, stp(request.stp));
    digest.finish()
}

/// Every field of an amend but account and its own client id.
pub(super) fn of_amend(request: &AmendOrder) -> u64 {
    let mut digest = Digest::new();
    digest.write_u64(1);
    match request.target {
        OrderRef::Client(id) => {
            digest.write_u64(0);
            digest.write_bytes(id.as_bytes());
        }
        OrderRef::Order(id) => {
            digest.write_u64(1);
            digest.write_u64(id.0);
        }
    }
    write_option(&mut digest, qty(request.order_qty));
    write_option(&mut digest, price(request.price));
    write_option(&mut digest, qty(request.display_qty));
    digest.write_u64(u64::from(request.tif.is_some()));
    write_tif(&mut digest, request.tif.unwrap_or(TimeInForce::Gtc));
    write_option(&mut digest, stp(request.stp));
    write_option(&mut digest, qty(request.seen_cum_qty));
    digest.finish()
}
