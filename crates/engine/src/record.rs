//! What the engine keeps of an open order beside its place in the book.

use book::Slot;
use model::{AccountId, Display, OrdType, PostOnly, Side, StpMode};

/// Stands for "no limit" in [`Record::limit`].
pub(crate) const NO_LIMIT: i64 = i64::MIN;

/// Where an open order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Being matched; in no queue.
    Incoming,
    /// In the book.
    Book,
    /// Among the market orders that wait for an auction.
    Waiting,
    /// A pegged order without a price.
    Parked,
    /// Nowhere: the order has ended and its slot is free.
    Ended,
}

/// The time in force without its expiry, which lives in the expiry table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Gtc,
    Day,
    Gtd,
    Ioc,
    Fok,
    Ato,
    Atc,
    Gfa,
}

impl Life {
    pub(crate) fn rests(self) -> bool {
        matches!(self, Life::Gtc | Life::Day | Life::Gtd)
    }

    pub(crate) fn is_auction(self) -> bool {
        matches!(self, Life::Ato | Life::Atc | Life::Gfa)
    }
}

/// How much of an order shows, without the numbers, which the book keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    All,
    Hidden,
    Iceberg,
}

impl From<Display> for Shown {
    fn from(display: Display) -> Self {
        match display {
            Display::All => Shown::All,
            Display::Hidden => Shown::Hidden,
            Display::Iceberg { .. } => Shown::Iceberg,
        }
    }
}

/// One open order. Quantities in lots, prices in base ticks.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) order_id: u64,
    pub(crate) order_qty: i64,
    pub(crate) cum_qty: i64,
    pub(crate) prevented_qty: i64,
    /// Limit; protection price of a market order; limit of a pegged order; [`NO_LIMIT`] for none.
    pub(crate) limit: i64,
    /// Public id counter value of its last post, 0 before the first.
    pub(crate) public_id: u64,
    pub(crate) account: AccountId,
    pub(crate) instrument: u32,
    pub(crate) session: u32,
    /// Newest entry of its chain of client ids.
    pub(crate) client: u32,
    /// Highest fee rate it can be charged, parts per million.
    pub(crate) fee_cap: i32,
    /// Millionths of a quote unit already paid by rounding up.
    pub(crate) prepaid: u32,
    pub(crate) side: Side,
    pub(crate) ord_type: OrdType,
    pub(crate) life: Life,
    pub(crate) stp: StpMode,
    pub(crate) post_only: PostOnly,
    pub(crate) shown: Shown,
    pub(crate) reduce_only: bool,
    pub(crate) place: Place,
}

impl Record {
    /// What is left of it.
    #[inline]
    pub(crate) fn leaves(&self) -> i64 {
        self.order_qty - self.cum_qty - self.prevented_qty
    }

    /// Its limit where it has one.
    pub(crate) fn limit(&self) -> Option<i64> {
        (self.limit != NO_LIMIT).then_some(self.limit)
    }
}

/// Records by slot, parallel to the arena of the books.
#[derive(Debug, Default)]
pub(crate) struct Records {
    slots: Vec<Record>,
}

impl Records {
    #[inline]
    pub(crate) fn get(&self, slot: Slot) -> &Record {
        &self.slots[slot as usize]
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, slot: Slot) -> &mut Record {
        &mut self.slots[slot as usize]
    }

    pub(crate) fn reserve(&mut self, orders: usize) {
        self.slots.reserve_exact(orders);
    }

    /// Puts a record into a slot that the arena gave out.
    #[inline]
    pub(crate) fn put(&mut self, slot: Slot, record: Record) {
        let at = slot as usize;
        if at < self.slots.len() {
            self.slots[at] = record;
            return;
        }
        assert_eq!(at, self.slots.len(), "slots are handed out densely");
        if self.slots.len() == self.slots.capacity() {
            self.slots.reserve_exact((self.slots.len() / 4).max(256));
        }
        self.slots.push(record);
    }

    /// Open orders that pass a test, as (order id, slot) in order of id. Looks at every slot.
    pub(crate) fn open_where(&self, test: impl Fn(&Record) -> bool) -> Vec<(u64, Slot)> {
        let open = self.slots.iter().enumerate().filter(|(_, r)| r.place != Place::Ended && test(r));
        let slot_of = |at| Slot::try_from(at).expect("slots are 32 bits");
        let mut found: Vec<(u64, Slot)> = open.map(|(at, r)| (r.order_id, slot_of(at))).collect();
        found.sort_unstable();
        found
    }

    pub(crate) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Record>()
    }
}
