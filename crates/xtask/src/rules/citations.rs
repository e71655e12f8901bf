//! Every rule of triggers, groups, guards and halts, and every mistake known from other engines, is named by a test.

use std::collections::BTreeSet;

use crate::tree::{File, Tree};
use crate::violation::Violation;

/// Pages whose every rule (`R-n` at the start of a line) must be named.
const PAGES: [&str; 3] =
    ["docs/reference/rules-triggers.md", "docs/reference/rules-protection.md", "docs/reference/rules-outcomes.md"];

/// What the pages rest on: stops and trailing (S-40 to S-47), icebergs (S-50 to S-56), groups (S-60), halts (S-90 to
/// S-93), and the mistakes to avoid (B) that concern the engine and the binary protocol.
const DESIGN: [&str; 42] = [
    "S-40", "S-41", "S-42", "S-43", "S-44", "S-45", "S-46", "S-47", "S-50", "S-51", "S-52", "S-53", "S-54", "S-55",
    "S-56", "S-60", "S-90", "S-91", "S-92", "S-93", "B-01", "B-02", "B-03", "B-04", "B-05", "B-06", "B-07", "B-08",
    "B-09", "B-30", "B-31", "B-32", "B-33", "B-34", "B-35", "B-40", "B-50", "B-55", "B-56", "B-57", "B-58", "B-63",
];

pub fn check(tree: &Tree) -> Vec<Violation> {
    let cited: BTreeSet<String> =
        tree.files().iter().filter(|file| is_shown(file)).flat_map(|file| names(&file.text)).collect();
    let report = |path: &str, line: usize, name: &str| Violation {
        path: path.to_owned(),
        line,
        rule: "citation",
        what: format!("{name} is named by no scenario and no test"),
        fix: "name it in the first line of the scenario or above the test that shows it",
    };
    let mut found = Vec::new();
    for page in PAGES.iter().filter_map(|path| tree.get(path)) {
        for (index, line) in page.text.lines().enumerate() {
            let rule = line.starts_with("R-").then(|| names(line).into_iter().next()).flatten();
            found.extend(rule.filter(|rule| !cited.contains(rule)).map(|rule| report(&page.path, index + 1, &rule)));
        }
        found.extend(DESIGN.iter().filter(|name| !cited.contains(**name)).map(|name| report(&page.path, 1, name)));
    }
    found.dedup_by(|a, b| a.what == b.what);
    found
}

/// A scenario or a file of tests.
fn is_shown(file: &File) -> bool {
    file.is(&["vec"]) || (file.is_test() && file.is(&["rs", "py"]))
}

/// Each `S-n`, `R-n` or `B-n` of the text.
fn names(text: &str) -> Vec<String> {
    let is_start = |letter: char| matches!(letter, 'S' | 'R' | 'B');
    let mut found = Vec::new();
    for (at, _) in text.match_indices('-') {
        let before = text[..at].chars().next_back().filter(|letter| is_start(*letter));
        let stands_alone = text[..at].chars().rev().nth(1).is_none_or(|letter| !letter.is_ascii_alphanumeric());
        let digits: String = text[at + 1..].chars().take_while(char::is_ascii_digit).collect();
        if let Some(letter) = before.filter(|_| stands_alone && !digits.is_empty()) {
            found.push(format!("{letter}-{digits}"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{DESIGN, check};
    use crate::tree::Tree;

    fn found(shown: &str) -> Vec<String> {
        let all = format!("# {}\n{shown}", DESIGN.join(", "));
        let page = "# Rules\nR-100 one rule\nR-101 another, see R-999\n";
        let tree = Tree::planted(&[("docs/reference/rules-triggers.md", page), ("vectors/a/b.vec", &all)]);
        check(&tree).into_iter().map(|violation| violation.what).collect()
    }

    #[test]
    fn a_rule_that_nothing_shows_is_refused() {
        assert_eq!(found("# R-100, XR-101, R-1010"), ["R-101 is named by no scenario and no test"]);
    }

    #[test]
    fn rules_that_scenarios_name_are_not() {
        assert!(found("# R-100 to R-101").is_empty());
    }

    #[test]
    fn a_mistake_that_nothing_shows_is_refused() {
        let page = ("docs/reference/rules-triggers.md", "# Rules\n");
        assert_eq!(check(&Tree::planted(&[page, ("crates/a/src/lib.rs", "// B-01")])).len(), DESIGN.len());
        assert_eq!(check(&Tree::planted(&[page, ("crates/a/tests/b.rs", "// B-01")])).len(), DESIGN.len() - 1);
    }
}
