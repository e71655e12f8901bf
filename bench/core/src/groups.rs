//! What a command costs beside many resting groups: who is in no group must not pay for those who are.

use crate::clock::thread_cpu_ns;
use crate::driver::Driver;
use crate::plan::Step;
use crate::whole_engine::WholeEngine;
use flow::workload::{FillTally, Op, Record, Side, Totals};
use model::{
    AccountId, Activation, ClOrdId, Command, Display, GroupKind, GroupLeg, GroupMode, InstrumentId, Limits, NewGroup,
    NewOrder, OrdType, PostOnly, Price, Qty, SessionId, TimeInForce, Trigger, TriggerKind,
};

/// Orders that rest at a time: each new one is followed by the cancel of the one so many ids ago.
const RESTING: u64 = 5_000;
/// One order in so many takes.
const TAKE_STRIDE: u64 = 16;
/// Ids given out between two readings of the clock.
const BATCH: u64 = 256;
/// Readings of each exchange.
const READINGS: u64 = 400;
/// Around it the orders that are measured trade; groups rest at least as far away as `FAR`.
const FAIR: i64 = 32_768;
const FAR: i64 = 10_000;

/// Nanoseconds of thread time a command, medians over all readings.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
    /// In an exchange without groups.
    pub alone_ns: u64,
    /// Beside the groups.
    pub beside_ns: u64,
}

/// Runs the same commands through an exchange without groups and one with `groups` of them, in turn.
pub fn run(groups: u64) -> Costs {
    let (mut alone, mut beside) = (Exchange::with_groups(0), Exchange::with_groups(groups));
    let (mut alone_ns, mut beside_ns) = (Vec::new(), Vec::new());
    for reading in 0..READINGS {
        let first = 1 + reading * BATCH;
        alone_ns.push(alone.batch(first));
        beside_ns.push(beside.batch(first));
    }
    Costs { alone_ns: median(alone_ns), beside_ns: median(beside_ns) }
}

fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values[values.len() / 2]
}

struct Exchange {
    engine: WholeEngine,
    /// Order ids that the groups took.
    taken: u64,
}

impl Exchange {
    fn with_groups(groups: u64) -> Self {
        let mut engine = WholeEngine::with_limits(&header(), Limits::default());
        let mut taken = 0;
        for number in 0..groups {
            let group = group(number);
            taken += group.legs.len() as u64;
            engine.apply(&Command::NewGroup(Box::new(group)), &mut Vec::new());
        }
        assert_eq!(engine.resting(), taken, "every group is accepted and rests");
        Exchange { engine, taken }
    }

    /// Carries out the commands of [`BATCH`] ids; returns the time a command took.
    fn batch(&mut self, first: u64) -> u64 {
        let mut commands = Vec::new();
        for id in first..first + BATCH {
            WholeEngine::translate(&self.step(id, None), &mut commands);
            if id > RESTING {
                WholeEngine::translate(&self.step(id - RESTING, Some(Op::Cancel)), &mut commands);
            }
        }
        let mut trades = Vec::new();
        let start = thread_cpu_ns();
        for command in &commands {
            self.engine.apply(command, &mut trades);
            trades.clear();
        }
        (thread_cpu_ns() - start) / commands.len() as u64
    }

    /// What is done with the order of an id, which is told by its id alone.
    fn step(&self, id: u64, op: Option<Op>) -> Step {
        let side = if (id / 3).is_multiple_of(2) { Side::Buy } else { Side::Sell };
        let distance = 1 + i64::try_from(id * 7_919 % 50).expect("below 50");
        let takes = id.is_multiple_of(TAKE_STRIDE);
        let behind = if takes { -2 } else { distance };
        let px = match side {
            Side::Buy => FAIR - behind,
            Side::Sell => FAIR + behind,
        };
        let qty = 1 + u32::try_from(id % 20).expect("below 20");
        let op = op.unwrap_or(if takes { Op::Ioc } else { Op::Add });
        let record = Record { id: self.taken + id, px, qty, sym: 0, op, side };
        Step { record, seq: 0, cum_qty: 0, stays: false }
    }
}

/// By turns a bracket whose entry rests far away and an OCO of a target and an armed stop.
fn group(number: u64) -> NewGroup {
    let spread = i64::try_from(number % 9_000).expect("below 9,000");
    let account = AccountId(1 + u32::try_from(number % 1_000).expect("below 1,000"));
    let limit = |leg: &str, side, px| order(account, &format!("{leg}-{number}"), side, px);
    let stop = NewOrder { ord_type: OrdType::Market, price: None, ..limit("s", model::Side::Sell, 1) };
    let stop = GroupLeg { order: stop, trigger: Some(Trigger::at(TriggerKind::StopLoss, Price(1 + spread))) };
    let target = GroupLeg { order: limit("t", model::Side::Sell, FAIR + FAR + spread), trigger: None };
    let entry = GroupLeg { order: limit("e", model::Side::Buy, FAIR - FAR - spread), trigger: None };
    let (kind, legs) = if number.is_multiple_of(2) {
        (GroupKind::Otoco, vec![entry, target, stop])
    } else {
        (GroupKind::Oco, vec![target, stop])
    };
    NewGroup { kind, mode: GroupMode::Reduce, activation: Activation::Partial, legs }
}

fn order(account: AccountId, cl_ord_id: &str, side: model::Side, px: i64) -> NewOrder {
    NewOrder {
        account,
        session: SessionId(0),
        instrument: InstrumentId(0),
        cl_ord_id: ClOrdId::new(cl_ord_id).expect("a short printable text"),
        side,
        ord_type: OrdType::Limit,
        tif: TimeInForce::Gtc,
        order_qty: Qty(10),
        price: Some(Price(px)),
        protection_price: None,
        quote_qty: None,
        peg: None,
        min_qty: Qty(0),
        display: Display::All,
        post_only: PostOnly::No,
        reduce_only: false,
        stp: None,
    }
}

fn header() -> Totals {
    let tally = FillTally::default();
    Totals { n_pre: 0, n_ops: 0, max_id: 0, seed: 0, n_sym: 1, tally, rest: RESTING, rest_qty: 0 }
}
