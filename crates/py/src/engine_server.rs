//! A venue as a Python object: opens, turns, stops. Everything else is in crate `venue`.

use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use gateway::tls::Files;
use journal::Mode;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sequencer::{Hold, Recovered};
use venue::latencies::{Measure, Told};
use venue::run::{Options, StartError, StopError, Venue};

use crate::errors::{Kind, raise};

/// Turns before the clock is looked at again.
const TURNS_PER_LOOK: u32 = 64;
/// The slowest pace of clients, in microseconds from one command to the next.
const INTERVAL_US_MAX: u64 = 10_000_000;

/// A data directory, its engine and its gateway, in this process.
#[pyclass(module = "fairlead._core._native", frozen)]
pub struct EngineServer {
    /// Held by the thread that serves; empty once stopped.
    venue: Mutex<Option<Venue>>,
    recovered: Recovered,
    hold: Hold,
    address: SocketAddr,
    latencies: Told,
}

#[pymethods]
impl EngineServer {
    #[new]
    #[pyo3(signature = (
        directory, *, host, port, durability, snapshot_every, client_ids_max, allow_plain_remote, tls, spin_us, latency,
        expected_interval_us
    ))]
    #[allow(clippy::too_many_arguments, reason = "every argument of a keyword-only Python signature is one here")]
    fn new(
        py: Python<'_>,
        directory: PathBuf,
        host: &str,
        port: u16,
        durability: &str,
        snapshot_every: i64,
        client_ids_max: u32,
        allow_plain_remote: bool,
        tls: Option<(PathBuf, PathBuf, Option<PathBuf>)>,
        spin_us: u32,
        latency: bool,
        expected_interval_us: Option<u64>,
    ) -> PyResult<Self> {
        let ip = IpAddr::from_str(host)
            .map_err(|_| raise(Kind::Usage, format!("host={host} is no address: give one like 127.0.0.1")))?;
        let mode = Mode::from_str(durability).map_err(|what| raise(Kind::Usage, what))?;
        let snapshot_every = not_negative(snapshot_every)?;
        let hold = Hold::everything();
        let mut sequencer = sequencer::Options { snapshot_every, hold: hold.clone(), ..sequencer::Options::default() };
        sequencer.journal.mode = mode;
        sequencer.limits.client_ids_max = client_ids_max as usize;
        let address = SocketAddr::new(ip, port);
        let limits = gateway::limits::Limits::default();
        let options = Options {
            directory,
            address,
            allow_plain_remote,
            spin_ns: u64::from(spin_us) * 1_000,
            tls: tls.map(|(cert, key, client_ca)| Files { cert, key, client_ca }),
            sequencer,
            limits,
            measure: measure(latency, expected_interval_us)?,
        };
        let (venue, recovered) = py.detach(|| guarded(|| Venue::start(options))).map_err(|error| start(&error))?;
        let address = venue.address().map_err(|error| raise(Kind::Unavailable, format!("address unknown: {error}")))?;
        let latencies = venue.latencies();
        Ok(Self { venue: Mutex::new(Some(venue)), recovered, hold, address, latencies })
    }

    /// Where it listens, as host and port.
    #[getter]
    fn address(&self) -> (String, u16) {
        (self.address.ip().to_string(), self.address.port())
    }

    /// Its latencies as the JSON text that is in the data directory, not older than about a second while it serves.
    fn latency(&self) -> String {
        self.latencies.report().to_json()
    }

    /// What recovery found.
    #[getter]
    fn recovered<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        found_as_dict(py, &self.recovered)
    }

    /// Serves for so many milliseconds, without holding the interpreter. Returns what went wrong meanwhile and stopped
    /// nothing. `read_seq` is the last record that was read by everybody who reads the log.
    fn serve(&self, py: Python<'_>, milliseconds: u32, read_seq: u64) -> PyResult<Vec<String>> {
        self.hold.read_to(read_seq);
        let served = py.detach(|| {
            let mut place = self.venue.lock().unwrap_or_else(PoisonError::into_inner);
            let venue = place.as_mut()?;
            let served = guarded(|| turn_for(venue, Duration::from_millis(milliseconds.into())));
            let served = served.map(|()| venue.take_notices());
            if served.is_err() {
                *place = None;
            }
            Some(served)
        });
        served.ok_or_else(stopped)?.map_err(|error| stop(&error))
    }

    /// Reads keys and certificate again; says how many there are and how many sessions ended.
    fn reload(&self, py: Python<'_>) -> PyResult<(usize, usize)> {
        let reloaded = py.detach(|| {
            let mut place = self.venue.lock().unwrap_or_else(PoisonError::into_inner);
            place.as_mut().map(|venue| guarded(|| venue.reload()))
        });
        reloaded.ok_or_else(stopped)?.map_err(|error| start(&error))
    }

    /// Ends every session, finishes what was taken, and closes the log.
    fn stop(&self, py: Python<'_>) -> PyResult<()> {
        let stopped = py.detach(|| {
            let venue = self.venue.lock().unwrap_or_else(PoisonError::into_inner).take();
            venue.map_or(Ok(()), |venue| guarded(|| venue.stop()))
        });
        stopped.map_err(|error| stop(&error))
    }
}

