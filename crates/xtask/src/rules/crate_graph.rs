//! The crates depend on each other exactly as `crate-graph.txt` says, and `sim` is for development only.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::Tree;
use crate::violation::Violation;

/// Lines of `CRATE: DEPENDENCY...` and `CRATE dev: DEPENDENCY...`; `#` begins a comment.
const TABLE: &str = "crates/xtask/crate-graph.txt";

/// Of each crate, or crate and ` dev`, the crates of this workspace it names.
type Graph = BTreeMap<String, BTreeSet<String>>;

pub fn check(tree: &Tree) -> Vec<Violation> {
    let (wanted, found) = (table(tree), manifests(tree));
    let mut violations = Vec::new();
    for key in wanted.keys().chain(found.keys()).collect::<BTreeSet<_>>() {
        let (crate_name, is_dev) = key.strip_suffix(" dev").map_or((key.as_str(), false), |name| (name, true));
        let path = format!("crates/{crate_name}/Cargo.toml");
        let mut report = |what: String, fix| {
            violations.push(Violation { path: path.clone(), line: 1, rule: "crate-graph", what, fix });
        };
        match (wanted.get(key), found.get(key)) {
            (Some(_), None) => report(format!("`{key}` is in {TABLE} only"), "remove its line from the table"),
            (None, Some(_)) => report(format!("`{key}` is not in {TABLE}"), "decide there what it may depend on"),
            (Some(wanted), Some(found)) if wanted != found => {
                report(format!("`{key}` depends on {found:?}, table {wanted:?}"), "make the two equal, code first");
            }
            _ => {}
        }
        if !is_dev && found.get(key).is_some_and(|found| found.contains("sim")) {
            report(format!("`{key}` ships `sim`"), "move it under [dev-dependencies]");
        }
    }
    violations
}

fn table(tree: &Tree) -> Graph {
    let text = tree.get(TABLE).map_or("", |file| file.text.as_str());
    let rows = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(':'));
    rows.map(|(key, names)| (key.trim().to_owned(), names.split_whitespace().map(str::to_owned).collect())).collect()
}

/// Reads each manifest; a row without ` dev` exists for every crate, one with it where there is something in it.
fn manifests(tree: &Tree) -> Graph {
    let name_of = |path: &str| {
        let inner = path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
        (!inner.contains('/')).then(|| inner.to_owned())
    };
    let members: BTreeSet<String> = tree.files().iter().filter_map(|file| name_of(&file.path)).collect();
    let mut graph = Graph::new();
    for file in tree.files() {
        let Some(name) = name_of(&file.path) else {
            continue;
        };
        graph.entry(name.clone()).or_default();
        let mut section = "";
        for line in file.text.lines().map(str::trim) {
            if line.starts_with('[') {
                section = line.trim_matches(['[', ']']);
            }
            let key = match section.rsplit('.').next() {
                Some("dependencies" | "build-dependencies") => name.clone(),
                Some("dev-dependencies") => format!("{name} dev"),
                _ => continue,
            };
            let end = line.find(['.', '=', ' ']).unwrap_or(0);
            if members.contains(&line[..end]) {
                graph.entry(key).or_default().insert(line[..end].to_owned());
            }
        }
    }
    graph
}

#[cfg(test)]
mod tests {
    use super::{TABLE, check};
    use crate::tree::Tree;

    const MODEL: (&str, &str) = ("crates/model/Cargo.toml", "[dependencies]\n");

    fn found(table: &str, book: &str) -> Vec<String> {
        let tree = Tree::planted(&[(TABLE, table), MODEL, ("crates/book/Cargo.toml", book)]);
        check(&tree).into_iter().map(|one| one.what).collect()
    }

    #[test]
    fn the_graph_of_the_table_passes() {
        let book = "[package]\nname = \"book\"\n[dependencies]\nmodel.workspace = true\nserde = \"1\"\n";

        assert_eq!(found("# a comment\nmodel:\nbook: model\n", book), [""; 0]);
    }

    #[test]
    fn an_edge_too_many_or_too_few_is_refused() {
        assert_eq!(found("model:\nbook:\n", "[dependencies]\nmodel = { path = \"x\" }\n").len(), 1);
        assert_eq!(found("model:\nbook: model\n", "[dependencies]\n").len(), 1);
        assert_eq!(found("model:\nbook: model\n", "[dev-dependencies]\nmodel.workspace = true\n").len(), 2);
    }

    #[test]
    fn a_crate_without_a_row_and_a_row_without_a_crate_are_refused() {
        assert_eq!(found("model:\n", "[dependencies]\n"), [format!("`book` is not in {TABLE}")]);
        assert_eq!(found("model:\nbook:\nutils:\n", ""), [format!("`utils` is in {TABLE} only")]);
    }

    #[test]
    fn shipping_sim_is_refused_even_where_the_table_allows_it() {
        let tree = Tree::planted(&[
            (TABLE, "sim:\nbook: sim\n"),
            ("crates/sim/Cargo.toml", ""),
            ("crates/book/Cargo.toml", "[dependencies]\nsim.workspace = true\n"),
        ]);

        assert_eq!(check(&tree).into_iter().map(|one| one.what).collect::<Vec<_>>(), ["`book` ships `sim`"]);
    }
}
