//! Remembers client order ids so that a request takes effect exactly once (S-122, rules ).
//!
//! Entries live in a slab; an open-addressed table of (tag, entry) words finds them by (account, id). The entries of
//! one order form a chain, newest first. When the order ends the chain joins the queue of retired chains, from whose
//! front it is forgotten in time.

use std::collections::VecDeque;

use model::{AccountId, ClOrdId, Digest, Limits, OrderId, RejectReason};

/// No entry.
pub(crate) const NO_ENTRY: u32 = u32::MAX;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It created this order or changed it.
    Accepted(OrderId),
    /// It was refused.
    Rejected(RejectReason),
}

/// One remembered id.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) cl_ord_id: ClOrdId,
    pub(crate) account: AccountId,
    /// Identifies the request's content.
    pub(crate) request: u64,
    pub(crate) outcome: Outcome,
    tag: u32,
    /// The next older entry of its chain; while free, the next free entry.
    older: u32,
}

/// The table.
#[derive(Debug)]
pub(crate) struct ClientIds {
    /// `(tag << 32) | (entry + 1)`, 0 where empty; linear probing from `tag & mask`.
    table: Vec<u64>,
    entries: Vec<Entry>,
    free: u32,
    len: usize,
    retired: VecDeque<(i64, u32)>,
}

impl ClientIds {
    pub(crate) fn new() -> Self {
        ClientIds { table: vec![0; 64], entries: Vec::new(), free: NO_ENTRY, len: 0, retired: VecDeque::new() }
    }

