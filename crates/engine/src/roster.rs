//! Which orders an account has open, and which accounts a connection entered orders for.
//!
//! Ending an order touches nothing here. Opening one puts its id in front of a line that all accounts share; most orders
//! have ended before they come out at its end. Those that have not are appended to the roster of their account, out of
//! which ids of ended orders are swept a block at a time, so that no call waits for a whole list and a roster holds a
//! small multiple of the orders that are open.

use model::image;
use std::collections::BTreeSet;

use book::{OrderIndex, Slot};
use model::{AccountId, SessionId};

use crate::record::Records;

/// Ids in the line: the longer it is, the more orders end in it and the more of them are looked through for one
/// account's. Tests fill a shorter one.
const LINE: usize = if cfg!(test) { 8_192 } else { 32_768 };
/// Appends between two blocks of sweeping, and ids of a block: twice as many, so that sweeping keeps ahead.
const STRIDE: u32 = 32;
const BLOCK: usize = 64;
/// Room for new ids, at least.
const SPARE: usize = 8;
/// Connections an account is noted under before those without open orders are forgotten.
const SESSIONS_MIN: usize = 8;

/// Open orders of one account.
#[derive(Debug, Default)]
struct Roster {
    /// `..kept` is swept, `kept..swept` is void, what follows was appended since; ids of ended orders among both.
    ids: Vec<u64>,
    kept: u32,
    swept: u32,
    /// Appends since the last block was swept.
    unswept: u32,
    /// The connection it used last.
    session: Option<SessionId>,
}

/// Connections under which an account is noted.
#[derive(Debug)]
struct Noted {
    sessions: Vec<u32>,
    /// So many, and those without open orders are forgotten.
    max: usize,
}

image!(Roster { ids: Vec<u64>, kept: u32, swept: u32, unswept: u32, session: Option<SessionId> });
image!(Noted { sessions: Vec<u32>, max: usize });

impl Roster {
    /// Sweeps the next block.
    #[inline(never)]
    fn sweep(&mut self, index: &OrderIndex) {
        let (mut kept, from) = (self.kept as usize, self.swept as usize);
        let to = (from + BLOCK).min(self.ids.len());
        for at in from..to {
            let id = self.ids[at];
            self.ids[kept] = id;
            kept += usize::from(index.get(id).is_some());
        }
        self.unswept = 0;
        let mut swept = to;
        if to == self.ids.len() {
            self.ids.truncate(kept);
            (kept, swept) = (0, 0);
        }
        self.kept = u32::try_from(kept).expect("open orders are bounded by u32");
        self.swept = u32::try_from(swept).expect("open orders are bounded by u32");
    }

    fn open<'a>(&'a self, index: &'a OrderIndex) -> impl Iterator<Item = (u64, Slot)> + 'a {
        let ids = self.ids[..self.kept as usize].iter().chain(&self.ids[self.swept as usize..]);
        ids.filter_map(|id| index.get(*id).map(|slot| (*id, slot)))
    }
}

/// Rosters of all accounts.
#[derive(Debug, Default)]
pub(crate) struct Rosters {
    /// Ids of the last orders that were opened, in a ring, and the place of the oldest.
    line: Vec<u64>,
    oldest: usize,
    list: Vec<Roster>,
    noted: Vec<Noted>,
    /// (connection, account) pairs under which open orders may be found.
    sessions: BTreeSet<(u32, u32)>,
}

image!(Rosters {
    line: Vec<u64>,
    oldest: usize,
    list: Vec<Roster>,
    noted: Vec<Noted>,
    sessions: BTreeSet<(u32, u32)>,
});

impl Rosters {
    /// Its lists have the lengths they say: for rosters just loaded.
    pub(crate) fn is_sound(&self) -> bool {
        let whole = |roster: &Roster| roster.kept <= roster.swept && roster.swept as usize <= roster.ids.len();
        let ring = self.line.len() <= LINE && (self.oldest == 0 || self.oldest < self.line.len());
        ring && self.list.iter().all(whole) && self.list.len() == self.noted.len()
    }

