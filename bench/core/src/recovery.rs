//! How fast a log of the mixed workload becomes a state again: from its first record, and from a snapshot.

use crate::clock::monotonic_ns;
use crate::driver::Driver;
use crate::plan::Plan;
use crate::whole_engine::{WholeEngine, setup};
use ::journal::os_disk::OsDisk;
use ::journal::{Mode, Options as JournalOptions};
use engine::Exchange;
use flow::workload::Kind;
use model::{AmendOrder, CancelOrder, ClOrdId, Command, Events, OrderId, OrderRef, Stamp};
use sequencer::{Options, Progress, Recovered, Sequencer};
use std::path::Path;

/// Wall time stands still: it is not what is measured.
const NOW: i64 = 1_700_000_000_000_000_000;
/// Passes over what is measured; the fastest counts, since a neighbour can only slow it down.
const PASSES: u32 = 3;

/// What was measured, times in nanoseconds of the wall.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// Commands in the log, those that set the market up included.
    pub commands: u64,
    /// `engine.apply` alone over all of them, from memory.
    pub core_ns: u64,
    /// Opening the log without a snapshot.
    pub replay_ns: u64,
    /// Opening it with one in the middle: its image and the rest of the log.
    pub snapshot_ns: u64,
    /// Commands after the snapshot.
    pub tail: u64,
}

/// Writes a log of `count` commands to a folder of its own under `folder`, and opens it again and again.
///
/// # Errors
/// What the disk or the sequencer would not do; also where a replay came to another state.
pub fn run(folder: &Path, count: usize) -> Result<Figures, String> {
    let commands = commands(count);
    let directory = folder.join(format!("recovery-{}", std::process::id()));
    let options = options(commands.len() as u64);
    let figures = measure(&directory, &options, &commands);
    let removed = std::fs::remove_dir_all(&directory).map_err(|error| error.to_string());
    figures.and_then(|figures| removed.map(|()| figures))
}

fn measure(directory: &Path, options: &Options, commands: &[Command]) -> Result<Figures, String> {
    let (core_ns, core) = fastest(|| Ok(apply_all(options, commands)))?;
    write(directory, options, commands)?;
    let (replay_ns, _) = fastest(|| reopen(directory, options, core))?;
    let mut sequencer = open(directory, options)?.0;
    let mut shadow = sequencer.shadow().map_err(|error| error.to_string())?;
    loop {
        match shadow.step(sequencer.durable_seq()).map_err(|error| error.to_string())? {
            Progress::UpToDate => break,
            Progress::Behind => {}
            Progress::Missed(what) => return Err(what),
            Progress::Snapshot(taken) => sequencer.snapshot_taken(taken).map_err(|error| error.to_string())?,
        }
    }
    // It reads the directory, which stays locked as long as somebody does.
    drop(shadow);
    sequencer.close().map_err(|error| error.to_string())?;
    let (snapshot_ns, recovered) = fastest(|| reopen(directory, options, core))?;
    Ok(Figures { commands: commands.len() as u64, core_ns, replay_ns, snapshot_ns, tail: recovered.replayed })
}

fn options(count: u64) -> Options {
    let base = Options::default();
    Options {
        journal: JournalOptions { mode: Mode::Os, ..base.journal },
        jump_ns_max: i64::MAX,
        snapshot_every: count / 2 / base.hash_every * base.hash_every,
        check_every: 0,
        ..base
    }
}

/// The commands of the workload, over again until there are enough: a pass later every id is another one.
fn commands(count: usize) -> Vec<Command> {
    let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.name() == "mixed") else { return Vec::new() };
    let plan = Plan::new(&kind.generate());
    let mut once = Vec::new();
    for step in plan.preload.iter().chain(&plan.measured) {
        WholeEngine::translate(step, &mut once);
    }
    let mut commands = setup(&plan.header);
    for pass in 0_u64.. {
        for command in &once {
            if commands.len() == count {
                return commands;
            }
            commands.push(later(command, pass, pass * plan.header.max_id));
        }
    }
    commands
}

/// The same command of a later pass: client ids with its number, order ids after all earlier ones.
fn later(command: &Command, pass: u64, ids: u64) -> Command {
    let again = |id: &ClOrdId| ClOrdId::new(&format!("{pass}-{}", id.as_str())).unwrap_or(*id);
    let target = |target: OrderRef| match target {
        OrderRef::Order(id) => OrderRef::Order(OrderId(id.0 + ids)),
        OrderRef::Client(id) => OrderRef::Client(again(&id)),
    };
    if pass == 0 {
        return command.clone();
    }
    let mut command = command.clone();
    if let Command::NewOrder(order) = &mut command {
        order.cl_ord_id = again(&order.cl_ord_id);
    } else if let Command::Amend(amend) = &mut command {
        *amend = AmendOrder { cl_ord_id: again(&amend.cl_ord_id), target: target(amend.target), ..*amend };
    } else if let Command::Cancel(cancel) = &mut command {
        *cancel = CancelOrder { target: target(cancel.target), ..*cancel };
    }
    command
}

/// Runs the work a few times: the shortest time of the wall, and what it came to last.
fn fastest<T>(mut work: impl FnMut() -> Result<(u64, T), String>) -> Result<(u64, T), String> {
    let mut best = work()?;
    for _ in 1..PASSES {
        let (ns, value) = work()?;
        best = (best.0.min(ns), value);
    }
    Ok(best)
}

/// The bare engine, with the stamps the log has; the time, and the hash of the state.
fn apply_all(options: &Options, commands: &[Command]) -> (u64, u64) {
    let mut exchange = Exchange::new(options.limits);
    let mut events = Events::with_capacity(1_024);
    let start = monotonic_ns();
    for (command, seq) in commands.iter().zip(2..) {
        events.clear();
        exchange.apply(Stamp { seq, ts_ns: NOW + seq.cast_signed() - 1 }, command, &mut events);
    }
    (monotonic_ns() - start, exchange.state_hash().combined())
}

fn open(directory: &Path, options: &Options) -> Result<(Sequencer<OsDisk>, Recovered), String> {
    let disk = OsDisk::open(directory).map_err(|error| error.to_string())?;
    Sequencer::open(disk, options.clone(), NOW).map_err(|error| error.to_string())
}

fn reopen(directory: &Path, options: &Options, state: u64) -> Result<(u64, Recovered), String> {
    let start = monotonic_ns();
    let (_, recovered) = open(directory, options)?;
    let took = monotonic_ns() - start;
    if recovered.state_hash == state {
        Ok((took, recovered))
    } else {
        Err(format!("replay came to state {:016x}, the engine alone to {state:016x}", recovered.state_hash))
    }
}

fn write(directory: &Path, options: &Options, commands: &[Command]) -> Result<(), String> {
    let mut sequencer = open(directory, options)?.0;
    for batch in commands.chunks(options.queue_max) {
        for command in batch {
            sequencer.submit(0, command).map_err(|error| error.to_string())?;
        }
        while sequencer.waiting() > 0 {
            sequencer.step(NOW).map_err(|error| error.to_string())?;
        }
    }
    sequencer.close().map_err(|error| error.to_string())
}
