//! Bounded rings that hand values from one thread to another without locks on the way.
//!
//! | ring | producers | consumers | a value goes to |
//! |---|---|---|---|
//! | [`spsc`] | one | one | the consumer, moved |
//! | [`mpsc`] | many | one | the consumer, moved |
//! | [`broadcast`] | one | a fixed number | every consumer, by reference |
//!
//! Invariants:
//! 1. A cursor has one writer. A slot is written first and published after, by a `Release` store that readers `Acquire`
//!    (B-70); no reader can name a slot that is not published (B-71).
//! 2. A slot is used again only when every consumer has moved past it, which the producer `Acquire`s (B-71).
//! 3. A ring has a consumer from the beginning, and a handle that is dropped (by a panic, too) closes its side: nobody
//!    waits for a peer that is gone.
//! 4. Everything is bounded: capacity is a power of two fixed at the start, a full ring says so.
//!
//! The only crate of the core that writes `unsafe`; `tests/loom.rs` runs every ring through every interleaving of small
//! programs, `tests/threads.rs` through millions of real ones.

mod bell;
pub mod broadcast;
pub mod mpsc;
mod slots;
pub mod spsc;
mod sync;
mod wait;

pub use wait::Wait;

/// The largest capacity: one slot more has no place in half the cursor's range.
pub const CAPACITY_MAX: usize = 1 << 31;

/// The other side is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed;

impl core::fmt::Display for Closed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "the other side of the ring is gone")
    }
}

impl std::error::Error for Closed {}

/// Why a value was not taken; it comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken<T> {
    /// Every slot is in use.
    Full(T),
    /// Nobody would ever read it.
    Closed(T),
}

impl<T> NotTaken<T> {
    /// The value that was not taken.
    pub fn into_value(self) -> T {
        match self {
            NotTaken::Full(value) | NotTaken::Closed(value) => value,
        }
    }
}
