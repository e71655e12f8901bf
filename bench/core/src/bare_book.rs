//! Crate `book` alone: orders by the dense ids an engine gives, no accounts, no admission.

use crate::driver::{Driver, Trade};
use crate::plan::Step;
use book::{Arena, Book, Display, Fill, Maker, OrderIndex, Resting, Slot};
use flow::workload::{Op, Record, Side, Totals};

/// One book per symbol, one arena and one index for all.
pub struct BareBook {
    arena: Arena,
    index: OrderIndex,
    books: Vec<Book>,
}

impl BareBook {
    /// Trades a limit order and returns what is left of it, lots.
    #[inline]
    fn execute(&mut self, record: &Record, trades: &mut Vec<Trade>) -> i64 {
        let mut leaves = i64::from(record.qty);
        let book = &mut self.books[usize::from(record.sym)];
        let against = side(record.side).opposite();
        while leaves > 0 {
            let Some(maker) = book.front(&self.arena, against) else { break };
            if !crosses(record, &maker) {
                break;
            }
            let last_qty = leaves.min(maker.qty);
            leaves -= last_qty;
            let qty = last_qty.cast_unsigned();
            trades.push(Trade { maker: maker.order_id, taker: record.id, px: maker.tick, qty });
            match book.fill(&mut self.arena, maker.slot, last_qty) {
                Fill::Done => {
                    self.index.remove(maker.order_id);
                    self.arena.free(maker.slot);
                }
                Fill::Partial | Fill::Refilled { .. } => {}
            }
        }
        leaves
    }

    #[inline]
    fn rest(&mut self, slot: Slot, record: &Record, leaves: i64) {
        let order = Resting { order_id: record.id, owner: 0, leaves, display: Display::All };
        let book = &mut self.books[usize::from(record.sym)];
        book.insert(&mut self.arena, slot, side(record.side), record.px, &order);
    }

    #[inline]
    fn add(&mut self, record: &Record, trades: &mut Vec<Trade>) {
        let leaves = self.execute(record, trades);
        if leaves > 0 {
            let slot = self.arena.alloc();
            self.index.insert(record.id, slot);
            self.rest(slot, record, leaves);
        }
    }

    #[inline]
    fn cancel(&mut self, record: &Record) {
        let slot = self.index.remove(record.id).expect("workloads cancel live orders only");
        self.books[usize::from(record.sym)].remove(&mut self.arena, slot);
        self.arena.free(slot);
    }

    fn reduce(&mut self, record: &Record) {
        let slot = self.index.get(record.id).expect("workloads reduce live orders only");
        let book = &mut self.books[usize::from(record.sym)];
        book.reduce(&mut self.arena, slot, i64::from(record.qty));
    }

    fn replace(&mut self, record: &Record, trades: &mut Vec<Trade>) {
        let slot = self.index.get(record.id).expect("workloads replace live orders only");
        self.books[usize::from(record.sym)].remove(&mut self.arena, slot);
        let leaves = self.execute(record, trades);
        if leaves > 0 {
            self.rest(slot, record, leaves);
        } else {
            self.index.remove(record.id);
            self.arena.free(slot);
        }
    }
}

impl Driver for BareBook {
    type Command = Record;

    fn start(header: &Totals) -> Self {
        let books = (0..header.n_sym).map(|_| Book::new()).collect();
        Self { arena: Arena::new(), index: OrderIndex::new(), books }
    }

    fn translate(step: &Step, commands: &mut Vec<Record>) {
        commands.push(step.record);
    }

    fn apply(&mut self, record: &Record, trades: &mut Vec<Trade>) {
        match record.op {
            Op::Add => self.add(record, trades),
            Op::Cancel => self.cancel(record),
            Op::Reduce => self.reduce(record),
            Op::Replace => self.replace(record, trades),
            Op::Ioc => {
                self.execute(record, trades);
            }
        }
    }

    fn resting(&self) -> u64 {
        self.index.len() as u64
    }
}

const fn side(side: Side) -> book::Side {
    match side {
        Side::Buy => book::Side::Bid,
        Side::Sell => book::Side::Ask,
    }
}

fn crosses(taker: &Record, maker: &Maker) -> bool {
    match taker.side {
        Side::Buy => maker.tick <= taker.px,
        Side::Sell => maker.tick >= taker.px,
    }
}
