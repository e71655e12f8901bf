//! `Exchange`: the engine with its sequencer, as one Python object. Requests about orders.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use model::{Command, Event, EventKind, InstrumentId, Limits, NewStop, OrderId, OrderRef};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;

use ::sequencer::Recovered;

use crate::clock::Clock;
use crate::errors::guarded;
use crate::facts::{Facts, Status};
use crate::names::{Directory, Names};
use crate::refusal::{About, Refusal, listed_of};
use crate::report::ExecutionReport;
use crate::request::{AmendArgs, OrderArgs, amend, amend_target, new_order};
use crate::sequencer::Sequencer;
use crate::store::Opening;
use crate::trigger::TriggerArgs;

/// One exchange.
#[pyclass(frozen, subclass, module = "fairlead._core._native")]
pub struct Exchange {
    sequencer: Mutex<Sequencer>,
    directory: Directory,
    clock: Clock,
    generated: AtomicU64,
    recovered: Option<Recovered>,
}

/// Ids generated for a command, at most, as a power of two: refused ones take no sequence number.
const GENERATED_BITS: u32 = 20;

/// A request about one order, as its report names it.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Account name.
    pub account: &'a str,
    /// The request's client id.
    pub cl_ord_id: &'a str,
    /// The order it is about.
    pub target: Option<OrderRef>,
    /// The instrument it is for, where it names one.
    pub instrument: Option<InstrumentId>,
}

impl Exchange {
    /// An empty exchange.
    pub fn new(clock: Clock, limits: Limits, history_max: usize) -> Self {
        Exchange {
            sequencer: Mutex::new(Sequencer::new(limits, history_max)),
            directory: Directory::default(),
            clock,
            generated: AtomicU64::new(0),
            recovered: None,
        }
    }

    /// The exchange of a data directory.
    ///
    /// # Errors
    /// See [`crate::store::Store::open`].
    pub fn open(py: Python<'_>, clock: Clock, opening: &Opening<'_>, history_max: usize) -> PyResult<Self> {
        let (sequencer, recovered) = py.detach(|| Sequencer::open(opening, history_max))?;
        let directory = Directory::default();
        directory.change(|names| names.learn_all(sequencer.engine()));
        // Ids nobody gave go on far above all that were generated before: each command took less than so many.
        let generated = AtomicU64::new(recovered.last.seq << GENERATED_BITS);
        Ok(Exchange { sequencer: Mutex::new(sequencer), directory, clock, generated, recovered: Some(recovered) })
    }

    /// What opening its directory found; empty for an exchange in memory.
    pub fn found(&self) -> Option<&Recovered> {
        self.recovered.as_ref()
    }

