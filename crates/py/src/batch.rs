//! Batches: fixed-size command records in, fixed-size event records out, both little endian. See `fairlead.model.batch`.

use model::{
    AccountId, AmendOrder, CancelOrder, ClOrdId, Command, Display, InstrumentId, NewOrder, OrdType, OrderId, OrderRef,
    PostOnly, Price, Qty, SessionId, Side, StpMode, TimeInForce,
};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::clock::TS_NS_MAX;
use crate::errors::{Kind, raise};
use crate::event_records::write_event;
use crate::exchange::Exchange;
use crate::ids::number_id;
use crate::names::{Listed, Names};
use crate::sequencer::Sequencer;

/// Size of a command record.
pub const COMMAND_BYTES: usize = 64;
/// Commands whose events are encoded together: few enough for the first level of cache (256 cost a fifth more).
const CHUNK: usize = 16;

/// What a command record asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Limit,
    Market,
    Cancel,
    Reduce,
    Replace,
    Tick,
}

/// One command record with its codes read.
struct Record {
    op: Op,
    side: Side,
    tif: TimeInForce,
    post_only: PostOnly,
    by_client_id: bool,
    stp: Option<StpMode>,
    session: u16,
    account: AccountId,
    instrument: u32,
    cl_id: u64,
    target: u64,
    px: i64,
    qty: i64,
    ts_ns: i64,
}

impl Record {
    /// Reads a record, or names the field that no code stands for.
    #[inline]
    fn read(bytes: &[u8; COMMAND_BYTES]) -> Result<Self, &'static str> {
        let [op, side, tif, post_only, by, stp, ..] = *bytes;
        let expire_ns = i64_at(bytes, 48);
        Ok(Record {
            op: op_of(op).ok_or("op")?,
            side: side_of(side).ok_or("side")?,
            tif: tif_of(tif, expire_ns).ok_or("tif")?,
            post_only: post_only_of(post_only).ok_or("post_only")?,
            by_client_id: match by {
                0 => false,
                1 => true,
                _ => return Err("by"),
            },
            stp: stp_of(stp)?,
            session: u16::from_le_bytes([bytes[6], bytes[7]]),
            account: AccountId(u32_at(bytes, 8)),
            instrument: u32_at(bytes, 12),
            cl_id: i64_at(bytes, 16).cast_unsigned(),
            target: i64_at(bytes, 24).cast_unsigned(),
            px: i64_at(bytes, 32),
            qty: i64_at(bytes, 40),
            ts_ns: i64_at(bytes, 56),
        })
    }

    /// Price and quantity in mantissas; `None` where one does not fit. An unknown instrument has none.
    #[inline]
    fn numbers(&self, listed: Option<&Listed>) -> Option<(Price, Qty)> {
        let Some(listed) = listed else { return Some((Price(0), Qty(0))) };
        Some((listed.price_of_grains(self.px)?, listed.qty_of_lots(self.qty)?))
    }

    fn target(&self) -> OrderRef {
        if self.by_client_id {
            OrderRef::Client(number_id(self.target, false))
        } else {
            OrderRef::Order(OrderId(self.target))
        }
    }

    fn client_id(&self, exchange: &Exchange) -> ClOrdId {
        match self.cl_id {
            0 => number_id(exchange.generated_id(), true),
            given => number_id(given, false),
        }
    }

    fn new_order(&self, cl_ord_id: ClOrdId, ord_type: OrdType, price: Option<Price>, order_qty: Qty) -> Command {
        Command::NewOrder(NewOrder {
            account: self.account,
            session: SessionId(u32::from(self.session)),
            instrument: InstrumentId(self.instrument),
            cl_ord_id,
            side: self.side,
            ord_type,
            tif: self.tif,
            order_qty,
            price,
            protection_price: None,
            quote_qty: None,
            peg: None,
            min_qty: Qty(0),
            display: Display::All,
            post_only: self.post_only,
            reduce_only: false,
            stp: self.stp,
        })
    }

    /// The total that leaves `remaining` open; what is filled is looked up.
    fn amend(&self, cl_ord_id: ClOrdId, sequencer: &Sequencer, price: Option<Price>, remaining: Qty) -> Command {
        let target = self.target();
        let found = sequencer.engine().find(self.account, &target);
        let view = found.and_then(|order_id| sequencer.engine().order(order_id));
        let gone = view.map_or(0, |view| view.order_qty.0 - view.leaves_qty.0);
        Command::Amend(AmendOrder {
            account: self.account,
            cl_ord_id,
            target,
            order_qty: Some(Qty(remaining.0.saturating_add(gone))),
            price,
            display_qty: None,
            tif: None,
            stp: self.stp,
            seen_cum_qty: None,
            trigger_price: None,
        })
    }

    #[inline]
    fn command(&self, exchange: &Exchange, sequencer: &Sequencer, listed: Option<&Listed>) -> Command {
        let (price, qty) = self.numbers(listed).unwrap_or_default();
        match self.op {
            Op::Limit => self.new_order(self.client_id(exchange), OrdType::Limit, Some(price), qty),
            Op::Market => self.new_order(self.client_id(exchange), OrdType::Market, None, qty),
            Op::Cancel => Command::Cancel(CancelOrder { account: self.account, target: self.target(), unlink: false }),
            Op::Reduce => self.amend(self.client_id(exchange), sequencer, None, qty),
            Op::Replace => self.amend(self.client_id(exchange), sequencer, Some(price), qty),
            Op::Tick => Command::Tick,
        }
    }
}

