//! Values come back as they were, and bytes that are no values are refused.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Image, ImageError, Input};
use crate::{ClOrdId, Display, KillScope, Price, Qty, SessionId, Side, TickBand, TickTable, Trigger, TriggerKind};

fn saved<T: Image>(value: &T) -> Vec<u8> {
    let mut out = Vec::new();
    value.save(&mut out);
    assert!(out.len() >= T::MIN, "a value takes at least its fewest bytes");
    out
}

fn loaded<T: Image>(bytes: &[u8]) -> Result<T, ImageError> {
    let mut input = Input::new(bytes);
    let value = T::load(&mut input)?;
    input.end().map(|()| value)
}

fn comes_back<T: Image + PartialEq + std::fmt::Debug>(value: &T) {
    let bytes = saved(value);
    assert_eq!(loaded::<T>(&bytes).as_ref(), Ok(value));
    for len in 0..bytes.len() {
        assert!(loaded::<T>(&bytes[..len]).is_err(), "cut to {len} of {} bytes: {value:?}", bytes.len());
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(loaded::<T>(&longer).is_err(), "a byte follows: {value:?}");
}

#[test]
fn values_come_back_and_nothing_shorter_or_longer_is_taken() {
    comes_back(&(u8::MAX, u16::MAX, u32::MAX));
    comes_back(&(i64::MIN, i128::MIN, i32::MIN));
    comes_back(&(true, usize::MAX, [Some(Side::Sell), None]));
    comes_back(&VecDeque::from([1_u64, 2, 3]));
    comes_back(&BTreeMap::from([(1_u32, Price(-1)), (2, Price(5))]));
    comes_back(&BTreeSet::from([KillScope::All, KillScope::Session(SessionId(9))]));
    comes_back(&Display::Iceberg { display_qty: Qty(5), threshold: Qty(1), variance_bps: 10_000 });
    comes_back(&Trigger { step: Some(Price(7)), ..Trigger::at(TriggerKind::IfTouched, Price(-3)) });
    comes_back(&ClOrdId::new(&"z".repeat(36)).unwrap());
    comes_back(
        &TickTable::new(vec![TickBand { from: Price(0), tick: 3 }, TickBand { from: Price(10), tick: 5 }]).unwrap(),
    );
}

#[test]
fn numbers_are_little_endian_and_of_fixed_width() {
    assert_eq!(saved(&0x0102_0304_u32), [4, 3, 2, 1]);
    assert_eq!(saved(&Price(-2)), [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
    assert_eq!(saved(&vec![Side::Sell]), [1, 0, 0, 0, 0, 0, 0, 0, 1]);
}

#[test]
fn words_that_do_not_exist_are_refused() {
    assert!(loaded::<Side>(&[2]).is_err());
    assert!(loaded::<bool>(&[2]).is_err());
    assert!(loaded::<Option<Side>>(&[2, 0]).is_err());
    assert!(loaded::<crate::RejectReason>(&[0, 0]).is_err());
    assert!(loaded::<ClOrdId>(&[0]).is_err());
    assert!(loaded::<ClOrdId>(&[1, b' ']).is_err());
    assert!(loaded::<TickTable>(&[0; 8]).is_err());
}

#[test]
fn a_list_is_not_believed_to_be_longer_than_what_is_left() {
    let mut bytes = saved(&vec![1_u64, 2, 3]);
    for len in [4, 1 << 40, u64::MAX] {
        bytes[..8].copy_from_slice(&len.to_le_bytes());
        assert!(loaded::<Vec<u64>>(&bytes).is_err(), "len={len}");
    }
}

#[test]
fn keys_out_of_order_and_twice_are_refused() {
    let bytes = |keys: &[u32]| saved(&keys.to_vec());

    assert_eq!(loaded(&bytes(&[3, 4])), Ok(BTreeSet::from([3_u32, 4])));
    assert!(loaded::<BTreeSet<u32>>(&bytes(&[4, 3])).is_err());
    assert!(loaded::<BTreeSet<u32>>(&bytes(&[3, 3])).is_err());
}

#[test]
fn a_layout_depends_on_names_types_and_order() {
    use super::layout;
    let one = layout("A", &[("x", 1), ("y", 2)]);

    assert_ne!(one, layout("B", &[("x", 1), ("y", 2)]));
    assert_ne!(one, layout("A", &[("y", 2), ("x", 1)]));
    assert_ne!(one, layout("A", &[("x", 1), ("z", 2)]));
    assert_ne!(one, layout("A", &[("x", 1), ("y", 3)]));
    assert_ne!(<Vec<u32>>::LAYOUT, <Vec<i64>>::LAYOUT);
}

#[test]
fn an_error_says_what_to_do() {
    let damaged = loaded::<u32>(&[1, 2]).unwrap_err().to_string();
    assert_eq!(damaged, "state image is damaged: ends too early: at=0; use an older snapshot or replay the log");
    let version = ImageError::Version { found: (1, 2), expected: (1, 3) }.to_string();
    assert!(version.contains("replay the log"), "{version}");
}
