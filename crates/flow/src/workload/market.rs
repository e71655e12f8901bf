//! The generator's own plain order books: they decide which ids are alive and what a correct engine would trade.

use super::record::{FillTally, Op, Record, Side, Totals, Workload};
use std::collections::BTreeMap;

/// Index of "no order"; ids start at 1.
const NONE: u32 = 0;

/// One order the market knows, linked into the queue of its level while it rests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resting {
    pub(super) px: i64,
    pub(super) qty: u32,
    pub(super) side: Side,
    sym: u16,
    before: u32,
    after: u32,
    live_at: usize,
}

/// Ends of one level's queue, oldest first.
#[derive(Clone, Copy, Debug)]
struct Queue {
    head: u32,
    tail: u32,
}

type Levels = BTreeMap<i64, Queue>;

/// All books of a workload in the making, the records so far and their totals.
pub(super) struct Market {
    books: Vec<[Levels; 2]>,
    orders: Vec<Resting>,
    live: Vec<Vec<u32>>,
    records: Vec<Record>,
    tally: FillTally,
    rest: u64,
    rest_qty: u64,
}

impl Market {
    pub(super) fn new(n_sym: usize, records_max: usize) -> Self {
        let unused = Resting { px: 0, qty: 0, side: Side::Buy, sym: 0, before: NONE, after: NONE, live_at: 0 };
        Self {
            books: vec![[Levels::new(), Levels::new()]; n_sym],
            orders: vec![unused],
            live: vec![Vec::new(); n_sym],
            records: Vec::with_capacity(records_max),
            tally: FillTally::default(),
            rest: 0,
            rest_qty: 0,
        }
    }

    /// Number of records so far.
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// Ids resting in `sym`; the order of the list is part of the workload's definition.
    pub(super) fn live(&self, sym: u16) -> &[u32] {
        &self.live[usize::from(sym)]
    }

    pub(super) fn order(&self, id: u32) -> &Resting {
        &self.orders[id as usize]
    }

    /// Best price of a side, ticks.
    pub(super) fn best(&self, sym: u16, side: Side) -> Option<i64> {
        let levels = &self.books[usize::from(sym)][side as usize];
        best_level(levels, side).map(|(px, _)| px)
    }

    /// Worst price and whole quantity of the best `n_levels` levels of a side; `None` where the side is empty.
    pub(super) fn reach(&self, sym: u16, side: Side, n_levels: usize) -> Option<(i64, u64)> {
        let levels = &self.books[usize::from(sym)][side as usize];
        let mut reached = None;
        let mut visit = |(px, queue): (&i64, &Queue)| {
            let (_, so_far) = reached.unwrap_or((0, 0));
            reached = Some((*px, so_far + self.queue_qty(*queue)));
        };
        match side {
            Side::Buy => levels.iter().rev().take(n_levels).for_each(&mut visit),
            Side::Sell => levels.iter().take(n_levels).for_each(&mut visit),
        }
        reached
    }

    pub(super) fn add(&mut self, sym: u16, side: Side, px: i64, qty: u32) {
        let id = self.introduce(Op::Add, sym, side, px, qty);
        let left = self.match_against(id, qty);
        self.rest_if_any(id, left);
    }

    pub(super) fn ioc(&mut self, sym: u16, side: Side, px: i64, qty: u32) {
        let id = self.introduce(Op::Ioc, sym, side, px, qty);
        self.match_against(id, qty);
    }

    pub(super) fn cancel(&mut self, id: u32) {
        let px = self.order(id).px;
        self.write(Op::Cancel, id, px, 0);
        self.remove(id);
    }

    pub(super) fn reduce(&mut self, id: u32, qty: u32) {
        let px = self.order(id).px;
        self.write(Op::Reduce, id, px, qty);
        let order = &mut self.orders[id as usize];
        debug_assert!(qty < order.qty, "a reduce makes an order smaller");
        self.rest_qty -= u64::from(order.qty - qty);
        order.qty = qty;
    }

    pub(super) fn replace(&mut self, id: u32, px: i64, qty: u32) {
        self.write(Op::Replace, id, px, qty);
        self.remove(id);
        self.orders[id as usize].px = px;
        let left = self.match_against(id, qty);
        self.rest_if_any(id, left);
    }

