//! Each source file says in its first line what its one responsibility is.

use crate::tree::{File, Tree};
use crate::violation::Violation;

pub fn check(tree: &Tree) -> Vec<Violation> {
    let silent = tree.with_extension(&["rs", "py", "pyi"]).filter(|file| !says_what_it_is(file));
    silent
        .map(|file| Violation {
            path: file.path.clone(),
            line: 1,
            rule: "first-line",
            what: "no doc line at the top".into(),
            fix: "begin with `//! ...` (Rust) or a docstring (Python) naming the one responsibility",
        })
        .collect()
}

fn says_what_it_is(file: &File) -> bool {
    let first = file.text.lines().find(|line| !line.starts_with("#!")).unwrap_or_default();
    if file.is(&["rs"]) {
        return first.strip_prefix("//!").is_some_and(|text| !text.trim().is_empty());
    }
    let opening = first.strip_prefix('r').unwrap_or(first);
    opening.strip_prefix("\"\"\"").is_some_and(|text| text.trim_matches('"').trim().len() > 3)
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::Tree;

    #[test]
    fn a_file_without_a_doc_line_is_refused() {
        let bad = [
            ("a.rs", "use x;\n//! late"),
            ("b.rs", "//!\n"),
            ("c.py", "import x\n"),
            ("d.py", ""),
            ("e.pyi", "x: int"),
        ];

        assert_eq!(check(&Tree::planted(&bad)).len(), bad.len());
    }

    #[test]
    fn a_doc_line_is_enough_also_below_a_shebang() {
        let good = [
            ("a.rs", "//! Says it.\n"),
            ("b.py", "\"\"\"Says it.\"\"\"\n"),
            ("c.py", "#!/usr/bin/env python3\n\"\"\"Says\n"),
        ];

        assert_eq!(check(&Tree::planted(&good)), []);
    }
}