/// A number of commands between two snapshots.
///
/// # Errors
/// `UsageError`.
pub fn not_negative(snapshot_every: i64) -> PyResult<u64> {
    let what = || format!("out of range: snapshot_every={snapshot_every} min=0; 0 takes no snapshots");
    u64::try_from(snapshot_every).map_err(|_| raise(Kind::Usage, what()))
}

/// What recovery found.
pub fn found_as_dict<'py>(py: Python<'py>, recovered: &Recovered) -> PyResult<Bound<'py, PyDict>> {
    let Recovered { last, snapshot_seq, replayed, hashes_checked, state_hash, is_new, warnings, .. } = recovered;
    let found = PyDict::new(py);
    found.set_item("last_seq", last.seq)?;
    found.set_item("snapshot_seq", snapshot_seq)?;
    found.set_item("replayed", replayed)?;
    found.set_item("hashes_checked", hashes_checked)?;
    found.set_item("state_hash", format!("{state_hash:016x}"))?;
    found.set_item("is_new", is_new)?;
    found.set_item("warnings", warnings.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    Ok(found)
}

/// How latencies are measured, with the longest interval that is told apart as the largest pace.
fn measure(latency: bool, expected_interval_us: Option<u64>) -> PyResult<Option<Measure>> {
    let Some(us) = expected_interval_us else { return Ok(latency.then(Measure::default)) };
    if !latency {
        let what = format!("expected_interval_us={us} without latencies: leave it out, or measure with latency=True");
        return Err(raise(Kind::Usage, what));
    }
    if !(1..=INTERVAL_US_MAX).contains(&us) {
        let what = format!("expected_interval_us={us} min=1 max={INTERVAL_US_MAX}: give one between them, or none");
        return Err(raise(Kind::Usage, what));
    }
    Ok(Some(Measure { expected_interval_ns: Some(us * 1_000) }))
}

/// The clock of the caller's patience; the venue has its own.
#[allow(clippy::disallowed_methods, reason = "how long to serve before signals are looked at")]
fn turn_for(venue: &mut Venue, time: Duration) -> Result<(), StopError> {
    let began = Instant::now();
    loop {
        for _ in 0..TURNS_PER_LOOK {
            let left = time.saturating_sub(began.elapsed());
            if left.is_zero() {
                return Ok(());
            }
            venue.turn(left)?;
        }
    }
}

/// A panic of the engine ends the process: its state may be half changed, and others hold what was acknowledged.
fn guarded<T>(work: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| std::process::abort())
}

fn stopped() -> PyErr {
    raise(Kind::Usage, "the engine was stopped: start another")
}

fn start(error: &StartError) -> PyErr {
    kind_of(error.exit_code(), error.to_string())
}

fn stop(error: &StopError) -> PyErr {
    kind_of(error.exit_code(), error.to_string())
}

/// The exception that the command line ends with this exit code for.
fn kind_of(exit_code: u8, what: String) -> PyErr {
    let kind = match exit_code {
        2 => Kind::Usage,
        4 => Kind::Data,
        5 => Kind::Unavailable,
        6 => Kind::Locked,
        _ => Kind::Internal,
    };
    raise(kind, what)
}