    pub(super) fn finish(self, seed: u64, n_pre: usize) -> Workload {
        let header = Totals {
            n_pre: n_pre as u64,
            n_ops: (self.records.len() - n_pre) as u64,
            max_id: (self.orders.len() - 1) as u64,
            seed,
            n_sym: self.books.len() as u64,
            tally: self.tally,
            rest: self.rest,
            rest_qty: self.rest_qty,
        };
        Workload { header, records: self.records }
    }

    /// Gives the next id to an order and records the command that brings it.
    fn introduce(&mut self, op: Op, sym: u16, side: Side, px: i64, qty: u32) -> u32 {
        let id = u32::try_from(self.orders.len()).expect("a workload has fewer than 2^32 orders");
        self.orders.push(Resting { px, qty: 0, side, sym, before: NONE, after: NONE, live_at: 0 });
        self.write(op, id, px, qty);
        id
    }

    fn write(&mut self, op: Op, id: u32, px: i64, qty: u32) {
        let Resting { sym, side, .. } = *self.order(id);
        self.records.push(Record { id: u64::from(id), px, qty, sym, op, side });
    }

    /// Trades `qty` of `taker` against the other side and returns what is left of it.
    fn match_against(&mut self, taker: u32, mut qty: u32) -> u32 {
        let Resting { px: limit, side, sym, .. } = *self.order(taker);
        let against = side.opposite();
        while qty > 0 {
            let levels = &self.books[usize::from(sym)][against as usize];
            let Some((px, queue)) = best_level(levels, against) else {
                break;
            };
            let crosses = match side {
                Side::Buy => px <= limit,
                Side::Sell => px >= limit,
            };
            if !crosses {
                break;
            }
            let maker = &mut self.orders[queue.head as usize];
            let last_qty = qty.min(maker.qty);
            qty -= last_qty;
            self.tally.add(u64::from(queue.head), u64::from(taker), px, u64::from(last_qty));
            if last_qty == maker.qty {
                self.remove(queue.head);
            } else {
                maker.qty -= last_qty;
                self.rest_qty -= u64::from(last_qty);
            }
        }
        qty
    }

    fn rest_if_any(&mut self, id: u32, qty: u32) {
        if qty == 0 {
            return;
        }
        let Resting { px, side, sym, .. } = *self.order(id);
        let queue = self.books[usize::from(sym)][side as usize].entry(px).or_insert(Queue { head: id, tail: NONE });
        let before = std::mem::replace(&mut queue.tail, id);
        if before != NONE {
            self.orders[before as usize].after = id;
        }
        let live = &mut self.live[usize::from(sym)];
        let order = &mut self.orders[id as usize];
        order.qty = qty;
        order.before = before;
        order.after = NONE;
        order.live_at = live.len();
        live.push(id);
        self.rest += 1;
        self.rest_qty += u64::from(qty);
    }

    /// Takes a resting order out of its queue and out of the list of live ids, whose last entry takes its place.
    fn remove(&mut self, id: u32) {
        let Resting { px, qty, side, sym, before, after, live_at } = *self.order(id);
        let levels = &mut self.books[usize::from(sym)][side as usize];
        if before == NONE && after == NONE {
            levels.remove(&px);
        } else {
            let queue = levels.get_mut(&px).expect("a resting order has a level");
            match before {
                NONE => queue.head = after,
                linked => self.orders[linked as usize].after = after,
            }
            match after {
                NONE => queue.tail = before,
                linked => self.orders[linked as usize].before = before,
            }
        }
        let live = &mut self.live[usize::from(sym)];
        debug_assert_eq!(live[live_at], id, "a live order knows its place in the list");
        live.swap_remove(live_at);
        if let Some(moved) = live.get(live_at) {
            self.orders[*moved as usize].live_at = live_at;
        }
        self.orders[id as usize].qty = 0;
        self.rest -= 1;
        self.rest_qty -= u64::from(qty);
    }

    fn queue_qty(&self, queue: Queue) -> u64 {
        let mut sum = 0;
        let mut id = queue.head;
        while id != NONE {
            let order = self.order(id);
            sum += u64::from(order.qty);
            id = order.after;
        }
        sum
    }
}

fn best_level(levels: &Levels, side: Side) -> Option<(i64, Queue)> {
    let best = match side {
        Side::Buy => levels.last_key_value(),
        Side::Sell => levels.first_key_value(),
    };
    best.map(|(px, queue)| (*px, *queue))
}
