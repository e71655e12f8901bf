//! Halting and band rules as pure functions of prints and quotes: what may print, and when trading stops.
//!
//! Every time is an argument in nanoseconds and every price a mantissa; nothing here reads a clock, draws a number or
//! rounds in secret. The same rules serve the engine, which asks before it prints, and [`Watch`], which observes
//! recordings that others printed.
//!
//! Invariants:
//! 1. A price that was refused is never observed: the price that tripped a rule is no reference for what follows.
//! 2. Time never runs backwards: an event older than the newest one counts as happening with it.
//! 3. A [`Band`] is closed: both its ends may print.

mod band;
mod dynamic;
mod extremes;
mod hours;
mod luld;
mod market_wide;
mod rearm;
mod recent;
mod reopening;
mod rule_sets;
mod sanity;
mod spread;
mod volatility;
mod watch;

pub use band::Band;
pub use dynamic::DynamicBreaker;
pub use extremes::{Extremes, Print};
pub use hours::Hours;
pub use luld::{LimitMachine, LuldState, LuldTerms, ReferencePrice, Tier, luld_band};
pub use market_wide::{MarketAction, MarketDecline, MarketWide};
pub use rearm::Rearm;
pub use recent::{RECENT_S, RecentTrades, TradedSecond, is_recent, sane_middle};
pub use reopening::Schedule;
pub use rule_sets::{
    DynamicRules, DynamicWatch, LuldRules, LuldWatch, MarketWideRules, MarketWideWatch, RuleError, RuleSet, Sight,
    Venue, Watcher, Watchers,
};
pub use sanity::{BandRefusal, Guard};
pub use spread::SpreadBreaker;
pub use volatility::Volatility;
pub use watch::{Counts, Watch, WouldHalt};
