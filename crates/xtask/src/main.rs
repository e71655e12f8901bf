//! Checks of this repository that no other tool makes: `cargo run -p xtask -- tidy [FOLDER]`.

mod code;
mod rules;
mod tree;
mod violation;

use std::path::Path;
use std::process::ExitCode;

use tree::Tree;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tidy"] => tidy(Path::new(".")),
        ["tidy", root] => tidy(Path::new(root)),
        _ => {
            eprintln!("usage: cargo run -p xtask -- tidy [FOLDER]");
            ExitCode::from(2)
        }
    }
}

/// Prints each violation on its own line; success only when there is none.
fn tidy(root: &Path) -> ExitCode {
    let tree = match Tree::load(root) {
        Ok(tree) => tree,
        Err(error) => {
            eprintln!("tidy: cannot read {}: {error}", root.display());
            return ExitCode::FAILURE;
        }
    };
    let violations = rules::check(&tree);
    for violation in &violations {
        println!("{violation}");
    }
    println!("tidy: {} rules, {} files, {} violations", rules::ALL.len(), tree.files().len(), violations.len());
    if violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
