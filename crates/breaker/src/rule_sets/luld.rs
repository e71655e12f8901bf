//! Limit Up-Limit Down over one instrument: publishes its bands, follows its quotes, pauses it.
//!
//! An order that would trade beyond a band meets the exchange's own limit state of 15 seconds. A quote that comes to rest
//! at a band without trying to trade beyond it is what this rule set watches: after 15 seconds it pauses the instrument.
//! Either way a pause is five minutes, the last of them a call, and ends in an auction.

use model::{
    BreakerEvent, BreakerRule, BreakerRules, Command, Event, EventKind, Halt, InstrumentId, OperatorId, Price,
    Reopening, Symbol, TradingState,
};

use super::{Published, RuleError, SECOND, Sight, check_hours, check_price, outside_only, within};
use crate::band::Band;
use crate::luld::{LimitMachine, LuldState, LuldTerms, ReferencePrice, luld_band};

const CALL_NS: i64 = 60 * SECOND;

/// The configuration of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LuldRules {
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// What decides the width of its bands.
    pub terms: LuldTerms,
    /// The local midnight the day began with, in nanoseconds.
    pub midnight_ns: i64,
    /// Who it halts as.
    pub operator: OperatorId,
}

impl LuldRules {
    /// The breaker rules of the exchange under this rule set: a limit state of 15 s, a pause of five minutes, a collar of 5 %
    /// around the last price that widens by 5 points each five minutes.
    pub fn breaker(&self) -> BreakerRules {
        let reopening = Reopening {
            halt_ns: LimitMachine::PAUSE_NS - CALL_NS,
            call_ns: CALL_NS,
            random_end_ns: 0,
            collar_bps: 500,
            widen_bps: 500,
            extend_ns: LimitMachine::PAUSE_NS,
            extensions_max: 100,
            cooling_ns: 0,
            cooling_bps: 0,
        };
        outside_only(LimitMachine::LIMIT_NS, reopening)
    }

    fn check(&self) -> Result<(), RuleError> {
        check_price("previous_close", self.terms.prev_close)?;
        within("leverage", self.terms.leverage.into(), 1, 10)?;
        within("price_decimals", self.terms.price_decimals.into(), 2, 15)?;
        check_hours(&self.terms.hours)
    }
}

/// The rule set at work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LuldWatch {
    rules: LuldRules,
    reference: ReferencePrice,
    machine: LimitMachine,
    published: Published,
}

impl LuldWatch {
    /// Begins with the previous close as reference price.
    ///
    /// # Errors
    /// A field out of its range.
    pub fn new(rules: LuldRules) -> Result<Self, RuleError> {
        rules.check()?;
        let reference = ReferencePrice::new(rules.terms.prev_close);
        Ok(LuldWatch { rules, reference, machine: LimitMachine::new(), published: Published::default() })
    }

    /// Its configuration.
    pub fn rules(&self) -> &LuldRules {
        &self.rules
    }

    /// Where the instrument stands.
    pub fn state(&self) -> LuldState {
        self.machine.state()
    }

    /// The reference price in force.
    pub fn reference(&self) -> Price {
        self.reference.price()
    }

    /// The bands of a moment; `None` outside the regular hours.
    pub fn band(&self, now_ns: i64) -> Option<Band> {
        luld_band(&self.rules.terms, self.reference.price(), now_ns.saturating_sub(self.rules.midnight_ns))
    }

    /// When it has something to ask for though nothing happens.
    pub fn due_ns(&self) -> Option<i64> {
        match self.machine.state() {
            LuldState::Limit { since_ns } => Some(since_ns.saturating_add(LimitMachine::LIMIT_NS)),
            LuldState::Normal | LuldState::Straddle | LuldState::Paused { .. } => None,
        }
    }

    pub(super) fn start(&self) -> Command {
        Command::SetBreaker { instrument: self.rules.instrument, rules: Some(Box::new(self.rules.breaker())) }
    }

    pub(super) fn advance(&mut self, now_ns: i64, sight: &Sight, wants: &mut Vec<Command>) {
        self.publish(now_ns, sight, wants);
        if let Some(due_ns) = self.due_ns().filter(|due_ns| *due_ns <= now_ns) {
            // However long nobody said a word: the pause comes before whatever is said next.
            self.machine = LimitMachine::new();
            let end_ns = due_ns.saturating_add(LimitMachine::PAUSE_NS - CALL_NS);
            wants.push(Command::Halt(Halt {
                instrument: Some(self.rules.instrument),
                duration_ns: end_ns.saturating_sub(now_ns).max(1),
                two_person: false,
                operator: self.rules.operator,
                note: note(),
            }));
        }
    }

    pub(super) fn see(&mut self, event: &Event) {
        let instrument = self.rules.instrument;
        if let EventKind::Trade(trade) = &event.kind
            && trade.instrument == instrument
            && trade.aggressor.is_some()
        {
            self.reference.trade(event.stamp.ts_ns, trade.price);
        } else if let EventKind::Uncrossed { instrument: of, price: Some(price), .. } = &event.kind
            && *of == instrument
        {
            self.reference = ReferencePrice::new(*price);
        } else if let EventKind::Breaker(event) = &event.kind {
            self.see_breaker(event);
        }
    }

    fn see_breaker(&mut self, event: &BreakerEvent) {
        let instrument = self.rules.instrument;
        if let BreakerEvent::BandsSet { instrument: of, low, high } = event
            && *of == instrument
        {
            self.published.see(*low, *high);
        } else if let BreakerEvent::BreakerTripped(tripped) = event
            && tripped.instrument == instrument
            && tripped.rule == BreakerRule::LimitState
            && let Some(until_ns) = tripped.until_ns
        {
            self.machine.pause(until_ns);
        } else if let BreakerEvent::HaltOrdered { instrument: of, note: why, until_ns: Some(until_ns), .. } = event
            && *of == instrument
            && *why == note()
        {
            self.machine.pause(until_ns.saturating_add(CALL_NS));
        }
    }

    pub(super) fn settle(&mut self, now_ns: i64, sight: &Sight, wants: &mut Vec<Command>) {
        self.publish(now_ns, sight, wants);
        let is_open = matches!(sight.state, TradingState::Continuous | TradingState::LimitState);
        let is_paused = matches!(self.machine.state(), LuldState::Paused { .. });
        if is_open == is_paused {
            // Open again, or stopped by somebody else: what the quotes said before counts no more.
            self.machine = LimitMachine::new();
        }
        if is_open && let Some(band) = self.band(now_ns) {
            self.machine.sides(now_ns, sight.bid, sight.ask, band);
        }
    }

    fn publish(&mut self, now_ns: i64, sight: &Sight, wants: &mut Vec<Command>) {
        match self.band(now_ns) {
            Some(band) => self.published.ask(self.rules.instrument, band, wants),
            None => self.published.lift(self.rules.instrument, sight, wants),
        }
    }
}

fn note() -> Symbol {
    Symbol::new("LULD").unwrap_or(Symbol::BLANK)
}
