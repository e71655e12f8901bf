//! The textbook order book, written plainly: an ordered map of levels, linked queues, a hash index of ids.
//!
//! This is what our figures are compared with, so it does what a careful programmer writes first and nothing clever.

// The standard hash map is what a textbook takes, and nothing here depends on its order.
#![expect(clippy::disallowed_types, reason = "a plain peer uses the standard hash map")]

use crate::driver::{Driver, Trade};
use crate::plan::Step;
use flow::workload::{Op, Record, Side, Totals};
use std::collections::{BTreeMap, HashMap};

/// End of a queue.
const NONE: u32 = u32::MAX;

/// A resting order, linked to its neighbours in the queue of its level.
struct Order {
    id: u64,
    px: i64,
    qty: u32,
    side: Side,
    before: u32,
    after: u32,
}

/// Ends of the queue at one price, oldest first.
struct Level {
    head: u32,
    tail: u32,
}

/// One book.
#[derive(Default)]
struct Book {
    bids: BTreeMap<i64, Level>,
    asks: BTreeMap<i64, Level>,
    orders: Vec<Order>,
    free: Vec<u32>,
    index: HashMap<u64, u32>,
}

impl Book {
    fn levels(&mut self, side: Side) -> &mut BTreeMap<i64, Level> {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }

    /// Matches a limit order and returns what is left of it.
    fn execute(&mut self, record: &Record, trades: &mut Vec<Trade>) -> u32 {
        let mut qty = record.qty;
        while qty > 0 {
            let best = match record.side {
                Side::Buy => self.asks.first_key_value().filter(|(px, _)| **px <= record.px),
                Side::Sell => self.bids.last_key_value().filter(|(px, _)| **px >= record.px),
            };
            let Some((_, level)) = best else { break };
            let at = level.head;
            let maker = &mut self.orders[at as usize];
            let last_qty = qty.min(maker.qty);
            maker.qty -= last_qty;
            qty -= last_qty;
            trades.push(Trade { maker: maker.id, taker: record.id, px: maker.px, qty: u64::from(last_qty) });
            if maker.qty == 0 {
                let id = maker.id;
                self.index.remove(&id);
                self.unlink(at);
            }
        }
        qty
    }

    fn add(&mut self, record: &Record, trades: &mut Vec<Trade>) {
        let left = self.execute(record, trades);
        if left > 0 {
            self.rest(record, left);
        }
    }

    fn rest(&mut self, record: &Record, qty: u32) {
        let order = Order { id: record.id, px: record.px, qty, side: record.side, before: NONE, after: NONE };
        let at = if let Some(at) = self.free.pop() {
            self.orders[at as usize] = order;
            at
        } else {
            self.orders.push(order);
            u32::try_from(self.orders.len() - 1).expect("fewer than 2^32 resting orders")
        };
        self.index.insert(record.id, at);
        let level = self.levels(record.side).entry(record.px).or_insert(Level { head: at, tail: NONE });
        let before = std::mem::replace(&mut level.tail, at);
        if before != NONE {
            self.orders[before as usize].after = at;
            self.orders[at as usize].before = before;
        }
    }

    fn cancel(&mut self, id: u64) {
        let at = self.index.remove(&id).expect("workloads cancel live orders only");
        self.unlink(at);
    }

    fn reduce(&mut self, id: u64, qty: u32) {
        let at = self.index[&id];
        self.orders[at as usize].qty = qty;
    }

    fn unlink(&mut self, at: u32) {
        let Order { px, side, before, after, .. } = self.orders[at as usize];
        if before == NONE && after == NONE {
            self.levels(side).remove(&px);
        } else {
            if before == NONE {
                self.levels(side).get_mut(&px).expect("the level of a live order").head = after;
            } else {
                self.orders[before as usize].after = after;
            }
            if after == NONE {
                self.levels(side).get_mut(&px).expect("the level of a live order").tail = before;
            } else {
                self.orders[after as usize].before = before;
            }
        }
        self.free.push(at);
    }
}

/// One plain book per symbol.
pub struct Textbook {
    books: Vec<Book>,
}

impl Textbook {
    /// Empty books.
    pub fn with_symbols(n_sym: u64) -> Self {
        Self { books: (0..n_sym).map(|_| Book::default()).collect() }
    }
}

/// Carries out one record.
#[inline]
pub fn apply(textbook: &mut Textbook, record: &Record, trades: &mut Vec<Trade>) {
    let book = &mut textbook.books[usize::from(record.sym)];
    match record.op {
        Op::Add => book.add(record, trades),
        Op::Cancel => book.cancel(record.id),
        Op::Reduce => book.reduce(record.id, record.qty),
        Op::Replace => {
            book.cancel(record.id);
            book.add(record, trades);
        }
        Op::Ioc => {
            book.execute(record, trades);
        }
    }
}

impl Driver for Textbook {
    type Command = Record;

    fn start(header: &Totals) -> Self {
        Self::with_symbols(header.n_sym)
    }

    fn translate(step: &Step, commands: &mut Vec<Record>) {
        commands.push(step.record);
    }

    fn apply(&mut self, command: &Record, trades: &mut Vec<Trade>) {
        apply(self, command, trades);
    }

    fn resting(&self) -> u64 {
        self.books.iter().map(|book| book.index.len() as u64).sum()
    }
}
