//! The contract of the compiled module stays small enough to read. (`stubtest` compares it with the module.)

use crate::tree::Tree;
use crate::violation::Violation;

const STUB: &str = "python/fairlead/_core/_native.pyi";
/// Longest contract, lines.
const LINES_MAX: usize = 500;

pub fn check(tree: &Tree) -> Vec<Violation> {
    let (lines, what) = match tree.get(STUB) {
        None => (0, "the stub is missing".to_owned()),
        Some(stub) => (stub.text.lines().count(), format!("{} lines, limit {LINES_MAX}", stub.text.lines().count())),
    };
    if (1..=LINES_MAX).contains(&lines) {
        return Vec::new();
    }
    vec![Violation { path: STUB.into(), line: 1, rule: "stub", what, fix: "cross the border in fewer, larger calls" }]
}

#[cfg(test)]
mod tests {
    use super::{STUB, check};
    use crate::tree::Tree;

    #[test]
    fn a_stub_over_the_limit_or_missing_is_refused_and_one_at_it_is_not() {
        let (at, over) = ("x: int\n".repeat(500), "x: int\n".repeat(501));

        assert_eq!(check(&Tree::planted(&[(STUB, &over)])).len(), 1);
        assert_eq!(check(&Tree::planted(&[])).len(), 1);
        assert_eq!(check(&Tree::planted(&[(STUB, &at)])), []);
    }
}
