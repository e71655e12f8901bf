//! The workloads have the published totals, hash and mix, and the published file layout.

use flow::workload::{HASH_START, HEADER_BYTES, Kind, Op, RECORD_BYTES, Record, Side, Workload};

/// One row of the published table of workloads.
struct Published {
    kind: Kind,
    seed: u64,
    n_sym: u64,
    n_pre: u64,
    n_ops: u64,
    fills: u64,
    qty: u64,
    notional: u64,
    hash: u64,
    rest: u64,
}

fn assert_published(row: &Published) -> Workload {
    let workload = row.kind.generate();
    let header = &workload.header;

    assert_eq!((header.seed, header.n_sym, header.n_pre, header.n_ops), (row.seed, row.n_sym, row.n_pre, row.n_ops));
    assert_eq!(header.n_pre + header.n_ops, workload.records.len() as u64);
    assert_eq!((header.tally.fills, header.tally.qty), (row.fills, row.qty));
    assert_eq!((header.tally.notional, header.tally.hash, header.rest), (row.notional, row.hash, row.rest));
    workload
}

/// Measured records of one kind per ten thousand, rounded to nearest.
fn share(workload: &Workload, op: Op) -> u64 {
    let n_pre = usize::try_from(workload.header.n_pre).expect("fits a pointer");
    let count = workload.records[n_pre..].iter().filter(|record| record.op == op).count() as u64;
    (count * 10_000 + workload.header.n_ops / 2) / workload.header.n_ops
}

#[test]
fn mixed_has_the_published_totals_and_mix() {
    let workload = assert_published(&Published {
        kind: Kind::Mixed,
        seed: 23,
        n_sym: 1,
        n_pre: 10_000,
        n_ops: 2_000_000,
        fills: 587_824,
        qty: 16_302_465,
        notional: 534_129_474_352,
        hash: 0x9215_fd5c_0d09_b1d9,
        rest: 8_162,
    });

    // Published per cent: add 52.4, cancel 32.6, reduce 2.5, replace 2.5, IOC 10.
    let per_mille = |op| (share(&workload, op) + 5) / 10;
    assert_eq!([Op::Add, Op::Cancel, Op::Reduce, Op::Replace, Op::Ioc].map(per_mille), [524, 326, 25, 25, 100]);
}

#[test]
fn deep_has_the_published_totals_and_never_trades() {
    let workload = assert_published(&Published {
        kind: Kind::Deep,
        seed: 29,
        n_sym: 1,
        n_pre: 1_000_000,
        n_ops: 1_000_000,
        fills: 0,
        qty: 0,
        notional: 0,
        hash: HASH_START,
        rest: 999_570,
    });

    assert!(workload.records.iter().all(|record| matches!(record.op, Op::Add | Op::Cancel)));
}

#[test]
fn itch_has_the_published_totals_and_mix() {
    let workload = assert_published(&Published {
        kind: Kind::Itch,
        seed: 31,
        n_sym: 100,
        n_pre: 200_000,
        n_ops: 2_000_000,
        fills: 108_048,
        qty: 2_525_533,
        notional: 58_794_686_041,
        hash: 0xcf92_b550_1b98_dc12,
        rest: 191_647,
    });

    assert_eq!((share(&workload, Op::Ioc) + 50) / 100, 1);
    assert!(workload.records.iter().all(|record| record.sym < 100));
}

#[test]
fn a_record_has_the_published_layout() {
    let record = Record { id: 0x0102, px: -2, qty: 0x0304, sym: 0x0506, op: Op::Replace, side: Side::Sell };

    let bytes = record.to_bytes(0x0708);

    let expected: [u8; RECORD_BYTES] = [
        0x02, 0x01, 0, 0, 0, 0, 0, 0, // id
        0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, // px
        0x04, 0x03, 0, 0, 0x06, 0x05, 3, 1, // qty, sym, op, side
        0x08, 0x07, 0, 0, 0, 0, 0, 0, // seq
    ];
    assert_eq!(bytes, expected);
}

#[test]
fn a_file_is_the_header_then_the_records_in_order() {
    let mut workload = Kind::Deep.generate();
    workload.records.truncate(2);

    let bytes = workload.to_bytes();

    assert_eq!(bytes.len(), HEADER_BYTES + 2 * RECORD_BYTES);
    assert_eq!(&bytes[..8], b"OBWRK1\0\0");
    assert_eq!(bytes[8..16], 1_000_000_u64.to_le_bytes());
    assert_eq!(bytes[32..40], 29_u64.to_le_bytes());
    assert_eq!(bytes[96..128], [0; 32]);
    assert_eq!(bytes[HEADER_BYTES + RECORD_BYTES - 8..][..8], 0_u64.to_le_bytes());
    assert_eq!(bytes[HEADER_BYTES + 2 * RECORD_BYTES - 8..], 1_u64.to_le_bytes());
}
