//! The exceptions to the size rules: a size recorded in `ratchet.txt` may only go down.

use std::collections::BTreeMap;

use crate::tree::Tree;
use crate::violation::Violation;

/// Lines of `file LINES PATH` or `function LINES PATH NAME`; `#` begins a comment.
pub const PATH: &str = "crates/xtask/ratchet.txt";

/// Something with a size in lines.
pub struct Sized {
    /// Where it is.
    pub path: String,
    /// Its first line.
    pub line: usize,
    /// Its name in the ratchet after the path; empty for a file.
    pub name: String,
    /// Its size.
    pub lines: usize,
    /// Most lines where the ratchet has no exception.
    pub lines_max: usize,
}

/// Compares sizes with their limits and with the ratchet's exceptions of `kind`, which must all be needed.
pub fn compare(tree: &Tree, kind: &'static str, measured: &[Sized], fix: &'static str) -> Vec<Violation> {
    let mut exceptions = exceptions(tree, kind);
    let mut found = Vec::new();
    for one in measured {
        let key = format!("{} {}", one.path, one.name).trim_end().to_owned();
        let allowed = exceptions.remove(&key);
        let (limit, fix) = match allowed {
            Some(recorded) if one.lines < recorded => (one.lines_max, "lower or remove its line in the ratchet"),
            Some(recorded) if one.lines == recorded && one.lines > one.lines_max => continue,
            Some(_) | None if one.lines <= one.lines_max && allowed.is_none() => continue,
            Some(recorded) => (recorded.max(one.lines_max), fix),
            None => (one.lines_max, fix),
        };
        let what = format!("{} {} lines, limit {limit}", one.name, one.lines);
        found.push(Violation {
            path: one.path.clone(),
            line: one.line,
            rule: kind,
            what: what.trim_start().to_owned(),
            fix,
        });
    }
    found.extend(exceptions.into_keys().map(|key| Violation {
        path: PATH.into(),
        line: 1,
        rule: kind,
        what: format!("exception for {key}, which is not there"),
        fix: "remove the line",
    }));
    found
}

fn exceptions(tree: &Tree, kind: &str) -> BTreeMap<String, usize> {
    let text = tree.get(PATH).map_or("", |file| file.text.as_str());
    let entry = |line: &str| {
        let (lines, key) = line.strip_prefix(kind)?.trim_start().split_once(' ')?;
        Some((key.trim().to_owned(), lines.parse().ok()?))
    };
    text.lines().filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::{PATH, Sized, compare};
    use crate::tree::Tree;

    fn found(ratchet: &str, lines: usize) -> Vec<String> {
        let measured = [Sized { path: "a.rs".into(), line: 1, name: "f".into(), lines, lines_max: 70 }];
        let tree = Tree::planted(&[(PATH, ratchet)]);
        compare(&tree, "function", &measured, "split it").iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_recorded_size_is_allowed_and_one_more_is_refused() {
        assert_eq!(found("function 80 a.rs f\n", 80), [""; 0]);
        assert_eq!(found("function 80 a.rs f\n", 81), ["a.rs:1: function: f 81 lines, limit 80; split it"]);
    }

    #[test]
    fn the_ratchet_follows_a_size_down() {
        let lower = "lower or remove its line in the ratchet";
        assert_eq!(found("function 80 a.rs f\n", 79), [format!("a.rs:1: function: f 79 lines, limit 70; {lower}")]);
        assert_eq!(found("function 80 a.rs f\n", 12), [format!("a.rs:1: function: f 12 lines, limit 70; {lower}")]);
    }

    #[test]
    fn an_exception_for_nothing_is_refused() {
        assert_eq!(found("function 80 a.rs g\n", 12).len(), 1);
        assert_eq!(found("file 80 a.rs f\n# function 80 a.rs g\n", 12), [""; 0]);
    }
}
