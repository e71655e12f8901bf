//! The reports that a gateway told, from the log of a data directory, as an object that Python asks for more.

use std::path::PathBuf;

use journal::disk::Shared;
use journal::os_disk::OsDisk;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sequencer::OpenError;
use venue::retold::Retold;

use crate::errors::{Kind, raise};
use crate::offline::existing;

/// A log that is told again; an engine may run on it meanwhile.
#[pyclass(module = "fairlead._core._native")]
pub struct JournalReports {
    retold: Retold<Shared<OsDisk>>,
}

#[pymethods]
impl JournalReports {
    /// `event_seq`, `sub`, `leg`: the report after which it begins.
    #[new]
    fn new(py: Python<'_>, directory: PathBuf, event_seq: u64, sub: u32, leg: u8) -> PyResult<Self> {
        let disk = Shared::new(existing(directory)?);
        let after = gateway::retell::Position { event_seq, sub, leg };
        let retold = py.detach(|| Retold::begin(&disk, None, after)).map_err(|error| told(&error))?;
        Ok(Self { retold })
    }

    /// Whether reports before the first one here are gone with the beginning of the log.
    #[getter]
    fn has_gap(&self) -> bool {
        self.retold.has_gap()
    }

    /// The next reports as messages, `count` or some more; none at the end of the log.
    fn next<'py>(&mut self, py: Python<'py>, count: usize) -> PyResult<Vec<Bound<'py, PyBytes>>> {
        let retold = &mut self.retold;
        let messages = py.detach(|| retold.next(count)).map_err(|error| told(&error))?;
        Ok(messages.iter().map(|message| PyBytes::new(py, message)).collect())
    }
}

fn told(error: &OpenError) -> PyErr {
    let kind = if error.exit_code() == journal::EXIT_DAMAGE { Kind::Data } else { Kind::Unavailable };
    raise(kind, error.to_string())
}
