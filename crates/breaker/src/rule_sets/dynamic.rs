//! The exchange-style dynamic circuit breaker over one instrument: bands around what traded in a rolling window.

use model::{BreakerEvent, BreakerRule, BreakerRules, Command, Event, EventKind, InstrumentId, Price, Reopening};

use super::{Published, RuleError, Sight, check_hours, check_price, outside_only, within};
use crate::band::Band;
use crate::dynamic::DynamicBreaker;
use crate::hours::Hours;

/// In so many minutes before the close a trip is short.
const LAST_MINUTES: i64 = 5;

/// The configuration of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DynamicRules {
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// The settlement price the variant is a share of.
    pub settlement: Price,
    /// That share, in basis points.
    pub bps: u32,
    /// The tick the variant is rounded down to.
    pub tick: i64,
    /// How far back prints count, in nanoseconds.
    pub window_ns: i64,
    /// How long a trip collects orders before trading goes on, in nanoseconds.
    pub halt_ns: i64,
    /// The same in the last five minutes of the day.
    pub last_halt_ns: i64,
    /// The hours of the day.
    pub hours: Hours,
    /// The local midnight the day began with, in nanoseconds.
    pub midnight_ns: i64,
}

impl DynamicRules {
    /// A share of the settlement price with the published times: an hour, two minutes, five seconds.
    pub fn new(instrument: InstrumentId, settlement: Price, bps: u32, tick: i64) -> Self {
        DynamicRules {
            instrument,
            settlement,
            bps,
            tick,
            window_ns: DynamicBreaker::WINDOW_NS,
            halt_ns: DynamicBreaker::pause_ns(i64::MAX),
            last_halt_ns: DynamicBreaker::pause_ns(0),
            hours: Hours::default(),
            midnight_ns: 0,
        }
    }

    /// The breaker rules of the exchange under this rule set: a broken band collects orders at once, for so long.
    fn breaker(&self, is_last: bool) -> BreakerRules {
        let reopening = Reopening {
            halt_ns: 0,
            call_ns: if is_last { self.last_halt_ns } else { self.halt_ns },
            random_end_ns: 0,
            collar_bps: 10_000,
            widen_bps: 0,
            extend_ns: 0,
            extensions_max: 0,
            cooling_ns: 0,
            cooling_bps: 0,
        };
        outside_only(0, reopening)
    }

    fn check(&self) -> Result<(), RuleError> {
        check_price("settlement", self.settlement)?;
        within("bps", self.bps.into(), 1, 10_000)?;
        within("tick", self.tick, 1, i64::MAX)?;
        within("window_ns", self.window_ns, 1, BreakerRules::TIME_MAX_NS)?;
        within("halt_ns", self.halt_ns, 1, BreakerRules::TIME_MAX_NS)?;
        within("last_halt_ns", self.last_halt_ns, 1, BreakerRules::TIME_MAX_NS)?;
        check_hours(&self.hours)
    }
}

/// The rule set at work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DynamicWatch {
    rules: DynamicRules,
    window: DynamicBreaker,
    is_last: bool,
    published: Published,
}

impl DynamicWatch {
    /// Begins with an empty window.
    ///
    /// # Errors
    /// A field out of its range.
    pub fn new(rules: DynamicRules) -> Result<Self, RuleError> {
        rules.check()?;
        let DynamicRules { settlement, bps, tick, window_ns, .. } = rules;
        let out_of_range = RuleError { field: "settlement", value: settlement.0, min: 1, max: i64::MAX };
        let window = DynamicBreaker::within(settlement, bps, tick, window_ns).ok_or(out_of_range)?;
        // A variant of nothing would forbid every price but the last.
        super::within("settlement x bps in ticks", window.variant() / tick, 1, i64::MAX)?;
        Ok(DynamicWatch { rules, window, is_last: false, published: Published::default() })
    }

    /// Its configuration.
    pub fn rules(&self) -> &DynamicRules {
        &self.rules
    }

    /// How far prices may move within the window.
    pub fn variant(&self) -> i64 {
        self.window.variant()
    }

    /// What may print; `None` where nothing printed in the window.
    pub fn band(&self, now_ns: i64) -> Option<Band> {
        Some(self.window.band(now_ns)).filter(|band| *band != Band::ANY)
    }

    fn is_last(&self, now_ns: i64) -> bool {
        self.rules.hours.is_last(now_ns.saturating_sub(self.rules.midnight_ns), LAST_MINUTES)
    }

    fn set_breaker(&self) -> Command {
        let rules = Some(Box::new(self.rules.breaker(self.is_last)));
        Command::SetBreaker { instrument: self.rules.instrument, rules }
    }

    pub(super) fn start(&mut self, now_ns: i64) -> Command {
        self.is_last = self.is_last(now_ns);
        self.set_breaker()
    }

    pub(super) fn advance(&mut self, now_ns: i64, sight: &Sight, wants: &mut Vec<Command>) {
        if self.is_last(now_ns) != self.is_last {
            self.is_last = !self.is_last;
            wants.push(self.set_breaker());
        }
        self.settle(now_ns, sight, wants);
    }

    pub(super) fn see(&mut self, event: &Event) {
        let instrument = self.rules.instrument;
        if let EventKind::Trade(trade) = &event.kind
            && trade.instrument == instrument
        {
            self.window.observe(event.stamp.ts_ns, trade.price);
        } else if let EventKind::Breaker(BreakerEvent::BreakerTripped(tripped)) = &event.kind
            && tripped.instrument == instrument
            && tripped.rule == BreakerRule::External
        {
            self.window.restart();
        } else if let EventKind::Breaker(BreakerEvent::BandsSet { instrument: of, low, high }) = &event.kind
            && *of == instrument
        {
            self.published.see(*low, *high);
        }
    }

    pub(super) fn settle(&mut self, now_ns: i64, sight: &Sight, wants: &mut Vec<Command>) {
        match self.band(now_ns) {
            Some(band) => self.published.ask(self.rules.instrument, band, wants),
            None => self.published.lift(self.rules.instrument, sight, wants),
        }
    }
}
