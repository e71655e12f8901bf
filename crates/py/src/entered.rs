//! The commands of a log that its reports do not tell of, as an object that Python asks for more.

use std::path::PathBuf;

use journal::os_disk::OsDisk;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use venue::entered::Entered;

use crate::offline::{existing, journal_error};

/// Commands that entered orders of which reports do not say all; an engine may run on the log meanwhile.
#[pyclass(module = "fairlead._core._native")]
pub struct JournalEntries {
    entered: Entered<OsDisk>,
}

#[pymethods]
impl JournalEntries {
    /// `after_seq`: the record after which it begins.
    #[new]
    fn new(py: Python<'_>, directory: PathBuf, after_seq: u64) -> PyResult<Self> {
        let disk = existing(directory)?;
        let entered = py.detach(|| Entered::begin(disk, None, after_seq)).map_err(|error| journal_error(&error))?;
        Ok(Self { entered })
    }

    /// The record up to which everything was given, or is gone with the beginning of the log.
    #[getter]
    fn given_seq(&self) -> u64 {
        self.entered.given_seq()
    }

    /// The next ones up to a durable record, each with its number; about `records` of the log are read at most.
    fn next<'py>(
        &mut self,
        py: Python<'py>,
        until_seq: u64,
        records: u64,
    ) -> PyResult<Vec<(u64, Bound<'py, PyBytes>)>> {
        let entered = &mut self.entered;
        let found = py.detach(|| entered.next(until_seq, records)).map_err(|error| journal_error(&error))?;
        Ok(found.iter().map(|(seq, message)| (*seq, PyBytes::new(py, message))).collect())
    }
}
