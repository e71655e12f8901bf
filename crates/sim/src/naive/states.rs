//! Moving an instrument to another trading state.

use model::{
    BreakerEvent, Cause, EndReason, EventKind, Events, InstrumentId, RejectReason, SetTradingState, TimeInForce,
    TradingState,
};

use super::NaiveExchange;
use super::checks::Refusal;
use super::definitions::command_rejected;
use super::phases::Phase;

fn may_go(from: TradingState, to: TradingState) -> bool {
    let only_by_breaker = matches!(to, TradingState::LimitState | TradingState::Cooling);
    from != TradingState::Delisted && from != to && !only_by_breaker && to != TradingState::PreListed
}

///
fn is_uncross_due(from: TradingState, to: TradingState) -> bool {
    let stays_crossed =
        to.is_call() || matches!(to, TradingState::Halted | TradingState::CancelOnly | TradingState::Delisted);
    let may_be_crossed = !from.matches_orders() && from != TradingState::PostOnly;
    (from.is_call() && !stays_crossed) || (to.needs_uncrossed_book() && may_be_crossed)
}

impl NaiveExchange {
    pub(super) fn set_trading_state(&mut self, request: SetTradingState, out: &mut Events) {
        let SetTradingState { instrument, state: to } = request;
        let Some(listed) = self.listed(instrument) else {
            out.push(command_rejected(Refusal::plain(RejectReason::UnknownInstrument)));
            return;
        };
        let keeps_collateral = listed.outcome.is_some() && to == TradingState::Delisted;
        if keeps_collateral || !may_go(listed.breaker.session, to) {
            out.push(command_rejected(Refusal::plain(RejectReason::StateTransition)));
            return;
        }
        let from = listed.state;
        let now = self.stamp.ts_ns;
        let breaker = self.breaker_mut(instrument);
        breaker.session = to;
        if to == TradingState::Delisted {
            breaker.enter(Phase::None, None, now);
            breaker.spread_deadline = None;
        }
        if breaker.effective() == from {
            out.push(EventKind::Breaker(BreakerEvent::SessionStateSet { instrument, state: to }));
        } else {
            self.follow_effective_state(instrument, out);
        }
    }

    /// R-80 with effective states: does what a change of them asks for, nothing where there is none.
    pub(super) fn follow_effective_state(&mut self, instrument: InstrumentId, out: &mut Events) {
        let listed = self.instrument(instrument);
        let (from, to) = (listed.state, listed.breaker.effective());
        if from == to {
            return;
        }
        let is_uncrossed = is_uncross_due(from, to);
        if is_uncrossed {
            self.with_cause(Cause::Uncross, out, |this, out| this.uncross(instrument, out));
        }
        let listed = self.instrument_mut(instrument);
        listed.state = to;
        listed.published = None;
        out.push(EventKind::StateChanged { instrument, from, to });
        self.with_cause(Cause::State, out, |this, out| {
            if is_uncrossed || to == TradingState::Closed {
                this.end_auction_orders(instrument, out);
            }
            this.end_of_session(instrument, to, out);
            if to != TradingState::Continuous {
                this.park_all(instrument, out);
            }
        });
    }

    ///
    fn end_auction_orders(&mut self, instrument: InstrumentId, out: &mut Events) {
        for id in self.orders_of(instrument, |order| order.tif.is_auction()) {
            self.expire_order(id, EndReason::Auction, out);
        }
    }

    /// R-80, step 4.
    fn end_of_session(&mut self, instrument: InstrumentId, to: TradingState, out: &mut Events) {
        if to == TradingState::Closed {
            for id in self.orders_of(instrument, |order| order.tif == TimeInForce::Day) {
                self.expire_order(id, EndReason::Day, out);
            }
        }
        if to == TradingState::Delisted {
            for id in self.orders_of(instrument, |_| true) {
                self.cancel_order(id, EndReason::Delisted, out);
            }
        }
    }
}
