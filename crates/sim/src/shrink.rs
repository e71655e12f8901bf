//! Makes a failing sequence as short as it can be by leaving commands out.

use crate::compare::{Difference, run};
use crate::generate::Sequence;

/// The difference of a sequence, if there is one.
pub fn difference(sequence: &Sequence) -> Option<Difference> {
    run(sequence, |_, _| {}).err()
}

/// The shortest sequence found that fails in the same way (delta debugging: halves, then smaller pieces). `check` says
/// how a sequence fails.
pub fn shrink(
    sequence: &Sequence,
    found: &Difference,
    check: impl Fn(&Sequence) -> Option<Difference>,
) -> (Sequence, Difference) {
    let mut best = sequence.clone();
    best.commands.truncate(found.at + 1);
    let mut best_found = check(&best).unwrap_or_else(|| found.clone());
    let mut size = (best.commands.len() / 2).max(1);
    loop {
        let mut has_shrunk = false;
        let mut start = 0;
        while start < best.commands.len() {
            let end = (start + size).min(best.commands.len());
            let mut shorter = best.clone();
            shorter.commands.drain(start..end);
            match check(&shorter) {
                Some(same) if same.kind() == found.kind() => {
                    shorter.commands.truncate(same.at + 1);
                    (best, best_found, has_shrunk) = (shorter, same, true);
                }
                Some(_) | None => start = end,
            }
        }
        if size > 1 {
            size /= 2;
        } else if !has_shrunk {
            return (best, best_found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::What;
    use crate::generate::sequence;

    /// Fails at the second of two given places, counted by stamp.
    fn fails_with_both(sequence: &Sequence, first: u64, second: u64) -> Option<Difference> {
        let at = |seq| sequence.commands.iter().position(|(stamp, _)| stamp.seq == seq);
        at(first)?;
        Some(Difference { at: at(second)?, what: What::Hash(vec!["books"]) })
    }

    #[test]
    fn only_the_commands_that_matter_are_left() {
        let made = sequence(5, 100);
        let check = |sequence: &Sequence| fails_with_both(sequence, 20, 77);
        let found = check(&made).expect("both are there");

        let (small, same) = shrink(&made, &found, check);

        let left: Vec<u64> = small.commands.iter().map(|(stamp, _)| stamp.seq).collect();
        assert_eq!(left, [20, 77]);
        assert_eq!(same.at, 1);
    }
}
