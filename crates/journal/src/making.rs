//! Making a store, and making a journal of a store that was read.

use std::sync::atomic::AtomicU64;

use crate::batch::Batch;
use crate::disk::{Disk, DiskFile, Shared};
use crate::error::{DiskError, OpenError};
use crate::files::{self, UNFINISHED};
use crate::journal::{Active, Journal};
use crate::log::Log;
use crate::manifest::{MANIFEST, Manifest};
use crate::options::Options;
use crate::scan::Cursor;
use crate::segment::{SegmentHeader, segment_name, seq_of};
use crate::snapshot;
use crate::spare::{self, Pace, Prepare, Spare, Stock};
use crate::watermark::{self, WATERMARK, Watermark};

/// The most spare segments that are taken over from an earlier life.
const SPARES_MAX: usize = 2;

/// Makes an empty store. The manifest comes last: until it is durable there is no store, and no record to lose.
pub(crate) fn create<D: Disk>(disk: &Shared<D>, options: &Options) -> Result<Log, OpenError> {
    clear(disk, u64::MAX)?;
    let number = next_spare(&files::names(disk)?);
    let hurry = Pace::new(AtomicU64::new(u64::MAX));
    let Spare { name, file } = Prepare::new(disk.clone(), number, options.segment_bytes, hurry).run().0?;
    let header = SegmentHeader {
        store_id: options.store_id,
        number: 1,
        first_seq: 1,
        segment_bytes: options.segment_bytes,
        semantic_version: options.semantic_version,
        is_keyed: options.chain_key.is_some(),
        chain: [0; 16],
    };
    files::write_synced(&file, &name, &header.to_bytes(), 0)?;
    disk.rename(&name, &segment_name(1)).map_err(DiskError::of("rename", &name))?;
    watermark::make(disk, options.store_id, 0, 1)?;
    Manifest { store_id: options.store_id, oldest_seq: 1, oldest_number: 1, durable_seq: 0 }.store(disk)?;
    let damage = || OpenError::Options("store_id: the store that was just made is not there".into());
    Log::load(disk, u64::MAX)?.ok_or_else(damage)
}

/// Removes what was never finished, and segments older than the oldest that must exist.
fn clear<D: Disk>(disk: &D, oldest_seq: u64) -> Result<(), DiskError> {
    let mut names = files::names(disk)?;
    names.sort_unstable();
    for name in names {
        let is_old = seq_of(&name).is_some_and(|first_seq| first_seq < oldest_seq);
        if is_old || name.strip_suffix(UNFINISHED).is_some_and(is_ours) {
            files::remove(disk, &name)?;
        }
    }
    Ok(())
}

/// Whether the journal gives this name, so that a stranger's file in the directory is left alone.
fn is_ours(name: &str) -> bool {
    let stem = name.split_once(".torn-").or_else(|| name.split_once(".cut-")).map_or(name, |(stem, _)| stem);
    let is_numbered = seq_of(stem).or_else(|| snapshot::seq_of(stem)).or_else(|| spare::number_of(stem)).is_some();
    is_numbered || [MANIFEST, WATERMARK].contains(&stem)
}

/// The number of the next spare. No log gets as far as half of all numbers: such a name is a stranger's.
fn next_spare(names: &[String]) -> u64 {
    let numbers = names.iter().filter_map(|name| spare::number_of(name)).filter(|number| *number < u64::MAX / 2);
    numbers.max().map_or(1, |number| number + 1)
}

/// Makes a journal that goes on at the cursor. All before it is durable.
pub(crate) fn resume<D: Disk>(
    disk: Shared<D>,
    options: &Options,
    log: &Log,
    cursor: &Cursor,
) -> Result<Journal<D>, OpenError> {
    clear(&disk, log.manifest.oldest_seq)?;
    let Some(segment) = log.segments.last() else {
        return Err(OpenError::Options("store: no segment".into()));
    };
    let file = disk.open(&segment.name).map_err(DiskError::of("open", &segment.name))?;
    let active = Active { file: Some(file), name: segment.name.clone(), header: segment.header, at: cursor.offset };
    let spares = take_spares(&disk, options.segment_bytes)?;
    let last_seq = cursor.seq - 1;
    Ok(Journal {
        watermark: Watermark::open(&disk, log.manifest.store_id, last_seq, segment.header.first_seq)?,
        manifest: log.manifest,
        active,
        segments: log.segments.iter().map(|one| (one.header.first_seq, one.header.number)).collect(),
        spares: Stock {
            ready: spares.into(),
            next_number: next_spare(&files::names(&disk)?),
            is_preparing: false,
            has_rotated: false,
            pace: Pace::default(),
        },
        staged: Batch::new(cursor.seq),
        staged_ns: 0,
        stalled: None,
        idle: None,
        last_ts_ns: cursor.ts_ns,
        chain: cursor.chain,
        written: cursor.position,
        durable_seq: last_seq,
        is_synced: true,
        is_sealed: cursor.is_sealed || last_seq == 0,
        fatal: None,
        options: options.clone(),
        disk,
    })
}

/// Takes over the spare segments of an earlier life that have the right size and removes the others.
fn take_spares<D: Disk>(disk: &D, bytes: u64) -> Result<Vec<Spare<D::File>>, DiskError> {
    let mut names = files::names(disk)?;
    names.retain(|name| spare::number_of(name).is_some());
    names.sort_unstable();
    let mut spares = Vec::new();
    for name in names {
        let file = disk.open(&name).map_err(DiskError::of("open", &name))?;
        let fits = file.len().map_err(DiskError::of("read", &name))? == bytes;
        if fits && spares.len() < SPARES_MAX {
            spares.push(Spare { name, file });
        } else {
            files::remove(disk, &name)?;
        }
    }
    Ok(spares)
}
