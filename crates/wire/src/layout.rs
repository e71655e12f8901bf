//! The table macro: a block is declared once; writing, reading, its size and its specification follow from it.

use crate::error::Fault;
use crate::field::{Field, In, Out, Stop};

/// Bytes of the presence mask of a block with so many optional fields.
pub const fn mask_size(optional: usize) -> usize {
    optional.div_ceil(8)
}

/// Writes a presence mask, lowest bit for the first optional field.
#[inline]
pub fn put_mask(mask: u16, optional: usize, out: &mut Out<'_>) {
    let [high, low] = mask.to_be_bytes();
    match mask_size(optional) {
        0 => {}
        1 => out.bytes([low]),
        _ => out.bytes([high, low]),
    }
}

/// Reads a presence mask, whose spare bits must be zero.
#[inline]
pub fn get_mask(optional: usize, input: &mut In<'_>) -> Result<u16, Stop> {
    let mask = match mask_size(optional) {
        0 => 0,
        1 => u16::from(u8::get(input, "present", true)?),
        _ => u16::get(input, "present", true)?,
    };
    if u32::from(mask) >> optional == 0 {
        return Ok(mask);
    }
    let limit = (1_i128 << optional) - 1;
    Err(input.stop(Fault::NotZero, "present", mask_size(optional), i128::from(mask), limit))
}

/// Reads a field, whose presence is the lowest bit of the mask where it is optional.
#[inline(always)]
#[allow(clippy::inline_always, reason = "a block is read as one run of straight code, without calls")]
pub fn get_field<T: Field>(input: &mut In<'_>, mask: &mut u16, name: &'static str) -> Result<T, Stop> {
    let mut present = true;
    if T::BITS == 1 {
        present = *mask & 1 == 1;
        *mask >>= 1;
    }
    T::get(input, name, present)
}

/// Makes an existing type a block: a presence mask where fields are optional, then the fields in the order given.
macro_rules! layout {
    ($type:ty { $($(#[doc = $doc:literal])* $field:ident: $form:ty,)* }) => {
        impl $crate::field::Field for $type {
            const SIZE: usize = Self::MASK_SIZE $(+ <$form as $crate::field::Field>::SIZE)*;
            const MASK_SIZE: usize = $crate::layout::mask_size(0 $(+ <$form as $crate::field::Field>::BITS)*);

            #[inline]
            fn tail(&self) -> usize {
                0 $(+ $crate::field::Field::tail(&self.$field))*
            }

            #[inline]
            #[allow(unused_assignments, unused_mut, reason = "blocks without optional fields have no mask")]
            fn put(&self, out: &mut $crate::field::Out<'_>) {
                let (mut mask, mut bit) = (0_u16, 0_usize);
                $(
                    if <$form as $crate::field::Field>::BITS == 1 {
                        mask |= u16::from($crate::field::Field::is_present(&self.$field)) << bit;
                        bit += 1;
                    }
                )*
                $crate::layout::put_mask(mask, bit, out);
                $($crate::field::Field::put(&self.$field, out);)*
            }

            #[inline]
            #[allow(unused_mut, unused_variables, reason = "blocks without optional fields have no mask")]
            fn get(
                input: &mut $crate::field::In<'_>,
                _name: &'static str,
                _present: bool,
            ) -> Result<Self, $crate::field::Stop> {
                let optional = 0 $(+ <$form as $crate::field::Field>::BITS)*;
                let mut mask = $crate::layout::get_mask(optional, input)?;
                Ok(Self { $($field: $crate::layout::get_field::<$form>(input, &mut mask, stringify!($field))?,)* })
            }

            #[allow(unused_assignments, unused_mut, unused_variables, reason = "as above")]
            fn describe(spec: &mut $crate::spec::Spec, name: &'static str, _doc: &'static str) {
                spec.nested(name, |spec| {
                    let optional = 0 $(+ <$form as $crate::field::Field>::BITS)*;
                    let mask = spec.rows.len();
                    if optional > 0 {
                        let size = $crate::layout::mask_size(optional);
                        spec.row("present", $crate::spec::Form::Mask(size), "Which optional fields are there.");
                    }
                    let mut bit = 0;
                    $(
                        let doc = concat!($($doc),*).trim_ascii_start();
                        if <$form as $crate::field::Field>::BITS == 1 {
                            spec.only($crate::spec::When::Bit { mask, bit }, |spec| {
                                <$form as $crate::field::Field>::describe(spec, stringify!($field), doc);
                            });
                            bit += 1;
                        } else {
                            <$form as $crate::field::Field>::describe(spec, stringify!($field), doc);
                        }
                    )*
                });
            }
        }
    };
}

/// Declares a struct together with its layout.
macro_rules! block {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[doc = $doc:literal])* $field:ident: $form:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        $vis struct $name {
            $($(#[doc = $doc])* pub $field: $form,)*
        }

        $crate::layout::layout! { $name { $($(#[doc = $doc])* $field: $form,)* } }
    };
}

pub(crate) use {block, layout};
