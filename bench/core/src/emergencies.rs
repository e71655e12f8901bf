//! What the commands that concern many orders cost: a halt, cancels during it, mass cancels, a kill switch, a delisting.

use crate::beside::order;
use crate::clock::{monotonic_ns, pair_cost_ns, thread_cpu_ns};
use crate::driver::Driver;
use crate::whole_engine::WholeEngine;
use flow::workload::{FillTally, Side, Totals};
use model::{
    AccountId, CancelOrder, Command, Halt, InstrumentId, KillScope, KillSwitch, Limits, MassCancel, NewOrder, NewStop,
    OperatorId, OrdType, OrderId, OrderRef, Peg, PegReference, Price, SetTradingState, Symbol, TradingState, Trigger,
    TriggerKind,
};

/// Around it orders rest.
const FAIR: i64 = 32_768;
/// Prices on each side.
const LEVELS: u64 = 500;
/// Of a hundred orders so many are pegged, and so many wait for a trigger.
const PEGGED: u64 = 5;
const STOPS: u64 = 15;
/// Accounts with many orders, one of each side apart, and one with a few.
const CROWD: u64 = 900;
const QUIET: AccountId = AccountId(1_000);
const QUIET_ORDERS: u64 = 10;
/// Orders cancelled one by one during the halt, of so many.
const CANCEL_STRIDE: u64 = 10;

const CROWDED: InstrumentId = InstrumentId(0);
const ELSEWHERE: InstrumentId = InstrumentId(1);

/// Nanoseconds: of the thread, so that neighbours do not count; of single cancels on the wall.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
    /// A halt by hand of the instrument.
    pub halt_ns: u64,
    /// One cancel during that halt: median, 99 of 100, largest.
    pub cancel_ns: [u64; 3],
    /// A mass cancel of all that is left in the halted instrument.
    pub mass_cancel_ns: u64,
    /// A mass cancel of an account with a few orders, all others open.
    pub quiet_account_ns: u64,
    /// A kill switch over an account of the crowd.
    pub kill_account_ns: u64,
    /// A kill switch over the instrument.
    pub kill_instrument_ns: u64,
    /// The delisting of the instrument.
    pub delist_ns: u64,
}

/// Measures on an instrument with `orders` open orders beside another with `others`.
///
/// # Panics
/// Where the exchange does not do what it is told.
pub fn run(orders: u64, others: u64) -> Costs {
    let mut halted = Venue::filled(orders, others);
    let quiet_account_ns = halted.mass_cancel(MassCancel { account: Some(QUIET), ..MassCancel::default() });
    let halt_ns = halted.halt();
    let cancel_ns = halted.cancels(orders);
    let mass_cancel_ns = halted.mass_cancel(MassCancel { instrument: Some(CROWDED), ..MassCancel::default() });
    assert_eq!(halted.engine.resting(), others, "only what is elsewhere is left");
    drop(halted);
    let mut killed = Venue::filled(orders, others);
    let kill_account_ns = killed.kill(KillScope::Account(AccountId(1)));
    let kill_instrument_ns = killed.kill(KillScope::Instrument(CROWDED));
    drop(killed);
    let mut delisted = Venue::filled(orders, others);
    let state = SetTradingState { instrument: CROWDED, state: TradingState::Delisted };
    let delist_ns = delisted.timed(&Command::SetTradingState(state));
    assert_eq!(delisted.engine.resting(), others, "only what is elsewhere is left");
    Costs { halt_ns, cancel_ns, mass_cancel_ns, quiet_account_ns, kill_account_ns, kill_instrument_ns, delist_ns }
}

struct Venue {
    engine: WholeEngine,
}

impl Venue {
    fn filled(orders: u64, others: u64) -> Self {
        let mut venue = Venue { engine: WholeEngine::with_limits(&header(orders + others), Limits::default()) };
        let pegged = orders * PEGGED / 100;
        let stops = orders * STOPS / 100;
        for number in 0..orders - pegged - stops {
            venue.enter(CROWDED, number, Command::NewOrder);
        }
        for number in 0..others {
            venue.enter(ELSEWHERE, orders + number, Command::NewOrder);
        }
        for number in 0..stops {
            let at = |order: &NewOrder| if order.side == model::Side::Buy { FAIR + 2_000 } else { FAIR - 2_000 };
            venue.enter(CROWDED, orders - stops + number, |order| {
                let far = i64::try_from(number % 1_000).expect("below 1,000");
                let trigger = Price(at(&order) + if order.side == model::Side::Buy { far } else { -far });
                let order = NewOrder { price: Some(trigger), ..order };
                Command::NewStop(Box::new(NewStop { order, trigger: Trigger::at(TriggerKind::StopLoss, trigger) }))
            });
        }
        // Last: each pegged order is looked at after every command.
        for number in 0..pegged {
            let far = i32::try_from(number % 400).expect("below 400");
            venue.enter(CROWDED, orders - stops - pegged + number, |order| {
                let offset_ticks = if order.side == model::Side::Buy { -far } else { far };
                let peg = Some(Peg { reference: PegReference::Near, offset_ticks });
                Command::NewOrder(NewOrder { ord_type: OrdType::Pegged, price: None, peg, ..order })
            });
        }
        assert_eq!(venue.engine.resting(), orders + others, "every order is open");
        venue
    }

