//! Groups of orders: `submit_group`, `cancel_group`, and the report of a group.

use std::sync::Arc;

use model::{
    Activation, CancelGroup, Command, Event, EventKind, GroupAccepted, GroupId, GroupKind, GroupLeg, GroupMode,
    NewGroup, RejectReason, Stamp,
};
use pyo3::prelude::*;

use crate::edge::Edge;
use crate::event_objects::event_objects;
use crate::exchange::{Exchange, refusal_in};
use crate::ids::number_id;
use crate::names::{Directory, Listed, Names};
use crate::refusal::{About, Refusal};
use crate::report::CommandReport;
use crate::request::{OrderArgs, new_order};
use crate::trigger::TriggerArgs;
use crate::words;

/// The attributes of a `fairlead.Leg`: those of `submit`.
#[derive(FromPyObject)]
pub struct LegArgs<'py> {
    account: String,
    symbol: String,
    side: String,
    order_qty: Option<Bound<'py, PyAny>>,
    price: Option<Bound<'py, PyAny>>,
    cl_ord_id: Option<String>,
    ord_type: String,
    time_in_force: Option<String>,
    expire_ns: Option<Bound<'py, PyAny>>,
    post_only: Option<Bound<'py, PyAny>>,
    reduce_only: bool,
    display_qty: Option<Bound<'py, PyAny>>,
    hidden: bool,
    refill_threshold: Option<Bound<'py, PyAny>>,
    display_variance_bps: Option<Bound<'py, PyAny>>,
    min_qty: Option<Bound<'py, PyAny>>,
    protection_price: Option<Bound<'py, PyAny>>,
    stp: Option<String>,
    session: u32,
    trigger: Option<TriggerArgs<'py>>,
}

/// The words of a group.
pub struct GroupWords<'a> {
    /// `oco`, `oto`, `otoco`.
    pub kind: &'a str,
    /// What a fill or a trigger does.
    pub mode: &'a str,
    /// When the entry releases the others.
    pub activation: &'a str,
}

impl Exchange {
    fn leg(&self, leg: &LegArgs<'_>, names: &Names) -> PyResult<Result<GroupLeg, Refusal>> {
        let cl_ord_id =
            leg.cl_ord_id.clone().unwrap_or_else(|| number_id(self.generated_id(), true).as_str().to_owned());
        let args = OrderArgs {
            account: &leg.account,
            cl_ord_id: &cl_ord_id,
            side: &leg.side,
            order_qty: leg.order_qty.as_ref(),
            price: leg.price.as_ref(),
            ord_type: &leg.ord_type,
            time_in_force: leg.time_in_force.as_deref(),
            expire_ns: leg.expire_ns.as_ref(),
            post_only: leg.post_only.as_ref(),
            reduce_only: leg.reduce_only,
            display_qty: leg.display_qty.as_ref(),
            hidden: leg.hidden,
            refill_threshold: leg.refill_threshold.as_ref(),
            display_variance_bps: leg.display_variance_bps.as_ref(),
            min_qty: leg.min_qty.as_ref(),
            protection_price: leg.protection_price.as_ref(),
            quote_qty: None,
            peg: None,
            peg_offset_ticks: None,
            stp: leg.stp.as_deref(),
            session: leg.session,
        };
        let listed = names.listed(&leg.symbol).map(AsRef::as_ref);
        let read = new_order(&args, leg.trigger.as_ref(), listed, names)?;
        Ok(read.map(|(order, trigger)| GroupLeg { order, trigger }))
    }

