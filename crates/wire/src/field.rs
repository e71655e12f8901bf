//! How values become bytes: everything fixed-width and big-endian, written and read by the same table.
#![allow(clippy::inline_always, reason = "a block is read and written as one run of straight code, without calls")]

use crate::error::{Fault, WireError};
use crate::spec::{Form, Spec};
use model::{AccountId, AssetId, ClOrdId, FeeScheduleId, GroupId, InstrumentId, OperatorId, OrderId, PublicId};
use model::{Money, Price, Qty, SessionId, Symbol, TradeId};

/// A value with a place in a message.
pub trait Field: Sized {
    /// Its bytes, the same for every value; the entries of a list come on top.
    const SIZE: usize;
    /// Bytes of the presence mask it starts with: 0 where it is no block, or one without optional fields.
    const MASK_SIZE: usize = 0;
    /// Bits it takes of the presence mask of its block: 1 where it may be absent.
    const BITS: usize = 0;

    /// Whether it is there.
    #[inline]
    fn is_present(&self) -> bool {
        true
    }

    /// The bytes of the entries of a list.
    #[inline]
    fn tail(&self) -> usize {
        0
    }

    /// Writes it.
    fn put(&self, out: &mut Out<'_>);

    /// Reads it.
    ///
    /// # Errors
    /// [`Stop`] where the bytes are not what [`Field::put`] writes for any value.
    fn get(input: &mut In<'_>, name: &'static str, present: bool) -> Result<Self, Stop>;

    /// Adds its row or rows to a specification.
    fn describe(spec: &mut Spec, name: &'static str, doc: &'static str);
}

/// Bytes to be filled from front to back; zero at first.
pub struct Out<'a> {
    rest: &'a mut [u8],
    len: usize,
    fault: Option<WireError>,
}

impl<'a> Out<'a> {
    /// Starts at the front of a whole message's zeroed bytes.
    #[inline]
    pub fn new(bytes: &'a mut [u8]) -> Self {
        let len = bytes.len();
        Out { rest: bytes, len, fault: None }
    }

    /// Fills the next bytes.
    #[inline(always)]
    pub fn bytes<const N: usize>(&mut self, bytes: [u8; N]) {
        let (head, rest) = core::mem::take(&mut self.rest).split_at_mut(N);
        head.copy_from_slice(&bytes);
        self.rest = rest;
    }

    /// Leaves the next bytes zero.
    #[inline(always)]
    pub fn skip(&mut self, size: usize) {
        let (_, rest) = core::mem::take(&mut self.rest).split_at_mut(size);
        self.rest = rest;
    }

    /// Remembers the first value that no reader would accept.
    #[cold]
    pub fn refuse(&mut self, fault: Fault, field: &'static str, value: i128, limit: i128) {
        let at = self.len - self.rest.len();
        self.fault.get_or_insert(WireError { fault, field, at, value, limit });
    }

    /// Whether everything written can be read back.
    ///
    /// # Errors
    /// The first refusal.
    #[inline]
    pub fn finish(self) -> Result<(), WireError> {
        debug_assert!(self.fault.is_some() || self.rest.is_empty(), "a message fills its bytes");
        self.fault.map_or(Ok(()), Err)
    }
}

/// Reading stopped; the [`In`] knows why. Errors are large and rare, so they are not passed from hand to hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop;

/// Bytes to be read from front to back.
pub struct In<'a> {
    rest: &'a [u8],
    len: usize,
    fault: WireError,
}

impl<'a> In<'a> {
    /// Starts at the front of a whole message.
    #[inline]
    pub fn new(message: &'a [u8]) -> Self {
        let nothing = WireError { fault: Fault::Short, field: "", at: 0, value: 0, limit: 0 };
        In { rest: message, len: message.len(), fault: nothing }
    }

