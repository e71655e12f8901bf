//! What waiting stops cost: a command beside many at fixed triggers, and a trade under many that trail (S-46).

use crate::beside::{Costs, FAIR, compare, header, median, order};
use crate::clock::thread_cpu_ns;
use crate::driver::Driver;
use crate::whole_engine::WholeEngine;
use model::{
    AccountId, Command, Limits, NewOrder, NewStop, OrdType, Price, Side, StpMode, TimeInForce, Trigger, TriggerKind,
};

/// Trades between two readings of the clock, and readings.
const BATCH: i64 = 64;
const READINGS: i64 = 200;
/// Nearest trailing stop, ticks.
const NEAREST: i64 = 1_000;

/// Runs the same commands through an exchange without stops and one in which `stops` wait at fixed triggers on both
/// sides, far from the market, in turn.
///
/// # Panics
/// Where a stop is refused or fires.
pub fn beside(stops: u64) -> Costs {
    compare(|engine| {
        for number in 0..stops {
            let spread = i64::try_from(number % 9_000).expect("below 9,000");
            let (side, price) = if number.is_multiple_of(2) {
                (Side::Sell, FAIR - 10_000 - spread)
            } else {
                (Side::Buy, FAIR + 10_000 + spread)
            };
            enter(engine, number, side, Trigger::at(TriggerKind::StopLoss, Price(price)));
        }
        stops
    })
}

/// Nanoseconds of thread time that a trade (its two orders) takes under `stops` trailing sells that joined at many
/// different highs, none of which fires: the market goes up two ticks and down one, so every other trade is a new high.
///
/// # Panics
/// Where an order is refused or a stop fires.
pub fn trade_under(stops: u64) -> u64 {
    let mut engine = WholeEngine::with_limits(&header(), Limits::default());
    let mut trades = Vec::new();
    let mut number = 0;
    let highs = 500.min(stops);
    for high in 0..highs {
        // Each high lies below the one before, so the anchors stand side by side.
        let price = FAIR + 500 - i64::try_from(high).expect("at most 500");
        trade(&mut engine, &mut number, price, &mut trades);
        for stop in (high..stops).step_by(usize::try_from(highs).expect("at most 500")) {
            let distance = NEAREST + i64::try_from(stop % 3_000).expect("below 3,000");
            let by_amount = Trigger::trailing(Price(distance));
            let by_bps = Trigger {
                trail_amount: None,
                trail_bps: Some(u32::try_from(distance).expect("below 4,000")),
                ..by_amount
            };
            enter(&mut engine, stop, Side::Sell, if stop.is_multiple_of(2) { by_amount } else { by_bps });
        }
    }
    let mut price = FAIR + 500;
    let mut readings = Vec::new();
    for _ in 0..READINGS {
        let start = thread_cpu_ns();
        for step in 0..BATCH {
            price += if step % 2 == 0 { 2 } else { -1 };
            trade(&mut engine, &mut number, price, &mut trades);
        }
        readings.push((thread_cpu_ns() - start) / BATCH.unsigned_abs());
    }
    assert_eq!(engine.resting(), stops, "no stop fires");
    median(readings)
}

fn enter(engine: &mut WholeEngine, number: u64, side: Side, trigger: Trigger) {
    let account = AccountId(1 + u32::try_from(number % 1_000).expect("below 1,000"));
    let order = order(account, &format!("stop-{number}"), side, 1);
    let order = NewOrder { ord_type: OrdType::Market, price: None, ..order };
    engine.apply(&Command::NewStop(Box::new(NewStop { order, trigger })), &mut Vec::new());
}

/// Two orders that trade with each other.
fn trade(engine: &mut WholeEngine, number: &mut u64, price: i64, trades: &mut Vec<crate::driver::Trade>) {
    for (side, tif) in [(Side::Buy, TimeInForce::Gtc), (Side::Sell, TimeInForce::Ioc)] {
        *number += 1;
        let order = order(AccountId(1), &format!("t-{number}"), side, price);
        engine.apply(&Command::NewOrder(NewOrder { tif, stp: Some(StpMode::None), ..order }), trades);
    }
    assert_eq!(trades.drain(..).count(), 1, "both trade: price={price}");
}
