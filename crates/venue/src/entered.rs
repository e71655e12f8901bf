//! The commands of a log whose reports do not say what was entered: orders that wait or form a group, that say more than a
//! price and a quantity, amends of that, and limits of accounts.

use std::collections::VecDeque;

use journal::disk::Disk;
use journal::{ChainKey, Followed, Follower, OpenError, Record};
use model::{Command, Display, NewOrder, PostOnly, Qty};
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
    matches!(&command, Command::NewStop(_) | Command::NewGroup(_))
        || matches!(&command, Command::SetAccountLimits(_) | Command::SetInstrumentLimits(_))
        || matches!(&command, Command::NewOrder(order) if !is_plain(order))
        || matches!(&command, Command::Amend(amend) if amend.display_qty.is_some() || amend.stp.is_some())
}

/// Whether its reports say all that it was sent with.
fn is_plain(order: &NewOrder) -> bool {
    let is_bare = order.protection_price.is_none() && order.quote_qty.is_none() && order.peg.is_none();
    let has_no_rule = order.post_only == PostOnly::No && !order.reduce_only && order.stp.is_none();
    is_bare && has_no_rule && order.display == Display::All && order.min_qty == Qty(0)
}
