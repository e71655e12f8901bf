//! Words that carry numbers with them: a code, then every number any of its variants has, zero where it has none.

use crate::codes::unknown;
use crate::error::Fault;
use crate::field::{Entry, Field, In, Out, Stop, get_list, put_list};
use crate::layout::layout;
use crate::spec::{Codes, Form, Spec, When};
use model::{
    AccountId, Allocation, ClOrdId, Display, InstrumentId, KillScope, OrderId, OrderRef, Peg, PegReference, Qty,
    SessionId, TickBand, TickTable, TimeInForce,
};

/// The codes from 0 up.
fn codes(name: &'static str, names: &[&'static str]) -> Codes {
    Codes { name, values: (0..).zip(names).map(|(code, name)| (code, *name, "")).collect() }
}

/// Refuses a number that the code before it does not have.
fn only_zero(input: &mut In<'_>, name: &'static str, size: usize, value: i128) -> Result<(), Stop> {
    if value == 0 { Ok(()) } else { Err(input.stop(Fault::NotZero, name, size, value, 0)) }
}

impl Field for TimeInForce {
    const SIZE: usize = 1 + i64::SIZE;

    #[inline]
    fn put(&self, out: &mut Out<'_>) {
        self.code().put(out);
        self.expire_ns().put(out);
    }

    #[inline]
    fn get(input: &mut In<'_>, name: &'static str, _present: bool) -> Result<Self, Stop> {
        let code = u8::get(input, name, true)?;
        let tif = match code {
            0 => TimeInForce::Gtc,
            1 => TimeInForce::Ioc,
            2 => TimeInForce::Fok,
            3 => TimeInForce::Day,
            4 => return i64::get(input, "expire_ns", true).map(|expire_ns| TimeInForce::Gtd { expire_ns }),
            5 => TimeInForce::Ato,
            6 => TimeInForce::Atc,
            7 => TimeInForce::Gfa,
            other => return Err(unknown(input, name, other, &[7])),
        };
        let expire_ns = i64::get(input, "expire_ns", true)?;
        only_zero(input, "expire_ns", i64::SIZE, i128::from(expire_ns))?;
        Ok(tif)
    }

    fn describe(spec: &mut Spec, name: &'static str, doc: &'static str) {
        let row = spec.rows.len();
        spec.code(
            name,
            Form::Code,
            codes("TimeInForce", &["Gtc", "Ioc", "Fok", "Day", "Gtd", "Ato", "Atc", "Gfa"]),
            doc,
        );
        spec.only(When::Code { row, values: &[4] }, |spec| {
            spec.row("expire_ns", Form::I64, "When a GTD order ends, in nanoseconds since the Unix epoch.");
        });
    }
}

impl Field for Display {
    const SIZE: usize = 1 + 2 * Qty::SIZE + u16::SIZE;

    #[inline]
    fn put(&self, out: &mut Out<'_>) {
        match self {
            Display::All => out.skip(Self::SIZE),
            Display::Hidden => {
                1_u8.put(out);
                out.skip(Self::SIZE - 1);
            }
            Display::Iceberg { display_qty, threshold, variance_bps } => {
                2_u8.put(out);
                display_qty.put(out);
                threshold.put(out);
                variance_bps.put(out);
            }
        }
    }

    #[inline]
    fn get(input: &mut In<'_>, name: &'static str, _present: bool) -> Result<Self, Stop> {
        let display = match u8::get(input, name, true)? {
            0 => Display::All,
            1 => Display::Hidden,
            2 => {
                return Ok(Display::Iceberg {
                    display_qty: Field::get(input, "display_qty", true)?,
                    threshold: Field::get(input, "threshold", true)?,
                    variance_bps: Field::get(input, "variance_bps", true)?,
                });
            }
            other => return Err(unknown(input, name, other, &[2])),
        };
        input.zeros(Self::SIZE - 1, "display_qty")?;
        Ok(display)
    }

    fn describe(spec: &mut Spec, name: &'static str, doc: &'static str) {
        let row = spec.rows.len();
        spec.code(name, Form::Code, codes("Display", &["All", "Hidden", "Iceberg"]), doc);
        spec.only(When::Code { row, values: &[2] }, |spec| {
            spec.row("display_qty", Form::Qty, "Size of a fresh tip of an iceberg.");
            spec.row("threshold", Form::Qty, "The tip is refilled at or below this.");
            spec.row("variance_bps", Form::U16, "How far a refilled tip may differ, in basis points.");
        });
    }
}

layout! {
    Peg {
        /// The price a pegged order follows.
        reference: PegReference,
        /// Added to it, in base ticks.
        offset_ticks: i32,
    }
}

impl Field for OrderRef {
    const SIZE: usize = 1 + ClOrdId::SIZE + OrderId::SIZE;

    #[inline]
    fn put(&self, out: &mut Out<'_>) {
        match self {
            OrderRef::Client(id) => {
                0_u8.put(out);
                id.put(out);
                out.skip(OrderId::SIZE);
            }
            OrderRef::Order(id) => {
                1_u8.put(out);
                out.skip(ClOrdId::SIZE);
                id.put(out);
            }
        }
    }

