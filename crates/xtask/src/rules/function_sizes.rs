//! A function has at most 70 lines, from its `fn` or `def` to its end.

use crate::code::code_only;
use crate::rules::ratchet::{Sized, compare};
use crate::tree::{File, Tree};
use crate::violation::Violation;

const LINES_MAX: usize = 70;

pub fn check(tree: &Tree) -> Vec<Violation> {
    let rust = tree.with_extension(&["rs"]).flat_map(rust_functions);
    let python = tree.with_extension(&["py"]).flat_map(python_functions);
    let measured: Vec<Sized> = rust.chain(python).collect();
    compare(tree, "function", &measured, "keep the branches here and move straight lines out")
}

fn sized(file: &File, line: usize, name: &str, lines: usize) -> Sized {
    Sized { path: file.path.clone(), line, name: name.to_owned(), lines, lines_max: LINES_MAX }
}

/// The name after `keyword` where the line defines a function.
fn defined_name<'a>(line: &'a str, keyword: &str) -> Option<&'a str> {
    let at = line.find(keyword)?;
    let starts_word = !line[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
    let name = line[at + keyword.len()..].trim_start();
    let end = name.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(name.len());
    (starts_word && end > 0).then(|| &name[..end])
}

fn rust_functions(file: &File) -> Vec<Sized> {
    let found = functions(&code_only(&file.text));
    found.into_iter().map(|function| sized(file, function.line, &function.name, function.lines)).collect()
}

/// A function of Rust code.
pub(super) struct Function {
    pub(super) name: String,
    /// Its first line, and how many it has.
    pub(super) line: usize,
    pub(super) lines: usize,
}

/// The functions of Rust code without comments and strings, in order of their first lines.
pub(super) fn functions(code: &str) -> Vec<Function> {
    let lines: Vec<&str> = code.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        if let (Some(name), Some(length)) = (defined_name(line, "fn "), rust_length(&lines[start..])) {
            found.push(Function { name: name.to_owned(), line: start + 1, lines: length });
        }
    }
    found
}

/// Lines from a `fn` to the brace that closes its body; `None` for one without a body.
fn rust_length(lines: &[&str]) -> Option<usize> {
    let (mut braces, mut brackets, mut opened) = (0_isize, 0_isize, false);
    for (index, line) in lines.iter().enumerate() {
        let from = if index == 0 { line.find("fn ").unwrap_or(0) } else { 0 };
        for letter in line[from..].chars() {
            match letter {
                '(' | '[' => brackets += 1,
                ')' | ']' => brackets -= 1,
                '{' => (braces, opened) = (braces + 1, true),
                '}' => braces -= 1,
                ';' if !opened && brackets == 0 => return None,
                _ => {}
            }
            if opened && braces == 0 {
                return Some(index + 1);
            }
        }
    }
    None
}

fn python_functions(file: &File) -> Vec<Sized> {
    let lines: Vec<&str> = file.text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let head = line.trim_start();
        if !(head.starts_with("def ") || head.starts_with("async def ")) {
            continue;
        }
        let Some(name) = defined_name(head, "def ") else {
            continue;
        };
        let body = lines[start + 1..].iter().take_while(|next| {
            let closes_head = next.trim_start().starts_with(')');
            next.trim().is_empty() || indent(next) > indent(line) || (closes_head && indent(next) == indent(line))
        });
        let last = body.enumerate().filter(|(_, next)| !next.trim().is_empty()).last();
        found.push(sized(file, start + 1, name, last.map_or(1, |(index, _)| index + 2)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::Tree;

    fn found(path: &str, text: &str) -> Vec<String> {
        check(&Tree::planted(&[(path, text)])).iter().map(|one| format!("{}:{}", one.line, one.what)).collect()
    }

    #[test]
    fn a_rust_function_one_line_over_is_refused_and_one_at_the_limit_is_not() {
        let body = |lines: usize| {
            format!("//! x\nimpl A {{\n    pub fn f(x: [u8; 2]) {{\n{}    }}\n}}\n", "a('{');\n".repeat(lines))
        };

        assert_eq!(found("a.rs", &body(68)), [""; 0]);
        assert_eq!(found("a.rs", &body(69)), ["3:f 71 lines, limit 70"]);
    }

    #[test]
    fn a_rust_declaration_without_a_body_has_no_size() {
        let text = format!(
            "trait A {{\n    fn f(&self, x: [u8; 2]);\n    fn g(&self);\n}}\n{}",
            "const X: u8 = 1;\n".repeat(80)
        );

        assert_eq!(found("a.rs", &text), [""; 0]);
    }

    #[test]
    fn a_python_function_one_line_over_is_refused_and_one_at_the_limit_is_not() {
        let body = |lines: usize| {
            format!("class A:\n    def f(\n        self,\n    ) -> None:\n{}\n\nx = 1\n", "        a()\n".repeat(lines))
        };

        assert_eq!(found("a.py", &body(67)), [""; 0]);
        assert_eq!(found("a.py", &body(68)), ["2:f 71 lines, limit 70"]);
    }
}
