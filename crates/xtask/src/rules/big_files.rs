//! No file is larger than 500 KB: recordings and builds stay out of the repository.

use crate::tree::Tree;
use crate::violation::Violation;

/// Largest file, bytes.
const BYTES_MAX: u64 = 500_000;

pub fn check(tree: &Tree) -> Vec<Violation> {
    let too_big = tree.files().iter().filter(|file| file.bytes > BYTES_MAX);
    too_big
        .map(|file| Violation {
            path: file.path.clone(),
            line: 1,
            rule: "big-file",
            what: format!("{} bytes, limit {BYTES_MAX}", file.bytes),
            fix: "keep it outside the repository or make it smaller",
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::Tree;

    #[test]
    fn a_file_one_byte_over_the_limit_is_refused_and_one_at_it_is_not() {
        let (at, over) = ("a".repeat(500_000), "a".repeat(500_001));

        let found = check(&Tree::planted(&[("at.csv", &at), ("over.csv", &over)]));

        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, "over.csv");
    }
}
