//! What the engine keeps of an open order beside its place in the book: one cache line.

use book::Slot;
use model::image;
use model::image::{Image, ImageError, Input, layout};
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
    /// Waiting for its trigger.
    Suspended,
    /// Triggered; it works when its turn comes.
    Triggered,
    /// Waiting for the entry of its group.
    Held,
    /// Nowhere: the order has ended and its slot is free.
    Ended,
}

impl Place {
    /// Accepted, but neither at work nor in a queue: [`crate::waits`] knows more.
    pub(crate) fn waits(self) -> bool {
        matches!(self, Place::Suspended | Place::Triggered | Place::Held)
    }

    /// The order could trade as it stands.
    #[inline]
    pub(crate) fn works(self) -> bool {
        !self.waits() && self != Place::Ended
    }
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

/// What an order is, apart from its numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traits {
    pub(crate) side: Side,
    pub(crate) ord_type: OrdType,
    pub(crate) life: Life,
    pub(crate) stp: StpMode,
    pub(crate) post_only: PostOnly,
    pub(crate) shown: Shown,
    pub(crate) reduce_only: bool,
    /// In the market of an event: it gives what its account has.
    pub(crate) closes: bool,
    /// Highest fee rate it can be charged, parts per million.
    pub(crate) fee_cap: i32,
}

/// Small fields of a record in one word.
#[derive(Clone, Copy, Debug)]
struct Marks(u64);

/// A field of [`Marks`]: where it starts and how many bits it has.
#[derive(Clone, Copy)]
struct Field {
    shift: u32,
    bits: u32,
}

const FEE_CAP: Field = Field { shift: 0, bits: 20 };
const PREPAID: Field = Field { shift: 20, bits: 20 };
const SIDE: Field = Field { shift: 40, bits: 1 };
const ORD_TYPE: Field = Field { shift: 41, bits: 2 };
const LIFE: Field = Field { shift: 43, bits: 3 };
const STP: Field = Field { shift: 46, bits: 3 };
const POST_ONLY: Field = Field { shift: 49, bits: 2 };
const SHOWN: Field = Field { shift: 51, bits: 2 };
const REDUCE_ONLY: Field = Field { shift: 53, bits: 1 };
const PLACE: Field = Field { shift: 54, bits: 3 };
const CLOSES: Field = Field { shift: 57, bits: 1 };
const GROUPED: Field = Field { shift: 63, bits: 1 };

impl Marks {
    #[inline]
    fn of<const N: usize>(fields: [(Field, u64); N]) -> Self {
        Marks(fields.iter().fold(0, |word, (field, value)| word | value << field.shift))
    }

    #[inline]
    fn get(self, field: Field) -> usize {
        // At most 20 bits, so the conversion never falls back.
        usize::try_from((self.0 >> field.shift) & ((1 << field.bits) - 1)).unwrap_or(0)
    }

    #[inline]
    fn set(&mut self, field: Field, value: u64) {
        debug_assert!(value < 1 << field.bits, "the value fits its field");
        let mask = ((1 << field.bits) - 1) << field.shift;
        self.0 = (self.0 & !mask) | (value << field.shift);
    }
}

/// One open order. Quantities in lots, prices in base ticks; its order id stands in the arena.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(crate) struct Record {
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
    marks: Marks,
}

const _: () = assert!(size_of::<Record>() == 64, "one cache line an order");

impl Record {
    const VACANT: Record = Record {
        order_qty: 0,
        cum_qty: 0,
        prevented_qty: 0,
        limit: NO_LIMIT,
        public_id: 0,
        account: AccountId(0),
        instrument: 0,
        session: 0,
        client: 0,
        marks: Marks((Place::Ended as u64) << PLACE.shift),
    };

    /// Becomes a new order of `order_qty` lots that is in no queue yet. Written field by field where it stays: a copy of
    /// a just written record would wait for the writes.
    #[inline]
    pub(crate) fn renew(
        &mut self,
        order_qty: i64,
        limit: i64,
        [account, instrument, session, client]: [u32; 4],
        traits: Traits,
    ) {
        self.order_qty = order_qty;
        self.cum_qty = 0;
        self.prevented_qty = 0;
        self.limit = limit;
        self.public_id = 0;
        self.account = AccountId(account);
        self.instrument = instrument;
        self.session = session;
        self.client = client;
        self.marks = Marks::of([
            (FEE_CAP, u64::from(traits.fee_cap.unsigned_abs())),
            (SIDE, traits.side as u64),
            (ORD_TYPE, traits.ord_type as u64),
            (LIFE, traits.life as u64),
            (STP, traits.stp as u64),
            (POST_ONLY, traits.post_only as u64),
            (SHOWN, traits.shown as u64),
            (REDUCE_ONLY, u64::from(traits.reduce_only)),
            (CLOSES, u64::from(traits.closes)),
        ]);
    }

    /// What is left of it.
    #[inline]
    pub(crate) fn leaves(&self) -> i64 {
        self.order_qty - self.cum_qty - self.prevented_qty
    }

    /// Its limit where it has one.
    pub(crate) fn limit_price(&self) -> Option<i64> {
        (self.limit != NO_LIMIT).then_some(self.limit)
    }

    /// Highest fee rate it can be charged, parts per million.
    #[inline]
    pub(crate) fn fee_cap(&self) -> i32 {
        i32::try_from(self.marks.get(FEE_CAP)).unwrap_or(0)
    }

    /// Millionths of a quote unit already paid by rounding up.
    #[inline]
    pub(crate) fn prepaid(&self) -> u32 {
        u32::try_from(self.marks.get(PREPAID)).unwrap_or(0)
    }

