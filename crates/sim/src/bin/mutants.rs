//! `mutants`: plants one known fault at a time into a copy of the engine, journal or sequencer and shows that the
//! scenarios, the random sequences or the simulated crashes catch it. `mutants PART...` plants those with a part in their name.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// One fault: a few changes that belong together.
#[derive(Clone)]
struct Mutant {
    name: String,
    edits: Vec<Edit>,
}

/// In this file, this text (which occurs once) becomes that.
#[derive(Clone)]
struct Edit {
    file: String,
    old: String,
    new: String,
}

/// What became of a fault.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Caught,
    Survived,
    /// The text is not there, or the result does not compile: the fault proves nothing.
    Unusable,
}

const FAULTS: &str = include_str!("../../mutants.txt");
/// Faults of journal and sequencer, found by simulated crashes. Their names begin with `crash`.
const CRASH_FAULTS: &str = include_str!("../../mutants-crash.txt");
/// Seeds of simulated crashes per fault; the one that finds it is printed.
const SEEDS: &str = "4000";
/// How the names of the second kind begin.
const CRASH: &str = "crash";
/// Random sequences per fault.
const SEQUENCES: &str = "3000";
/// A fault may make an engine loop: bounds of its run, in seconds of processor time and kilobytes.
const BOUNDS: &str = "ulimit -t 600; ulimit -v 8000000; exec \"$@\"";

/// Reads `=== name`, then for each change `file path`, `--- old`, lines, `--- new`, lines.
fn mutants(text: &str) -> Vec<Mutant> {
    let blocks = text.split("=== ").skip(1).filter_map(|block| block.split_once('\n'));
    let parsed = blocks.map(|(name, body)| {
        let edits = format!("\n{body}");
        let edits = edits.split("\nfile ").skip(1).filter_map(|edit| {
            let (file, rest) = edit.split_once("\n--- old\n")?;
            let (old, new) = rest.split_once("\n--- new\n")?;
            let [file, old, new] = [file, old, new.trim_end_matches('\n')].map(str::to_owned);
            Some(Edit { file, old, new })
        });
        Mutant { name: name.to_owned(), edits: edits.collect() }
    });
    parsed.collect()
}

fn copy_tree(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

/// A copy of everything the workspace needs, below the build folder so that nothing is left elsewhere.
fn copy_workspace(root: &Path) -> std::io::Result<PathBuf> {
    let copy = root.join("target/mutants/workspace");
    if copy.exists() {
        std::fs::remove_dir_all(&copy)?;
    }
    for folder in ["crates", "bench/core", "vectors"] {
        copy_tree(&root.join(folder), &copy.join(folder))?;
    }
    for file in ["Cargo.toml", "Cargo.lock", "clippy.toml"] {
        std::fs::copy(root.join(file), copy.join(file))?;
    }
    Ok(copy)
}

fn build(copy: &Path, target: &Path) -> bool {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--offline", "--profile", "fast", "-p", "sim", "--bin", "soak"]);
    cargo.current_dir(copy).env("CARGO_TARGET_DIR", target).stderr(Stdio::null());
    // Most of the time goes into building: only what a fault touches is built, and with little optimising.
    cargo.env("CARGO_INCREMENTAL", "1");
    cargo.env("CARGO_PROFILE_FAST_OPT_LEVEL", "1").env("CARGO_PROFILE_FAST_DEBUG", "0");
    cargo.status().is_ok_and(|status| status.success())
}

/// Whether scenarios and random sequences find nothing wrong, and what they say first.
fn attack(copy: &Path, target: &Path, is_crash: bool) -> (bool, String) {
    let soak = target.join("fast/soak");
    let mut run = Command::new("sh");
    run.args(["-c", BOUNDS, "sh"]).arg(soak).current_dir(copy);
    if is_crash {
        run.args(["crash", "--seeds", SEEDS, "--shrink", "0"]);
    } else {
        run.args(["--vectors", "vectors", "--sequences", SEQUENCES, "--shrink", "0"]);
    }
    match run.stderr(Stdio::null()).output() {
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout);
            let seed = text.lines().find(|line| line.starts_with("seed "));
            let first = seed.or_else(|| text.lines().next()).unwrap_or("it did not end").to_owned();
            (output.status.success(), first)
        }
        Err(error) => (true, error.to_string()),
    }
}

