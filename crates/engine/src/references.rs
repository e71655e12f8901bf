//! Mark and index prices, and what a source is worth now (rules ).

use breaker::{is_recent, sane_middle};
use model::image;
use model::{
    BreakerEvent, Cause, EventKind, Events, PRICE_MAX, Price, ReferenceKind, RejectReason, SetReference, Side,
    TradingState, TriggerSource,
};

use crate::market::{Market, book_side};
use crate::shared::{Reject, Shared, ensure};
use crate::slope::Grid;
use crate::trigger_book::{reference_of, source_of};

/// A price that was given and grows old.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reference {
    pub(crate) price: Price,
    pub(crate) deadline: i64,
    pub(crate) stale: bool,
}

image!(Reference { price: Price, deadline: i64, stale: bool });

impl Market {
    /// The grid its triggers are rounded to.
    pub(crate) fn grid(&self) -> Grid<'_> {
        Grid { ticks: &self.def.ticks }
    }

    /// The best price of a side with displayed quantity, in ticks.
    pub(crate) fn displayed_best(&self, side: Side) -> Option<i64> {
        let mut levels = self.book.levels(book_side(side));
        levels.find(|(_, level)| level.displayed > 0).map(|(tick, _)| tick)
    }

    /// What orders and bands are measured against, the first of these that there is: a recent auction price, the
    /// mean of recent trades, a sane middle, the last trade, the previous close.
    pub(crate) fn recent_reference(&self, now_ns: i64) -> Option<Price> {
        let auction = self.last_auction.filter(|_| is_recent(self.auction_ns, now_ns));
        let auction = auction.map(|ticks| self.price(ticks));
        let mean = || self.recent.mean(now_ns, self.grain);
        let known = || self.reference().map(|ticks| self.price(ticks));
        auction.or_else(mean).or_else(|| self.sane_middle()).or_else(known)
    }

    /// The middle between the best displayed prices, where they are close.
    fn sane_middle(&self) -> Option<Price> {
        let best = |side| self.displayed_best(side).map(|ticks| self.price(ticks));
        let spread_bps = self.breaker.rules.map_or(0, |rules| rules.spread.bps);
        sane_middle(best(Side::Buy), best(Side::Sell), spread_bps)
    }

    /// What a source is now, in halves.
    pub(crate) fn value(&self, source: TriggerSource) -> Option<i64> {
        let price = |ticks: Option<i64>| ticks.map(|ticks| self.price(ticks).0);
        match source {
            TriggerSource::Last => price(self.last_trade).map(|price| 2 * price),
            TriggerSource::Bid => price(self.displayed_best(Side::Buy)).map(|price| 2 * price),
            TriggerSource::Ask => price(self.displayed_best(Side::Sell)).map(|price| 2 * price),
            TriggerSource::Mid => {
                Some(price(self.displayed_best(Side::Buy))? + price(self.displayed_best(Side::Sell))?)
            }
            TriggerSource::Mark | TriggerSource::Index => {
                let given = self.references[reference_of(source)? as usize].filter(|given| !given.stale)?;
                Some(2 * given.price.0)
            }
        }
    }

    /// Which of the given prices trade prices stand for, where that is asked for.
    pub(crate) fn stale(&self) -> [bool; 2] {
        self.references.map(|given| given.is_none_or(|given| given.stale))
    }

    /// The source a trigger is compared with now.
    pub(crate) fn source_used(&self, source: TriggerSource, fall_back: bool) -> TriggerSource {
        match reference_of(source) {
            Some(kind) if fall_back && self.stale()[kind as usize] => TriggerSource::Last,
            Some(_) | None => source,
        }
    }
}

/// Handles a mark or index price.
pub(crate) fn set(shared: &mut Shared, markets: &mut [Market], request: &SetReference, out: &mut Events) {
    let Some(market) = markets.get_mut(request.instrument.0 as usize) else {
        return reject(Reject::plain(RejectReason::UnknownInstrument), out);
    };
    if let Err(rejected) = check(market, request) {
        return reject(rejected, out);
    }
    let (id, kind) = (market.id.0, request.kind);
    let deadline = shared.now_ns.saturating_add(request.max_age_ns);
    let given = Reference { price: request.price, deadline, stale: false };
    if let Some(old) = market.references[kind as usize].replace(given) {
        shared.deadlines.remove(&(old.deadline, id, kind));
    }
    shared.deadlines.insert((deadline, id, kind));
    // What fell back to trade prices meanwhile has not seen it, though it may be the same as before.
    market.triggers.seen[source_of(kind) as usize] = None;
    shared.note(market);
    out.push(EventKind::Breaker(BreakerEvent::ReferenceSet { instrument: market.id, kind, price: request.price }));
}

fn check(market: &Market, request: &SetReference) -> Result<(), Reject> {
    let price = request.price.0;
    let bound = if price < 0 { -PRICE_MAX.0 } else { PRICE_MAX.0 };
    ensure(price.unsigned_abs() <= PRICE_MAX.0.unsigned_abs(), || {
        Reject::measured(RejectReason::PriceBounds, price, bound)
    })?;
    ensure(request.max_age_ns >= 1, || Reject::measured(RejectReason::InvalidDefinition, request.max_age_ns, 1))?;
    ensure(market.state != TradingState::Delisted, || Reject::plain(RejectReason::Delisted))
}

fn reject(rejected: Reject, out: &mut Events) {
    let Reject { reason, value, limit } = rejected;
    out.push(EventKind::CommandRejected { reason, value, limit });
}

/// Says which given prices are too old by now.
#[inline]
pub(crate) fn expire(shared: &mut Shared, markets: &mut [Market], out: &mut Events) {
    while let Some((deadline, id, kind)) = shared.deadlines.first().copied()
        && deadline <= shared.now_ns
    {
        shared.deadlines.remove(&(deadline, id, kind));
        let market = &mut markets[id as usize];
        grow_old(market, kind, out);
    }
}

#[cold]
fn grow_old(market: &mut Market, kind: ReferenceKind, out: &mut Events) {
    if let Some(given) = &mut market.references[kind as usize] {
        given.stale = true;
    }
    out.set_cause(Cause::Timer);
    out.push(EventKind::Breaker(BreakerEvent::ReferenceStale { instrument: market.id, kind }));
    out.set_cause(Cause::Command);
}
