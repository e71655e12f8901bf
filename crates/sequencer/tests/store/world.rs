//! A sequencer on a disk in memory, with the small market of `world_commands.rs`.

use journal::{Mode, Options as JournalOptions};
use model::EventKind;
use sequencer::{Options, Recovered, Released, Sequencer};

use crate::memory::Memory;
pub use crate::world_commands::{cancel, cancel_everything, market, order, order_with};

pub const SECOND: i64 = 1_000_000_000;
pub const DAY: i64 = 86_400 * SECOND;
/// When every test begins.
pub const START: i64 = 1_700_000_000 * SECOND;

/// Small segments and frequent hashes, so that tests meet their edges.
pub fn options() -> Options {
    Options {
        journal: JournalOptions {
            segment_bytes: 16_384,
            mode: Mode::Group { max_us: 0, max_n: 64 },
            ..Default::default()
        },
        queue_max: 256,
        reserve_max: 8,
        hash_every: 10,
        snapshot_every: 0,
        check_every: 1,
        ..Options::default()
    }
}

pub fn open_with(disk: &Memory, options: Options, now_ns: i64) -> (Sequencer<Memory>, Recovered) {
    Sequencer::open(disk.clone(), options, now_ns).expect("a sound directory opens")
}

pub fn open(disk: &Memory) -> (Sequencer<Memory>, Recovered) {
    open_with(disk, options(), START)
}

/// Makes the market and releases it.
pub fn set_up(sequencer: &mut Sequencer<Memory>, now_ns: i64) {
    for command in market() {
        sequencer.submit(0, &command).expect("room");
    }
    drain(sequencer, now_ns, |released| {
        let refused = |kind: &EventKind| matches!(kind, EventKind::CommandRejected { .. });
        assert!(!released.events().iter().any(|event| refused(&event.kind)), "{:?}", released.events());
    });
}

/// Steps until nothing waits.
pub fn drain(sequencer: &mut Sequencer<Memory>, now_ns: i64, mut each: impl FnMut(&Released<'_>)) {
    while sequencer.waiting() > 0 {
        each(&sequencer.step(now_ns).expect("a sound disk"));
    }
}

/// The origins released by one command each, and whether its order was accepted.
pub fn accepted(released: &Released<'_>) -> Vec<(u64, bool)> {
    let is_accepted = |kind: &EventKind| matches!(kind, EventKind::OrderAccepted(_));
    released.iter().map(|one| (one.origin, one.events.iter().any(|event| is_accepted(&event.kind)))).collect()
}
