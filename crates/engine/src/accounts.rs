//! Accounts: what they own, what their orders hold, what they pay. Every movement has a counterpart.

use model::image;
use std::collections::BTreeMap;

use model::{AccountId, AccountKind, AssetId, Digest, FeeBase, FeeRates, FeeScheduleId, Money};

/// What an account has of one asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// Everything; negative only in credit accounts and the venue's.
    pub total: Money,
    /// The part that open orders hold.
    pub reserved: Money,
}

impl Balance {
    /// What may be reserved or withdrawn.
    pub fn available(&self) -> Money {
        self.total - self.reserved
    }
}

#[derive(Clone, Copy, Debug)]
struct Holding {
    asset: AssetId,
    balance: Balance,
}

/// What an order of an account has to do with more than the book: nothing, reserves, guards or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing(u8);

impl Standing {
    /// A credit account for which nothing was ever set: one comparison settles that nothing is asked.
    pub(crate) const FREE: Standing = Standing(0);
    const CASH: u8 = 1;
    const GUARDED: u8 = 2;

    fn of(kind: AccountKind) -> Self {
        match kind {
            AccountKind::Cash => Standing(Self::CASH),
            AccountKind::Credit => Self::FREE,
        }
    }

    #[inline]
    pub(crate) fn is_cash(self) -> bool {
        self.0 & Self::CASH != 0
    }

    /// Something was set around the account.
    #[inline]
    pub(crate) fn is_guarded(self) -> bool {
        self.0 & Self::GUARDED != 0
    }

    pub(crate) fn guard(&mut self) {
        self.0 |= Self::GUARDED;
    }
}

/// One account.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) kind: AccountKind,
    pub(crate) standing: Standing,
    /// Self-trade prevention key.
    pub(crate) owner: u32,
    pub(crate) fees: FeeScheduleId,
    /// How many reduce-only orders it has open.
    pub(crate) reduce_only: u32,
    holdings: Vec<Holding>,
    /// Place of an asset among the holdings plus one, by asset id; 0 where it has none.
    places: Vec<u32>,
}

impl Account {
    #[inline]
    fn holding(&mut self, asset: AssetId) -> &mut Balance {
        let at = match self.places.get(asset.0 as usize) {
            Some(place) if *place > 0 => *place as usize - 1,
            Some(_) | None => self.open(asset),
        };
        &mut self.holdings[at].balance
    }

    #[cold]
    fn open(&mut self, asset: AssetId) -> usize {
        let id = asset.0 as usize;
        if self.places.len() <= id {
            self.places.resize(id + 1, 0);
        }
        self.holdings.push(Holding { asset, balance: Balance::default() });
        self.places[id] = u32::try_from(self.holdings.len()).expect("assets are bounded by u32");
        self.holdings.len() - 1
    }

    fn balance(&self, asset: AssetId) -> Balance {
        match self.places.get(asset.0 as usize) {
            Some(place) if *place > 0 => self.holdings[*place as usize - 1].balance,
            Some(_) | None => Balance::default(),
        }
    }
}

/// One version of a fee schedule.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Schedule {
    pub(crate) version: u32,
    /// By [`FeeBase`].
    pub(crate) rates: [FeeRates; 2],
}

/// All accounts, the outside world's contra account and the fee schedules.
#[derive(Debug)]
pub(crate) struct Accounts {
    list: Vec<Account>,
    outside: BTreeMap<AssetId, Money>,
    /// What is paid for pairs, and the tokens that exist as negative numbers.
    escrow: BTreeMap<AssetId, Money>,
    schedules: BTreeMap<u16, Schedule>,
    /// Accounts that were given another schedule than they were opened with, and which.
    assigned: BTreeMap<u32, u16>,
    /// Rates by schedule number and [`FeeBase`], for the order path.
    rates: Vec<[FeeRates; 2]>,
    /// An account with reduce-only orders gained or lost something.
    pub(crate) reduce_due: bool,
}

image!(Balance { total: Money, reserved: Money });
image!(Holding { asset: AssetId, balance: Balance });
image!(Standing(u8));
image!(Account {
    kind: AccountKind,
    standing: Standing,
    owner: u32,
    fees: FeeScheduleId,
    reduce_only: u32,
    holdings: Vec<Holding>,
    places: Vec<u32>,
});
image!(Schedule { version: u32, rates: [FeeRates; 2] });
image!(Accounts {
    list: Vec<Account>,
    outside: BTreeMap<AssetId, Money>,
    escrow: BTreeMap<AssetId, Money>,
    schedules: BTreeMap<u16, Schedule>,
    assigned: BTreeMap<u32, u16>,
    rates: Vec<[FeeRates; 2]>,
    reduce_due: bool,
});

