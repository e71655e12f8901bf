//! One line of a scenario: words in order, and `key=value` options.

/// A line taken apart at its blanks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Words that stand for their place.
    pub words: Vec<String>,
    /// `key=value` words, in any order.
    pub options: Vec<(String, String)>,
}

impl Line {
    /// Takes a text apart.
    pub fn new(text: &str) -> Self {
        let mut line = Line::default();
        for word in text.split_whitespace() {
            match word.split_once('=') {
                Some((key, value)) => line.options.push((key.to_owned(), value.to_owned())),
                None => line.words.push(word.to_owned()),
            }
        }
        line
    }

    /// A word by its place.
    pub fn word(&self, at: usize) -> Result<&str, String> {
        self.words.get(at).map(String::as_str).ok_or_else(|| format!("word {} is missing", at + 1))
    }

    /// The value of an option.
    pub fn option(&self, key: &str) -> Option<&str> {
        self.options.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Whether a flag stands among the words.
    pub fn has(&self, flag: &str) -> bool {
        self.words.iter().any(|word| word == flag)
    }

    /// Refuses options that nobody reads.
    pub fn allow(&self, keys: &[&str]) -> Result<(), String> {
        match self.options.iter().find(|(key, _)| !keys.contains(&key.as_str())) {
            Some((key, _)) => Err(format!("unknown option {key}=")),
            None => Ok(()),
        }
    }

    /// Whether this expectation holds for a rendered event: the same words, and each option it names.
    pub fn holds_for(&self, rendered: &Line) -> bool {
        self.words == rendered.words && self.options.iter().all(|option| rendered.options.contains(option))
    }
}

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn an_expectation_holds_for_the_same_words_and_the_options_it_names() {
        let rendered = Line::new("trade A B 4 @ 100.00 fees=0.01,0.02 left=6,0");

        assert!(Line::new("trade A B 4 @ 100.00").holds_for(&rendered));
        assert!(Line::new("trade A B 4 @ 100.00 left=6,0").holds_for(&rendered));
        assert!(!Line::new("trade A B 4 @ 100.00 left=5,0").holds_for(&rendered));
        assert!(!Line::new("trade A B 5 @ 100.00").holds_for(&rendered));
        assert!(!Line::new("trade A B 4 @ 100.00 self_match").holds_for(&rendered));
    }
}
