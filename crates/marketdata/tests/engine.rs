//! The public views against the engine that causes them: after every command both show the same.

use engine::Exchange;
use marketdata::publisher::Publisher;
use model::{Events, InstrumentId, Price, PublicId, Qty, Side};
use sim::generate::sequence;

/// What a side shows: price, quantity, number of orders, best first.
type Shown = Vec<(Price, Qty, u32)>;

fn engine_shows(exchange: &Exchange, instrument: InstrumentId, side: Side) -> Shown {
    let levels = exchange.levels(instrument, side, usize::MAX);
    levels.iter().map(|level| (level.price, level.qty, level.count)).collect()
}

fn publisher_shows(publisher: &Publisher, instrument: InstrumentId, side: Side) -> Shown {
    let levels = publisher.levels(instrument).into_iter().flat_map(|levels| levels.side(side));
    levels.map(|level| (level.price, level.qty, level.order_count)).collect()
}

/// Public ids and displayed quantities in priority order, as the engine queues them.
fn engine_queue(exchange: &Exchange, instrument: InstrumentId, side: Side) -> Vec<(PublicId, Qty)> {
    let shown = exchange.queue(instrument, side).into_iter().filter(|order| order.displayed_qty.0 > 0);
    shown.map(|order| (order.public_id, order.displayed_qty)).collect()
}

#[test]
fn levels_and_queues_equal_the_engines_after_every_command() {
    let mut compared = 0;
    for seed in 0..120 {
        let sequence = sequence(seed, 200);
        let mut exchange = Exchange::new(sequence.limits);
        let mut publisher = Publisher::new(1);
        let (mut events, mut updates) = (Events::new(), Vec::new());
        for (stamp, command) in &sequence.commands {
            events.clear();
            updates.clear();
            exchange.apply(*stamp, command, &mut events);
            publisher.absorb(events.as_slice(), &mut updates);
            for instrument in (0..).map(InstrumentId).take_while(|id| exchange.state(*id).is_some()) {
                for side in [Side::Buy, Side::Sell] {
                    let shown = publisher_shows(&publisher, instrument, side);
                    assert_eq!(shown, engine_shows(&exchange, instrument, side), "seed={seed} {stamp:?} {command:?}");
                    let orders = publisher.l3(instrument).map(|snapshot| snapshot.view);
                    let queue: Vec<(PublicId, Qty)> = orders
                        .iter()
                        .flat_map(|orders| shown.iter().flat_map(|(price, ..)| orders.queue(side, *price)))
                        .map(|order| (order.public_id, order.qty))
                        .collect();
                    assert_eq!(queue, engine_queue(&exchange, instrument, side), "seed={seed} {stamp:?} {command:?}");
                    compared += shown.len();
                }
            }
        }
    }
    assert!(compared > 10_000, "levels compared: {compared}");
}