/// Both sides of a fill in money.
pub(crate) struct Settlement {
    pub(crate) base: AssetId,
    pub(crate) quote: AssetId,
    pub(crate) base_units: i128,
    pub(crate) notional: i128,
    pub(crate) buyer: AccountId,
    pub(crate) seller: AccountId,
    pub(crate) buy_fee: i128,
    pub(crate) sell_fee: i128,
}

impl Accounts {
    pub(crate) fn new() -> Self {
        let mut accounts = Accounts {
            list: Vec::new(),
            outside: BTreeMap::new(),
            escrow: BTreeMap::new(),
            schedules: BTreeMap::new(),
            assigned: BTreeMap::new(),
            rates: vec![<[FeeRates; 2]>::default()],
            reduce_due: false,
        };
        accounts.add(AccountKind::Credit, 0, FeeScheduleId(0));
        accounts
    }

    /// Opens the next account. `stp_group` 0 makes it its own owner.
    pub(crate) fn add(&mut self, kind: AccountKind, stp_group: u32, fees: FeeScheduleId) -> AccountId {
        let id = u32::try_from(self.list.len()).expect("accounts are bounded by u32");
        // Groups and accounts are two name spaces in one key: even for accounts, odd for groups.
        let owner = if stp_group == 0 { id.wrapping_mul(2) } else { stp_group.wrapping_mul(2).wrapping_add(1) };
        let standing = Standing::of(kind);
        let (holdings, places) = (Vec::new(), Vec::new());
        self.list.push(Account { kind, standing, owner, fees, reduce_only: 0, holdings, places });
        AccountId(id)
    }

    /// Whether commands may name it.
    pub(crate) fn is_customer(&self, account: AccountId) -> bool {
        account != AccountId::VENUE && (account.0 as usize) < self.list.len()
    }

    #[inline]
    pub(crate) fn get(&self, account: AccountId) -> &Account {
        &self.list[account.0 as usize]
    }

    #[inline]
    pub(crate) fn is_cash(&self, account: AccountId) -> bool {
        self.get(account).standing.is_cash()
    }

    pub(crate) fn get_mut(&mut self, account: AccountId) -> &mut Account {
        &mut self.list[account.0 as usize]
    }

    /// Every account finds what it owns, and the venue is there: for accounts just loaded.
    pub(crate) fn is_sound(&self) -> bool {
        let finds = |account: &Account| account.places.iter().all(|place| *place as usize <= account.holdings.len());
        !self.list.is_empty() && !self.rates.is_empty() && self.list.iter().all(finds)
    }

