//! A note to finish something later names the open issue it waits for.

use crate::tree::Tree;
use crate::violation::Violation;

const WORDS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

pub fn check(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in tree.with_extension(&["rs", "py", "pyi", "toml", "md", "vec"]) {
        for (index, line) in file.text.lines().enumerate() {
            if let Some(word) = WORDS.into_iter().find(|word| lacks_number(line, word)) {
                found.push(Violation {
                    path: file.path.clone(),
                    line: index + 1,
                    rule: "todo",
                    what: format!("{word} without an issue number"),
                    fix: "open an issue and write its number as in (#123), or do it",
                });
            }
        }
    }
    found
}

fn lacks_number(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = &line[at + word.len()..];
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let stands_alone = !before.is_some_and(is_word) && !after.starts_with(is_word);
        let number = after.strip_prefix("(#").and_then(|rest| rest.split_once(')')).map(|(digits, _)| digits);
        let numbered = number.is_some_and(|digits| !digits.is_empty() && digits.chars().all(|d| d.is_ascii_digit()));
        stands_alone && !numbered
    })
}

#[cfg(test)]
mod tests {
    use super::{WORDS, check};
    use crate::tree::Tree;

    #[test]
    fn a_note_without_a_number_is_refused() {
        let bad = WORDS.map(|word| format!("x // {word}: later\n// {word}(#): later\n// {word}(#x): later\n")).concat();

        assert_eq!(check(&Tree::planted(&[("a.rs", &bad)])).len(), 9);
    }

    #[test]
    fn a_numbered_note_and_a_longer_word_are_not() {
        let good = format!("// {0}(#12): later\n// MAS{0}NS {0}S\n", WORDS[0]);

        assert_eq!(check(&Tree::planted(&[("a.py", &good)])), []);
    }
}
