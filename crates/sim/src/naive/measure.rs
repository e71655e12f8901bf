//! What an order could trade at once, without trading.

use std::collections::BTreeMap;

use model::{AccountId, Allocation, Price, StpMode};

use super::bands::forbidding;
use super::{NaiveExchange, Order};

/// What the walk has seen of each account's makers: whole leaves at better prices, tips at the present price.
#[derive(Default)]
struct Seen {
    better: BTreeMap<AccountId, i128>,
    here: BTreeMap<AccountId, i128>,
}

impl Seen {
    fn of(&self, account: AccountId) -> i128 {
        let part = |map: &BTreeMap<AccountId, i128>| map.get(&account).copied().unwrap_or(0);
        part(&self.better) + part(&self.here)
    }
}

impl NaiveExchange {
    /// What `taker` could trade now, counted over the whole accepted book.
    pub(super) fn tradable_now(&self, taker: &Order) -> i128 {
        let Some(bound) = taker.limit.or(taker.protection) else { return 0 };
        let queue = self.queue(taker.instrument, taker.side.opposite());
        let mut prices: Vec<Price> = queue.iter().filter_map(|maker| maker.book_price()).collect();
        prices.dedup();
        let (mut sum, mut seen) = (0, Seen::default());
        let bands = self.bands(taker.instrument, prices.first().copied());
        let may_print = |price: &Price| taker.side.accepts(bound, *price) && forbidding(&bands, *price).is_none();
        for price in prices.into_iter().take_while(may_print) {
            let level: Vec<&Order> = queue.iter().copied().filter(|maker| maker.book_price() == Some(price)).collect();
            let (qty, is_end) = self.tradable_at_level(taker, &level, &mut seen);
            sum += qty;
            if is_end {
                break;
            }
            seen.here.clear();
            for maker in &level {
                *seen.better.entry(maker.account).or_default() += i128::from(maker.leaves);
            }
        }
        sum
    }

    /// What could trade at one level, and whether the walk ends there.
    fn tradable_at_level(&self, taker: &Order, level: &[&Order], seen: &mut Seen) -> (i128, bool) {
        let is_own = |maker: &Order| self.owner(maker.account) == self.owner(taker.account);
        let ends = |maker: &Order| match taker.stp {
            StpMode::None | StpMode::CancelOldest => false,
            StpMode::CancelNewest | StpMode::CancelBoth | StpMode::DecrementAndCancel => is_own(maker),
        };
        let is_blocked_in_sight = level.iter().any(|maker| !maker.is_hidden() && ends(maker));
        let is_fifo = self.instrument(taker.instrument).definition.allocation == Allocation::Fifo;
        if is_blocked_in_sight && !is_fifo {
            return (0, true);
        }
        let mut sum = 0;
        for maker in level {
            if ends(maker) {
                return (sum, true);
            }
            let is_skipped = taker.stp == StpMode::CancelOldest && is_own(maker);
            let whole = if is_blocked_in_sight { maker.reachable() } else { maker.leaves };
            if !is_skipped {
                sum += self.countable(maker, whole, seen);
            }
            *seen.here.entry(maker.account).or_default() += i128::from(maker.reachable());
        }
        (sum, false)
    }

    /// What a maker counts: a reduce-only one at most what its account may still reduce.
    fn countable(&self, maker: &Order, qty: i64, seen: &Seen) -> i128 {
        if !maker.reduce_only {
            return qty.into();
        }
        let left = self.may_reduce(maker.account, maker.instrument, maker.side) - seen.of(maker.account);
        i128::from(qty).min(left.max(0))
    }
}
