//! One exchange: the command switch and the order of work within a command (rule R-01).

use model::{Command, EventKind, Events, Limits, Stamp, StateHash};

use crate::admin::{self, Names};
use crate::guard::{kill, limits, sessions};
use crate::market::Market;
use crate::shared::Shared;
use crate::{
    amend, amendments, cancel, drain, groups, halts, hash, invariants, look_ahead, outcomes, pegs, phases, place,
    reducing, references, regrid, session, stops, timers, watch,
};

/// One exchange. Same commands in the same order give the same events and the same [`Exchange::state_hash`].
#[derive(Debug)]
pub struct Exchange {
    pub(crate) shared: Shared,
    pub(crate) markets: Vec<Market>,
    pub(crate) names: Names,
    pub(crate) last: Option<Stamp>,
    /// Commands between two checks of the invariants; 0 for none.
    pub(crate) check_every: u64,
}

impl Exchange {
    /// An exchange without assets, instruments or accounts.
    ///
    /// # Panics
    /// Where a limit is 0.
    pub fn new(limits: Limits) -> Self {
        assert!(limits.client_ids_max > 0 && limits.trades_max > 0, "limits must be positive: {limits:?}");
        assert!(u32::try_from(limits.client_ids_max).is_ok(), "client_ids_max must fit 32 bits: {limits:?}");
        Exchange {
            shared: Shared::new(limits),
            markets: Vec::new(),
            names: Names::default(),
            last: None,
            check_every: 0,
        }
    }

    /// Takes memory for `orders` open orders and `client_ids` remembered ids at once, so that none is taken later.
    ///
    /// # Panics
    /// Where the exchange has applied a command.
    pub fn reserve(&mut self, orders: usize, client_ids: usize) {
        assert!(self.last.is_none(), "memory is taken before the first command");
        self.shared.reserve(orders);
        self.shared.clients.reserve(client_ids);
    }

    /// Checks every invariant after each `commands`-th command, 0 for never: the alarm of a running exchange. A check
    /// walks over all open orders, so it belongs as far apart as its pause is bearable.
    pub fn check_every(&mut self, commands: u64) {
        self.check_every = commands;
    }

    /// Applies one command and appends its events. Never fails, never blocks; the work is bounded by the state.
    ///
    /// # Panics
    /// Where the stamp is not after the last one in both sequence and time: the sequencer is broken.
    pub fn apply(&mut self, stamp: Stamp, command: &Command, out: &mut Events) {
        let in_order = self.last.is_none_or(|last| last.seq < stamp.seq && last.ts_ns < stamp.ts_ns);
        assert!(in_order, "INV-12: stamp out of order: stamp={stamp:?} last={:?}", self.last);
        self.last = Some(stamp);
        out.begin(stamp);
        self.shared.now_ns = stamp.ts_ns;
        self.shared.clients.expire(stamp.ts_ns, &self.shared.limits);
        self.shared.fired = 0;
        timers::expire_orders(&mut self.shared, &mut self.markets, out);
        sessions::run_timers(&mut self.shared, &mut self.markets, out);
        references::expire(&mut self.shared, &mut self.markets, out);
        phases::run_timers(&mut self.shared, &mut self.markets, out);
        drain::drain(&mut self.shared, &mut self.markets, out);
        self.execute(command, out);
        drain::drain(&mut self.shared, &mut self.markets, out);
        self.follow_up(out);
        if let Some(entry) = self.shared.refused.take() {
            self.shared.clients.retire(entry, stamp.ts_ns);
        }
        if out.count() == 0 {
            out.push(EventKind::TimePassed);
        }
        if self.check_every > 0 && stamp.seq.is_multiple_of(self.check_every) {
            self.check_invariants();
        }
    }

    /// Reads what the commands will read, changing nothing: a caller that has several waiting lets their cache misses
    /// overlap instead of paying for each in turn. Eight to thirty-two at a time are best.
    pub fn look_ahead(&self, commands: &[Command]) {
        let read = commands.iter().fold(0, |sum: i64, command| sum.wrapping_add(look_ahead::touch(self, command)));
        core::hint::black_box(read);
    }

