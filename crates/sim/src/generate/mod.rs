//! Random command sequences: each seed makes one, with its own character, ending with everything cancelled.

mod amendments;
mod breakers;
mod draw;
mod grids;
mod guards;
mod orders;
mod others;
mod outcomes;
mod stops;
mod swarm;
mod world;

use model::{
    AccountId, ClOrdId, Command, Events, InstrumentId, KillScope, Limits, MassCancel, NewOrder, Side, Stamp,
    StandingTrade, TickTable, TradingState,
};

use crate::images::Plan;
use crate::naive::NaiveExchange;

pub use draw::Draw;
use swarm::Swarm;
use world::{Market, World};

/// Stamped commands for an exchange with some bounds.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// The bounds of the exchange.
    pub limits: Limits,
    /// The commands in order.
    pub commands: Vec<(Stamp, Command)>,
    /// After which of them an image of the exchange is taken.
    pub images: Plan,
}

/// A client id that was given, and what for.
#[derive(Clone, Copy, Debug)]
struct Used {
    account: AccountId,
    cl_ord_id: ClOrdId,
    instrument: Option<InstrumentId>,
    side: Side,
    /// It waits for something.
    waits: bool,
}

/// Makes the commands of one sequence. It watches the naive engine to aim at open orders and at what a trading state
/// lets in; what it makes is a plain list, any part of which can be run as well.
struct Generator {
    exchange: NaiveExchange,
    events: Events,
    draw: Draw,
    swarm: Swarm,
    world: World,
    ts_ns: i64,
    /// How far the middle of all markets has moved.
    drift: i64,
    /// How many new orders there were.
    entered: u64,
    used: Vec<Used>,
    fresh: Vec<u32>,
    sent: Vec<Command>,
    /// Trades as they were made and as they were corrected.
    trades: Vec<StandingTrade>,
    /// The grid that the last command asks for.
    new_ticks: Option<TickTable>,
    /// Kill switches that may be on.
    switches: Vec<KillScope>,
}

impl Generator {
    fn is_bad(&mut self) -> bool {
        self.draw.chance(self.swarm.bad)
    }

    fn account(&mut self) -> AccountId {
        AccountId(u32::try_from(1 + self.draw.index(self.world.kinds.len())).expect("a small index"))
    }

    fn instrument(&mut self) -> (InstrumentId, Market) {
        let index = self.draw.index(self.world.markets.len());
        let instrument = InstrumentId(u32::try_from(index).expect("a small index"));
        (instrument, self.world.markets[index].clone())
    }

    fn market(&self, instrument: InstrumentId) -> Market {
        let index = usize::try_from(instrument.0).expect("a small index");
        self.world.markets.get(index).unwrap_or(&self.world.markets[0]).clone()
    }

    /// The next id of an account, rarely one used before. Accounts use the same ids, in several manners of counting.
    fn fresh_id(&mut self, account: AccountId) -> ClOrdId {
        if self.draw.chance(self.swarm.reuse) && !self.used.is_empty() {
            return self.used[self.draw.index(self.used.len())].cl_ord_id;
        }
        let index = usize::try_from(account.0).expect("a small index").min(self.fresh.len() - 1);
        self.fresh[index] += 1;
        let number = self.fresh[index];
        let text = match self.draw.weighted(&self.swarm.ids.clone()) {
            0 => format!("k{number}"),
            1 => format!("{number}"),
            2 => format!("k{}", 5_000 - number),
            3 => format!("k00{number}"),
            4 => format!("order-{:x}", self.draw.bits()),
            5 => format!("{}", u64::MAX - u64::from(number)),
            6 => format!("{number:0>36}"),
            _ => format!("{}k", number * 3),
        };
        ClOrdId::new(&text).expect("printable")
    }

    /// What an instrument is open for.
    fn state(&self, instrument: InstrumentId) -> TradingState {
        self.exchange.trading_state(instrument).unwrap_or(TradingState::PreListed)
    }

    /// An open order by one of its ids.
    fn open(&mut self) -> Option<Used> {
        let count = self.exchange.open_orders().count();
        let at = if count > 0 { self.draw.index(count) } else { 0 };
        let id = self.draw.bits();
        let order = self.exchange.open_orders().nth(at)?;
        let id = usize::try_from(id % (order.chain.len() as u64)).expect("a small index");
        let (instrument, side, waits) = (Some(order.instrument), order.side, order.waits());
        Some(Used { account: order.account, cl_ord_id: order.chain[id], instrument, side, waits })
    }

    /// Something that was entered before: mostly an open order, else something lately.
    fn used(&mut self) -> Used {
        if self.draw.chance(750)
            && let Some(open) = self.open()
        {
            return open;
        }
        let Some(last) = self.used.len().checked_sub(1) else {
            let cl_ord_id = ClOrdId::new("k1").expect("printable");
            return Used { account: self.account(), cl_ord_id, instrument: None, side: Side::Buy, waits: false };
        };
        let back = if self.draw.chance(800) { self.draw.index(16) } else { self.draw.index(last + 1) };
        let mut used = self.used[last.saturating_sub(back)];
        if self.is_bad() {
            used.account = self.account();
        }
        used
    }

