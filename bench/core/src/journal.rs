//! What the journal costs: records a second and the time to their acknowledgement, beside the bare sync of this disk.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::{self, JoinHandle};

use journal::os_disk::{OsDisk, OsFile, random_id};
use journal::{
    AppendError, Commit, Committed, Journal, Mode, Note, Options, Prepare, Prepared, Record, Replay, Room,
    SnapshotHeader,
};

use crate::clock::monotonic_ns;

/// Bodies of the records: two orders and a cancel, as long as their messages are.
const BODY_BYTES: [usize; 3] = [151, 151, 66];
/// Records that may wait; what comes while so many do is refused.
const QUEUE_MAX: usize = 16_384;
/// Records a second that are offered.
const OFFERED: u64 = 1_000_000;

/// How long acknowledgements took, and how many there were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Acknowledged records a second.
    pub per_s: u64,
    /// Offered and refused because the queue was full.
    pub refused: u64,
    /// Nanoseconds from when a record was due to its acknowledgement: half, 99 %, 99.9 % are below.
    pub p50_ns: u64,
    /// See `p50_ns`.
    pub p99_ns: u64,
    /// See `p50_ns`.
    pub p999_ns: u64,
}

/// Who writes and syncs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The thread that appends.
    Serial,
    /// A thread of its own that waits by spinning.
    Spinning,
    /// A thread of its own that sleeps while there is nothing to do.
    Sleeping,
}

/// Offered records: a fixed number a second, or always more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// [`OFFERED`] a second, whether or not they are acknowledged.
    Steady,
    /// The queue is never empty.
    Endless,
}

/// Measures one sync after a write of `bytes`, on a file as a segment is: real zeros, written over.
///
/// # Errors
/// The file cannot be made, written or synced.
pub fn raw(directory: &Path, bytes: usize, samples: usize) -> std::io::Result<Figures> {
    let path = directory.join("raw");
    let file = OpenOptions::new().write(true).create(true).truncate(true).open(&path)?;
    let room = 16_usize << 20;
    file.write_all_at(&vec![0; room], 0)?;
    file.sync_all()?;
    let took = time_syncs(&file, &vec![7; bytes], room, samples);
    std::fs::remove_file(&path)?;
    took
}

fn time_syncs(file: &File, content: &[u8], room: usize, samples: usize) -> std::io::Result<Figures> {
    let start = monotonic_ns();
    let mut took = Vec::with_capacity(samples);
    for sample in 0..samples {
        let before = monotonic_ns();
        file.write_all_at(content, (sample * content.len() % (room - content.len())) as u64)?;
        file.sync_data()?;
        took.push(monotonic_ns() - before);
    }
    Ok(figures(&mut took, 0, monotonic_ns() - start))
}

fn figures(took: &mut [u64], refused: u64, elapsed_ns: u64) -> Figures {
    took.sort_unstable();
    let at = |per_mille: usize| took.get((took.len().max(1) - 1) * per_mille / 1_000).copied().unwrap_or(0);
    let per_s = took.len() as u64 * 1_000_000_000 / elapsed_ns.max(1);
    Figures { per_s, refused, p50_ns: at(500), p99_ns: at(990), p999_ns: at(999) }
}

/// Takes whatever a new store holds: nothing.
struct Nothing;

impl Replay for Nothing {
    fn reset(&mut self) {}

    fn load(&mut self, _: &SnapshotHeader, _: &[u8]) -> Result<(), String> {
        Err("a new store has no snapshot".into())
    }

    fn apply(&mut self, record: &Record<'_>) -> Result<(), String> {
        Err(format!("a new store holds seq={}", record.seq))
    }

    fn note(&mut self, _: Note) -> Result<(), String> {
        Ok(())
    }
}

/// Appends and commits for so many milliseconds into a new store in `directory`.
///
/// # Errors
/// What the journal or the disk would not do.
pub fn run(directory: &Path, mode: Mode, way: Way, load: Load, millis: u64) -> Result<Figures, String> {
    let _ = std::fs::remove_dir_all(directory);
    let disk = OsDisk::open(directory).map_err(|error| error.to_string())?;
    let store_id = random_id().map_err(|error| error.to_string())?;
    let options = Options { mode, store_id, ..Options::default() };
    let (journal, _) = Journal::open(disk, &options, 0, &mut Nothing).map_err(|error| error.to_string())?;
    let mut bench = Bench::new(journal, way, load);
    let figures = bench.measure(millis * 1_000_000)?;
    bench.close();
    std::fs::remove_dir_all(directory).map_err(|error| error.to_string())?;
    Ok(figures)
}

/// A journal under load.
struct Bench {
    journal: Journal<OsDisk>,
    load: Load,
    /// When each record that waits was due.
    queue: VecDeque<u64>,
    /// When each staged record was due, and each record of the commit on its way.
    staged: Vec<u64>,
    in_flight: Vec<u64>,
    took: Vec<u64>,
    refused: u64,
    offered: u64,
    commits: Option<Helper<Commit<OsFile>, Committed<OsFile>>>,
    prepares: Helper<Prepare<OsDisk>, Prepared<OsFile>>,
}

impl Bench {
    fn new(journal: Journal<OsDisk>, way: Way, load: Load) -> Self {
        let commits = match way {
            Way::Serial => None,
            Way::Spinning | Way::Sleeping => Some(Helper::new(Commit::run, way == Way::Spinning)),
        };
        let prepares = Helper::new(Prepare::run, false);
        let (queue, staged, in_flight, took) = (VecDeque::new(), Vec::new(), Vec::new(), Vec::new());
        Self { journal, load, queue, staged, in_flight, took, refused: 0, offered: 0, commits, prepares }
    }

