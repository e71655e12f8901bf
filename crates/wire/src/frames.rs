//! Cuts a stream of bytes into messages: each is preceded by its length, and a partial one waits whole.

use core::fmt;

use crate::header::HEADER_SIZE;

/// Bytes of the length in front of each message.
pub const PREFIX_SIZE: usize = 2;

/// A length that no message has: the stream is out of step and has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameError {
    /// The length that was announced.
    pub value: usize,
    /// The shortest message.
    pub min: usize,
    /// The longest message that is taken here.
    pub max: usize,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FrameError { value, min, max } = self;
        write!(f, "frame length out of range: value={value} min={min} max={max}; the connection has to be closed")
    }
}

impl std::error::Error for FrameError {}

/// The bytes of one connection that are not yet messages.
///
/// 1. A message is given out once and whole; of a partial one not even the length is consumed.
/// 2. Never holds more than one partial message beyond what one [`Frames::feed`] brought.
#[derive(Clone, Debug)]
pub struct Frames {
    bytes: Vec<u8>,
    /// Where the first message not yet given out starts.
    start: usize,
    len_max: usize,
}

impl Frames {
    /// Takes messages of up to `len_max` bytes, header included.
    pub fn new(len_max: u16) -> Self {
        Frames { bytes: Vec::new(), start: 0, len_max: usize::from(len_max) }
    }

    /// Adds bytes that arrived.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole message, or `None` until more bytes arrive.
    ///
    /// # Errors
    /// [`FrameError`] as soon as an impossible length is seen, and on every call after that.
    pub fn next_message(&mut self) -> Result<Option<&[u8]>, FrameError> {
        let rest = &self.bytes[self.start..];
        let Some((prefix, rest)) = rest.split_first_chunk::<PREFIX_SIZE>() else {
            return Ok(None);
        };
        let len = usize::from(u16::from_be_bytes(*prefix));
        if !(HEADER_SIZE..=self.len_max).contains(&len) {
            return Err(FrameError { value: len, min: HEADER_SIZE, max: self.len_max });
        }
        if rest.len() < len {
            return Ok(None);
        }
        let from = self.start + PREFIX_SIZE;
        self.start = from + len;
        Ok(Some(&self.bytes[from..from + len]))
    }

    /// Forgets the bytes that wait.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.start = 0;
    }

    /// Gives back the memory that what waits does not need.
    pub fn shrink(&mut self) {
        self.bytes.drain(..self.start);
        self.start = 0;
        self.bytes.shrink_to_fit();
    }

    /// How many bytes wait.
    pub fn pending(&self) -> usize {
        self.bytes.len() - self.start
    }
}

/// Appends a frame: runs `encode`, which appends one message, and puts its length in front.
///
/// # Errors
/// Those of `encode`; `out` is then as it was.
pub fn frame<E>(out: &mut Vec<u8>, encode: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<(), E> {
    let start = out.len();
    out.extend_from_slice(&[0; PREFIX_SIZE]);
    if let Err(error) = encode(out) {
        out.truncate(start);
        return Err(error);
    }
    let len = out.len() - start - PREFIX_SIZE;
    let prefix = u16::try_from(len);
    debug_assert!(prefix.is_ok(), "messages are bounded");
    let prefix = prefix.unwrap_or(u16::MAX).to_be_bytes();
    out[start..start + PREFIX_SIZE].copy_from_slice(&prefix);
    Ok(())
}
