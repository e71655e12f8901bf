//! The layout of Simple Binary Encoding written plainly: a header of four `u16`, little-endian fields at fixed offsets,
//! null values for what is absent. Nothing but the length is checked: a floor for what a checking codec can cost.

use super::Codec;
use super::mirror::{Exec, Order, Report, Side, Tif};
use std::hint::black_box;

/// Bytes of a client id.
const TEXT: usize = 36;
/// What an absent `int64` is.
const NULL: i64 = i64::MIN;

/// Values that stand at fixed places of a block.
macro_rules! block {
    ($name:ident = $template:literal { $($field:ident: $int:ty,)* }) => {
        #[derive(Clone, Debug, PartialEq, Eq)]
        struct $name {
            cl_ord_id: [u8; TEXT],
            $($field: $int,)*
        }

        impl $name {
            const SIZE: usize = 8 + TEXT $(+ size_of::<$int>())*;

            #[inline]
            fn encode(&self, out: &mut Vec<u8>) {
                let start = out.len();
                out.resize(start + Self::SIZE, 0);
                let bytes = &mut out[start..];
                let block = u16::try_from(Self::SIZE - 8).unwrap_or(0);
                for (slot, value) in bytes.chunks_exact_mut(2).zip([block, $template, 1, 0_u16]) {
                    slot.copy_from_slice(&value.to_le_bytes());
                }
                bytes[8..8 + TEXT].copy_from_slice(&self.cl_ord_id);
                let mut at = 8 + TEXT;
                $(
                    bytes[at..at + size_of::<$int>()].copy_from_slice(&self.$field.to_le_bytes());
                    at += size_of::<$int>();
                )*
                debug_assert_eq!(at, Self::SIZE, "the fields fill the block");
            }

            #[inline]
            fn decode(bytes: &[u8]) -> Option<Self> {
                let bytes: &[u8; Self::SIZE] = bytes.try_into().ok()?;
                let (_, rest) = bytes.split_first_chunk::<8>()?;
                let (cl_ord_id, rest) = rest.split_first_chunk::<TEXT>()?;
                $(
                    let ($field, rest) = rest.split_first_chunk::<{ size_of::<$int>() }>()?;
                )*
                debug_assert!(rest.is_empty(), "the fields fill the block");
                Some($name { cl_ord_id: *cl_ord_id, $($field: <$int>::from_le_bytes(*$field),)* })
            }
        }
    };
}

block! {
    FlatOrder = 1 {
        seq: u64, account: u32, session: u32, instrument: u32, side: u8, ord_type: u8, tif: u8, post_only: u8,
        reduce_only: u8, stp: u8, display: u8, peg: u8, order_qty: i64, price: i64, protection_price: i64,
        quote_qty: i64, min_qty: i64, display_qty: i64, threshold: i64, expire_ns: i64, peg_offset: i32,
        variance_bps: u16,
    }
}

block! {
    FlatReport = 4 {
        event_seq: u64, sub: u32, leg: u8, ts_ns: i64, ref_seq: u64, account: u32, instrument: u32, order_id: u64,
        exec: u8, status: u8, cause: u8, side: u8, ord_type: u8, tif: u8, expire_ns: i64, price: i64, order_qty: i64,
        leaves_qty: i64, cum_qty: i64, cum_value: i128, last_qty: i64, last_px: i64, fee: i128, trade_id: u64,
        liquidity: u8, reject_reason: u16, end_reason: u16, value: i128, limit: i128, trigger_price: i64, flags: u8,
    }
}

fn padded(text: &str) -> [u8; TEXT] {
    let mut bytes = [0; TEXT];
    bytes[..text.len()].copy_from_slice(text.as_bytes());
    bytes
}

fn side(side: Side) -> u8 {
    u8::from(side == Side::Sell)
}

fn tif(tif: Tif) -> u8 {
    u8::from(tif == Tif::Ioc)
}

/// New orders.
pub struct Orders {
    messages: Vec<FlatOrder>,
}

impl Orders {
    pub fn new(orders: &[Order<'_>]) -> Self {
        let flat = |order: &Order<'_>| FlatOrder {
            cl_ord_id: padded(&order.cl_ord_id),
            seq: order.seq,
            account: order.account,
            session: order.session,
            instrument: order.instrument,
            side: side(order.side),
            ord_type: 0,
            tif: tif(order.tif),
            post_only: u8::from(order.post_only),
            reduce_only: u8::from(order.reduce_only),
            stp: u8::MAX,
            display: u8::from(order.display_qty.is_some()),
            peg: u8::MAX,
            order_qty: order.order_qty,
            price: order.price.unwrap_or(NULL),
            protection_price: NULL,
            quote_qty: NULL,
            min_qty: order.min_qty,
            display_qty: order.display_qty.unwrap_or(NULL),
            threshold: NULL,
            expire_ns: NULL,
            peg_offset: 0,
            variance_bps: 0,
        };
        Orders { messages: orders.iter().map(flat).collect() }
    }
}

impl Codec for Orders {
    fn encode(&self, index: usize, out: &mut Vec<u8>) {
        self.messages[index].encode(out);
    }

    fn decode(&self, bytes: &[u8]) -> bool {
        black_box(FlatOrder::decode(bytes)).is_some()
    }

    fn is_message(&self, index: usize, bytes: &[u8]) -> bool {
        FlatOrder::decode(bytes).as_ref() == Some(&self.messages[index])
    }
}

/// Execution reports.
pub struct Reports {
    messages: Vec<FlatReport>,
}

impl Reports {
    pub fn new(reports: &[Report<'_>]) -> Self {
        let flat = |report: &Report<'_>| FlatReport {
            cl_ord_id: padded(&report.cl_ord_id),
            event_seq: report.event_seq,
            sub: report.sub,
            leg: 0,
            ts_ns: report.ts_ns,
            ref_seq: report.ref_seq,
            account: report.account,
            instrument: report.instrument,
            order_id: report.order_id,
            exec: if report.exec == Exec::Trade { b'F' } else { b'0' },
            status: if report.exec == Exec::Trade { b'1' } else { b'0' },
            cause: 0,
            side: side(report.side),
            ord_type: 0,
            tif: tif(report.tif),
            expire_ns: NULL,
            price: report.price.unwrap_or(NULL),
            order_qty: report.order_qty,
            leaves_qty: report.leaves_qty,
            cum_qty: report.cum_qty,
            cum_value: i128::from(report.cum_value),
            last_qty: report.last_qty,
            last_px: report.last_px.unwrap_or(NULL),
            fee: i128::from(report.fee),
            trade_id: report.trade_id,
            liquidity: u8::from(report.is_maker),
            reject_reason: 0,
            end_reason: 0,
            value: 0,
            limit: 0,
            trigger_price: NULL,
            flags: 0,
        };
        Reports { messages: reports.iter().map(flat).collect() }
    }
}

impl Codec for Reports {
    fn encode(&self, index: usize, out: &mut Vec<u8>) {
        self.messages[index].encode(out);
    }

    fn decode(&self, bytes: &[u8]) -> bool {
        black_box(FlatReport::decode(bytes)).is_some()
    }

    fn is_message(&self, index: usize, bytes: &[u8]) -> bool {
        FlatReport::decode(bytes).as_ref() == Some(&self.messages[index])
    }
}
