//! Looking at a data directory without opening it, as Python functions. What is found is given as dictionaries.

use std::io;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use journal::disk::Shared;
use journal::offline::{self, Entry, Report};
use journal::os_disk::OsDisk;
use journal::{CutError, Warning};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::errors::{Kind, raise};

/// A record as it is given: sequence number, time in nanoseconds, kind, body.
type Row<'py> = (u64, u64, u16, Bound<'py, PyBytes>);

/// Reads a store from its first byte to its last and says what it holds and what is wrong with it.
#[pyfunction]
pub fn journal_report(py: Python<'_>, directory: PathBuf) -> PyResult<Bound<'_, PyDict>> {
    let disk = existing(directory)?;
    let report = py.detach(|| offline::verify(&disk, &None)).map_err(|error| journal_error(&error))?;
    describe(py, &report)
}

/// At most `count` records from number `from_seq` on, and the last number that can be read.
#[pyfunction]
pub fn journal_records(
    py: Python<'_>,
    directory: PathBuf,
    from_seq: u64,
    count: usize,
) -> PyResult<(Vec<Row<'_>>, u64)> {
    let disk = existing(directory)?;
    let mut records: Vec<(u64, u64, u16, Vec<u8>)> = Vec::new();
    let take = |entry: Entry<'_>| {
        if let Entry::Record(record) = entry
            && record.seq >= from_seq
            && records.len() < count
        {
            records.push((record.seq, record.ts_ns, record.kind, record.body.to_vec()));
        }
    };
    let report = py.detach(|| offline::inspect(&disk, &None, from_seq, take)).map_err(|error| journal_error(&error))?;
    let rows = records.into_iter().map(|(seq, ts_ns, kind, body)| (seq, ts_ns, kind, PyBytes::new(py, &body)));
    Ok((rows.collect(), report.last_seq))
}

/// Ends a log after a record; what follows is kept under other names, which are returned with the place of the cut.
#[pyfunction]
pub fn journal_cut(py: Python<'_>, directory: PathBuf, after_seq: u64) -> PyResult<(String, u64, Vec<String>)> {
    let disk = present(directory, OsDisk::open)?;
    let cut = py.detach(|| journal::cut(&disk, &None, after_seq, wall_ns())).map_err(|error| match error {
        CutError::Open(error) => journal_error(&error),
        CutError::InsideCommit { .. } | CutError::NothingLeft { .. } => {
            raise(Kind::Usage, format!("after_seq={after_seq}: {error}"))
        }
    })?;
    Ok((cut.file, cut.offset, cut.kept))
}

/// Executes a log again and checks its hash chain, its state hashes and every fill.
#[pyfunction]
pub fn verify_matching(py: Python<'_>, directory: PathBuf) -> PyResult<Bound<'_, PyDict>> {
    let disk = Shared::new(existing(directory)?);
    offline::inspect(&disk, &None, u64::MAX, |_| {}).map_err(|error| journal_error(&error))?;
    let verified = py.detach(|| sequencer::verify_matching(&disk, None)).map_err(|error| {
        let kind = if error.exit_code() == journal::EXIT_DAMAGE { Kind::Data } else { Kind::Unavailable };
        raise(kind, error.to_string())
    })?;
    let found = PyDict::new(py);
    found.set_item("from_seq", verified.from_seq)?;
    found.set_item("last_seq", verified.last.seq)?;
    found.set_item("last_ts_ns", verified.last.ts_ns)?;
    found.set_item("fills", verified.fills)?;
    found.set_item("fills_in_line", verified.fills_in_line)?;
    found.set_item("hashes_checked", verified.hashes_checked)?;
    found.set_item("chain", bytes_hex(verified.chain))?;
    found.set_item("state_root", hex(verified.state_root))?;
    found.set_item("violations", verified.violations)?;
    found.set_item("words", verified.words)?;
    Ok(found)
}

pub(crate) fn existing(directory: PathBuf) -> PyResult<OsDisk> {
    present(directory, OsDisk::read_only)
}

fn present(directory: PathBuf, open: fn(PathBuf) -> io::Result<OsDisk>) -> PyResult<OsDisk> {
    if !directory.is_dir() {
        let what = format!("{}: no such directory; give the one an engine was started on", directory.display());
        return Err(raise(Kind::NotFound, what));
    }
    open(directory).map_err(|error| raise(Kind::Unavailable, format!("cannot open: {error}")))
}

fn describe<'py>(py: Python<'py>, report: &Report) -> PyResult<Bound<'py, PyDict>> {
    let found = PyDict::new(py);
    found.set_item("store_id", bytes_hex(report.store_id))?;
    found.set_item("first_seq", report.first_seq)?;
    found.set_item("last_seq", report.last_seq)?;
    found.set_item("last_ts_ns", report.last_ts_ns)?;
    found.set_item("segments", report.segments)?;
    found.set_item("bytes", report.bytes)?;
    found.set_item("snapshot_seq", report.snapshot_seq)?;
    found.set_item("state_hash", report.state_hash.map(|(_, hash)| hex(hash)))?;
    found.set_item("state_hash_seq", report.state_hash.map(|(seq, _)| seq))?;
    found.set_item("torn_tail", report.torn_tail.clone())?;
    found.set_item(
        "damaged",
        report.damaged.as_ref().map(|damage| (damage.file.clone(), damage.offset, damage.seq, damage.what.clone())),
    )?;
    found.set_item("warnings", report.warnings.iter().map(warning).collect::<Vec<_>>())?;
    Ok(found)
}

fn warning(warning: &Warning) -> String {
    match warning {
        Warning::SnapshotSkipped { seq, what } => format!("the snapshot of record {seq} does not count: {what}"),
        Warning::WatermarkLost => "the watermark file is missing; the next start makes it again".to_owned(),
        Warning::NoSpare(what) => format!("no segment could be prepared: {what}"),
    }
}

fn bytes_hex(bytes: [u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(bytes))
}

fn hex(hash: u64) -> String {
    format!("{hash:016x}")
}

pub(crate) fn journal_error(error: &journal::OpenError) -> PyErr {
    let kind = match error.exit_code() {
        journal::EXIT_TORN => Kind::NotFound,
        journal::EXIT_LOCKED => Kind::Locked,
        journal::EXIT_UNAVAILABLE => Kind::Unavailable,
        _ => Kind::Data,
    };
    raise(kind, error.to_string())
}

#[allow(clippy::disallowed_methods, reason = "names the copies of what is cut; nothing is decided by it")]
fn wall_ns() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
}