    /// Enters the order of a number, which tells its account, side and distance.
    fn enter(&mut self, instrument: InstrumentId, number: u64, command: impl FnOnce(NewOrder) -> Command) {
        let buys = number.is_multiple_of(2);
        let quiet = instrument == CROWDED && number < QUIET_ORDERS;
        let account = AccountId(1 + u32::try_from(number % CROWD).expect("below the number of accounts"));
        let distance = 1 + i64::try_from(number / 2 * 7_919 % LEVELS).expect("few levels");
        let (side, px) = if buys { (Side::Buy, FAIR - distance) } else { (Side::Sell, FAIR + distance) };
        let side = if side == Side::Buy { model::Side::Buy } else { model::Side::Sell };
        let account = if quiet { QUIET } else { account };
        let order = order(account, &format!("{}-{number}", instrument.0), side, px);
        self.engine.apply(&command(NewOrder { instrument, ..order }), &mut Vec::new());
    }

    fn timed(&mut self, command: &Command) -> u64 {
        self.timed_by(thread_cpu_ns, command)
    }

    fn timed_by(&mut self, clock: fn() -> u64, command: &Command) -> u64 {
        let mut trades = Vec::new();
        let start = clock();
        self.engine.apply(command, &mut trades);
        let spent = clock() - start;
        assert!(trades.is_empty(), "nothing trades");
        spent
    }

    fn mass_cancel(&mut self, request: MassCancel) -> u64 {
        self.timed(&Command::MassCancel(request))
    }

    fn halt(&mut self) -> u64 {
        let halt = Halt {
            instrument: Some(CROWDED),
            duration_ns: 0,
            two_person: false,
            operator: OperatorId(1),
            note: Symbol::new("bench").expect("a short word"),
        };
        self.timed(&Command::Halt(halt))
    }

    fn kill(&mut self, scope: KillScope) -> u64 {
        let note = Symbol::new("bench").expect("a short word");
        self.timed(&Command::KillSwitch(KillSwitch { scope, reducing: false, operator: OperatorId(1), note }))
    }

    /// Cancels some orders one by one; limits, pegged orders and stops alike.
    fn cancels(&mut self, orders: u64) -> [u64; 3] {
        let clock_ns = pair_cost_ns();
        let before = self.engine.resting();
        let mut samples = Vec::new();
        let pegged_and_stops = orders * (PEGGED + STOPS) / 100;
        let limits = orders - pegged_and_stops;
        let last = limits + (self.engine.resting() - (orders - QUIET_ORDERS)) + pegged_and_stops;
        let ids = (1 + QUIET_ORDERS..=limits).chain(last - pegged_and_stops + 1..=last);
        for id in ids.step_by(usize::try_from(CANCEL_STRIDE).expect("small")) {
            let account = self.engine.account_of(OrderId(id)).expect("it is open");
            let cancel = CancelOrder { account, target: OrderRef::Order(OrderId(id)), unlink: false };
            samples.push(self.timed_by(monotonic_ns, &Command::Cancel(cancel)).saturating_sub(clock_ns));
        }
        assert_eq!(before - self.engine.resting(), samples.len() as u64, "every cancel is accepted");
        samples.sort_unstable();
        let at = |per_mille: usize| samples[(samples.len() - 1) * per_mille / 1_000];
        [at(500), at(990), at(1_000)]
    }
}

fn header(orders: u64) -> Totals {
    let tally = FillTally::default();
    Totals { n_pre: 0, n_ops: orders, max_id: 0, seed: 0, n_sym: 2, tally, rest: orders, rest_qty: 0 }
}

#[cfg(test)]
mod tests {
    use super::run;

    #[test]
    fn everything_that_is_measured_is_done() {
        let costs = run(1_000, 2_000);

        assert!(costs.cancel_ns[0] <= costs.cancel_ns[2]);
    }
}
