//! Every scenario file holds in both engines.

use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use engine::Exchange;
use sim::naive::NaiveExchange;
use sim::scenario::{Engine, run};

fn scenario_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            scenario_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "vec") {
            found.push(path);
        }
    }
}

fn failures<E: Engine>() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors");
    let mut files = Vec::new();
    scenario_files(&folder, &mut files);
    files.sort();
    assert!(files.len() >= 60, "only {} scenarios found", files.len());
    let failed = files.iter().filter_map(|path| {
        let text = std::fs::read_to_string(path).expect("a readable file");
        let name = path.strip_prefix(&folder).expect("below the folder").display().to_string();
        match catch_unwind(|| run::<E>(&text)) {
            Ok(held) => held.err().map(|failure| format!("vectors/{name} {failure}")),
            Err(_) => Some(format!("vectors/{name} stops the engine")),
        }
    });
    failed.collect()
}

#[test]
fn every_vector_holds_in_the_fast_engine() {
    let failed = failures::<Exchange>();

    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

#[test]
fn every_vector_holds_in_the_naive_engine() {
    let failed = failures::<NaiveExchange>();

    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}
