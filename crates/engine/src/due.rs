//! When time alone will change something: what a sequencer without traffic waits for.

use model::Limits;

use crate::exchange::Exchange;
use crate::market::Market;
use crate::shared::Shared;

impl Exchange {
    /// When the next command, a tick if there is no other, will find something due by time; empty where nothing waits.
    ///
    /// Never later than that, possibly earlier. What the last command left over is due at once.
    pub fn next_due_ns(&self) -> Option<i64> {
        let Exchange { shared, markets, .. } = self;
        if !shared.to_observe.is_empty() || !shared.triggered.is_empty() {
            return Some(shared.now_ns);
        }
        let orders = shared.expiries.first().map(|(at, _)| *at);
        let references = shared.deadlines.first().map(|(at, _, _)| *at);
        let phases = shared.breaker_timers.first().map(|(at, _)| *at);
        let timers = [orders, references, phases, shared.guards.timers.next_due_ns()].into_iter().flatten();
        let calls = shared.calls.iter().filter_map(|id| next_indicative(&markets[*id as usize]));
        let watched = shared.watched.iter().filter_map(|id| next_look(shared, &markets[*id as usize]));
        timers.chain(calls).chain(watched).min()
    }
}

/// When an indicative price that was held back may be published.
fn next_indicative(market: &Market) -> Option<i64> {
    let (at, _) = market.published.filter(|_| market.due.indicative)?;
    Some(at.saturating_add(Limits::INDICATIVE_NS_MIN))
}

/// When a breaker looks at the spread or takes its next calm sample.
fn next_look(shared: &Shared, market: &Market) -> Option<i64> {
    let arming = market.breaker.arming;
    let sample = (!arming.armed).then(|| arming.next_sample.max(shared.now_ns.saturating_add(1)));
    [sample, market.breaker.spread_deadline].into_iter().flatten().min()
}
