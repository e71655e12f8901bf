//! Makes a failing sequence as short as it can be by leaving commands out.

use crate::compare::{Difference, run};
use crate::generate::Sequence;

/// The difference of a sequence, if there is one.
pub fn difference(sequence: &Sequence) -> Option<Difference> {
    run(sequence, |_, _| {}).err()
}

/// The shortest sequence found that fails in the same way (delta debugging: halves, then smaller pieces).
pub fn shrink(sequence: &Sequence, found: &Difference) -> (Sequence, Difference) {
    let mut best = sequence.clone();
    best.commands.truncate(found.at + 1);
    let mut best_found = difference(&best).unwrap_or_else(|| found.clone());
    let mut size = (best.commands.len() / 2).max(1);
    loop {
        let mut has_shrunk = false;
        let mut start = 0;
        while start < best.commands.len() {
            let end = (start + size).min(best.commands.len());
            let mut shorter = best.clone();
            shorter.commands.drain(start..end);
            match difference(&shorter) {
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