    #[inline]
    fn get(input: &mut In<'_>, name: &'static str, _present: bool) -> Result<Self, Stop> {
        match u8::get(input, name, true)? {
            0 => {
                let id = ClOrdId::get(input, "orig_cl_ord_id", true)?;
                input.zeros(OrderId::SIZE, "order_id")?;
                Ok(OrderRef::Client(id))
            }
            1 => {
                input.zeros(ClOrdId::SIZE, "orig_cl_ord_id")?;
                OrderId::get(input, "order_id", true).map(OrderRef::Order)
            }
            other => Err(unknown(input, name, other, &[1])),
        }
    }

    fn describe(spec: &mut Spec, name: &'static str, doc: &'static str) {
        let row = spec.rows.len();
        spec.code(name, Form::Code, codes("OrderRef", &["Client", "Order"]), doc);
        spec.only(When::Code { row, values: &[0] }, |spec| {
            spec.row("orig_cl_ord_id", Form::Text(ClOrdId::SIZE), "Any client id of the order's chain (FIX 41).");
        });
        spec.only(When::Code { row, values: &[1] }, |spec| {
            spec.row("order_id", Form::U64, "The exchange's id (FIX 37).");
        });
    }
}

impl Field for KillScope {
    const SIZE: usize = 1 + u32::SIZE;

    fn put(&self, out: &mut Out<'_>) {
        let (code, id) = match self {
            KillScope::All => (0_u8, 0_u32),
            KillScope::Instrument(id) => (1, id.0),
            KillScope::Account(id) => (2, id.0),
            KillScope::Session(id) => (3, id.0),
        };
        code.put(out);
        id.put(out);
    }

    fn get(input: &mut In<'_>, name: &'static str, _present: bool) -> Result<Self, Stop> {
        let code = u8::get(input, name, true)?;
        if code > 3 {
            return Err(unknown(input, name, code, &[3]));
        }
        let id = u32::get(input, "scope_id", true)?;
        match code {
            0 => only_zero(input, "scope_id", u32::SIZE, i128::from(id)).map(|()| KillScope::All),
            1 => Ok(KillScope::Instrument(InstrumentId(id))),
            2 => Ok(KillScope::Account(AccountId(id))),
            _ => Ok(KillScope::Session(SessionId(id))),
        }
    }

    fn describe(spec: &mut Spec, name: &'static str, doc: &'static str) {
        let row = spec.rows.len();
        spec.code(name, Form::Code, codes("KillScope", &["All", "Instrument", "Account", "Session"]), doc);
        spec.only(When::Code { row, values: &[1, 2, 3] }, |spec| {
            spec.row("scope_id", Form::U32, "Which instrument, account or session.");
        });
    }
}

impl Field for Allocation {
    const SIZE: usize = 1 + u16::SIZE;

    fn put(&self, out: &mut Out<'_>) {
        let (code, bps) = match self {
            Allocation::Fifo => (0_u8, 0_u16),
            Allocation::ProRata => (1, 0),
            Allocation::FifoThenProRata { fifo_bps } => (2, *fifo_bps),
        };
        code.put(out);
        bps.put(out);
    }

    fn get(input: &mut In<'_>, name: &'static str, _present: bool) -> Result<Self, Stop> {
        let code = u8::get(input, name, true)?;
        if code > 2 {
            return Err(unknown(input, name, code, &[2]));
        }
        let fifo_bps = u16::get(input, "fifo_bps", true)?;
        if code == 2 {
            return Ok(Allocation::FifoThenProRata { fifo_bps });
        }
        only_zero(input, "fifo_bps", u16::SIZE, i128::from(fifo_bps))?;
        Ok(if code == 0 { Allocation::Fifo } else { Allocation::ProRata })
    }

    fn describe(spec: &mut Spec, name: &'static str, doc: &'static str) {
        let row = spec.rows.len();
        spec.code(name, Form::Code, codes("Allocation", &["Fifo", "ProRata", "FifoThenProRata"]), doc);
        spec.only(When::Code { row, values: &[2] }, |spec| {
            spec.row("fifo_bps", Form::U16, "The share that goes by time, in basis points.");
        });
    }
}

layout! {
    TickBand {
        /// First price of the band.
        from: model::Price,
        /// Step from there on, as a price mantissa.
        tick: i64,
    }
}

impl Entry for TickBand {
    const COUNT_MAX: usize = TickTable::BANDS_MAX;
}

impl Field for TickTable {
    const SIZE: usize = u16::SIZE;

    fn tail(&self) -> usize {
        self.bands().len() * TickBand::SIZE
    }

    fn put(&self, out: &mut Out<'_>) {
        put_list(self.bands(), out);
    }

    fn get(input: &mut In<'_>, name: &'static str, _present: bool) -> Result<Self, Stop> {
        let bands: Vec<TickBand> = get_list(input, name)?;
        let count = bands.len();
        TickTable::new(bands).ok_or_else(|| {
            let back = u16::SIZE + count * TickBand::SIZE;
            input.stop(Fault::TickBands, name, back, count as i128, TickTable::BANDS_MAX as i128)
        })
    }

    fn describe(spec: &mut Spec, name: &'static str, doc: &'static str) {
        spec.list::<TickBand>(name, doc);
    }
}
