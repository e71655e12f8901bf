//! Opens a data directory, listens, and turns: poll sockets, submit, step, write.

use std::fmt;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use gateway::clock::{Clock, SystemClock};
use gateway::keys::{KeyFileError, Keys};
use gateway::limits::Limits;
use gateway::server::{self, Server, TurnError};
use journal::os_disk::OsDisk;
use journal::{Mode, os_disk};
use sequencer::{Fatal, OpenError, Recovered, Sequencer};
use wire::Durability;

use crate::restore::Restore;
use crate::seat::Seat;

/// The file of keys in a data directory.
pub const KEY_FILE: &str = "gateway.keys";
const KEY_FILE_MODE: u32 = 0o600;
/// Exit code where the configuration is wrong.
pub const EXIT_CONFIG: u8 = 4;
/// Exit code where an address cannot be listened on.
pub const EXIT_UNAVAILABLE: u8 = 5;
/// Turns that a shutdown waits at most for commands that were taken.
const LAST_TURNS_MAX: usize = 1_000;

/// How to run a venue.
#[derive(Clone, Debug)]
pub struct Options {
    /// The data directory.
    pub directory: PathBuf,
    /// Address and port; port 0 lets the system choose.
    pub address: SocketAddr,
    /// Plain text on an address that others can reach was asked for.
    pub allow_plain_remote: bool,
    /// How long a turn looks for work without sleeping, in nanoseconds.
    pub spin_ns: u64,
    /// The sequencer's options, durability among them.
    pub sequencer: sequencer::Options,
    /// The gateway's bounds.
    pub limits: Limits,
}

/// Why a venue did not start. Each names what to do.
#[derive(Debug)]
pub enum StartError {
    /// The data directory could not be opened or recovered.
    Open(OpenError),
    /// The key file cannot be used.
    Keys(String),
    /// The address cannot be listened on.
    Listen(SocketAddr, io::Error),
}

impl StartError {
    /// The exit code of a process that stops for it.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Open(error) => error.exit_code(),
            Self::Keys(_) => EXIT_CONFIG,
            Self::Listen(..) => EXIT_UNAVAILABLE,
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(error) => error.fmt(f),
            Self::Keys(what) => f.write_str(what),
            Self::Listen(address, error) => {
                write!(f, "cannot listen: address={address}: {error}; choose another --port")
            }
        }
    }
}

impl std::error::Error for StartError {}

/// Why a venue stopped by itself.
#[derive(Debug)]
pub enum StopError {
    /// The log cannot go on; nothing was acknowledged that is not safe.
    Fatal(Fatal),
    /// The system cannot tell of sockets any more.
    Poll(io::Error),
}

impl StopError {
    /// The exit code of a process that stops for it.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Fatal(fatal) => fatal.exit_code(),
            Self::Poll(_) => EXIT_UNAVAILABLE,
        }
    }
}

impl fmt::Display for StopError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fatal(fatal) => fatal.fmt(f),
            Self::Poll(error) => write!(f, "sockets cannot be waited for any more: {error}; restart the process"),
        }
    }
}

impl std::error::Error for StopError {}

/// A running venue.
pub struct Venue {
    seat: Seat<OsDisk>,
    server: Server,
    clock: SystemClock,
}

impl Venue {
    /// Recovers a data directory, makes it when it is new, and listens.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(options: Options) -> Result<(Self, Recovered), StartError> {
        let Options { directory, address, allow_plain_remote, spin_ns, sequencer, limits } = options;
        let clock = SystemClock::new();
        let disk = OsDisk::open(&directory).map_err(|error| StartError::Open(OpenError::Disk(error.to_string())))?;
        let keys = keys(&directory.join(KEY_FILE)).map_err(StartError::Keys)?;
        let durability = durability(sequencer.journal.mode);
        let mut restore = Restore::new(limits, keys, durability, epoch(clock.wall_ns()));
        let opened = Sequencer::open_watched(disk, sequencer, clock.wall_ns(), &mut restore);
        let (sequencer, recovered) = opened.map_err(StartError::Open)?;
        let listen = server::Options { address, allow_plain_remote, spin_ns };
        let server = Server::bind(listen, restore.into_hub()).map_err(|error| StartError::Listen(address, error))?;
        Ok((Self { seat: Seat { sequencer }, server, clock }, recovered))
    }

    /// Where it listens.
    ///
    /// # Errors
    /// Those of the system.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.server.local_addr()
    }

    /// One turn: waits for work at most `wait`, and does it.
    ///
    /// # Errors
    /// [`StopError`]: end the process with its exit code.
    pub fn turn(&mut self, wait: Duration) -> Result<(), StopError> {
        self.server.turn(&mut self.seat, &self.clock, wait).map_err(stopped)
    }

    /// Ends every session, finishes what was taken, and closes the log.
    ///
    /// # Errors
    /// [`StopError`]: what was acknowledged is safe all the same.
    pub fn stop(mut self) -> Result<(), StopError> {
        self.server.shut_down(&self.seat, &self.clock);
        for _ in 0..LAST_TURNS_MAX {
            self.turn(Duration::ZERO)?;
            if self.seat.sequencer.waiting() == 0 {
                break;
            }
        }
        self.seat.sequencer.close().map_err(StopError::Fatal)
    }

    /// The sequencer behind it, for questions.
    #[must_use]
    pub fn seat(&self) -> &Seat<OsDisk> {
        &self.seat
    }

    /// The gateway, for questions.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }
}

fn stopped(error: TurnError<Fatal>) -> StopError {
    match error {
        TurnError::Engine(fatal) => StopError::Fatal(fatal),
        TurnError::Poll(error) => StopError::Poll(error),
    }
}

/// What an answer is worth, in the words of the wire.
fn durability(mode: Mode) -> Durability {
    match mode {
        Mode::Always => Durability::Always,
        Mode::Group { .. } => Durability::Group,
        Mode::Os => Durability::Os,
    }
}

/// The second this run began: later than any epoch of a run before it.
fn epoch(wall_ns: i64) -> u32 {
    u32::try_from(wall_ns / 1_000_000_000).unwrap_or(u32::MAX)
}

/// Reads the keys of a directory; a new one gets one operator key with a secret nobody else knows.
fn keys(path: &Path) -> Result<Keys, String> {
    let told = |error: io::Error| format!("key file: path={}: {error}", path.display());
    if !path.exists() {
        make_keys(path).map_err(told)?;
    }
    let mode = fs::metadata(path).map_err(told)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(format!("key file: path={} mode={mode:o} max=600: chmod 600 it", path.display()));
    }
    let text = fs::read_to_string(path).map_err(told)?;
    Keys::parse(&text).map_err(|error: KeyFileError| format!("{error}; path={}", path.display()))
}

fn make_keys(path: &Path) -> io::Result<()> {
    let secret = [os_disk::random_id()?, os_disk::random_id()?].concat();
    let digits =
        secret.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(digit.into(), 16));
    let secret: String = digits.collect();
    let mut file = OpenOptions::new().write(true).create_new(true).mode(KEY_FILE_MODE).open(path)?;
    // The system may have taken bits off the mode, never added any; say it again for directories with odd masks.
    file.set_permissions(Permissions::from_mode(KEY_FILE_MODE))?;
    writeln!(file, "# key_id session account role scheme secret [orders_per_s=N] [cancels_per_s=N]")?;
    writeln!(file, "operator 1 0 operator hmac {secret}")?;
    file.sync_all()
}
