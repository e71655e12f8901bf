//! The work beside the loop: the shadow replayer that makes the snapshots, and the upkeep of the log's files, each on a
//! thread of its own.
//!
//! 1. The loop waits for neither, except at the end ([`Beside::finish`]).
//! 2. What they come to reaches the sequencer on the loop's thread only ([`Beside::turn`]).
//! 3. A snapshot that cannot be made is a notice. A shadow in another state than the core, or a failed sync, ends the
//!    sequencer.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, Builder, JoinHandle, Thread};
use std::time::Duration;

use journal::disk::Disk;
use sequencer::{Fatal, OpenError, Progress, Sequencer, Shadow, Taken, Upkeep, Upkept};

/// How long a shadow that has caught up lets more come, so that a light load does not wake it for each command.
const PAUSE: Duration = Duration::from_millis(10);
/// How long it waits before it tries again what there was no room for.
const RETRY_PAUSE: Duration = Duration::from_millis(250);
/// How long an end waits for a snapshot that is due.
const FINISH_MAX: Duration = Duration::from_secs(10);

/// Everything is done.
const RUNNING: u8 = 0;
/// Only a snapshot that is due is still made.
const FINISHING: u8 = 1;
/// Nothing more is begun.
const QUITTING: u8 = 2;

/// What the loop tells the threads.
#[derive(Debug, Default)]
struct Told {
    durable_seq: AtomicU64,
    phase: AtomicU8,
    /// The shadow sleeps until it is told of more.
    is_resting: AtomicBool,
}

impl Told {
    fn is(&self, phase: u8) -> bool {
        self.phase.load(Ordering::SeqCst) == phase
    }

    /// Sleeps until there is more than `seen`, or an end.
    fn rest(&self, seen: u64) {
        thread::park_timeout(PAUSE);
        self.is_resting.store(true, Ordering::SeqCst);
        while self.is(RUNNING) && self.durable_seq.load(Ordering::SeqCst) <= seen {
            thread::park();
        }
        self.is_resting.store(false, Ordering::SeqCst);
    }
}

/// What the threads tell the loop.
enum Said<D: Disk> {
    Upkept(Upkept<D::File>),
    Taken(Taken),
    Missed(String),
    Failed(Fatal),
    /// It fell over; the text is the panic's.
    Broke(String),
    /// The shadow's thread is over.
    Ended,
}

/// What became of the snapshots since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshots {
    /// The newest one made; 0 for none.
    pub taken_seq: u64,
    /// How many could not be made.
    pub missed: u64,
    /// Why the last of them could not; empty again once one is made.
    pub why: String,
}

/// The threads beside one sequencer. Dropping it ends them without waiting for a snapshot that is due.
pub struct Beside<D: Disk> {
    told: Arc<Told>,
    said: Receiver<Said<D>>,
    work: Option<Sender<Upkeep<D>>>,
    threads: Vec<JoinHandle<()>>,
    shadow: Option<Thread>,
    snapshots: Snapshots,
    notices: Vec<String>,
}

