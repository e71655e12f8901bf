//! Checks of this repository that no other tool makes: `cargo run -p xtask -- tidy [FOLDER]`; and the files made from
//! the tables of the binary protocol: `cargo run -p xtask -- wire [FOLDER]`.

mod code;
mod rules;
mod tree;
mod violation;
mod wire_files;

use std::path::Path;
use std::process::ExitCode;

use tree::Tree;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tidy"] => tidy(Path::new(".")),
        ["tidy", root] => tidy(Path::new(root)),
        ["wire"] => wire(Path::new(".")),
        ["wire", root] => wire(Path::new(root)),
        _ => {
            eprintln!("usage: cargo run -p xtask -- tidy|wire [FOLDER]");
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

/// Writes the files made from the tables of crate `wire`.
fn wire(root: &Path) -> ExitCode {
    for (path, text) in wire_files::all() {
        let full = root.join(path);
        let made = full.parent().map_or(Ok(()), std::fs::create_dir_all);
        if let Err(error) = made.and_then(|()| std::fs::write(&full, &text)) {
            eprintln!("wire: cannot write {path}: {error}");
            return ExitCode::FAILURE;
        }
        println!("wire: {path}, {} lines", text.lines().count());
    }
    ExitCode::SUCCESS
}
