//! `bench-core ENGINE FILE` answers requests on standard input; `write WORKLOAD FILE` writes a workload file;
//! `age IDS` compares the cost of a command early and late in the life of an exchange, `groups N` without and beside
//! so many resting groups.

use bench_core::age;
use bench_core::bare_book::BareBook;
use bench_core::file;
use bench_core::groups;
use bench_core::plan::Plan;
use bench_core::serve::serve;
use bench_core::textbook::Textbook;
use bench_core::whole_engine::WholeEngine;
use flow::workload::Kind;
use std::io::{stdin, stdout};
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str =
    "usage: bench-core ENGINE FILE | bench-core write WORKLOAD FILE | bench-core age IDS | bench-core groups N";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        ["write", name, path] => write(name, path),
        ["age", lifetime_ids] => compare_ages(lifetime_ids),
        ["groups", resting] => compare_groups(resting),
        [engine, path] => file::read(Path::new(path)).and_then(|workload| run(engine, &Plan::new(&workload))),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

fn write(name: &str, path: &str) -> Result<(), String> {
    let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.name() == name) else {
        return Err(format!("unknown workload: name={name} known=mixed,deep,itch"));
    };
    std::fs::write(path, kind.generate().to_bytes())
        .map_err(|error| format!("cannot write workload: path={path} error={error}"))
}

fn compare_ages(lifetime_ids: &str) -> Result<(), String> {
    let lifetime_ids = lifetime_ids.parse().map_err(|error| format!("not a number of ids: {lifetime_ids}: {error}"))?;
    let age::Ages { young_ns, old_ns } = age::run(lifetime_ids);
    println!(r#"{{"lifetime_ids":{lifetime_ids},"young_ns":{young_ns},"old_ns":{old_ns}}}"#);
    Ok(())
}

fn compare_groups(resting: &str) -> Result<(), String> {
    let resting = resting.parse().map_err(|error| format!("not a number of groups: {resting}: {error}"))?;
    let groups::Costs { alone_ns, beside_ns } = groups::run(resting);
    println!(r#"{{"groups":{resting},"alone_ns":{alone_ns},"beside_ns":{beside_ns}}}"#);
    Ok(())
}

fn run(engine: &str, plan: &Plan) -> Result<(), String> {
    let served = match engine {
        "book" => serve::<BareBook>(plan, stdin().lock(), stdout().lock()),
        "engine" => serve::<WholeEngine>(plan, stdin().lock(), stdout().lock()),
        "textbook" => serve::<Textbook>(plan, stdin().lock(), stdout().lock()),
        _ => return Err(format!("unknown engine: name={engine} known=book,engine,textbook")),
    };
    served.map_err(|error| error.to_string())
}
