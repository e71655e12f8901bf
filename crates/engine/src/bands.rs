//! The bands of a run: which prices may print now, asked before they do (rules R-151, S-90).

use breaker::Band;
use model::image;
use model::{BreakerRule, BreakerRules, Events, PRICE_MAX, Price, RejectReason, Side, StaticReference, TradingState};

use crate::market::{Market, book_side};
use crate::matching::{Incoming, Stop, walk};
use crate::phases::Phase;
use crate::record::NO_LIMIT;
use crate::shared::{Reject, Shared, ensure};

/// A price that a band forbade.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Break {
    pub(crate) price: Price,
    /// What all bands allowed.
    pub(crate) band: Band,
    /// The first one that forbade the price.
    pub(crate) rule: BreakerRule,
}

image!(Break { price: Price, band: Band, rule: BreakerRule });

/// The bands of a moment by rule; those that do not apply allow every price.
type Bands = [(BreakerRule, Band); 5];

impl Market {
    /// The last auction price, else the previous close, in ticks.
    pub(crate) fn static_reference(&self) -> Option<i64> {
        self.last_auction.or_else(|| self.def.previous_close.map(|price| self.ticks(price)))
    }

    /// The static band at `now_ns`; every price where there is none.
    fn static_band(&self, rules: &BreakerRules, now_ns: i64) -> Band {
        let reference = match rules.static_reference {
            _ if rules.static_bps == 0 => None,
            StaticReference::LastAuction => self.static_reference().map(|ticks| self.price(ticks)),
            StaticReference::Recent => self.recent_reference(now_ns),
        };
        reference.map_or(Band::ANY, |reference| Band::around(reference, rules.static_bps))
    }
}

/// The bands that apply at `now_ns`, with the best opposite price of the run that asks.
fn bands(market: &Market, now_ns: i64, run_price: Option<Price>) -> Bands {
    let breaker = &market.breaker;
    let mut bands = [
        (BreakerRule::Static, Band::ANY),
        (BreakerRule::Short, Band::ANY),
        (BreakerRule::Long, Band::ANY),
        (BreakerRule::External, Band::ANY),
        (BreakerRule::Cooling, Band::ANY),
    ];
    if breaker.phase == Phase::Limit {
        bands[4] = (BreakerRule::LimitState, breaker.stored.unwrap_or(Band::ANY));
        return bands;
    }
    if let Some(rules) = &breaker.rules {
        bands[0].1 = market.static_band(rules, now_ns);
        for (at, window) in breaker.windows.iter().enumerate() {
            if let Some((low, high)) = window.at(now_ns) {
                let (low, high) = run_price.map_or((low, high), |price| (low.min(price), high.max(price)));
                bands[1 + at].1 = Band::between(low, high, rules.windows[at].bps);
            }
        }
    }
    bands[3].1 = breaker.external.unwrap_or(Band::ANY);
    if breaker.phase == Phase::Cooling
        && let Some(auction) = market.last_auction
    {
        bands[4].1 = Band::around(market.price(auction), breaker.rules().reopening.cooling_bps);
    }
    bands
}

fn intersection(bands: &Bands) -> Band {
    bands.iter().fold(Band::ANY, |all, (_, band)| all.and(*band))
}

/// What may print at `now_ns`, whatever the book offers.
pub(crate) fn of_moment(market: &Market, now_ns: i64) -> Band {
    intersection(&bands(market, now_ns, None))
}

/// The price is beyond a band in the direction in which `side` pushes it.
pub(crate) fn is_ahead(side: Side, price: Price, band: Band) -> bool {
    match side {
        Side::Buy => price > band.high,
        Side::Sell => price < band.low,
    }
}

/// The last price that `side` may push to, on the grid, in ticks.
pub(crate) fn edge(market: &Market, side: Side, band: Band) -> i64 {
    let end = match side {
        Side::Buy => band.high,
        Side::Sell => band.low,
    };
    market.ticks(market.round_passive(side, end.clamp(Price(-PRICE_MAX.0), PRICE_MAX)))
}

