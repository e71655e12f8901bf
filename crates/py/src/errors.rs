//! The one place where failures of the core become Python exceptions.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

/// Which class of `fairlead.errors` is raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The call cannot be meant.
    Usage,
    /// An argument has the wrong Python type.
    WrongType,
    /// A float is off its grid.
    OffGrid,
    /// A question about something that does not exist.
    NotFound,
    /// A buffer is not what it says it is.
    Data,
    /// A fault of our own.
    Internal,
    /// Something that is needed is not there, failed, or has a newer format.
    Unavailable,
    /// Another process has it.
    Locked,
}

static CLASSES: [PyOnceLock<Py<PyType>>; 8] = [const { PyOnceLock::new() }; 8];

/// An exception of `fairlead.errors` with this message.
#[cold]
pub fn raise(kind: Kind, message: impl Into<String>) -> PyErr {
    let message = message.into();
    Python::attach(|py| match class(py, kind) {
        Ok(class) => PyErr::from_type(class.clone(), (message,)),
        Err(error) => error,
    })
}

fn class(py: Python<'_>, kind: Kind) -> PyResult<&Bound<'_, PyType>> {
    let (place, name) = match kind {
        Kind::Usage => (0, "UsageError"),
        Kind::WrongType => (1, "WrongTypeError"),
        Kind::OffGrid => (2, "OffGridError"),
        Kind::NotFound => (3, "NotFoundError"),
        Kind::Data => (4, "DataError"),
        Kind::Internal => (5, "InternalError"),
        Kind::Unavailable => (6, "UnavailableError"),
        Kind::Locked => (7, "LockedError"),
    };
    CLASSES[place].import(py, "fairlead.errors", name)
}

/// A class of ours that stops answering after a panic, because its state may be half changed.
pub trait Poison {
    /// Where it keeps the message of the panic.
    fn poison(&mut self) -> &mut Option<String>;
}

/// Runs `work` on an object. A panic poisons the object and becomes `InternalError`; so does every later call.
///
/// # Errors
/// Those of `work`, and `InternalError`.
#[inline]
pub fn guarded<T: Poison, R>(object: &mut T, work: impl FnOnce(&mut T) -> PyResult<R>) -> PyResult<R> {
    if let Some(message) = object.poison() {
        return Err(raise(Kind::Internal, format!("poisoned by an earlier fault: {message}")));
    }
    match catch_unwind(AssertUnwindSafe(|| work(object))) {
        Ok(result) => result,
        Err(payload) => {
            let text = payload.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
            *object.poison() = Some(text.to_owned());
            Err(raise(Kind::Internal, format!("a rule of the engine broke: {text}; report it with the events so far")))
        }
    }
}
