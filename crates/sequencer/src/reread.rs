//! A log executed again a frame at a time, for who wants its outcomes: read-only, beside a running writer.

use journal::disk::Disk;
use journal::{ChainKey, Followed, Follower, Position, offline, snapshot};
use model::Events;

use crate::core::Core;
use crate::failure::OpenError;
use crate::rebuild::{Watch, stamp_of};
use crate::shadow::apply;
use crate::snapshot as body;
use crate::verify;

/// A log on its way through an exchange of its own. Memory is that of the exchange and of one frame.
pub struct Reread<D: Disk> {
    follower: Follower<D>,
    core: Core,
    events: Events,
    from_seq: u64,
    last_seq: u64,
}

impl<D: Disk + Clone> Reread<D> {
    /// Begins at the newest good snapshot that is not after record `after_seq`; where there is none, with the first record
    /// the log still has or can be executed from. `watch` hears where that is.
    ///
    /// # Errors
    /// [`OpenError`]: there is no log, it is damaged, or of a newer version.
    pub fn begin(disk: &D, key: ChainKey, after_seq: u64, watch: &mut dyn Watch) -> Result<Self, OpenError> {
        let found = offline::inspect(disk, &key, u64::MAX, |_| {})?;
        if let Some(damage) = found.damaged {
            return Err(OpenError::Damaged(damage.to_string()));
        }
        let (at, core) = match at_snapshot(disk, key, after_seq, found.store_id)? {
            Some(begun) => begun,
            None => verify::begin(disk, key, found.first_seq, found.store_id)?,
        };
        let follower = Follower::begin(disk.clone(), key, at)?;
        watch.begin(core.last, &core.exchange);
        Ok(Reread {
            follower,
            core,
            events: Events::new(),
            from_seq: at.map_or(0, |at| at.seq),
            last_seq: found.last_seq,
        })
    }

    /// The record after which it began.
    pub fn from_seq(&self) -> u64 {
        self.from_seq
    }

    /// Executes the next frame; `false` where the log ended when it was begun.
    ///
    /// # Errors
    /// As [`Reread::begin`].
    pub fn step(&mut self, watch: &mut dyn Watch) -> Result<bool, OpenError> {
        let Some(next) = self.follower.next(self.last_seq)? else { return Ok(false) };
        match next {
            Followed::Seal | Followed::Notes(_) => {}
            Followed::Records(records, _) => {
                for record in records {
                    self.events.clear();
                    apply(&mut self.core, &mut self.events, &record).map_err(OpenError::Damaged)?;
                    watch.replayed(stamp_of(record.seq, record.ts_ns), 0, self.events.as_slice());
                }
            }
        }
        Ok(true)
    }
}

/// The newest snapshot that is good and not after a record.
fn at_snapshot<D: Disk>(
    disk: &D,
    key: ChainKey,
    after_seq: u64,
    store_id: [u8; 16],
) -> Result<Option<(Option<Position>, Core)>, OpenError> {
    let seqs = snapshot::list(disk).map_err(|error| OpenError::Disk(error.to_string()))?;
    Ok(seqs.into_iter().filter(|seq| *seq <= after_seq).find_map(|seq| {
        let (header, bytes) = snapshot::read(disk, seq, (store_id, &key)).ok()?;
        Some((Some(header.position), body::load(&header, &bytes).ok()?))
    }))
}
