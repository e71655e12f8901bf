//! Random valid messages, written from the specification alone: what tests, fuzzers and golden files are made of.
//!
//! Nothing of the code that writes and reads messages is used, so that each checks the other.

use crate::header::{HEADER_SIZE, VERSION};
use crate::kind::Kind;
use crate::spec::{Form, Row, Spec, When};
use model::SplitMix64;

/// A random valid message of a kind: every code, presence bit and length it may have, and numbers of all sizes.
pub fn message(kind: Kind, rng: &mut SplitMix64) -> Vec<u8> {
    let spec = kind.spec();
    let mut bytes = vec![0; HEADER_SIZE];
    block(&spec.rows, rng, &mut bytes);
    if !spec.entry.is_empty() {
        let count = entries(&spec, kind, rng, &mut bytes);
        let at = HEADER_SIZE + spec.size() - Form::Count.size();
        bytes[at..at + 2].copy_from_slice(&count.to_be_bytes());
    }
    let block_len = u16::try_from(bytes.len() - HEADER_SIZE).unwrap_or(u16::MAX);
    bytes[..2].copy_from_slice(&[kind.code(), VERSION]);
    bytes[2..4].copy_from_slice(&block_len.to_be_bytes());
    fill(&mut bytes[4..8], rng);
    fill(&mut bytes[8..16], rng);
    bytes
}

/// Appends the fields of a block.
fn block(rows: &[Row], rng: &mut SplitMix64, bytes: &mut Vec<u8>) {
    let start = bytes.len();
    for row in rows {
        let at = start + row.offset;
        bytes.resize(at + row.form.size(), 0);
        if counts(row, rows, &bytes[start..]) {
            value(row, rows, rng, &mut bytes[at..]);
        }
    }
}

/// Whether a field counts, given the fields before it.
fn counts(row: &Row, rows: &[Row], block: &[u8]) -> bool {
    match &row.when {
        When::Always => true,
        When::Bit { mask, bit } => {
            let mask = &rows[*mask];
            let bytes = &block[mask.offset..mask.offset + mask.form.size()];
            let set = bytes.iter().fold(0_u32, |set, byte| set << 8 | u32::from(*byte));
            set >> bit & 1 == 1
        }
        When::Code { row, values } => values.contains(&block[rows[*row].offset]),
    }
}

/// How many bits of a mask have a meaning.
fn bits(row: &Row, rows: &[Row]) -> u32 {
    let index = rows.iter().position(|other| other == row);
    let used = rows.iter().filter_map(|other| match other.when {
        When::Bit { mask, bit } if Some(mask) == index => Some(bit + 1),
        When::Always | When::Bit { .. } | When::Code { .. } => None,
    });
    used.max().unwrap_or(0)
}

fn value(row: &Row, rows: &[Row], rng: &mut SplitMix64, bytes: &mut [u8]) {
    match row.form {
        Form::Bool => bytes[0] = u8::from(rng.below(2) == 1),
        Form::Code => bytes[0] = code(row, rng).to_be_bytes()[1],
        Form::WideCode => bytes.copy_from_slice(&code(row, rng).to_be_bytes()),
        Form::Mask(size) => {
            let mask = rng.next_u64() & ((1 << bits(row, rows)) - 1);
            bytes.copy_from_slice(&mask.to_be_bytes()[8 - size..]);
        }
        Form::Text(max) => {
            let len = 1 + index(max, rng);
            bytes[..len].fill_with(|| 0x21 + rng.below(0x5E).to_be_bytes()[7]);
        }
        Form::Count => {}
        Form::U8
        | Form::U16
        | Form::U32
        | Form::U64
        | Form::I32
        | Form::I64
        | Form::I128
        | Form::Price
        | Form::Qty
        | Form::Money
        | Form::Bytes(_) => fill(bytes, rng),
    }
}

fn code(row: &Row, rng: &mut SplitMix64) -> u16 {
    row.codes.as_ref().map_or(0, |codes| codes.values[index(codes.values.len(), rng)].0)
}

/// A number below `len`.
fn index(len: usize, rng: &mut SplitMix64) -> usize {
    usize::try_from(rng.below(len as u64)).unwrap_or(0)
}

/// A number of any size: zero, small, with its highest bits set, the smallest, the largest, anything.
fn fill(bytes: &mut [u8], rng: &mut SplitMix64) {
    let last = bytes.len() - 1;
    match rng.below(6) {
        0 => bytes.fill(0),
        1 => bytes[last] = rng.below(256).to_be_bytes()[7],
        2 => bytes.fill(0xFF),
        3 => bytes[0] = 0x80,
        4 => {
            bytes.fill(0xFF);
            bytes[0] = 0x7F;
        }
        _ => bytes.fill_with(|| rng.below(256).to_be_bytes()[7]),
    }
}

/// Appends the entries of a list and returns how many there are.
fn entries(spec: &Spec, kind: Kind, rng: &mut SplitMix64, bytes: &mut Vec<u8>) -> u16 {
    let is_grid = matches!(kind, Kind::ListInstrument | Kind::SetTicks | Kind::SecurityDefinition);
    let few = rng.below(8);
    let max = spec.entries_max as u64;
    let count = if rng.below(50) == 0 { max } else { few.min(max) }.max(u64::from(is_grid));
    for number in 0..count {
        if is_grid {
            // Bands have to ascend and to begin on their own grid.
            let tick = 1_i64 << rng.below(10);
            let from = i64::try_from(number).unwrap_or(0) * 1_024 - 4_096;
            bytes.extend_from_slice(&from.to_be_bytes());
            bytes.extend_from_slice(&tick.to_be_bytes());
        } else {
            block(&spec.entry, rng, bytes);
        }
    }
    u16::try_from(count).unwrap_or(u16::MAX)
}
