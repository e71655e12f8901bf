//! Simulated crashes: many seeds on several threads, totals, and a failing seed made as short as it can be.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use sim::crash::character::Plan;
use sim::crash::faults::{Fault, FaultSet};
use sim::crash::shrink::shrink;
use sim::crash::verdict::{Failure, Totals};
use sim::crash::world::run;

const USAGE: &str = "usage: soak crash [--seeds N] [--seed FIRST] [--commands N] [--without FAULT,FAULT] [--focus full|sync-error] [--threads N] [--keep-going 0|1] [--shrink 0|1]";

/// What to run.
struct Options {
    first: u64,
    seeds: u64,
    commands: usize,
    without: FaultSet,
    focus: Option<Fault>,
    threads: usize,
    keeps_going: bool,
    is_shrunk: bool,
}

fn options(arguments: &[String]) -> Result<Options, String> {
    let usual = Plan::new(1);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut options = Options {
        first: 1,
        seeds: 1,
        commands: usual.commands,
        without: usual.without,
        focus: None,
        threads,
        keeps_going: false,
        is_shrunk: true,
    };
    for pair in arguments.chunks(2) {
        let [name, value] = pair else { return Err(USAGE.to_owned()) };
        if name == "--without" {
            options.without = FaultSet::parse(value)?;
            continue;
        }
        if name == "--focus" {
            options.focus = FaultSet::parse(value)?.iter().next();
            continue;
        }
        let number: u64 = value.parse().map_err(|_| format!("{name} {value}: not a number\n{USAGE}"))?;
        match name.as_str() {
            "--seeds" => options.seeds = number,
            "--seed" => options.first = number,
            "--commands" => options.commands = usize::try_from(number).map_err(|_| USAGE)?,
            "--threads" => options.threads = usize::try_from(number).map_err(|_| USAGE)?.max(1),
            "--keep-going" => options.keeps_going = number > 0,
            "--shrink" => options.is_shrunk = number > 0,
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(options)
}

/// What the threads share.
#[derive(Default)]
struct Shared {
    next: AtomicU64,
    is_over: AtomicBool,
    totals: Mutex<Totals>,
    failures: Mutex<Vec<(Plan, Failure)>>,
}

/// One thread: seed after seed.
fn work(options: &Options, shared: &Shared) {
    let mut totals = Totals::default();
    while !shared.is_over.load(Ordering::Relaxed) {
        let index = shared.next.fetch_add(1, Ordering::Relaxed);
        if index >= options.seeds {
            break;
        }
        let Options { commands, without, focus, .. } = *options;
        let plan = Plan { seed: options.first + index, commands, without, focus };
        let verdict = run(&plan);
        totals.see(&verdict.tally);
        if let Some(failure) = verdict.failure {
            shared.failures.lock().unwrap_or_else(PoisonError::into_inner).push((plan, failure));
            shared.is_over.store(!options.keeps_going, Ordering::Relaxed);
        }
        let step = (options.seeds / 50).max(1);
        if (index + 1).is_multiple_of(step) {
            eprintln!("  {:>3} % of {} seeds", (index + 1) * 100 / options.seeds, options.seeds);
        }
    }
    shared.totals.lock().unwrap_or_else(PoisonError::into_inner).add(&totals);
}

/// The command that repeats a plan.
fn command(plan: &Plan) -> String {
    let without =
        if plan.without == FaultSet::default() { String::new() } else { format!(" --without {}", plan.without) };
    let focus = plan.focus.map_or_else(String::new, |fault| format!(" --focus {}", fault.name()));
    format!("make soak ARGS=\"crash --seed {} --commands {}{without}{focus}\"", plan.seed, plan.commands)
}

/// Runs it as the command line says.
pub fn main(arguments: &[String]) -> ExitCode {
    match options(arguments) {
        Ok(options) => soak(&options),
        Err(text) => {
            eprintln!("{text}");
            ExitCode::from(2)
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "how long it took is for the reader, no run sees it")]
fn soak(options: &Options) -> ExitCode {
    let started = std::time::Instant::now();
    let shared = Shared::default();
    std::thread::scope(|scope| {
        for _ in 0..options.threads {
            scope.spawn(|| work(options, &shared));
        }
    });
    let totals = shared.totals.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut failures = shared.failures.into_inner().unwrap_or_else(PoisonError::into_inner);
    failures.sort_by_key(|(plan, _)| plan.seed);
    print!("{totals}");
    let elapsed_ms = started.elapsed().as_millis().max(1);
    println!("{:>12} crashes a second", u128::from(totals.tally.crashes) * 1_000 / elapsed_ms);
    for (plan, failure) in failures.iter().skip(1) {
        println!("seed {} event {}: {}", plan.seed, failure.event, failure.what);
    }
    let Some((plan, failure)) = failures.first() else {
        println!("nothing lost, nothing invented in {} runs ({} s)", totals.runs, elapsed_ms / 1_000);
        return enough(options, &totals);
    };
    let (plan, failure) = if options.is_shrunk { shrink(plan, failure) } else { (*plan, failure.clone()) };
    println!("seed {} event {}: {}", plan.seed, failure.event, failure.what);
    println!("repeat with: {}", command(&plan));
    ExitCode::FAILURE
}

/// Runs over which every kind of fault must happen in one of a hundred.
const RUNS_FOR_TOTALS: u64 = 1_000;

/// Whether the runs say something: every fault in one of a hundred runs, thirty answers between two crashes.
fn enough(options: &Options, totals: &Totals) -> ExitCode {
    if totals.runs < RUNS_FOR_TOTALS || options.focus.is_some() || options.without != FaultSet::default() {
        return ExitCode::SUCCESS;
    }
    let missing = totals.missing();
    for fault in &missing {
        println!("MISSING {} happened in less than 1 % of runs", fault.name());
    }
    if totals.mean_between() < 30 {
        println!("MISSING only {} commands answered between two crashes, 30 are wanted", totals.mean_between());
    }
    if missing.is_empty() && totals.mean_between() >= 30 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
