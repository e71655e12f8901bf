//! Moves an instrument between the states that its session and its breaker ask for, with what each move brings (rules
//!

use book::Slot;
use model::{
    BreakerEvent, Cause, EndReason, EventKind, Events, OrderId, Qty, RejectReason, SetTradingState, TradingState,
};

use crate::auction::uncross;
use crate::market::Market;
use crate::phases;
use crate::record::{Life, Place, Record};
use crate::shared::Shared;

/// Handles a change of the session's state.
pub(crate) fn set_state(shared: &mut Shared, markets: &mut [Market], request: SetTradingState, out: &mut Events) {
    let Some(market) = markets.get_mut(request.instrument.0 as usize) else {
        return reject(RejectReason::UnknownInstrument, out);
    };
    let keeps_collateral = market.outcome.is_some() && request.state == TradingState::Delisted;
    if keeps_collateral || !may_move(market.session, request.state) {
        return reject(RejectReason::StateTransition, out);
    }
    market.session = request.state;
    if request.state == TradingState::Delisted {
        phases::end(shared, market);
    }
    if !settle(shared, market, Cause::Command, out) {
        let state = BreakerEvent::SessionStateSet { instrument: market.id, state: request.state };
        out.push(EventKind::Breaker(state));
    }
    shared.touch(market);
}

/// Moves a market to the state that its session and its breaker ask for, with what that brings; `false` where it is in
/// it already.
pub(crate) fn settle(shared: &mut Shared, market: &mut Market, cause: Cause, out: &mut Events) -> bool {
    let (from, to) = (market.state, market.effective_state());
    if from == to {
        return false;
    }
    let before = out.cause();
    let crosses = uncross_due(from, to);
    if crosses {
        uncross(shared, market, out);
    }
    market.state = to;
    market.max_qty = max_qty(market);
    out.set_cause(cause);
    out.push(EventKind::StateChanged { instrument: market.id, from, to });
    out.set_cause(Cause::State);
    if crosses || to == TradingState::Closed {
        end_all(shared, market, |record| record.life().is_auction(), Ending::Expire(EndReason::Auction), out);
    }
    if to == TradingState::Closed {
        end_all(shared, market, |record| record.life() == Life::Day, Ending::Expire(EndReason::Day), out);
    }
    if to == TradingState::Delisted {
        end_all(shared, market, |_| true, Ending::Cancel(EndReason::Delisted), out);
    }
    if to != TradingState::Continuous {
        park_pegs(shared, market, out);
    }
    if to.is_call() {
        shared.calls.insert(market.id.0);
    } else {
        shared.calls.remove(&market.id.0);
    }
    market.published = None;
    shared.touch(market);
    // What printed in a state that triggers and was not seen is kept; what was kept can be seen now.
    let unseen = market.printed == shared.observations;
    if market.triggers.waiting > 0 || market.kept.is_some() || unseen {
        shared.note(market);
    }
    out.set_cause(before);
    true
}

/// Largest order quantity in a market's state: a tenth while it cools, on the grid and at least a lot.
fn max_qty(market: &Market) -> Qty {
    let max = market.def.max_qty;
    if market.state == TradingState::Cooling { market.qty((market.lots(max) / 10).max(1)) } else { max }
}

fn reject(reason: RejectReason, out: &mut Events) {
    out.push(EventKind::CommandRejected { reason, value: 0, limit: 0 });
}

fn may_move(from: TradingState, to: TradingState) -> bool {
    let by_command = !matches!(to, TradingState::LimitState | TradingState::Cooling | TradingState::PreListed);
    from != TradingState::Delisted && from != to && by_command
}

fn uncross_due(from: TradingState, to: TradingState) -> bool {
    let carried = matches!(to, TradingState::Halted | TradingState::CancelOnly | TradingState::Delisted);
    let leaves_call = from.is_call() && !to.is_call() && !carried;
    let may_be_crossed = !from.matches_orders() && from != TradingState::PostOnly;
    leaves_call || (to.needs_uncrossed_book() && may_be_crossed)
}

#[derive(Clone, Copy)]
enum Ending {
    Cancel(EndReason),
    Expire(EndReason),
}

fn end_all(shared: &mut Shared, market: &mut Market, test: impl Fn(&Record) -> bool, ending: Ending, out: &mut Events) {
    let mut chosen = shared.open_in(market);
    chosen.retain(|(_, slot)| test(shared.records.get(*slot)));
    for (_, slot) in chosen {
        match ending {
            Ending::Cancel(reason) => shared.cancel(market, slot, reason, out),
            Ending::Expire(reason) => shared.expire(market, slot, reason, out),
        }
    }
}

/// Takes every pegged order off the book until its reference returns.
pub(crate) fn park_pegs(shared: &mut Shared, market: &mut Market, out: &mut Events) {
    let pegs: Vec<Slot> = market.pegs.values().map(|(slot, _)| *slot).collect();
    for slot in pegs {
        park(shared, market, slot, out);
    }
}

/// Takes a pegged order off the book until its reference returns; nothing where it is parked already.
pub(crate) fn park(shared: &mut Shared, market: &mut Market, slot: Slot, out: &mut Events) {
    if shared.records.get(slot).place() != Place::Book {
        return;
    }
    shared.unqueue(market, slot);
    shared.records.get_mut(slot).set_place(Place::Parked);
    say_parked(shared, market, slot, out);
}

/// Tells that a pegged order left the book.
pub(crate) fn say_parked(shared: &Shared, market: &Market, slot: Slot, out: &mut Events) {
    out.push(EventKind::OrderParked {
        order_id: OrderId(shared.arena.order_id(slot)),
        account: shared.records.get(slot).account,
        instrument: market.id,
    });
}
