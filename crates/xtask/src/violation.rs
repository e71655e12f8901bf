//! One broken rule: where, which rule, what was found against which limit, and how to mend it.

use std::fmt;

/// A broken rule, printed as `path:line: rule: what; fix`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Path from the repository's root.
    pub path: String,
    /// Line, from 1; 1 where the whole file is meant.
    pub line: usize,
    /// Name of the rule, one word.
    pub rule: &'static str,
    /// What was found, with the value and the limit.
    pub what: String,
    /// What to do about it.
    pub fix: &'static str,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}; {}", self.path, self.line, self.rule, self.what, self.fix)
    }
}

#[cfg(test)]
mod tests {
    use super::Violation;

    #[test]
    fn a_violation_prints_place_rule_finding_and_fix() {
        let violation =
            Violation { path: "a.rs".into(), line: 7, rule: "size", what: "9 lines, limit 8".into(), fix: "split it" };

        assert_eq!(violation.to_string(), "a.rs:7: size: 9 lines, limit 8; split it");
    }
}
