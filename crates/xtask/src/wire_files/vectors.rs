//! Messages that the code here and in other languages must read alike, and bytes that both must refuse.

use std::fmt::Write;

use model::SplitMix64;
use wire::{Fault, Kind, Message, sample};

/// Of each kind so many.
const VALID: u64 = 6;
/// Of each kind, so many tries at breaking one.
const BREAKS: u64 = 40;
/// Of each kind, so many refusals of one sort.
const REFUSALS_MAX: usize = 2;
/// Longer ones are left out.
const LEN_MAX: usize = 2_000;

/// Lines of `KIND HEX`.
pub fn valid() -> String {
    let mut out = String::from("# Messages of every kind: KIND HEX. Reading and writing again gives the same bytes.\n");
    for kind in Kind::ALL {
        for bytes in samples(*kind) {
            let _ = writeln!(out, "{} {}", kind.name(), hex(&bytes));
        }
    }
    out
}

/// Lines of `KIND FAULT FIELD AT VALUE HEX`.
pub fn invalid() -> String {
    let mut out = String::from("# Bytes that are no message: KIND FAULT FIELD AT VALUE HEX.\n");
    for kind in Kind::ALL {
        let mut seen: Vec<Fault> = Vec::new();
        let whole: Vec<Vec<u8>> = samples(*kind).collect();
        for seed in 0..BREAKS {
            let mut rng = SplitMix64::new(seed * 256 + u64::from(kind.code()));
            let broken = damage(&whole[usize::try_from(seed % VALID).unwrap_or(0)], &mut rng);
            let Err(error) = Message::decode(&broken) else { continue };
            if seen.iter().filter(|fault| **fault == error.fault).count() >= REFUSALS_MAX {
                continue;
            }
            seen.push(error.fault);
            let (fault, field, at, value) = (error.fault, error.field, error.at, error.value);
            let _ = writeln!(out, "{} {fault:?} {field} {at} {value} {}", kind.name(), hex(&broken));
        }
    }
    out
}

fn samples(kind: Kind) -> impl Iterator<Item = Vec<u8>> {
    let any = (0..).map(move |seed| sample::message(kind, &mut SplitMix64::new(seed * 256 + u64::from(kind.code()))));
    any.filter(|bytes| bytes.len() <= LEN_MAX).take(usize::try_from(VALID).unwrap_or(0))
}

/// One byte changed, or bytes cut off or added, with a header that says so or does not.
fn damage(bytes: &[u8], rng: &mut SplitMix64) -> Vec<u8> {
    let mut broken = bytes.to_vec();
    let at = usize::try_from(rng.below(bytes.len() as u64)).unwrap_or(0);
    match rng.below(8) {
        0 => broken.truncate(at),
        1 => broken.extend_from_slice(&[0; 3]),
        _ => broken[at] ^= rng.below(255).to_be_bytes()[7] + 1,
    }
    if broken.len() >= 16 && rng.below(2) == 0 {
        let len = u16::try_from(broken.len() - 16).unwrap_or(u16::MAX);
        broken[2..4].copy_from_slice(&len.to_be_bytes());
    }
    broken
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    if out.is_empty() { "-".to_owned() } else { out }
}
