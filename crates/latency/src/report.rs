//! A record in figures, and as the JSON text that a data directory holds.

use std::fmt::Write as _;

use hdrhistogram::Histogram;

use crate::record::Record;
use crate::stage::Stage;

/// Version of the text; a reader that knows another one refuses.
const SCHEMA: u32 = 1;

/// What an engine that writes a report is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It runs, and writes a report every second.
    Running,
    /// It has ended cleanly: these are the figures of its whole run.
    Ended,
    /// It runs without stamps.
    Off,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Ended => "ended",
            Self::Off => "off",
        }
    }
}

/// Figures of one stage. Times are in nanoseconds, percentiles by nearest rank; all are 0 where nothing was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Its name.
    pub stage: &'static str,
    /// How many were counted.
    pub count: u64,
    /// The shortest.
    pub min_ns: u64,
    /// The mean, cut to whole nanoseconds.
    pub mean_ns: u64,
    /// Of 1,000 so many did not exceed: 500, 900, 950, 990, 999.
    pub quantiles_ns: [u64; 5],
    /// The longest.
    pub max_ns: u64,
}

impl Summary {
    const NAMES: [&'static str; 5] = ["p50_ns", "p90_ns", "p95_ns", "p99_ns", "p99_9_ns"];
    const SHARES: [f64; 5] = [0.5, 0.9, 0.95, 0.99, 0.999];

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mean of times below 2^34 ns")]
    fn of(stage: &'static str, times: &Histogram<u64>) -> Self {
        let max_ns = times.max();
        Self {
            stage,
            count: times.len(),
            min_ns: times.min(),
            mean_ns: times.mean() as u64,
            quantiles_ns: Self::SHARES.map(|share| times.value_at_quantile(share).min(max_ns)),
            max_ns,
        }
    }

    fn write(&self, out: &mut String) {
        let Self { stage, count, min_ns, mean_ns, quantiles_ns, max_ns } = self;
        let _ = write!(out, r#"{{"stage":"{stage}","count":{count},"min_ns":{min_ns},"mean_ns":{mean_ns}"#);
        for (name, ns) in Self::NAMES.iter().zip(quantiles_ns) {
            let _ = write!(out, r#","{name}":{ns}"#);
        }
        let _ = write!(out, r#","max_ns":{max_ns}}}"#);
    }
}

/// What an engine says about its latencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What it is doing.
    pub state: State,
    /// When it began to listen, nanoseconds since the Unix epoch.
    pub began_ns: i64,
    /// When this was said, nanoseconds since the Unix epoch.
    pub written_ns: i64,
    /// What reading the stage clock once costs, in nanoseconds; 0 without stamps.
    pub stamp_ns: u64,
    /// The pace of clients that was given, in nanoseconds from one command to the next.
    pub expected_interval_ns: Option<u64>,
    /// Commands whose connection was gone before their answer was written.
    pub gone: u64,
    /// Commands that were answered without stamps.
    pub unstamped: u64,
    /// The stages, in order; `total_corrected` is last where a pace was given. Empty without stamps.
    pub stages: Vec<Summary>,
}

impl Report {
    /// A report without figures.
    #[must_use]
    pub fn off(now_ns: i64) -> Self {
        Self {
            state: State::Off,
            began_ns: now_ns,
            written_ns: now_ns,
            stamp_ns: 0,
            expected_interval_ns: None,
            gone: 0,
            unstamped: 0,
            stages: Vec::new(),
        }
    }

    /// The figures of a record.
    #[must_use]
    pub fn of(record: &Record, state: State, (began_ns, written_ns): (i64, i64), stamp_ns: u64) -> Self {
        let mut stages: Vec<Summary> =
            Stage::ALL.iter().map(|stage| Summary::of(stage.name(), record.stage(*stage))).collect();
        let corrected = record.corrected();
        stages.extend(corrected.map(|(_, times)| Summary::of("total_corrected", times)));
        let expected_interval_ns = corrected.map(|(interval_ns, _)| interval_ns);
        let (gone, unstamped) = (record.gone(), record.unstamped());
        Self { state, began_ns, written_ns, stamp_ns, expected_interval_ns, gone, unstamped, stages }
    }

    /// The report as one JSON object, with a line feed at its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        let Self { state, began_ns, written_ns, stamp_ns, expected_interval_ns, gone, unstamped, stages } = self;
        let interval = expected_interval_ns.map_or("null".to_owned(), |ns| ns.to_string());
        let mut out = String::with_capacity(2_048);
        let _ = write!(
            out,
            r#"{{"schema":{SCHEMA},"state":"{}","began_ns":{began_ns},"written_ns":{written_ns},"#,
            state.name()
        );
        let _ = write!(out, r#""stamp_ns":{stamp_ns},"expected_interval_ns":{interval},"#);
        let _ = write!(out, r#""gone":{gone},"unstamped":{unstamped},"stages":["#);
        for (number, stage) in stages.iter().enumerate() {
            if number > 0 {
                out.push(',');
            }
            stage.write(&mut out);
        }
        out.push_str("]}\n");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_the_nearest_ranks_of_what_was_recorded() {
        let mut record = Record::new(None);
        (1..=1_000).for_each(|ns| record.add(Stage::Match, ns));

        let report = Report::of(&record, State::Running, (5, 6), 7);

        let summary = report.stages[Stage::Match as usize];
        assert_eq!((summary.stage, summary.count), ("match", 1_000));
        assert_eq!((summary.min_ns, summary.mean_ns, summary.max_ns), (1, 500, 1_000));
        assert_eq!(summary.quantiles_ns, [500, 900, 950, 990, 999]);
    }

    #[test]
    fn the_text_holds_every_figure() {
        let mut record = Record::new(Some(1_000));
        record.add_total(40);
        record.add_gone();

        let text = Report::of(&record, State::Ended, (5, 6), 7).to_json();

        let head =
            r#"{"schema":1,"state":"ended","began_ns":5,"written_ns":6,"stamp_ns":7,"expected_interval_ns":1000,"#;
        assert!(text.starts_with(head), "{text}");
        let total = r#"{"stage":"total","count":1,"min_ns":40,"mean_ns":40,"p50_ns":40,"p90_ns":40,"p95_ns":40,"#;
        assert!(text.contains(total) && text.contains(r#""gone":1,"unstamped":0"#), "{text}");
        assert!(text.contains(r#""stage":"total_corrected","count":1"#) && text.ends_with("]}\n"), "{text}");
        assert!(Report::off(3).to_json().ends_with("\"stages\":[]}\n"));
    }
}
