//! The way out to one peer: numbers messages, keeps them until they are sent, knows when the peer took nothing.

use model::SessionId;
use wire::Message;

use crate::outbox::Outbox;

/// What is on its way to a peer.
#[derive(Debug)]
pub(crate) struct Line {
    outbox: Outbox,
    next_out: u64,
    said_ns: u64,
    /// Since when bytes wait without progress.
    stuck_ns: Option<u64>,
}

impl Line {
    pub(crate) fn new(now_ns: u64) -> Self {
        Self { outbox: Outbox::default(), next_out: 1, said_ns: now_ns, stuck_ns: None }
    }

    /// The number the next numbered message will have.
    pub(crate) fn next_out(&self) -> u64 {
        self.next_out
    }

    /// When the peer last took bytes.
    pub(crate) fn said_ns(&self) -> u64 {
        self.said_ns
    }

    /// Appends a message with the next number.
    pub(crate) fn send(&mut self, session: SessionId, message: &Message) {
        let seq = self.next_out;
        self.next_out += 1;
        self.put(session, seq, message);
    }

    /// Appends a message without a number.
    pub(crate) fn say(&mut self, session: SessionId, message: &Message) {
        self.put(session, 0, message);
    }

    fn put(&mut self, session: SessionId, seq: u64, message: &Message) {
        self.outbox.frame(|bytes| {
            let written = message.encode(session.0, seq, bytes);
            debug_assert!(written.is_ok(), "what the gateway says can be written: {written:?} {message:?}");
        });
    }

    /// Appends a report that was encoded before, as this session's and with the next number; `ref_seq` is what it answers.
    pub(crate) fn send_copy(&mut self, session: SessionId, report: &[u8], ref_seq: u64) {
        let seq = self.next_out;
        self.next_out += 1;
        self.outbox.frame(|bytes| {
            let at = bytes.len();
            bytes.extend_from_slice(report);
            // The header: kind, version, length, session, number.
            bytes[at + 4..at + 8].copy_from_slice(&session.0.to_be_bytes());
            bytes[at + 8..at + 16].copy_from_slice(&seq.to_be_bytes());
            wire::set_ref_seq(&mut bytes[at..], ref_seq);
        });
    }

    /// Appends a message as it is.
    pub(crate) fn send_shared(&mut self, message: &[u8]) {
        self.outbox.message(message);
    }

    /// The bytes that wait.
    pub(crate) fn pending(&self) -> &[u8] {
        self.outbox.pending()
    }

    /// Says that the peer took `count` bytes.
    pub(crate) fn wrote(&mut self, count: usize, now_ns: u64) {
        if count > 0 {
            self.said_ns = now_ns;
            self.stuck_ns = None;
        }
        self.outbox.consume(count);
        if !self.outbox.is_empty() {
            self.stuck_ns.get_or_insert(now_ns);
        }
    }

    /// Whether bytes have waited for so long without any of them being taken.
    pub(crate) fn is_stuck(&mut self, limit_ns: u64, now_ns: u64) -> bool {
        if self.outbox.is_empty() {
            return false;
        }
        now_ns.saturating_sub(*self.stuck_ns.get_or_insert(now_ns)) >= limit_ns
    }

    /// Whether nothing was sent for so long and nothing waits.
    pub(crate) fn is_quiet(&self, interval_ns: u64, now_ns: u64) -> bool {
        self.outbox.is_empty() && now_ns.saturating_sub(self.said_ns) >= interval_ns
    }

    /// Gives back the memory that what waits does not need.
    pub(crate) fn shrink(&mut self) {
        self.outbox.shrink();
    }

    /// Forgets what waits.
    pub(crate) fn discard(&mut self) {
        self.outbox.discard();
    }
}
