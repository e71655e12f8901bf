//! The methods of `Exchange` as Python sees them: signatures and one line each.
#![allow(clippy::too_many_arguments, reason = "every argument of a keyword-only Python signature is one here")]
#![allow(clippy::needless_pass_by_value, reason = "what is read from a Python object is handed over by value")]

use std::path::PathBuf;

use model::{AccountLimits, CancelOrder, Command, FeeRates, Limits, OrderRef};
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::admin::Definition;
use crate::clock::Clock;
use crate::edge::Edge;
use crate::engine_server::{found_as_dict, not_negative};
use crate::errors::{Kind, raise};
use crate::exchange::{Exchange, Request};
use crate::group::{GroupReport, GroupWords, LegArgs};
use crate::guards::{Act, LimitArgs, RulesArgs, rate};
use crate::handle::Handle;
use crate::ids::number_id;
use crate::report::{CommandReport, ExecutionReport};
use crate::request::{AmendArgs, OrderArgs, Value};
use crate::rule_sets::{RuleSetArgs, StateRow};
use crate::store::Opening;
use crate::trigger::TriggerArgs;

/// Most orders and ids that memory is taken for at once: a few gigabytes.
const RESERVE_MAX: u32 = 1 << 24;

impl Exchange {
    /// The given client id, or one the exchange makes up.
    fn id_or_generated(&self, given: Option<&str>) -> String {
        given.map_or_else(|| number_id(self.generated_id(), true).as_str().to_owned(), str::to_owned)
    }
}

/// What became of a command; an error where the call itself was wrong.
type Told = PyResult<CommandReport>;

