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

fn corpus(topic: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors").join(topic);
    let mut files = Vec::new();
    scenario_files(&folder, &mut files);
    files.sort();
    files
}

fn failures<E: Engine>() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors");
    let files = corpus("");
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

/// Topics about what protects people's money.
const PROTECTION: [&str; 9] =
    ["stops", "trailing", "sources", "groups", "gate", "emergency", "bands", "halts", "states"];

/// A line that says that something was refused.
fn refuses(line: &str) -> bool {
    let word = line.strip_prefix("< ").and_then(|rest| rest.split(' ').next()).unwrap_or("");
    word == "refused" || word.ends_with("rejected")
}

/// A line that asks for the book, an order, a balance or a state.
fn asks_for_the_state(line: &str) -> bool {
    ["< bids ", "< asks ", "< order ", "< balance ", "< now "].iter().any(|start| line.starts_with(start))
}

#[test]
fn every_vector_of_protection_names_its_rules_and_asks_for_what_is_left() {
    let (mut count, mut refusals) = (0, 0);
    for path in PROTECTION.iter().flat_map(|topic| corpus(topic)) {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let title = text.lines().next().unwrap_or("");
        let names_a_rule = ["S-", "R-", "B-"].iter().any(|start| title.contains(start));
        assert!(title.starts_with("# ") && names_a_rule, "{}: {title}", path.display());
        let has_state = text.lines().any(asks_for_the_state);
        assert!(has_state || path.parent().is_some_and(|folder| folder.ends_with("states")), "{}", path.display());
        let last = text.lines().rev().take_while(|line| !line.starts_with('>'));
        refusals += usize::from(last.into_iter().any(refuses));
        count += 1;
    }

    assert!(count >= 250, "only {count} scenarios");
    assert!(refusals * 3 >= count, "{refusals} of {count} end in a refusal");
}