    /// Enters a group.
    ///
    /// # Errors
    /// Misuse of the call, `InternalError`, and what the clock raises.
    pub fn enter_group(&self, py: Python<'_>, given: &GroupWords<'_>, legs: &[LegArgs<'_>]) -> PyResult<GroupReport> {
        let names = self.directory().snapshot();
        let mut edge = Edge::default();
        let unknown = RejectReason::UnknownInstruction;
        let kind = edge.word(words::group_kind(given.kind), given.kind, "kind", unknown, GroupKind::Oco);
        let mode = edge.word(words::group_mode(given.mode), given.mode, "mode", unknown, GroupMode::Reduce);
        let read = words::activation(given.activation);
        let activation = edge.word(read, given.activation, "activation", unknown, Activation::Partial);
        let mut read_legs = Vec::with_capacity(legs.len());
        for (at, leg) in legs.iter().enumerate() {
            match self.leg(leg, &names)? {
                Ok(leg) => read_legs.push(leg),
                Err(refusal) => return Ok(self.refused_group(given.kind, Some(at), refusal)),
            }
        }
        if let Err(refusal) = edge.verdict(()) {
            return Ok(self.refused_group(given.kind, None, refusal));
        }
        let listed = legs.first().and_then(|leg| names.listed(&leg.symbol).cloned());
        let command = Command::NewGroup(Box::new(NewGroup { kind, mode, activation, legs: read_legs }));
        let now_ns = self.now_ns(py)?;
        let (stamp, events) = self.with(py, |sequencer| {
            let events = sequencer.apply(now_ns, &command)?.to_vec();
            Ok((sequencer.answered(), events))
        })?;
        let about = About { listed: listed.as_deref(), side: None, asset: None };
        let refusal = refusal_in(&events, about, &names);
        Ok(GroupReport { listed, refusal, ..self.report(given.kind, Some(stamp), events) })
    }

    fn report(&self, kind: &str, stamp: Option<Stamp>, events: Vec<Event>) -> GroupReport {
        let (mut accepted, mut leg) = (None, None);
        for event in &events {
            if let EventKind::GroupAccepted(group) = event.kind {
                accepted = Some(group);
            }
            if let EventKind::GroupRejected(refused) = event.kind {
                leg = Some(usize::from(refused.leg));
            }
        }
        let directory = self.directory().clone();
        GroupReport { directory, listed: None, stamp, kind: kind.to_owned(), accepted, leg, refusal: None, events }
    }

    fn refused_group(&self, kind: &str, leg: Option<usize>, refusal: Refusal) -> GroupReport {
        GroupReport { leg, refusal: Some(refusal), ..self.report(kind, None, Vec::new()) }
    }

    /// Cancels what is left of a group.
    ///
    /// # Errors
    /// `InternalError`, and what the clock raises.
    pub fn end_group(&self, py: Python<'_>, account: &str, group: u64) -> PyResult<CommandReport> {
        let id = self.directory().snapshot().account_id(account);
        let command = Command::CancelGroup(CancelGroup { account: id, group: GroupId(group) });
        self.administer(py, &command, format!("group {group} of {account}"), About::default())
    }
}

/// What a group's entry did.
#[pyclass(frozen, module = "fairlead")]
pub struct GroupReport {
    directory: Directory,
    listed: Option<Arc<Listed>>,
    stamp: Option<Stamp>,
    kind: String,
    accepted: Option<GroupAccepted>,
    leg: Option<usize>,
    refusal: Option<Refusal>,
    events: Vec<Event>,
}

#[pymethods]
impl GroupReport {
    /// Sequence number of the command; ``None`` where it was refused before it got one.
    #[getter]
    fn seq(&self) -> Option<u64> {
        self.stamp.map(|stamp| stamp.seq)
    }

    /// Time of the command, nanoseconds since the Unix epoch; ``None`` where it has no sequence number.
    #[getter]
    fn ts_ns(&self) -> Option<i64> {
        self.stamp.map(|stamp| stamp.ts_ns)
    }

    /// ``accepted`` or ``rejected``.
    #[getter]
    fn status(&self) -> &'static str {
        if self.refusal.is_some() { "rejected" } else { "accepted" }
    }

    /// The exchange's id of the group; ``None`` where there is none.
    #[getter]
    fn group_id(&self) -> Option<u64> {
        self.accepted.map(|group| group.group_id.0)
    }

    /// In what; ``None`` where the instrument does not exist.
    #[getter]
    fn symbol(&self) -> Option<&str> {
        self.listed.as_ref().map(|listed| listed.def.symbol.as_str())
    }

    /// The exchange's ids of its orders, by leg; empty where it was refused.
    #[getter]
    fn order_ids(&self) -> Vec<u64> {
        let Some(group) = self.accepted else { return Vec::new() };
        (group.first_order_id.0..).take(group.kind.legs()).collect()
    }

    /// Which leg is at fault, from 0; ``None`` where none is.
    #[getter]
    fn leg(&self) -> Option<usize> {
        self.leg
    }

    /// The reject reason; ``None`` where there is none.
    #[getter]
    fn reason(&self) -> Option<&'static str> {
        self.refusal.as_ref().map(|refusal| refusal.reason.name())
    }

    /// One sentence with the leg, the value, the limit and a way out; empty where nothing was refused.
    #[getter]
    fn text<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let leg = self.leg.map_or_else(String::new, |leg| format!(" leg={leg}"));
        match &self.refusal {
            Some(refusal) => refusal.text(py, &format!("group {}{leg}", self.kind)),
            None => Ok("".into_pyobject(py)?.into_any()),
        }
    }

    /// Everything the command caused, in order.
    #[getter]
    fn events<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        event_objects(py, &self.events, &self.directory.snapshot())
    }

    fn __repr__(&self) -> String {
        let id = self.group_id().map_or_else(String::new, |id| format!(" #{id}"));
        let reason = self.reason().map_or_else(String::new, |reason| format!(" {reason}"));
        format!("GroupReport({}{id} {}{reason} orders={:?})", self.kind, self.status(), self.order_ids())
    }
}
