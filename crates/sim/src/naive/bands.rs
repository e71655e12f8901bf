//! Price bands of a run of matching and what happens where one stops it.

use model::{
    BandBroken, BreakerEvent, BreakerRule, BreakerRules, Cause, EndReason, EventKind, Events, InstrumentId, OrdType,
    OrderId, PRICE_MAX, Price, RejectReason, Side, StaticReference, TradingState, Window,
};

use super::checks::Checks;
use super::gate::share;
use super::matching::Stop;
use super::phases::Phase;
use super::{NaiveExchange, Order};

/// The prices a rule lets print.
#[derive(Clone, Copy, Debug)]
pub(super) struct Band {
    low: Price,
    high: Price,
    rule: BreakerRule,
}

impl Band {
    fn around(reference: Price, bps: u32, rule: BreakerRule) -> Self {
        let width = share(reference, bps);
        Band { low: less(reference, width), high: more(reference, width), rule }
    }

    fn forbids(&self, price: Price) -> bool {
        price < self.low || price > self.high
    }
}

fn more(price: Price, width: i64) -> Price {
    Price(price.0.saturating_add(width))
}

fn less(price: Price, width: i64) -> Price {
    Price(price.0.saturating_sub(width))
}

/// What all bands let print; `None` where there is none.
pub(super) fn intersection(bands: &[Band]) -> Option<(Price, Price)> {
    let low = bands.iter().map(|band| band.low).max()?;
    let high = bands.iter().map(|band| band.high).min()?;
    Some((low, high))
}

/// The first band by number that forbids a price.
pub(super) fn forbidding(bands: &[Band], price: Price) -> Option<&Band> {
    bands.iter().filter(|band| band.forbids(price)).min_by_key(|band| band.rule)
}

/// Where a band stopped a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    price: Price,
    low: Price,
    high: Price,
    rule: BreakerRule,
}

impl Broken {
    fn is_ahead(self, side: Side) -> bool {
        match side {
            Side::Buy => self.price > self.high,
            Side::Sell => self.price < self.low,
        }
    }
}

impl NaiveExchange {
    /// What static bands refer to that do not go stale.
    pub(super) fn static_reference(&self, instrument: InstrumentId) -> Option<Price> {
        let listed = self.instrument(instrument);
        listed.last_auction.or(listed.definition.previous_close)
    }

    /// A price printed. Without rules nothing is kept.
    pub(super) fn print(&mut self, instrument: InstrumentId, price: Price) {
        let now = self.stamp.ts_ns;
        let breaker = self.breaker_mut(instrument);
        if breaker.rules.is_some() {
            breaker.prints.push((now, price));
        }
    }

    /// Lowest and highest price printed within a window.
    pub(super) fn extremes(&self, instrument: InstrumentId, window: Window) -> Option<(Price, Price)> {
        let now = self.stamp.ts_ns;
        let prints = self.breaker(instrument).prints.iter();
        let within = prints.filter(|(ts_ns, _)| now - ts_ns < window.length_ns).map(|(_, price)| *price);
        Some((within.clone().min()?, within.max()?))
    }

    /// R-151; `run` is the best opposite price where a run starts.
    pub(super) fn bands(&self, instrument: InstrumentId, run: Option<Price>) -> Vec<Band> {
        let breaker = self.breaker(instrument);
        if !self.instrument(instrument).state.matches_orders() {
            return Vec::new();
        }
        if breaker.phase == Phase::Limit {
            let stored = breaker.stored.into_iter();
            return stored.map(|(low, high)| Band { low, high, rule: BreakerRule::LimitState }).collect();
        }
        let mut bands = Vec::new();
        if let Some(rules) = breaker.rules {
            bands.extend(self.price_bands(instrument, &rules, run));
        }
        bands.extend(breaker.external.map(|(low, high)| Band { low, high, rule: BreakerRule::External }));
        if breaker.phase == Phase::Cooling
            && let Some(auction) = self.instrument(instrument).last_auction
        {
            let bps = breaker.rules_or_default().reopening.cooling_bps;
            bands.push(Band::around(auction, bps, BreakerRule::Cooling));
        }
        bands
    }

    /// Static, short and long.
    fn price_bands(&self, instrument: InstrumentId, rules: &BreakerRules, run: Option<Price>) -> Vec<Band> {
        let mut bands = Vec::new();
        let reference = match rules.static_reference {
            StaticReference::LastAuction => self.static_reference(instrument),
            StaticReference::Recent => self.recent_reference(instrument),
        };
        if let Some(reference) = reference.filter(|_| rules.static_bps > 0) {
            bands.push(Band::around(reference, rules.static_bps, BreakerRule::Static));
        }
        for (window, rule) in rules.windows.into_iter().zip([BreakerRule::Short, BreakerRule::Long]) {
            let Some((lowest, highest)) = self.extremes(instrument, window) else { continue };
            let lowest = run.map_or(lowest, |price| price.min(lowest));
            let highest = run.map_or(highest, |price| price.max(highest));
            let low = less(highest, share(highest, window.bps));
            let high = more(lowest, share(lowest, window.bps));
            bands.push(Band { low, high, rule });
        }
        bands
    }

