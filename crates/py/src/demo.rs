//! `DemoMarket`: the seeded market of crate `flow` on the real engine, for `fairlead demo`.

use std::sync::{Mutex, PoisonError};

use model::Side;
use pyo3::prelude::*;

use crate::demo_run::DemoRun;
use crate::errors::{Kind, guarded, raise};

/// Most commands of one call: a bound on how long it holds the market.
const COMMANDS_MAX: u64 = 1_000_000_000;

/// A price level: price and quantity mantissas, number of orders.
type Level = (i64, i64, u32);
/// A trade: time, price, quantity, side of the incoming order.
type Print = (i64, i64, i64, &'static str);

/// A market of agents that runs through an engine of its own.
#[pyclass(frozen, module = "fairlead._core._native")]
pub struct DemoMarket {
    run: Mutex<DemoRun>,
}

impl DemoMarket {
    /// Runs `work` while other Python threads run; a panic in it poisons the market.
    fn with<R: Send>(&self, py: Python<'_>, work: impl FnOnce(&mut DemoRun) -> PyResult<R> + Send) -> PyResult<R> {
        py.detach(|| {
            let mut run = self.run.lock().unwrap_or_else(PoisonError::into_inner);
            guarded(&mut *run, work)
        })
    }
}

#[pymethods]
impl DemoMarket {
    /// Open a market; ``rate`` is in commands per second of its own time, 1 to 10,000,000.
    #[new]
    #[pyo3(signature = (*, seed, rate))]
    fn new(seed: u64, rate: u32) -> PyResult<Self> {
        if !(1..=10_000_000).contains(&rate) {
            return Err(raise(Kind::Usage, format!("rate out of range: rate={rate} min=1 max=10000000")));
        }
        let mut run = DemoRun::new(seed, rate);
        guarded(&mut run, |run| {
            run.open();
            Ok(())
        })?;
        Ok(DemoMarket { run: Mutex::new(run) })
    }

    /// Run up to ``commands`` commands, fewer where the market's time reaches ``until_ns``; return how many.
    #[pyo3(signature = (*, commands, until_ns = None))]
    fn run(&self, py: Python<'_>, commands: u64, until_ns: Option<i64>) -> PyResult<u64> {
        if commands > COMMANDS_MAX {
            return Err(raise(Kind::Usage, format!("too many: commands={commands} max={COMMANDS_MAX}")));
        }
        self.with(py, |run| Ok(run.run(commands, until_ns.unwrap_or(i64::MAX))))
    }

    /// Return ``(symbol, price_decimals, qty_decimals)`` of each instrument.
    fn instruments(&self, py: Python<'_>) -> PyResult<Vec<(&'static str, u8, u8)>> {
        self.with(py, |run| {
            Ok(run.listed().iter().map(|one| (one.symbol, one.price_decimals, one.qty_decimals)).collect())
        })
    }

    /// Return up to ``levels`` levels ``(price, qty, count)`` of each side, best first: bids, asks.
    #[pyo3(signature = (symbol, /, *, levels))]
    fn book(&self, py: Python<'_>, symbol: &str, levels: usize) -> PyResult<(Vec<Level>, Vec<Level>)> {
        self.with(py, |run| {
            let place = place(run, symbol)?;
            let side = |side| {
                let shown = run.levels(place, side, levels);
                shown.iter().map(|level| (level.price.0, level.qty.0, level.count)).collect()
            };
            Ok((side(Side::Buy), side(Side::Sell)))
        })
    }

    /// Return up to ``n`` of the last 256 trades ``(ts_ns, price, qty, aggressor)``, newest first.
    #[pyo3(signature = (symbol, /, *, n))]
    fn tape(&self, py: Python<'_>, symbol: &str, n: usize) -> PyResult<Vec<Print>> {
        self.with(py, |run| {
            let place = place(run, symbol)?;
            let print = |(ts_ns, trade): &(i64, model::Trade)| {
                let aggressor = match trade.aggressor {
                    Some(Side::Buy) => "buy",
                    Some(Side::Sell) => "sell",
                    None => "none",
                };
                (*ts_ns, trade.price.0, trade.qty.0, aggressor)
            };
            Ok(run.listed()[place].tape.iter().take(n).map(print).collect())
        })
    }

    /// Return ``(ts_ns, commands, events, trades, rejected, open_orders)`` so far.
    fn counts(&self, py: Python<'_>) -> PyResult<(i64, u64, u64, u64, u64, usize)> {
        self.with(py, |run| {
            let (stamp, counts) = (run.stamp(), run.counts());
            Ok((stamp.ts_ns, stamp.seq, run.n_events(), counts.trades, counts.rejected, run.open_orders()))
        })
    }

    /// Return ``(p50, p99, p99.9)`` of the time a command spent in the engine, in nanoseconds.
    fn latency_ns(&self, py: Python<'_>) -> PyResult<(u64, u64, u64)> {
        self.with(py, |run| Ok((run.latency_ns(500), run.latency_ns(990), run.latency_ns(999))))
    }

    /// Return the engine's state hash, 16 hexadecimal digits.
    fn state_hash(&self, py: Python<'_>) -> PyResult<String> {
        self.with(py, |run| Ok(format!("{:016x}", run.state_hash().combined())))
    }
}

/// Where an instrument stands among the listed ones.
fn place(run: &DemoRun, symbol: &str) -> PyResult<usize> {
    let found = run.listed().iter().position(|one| one.symbol == symbol);
    found.ok_or_else(|| {
        let known: Vec<_> = run.listed().iter().map(|one| one.symbol).collect();
        raise(Kind::NotFound, format!("unknown symbol: symbol={symbol:?}; one of {}", known.join(", ")))
    })
}
