//! What a state image costs: its size and the time to write and to load it, with many orders at rest.

use crate::beside::order;
use crate::clock::thread_cpu_ns;
use crate::driver::Driver;
use crate::whole_engine::WholeEngine;
use engine::Exchange;
use flow::workload::{FillTally, Side, Totals};
use model::{AccountId, Command, InstrumentId, Limits, NewOrder};

/// Around it orders rest.
const FAIR: i64 = 32_768;
/// Prices on each side.
const LEVELS: u64 = 500;
const ACCOUNTS: u64 = 1_000;

/// Bytes, and nanoseconds of the thread.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
    /// Size of the image.
    pub bytes: u64,
    /// Writing it into memory that is there.
    pub save_ns: u64,
    /// Loading it, its checks included.
    pub load_ns: u64,
}

/// Measures with `orders` resting in one instrument, five times; the shortest times count.
///
/// # Panics
/// Where what is loaded is not what was written.
pub fn run(orders: u64) -> Costs {
    let tally = FillTally::default();
    let header = Totals { n_pre: 0, n_ops: orders, max_id: 0, seed: 0, n_sym: 1, tally, rest: orders, rest_qty: 0 };
    let mut engine = WholeEngine::with_limits(&header, Limits::default());
    for number in 0..orders {
        let buys = number.is_multiple_of(2);
        let account = AccountId(1 + u32::try_from(number % ACCOUNTS).expect("below the number of accounts"));
        let distance = 1 + i64::try_from(number / 2 * 7_919 % LEVELS).expect("few levels");
        let (side, px) = if buys { (Side::Buy, FAIR - distance) } else { (Side::Sell, FAIR + distance) };
        let side = if side == Side::Buy { model::Side::Buy } else { model::Side::Sell };
        let order = order(account, &format!("o-{number}"), side, px);
        engine.apply(&Command::NewOrder(NewOrder { instrument: InstrumentId(0), ..order }), &mut Vec::new());
    }
    assert_eq!(engine.resting(), orders, "every order rests");
    let exchange = engine.exchange();
    let mut image = Vec::new();
    exchange.save(&mut image);
    let mut costs = Costs { bytes: image.len() as u64, save_ns: u64::MAX, load_ns: u64::MAX };
    for _ in 0..5 {
        image.clear();
        let start = thread_cpu_ns();
        exchange.save(&mut image);
        costs.save_ns = costs.save_ns.min(thread_cpu_ns() - start);
        let start = thread_cpu_ns();
        let loaded = Exchange::load(&image).expect("an image just written");
        costs.load_ns = costs.load_ns.min(thread_cpu_ns() - start);
        assert_eq!(loaded.state_hash(), exchange.state_hash(), "it is the state that was written");
    }
    costs
}

#[cfg(test)]
mod tests {
    use super::run;

    #[test]
    fn an_image_has_a_size_for_every_order() {
        let costs = run(1_000);

        assert!(costs.bytes > 100_000, "{costs:?}");
    }
}
