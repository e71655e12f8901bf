//! From keyword arguments to commands about orders.

use model::{
    AmendOrder, ClOrdId, Display, InstrumentId, Money, NewOrder, OrdType, OrderRef, Peg, PegReference, PostOnly, Price,
    Qty, RejectReason, SessionId, Side, StpMode, TimeInForce, Trigger,
};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyString};

use crate::decimals::Grid;
use crate::edge::{Edge, show};
use crate::errors::{Kind, raise};
use crate::names::{Listed, NOBODY, Names};
use crate::refusal::Refusal;
use crate::trigger::TriggerArgs;
use crate::words;

/// A Python value that may be absent.
pub type Value<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

/// The arguments of `submit`.
pub struct OrderArgs<'a, 'py> {
    /// Account name.
    pub account: &'a str,
    /// Client id.
    pub cl_ord_id: &'a str,
    /// Side word.
    pub side: &'a str,
    /// Total quantity.
    pub order_qty: Value<'a, 'py>,
    /// Limit.
    pub price: Value<'a, 'py>,
    /// Order type word.
    pub ord_type: &'a str,
    /// Time in force word; by default `gtc`, or `gtd` where an expiry is given.
    pub time_in_force: Option<&'a str>,
    /// Expiry.
    pub expire_ns: Value<'a, 'py>,
    /// `bool` or word.
    pub post_only: Value<'a, 'py>,
    /// Whether it may only shrink a position.
    pub reduce_only: bool,
    /// Size of the tip.
    pub display_qty: Value<'a, 'py>,
    /// Nothing is shown.
    pub hidden: bool,
    /// Refill at or below.
    pub refill_threshold: Value<'a, 'py>,
    /// Half width of the refill's variance.
    pub display_variance_bps: Value<'a, 'py>,
    /// Smallest quantity to trade at once.
    pub min_qty: Value<'a, 'py>,
    /// How far a market order may go.
    pub protection_price: Value<'a, 'py>,
    /// Budget.
    pub quote_qty: Value<'a, 'py>,
    /// Peg reference word.
    pub peg: Option<&'a str>,
    /// Offset from it.
    pub peg_offset_ticks: Value<'a, 'py>,
    /// Self-trade prevention word.
    pub stp: Option<&'a str>,
    /// Connection.
    pub session: u32,
}

/// The order of a `submit` with its trigger, or why it cannot be read.
///
/// # Errors
/// Misuse of the call.
pub fn new_order(
    args: &OrderArgs<'_, '_>,
    trigger: Option<&TriggerArgs<'_>>,
    listed: Option<&Listed>,
    names: &Names,
) -> PyResult<Result<(NewOrder, Option<Trigger>), Refusal>> {
    let mut edge = Edge::default();
    let account = names.account_id(args.account);
    // An unknown account comes first (101), whatever the numbers are: the engine says so.
    let known = listed.filter(|_| account.0 != NOBODY);
    let (prices, quantities) = (known.map(Listed::prices), known.map(Listed::quantities));
    let side = edge.word(words::side(args.side), args.side, "side", RejectReason::UnknownSide, Side::Buy);
    let unknown_type = RejectReason::UnknownOrdType;
    let ord_type = edge.word(words::ord_type(args.ord_type), args.ord_type, "ord_type", unknown_type, OrdType::Limit);
    let tif = tif(&mut edge, args.time_in_force, args.expire_ns, Some(TimeInForce::Gtc))?;
    let cl_ord_id = edge.client_id(args.cl_ord_id, "cl_ord_id");
    let order_qty = edge.number64(args.order_qty, "order_qty", quantities)?;
    if order_qty.is_none() && args.quote_qty.is_none() {
        return Err(raise(Kind::Usage, "order_qty is missing; give it, or quote_qty for a market buy by budget"));
    }
    let price = edge.number64(args.price, "price", prices)?.map(Price);
    let protection_price = edge.number64(args.protection_price, "protection_price", prices)?.map(Price);
    let money = known.map(|listed| Grid::Units(listed.quote_decimals));
    let quote_qty = edge.number(args.quote_qty, "quote_qty", money)?.map(Money);
    let min_qty = Qty(edge.number64(args.min_qty, "min_qty", quantities)?.unwrap_or(0));
    let display = display(&mut edge, args, quantities)?;
    let post_only = post_only(&mut edge, args.post_only)?;
    let peg = peg(&mut edge, args)?;
    let stp = stp(&mut edge, args.stp);
    let trigger = trigger.map(|args| args.read(&mut edge, known)).transpose()?;
    let instrument = listed.map_or(InstrumentId(NOBODY), |listed| listed.id);
    let Some(cl_ord_id) = cl_ord_id else {
        return Ok(edge.verdict(()).and(Err(missing_id())));
    };
    let order = NewOrder {
        account,
        session: SessionId(args.session),
        instrument,
        cl_ord_id,
        side,
        ord_type,
        tif: tif.unwrap_or(TimeInForce::Gtc),
        order_qty: Qty(order_qty.unwrap_or(0)),
        price,
        protection_price,
        quote_qty,
        peg,
        min_qty,
        display,
        post_only,
        reduce_only: args.reduce_only,
        stp,
    };
    Ok(edge.verdict((order, trigger)))
}

