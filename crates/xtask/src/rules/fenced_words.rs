//! `unsafe` lives in crate `ring` only, `pyo3` in crate `py` only, the import of `_native` in `fairlead._core` only.

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
    found.extend(native_imports(tree));
    found
}

/// The import rules do not see the compiled module, so an import past `fairlead._core` is found here.
fn native_imports(tree: &Tree) -> Vec<Violation> {
    let is_outside = |path: &str| path.starts_with("python/fairlead/") && !path.starts_with("python/fairlead/_core/");
    let mut found = Vec::new();
    for file in tree.with_extension(&["py", "pyi"]).filter(|file| is_outside(&file.path)) {
        let is_import = |line: &str| line.trim_start().starts_with("import ") || line.trim_start().starts_with("from ");
        let lines = file.text.lines().enumerate().filter(|(_, line)| is_import(line) && contains_word(line, "_native"));
        found.extend(lines.map(|(index, _)| Violation {
            path: file.path.clone(),
            line: index + 1,
            rule: "fence",
            what: "imports `_native` outside python/fairlead/_core/".into(),
            fix: "go through `fairlead.engine`",
        }));
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
    fn an_import_of_the_compiled_module_past_its_package_is_refused() {
        let import = "\"\"\"_native\"\"\"\nfrom fairlead._core._native import Core\n";

        let found = check(&Tree::planted(&[
            ("python/fairlead/cli/a.py", import),
            ("python/fairlead/_core/__init__.py", import),
            ("tests/a.py", import),
        ]));

        assert_eq!(
            found.iter().map(|one| (one.path.as_str(), one.line)).collect::<Vec<_>>(),
            [("python/fairlead/cli/a.py", 2)]
        );
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
