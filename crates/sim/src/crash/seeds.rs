//! One seed, split: each component draws from a stream of its own, so that one more draw in one of them leaves the
//! others as they were.

use model::Digest;

use crate::generate::Draw;

/// Who draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Part {
    /// The character of the run.
    Options = 1,
    /// The disk while a process runs.
    Disk = 2,
    /// What a power cut leaves.
    PowerCut = 3,
    /// When and how processes end.
    Crashes = 4,
    /// Damage of files at rest.
    Damage = 5,
    /// The network.
    Net = 6,
    /// Clients: pauses, choices, crashes.
    Clients = 7,
    /// Which of two events of the same time comes first.
    Ties = 8,
    /// The wall clock.
    Clock = 9,
    /// What clients ask for.
    Work = 10,
    /// The shadow's pauses.
    Shadow = 11,
}

/// The seed of a part.
pub fn seed_of(seed: u64, part: Part) -> u64 {
    let mut digest = Digest::new();
    digest.write_u64(seed);
    digest.write_u64(part as u64);
    digest.finish()
}

/// The stream of a part.
pub fn stream(seed: u64, part: Part) -> Draw {
    Draw::new(seed_of(seed, part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_of_one_seed_differ_and_repeat() {
        let first = |part| stream(7, part).bits();

        assert_eq!(first(Part::Disk), first(Part::Disk));
        assert_ne!(first(Part::Disk), first(Part::Net));
        assert_ne!(stream(8, Part::Disk).bits(), first(Part::Disk));
    }
}