fn tif(
    edge: &mut Edge,
    text: Option<&str>,
    expire_ns: Value<'_, '_>,
    otherwise: Option<TimeInForce>,
) -> PyResult<Option<TimeInForce>> {
    let expire_ns = edge.int64(expire_ns, "expire_ns")?;
    let Some(text) = text else {
        return Ok(expire_ns.map(|expire_ns| TimeInForce::Gtd { expire_ns }).or(otherwise));
    };
    let read = words::tif(text, expire_ns.unwrap_or(0));
    let unknown = RejectReason::UnknownTimeInForce;
    let tif = edge.word(read, text, "time_in_force", unknown, TimeInForce::Gtc);
    let needs_expiry = matches!(tif, TimeInForce::Gtd { .. });
    if read.is_some() && needs_expiry != expire_ns.is_some() {
        let given = expire_ns.map_or_else(|| "None".to_owned(), |ns| ns.to_string());
        edge.note(Refusal::at_edge(RejectReason::ExpireTimeMismatch, "expire_ns", format!("{given} with {text}")));
    }
    Ok(Some(tif))
}

fn display(edge: &mut Edge, args: &OrderArgs<'_, '_>, quantities: Option<Grid<'_>>) -> PyResult<Display> {
    let display_qty = edge.number64(args.display_qty, "display_qty", quantities)?;
    let threshold = edge.number64(args.refill_threshold, "refill_threshold", quantities)?;
    let variance = edge.int64(args.display_variance_bps, "display_variance_bps")?;
    match (display_qty, args.hidden) {
        (Some(_), true) => Err(raise(Kind::Usage, "hidden shows nothing and display_qty a tip: give one of them")),
        (None, _) if threshold.is_some() || variance.is_some() => {
            Err(raise(Kind::Usage, "refill_threshold and display_variance_bps need display_qty, the size of the tip"))
        }
        (None, true) => Ok(Display::Hidden),
        (None, false) => Ok(Display::All),
        (Some(display_qty), false) => {
            // What does not fit is above the largest variance either way, and the engine refuses it.
            let variance_bps = u16::try_from(variance.unwrap_or(0)).unwrap_or(u16::MAX);
            Ok(Display::Iceberg { display_qty: Qty(display_qty), threshold: Qty(threshold.unwrap_or(0)), variance_bps })
        }
    }
}

fn post_only(edge: &mut Edge, value: Value<'_, '_>) -> PyResult<PostOnly> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(PostOnly::No) };
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(if flag.is_true() { PostOnly::Reject } else { PostOnly::No });
    }
    let Ok(text) = value.cast::<PyString>() else {
        return Err(raise(Kind::WrongType, format!("post_only={} is neither bool nor str", show(value))));
    };
    let text = text.to_str()?;
    let unknown = RejectReason::UnknownInstruction;
    Ok(edge.word(words::post_only(text), text, "post_only", unknown, PostOnly::No))
}

