//! The market-wide circuit breaker: an index falls and everything halts.

use model::{BreakerEvent, Command, Event, EventKind, Halt, InstrumentId, OperatorId, Price, ReferenceKind, Symbol};

use super::{RuleError, SECOND, check_hours, check_price, within};
use crate::hours::Hours;
use crate::market_wide::{MarketAction, MarketDecline, MarketWide};

const HALT_NS: i64 = 900 * SECOND;
/// Most instruments that are named one by one.
const HALTED_MAX: i64 = 50_000;

/// The configuration of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketWideRules {
    /// The instrument whose index price is watched.
    pub index: InstrumentId,
    /// The index's previous close.
    pub prev_close: Price,
    /// The levels, 1 to 3, that have halted the day already.
    pub taken: [bool; 3],
    /// What halts, at most 50,000 by name; empty: everything.
    pub halted: Vec<InstrumentId>,
    /// The regular hours of the day.
    pub hours: Hours,
    /// The local midnight the day began with, in nanoseconds.
    pub midnight_ns: i64,
    /// Who it halts as.
    pub operator: OperatorId,
}

/// The rule set at work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketWideWatch {
    rules: MarketWideRules,
    market: MarketWide,
    last: Option<MarketDecline>,
}

impl MarketWideWatch {
    /// Begins a day.
    ///
    /// # Errors
    /// A field out of its range.
    pub fn new(rules: MarketWideRules) -> Result<Self, RuleError> {
        check_price("previous_close", rules.prev_close)?;
        check_hours(&rules.hours)?;
        within("halted", i64::try_from(rules.halted.len()).unwrap_or(i64::MAX), 0, HALTED_MAX)?;
        let out_of_range = RuleError { field: "previous_close", value: rules.prev_close.0, min: 1, max: i64::MAX };
        let market = MarketWide::new(rules.prev_close, rules.hours, rules.taken).ok_or(out_of_range)?;
        Ok(MarketWideWatch { rules, market, last: None })
    }

    /// Its configuration.
    pub fn rules(&self) -> &MarketWideRules {
        &self.rules
    }

    /// The highest index values that reach each level.
    pub fn triggers(&self) -> [Price; 3] {
        self.market.triggers()
    }

    /// What the last index price meant.
    pub fn decline(&self) -> Option<MarketDecline> {
        self.last
    }

    pub(super) fn see(&mut self, event: &Event, wants: &mut Vec<Command>) {
        let EventKind::Breaker(BreakerEvent::ReferenceSet { instrument, kind, price }) = &event.kind else { return };
        if *instrument != self.rules.index || *kind != ReferenceKind::Index {
            return;
        }
        let decline = self.market.index(event.stamp.ts_ns.saturating_sub(self.rules.midnight_ns), *price);
        self.last = Some(decline);
        // A halt of no duration lasts until a person resumes it.
        let duration_ns = match decline.action {
            MarketAction::None => return,
            MarketAction::HaltFifteenMinutes => HALT_NS,
            MarketAction::HaltRestOfDay => 0,
        };
        let note = Symbol::new(["MWCB", "MWCB1", "MWCB2", "MWCB3"][usize::from(decline.level.min(3))]);
        let halt = |instrument| {
            Command::Halt(Halt {
                instrument,
                duration_ns,
                two_person: false,
                operator: self.rules.operator,
                note: note.unwrap_or(Symbol::BLANK),
            })
        };
        if self.rules.halted.is_empty() {
            wants.push(halt(None));
        }
        wants.extend(self.rules.halted.iter().map(|instrument| halt(Some(*instrument))));
    }
}
