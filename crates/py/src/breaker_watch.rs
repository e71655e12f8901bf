//! `BreakerWatch`: tells which halting rules a recorded market would have tripped. It is fed and never matches.

use std::collections::BTreeMap;

use breaker::{Band, Watch, WouldHalt};
use model::{BreakerRules, Price};
use pyo3::prelude::*;

use crate::errors::{Kind, Poison, guarded, raise};
use crate::guards::RulesArgs;
use crate::words;

/// Largest absolute price in ticks that is taken.
const PX_MAX: i64 = 1 << 60;
/// Largest absolute time in nanoseconds that is taken: the year 2116.
const TS_NS_MAX: i64 = 1 << 62;

/// Rule, time, price, lowest and highest price, bid, ask, end, and whether it waits for a person.
type HaltRow = (&'static str, i64, Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>, i64, bool);

/// An observer of a recorded market. Prices are whole ticks, times nanoseconds; times may stand still.
#[pyclass(module = "fairlead._core._native")]
pub struct BreakerWatch {
    watch: Watch,
    poison: Option<String>,
}

impl Poison for BreakerWatch {
    fn poison(&mut self) -> &mut Option<String> {
        &mut self.poison
    }
}

impl BreakerWatch {
    fn feed(&mut self, ts_ns: i64, prices: &[i64], work: impl FnOnce(&mut Watch)) -> PyResult<()> {
        if !(-TS_NS_MAX..=TS_NS_MAX).contains(&ts_ns) {
            return Err(raise(Kind::Usage, format!("out of range: ts_ns={ts_ns} max={TS_NS_MAX}")));
        }
        if let Some(px) = prices.iter().find(|px| !(-PX_MAX..=PX_MAX).contains(*px)) {
            return Err(raise(Kind::Usage, format!("out of range: px={px} max={PX_MAX}")));
        }
        guarded(self, |this| {
            work(&mut this.watch);
            Ok(())
        })
    }
}

#[pymethods]
impl BreakerWatch {
    /// Begin under ``rules``, the defaults where there are none; ``previous_close`` is the reference of the static band
    /// until the first auction.
    #[new]
    #[allow(clippy::needless_pass_by_value, reason = "what is extracted from Python is owned")]
    #[pyo3(signature = (rules=None, *, previous_close=None))]
    fn new(rules: Option<RulesArgs>, previous_close: Option<i64>) -> PyResult<Self> {
        let rules = rules.map_or_else(|| Ok(BreakerRules::default()), |given| given.rules())?;
        if !rules.is_valid() {
            return Err(raise(Kind::Usage, format!("breaker rules out of range: {rules:?}")));
        }
        if let Some(close) = previous_close.filter(|close| !(1..=PX_MAX).contains(close)) {
            return Err(raise(Kind::Usage, format!("out of range: previous_close={close} min=1 max={PX_MAX}")));
        }
        Ok(BreakerWatch { watch: Watch::new(rules, previous_close.map(Price)), poison: None })
    }

    /// Take the price of a recorded auction.
    #[pyo3(signature = (ts_ns, px, /))]
    fn auction(&mut self, ts_ns: i64, px: i64) -> PyResult<()> {
        self.feed(ts_ns, &[px], |watch| watch.auction(ts_ns, Price(px)))
    }

    /// Take a recorded trade of continuous trading.
    #[pyo3(signature = (ts_ns, px, /))]
    fn trade(&mut self, ts_ns: i64, px: i64) -> PyResult<()> {
        self.feed(ts_ns, &[px], |watch| watch.print(ts_ns, Price(px)))
    }

    /// Take the best quotes in force from ``ts_ns`` on; ``None`` where a side is missing.
    #[pyo3(signature = (ts_ns, bid, ask, /))]
    fn quote(&mut self, ts_ns: i64, bid: Option<i64>, ask: Option<i64>) -> PyResult<()> {
        let prices = [bid.unwrap_or(0), ask.unwrap_or(0)];
        self.feed(ts_ns, &prices, |watch| watch.quote(ts_ns, bid.map(Price), ask.map(Price)))
    }

    /// Let time pass until ``ts_ns``.
    #[pyo3(signature = (ts_ns, /))]
    fn advance(&mut self, ts_ns: i64) -> PyResult<()> {
        self.feed(ts_ns, &[], |watch| watch.advance(ts_ns))
    }

    /// Return the number of halts so far.
    fn __len__(&self) -> usize {
        self.watch.halts().len()
    }

    /// Return ``(rule, ts_ns, px, low, high, bid, ask, until_ns, waits)`` of each halt, in order of time.
    fn halts(&mut self) -> PyResult<Vec<HaltRow>> {
        guarded(self, |this| Ok(this.watch.halts().iter().map(row).collect()))
    }

    /// Return the lowest and the highest price that may print, ``None`` where any may.
    fn band(&mut self) -> PyResult<(Option<i64>, Option<i64>)> {
        guarded(self, |this| Ok(ends(Some(this.watch.band()))))
    }

    /// Return what was fed and what of it was not judged, by name.
    fn counts(&mut self) -> PyResult<BTreeMap<&'static str, u64>> {
        guarded(self, |this| {
            let counts = this.watch.counts();
            Ok(BTreeMap::from([
                ("prints", counts.prints),
                ("quotes", counts.quotes),
                ("looked_away", counts.looked_away),
                ("not_positive", counts.not_positive),
                ("crossed_stretches", counts.crossed_stretches),
                ("held_back", counts.held_back),
                ("one_sided_stretches", counts.one_sided_stretches),
            ]))
        })
    }
}

fn row(halt: &WouldHalt) -> HaltRow {
    let (low, high) = ends(halt.band);
    let of = |price: Option<Price>| price.map(|price| price.0);
    let rule = words::breaker_rule_word(halt.rule);
    (rule, halt.ts_ns, of(halt.price), low, high, of(halt.bid), of(halt.ask), halt.until_ns, halt.waits)
}

/// The ends of a band that are ends at all.
fn ends(band: Option<Band>) -> (Option<i64>, Option<i64>) {
    let Some(Band { low, high }) = band else {
        return (None, None);
    };
    (Some(low.0).filter(|_| low != Band::ANY.low), Some(high.0).filter(|_| high != Band::ANY.high))
}