    #[inline]
    pub(crate) fn set_prepaid(&mut self, prepaid: u32) {
        self.marks.set(PREPAID, u64::from(prepaid));
    }

    #[inline]
    pub(crate) fn side(&self) -> Side {
        [Side::Buy, Side::Sell][self.marks.get(SIDE)]
    }

    #[inline]
    pub(crate) fn ord_type(&self) -> OrdType {
        [OrdType::Limit, OrdType::Market, OrdType::MarketToLimit, OrdType::Pegged][self.marks.get(ORD_TYPE)]
    }

    #[inline]
    pub(crate) fn life(&self) -> Life {
        [Life::Gtc, Life::Day, Life::Gtd, Life::Ioc, Life::Fok, Life::Ato, Life::Atc, Life::Gfa][self.marks.get(LIFE)]
    }

    pub(crate) fn set_life(&mut self, life: Life) {
        self.marks.set(LIFE, life as u64);
    }

    #[inline]
    pub(crate) fn stp(&self) -> StpMode {
        match self.marks.get(STP) {
            0 => StpMode::None,
            1 => StpMode::CancelNewest,
            2 => StpMode::CancelOldest,
            3 => StpMode::CancelBoth,
            _ => StpMode::DecrementAndCancel,
        }
    }

    pub(crate) fn set_stp(&mut self, stp: StpMode) {
        self.marks.set(STP, stp as u64);
    }

    pub(crate) fn post_only(&self) -> PostOnly {
        match self.marks.get(POST_ONLY) {
            0 => PostOnly::No,
            1 => PostOnly::Reject,
            _ => PostOnly::Slide,
        }
    }

    #[inline]
    pub(crate) fn shown(&self) -> Shown {
        match self.marks.get(SHOWN) {
            0 => Shown::All,
            1 => Shown::Hidden,
            _ => Shown::Iceberg,
        }
    }

    #[inline]
    pub(crate) fn reduce_only(&self) -> bool {
        self.marks.get(REDUCE_ONLY) == 1
    }

    /// Whether it gives what its account has, in the market of an event.
    #[inline]
    pub(crate) fn closes(&self) -> bool {
        self.marks.get(CLOSES) == 1
    }

    /// Whether it belongs to a group.
    #[inline]
    pub(crate) fn is_grouped(&self) -> bool {
        self.marks.get(GROUPED) == 1
    }

    pub(crate) fn set_grouped(&mut self, grouped: bool) {
        self.marks.set(GROUPED, u64::from(grouped));
    }

    #[inline]
    pub(crate) fn place(&self) -> Place {
        match self.marks.get(PLACE) {
            0 => Place::Incoming,
            1 => Place::Book,
            2 => Place::Waiting,
            3 => Place::Parked,
            4 => Place::Suspended,
            5 => Place::Triggered,
            6 => Place::Held,
            _ => Place::Ended,
        }
    }

    #[inline]
    pub(crate) fn set_place(&mut self, place: Place) {
        self.marks.set(PLACE, place as u64);
    }
}

/// Records by slot, parallel to the arena of the books.
#[derive(Debug, Default)]
pub(crate) struct Records {
    slots: Vec<Record>,
}

image!(Marks(u64));
image!(Record {
    order_qty: i64,
    cum_qty: i64,
    prevented_qty: i64,
    limit: i64,
    public_id: u64,
    account: AccountId,
    instrument: u32,
    session: u32,
    client: u32,
    marks: Marks,
});

/// What is left of an order that has ended is never read again: only the open ones are written, after a mark for every
/// slot that says whether it is one.
impl Image for Records {
    const MIN: usize = 16;
    const LAYOUT: u64 = layout("Records", &[("slots", Record::LAYOUT)]);

    fn save(&self, out: &mut Vec<u8>) {
        let Self { slots } = self;
        let is_open = |record: &&Record| record.place() != Place::Ended;
        slots.iter().map(|record| is_open(&record)).collect::<Vec<bool>>().save(out);
        for record in slots.iter().filter(is_open) {
            record.save(out);
        }
    }

    fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
        let is_open: Vec<bool> = Vec::load(input)?;
        let mut slots = Vec::with_capacity(is_open.len());
        for open in is_open {
            let record = if open { Record::load(input)? } else { Record::VACANT };
            input.ensure(open == (record.place() != Place::Ended), "an open order that has ended")?;
            slots.push(record);
        }
        Ok(Records { slots })
    }
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
        self.slots = vec![Record::VACANT; orders];
    }

    /// The record of a slot that the arena has just given out.
    #[inline]
    pub(crate) fn vacant(&mut self, slot: Slot) -> &mut Record {
        let at = slot as usize;
        if at >= self.slots.len() {
            self.grow(at);
        }
        &mut self.slots[at]
    }

    #[cold]
    fn grow(&mut self, at: usize) {
        assert_eq!(at, self.slots.len(), "slots are handed out densely");
        if self.slots.len() == self.slots.capacity() {
            self.slots.reserve_exact((self.slots.len() / 4).max(256));
        }
        self.slots.push(Record::VACANT);
    }

    /// Slots of open orders that pass a test, in order of slot. Looks at every slot.
    pub(crate) fn open_where(&self, test: impl Fn(&Record) -> bool) -> impl Iterator<Item = Slot> {
        let open = self.slots.iter().enumerate().filter(move |(_, r)| r.place() != Place::Ended && test(r));
        open.map(|(at, _)| Slot::try_from(at).expect("slots are 32 bits"))
    }

    /// Number of slots, free ones included.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Record>()
    }
}
