//! Translates between Python and the core; contains no rule of business.

mod errors;
mod l3book;

use pyo3::prelude::*;

/// The compiled core of `fairlead`; only `fairlead.engine` imports it.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<l3book::L3Book>()
}
