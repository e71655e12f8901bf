//! Where the time of a command comes from: the caller's clock, or the system's.

use std::time::{SystemTime, UNIX_EPOCH};

use pyo3::prelude::*;

use crate::errors::{Kind, raise};

/// Latest time a command may have, in the year 2116.
pub const TS_NS_MAX: i64 = i64::MAX / 2;

/// Reads nanoseconds since the Unix epoch.
pub enum Clock {
    /// The system's clock.
    System,
    /// A Python callable without arguments that returns an `int`.
    Callable(Py<PyAny>),
}

impl Clock {
    /// The clock a caller asked for.
    ///
    /// # Errors
    /// `WrongTypeError` where it cannot be called.
    pub fn new(clock: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        match clock {
            None => Ok(Clock::System),
            Some(clock) if clock.is_callable() => Ok(Clock::Callable(clock.clone().unbind())),
            Some(_) => Err(raise(Kind::WrongType, "clock is not callable; give a function that returns ns as an int")),
        }
    }

    /// The time now.
    ///
    /// # Errors
    /// What the callable raises, `WrongTypeError` where it returns no 64-bit `int`.
    pub fn now_ns(&self, py: Python<'_>) -> PyResult<i64> {
        match self {
            Clock::System => Ok(system_ns()),
            Clock::Callable(clock) => {
                let time = clock.bind(py).call0()?;
                let what = "clock returned no int of nanoseconds within 64 bits";
                checked(time.extract().map_err(|_| raise(Kind::WrongType, what))?)
            }
        }
    }
}

/// Refuses a time so late that no command could follow it.
///
/// # Errors
/// `UsageError`.
pub fn checked(ts_ns: i64) -> PyResult<i64> {
    if ts_ns > TS_NS_MAX {
        return Err(raise(Kind::Usage, format!("time too late: ts_ns={ts_ns} max={TS_NS_MAX}")));
    }
    Ok(ts_ns)
}

#[expect(clippy::disallowed_methods, reason = "this is the sequencer's clock: the one place where time enters")]
fn system_ns() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}
