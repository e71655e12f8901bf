//! Random sequences through both engines until they differ, or the count or the time is reached.

use std::panic::catch_unwind;
use std::path::Path;
use std::process::ExitCode;

use engine::Exchange;
use model::Command;
use sim::compare::run;
use sim::coverage::Coverage;
use sim::generate::sequence;
use sim::naive::NaiveExchange;
use sim::report::report;
use sim::scenario;

/// What to run. Without `--seed` the seeds count from 1.
struct Options {
    vectors: Option<String>,
    /// Names of commands that are left out, with commas between.
    without: String,
    is_shrunk: bool,
    sequences: u64,
    commands: usize,
    seed: Option<u64>,
    seconds: Option<u64>,
}

const USAGE: &str = "usage: soak [--sequences N] [--commands N] [--seed S] [--seconds N] [--vectors FOLDER] [--shrink 0|1] [--without NAME,NAME]";

fn options(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options {
        vectors: None,
        without: String::new(),
        is_shrunk: true,
        sequences: 10_000,
        commands: 200,
        seed: None,
        seconds: None,
    };
    let mut arguments = arguments.iter().cloned();
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or(USAGE)?;
        if name == "--vectors" {
            options.vectors = Some(value);
            continue;
        }
        if name == "--without" {
            options.without = value;
            continue;
        }
        let number: u64 = value.parse().map_err(|_| format!("{name} {value}: not a number\n{USAGE}"))?;
        match name.as_str() {
            "--sequences" => options.sequences = number,
            "--commands" => options.commands = usize::try_from(number).map_err(|_| USAGE)?,
            "--seed" => options.seed = Some(number),
            "--shrink" => options.is_shrunk = number > 0,
            "--seconds" => options.seconds = Some(number),
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(options)
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

/// Whether a command is one of those named.
fn is_left_out(names: &str, command: &Command) -> bool {
    let text = format!("{command:?}");
    let name = text.split(['(', ' ']).next().unwrap_or_default();
    names.split(',').any(|left_out| left_out == name)
}

/// A panic of an engine is caught and reported with its sequence; only those of the soak itself are printed.
fn quieten_engines() {
    std::panic::set_hook(Box::new(|panic| {
        let file = panic.location().map_or("", |place| place.file());
        let is_reported = ["crates/engine/", "crates/book/", "/naive/"].iter().any(|part| file.contains(part));
        if !is_reported {
            eprintln!("{panic}");
        }
    }));
}

/// Runs the scenario files of a folder on both engines, prints what fails and counts it.
fn run_vectors(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else {
        println!("{}: cannot be read", folder.display());
        return 1;
    };
    let mut paths: Vec<_> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    let mut failed = 0;
    for path in paths {
        if path.is_dir() {
            failed += run_vectors(&path);
        } else if path.extension().is_some_and(|extension| extension == "vec") {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let naive = catch_unwind(|| scenario::run::<NaiveExchange>(&text));
            let fast = catch_unwind(|| scenario::run::<Exchange>(&text));
            for (engine, result) in [("naive", naive), ("fast", fast)] {
                let what = match result {
                    Ok(Ok(())) => continue,
                    Ok(Err(failure)) => failure.to_string(),
                    Err(_) => "panics".to_owned(),
                };
                println!("{} {engine}: {what}", path.display());
                failed += 1;
            }
        }
    }
    failed
}

#[expect(clippy::disallowed_methods, reason = "how long to run is the caller's clock, no engine sees it")]
fn soak(options: &Options) -> ExitCode {
    let started = std::time::Instant::now();
    quieten_engines();
    let failed = options.vectors.as_ref().map_or(0, |folder| run_vectors(Path::new(folder)));
    if failed > 0 {
        println!("{failed} scenarios fail");
        return ExitCode::FAILURE;
    }
    let mut coverage = Coverage::default();
    let first = options.seed.unwrap_or(1);
    let count = if options.seed.is_some() && options.sequences == 10_000 { 1 } else { options.sequences };
    for seed in first..first + count {
        let mut made = sequence(seed, options.commands);
        made.commands.retain(|(_, command)| !is_left_out(&options.without, command));
        if let Err(found) = run(&made, |pair, command| {
            coverage.see(command, pair.events());
            coverage.see_images(pair.images());
        }) {
            if options.is_shrunk {
                println!("{}", report(seed, options.commands, &made, &found));
            } else {
                println!("seed {seed} command {}: {}", found.at, found.kind());
            }
            return ExitCode::FAILURE;
        }
        coverage.end_sequence();
        let elapsed = started.elapsed().as_secs();
        if coverage.sequences.is_multiple_of(5_000) {
            eprintln!("{} sequences, {} commands, {elapsed} s", coverage.sequences, coverage.commands);
        }
        if options.seconds.is_some_and(|seconds| elapsed >= seconds) {
            break;
        }
    }
    print!("{coverage}");
    println!("no difference in {} sequences ({} s)", coverage.sequences, started.elapsed().as_secs());
    let missing = if count == 1 { Vec::new() } else { coverage.missing() };
    for line in &missing {
        println!("MISSING {line}");
    }
    if missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
