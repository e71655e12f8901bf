//! A file has at most 600 lines, one of tests at most 800.

use crate::rules::ratchet::{Sized, compare};
use crate::tree::Tree;
use crate::violation::Violation;

const SOURCE_LINES_MAX: usize = 600;
const TEST_LINES_MAX: usize = 800;

pub fn check(tree: &Tree) -> Vec<Violation> {
    let files = tree.with_extension(&["rs", "py", "pyi"]);
    let measured: Vec<Sized> = files
        .map(|file| Sized {
            path: file.path.clone(),
            line: 1,
            name: String::new(),
            lines: file.text.lines().count(),
            lines_max: if file.is_test() { TEST_LINES_MAX } else { SOURCE_LINES_MAX },
        })
        .collect();
    compare(tree, "file", &measured, "split it by responsibility")
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::Tree;

    #[test]
    fn a_file_one_line_over_its_limit_is_refused_and_one_at_it_is_not() {
        let [source, longer, test, longer_test] = [600, 601, 800, 801].map(|lines| "x\n".repeat(lines));
        let files = [("a.rs", &source), ("b.py", &longer), ("tests/c.py", &test), ("x/tests/d.rs", &longer_test)];

        let found = check(&Tree::planted(&files.map(|(path, text)| (path, text.as_str()))));

        assert_eq!(found.iter().map(|one| one.path.as_str()).collect::<Vec<_>>(), ["b.py", "x/tests/d.rs"]);
    }
}
