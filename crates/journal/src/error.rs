//! What can go wrong, each with the exit code the process ends with and the way to mend it.

use std::fmt;
use std::io;

use crate::segment::FORMAT;

/// Exit code of `verify` where the last commit never finished, and of a directory without a store.
pub const EXIT_TORN: u8 = 3;
/// Exit code of damage, of a replay that differs, and of options that cannot be.
pub const EXIT_DAMAGE: u8 = 4;
/// Exit code of a disk that cannot be used, a failed sync included, and of a newer format.
pub const EXIT_UNAVAILABLE: u8 = 5;
/// Exit code of a directory another process holds.
pub const EXIT_LOCKED: u8 = 6;

/// Something the disk would not do.
#[derive(Debug)]
pub struct DiskError {
    /// What was tried, as in "sync".
    pub doing: &'static str,
    /// The file it was tried on.
    pub name: String,
    /// What the system said.
    pub error: io::Error,
}

impl DiskError {
    pub(crate) fn of(doing: &'static str, name: &str) -> impl FnOnce(io::Error) -> Self {
        let name = name.to_owned();
        move |error| Self { doing, name, error }
    }

    /// Whether the disk, or the table of open files, is merely full: nothing is in doubt, and it may pass.
    ///
    /// A failed sync never counts: what it was to make durable is in doubt whatever the reason.
    pub fn is_shortage(&self) -> bool {
        !self.is_failed_sync() && is_shortage(&self.error)
    }

    /// Whether what was to be made durable may or may not be.
    pub fn is_failed_sync(&self) -> bool {
        self.doing == SYNC
    }
}

/// The word for making durable, in [`DiskError::doing`].
pub(crate) const SYNC: &str = "sync";

/// ENOSPC, EDQUOT, EMFILE or ENFILE.
pub(crate) fn is_shortage(error: &io::Error) -> bool {
    const ENFILE: i32 = 23;
    const EMFILE: i32 = 24;
    let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    full || matches!(error.raw_os_error(), Some(ENFILE | EMFILE))
}

impl fmt::Display for DiskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}: file={} error={}", self.doing, self.name, self.error)
    }
}

impl std::error::Error for DiskError {}

/// Bytes that were acknowledged, or counted on, and are not what they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The file.
    pub file: String,
    /// Where in it, in bytes.
    pub offset: u64,
    /// The first sequence number that cannot be trusted any more.
    pub seq: u64,
    /// What was found.
    pub what: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, offset, seq, what } = self;
        write!(f, "journal damaged: file={file} offset={offset} seq={seq}: {what}; restore the file from a copy, or ")?;
        write!(f, "look with `fairlead journal verify` and give up what follows with `fairlead journal cut`")
    }
}

/// Why a journal did not open. Nothing was given up: the files are as they were.
#[derive(Debug)]
pub enum OpenError {
    /// There is no store to look at.
    NoStore,
    /// Another process holds the directory.
    Locked,
    /// Bytes that were acknowledged are not there any more.
    Damaged(Damage),
    /// The file says it was written by a program that knows more than this one.
    Newer {
        /// The file.
        file: String,
        /// What is newer, as in "format version".
        what: &'static str,
        /// The value found.
        found: u64,
        /// The highest value known.
        known: u64,
    },
    /// The caller's state refused a record: unknown, or another state hash than was logged.
    Replay {
        /// The record's sequence number.
        seq: u64,
        /// What the caller said.
        what: String,
    },
    /// The disk would not do something.
    Disk(DiskError),
    /// The options cannot be.
    Options(String),
}

impl OpenError {
    pub(crate) fn newer_format(file: String, found: u32) -> Self {
        Self::Newer { file, what: "format", found: found.into(), known: FORMAT.into() }
    }

    /// The code the process ends with.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoStore => EXIT_TORN,
            Self::Locked => EXIT_LOCKED,
            Self::Damaged(_) | Self::Replay { .. } | Self::Options(_) => EXIT_DAMAGE,
            Self::Newer { .. } | Self::Disk(_) => EXIT_UNAVAILABLE,
        }
    }
}

impl From<DiskError> for OpenError {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}

/// A journal that stopped while it was opened.
impl From<Fatal> for OpenError {
    fn from(fatal: Fatal) -> Self {
        let error = io::Error::other(fatal.what);
        Self::Disk(DiskError { doing: SYNC, name: "the directory".into(), error })
    }
}

impl From<Damage> for OpenError {
    fn from(damage: Damage) -> Self {
        Self::Damaged(damage)
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoStore => write!(f, "no journal here: there is no MANIFEST; name the directory that holds one"),
            Self::Locked => write!(f, "journal locked: another process has this directory open; stop it first"),
            Self::Damaged(damage) => damage.fmt(f),
            Self::Newer { file, what, found, known } => write!(
                f,
                "journal is newer than this program: file={file} {what}={found} known={known}; use the newer program"
            ),
            Self::Replay { seq, what } => write!(
                f,
                "replay differs: seq={seq}: {what}; use the program that wrote it, or restore the directory from a copy"
            ),
            Self::Disk(error) => error.fmt(f),
            Self::Options(what) => write!(f, "journal options: {what}"),
        }
    }
}

impl std::error::Error for OpenError {}

/// What was to be made durable is in doubt: acknowledge nothing more and end the process.
///
/// The journal answers the same value to every later call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fatal {
    /// What failed, on which file, and what the system said.
    pub what: String,
}

impl Fatal {
    /// The code the process ends with.
    pub fn exit_code(&self) -> u8 {
        EXIT_UNAVAILABLE
    }
}

impl From<DiskError> for Fatal {
    fn from(error: DiskError) -> Self {
        Self { what: error.to_string() }
    }
}

impl fmt::Display for Fatal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "journal stopped: {}; nothing after it is acknowledged, start again once the disk is sound",
            self.what
        )
    }
}

impl std::error::Error for Fatal {}

/// Why a record was not taken. Nothing changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppendError {
    /// The batch is full: commit first.
    BatchFull,
    /// No space is left: see [`crate::Room`].
    NoRoom,
    /// The record is longer than a frame can hold.
    TooLong {
        /// Bytes of the body.
        bytes: usize,
        /// The most it may have.
        bytes_max: usize,
    },
    /// The journal stopped.
    Fatal(Fatal),
}

impl fmt::Display for AppendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BatchFull => write!(f, "batch full: commit it first"),
            Self::NoRoom => write!(f, "journal full: no segment could be prepared; free disk space"),
            Self::TooLong { bytes, bytes_max } => {
                write!(f, "record too long: bytes={bytes} max={bytes_max}; use larger segments or a shorter record")
            }
            Self::Fatal(fatal) => fatal.fmt(f),
        }
    }
}

impl std::error::Error for AppendError {}

/// Why a batch is not committed.
#[derive(Debug)]
pub enum CommitError {
    /// The disk is full and nothing of the batch is written; it is kept, to be committed again or discarded.
    NoSpace(DiskError),
    /// The journal stopped.
    Fatal(Fatal),
}

impl From<Fatal> for CommitError {
    fn from(fatal: Fatal) -> Self {
        Self::Fatal(fatal)
    }
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSpace(error) => write!(f, "disk full, batch not written: {error}; free disk space"),
            Self::Fatal(fatal) => fatal.fmt(f),
        }
    }
}

impl std::error::Error for CommitError {}
