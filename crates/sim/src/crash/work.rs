//! What clients have to do in one run: the commands of a random sequence, each given to the client it belongs to.

use std::collections::VecDeque;

use model::{AccountId, CancelOrder, Command, Limits, NewOrder, OrderRef};

use super::character::{Character, Plan};
use super::seeds::{Part, seed_of};
use crate::generate::sequence;

/// A command and how long after the one before it is due.
#[derive(Clone, Debug)]
pub struct Task {
    /// What to ask for.
    pub command: Command,
    /// The pause before it, in nanoseconds.
    pub pause_ns: i64,
}

/// The tasks of all clients.
#[derive(Clone, Debug)]
pub struct Work {
    /// The bounds of the exchange.
    pub limits: Limits,
    /// What makes the exchange ready: one after the other, each until it is answered.
    pub setup: VecDeque<Task>,
    /// What each client does then.
    pub clients: Vec<VecDeque<Task>>,
}

/// Whose command it is; nobody's where an operator gives it.
pub fn account_of(command: &Command) -> Option<AccountId> {
    match command {
        Command::NewOrder(order) => Some(order.account),
        Command::NewStop(stop) => Some(stop.order.account),
        Command::NewGroup(group) => group.legs.first().map(|leg| leg.order.account),
        Command::Amend(amend) => Some(amend.account),
        Command::Cancel(cancel) => Some(cancel.account),
        Command::CancelGroup(cancel) => Some(cancel.account),
        Command::MassCancel(cancel) => cancel.account,
        Command::CancelAllAfter(timer) => Some(timer.account),
        Command::AddAsset { .. }
        | Command::ListInstrument(_)
        | Command::AddAccount(_)
        | Command::SetFees { .. }
        | Command::SetAccountFees(_)
        | Command::AmendTrade(_)
        | Command::SetTicks(_)
        | Command::Deposit(_)
        | Command::Withdraw(_)
        | Command::SetTradingState(_)
        | Command::SetReference(_)
        | Command::SetAccountLimits(_)
        | Command::SetInstrumentLimits(_)
        | Command::SetCreditLine(_)
        | Command::KillSwitch(_)
        | Command::Rearm(_)
        | Command::SetCancelOnDisconnect(_)
        | Command::SessionDown(_)
        | Command::SessionUp(_)
        | Command::Halt(_)
        | Command::Resume(_)
        | Command::SetBreaker { .. }
        | Command::SetBands(_)
        | Command::Outcome(_)
        | Command::Tick => None,
    }
}

/// Whether a command carries a client order id of its own, so that sending it again cannot do anything twice.
pub fn is_safe_again(command: &Command) -> bool {
    matches!(command, Command::NewOrder(_) | Command::NewStop(_) | Command::NewGroup(_) | Command::Amend(_))
}

/// The cancel of an order that was sent a moment ago.
pub fn cancel_of(order: &NewOrder) -> Command {
    Command::Cancel(CancelOrder { account: order.account, target: OrderRef::Client(order.cl_ord_id), unlink: false })
}

impl Work {
    /// The work of a run.
    pub fn new(plan: &Plan, character: &Character) -> Self {
        let made = sequence(seed_of(plan.seed, Part::Work), plan.commands);
        let clients = character.manners.clients;
        let limits = if character.remembers {
            Limits { trades_max: made.limits.trades_max, triggers_max: made.limits.triggers_max, ..Limits::default() }
        } else {
            made.limits
        };
        let mut work = Work { limits, setup: VecDeque::new(), clients: vec![VecDeque::new(); clients] };
        let mut last_ns = 0;
        let mut is_ready = false;
        for (stamp, command) in made.commands {
            let gap = stamp.ts_ns - core::mem::replace(&mut last_ns, stamp.ts_ns);
            let pause_ns = if gap < 1_000_000 { 0 } else { gap.min(character.manners.pause_ns_max) };
            is_ready |= account_of(&command).is_some();
            let client = account_of(&command).map_or(0, |account| usize::try_from(account.0).unwrap_or(0) % clients);
            let task = Task { command, pause_ns };
            if is_ready {
                work.clients[client].push_back(task);
            } else {
                work.setup.push_back(Task { pause_ns: 0, ..task });
            }
        }
        work
    }
}
