//! What was measured: one histogram a stage, and what could not be measured.

use hdrhistogram::Histogram;

use crate::stage::Stage;

/// The longest time that is told apart, in nanoseconds; what took longer counts as this.
pub const STAGE_NS_MAX: u64 = 10_000_000_000;
/// Decimal digits that are kept of a time.
const DIGITS: u8 = 3;

/// Stamps of a command inside the sequencer, in nanoseconds of the stage clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// t3: it was given its place.
    pub taken_ns: u64,
    /// t4: its batch is durable.
    pub durable_ns: u64,
    /// t5: its batch is applied.
    pub applied_ns: u64,
}

/// Histograms of all stages, in nanoseconds, to three digits.
#[derive(Debug, Clone)]
pub struct Record {
    stages: [Histogram<u64>; Stage::ALL.len()],
    /// `total`, with the commands that a client at the expected pace would have sent while it waited.
    corrected: Option<(u64, Histogram<u64>)>,
    /// Commands whose connection was gone before their answer was written.
    gone: u64,
    /// Commands that were answered without stamps.
    unstamped: u64,
}

impl Record {
    /// An empty record. Where clients send one command every `expected_interval_ns`, and this is known, `total` is also kept
    /// corrected for coordinated omission.
    #[must_use]
    pub fn new(expected_interval_ns: Option<u64>) -> Self {
        let stages = std::array::from_fn(|_| histogram());
        Self { stages, corrected: expected_interval_ns.map(|ns| (ns.max(1), histogram())), gone: 0, unstamped: 0 }
    }

    /// Records a time of a stage.
    #[inline]
    pub fn add(&mut self, stage: Stage, ns: u64) {
        self.stages[stage as usize].saturating_record(ns);
    }

    /// Records the whole way of a command, and where a pace is known, those it kept from being sent.
    #[inline]
    pub fn add_total(&mut self, ns: u64) {
        self.add(Stage::Total, ns);
        if let Some((interval_ns, corrected)) = &mut self.corrected {
            let fits = corrected.record_correct(ns.min(STAGE_NS_MAX), *interval_ns);
            debug_assert!(fits.is_ok(), "a time is cut to what the histogram holds: {fits:?}");
        }
    }

    /// Counts a command whose connection was gone before its answer was written.
    pub fn add_gone(&mut self) {
        self.gone += 1;
    }

    /// Counts a command that was answered without stamps.
    pub fn add_unstamped(&mut self) {
        self.unstamped += 1;
    }

    /// Adds what another record holds; both were made with one expected interval.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.stages.iter_mut().zip(&other.stages) {
            let fits = mine.add(theirs);
            debug_assert!(fits.is_ok(), "all histograms have the same bounds: {fits:?}");
        }
        if let (Some((_, mine)), Some((_, theirs))) = (&mut self.corrected, &other.corrected) {
            let fits = mine.add(theirs);
            debug_assert!(fits.is_ok(), "all histograms have the same bounds: {fits:?}");
        }
        self.gone += other.gone;
        self.unstamped += other.unstamped;
    }

    /// Forgets everything, keeping the memory.
    pub fn clear(&mut self) {
        self.stages.iter_mut().for_each(Histogram::reset);
        if let Some((_, corrected)) = &mut self.corrected {
            corrected.reset();
        }
        (self.gone, self.unstamped) = (0, 0);
    }

    /// The histogram of a stage.
    #[must_use]
    pub fn stage(&self, stage: Stage) -> &Histogram<u64> {
        &self.stages[stage as usize]
    }

    /// The expected interval, and `total` corrected for it.
    #[must_use]
    pub fn corrected(&self) -> Option<(u64, &Histogram<u64>)> {
        self.corrected.as_ref().map(|(interval_ns, histogram)| (*interval_ns, histogram))
    }

    /// Commands whose connection was gone before their answer was written.
    #[must_use]
    pub fn gone(&self) -> u64 {
        self.gone
    }

    /// Commands that were answered without stamps.
    #[must_use]
    pub fn unstamped(&self) -> u64 {
        self.unstamped
    }
}

#[allow(clippy::expect_used, reason = "constant bounds, tested below")]
fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, STAGE_NS_MAX, DIGITS).expect("1 to 10 s in three digits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_above_the_largest_counts_as_the_largest() {
        let mut record = Record::new(Some(STAGE_NS_MAX));
        record.add_total(u64::MAX);

        let (_, corrected) = record.corrected().unwrap();
        assert_eq!((record.stage(Stage::Total).len(), corrected.len()), (1, 1));
        assert!(record.stage(Stage::Total).max() >= STAGE_NS_MAX);
    }

    #[test]
    fn a_stall_is_charged_with_what_it_kept_from_being_sent() {
        let mut record = Record::new(Some(100));
        record.add_total(100);
        record.add_total(1_000);

        let (interval_ns, corrected) = record.corrected().unwrap();
        let counted: Vec<(u64, u64)> =
            corrected.iter_recorded().map(|at| (at.value_iterated_to(), at.count_at_value())).collect();
        // The one that took 1,000 ns held up one each at 900, 800, ... 100 ns.
        let mut expected: Vec<(u64, u64)> = (1..=10).map(|n| (n * 100, 1)).collect();
        expected[0].1 = 2;
        assert_eq!((interval_ns, counted), (100, expected));
        assert_eq!(record.stage(Stage::Total).len(), 2, "the plain one counts commands");
    }

    #[test]
    fn merging_and_clearing_move_everything() {
        let (mut all, mut part) = (Record::new(Some(10)), Record::new(Some(10)));
        part.add(Stage::Queue, 7);
        part.add_total(9);
        part.add_gone();
        part.add_unstamped();

        all.merge(&part);
        part.clear();
        all.merge(&part);

        assert_eq!((all.stage(Stage::Queue).max(), all.stage(Stage::Total).len()), (7, 1));
        assert_eq!((all.gone(), all.unstamped(), part.gone(), part.unstamped()), (1, 1, 0, 0));
        assert_eq!(all.corrected().unwrap().1.len(), 1);
        assert_eq!(part.corrected().unwrap().1.len(), 0);
    }
}