    /// The next bytes.
    ///
    /// # Errors
    /// [`Fault::BlockLength`] where there are not that many.
    #[inline(always)]
    pub fn bytes<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], Stop> {
        match self.rest.split_first_chunk::<N>() {
            Some((head, rest)) => {
                self.rest = rest;
                Ok(*head)
            }
            None => Err(self.stop(Fault::BlockLength, field, 0, self.rest.len() as i128, N as i128)),
        }
    }

    /// Passes over bytes that must be zero.
    ///
    /// # Errors
    /// [`Fault::NotZero`] where one is not, [`Fault::BlockLength`] where they are not there.
    #[inline(always)]
    pub fn zeros(&mut self, size: usize, field: &'static str) -> Result<(), Stop> {
        let Some((head, rest)) = self.rest.split_at_checked(size) else {
            return Err(self.stop(Fault::BlockLength, field, 0, self.rest.len() as i128, size as i128));
        };
        // All of them at once: stopping at the first would cost a branch for each.
        if head.iter().fold(0, |all, byte| all | byte) != 0 {
            let value = head.iter().find(|byte| **byte != 0).copied().unwrap_or(0);
            return Err(self.stop(Fault::NotZero, field, 0, i128::from(value), 0));
        }
        self.rest = rest;
        Ok(())
    }

    /// How many bytes are left.
    #[inline]
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// Stops with an error about the field that begins `back` bytes before here.
    #[cold]
    pub fn stop(&mut self, fault: Fault, field: &'static str, back: usize, value: i128, limit: i128) -> Stop {
        let at = self.len - self.rest.len() - back;
        self.fault = WireError { fault, field, at, value, limit };
        Stop
    }

    /// Why reading stopped.
    #[cold]
    pub fn error(&self) -> WireError {
        self.fault
    }
}

macro_rules! integers {
    ($($int:ty => $form:ident,)*) => { $(
        impl Field for $int {
            const SIZE: usize = size_of::<$int>();

            #[inline]
            fn put(&self, out: &mut Out<'_>) {
                out.bytes(self.to_be_bytes());
            }

            #[inline(always)]
            fn get(input: &mut In<'_>, name: &'static str, _present: bool) -> Result<Self, Stop> {
                Ok(<$int>::from_be_bytes(input.bytes(name)?))
            }

            fn describe(spec: &mut Spec, name: &'static str, doc: &'static str) {
                spec.row(name, Form::$form, doc);
            }
        }
    )* };
}

integers! { u8 => U8, u16 => U16, u32 => U32, u64 => U64, i32 => I32, i64 => I64, i128 => I128, }

macro_rules! newtypes {
    ($($type:ident($int:ty) => $form:ident,)*) => { $(
        impl Field for $type {
            const SIZE: usize = size_of::<$int>();

            #[inline]
            fn put(&self, out: &mut Out<'_>) {
                self.0.put(out);
            }

            #[inline(always)]
            fn get(input: &mut In<'_>, name: &'static str, present: bool) -> Result<Self, Stop> {
                Ok($type(<$int>::get(input, name, present)?))
            }

            fn describe(spec: &mut Spec, name: &'static str, doc: &'static str) {
                spec.row(name, Form::$form, doc);
            }
        }
    )* };
}

newtypes! {
    AccountId(u32) => U32, AssetId(u32) => U32, InstrumentId(u32) => U32, SessionId(u32) => U32, OperatorId(u32) => U32,
    OrderId(u64) => U64, TradeId(u64) => U64, PublicId(u64) => U64, GroupId(u64) => U64, FeeScheduleId(u16) => U16,
    Price(i64) => Price, Qty(i64) => Qty, Money(i128) => Money,
}

impl Field for bool {
    const SIZE: usize = 1;

    #[inline]
    fn put(&self, out: &mut Out<'_>) {
        u8::from(*self).put(out);
    }

    #[inline]
    fn get(input: &mut In<'_>, name: &'static str, _present: bool) -> Result<Self, Stop> {
        match input.bytes(name)? {
            [0] => Ok(false),
            [1] => Ok(true),
            [other] => Err(input.stop(Fault::UnknownCode, name, 1, i128::from(other), 1)),
        }
    }

    fn describe(spec: &mut Spec, name: &'static str, doc: &'static str) {
        spec.row(name, Form::Bool, doc);
    }
}

/// Bytes as they are: nonces and proofs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw<const N: usize>(pub [u8; N]);

impl<const N: usize> Field for Raw<N> {
    const SIZE: usize = N;

    fn put(&self, out: &mut Out<'_>) {
        out.bytes(self.0);
    }

    fn get(input: &mut In<'_>, name: &'static str, _present: bool) -> Result<Self, Stop> {
        input.bytes(name).map(Raw)
    }

    fn describe(spec: &mut Spec, name: &'static str, doc: &'static str) {
        spec.row(name, Form::Bytes(N), doc);
    }
}

impl<T: Field> Field for [T; 2] {
    const SIZE: usize = 2 * T::SIZE;

    fn put(&self, out: &mut Out<'_>) {
        self[0].put(out);
        self[1].put(out);
    }

    fn get(input: &mut In<'_>, name: &'static str, present: bool) -> Result<Self, Stop> {
        Ok([T::get(input, name, present)?, T::get(input, name, present)?])
    }

    fn describe(spec: &mut Spec, name: &'static str, doc: &'static str) {
        spec.nested(name, |spec| {
            T::describe(spec, "0", doc);
            T::describe(spec, "1", doc);
        });
    }
}

