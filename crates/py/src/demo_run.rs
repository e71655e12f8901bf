//! Drives the demo market through the engine: stamps, applies, measures, and keeps what a screen shows.

use std::collections::VecDeque;
use std::time::Instant;

use engine::{Exchange, LevelView};
use flow::market::{Counts, Market};
use hdrhistogram::Histogram;
use model::{Event, EventKind, Events, InstrumentId, Limits, Side, Stamp, StateHash, Trade};

use crate::errors::Poison;

/// Trades kept per instrument.
pub const TAPE_MAX: usize = 256;
/// Longest latency that is told apart, in nanoseconds; what takes longer counts as this.
const LATENCY_NS_MAX: u64 = 60_000_000_000;
/// The demo forgets client ids soon: nobody repeats a request, and a market left running must not grow.
const LIMITS: Limits =
    Limits { client_ids_max: 200_000, client_id_retention_ns: 1_000_000_000, trades_max: 65_536, triggers_max: 10_000 };

/// What is known of one instrument.
pub struct Listed {
    /// Its symbol.
    pub symbol: &'static str,
    /// Decimals of its prices.
    pub price_decimals: u8,
    /// Decimals of its quantities.
    pub qty_decimals: u8,
    /// Its last trades, newest first.
    pub tape: VecDeque<(i64, Trade)>,
}

/// A market, its exchange, and how they are doing.
pub struct DemoRun {
    market: Market,
    exchange: Exchange,
    events: Events,
    stamp: Stamp,
    n_events: u64,
    latency: Histogram<u64>,
    listed: Vec<Listed>,
    poison: Option<String>,
}

impl Poison for DemoRun {
    fn poison(&mut self) -> &mut Option<String> {
        &mut self.poison
    }
}

impl DemoRun {
    /// A market that is not open; `rate` above 0 is in commands a second.
    pub fn new(seed: u64, rate: u32) -> Self {
        DemoRun {
            market: Market::new(seed, rate),
            exchange: Exchange::new(LIMITS),
            events: Events::with_capacity(64),
            stamp: Stamp { seq: 0, ts_ns: 0 },
            n_events: 0,
            latency: Histogram::new_with_max(LATENCY_NS_MAX, 3).expect("the bounds of the histogram are valid"),
            listed: Vec::new(),
            poison: None,
        }
    }

    /// Runs `commands` commands, fewer where the market's time reaches `until_ns` first; gives how many.
    pub fn run(&mut self, commands: u64, until_ns: i64) -> u64 {
        for n in 0..commands {
            if self.stamp.ts_ns >= until_ns {
                return n;
            }
            self.step();
        }
        commands
    }

    #[expect(clippy::disallowed_methods, reason = "measures how long the engine takes; the engine does not see it")]
    fn step(&mut self) {
        let step = self.market.next_step();
        self.stamp = Stamp { seq: self.stamp.seq + 1, ts_ns: self.stamp.ts_ns + step.advance_ns };
        self.events.clear();
        let begun = Instant::now();
        self.exchange.apply(self.stamp, &step.command, &mut self.events);
        let took_ns = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.latency.saturating_record(took_ns.max(1));
        self.n_events += u64::from(self.events.count());
        for event in self.events.as_slice() {
            self.market.absorb(event);
            keep(&mut self.listed, event);
        }
        if let model::Command::ListInstrument(definition) = &step.command {
            let symbol = Market::symbols().nth(self.listed.len()).expect("the market lists its own symbols only");
            let (price_decimals, qty_decimals) = (definition.price_decimals, definition.qty_decimals);
            self.listed.push(Listed { symbol, price_decimals, qty_decimals, tape: VecDeque::new() });
        }
    }

    /// Runs the opening, so that every instrument is listed and trading.
    pub fn open(&mut self) {
        while self.market.counts().entered == 0 {
            self.step();
        }
    }

    /// The stamp of the last command.
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// How many events there were.
    pub fn n_events(&self) -> u64 {
        self.n_events
    }

    /// What the market asked for.
    pub fn counts(&self) -> Counts {
        self.market.counts()
    }

    /// Orders that are open.
    pub fn open_orders(&self) -> usize {
        self.market.open_orders()
    }

    /// The instruments, in the order in which they were listed.
    pub fn listed(&self) -> &[Listed] {
        &self.listed
    }

    /// The best displayed levels of a side of the `place`-th instrument.
    pub fn levels(&self, place: usize, side: Side, max: usize) -> Vec<LevelView> {
        let instrument = InstrumentId(u32::try_from(place).expect("instruments are few"));
        self.exchange.levels(instrument, side, max)
    }

    /// Nanoseconds that so many per mille of the commands did not exceed in the engine.
    pub fn latency_ns(&self, per_mille: u32) -> u64 {
        self.latency.value_at_quantile(f64::from(per_mille) / 1_000.0)
    }

    /// The engine's state hash.
    pub fn state_hash(&self) -> StateHash {
        self.exchange.state_hash()
    }
}

fn keep(listed: &mut [Listed], event: &Event) {
    if let EventKind::Trade(trade) = event.kind
        && let Some(one) = listed.get_mut(trade.instrument.0 as usize)
    {
        one.tape.push_front((event.stamp.ts_ns, trade));
        one.tape.truncate(TAPE_MAX);
    }
}
