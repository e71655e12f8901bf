//! Rust source with comments, strings and characters blanked out, so that rules count braces and words of code only.

/// Returns `source` with the same lines, in which everything that is not code is a space.
pub fn code_only(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    while at < chars.len() {
        let end = token_end(&chars, at);
        if let Some(end) = end {
            for &skipped in &chars[at..end] {
                out.push(if skipped == '\n' { '\n' } else { ' ' });
            }
            at = end;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

/// Where the comment, string or character literal that begins at `at` ends; `None` where code begins.
fn token_end(chars: &[char], at: usize) -> Option<usize> {
    let next = chars.get(at + 1).copied();
    let follows_word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    match chars[at] {
        '/' if next == Some('/') => Some(find(chars, at, |window| window == '\n').unwrap_or(chars.len())),
        '/' if next == Some('*') => Some(block_comment_end(chars, at)),
        '"' => Some(string_end(chars, at + 1)),
        'r' if !follows_word => raw_string_end(chars, at + 1),
        '\'' => character_end(chars, at),
        _ => None,
    }
}

fn find(chars: &[char], from: usize, is: impl Fn(char) -> bool) -> Option<usize> {
    (from..chars.len()).find(|&index| is(chars[index]))
}

fn block_comment_end(chars: &[char], at: usize) -> usize {
    let (mut depth, mut index) = (0_usize, at);
    while index + 1 < chars.len() {
        match (chars[index], chars[index + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                index += 1;
                continue;
            }
        }
        index += 2;
        if depth == 0 {
            return index;
        }
    }
    chars.len()
}

fn string_end(chars: &[char], from: usize) -> usize {
    let mut index = from;
    while index < chars.len() {
        match chars[index] {
            '\\' => index += 2,
            '"' => return index + 1,
            _ => index += 1,
        }
    }
    chars.len()
}

fn raw_string_end(chars: &[char], from: usize) -> Option<usize> {
    let hashes = chars[from..].iter().take_while(|&&found| found == '#').count();
    if chars.get(from + hashes) != Some(&'"') {
        return None;
    }
    let body = from + hashes + 1;
    let closes =
        |&index: &usize| chars[index] == '"' && (1..=hashes).all(|offset| chars.get(index + offset) == Some(&'#'));
    Some((body..chars.len()).find(closes).map_or(chars.len(), |index| index + 1 + hashes))
}

/// A character literal, told from a lifetime by its closing quote.
fn character_end(chars: &[char], at: usize) -> Option<usize> {
    if chars.get(at + 1) == Some(&'\\') {
        return find(chars, at + 3, |found| found == '\'').map(|index| index + 1);
    }
    (chars.get(at + 2) == Some(&'\'')).then_some(at + 3)
}

#[cfg(test)]
mod tests {
    use super::code_only;

    #[test]
    fn comments_strings_and_characters_are_blanked_and_lines_kept() {
        let source = "a(\"{\", '{', '\\'', r#\"{\"{\"#); // {\n/* { /* { */\n{ */ b";

        let code = code_only(source);

        assert_eq!(code.split_whitespace().collect::<Vec<_>>(), ["a(", ",", ",", ",", ");", "b"]);
        assert_eq!(code.lines().count(), 3);
    }

    #[test]
    fn a_lifetime_is_code() {
        assert_eq!(code_only("fn f<'a>(x: &'a str) {}"), "fn f<'a>(x: &'a str) {}");
    }
}
