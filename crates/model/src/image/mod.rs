//! State as bytes and back: an image of a value that behaves as the value did, for snapshots (S-141).
//!
//! Everything is little-endian and of fixed width; lists say how many they hold, options and enums which they are. Every
//! field of a type stands in one [`image!`](crate::image!) line, which does not compile when the type gains a field that
//! the line does not name. What names, types and order make of it is folded into [`Image::LAYOUT`], so that bytes
//! written by another layout are told apart from damaged ones.
//!
//! Invariants:
//! 1. `load(save(x))` is `x` as far as anything can tell, and `save` of it is the same bytes.
//! 2. `load` never panics and never takes memory for more items than the bytes at hand could hold.

mod containers;
mod words;

use core::fmt;

/// A value that can be written as bytes and read back.
pub trait Image: Sized {
    /// Fewest bytes a value takes, at least 1: no more values are believed than would fit what is left.
    const MIN: usize;
    /// A number that differs where names, types or order of what is written differ.
    const LAYOUT: u64;

    /// Appends the value.
    fn save(&self, out: &mut Vec<u8>);

    /// Reads a value and what it consists of.
    ///
    /// # Errors
    /// [`ImageError::Damaged`] where the bytes are not those of a value.
    fn load(input: &mut Input<'_>) -> Result<Self, ImageError>;
}

/// Why bytes are no image this program can load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageError {
    /// They do not begin like a state image.
    Foreign,
    /// Another version of the program wrote them.
    Version {
        /// Version and layout of the image.
        found: (u32, u64),
        /// Those of this program.
        expected: (u32, u64),
    },
    /// They contradict themselves or end too early.
    Damaged {
        /// The byte before which it was noticed, from 0.
        at: usize,
        /// What is wrong there.
        what: &'static str,
    },
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ImageError::Foreign => write!(f, "not a state image: its first bytes are others; replay the log instead"),
            ImageError::Version { found, expected } => write!(
                f,
                "state image of another version: found={}/{:016x} expected={}/{:016x}; replay the log instead, or load it with the version that wrote it",
                found.0, found.1, expected.0, expected.1
            ),
            ImageError::Damaged { at, what } => {
                write!(f, "state image is damaged: {what}: at={at}; use an older snapshot or replay the log")
            }
        }
    }
}

impl std::error::Error for ImageError {}

/// The bytes of an image that are still to be read.
#[derive(Debug)]
pub struct Input<'a> {
    rest: &'a [u8],
    size: usize,
}

impl<'a> Input<'a> {
    /// All of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Input { rest: bytes, size: bytes.len() }
    }

    /// Bytes not read yet.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// The next `N` bytes.
    ///
    /// # Errors
    /// Where there are fewer.
    #[inline]
    pub fn take<const N: usize>(&mut self) -> Result<[u8; N], ImageError> {
        let Some((head, rest)) = self.rest.split_first_chunk::<N>() else {
            return Err(self.damaged("ends too early"));
        };
        self.rest = rest;
        Ok(*head)
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    /// Where there are fewer.
    pub fn slice(&mut self, count: usize) -> Result<&'a [u8], ImageError> {
        let Some((head, rest)) = self.rest.split_at_checked(count) else {
            return Err(self.damaged("ends too early"));
        };
        self.rest = rest;
        Ok(head)
    }

    /// How many values follow, each of at least `min` bytes.
    ///
    /// # Errors
    /// Where so many cannot follow.
    pub fn count(&mut self, min: usize) -> Result<usize, ImageError> {
        let count = usize::load(self)?;
        self.ensure(count <= self.rest.len() / min.max(1), "a list longer than what is left")?;
        Ok(count)
    }

    /// The error that something is wrong here.
    #[cold]
    pub fn damaged(&self, what: &'static str) -> ImageError {
        ImageError::Damaged { at: self.size - self.rest.len(), what }
    }

    /// Fails with `what` unless the condition holds.
    ///
    /// # Errors
    /// Where it does not.
    #[inline]
    pub fn ensure(&self, holds: bool, what: &'static str) -> Result<(), ImageError> {
        if holds { Ok(()) } else { Err(self.damaged(what)) }
    }

    /// Fails where something is left.
    ///
    /// # Errors
    /// Where it is.
    pub fn end(&self) -> Result<(), ImageError> {
        self.ensure(self.rest.is_empty(), "something follows its end")
    }
}

