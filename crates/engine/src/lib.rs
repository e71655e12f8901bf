//! The outcome of one sequenced command.
