//! No commented-out Rust: git keeps what was. (Ruff's ERA rules do the same for Python.)

use crate::tree::Tree;
use crate::violation::Violation;

/// How lines of code begin; as prose these words do not end in `;` or `{`.
const OPENINGS: [&str; 13] =
    ["let ", "fn ", "pub ", "use ", "impl ", "struct ", "enum ", "match ", "if ", "for ", "while ", "return ", "self."];

pub fn check(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in tree.with_extension(&["rs"]) {
        for (index, line) in file.text.lines().enumerate() {
            if is_dead_code(line) {
                found.push(Violation {
                    path: file.path.clone(),
                    line: index + 1,
                    rule: "dead-code",
                    what: "commented-out code".into(),
                    fix: "delete it; git remembers",
                });
            }
        }
    }
    found
}

fn is_dead_code(line: &str) -> bool {
    let Some(comment) = line.trim_start().strip_prefix("//") else {
        return false;
    };
    if comment.starts_with('/') || comment.starts_with('!') {
        return false;
    }
    let comment = comment.trim();
    let looks_like_code = OPENINGS.iter().any(|opening| comment.starts_with(opening)) || comment.contains('(');
    comment.starts_with("#[") || (looks_like_code && (comment.ends_with(';') || comment.ends_with('{')))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::Tree;

    #[test]
    fn commented_out_code_is_refused() {
        let bad = "// let x = 1;\n    // book.cancel(id);\n// if x {\n// #[test]\n";

        let lines: Vec<usize> = check(&Tree::planted(&[("a.rs", bad)])).iter().map(|found| found.line).collect();

        assert_eq!(lines, [1, 2, 3, 4]);
    }

    #[test]
    fn prose_and_doc_examples_are_not() {
        let good =
            "//! let x = 1;\n/// book.cancel(id);\n// If the level empties, drop it;\n// for each (price, qty)\n";

        assert_eq!(check(&Tree::planted(&[("a.rs", good)])), []);
    }
}
