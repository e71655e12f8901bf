//! The files of the repository as the rules see them: path, size and text, ignored files left out.

use std::io;
use std::path::Path;
use std::process::Command;

/// Folders left out where git cannot say what is ignored.
const IGNORED: [&str; 7] = [".git", ".make", ".mypy_cache", ".ruff_cache", ".venv", "__pycache__", "target"];

/// One file.
#[derive(Debug, Clone)]
pub struct File {
    /// Path from the root, with forward slashes.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// The content; empty for a file that is not UTF-8 text.
    pub text: String,
}

impl File {
    /// Whether the name ends in `.` and one of `extensions`.
    pub fn is(&self, extensions: &[&str]) -> bool {
        Path::new(&self.path)
            .extension()
            .and_then(|found| found.to_str())
            .is_some_and(|found| extensions.contains(&found))
    }

    /// Whether the file holds nothing but tests.
    pub fn is_test(&self) -> bool {
        self.path.starts_with("tests/") || self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }
}

/// All files, by path.
#[derive(Debug, Default)]
pub struct Tree {
    files: Vec<File>,
}

impl Tree {
    /// Reads the repository at `root`: what git tracks or would track, or everything where git cannot tell.
    ///
    /// # Errors
    /// A folder that cannot be listed or a listed file that cannot be read.
    pub fn load(root: &Path) -> io::Result<Self> {
        let mut paths = git_paths(root).unwrap_or_default();
        if paths.is_empty() {
            walk(root, "", &mut paths)?;
        }
        paths.sort();
        paths.dedup();
        let mut files = Vec::new();
        for path in paths {
            let full = root.join(&path);
            // Tracked and deleted, or a link to a folder.
            if !full.is_file() {
                continue;
            }
            let content = std::fs::read(&full)?;
            let bytes = content.len() as u64;
            files.push(File { path, bytes, text: String::from_utf8(content).unwrap_or_default() });
        }
        Ok(Self { files })
    }

    /// All files.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The files whose name ends in one of `extensions`.
    pub fn with_extension<'a>(&'a self, extensions: &'a [&'a str]) -> impl Iterator<Item = &'a File> {
        self.files.iter().filter(move |file| file.is(extensions))
    }

    /// The file at `path`.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// A tree from (path, text) pairs: what the rules' tests plant their violations in.
    #[cfg(test)]
    pub fn planted(pairs: &[(&str, &str)]) -> Self {
        let file =
            |&(path, text): &(&str, &str)| File { path: path.into(), bytes: text.len() as u64, text: text.into() };
        Self { files: pairs.iter().map(file).collect() }
    }
}

fn git_paths(root: &Path) -> Option<Vec<String>> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").current_dir(root).args(arguments).output().ok()?;
    let listing = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| listing.split_terminator('\0').map(str::to_owned).collect())
}

fn walk(root: &Path, folder: &str, paths: &mut Vec<String>) -> io::Result<()> {
    for entry in std::fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        if !entry.file_type()?.is_dir() {
            paths.push(path);
        } else if !IGNORED.contains(&name.as_str()) {
            walk(root, &path, paths)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Tree;

    #[test]
    fn test_files_are_told_from_sources() {
        let tree = Tree::planted(&[("tests/a.py", ""), ("crates/x/tests/a.rs", ""), ("crates/x/src/a.rs", "")]);

        let verdicts: Vec<bool> = tree.files().iter().map(super::File::is_test).collect();

        assert_eq!(verdicts, [true, true, false]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        assert!(Tree::load(std::path::Path::new("no-such-folder")).is_err());
    }
}