impl Exchange {
    /// Applies the records of `commands` and gives the records of their events.
    ///
    /// # Errors
    /// `DataError` where a record cannot be read, before any is applied; `InternalError`; what the clock raises.
    pub fn run_records<'py>(&self, py: Python<'py>, commands: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let (records, rest) = commands.as_chunks::<COMMAND_BYTES>();
        if !rest.is_empty() {
            let what = format!("buffer is no whole number of records: bytes={} record={COMMAND_BYTES}", commands.len());
            return Err(raise(Kind::Data, what));
        }
        let now_ns = self.now_ns(py)?;
        let names = self.directory().snapshot();
        let events = self.detached(py, |sequencer| {
            check(records, &names)?;
            let mut out = sequencer.take_scratch();
            self.apply_records(sequencer, records, &names, now_ns, &mut out)?;
            Ok(out)
        })?;
        let bytes = PyBytes::new(py, &events);
        self.with(py, |sequencer| {
            sequencer.give_scratch(events);
            Ok(())
        })?;
        Ok(bytes)
    }

    fn apply_records(
        &self,
        sequencer: &mut Sequencer,
        records: &[[u8; COMMAND_BYTES]],
        names: &Names,
        now_ns: i64,
        out: &mut Vec<u8>,
    ) -> PyResult<()> {
        out.clear();
        for chunk in records.chunks(CHUNK) {
            sequencer.begin_batch();
            for bytes in chunk {
                let Ok(record) = Record::read(bytes) else { unreachable!("checked before") };
                let listed = names.instrument(InstrumentId(record.instrument)).map(AsRef::as_ref);
                if matches!(record.op, Op::Reduce | Op::Replace) {
                    // What is filled is looked up.
                    sequencer.flush()?;
                }
                let command = record.command(self, sequencer, listed);
                let at = if record.ts_ns == 0 { now_ns } else { record.ts_ns };
                sequencer.step(at, &command)?;
            }
            for event in sequencer.keep()? {
                out.extend_from_slice(&write_event(event, names));
            }
        }
        Ok(())
    }
}

/// Refuses the first record that cannot be read.
fn check(records: &[[u8; COMMAND_BYTES]], names: &Names) -> PyResult<()> {
    for (row, bytes) in records.iter().enumerate() {
        let record = Record::read(bytes).map_err(|field| {
            raise(Kind::Data, format!("record {row}: no meaning for its {field}; see fairlead.model.batch for codes"))
        })?;
        let listed = names.instrument(InstrumentId(record.instrument)).map(AsRef::as_ref);
        if record.ts_ns > TS_NS_MAX {
            return Err(raise(
                Kind::Data,
                format!("record {row}: ts_ns={} is too late: max={TS_NS_MAX}", record.ts_ns),
            ));
        }
        if record.numbers(listed).is_none() {
            let what = format!("record {row}: px={} or qty={} does not fit 64 bits", record.px, record.qty);
            return Err(raise(Kind::Data, what));
        }
    }
    Ok(())
}

fn i64_at(bytes: &[u8; COMMAND_BYTES], at: usize) -> i64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    i64::from_le_bytes(word)
}

fn u32_at(bytes: &[u8; COMMAND_BYTES], at: usize) -> u32 {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(word)
}

fn op_of(code: u8) -> Option<Op> {
    [Op::Limit, Op::Market, Op::Cancel, Op::Reduce, Op::Replace, Op::Tick].get(usize::from(code)).copied()
}

fn side_of(code: u8) -> Option<Side> {
    [Side::Buy, Side::Sell].get(usize::from(code)).copied()
}

fn post_only_of(code: u8) -> Option<PostOnly> {
    [PostOnly::No, PostOnly::Reject, PostOnly::Slide].get(usize::from(code)).copied()
}

/// Code 0 is the instrument's own mode, 1 to 5 are [`StpMode`] from 0.
fn stp_of(code: u8) -> Result<Option<StpMode>, &'static str> {
    let modes =
        [StpMode::None, StpMode::CancelNewest, StpMode::CancelOldest, StpMode::CancelBoth, StpMode::DecrementAndCancel];
    match code.checked_sub(1) {
        None => Ok(None),
        Some(place) => modes.get(usize::from(place)).copied().map(Some).ok_or("stp"),
    }
}

/// By the codes of [`TimeInForce::code`].
fn tif_of(code: u8, expire_ns: i64) -> Option<TimeInForce> {
    let all = [
        TimeInForce::Gtc,
        TimeInForce::Ioc,
        TimeInForce::Fok,
        TimeInForce::Day,
        TimeInForce::Gtd { expire_ns },
        TimeInForce::Ato,
        TimeInForce::Atc,
        TimeInForce::Gfa,
    ];
    all.get(usize::from(code)).copied()
}
