//! What is set around accounts and what it needs to know: limits, rates, credit, exposure, kill switches, timers.
//!
//! An account for which none of this was ever set has no [`Guard`] and its orders ask for none: see
//! [`crate::accounts::Standing`].

use model::image;
mod bucket;
mod duplicates;
mod hash;
pub(crate) mod kill;
pub(crate) mod limits;
pub(crate) mod sessions;
mod views;

use std::collections::BTreeMap;

use book::Slot;
use model::{AccountId, AccountLimits, AssetId, InstrumentId, InstrumentLimits, Money, RejectReason, Side};

use crate::guard::bucket::Bucket;
use crate::guard::duplicates::Duplicates;
pub(crate) use crate::guard::duplicates::Likeness;
use crate::guard::kill::Switches;
use crate::guard::sessions::Timers;
use crate::market::Market;
use crate::record::Record;
use crate::shared::{Reject, Shared};

/// One account's limits in one instrument and what its working orders there could still trade.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Desk {
    pub(crate) limits: InstrumentLimits,
    /// Leaves of working orders in lots, by side.
    pub(crate) working: [i64; 2],
}

/// A credit line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Line {
    pub(crate) amount: Money,
    /// The largest it ever was: nothing admitted under it can owe more.
    pub(crate) largest: Money,
}

/// Everything that is set for one account.
#[derive(Debug, Default)]
pub(crate) struct Guard {
    /// Limits over all instruments, where a command set them.
    limits: Option<AccountLimits>,
    orders: Bucket,
    cancels: Bucket,
    duplicates: Duplicates,
    /// Open orders in all instruments.
    open: u32,
    desks: BTreeMap<InstrumentId, Desk>,
    lines: BTreeMap<AssetId, Line>,
}

image!(Desk { limits: InstrumentLimits, working: [i64; 2] });
image!(Line { amount: Money, largest: Money });
image!(Guard {
    limits: Option<AccountLimits>,
    orders: Bucket,
    cancels: Bucket,
    duplicates: Duplicates,
    open: u32,
    desks: BTreeMap<InstrumentId, Desk>,
    lines: BTreeMap<AssetId, Line>,
});

impl Guard {
    pub(crate) fn limits(&self) -> AccountLimits {
        self.limits.unwrap_or_default()
    }

    pub(crate) fn desk(&self, instrument: InstrumentId) -> Option<&Desk> {
        self.desks.get(&instrument)
    }

    pub(crate) fn desks(&self) -> &BTreeMap<InstrumentId, Desk> {
        &self.desks
    }

    pub(crate) fn line(&self, asset: AssetId) -> Money {
        self.lines.get(&asset).map_or(Money(0), |line| line.amount)
    }

    pub(crate) fn open(&self) -> u32 {
        self.open
    }

    /// How long ago the same order was accepted, where that is too short.
    pub(crate) fn duplicate(&self, like: &Likeness, now_ns: i64) -> Option<i64> {
        self.duplicates.age(like, now_ns)
    }
}

/// Which bucket a message takes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// New orders, stops, groups, amends.
    Order,
    /// Cancels.
    Cancel,
}

/// Everything that is set around accounts.
#[derive(Debug, Default)]
pub(crate) struct Guards {
    accounts: BTreeMap<AccountId, Guard>,
    pub(crate) switches: Switches,
    pub(crate) timers: Timers,
}

image!(Guards { accounts: BTreeMap<AccountId, Guard>, switches: Switches, timers: Timers });

impl Guards {
    /// What is set for an account, where anything is.
    pub(crate) fn of(&self, account: AccountId) -> Option<&Guard> {
        self.accounts.get(&account)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&AccountId, &Guard)> {
        self.accounts.iter()
    }

    /// Whether an account was ever allowed to owe an asset.
    pub(crate) fn has_line(&self, asset: AssetId) -> bool {
        self.accounts.values().any(|guard| guard.lines.contains_key(&asset))
    }

    /// The most a cash account was ever allowed to owe of an asset.
    pub(crate) fn largest_line(&self, account: AccountId, asset: AssetId) -> Money {
        self.of(account).and_then(|guard| guard.lines.get(&asset)).map_or(Money(0), |line| line.largest)
    }
}

impl Shared {
    /// Whether an account may send a message now; it counts whatever becomes of it.
    #[inline]
    pub(crate) fn admit_message(&mut self, account: AccountId, message: Message) -> Result<(), Reject> {
        if self.accounts.get(account).standing.is_guarded() { self.take_message(account, message) } else { Ok(()) }
    }

