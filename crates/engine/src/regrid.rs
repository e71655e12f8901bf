//! Another grid for an instrument that is listed already (rules ).
//!
//! Books and records count prices in grains. A grain divides every price the instrument can have had, so that a coarser
//! grid leaves it as it is; a finer one splits it, and every count is multiplied.

use book::Slot;
use model::{
    EndReason, EventKind, Events, Instrument, OrdType, Price, RejectReason, SetTicks, TickTable, TradingState, Trigger,
};

use crate::admin::{Names, refuse};
use crate::market::Market;
use crate::record::{NO_LIMIT, Place};
use crate::session::park_pegs;
use crate::shared::{Reject, Shared, ensure};
use crate::waits::Wait;

/// Handles one.
pub(crate) fn set_ticks(
    shared: &mut Shared,
    markets: &mut [Market],
    names: &Names,
    request: &SetTicks,
    out: &mut Events,
) {
    let def = match check(markets, names, request) {
        Err(reject) => return refuse(reject, out),
        Ok(def) => def,
    };
    let market = &mut markets[request.instrument.0 as usize];
    let mut off_grid = shared.open_in(market);
    off_grid.retain(|(_, slot)| !stays(shared, market, &request.ticks, *slot));
    out.push(EventKind::TicksSet { instrument: market.id });
    for (_, slot) in off_grid {
        shared.cancel(market, slot, EndReason::TickChange, out);
    }
    park_pegs(shared, market, out);
    shared.regrid(market, def);
    shared.note(market);
    shared.touch(market);
}

/// 104, 314, 402 and the definition from now on.
fn check(markets: &[Market], names: &Names, request: &SetTicks) -> Result<Instrument, Reject> {
    let market = markets.get(request.instrument.0 as usize);
    let market = market.ok_or(Reject::plain(RejectReason::UnknownInstrument))?;
    let def = market.def.with_ticks(request.ticks.clone(), market.listed_bounds());
    let one = market.outcome.as_deref().map_or(0, |outcome| market.price(outcome.one).0);
    let fits = names.fit(&def) && one % def.ticks.base_tick() == 0;
    ensure(fits, || Reject::plain(RejectReason::InvalidDefinition))?;
    ensure(market.state != TradingState::Delisted, || Reject::plain(RejectReason::Delisted))?;
    Ok(def)
}

/// Every price an order was given or works with is on a grid, and so are the distances it follows at.
fn stays(shared: &Shared, market: &Market, ticks: &TickTable, slot: Slot) -> bool {
    let record = shared.records.get(slot);
    let is_on = |price: i64| price == NO_LIMIT || ticks.is_on_grid(market.price(price));
    if !record.place().waits() {
        return is_on(record.limit);
    }
    let wait = shared.wait_of(slot);
    let is_given = record.ord_type() == OrdType::Limit && wait.trigger.is_none_or(|it| it.limit_offset.is_none());
    (!is_given || is_on(record.limit)) && is_on(wait.protection) && follows(wait, ticks)
}

fn follows(wait: &Wait, ticks: &TickTable) -> bool {
    let Some(Trigger { price, activation_price, trail_amount, step, limit_offset, .. }) = wait.trigger else {
        return true;
    };
    let is_step = |distance: Price| distance.0 % ticks.base_tick() == 0;
    [price, activation_price].into_iter().flatten().all(|price| ticks.is_on_grid(price))
        && [trail_amount, step, limit_offset].into_iter().flatten().all(is_step)
}

impl Shared {
    /// Lets a market have another definition that differs in its grid alone; what does not fit it is gone already.
    fn regrid(&mut self, market: &mut Market, def: Instrument) {
        let armed = |shared: &Shared, slot: &Slot| shared.records.get(*slot).place() == Place::Suspended;
        let suspended: Vec<Slot> = self.waits.of(market.id).filter(|slot| armed(self, slot)).collect();
        for slot in &suspended {
            market.take_down(self, *slot);
        }
        let split = market.set_grid(def);
        if split > 1 {
            for (_, slot) in self.open_in(market) {
                let record = self.records.get_mut(slot);
                record.limit = scaled(record.limit, split);
                if record.place().waits() {
                    let wait = self.wait_of_mut(slot);
                    wait.protection = scaled(wait.protection, split);
                }
            }
            market.book.rescale(&mut self.arena, split);
        }
        for slot in &suspended {
            market.put_up(self, *slot);
        }
    }
}

fn scaled(price: i64, split: i64) -> i64 {
    if price == NO_LIMIT { price } else { price * split }
}

impl Market {
    /// The bounds it was listed with.
    pub(crate) fn listed_bounds(&self) -> (Price, Price) {
        self.listed_bounds.unwrap_or((self.def.min_price, self.def.max_price))
    }

    /// Takes another definition, and gives into how many parts the grain is split by its grid.
    fn set_grid(&mut self, def: Instrument) -> i64 {
        self.listed_bounds = Some(self.listed_bounds());
        let grain = def.ticks.step_with(self.grain);
        let split = self.grain / grain;
        self.def = def;
        self.published = None;
        self.split_grain(split);
        split
    }
}
