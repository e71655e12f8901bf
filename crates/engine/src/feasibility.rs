//! How much an incoming order could trade at once, without trading (rule R-45).

use std::collections::BTreeMap;

use book::Maker;
use model::{Allocation, Side, StpMode};

use crate::bands;
use crate::market::{Market, book_side};
use crate::matching::{Incoming, accepts};
use crate::shared::Shared;

/// Whether at least `needed` lots could trade now.
pub(crate) fn can_trade(shared: &Shared, market: &Market, incoming: &Incoming, needed: i64) -> bool {
    let mut walk = Walk { shared, market, incoming, found: 0, used: BTreeMap::new() };
    let limit = bands::limit_now(shared, market, incoming);
    let side = book_side(incoming.side.opposite());
    let mut ticks = market.book.best(side);
    while let Some(tick) = ticks.filter(|tick| accepts(incoming.side, limit, *tick)) {
        if walk.found >= needed {
            return true;
        }
        if walk.level(side, tick) == Reach::Blocked {
            break;
        }
        ticks = market.book.next_tick(side, tick);
    }
    walk.found >= needed
}

/// Whether the walk may go on behind a level.
#[derive(PartialEq, Eq)]
enum Reach {
    On,
    Blocked,
}

struct Walk<'a> {
    shared: &'a Shared,
    market: &'a Market,
    incoming: &'a Incoming,
    found: i64,
    /// Lots of reducing accounts counted at better prices, where reduce-only orders exist at all.
    used: BTreeMap<u32, i64>,
}

impl Walk<'_> {
    fn blocks(&self, maker: &Maker) -> bool {
        maker.owner == self.incoming.owner
            && matches!(self.incoming.stp, StpMode::CancelNewest | StpMode::CancelBoth | StpMode::DecrementAndCancel)
    }

    fn skips(&self, maker: &Maker) -> bool {
        maker.owner == self.incoming.owner && self.incoming.stp == StpMode::CancelOldest
    }

    fn level(&mut self, side: book::Side, tick: i64) -> Reach {
        let makers = || self.market.book.level_orders(&self.shared.arena, side, tick);
        let shared = self.market.def.allocation != Allocation::Fifo;
        if shared && makers().take_while(|maker| !maker.hidden).any(|maker| self.blocks(&maker)) {
            return Reach::Blocked;
        }
        let blocked_in_display = makers().take_while(|maker| !maker.hidden).any(|maker| self.blocks(&maker));
        let mut tips = BTreeMap::new();
        let mut whole = BTreeMap::new();
        for maker in makers() {
            if self.blocks(&maker) {
                return Reach::Blocked;
            }
            if self.skips(&maker) {
                continue;
            }
            let leaves = if blocked_in_display { maker.qty } else { self.shared.arena.leaves(maker.slot) };
            self.found += self.counted(&maker, leaves, &mut tips, &mut whole);
        }
        for (account, lots) in whole {
            *self.used.entry(account).or_default() += lots;
        }
        Reach::On
    }

    /// What a maker counts; a reduce-only one no more than its account may still reduce.
    fn counted(
        &self,
        maker: &Maker,
        leaves: i64,
        tips: &mut BTreeMap<u32, i64>,
        whole: &mut BTreeMap<u32, i64>,
    ) -> i64 {
        if self.shared.reducers.is_empty() {
            return leaves;
        }
        let record = self.shared.records.get(maker.slot);
        let account = record.account.0;
        let counted = if record.reduce_only() {
            let side: Side = record.side();
            let before = self.used.get(&account).copied().unwrap_or(0) + tips.get(&account).copied().unwrap_or(0);
            leaves.min((self.shared.reducible(self.market, record.account, side) - before).max(0))
        } else {
            leaves
        };
        *tips.entry(account).or_default() += maker.qty.min(counted);
        *whole.entry(account).or_default() += counted;
        counted
    }
}
