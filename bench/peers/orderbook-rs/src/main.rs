//! Drives the crate `orderbook-rs` with our workloads: `orderbook-rs-peer FILE`, requests on standard input.

use bench_core::driver::{Driver, Trade};
use bench_core::file;
use bench_core::plan::{Plan, Step};
use bench_core::serve::serve;
use flow::workload::{Op, Record, Side, Totals};
use orderbook_rs::{Id, OrderBook, TimeInForce, TradeResult};
use pricelevel::{Hash32, OrderUpdate, Price, Quantity};
use std::io::{stdin, stdout};
use std::path::Path;
use std::process::ExitCode;

/// One book per symbol.
struct Peer {
    books: Vec<OrderBook<()>>,
}

impl Peer {
    fn place(&self, record: &Record, tif: TimeInForce, trades: &mut Vec<Trade>) {
        let book = &self.books[usize::from(record.sym)];
        let order = orderbook_rs::OrderType::Standard {
            id: Id::Sequential(record.id),
            price: Price::new(u128::from(record.px.cast_unsigned())),
            quantity: Quantity::new(u64::from(record.qty)),
            side: match record.side {
                Side::Buy => orderbook_rs::Side::Buy,
                Side::Sell => orderbook_rs::Side::Sell,
            },
            user_id: Hash32::zero(),
            timestamp: orderbook_rs::TimestampMs::new(0),
            time_in_force: tif,
            extra_fields: (),
        };
        // An IOC that is not filled whole is an error there, and its fills come with it.
        match book.add_order_with_committed(order) {
            Ok((_, result)) => report(result.as_ref(), trades),
            Err(failure) => report(failure.committed.as_deref(), trades),
        }
    }

    fn cancel(&self, record: &Record) {
        let canceled = self.books[usize::from(record.sym)].cancel_order(Id::Sequential(record.id));
        assert!(matches!(canceled, Ok(Some(_))), "cancel refused: id={} {canceled:?}", record.id);
    }

    fn reduce(&self, record: &Record) {
        let update = OrderUpdate::UpdateQuantity {
            order_id: Id::Sequential(record.id),
            new_quantity: Quantity::new(u64::from(record.qty)),
        };
        let reduced = self.books[usize::from(record.sym)].update_order(update);
        assert!(matches!(reduced, Ok(Some(_))), "reduce refused: id={} {reduced:?}", record.id);
    }
}

fn report(result: Option<&TradeResult>, trades: &mut Vec<Trade>) {
    let Some(result) = result else { return };
    for trade in result.match_result.trades().as_vec() {
        trades.push(Trade {
            maker: number(trade.maker_order_id()),
            taker: number(trade.taker_order_id()),
            px: i64::try_from(trade.price().as_u128()).expect("our prices are small"),
            qty: trade.quantity().as_u64(),
        });
    }
}

fn number(id: Id) -> u64 {
    match id {
        Id::Sequential(id) => id,
        Id::Uuid(_) | Id::Ulid(_) => unreachable!("orders are given sequential ids"),
    }
}

impl Driver for Peer {
    type Command = Record;

    fn start(header: &Totals) -> Self {
        Self { books: (0..header.n_sym).map(|sym| OrderBook::new(&sym.to_string())).collect() }
    }

    fn translate(step: &Step, commands: &mut Vec<Record>) {
        commands.push(step.record);
    }

    fn apply(&mut self, record: &Record, trades: &mut Vec<Trade>) {
        match record.op {
            Op::Add => self.place(record, TimeInForce::Gtc, trades),
            Op::Cancel => self.cancel(record),
            Op::Reduce => self.reduce(record),
            Op::Replace => {
                self.cancel(record);
                self.place(record, TimeInForce::Gtc, trades);
            }
            Op::Ioc => self.place(record, TimeInForce::Ioc, trades),
        }
    }

    fn resting(&self) -> u64 {
        self.books.iter().map(|book| book.get_all_orders().len() as u64).sum()
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path] = arguments.as_slice() else {
        eprintln!("usage: orderbook-rs-peer FILE");
        return ExitCode::from(2);
    };
    let served = file::read(Path::new(path)).and_then(|workload| {
        serve::<Peer>(&Plan::new(&workload), stdin().lock(), stdout().lock()).map_err(|error| error.to_string())
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
