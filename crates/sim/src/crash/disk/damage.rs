//! Damage of files at rest, between two processes.

use super::file::SECTOR;
use super::platter::Platter;
use crate::crash::faults::Fault;
use crate::generate::Draw;

/// What is done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// One bit is the other way round.
    Flip,
    /// A sector holds zeros.
    Zero,
    /// Two sectors have changed places.
    Swap,
    /// A sector is a copy of another.
    Copy,
    /// The file ends early.
    Cut,
    /// The file has more behind its end.
    Garbage,
    /// The file is gone.
    Delete,
    /// The file is empty.
    Empty,
}

impl Damage {
    /// Every kind.
    pub const ALL: &[Damage] = &[
        Damage::Flip,
        Damage::Zero,
        Damage::Swap,
        Damage::Copy,
        Damage::Cut,
        Damage::Garbage,
        Damage::Delete,
        Damage::Empty,
    ];

    /// As the totals count it.
    pub fn fault(self) -> Fault {
        match self {
            Damage::Flip => Fault::BitFlip,
            Damage::Zero => Fault::ZeroedSector,
            Damage::Swap => Fault::SwappedSectors,
            Damage::Copy => Fault::CopiedSector,
            Damage::Cut => Fault::CutFile,
            Damage::Garbage => Fault::GarbageTail,
            Damage::Delete => Fault::DeletedFile,
            Damage::Empty => Fault::EmptiedFile,
        }
    }
}

/// What was done to which bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The kind of damage.
    pub damage: Damage,
    /// The file.
    pub name: String,
    /// The first byte that may have changed.
    pub from: usize,
    /// The byte behind the last one that may have changed.
    pub to: usize,
}

/// Damages one file.
pub struct Vandal<'a> {
    /// The disk.
    pub platter: &'a mut Platter,
    /// The choices.
    pub draw: &'a mut Draw,
}

impl Vandal<'_> {
    /// Damages bytes of a file from `low` on. Gives what it did; nothing where the file is too short for it or where
    /// the damage changed nothing.
    pub fn inflict(&mut self, damage: Damage, name: &str, low: usize, high: usize) -> Option<Hit> {
        let before = self.platter.file_mut(name)?.bytes().to_vec();
        let high = high.min(before.len());
        if low >= high {
            return None;
        }
        let at = low + self.draw.index(high - low);
        let mut after = before.clone();
        let (from, to) = self.change(damage, &mut after, at, high)?;
        if after == before && damage != Damage::Delete {
            return None;
        }
        if damage == Damage::Delete {
            self.platter.lose(name);
        } else {
            self.platter.file_mut(name)?.damage(|bytes| *bytes = after);
        }
        self.platter.counts.see(damage.fault());
        Some(Hit { damage, name: name.to_owned(), from, to })
    }

    fn change(&mut self, damage: Damage, bytes: &mut Vec<u8>, at: usize, high: usize) -> Option<(usize, usize)> {
        let start = at / SECTOR * SECTOR;
        let end = (start + SECTOR).min(bytes.len());
        let other = self.draw.index(high.div_ceil(SECTOR)) * SECTOR;
        let other_end = other + (end - start);
        match damage {
            Damage::Flip => {
                bytes[at] ^= 1 << self.draw.index(8);
                Some((at, at + 1))
            }
            Damage::Zero => {
                bytes[start..end].fill(0);
                Some((start, end))
            }
            Damage::Swap if other_end <= bytes.len() && (other >= end || other_end <= start) => {
                let (first, second) = (start.min(other), start.max(other));
                let (low, high) = bytes.split_at_mut(second);
                low[first..first + (end - start)].swap_with_slice(&mut high[..end - start]);
                Some((first, second + (end - start)))
            }
            Damage::Copy if other_end <= bytes.len() => {
                bytes.copy_within(other..other_end, start);
                Some((start, end))
            }
            Damage::Cut => {
                let len = bytes.len();
                bytes.truncate(at);
                Some((at, len))
            }
            Damage::Garbage => {
                let len = bytes.len();
                let count = 1 + self.draw.index(2 * SECTOR);
                bytes.extend((0..count).map(|_| u8::try_from(self.draw.bits() & 0xFF).unwrap_or(0)));
                Some((len, len + count))
            }
            Damage::Empty => {
                let len = bytes.len();
                bytes.clear();
                Some((0, len))
            }
            Damage::Delete => Some((0, bytes.len())),
            Damage::Swap | Damage::Copy => None,
        }
    }
}
