//! No file names a folder of one machine or the host of a package registry: a clone works anywhere.

use crate::tree::Tree;
use crate::violation::Violation;

// In halves, so that this file does not break its own rule.
const FOLDERS: [&str; 4] = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/tm", "p/")];
const HOSTS: [&str; 8] = [
    concat!("pypi", ".org"),
    concat!("pytho", "nhosted.org"),
    concat!("crates", ".io"),
    concat!("npmjs", ".org"),
    concat!("repo1.maven", ".org"),
    concat!("repo.maven", ".apache.org"),
    concat!("proxy.gol", "ang.org"),
    concat!("pyth", "onhosted.com"),
];
/// Cargo writes its default index into its lock; the file is the same on every machine.
const LOCK: &str = "Cargo.lock";

pub fn check(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in tree.files().iter().filter(|file| !file.path.ends_with(LOCK)) {
        for (index, line) in file.text.lines().enumerate() {
            let folder = FOLDERS.into_iter().find(|folder| begins_path(line, folder));
            if let Some(name) = folder.or_else(|| HOSTS.into_iter().find(|host| line.contains(host))) {
                found.push(Violation {
                    path: file.path.clone(),
                    line: index + 1,
                    rule: "machine",
                    what: format!("names `{name}`"),
                    fix: "use a path relative to the repository, an argument, or the tool's own default",
                });
            }
        }
    }
    found
}

/// Whether an absolute path in `line` begins with `folder`; `a/b`, `../b` and `~/b` are not absolute.
fn begins_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|letter| letter.is_alphanumeric() || "_.-~/}".contains(letter))
    })
}

#[cfg(test)]
mod tests {
    use super::{FOLDERS, HOSTS, check};
    use crate::tree::Tree;

    #[test]
    fn each_folder_and_each_host_is_refused() {
        for bad in FOLDERS.iter().chain(HOSTS.iter()) {
            let line = format!("path = \"{bad}x\"\n");
            assert_eq!(check(&Tree::planted(&[("a.toml", &line)])).len(), 1, "{bad}");
        }
    }

    #[test]
    fn relative_paths_and_the_lock_are_not() {
        let relative = format!("a{0}b ..{0}b ~{0}b ${{X}}{0}b\n", FOLDERS[0]);

        assert_eq!(check(&Tree::planted(&[("a.md", &relative), ("bench/Cargo.lock", HOSTS[2])])), []);
    }
}