    /// Where a key's probing starts; also kept in the table to compare before the entry is read.
    #[inline]
    pub(crate) fn tag(account: AccountId, id: &ClOrdId) -> u32 {
        let mut sum = u64::from(account.0).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        for chunk in id.as_bytes().chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            sum = (sum.rotate_left(23) ^ u64::from_le_bytes(word)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        }
        let folded = (sum ^ (sum >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        u32::try_from(folded >> 32).unwrap_or(0)
    }

    #[inline]
    fn mask(&self) -> usize {
        self.table.len() - 1
    }

    /// The entry of an account's id.
    #[inline]
    pub(crate) fn find(&self, account: AccountId, id: &ClOrdId, tag: u32) -> Option<u32> {
        let mut at = tag as usize & self.mask();
        loop {
            let word = self.table[at];
            if word == 0 {
                return None;
            }
            if (word >> 32) == u64::from(tag) {
                let entry = entry_of(word);
                let found = &self.entries[entry as usize];
                if found.account == account && found.cl_ord_id == *id {
                    return Some(entry);
                }
            }
            at = (at + 1) & self.mask();
        }
    }

    pub(crate) fn entry(&self, entry: u32) -> &Entry {
        &self.entries[entry as usize]
    }

    /// Makes room for one more id; `false` where every remembered id belongs to an open order.
    #[inline]
    pub(crate) fn make_room(&mut self, limits: &Limits) -> bool {
        if self.len < limits.client_ids_max {
            return true;
        }
        match self.retired.pop_front() {
            Some((_, chain)) => {
                self.forget(chain);
                true
            }
            None => false,
        }
    }

    /// Remembers an id, in front of the chain `older`.
    #[inline]
    pub(crate) fn remember(
        &mut self,
        (account, cl_ord_id): (AccountId, ClOrdId),
        tag: u32,
        request: u64,
        outcome: Outcome,
        older: u32,
    ) -> u32 {
        if (self.len + 1) * 2 > self.table.len() {
            self.grow();
        }
        let entry = Entry { cl_ord_id, account, request, outcome, tag, older };
        let number = self.place(entry);
        let mut at = tag as usize & self.mask();
        while self.table[at] != 0 {
            at = (at + 1) & self.mask();
        }
        self.table[at] = word_of(tag, number);
        self.len += 1;
        number
    }

    fn place(&mut self, entry: Entry) -> u32 {
        if self.free == NO_ENTRY {
            self.entries.push(entry);
            return u32::try_from(self.entries.len() - 1).expect("client_ids_max is far below 2^32");
        }
        let number = self.free;
        self.free = self.entries[number as usize].older;
        self.entries[number as usize] = entry;
        number
    }

    /// The order or request of this chain has ended: its ids are forgotten some time after `now_ns`.
    #[inline]
    pub(crate) fn retire(&mut self, chain: u32, now_ns: i64) {
        self.retired.push_back((now_ns, chain));
    }

    fn chain(&self, newest: u32) -> impl Iterator<Item = u32> {
        core::iter::successors(Some(newest), |at| Some(self.entries[*at as usize].older))
            .take_while(|at| *at != NO_ENTRY)
    }

    /// Forgets chains whose time is over.
    #[inline]
    pub(crate) fn expire(&mut self, now_ns: i64, limits: &Limits) {
        for _ in 0..Limits::RETIRE_MAX {
            match self.retired.front() {
                Some((at, chain)) if at.saturating_add(limits.client_id_retention_ns) <= now_ns => {
                    let chain = *chain;
                    self.retired.pop_front();
                    self.forget(chain);
                }
                Some(_) | None => return,
            }
        }
    }

    fn forget(&mut self, chain: u32) {
        let mut at = chain;
        while at != NO_ENTRY {
            let older = self.entries[at as usize].older;
            self.unlink(at);
            self.entries[at as usize].older = self.free;
            self.free = at;
            self.len -= 1;
            at = older;
        }
    }

    /// Takes an entry out of the table and closes the gap in its probe run.
    fn unlink(&mut self, entry: u32) {
        let mask = self.mask();
        let tag = self.entries[entry as usize].tag;
        let word = word_of(tag, entry);
        let mut gap = tag as usize & mask;
        while self.table[gap] != word {
            gap = (gap + 1) & mask;
        }
        let mut at = gap;
        loop {
            at = (at + 1) & mask;
            let moved = self.table[at];
            if moved == 0 {
                break;
            }
            let home = usize::try_from(moved >> 32).unwrap_or(0) & mask;
            // It may fill the gap unless its home lies between the gap and itself.
            if (at.wrapping_sub(home) & mask) >= (at.wrapping_sub(gap) & mask) {
                self.table[gap] = moved;
                gap = at;
            }
        }
        self.table[gap] = 0;
    }

    #[cold]
    fn grow(&mut self) {
        let bigger = vec![0; self.table.len() * 2];
        let old = core::mem::replace(&mut self.table, bigger);
        let mask = self.mask();
        for word in old.into_iter().filter(|word| *word != 0) {
            let mut at = usize::try_from(word >> 32).unwrap_or(0) & mask;
            while self.table[at] != 0 {
                at = (at + 1) & mask;
            }
            self.table[at] = word;
        }
    }

    /// The section of the state hash: independent of order.
    pub(crate) fn hash(&self) -> u64 {
        let mut retired = vec![false; self.entries.len()];
        for entry in self.retired.iter().flat_map(|(_, newest)| self.chain(*newest)) {
            retired[entry as usize] = true;
        }
        let live = self.table.iter().filter(|word| **word != 0).map(|word| entry_of(*word));
        live.fold(0, |sum, at| {
            let entry = self.entry(at);
            let (order_id, reason) = match entry.outcome {
                Outcome::Accepted(order_id) => (order_id.0, 0),
                Outcome::Rejected(reason) => (0, reason.code()),
            };
            let mut digest = Digest::new();
            digest.write_u64(u64::from(entry.account.0));
            digest.write_bytes(entry.cl_ord_id.as_bytes());
            digest.write_u64(order_id);
            digest.write_u64(u64::from(reason));
            digest.write_u64(u64::from(retired[at as usize]));
            sum ^ digest.finish()
        })
    }

    pub(crate) fn bytes(&self) -> usize {
        self.table.capacity() * size_of::<u64>()
            + self.entries.capacity() * size_of::<Entry>()
            + self.retired.capacity() * size_of::<(i64, u32)>()
    }
}

#[inline]
fn word_of(tag: u32, entry: u32) -> u64 {
    (u64::from(tag) << 32) | u64::from(entry + 1)
}

#[inline]
fn entry_of(word: u64) -> u32 {
    u32::try_from(word & u64::from(u32::MAX)).unwrap_or(0) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(account: u32, text: &str) -> (AccountId, ClOrdId) {
        (AccountId(account), ClOrdId::new(text).unwrap())
    }

    fn remember(ids: &mut ClientIds, key: (AccountId, ClOrdId)) -> u32 {
        ids.remember(key, ClientIds::tag(key.0, &key.1), 0, Outcome::Accepted(OrderId(1)), NO_ENTRY)
    }

    fn find(ids: &ClientIds, key: (AccountId, ClOrdId)) -> Option<u32> {
        ids.find(key.0, &key.1, ClientIds::tag(key.0, &key.1))
    }

    #[test]
    fn the_same_text_of_two_accounts_is_two_ids() {
        let mut ids = ClientIds::new();

        let first = remember(&mut ids, key(1, "A"));
        let second = remember(&mut ids, key(2, "A"));

        assert_eq!(find(&ids, key(1, "A")), Some(first));
        assert_eq!(find(&ids, key(2, "A")), Some(second));
        assert_eq!(find(&ids, key(3, "A")), None);
    }

    #[test]
    fn forgetting_some_leaves_the_others_findable() {
        let mut ids = ClientIds::new();
        let limits = Limits { client_id_retention_ns: 10, ..Limits::default() };
        let name = |i: u32| key(1, &format!("order-{i}"));
        let entries: Vec<u32> = (0..1_000).map(|i| remember(&mut ids, name(i))).collect();

        for i in (0..1_000).step_by(3) {
            ids.retire(entries[usize::try_from(i).unwrap()], i64::from(i));
        }
        for _ in 0..10 {
            ids.expire(2_000, &limits);
        }

        for i in 0..1_000 {
            assert_eq!(find(&ids, name(i)).is_some(), i % 3 != 0, "order-{i}");
        }
        assert_eq!(ids.len, 666);
    }

    #[test]
    fn a_full_table_of_open_orders_has_no_room() {
        let mut ids = ClientIds::new();
        let limits = Limits { client_ids_max: 1, ..Limits::default() };
        let entry = remember(&mut ids, key(1, "A"));

        assert!(!ids.make_room(&limits));
        ids.retire(entry, 0);
        assert!(ids.make_room(&limits));
        assert_eq!(find(&ids, key(1, "A")), None);
    }
}
