//! `bench-gateway wire DIRECTORY` measures what an order costs over a socket, nothing written and durable, next to a raw
//! echo; `bench-gateway crowd` what peers that never read and one that floods cost the others; `bench-gateway open DIRECTORY
//! RATE` what orders by a schedule take; `bench-gateway stamps DIRECTORY` what stamps cost; `bench-gateway steady ADDRESS
//! CONNECTIONS RATE SECONDS` loads a gateway that runs elsewhere. One JSON line each.

use bench_core::gateway::{self, Crowd, Latency, Measured, Open, Stamped, Steady};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["wire", directory] => wire(Path::new(directory)),
        ["crowd"] => crowd(),
        ["stamps", directory] => stamps(Path::new(directory)),
        ["open", directory, rate] if rate.parse::<u32>().is_ok() => {
            open(Path::new(directory), rate.parse().unwrap_or_default());
        }
        ["steady", address, numbers @ ..] if numbers.len() == 3 => {
            let numbers: Result<Vec<u64>, _> = numbers.iter().map(|text| text.parse()).collect();
            let (Ok(address), Ok(numbers)) = (address.parse(), numbers) else { return usage() };
            steady(address, &numbers);
        }
        _ => return usage(),
    }
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!(
        "usage: bench-gateway wire DIRECTORY | crowd | open DIRECTORY RATE | stamps DIRECTORY | \
         steady ADDRESS CONNECTIONS RATE SECONDS"
    );
    ExitCode::from(2)
}

fn steady(address: SocketAddr, numbers: &[u64]) {
    let connections = usize::try_from(numbers[0]).expect("a number of connections");
    let steady = Steady::run(address, connections, numbers[1], numbers[2]);
    let Steady { sent, accepted, refused, elapsed_ns, fills, latency } = steady;
    let refused: Vec<String> = refused.iter().map(|(why, count)| format!(r#""{why}":{count}"#)).collect();
    println!(
        r#"{{"sent":{sent},"accepted":{accepted},"refused":{{{}}},"elapsed_ns":{elapsed_ns},"fills":{fills},{}}}"#,
        refused.join(","),
        named("answer", latency)
    );
}

fn wire(directory: &Path) {
    let Measured { echo, memory, os, durable, sync, pipelined } = gateway::run(directory);
    let figures = [("echo", echo), ("memory", memory), ("os", os), ("durable", durable), ("sync", sync)];
    let figures: Vec<String> = figures.iter().map(|(name, latency)| named(name, *latency)).collect();
    let [memory_rate, durable_rate] = pipelined;
    println!(
        r#"{{{},"pipelined_memory_per_s":{memory_rate},"pipelined_durable_per_s":{durable_rate}}}"#,
        figures.join(",")
    );
}

fn crowd() {
    let Crowd { good, bad, growth: [growth_good, growth_bad] } = Crowd::run();
    let (good, bad) = (named("good", good), named("bad", bad));
    println!(r#"{{{good},{bad},"growth_good_bytes":{growth_good},"growth_bad_bytes":{growth_bad}}}"#);
}

fn open(directory: &Path, per_s: u32) {
    let Open { meant, sent } = Open::run(directory, per_s);
    println!("{{{},{}}}", named("meant", meant), named("sent", sent));
}

fn stamps(directory: &Path) {
    let Stamped { without_ns, with_ns } = Stamped::run(directory);
    println!(r#"{{"without_ns":{without_ns},"with_ns":{with_ns}}}"#);
}

fn named(name: &str, latency: Latency) -> String {
    let Latency { p50_ns, p99_ns, p999_ns } = latency;
    format!(r#""{name}_p50_ns":{p50_ns},"{name}_p99_ns":{p99_ns},"{name}_p999_ns":{p999_ns}"#)
}