    fn execute(&mut self, command: &Command, out: &mut Events) {
        let Exchange { shared, markets, names, .. } = self;
        match command {
            Command::NewOrder(order) => place::new_order(shared, markets, order, out),
            Command::Cancel(request) => cancel::cancel(shared, markets, request, out),
            Command::Amend(request) => amend::amend(shared, markets, request, out),
            Command::MassCancel(request) => cancel::mass_cancel(shared, markets, request, out),
            Command::SetTradingState(request) => session::set_state(shared, markets, *request, out),
            Command::AddAsset { symbol, decimals } => admin::add_asset(names, *symbol, *decimals, out),
            Command::ListInstrument(def) => admin::list(names, markets, def, out),
            Command::AddAccount(request) => admin::add_account(shared, names, request, out),
            Command::SetFees { schedule, base, rates } => admin::set_fees(shared, *schedule, (*base, *rates), out),
            Command::SetAccountFees(request) => admin::set_account_fees(shared, *request, out),
            Command::Deposit(request) => admin::deposit(shared, markets, names, request, out),
            Command::Withdraw(request) => admin::withdraw(shared, markets, names, request, out),
            Command::NewStop(stop) => stops::new_stop(shared, markets, stop, out),
            Command::SetReference(request) => references::set(shared, markets, request, out),
            Command::NewGroup(group) => groups::new_group(shared, markets, group, out),
            Command::CancelGroup(request) => groups::cancel_group(shared, markets, *request, out),
            Command::SetAccountLimits(request) => limits::set_account(shared, request, out),
            Command::SetInstrumentLimits(request) => limits::set_instrument(shared, markets, request, out),
            Command::SetCreditLine(request) => limits::set_credit_line(shared, markets, names, request, out),
            Command::KillSwitch(request) => kill::trip(shared, markets, request, out),
            Command::Rearm(request) => kill::rearm(shared, request, out),
            Command::SetCancelOnDisconnect(request) => sessions::set_rule(shared, request, out),
            Command::SessionDown(session) => sessions::down(shared, markets, *session, out),
            Command::SessionUp(session) => sessions::up(shared, *session, out),
            Command::CancelAllAfter(request) => sessions::cancel_all_after(shared, request, out),
            Command::Halt(request) => halts::halt(shared, markets, request, out),
            Command::Resume(request) => halts::resume(shared, markets, request, out),
            Command::SetBreaker { instrument, rules } => {
                halts::set_breaker(shared, markets, *instrument, rules.as_deref().copied(), out);
            }
            Command::SetBands(request) => halts::set_bands(shared, markets, request, out),
            Command::Outcome(request) => outcomes::apply(shared, markets, names, request, out),
            Command::AmendTrade(request) => amendments::amend_trade(shared, markets, request, out),
            Command::SetTicks(request) => regrid::set_ticks(shared, markets, names, request, out),
            Command::Tick => {}
        }
    }

    /// What the command caused beyond itself: cuts, pegs, indicative prices.
    #[inline]
    fn follow_up(&mut self, out: &mut Events) {
        let Exchange { shared, markets, .. } = self;
        let before = out.count();
        reducing::cut(shared, markets, out);
        if !shared.pegged.is_empty() {
            pegs::reprice_all(shared, markets, out);
            reducing::cut(shared, markets, out);
        }
        // What says nothing causes nothing.
        if out.count() > before {
            drain::drain(shared, markets, out);
            reducing::cut(shared, markets, out);
        }
        if !shared.watched.is_empty() {
            watch::look(shared, markets, out);
        }
        if shared.groups.has_shrunk() {
            groups::forget_finished(shared);
        }
        if !shared.calls.is_empty() {
            timers::publish_all(shared, markets, out);
        }
    }

    /// A digest of the whole state, by section. Costs a walk over all open orders and remembered ids.
    pub fn state_hash(&self) -> StateHash {
        hash::state_hash(&self.shared, &self.markets)
    }

    /// Checks every numbered invariant.
    ///
    /// # Panics
    /// Where one does not hold; the message names it.
    pub fn check_invariants(&self) {
        invariants::check(self);
    }
}
