//! A client's copy of a channel: a snapshot, then deltas in sequence; a gap is an error, never a guess.

use std::fmt;

use model::{InstrumentId, TradingState};

use crate::feed::{Body, Depth, Inconsistent, Indication, Update, View};

/// Trading state and auction, as every channel tells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// The trading state.
    pub state: TradingState,
    /// The latest indication of the running auction.
    pub indication: Option<Indication>,
}

impl Default for Status {
    fn default() -> Self {
        Self { state: TradingState::PreListed, indication: None }
    }
}

impl Status {
    /// Takes what a message says about state and auction; an indication lasts until its auction or state ends.
    pub(crate) fn absorb(&mut self, body: &Body) {
        match body {
            Body::State(state) => *self = Self { state: *state, indication: None },
            Body::Indicative(indication) => self.indication = Some(*indication),
            Body::Uncrossed(_) => self.indication = None,
            Body::Book(_) | Body::Traded(_) | Body::Checksum(_) => {}
        }
    }
}

/// A channel's state after message `seq`.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot<V> {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// Which run of the publisher.
    pub epoch: u32,
    /// The last message it contains, 0 where there was none yet.
    pub seq: u64,
    /// Trading state and auction.
    pub status: Status,
    /// The book.
    pub view: V,
}

/// Why an update was refused; the replica is unchanged.
///
/// After a [`FeedError::Gap`] either the missing messages follow (they are applied in order), or a new snapshot is
/// needed. Every other error needs a new snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedError {
    /// The update is of another instrument or depth.
    WrongChannel {
        /// Instrument of the update.
        instrument: InstrumentId,
        /// Depth of the update.
        depth: Depth,
    },
    /// The publisher started again, or the update is from before.
    WrongEpoch {
        /// Epoch of the replica.
        expected: u32,
        /// Epoch of the update.
        got: u32,
    },
    /// Messages are missing.
    Gap {
        /// The last message applied, which the update should follow.
        expected: u64,
        /// The message it does follow.
        got: u64,
    },
    /// The delta does not fit the book.
    Inconsistent(Inconsistent),
    /// The replica's book is not the publisher's.
    Checksum {
        /// CRC-32 of the replica.
        ours: u32,
        /// CRC-32 in the message.
        theirs: u32,
    },
}

impl fmt::Display for FeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongChannel { instrument, depth } => {
                write!(f, "update of another channel: instrument={instrument} depth={depth:?}")
            }
            Self::WrongEpoch { expected, got } => write!(f, "wrong epoch: expected={expected} got={got}"),
            Self::Gap { expected, got } => write!(f, "gap: expected prev_seq={expected} got={got}"),
            Self::Inconsistent(reason) => reason.fmt(f),
            Self::Checksum { ours, theirs } => write!(f, "checksum differs: ours={ours:08x} theirs={theirs:08x}"),
        }
    }
}

impl std::error::Error for FeedError {}

/// What an update did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It was the next one.
    Next,
    /// The replica contains it already; nothing changed.
    Stale,
}

/// A client's copy of one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Replica<V> {
    state: Snapshot<V>,
}

impl<V: View> Replica<V> {
    /// Starts from a snapshot. Updates that were buffered while it was fetched may follow, old ones included.
    #[must_use]
    pub fn new(snapshot: Snapshot<V>) -> Self {
        Self { state: snapshot }
    }

    /// Applies an update.
    ///
    /// # Errors
    /// See [`FeedError`].
    pub fn apply(&mut self, update: &Update) -> Result<Applied, FeedError> {
        let Update { instrument, depth, epoch, seq, prev_seq, ts_ns: _, body } = update;
        if *instrument != self.state.instrument || *depth != V::DEPTH {
            return Err(FeedError::WrongChannel { instrument: *instrument, depth: *depth });
        }
        if *epoch != self.state.epoch {
            return Err(FeedError::WrongEpoch { expected: self.state.epoch, got: *epoch });
        }
        if *seq <= self.state.seq {
            return Ok(Applied::Stale);
        }
        if *prev_seq != self.state.seq {
            return Err(FeedError::Gap { expected: self.state.seq, got: *prev_seq });
        }
        match body {
            Body::Book(delta) => self.state.view.apply(delta).map_err(FeedError::Inconsistent)?,
            Body::Checksum(theirs) => self.compare(*theirs)?,
            Body::Traded(_) | Body::State(_) | Body::Indicative(_) | Body::Uncrossed(_) => {}
        }
        self.state.status.absorb(body);
        self.state.seq = *seq;
        Ok(Applied::Next)
    }

    fn compare(&self, theirs: u32) -> Result<(), FeedError> {
        let ours = self.state.view.checksum();
        if ours == theirs { Ok(()) } else { Err(FeedError::Checksum { ours, theirs }) }
    }

    /// The book.
    #[must_use]
    pub fn view(&self) -> &V {
        &self.state.view
    }

    /// All of its state, as a snapshot.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot<V> {
        &self.state
    }

    /// The last message applied.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.state.seq
    }
}
