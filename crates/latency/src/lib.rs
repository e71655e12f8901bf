//! Where the time of a command goes: stages, their histograms, and a clock cheap enough to stamp with.
//!
//! Nothing here decides anything: who stamps is the gateway, who publishes is the venue. The stages are defined in
//! `docs/reference/latency.md`.

mod clock;
mod record;
mod report;
mod stage;

pub use clock::StageClock;
pub use record::{Record, STAGE_NS_MAX, Times};
pub use report::{Report, State, Summary};
pub use stage::Stage;
