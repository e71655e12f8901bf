//! Every bit flip and every end of a 64 KB log, on all processors.

use std::process::ExitCode;

use sim::crash::exhaustive::{LOG_BYTES, Log, Tries};

/// Parts the work is cut into.
const PARTS: usize = 64;

/// What is tried at a range of places.
type Attack<'a> = &'a (dyn Fn(core::ops::Range<usize>) -> Tries + Sync);

/// Tries all places on several threads.
fn all(name: &str, attack: Attack<'_>) -> Tries {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let width = LOG_BYTES / PARTS;
    let mut sum = Tries::default();
    for first in (0..PARTS).step_by(threads) {
        let found: Vec<Tries> = std::thread::scope(|scope| {
            let parts = first..(first + threads).min(PARTS);
            let workers: Vec<_> =
                parts.map(|part| scope.spawn(move || attack(part * width..(part + 1) * width))).collect();
            workers.into_iter().filter_map(|worker| worker.join().ok()).collect()
        });
        for tries in found {
            sum.add(tries);
        }
        eprintln!("  {name}: {:>3} %", (first + threads).min(PARTS) * 100 / PARTS);
    }
    println!(
        "{:>12} {name}: {} refused, {} whole, {} whole prefixes",
        sum.refused + sum.whole + sum.prefix,
        sum.refused,
        sum.whole,
        sum.prefix
    );
    sum
}

/// Runs it.
pub fn main() -> ExitCode {
    let logs = Log::new(true).and_then(|sealed| Log::new(false).map(|open| (sealed, open)));
    let (sealed, open) = match logs {
        Ok(logs) => logs,
        Err(what) => {
            println!("no log could be made: {what}");
            return ExitCode::FAILURE;
        }
    };
    let mut sum = all("flipped bits", &|bytes| sealed.flip(bytes));
    let lost = sum.prefix;
    sum.add(all("lengths", &|lengths| sealed.cut(lengths)));
    sum.add(all("ends", &|places| open.zero_from(places)));
    for what in sum.wrong.iter().take(20) {
        println!("WRONG {what}");
    }
    if lost > 0 {
        println!("WRONG {lost} flipped bits lost the end of a sealed log");
    }
    if sum.wrong.is_empty() && lost == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
