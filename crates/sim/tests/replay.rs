//! B-63, B-31, R-91, R-92, R-93: the commands of a scenario, applied again, give the same events and the same state.

use std::path::Path;

use engine::Exchange;
use model::{Events, Limits};
use sim::naive::NaiveExchange;
use sim::scenario::{Played, play};

/// The scenarios of a folder that run with the engine's own limits.
fn scenarios(folder: &str) -> Vec<Played> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors").join(folder);
    let files = std::fs::read_dir(path).expect("a folder").map(|entry| entry.expect("an entry").path());
    let texts = files.map(|path| std::fs::read_to_string(path).expect("a readable file"));
    let usual = texts.filter(|text| !text.lines().any(|line| line.starts_with("limits ")));
    usual.map(|text| play::<Exchange>(&text).expect("a scenario that holds")).collect()
}

#[test]
fn the_commands_alone_bring_everything_back() {
    let mut steps = 0;
    for folder in ["stops", "trailing", "sources", "groups", "gate", "emergency", "bands", "halts"] {
        for played in scenarios(folder) {
            let (mut again, mut naive) = (Exchange::new(Limits::default()), NaiveExchange::new(Limits::default()));
            let mut events = Events::new();
            for step in &played.steps {
                events.clear();
                again.apply(step.stamp, &step.command, &mut events);
                assert_eq!(events.as_slice(), step.events, "{:?}", step.command);
                naive.apply(step.stamp, &step.command, &mut Events::new());
                assert_eq!(again.state_hash(), naive.state_hash(), "{:?}", step.command);
                steps += 1;
            }
        }
    }

    assert!(steps > 1_000, "only {steps} commands");
}
