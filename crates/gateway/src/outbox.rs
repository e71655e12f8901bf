//! The unsent bytes of one connection: appended at the back, taken from the front, bounded by whoever appends.

/// Bytes on their way to a peer.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    bytes: Vec<u8>,
    /// How many of them have been sent.
    sent: usize,
}

impl Outbox {
    /// How many bytes wait.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() - self.sent
    }

    /// Whether none does.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes that wait.
    pub(crate) fn pending(&self) -> &[u8] {
        &self.bytes[self.sent..]
    }

    /// Forgets the first `count` bytes that wait: they were sent.
    pub(crate) fn consume(&mut self, count: usize) {
        self.sent += count.min(self.len());
        if self.is_empty() {
            self.bytes.clear();
            self.sent = 0;
        } else if self.sent >= self.bytes.len() / 2 {
            self.bytes.drain(..self.sent);
            self.sent = 0;
        }
    }

    /// Gives back the memory that what waits does not need.
    pub(crate) fn shrink(&mut self) {
        self.bytes.drain(..self.sent);
        self.sent = 0;
        self.bytes.shrink_to_fit();
    }

    /// Forgets everything and the memory too.
    pub(crate) fn discard(&mut self) {
        *self = Self::default();
    }

    /// Appends one frame: the length of what `write` appends, and that.
    pub(crate) fn frame(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let at = self.bytes.len();
        self.bytes.extend_from_slice(&[0, 0]);
        write(&mut self.bytes);
        let len = u16::try_from(self.bytes.len() - at - 2).unwrap_or(u16::MAX);
        debug_assert_eq!(usize::from(len), self.bytes.len() - at - 2, "no message is longer than its length field");
        self.bytes[at..at + 2].copy_from_slice(&len.to_be_bytes());
    }

    /// Appends one frame whose message is there already.
    pub(crate) fn message(&mut self, message: &[u8]) {
        self.frame(|bytes| bytes.extend_from_slice(message));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_appended_comes_out_once_in_order_however_it_is_taken() {
        let mut outbox = Outbox::default();
        let mut taken = Vec::new();
        for n in 0..200_u8 {
            outbox.message(&vec![n; usize::from(n)]);
            let step = usize::from(n) % 7 * 11;
            taken.extend_from_slice(&outbox.pending()[..step.min(outbox.len())]);
            outbox.consume(step);
        }
        taken.extend_from_slice(outbox.pending());

        let mut expected = Vec::new();
        for n in 0..200_u8 {
            expected.extend_from_slice(&u16::from(n).to_be_bytes());
            expected.extend(vec![n; usize::from(n)]);
        }
        assert_eq!(taken, expected);
    }

    #[test]
    fn a_burst_does_not_keep_its_memory() {
        let mut outbox = Outbox::default();
        outbox.message(&vec![1; 60_000]);
        assert!(outbox.bytes.capacity() >= 60_000);

        outbox.consume(59_000);
        outbox.shrink();
        assert_eq!((outbox.pending(), outbox.bytes.capacity()), (&[1; 1_002][..], 1_002));

        outbox.consume(usize::MAX);
        outbox.shrink();
        assert_eq!((outbox.len(), outbox.bytes.capacity()), (0, 0));
    }
}
