//! The single-writer loop: stamp, append, sync, apply, release.
//!
//! `Sequencer<D: Disk>` is poll-style and owns no thread, clock or socket, so that a simulator drives exactly the code
//! that runs in production:
//!
//! * `open(disk, options, now_ns) -> Result<(Self, Recovered), OpenError>` recovers and checks;
//! * `submit(origin, &command) -> Result<(), Refusal>` takes a command, bounded; nothing is decided yet. `origin` is kept
//!   in the log beside the command and comes back with its outcome, also in [`Recovered`] replay;
//! * `step(now_ns) -> Result<Released, Fatal>` stamps and journals what waits, makes it durable, applies it and gives
//!   the outcomes.
//!
//! Invariants:
//! 1. (INV-11) The writer owns the sequence: one number a command, without gaps.
//! 2. (INV-12) Time is logical and strictly increases ([`LogicalClock`]).
//! 3. (INV-15) Nothing is released before its command is durable.
//! 4. A failed write or sync ends it: no call after that succeeds.

mod clock;
mod core;
mod failure;
mod genesis;
mod hold;
mod lines;
mod options;
mod priority;
mod rebuild;
mod recovered;
mod refusal;
mod released;
mod reread;
mod sequencer;
mod shadow;
mod snapshot;
mod step;
mod upkeep;
mod verify;

pub use clock::LogicalClock;
pub use failure::{EXIT_USAGE, Fatal, OpenError};
pub use genesis::{GENESIS_KIND, Genesis};
pub use hold::Hold;
pub use options::Options;
pub use priority::takes_risk_away;
pub use rebuild::Watch;
pub use recovered::{Recovered, Warning};
pub use refusal::Refusal;
pub use released::{Outbox, Outcome, Released, TICK_ORIGIN};
pub use reread::Reread;
pub use sequencer::Sequencer;
pub use shadow::{Progress, Shadow, Taken};
pub use upkeep::{Upkeep, Upkept};
pub use verify::{Verified, verify_matching};
