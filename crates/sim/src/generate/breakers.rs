//! Halts by hand, breakers with times that fit the sequence's steps, bands near and far.

use model::{
    BreakerRules, Command, Halt, InstrumentId, Price, Reopening, Resume, SetBands, SpreadRule, StaticReference,
    TradingState, Window,
};

use super::Generator;
use super::world::name;

const DAY_NS: i64 = 86_400_000_000_000;

impl Generator {
    /// One command about halts, breakers and bands.
    pub(super) fn halt_command(&mut self) -> Command {
        match self.draw.weighted(&self.swarm.halts.clone()) {
            0 => self.halt(),
            1 => self.resume(),
            2 => {
                let (instrument, _) = self.instrument();
                let instrument = if self.is_bad() { InstrumentId(99) } else { instrument };
                self.breaker(instrument)
            }
            _ => self.bands(),
        }
    }

    /// Somebody resumes what is halted without an end, mostly soon, so that the sequence goes on.
    pub(super) fn maybe_resume(&mut self) -> Option<Command> {
        let count = self.world.markets.len();
        let is_stopped = (0..count).any(|index| {
            let instrument = InstrumentId(u32::try_from(index).expect("a small index"));
            matches!(self.state(instrument), TradingState::Halted | TradingState::VolatilityAuction)
        });
        let is_due = self.swarm.halt_share > 0 && is_stopped && self.draw.chance(50);
        is_due.then(|| self.resume())
    }

    fn reach(&mut self) -> Option<InstrumentId> {
        let (instrument, _) = self.instrument();
        let instrument = if self.is_bad() { InstrumentId(99) } else { instrument };
        self.draw.chance(700).then_some(instrument)
    }

    fn halt(&mut self) -> Command {
        let instrument = self.reach();
        let duration_ns = if self.draw.chance(200) { 0 } else { self.some_time(8, DAY_NS) };
        let (two_person, operator) = (self.draw.chance(300), self.operator());
        Command::Halt(Halt { instrument, duration_ns, two_person, operator, note: name("H", 1) })
    }

    fn resume(&mut self) -> Command {
        let instrument = self.reach();
        let (auction, operator) = (self.draw.chance(500), self.operator());
        Command::Resume(Resume { instrument, auction, operator, note: name("R", 1) })
    }

    /// Rules under which something happens within the sequence; now and then none, or wrong ones.
    pub(super) fn breaker(&mut self, instrument: InstrumentId) -> Command {
        if self.draw.chance(100) {
            return Command::SetBreaker { instrument, rules: None };
        }
        let mut rules = if self.draw.chance(60) { BreakerRules::default() } else { self.tight_rules() };
        if self.is_bad() {
            match self.draw.index(5) {
                0 => rules.static_bps = 10_001,
                1 => rules.windows[0].length_ns = -1,
                2 => rules.reopening.extensions_max = 101,
                3 => rules.windows = [Window { length_ns: 9, bps: 1 }, Window { length_ns: 8, bps: 1 }],
                _ => rules.interval_ns = BreakerRules::TIME_MAX_NS + 1,
            }
        }
        Command::SetBreaker { instrument, rules: Some(Box::new(rules)) }
    }

    fn times(&mut self, most: i64) -> i64 {
        self.draw.between(0, most) * self.swarm.unit_ns
    }

    fn window(&mut self, longest: i64) -> Window {
        let length_ns = if self.draw.chance(250) { 0 } else { self.times(longest) };
        Window { length_ns, bps: self.draw.pick(&[0, 50, 150, 300, 600, 1_000]) }
    }

    fn tight_rules(&mut self) -> BreakerRules {
        let (short, mut long) = (self.window(20), self.window(60));
        if long.length_ns < short.length_ns {
            long.length_ns = 0;
        }
        let spread_bps = if self.swarm.has_spread_rule { self.draw.pick(&[0, 100, 300, 1_000, 2_500]) } else { 0 };
        BreakerRules {
            static_bps: self.draw.pick(&[0, 0, 200, 500, 1_000, 2_000]),
            static_reference: self.draw.pick(&[StaticReference::LastAuction, StaticReference::Recent]),
            windows: [short, long],
            limit_state_ns: if self.draw.chance(300) { 0 } else { self.times(80) },
            spread: SpreadRule { bps: spread_bps, persist_ns: self.times(10) },
            reopening: Reopening {
                halt_ns: self.times(5),
                call_ns: self.times(8),
                random_end_ns: self.times(3),
                collar_bps: self.draw.pick(&[0, 50, 200, 1_000]),
                widen_bps: self.draw.pick(&[0, 50, 500]),
                extend_ns: self.times(4),
                extensions_max: self.draw.pick(&[0, 1, 2, 3]),
                cooling_ns: if self.draw.chance(300) { 0 } else { self.times(20) },
                cooling_bps: self.draw.pick(&[0, 100, 300, 500]),
            },
            interval_ns: self.times(10),
            trips_max: self.draw.pick(&[0, 0, 1, 2, 3, 5]),
        }
    }

    fn bands(&mut self) -> Command {
        let (instrument, market) = self.instrument();
        let middle = market.middle.0 + self.drift;
        let (below, above) = (self.draw.between(-2, 12), self.draw.between(-2, 12));
        let (mut low, mut high) = (middle - below, middle + above);
        if low >= high && self.draw.chance(900) {
            (low, high) = (middle - 1, middle + 1);
        }
        if self.draw.chance(100) {
            (low, high) = self.draw.pick(&[
                (middle / 100, middle / 50),
                (middle * 3, middle * 4),
                (0, middle * 2),
                (-middle, middle),
                (i64::MIN, i64::MAX),
                (i64::MAX - 1, i64::MAX),
            ]);
        }
        let instrument = if self.is_bad() { InstrumentId(99) } else { instrument };
        Command::SetBands(SetBands { instrument, low: Price(low), high: Price(high) })
    }
}
