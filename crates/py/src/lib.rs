//! Translates between Python and the core; contains no rule of business.

use pyo3::prelude::*;

/// The compiled core of `fairlead`; only `fairlead.engine` imports it.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))
}
