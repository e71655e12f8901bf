//! Reading a log behind its writer: frame by frame, up to what is known to be durable, never disturbing it.

use crate::disk::{Disk, DiskFile};
use crate::error::{Damage, DiskError, OpenError, SYNC};
use crate::files;
use crate::frame::{Chain, ChainKey, FRAME_BYTES_MAX, Frame, FrameKind};
use crate::journal::Position;
use crate::log::Log;
use crate::record::{Note, Records};
use crate::segment::{HEADER_BLOCK_BYTES, SegmentHeader, segment_name};

/// Bytes read ahead; the longest frame fits.
const WINDOW_BYTES: usize = 2 * FRAME_BYTES_MAX;

/// One frame of a log that is followed.
#[derive(Debug)]
pub enum Followed<'a> {
    /// Records in order, and the place after them.
    Records(Records<'a>, Position),
    /// What the log says about the records before.
    Notes(Vec<Note>),
    /// Nothing but that all before is durable.
    Seal,
}

/// A reader of a log that may be written to meanwhile. It checks what recovery checks: checksum, place and chain.
#[derive(Debug)]
pub struct Follower<D: Disk> {
    disk: D,
    key: ChainKey,
    name: String,
    file: D::File,
    /// The bytes read ahead, and where they stand in the file.
    window: Vec<u8>,
    window_at: u64,
    /// Where the next frame begins.
    offset: u64,
    seq: u64,
    chain: Chain,
}

impl<D: Disk> Follower<D> {
    /// Begins behind `after`, the place of a snapshot, or with the first record where that is `None`.
    ///
    /// # Errors
    /// The log has no such place, is damaged before it, or the disk would not be read.
    pub fn begin(disk: D, key: ChainKey, after: Option<Position>) -> Result<Self, OpenError> {
        let wanted = after.map_or(0, |position| position.seq);
        // Not further: a writer may be making segments meanwhile.
        let log = Log::load(&disk, wanted)?.ok_or(OpenError::NoStore)?;
        let place = if after.is_some() { log.holding(wanted) } else { Some(0) };
        let mut follower = Self::at(disk, key, &log, place)?;
        if after.is_none() && follower.seq != 1 {
            return Err(follower.damage("the log begins here, and its first record is asked for".to_owned()));
        }
        while follower.seq <= wanted {
            let place = match follower.next(wanted)? {
                Some(Followed::Records(_, place)) => place,
                Some(Followed::Notes(_) | Followed::Seal) => continue,
                None => return Err(follower.damage(format!("the log ends before the snapshot at seq={wanted}"))),
            };
            if place.seq >= wanted && Some(place) != after {
                return Err(follower.damage(format!("the log has another chain at the snapshot's seq={wanted}")));
            }
        }
        Ok(follower)
    }

    /// Begins with the segment that holds record `seq`, or with the oldest one where that is gone. What the segment says of
    /// the chain before it is believed; from there on everything is checked.
    ///
    /// # Errors
    /// There is no log, or the disk would not be read.
    pub fn begin_near(disk: D, key: ChainKey, seq: u64) -> Result<Self, OpenError> {
        let log = Log::load(&disk, seq)?.ok_or(OpenError::NoStore)?;
        let place = log.holding(seq).or(Some(0));
        Self::at(disk, key, &log, place)
    }

    /// Before the first frame of a segment.
    fn at(disk: D, key: ChainKey, log: &Log, place: Option<usize>) -> Result<Self, OpenError> {
        let segment = place.and_then(|place| log.segments.get(place)).ok_or(OpenError::NoStore)?;
        let name = segment.name.clone();
        let file = disk.open(&name).map_err(DiskError::of("open", &name))?;
        let (seq, chain) = (segment.header.first_seq, segment.header.chain);
        let offset = HEADER_BLOCK_BYTES as u64;
        Ok(Self { disk, key, name, file, window: Vec::new(), window_at: offset, offset, seq, chain })
    }

    /// Makes durable what was read: a writer that does not sync its commits has synced the segments before this one only.
    ///
    /// # Errors
    /// The sync failed: what it was to make durable is in doubt. End the process.
    pub fn sync(&self) -> Result<(), DiskError> {
        self.file.sync_data().map_err(DiskError::of(SYNC, &self.name))
    }

