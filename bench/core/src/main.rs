//! `bench-core ENGINE FILE` answers requests on standard input; `write WORKLOAD FILE` writes a workload file;
//! `age IDS` compares the cost of a command early and late in the life of an exchange, `groups N` without and beside
//! so many resting groups, `stops N` the same beside waiting stops, and trades under 10, 10,000 and N trailing ones,
//! `halt ORDERS OTHERS` what commands over many orders cost, `codec PASSES` what bytes cost, `image ORDERS` what writing
//! and loading the state costs, `journal FOLDER MILLISECONDS` what durability costs, `recovery FOLDER COMMANDS` how fast
//! a log becomes a state again.

use ::journal::Mode;
use bench_core::age;
use bench_core::bare_book::BareBook;
use bench_core::beside;
use bench_core::codec;
use bench_core::emergencies;
use bench_core::file;
use bench_core::groups;
use bench_core::image;
use bench_core::journal::{self, Figures, Load, Way};
use bench_core::plan::Plan;
use bench_core::recovery;
use bench_core::serve::serve;
use bench_core::stops;
use bench_core::textbook::Textbook;
use bench_core::whole_engine::WholeEngine;
use flow::workload::Kind;
use std::io::{stdin, stdout};
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: bench-core ENGINE FILE | bench-core write WORKLOAD FILE | bench-core age IDS | \
                     bench-core groups N | bench-core stops N | bench-core halt ORDERS OTHERS | \
                     bench-core codec PASSES | bench-core image ORDERS | bench-core journal FOLDER MILLISECONDS | \
                     bench-core recovery FOLDER COMMANDS";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        ["write", name, path] => write(name, path),
        ["age", lifetime_ids] => compare_ages(lifetime_ids),
        ["halt", orders, others] => halt(orders, others),
        ["codec", passes] => compare_codecs(passes),
        ["journal", folder, millis] => journals(Path::new(folder), millis),
        ["recovery", folder, commands] => recover(Path::new(folder), commands),
        ["image", orders] => write_and_load(orders),
        ["groups", resting] => compare_groups(resting),
        ["stops", waiting] => compare_stops(waiting),
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

fn recover(folder: &Path, commands: &str) -> Result<(), String> {
    let count = commands.parse().map_err(|error| format!("not a number of commands: {commands}: {error}"))?;
    let recovery::Figures { commands, core_ns, replay_ns, snapshot_ns, tail } = recovery::run(folder, count)?;
    println!(
        r#"{{"commands":{commands},"core_ns":{core_ns},"replay_ns":{replay_ns},"snapshot_ns":{snapshot_ns},"tail":{tail}}}"#
    );
    Ok(())
}

fn compare_codecs(passes: &str) -> Result<(), String> {
    let passes = passes.parse().map_err(|error| format!("not a number of passes: {passes}: {error}"))?;
    for codec::Figure { message, codec, bytes, encode_ps, decode_ps } in codec::run(passes) {
        println!(
            r#"{{"message":"{message}","codec":"{codec}","bytes":{bytes},"encode_ps":{encode_ps},"decode_ps":{decode_ps}}}"#
        );
    }
    Ok(())
}

fn compare_groups(resting: &str) -> Result<(), String> {
    let resting = resting.parse().map_err(|error| format!("not a number of groups: {resting}: {error}"))?;
    let beside::Costs { alone_ns, beside_ns } = groups::run(resting);
    println!(r#"{{"groups":{resting},"alone_ns":{alone_ns},"beside_ns":{beside_ns}}}"#);
    Ok(())
}

fn compare_stops(waiting: &str) -> Result<(), String> {
    let waiting = waiting.parse().map_err(|error| format!("not a number of stops: {waiting}: {error}"))?;
    let beside::Costs { alone_ns, beside_ns } = stops::beside(waiting);
    println!(r#"{{"stops":{waiting},"alone_ns":{alone_ns},"beside_ns":{beside_ns}}}"#);
    for trailing in [0, 10, 10_000, waiting] {
        let trade_ns = stops::trade_under(trailing);
        println!(r#"{{"trailing":{trailing},"trade_ns":{trade_ns}}}"#);
    }
    Ok(())
}

fn write_and_load(orders: &str) -> Result<(), String> {
    let orders = orders.parse().map_err(|error| format!("not a number of orders: {orders}: {error}"))?;
    let image::Costs { bytes, save_ns, load_ns } = image::run(orders);
    println!(r#"{{"orders":{orders},"image_bytes":{bytes},"save_ns":{save_ns},"load_ns":{load_ns}}}"#);
    Ok(())
}

fn halt(orders: &str, others: &str) -> Result<(), String> {
    let number = |text: &str| text.parse().map_err(|error| format!("not a number of orders: {text}: {error}"));
    let (orders, others) = (number(orders)?, number(others)?);
    let costs = emergencies::run(orders, others);
    println!(
        r#"{{"orders":{orders},"others":{others},"halt_ns":{},"cancel_ns":{:?},"mass_cancel_ns":{},"quiet_account_ns":{},"kill_account_ns":{},"kill_instrument_ns":{},"delist_ns":{}}}"#,
        costs.halt_ns,
        costs.cancel_ns,
        costs.mass_cancel_ns,
        costs.quiet_account_ns,
        costs.kill_account_ns,
        costs.kill_instrument_ns,
        costs.delist_ns
    );
    Ok(())
}

/// The bare sync before and after, and between them each mode under a steady and under an endless load.
fn journals(folder: &Path, millis: &str) -> Result<(), String> {
    const SYNCS: usize = 1_000;
    let millis = millis.parse().map_err(|error| format!("not a number of milliseconds: {millis}: {error}"))?;
    std::fs::create_dir_all(folder).map_err(|error| format!("cannot make folder: {}: {error}", folder.display()))?;
    let raw = |name: &str| {
        let measured = journal::raw(folder, 4_096, SYNCS).map_err(|error| error.to_string())?;
        print_figures(name, &measured);
        Ok::<(), String>(())
    };
    raw("raw before")?;
    for (name, mode, way, load) in [
        ("group", Mode::default(), Way::Serial, Load::Steady),
        ("group, thread spins", Mode::default(), Way::Spinning, Load::Steady),
        ("group, thread sleeps", Mode::default(), Way::Sleeping, Load::Steady),
        ("always", Mode::Always, Way::Serial, Load::Steady),
        ("os", Mode::Os, Way::Serial, Load::Steady),
        ("group endless", Mode::default(), Way::Serial, Load::Endless),
        ("os endless", Mode::Os, Way::Serial, Load::Endless),
    ] {
        print_figures(name, &journal::run(&folder.join("store"), mode, way, load, millis)?);
    }
    raw("raw after")
}

fn print_figures(name: &str, figures: &Figures) {
    let Figures { per_s, refused, p50_ns, p99_ns, p999_ns } = figures;
    println!(
        r#"{{"what":"{name}","per_s":{per_s},"refused":{refused},"p50_ns":{p50_ns},"p99_ns":{p99_ns},"p999_ns":{p999_ns}}}"#
    );
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
