//! P-05: every way of an order to the book leads through the one gate, and the gate asks everything.
//!
//! The compiler sees to it that the matching loop and the queues ask for a `Passed` and that only `passed.rs` can make
//! one. This rule sees to what it cannot: that nobody there makes one without asking, that no question is left out, and
//! that each way is known by name.

use crate::code::code_only;
use crate::rules::function_sizes::{Function, functions};
use crate::tree::{File, Tree};
use crate::violation::Violation;

const HOME: &str = "crates/engine/src/";
const GATE: &str = "crates/engine/src/passed.rs";

/// A call that leads to the book, and the only functions that may make it: (file, function).
struct Door {
    call: &'static str,
    from: &'static [(&'static str, &'static str)],
}

const DOORS: [Door; 7] = [
    // The proof is made.
    Door { call: "Passed(", from: &[("passed.rs", "pass"), ("passed.rs", "repriced")] },
    // The gate is asked: new orders, orders of a group, amends, stops, triggered and released orders.
    Door {
        call: "passed::pass(",
        from: &[
            ("admit.rs", "check_plain"),
            ("admit.rs", "check_any"),
            ("admit.rs", "check_leg"),
            ("amend.rs", "check"),
            ("groups/check.rs", "check"),
            ("stop_checks.rs", "check"),
            ("stop_checks.rs", "check_leg"),
            ("work.rs", "check"),
            ("work.rs", "released"),
        ],
    },
    // A pegged order moves within the limit it was let in with.
    Door { call: "repriced(", from: &[("pegs.rs", "follow")] },
    // An incoming order meets the book, within the bands where there are some.
    Door { call: "walk(shared, market", from: &[("matching.rs", "run"), ("bands.rs", "run")] },
    Door {
        call: "run(shared, market,",
        from: &[
            ("matching.rs", "run"),
            ("place.rs", "match_new"),
            ("amend.rs", "match_again"),
            ("work.rs", "match_or_post"),
            ("pegs.rs", "follow"),
        ],
    },
    // An order enters a queue, from where later ones and the auction take it.
    Door { call: "book.insert(", from: &[("shared.rs", "post")] },
    Door { call: "waiting[record.side() as usize].insert(", from: &[("place.rs", "wait_for_auction")] },
];

/// What a function must hold: (file, function, words).
const HELD: [(&str, &str, &[&str]); 5] = [
    ("passed.rs", "pass", &["guarded(", "check_funds("]),
    (
        "passed.rs",
        "guarded",
        &["restricted(", "check_funds(", "size(", "collar(", "duplicate(", "open_orders(", "position("],
    ),
    ("shared.rs", "post", &["&Passed"]),
    ("place.rs", "wait_for_auction", &["&Passed"]),
    ("amend.rs", "incoming_again", &["passed: Passed"]),
];

pub fn check(tree: &Tree) -> Vec<Violation> {
    let files: Vec<(&File, String)> = tree
        .with_extension(&["rs"])
        .filter(|file| file.path.starts_with(HOME) && !file.is_test())
        .map(|file| (file, code_only(before_tests(&file.text))))
        .collect();
    let mut found: Vec<Violation> = DOORS.iter().flat_map(|door| through(door, &files)).collect();
    found.extend(HELD.iter().flat_map(|(path, name, words)| missing(path, name, words, &files)));
    found
}

fn before_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod").next().unwrap_or(text)
}

fn violation(path: &str, line: usize, what: String, fix: &'static str) -> Violation {
    Violation { path: path.to_owned(), line, rule: "gates", what, fix }
}

/// Calls of a door from elsewhere, and names on its list that do not call it.
fn through(door: &Door, files: &[(&File, String)]) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut unused = door.from.to_vec();
    for (file, code) in files {
        let functions = functions(code);
        let path = file.path.trim_start_matches(HOME);
        for (index, line) in code.lines().enumerate().filter(|(_, line)| calls(line, door.call)) {
            let name = enclosing(&functions, index + 1).unwrap_or("no function");
            unused.retain(|listed| *listed != (path, name));
            if !door.from.contains(&(path, name)) && !line.contains("struct ") {
                let what = format!("`{}` in `{name}`, which is not on the list of this door", door.call);
                found.push(violation(
                    &file.path,
                    index + 1,
                    what,
                    "go through the gate, then name the way in this rule",
                ));
            }
        }
    }
    found.extend(unused.into_iter().map(|(path, name)| {
        let what = format!("`{name}` in {path} does not call `{}`", door.call);
        violation(GATE, 1, what, "a way that was closed leaves the list")
    }));
    found
}

