//! Publishes latencies: once a second the engine's thread hands its histograms to a thread that sums, tells and writes them.
//!
//! 1. The engine's thread never waits and never writes: it swaps two records, and only when the other one is back.
//! 2. A disk that is full, slow or gone costs figures, never a command: the newest file that could be written stays.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use gateway::clock::{Clock as _, SystemClock};
use gateway::stamps::Stamps;
use latency::{Record, Report, State};

/// The file of figures in a data directory.
pub const LATENCY_FILE: &str = "latency.json";
const PERIOD_NS: u64 = 1_000_000_000;

/// How latencies are measured.
#[derive(Clone, Copy, Debug, Default)]
pub struct Measure {
    /// The pace of each client, where it is known: nanoseconds from one command to the next. `total` is then also kept
    /// corrected for coordinated omission.
    pub expected_interval_ns: Option<u64>,
}

/// The newest report of a running or ended engine, for whoever asks in its process.
#[derive(Clone, Debug)]
pub struct Told(Arc<Mutex<Report>>);

impl Told {
    fn new(report: Report) -> Self {
        Self(Arc::new(Mutex::new(report)))
    }

    /// The report.
    #[must_use]
    pub fn report(&self) -> Report {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn tell(&self, report: Report) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = report;
    }
}

/// The engine's side: swaps records.
pub(crate) struct Publisher {
    told: Told,
    link: Option<Link>,
    due_ns: u64,
}

/// The way to the thread that sums, and back.
struct Link {
    measure: Measure,
    to: SyncSender<(Record, State)>,
    back: Receiver<Record>,
    /// The record that is not being filled, while the thread does not have it.
    spare: Option<Record>,
    thread: JoinHandle<()>,
}

/// The other side.
struct Summer {
    sum: Record,
    directory: PathBuf,
    clock: SystemClock,
    began_ns: i64,
    stamp_ns: u64,
    told: Told,
}

impl Publisher {
    /// Begins to publish into a directory; without `measure` only says that nothing is measured. Gives the record to be
    /// filled first.
    pub(crate) fn start(directory: &Path, measure: Option<Measure>, clock: &SystemClock) -> (Self, Option<Record>) {
        let began_ns = clock.wall_ns();
        let told = Told::new(Report::off(began_ns));
        let off = Self { told: told.clone(), link: None, due_ns: 0 };
        let Some(measure) = measure else {
            // An old file would be taken for this run's.
            if write(directory, &told.report()).is_err() {
                let _ = fs::remove_file(directory.join(LATENCY_FILE));
            }
            return (off, None);
        };
        let record = || Record::new(measure.expected_interval_ns);
        let (stamp_ns, sum) = (clock.stage_cost_ns(), record());
        let summer = Summer {
            sum,
            directory: directory.to_owned(),
            clock: clock.clone(),
            began_ns,
            stamp_ns,
            told: told.clone(),
        };
        summer.publish(State::Running);
        let (to, jobs) = sync_channel(1);
        let (give_back, back) = sync_channel(1);
        let spawned = Builder::new().name("latencies".to_owned()).spawn(move || summer.run(&jobs, &give_back));
        // A system without room for a thread runs the venue all the same, and nothing is measured.
        let Ok(thread) = spawned else { return (off, None) };
        let link = Link { measure, to, back, spare: Some(record()), thread };
        (Self { told, link: Some(link), due_ns: clock.stage_ns() + PERIOD_NS }, Some(record()))
    }

    /// What was published last.
    pub(crate) fn told(&self) -> Told {
        self.told.clone()
    }

    /// Hands over what was recorded, once a second.
    pub(crate) fn turn(&mut self, stamps: Option<&mut Stamps>, clock: &SystemClock) {
        let (Some(link), Some(stamps)) = (&mut self.link, stamps) else { return };
        let now_ns = clock.stage_ns();
        if now_ns < self.due_ns {
            return;
        }
        self.due_ns = now_ns + PERIOD_NS;
        link.spare = link.spare.take().or_else(|| link.back.try_recv().ok());
        if let Some(empty) = link.spare.take() {
            // Where the thread is gone there is nobody to tell.
            let _ = link.to.try_send((stamps.take_record(empty), State::Running));
        }
    }

    /// Hands over the rest and waits until it is published.
    pub(crate) fn end(self, stamps: Option<&mut Stamps>) {
        let (Some(Link { measure, to, thread, .. }), Some(stamps)) = (self.link, stamps) else { return };
        let rest = stamps.take_record(Record::new(measure.expected_interval_ns));
        let _ = to.send((rest, State::Ended));
        drop(to);
        let _ = thread.join();
    }
}

impl Summer {
    fn run(mut self, jobs: &Receiver<(Record, State)>, give_back: &SyncSender<Record>) {
        while let Ok((mut record, state)) = jobs.recv() {
            self.sum.merge(&record);
            record.clear();
            // Nobody waits for it after the last one.
            let _ = give_back.try_send(record);
            self.publish(state);
        }
    }

    fn publish(&self, state: State) {
        let report = Report::of(&self.sum, state, (self.began_ns, self.clock.wall_ns()), self.stamp_ns);
        // Figures are worth no trouble: what cannot be written now is in the next file.
        let _ = write(&self.directory, &report);
        self.told.tell(report);
    }
}

/// Puts the file in the place of the one before, whole or not at all.
fn write(directory: &Path, report: &Report) -> io::Result<()> {
    let path = directory.join(LATENCY_FILE);
    let draft = path.with_extension("json.tmp");
    let written = fs::write(&draft, report.to_json()).and_then(|()| fs::rename(&draft, &path));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written
}