    /// The band's edge on the grid inside it, on the aggressive side; may be outside the price bounds.
    pub(super) fn edge(&self, instrument: InstrumentId, side: Side, (low, high): (Price, Price)) -> Price {
        let ticks = &self.instrument(instrument).definition.ticks;
        let within = |price: Price| price.clamp(Price(-PRICE_MAX.0), PRICE_MAX);
        match side {
            Side::Buy => ticks.floor(within(high)),
            Side::Sell => ticks.ceil(within(low)),
        }
    }

    /// A run stops before a price.
    pub(super) fn break_band(&mut self, id: OrderId, price: Price, bands: &[Band], out: &mut Events) -> Option<Stop> {
        let rule = forbidding(bands, price)?.rule;
        let (low, high) = intersection(bands)?;
        let instrument = self.order(id).instrument;
        self.with_cause(Cause::Breaker, out, |_, out| {
            let broken = BandBroken { instrument, order_id: id, price, low, high, rule };
            out.push(EventKind::Breaker(BreakerEvent::BandBroken(broken)));
        });
        Some(Stop::Band(Broken { price, low, high, rule }))
    }

    /// what becomes of an order whose run was stopped, and of its instrument. Pegged orders are parked first.
    pub(super) fn stop_at_band(&mut self, id: OrderId, broken: Broken, out: &mut Events) {
        let order = self.order(id);
        let (instrument, is_ahead) = (order.instrument, broken.is_ahead(order.side));
        let breaker = self.breaker(instrument);
        let trips = self.instrument(instrument).state == TradingState::Continuous && breaker.armed;
        let rules = breaker.rules_or_default();
        let halts = trips && (rules.limit_state_ns == 0 || !is_ahead);
        let price = self.price_at_band(order, broken, halts, is_ahead);
        let is_pegged = order.ord_type == OrdType::Pegged;
        if let Some(price) = price {
            self.order_mut(id).limit = Some(price);
            self.update_reserve(id);
            self.post(id, price, out);
        } else if !is_pegged {
            self.cancel_order(id, EndReason::PriceBand, out);
        }
        let now = self.stamp.ts_ns;
        if halts {
            self.trip(instrument, broken.rule, now, false, out);
        } else if trips {
            let until = now.saturating_add(rules.limit_state_ns);
            self.tell_trip(instrument, broken.rule, Some(until), out);
            self.enter_phase(instrument, Phase::Limit, Some(until), now, out);
            self.breaker_mut(instrument).stored = Some((broken.low, broken.high));
        }
    }

    /// Where what is left of an order rests; empty where it ends.
    fn price_at_band(&self, order: &Order, broken: Broken, halts: bool, is_ahead: bool) -> Option<Price> {
        let resting_price = match order.ord_type {
            OrdType::Limit => order.limit,
            OrdType::MarketToLimit => order.limit.or(order.last_price),
            OrdType::Market | OrdType::Pegged => None,
        };
        let resting_price = resting_price.filter(|_| order.tif.rests())?;
        if halts {
            return Some(resting_price);
        }
        let edge = self.edge(order.instrument, order.side, (broken.low, broken.high));
        let price = match order.side {
            Side::Buy => resting_price.min(edge),
            Side::Sell => resting_price.max(edge),
        };
        let is_in_bounds = self.instrument(order.instrument).definition.in_bounds(price);
        (is_ahead && is_in_bounds).then_some(price)
    }

    /// 411.
    pub(super) fn check_band(&self, instrument: InstrumentId, side: Side, price: Price, checks: &mut Checks) {
        let Some((low, high)) = self.band_now(instrument) else { return };
        let (bound, is_ahead) = match side {
            Side::Buy => (high, price > high),
            Side::Sell => (low, price < low),
        };
        checks.measured(is_ahead, RejectReason::PriceBand, price.0.into(), bound.0.into());
    }

    /// 411 and R-112: the edge a limit may not be ahead of, in a limit state and in cooling.
    pub(super) fn band_now(&self, instrument: InstrumentId) -> Option<(Price, Price)> {
        let state = self.instrument(instrument).state;
        let is_bounded = matches!(state, TradingState::LimitState | TradingState::Cooling);
        intersection(&self.bands(instrument, None)).filter(|_| is_bounded)
    }
}
