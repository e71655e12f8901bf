//! What is known outside of the system under test: what was sent, what was answered, and what must come of it.
//!
//! 1. Every command that was released, or seen in the log by a recovery, is in the log ever after, at its place.
//! 2. Sequence numbers have no gaps, times rise.
//! 3. Nothing is in the log more often than it was sent.
//! 4. A second exchange that follows the log has the same events and the same state; so has the naive one.
//! 5. A client id whose first request was accepted gets that answer again, and never a second order.

use std::collections::BTreeMap;

use engine::Exchange;
use model::{AccountId, ClOrdId, Command, Digest, Event, EventKind, Events, Limits, OrderId, RejectReason, Stamp};

use crate::naive::NaiveExchange;

/// A command in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub stamp: Stamp,
    /// Its bytes.
    pub digest: u64,
}

/// The first request with a client id.
#[derive(Clone, Copy, Debug)]
struct First {
    digest: u64,
    order_id: OrderId,
    ts_ns: i64,
}

/// How long an id is certainly known: less than the 48 hours after its order ended.
const KNOWN_NS: i64 = 47 * 3_600 * 1_000_000_000;

/// The knowledge of one run.
pub struct Oracle {
    replica: Exchange,
    naive: Option<NaiveExchange>,
    events: Events,
    naive_events: Events,
    log: Vec<Entry>,
    /// How many of the log were released to clients.
    released: usize,
    /// Where the last release began.
    release_start: usize,
    /// How often each command may still appear.
    sent: BTreeMap<u64, u32>,
    firsts: BTreeMap<(AccountId, ClOrdId), First>,
    remembers: bool,
    bytes: Vec<u8>,
}

/// Short words for a list of events.
fn told(events: &[Event]) -> String {
    let text = format!("{events:?}");
    text.chars().take(600).collect()
}

impl Oracle {
    /// Knows nothing yet.
    pub fn new(limits: Limits, has_naive: bool, remembers: bool) -> Self {
        Oracle {
            replica: Exchange::new(limits),
            naive: has_naive.then(|| NaiveExchange::new(limits)),
            events: Events::new(),
            naive_events: Events::new(),
            log: Vec::new(),
            released: 0,
            release_start: 0,
            sent: BTreeMap::new(),
            firsts: BTreeMap::new(),
            remembers,
            bytes: Vec::new(),
        }
    }

    /// The digest of a command's bytes.
    pub fn digest(&mut self, command: &Command) -> u64 {
        self.bytes.clear();
        let mut digest = Digest::new();
        match wire::encode_command(command, 0, &mut self.bytes) {
            Ok(()) => digest.write_bytes(&self.bytes),
            Err(error) => digest.write_bytes(error.to_string().as_bytes()),
        }
        digest.finish()
    }

    /// A client sends a command, or the network doubles it.
    pub fn send(&mut self, digest: u64) {
        *self.sent.entry(digest).or_default() += 1;
    }

    /// The log as far as it is known.
    pub fn log(&self) -> &[Entry] {
        &self.log
    }

    /// The last place that was released.
    pub fn released(&self) -> usize {
        self.released
    }

    /// Where the last release began: how much the loss of one batch may take.
    pub fn release_start(&self) -> usize {
        self.release_start
    }

    /// A new batch of outcomes begins.
    pub fn begin_release(&mut self) {
        self.release_start = self.log.len();
    }

    /// The state hash after everything in the log.
    pub fn state_hash(&self) -> u64 {
        self.replica.state_hash().combined()
    }

    /// The first record of the log, which is no command.
    ///
    /// # Errors
    /// It is not the first.
    pub fn begin(&mut self, stamp: Stamp, body: &[u8]) -> Result<(), String> {
        if stamp.seq != 1 || !self.log.is_empty() {
            return Err(format!("sequence: a log begins at {} behind {} records", stamp.seq, self.log.len()));
        }
        let mut digest = Digest::new();
        digest.write_bytes(body);
        self.log.push(Entry { stamp, digest: digest.finish() });
        Ok(())
    }