/// Makes the changes of a fault. Gives the files as they were.
fn change(mutant: &Mutant, copy: &Path) -> Result<Vec<(PathBuf, String)>, String> {
    let mut originals = Vec::new();
    for edit in &mutant.edits {
        let path = copy.join(&edit.file);
        let original = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", edit.file))?;
        let count = original.matches(&edit.old).count();
        if count != 1 {
            restore(&originals)?;
            return Err(format!("{}: the text occurs {count} times", edit.file));
        }
        let planted = original.replacen(&edit.old, &edit.new, 1);
        std::fs::write(&path, planted).map_err(|error| format!("{}: {error}", edit.file))?;
        originals.push((path, original));
    }
    Ok(originals)
}

/// Puts files back, the last change first.
fn restore(originals: &[(PathBuf, String)]) -> Result<(), String> {
    for (path, text) in originals.iter().rev() {
        std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

fn plant(mutant: &Mutant, copy: &Path, target: &Path) -> (Outcome, String) {
    let originals = match change(mutant, copy) {
        Ok(originals) => originals,
        Err(what) => return (Outcome::Unusable, what),
    };
    let result = if build(copy, target) {
        match attack(copy, target, mutant.name.starts_with(CRASH)) {
            (true, _) => (Outcome::Survived, "nothing found it".to_owned()),
            (false, first) => (Outcome::Caught, first),
        }
    } else {
        (Outcome::Unusable, "it does not compile".to_owned())
    };
    match restore(&originals) {
        Ok(()) => result,
        Err(what) => (Outcome::Unusable, what),
    }
}

/// `mutants [NAME]`: all faults, or those whose name contains NAME.
fn main() -> ExitCode {
    let parts: Vec<String> = std::env::args().skip(1).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let copy = match copy_workspace(&root) {
        Ok(copy) => copy,
        Err(error) => {
            eprintln!("the workspace cannot be copied: {error}");
            return ExitCode::from(2);
        }
    };
    let target = root.join("target/mutants/build");
    let mut chosen = [mutants(FAULTS), mutants(CRASH_FAULTS)].concat();
    chosen.retain(|mutant| parts.is_empty() || parts.iter().any(|part| mutant.name.contains(part)));
    let is_asked = |is_crash| chosen.iter().any(|mutant| mutant.name.starts_with(CRASH) == is_crash);
    let is_sound = |is_crash| !is_asked(is_crash) || attack(&copy, &target, is_crash).0;
    if !build(&copy, &target) || !is_sound(true) || !is_sound(false) {
        eprintln!("without any fault the copy does not build or does not pass");
        return ExitCode::from(2);
    }
    let (mut caught, mut planted) = (0, 0);
    for mutant in &chosen {
        let (outcome, what) = plant(mutant, &copy, &target);
        let word = match outcome {
            Outcome::Caught => "caught  ",
            Outcome::Survived => "SURVIVED",
            Outcome::Unusable => "UNUSABLE",
        };
        planted += 1;
        caught += u32::from(outcome == Outcome::Caught);
        println!("{word} {:<44} {what}", mutant.name);
    }
    println!("{caught} of {planted} planted faults caught");
    if planted > 0 && caught == planted { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::{CRASH_FAULTS, FAULTS, mutants};

    /// A fault whose text is gone would prove nothing for as long as nobody plants it.
    #[test]
    fn every_fault_finds_its_text_once() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for mutant in [mutants(FAULTS), mutants(CRASH_FAULTS)].concat() {
            let mut files: BTreeMap<&str, String> = BTreeMap::new();
            for edit in &mutant.edits {
                let read = || std::fs::read_to_string(root.join(&edit.file)).expect("a fault names a file");
                let text = files.entry(&edit.file).or_insert_with(read);
                assert_eq!(text.matches(&edit.old).count(), 1, "{} in {}", mutant.name, edit.file);
                *text = text.replacen(&edit.old, &edit.new, 1);
            }
        }
    }

    #[test]
    fn every_block_of_the_file_is_a_fault() {
        for text in [FAULTS, CRASH_FAULTS] {
            let parsed = mutants(text);

            assert_eq!(parsed.len(), text.matches("=== ").count());
            assert!(parsed.len() >= 20, "{} faults", parsed.len());
            let edits = || parsed.iter().flat_map(|mutant| &mutant.edits);
            assert_eq!(edits().count(), text.matches("--- old").count());
            assert!(parsed.iter().all(|mutant| !mutant.edits.is_empty()));
            assert!(edits().all(|edit| edit.old != edit.new && !edit.old.is_empty()));
        }
    }
}
