//! Limit Up-Limit Down: price bands, the reference price they are around, and the limit state.
//!
//! Source: Plan to Address Extraordinary Market Volatility (LULD Plan), Sections V to VII and Appendix A as of
//! Amendment 18, which doubles bands before the close only, and only for Tier 1 and for Tier 2 at or below $3.

mod bands;
mod reference;
mod state;

pub use bands::{LuldTerms, Tier, luld_band};
pub use reference::ReferencePrice;
pub use state::{LimitMachine, LuldState};
