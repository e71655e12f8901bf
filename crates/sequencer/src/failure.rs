//! What stops a sequencer for good, and what keeps one from opening; each with the exit code of the process.

use core::fmt;

/// The exit code where options are wrong.
pub const EXIT_USAGE: u8 = 2;

/// Why a data directory was not opened. Nothing in it was given up.
#[derive(Debug)]
pub enum OpenError {
    /// Another process has it open.
    Locked,
    /// Acknowledged bytes are damaged or missing (INV-16); the text names file, offset and sequence.
    Damaged(String),
    /// It was written by a newer version; the text names both.
    Version(String),
    /// Replay came to another state than the one that was recorded: the log, a snapshot or this build is wrong.
    Diverged {
        /// The record after which the states differ.
        seq: u64,
        /// The recorded hash.
        recorded: u64,
        /// The hash that replay gives.
        replayed: u64,
    },
    /// An option is out of range; the text names it, its value and its range.
    Option(String),
    /// The disk failed.
    Disk(String),
}

impl OpenError {
    /// The exit code of a process that stops for it (RELIABILITY 2.5).
    pub fn exit_code(&self) -> u8 {
        match self {
            OpenError::Locked => journal::EXIT_LOCKED,
            OpenError::Damaged(_) | OpenError::Diverged { .. } => journal::EXIT_DAMAGE,
            OpenError::Version(_) | OpenError::Disk(_) => journal::EXIT_UNAVAILABLE,
            OpenError::Option(_) => EXIT_USAGE,
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::Locked => write!(f, "the data directory is in use by another process; stop that one first"),
            OpenError::Diverged { seq, recorded, replayed } => write!(
                f,
                "replay differs from what was recorded: seq={seq} recorded={recorded:016x} replayed={replayed:016x}; \
                 use the program that wrote it, or restore the directory from a copy"
            ),
            OpenError::Damaged(what) | OpenError::Version(what) | OpenError::Option(what) | OpenError::Disk(what) => {
                f.write_str(what)
            }
        }
    }
}

impl std::error::Error for OpenError {}

impl From<journal::OpenError> for OpenError {
    fn from(error: journal::OpenError) -> Self {
        let text = error.to_string();
        match error {
            journal::OpenError::Locked => OpenError::Locked,
            journal::OpenError::Damaged(_) | journal::OpenError::Replay { .. } => OpenError::Damaged(text),
            journal::OpenError::Newer { .. } => OpenError::Version(text),
            journal::OpenError::Disk(_) | journal::OpenError::NoStore => OpenError::Disk(text),
            journal::OpenError::Options(_) => OpenError::Option(text),
        }
    }
}

impl From<Fatal> for OpenError {
    fn from(fatal: Fatal) -> Self {
        OpenError::Disk(fatal.to_string())
    }
}

/// A failure after which nothing may be acknowledged any more. The process must end with its exit code; what was
/// released before stays true, what was not may or may not be found again at the next start. Every later call gives
/// the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fatal {
    /// A write or a sync failed. It is never tried again: the pages may be gone although the next sync succeeds.
    Disk(String),
    /// The shadow replayer came to another state than the core.
    Diverged {
        /// The record after which the states differ.
        seq: u64,
        /// The core's hash.
        core: u64,
        /// The shadow's hash.
        shadow: u64,
    },
}

impl Fatal {
    /// The exit code of the process that stops for it.
    pub fn exit_code(&self) -> u8 {
        match self {
            Fatal::Disk(_) => journal::EXIT_UNAVAILABLE,
            Fatal::Diverged { .. } => journal::EXIT_DAMAGE,
        }
    }
}

impl fmt::Display for Fatal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fatal::Disk(what) => f.write_str(what),
            Fatal::Diverged { seq, core, shadow } => write!(
                f,
                "the shadow replayer differs from the core: seq={seq} core={core:016x} shadow={shadow:016x}; \
                 stop, keep the directory, run `fairlead verify-matching`"
            ),
        }
    }
}

impl std::error::Error for Fatal {}

impl From<journal::Fatal> for Fatal {
    fn from(fatal: journal::Fatal) -> Self {
        Fatal::Disk(fatal.to_string())
    }
}
