//! Writes one workload file: `cargo run --release -p flow --example write_workload -- mixed out.bin`.

use flow::workload::Kind;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, path] = arguments.as_slice() else {
        eprintln!("usage: write_workload mixed|deep|itch FILE");
        return ExitCode::from(2);
    };
    let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.name() == name) else {
        eprintln!("unknown workload: name={name} known=mixed,deep,itch");
        return ExitCode::from(2);
    };
    match std::fs::write(path, kind.generate().to_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot write workload: path={path} error={error}");
            ExitCode::FAILURE
        }
    }
}