    /// The system says that a command is durable and this is what came of it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn release(&mut self, stamp: Stamp, command: &Command, events: &[Event]) -> Result<(), String> {
        let digest = self.take(stamp, command)?;
        if self.events.as_slice() != events {
            let (ours, theirs) = (told(self.events.as_slice()), told(events));
            return Err(format!("replica: other events: {command:?}\n  replica {ours}\n  system  {theirs}"));
        }
        self.released = self.log.len();
        self.check_once(command, digest, events)
    }

    /// A recovery found a command behind everything released.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn find(&mut self, stamp: Stamp, command: &Command) -> Result<(), String> {
        let digest = self.take(stamp, command)?;
        let events = self.events.as_slice().to_vec();
        self.check_once(command, digest, &events)
    }

    /// One more command at the end of the log.
    fn take(&mut self, stamp: Stamp, command: &Command) -> Result<u64, String> {
        let wanted = self.log.len() as u64 + 1;
        if stamp.seq != wanted {
            return Err(format!("sequence: got {} where {wanted} comes next", stamp.seq));
        }
        if let Some(last) = self.log.last()
            && stamp.ts_ns <= last.stamp.ts_ns
        {
            return Err(format!("time: seq {wanted} has {} after {}", stamp.ts_ns, last.stamp.ts_ns));
        }
        let digest = self.digest(command);
        let left = self.sent.entry(digest).or_default();
        match left.checked_sub(1) {
            Some(less) => *left = less,
            None if *command == Command::Tick => {}
            None => return Err(format!("invented: seq {wanted} was not sent so often: {command:?}")),
        }
        self.log.push(Entry { stamp, digest });
        self.events.clear();
        self.replica.apply(stamp, command, &mut self.events);
        if let Some(naive) = &mut self.naive {
            self.naive_events.clear();
            naive.apply(stamp, command, &mut self.naive_events);
            if self.naive_events.as_slice() != self.events.as_slice() {
                let (ours, theirs) = (told(self.naive_events.as_slice()), told(self.events.as_slice()));
                return Err(format!("naive: other events: {command:?}\n  naive {ours}\n  fast  {theirs}"));
            }
        }
        Ok(digest)
    }

    /// The promise of client ids, told from events alone.
    fn check_once(&mut self, command: &Command, digest: u64, events: &[Event]) -> Result<(), String> {
        let Command::NewOrder(order) = command else { return Ok(()) };
        if !self.remembers {
            return Ok(());
        }
        let key = (order.account, order.cl_ord_id);
        let accepted = events.iter().find_map(|event| {
            let EventKind::OrderAccepted(accepted) = &event.kind else { return None };
            (accepted.cl_ord_id == order.cl_ord_id).then_some(accepted.order_id)
        });
        let ts_ns = self.log.last().map_or(0, |last| last.stamp.ts_ns);
        let known = self.firsts.get(&key).filter(|first| ts_ns - first.ts_ns < KNOWN_NS);
        let Some(first) = known else {
            if let Some(order_id) = accepted {
                self.firsts.insert(key, First { digest, order_id, ts_ns });
            }
            return Ok(());
        };
        if accepted.is_some() {
            return Err(format!("twice: a second order for {}: {command:?}", order.cl_ord_id));
        }
        // The rate of messages comes before everything else.
        let is_repeated = events.iter().any(|event| {
            matches!(&event.kind, EventKind::Repeated { order_id, .. } if *order_id == first.order_id)
                || matches!(&event.kind, EventKind::OrderRejected(rejected) if rejected.reason == RejectReason::MsgRate)
        });
        if first.digest == digest && !is_repeated {
            return Err(format!("answer: the retry of order {} got {}", first.order_id, told(events)));
        }
        Ok(())
    }

    /// The state hashes of all engines that follow the log agree.
    ///
    /// # Errors
    /// Which do not.
    pub fn check_state(&self, system: u64, what: &str) -> Result<(), String> {
        let replica = self.state_hash();
        if system != replica {
            let seq = self.log.len();
            return Err(format!("state: {what} at seq {seq} is {system:016x}, the replica's {replica:016x}"));
        }
        match &self.naive {
            Some(naive) if naive.state_hash().combined() != replica => Err("naive: another state".to_owned()),
            Some(_) | None => Ok(()),
        }
    }
}
