//! The whole state of an exchange as bytes, and back (S-141): for snapshots and their check.
//!
//! What a struct is made of stands beside the struct, in its `image!` line. Here is what holds it together: the header,
//! and the checks that what was loaded can be walked without leaving it. Whether it is the state it was is told by a
//! checksum and the state hash, which whoever keeps images keeps beside them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use book::{Arena, OrderIndex, Slot};
use model::image;
use model::image::{Image, ImageError, Input};
use model::{Limits, Qty, ReferenceKind, Side, Stamp, StandingTrade};

use crate::accounts::Accounts;
use crate::admin::Names;
use crate::clients::{ClientIds, NO_ENTRY};
use crate::exchange::Exchange;
use crate::groups::Groups;
use crate::guard::Guards;
use crate::market::Market;
use crate::record::{Place, Records};
use crate::roster::Rosters;
use crate::shared::Shared;
use crate::stops::Fired;
use crate::waits::Waits;

/// What a state image begins with.
const MAGIC: [u8; 8] = *b"FLSTATE\0";
/// Counts changes of what the bytes mean that the layout does not show.
const VERSION: u32 = 1;

image!(Shared {
    limits: Limits,
    now_ns: i64,
    arena: Arena,
    records: Records,
    index: OrderIndex,
    accounts: Accounts,
    clients: ClientIds,
    rosters: Rosters,
    guards: Guards,
    groups: Groups,
    expiries: BTreeSet<(i64, u64)>,
    expiry_of: BTreeMap<u64, i64>,
    reducers: BTreeMap<(u32, u32, Side), BTreeMap<u64, Slot>>,
    pegged: BTreeSet<u32>,
    calls: BTreeSet<u32>,
    waits: Waits,
    to_observe: Vec<u32>,
    observations: u64,
    triggered: VecDeque<Fired>,
    fired: u32,
    cascade: Option<u32>,
    deadlines: BTreeSet<(i64, u32, ReferenceKind)>,
    watched: Vec<u32>,
    breaker_timers: BTreeSet<(i64, u32)>,
    refused: Option<u32>,
    amended: BTreeMap<u64, StandingTrade>,
    returned: BTreeMap<u64, Qty>,
    next_order: u64,
    next_trade: u64,
    next_public: u64,
});
image!(Exchange { shared: Shared, markets: Vec<Market>, names: Names, last: Option<Stamp>, check_every: u64 });

impl Exchange {
    /// Appends the whole state: [`Exchange::load`] gives an exchange that does from now on what this one does, with the
    /// same image and the same [`Exchange::state_hash`]. To be taken between two commands. Some 150 bytes an open order.
    pub fn save(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&MAGIC);
        VERSION.save(out);
        Self::LAYOUT.save(out);
        Image::save(self, out);
    }

    /// The exchange whose state [`Exchange::save`] wrote. Never panics and takes no more memory than a small multiple of
    /// the bytes, whatever they are.
    ///
    /// # Errors
    /// [`ImageError`] where the bytes are no image, one of another version of the program, or damaged in a way that shows.
    /// Damage that does not show is for whoever keeps the image to find, by a checksum of the bytes and by the
    /// [`Exchange::state_hash`].
    pub fn load(bytes: &[u8]) -> Result<Exchange, ImageError> {
        let mut input = Input::new(bytes);
        if input.take() != Ok(MAGIC) {
            return Err(ImageError::Foreign);
        }
        let (found, expected) = (Image::load(&mut input)?, (VERSION, Self::LAYOUT));
        if found != expected {
            return Err(ImageError::Version { found, expected });
        }
        let mut exchange: Exchange = Image::load(&mut input)?;
        input.end()?;
        let slots = exchange.shared.arena.slots();
        input.ensure(exchange.shared.waits.find_slots(slots).is_some(), "waiting orders that contradict each other")?;
        match fault(&exchange) {
            Some(what) => Err(input.damaged(what)),
            None => Ok(exchange),
        }
    }
}

/// What a loaded state names that is not there.
fn fault(exchange: &Exchange) -> Option<&'static str> {
    let Exchange { shared, markets, names, .. } = exchange;
    let slots = shared.arena.slots();
    let placed = |(at, market): (usize, &Market)| market.id.0 as usize == at && market.is_sound(names);
    let checks = [
        (shared.limits.client_ids_max > 0 && shared.limits.trades_max > 0, "limits of 0"),
        (shared.accounts.is_sound(), "accounts that contradict each other"),
        (shared.rosters.is_sound(), "rosters that contradict each other"),
        (shared.records.len() == slots, "orders without slots"),
        (markets.iter().enumerate().all(placed), "a market that could not be listed"),
        (markets.iter().all(|market| market.book.is_linked(&shared.arena)), "a book whose queues lead astray"),
        (shared.index.is_within(slots), "an index that names no order"),
        (orders_are_known(shared, markets), "open orders that contradict each other"),
    ];
    checks.into_iter().find(|(holds, _)| !holds).map(|(_, what)| what)
}

/// Every open order is found by its id and names an account, a market and a client id; one in the book has a level.
fn orders_are_known(shared: &Shared, markets: &[Market]) -> bool {
    let (mut open, mut resting) = (0, 0);
    let known = |slot: Slot| {
        let record = shared.records.get(slot);
        let Some(market) = markets.get(record.instrument as usize) else { return false };
        (record.account.0 as usize) < shared.accounts.count()
            && (record.client == NO_ENTRY || shared.clients.has(record.client))
            && shared.index.get(shared.arena.order_id(slot)) == Some(slot)
            && (record.place() != Place::Book || market.book.has_level(&shared.arena, slot))
    };
    let count = |slot: &Slot| {
        open += 1;
        resting += usize::from(shared.records.get(*slot).place() == Place::Book);
    };
    let all = shared.records.open_where(|_| true).inspect(count).all(known);
    let in_books = markets.iter().map(|market| market.book.count()).sum::<usize>();
    all && open == shared.index.len() && resting == in_books
}
