//! What a driver cannot know from a record alone: how an order stands when it is amended.

use crate::driver::Trade;
use crate::textbook::{Textbook, apply};
use flow::workload::{Op, Record, Workload};

/// One record with what a client would know when sending it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The command.
    pub record: Record,
    /// Its place in the workload, from 0.
    pub seq: usize,
    /// Lots filled of the order over its life (FIX 14), for `Reduce` and `Replace`.
    pub cum_qty: u32,
    /// A `Replace` that neither moves the price nor adds quantity: where an amend would keep priority, it must not.
    pub stays: bool,
}

/// A workload ready to be measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Commands before the clock starts.
    pub preload: Vec<Step>,
    /// Commands to be measured.
    pub measured: Vec<Step>,
    /// The workload's header.
    pub header: flow::workload::Totals,
}

/// Where an order stands.
#[derive(Clone, Copy, Default)]
struct Standing {
    px: i64,
    leaves_qty: u32,
    cum_qty: u32,
}

impl Plan {
    /// Follows every order of a workload through the plain book.
    ///
    /// # Panics
    /// Where the header and the records of the workload do not belong together.
    pub fn new(workload: &Workload) -> Self {
        let header = workload.header;
        let n_ids = usize::try_from(header.max_id).expect("a workload fits in memory") + 1;
        let mut standings = vec![Standing::default(); n_ids];
        let mut book = Textbook::with_symbols(header.n_sym);
        let mut trades = Vec::new();
        let mut steps = Vec::with_capacity(workload.records.len());
        for record in &workload.records {
            steps.push(step(*record, steps.len(), standings[place(record.id)]));
            apply(&mut book, record, &mut trades);
            follow(&mut standings, record, &trades);
            trades.clear();
        }
        let n_pre = usize::try_from(header.n_pre).expect("a workload fits in memory");
        let measured = steps.split_off(n_pre);
        Self { preload: steps, measured, header }
    }
}

fn step(record: Record, seq: usize, standing: Standing) -> Step {
    let amends = matches!(record.op, Op::Reduce | Op::Replace);
    let same_px = record.px == standing.px;
    Step {
        record,
        seq,
        cum_qty: if amends { standing.cum_qty } else { 0 },
        stays: record.op == Op::Replace && same_px && record.qty <= standing.leaves_qty,
    }
}

fn follow(standings: &mut [Standing], record: &Record, trades: &[Trade]) {
    let own = &mut standings[place(record.id)];
    own.px = record.px;
    own.leaves_qty = record.qty;
    for trade in trades {
        let qty = u32::try_from(trade.qty).expect("a record's quantity has 32 bits");
        for id in [trade.maker, trade.taker] {
            let standing = &mut standings[place(id)];
            standing.leaves_qty -= qty;
            standing.cum_qty += qty;
        }
    }
}

fn place(id: u64) -> usize {
    usize::try_from(id).expect("ids are dense and fit in memory")
}

#[cfg(test)]
mod tests {
    use super::Plan;
    use flow::workload::{FillTally, Op, Record, Side, Totals, Workload};

    fn plan(records: Vec<Record>) -> Plan {
        let n_ops = records.len() as u64;
        let tally = FillTally::default();
        let header = Totals { n_pre: 0, n_ops, max_id: 2, seed: 0, n_sym: 1, tally, rest: 0, rest_qty: 0 };
        Plan::new(&Workload { header, records })
    }

    fn record(op: Op, id: u64, px: i64, qty: u32, side: Side) -> Record {
        Record { id, px, qty, sym: 0, op, side }
    }

    #[test]
    fn an_amend_knows_what_was_filled_before_it() {
        let plan = plan(vec![
            record(Op::Add, 1, 100, 10, Side::Sell),
            record(Op::Ioc, 2, 100, 4, Side::Buy),
            record(Op::Reduce, 1, 100, 2, Side::Sell),
        ]);

        assert_eq!(plan.measured[2].cum_qty, 4);
        assert!(!plan.measured[2].stays);
    }

    #[test]
    fn only_a_replace_at_the_same_price_with_no_more_quantity_stays() {
        let replaces = |px, qty| {
            plan(vec![record(Op::Add, 1, 100, 10, Side::Sell), record(Op::Replace, 1, px, qty, Side::Sell)]).measured[1]
                .stays
        };

        assert!(replaces(100, 10));
        assert!(replaces(100, 9));
        assert!(!replaces(100, 11));
        assert!(!replaces(101, 9));
    }
}
