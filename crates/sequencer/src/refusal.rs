//! Why a command is not taken. Nothing was written and nothing was changed.

use core::fmt;

/// A command that was refused before it got a place in the sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// As many commands wait as may. Send again after the next answers.
    QueueFull {
        /// How many wait, and may.
        queue_max: usize,
    },
    /// The disk is full. Orders are refused; cancels, mass cancels, halts and kill switches are taken. Ends by itself when
    /// there is room again.
    DiskFull,
    /// The command has no encoding: longer than a record may be.
    TooLarge {
        /// Its encoded size in bytes.
        size: usize,
        /// The largest that fits.
        size_max: usize,
    },
    /// The command cannot be written: a list is longer than the format allows, or a text is empty.
    NoEncoding {
        /// The field that has no place in the format.
        field: &'static str,
    },
    /// The sequencer has stopped for good after a failure; restart the process.
    Stopped,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::QueueFull { queue_max } => {
                write!(f, "too many commands wait: queue_max={queue_max}; send again after the next answers")
            }
            Refusal::DiskFull => {
                write!(f, "the disk is full: new orders are refused, cancels and halts are taken; free some space")
            }
            Refusal::TooLarge { size, size_max } => write!(f, "command too large: size={size} size_max={size_max}"),
            Refusal::NoEncoding { field } => write!(f, "the command cannot be written: field={field} has no encoding"),
            Refusal::Stopped => write!(f, "the sequencer has stopped after a failure; restart the process"),
        }
    }
}

impl std::error::Error for Refusal {}