impl<D: Disk> Beside<D> {
    /// Starts the upkeep, which the sequencer's options must leave to others, and where `with_snapshots` a shadow.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(sequencer: &Sequencer<D>, with_snapshots: bool) -> io::Result<Self> {
        let (told, (say, said), (work, to_do)) = (Arc::new(Told::default()), channel(), channel());
        let (snapshots, notices) = (Snapshots::default(), Vec::new());
        let mut beside = Self { told, said, work: Some(work), threads: Vec::new(), shadow: None, snapshots, notices };
        beside.tell(sequencer.durable_seq());
        let (told, upkeep_says) = (Arc::clone(&beside.told), say.clone());
        beside.spawn("fairlead-upkeep", move || keep_up(&told, &to_do, &upkeep_says))?;
        if with_snapshots {
            let (told, open) = (Arc::clone(&beside.told), sequencer.shadow_later());
            beside.shadow = Some(beside.spawn("fairlead-shadow", move || {
                let work = AssertUnwindSafe(|| follow(&told, open, &say));
                if let Err(payload) = catch_unwind(work) {
                    let _ = say.send(Said::Broke(words(payload.as_ref())));
                }
                let _ = say.send(Said::Ended);
            })?);
        }
        Ok(beside)
    }

    fn spawn(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<Thread> {
        let handle = Builder::new().name(name.to_owned()).spawn(work)?;
        let thread = handle.thread().clone();
        self.threads.push(handle);
        Ok(thread)
    }

    /// After each step of the loop: hands out what is to be done and takes back what was.
    ///
    /// # Errors
    /// [`Fatal`]: end the process with its exit code.
    pub fn turn(&mut self, sequencer: &mut Sequencer<D>) -> Result<(), Fatal> {
        while let Ok(said) = self.said.try_recv() {
            self.hear(said, sequencer)?;
        }
        if let Some(work) = sequencer.begin_upkeep()
            && let Some(to_do) = &self.work
        {
            // It is only gone when all of this is.
            let _ = to_do.send(work);
        }
        self.tell(sequencer.durable_seq());
        Ok(())
    }

    /// As [`Beside::turn`], after waiting `time` at most for something that was done.
    ///
    /// # Errors
    /// As [`Beside::turn`].
    pub fn wait(&mut self, sequencer: &mut Sequencer<D>, time: Duration) -> Result<(), Fatal> {
        self.turn(sequencer)?;
        if let Ok(said) = self.said.recv_timeout(time) {
            self.hear(said, sequencer)?;
        }
        self.turn(sequencer)
    }

    /// Before the log is closed: ends the threads. A snapshot that is due by now is made first, so that a life however short
    /// leaves one; for ten seconds at most.
    ///
    /// # Errors
    /// As [`Beside::turn`].
    pub fn finish(&mut self, sequencer: &mut Sequencer<D>) -> Result<(), Fatal> {
        self.tell(sequencer.durable_seq());
        self.enter(FINISHING);
        while self.shadow.is_some()
            && let Ok(said) = self.said.recv_timeout(FINISH_MAX)
        {
            self.hear(said, sequencer)?;
        }
        self.end();
        while let Ok(said) = self.said.try_recv() {
            self.hear(said, sequencer)?;
        }
        sequencer.take_upkeep_back()
    }

    /// What became of the snapshots.
    #[must_use]
    pub fn snapshots(&self) -> &Snapshots {
        &self.snapshots
    }

    /// What a person should know, each a sentence; once.
    pub fn take_notices(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notices)
    }

    fn tell(&self, durable_seq: u64) {
        let is_more = self.told.durable_seq.swap(durable_seq, Ordering::SeqCst) != durable_seq;
        if is_more && self.told.is_resting.load(Ordering::SeqCst) {
            self.shadow.iter().for_each(Thread::unpark);
        }
    }

    fn hear(&mut self, said: Said<D>, sequencer: &mut Sequencer<D>) -> Result<(), Fatal> {
        match said {
            Said::Upkept(done) => return sequencer.finish_upkeep(done),
            Said::Failed(fatal) => return Err(sequencer.shadow_failed(fatal)),
            Said::Taken(taken) => {
                self.snapshots = Snapshots { taken_seq: taken.seq, why: String::new(), ..self.snapshots };
                return sequencer.snapshot_taken(taken);
            }
            Said::Missed(why) if why == self.snapshots.why => self.snapshots.missed += 1,
            Said::Missed(why) => {
                self.notices.push(format!(
                    "no snapshot was made: {why}; everything else goes on, it is tried again, and a restart takes longer"
                ));
                self.snapshots.missed += 1;
                self.snapshots.why = why;
            }
            Said::Broke(why) => self.notices.push(format!(
                "the shadow replayer fell over: {why}; the log is complete and everything else goes on, but there are no \
                 snapshots until a restart; run `fairlead verify-matching`"
            )),
            Said::Ended => self.shadow = None,
        }
        Ok(())
    }

    fn enter(&self, phase: u8) {
        self.told.phase.store(phase, Ordering::SeqCst);
        self.threads.iter().for_each(|handle| handle.thread().unpark());
    }

    fn end(&mut self) {
        self.work = None;
        self.enter(QUITTING);
        for handle in self.threads.drain(..) {
            // A panic of the shadow was told; nothing else panics on purpose.
            let _ = handle.join();
        }
        self.shadow = None;
    }
}

impl<D: Disk> Drop for Beside<D> {
    fn drop(&mut self) {
        self.end();
    }
}

/// The upkeep's thread.
fn keep_up<D: Disk>(told: &Told, to_do: &Receiver<Upkeep<D>>, say: &Sender<Said<D>>) {
    while let Ok(mut work) = to_do.recv() {
        loop {
            match work.step() {
                Ok(rest) if told.is(RUNNING) => work = rest,
                // What is unfinished is removed at the next start.
                Ok(_) => break,
                Err(done) => {
                    let _ = say.send(Said::Upkept(done));
                    break;
                }
            }
        }
    }
}

/// The shadow's thread.
fn follow<D: Disk>(told: &Told, open: impl Fn() -> Result<Shadow<D>, OpenError>, say: &Sender<Said<D>>) {
    let missed = |why: String| {
        let _ = say.send(Said::Missed(why));
        thread::park_timeout(RETRY_PAUSE);
    };
    let mut shadow = loop {
        match open() {
            _ if told.is(QUITTING) => return,
            Ok(shadow) => break shadow,
            Err(_) if told.is(FINISHING) => return,
            Err(OpenError::Disk(why)) => missed(why),
            Err(error) => {
                let _ = say.send(Said::Failed(Fatal::Disk(error.to_string())));
                return;
            }
        }
    };
    while !told.is(QUITTING) {
        // In this order: what is durable is told before the end is.
        let is_last = told.is(FINISHING);
        let durable_seq = told.durable_seq.load(Ordering::SeqCst);
        if is_last && shadow.due_seq() > durable_seq {
            return;
        }
        match shadow.step(durable_seq) {
            Ok(Progress::Behind) => {}
            Ok(Progress::UpToDate) if is_last => return,
            Ok(Progress::UpToDate) => told.rest(durable_seq),
            Ok(Progress::Missed(why)) => missed(why),
            Ok(Progress::Snapshot(taken)) => {
                let _ = say.send(Said::Taken(taken));
            }
            Err(fatal) => {
                let _ = say.send(Said::Failed(fatal));
                return;
            }
        }
    }
}

/// What a panic says.
fn words(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message").to_owned()
}
