//! How a journal is to work: segment size, when a batch is committed, and what the hash chain is keyed with.

use std::str::FromStr;

use crate::frame::FRAME_BYTES_MAX;
use crate::segment::HEADER_BLOCK_BYTES;

/// Bytes kept free in each frame's share of a segment for the notes that go before it.
pub(crate) const NOTES_FRAME_BYTES_MAX: usize = 384;
/// The most records one batch may hold, whatever the mode says.
pub const BATCH_RECORDS_MAX: u32 = 65_536;
/// The smallest segment.
pub const SEGMENT_BYTES_MIN: u64 = 8_192;
/// The largest segment.
pub const SEGMENT_BYTES_MAX: u64 = 1 << 30;

/// How a journal works.
#[derive(Debug, Clone)]
pub struct Options {
    /// Bytes of a segment file: a multiple of 4,096 from [`SEGMENT_BYTES_MIN`] to [`SEGMENT_BYTES_MAX`].
    pub segment_bytes: u64,
    /// When a batch is written and synced.
    pub mode: Mode,
    /// Version of the meaning of the records, kept in every segment for the caller.
    pub semantic_version: u32,
    /// Identity a new store gets: 16 random bytes. A store that exists keeps its own.
    pub store_id: [u8; 16],
    /// Key of the hash chain; `None` for the plain hash. A store opens only with the key it was made with.
    pub chain_key: Option<[u8; 32]>,
}

impl Default for Options {
    fn default() -> Self {
        Self { segment_bytes: 64 << 20, mode: Mode::default(), semantic_version: 1, store_id: [0; 16], chain_key: None }
    }
}

impl Options {
    /// Says what is wrong, with the value, the limit and the fix.
    ///
    /// # Errors
    /// A segment size or a mode out of range.
    pub fn check(&self) -> Result<(), String> {
        let bytes = self.segment_bytes;
        if !(SEGMENT_BYTES_MIN..=SEGMENT_BYTES_MAX).contains(&bytes) || !bytes.is_multiple_of(4_096) {
            return Err(format!(
                "segment_bytes={bytes} min={SEGMENT_BYTES_MIN} max={SEGMENT_BYTES_MAX}; use a multiple of 4096 between them"
            ));
        }
        match self.mode {
            Mode::Group { max_n, .. } if !(1..=BATCH_RECORDS_MAX).contains(&max_n) => {
                Err(format!("max_n={max_n} min=1 max={BATCH_RECORDS_MAX}; use a number between them"))
            }
            Mode::Always | Mode::Group { .. } | Mode::Os => Ok(()),
        }
    }

    /// The most bytes a batch's frame of commands may have, its header included.
    pub(crate) fn batch_bytes_max(&self) -> usize {
        let segment = usize::try_from(self.segment_bytes).unwrap_or(usize::MAX);
        (segment - HEADER_BLOCK_BYTES - NOTES_FRAME_BYTES_MAX).min(FRAME_BYTES_MAX)
    }
}

/// When a batch is written and synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Each record by itself, synced before the next is taken.
    Always,
    /// Together what came while the disk was busy: at most `max_n` records, the first waiting for company `max_us`.
    Group {
        /// Microseconds the first record of a batch may wait; 0 commits as soon as the disk is free.
        max_us: u32,
        /// Records a batch may hold, from 1 to [`BATCH_RECORDS_MAX`].
        max_n: u32,
    },
    /// Written, not synced: survives the process, not the machine. Never to be called durable.
    Os,
}

impl Default for Mode {
    fn default() -> Self {
        Self::Group { max_us: 0, max_n: 4_096 }
    }
}

impl Mode {
    /// Whether what is committed survives a power cut.
    pub fn is_durable(self) -> bool {
        self != Self::Os
    }

    /// The most records a batch may hold.
    pub fn records_max(self) -> u32 {
        match self {
            Self::Always => 1,
            Self::Group { max_n, .. } => max_n,
            Self::Os => BATCH_RECORDS_MAX,
        }
    }

    /// Nanoseconds the first record of a batch may wait.
    pub fn wait_ns_max(self) -> u64 {
        match self {
            Self::Group { max_us, .. } => u64::from(max_us) * 1_000,
            Self::Always | Self::Os => 0,
        }
    }
}

impl FromStr for Mode {
    type Err = String;

    /// `always` or `EveryWrite`; `group`, `group(max_us,max_n)` or `Batched`, also `Batched(max_n)`; `os` or `None`.
    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || format!("mode={text} known=always,group(max_us,max_n),os,EveryWrite,Batched(max_n),None");
        let (word, arguments) = match text.split_once('(') {
            Some((word, rest)) => (word, Some(rest.strip_suffix(')').ok_or_else(refused)?)),
            None => (text, None),
        };
        let numbers = arguments.map(|list| list.split(',').map(|one| one.trim().parse::<u32>()).collect::<Vec<_>>());
        let default_us = u32::try_from(Self::default().wait_ns_max() / 1_000).unwrap_or(0);
        let mode = match (word.trim(), numbers.as_deref()) {
            ("always" | "EveryWrite", None) => Self::Always,
            ("os" | "None", None) => Self::Os,
            ("group" | "Batched", None) => Self::default(),
            ("group", Some([Ok(max_us), Ok(max_n)])) => Self::Group { max_us: *max_us, max_n: *max_n },
            ("Batched", Some([Ok(max_n)])) => Self::Group { max_us: default_us, max_n: *max_n },
            _ => return Err(refused()),
        };
        Options { mode, ..Options::default() }.check().map(|()| mode)
    }
}

#[cfg(test)]
mod tests {
    use super::{Mode, Options};

    #[test]
    fn modes_are_read_by_all_their_names() {
        let read = |text: &str| text.parse::<Mode>();

        assert_eq!(read("always"), Ok(Mode::Always));
        assert_eq!(read("EveryWrite"), Ok(Mode::Always));
        assert_eq!(read("group(150, 256)"), Ok(Mode::Group { max_us: 150, max_n: 256 }));
        assert_eq!(read("group"), Ok(Mode::default()));
        assert_eq!(read("Batched(10)").map(Mode::records_max), Ok(10));
        assert_eq!(read("os"), Ok(Mode::Os));
        assert_eq!(read("None"), Ok(Mode::Os));
    }

    /// B-65: a batch of none can never be full and never be empty.
    #[test]
    fn a_mode_that_cannot_be_is_refused_with_the_known_ones() {
        for text in ["", "sometimes", "group(1)", "group(1,2", "always(1)", "group(x,2)", "group(-1,2)"] {
            assert!(text.parse::<Mode>().is_err_and(|error| error.contains("known=always")), "{text}");
        }
        assert!("Batched(0)".parse::<Mode>().is_err_and(|error| error.starts_with("max_n=0 min=1")));
        assert!("group(0,65537)".parse::<Mode>().is_err());
    }

    #[test]
    fn a_segment_size_at_its_limits_is_taken_and_one_beyond_them_is_not() {
        let check = |segment_bytes| Options { segment_bytes, ..Options::default() }.check();

        assert_eq!([8_192, 1 << 30].map(|bytes| check(bytes).is_ok()), [true, true]);
        assert_eq!([0, 4_096, 8_193, (1 << 30) + 4_096].map(|bytes| check(bytes).is_ok()), [false; 4]);
    }

    #[test]
    fn only_what_is_synced_is_called_durable() {
        assert_eq!([Mode::Always, Mode::default(), Mode::Os].map(Mode::is_durable), [true, true, false]);
    }
}
