//! The messages of one market data channel, kept once for all subscribers, oldest forgotten first.

use std::collections::VecDeque;
use std::sync::Arc;

/// A book as it was after message `seq`, encoded once for whoever needs it.
#[derive(Debug)]
pub(crate) struct Picture {
    /// The last message it contains.
    pub(crate) seq: u64,
    /// Its messages, in order.
    pub(crate) parts: Vec<Box<[u8]>>,
}

impl Picture {
    /// Memory it holds, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.parts.iter().map(|part| part.len()).sum()
    }
}

/// Messages by number, the newest of them within a bound of bytes.
#[derive(Debug)]
pub(crate) struct Ring {
    messages: VecDeque<Box<[u8]>>,
    /// The number of the oldest message that is here.
    first: u64,
    bytes: usize,
    bytes_max: usize,
    /// The picture that was asked for last, while it is up to date.
    picture: Option<Arc<Picture>>,
}

impl Ring {
    /// An empty ring that begins with message 1.
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { messages: VecDeque::new(), first: 1, bytes: 0, bytes_max, picture: None }
    }

    /// Adds the next message.
    pub(crate) fn push(&mut self, message: &[u8]) {
        self.bytes += message.len();
        self.messages.push_back(message.into());
        self.picture = None;
        while self.bytes > self.bytes_max {
            let Some(oldest) = self.messages.pop_front() else { return };
            self.bytes -= oldest.len();
            self.first += 1;
        }
    }

    /// The number of the next message.
    pub(crate) fn next(&self) -> u64 {
        self.first + self.messages.len() as u64
    }

    /// A message that is still here.
    pub(crate) fn get(&self, seq: u64) -> Option<&[u8]> {
        let index = usize::try_from(seq.checked_sub(self.first)?).ok()?;
        self.messages.get(index).map(AsRef::as_ref)
    }

    /// Whether a reader can go on with this message, whether it is there or still to come.
    pub(crate) fn can_continue(&self, seq: u64) -> bool {
        (self.first..=self.next()).contains(&seq)
    }

    /// The picture that is up to date, where one was made.
    pub(crate) fn picture(&self) -> Option<Arc<Picture>> {
        self.picture.clone()
    }

    /// Keeps a picture until the next message.
    pub(crate) fn keep(&mut self, picture: &Arc<Picture>) {
        self.picture = Some(Arc::clone(picture));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_found_by_number_until_they_are_forgotten() {
        let mut ring = Ring::new(10);
        assert!(ring.can_continue(1));
        assert!(!ring.can_continue(0));
        for n in 1..=6_u8 {
            ring.push(&[n; 3]);
        }

        assert_eq!(ring.next(), 7);
        assert_eq!([3, 4, 6, 7].map(|seq| ring.get(seq)), [None, Some(&[4_u8; 3][..]), Some(&[6; 3][..]), None]);
        assert_eq!([0, 3, 4, 7, 8].map(|seq| ring.can_continue(seq)), [false, false, true, true, false]);
    }

    #[test]
    fn a_picture_lasts_until_the_next_message() {
        let mut ring = Ring::new(10);
        ring.keep(&Arc::new(Picture { seq: 0, parts: vec![[1, 2].into()] }));
        assert_eq!(ring.picture().unwrap().bytes(), 2);

        ring.push(&[1]);

        assert!(ring.picture().is_none());
    }
}
