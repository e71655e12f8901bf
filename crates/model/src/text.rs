//! Short texts that travel inside commands: client order ids and symbols, inline and bounded.

use core::fmt;

/// Why a text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// No characters at all.
    Empty,
    /// More bytes than fit.
    TooLong {
        /// Length of the refused text in bytes.
        len: usize,
        /// Longest accepted text in bytes.
        max: usize,
    },
    /// A character outside printable ASCII (0x21 to 0x7E).
    NotPrintable {
        /// Where it stands, counted in bytes from 0.
        at: usize,
    },
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TextError::Empty => write!(f, "text is empty: give 1 or more printable characters"),
            TextError::TooLong { len, max } => write!(f, "text is too long: len={len} max={max}"),
            TextError::NotPrintable { at } => {
                write!(f, "text has a character outside printable ASCII at byte {at}")
            }
        }
    }
}

impl std::error::Error for TextError {}

fn check(text: &str, max: usize) -> Result<(), TextError> {
    let bytes = text.as_bytes();
    if bytes.is_empty() {
        return Err(TextError::Empty);
    }
    if bytes.len() > max {
        return Err(TextError::TooLong { len: bytes.len(), max });
    }
    match bytes.iter().position(|b| !b.is_ascii_graphic()) {
        Some(at) => Err(TextError::NotPrintable { at }),
        None => Ok(()),
    }
}

/// Bytes of storage: five words, so that texts are compared, hashed and copied by the word.
const SIZE: usize = 40;

/// How many bytes of the words are printable ASCII; `None` where one is neither that nor zero. Eight bytes at a time:
/// an addition to each byte carries into its highest bit exactly from a bound on, and never beyond it.
#[inline]
fn printable(words: &[u64; SIZE / 8]) -> Option<u8> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let (mut bad, mut count) = (0, 0);
    for word in words {
        let low = word & (0x7F * EACH);
        let nonzero = low.wrapping_add(0x7F * EACH) & (0x80 * EACH);
        let from_space = low.wrapping_add((0x80 - 0x21) * EACH) & (0x80 * EACH);
        let delete = low.wrapping_add(EACH) & (0x80 * EACH);
        bad |= word & (0x80 * EACH) | (nonzero ^ from_space) | delete;
        // The product's highest byte is the sum of all bytes: how many are not zero.
        count += (nonzero >> 7).wrapping_mul(EACH) >> 56;
    }
    if bad == 0 { u8::try_from(count).ok() } else { None }
}

