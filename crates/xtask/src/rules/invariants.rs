//! Every invariant a document promises (INV-n) is named by a test.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::{File, Tree};
use crate::violation::Violation;

pub fn check(tree: &Tree) -> Vec<Violation> {
    let tested: BTreeSet<u32> = tree.files().iter().flat_map(|file| numbers(test_part(file))).map(|(n, _)| n).collect();
    let mut promised: BTreeMap<u32, (String, usize)> = BTreeMap::new();
    for file in tree.with_extension(&["md"]).filter(|file| file.path.starts_with("docs/")) {
        for (number, line) in numbers(&file.text) {
            promised.entry(number).or_insert_with(|| (file.path.clone(), line));
        }
    }
    promised.retain(|number, _| !tested.contains(number));
    let untested = promised.into_iter().map(|(number, (path, line))| Violation {
        path,
        line,
        rule: "invariant",
        what: format!("INV-{number} is named by no test"),
        fix: "name it in the test that shows it, or do not promise it",
    });
    untested.collect()
}

/// What of the file is test: all of it, what follows `#[cfg(test)]`, or nothing.
fn test_part(file: &File) -> &str {
    if file.is(&["vec"]) || (file.is_test() && file.is(&["rs", "py"])) || file.path.starts_with("crates/sim/") {
        return &file.text;
    }
    let start = if file.is(&["rs"]) { file.text.find("#[cfg(test)]") } else { None };
    start.map_or("", |start| &file.text[start..])
}

/// Each `INV-n` of the text, with its line.
fn numbers(text: &str) -> Vec<(u32, usize)> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for piece in line.split("INV-").skip(1) {
            let end = piece.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(piece.len());
            found.extend(piece[..end].parse().ok().map(|number| (number, index + 1)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::Tree;

    const PROMISE: (&str, &str) = ("docs/ARCHITECTURE.md", "# Invariants\n\n- INV-901 holds\n");

    fn found(path: &str, text: &str) -> usize {
        check(&Tree::planted(&[PROMISE, (path, text)])).len()
    }

    #[test]
    fn a_promise_without_a_test_is_refused() {
        assert_eq!(found("crates/book/src/lib.rs", "// INV-901\n#[cfg(test)]\nmod tests { /* INV-9 INV-9011 */ }"), 1);
    }

    #[test]
    fn a_promise_named_by_a_test_is_kept() {
        assert_eq!(found("crates/book/src/lib.rs", "x\n#[cfg(test)]\nmod tests { /* INV-901 */ }"), 0);
        assert_eq!(found("tests/test_book.py", "# INV-901"), 0);
        assert_eq!(found("vectors/a.vec", "# INV-901"), 0);
    }
}
