//! The key file of a data directory as a Python object, and the proof of an Ed25519 key; the rules are those of `venue`.

use std::path::PathBuf;

use gateway::keys::{Key, NONCE_LEN, role_word, scheme_word};
use gateway::secrets::{SECRET_LEN, public_of, sign};
use journal::os_disk;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use venue::key_file::{self, Made, Refusal, Wanted};

use crate::errors::{Kind, raise};

/// The keys of a data directory.
#[pyclass(module = "fairlead._core._native", frozen)]
pub struct KeyFile {
    directory: PathBuf,
}

#[pymethods]
impl KeyFile {
    #[new]
    fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// Whether an engine has the directory now: it does not know yet what is changed here.
    fn is_in_use(&self) -> PyResult<bool> {
        let told = |error| raise(Kind::Unavailable, format!("cannot look: {}: {error}", self.directory.display()));
        os_disk::is_in_use(&self.directory).map_err(told)
    }

    /// Every key, and every one that was taken back, by session. No secrets.
    fn entries<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let (keys, _) = key_file::read(&self.directory).map_err(|refusal| told(&refusal))?;
        let mut rows = Vec::new();
        for (id, key) in keys.entries() {
            rows.push((key.session, row(py, id.as_str(), key)?));
        }
        for retired in keys.retired() {
            let about = PyDict::new(py);
            about.set_item("key_id", retired.id.as_str())?;
            about.set_item("session", retired.session.0)?;
            about.set_item("account", retired.account.0)?;
            about.set_item("role", "retired")?;
            rows.push((retired.session, about));
        }
        rows.sort_by_key(|(session, _)| *session);
        Ok(rows.into_iter().map(|(_, about)| about).collect())
    }

    /// Adds a key and says what its owner keeps.
    #[pyo3(signature = (key_id, *, session, account, role, scheme, public_key, orders_per_s, cancels_per_s))]
    #[allow(clippy::too_many_arguments, reason = "by name, from Python")]
    fn add<'py>(
        &self,
        py: Python<'py>,
        key_id: &str,
        session: Option<u32>,
        account: u32,
        role: &str,
        scheme: &str,
        public_key: Option<&str>,
        orders_per_s: Option<u32>,
        cancels_per_s: Option<u32>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let wanted = Wanted { id: key_id, session, account, role, scheme, public_key, orders_per_s, cancels_per_s };
        made(py, key_id, key_file::add(&self.directory, wanted))
    }

    /// Takes a key back.
    fn remove<'py>(&self, py: Python<'py>, key_id: &str) -> PyResult<Bound<'py, PyDict>> {
        let key = key_file::remove(&self.directory, key_id).map_err(|refusal| told(&refusal))?;
        row(py, key_id, &key)
    }

    /// Gives a key another secret and says what its owner keeps.
    #[pyo3(signature = (key_id, *, public_key))]
    fn rotate<'py>(&self, py: Python<'py>, key_id: &str, public_key: Option<&str>) -> PyResult<Bound<'py, PyDict>> {
        made(py, key_id, key_file::rotate(&self.directory, key_id, public_key))
    }
}

/// The proof of an Ed25519 key over a challenge and the logon message as it was sent.
#[pyfunction]
pub fn sign_logon<'py>(
    py: Python<'py>,
    private_key: &[u8],
    nonce: &[u8],
    logon: &[u8],
) -> PyResult<Bound<'py, PyBytes>> {
    let nonce: &[u8; NONCE_LEN] = nonce.try_into().map_err(|_| length("nonce", nonce.len(), NONCE_LEN))?;
    Ok(PyBytes::new(py, &sign(private(private_key)?, nonce, logon)))
}

/// The public half of an Ed25519 private key.
#[pyfunction]
pub fn public_key<'py>(py: Python<'py>, private_key: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &public_of(private(private_key)?)))
}

fn private(bytes: &[u8]) -> PyResult<&[u8; SECRET_LEN]> {
    bytes.try_into().map_err(|_| length("private key", bytes.len(), SECRET_LEN))
}

fn length(name: &str, is: usize, should: usize) -> PyErr {
    raise(Kind::Data, format!("{name} has {is} bytes: give {should}"))
}

fn made<'py>(py: Python<'py>, id: &str, made: Result<Made, Refusal>) -> PyResult<Bound<'py, PyDict>> {
    let Made { key, secret, public_key } = made.map_err(|refusal| told(&refusal))?;
    let about = row(py, id, &key)?;
    about.set_item("secret", secret)?;
    about.set_item("public_key", public_key)?;
    Ok(about)
}

fn row<'py>(py: Python<'py>, id: &str, key: &Key) -> PyResult<Bound<'py, PyDict>> {
    let about = PyDict::new(py);
    about.set_item("key_id", id)?;
    about.set_item("session", key.session.0)?;
    about.set_item("account", key.account.0)?;
    about.set_item("role", role_word(key.role))?;
    about.set_item("scheme", scheme_word(key.proof.scheme()))?;
    about.set_item("orders_per_s", key.orders.map(|flow| flow.per_second))?;
    about.set_item("cancels_per_s", key.cancels.map(|flow| flow.per_second))?;
    Ok(about)
}

fn told(refusal: &Refusal) -> PyErr {
    let kind = match refusal {
        Refusal::Usage(_) => Kind::Usage,
        Refusal::NotFound(_) => Kind::NotFound,
        Refusal::File(_) => Kind::Data,
        Refusal::Locked(_) => Kind::Locked,
    };
    raise(kind, refusal.to_string())
}
