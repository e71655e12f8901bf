//! What came of a run, and the totals over many.

use core::fmt;

use model::Digest;

use super::faults::{Counts, Fault};

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The event at which it was seen, counted from 0.
    pub event: u64,
    /// What; its first word says which rule.
    pub what: String,
}

impl Failure {
    /// The rule that is broken: shrinking keeps it.
    pub fn kind(&self) -> &str {
        self.what.split(':').next().unwrap_or_default()
    }
}

/// What happened in a run, or in many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// A digest of everything that happened: the same plan gives the same.
    pub trace: Digest,
    /// Faults by kind.
    pub counts: Counts,
    /// Processes that ended.
    pub crashes: u64,
    /// Recoveries that came to their end.
    pub recoveries: u64,
    /// Commands that were answered.
    pub acknowledged: u64,
    /// Steps that released something.
    pub batches: u64,
    /// Requests sent again.
    pub retries: u64,
    /// Commands found in the log that nobody had been told of.
    pub found: u64,
    /// Torn tails cut.
    pub torn: u64,
    /// Snapshots recovery began with.
    pub snapshots: u64,
    /// Snapshots made.
    pub snapshots_made: u64,
    /// Snapshots that were due and could not be made.
    pub snapshots_missed: u64,
    /// Processes that ended by themselves after a failed write or sync.
    pub aborts: u64,
    /// Starts that failed because of the disk.
    pub failed_starts: u64,
    /// Damaged copies that were refused.
    pub damage_refused: u64,
    /// Damaged copies that lost nothing.
    pub damage_harmless: u64,
    /// Damaged copies that lost the last batch, as the documents say they may.
    pub damage_in_window: u64,
    /// Requests refused because too many waited.
    pub refused: u64,
    /// Requests refused because the disk was full.
    pub refused_full: u64,
    /// Cancels among them.
    pub relief_refused: u64,
}

impl Tally {
    /// Adds another one; the traces are mixed.
    pub fn add(&mut self, other: &Tally) {
        self.trace.write_u64(other.trace.finish());
        self.counts.add(&other.counts);
        for (sum, number) in self.numbers_mut().into_iter().zip(other.numbers()) {
            *sum += number.1;
        }
    }

    fn numbers_mut(&mut self) -> [&mut u64; 18] {
        [
            &mut self.crashes,
            &mut self.recoveries,
            &mut self.acknowledged,
            &mut self.batches,
            &mut self.retries,
            &mut self.found,
            &mut self.torn,
            &mut self.snapshots,
            &mut self.snapshots_made,
            &mut self.snapshots_missed,
            &mut self.aborts,
            &mut self.failed_starts,
            &mut self.damage_refused,
            &mut self.damage_harmless,
            &mut self.damage_in_window,
            &mut self.refused,
            &mut self.refused_full,
            &mut self.relief_refused,
        ]
    }

    /// Each number with its name.
    pub fn numbers(&self) -> [(&'static str, u64); 18] {
        [
            ("crashes", self.crashes),
            ("recoveries", self.recoveries),
            ("acknowledged", self.acknowledged),
            ("batches", self.batches),
            ("retries", self.retries),
            ("found unannounced", self.found),
            ("torn tails cut", self.torn),
            ("snapshots used", self.snapshots),
            ("snapshots made", self.snapshots_made),
            ("snapshots missed", self.snapshots_missed),
            ("aborts", self.aborts),
            ("failed starts", self.failed_starts),
            ("damage refused", self.damage_refused),
            ("damage harmless", self.damage_harmless),
            ("damage of the last batch", self.damage_in_window),
            ("refused: queue", self.refused),
            ("refused: disk full", self.refused_full),
            ("cancels refused", self.relief_refused),
        ]
    }
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What went wrong, if anything.
    pub failure: Option<Failure>,
    /// What happened.
    pub tally: Tally,
}

/// Totals over many runs.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// How many runs.
    pub runs: u64,
    /// What happened in them.
    pub tally: Tally,
    /// In how many of them each kind of fault happened.
    pub runs_with: Counts,
}

impl Totals {
    /// Adds a run.
    pub fn see(&mut self, tally: &Tally) {
        self.runs += 1;
        self.runs_with.add_run(&tally.counts);
        self.tally.add(tally);
    }

    /// Adds others.
    pub fn add(&mut self, other: &Totals) {
        self.runs += other.runs;
        self.runs_with.add(&other.runs_with);
        self.tally.add(&other.tally);
    }

    /// Commands answered between two crashes, on average.
    pub fn mean_between(&self) -> u64 {
        self.tally.acknowledged / self.tally.crashes.max(1)
    }

    /// Kinds of faults that happened in less than one run of a hundred.
    pub fn missing(&self) -> Vec<Fault> {
        Fault::ALL.iter().copied().filter(|fault| self.runs_with.of(*fault) * 100 < self.runs).collect()
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>12} runs", self.runs)?;
        for (name, number) in self.tally.numbers() {
            writeln!(f, "{number:>12} {name}")?;
        }
        writeln!(f, "{:>12} acknowledged between two crashes, on average", self.mean_between())?;
        for fault in Fault::ALL {
            let percent = self.runs_with.of(*fault) * 100 / self.runs.max(1);
            writeln!(f, "{:>12} {:<18} in {percent} % of runs", self.tally.counts.of(*fault), fault.name())?;
        }
        Ok(())
    }
}
