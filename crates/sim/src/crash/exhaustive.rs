//! Every bit and every length of one log: each flipped bit is refused or harmless, each end gives a whole prefix.

use std::ops::Range;

use journal::{Journal, Mode, Note, OpenError, Options, Record, Replay, SnapshotHeader};
use model::Digest;

use super::disk::SimDisk;
use super::reader;
use super::seeds::{Part, stream};

/// Bytes of the one segment.
pub const LOG_BYTES: usize = 65_536;
/// Records that a commit holds at most.
const COMMIT_MAX: usize = 6;

/// Reads a log into a digest.
#[derive(Default)]
struct Count {
    digest: Digest,
    records: u64,
}

impl Replay for Count {
    fn reset(&mut self) {
        *self = Self::default();
    }

    fn load(&mut self, _header: &SnapshotHeader, _body: &[u8]) -> Result<(), String> {
        Err("no snapshot was made".to_owned())
    }

    fn apply(&mut self, record: &Record<'_>) -> Result<(), String> {
        self.records += 1;
        self.digest.write_u64(record.ts_ns);
        self.digest.write_bytes(record.body);
        Ok(())
    }

    fn note(&mut self, _note: Note) -> Result<(), String> {
        Ok(())
    }
}

/// What came of all tries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// Refused as damage.
    pub refused: u64,
    /// Opened with every record.
    pub whole: u64,
    /// Opened with the records of all whole commits, where nothing says that there were more.
    pub prefix: u64,
    /// What must not be.
    pub wrong: Vec<String>,
}

impl Tries {
    /// Adds others.
    pub fn add(&mut self, other: Tries) {
        self.refused += other.refused;
        self.whole += other.whole;
        self.prefix += other.prefix;
        self.wrong.extend(other.wrong);
    }
}

/// A full log with one segment.
pub struct Log {
    disk: SimDisk,
    name: String,
    /// The digest after each record, from none on.
    digests: Vec<u64>,
    /// End of each commit in the file, and records until there.
    commits: Vec<(usize, u64)>,
}

fn options() -> Options {
    Options { segment_bytes: LOG_BYTES as u64, mode: Mode::default(), ..Options::default() }
}

fn open(disk: &SimDisk) -> (Result<Journal<SimDisk>, OpenError>, Count) {
    let mut count = Count::default();
    let opened = Journal::open(disk.for_process(), &options(), 1, &mut count);
    (opened.map(|(journal, _)| journal), count)
}

impl Log {
    /// Fills a log; `is_sealed`: it ends in good order, and later bytes say how far it goes.
    ///
    /// # Errors
    /// What the journal would not do.
    pub fn new(is_sealed: bool) -> Result<Self, String> {
        let disk = SimDisk::new(stream(1, Part::Disk));
        let draw = &mut stream(1, Part::Work);
        let mut journal = open(&disk).0.map_err(|error| error.to_string())?;
        let (mut count, mut digests, mut commits) = (Count::default(), vec![Digest::new().finish()], Vec::new());
        let name = reader::segments(&disk).pop().ok_or("no segment was made")?;
        while reader::segments(&disk).len() == 1 {
            for _ in 0..=draw.index(COMMIT_MAX) {
                let body: Vec<u8> = (0..draw.index(200)).map(|_| draw.bits().to_le_bytes()[0]).collect();
                let stamp = journal.append(1, 1, &body).map_err(|error| error.to_string())?;
                count.apply(&Record { seq: stamp.seq, ts_ns: stamp.ts_ns, kind: 1, body: &body })?;
                digests.push(count.digest.finish());
            }
            let ends_at = LOG_BYTES - 4_096;
            journal.commit().map_err(|error| error.to_string())?;
            let end = last_end(&disk, &name);
            commits.push((end, count.records));
            if end > ends_at {
                break;
            }
        }
        if is_sealed {
            journal.seal().map_err(|fatal| fatal.to_string())?;
        }
        drop(journal);
        disk.platter().end_process();
        Ok(Log { disk, name, digests, commits })
    }

    /// Flips every bit of these bytes of the file, one after the other.
    pub fn flip(&self, bytes: Range<usize>) -> Tries {
        let mut tries = Tries::default();
        for (byte, bit) in bytes.flat_map(|byte| (0..8).map(move |bit| (byte, bit))) {
            self.attempt(&mut tries, &format!("bit {bit} of byte {byte}"), self.records(), |file| {
                file[byte] ^= 1 << bit;
            });
        }
        tries
    }

    /// Ends the log at every one of these places: zeros from there on, as where the writes behind it never came.
    pub fn zero_from(&self, places: Range<usize>) -> Tries {
        let mut tries = Tries::default();
        for place in places {
            self.attempt(&mut tries, &format!("zeros from {place}"), self.until(place), |file| file[place..].fill(0));
        }
        tries
    }

    /// Cuts the file to each of these lengths.
    pub fn cut(&self, lengths: Range<usize>) -> Tries {
        let mut tries = Tries::default();
        for length in lengths {
            self.attempt(&mut tries, &format!("length {length}"), self.until(length), |file| file.truncate(length));
        }
        tries
    }

    fn records(&self) -> u64 {
        self.commits.last().map_or(0, |(_, records)| *records)
    }

    /// Records of the commits that end before a place.
    fn until(&self, place: usize) -> u64 {
        self.commits.iter().rev().find(|(end, _)| *end <= place).map_or(0, |(_, records)| *records)
    }

    /// One change of a copy: refused, or as many records as must be there, each as it was.
    fn attempt(&self, tries: &mut Tries, what: &str, least: u64, change: impl FnOnce(&mut Vec<u8>)) {
        let copy = self.disk.fork();
        if let Some(file) = copy.platter().file_mut(&self.name) {
            file.damage(change);
        }
        let (opened, count) = open(&copy);
        let is_as_it_was = |records: u64| {
            usize::try_from(records).ok().and_then(|records| self.digests.get(records)) == Some(&count.digest.finish())
        };
        match opened {
            Err(OpenError::Damaged(_)) => tries.refused += 1,
            Err(error) => tries.wrong.push(format!("{what}: {error}")),
            Ok(_) if count.records < least || !is_as_it_was(count.records) => {
                tries.wrong.push(format!("{what}: {} records of at least {least}", count.records));
            }
            Ok(_) if count.records == self.records() => tries.whole += 1,
            Ok(_) => tries.prefix += 1,
        }
    }
}

/// Where the last frame of a segment ends.
fn last_end(disk: &SimDisk, name: &str) -> usize {
    let platter = disk.platter();
    let file = platter.files().find(|(known, _)| *known == name);
    file.and_then(|(_, file)| reader::frames(file.bytes()).pop()).map_or(0, |(_, end)| end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every seventh byte of the front, and the end.
    #[test]
    fn a_flipped_bit_is_refused_or_harmless() {
        let log = Log::new(true).expect("a log");
        let mut tries = log.flip(0..80);
        for byte in (4_096..LOG_BYTES).step_by(211) {
            tries.add(log.flip(byte..byte + 1));
        }

        assert_eq!(tries.wrong, [""; 0]);
        assert_eq!(tries.prefix, 0);
        assert!(tries.refused > 2_000, "{tries:?}");
    }

    /// S-142.
    #[test]
    fn a_log_that_ends_anywhere_gives_every_whole_commit() {
        let log = Log::new(false).expect("a log");
        let tries = log.zero_from(LOG_BYTES - 6_000..LOG_BYTES);

        assert_eq!(tries.wrong, [""; 0]);
        assert!(tries.prefix > 1_000, "{tries:?}");
    }
}
