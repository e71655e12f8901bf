//! Remembers client order ids so that a request takes effect exactly once (S-122, rules ).
//!
//! Entries live in a slab of 64 bytes each; [`crate::runs`] finds those of ids that count up, [`crate::tags`] the others. The entries of one
//! order form a chain, newest first. When the order ends the chain joins the queue of retired chains, from whose front
//! it is forgotten in time.

use book::marked;
use model::image;
use model::image::{Image, ImageError, Input, layout};
use std::collections::VecDeque;

use model::{AccountId, ClOrdId, Limits, OrderId, RejectReason, digest_client_id};

use crate::runs::{Known, Parts, Runs};
use crate::tags::Tags;

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
    /// The next older entry of its chain; while free, the next free entry.
    older: u32,
    /// Identifies the request's content.
    pub(crate) request: u64,
    /// An order id, or [`REFUSED`] with the code of a reason.
    outcome: u64,
}

const _: () = assert!(size_of::<Entry>() == 64, "one cache line an entry");

/// An account's id, taken apart once for all that is asked of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key<'a> {
    account: AccountId,
    id: &'a ClOrdId,
    parts: Parts,
}

impl<'a> Key<'a> {
    #[inline]
    pub(crate) fn of(account: AccountId, id: &'a ClOrdId) -> Self {
        Key { account, id, parts: Parts::of(id) }
    }

    /// A hash: products of pairs of words, independent of each other.
    fn hash(&self) -> u64 {
        let words = self.id.words();
        let pairs = [
            (words[0] ^ 0xA076_1D64_78BD_642F, words[1] ^ 0xE703_7ED1_A0B4_28DB),
            (words[2] ^ 0x8EBC_6AF0_9C88_C6E3, words[3] ^ 0x5899_65CC_7537_4CC3),
            (words[4] ^ 0x1D8E_4E27_C47D_124F, u64::from(self.account.0) ^ 0xEB44_ACCA_B455_D165),
        ];
        let sum = pairs.into_iter().fold(0, |sum: u64, (x, y)| sum.rotate_left(17) ^ fold(x, y));
        fold(sum, 0x9E37_79B9_7F4A_7C15)
    }
}

/// Marks an outcome that is a reason's code and not an order id.
const REFUSED: u64 = 1 << 63;
/// The outcome of an entry that is forgotten but still holds its place in a run.
const FORGOTTEN: u64 = u64::MAX;

impl Entry {
    const BLANK: Entry =
        Entry { cl_ord_id: ClOrdId::BLANK, account: AccountId(0), older: NO_ENTRY, request: 1, outcome: REFUSED };

    fn key(&self) -> Key<'_> {
        Key::of(self.account, &self.cl_ord_id)
    }

    #[inline]
    fn digest(&self) -> u64 {
        let outcome = match self.outcome() {
            Outcome::Accepted(order_id) => Ok(order_id),
            Outcome::Rejected(reason) => Err(reason),
        };
        digest_client_id(self.account, &self.cl_ord_id, outcome)
    }

    /// What became of the request.
    pub(crate) fn outcome(&self) -> Outcome {
        self.known_outcome().expect("only codes of reasons are stored")
    }

    fn known_outcome(&self) -> Option<Outcome> {
        if self.outcome & REFUSED == 0 {
            return Some(Outcome::Accepted(OrderId(self.outcome)));
        }
        let code = self.outcome & !REFUSED;
        let reason = RejectReason::ALL.iter().find(|reason| u64::from(reason.code()) == code);
        reason.map(|reason| Outcome::Rejected(*reason))
    }
}

/// The table.
#[derive(Debug)]
pub(crate) struct ClientIds {
    runs: Runs,
    tags: Tags,
    len: usize,
    entries: Vec<Entry>,
    free: u32,
    retired: VecDeque<(i64, u32)>,
    /// Of everything remembered, by exclusive or.
    digest: u64,
}

impl ClientIds {
    pub(crate) fn new() -> Self {
        ClientIds {
            runs: Runs::default(),
            tags: Tags::new(),
            len: 0,
            entries: Vec::new(),
            free: NO_ENTRY,
            retired: VecDeque::new(),
            digest: 0,
        }
    }

    /// Takes memory for `ids` remembered ids at once.
    pub(crate) fn reserve(&mut self, ids: usize) {
        // Written, not just asked for, so that the first use of a page costs nothing later.
        self.retired = VecDeque::from(vec![(1, NO_ENTRY); ids]);
        self.retired.clear();
        self.entries = vec![Entry::BLANK; ids];
        self.entries.clear();
    }

    /// The entry of an id.
    #[inline]
    pub(crate) fn find(&self, key: &Key<'_>) -> Option<u32> {
        match self.runs.find(key.account, &key.parts, |entry| self.number_of(entry)) {
            Known::New => None,
            Known::Entry(entry) if self.is_kept(entry) => Some(entry),
            Known::Entry(_) | Known::Elsewhere => self.find_in_table(key),
        }
    }

