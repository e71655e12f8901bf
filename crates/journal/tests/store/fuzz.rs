//! Seeded mutations of whole stores and snapshots: whatever the bytes, an answer and never a panic.
//!
//! `FUZZ_SEED` and `FUZZ_CASES` set where the long runs begin and how many cases they try.

use journal::offline::verify;
use journal::{Journal, Position, Replay, SnapshotHeader, snapshot};

use crate::memory::{Loss, Memory};
use crate::support::{Memo, open, small, work};

/// The generator `SplitMix64`.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap()
    }
}

/// Takes what is left of a log, in whatever order its frames claim.
#[derive(Default)]
struct Anything(u64);

impl Replay for Anything {
    fn reset(&mut self) {
        self.0 = 0;
    }

    fn load(&mut self, _: &SnapshotHeader, _: &[u8]) -> Result<(), String> {
        Ok(())
    }

    fn apply(&mut self, _: &journal::Record<'_>) -> Result<(), String> {
        self.0 += 1;
        Ok(())
    }

    fn note(&mut self, _: journal::Note) -> Result<(), String> {
        Ok(())
    }
}

pub fn masked(bytes: &[u8]) -> [u8; 4] {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes()
}

/// Changes bytes as rot, a bad disk or a hostile hand would.
fn mutate(bytes: &mut Vec<u8>, rng: &mut Rng) {
    for _ in 0..=rng.below(3) {
        let (at, len) = (rng.below(bytes.len()), rng.below(64));
        let end = (at + len).min(bytes.len());
        match rng.below(8) {
            0 => bytes[at] ^= 1 << rng.below(8),
            1 => bytes[at..end].fill_with(|| u8::try_from(rng.next() & 255).unwrap()),
            2 => bytes[at..end].fill(if rng.below(2) == 0 { 0 } else { 255 }),
            3 => bytes.truncate(at.max(1)),
            4 => bytes.copy_within(at..end, rng.below(at + 1)),
            5 => {
                let extreme = [0, 1, 63, 64, 65, 0x7fff_ffff, u64::MAX, u64::MAX - 1][rng.below(8)];
                let at = at.min(bytes.len().saturating_sub(8));
                let end = (at + 8).min(bytes.len());
                bytes[at..end].copy_from_slice(&extreme.to_le_bytes()[..end - at]);
            }
            6 => mend_frame(bytes, rng),
            _ => mend_header(bytes),
        }
    }
}

/// Gives the block of a segment, or a whole small file, the checksum its bytes call for.
fn mend_header(bytes: &mut [u8]) {
    let end = bytes.len().min(4_096);
    if end > 4 {
        let crc = masked(&bytes[..end - 4]);
        bytes[end - 4..end].copy_from_slice(&crc);
    }
}

/// Changes a field of the header of some frame and gives it a checksum that fits.
fn mend_frame(bytes: &mut [u8], rng: &mut Rng) {
    let mut starts = Vec::new();
    let mut at = 4_096;
    while at + 64 <= bytes.len() {
        let len = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap()) as usize;
        if len < 64 || at + len > bytes.len() {
            break;
        }
        starts.push((at, len));
        at += len;
    }
    if let Some(&(at, len)) = starts.get(rng.below(starts.len())) {
        let field = 8 + rng.below(len - 8);
        bytes[at + field] = u8::try_from(rng.next() & 255).unwrap();
        let crc = masked(&bytes[at + 4..at + len]);
        bytes[at..at + 4].copy_from_slice(&crc);
    }
}

/// A store with a snapshot and a few segments.
fn store() -> Memory {
    let disk = Memory::default();
    let (mut journal, ..) = open(&disk).unwrap();
    work(&mut journal, 60, 4);
    let position = journal.written();
    let header = SnapshotHeader { store_id: journal.store_id(), semantic_version: 1, position, state_hash: 1 };
    snapshot::write(&disk, &header, &position.seq.to_le_bytes(), &None, &[], |_, _| Ok(1)).unwrap();
    work(&mut journal, 60, 4);
    journal.seal().unwrap();
    disk.after(Loss::All)
}