fn peg(edge: &mut Edge, args: &OrderArgs<'_, '_>) -> PyResult<Option<Peg>> {
    let offset = edge.int64(args.peg_offset_ticks, "peg_offset_ticks")?;
    let Some(text) = args.peg else {
        let lonely = "peg_offset_ticks needs peg, what it is an offset from";
        return if offset.is_some() { Err(raise(Kind::Usage, lonely)) } else { Ok(None) };
    };
    let unknown = RejectReason::UnknownInstruction;
    let reference = edge.word(words::peg(text), text, "peg", unknown, PegReference::Near);
    let wide = offset.unwrap_or(0);
    let offset_ticks = i32::try_from(wide).unwrap_or_else(|_| {
        edge.note(Refusal::at_edge(RejectReason::NumberTooLarge, "peg_offset_ticks", wide.to_string()));
        0
    });
    Ok(Some(Peg { reference, offset_ticks }))
}

fn stp(edge: &mut Edge, text: Option<&str>) -> Option<StpMode> {
    let text = text?;
    Some(edge.word(words::stp(text), text, "stp", RejectReason::UnknownStpMode, StpMode::None))
}

/// The arguments of `amend`.
pub struct AmendArgs<'a, 'py> {
    /// Account name.
    pub account: &'a str,
    /// The amend's own client id.
    pub cl_ord_id: &'a str,
    /// The order by a client id.
    pub orig_cl_ord_id: Option<&'a str>,
    /// The order by its id.
    pub order_id: Option<u64>,
    /// New total.
    pub order_qty: Value<'a, 'py>,
    /// New limit.
    pub price: Value<'a, 'py>,
    /// New size of fresh tips.
    pub display_qty: Value<'a, 'py>,
    /// New life.
    pub time_in_force: Option<&'a str>,
    /// New expiry.
    pub expire_ns: Value<'a, 'py>,
    /// New self-trade prevention.
    pub stp: Option<&'a str>,
    /// What the client had seen filled.
    pub seen_cum_qty: Value<'a, 'py>,
    /// New trigger.
    pub trigger_price: Value<'a, 'py>,
}

/// The target of an `amend`, which decides on which grid its numbers lie, or why it cannot be read.
///
/// # Errors
/// Misuse of the call.
pub fn amend_target(args: &AmendArgs<'_, '_>) -> PyResult<Result<(ClOrdId, OrderRef), Refusal>> {
    let mut edge = Edge::default();
    let cl_ord_id = edge.client_id(args.cl_ord_id, "cl_ord_id");
    let target = edge.target(args.orig_cl_ord_id, args.order_id)?;
    Ok(edge.verdict(()).and_then(|()| cl_ord_id.map(|id| (id, target)).ok_or_else(missing_id)))
}

fn missing_id() -> Refusal {
    Refusal::at_edge(RejectReason::BadClOrdId, "cl_ord_id", "''")
}

/// The command of an `amend`, or why it cannot be read.
///
/// # Errors
/// Misuse of the call.
pub fn amend(
    args: &AmendArgs<'_, '_>,
    (cl_ord_id, target): (ClOrdId, OrderRef),
    listed: Option<&Listed>,
    names: &Names,
) -> PyResult<Result<AmendOrder, Refusal>> {
    let mut edge = Edge::default();
    let (prices, quantities) = (listed.map(Listed::prices), listed.map(Listed::quantities));
    let command = AmendOrder {
        account: names.account_id(args.account),
        cl_ord_id,
        target,
        order_qty: edge.number64(args.order_qty, "order_qty", quantities)?.map(Qty),
        price: edge.number64(args.price, "price", prices)?.map(Price),
        display_qty: edge.number64(args.display_qty, "display_qty", quantities)?.map(Qty),
        tif: tif(&mut edge, args.time_in_force, args.expire_ns, None)?,
        stp: stp(&mut edge, args.stp),
        seen_cum_qty: edge.number64(args.seen_cum_qty, "seen_cum_qty", quantities)?.map(Qty),
        trigger_price: edge.number64(args.trigger_price, "trigger_price", prices)?.map(Price),
    };
    Ok(edge.verdict(command))
}