/// Folds a type's name and what it consists of into one number.
pub const fn layout(name: &str, parts: &[(&str, u64)]) -> u64 {
    let mut sum = mix(0xCBF2_9CE4_8422_2325, name);
    let mut at = 0;
    while at < parts.len() {
        sum = mix(sum, parts[at].0);
        sum = (sum ^ parts[at].1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
        at += 1;
    }
    sum
}

/// FNV-1a over a text and its end.
const fn mix(sum: u64, text: &str) -> u64 {
    let (bytes, mut sum, mut at) = (text.as_bytes(), sum, 0);
    while at < bytes.len() {
        sum = (sum ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01B3);
        at += 1;
    }
    (sum ^ 0x100).wrapping_mul(0x0100_0000_01B3)
}

/// Makes an [`Image`](crate::image::Image) of a struct, a newtype or an enum, out of all its parts.
///
/// `image!(Name { field: Type, ... })`, `image!(Name(Type))` and
/// `image!(enum Name { Plain = 0, One(x: Type) = 1, Many { field: Type, ... } = 2 })`, where the numbers are those in the
/// bytes. A field or variant that is left out does not compile.
#[macro_export]
macro_rules! image {
    ($name:ident { $($field:ident: $kind:ty),+ $(,)? }) => {
        impl $crate::image::Image for $name {
            const MIN: usize = 0 $(+ <$kind as $crate::image::Image>::MIN)+;
            const LAYOUT: u64 = $crate::image::layout(
                stringify!($name),
                &[$((stringify!($field), <$kind as $crate::image::Image>::LAYOUT)),+],
            );

            #[inline]
            fn save(&self, out: &mut Vec<u8>) {
                let Self { $($field),+ } = self;
                $($crate::image::Image::save($field, out);)+
            }

            #[inline]
            fn load(input: &mut $crate::image::Input<'_>) -> Result<Self, $crate::image::ImageError> {
                Ok(Self { $($field: <$kind as $crate::image::Image>::load(input)?),+ })
            }
        }
    };
    ($name:ident($kind:ty)) => {
        impl $crate::image::Image for $name {
            const MIN: usize = <$kind as $crate::image::Image>::MIN;
            const LAYOUT: u64 = $crate::image::layout(stringify!($name), &[("", <$kind as $crate::image::Image>::LAYOUT)]);

            #[inline]
            fn save(&self, out: &mut Vec<u8>) {
                let Self(value) = self;
                $crate::image::Image::save(value, out);
            }

            #[inline]
            fn load(input: &mut $crate::image::Input<'_>) -> Result<Self, $crate::image::ImageError> {
                Ok(Self(<$kind as $crate::image::Image>::load(input)?))
            }
        }
    };
    (enum $name:ident {
        $($variant:ident $(($one:ident: $one_kind:ty))? $({ $($field:ident: $kind:ty),+ $(,)? })? = $code:literal),+ $(,)?
    }) => {
        impl $crate::image::Image for $name {
            const MIN: usize = 1;
            const LAYOUT: u64 = $crate::image::layout(
                stringify!($name),
                &[$(
                    (stringify!($variant), $code),
                    $(("", <$one_kind as $crate::image::Image>::LAYOUT),)?
                    $($((stringify!($field), <$kind as $crate::image::Image>::LAYOUT),)+)?
                )+],
            );

            #[inline]
            fn save(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant $(($one))? $({ $($field),+ })? => {
                        out.push($code);
                        $($crate::image::Image::save($one, out);)?
                        $($($crate::image::Image::save($field, out);)+)?
                    })+
                }
            }

            #[inline]
            fn load(input: &mut $crate::image::Input<'_>) -> Result<Self, $crate::image::ImageError> {
                match <u8 as $crate::image::Image>::load(input)? {
                    $($code => Ok(Self::$variant
                        $((<$one_kind as $crate::image::Image>::load(input)?))?
                        $({ $($field: <$kind as $crate::image::Image>::load(input)?),+ })?
                    ),)+
                    _ => Err(input.damaged(concat!("no ", stringify!($name)))),
                }
            }
        }
    };
}

#[cfg(test)]
mod tests;
