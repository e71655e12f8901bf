//! The publisher's end of one channel: numbers its messages and keeps the view they add up to.

use model::InstrumentId;

use crate::feed::{Body, CHECKSUM_EVERY, Update, View};
use crate::replica::{Snapshot, Status};

/// One channel of one instrument.
#[derive(Debug, Clone)]
pub(crate) struct Channel<V> {
    state: Snapshot<V>,
}

impl<V: View> Channel<V> {
    pub(crate) fn new(instrument: InstrumentId, epoch: u32) -> Self {
        let (status, view) = (Status::default(), V::default());
        Self { state: Snapshot { instrument, epoch, seq: 0, status, view } }
    }

    pub(crate) fn view(&self) -> &V {
        &self.state.view
    }

    pub(crate) fn snapshot(&self) -> Snapshot<V> {
        self.state.clone()
    }

    /// Publishes a message, and a checksum where its turn has come.
    ///
    /// # Panics
    /// Where a delta does not fit the view it was made from: a bug of the publisher.
    pub(crate) fn publish(&mut self, ts_ns: i64, body: Body, out: &mut Vec<Update>) {
        if let Body::Book(delta) = &body
            && let Err(reason) = self.state.view.apply(delta)
        {
            panic!("publisher contradicts itself: {reason}: instrument={}", self.state.instrument);
        }
        self.state.status.absorb(&body);
        self.number(ts_ns, body, out);
        if (self.state.seq + 1).is_multiple_of(CHECKSUM_EVERY) {
            self.number(ts_ns, Body::Checksum(self.state.view.checksum()), out);
        }
    }

    fn number(&mut self, ts_ns: i64, body: Body, out: &mut Vec<Update>) {
        let Snapshot { instrument, epoch, seq: prev_seq, .. } = self.state;
        let seq = prev_seq + 1;
        self.state.seq = seq;
        out.push(Update { instrument, depth: V::DEPTH, epoch, seq, prev_seq, ts_ns, body });
    }
}
