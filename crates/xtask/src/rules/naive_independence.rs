//! The naive engine of `sim` is a second opinion: it may use crate `model` and its own modules, nothing else of ours.

use crate::code::code_only;
use crate::rules::fenced_words::contains_word;
use crate::tree::Tree;
use crate::violation::Violation;

const HOME: &str = "crates/sim/src/naive";
/// Crates whose code would make the second opinion a repetition of the first.
const FORBIDDEN: [&str; 7] = ["book", "breaker", "engine", "flow", "marketdata", "py", "sim"];

pub fn check(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in tree.with_extension(&["rs"]).filter(|file| file.path.starts_with(HOME)) {
        let code = code_only(&file.text);
        for (index, line) in code.lines().enumerate() {
            if let Some(name) = borrowed_name(line) {
                found.push(Violation {
                    path: file.path.clone(),
                    line: index + 1,
                    rule: "naive",
                    what: format!("uses `{name}`, allowed are `model` and `crate::naive`"),
                    fix: "write it again from the specification",
                });
            }
        }
    }
    found
}

/// The foreign crate or module a line of code reaches into.
fn borrowed_name(line: &str) -> Option<String> {
    let is_import = contains_word(line, "use") || contains_word(line, "extern");
    let path_of = |name: &&str| {
        let mut starts = line.match_indices(*name);
        starts.any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = &line[at + name.len()..];
            let begins = !before
                .is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == ':' || letter == '.');
            begins && (after.starts_with("::") || (is_import && after.trim_start().starts_with([';', ' ', ',', '}'])))
        })
    };
    if let Some(name) = FORBIDDEN.into_iter().find(|name| path_of(name)) {
        return Some(name.to_owned());
    }
    let mut own = line.match_indices("crate::");
    own.any(|(at, _)| !line[at..].starts_with("crate::naive")).then(|| "crate::".to_owned())
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::Tree;

    #[test]
    fn reaching_into_the_fast_engine_or_the_rest_of_sim_is_refused() {
        let bad =
            "use engine::Exchange;\nlet b = breaker::Band::ANY;\nuse {model, book};\nuse crate::generate::Step;\n";

        let found = check(&Tree::planted(&[("crates/sim/src/naive/mod.rs", bad), ("crates/sim/src/naive.rs", bad)]));

        assert_eq!(found.iter().map(|one| one.line).collect::<Vec<_>>(), [1, 2, 3, 4, 1, 2, 3, 4]);
    }

    #[test]
    fn the_vocabulary_and_its_own_modules_are_not() {
        let good =
            "use model::Price;\nuse crate::naive::book::Side;\nlet book = self.book(x);\nuse super::book::Level;\n";

        let tree =
            Tree::planted(&[("crates/sim/src/naive/mod.rs", good), ("crates/sim/src/compare.rs", "use engine::X;")]);

        assert_eq!(check(&tree), []);
    }
}
