//! The files of a store as they are found: which segments there are, whether they fit together, and how the log ends.

use crate::disk::{Disk, DiskFile};
use crate::error::{Damage, DiskError, OpenError};
use crate::files;
use crate::frame::{ChainKey, Frame};
use crate::journal::Position;
use crate::manifest::{MANIFEST, Manifest};
use crate::scan::{Cursor, End, Scan};
use crate::segment::{HEADER_BLOCK_BYTES, SegmentHeader, segment_name, seq_of};
use crate::snapshot;
use crate::watermark;

/// One segment file.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    pub name: String,
    pub header: SegmentHeader,
    /// Length of the file; may be less than the header says where something cut it.
    pub bytes: u64,
}

/// The segments of a store, oldest first, without gaps.
#[derive(Debug)]
pub(crate) struct Log {
    pub manifest: Manifest,
    pub segments: Vec<Segment>,
    /// The highest sequence number the manifest or the watermark knows to be durable.
    pub covered: u64,
    /// Whether the watermark had a whole slot.
    pub has_watermark: bool,
}

/// How a log ends.
#[derive(Debug, Clone)]
pub(crate) enum Tail {
    /// With its last frame.
    Clean,
    /// With bytes of a commit that never finished, from the cursor to here.
    Torn(u64),
}

impl Log {
    /// Finds the store of a directory; `None` where there is none, or one whose making never finished.
    ///
    /// Segments that begin after record `until` are not looked at, but for the oldest.
    pub fn load<D: Disk>(disk: &D, until: u64) -> Result<Option<Self>, OpenError> {
        let names = files::names(disk)?;
        if !names.iter().any(|name| name == MANIFEST) {
            return refuse_without_manifest(disk, &names).map(|()| None);
        }
        let manifest = Manifest::load(disk)?;
        let until = until.max(manifest.oldest_seq);
        let mut firsts: Vec<u64> = names.iter().filter_map(|name| seq_of(name)).collect();
        firsts.retain(|first_seq| (manifest.oldest_seq..=until).contains(first_seq));
        firsts.sort_unstable();
        if firsts.first() != Some(&manifest.oldest_seq) {
            return Err(missing(manifest.oldest_seq, "the manifest says that this segment exists").into());
        }
        let segments: Vec<Segment> = firsts.iter().map(|&seq| find(disk, seq)).collect::<Result<_, _>>()?;
        check_row(&manifest, &segments)?;
        let recalled = watermark::recall(disk, manifest.store_id)?;
        let (durable_seq, newest_seq) = recalled.unwrap_or((0, 0));
        if newest_seq <= until && firsts.last().is_some_and(|last| *last < newest_seq) {
            return Err(missing(newest_seq, "the watermark says that this segment exists").into());
        }
        let covered = manifest.durable_seq.max(durable_seq);
        Ok(Some(Self { manifest, segments, covered, has_watermark: recalled.is_some() }))
    }

    /// The place of the segment that holds a record, as far as names tell.
    pub fn holding(&self, seq: u64) -> Option<usize> {
        self.segments.iter().rposition(|segment| segment.header.first_seq <= seq)
    }

    /// The cursor before the first frame of a segment.
    pub fn begin(&self, index: usize) -> Cursor {
        let header = &self.segments[index].header;
        Cursor {
            offset: HEADER_BLOCK_BYTES as u64,
            seq: header.first_seq,
            chain: header.chain,
            position: Position { seq: header.first_seq - 1, chain: header.chain },
            ts_ns: 0,
            is_sealed: false,
        }
    }

