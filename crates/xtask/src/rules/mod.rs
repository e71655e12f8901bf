//! The rules, one file each; each file shows in its tests that the rule fails on a planted violation.

mod big_files;
mod citations;
mod crate_graph;
mod dead_code;
mod document_sizes;
mod fenced_words;
mod file_sizes;
mod first_line;
mod function_sizes;
mod gates;
mod invariants;
mod machine_paths;
mod naive_independence;
mod ratchet;
mod stub_size;
mod todo;
mod vectors;
mod wire_drift;

use crate::tree::Tree;
use crate::violation::Violation;

/// One rule: what it finds wrong with the tree.
pub type Rule = fn(&Tree) -> Vec<Violation>;

/// Every rule.
pub const ALL: [Rule; 17] = [
    big_files::check,
    citations::check,
    crate_graph::check,
    dead_code::check,
    document_sizes::check,
    fenced_words::check,
    file_sizes::check,
    first_line::check,
    function_sizes::check,
    gates::check,
    invariants::check,
    machine_paths::check,
    naive_independence::check,
    stub_size::check,
    todo::check,
    vectors::check,
    wire_drift::check,
];

/// Everything all rules find, by path and line.
pub fn check(tree: &Tree) -> Vec<Violation> {
    let mut found: Vec<Violation> = ALL.iter().flat_map(|rule| rule(tree)).collect();
    found.sort_by(|a, b| (&a.path, a.line, a.rule).cmp(&(&b.path, b.line, b.rule)));
    found
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// One way to check everything: the repository's own state is a test too.
    #[test]
    fn the_repository_breaks_no_rule() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let tree = crate::tree::Tree::load(&root).expect("the repository is readable");

        let found: Vec<String> = super::check(&tree).iter().map(ToString::to_string).collect();

        assert!(tree.files().len() > 20, "an empty tree would break no rule");
        assert!(found.is_empty(), "\n{}", found.join("\n"));
    }
}
