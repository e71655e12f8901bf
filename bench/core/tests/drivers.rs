//! Every driver reproduces the totals and fill hash of every workload, so its figures may be compared.

use bench_core::bare_book::BareBook;
use bench_core::driver::{Driver, Trade};
use bench_core::measure::{check, pass, preloaded};
use bench_core::plan::Plan;
use bench_core::serve::serve;
use bench_core::textbook::Textbook;
use bench_core::whole_engine::WholeEngine;
use flow::workload::{FillTally, Kind, Op, Record, Side, Totals, Workload};

fn assert_reproduces<D: Driver>(kind: Kind) {
    let workload = kind.generate();

    let checked = check::<D>(&Plan::new(&workload));

    assert_eq!(checked.tally, workload.header.tally);
    assert_eq!(checked.resting, workload.header.rest);
}

#[test]
fn textbook_reproduces_mixed() {
    assert_reproduces::<Textbook>(Kind::Mixed);
}

#[test]
fn textbook_reproduces_deep() {
    assert_reproduces::<Textbook>(Kind::Deep);
}

#[test]
fn textbook_reproduces_itch() {
    assert_reproduces::<Textbook>(Kind::Itch);
}

#[test]
fn book_reproduces_mixed() {
    assert_reproduces::<BareBook>(Kind::Mixed);
}

#[test]
fn book_reproduces_deep() {
    assert_reproduces::<BareBook>(Kind::Deep);
}

#[test]
fn book_reproduces_itch() {
    assert_reproduces::<BareBook>(Kind::Itch);
}

#[test]
fn engine_reproduces_mixed() {
    assert_reproduces::<WholeEngine>(Kind::Mixed);
}

#[test]
fn engine_reproduces_deep() {
    assert_reproduces::<WholeEngine>(Kind::Deep);
}

#[test]
fn engine_reproduces_itch() {
    assert_reproduces::<WholeEngine>(Kind::Itch);
}

/// Two orders rest and the third takes one of them.
fn small() -> Workload {
    let record = |id, px, op, side| Record { id, px, qty: 5, sym: 0, op, side };
    let header =
        Totals { n_pre: 2, n_ops: 1, max_id: 3, seed: 0, n_sym: 1, tally: FillTally::default(), rest: 1, rest_qty: 5 };
    let records = vec![
        record(1, 101, Op::Add, Side::Sell),
        record(2, 100, Op::Add, Side::Sell),
        record(3, 101, Op::Ioc, Side::Buy),
    ];
    Workload { header, records }
}

fn assert_trades_the_better_price_first<D: Driver>() {
    let plan = Plan::new(&small());
    let mut driver: D = preloaded(&plan);
    let (mut commands, mut trades) = (Vec::new(), Vec::new());
    D::translate(&plan.measured[0], &mut commands);

    for command in &commands {
        driver.apply(command, &mut trades);
    }

    assert_eq!(trades, [Trade { maker: 2, taker: 3, px: 100, qty: 5 }]);
    assert_eq!(driver.resting(), 1);
}

#[test]
fn the_better_price_trades_first() {
    assert_trades_the_better_price_first::<Textbook>();
    assert_trades_the_better_price_first::<BareBook>();
    assert_trades_the_better_price_first::<WholeEngine>();
}

#[test]
fn a_pass_counts_the_measured_commands_and_their_fills() {
    let measured = pass::<Textbook>(&Plan::new(&small()));

    assert_eq!((measured.commands, measured.fills, measured.resting), (1, 1, 1));
}

#[test]
fn a_served_check_answers_one_line_with_its_totals() {
    let mut answer = Vec::new();

    serve::<Textbook>(&Plan::new(&small()), b"check\n".as_slice(), &mut answer).unwrap();

    let answer = String::from_utf8(answer).unwrap();
    assert_eq!(answer.lines().count(), 1);
    assert!(answer.starts_with(r#"{"fills":1,"qty":5,"notional":500,"hash":""#), "{answer}");
}

#[test]
fn an_unknown_request_is_an_error() {
    let error = serve::<Textbook>(&Plan::new(&small()), b"guess\n".as_slice(), Vec::new()).unwrap_err();

    assert_eq!(error.to_string(), "unknown request: line=guess");
}