/// The worse of a limit and a band's edge for a side that may not go beyond either.
pub(crate) fn bounded(side: Side, limit: i64, edge: i64) -> i64 {
    match side {
        _ if limit == NO_LIMIT => edge,
        Side::Buy => limit.min(edge),
        Side::Sell => limit.max(edge),
    }
}

/// A limit moved to the edge of the band where it lies beyond it, in the states that hold orders inside.
pub(crate) fn inward(market: &Market, now_ns: i64, side: Side, limit: i64) -> i64 {
    if limit == NO_LIMIT || !matches!(market.state, TradingState::LimitState | TradingState::Cooling) {
        return limit;
    }
    bounded(side, limit, edge(market, side, of_moment(market, now_ns)))
}

/// 411: a limit ahead of the band of the moment.
#[inline]
pub(crate) fn check_limit(market: &Market, now_ns: i64, side: Side, price: Price) -> Result<(), Reject> {
    if matches!(market.state, TradingState::LimitState | TradingState::Cooling) {
        return check_limit_in_band(market, now_ns, side, price);
    }
    Ok(())
}

#[cold]
fn check_limit_in_band(market: &Market, now_ns: i64, side: Side, price: Price) -> Result<(), Reject> {
    let band = of_moment(market, now_ns);
    let end = match side {
        Side::Buy => band.high,
        Side::Sell => band.low,
    };
    ensure(!is_ahead(side, price, band), || Reject::measured(RejectReason::PriceBand, price.0, end.0))
}

/// The worst price in ticks that an order accepts and no band forbids, with `front` the best one on offer. Prices only
/// get worse during a run, so it is good for all of it.
fn limit_within(market: &Market, side: Side, limit: i64, front: Price, band: Band) -> i64 {
    let tick = market.grain;
    match side {
        Side::Buy if front < band.low => NO_LIMIT + 1,
        Side::Sell if front > band.high => i64::MAX,
        Side::Buy => bounded(side, limit, band.high.0.div_euclid(tick).max(NO_LIMIT + 1)),
        Side::Sell => {
            let low = band.low.0.div_euclid(tick) + i64::from(band.low.0.rem_euclid(tick) != 0);
            bounded(side, limit, low)
        }
    }
}

/// The best price on offer for an incoming order.
fn front(market: &Market, side: Side) -> Option<Price> {
    market.book.best(book_side(side.opposite())).map(|ticks| market.price(ticks))
}

/// The limit of an incoming order as the bands bound it now.
pub(crate) fn limit_now(shared: &Shared, market: &Market, incoming: &Incoming) -> i64 {
    let Some(front) = front(market, incoming.side).filter(|_| market.banded) else { return incoming.limit };
    let band = intersection(&bands(market, shared.now_ns, Some(front)));
    limit_within(market, incoming.side, incoming.limit, front, band)
}

/// Matches an incoming order as far as the bands let it.
#[inline(never)]
pub(crate) fn run(shared: &mut Shared, market: &mut Market, incoming: &mut Incoming, out: &mut Events) -> Stop {
    let Some(best) = front(market, incoming.side) else { return Stop::Empty };
    let now = shared.now_ns;
    let bands = bands(market, now, Some(best));
    let band = intersection(&bands);
    let own_limit = incoming.limit;
    incoming.limit = limit_within(market, incoming.side, own_limit, best, band);
    let stop = walk(shared, market, incoming, out);
    incoming.limit = own_limit;
    for ticks in [incoming.first_price, incoming.last_price].into_iter().flatten() {
        let price = market.price(ticks);
        assert!(band.allows(price), "INV-4: printed outside the band: instrument={} price={}", market.id, price.0);
        market.breaker.observe(now, price);
    }
    match front(market, incoming.side) {
        Some(price) if stop == Stop::Price && incoming.accepts(market.ticks(price)) => {
            let rule =
                bands.iter().find(|(_, band)| !band.allows(price)).map_or(BreakerRule::External, |(rule, _)| *rule);
            market.breaker.met = Some(Break { price, band, rule });
            Stop::Band
        }
        Some(_) | None => stop,
    }
}
