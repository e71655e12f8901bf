//! Replay: a log, and where there is one a snapshot, into a state, through the same `apply` as live commands.

use engine::Exchange;
use journal::{Note, Record, Replay, SnapshotHeader};
use model::{Command, Event, Events, Stamp};
use wire::Fault;

use crate::core::Core;
use crate::failure::OpenError;
use crate::genesis::{GENESIS_KIND, Genesis, GenesisError};
use crate::snapshot;

/// Hears what recovery does, so that whatever is derived from outcomes is derived again: reports, books.
pub trait Watch {
    /// Replay begins here: from nothing, or from a snapshot. What was heard before counts no more.
    fn begin(&mut self, at: Stamp, exchange: &Exchange);

    /// A command of the log was applied again. `origin` is what it was submitted with, in another life of the process.
    fn replayed(&mut self, stamp: Stamp, origin: u64, events: &[Event]);
}

/// Nobody hears anything.
impl Watch for () {
    fn begin(&mut self, _at: Stamp, _exchange: &Exchange) {}

    fn replayed(&mut self, _stamp: Stamp, _origin: u64, _events: &[Event]) {}
}

/// A state being replayed.
pub(crate) struct Rebuild<'w> {
    watch: &'w mut dyn Watch,
    pub(crate) core: Core,
    /// What an empty log would begin with.
    fresh: Genesis,
    events: Events,
    pub(crate) hashes_checked: u64,
    /// Why replay stopped, where the journal's words for it say less.
    cause: Option<OpenError>,
}

impl<'w> Rebuild<'w> {
    pub(crate) fn new(fresh: Genesis, watch: &'w mut dyn Watch) -> Self {
        Rebuild { watch, core: Core::new(fresh), fresh, events: Events::new(), hashes_checked: 0, cause: None }
    }

    /// The better of the journal's reason and our own.
    pub(crate) fn explain(&mut self, error: journal::OpenError) -> OpenError {
        self.cause.take().unwrap_or_else(|| error.into())
    }

    fn fail(&mut self, cause: OpenError) -> String {
        let text = cause.to_string();
        self.cause = Some(cause);
        text
    }

    fn begin(&mut self, stamp: Stamp, body: &[u8]) -> Result<(), String> {
        match Genesis::read(body) {
            Ok((genesis, [])) => {
                self.core.begin(stamp, genesis);
                Ok(())
            }
            Ok((_, rest)) => Err(format!("the first record is too long: extra={}", rest.len())),
            Err(GenesisError::Newer(found)) => {
                Err(self.fail(OpenError::Version(format!("genesis version={found} is newer; use the newer program"))))
            }
            Err(GenesisError::Unsound(what)) => Err(what),
        }
    }

    fn decode(&mut self, record: &Record<'_>) -> Result<Command, String> {
        wire::decode_command(record.body).map_err(|error| match error.fault {
            Fault::NewerVersion | Fault::UnknownKind => {
                let (kind, seq) = (record.kind, record.seq);
                self.fail(OpenError::Version(format!("seq={seq} kind={kind}: {error}; use the newer program")))
            }
            Fault::Short
            | Fault::FrameLength
            | Fault::BlockLength
            | Fault::UnknownCode
            | Fault::NotZero
            | Fault::NotText
            | Fault::TooMany
            | Fault::TickBands => error.to_string(),
        })
    }
}

/// The stamp of a record.
pub(crate) fn stamp_of(seq: u64, ts_ns: u64) -> Stamp {
    Stamp { seq, ts_ns: i64::try_from(ts_ns).unwrap_or(i64::MAX) }
}

impl Replay for Rebuild<'_> {
    fn reset(&mut self) {
        self.core = Core::new(self.fresh);
        self.hashes_checked = 0;
        self.watch.begin(Stamp::default(), &self.core.exchange);
    }

    fn load(&mut self, header: &SnapshotHeader, body: &[u8]) -> Result<(), String> {
        self.core = snapshot::load(header, body)?;
        self.watch.begin(self.core.last, &self.core.exchange);
        Ok(())
    }

    #[inline]
    fn apply(&mut self, record: &Record<'_>) -> Result<(), String> {
        let stamp = stamp_of(record.seq, record.ts_ns);
        if record.kind == GENESIS_KIND && record.seq == 1 {
            return self.begin(stamp, record.body);
        }
        if self.core.last.seq == 0 {
            return Err("the log does not begin with a genesis record".to_owned());
        }
        let command = self.decode(record)?;
        self.events.clear();
        self.core.apply(stamp, &command, &mut self.events);
        let origin = wire::Header::read(record.body).map_or(0, |header| header.seq);
        self.watch.replayed(stamp, origin, self.events.as_slice());
        Ok(())
    }

    fn note(&mut self, note: Note) -> Result<(), String> {
        match note {
            Note::StateHash { seq, hash } if seq == self.core.last.seq => {
                let replayed = self.core.hash();
                self.hashes_checked += 1;
                if replayed == hash {
                    return Ok(());
                }
                Err(self.fail(OpenError::Diverged { seq, recorded: hash, replayed }))
            }
            Note::StateHash { seq, .. } => {
                Err(format!("a state hash of seq={seq} stands after seq={}", self.core.last.seq))
            }
            Note::Snapshot { .. } => Ok(()),
        }
    }
}
