//! What a breaker sees at the end of a command: the limit phase, the spread, calm enough to arm again (rules R-154,
//!

use model::{
    BreakerEvent, BreakerRule, BreakerRules, Cause, EventKind, Events, Price, Side, SpreadState, TradingState,
};

use crate::bands::edge;
use crate::market::{Market, book_side};
use crate::phases::{self, Phase};
use crate::shared::Shared;

impl Shared {
    /// Has a market looked at after every command that may concern its breaker.
    pub(crate) fn watch(&mut self, market: &mut Market) {
        market.due.watch = true;
        if market.breaker.is_watching()
            && let Err(at) = self.watched.binary_search(&market.id.0)
        {
            self.watched.insert(at, market.id.0);
        }
    }
}

/// Lets every breaker look at what the command did, by instrument.
pub(crate) fn look(shared: &mut Shared, markets: &mut [Market], out: &mut Events) {
    let mut at = 0;
    while let Some(id) = shared.watched.get(at).copied() {
        let market = &mut markets[id as usize];
        let by_time = !market.breaker.arming.armed || market.breaker.spread_deadline.is_some();
        if core::mem::take(&mut market.due.watch) || by_time {
            look_at(shared, market, out);
        }
        if market.breaker.is_watching() {
            at += 1;
        } else {
            shared.watched.remove(at);
        }
    }
}

/// The best displayed prices.
#[derive(Clone, Copy)]
struct Quote {
    bid: Option<i64>,
    ask: Option<i64>,
}

fn quote(market: &Market) -> Quote {
    let best = |side| {
        let mut levels = market.book.levels(book_side(side));
        levels.find(|(_, level)| level.displayed > 0).map(|(ticks, _)| ticks)
    };
    Quote { bid: best(Side::Buy), ask: best(Side::Sell) }
}

fn look_at(shared: &mut Shared, market: &mut Market, out: &mut Events) {
    let quote = quote(market);
    end_limit(shared, market, quote, out);
    watch_spread(shared, market, quote, out);
    sample(shared, market, quote);
}

/// nobody pushes against the band any more.
fn end_limit(shared: &mut Shared, market: &mut Market, quote: Quote, out: &mut Events) {
    let Some(band) = market.breaker.stored.filter(|_| market.breaker.phase == Phase::Limit) else { return };
    let bid_inside = quote.bid.is_none_or(|bid| bid < edge(market, Side::Buy, band));
    let ask_inside = quote.ask.is_none_or(|ask| ask > edge(market, Side::Sell, band));
    if bid_inside && ask_inside {
        phases::enter(shared, market, Phase::None, shared.now_ns, None, out);
    }
}

/// Bid and ask as prices, wide enough to multiply.
fn sides(market: &Market, quote: Quote) -> Option<(i128, i128)> {
    let price = |ticks: i64| i128::from(market.price(ticks).0);
    Some((price(quote.bid?), price(quote.ask?)))
}

///
fn watch_spread(shared: &mut Shared, market: &mut Market, quote: Quote, out: &mut Events) {
    let rule = market.breaker.rules.map(|rules| rules.spread).filter(|rule| rule.bps > 0);
    let Some(rule) = rule.filter(|_| market.state == TradingState::Continuous) else {
        market.breaker.spread_deadline = None;
        return;
    };
    let state = match sides(market, quote) {
        None => SpreadState::OneSided,
        Some((bid, ask)) if (ask - bid) * 20_000 > i128::from(rule.bps) * (ask + bid).abs() => SpreadState::Wide,
        Some(_) => SpreadState::Normal,
    };
    let now = shared.now_ns;
    let end = now.saturating_add(rule.persist_ns);
    let breaker = &mut market.breaker;
    if core::mem::replace(&mut breaker.spread, state) != state {
        out.set_cause(Cause::Breaker);
        out.push(EventKind::Breaker(BreakerEvent::SpreadChanged { instrument: market.id, state }));
        out.set_cause(Cause::Command);
    }
    let deadline = (state == SpreadState::Wide).then(|| breaker.spread_deadline.unwrap_or(end));
    let due = deadline.is_some_and(|deadline| deadline <= now);
    breaker.spread_deadline = match (due, breaker.arming.armed) {
        (true, true) => None,
        (true, false) => Some(end),
        (false, _) => deadline,
    };
    if due && breaker.arming.armed {
        phases::trip(shared, market, BreakerRule::Spread, now, out);
    }
}

/// three calm samples a second apart arm the breaker again.
fn sample(shared: &Shared, market: &mut Market, quote: Quote) {
    let now = shared.now_ns;
    let arming = market.breaker.arming;
    let idle = market.breaker.phase == Phase::None && market.session == TradingState::Continuous;
    if arming.armed || !idle || now < arming.next_sample {
        return;
    }
    let good = if is_calm(market, now, quote) { arming.good.saturating_add(1) } else { 0 };
    let arming = &mut market.breaker.arming;
    arming.next_sample = now.saturating_add(BreakerRules::SAMPLE_NS);
    arming.armed = good >= BreakerRules::SAMPLES && now >= arming.earliest;
    arming.good = if arming.armed { 0 } else { good };
}

/// The last trade is at most half as far from the extremes as it may be, and the spread half as wide.
fn is_calm(market: &Market, now_ns: i64, quote: Quote) -> bool {
    let Some(rules) = &market.breaker.rules else { return true };
    let last = market.last_trade.map(|ticks| market.price(ticks));
    let close = market.breaker.windows.iter().zip(&rules.windows).all(|(window, rule)| {
        let Some(((low, high), last)) = window.at(now_ns).zip(last) else { return true };
        within_half(low, last, low, rule.bps) && within_half(last, high, high, rule.bps)
    });
    close && (rules.spread.bps == 0 || has_narrow_spread(market, quote, rules.spread.bps))
}

/// `(to - from) * 20,000 <= |base| * bps`.
fn within_half(from: Price, to: Price, base: Price, bps: u32) -> bool {
    (i128::from(to.0) - i128::from(from.0)) * 20_000 <= i128::from(base.0).abs() * i128::from(bps)
}

fn has_narrow_spread(market: &Market, quote: Quote, bps: u32) -> bool {
    sides(market, quote).is_some_and(|(bid, ask)| (ask - bid) * 40_000 <= i128::from(bps) * (ask + bid).abs())
}
