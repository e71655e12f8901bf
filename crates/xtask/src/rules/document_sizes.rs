//! The map of the code and each decision stay short enough to be read in one sitting.

use crate::tree::{File, Tree};
use crate::violation::Violation;

/// Longest `docs/ARCHITECTURE.md`, lines.
const MAP_LINES_MAX: usize = 400;
/// Longest file under `docs/decisions`, lines.
const DECISION_LINES_MAX: usize = 40;

pub fn check(tree: &Tree) -> Vec<Violation> {
    let too_long = tree.with_extension(&["md"]).filter_map(|file| {
        let (lines, limit) = (file.text.lines().count(), limit_of(file)?);
        let what = format!("{lines} lines, limit {limit}");
        let fix = "cut what the code already says";
        (lines > limit).then(|| Violation { path: file.path.clone(), line: 1, rule: "document", what, fix })
    });
    too_long.collect()
}

fn limit_of(file: &File) -> Option<usize> {
    if file.path == "docs/ARCHITECTURE.md" {
        return Some(MAP_LINES_MAX);
    }
    file.path.starts_with("docs/decisions/").then_some(DECISION_LINES_MAX)
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::Tree;

    fn found(path: &str, lines: usize) -> usize {
        check(&Tree::planted(&[(path, &"x\n".repeat(lines))])).len()
    }

    #[test]
    fn one_line_over_the_limit_is_refused_and_one_at_it_is_not() {
        assert_eq!([found("docs/ARCHITECTURE.md", 400), found("docs/ARCHITECTURE.md", 401)], [0, 1]);
        assert_eq!([found("docs/decisions/0001-a.md", 40), found("docs/decisions/0001-a.md", 41)], [0, 1]);
        assert_eq!(found("docs/reference/long.md", 900), 0);
    }
}