    /// Notes an order that has just been opened and is in the index.
    #[inline]
    pub(crate) fn enlist(&mut self, order_id: u64, index: &OrderIndex, records: &Records) {
        if self.line.len() < LINE {
            self.line.push(order_id);
            return;
        }
        let out = core::mem::replace(&mut self.line[self.oldest], order_id);
        self.oldest = (self.oldest + 1) % LINE;
        if let Some(slot) = index.get(out) {
            self.append(out, slot, index, records);
        }
    }

    #[inline(never)]
    fn append(&mut self, order_id: u64, slot: Slot, index: &OrderIndex, records: &Records) {
        let record = records.get(slot);
        let (account, session) = (record.account, SessionId(record.session));
        let at = account.0 as usize;
        if at >= self.list.len() || self.list[at].session != Some(session) {
            self.note_session(account, session, index, records);
        }
        let roster = &mut self.list[at];
        roster.unswept += 1;
        if roster.unswept == STRIDE {
            roster.sweep(index);
        }
        if roster.ids.len() == roster.ids.capacity() {
            // Half, not a doubling: spare room counts as memory of the resting orders.
            roster.ids.reserve_exact((roster.ids.len() / 2).max(SPARE));
        }
        roster.ids.push(order_id);
    }

    #[inline(never)]
    fn note_session(&mut self, account: AccountId, session: SessionId, index: &OrderIndex, records: &Records) {
        let at = account.0 as usize;
        if at >= self.list.len() {
            self.list.resize_with(at + 1, Roster::default);
            self.noted.resize_with(at + 1, || Noted { sessions: Vec::new(), max: SESSIONS_MIN });
        }
        let (roster, noted) = (&mut self.list[at], &mut self.noted[at]);
        roster.session = Some(session);
        if noted.sessions.len() >= noted.max && !noted.sessions.contains(&session.0) {
            let used: BTreeSet<u32> = roster.open(index).map(|(_, slot)| records.get(slot).session).collect();
            for gone in noted.sessions.iter().filter(|session| !used.contains(session)) {
                self.sessions.remove(&(*gone, account.0));
            }
            noted.sessions = used.into_iter().collect();
            noted.max = (2 * noted.sessions.len()).max(SESSIONS_MIN);
        }
        if !noted.sessions.contains(&session.0) {
            noted.sessions.push(session.0);
            self.sessions.insert((session.0, account.0));
        }
    }

    /// Open orders of an account, as (order id, slot) in order of id.
    pub(crate) fn of_account(&self, account: AccountId, index: &OrderIndex, records: &Records) -> Vec<(u64, Slot)> {
        let roster = self.list.get(account.0 as usize);
        let listed = roster.into_iter().flat_map(|roster| roster.open(index));
        let in_line = self.in_line(index).filter(|(_, slot)| records.get(*slot).account == account);
        let mut open: Vec<(u64, Slot)> = listed.chain(in_line).collect();
        open.sort_unstable();
        open
    }

    /// Open orders that came through a connection, as (order id, slot) in order of id.
    pub(crate) fn of_session(&self, session: SessionId, index: &OrderIndex, records: &Records) -> Vec<(u64, Slot)> {
        let accounts = self.sessions.range((session.0, 0)..=(session.0, u32::MAX));
        let rosters = accounts.filter_map(|(_, account)| self.list.get(*account as usize));
        let all = rosters.flat_map(|roster| roster.open(index)).chain(self.in_line(index));
        let mut open: Vec<(u64, Slot)> = all.filter(|(_, slot)| records.get(*slot).session == session.0).collect();
        open.sort_unstable();
        open
    }

    fn in_line<'a>(&'a self, index: &'a OrderIndex) -> impl Iterator<Item = (u64, Slot)> + 'a {
        self.line.iter().filter_map(|id| index.get(*id).map(|slot| (*id, slot)))
    }

