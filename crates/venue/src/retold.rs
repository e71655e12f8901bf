//! What the gateway told about a log, told again from the log alone, a piece at a time, beside a running engine.

use engine::Exchange;
use gateway::retell::Retell;
use journal::ChainKey;
use journal::disk::Disk;
use model::{Event, Stamp};
use sequencer::{OpenError, Reread, Watch};
use wire::Position;

use crate::seat::open_order;

/// The reports of a log after a position.
pub struct Retold<D: Disk> {
    reread: Reread<D>,
    told: Told,
}

impl<D: Disk + Clone> Retold<D> {
    /// Begins; nothing is told yet.
    ///
    /// # Errors
    /// [`OpenError`]: there is no log, it is damaged, or of a newer version.
    pub fn begin(disk: &D, key: ChainKey, after: Position) -> Result<Self, OpenError> {
        let mut told = Told { after, retell: Retell::default(), reports: Vec::new() };
        let reread = Reread::begin(disk, key, after.event_seq, &mut told)?;
        Ok(Retold { reread, told })
    }

    /// Whether reports between the position and the first one here are gone with the beginning of the log.
    pub fn has_gap(&self) -> bool {
        self.reread.from_seq() > self.told.after.event_seq
    }

    /// The next reports, as messages: `count` or more where there are so many, none at the end of the log.
    ///
    /// # Errors
    /// As [`Retold::begin`].
    pub fn next(&mut self, count: usize) -> Result<Vec<Vec<u8>>, OpenError> {
        while self.told.reports.len() < count && self.reread.step(&mut self.told)? {}
        Ok(std::mem::take(&mut self.told.reports))
    }
}

struct Told {
    after: Position,
    retell: Retell,
    reports: Vec<Vec<u8>>,
}

impl Watch for Told {
    fn begin(&mut self, _at: Stamp, exchange: &Exchange) {
        self.retell = Retell::default();
        for order in exchange.every_open_order() {
            self.retell.restore(open_order(&order));
        }
    }

    fn replayed(&mut self, _stamp: Stamp, _origin: u64, events: &[Event]) {
        let Told { after, retell, reports } = self;
        retell.tell(events, |position, bytes| {
            if position > *after {
                reports.push(bytes.to_vec());
            }
        });
    }
}
