//! Every scenario file (`vectors/**/*.vec`) has commands, expectations, and no line of an unknown kind.

use crate::tree::{File, Tree};
use crate::violation::Violation;

pub fn check(tree: &Tree) -> Vec<Violation> {
    let scenarios = tree.with_extension(&["vec"]).filter(|file| file.path.starts_with("vectors/"));
    scenarios.flat_map(check_scenario).collect()
}

fn check_scenario(file: &File) -> Vec<Violation> {
    let report = |line, what: String| Violation {
        path: file.path.clone(),
        line,
        rule: "vector",
        what,
        fix: "write set-up words, `>` commands with `+` orders below them, `<` expectations, or `#` comments",
    };
    let (mut commands, mut expectations, mut found) = (0, 0, Vec::new());
    for (index, line) in file.text.lines().enumerate() {
        match line.trim_start().chars().next() {
            None | Some('#') => {}
            Some('>') => commands += 1,
            Some('<') => expectations += 1,
            Some('+') if commands > 0 => {}
            Some(letter) if letter.is_ascii_lowercase() && commands == 0 => {}
            Some(_) => found.push(report(index + 1, format!("unknown line: {}", line.trim()))),
        }
    }
    if commands == 0 || expectations == 0 {
        found.push(report(1, format!("{commands} commands and {expectations} expectations, at least 1 each")));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::Tree;

    fn found(text: &str) -> usize {
        check(&Tree::planted(&[("vectors/a/b.vec", text)])).len()
    }

    #[test]
    fn a_scenario_that_shows_nothing_is_refused() {
        assert_eq!(found(""), 1);
        assert_eq!(found("instrument ABC\n> new A buy 1 @ 1\n"), 1);
        assert_eq!(found("< trade A B 1 @ 1\n"), 1);
        assert_eq!(found("> new A buy 1 @ 1\n< x\n!! y\n"), 1);
    }

    #[test]
    fn a_scenario_with_commands_and_expectations_is_not() {
        assert_eq!(found("# why\ninstrument ABC tick=0.01\n\n> new A buy 1 @ 1\n< accepted A\n"), 0);
    }
}
