//! `fuzz`: seeded cases for everything that reads bytes, until the count or the time is reached.

use std::process::ExitCode;

use sim::fuzz::{TARGETS, Totals, run};

const USAGE: &str = "usage: fuzz [--target NAME] [--cases N] [--seconds N] [--seed S]";

/// Cases between two looks at the clock.
const SLICE: u64 = 20_000;

struct Options {
    target: Option<String>,
    cases: u64,
    seconds: Option<u64>,
    seed: u64,
}

fn options() -> Result<Options, String> {
    let mut options = Options { target: None, cases: 1_000_000, seconds: None, seed: 0 };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or(USAGE)?;
        let number = || value.parse::<u64>().map_err(|_| format!("{name} {value}: not a number\n{USAGE}"));
        match name.as_str() {
            "--target" => options.target = Some(value),
            "--cases" => options.cases = number()?,
            "--seconds" => options.seconds = Some(number()?),
            "--seed" => options.seed = number()?,
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(options)
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(text) => {
            eprintln!("{text}");
            return ExitCode::from(2);
        }
    };
    let chosen: Vec<_> =
        TARGETS.into_iter().filter(|(name, _)| options.target.as_ref().is_none_or(|target| target == name)).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
        eprintln!("no such target: known={}", names.join(","));
        return ExitCode::from(2);
    }
    let mut failed = 0;
    for (name, case) in chosen {
        let totals = fuzz(case, &options);
        println!(
            "fuzz {name}: {} cases, {} failed, outcomes {:?}",
            totals.cases,
            totals.failures.len(),
            totals.outcomes
        );
        for (seed, what) in &totals.failures {
            println!(
                "  {what}\n  repeat: cargo run --profile fast -p sim --bin fuzz -- --target {name} --cases 1 --seed {seed}"
            );
        }
        failed += totals.failures.len();
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs until the count is reached or, where seconds are given, the time is up.
#[expect(clippy::disallowed_methods, reason = "how long to go on is the clock's business, what happens is the seed's")]
fn fuzz(case: sim::fuzz::Case, options: &Options) -> Totals {
    let started = std::time::Instant::now();
    let mut totals = Totals::default();
    let mut seed = options.seed;
    loop {
        let is_over = match options.seconds {
            Some(seconds) => started.elapsed().as_secs() >= seconds,
            None => totals.cases >= options.cases,
        };
        if is_over || !totals.failures.is_empty() {
            return totals;
        }
        let left = if options.seconds.is_some() { SLICE } else { options.cases - totals.cases };
        let next = seed.wrapping_add(left.min(SLICE));
        run(case, seed..next, &mut totals);
        seed = next;
    }
}