/// Opens and verifies mutated stores; returns how many opened and how many were refused.
fn fuzz_stores(seed: u64, cases: u64) -> [u64; 2] {
    let disk = store();
    let names: Vec<String> = disk.names().into_iter().filter(|name| !name.starts_with("spare-")).collect();
    let mut outcomes = [0; 2];
    for case in seed..seed + cases {
        let mut rng = Rng(case);
        let copy = disk.after(Loss::All);
        for _ in 0..=rng.below(2) {
            let name = &names[rng.below(names.len())];
            let mut bytes = copy.content(name);
            mutate(&mut bytes, &mut rng);
            copy.put(name, &bytes);
        }
        let verdict = verify(&copy, &None);
        let opened = Journal::open(copy.after(Loss::All), &small(), 1, &mut Anything::default());
        outcomes[usize::from(opened.is_err())] += 1;
        if let (Ok(report), Err(error)) = (&verdict, &opened) {
            assert!(report.exit_code() == 4, "seed {case}: verified {report:?} and refused: {error}");
        }
        if let Ok((mut journal, recovered)) = opened {
            assert_eq!(journal.append(1, 1, b"on").unwrap().seq, recovered.last_seq + 1, "seed {case}");
            journal.commit().unwrap();
        }
    }
    outcomes
}

/// Reads mutated snapshots, with and without a hash that fits; returns how many counted and how many did not.
fn fuzz_snapshots(seed: u64, cases: u64) -> [u64; 2] {
    let position = Position { seq: 7, chain: [3; 16] };
    let header = SnapshotHeader { store_id: [1; 16], semantic_version: 1, position, state_hash: 5 };
    let whole = snapshot::to_bytes(&header, &[9; 200], &None);
    let mut outcomes = [0; 2];
    for case in seed..seed + cases {
        let mut rng = Rng(case);
        let mut bytes = whole.clone();
        mutate(&mut bytes, &mut rng);
        if rng.below(2) == 0 && bytes.len() > 32 {
            let content = bytes.len() - 32;
            let hash = blake3::hash(&bytes[..content]);
            bytes[content..].copy_from_slice(hash.as_bytes());
        }
        let read = snapshot::read_bytes(&bytes, &None);
        outcomes[usize::from(read.is_err())] += 1;
        if let Ok((found, body)) = read {
            assert_eq!(snapshot::to_bytes(&found, body, &None), bytes, "seed {case}: nothing is made up");
        }
    }
    outcomes
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

#[test]
fn mutated_stores_never_panic() {
    let [opened, refused] = fuzz_stores(1, 1_500);

    assert!(opened > 50 && refused > 500, "opened {opened}, refused {refused}");
}

#[test]
fn mutated_snapshots_never_panic() {
    let [counted, refused] = fuzz_snapshots(1, 20_000);

    assert!(counted > 100 && refused > 5_000, "counted {counted}, refused {refused}");
}

#[test]
#[ignore = "minutes; `make soak` runs it"]
fn many_mutated_stores_never_panic() {
    let [opened, refused] = fuzz_stores(number("FUZZ_SEED", 1 << 32), number("FUZZ_CASES", 300_000));

    println!("journal fuzzer: opened {opened}, refused {refused}");
}

#[test]
#[ignore = "minutes; `make soak` runs it"]
fn many_mutated_snapshots_never_panic() {
    let [counted, refused] = fuzz_snapshots(number("FUZZ_SEED", 1 << 32), number("FUZZ_CASES", 300_000) * 20);

    println!("snapshot fuzzer: counted {counted}, refused {refused}");
}

/// What the fuzzer takes for granted.
#[test]
fn the_store_that_is_mutated_is_sound() {
    let mut memo = Memo::default();

    let (_, recovered) = Journal::open(store(), &small(), 1, &mut memo).unwrap();

    assert_eq!((recovered.snapshot_seq, recovered.replayed), (Some(60), 60));
}