    pub(crate) fn bytes(&self) -> usize {
        let rosters = self.list.capacity() * size_of::<Roster>() + self.noted.capacity() * size_of::<Noted>();
        let noted: usize = self.noted.iter().map(|noted| noted.sessions.capacity() * size_of::<u32>()).sum();
        let line = self.line.capacity() * size_of::<u64>();
        line + rosters + noted + self.list.iter().map(|roster| roster.ids.capacity() * size_of::<u64>()).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Life, NO_LIMIT, Shown, Traits};
    use model::{OrdType, PostOnly, Side, StpMode};

    /// Rosters with the index and records they look into; a slot has the number of its order.
    #[derive(Default)]
    struct Desk {
        rosters: Rosters,
        index: OrderIndex,
        records: Records,
    }

    impl Desk {
        fn open(&mut self, order_id: u64, account: u32, session: u32) {
            let traits = Traits {
                side: Side::Buy,
                ord_type: OrdType::Limit,
                life: Life::Gtc,
                stp: StpMode::None,
                post_only: PostOnly::No,
                shown: Shown::All,
                reduce_only: false,
                closes: false,
                fee_cap: 0,
            };
            let slot = Slot::try_from(order_id).unwrap() - 1;
            self.records.vacant(slot).renew(1, NO_LIMIT, [account, 0, session, 0], traits);
            self.index.insert(order_id, slot);
            self.rosters.enlist(order_id, &self.index, &self.records);
        }

        fn of_account(&self, account: u32) -> Vec<u64> {
            self.rosters.of_account(AccountId(account), &self.index, &self.records).iter().map(|(id, _)| *id).collect()
        }

        fn of_session(&self, session: u32) -> Vec<u64> {
            let open = self.rosters.of_session(SessionId(session), &self.index, &self.records);
            open.iter().map(|(id, _)| *id).collect()
        }
    }

    #[test]
    fn an_account_has_the_orders_it_opened_and_did_not_end() {
        let mut desk = Desk::default();
        for id in 1..=30_000 {
            desk.open(id, u32::try_from(id % 3).unwrap(), 0);
            if id > 500 && id % 7 != 0 {
                desk.index.remove(id - 500);
            }
        }

        for account in 0..3_u32 {
            let open = |id: &u64| id % 3 == u64::from(account) && desk.index.get(*id).is_some();
            assert_eq!(desk.of_account(account), (1..=30_000).filter(open).collect::<Vec<u64>>());
        }
        assert_eq!(desk.of_account(77), [0; 0]);
    }

    #[test]
    fn a_roster_holds_a_small_multiple_of_what_is_open() {
        let mut desk = Desk::default();
        for id in 1..=200_000 {
            desk.open(id, 1, 0);
            if id > 9_000 {
                desk.index.remove(id - 9_000);
            }
        }

        assert_eq!(desk.of_account(1).len(), 9_000);
        // What is not in the line: some 800 orders.
        assert!(desk.rosters.list[1].ids.capacity() < 5_000, "{}", desk.rosters.list[1].ids.capacity());
    }

    #[test]
    fn a_connection_has_the_orders_of_every_account_that_used_it() {
        let mut desk = Desk::default();
        for id in 1..=9_000 {
            desk.open(id, u32::try_from(id % 2).unwrap(), u32::try_from(id % 3).unwrap());
        }
        desk.index.remove(3);

        assert_eq!(desk.of_session(0), (1..=9_000).filter(|id| id % 3 == 0 && *id != 3).collect::<Vec<u64>>());
        assert_eq!(desk.of_session(9), [0; 0]);
    }

    #[test]
    fn connections_without_open_orders_are_forgotten() {
        let mut desk = Desk::default();
        desk.open(1, 1, 0);
        for id in 2..=30_000 {
            desk.open(id, 1, u32::try_from(id).unwrap());
            if id > 9_000 {
                desk.index.remove(id - 8_990);
            }
        }

        assert!((10..=1_700).contains(&desk.rosters.sessions.len()), "{}", desk.rosters.sessions.len());
        assert_eq!(desk.of_session(0), [1]);
        assert_eq!(desk.of_session(21_009), [0; 0]);
        assert_eq!(desk.of_session(21_020), [21_020]);
    }
}
