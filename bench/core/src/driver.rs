//! What an engine must offer to be measured.

use flow::workload::{FillTally, Record, Totals};

/// One engine behind the workload's commands. Translating a record is part of what is measured.
pub trait Driver {
    /// An empty engine with `header.n_sym` symbols. The other totals may size tables, as an operator would.
    fn start(header: &Totals) -> Self;

    /// Carries out one command and counts the fills it causes.
    fn apply(&mut self, record: &Record);

    /// The fills so far.
    fn tally(&self) -> FillTally;

    /// Orders resting, over all symbols.
    fn resting(&self) -> u64;
}
