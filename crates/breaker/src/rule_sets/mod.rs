//! Rule sets as configuration: each watches a running exchange and says which commands it wants.
//!
//! A rule set is given what happened ([`model::Event`]), what there is to see afterwards ([`Sight`]) and the time, and
//! answers with commands of the exchange: bands, halts, breaker rules. It knows no engine. [`Watchers`] drives any exchange
//! behind [`Venue`]; the commands it adds go through the same sequence as all others.
//!
//! Invariants:
//! 1. The state of a rule set depends only on its configuration, on the commands applied since it was attached, their
//!    times and their events: whoever replays them gets the same state and the same wishes.
//! 2. A wish is uttered once. One that the exchange refuses is not repeated until something changes it.
//! 3. Before a command, everything that is due by its time has been asked for and done.

mod dynamic;
mod luld;
mod market_wide;
mod watchers;

use model::{
    BreakerRules, Command, InstrumentId, PRICE_MAX, Price, Reopening, SetBands, SpreadRule, StaticReference,
    TradingState, Window,
};

use crate::band::Band;
use crate::hours::Hours;

pub use dynamic::{DynamicRules, DynamicWatch};
pub use luld::{LuldRules, LuldWatch};
pub use market_wide::{MarketWideRules, MarketWideWatch};
pub use watchers::{RuleSet, Venue, Watcher, Watchers};

const SECOND: i64 = 1_000_000_000;

/// What there is to see of an instrument after a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Its state.
    pub state: TradingState,
    /// Its best displayed bid.
    pub bid: Option<Price>,
    /// Its best displayed ask.
    pub ask: Option<Price>,
    /// What bands are measured against: its last trade price, else its previous close.
    pub known: Option<Price>,
}

/// Why a rule set cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// Which of its fields.
    pub field: &'static str,
    /// What it is.
    pub value: i64,
    /// What it must at least be.
    pub min: i64,
    /// What it may at most be.
    pub max: i64,
}

impl core::fmt::Display for RuleError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let RuleError { field, value, min, max } = self;
        write!(f, "out of range: {field}={value} min={min} max={max}")
    }
}

fn within(field: &'static str, value: i64, min: i64, max: i64) -> Result<(), RuleError> {
    if (min..=max).contains(&value) { Ok(()) } else { Err(RuleError { field, value, min, max }) }
}

fn check_price(field: &'static str, price: Price) -> Result<(), RuleError> {
    within(field, price.0, 1, PRICE_MAX.0)
}

fn check_hours(hours: &Hours) -> Result<(), RuleError> {
    within("open_ns", hours.open_ns, 0, BreakerRules::TIME_MAX_NS)?;
    within("close_ns", hours.close_ns, hours.open_ns, BreakerRules::TIME_MAX_NS)
}

/// Breaker rules that stop trading at bands from outside and for no reason of their own.
fn outside_only(limit_state_ns: i64, reopening: Reopening) -> BreakerRules {
    BreakerRules {
        static_bps: 0,
        static_reference: StaticReference::LastAuction,
        windows: [Window { length_ns: 0, bps: 0 }; 2],
        limit_state_ns,
        spread: SpreadRule { bps: 0, persist_ns: 0 },
        reopening,
        interval_ns: 0,
        trips_max: 0,
    }
}

/// The bands that were asked for last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Published {
    asked: Option<Band>,
}

impl Published {
    /// Asks for the bands unless they are those asked for last. The low end is at least a unit: an exchange of positive
    /// prices takes no other.
    fn ask(&mut self, instrument: InstrumentId, band: Band, wants: &mut Vec<Command>) {
        let band = Band { low: band.low.max(Price(1)), high: band.high };
        if self.asked != Some(band) {
            self.asked = Some(band);
            wants.push(Command::SetBands(SetBands { instrument, low: band.low, high: band.high }));
        }
    }

    /// Lets go of bands that were asked for: there is no command without bands, so these are the widest that an exchange
    /// takes for sane, from one unit to three times the price it knows.
    fn lift(&mut self, instrument: InstrumentId, sight: &Sight, wants: &mut Vec<Command>) {
        let widest = |known: Price| Band { low: Price(1), high: Price(known.0.saturating_mul(3).saturating_sub(1)) };
        if let (Some(_), Some(known)) = (self.asked, sight.known.filter(|known| known.0 > 0)) {
            self.ask(instrument, widest(known), wants);
        }
    }

    /// Somebody set bands: where they are others than ours, ours are asked for again.
    fn see(&mut self, low: Price, high: Price) {
        if self.asked.is_some_and(|asked| asked != Band { low, high }) {
            self.asked = None;
        }
    }
}