/// By length, the masks that keep the first bytes of a text.
const HEADS: [[u64; SIZE / 8]; SIZE + 1] = {
    let mut heads = [[0; SIZE / 8]; SIZE + 1];
    let mut len = 1;
    while len <= SIZE {
        heads[len] = heads[len - 1];
        heads[len][(len - 1) / 8] |= 0xFF << (8 * ((len - 1) % 8));
        len += 1;
    }
    heads
};

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $max:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(align(8))]
        pub struct $name {
            /// The text, padded with zeros; the last byte is its length.
            bytes: [u8; SIZE],
        }

        impl $name {
            /// Longest text in bytes.
            pub const LEN_MAX: usize = $max;

            /// A placeholder that no text equals.
            pub const BLANK: Self = Self { bytes: [0; SIZE] };

            /// Checks and copies a text.
            ///
            /// # Errors
            /// [`TextError`] where it is empty, too long or not printable ASCII.
            pub fn new(text: &str) -> Result<Self, TextError> {
                check(text, $max)?;
                let mut bytes = [0; SIZE];
                bytes[..text.len()].copy_from_slice(text.as_bytes());
                bytes[SIZE - 1] = u8::try_from(text.len()).unwrap_or(u8::MAX);
                Ok(Self { bytes })
            }

            /// Reads a text from bytes padded with zeros; `None` where that is not what they are: where the first
            /// byte is zero, a byte is not printable ASCII, or a zero stands before a character.
            #[inline]
            pub fn from_padded(padded: &[u8; $max]) -> Option<Self> {
                let (whole, rest) = padded.as_chunks::<8>();
                let mut last = [0; 8];
                last[..rest.len()].copy_from_slice(rest);
                let mut words = [0; SIZE / 8];
                for (word, chunk) in words.iter_mut().zip(whole.iter().chain([&last])) {
                    *word = u64::from_le_bytes(*chunk);
                }
                let len = printable(&words)?;
                let head = &HEADS[usize::from(len)];
                if len == 0 || words.iter().zip(head).fold(0, |beyond, (word, mask)| beyond | (word & !mask)) != 0 {
                    return None;
                }
                let mut bytes = [0; SIZE];
                for (chunk, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(words) {
                    *chunk = word.to_le_bytes();
                }
                bytes[SIZE - 1] = len;
                Some(Self { bytes })
            }

            /// Whether it is the placeholder.
            #[inline]
            pub fn is_blank(&self) -> bool {
                self.bytes[SIZE - 1] == 0
            }

            /// The text padded with zeros.
            #[inline]
            pub fn padded(&self) -> [u8; $max] {
                let mut padded = [0; $max];
                padded.copy_from_slice(&self.bytes[..$max]);
                padded
            }

            /// The text and its length as words: equal exactly for equal texts.
            #[inline]
            pub fn words(&self) -> [u64; SIZE / 8] {
                let mut words = [0; SIZE / 8];
                for (word, chunk) in words.iter_mut().zip(self.bytes.as_chunks::<8>().0) {
                    *word = u64::from_le_bytes(*chunk);
                }
                words
            }

            /// The words of the first `len` bytes alone, zeros behind them.
            #[inline]
            pub fn head(&self, len: usize) -> [u64; SIZE / 8] {
                let mut words = self.words();
                for (word, mask) in words.iter_mut().zip(&HEADS[len.min(SIZE)]) {
                    *word &= mask;
                }
                words
            }

            /// The bytes, without padding.
            pub fn as_bytes(&self) -> &[u8] {
                &self.bytes[..usize::from(self.bytes[SIZE - 1])]
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                core::str::from_utf8(self.as_bytes()).expect("only ASCII is accepted by new")
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self.as_str(), f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

text! {
    /// A client's own id for an order or an amend (FIX 11): 1 to 36 printable characters, unique per account.
    ClOrdId, 36
}
text! {
    /// The name of an instrument, an asset or an account: 1 to 36 printable characters.
    Symbol, 36
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_id_keeps_its_text() {
        assert_eq!(ClOrdId::new("A-1").unwrap().as_str(), "A-1");
        assert_eq!(ClOrdId::new(&"x".repeat(36)).unwrap().as_bytes().len(), 36);
    }

    #[test]
    fn the_head_of_a_text_ignores_what_follows() {
        let of = |text: &str, len| ClOrdId::new(text).unwrap().head(len);

        assert_eq!(of("order-17", 6), of("order-2", 6));
        assert_ne!(of("order-17", 7), of("order-2", 7));
        assert_eq!(of("abc", 0), [0; 5]);
        assert_eq!(of(&"x".repeat(36), 36), of(&"x".repeat(36), 36));
    }

    #[test]
    fn a_padded_text_is_read_back_and_every_other_use_of_the_bytes_is_refused() {
        let padded = |text: &[u8]| {
            let mut bytes = [0; ClOrdId::LEN_MAX];
            bytes[..text.len()].copy_from_slice(text);
            ClOrdId::from_padded(&bytes)
        };

        for text in ["A", "order-17", &"x".repeat(36)] {
            let id = ClOrdId::new(text).unwrap();
            assert_eq!(padded(text.as_bytes()), Some(id));
            assert_eq!(ClOrdId::from_padded(&id.padded()), Some(id));
        }
        for bad in [&b""[..], b"\0A", b"A\0B", b"A ", b"A\x7f", b"caf\xe9", b"\n"] {
            assert_eq!(padded(bad), None, "{bad:?}");
        }
        for (at, byte) in (0..ClOrdId::LEN_MAX).flat_map(|at| (0..=255).map(move |byte| (at, byte))) {
            let mut bytes = [b'x'; ClOrdId::LEN_MAX];
            bytes[at] = byte;
            let is_text = (0x21..=0x7E).contains(&byte) || (byte == 0 && at == ClOrdId::LEN_MAX - 1);
            assert_eq!(ClOrdId::from_padded(&bytes).is_some(), is_text, "{at} {byte}");
        }
    }

    #[test]
    fn empty_long_and_unprintable_texts_are_refused() {
        assert_eq!(ClOrdId::new(""), Err(TextError::Empty));
        assert_eq!(ClOrdId::new(&"x".repeat(37)), Err(TextError::TooLong { len: 37, max: 36 }));
        assert_eq!(ClOrdId::new("a b"), Err(TextError::NotPrintable { at: 1 }));
        assert_eq!(Symbol::new("caf\u{e9}"), Err(TextError::NotPrintable { at: 3 }));
    }
}
