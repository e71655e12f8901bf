//! Random sequences give the same in both engines, and they exercise everything.

use sim::compare::run;
use sim::coverage::Coverage;
use sim::generate::sequence;
use sim::report::report;

/// Enough for every kind in 1 % of the sequences; `make soak` runs more.
const SEQUENCES: u64 = 3_000;
const COMMANDS: usize = 200;

#[test]
fn both_engines_agree_and_nothing_is_missed() {
    let mut coverage = Coverage::default();

    for seed in 1..=SEQUENCES {
        let made = sequence(seed, COMMANDS);
        if let Err(found) = run(&made, |pair, command| {
            coverage.see(command, pair.events());
            coverage.see_images(pair.images());
        }) {
            panic!("{}", report(seed, COMMANDS, &made, &found));
        }
        coverage.end_sequence();
    }

    assert_eq!(coverage.missing(), Vec::<String>::new());
}
