//! A difference, told so that somebody can repeat and read it.

use crate::compare::{Difference, What};
use crate::generate::Sequence;
use crate::shrink::{difference, shrink};

/// Shrinks a failing sequence and prints it with the first difference and the command that repeats it.
pub fn report(seed: u64, commands: usize, sequence: &Sequence, found: &Difference) -> String {
    let (small, same) = shrink(sequence, found, difference);
    let mut lines = vec![format!("# seed {seed}: the engines differ; {} commands are enough", small.commands.len())];
    let limits = &small.limits;
    lines.push(format!(
        "# limits client_ids_max={} client_id_retention_ns={} trades_max={} triggers_max={}",
        limits.client_ids_max, limits.client_id_retention_ns, limits.trades_max, limits.triggers_max
    ));
    for (stamp, command) in &small.commands {
        lines.push(format!("> at={} {command:?}", stamp.ts_ns));
    }
    match &same.what {
        What::Event { index, fast, naive } => {
            lines.push(format!("# event {index} of the last command"));
            lines.push(format!("# fast  {fast:?}"));
            lines.push(format!("# naive {naive:?}"));
        }
        What::Hash(sections) => lines.push(format!("# state hash differs in: {}", sections.join(", "))),
        What::Image(text) | What::Broken(text) => lines.push(format!("# {text}")),
        What::Panic { engine, message } => lines.push(format!("# the {engine} engine panics: {message}")),
    }
    lines.push(format!("# repeat: cargo run --profile fast -p sim --bin soak -- --seed {seed} --commands {commands}"));
    lines.join("\n")
}