    pub(crate) fn count(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn has_schedule(&self, schedule: FeeScheduleId) -> bool {
        schedule.0 == 0 || self.schedules.contains_key(&schedule.0)
    }

    /// Sets rates of a schedule and returns its version.
    pub(crate) fn set_rates(&mut self, schedule: FeeScheduleId, base: FeeBase, rates: FeeRates) -> u32 {
        let entry = self.schedules.entry(schedule.0).or_default();
        entry.version += 1;
        entry.rates[base as usize] = rates;
        let at = usize::from(schedule.0);
        if self.rates.len() <= at {
            self.rates.resize(at + 1, <[FeeRates; 2]>::default());
        }
        self.rates[at] = entry.rates;
        entry.version
    }

    /// Lets an account pay by another schedule from now on.
    pub(crate) fn assign(&mut self, account: AccountId, schedule: FeeScheduleId) {
        self.get_mut(account).fees = schedule;
        self.assigned.insert(account.0, schedule.0);
    }

    #[inline]
    pub(crate) fn rates(&self, account: AccountId, base: FeeBase) -> FeeRates {
        self.rates[usize::from(self.get(account).fees.0)][base as usize]
    }

    pub(crate) fn balance(&self, account: AccountId, asset: AssetId) -> Balance {
        self.list.get(account.0 as usize).map_or_else(Balance::default, |account| account.balance(asset))
    }

    /// All balances of an account, by asset.
    pub(crate) fn balances(&self, account: AccountId) -> Vec<(AssetId, Balance)> {
        let holdings = self.list.get(account.0 as usize).map_or(&[][..], |a| &a.holdings);
        let mut all: Vec<_> = holdings.iter().map(|h| (h.asset, h.balance)).collect();
        all.sort_unstable_by_key(|(asset, _)| *asset);
        all
    }

    /// What came from outside, less what went there, as a negative number.
    pub(crate) fn outside(&self, asset: AssetId) -> Money {
        self.outside.get(&asset).copied().unwrap_or_default()
    }

    /// Moves `amount` (negative: out) from the outside into an account.
    pub(crate) fn transfer_in(&mut self, account: AccountId, asset: AssetId, amount: Money) {
        *self.outside.entry(asset).or_default() -= amount;
        self.change(account, asset, amount.0);
        let balance = self.balance(account, asset);
        let covered = amount.0 > 0 || balance.available().0 >= 0 || !self.is_cash(account);
        assert!(covered, "INV-5: account={account} available below zero");
    }

    /// Moves amounts (negative: out) from the escrow of pairs into an account.
    pub(crate) fn exchange(&mut self, account: AccountId, amounts: [(AssetId, i128); 3]) {
        for (asset, amount) in amounts {
            self.escrow.entry(asset).or_default().0 -= amount;
            self.change(account, asset, amount);
        }
    }

    /// What the escrow of pairs holds of an asset.
    pub(crate) fn escrow(&self, asset: AssetId) -> Money {
        self.escrow.get(&asset).copied().unwrap_or_default()
    }

    #[inline]
    fn change(&mut self, account: AccountId, asset: AssetId, by: i128) {
        let account = &mut self.list[account.0 as usize];
        account.holding(asset).total.0 += by;
        self.reduce_due |= account.reduce_only > 0;
    }

    /// Holds `by` more (negative: less) for an order of a cash account.
    #[inline]
    pub(crate) fn reserve(&mut self, account: AccountId, asset: AssetId, by: i128) {
        let account = &mut self.list[account.0 as usize];
        if account.kind == AccountKind::Credit || by == 0 {
            return;
        }
        let balance = account.holding(asset);
        balance.reserved.0 += by;
        debug_assert!(balance.reserved.0 >= 0, "INV-5: reserve below zero: asset={asset}");
    }

    /// Moves base and notional between buyer and seller and the fees to the venue: nothing appears or disappears.
    #[inline]
    pub(crate) fn settle(&mut self, fill: &Settlement) {
        self.change(fill.buyer, fill.base, fill.base_units);
        self.change(fill.seller, fill.base, -fill.base_units);
        self.change(fill.buyer, fill.quote, -fill.notional - fill.buy_fee);
        self.change(fill.seller, fill.quote, fill.notional - fill.sell_fee);
        let fees = fill.buy_fee + fill.sell_fee;
        if fees != 0 {
            self.list[0].holding(fill.quote).total.0 += fees;
        }
    }

    /// Makes money out of nothing, for tests of those who must notice.
    #[cfg(test)]
    pub(crate) fn forge(&mut self, account: AccountId, asset: AssetId) {
        self.change(account, asset, 1);
    }

    /// The sum over all accounts, the venue and the outside of one asset: zero, always (INV-1).
    pub(crate) fn sum(&self, asset: AssetId) -> i128 {
        let inside = self.list.iter().flat_map(|a| &a.holdings).filter(|h| h.asset == asset);
        inside.map(|h| h.balance.total.0).sum::<i128>() + self.outside(asset).0 + self.escrow(asset).0
    }

    /// The section of the state hash.
    pub(crate) fn hash(&self) -> u64 {
        let mut digest = Digest::new();
        for id in 0..self.list.len() {
            let id = AccountId(u32::try_from(id).expect("accounts are bounded by u32"));
            for (asset, balance) in self.balances(id) {
                if balance != Balance::default() {
                    digest.write_u64(u64::from(id.0));
                    digest.write_u64(u64::from(asset.0));
                    digest.write_money(balance.total);
                    digest.write_money(balance.reserved);
                }
            }
        }
        for (asset, amount) in self.outside.iter().chain(&self.escrow).filter(|(_, amount)| amount.0 != 0) {
            digest.write_u64(u64::from(asset.0));
            digest.write_money(*amount);
        }
        for (id, schedule) in &self.schedules {
            digest.write_u64(u64::from(*id));
            digest.write_u64(u64::from(schedule.version));
            write_rates(&mut digest, schedule.rates[FeeBase::Notional as usize]);
        }
        for (account, schedule) in &self.assigned {
            digest.write_u64(u64::from(*account));
            digest.write_u64(u64::from(*schedule));
        }
        // What has no rates of the variance adds nothing: logs of before there were any keep their hashes.
        for (id, schedule) in &self.schedules {
            let rates = schedule.rates[FeeBase::Variance as usize];
            if rates != FeeRates::default() {
                digest.write_u64(u64::from(*id));
                write_rates(&mut digest, rates);
            }
        }
        digest.finish()
    }

    pub(crate) fn bytes(&self) -> usize {
        let held: usize = self.list.iter().map(|a| a.holdings.capacity() * size_of::<Holding>()).sum();
        self.list.capacity() * size_of::<Account>() + held
    }
}

fn write_rates(digest: &mut Digest, rates: FeeRates) {
    digest.write_i64(i64::from(rates.maker_ppm));
    digest.write_i64(i64::from(rates.taker_ppm));
}
