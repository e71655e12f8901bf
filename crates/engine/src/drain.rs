//! What a command caused beyond its own order: groups follow, triggers look, triggered orders work (rules ).

use model::{Cause, Events, TriggerSource};

use crate::market::Market;
use crate::phases;
use crate::shared::Shared;
use crate::{groups, stops, work};

/// Works off everything that is due.
#[inline]
pub(crate) fn drain(shared: &mut Shared, markets: &mut [Market], out: &mut Events) {
    // One branch for all three.
    if shared.to_observe.len() | shared.triggered.len() | shared.groups.effects_len() == 0 {
        // Looked, and there was nothing to see.
        shared.observations += 1;
        return;
    }
    drain_all(shared, markets, out);
}

#[cold]
fn drain_all(shared: &mut Shared, markets: &mut [Market], out: &mut Events) {
    loop {
        groups::run(shared, markets, out);
        out.set_cause(Cause::Trigger);
        observe(shared, markets, out);
        let Some(fired) = shared.triggered.pop_front() else { break };
        work::work(shared, markets, fired, out);
    }
    if let Some(id) = shared.cascade.take() {
        let market = &mut markets[id as usize];
        if market.state.triggers() {
            phases::cascade(shared, market, out);
        }
    }
    out.set_cause(Cause::Command);
}

/// As many orders have fired in this command as may: nothing looks any more.
fn is_over(shared: &Shared) -> bool {
    shared.fired >= shared.limits.triggers_max
}

fn observe(shared: &mut Shared, markets: &mut [Market], out: &mut Events) {
    let before = shared.observations;
    shared.observations += 1;
    let mut due = core::mem::take(&mut shared.to_observe);
    due.sort_unstable();
    for id in due.drain(..) {
        let market = &mut markets[id as usize];
        market.noted = false;
        observe_market(shared, market, before, out);
        if is_over(shared) {
            // What it did not see now it sees in the next command.
            market.triggers.seen = Default::default();
            shared.note(market);
        }
    }
    if shared.to_observe.is_empty() {
        shared.to_observe = due;
    }
}

fn observe_market(shared: &mut Shared, market: &mut Market, before: u64, out: &mut Events) {
    let mut runs = core::mem::take(&mut market.runs);
    if is_over(shared) {
        runs.clear();
    } else if market.state.triggers() {
        let kept = market.kept.take().into_iter();
        let prints = kept.chain(runs.drain(..).flat_map(|(first, last)| [first, last]));
        let mut last = None;
        for ticks in prints.filter(|ticks| last.replace(*ticks) != Some(*ticks)) {
            if !is_over(shared) {
                stops::observe(shared, market, TriggerSource::Last, 2 * market.price(ticks).0, out);
            }
        }
        observe_now(shared, market, out);
    } else {
        runs.clear();
        if market.printed == before {
            market.kept = market.last_trade;
        }
    }
    market.runs = runs;
}

/// Lets those that wait see what the other sources are now.
fn observe_now(shared: &mut Shared, market: &mut Market, out: &mut Events) {
    if market.triggers.elsewhere == 0 {
        return;
    }
    for source in TriggerSource::ALL.into_iter().filter(|source| *source != TriggerSource::Last) {
        if is_over(shared) || !market.triggers.watches(source, market.stale()) {
            continue;
        }
        if let Some(value) = market.value(source).filter(|value| market.triggers.seen[source as usize] != Some(*value))
        {
            market.triggers.seen[source as usize] = Some(value);
            stops::observe(shared, market, source, value, out);
        }
    }
}
