//! The state machine in its sequence: an exchange, its last stamp, and when its hash is due.

use engine::Exchange;
use model::{Command, Events, Limits, Stamp};

use crate::genesis::Genesis;

/// An exchange that has applied a log up to a place. The live one, a replaying one and a shadow are all of this.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) exchange: Exchange,
    pub(crate) genesis: Genesis,
    /// The newest record applied, the genesis included.
    pub(crate) last: Stamp,
    /// The record after which the state was last hashed.
    hashed_seq: u64,
}

impl Core {
    /// An empty one.
    pub(crate) fn new(genesis: Genesis) -> Self {
        let exchange = Exchange::new(genesis.limits);
        Core { exchange, genesis, last: Stamp { seq: 0, ts_ns: i64::MIN }, hashed_seq: 0 }
    }

    /// Begins a log.
    pub(crate) fn begin(&mut self, stamp: Stamp, genesis: Genesis) {
        *self = Core::new(genesis);
        self.last = stamp;
    }

    pub(crate) fn limits(&self) -> Limits {
        self.genesis.limits
    }

    #[inline]
    pub(crate) fn apply(&mut self, stamp: Stamp, command: &Command, out: &mut Events) {
        debug_assert_eq!(stamp.seq, self.last.seq + 1, "INV-11: the sequence has no gaps");
        self.last = stamp;
        self.exchange.apply(stamp, command, out);
    }

    /// How many records may still come before a place where the hash may be due: batches end there.
    pub(crate) fn until_hash(&self) -> u64 {
        self.genesis.hash_every - self.last.seq % self.genesis.hash_every
    }

    /// The hash of the state, where it is due: at every multiple of `hash_every`, or at the first after as many records
    /// as there are open orders, so that it costs each command the same however deep the books are.
    /// `is_wanted`: at this multiple in any case.
    pub(crate) fn due_hash(&mut self, is_wanted: bool) -> Option<u64> {
        let passed = self.last.seq - self.hashed_seq;
        let is_due = self.last.seq.is_multiple_of(self.genesis.hash_every)
            && (is_wanted || passed >= self.genesis.hash_every.max(self.exchange.open_count() as u64));
        is_due.then(|| self.hash())
    }

    /// The hash of the state as it is.
    pub(crate) fn hash(&mut self) -> u64 {
        self.hashed_seq = self.last.seq;
        self.exchange.state_hash().combined()
    }
}
