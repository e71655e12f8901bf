//! The files made from the tables of crate `wire` are what those tables say.

use crate::tree::Tree;
use crate::violation::Violation;
use crate::wire_files;

pub fn check(tree: &Tree) -> Vec<Violation> {
    // A tree without the crate, as planted ones are, has nothing to drift from.
    if tree.get("crates/wire/src/lib.rs").is_none() {
        return Vec::new();
    }
    let differs = |(path, text): &(&'static str, String)| tree.get(path).is_none_or(|file| file.text != *text);
    let report = |(path, text): (&'static str, String)| {
        let found = tree.get(path).map_or("", |file| file.text.as_str());
        let same = found.lines().zip(text.lines()).take_while(|(found, wanted)| found == wanted).count();
        Violation {
            path: path.to_owned(),
            line: same + 1,
            rule: "wire-drift",
            what: "not what the tables of crate `wire` say".into(),
            fix: "run `cargo run -p xtask -- wire`; where bytes changed, raise the version of the format",
        }
    };
    wire_files::all().into_iter().filter(differs).map(report).collect()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::Tree;
    use crate::wire_files;

    const CRATE: (&str, &str) = ("crates/wire/src/lib.rs", "");

    #[test]
    fn a_changed_a_missing_and_no_generated_file() {
        let files = wire_files::all();
        let mut planted: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        planted.push(CRATE);
        assert_eq!(check(&Tree::planted(&planted)), []);

        planted[0].1 = "# Something else\n";
        let found = check(&Tree::planted(&planted));

        assert_eq!(found.iter().map(|one| (one.path.as_str(), one.line)).collect::<Vec<_>>(), [(planted[0].0, 1)]);
        assert_eq!(check(&Tree::planted(&[CRATE])).len(), files.len());
        assert_eq!(check(&Tree::planted(&[])), []);
    }
}