fn missing(path: &str, name: &str, words: &[&str], files: &[(&File, String)]) -> Vec<Violation> {
    let file = files.iter().find(|(file, _)| file.path.strip_prefix(HOME) == Some(path));
    let body = file.and_then(|(_, code)| {
        let function = functions(code).into_iter().find(|function| function.name == name)?;
        let lines: Vec<&str> = code.lines().skip(function.line - 1).take(function.lines).collect();
        Some((function.line, lines.join("\n")))
    });
    let Some((line, body)) = body else {
        return vec![violation(GATE, 1, format!("no function `{name}` in {path}"), "name what took its place")];
    };
    let absent = words.iter().filter(|word| !body.lines().any(|line| calls(line, word)));
    let at = format!("{HOME}{path}");
    absent.map(|word| violation(&at, line, format!("`{name}` lacks `{word}`"), "ask every gate")).collect()
}

/// Whether the line holds the words as words, and not as the definition of what they name.
fn calls(line: &str, words: &str) -> bool {
    line.match_indices(words).any(|(at, _)| {
        let before = &line[..at];
        let begins = !before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
        let is_method = before.ends_with('.') && !words.contains('.') && !words.contains("check_funds");
        begins && !is_method && !before.trim_end().ends_with("fn")
    })
}

fn enclosing(functions: &[Function], line: usize) -> Option<&str> {
    let around = functions.iter().filter(|function| (function.line..function.line + function.lines).contains(&line));
    around.max_by_key(|function| function.line).map(|function| function.name.as_str())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::check;
    use crate::tree::Tree;

    /// The engine's own files with one changed.
    fn with(path: &str, change: impl Fn(&str) -> String) -> Vec<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let tree = Tree::load(&root).expect("the repository is readable");
        let path = format!("crates/engine/src/{path}");
        let pairs: Vec<(String, String)> = tree
            .files()
            .iter()
            .filter(|file| file.path.starts_with("crates/engine/src/"))
            .map(|file| {
                let text = if file.path == path { change(&file.text) } else { file.text.clone() };
                (file.path.clone(), text)
            })
            .collect();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        check(&Tree::planted(&pairs)).iter().map(ToString::to_string).collect()
    }

    /// Finds one violation that says all the words.
    fn finds(path: &str, change: impl Fn(&str) -> String, words: &[&str]) {
        let found = with(path, change);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(words.iter().all(|word| found[0].contains(word)), "{found:?}");
    }

    fn replaced(from: &'static str, to: &'static str) -> impl Fn(&str) -> String {
        move |text: &str| {
            assert!(text.contains(from), "the engine has `{from}`");
            text.replacen(from, to, 1)
        }
    }

    fn appended(code: &'static str) -> impl Fn(&str) -> String {
        move |text: &str| format!("{text}\n{code}\n")
    }

    #[test]
    fn the_engine_as_it_is_passes() {
        assert_eq!(with("passed.rs", str::to_owned), [""; 0]);
    }

    #[test]
    fn a_proof_made_without_asking_is_found() {
        let forged = "pub(crate) fn trusted() -> Passed {\n    Passed(())\n}";

        finds("passed.rs", appended(forged), &["`Passed(` in `trusted`", "passed.rs"]);
    }

    #[test]
    fn a_gate_left_out_is_found() {
        for gate in ["restricted(desk, ask)?;", "size(market, desk, ask)?;", "duplicate(shared, guard, ask)?;"] {
            finds("passed.rs", replaced(gate, ""), &["`guarded` lacks", "ask every gate"]);
        }
    }

    #[test]
    fn a_way_to_the_matching_loop_that_is_not_known_is_found() {
        let shortcut = "fn shortcut(shared: &mut Shared) {\n    let stop = run(shared, market, &mut incoming, out);\n}";

        finds("session.rs", appended(shortcut), &["`run(shared, market,` in `shortcut`", "session.rs"]);
    }

    #[test]
    fn a_borrowed_pass_of_pegs_is_found() {
        let borrowed = "fn sneak() -> Passed {\n    passed::repriced()\n}";

        finds("place.rs", appended(borrowed), &["`repriced(` in `sneak`"]);
    }

    #[test]
    fn a_queue_entered_by_another_door_is_found() {
        let other = "fn slip(market: &mut Market) {\n    market.book.insert(arena, slot, side, ticks, &resting);\n}";

        finds("auction.rs", appended(other), &["`book.insert(` in `slip`"]);
    }

    #[test]
    fn an_amend_that_asks_nothing_is_found() {
        let change = |text: &str| text.replace("passed::pass(", "assume(");

        finds("amend.rs", change, &["`check` in amend.rs does not call `passed::pass(`"]);
    }

    #[test]
    fn a_queue_that_no_longer_asks_for_the_proof_is_found() {
        finds("place.rs", replaced("slot: Slot, _: &Passed)", "slot: Slot)"), &["`wait_for_auction` lacks `&Passed`"]);
    }

    #[test]
    fn tests_of_the_engine_may_do_as_they_like() {
        let test = "#[cfg(test)]\nmod tests {\n    fn f() { run(shared, market, 1); }\n}";

        assert_eq!(with("look_ahead.rs", appended(test)), [""; 0]);
    }
}
