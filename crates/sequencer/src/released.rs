//! What leaves the sequencer: the outcomes of durable commands, in sequence.

use latency::Times;
use model::{Event, Events, Stamp};

use crate::refusal::Refusal;

/// What one durable command caused. Its events carry `(seq, index)`: the stamp and their place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome<'a> {
    /// Its place in the sequence.
    pub stamp: Stamp,
    /// What `submit` was given with it; [`TICK_ORIGIN`] of a tick by the sequencer itself.
    pub origin: u64,
    /// Its events, never empty (INV-11).
    pub events: &'a [Event],
    /// When it went through which stage, where the step was given a clock for that. Nothing depends on it.
    pub times: Option<Times>,
}

/// The origin of commands that nobody submitted: time passing.
pub const TICK_ORIGIN: u64 = u64::MAX;

/// Where a command's events end within those of the batch.
#[derive(Clone, Copy, Debug)]
struct Mark {
    stamp: Stamp,
    origin: u64,
    taken_ns: u64,
    end: usize,
}

/// When a batch was durable, and when it was applied, by the clock of the stages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Done {
    pub(crate) durable_ns: u64,
    pub(crate) applied_ns: u64,
}

/// The memory behind [`Released`], used again from step to step. Whoever tests a reader of outcomes fills one itself.
#[derive(Debug, Default)]
pub struct Outbox {
    marks: Vec<Mark>,
    events: Events,
    refused: Vec<(u64, Refusal)>,
    done: Option<Done>,
}

impl Outbox {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets everything, keeping the memory.
    pub fn clear(&mut self) {
        self.marks.clear();
        self.events.clear();
        self.refused.clear();
        self.done = None;
    }

    /// Adds the outcome of a command: `apply` appends its events.
    #[inline]
    pub fn add(&mut self, stamp: Stamp, origin: u64, apply: impl FnOnce(&mut Events)) {
        self.add_taken(stamp, origin, 0, apply);
    }

    /// Adds the outcome of a command that was given its place at `taken_ns` of the stage clock.
    #[inline]
    pub(crate) fn add_taken(&mut self, stamp: Stamp, origin: u64, taken_ns: u64, apply: impl FnOnce(&mut Events)) {
        apply(&mut self.events);
        self.marks.push(Mark { stamp, origin, taken_ns, end: self.events.as_slice().len() });
    }

    /// Says when the whole batch was durable and applied.
    pub(crate) fn finish(&mut self, done: Option<Done>) {
        self.done = done;
    }

    /// Adds a command that waited and is refused after all.
    pub fn refuse(&mut self, origin: u64, refusal: Refusal) {
        self.refused.push((origin, refusal));
    }

    /// What is in it.
    pub fn released(&self) -> Released<'_> {
        Released { marks: &self.marks, events: self.events.as_slice(), refused: &self.refused, done: self.done }
    }
}

/// The outcomes of one step. Every command in it is as durable as the mode says before this exists (INV-15).
#[derive(Clone, Copy, Debug)]
pub struct Released<'a> {
    marks: &'a [Mark],
    events: &'a [Event],
    refused: &'a [(u64, Refusal)],
    done: Option<Done>,
}

impl<'a> Released<'a> {
    /// How many commands.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// Whether nothing happened in this step.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty() && self.refused.is_empty()
    }

    /// The outcomes, in sequence.
    pub fn iter(&self) -> impl Iterator<Item = Outcome<'a>> + use<'a> {
        let (marks, events, done) = (self.marks, self.events, self.done);
        let starts = core::iter::once(0).chain(marks.iter().map(|mark| mark.end));
        marks.iter().zip(starts).map(move |(mark, start)| Outcome {
            stamp: mark.stamp,
            origin: mark.origin,
            events: &events[start..mark.end],
            times: done.map(|Done { durable_ns, applied_ns }| Times {
                taken_ns: mark.taken_ns,
                durable_ns,
                applied_ns,
            }),
        })
    }

    /// Commands that waited and were refused after all, with their origin: they have no place in the sequence.
    pub fn refused(&self) -> &'a [(u64, Refusal)] {
        self.refused
    }

    /// All events of the step in order.
    pub fn events(&self) -> &'a [Event] {
        self.events
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::EventKind;

    #[test]
    fn outcomes_come_in_order_each_with_its_own_events() {
        let mut outbox = Outbox::new();
        for (seq, count) in [(1, 2), (2, 1)] {
            let stamp = Stamp { seq, ts_ns: 7 };
            outbox.add(stamp, 10 + seq, |events| {
                events.begin(stamp);
                (0..count).for_each(|_| events.push(EventKind::TimePassed));
            });
        }
        outbox.refuse(99, Refusal::DiskFull);

        let released = outbox.released();

        let seen: Vec<_> = released.iter().map(|one| (one.stamp.seq, one.origin, one.events.len())).collect();
        assert_eq!(seen, [(1, 11, 2), (2, 12, 1)]);
        let places: Vec<_> = released.events().iter().map(|event| (event.stamp.seq, event.sub)).collect();
        assert_eq!(places, [(1, 0), (1, 1), (2, 0)]);
        assert_eq!(released.refused(), [(99, Refusal::DiskFull)]);
    }

    #[test]
    fn a_cleared_outbox_is_empty() {
        let mut outbox = Outbox::new();
        outbox.refuse(1, Refusal::DiskFull);
        assert!(!outbox.released().is_empty());

        outbox.clear();

        assert!(outbox.released().is_empty());
        assert_eq!(outbox.released().iter().count(), 0);
    }
}