    /// Reads all frames from a segment on, giving each to `visit`, and decides how the log ends.
    ///
    /// `covered` is the highest sequence number anything outside the log knows to be durable.
    pub fn walk<D: Disk, E: From<OpenError>>(
        &self,
        disk: &D,
        from: usize,
        (key, covered): (&ChainKey, u64),
        mut visit: impl FnMut(&Frame<'_>, &Cursor) -> Result<(), E>,
    ) -> Result<(Cursor, Tail), E> {
        let mut cursor = self.begin(from);
        let mut bytes = Vec::new();
        for (index, segment) in self.segments.iter().enumerate().skip(from) {
            read_segment(disk, segment, &mut bytes).map_err(OpenError::from)?;
            cursor.offset = HEADER_BLOCK_BYTES as u64;
            let next = self.segments.get(index + 1).map(|next| (next.header.first_seq, next.header.chain));
            let scan = Scan { file: &segment.name, bytes: &bytes, key, until: next };
            let end = scan.run(&mut cursor, &mut visit)?;
            match (end, next) {
                (End::Reached, _) => {}
                (End::Zeros | End::Flawed(_), None) => {
                    let tail = judge(&scan, &cursor, end, covered)?;
                    return Ok((cursor, tail));
                }
                (End::Zeros | End::Flawed(_), Some((seq, _))) => {
                    let what = match end {
                        End::Flawed(flaw) => format!("{flaw}; the next segment begins with seq={seq}"),
                        End::Zeros | End::Reached => format!("nothing follows; the next segment begins with seq={seq}"),
                    };
                    return Err(scan.damage(&cursor, what).into());
                }
            }
        }
        Ok((cursor, Tail::Clean))
    }
}

/// The rule of the tail: what anything knows to have been synced is damage, all else a commit that never finished.
fn judge(scan: &Scan<'_>, cursor: &Cursor, end: End, covered: u64) -> Result<Tail, OpenError> {
    let found = match end {
        End::Flawed(flaw) => flaw.to_string(),
        End::Zeros | End::Reached => "nothing follows".to_owned(),
    };
    if cursor.seq <= covered {
        return Err(scan.damage(cursor, format!("{found}, and records up to seq={covered} were durable")));
    }
    match end {
        End::Zeros | End::Reached => Ok(Tail::Clean),
        End::Flawed(_) => match scan.witness(cursor) {
            Some(witness) => Err(scan.damage(cursor, format!("{found}, and {witness}"))),
            None => Ok(Tail::Torn(files::used(scan.bytes) as u64)),
        },
    }
}

/// Reads what belongs to a segment into a buffer that is used again.
fn read_segment<D: Disk>(disk: &D, segment: &Segment, bytes: &mut Vec<u8>) -> Result<(), DiskError> {
    let file = disk.open(&segment.name).map_err(DiskError::of("open", &segment.name))?;
    let len = segment.bytes.min(segment.header.segment_bytes);
    bytes.resize(usize::try_from(len).unwrap_or(usize::MAX), 0);
    let found = files::read_up_to(&file, bytes, 0).map_err(DiskError::of("read", &segment.name))?;
    bytes.truncate(found);
    Ok(())
}

fn find<D: Disk>(disk: &D, first_seq: u64) -> Result<Segment, OpenError> {
    let name = segment_name(first_seq);
    let file = disk.open(&name).map_err(DiskError::of("open", &name))?;
    let bytes = file.len().map_err(DiskError::of("read", &name))?;
    let mut block = vec![0; HEADER_BLOCK_BYTES];
    let found = files::read_up_to(&file, &mut block, 0).map_err(DiskError::of("read", &name))?;
    let header = SegmentHeader::read(&name, &block[..found])?;
    Ok(Segment { name, header, bytes })
}

/// Segments are of one store and numbered without gaps, and there is a number for the next one.
fn check_row(manifest: &Manifest, segments: &[Segment]) -> Result<(), OpenError> {
    for (segment, after) in segments.iter().zip(0..) {
        let number = manifest.oldest_number.saturating_add(after);
        let SegmentHeader { first_seq, store_id, number: found, .. } = segment.header;
        let damage = |what| Err(Damage { file: segment.name.clone(), offset: 0, seq: first_seq, what }.into());
        if store_id != manifest.store_id {
            return damage("the segment belongs to another store".to_owned());
        }
        if found != number {
            return damage(format!("this is segment {found}, and segment {number} is missing before it"));
        }
        if number == u64::MAX {
            return damage(format!("no segment can follow number {number}"));
        }
    }
    Ok(())
}

/// Without a manifest there may be the first steps of making a store, and nothing that holds a record.
fn refuse_without_manifest<D: Disk>(disk: &D, names: &[String]) -> Result<(), OpenError> {
    let what = "the manifest is missing and this file is there";
    for name in names {
        if let Some(seq) = snapshot::seq_of(name) {
            return Err(Damage { file: name.clone(), offset: 0, seq, what: what.into() }.into());
        }
        let Some(seq) = seq_of(name) else { continue };
        let bytes = files::read_whole(disk, name, u64::MAX)?;
        let holds_records = files::used(&bytes) > HEADER_BLOCK_BYTES;
        if seq != 1 || holds_records {
            return Err(Damage { file: name.clone(), offset: 0, seq, what: what.into() }.into());
        }
    }
    Ok(())
}

fn missing(seq: u64, what: &str) -> Damage {
    Damage { file: segment_name(seq), offset: 0, seq, what: format!("missing: {what}") }
}
