//! Scenario files (`vectors/**/*.vec`): read, run on an engine, and compared line by line.
//!
//! The format is docs/reference/scenarios.md.

mod amendments;
mod amounts;
mod commands;
mod explains;
mod guards;
mod line;
mod outcomes;
mod render;
mod run;
mod setup;
mod show;
mod triggers;

pub use explains::{Explains, Played, Step};
pub use run::{Failure, play, run};

use engine::Exchange;
use model::{AccountId, AssetId, Command, Events, Limits, Stamp};

use crate::naive::NaiveExchange;

/// What a scenario runs on.
pub trait Engine {
    /// An empty exchange.
    fn new(limits: Limits) -> Self;
    /// Applies a command.
    fn apply(&mut self, stamp: Stamp, command: &Command, out: &mut Events);
    /// Total and reserved amount of an account in an asset.
    fn balance(&self, account: AccountId, asset: AssetId) -> (i128, i128);
}

impl Engine for NaiveExchange {
    fn new(limits: Limits) -> Self {
        NaiveExchange::new(limits)
    }

    fn apply(&mut self, stamp: Stamp, command: &Command, out: &mut Events) {
        NaiveExchange::apply(self, stamp, command, out);
    }

    fn balance(&self, account: AccountId, asset: AssetId) -> (i128, i128) {
        NaiveExchange::balance(self, account, asset)
    }
}

impl Engine for Exchange {
    fn new(limits: Limits) -> Self {
        Exchange::new(limits)
    }

    fn apply(&mut self, stamp: Stamp, command: &Command, out: &mut Events) {
        Exchange::apply(self, stamp, command, out);
        self.check_invariants();
    }

    fn balance(&self, account: AccountId, asset: AssetId) -> (i128, i128) {
        let balance = Exchange::balance(self, account, asset);
        (balance.total.0, balance.reserved.0)
    }
}
