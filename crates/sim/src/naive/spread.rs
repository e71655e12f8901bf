//! What the breakers see after a command: the limit state's end, the spread, samples that arm.

use model::{
    BreakerEvent, BreakerRule, BreakerRules, Cause, EventKind, Events, InstrumentId, Price, Side, SpreadRule,
    SpreadState, TradingState,
};

use super::NaiveExchange;
use super::phases::Phase;

/// Whether a spread is above `bps` basis points of the middle, times `factor`.
pub(super) fn exceeds(bid: Price, ask: Price, factor: i128, bps: u32) -> bool {
    let (bid, ask) = (i128::from(bid.0), i128::from(ask.0));
    (ask - bid) * factor * 10_000 > i128::from(bps) * (ask + bid).abs()
}

impl NaiveExchange {
    /// Step (g) of R-01.
    pub(super) fn look_at_breakers(&mut self, out: &mut Events) {
        for instrument in self.instrument_ids() {
            self.maybe_end_limit_state(instrument, out);
            let rules = self.breaker(instrument).rules;
            if let Some(rules) = rules {
                self.look_at_spread(instrument, rules.spread, out);
            }
            self.maybe_arm(instrument, rules.as_ref());
        }
    }

    fn displayed_best(&self, instrument: InstrumentId, side: Side) -> Option<Price> {
        let displayed = self.resting(instrument, side).filter(|order| order.tip > 0);
        displayed.min_by_key(|order| order.priority())?.book_price()
    }

    pub(super) fn displayed_touch(&self, instrument: InstrumentId) -> (Option<Price>, Option<Price>) {
        (self.displayed_best(instrument, Side::Buy), self.displayed_best(instrument, Side::Sell))
    }

    ///
    fn maybe_end_limit_state(&mut self, instrument: InstrumentId, out: &mut Events) {
        let breaker = self.breaker(instrument);
        let Some(stored) = breaker.stored.filter(|_| breaker.phase == Phase::Limit) else { return };
        let (bid, ask) = self.displayed_touch(instrument);
        let (high, low) = (self.edge(instrument, Side::Buy, stored), self.edge(instrument, Side::Sell, stored));
        if bid.is_none_or(|bid| bid < high) && ask.is_none_or(|ask| ask > low) {
            self.enter_phase(instrument, Phase::None, None, self.stamp.ts_ns, out);
        }
    }

    ///
    fn look_at_spread(&mut self, instrument: InstrumentId, rule: SpreadRule, out: &mut Events) {
        if rule.bps == 0 || self.instrument(instrument).state != TradingState::Continuous {
            self.breaker_mut(instrument).spread_deadline = None;
            return;
        }
        let state = match self.displayed_touch(instrument) {
            (Some(bid), Some(ask)) if exceeds(bid, ask, 2, rule.bps) => SpreadState::Wide,
            (Some(_), Some(_)) => SpreadState::Normal,
            _ => SpreadState::OneSided,
        };
        let now = self.stamp.ts_ns;
        let breaker = self.breaker_mut(instrument);
        let has_changed = std::mem::replace(&mut breaker.spread, state) != state;
        let later = now.saturating_add(rule.persist_ns);
        breaker.spread_deadline = (state == SpreadState::Wide).then(|| breaker.spread_deadline.unwrap_or(later));
        if has_changed {
            self.with_cause(Cause::Breaker, out, |_, out| {
                out.push(EventKind::Breaker(BreakerEvent::SpreadChanged { instrument, state }));
            });
        }
        let breaker = self.breaker_mut(instrument);
        if breaker.spread_deadline.is_some_and(|deadline| deadline <= now) {
            if breaker.armed {
                breaker.spread_deadline = None;
                self.trip(instrument, BreakerRule::Spread, now, false, out);
            } else {
                breaker.spread_deadline = Some(later);
            }
        }
    }

    ///
    fn maybe_arm(&mut self, instrument: InstrumentId, rules: Option<&BreakerRules>) {
        let now = self.stamp.ts_ns;
        let breaker = self.breaker(instrument);
        let is_sampled = breaker.phase == Phase::None
            && breaker.session == TradingState::Continuous
            && !breaker.armed
            && now >= breaker.next_sample;
        if !is_sampled {
            return;
        }
        let is_good = rules.is_none_or(|rules| self.is_good_sample(instrument, rules));
        let breaker = self.breaker_mut(instrument);
        breaker.next_sample = now.saturating_add(BreakerRules::SAMPLE_NS);
        breaker.good_samples = if is_good { breaker.good_samples + 1 } else { 0 };
        if breaker.good_samples >= BreakerRules::SAMPLES && now >= breaker.earliest {
            (breaker.armed, breaker.good_samples) = (true, 0);
        }
    }

    fn is_good_sample(&self, instrument: InstrumentId, rules: &BreakerRules) -> bool {
        let last = self.instrument(instrument).last_trade.map_or(0, |price| i128::from(price.0));
        let is_quiet = rules.windows.iter().all(|window| {
            self.extremes(instrument, *window).is_none_or(|(lowest, highest)| {
                let (lowest, highest) = (i128::from(lowest.0), i128::from(highest.0));
                let bps = i128::from(window.bps);
                (last - lowest) * 20_000 <= lowest.abs() * bps && (highest - last) * 20_000 <= highest.abs() * bps
            })
        });
        let is_narrow = rules.spread.bps == 0
            || match self.displayed_touch(instrument) {
                (Some(bid), Some(ask)) => !exceeds(bid, ask, 4, rules.spread.bps),
                _ => false,
            };
        is_quiet && is_narrow
    }
}
