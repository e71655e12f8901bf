//! Halts by hand, rules and bands of breakers.

use model::{
    BreakerEvent, BreakerRules, EventKind, Events, Halt, InstrumentId, OperatorId, RejectReason, Resume, SetBands,
    SpreadState, TradingState,
};

use super::NaiveExchange;
use super::checks::{Checks, Refusal};
use super::definitions::command_rejected;
use super::emergencies::same_operator;
use super::phases::{Breaker, Phase};
use super::sessions::{TIMEOUT_MAX_NS, check_time};

impl NaiveExchange {
    pub(super) fn halt(&mut self, request: &Halt, out: &mut Events) {
        if let Err(refusal) = self.check_halt(request) {
            out.push(command_rejected(refusal));
            return;
        }
        let now = self.stamp.ts_ns;
        let all = || self.instrument_ids().filter(|id| self.instrument(*id).state != TradingState::Delisted).collect();
        let meant: Vec<InstrumentId> = request.instrument.map_or_else(all, |id| vec![id]);
        for instrument in meant {
            let breaker = self.breaker(instrument);
            let own = (request.duration_ns > 0).then(|| now.saturating_add(request.duration_ns));
            let until_ns = match breaker.phase {
                Phase::Halted | Phase::Call => breaker.deadline.zip(own).map(|(before, own)| before.max(own)),
                Phase::None | Phase::Limit | Phase::Cooling => own,
            };
            let Halt { operator, note, .. } = *request;
            out.push(EventKind::Breaker(BreakerEvent::HaltOrdered { instrument, operator, note, until_ns }));
            let breaker = self.breaker_mut(instrument);
            breaker.operator = operator;
            breaker.two_person |= request.two_person;
            breaker.by_hand = true;
            self.enter_phase(instrument, Phase::Halted, until_ns, now, out);
        }
    }

    fn check_halt(&self, request: &Halt) -> Result<(), Refusal> {
        let mut checks = Checks::default();
        let named = request.instrument.map(|id| self.listed(id));
        checks.plain(matches!(named, Some(None)), RejectReason::UnknownInstrument);
        if let Err(refusal) = check_time(request.duration_ns, TIMEOUT_MAX_NS) {
            checks.measured(true, refusal.reason, refusal.value, refusal.limit);
        }
        let is_delisted = named.flatten().is_some_and(|listed| listed.state == TradingState::Delisted);
        checks.plain(is_delisted, RejectReason::Delisted);
        checks.result()
    }

    pub(super) fn resume(&mut self, request: &Resume, out: &mut Events) {
        let Resume { instrument, auction, operator, note } = *request;
        if instrument.is_some_and(|id| self.listed(id).is_none()) {
            out.push(command_rejected(Refusal::plain(RejectReason::UnknownInstrument)));
            return;
        }
        let is_stopped = |breaker: &Breaker| matches!(breaker.phase, Phase::Halted | Phase::Call);
        let named = self.instrument_ids().filter(|id| instrument.is_none_or(|named| *id == named));
        let meant: Vec<InstrumentId> = named.filter(|id| is_stopped(self.breaker(*id))).collect();
        let is_own = |id: &InstrumentId| self.breaker(*id).two_person && self.breaker(*id).operator == operator;
        if meant.is_empty() || meant.iter().any(is_own) {
            let not_tripped = Refusal::plain(RejectReason::NotTripped);
            out.push(command_rejected(if meant.is_empty() { not_tripped } else { same_operator(operator) }));
            return;
        }
        let now = self.stamp.ts_ns;
        for instrument in meant {
            out.push(EventKind::Breaker(BreakerEvent::ResumeOrdered { instrument, operator, note }));
            let breaker = self.breaker_mut(instrument);
            (breaker.two_person, breaker.operator) = (false, OperatorId(0));
            if auction {
                self.enter_call(instrument, now, false, out);
            } else {
                self.enter_phase(instrument, Phase::None, None, now, out);
            }
        }
    }

    pub(super) fn set_breaker(&mut self, instrument: InstrumentId, rules: Option<&BreakerRules>, out: &mut Events) {
        let mut checks = Checks::default();
        checks.plain(self.listed(instrument).is_none(), RejectReason::UnknownInstrument);
        checks.plain(rules.is_some_and(|rules| !rules.is_valid()), RejectReason::InvalidDefinition);
        if let Err(refusal) = checks.result() {
            out.push(command_rejected(refusal));
            return;
        }
        let breaker = self.breaker_mut(instrument);
        breaker.rules = rules.copied();
        breaker.prints.clear();
        (breaker.spread, breaker.spread_deadline) = (SpreadState::Normal, None);
        breaker.armed = true;
        (breaker.good_samples, breaker.next_sample, breaker.earliest) = (0, 0, 0);
        out.push(EventKind::Breaker(BreakerEvent::BreakerSet { instrument }));
    }

    pub(super) fn set_bands(&mut self, request: SetBands, out: &mut Events) {
        let SetBands { instrument, low, high } = request;
        let Some(listed) = self.listed(instrument) else {
            out.push(command_rejected(Refusal::plain(RejectReason::UnknownInstrument)));
            return;
        };
        let reference = listed.last_trade.or(listed.definition.previous_close).map(|price| i128::from(price.0));
        let sum = i128::from(low.0) + i128::from(high.0);
        let is_far = reference.is_some_and(|at| (sum - 2 * at).abs() * 10_000 > 2 * at.abs() * 5_000);
        let is_negative = low.0 <= 0 && !listed.definition.allow_negative;
        if low >= high || is_negative || is_far {
            let (value, limit) = (sum.div_euclid(2), reference.unwrap_or(0));
            out.push(command_rejected(Refusal { reason: RejectReason::BandInsane, value, limit }));
            return;
        }
        let breaker = self.breaker_mut(instrument);
        breaker.external = Some((low, high));
        if breaker.phase == Phase::Limit {
            breaker.stored = Some((low, high));
        }
        out.push(EventKind::Breaker(BreakerEvent::BandsSet { instrument, low, high }));
    }
}