    fn find_in_table(&self, key: &Key<'_>) -> Option<u32> {
        self.tags.find(key.hash(), |entry| {
            let found = &self.entries[entry as usize];
            found.account == key.account && found.cl_ord_id == *key.id
        })
    }

    fn number_of(&self, entry: u32) -> u64 {
        Parts::of(&self.entry(entry).cl_ord_id).number()
    }

    fn is_kept(&self, entry: u32) -> bool {
        self.entry(entry).outcome != FORGOTTEN
    }

    pub(crate) fn entry(&self, entry: u32) -> &Entry {
        &self.entries[entry as usize]
    }

    /// Makes room for one more id; `false` where every remembered id belongs to an open order.
    #[inline]
    pub(crate) fn make_room(&mut self, limits: &Limits) -> bool {
        self.len < limits.client_ids_max || self.make_room_for(1, limits)
    }

    /// Makes room for `ids` more ids, forgetting retired chains until they fit; `false` where they do not.
    #[cold]
    pub(crate) fn make_room_for(&mut self, ids: usize, limits: &Limits) -> bool {
        while self.len + ids > limits.client_ids_max {
            let Some((_, chain)) = self.retired.pop_front() else { return false };
            self.forget(chain);
        }
        true
    }

    /// Remembers an id, in front of the chain `older`.
    #[inline]
    pub(crate) fn remember(&mut self, key: &Key<'_>, request: u64, outcome: Outcome, older: u32) -> u32 {
        let (outcome, told) = match outcome {
            Outcome::Accepted(order_id) => (order_id.0, Ok(order_id)),
            Outcome::Rejected(reason) => (REFUSED | u64::from(reason.code()), Err(reason)),
        };
        self.digest ^= digest_client_id(key.account, key.id, told);
        let number = self.place(Entry { cl_ord_id: *key.id, account: key.account, older, request, outcome });
        self.len += 1;
        if !self.runs.append(key.account, &key.parts, number) {
            let entries = &self.entries;
            self.tags.insert(key.hash(), number, |entry| entries[entry as usize].key().hash());
        }
        number
    }

    #[inline(always)]
    #[allow(clippy::inline_always, reason = "a copy of a just written value stalls the pipeline")]
    fn place(&mut self, entry: Entry) -> u32 {
        if self.free == NO_ENTRY {
            self.entries.push(entry);
            return u32::try_from(self.entries.len() - 1).expect("client_ids_max is below 2^32");
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
        core::iter::successors(Some(newest), |at| {
            let older = self.entries[*at as usize].older;
            (older != NO_ENTRY).then_some(older)
        })
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
            let entry = self.entries[at as usize];
            self.len -= 1;
            self.digest ^= entry.digest();
            let key = entry.key();
            if self.is_in_run(&key, at) {
                self.entries[at as usize].outcome = FORGOTTEN;
                self.thin_run(&key);
            } else {
                self.tags.remove(key.hash(), at);
                self.release(at);
            }
            at = entry.older;
        }
    }

    fn is_in_run(&self, key: &Key<'_>, entry: u32) -> bool {
        self.runs.find(key.account, &key.parts, |at| self.number_of(at)) == Known::Entry(entry)
    }

    fn thin_run(&mut self, key: &Key<'_>) {
        let (entries, free) = (&mut self.entries, &mut self.free);
        let mut gone = Vec::new();
        let is_forgotten = |at: u32| entries[at as usize].outcome == FORGOTTEN;
        self.runs.forget(key.account, &key.parts, is_forgotten, |at| gone.push(at));
        for at in gone {
            entries[at as usize].older = *free;
            *free = at;
        }
    }

    fn release(&mut self, at: u32) {
        self.entries[at as usize].older = self.free;
        self.free = at;
    }

    /// The section of the state hash: independent of order, kept up with every id that comes and goes.
    pub(crate) fn hash(&self) -> u64 {
        self.digest
    }

    /// The same by a walk over all that is remembered.
    fn walked_hash(&self) -> u64 {
        self.remembered().fold(0, |sum, at| sum ^ self.entry(at).digest())
    }

    /// The entries of all ids, in no order.
    fn remembered(&self) -> impl Iterator<Item = u32> {
        let in_runs = self.runs.entries().filter(|at| self.is_kept(*at));
        in_runs.chain(self.tags.entries())
    }

    pub(crate) fn bytes(&self) -> usize {
        self.runs.bytes()
            + self.tags.bytes()
            + self.entries.capacity() * size_of::<Entry>()
            + self.retired.capacity() * size_of::<(i64, u32)>()
    }
}

image!(Entry { cl_ord_id: ClOrdId, account: AccountId, older: u32, request: u64, outcome: u64 });

/// Entries keep their numbers; of a free one nothing is ever read. The table of tags has one entry for each that is in
/// no run, wherever it lies.
impl Image for ClientIds {
    const MIN: usize = 40;
    const LAYOUT: u64 = layout("ClientIds", &[("runs", Runs::LAYOUT), ("entries", Entry::LAYOUT)]);

