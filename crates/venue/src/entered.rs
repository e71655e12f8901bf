//! The commands of a log whose reports do not say what was entered: orders that wait, hide a part, or form a group.

use std::collections::VecDeque;

use journal::disk::Disk;
use journal::{ChainKey, Followed, Follower, OpenError, Record};
use model::{Command, Display};
use sequencer::GENESIS_KIND;

/// One such command: its number and its message.
pub type Entry = (u64, Vec<u8>);

/// Those of a log after a record, a piece at a time, beside a running writer.
pub struct Entered<D: Disk> {
    follower: Follower<D>,
    /// The record up to which everything was given.
    given_seq: u64,
    /// Read, and after `given_seq`.
    ahead: VecDeque<Entry>,
}

impl<D: Disk> Entered<D> {
    /// Begins behind a record, or with the oldest one that is left.
    ///
    /// # Errors
    /// There is no log, or the disk would not be read.
    pub fn begin(disk: D, key: ChainKey, after_seq: u64) -> Result<Self, OpenError> {
        let follower = Follower::begin_near(disk, key, after_seq.saturating_add(1))?;
        let given_seq = after_seq.max(follower.next_seq() - 1);
        Ok(Self { follower, given_seq, ahead: VecDeque::new() })
    }

    /// The record up to which everything was given, or is gone with the beginning of the log.
    pub fn given_seq(&self) -> u64 {
        self.given_seq
    }

    /// Gives the next ones up to a record that is durable, from about `records` of the log at most.
    ///
    /// # Errors
    /// Damage, a segment that is gone, or the disk would not be read; begin again from [`Entered::given_seq`].
    pub fn next(&mut self, until_seq: u64, records: u64) -> Result<Vec<Entry>, OpenError> {
        let enough_seq = until_seq.min(self.given_seq.saturating_add(records.max(1)));
        while let Some(followed) = self.follower.next(enough_seq)? {
            if let Followed::Records(records, _) = followed {
                let new = records.filter(|record| record.seq > self.given_seq && is_one(record));
                self.ahead.extend(new.map(|record| (record.seq, record.body.to_vec())));
            }
        }
        self.given_seq = self.given_seq.max(until_seq.min(self.follower.next_seq() - 1));
        let due = self.ahead.partition_point(|(seq, _)| *seq <= self.given_seq);
        Ok(self.ahead.drain(..due).collect())
    }
}

/// What cannot be decoded is none: a follower of reports has stopped at it.
fn is_one(record: &Record<'_>) -> bool {
    if record.kind == GENESIS_KIND {
        return false;
    }
    let Ok(command) = wire::decode_command(record.body) else { return false };
    let is_whole = matches!(&command, Command::NewOrder(order) if order.display == Display::All);
    matches!(command, Command::NewOrder(_) | Command::NewStop(_) | Command::NewGroup(_)) && !is_whole
}
