//! JSON by `serde_json` and `MessagePack` by `rmp-serde` (structs as arrays, its most compact form).

use super::Codec;
use super::mirror::{Order, Report};
use serde::{Deserialize, Serialize};
use std::hint::black_box;

/// A message that both can read with its texts borrowed from the bytes.
pub trait Mirror: Serialize + 'static {
    /// The same with a shorter life.
    type Borrowed<'a>: Deserialize<'a>;

    /// Whether it is what was read.
    fn is(&self, read: &Self::Borrowed<'_>) -> bool;
}

impl Mirror for Order<'static> {
    type Borrowed<'a> = Order<'a>;

    fn is(&self, read: &Order<'_>) -> bool {
        self == read
    }
}

impl Mirror for Report<'static> {
    type Borrowed<'a> = Report<'a>;

    fn is(&self, read: &Report<'_>) -> bool {
        self == read
    }
}

/// JSON objects.
pub struct Json<T>(pub Vec<T>);

impl<T: Mirror> Codec for Json<T> {
    fn encode(&self, index: usize, out: &mut Vec<u8>) {
        serde_json::to_writer(out, &self.0[index]).expect("a vector takes all bytes");
    }

    fn decode(&self, bytes: &[u8]) -> bool {
        black_box(serde_json::from_slice::<T::Borrowed<'_>>(bytes)).is_ok()
    }

    fn is_message(&self, index: usize, bytes: &[u8]) -> bool {
        serde_json::from_slice::<T::Borrowed<'_>>(bytes).is_ok_and(|read| self.0[index].is(&read))
    }
}

/// `MessagePack` arrays.
pub struct MessagePack<T>(pub Vec<T>);

impl<T: Mirror> Codec for MessagePack<T> {
    fn encode(&self, index: usize, out: &mut Vec<u8>) {
        rmp_serde::encode::write(out, &self.0[index]).expect("a vector takes all bytes");
    }

    fn decode(&self, bytes: &[u8]) -> bool {
        black_box(rmp_serde::from_slice::<T::Borrowed<'_>>(bytes)).is_ok()
    }

    fn is_message(&self, index: usize, bytes: &[u8]) -> bool {
        rmp_serde::from_slice::<T::Borrowed<'_>>(bytes).is_ok_and(|read| self.0[index].is(&read))
    }
}
