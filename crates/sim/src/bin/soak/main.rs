//! `soak`: random sequences through both engines, and whole systems under faults, until something differs or is lost.

mod bits;
mod compare;
mod crash;

use std::process::ExitCode;

/// What `soak` without arguments runs, one after the other: a mode and its arguments.
const WHOLE_SET: [(&str, &[&str]); 5] = [
    ("compare", &["--sequences", "100000"]),
    ("crash", &["--seeds", "120000"]),
    ("crash", &["--seeds", "3000", "--focus", "full"]),
    ("crash", &["--seeds", "3000", "--focus", "sync-error"]),
    ("bits", &[]),
];

fn run(mode: &str, arguments: &[String]) -> ExitCode {
    match mode {
        "crash" => crash::main(arguments),
        "bits" => bits::main(),
        _ => compare::main(arguments),
    }
}

fn whole_set() -> ExitCode {
    for (mode, arguments) in WHOLE_SET {
        println!("== {mode} {}", arguments.join(" "));
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        if run(mode, &arguments) != ExitCode::SUCCESS {
            println!("== {mode} failed");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((mode, rest)) if !mode.starts_with("--") => run(mode, rest),
        Some(_) => compare::main(&arguments),
        None => whole_set(),
    }
}