    fn remember_order(&mut self, order: &NewOrder, waits: bool) {
        self.entered += 1;
        let (account, cl_ord_id, side) = (order.account, order.cl_ord_id, order.side);
        self.used.push(Used { account, cl_ord_id, instrument: Some(order.instrument), side, waits });
    }

    fn remember(&mut self, command: &Command) {
        match command {
            Command::NewOrder(order) => self.remember_order(order, false),
            Command::NewStop(stop) => self.remember_order(&stop.order, true),
            Command::NewGroup(group) => {
                for leg in &group.legs {
                    self.remember_order(&leg.order, leg.trigger.is_some());
                }
            }
            Command::Amend(amend) => {
                let (account, cl_ord_id) = (amend.account, amend.cl_ord_id);
                let old = self.used.iter().rev().find(|used| amend.target == model::OrderRef::Client(used.cl_ord_id));
                let (instrument, side) = old.map_or((None, Side::Buy), |old| (old.instrument, old.side));
                self.used.push(Used { account, cl_ord_id, instrument, side, waits: false });
            }
            Command::AddAsset { .. }
            | Command::ListInstrument(_)
            | Command::AddAccount(_)
            | Command::SetFees { .. }
            | Command::SetAccountFees(_)
            | Command::AmendTrade(_)
            | Command::SetTicks(_)
            | Command::Deposit(_)
            | Command::Withdraw(_)
            | Command::Cancel(_)
            | Command::MassCancel(_)
            | Command::SetTradingState(_)
            | Command::CancelGroup(_)
            | Command::SetReference(_)
            | Command::SetAccountLimits(_)
            | Command::SetInstrumentLimits(_)
            | Command::SetCreditLine(_)
            | Command::KillSwitch(_)
            | Command::Rearm(_)
            | Command::SetCancelOnDisconnect(_)
            | Command::SessionDown(_)
            | Command::SessionUp(_)
            | Command::CancelAllAfter(_)
            | Command::Halt(_)
            | Command::Resume(_)
            | Command::SetBreaker { .. }
            | Command::SetBands(_)
            | Command::Outcome(_)
            | Command::Tick => {}
        }
        self.sent.push(command.clone());
    }

    /// Takes a command in: the exchange it watches has done it.
    fn perform(&mut self, stamp: Stamp, command: &Command) {
        self.events.clear();
        self.exchange.apply(stamp, command, &mut self.events);
        self.note_trades();
        self.note_ticks();
    }

    fn next_stamp(&mut self, seq: usize) -> Stamp {
        // What traded grows old within some of the long steps and not only beyond all of them.
        let seconds = self.draw.pick(&[2, 2, 120]) * 1_000_000_000;
        let jump = [997, 3_000_000, seconds, 90_000_000_000_000][self.draw.weighted(&self.swarm.jumps.clone())];
        self.ts_ns += self.draw.between(1, jump);
        Stamp { seq: u64::try_from(seq + 1).expect("a count"), ts_ns: self.ts_ns }
    }
}

/// The sequence of a seed: the setup, `count` random commands, and a mass cancel of everything.
pub fn sequence(seed: u64, count: usize) -> Sequence {
    let mut draw = Draw::new(seed);
    let mut world = World::new(&mut draw);
    // Drawn apart, so that sequences without it stay what they were.
    world.maybe_outcome(&mut Draw::new(!seed));
    world.amends_trades = Draw::new(seed.rotate_left(32)).chance(250);
    world.regrids = Draw::new(seed.rotate_left(16)).chance(120);
    let swarm = Swarm::new(&mut draw);
    let fresh = vec![0; world.kinds.len() + 1];
    let (setup, limits) = (world.setup.clone(), world.limits);
    let (used, sent, switches) = (Vec::new(), Vec::new(), Vec::new());
    let (exchange, events) = (NaiveExchange::new(limits), Events::new());
    let mut generator = Generator {
        exchange,
        events,
        draw,
        swarm,
        world,
        ts_ns: 1_000_000,
        drift: 0,
        entered: 0,
        used,
        fresh,
        sent,
        trades: Vec::new(),
        new_ticks: None,
        switches,
    };
    let mut commands = Vec::with_capacity(setup.len() + count + 8);
    let first_states = generator.first_states();
    for command in setup.into_iter().chain(first_states) {
        let stamp = generator.next_stamp(commands.len());
        generator.perform(stamp, &command);
        commands.push((stamp, command));
    }
    for _ in 0..count {
        let stamp = generator.next_stamp(commands.len());
        let command = generator.command();
        generator.remember(&command);
        generator.perform(stamp, &command);
        commands.push((stamp, command));
    }
    let stamp = generator.next_stamp(commands.len());
    commands.push((stamp, Command::MassCancel(MassCancel::default())));
    Sequence { limits, commands, images: Plan::of(seed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_makes_the_same_sequence() {
        assert_eq!(sequence(7, 50).commands, sequence(7, 50).commands);
        assert_ne!(sequence(7, 50).commands, sequence(8, 50).commands);
    }

    #[test]
    fn stamps_rise_and_the_last_command_cancels_everything() {
        let made = sequence(3, 200);

        assert!(made.commands.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].0.ts_ns < pair[1].0.ts_ns));
        let (_, last) = made.commands.last().expect("commands");
        assert_eq!(*last, Command::MassCancel(MassCancel::default()));
    }
}