    fn measure(&mut self, duration_ns: u64) -> Result<Figures, String> {
        let start = monotonic_ns();
        loop {
            let now = monotonic_ns() - start;
            if now >= duration_ns {
                break;
            }
            self.arrive(now);
            self.append(now)?;
            self.commit(start)?;
            self.prepare()?;
        }
        Ok(figures(&mut self.took, self.refused, monotonic_ns() - start))
    }

    /// Waits for what the helpers are at, so that nothing is written any more.
    fn close(self) {
        self.prepares.close();
        if let Some(commits) = self.commits {
            commits.close();
        }
    }

    fn arrive(&mut self, now: u64) {
        match self.load {
            Load::Endless => self.queue.resize(QUEUE_MAX, now),
            Load::Steady => {
                let due = now * OFFERED / 1_000_000_000;
                for number in self.offered..due {
                    if self.queue.len() < QUEUE_MAX {
                        self.queue.push_back(number * (1_000_000_000 / OFFERED));
                    } else {
                        self.refused += 1;
                    }
                }
                self.offered = due;
            }
        }
    }

    fn append(&mut self, now: u64) -> Result<(), String> {
        const BODY: [u8; 151] = [7; 151];
        while let Some(&due) = self.queue.front() {
            if self.journal.room() != Room::All {
                break;
            }
            let len = BODY_BYTES[self.staged.len() % BODY_BYTES.len()];
            match self.journal.append(now, 1, &BODY[..len]) {
                Ok(_) => self.staged.push(due),
                Err(AppendError::BatchFull) => break,
                Err(error) => return Err(error.to_string()),
            }
            self.queue.pop_front();
        }
        Ok(())
    }

    fn commit(&mut self, start: u64) -> Result<(), String> {
        if let Some(helper) = &self.commits {
            match helper.done.try_recv() {
                Ok(committed) => self.finish(committed, start)?,
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => return Err("the journal's thread is gone".into()),
            }
        }
        if !self.in_flight.is_empty() || !self.journal.due(monotonic_ns() - start) {
            return Ok(());
        }
        let Some(commit) = self.journal.begin_commit().map_err(|error| error.to_string())? else {
            return Ok(());
        };
        std::mem::swap(&mut self.staged, &mut self.in_flight);
        match &self.commits {
            Some(helper) => helper.todo.send(commit).map_err(|error| error.to_string()),
            None => self.finish(commit.run(), start),
        }
    }

    fn finish(&mut self, committed: Committed<OsFile>, start: u64) -> Result<(), String> {
        self.journal.finish(committed).map_err(|error| error.to_string())?;
        let now = monotonic_ns() - start;
        self.took.extend(self.in_flight.drain(..).map(|due| now.saturating_sub(due)));
        Ok(())
    }

    fn prepare(&mut self) -> Result<(), String> {
        if let Ok(prepared) = self.prepares.done.try_recv() {
            self.journal.finish_prepare(prepared).map_err(|error| error.to_string())?;
        }
        match self.journal.begin_prepare() {
            Some(work) => self.prepares.todo.send(work).map_err(|error| error.to_string()),
            None => Ok(()),
        }
    }
}

/// A thread that does what it is sent until nobody sends any more.
struct Helper<T, R> {
    todo: Sender<T>,
    done: Receiver<R>,
    thread: JoinHandle<()>,
}

impl<T: Send + 'static, R: Send + 'static> Helper<T, R> {
    fn new(work: fn(T) -> R, spins: bool) -> Self {
        let (todo, inbox) = channel::<T>();
        let (outbox, done) = channel();
        let thread = thread::spawn(move || {
            loop {
                let next = if spins { inbox.try_recv() } else { inbox.recv().map_err(|_| TryRecvError::Disconnected) };
                match next {
                    Ok(one) => {
                        if outbox.send(work(one)).is_err() {
                            break;
                        }
                    }
                    Err(TryRecvError::Empty) => std::hint::spin_loop(),
                    Err(TryRecvError::Disconnected) => break,
                }
            }
        });
        Self { todo, done, thread }
    }

    fn close(self) {
        drop(self.todo);
        // A helper that panicked did so on its own thread and told it there.
        let _ = self.thread.join();
    }
}

#[cfg(test)]
mod tests {
    use super::{Load, Way, figures, raw, run};
    use journal::Mode;

    fn folder(name: &str) -> std::path::PathBuf {
        std::env::temp_dir().join(format!("fairlead-bench-{name}-{}", std::process::id()))
    }

    #[test]
    fn each_way_acknowledges_records() {
        for way in [Way::Serial, Way::Spinning, Way::Sleeping] {
            let measured = run(&folder("ways"), Mode::default(), way, Load::Steady, 50).unwrap();

            assert!(measured.per_s > 0 && measured.p50_ns <= measured.p99_ns, "{way:?} {measured:?}");
        }
        assert!(run(&folder("ways"), Mode::Os, Way::Serial, Load::Endless, 20).unwrap().per_s > 0);
    }

    #[test]
    fn the_bare_sync_is_measured_on_a_file_that_is_gone_afterwards() {
        let folder = folder("raw");
        std::fs::create_dir_all(&folder).unwrap();

        assert!(raw(&folder, 4_096, 5).unwrap().p50_ns > 0);

        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn percentiles_are_of_all_that_was_acknowledged() {
        let measured = figures(&mut (1..=1_000).rev().collect::<Vec<_>>(), 3, 1_000_000_000);

        assert_eq!((measured.p50_ns, measured.p99_ns, measured.p999_ns), (500, 990, 999));
        assert_eq!((measured.per_s, measured.refused), (1_000, 3));
    }
}
