//! The reports that were sent, kept once for all sessions, oldest forgotten first.
//!
//! 1. Reports stand in ascending order of position, each with the number of its place; numbers are never reused.
//! 2. A reader is a number: the next report it has not had. It lags without costing memory until the ring leaves it behind.
//! 3. [`History::floor`] is the last position that is missing or before everything: after it nothing is.

use std::collections::VecDeque;

use model::AccountId;
use wire::Position;

/// Bytes of one block; what is forgotten goes by the block.
const BLOCK_BYTES: usize = 64 << 10;

#[derive(Debug, Clone, Copy)]
struct Entry {
    position: Position,
    account: AccountId,
    end: u32,
    origin: u64,
}

#[derive(Debug, Default)]
struct Block {
    /// The number of its first report.
    first: u64,
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

impl Block {
    fn message(&self, index: usize) -> &[u8] {
        let start = if index == 0 { 0 } else { self.entries[index - 1].end as usize };
        &self.bytes[start..self.entries[index].end as usize]
    }
}

/// A report that is still there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept<'a> {
    /// Whose it is.
    pub(crate) account: AccountId,
    /// Where the command that caused it came from.
    pub(crate) origin: u64,
    /// The message as it was first sent, to nobody in particular.
    pub(crate) message: &'a [u8],
}

/// The ring of reports.
#[derive(Debug)]
pub(crate) struct History {
    blocks: VecDeque<Block>,
    blocks_max: usize,
    /// The number of the next report.
    next: u64,
    floor: Position,
    last: Position,
}

impl History {
    /// An empty ring of at most `bytes_max` bytes, for a venue whose log has been told up to `floor`.
    pub(crate) fn new(bytes_max: usize, floor: Position) -> Self {
        let blocks_max = (bytes_max / BLOCK_BYTES).max(2);
        Self { blocks: VecDeque::new(), blocks_max, next: 0, floor, last: floor }
    }

    /// Adds a report behind all others.
    pub(crate) fn push(&mut self, position: Position, account: AccountId, origin: u64, message: &[u8]) {
        debug_assert!(position > self.last, "reports come in the order of the log: {position:?} {:?}", self.last);
        if self.blocks.back().is_none_or(|block| block.bytes.len() + message.len() > BLOCK_BYTES) {
            self.open_block();
        }
        let Some(block) = self.blocks.back_mut() else { return };
        block.bytes.extend_from_slice(message);
        let end = u32::try_from(block.bytes.len()).unwrap_or(u32::MAX);
        block.entries.push(Entry { position, account, end, origin });
        self.next += 1;
        self.last = position;
    }

    fn open_block(&mut self) {
        let is_full = self.blocks.len() >= self.blocks_max;
        let mut block = if is_full { self.blocks.pop_front().unwrap_or_default() } else { Block::default() };
        self.floor = block.entries.last().map_or(self.floor, |entry| entry.position);
        block.first = self.next;
        block.entries.clear();
        block.bytes.clear();
        block.bytes.reserve_exact(BLOCK_BYTES);
        self.blocks.push_back(block);
    }

    /// The number the next report will have.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// The position of the newest report, or of the start.
    pub(crate) fn last(&self) -> Position {
        self.last
    }

    /// After this position everything is here.
    pub(crate) fn floor(&self) -> Position {
        self.floor
    }

    /// The report of a number; `None` where it was forgotten or is not there yet.
    pub(crate) fn get(&self, number: u64) -> Option<Kept<'_>> {
        let after = self.blocks.partition_point(|block| block.first <= number);
        let block = self.blocks.get(after.checked_sub(1)?)?;
        let index = usize::try_from(number - block.first).ok()?;
        let entry = block.entries.get(index)?;
        Some(Kept { account: entry.account, origin: entry.origin, message: block.message(index) })
    }

    /// The number of the first report after a position, of those that are here.
    pub(crate) fn after(&self, position: Position) -> u64 {
        let follows = |block: &Block| block.entries.last().is_some_and(|entry| entry.position > position);
        let Some(block) = self.blocks.iter().find(|block| follows(block)) else { return self.next };
        block.first + block.entries.partition_point(|entry| entry.position <= position) as u64
    }

    /// Whether a reader's next report was forgotten.
    pub(crate) fn has_lost(&self, number: u64) -> bool {
        self.blocks.front().is_some_and(|block| number < block.first)
    }

    /// Memory it holds, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let of = |block: &Block| block.bytes.capacity() + block.entries.capacity() * size_of::<Entry>();
        self.blocks.iter().map(of).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(event_seq: u64, sub: u32, leg: u8) -> Position {
        Position { event_seq, sub, leg }
    }

    fn filled(bytes_max: usize, reports: u64) -> History {
        let mut history = History::new(bytes_max, Position::default());
        for n in 1..=reports {
            history.push(at(n, 0, 0), AccountId(u32::try_from(n % 3).unwrap()), n, &n.to_be_bytes().repeat(32));
        }
        history
    }

    #[test]
    fn a_reader_gets_every_report_once_in_order() {
        let history = filled(1 << 20, 2_000);

        for n in 0..2_000_u64 {
            assert_eq!(history.get(n).unwrap().message, (n + 1).to_be_bytes().repeat(32));
        }
        assert_eq!((history.get(7).unwrap().account, history.get(7).unwrap().origin), (AccountId(2), 8));
        assert!(history.get(history.next()).is_none());
    }

    #[test]
    fn positions_are_found_between_reports_and_sides() {
        let mut history = History::new(1 << 20, at(3, 9, 0));
        history.push(at(4, 0, 1), AccountId(1), 0, b"a");
        history.push(at(4, 0, 2), AccountId(2), 0, b"b");
        history.push(at(6, 2, 0), AccountId(1), 0, b"c");

        assert_eq!([at(0, 0, 0), at(3, 9, 0), at(4, 0, 0)].map(|p| history.after(p)), [0, 0, 0]);
        assert_eq!([at(4, 0, 1), at(4, 0, 2), at(5, 0, 0)].map(|p| history.after(p)), [1, 2, 2]);
        assert_eq!([at(6, 2, 0), at(9, 0, 0)].map(|p| history.after(p)), [3, 3]);
        assert_eq!((history.floor(), history.last()), (at(3, 9, 0), at(6, 2, 0)));
    }

    #[test]
    fn the_ring_is_bounded_and_says_what_it_lost() {
        let history = filled(256 << 10, 20_000);

        assert!(history.bytes() < 2 * (256 << 10) + BLOCK_BYTES, "bytes={}", history.bytes());
        assert!(history.has_lost(0));
        assert!(history.get(0).is_none());
        let floor = history.floor();
        let first = history.after(floor);
        assert!(!history.has_lost(first));
        assert_eq!(history.get(first).unwrap().message, (floor.event_seq + 1).to_be_bytes().repeat(32));
        assert!(history.has_lost(first - 1));
        assert_eq!(history.after(Position::default()), first);
    }

    #[test]
    fn an_empty_ring_has_nothing_to_lose() {
        let history = History::new(0, at(5, 0, 0));

        assert_eq!((history.next(), history.after(at(1, 0, 0)), history.has_lost(0)), (0, 0, false));
        assert!(history.get(0).is_none());
    }
}