macro_rules! texts {
    ($($type:ident,)*) => { $(
        impl Field for $type {
            const SIZE: usize = $type::LEN_MAX;

            #[inline]
            fn put(&self, out: &mut Out<'_>) {
                if self.is_blank() {
                    out.refuse(Fault::NotText, "text", 0, $type::LEN_MAX as i128);
                }
                out.bytes(self.padded());
            }

            #[inline]
            fn get(input: &mut In<'_>, name: &'static str, _present: bool) -> Result<Self, Stop> {
                let bytes = input.bytes(name)?;
                match $type::from_padded(&bytes) {
                    Some(text) => Ok(text),
                    None => Err(bad_text(input, name, &bytes)),
                }
            }

            fn describe(spec: &mut Spec, name: &'static str, doc: &'static str) {
                spec.row(name, Form::Text($type::LEN_MAX), doc);
            }
        }
    )* };
}

texts! { ClOrdId, Symbol, }

/// Names the first byte that is neither printable nor padding.
#[cold]
fn bad_text(input: &mut In<'_>, name: &'static str, bytes: &[u8]) -> Stop {
    let len = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let bad = bytes[..len].iter().find(|byte| !byte.is_ascii_graphic());
    input.stop(Fault::NotText, name, bytes.len(), bad.map_or(0, |byte| i128::from(*byte)), 0x7E)
}

impl<T: Field> Field for Option<T> {
    const SIZE: usize = T::SIZE;
    const BITS: usize = 1;

    #[inline]
    fn is_present(&self) -> bool {
        self.is_some()
    }

    #[inline]
    fn put(&self, out: &mut Out<'_>) {
        match self {
            Some(value) => value.put(out),
            None => out.skip(T::SIZE),
        }
    }

    #[inline(always)]
    fn get(input: &mut In<'_>, name: &'static str, present: bool) -> Result<Self, Stop> {
        if present {
            return T::get(input, name, true).map(Some);
        }
        input.zeros(T::SIZE, name)?;
        Ok(None)
    }

    fn describe(spec: &mut Spec, name: &'static str, doc: &'static str) {
        T::describe(spec, name, doc);
    }
}

impl<T: Field> Field for Box<T> {
    const SIZE: usize = T::SIZE;

    fn tail(&self) -> usize {
        T::tail(self)
    }

    fn put(&self, out: &mut Out<'_>) {
        T::put(self, out);
    }

    fn get(input: &mut In<'_>, name: &'static str, present: bool) -> Result<Self, Stop> {
        T::get(input, name, present).map(Box::new)
    }

    fn describe(spec: &mut Spec, name: &'static str, doc: &'static str) {
        T::describe(spec, name, doc);
    }
}

/// Something that lists hold.
pub trait Entry: Field {
    /// Most entries of one list.
    const COUNT_MAX: usize;
}

/// Writes a list: a count, then the entries.
pub fn put_list<T: Entry>(entries: &[T], out: &mut Out<'_>) {
    if entries.len() > T::COUNT_MAX {
        out.refuse(Fault::TooMany, "count", entries.len() as i128, T::COUNT_MAX as i128);
        return;
    }
    u16::try_from(entries.len()).unwrap_or(u16::MAX).put(out);
    for entry in entries {
        entry.put(out);
    }
}

/// Reads a list, which ends its message.
pub fn get_list<T: Entry>(input: &mut In<'_>, name: &'static str) -> Result<Vec<T>, Stop> {
    let count = usize::from(u16::get(input, name, true)?);
    if count > T::COUNT_MAX {
        return Err(input.stop(Fault::TooMany, name, 2, count as i128, T::COUNT_MAX as i128));
    }
    if input.left() != count * T::SIZE {
        return Err(input.stop(Fault::BlockLength, name, 2, input.left() as i128, (count * T::SIZE) as i128));
    }
    let mut entries = Vec::with_capacity(count);
    for _ in 0..count {
        entries.push(T::get(input, name, true)?);
    }
    Ok(entries)
}

impl<T: Entry> Field for Vec<T> {
    const SIZE: usize = size_of::<u16>();

    fn tail(&self) -> usize {
        self.len().min(T::COUNT_MAX) * T::SIZE
    }

    fn put(&self, out: &mut Out<'_>) {
        put_list(self, out);
    }

    fn get(input: &mut In<'_>, name: &'static str, _present: bool) -> Result<Self, Stop> {
        get_list(input, name)
    }

    fn describe(spec: &mut Spec, name: &'static str, doc: &'static str) {
        spec.list::<T>(name, doc);
    }
}