    /// The next record's sequence number.
    pub fn next_seq(&self) -> u64 {
        self.seq
    }

    /// The next frame, where the records before `durable_seq` and that one are not all read.
    ///
    /// # Errors
    /// Damage: what is durable cannot be read. The disk would not be read.
    #[allow(clippy::should_implement_trait, reason = "it lends its frames and asks how far the log is durable")]
    pub fn next(&mut self, durable_seq: u64) -> Result<Option<Followed<'_>>, OpenError> {
        if self.seq > durable_seq {
            return Ok(None);
        }
        if self.read_frame().is_err() {
            // What was read ahead may be older than what was written since.
            self.fill()?;
        }
        while let Err(what) = self.read_frame() {
            // A frame that is durable and not here is the first of the next segment.
            self.rotate(&what)?;
        }
        self.take().map(Some)
    }

    /// Whether a sound frame stands next.
    fn read_frame(&self) -> Result<(), String> {
        Frame::read(self.rest()).map(|_| ()).map_err(|flaw| flaw.to_string())
    }

    fn rest(&self) -> &[u8] {
        let from = usize::try_from(self.offset - self.window_at).unwrap_or(usize::MAX);
        self.window.get(from..).unwrap_or_default()
    }

    fn fill(&mut self) -> Result<(), OpenError> {
        self.window.resize(WINDOW_BYTES, 0);
        self.window_at = self.offset;
        let found = files::read_up_to(&self.file, &mut self.window, self.offset);
        let found = found.map_err(DiskError::of("read", &self.name))?;
        self.window.truncate(found);
        Ok(())
    }

    /// Goes on with the segment that begins with the next record.
    fn rotate(&mut self, what: &str) -> Result<(), OpenError> {
        let name = segment_name(self.seq);
        if name == self.name {
            return Err(self.damage(what.to_owned()));
        }
        let file = match self.disk.open(&name) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(self.damage(what.to_owned())),
            Err(error) => return Err(DiskError::of("open", &name)(error).into()),
        };
        let mut block = vec![0; HEADER_BLOCK_BYTES];
        let found = files::read_up_to(&file, &mut block, 0).map_err(DiskError::of("read", &name))?;
        let header = SegmentHeader::read(&name, &block[..found])?;
        if (header.first_seq, header.chain) != (self.seq, self.chain) {
            return Err(self.damage(format!("{what}; {name} does not continue it")));
        }
        (self.name, self.file, self.offset) = (name, file, HEADER_BLOCK_BYTES as u64);
        self.fill()
    }

    /// Checks the place of the frame that stands next and moves behind it.
    fn take(&mut self) -> Result<Followed<'_>, OpenError> {
        let frame = Frame::read(self.rest()).map_err(|flaw| self.damage(flaw.to_string()))?;
        if frame.header.first_seq != self.seq {
            return Err(self.damage(format!("a sound frame begins with seq={} instead", frame.header.first_seq)));
        }
        if !frame.continues(&self.chain, &self.key) {
            return Err(self.damage("a sound frame does not continue the hash chain".to_owned()));
        }
        let (len, next_seq, chain, kind) =
            (frame.len() as u64, frame.header.next_seq(), frame.chain, frame.header.kind);
        let begin = usize::try_from(self.offset - self.window_at).unwrap_or(usize::MAX);
        (self.offset, self.seq, self.chain) = (self.offset + len, next_seq, chain);
        // Read again: the place is moved, and the frame may borrow what is left.
        let frame = Frame::read(&self.window[begin..]).map_err(|flaw| self.damage(flaw.to_string()))?;
        match kind {
            FrameKind::Commands => Ok(Followed::Records(frame.records(), Position { seq: next_seq - 1, chain })),
            FrameKind::Seal => Ok(Followed::Seal),
            FrameKind::Notes => {
                let notes = frame.records().map(|record| Note::read(&record));
                let notes: Result<Vec<Note>, u16> = notes.collect();
                notes.map(Followed::Notes).map_err(|kind| self.damage(format!("note type {kind}")))
            }
        }
    }

    fn damage(&self, what: String) -> OpenError {
        Damage { file: self.name.clone(), offset: self.offset, seq: self.seq, what }.into()
    }
}
