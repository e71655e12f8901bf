//! Translates between Python and the core; contains no rule of business.

mod admin;
mod amendments;
mod batch;
mod breaker_watch;
mod clock;
mod decimals;
mod demo;
mod demo_run;
mod edge;
mod engine_server;
mod entered;
mod errors;
mod event_objects;
mod event_records;
mod exchange;
mod facts;
mod grids;
mod group;
mod guard_objects;
mod guards;
mod handle;
mod ids;
mod key_file;
mod l3book;
mod message_plan;
mod methods;
mod names;
mod objects;
mod offline;
mod outcomes;
mod questions;
mod refusal;
mod report;
mod request;
mod retold;
mod rule_sets;
mod sequencer;
mod store;
mod trigger;
mod words;

use pyo3::prelude::*;

/// The compiled core of `fairlead`; only `fairlead.engine` and `fairlead.wire` import it.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<breaker_watch::BreakerWatch>()?;
    module.add_class::<demo::DemoMarket>()?;
    module.add_class::<engine_server::EngineServer>()?;
    module.add_class::<exchange::Exchange>()?;
    module.add_class::<handle::Handle>()?;
    module.add_class::<report::ExecutionReport>()?;
    module.add_class::<report::CommandReport>()?;
    module.add_class::<group::GroupReport>()?;
    module.add_class::<key_file::KeyFile>()?;
    module.add_function(wrap_pyfunction!(key_file::sign_logon, module)?)?;
    module.add_function(wrap_pyfunction!(key_file::public_key, module)?)?;
    module.add_class::<retold::JournalReports>()?;
    module.add_class::<entered::JournalEntries>()?;
    module.add_function(wrap_pyfunction!(offline::journal_report, module)?)?;
    module.add_function(wrap_pyfunction!(offline::journal_records, module)?)?;
    module.add_function(wrap_pyfunction!(offline::journal_cut, module)?)?;
    module.add_function(wrap_pyfunction!(offline::verify_matching, module)?)?;
    module.add_function(wrap_pyfunction!(amendments::amend_trade, module)?)?;
    module.add_function(wrap_pyfunction!(grids::set_ticks, module)?)?;
    module.add_class::<message_plan::MessagePlan>()?;
    module.add_class::<l3book::L3Book>()
}
