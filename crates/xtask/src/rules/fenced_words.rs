//! `unsafe` lives in crate `ring` only, `pyo3` in crate `py` only.

use crate::code::code_only;
use crate::tree::Tree;
use crate::violation::Violation;

/// (word, the crate that may use it).
const FENCES: [(&str, &str); 2] = [("unsafe", "crates/ring/"), ("pyo3", "crates/py/")];

pub fn check(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in
        tree.with_extension(&["rs", "toml"]).filter(|file| file.is(&["rs"]) || file.path.ends_with("/Cargo.toml"))
    {
        let code = if file.is(&["rs"]) { code_only(&file.text) } else { without_comments(&file.text) };
        for (word, home) in FENCES {
            if file.path.starts_with(home) {
                continue;
            }
            let lines = code.lines().enumerate().filter(|(_, line)| contains_word(line, word));
            found.extend(lines.map(|(index, _)| Violation {
                path: file.path.clone(),
                line: index + 1,
                rule: "fence",
                what: format!("`{word}` outside {home}"),
                fix: "move it there or do without",
            }));
        }
    }
    found
}

fn without_comments(manifest: &str) -> String {
    manifest.lines().map(|line| line.split('#').next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Whether `word` stands in `line` by itself, not as part of a longer name.
pub fn contains_word(line: &str, word: &str) -> bool {
    line.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|found| found == word)
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::Tree;

    #[test]
    fn a_fenced_word_outside_its_crate_is_refused() {
        let bad =
            [("crates/book/src/a.rs", "unsafe { x }\nuse pyo3::*;"), ("crates/book/Cargo.toml", "pyo3 = \"0.30\"")];

        assert_eq!(check(&Tree::planted(&bad)).len(), 3);
    }

    #[test]
    fn inside_its_crate_in_prose_or_in_a_longer_name_it_is_not() {
        let good = [
            ("crates/ring/src/a.rs", "unsafe { x }"),
            ("crates/py/src/a.rs", "use pyo3::*;"),
            ("crates/book/src/a.rs", "// no unsafe here\nlet unsafe_code = \"pyo3\";"),
        ];

        assert_eq!(check(&Tree::planted(&good)), []);
    }
}