    #[cold]
    fn take_message(&mut self, account: AccountId, message: Message) -> Result<(), Reject> {
        let now_ns = self.now_ns;
        let Some(guard) = self.guards.accounts.get_mut(&account) else { return Ok(()) };
        let limits = guard.limits();
        let (bucket, rate) = match message {
            Message::Order => (&mut guard.orders, limits.orders),
            Message::Cancel => (&mut guard.cancels, limits.cancels),
        };
        bucket.take(rate, now_ns).map_err(|wait| Reject {
            reason: RejectReason::MsgRate,
            value: i128::try_from(wait).unwrap_or(i128::MAX),
            limit: i128::from(rate.per_second),
        })
    }

    /// Forgets what an account entered too long ago to matter; to be done before an order or stop is checked.
    #[inline]
    pub(crate) fn forget_duplicates(&mut self, account: AccountId) {
        if self.accounts.get(account).standing.is_guarded() {
            self.forget_duplicates_of(account);
        }
    }

    #[cold]
    fn forget_duplicates_of(&mut self, account: AccountId) {
        if let Some(guard) = self.guards.accounts.get_mut(&account) {
            guard.duplicates.forget(guard.limits.unwrap_or_default().duplicate_ns, self.now_ns);
        }
    }

    /// Remembers what an account entered; to be done when an order or stop is accepted.
    #[inline]
    pub(crate) fn remember_duplicate(&mut self, account: AccountId, like: impl FnOnce() -> Likeness) {
        if self.accounts.get(account).standing.is_guarded()
            && let Some(guard) = self.guards.accounts.get_mut(&account)
            && guard.limits().duplicate_ns > 0
        {
            guard.duplicates.accept(like(), self.now_ns);
        }
    }

    /// Notes that a guarded account has one order more or less open.
    #[cold]
    pub(crate) fn count_open(&mut self, account: AccountId, opened: bool) {
        if let Some(guard) = self.guards.accounts.get_mut(&account) {
            guard.open = if opened { guard.open + 1 } else { guard.open - 1 };
        }
    }

    /// Notes that a guarded account's working orders of a side have `by` lots more, or less.
    #[cold]
    pub(crate) fn expose(&mut self, (account, side): (AccountId, Side), market: &Market, by: i64) {
        if by != 0
            && let Some(guard) = self.guards.accounts.get_mut(&account)
            && let Some(desk) = guard.desks.get_mut(&market.id)
        {
            desk.working[side as usize] += by;
        }
    }

    /// The other exit of a group where an order is one, which ends as that one starts to work.
    pub(crate) fn working_sibling(&self, slot: Slot) -> Option<Slot> {
        if !self.records.get(slot).is_grouped() {
            return None;
        }
        let member = self.groups.member(slot);
        self.groups.get(member.group).open_sibling(member.place)
    }

    /// Changes where an order is, and with it whether it works.
    pub(crate) fn expose_from(&mut self, market: &Market, slot: Slot, change: impl FnOnce(&mut Record)) {
        let record = self.records.get_mut(slot);
        let (who, before) = ((record.account, record.side()), record.working());
        change(record);
        let by = record.working() - before;
        if self.accounts.get(who.0).standing.is_guarded() {
            self.expose(who, market, by);
        }
    }

    /// The guard of an account, from now on; what is open already is counted into a fresh one.
    fn guard_mut(&mut self, account: AccountId) -> &mut Guard {
        self.accounts.get_mut(account).standing.guard();
        let (rosters, index, records) = (&self.rosters, &self.index, &self.records);
        self.guards.accounts.entry(account).or_insert_with(|| {
            let open = rosters.of_account(account, index, records).len();
            Guard { open: u32::try_from(open).expect("open orders are bounded by u32"), ..Guard::default() }
        })
    }

    /// What the working orders of an account in an instrument have left, by side, counted anew.
    pub(crate) fn recount(&self, account: AccountId, instrument: InstrumentId) -> [i64; 2] {
        let mut working = [0; 2];
        for (_, slot) in self.rosters.of_account(account, &self.index, &self.records) {
            let record = self.records.get(slot);
            if record.instrument == instrument.0 {
                working[record.side() as usize] += record.working();
            }
        }
        working
    }
}

impl Record {
    /// Lots that it could trade as it stands (R-132, 509).
    #[inline]
    pub(crate) fn working(&self) -> i64 {
        if self.place().works() { self.leaves().max(0) } else { 0 }
    }
}
