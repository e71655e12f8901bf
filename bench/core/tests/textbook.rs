//! The plain book reproduces every workload's totals and fill hash, so it may be compared with.

use bench_core::driver::Driver;
use bench_core::measure::pass;
use bench_core::serve::serve;
use bench_core::textbook::Textbook;
use flow::workload::{FillTally, Kind, Op, Record, Side, Totals, Workload};

fn assert_reproduces(kind: Kind) {
    let workload = kind.generate();

    let measured = pass::<Textbook>(&workload);

    assert_eq!(measured.tally, workload.header.tally);
    assert_eq!(measured.resting, workload.header.rest);
    assert_eq!(measured.commands, workload.header.n_ops);
}

#[test]
fn textbook_reproduces_mixed() {
    assert_reproduces(Kind::Mixed);
}

#[test]
fn textbook_reproduces_deep() {
    assert_reproduces(Kind::Deep);
}

#[test]
fn textbook_reproduces_itch() {
    assert_reproduces(Kind::Itch);
}

/// Two orders rest and the third takes one of them.
fn small() -> Workload {
    let record = |id, px, op, side| Record {
        id,
        px,
        qty: 5,
        sym: 0,
        op,
        side,
    };
    let header = Totals {
        n_pre: 2,
        n_ops: 1,
        max_id: 3,
        seed: 0,
        n_sym: 1,
        tally: FillTally::default(),
        rest: 1,
        rest_qty: 5,
    };
    let records = vec![
        record(1, 101, Op::Add, Side::Sell),
        record(2, 100, Op::Add, Side::Sell),
        record(3, 101, Op::Ioc, Side::Buy),
    ];
    Workload { header, records }
}

#[test]
fn the_better_price_trades_first() {
    let mut book = Textbook::start(&small().header);

    small().records.iter().for_each(|record| book.apply(record));

    let mut expected = FillTally::default();
    expected.add(2, 3, 100, 5);
    assert_eq!(book.tally(), expected);
    assert_eq!(book.resting(), 1);
}

#[test]
fn a_served_pass_answers_one_line_with_its_totals() {
    let mut answer = Vec::new();

    serve::<Textbook>(&small(), b"pass\n".as_slice(), &mut answer).unwrap();

    let answer = String::from_utf8(answer).unwrap();
    assert_eq!(answer.lines().count(), 1);
    assert!(
        answer.contains(r#""commands":1,"fills":1,"qty":5,"notional":500,"#),
        "{answer}"
    );
}

#[test]
fn an_unknown_request_is_an_error() {
    let error = serve::<Textbook>(&small(), b"guess\n".as_slice(), Vec::new()).unwrap_err();

    assert_eq!(error.to_string(), "unknown request: line=guess");
}