#[pymethods]
impl Exchange {
    #[new]
    #[pyo3(signature = (
        *, clock=None, history_max=100_000, client_ids_max=10_000_000, client_id_retention_ns=172_800_000_000_000,
        trades_max=65_536, triggers_max=10_000, directory=None, durability="group", snapshot_every=1_000_000
    ))]
    fn py_new(
        py: Python<'_>,
        clock: Value<'_, '_>,
        history_max: usize,
        client_ids_max: u32,
        client_id_retention_ns: i64,
        trades_max: u32,
        triggers_max: u32,
        directory: Option<PathBuf>,
        durability: &str,
        snapshot_every: i64,
    ) -> PyResult<Self> {
        if client_ids_max == 0 || trades_max == 0 || triggers_max == 0 || client_id_retention_ns < 0 {
            let given = format!("client_ids_max={client_ids_max} trades_max={trades_max} triggers_max={triggers_max}");
            let what = format!("limits out of range: {given} client_id_retention_ns={client_id_retention_ns}");
            return Err(raise(Kind::Usage, format!("{what}; the first three are above 0, the last is not below it")));
        }
        let limits =
            Limits { client_ids_max: client_ids_max as usize, client_id_retention_ns, trades_max, triggers_max };
        let clock = Clock::new(clock)?;
        let Some(directory) = directory else { return Ok(Exchange::new(clock, limits, history_max)) };
        let now_ns = clock.now_ns(py)?;
        let snapshot_every = not_negative(snapshot_every)?;
        let opening = Opening { directory: &directory, durability, limits, snapshot_every, check_every: 0, now_ns };
        Exchange::open(py, clock, &opening, history_max)
    }

    /// Give up the data directory, its log sealed; an exchange in memory stays as it is.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.close_directory(py)
    }

    /// What opening its directory found; ``None`` for an exchange in memory.
    #[getter]
    fn recovered<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        self.found().map(|found| found_as_dict(py, found)).transpose()
    }

    /// Snapshots since the opening: ``seq`` of the newest, how many were ``missed``, ``why`` the last; ``None`` in memory.
    #[getter]
    fn snapshots<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(snapshots) = self.with(py, |sequencer| Ok(sequencer.snapshots()?.cloned()))? else { return Ok(None) };
        let found = PyDict::new(py);
        found.set_item("seq", snapshots.taken_seq)?;
        found.set_item("missed", snapshots.missed)?;
        found.set_item("why", snapshots.why)?;
        Ok(Some(found))
    }

    /// Enter an order (FIX 35=D).
    #[pyo3(signature = (
        *, account, symbol, side, order_qty=None, price=None, cl_ord_id=None, ord_type="limit", time_in_force=None,
        expire_ns=None, post_only=None, reduce_only=false, display_qty=None, hidden=false, refill_threshold=None,
        display_variance_bps=None, min_qty=None, protection_price=None, quote_qty=None, peg=None,
        peg_offset_ticks=None, stp=None, session=0, trigger=None
    ))]
    fn submit<'py>(
        &self,
        py: Python<'py>,
        account: &str,
        symbol: &str,
        side: &str,
        order_qty: Value<'_, 'py>,
        price: Value<'_, 'py>,
        cl_ord_id: Option<&str>,
        ord_type: &str,
        time_in_force: Option<&str>,
        expire_ns: Value<'_, 'py>,
        post_only: Value<'_, 'py>,
        reduce_only: bool,
        display_qty: Value<'_, 'py>,
        hidden: bool,
        refill_threshold: Value<'_, 'py>,
        display_variance_bps: Value<'_, 'py>,
        min_qty: Value<'_, 'py>,
        protection_price: Value<'_, 'py>,
        quote_qty: Value<'_, 'py>,
        peg: Option<&str>,
        peg_offset_ticks: Value<'_, 'py>,
        stp: Option<&str>,
        session: u32,
        trigger: Option<TriggerArgs<'py>>,
    ) -> PyResult<ExecutionReport> {
        let generated = cl_ord_id.is_none().then(|| self.id_or_generated(None));
        let args = OrderArgs {
            account,
            cl_ord_id: generated.as_deref().or(cl_ord_id).unwrap_or(""),
            side,
            order_qty,
            price,
            ord_type,
            time_in_force,
            expire_ns,
            post_only,
            reduce_only,
            display_qty,
            hidden,
            refill_threshold,
            display_variance_bps,
            min_qty,
            protection_price,
            quote_qty,
            peg,
            peg_offset_ticks,
            stp,
            session,
        };
        self.enter(py, &args, trigger.as_ref(), symbol)
    }

    /// Change an order in place (FIX 35=G); what is not given stays.
    #[pyo3(signature = (
        *, account, orig_cl_ord_id=None, order_id=None, cl_ord_id=None, order_qty=None, price=None, display_qty=None,
        time_in_force=None, expire_ns=None, stp=None, seen_cum_qty=None, trigger_price=None
    ))]
    fn amend<'py>(
        &self,
        py: Python<'py>,
        account: &str,
        orig_cl_ord_id: Option<&str>,
        order_id: Option<u64>,
        cl_ord_id: Option<&str>,
        order_qty: Value<'_, 'py>,
        price: Value<'_, 'py>,
        display_qty: Value<'_, 'py>,
        time_in_force: Option<&str>,
        expire_ns: Value<'_, 'py>,
        stp: Option<&str>,
        seen_cum_qty: Value<'_, 'py>,
        trigger_price: Value<'_, 'py>,
    ) -> PyResult<ExecutionReport> {
        let args = AmendArgs {
            account,
            cl_ord_id: &self.id_or_generated(cl_ord_id),
            orig_cl_ord_id,
            order_id,
            order_qty,
            price,
            display_qty,
            time_in_force,
            expire_ns,
            stp,
            seen_cum_qty,
            trigger_price,
        };
        self.change(py, &args)
    }

    /// Cancel an order (FIX 35=F), and with it its group unless ``unlink``; its own ``cl_ord_id`` is only echoed.
    #[pyo3(signature = (*, account, orig_cl_ord_id=None, order_id=None, cl_ord_id=None, unlink=false))]
    fn cancel(
        &self,
        py: Python<'_>,
        account: &str,
        orig_cl_ord_id: Option<&str>,
        order_id: Option<u64>,
        cl_ord_id: Option<&str>,
        unlink: bool,
    ) -> PyResult<ExecutionReport> {
        let mut edge = Edge::default();
        let target: OrderRef = edge.target(orig_cl_ord_id, order_id)?;
        let echoed = cl_ord_id.or(orig_cl_ord_id).unwrap_or("");
        let mut request = Request { account, cl_ord_id: echoed, target: None, instrument: None };
        match edge.verdict(target) {
            Err(refusal) => Ok(self.refused(request, refusal)),
            Ok(target) => {
                request.target = Some(target);
                let names = self.directory().snapshot();
                let account = names.account_id(account);
                self.execute(py, &Command::Cancel(CancelOrder { account, target, unlink }), request, &names)
            }
        }
    }

    /// Cancel every open order that passes all given filters (FIX 35=q); without filters, all.
    #[pyo3(signature = (*, account=None, symbol=None, side=None, session=None))]
    fn mass_cancel(
        &self,
        py: Python<'_>,
        account: Option<&str>,
        symbol: Option<&str>,
        side: Option<&str>,
        session: Option<u32>,
    ) -> Told {
        self.cancel_many(py, (account, symbol), side, session)
    }

    /// Define an asset; amounts of it have ``decimals`` decimals, 0 to 18.
    #[pyo3(signature = (name, *, decimals=12))]
    fn add_asset(&self, py: Python<'_>, name: &str, decimals: u8) -> Told {
        self.define_asset(py, name, decimals)
    }

    fn _list(&self, py: Python<'_>, definition: &Bound<'_, PyAny>) -> Told {
        self.define_instrument(py, &definition.extract::<Definition>()?)
    }

    fn _asset_decimals(&self, name: &str) -> Option<u8> {
        let names = self.directory().snapshot();
        names.asset(names.asset_id(name)).map(|asset| asset.decimals)
    }

    /// Open an account: ``kind="cash"`` is covered by balances, ``"credit"`` only matches.
    #[pyo3(signature = (name, *, kind="cash", stp_group=0, fees=0))]
    fn add_account(&self, py: Python<'_>, name: &str, kind: &str, stp_group: u32, fees: u16) -> Told {
        self.open_account(py, name, kind, stp_group, fees)
    }

    /// Put money into an account from outside.
    fn deposit(&self, py: Python<'_>, account: &str, asset: &str, amount: &Bound<'_, PyAny>) -> Told {
        self.move_funds(py, (account, asset), amount, true)
    }

    /// Take available money out of an account.
    fn withdraw(&self, py: Python<'_>, account: &str, asset: &str, amount: &Bound<'_, PyAny>) -> Told {
        self.move_funds(py, (account, asset), amount, false)
    }

    /// Set rates of a fee schedule from now on, in parts per million of `base`; negative for a rebate.
    ///
    /// `base` is `notional` (price times quantity: what markets charge), or `variance` (quantity times `p * (1 - p)`:
    /// what markets of events charge).
    #[pyo3(signature = (schedule=0, *, maker_ppm, taker_ppm, base="notional"))]
    fn set_fees(&self, py: Python<'_>, schedule: u16, maker_ppm: i32, taker_ppm: i32, base: &str) -> Told {
        self.set_rates(py, schedule, base, FeeRates { maker_ppm, taker_ppm })
    }

    /// Let an account pay by another fee schedule from now on; one that was set before, or 0.
    fn set_account_fees(&self, py: Python<'_>, account: &str, schedule: u16) -> Told {
        self.assign_fees(py, account, schedule)
    }

    /// Move an instrument to another trading state.
    fn set_state(&self, py: Python<'_>, symbol: &str, state: &str) -> Told {
        self.enter_state(py, symbol, state)
    }

    #[pyo3(signature = (kind, legs, *, mode="reduce", activation="partial"))]
    fn _submit_group(
        &self,
        py: Python<'_>,
        kind: &str,
        legs: Vec<LegArgs<'_>>,
        mode: &str,
        activation: &str,
    ) -> PyResult<GroupReport> {
        self.enter_group(py, &GroupWords { kind, mode, activation }, &legs)
    }

    /// Cancel what is left of a group.
    #[pyo3(signature = (*, account, group_id))]
    fn cancel_group(&self, py: Python<'_>, account: &str, group_id: u64) -> Told {
        self.end_group(py, account, group_id)
    }

    /// Give a mark or index price; it counts for ``max_age_ns``.
    #[pyo3(signature = (symbol, kind, price, *, max_age_ns=5_000_000_000))]
    fn set_reference(
        &self,
        py: Python<'_>,
        symbol: &str,
        kind: &str,
        price: &Bound<'_, PyAny>,
        max_age_ns: i64,
    ) -> Told {
        self.give_reference(py, (symbol, kind), price, max_age_ns)
    }

    /// Set the limits of an account over all instruments; 0 does not limit, a burst is by default twice its rate.
    #[pyo3(signature = (
        account, *, orders_per_second=0, orders_burst=None, cancels_per_second=0, cancels_burst=None,
        open_orders_max=0, duplicate_ns=0
    ))]
    fn set_account_limits(
        &self,
        py: Python<'_>,
        account: &str,
        orders_per_second: u32,
        orders_burst: Option<u32>,
        cancels_per_second: u32,
        cancels_burst: Option<u32>,
        open_orders_max: u32,
        duplicate_ns: i64,
    ) -> Told {
        let orders = rate(orders_per_second, orders_burst);
        let cancels = rate(cancels_per_second, cancels_burst);
        self.limit_account(py, account, AccountLimits { orders, cancels, open_orders_max, duplicate_ns })
    }

    /// Set the limits of an account in an instrument; what is not given does not limit.
    #[pyo3(signature = (
        account, symbol, *, max_qty=None, max_value=None, collar_bps=None, position_max=None, restricted=false
    ))]
    fn set_instrument_limits<'py>(
        &self,
        py: Python<'py>,
        account: &str,
        symbol: &str,
        max_qty: Value<'_, 'py>,
        max_value: Value<'_, 'py>,
        collar_bps: Option<u32>,
        position_max: Value<'_, 'py>,
        restricted: bool,
    ) -> Told {
        let limits = LimitArgs { max_qty, max_value, collar_bps, position_max, restricted };
        self.limit_instrument(py, (account, symbol), &limits)
    }

    /// Let the orders of a cash account reserve up to ``amount`` of an asset more than it has.
    fn set_credit_line(&self, py: Python<'_>, account: &str, asset: &str, amount: &Bound<'_, PyAny>) -> Told {
        self.lend(py, (account, asset), amount)
    }

    /// Cancel and block everything, or one instrument, account or session, until another operator re-arms it.
    #[pyo3(signature = (*, operator, note, symbol=None, account=None, session=None, reducing=false))]
    fn kill_switch(
        &self,
        py: Python<'_>,
        operator: u32,
        note: &str,
        symbol: Option<&str>,
        account: Option<&str>,
        session: Option<u32>,
        reducing: bool,
    ) -> Told {
        self.kill(py, &Act { symbol, account, session, operator, note }, reducing)
    }

    /// End a kill switch; not by the operator who tripped it.
    #[pyo3(signature = (*, operator, note, symbol=None, account=None, session=None))]
    fn rearm(
        &self,
        py: Python<'_>,
        operator: u32,
        note: &str,
        symbol: Option<&str>,
        account: Option<&str>,
        session: Option<u32>,
    ) -> Told {
        self.rearm_switch(py, &Act { symbol, account, session, operator, note })
    }

    /// Halt an instrument, or all, by hand: for ``duration_ns``, or until it is resumed.
    #[pyo3(signature = (symbol=None, *, operator, note, duration_ns=0, two_person=false))]
    fn halt(
        &self,
        py: Python<'_>,
        symbol: Option<&str>,
        operator: u32,
        note: &str,
        duration_ns: i64,
        two_person: bool,
    ) -> Told {
        let act = Act { symbol, account: None, session: None, operator, note };
        self.stop_trading(py, &act, (duration_ns, two_person))
    }

    /// End a halt of an instrument, or all halts, at once or through an auction call.
    #[pyo3(signature = (symbol=None, *, operator, note, auction=false))]
    fn resume(&self, py: Python<'_>, symbol: Option<&str>, operator: u32, note: &str, auction: bool) -> Told {
        self.resume_trading(py, &Act { symbol, account: None, session: None, operator, note }, auction)
    }

    /// Cancel a session's orders ``grace_ns`` (0 to 60 s) after it is lost; ``None``: never.
    fn set_cancel_on_disconnect(&self, py: Python<'_>, session: u32, grace_ns: Option<i64>) -> Told {
        self.rule_session(py, session, grace_ns)
    }

    /// A session is lost.
    fn session_down(&self, py: Python<'_>, session: u32) -> Told {
        self.move_session(py, session, false)
    }

    /// A session is back.
    fn session_up(&self, py: Python<'_>, session: u32) -> Told {
        self.move_session(py, session, true)
    }

    /// Cancel the account's orders after ``timeout_ns`` unless called again before; 0 disarms.
    fn cancel_all_after(&self, py: Python<'_>, account: &str, timeout_ns: i64) -> Told {
        self.dead_man(py, account, timeout_ns)
    }

    /// Set the rules of an instrument's breaker (``fairlead.BreakerRules``); ``None``: no breaker.
    fn set_breaker(&self, py: Python<'_>, symbol: &str, rules: Option<RulesArgs>) -> Told {
        self.rule_breaker(py, symbol, rules.as_ref())
    }

    /// Attach a rule set to an instrument.
    fn _attach_rules(&self, py: Python<'_>, symbol: &str, rules: RuleSetArgs<'_>) -> Told {
        self.attach(py, symbol, &rules)
    }

    /// Return when a rule set has something to do though nothing happens; let time pass then, by ``tick``.
    fn rules_due_ns(&self, py: Python<'_>) -> PyResult<Option<i64>> {
        self.next_rule_ns(py)
    }

    /// Return what the attached rule sets see.
    fn _rule_states(&self, py: Python<'_>) -> PyResult<Vec<StateRow>> {
        self.rule_rows(py)
    }

    /// Give the price bands of an instrument from outside.
    fn set_bands(&self, py: Python<'_>, symbol: &str, low: &Bound<'_, PyAny>, high: &Bound<'_, PyAny>) -> Told {
        self.give_bands(py, symbol, [low, high])
    }

    fn _outcome(&self, py: Python<'_>, of: (String, String, String), number: Option<&Bound<'_, PyAny>>) -> Told {
        self.ask_outcome(py, (&of.0, &of.1, &of.2), number)
    }

    /// Let time pass: until ``ts_ns``, or until what the clock says.
    #[pyo3(signature = (*, ts_ns=None))]
    fn tick(&self, py: Python<'_>, ts_ns: Option<i64>) -> Told {
        self.pass_time(py, ts_ns)
    }

    fn _book<'py>(&self, py: Python<'py>, symbol: &str, levels: usize) -> PyResult<Bound<'py, PyAny>> {
        self.book_object(py, symbol, levels)
    }

    fn _open_orders<'py>(&self, py: Python<'py>, account: &str) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.open_order_objects(py, account)
    }

    fn _order<'py>(
        &self,
        py: Python<'py>,
        account: Option<&str>,
        cl_ord_id: Option<&str>,
        order_id: Option<u64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.one_order(py, account, cl_ord_id, order_id)
    }

    fn _execution_quality<'py>(
        &self,
        py: Python<'py>,
        account: Option<&str>,
        cl_ord_id: Option<&str>,
        order_id: Option<u64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.quality_object(py, account, cl_ord_id, order_id)
    }

    fn _trades<'py>(&self, py: Python<'py>, symbol: &str) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.trade_objects(py, symbol)
    }

    fn _events<'py>(&self, py: Python<'py>, since: u64) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.event_list(py, since)
    }

    fn _balances<'py>(&self, py: Python<'py>, account: &str) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.balance_objects(py, account)
    }

    fn _statistics<'py>(&self, py: Python<'py>, symbol: &str) -> PyResult<Bound<'py, PyAny>> {
        self.statistics_object(py, symbol)
    }

    /// Return the hash of the whole state, 16 hexadecimal digits; ``client_ids=False`` leaves remembered ids out.
    #[pyo3(signature = (*, client_ids=true))]
    fn state_hash(&self, py: Python<'_>, client_ids: bool) -> PyResult<String> {
        let hash = self.with(py, |sequencer| Ok(sequencer.engine().state_hash()))?;
        Ok(format!("{:016x}", if client_ids { hash.combined() } else { hash.without_client_ids() }))
    }

    /// Break the exchange as a broken invariant would: for tests of what callers then see.
    fn _fault(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, |_| panic!("broken on purpose"))
    }

    /// Check every numbered invariant of the engine; one that does not hold raises ``InternalError``.
    fn check_invariants(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, |sequencer| {
            sequencer.engine().check_invariants();
            Ok(())
        })
    }

    /// Take the memory of so many open orders and remembered client ids at once, so that none is taken later.
    #[pyo3(signature = (*, orders, client_ids))]
    fn reserve(&self, py: Python<'_>, orders: u32, client_ids: u32) -> PyResult<()> {
        if orders.max(client_ids) > RESERVE_MAX {
            let what = format!("reserve out of range: orders={orders} client_ids={client_ids} max={RESERVE_MAX}");
            return Err(raise(Kind::Usage, what));
        }
        self.with(py, |sequencer| sequencer.reserve(orders as usize, client_ids as usize))
    }

    /// Return an account's number, as handles and batches name it.
    fn account_id(&self, name: &str) -> PyResult<u32> {
        self.account_number(name).map(|id| id.0)
    }

    /// Return an instrument's number, as batches name it.
    fn instrument_id(&self, symbol: &str) -> PyResult<u32> {
        self.instrument_of(symbol).map(|listed| listed.id.0)
    }

    /// Return an instrument's handle: integers and positional arguments, for tight loops.
    fn handle(slf: Bound<'_, Self>, symbol: &str) -> PyResult<Handle> {
        let listed = slf.get().instrument_of(symbol)?;
        Ok(Handle::new(slf.unbind(), listed))
    }

    fn _run<'py>(&self, py: Python<'py>, commands: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let flat = "commands is no flat buffer of bytes; give bytes, a memoryview of bytes or a NumPy array";
        let buffer = PyBuffer::<u8>::get(commands).map_err(|_| raise(Kind::WrongType, flat))?;
        // A copy: another thread may write to the caller's buffer while the GIL is released.
        let records = buffer.to_vec(py)?;
        self.run_records(py, &records).map(Bound::into_any)
    }
}