    /// Gives up its directory. Whatever was acknowledged is in it.
    ///
    /// # Errors
    /// `UnavailableError` where the disk fails, `DataError` where a snapshot due by then shows another state.
    pub fn close_directory(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| self.sequencer.lock().unwrap_or_else(PoisonError::into_inner).close())
    }

    /// Runs `work` on the sequencer; a panic in it poisons the exchange. No Python may run inside `work`. With a directory,
    /// which may have to wait for its disk, other Python threads run meanwhile.
    ///
    /// # Errors
    /// Those of `work`, and `InternalError`.
    #[inline]
    pub fn with<R: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Sequencer) -> PyResult<R> + Send,
    ) -> PyResult<R> {
        if self.recovered.is_some() {
            return self.detached(py, work);
        }
        let mut sequencer = self.sequencer.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner);
        sequencer.check_open()?;
        guarded(&mut *sequencer, work)
    }

    /// As [`Exchange::with`], while other Python threads run.
    ///
    /// # Errors
    /// Those of `work`, and `InternalError`.
    pub fn detached<R: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Sequencer) -> PyResult<R> + Send,
    ) -> PyResult<R> {
        py.detach(|| {
            let mut sequencer = self.sequencer.lock().unwrap_or_else(PoisonError::into_inner);
            sequencer.check_open()?;
            guarded(&mut *sequencer, work)
        })
    }

    /// The time of the exchange's clock.
    ///
    /// # Errors
    /// What the caller's clock raises.
    #[inline]
    pub fn now_ns(&self, py: Python<'_>) -> PyResult<i64> {
        self.clock.now_ns(py)
    }

    /// The names so far, shared with reports.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// A client id nobody gave: a tilde and a counter.
    #[inline]
    pub fn generated_id(&self) -> u64 {
        self.generated.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Enters an order.
    ///
    /// # Errors
    /// Misuse of the call, and `InternalError`.
    pub fn enter(
        &self,
        py: Python<'_>,
        args: &OrderArgs<'_, '_>,
        trigger: Option<&TriggerArgs<'_>>,
        symbol: &str,
    ) -> PyResult<ExecutionReport> {
        let names = self.directory.snapshot();
        let listed = names.listed(symbol);
        let request = Request {
            account: args.account,
            cl_ord_id: args.cl_ord_id,
            target: None,
            instrument: listed.map(|listed| listed.id),
        };
        match new_order(args, trigger, listed.map(AsRef::as_ref), &names)? {
            Ok((order, None)) => self.execute(py, &Command::NewOrder(order), request, &names),
            Ok((order, Some(trigger))) => {
                let stop = Command::NewStop(Box::new(NewStop { order, trigger }));
                self.execute(py, &stop, request, &names)
            }
            Err(refusal) => Ok(self.refused(request, refusal)),
        }
    }

    /// Changes an order.
    ///
    /// # Errors
    /// Misuse of the call, and `InternalError`.
    pub fn change(&self, py: Python<'_>, args: &AmendArgs<'_, '_>) -> PyResult<ExecutionReport> {
        let mut request = Request { account: args.account, cl_ord_id: args.cl_ord_id, target: None, instrument: None };
        let (cl_ord_id, target) = match amend_target(args)? {
            Ok(named) => named,
            Err(refusal) => return Ok(self.refused(request, refusal)),
        };
        let names = self.directory.snapshot();
        let account = names.account_id(args.account);
        let facts = self.with(py, |sequencer| Ok(sequencer.facts_of(account, &target)))?;
        let listed = facts.and_then(|facts| names.instrument(facts.instrument));
        request.target = Some(target);
        request.instrument = listed.map(|listed| listed.id);
        match amend(args, (cl_ord_id, target), listed.map(AsRef::as_ref), &names)? {
            Ok(command) => self.execute(py, &Command::Amend(command), request, &names),
            Err(refusal) => Ok(self.refused(request, refusal)),
        }
    }

    /// The report of a request that got no sequence number.
    pub fn refused(&self, request: Request<'_>, refusal: Refusal) -> ExecutionReport {
        ExecutionReport {
            directory: self.directory.clone(),
            listed: request.instrument.and_then(|id| self.directory.snapshot().instrument(id).cloned()),
            stamp: None,
            account: request.account.to_owned(),
            cl_ord_id: request.cl_ord_id.to_owned(),
            facts: Facts::none(),
            refusal: Some(refusal),
            repeated: false,
            events: Vec::new(),
        }
    }

    /// Applies a command about one order and tells what it did to that order.
    ///
    /// # Errors
    /// What the clock raises, and `InternalError`.
    pub fn execute(
        &self,
        py: Python<'_>,
        command: &Command,
        request: Request<'_>,
        names: &Names,
    ) -> PyResult<ExecutionReport> {
        let now_ns = self.now_ns(py)?;
        let account = names.account_id(request.account);
        let (stamp, before, again, events) = self.with(py, |sequencer| {
            let before = request.target.and_then(|target| sequencer.facts_of(account, &target));
            let events = sequencer.apply(now_ns, command)?.to_vec();
            let again = repeated(&events).and_then(|order_id| sequencer.facts(order_id));
            Ok((sequencer.answered(), before, again, events))
        })?;
        let of_an_order = repeated(&events).filter(|order_id| order_id.0 > 0);
        let mut facts = again.or(before).unwrap_or_else(|| match of_an_order {
            Some(order_id) => Facts::forgotten(order_id, request.instrument, asked(command)),
            None => asked(command),
        });
        for event in &events {
            facts.absorb(&event.kind);
        }
        let instrument = if facts.order_id == 0 { request.instrument } else { Some(facts.instrument) };
        let about = About { listed: listed_of(names, instrument), side: facts.side, asset: None };
        let refusal = refusal_in(&events, about, names);
        if refusal.is_some() {
            facts.status = Status::Rejected;
        }
        Ok(ExecutionReport {
            listed: instrument.and_then(|id| names.instrument(id).cloned()),
            directory: self.directory.clone(),
            stamp: Some(stamp),
            account: request.account.to_owned(),
            cl_ord_id: request.cl_ord_id.to_owned(),
            facts,
            refusal,
            repeated: repeated(&events).is_some(),
            events,
        })
    }
}

/// The order of a request that came before; order id 0 where its first outcome was a refusal.
fn repeated(events: &[Event]) -> Option<OrderId> {
    events.iter().find_map(
        |event| {
            if let EventKind::Repeated { order_id, .. } = &event.kind { Some(*order_id) } else { None }
        },
    )
}

/// What is known of the order before the events: of a new one, what was asked for.
#[expect(clippy::wildcard_enum_match_arm, reason = "only these two enter one order")]
fn asked(command: &Command) -> Facts {
    let entered = match command {
        Command::NewOrder(order) => Some(order),
        Command::NewStop(stop) => Some(&stop.order),
        _ => None,
    };
    if let Some(order) = entered {
        let (side, order_qty) = (Some(order.side), order.order_qty.0);
        return Facts { side, price: order.price, order_qty, ..Facts::none() };
    }
    Facts::none()
}

/// The refusal among a command's events.
pub fn refusal_in(events: &[Event], about: About<'_>, names: &Names) -> Option<Refusal> {
    let plain = |reason| Refusal { reason, field: None, value: None, limit: None, nearest: None };
    events.iter().find_map(|event| {
        if let EventKind::OrderRejected(refused) | EventKind::AmendRejected(refused) = &event.kind {
            return Some(Refusal::by_engine(refused.reason, (refused.value, refused.limit), about, names));
        }
        if let EventKind::CancelRejected { reason, .. } | EventKind::Repeated { reason: Some(reason), .. } = &event.kind
        {
            return Some(plain(*reason));
        }
        if let EventKind::GroupRejected(refused) = &event.kind {
            return Some(Refusal::by_engine(refused.reason, (refused.value, refused.limit), about, names));
        }
        if let EventKind::CommandRejected { reason, value, limit } = &event.kind {
            return Some(Refusal::by_engine(*reason, (*value, *limit), about, names));
        }
        None
    })
}