    fn save(&self, out: &mut Vec<u8>) {
        let Self { runs, tags, len: _, entries, free, retired, digest: _ } = self;
        let line: Vec<u32> = if *free == NO_ENTRY { Vec::new() } else { self.chain(*free).collect() };
        let mut is_free = vec![false; entries.len()];
        for at in &line {
            is_free[*at as usize] = true;
        }
        line.save(out);
        (entries.len() - line.len()).save(out);
        for (entry, _) in entries.iter().zip(is_free).filter(|(_, free)| !free) {
            entry.save(out);
        }
        runs.save(out);
        let mut tagged: Vec<u32> = tags.entries().collect();
        tagged.sort_unstable();
        tagged.save(out);
        retired.save(out);
    }

    fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
        let line: Vec<u32> = Vec::load(input)?;
        let count = input.count(Entry::MIN)? + line.len();
        let is_free = marked(&line, count).ok_or_else(|| input.damaged("an entry free twice, or none"))?;
        let mut entries = Vec::with_capacity(count);
        for free in &is_free {
            entries.push(if *free { Entry::BLANK } else { Entry::load(input)? });
        }
        let (runs, tagged, retired): (Runs, Vec<u32>, VecDeque<(i64, u32)>) = Image::load(input)?;
        let tags = Tags::for_keys(tagged.len());
        let mut ids = ClientIds { runs, tags, len: 0, entries, free: NO_ENTRY, retired, digest: 0 };
        input.ensure(ids.is_sound(&tagged, &is_free), "client ids that contradict each other")?;
        ids.len = tagged.len() + ids.runs.entries().filter(|at| ids.is_kept(*at)).count();
        for at in tagged {
            let hash = ids.entry(at).key().hash();
            let entries = &ids.entries;
            ids.tags.insert(hash, at, |entry| entries[entry as usize].key().hash());
        }
        for at in line.into_iter().rev() {
            ids.release(at);
        }
        let is_known = ids.remembered().all(|at| ids.entry(at).known_outcome().is_some());
        input.ensure(is_known, "a reason nobody knows")?;
        ids.digest = ids.walked_hash();
        Ok(ids)
    }
}

impl ClientIds {
    /// Whether what was just loaded names entries that are in use, and every entry says what became of it.
    fn is_sound(&self, tagged: &[u32], is_free: &[bool]) -> bool {
        let used = |at: u32| is_free.get(at as usize) == Some(&false);
        let told = |entry: &Entry| {
            let code = entry.outcome & !REFUSED;
            let known = || RejectReason::ALL.iter().any(|reason| u64::from(reason.code()) == code);
            // The chain of a forgotten entry is gone.
            let chained = entry.older == NO_ENTRY || used(entry.older);
            entry.outcome == FORGOTTEN || (chained && (entry.outcome & REFUSED == 0 || known()))
        };
        tagged.is_sorted_by(|a, b| a < b)
            && tagged.iter().copied().chain(self.runs.entries()).all(used)
            && self.retired.iter().all(|(_, chain)| used(*chain))
            && self.entries.iter().zip(is_free).all(|(entry, free)| *free || told(entry))
    }

    /// Whether a number is that of an entry.
    pub(crate) fn has(&self, entry: u32) -> bool {
        (entry as usize) < self.entries.len()
    }
}

/// Both halves of a 128-bit product, folded.
#[inline]
fn fold(x: u64, y: u64) -> u64 {
    let product = u128::from(x) * u128::from(y);
    let (high, low) = (product >> 64, product & u128::from(u64::MAX));
    u64::try_from(high ^ low).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(account: u32, text: &str) -> (AccountId, ClOrdId) {
        (AccountId(account), ClOrdId::new(text).unwrap())
    }

    fn remember(ids: &mut ClientIds, (account, id): (AccountId, ClOrdId)) -> u32 {
        ids.remember(&Key::of(account, &id), 0, Outcome::Accepted(OrderId(1)), NO_ENTRY)
    }

    fn find(ids: &ClientIds, (account, id): (AccountId, ClOrdId)) -> Option<u32> {
        ids.find(&Key::of(account, &id))
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
        // Every other one has no number at its end, so that both kinds of look-up are used.
        let name = |i: u32| key(1, &format!("{i}{}", if i.is_multiple_of(2) { "" } else { "x" }));
        let entries: Vec<u32> = (0..1_000).map(|i| remember(&mut ids, name(i))).collect();

        for i in (0..1_000).step_by(3) {
            ids.retire(entries[usize::try_from(i).unwrap()], i64::from(i));
        }
        for _ in 0..10 {
            ids.expire(2_000, &limits);
        }

        for i in 0..1_000 {
            assert_eq!(find(&ids, name(i)).is_some(), i % 3 != 0, "id {i}");
        }
        assert_eq!(ids.len, 666);
        assert_eq!(ids.hash(), ids.walked_hash());
        assert_ne!(ids.hash(), 0);
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
