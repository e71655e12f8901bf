//! What stops a sequencer for good, and what keeps one from opening; each with the exit code of the process.

use core::fmt;

/// Damaged or contradicting data: exit code 4.
pub const EXIT_DAMAGED: i32 = 4;
/// Data of a newer format or version: exit code 5.
pub const EXIT_VERSION: i32 = 5;
/// Another process holds the data directory: exit code 6.
pub const EXIT_LOCKED: i32 = 6;
/// The disk or the program failed: exit code 1.
pub const EXIT_FAILED: i32 = 1;

/// Why a data directory was not opened. Nothing in it was changed.
#[derive(Debug)]
pub enum OpenError {
    /// Another process has it open.
    Locked,
    /// Acknowledged bytes are damaged or missing (INV-16); the text names segment, offset and sequence.
    Damaged(String),
    /// It was written by a newer version; the text names both and what reads it.
    Version(String),
    /// Replay came to another state than the one that was recorded: the log, a snapshot or this build is wrong.
    Diverged {
        /// The command after which the states differ.
        seq: u64,
        /// The recorded hash.
        recorded: u64,
        /// The hash that replay gives.
        replayed: u64,
    },
    /// An option is out of range; the text names it, its value and its range.
    Option(String),
    /// The disk failed.
    Io(std::io::Error),
}

impl OpenError {
    /// The exit code of a process that stops for it (RELIABILITY 2.5).
    pub fn exit_code(&self) -> i32 {
        match self {
            OpenError::Locked => EXIT_LOCKED,
            OpenError::Damaged(_) | OpenError::Diverged { .. } => EXIT_DAMAGED,
            OpenError::Version(_) => EXIT_VERSION,
            OpenError::Option(_) => 2,
            OpenError::Io(_) => EXIT_FAILED,
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::Locked => write!(f, "the data directory is in use by another process; stop that one first"),
            OpenError::Damaged(what) => write!(f, "acknowledged data is damaged: {what}"),
            OpenError::Version(what) => write!(f, "data of another version: {what}"),
            OpenError::Diverged { seq, recorded, replayed } => write!(
                f,
                "replay differs from what was recorded: seq={seq} recorded={recorded:016x} replayed={replayed:016x}; \
                 run `fairlead verify-matching` with the version that wrote the log"
            ),
            OpenError::Option(what) => write!(f, "{what}"),
            OpenError::Io(error) => write!(f, "the disk failed: {error}"),
        }
    }
}

impl std::error::Error for OpenError {}

impl From<std::io::Error> for OpenError {
    fn from(error: std::io::Error) -> Self {
        OpenError::Io(error)
    }
}

/// A failure after which nothing may be acknowledged any more. The process must end with its exit code; what was
/// released before stays true, what was not may or may not be found again at the next start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fatal {
    /// A write or a sync failed. It is never tried again: the pages may be gone although the next sync succeeds.
    Disk(String),
    /// The shadow replayer came to another state than the core.
    Diverged {
        /// The command after which the states differ.
        seq: u64,
        /// The core's hash.
        core: u64,
        /// The shadow's hash.
        shadow: u64,
    },
    /// An earlier failure: every call after it says so.
    Poisoned(String),
}

impl Fatal {
    /// The exit code of the process that stops for it.
    pub fn exit_code(&self) -> i32 {
        match self {
            Fatal::Disk(_) | Fatal::Poisoned(_) => EXIT_FAILED,
            Fatal::Diverged { .. } => EXIT_DAMAGED,
        }
    }
}

impl fmt::Display for Fatal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fatal::Disk(what) => write!(f, "the disk failed, nothing is acknowledged any more: {what}"),
            Fatal::Diverged { seq, core, shadow } => {
                write!(f, "the shadow replayer differs: seq={seq} core={core:016x} shadow={shadow:016x}")
            }
            Fatal::Poisoned(what) => write!(f, "stopped by an earlier failure: {what}"),
        }
    }
}

impl std::error::Error for Fatal {}
