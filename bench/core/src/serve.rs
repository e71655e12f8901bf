//! A driver as a process: one request a line in, one JSON object a line out, so that passes of many engines interleave.
//!
//! Requests: `check`, `pass`, `latency`, `memory`, `empty N` (N symbols without orders). The end of input ends the process.

use crate::driver::Driver;
use crate::measure::{Checked, Latency, Pass, check, latency, pass};
use crate::memory::{Footprint, of_empty_symbols, of_resting_orders};
use crate::plan::Plan;
use std::io::{BufRead, Write};

/// Answers requests from `input` until it ends.
///
/// # Errors
/// Where reading or writing fails, or a request is unknown.
pub fn serve<D: Driver>(plan: &Plan, input: impl BufRead, mut output: impl Write) -> std::io::Result<()> {
    for line in input.lines() {
        let line = line?;
        let answer = match line.split_once(' ') {
            None if line == "check" => checked_json(&check::<D>(plan)),
            None if line == "pass" => pass_json(&pass::<D>(plan)),
            None if line == "latency" => latency_json(&latency::<D>(plan)),
            None if line == "memory" => footprint_json(&of_resting_orders::<D>(plan)),
            Some(("empty", n_sym)) => {
                let n_sym = n_sym.parse().map_err(std::io::Error::other)?;
                footprint_json(&of_empty_symbols::<D>(&plan.header, n_sym))
            }
            None | Some(_) => {
                return Err(std::io::Error::other(format!("unknown request: line={line}")));
            }
        };
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}

fn checked_json(checked: &Checked) -> String {
    let tally = &checked.tally;
    format!(
        r#"{{"fills":{},"qty":{},"notional":{},"hash":"{:016x}","rest":{}}}"#,
        tally.fills, tally.qty, tally.notional, tally.hash, checked.resting
    )
}

fn pass_json(pass: &Pass) -> String {
    format!(
        r#"{{"wall_ns":{},"cpu_ns":{},"commands":{},"fills":{},"rest":{}}}"#,
        pass.wall_ns, pass.cpu_ns, pass.commands, pass.fills, pass.resting
    )
}

fn latency_json(latency: &Latency) -> String {
    format!(
        r#"{{"samples":{},"clock_ns":{},"p50_ns":{},"p99_ns":{},"p999_ns":{},"max_ns":{}}}"#,
        latency.samples, latency.clock_ns, latency.p50_ns, latency.p99_ns, latency.p999_ns, latency.max_ns
    )
}

fn footprint_json(footprint: &Footprint) -> String {
    let Footprint { resident_bytes, apart_bytes, held } = footprint;
    format!(r#"{{"resident_bytes":{resident_bytes},"apart_bytes":{apart_bytes},"held":{held}}}"#)
}
