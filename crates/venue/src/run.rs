//! Opens a data directory, listens, and turns: poll sockets, submit, step, write.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use gateway::clock::{Clock, SystemClock};
use gateway::limits::Limits;
use gateway::server::{self, Server, TurnError};
use gateway::tls::{self, Acceptor, TlsError};
use journal::Mode;
use journal::os_disk::OsDisk;
use sequencer::{Fatal, OpenError, Recovered, Sequencer};
use wire::Durability;

use crate::beside::Beside;
use crate::key_file;
use crate::latencies::{Measure, Publisher, Told};
use crate::restore::Restore;
use crate::seat::Seat;

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
    /// What connections are encrypted with; without it nothing is.
    pub tls: Option<tls::Files>,
    /// The sequencer's options, durability and how often there are snapshots among them.
    pub sequencer: sequencer::Options,
    /// The gateway's bounds.
    pub limits: Limits,
    /// How latencies are measured; not at all where empty.
    pub measure: Option<Measure>,
}

/// Why a venue did not start. Each names what to do.
#[derive(Debug)]
pub enum StartError {
    /// The data directory could not be opened or recovered.
    Open(OpenError),
    /// The key file cannot be used.
    Keys(key_file::Refusal),
    /// A file of the encryption cannot be used.
    Tls(TlsError),
    /// The address cannot be listened on.
    Listen(SocketAddr, io::Error),
    /// The system gives no thread for the work beside the loop.
    Thread(io::Error),
}

impl StartError {
    /// The exit code of a process that stops for it.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Open(error) => error.exit_code(),
            Self::Keys(_) | Self::Tls(_) => EXIT_CONFIG,
            Self::Listen(..) | Self::Thread(_) => EXIT_UNAVAILABLE,
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(error) => error.fmt(f),
            Self::Keys(refusal) => refusal.fmt(f),
            Self::Tls(error) => error.fmt(f),
            Self::Listen(address, error) => {
                write!(f, "cannot listen: address={address}: {error}; choose another --port")
            }
            Self::Thread(error) => write!(f, "cannot start a thread: {error}; allow this user more of them"),
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
    directory: PathBuf,
    files: Option<tls::Files>,
    seat: Seat<OsDisk>,
    beside: Beside<OsDisk>,
    server: Server,
    clock: SystemClock,
    publisher: Publisher,
}

impl Venue {
    /// Recovers a data directory, makes it when it is new, and listens.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(options: Options) -> Result<(Self, Recovered), StartError> {
        let Options { directory, address, allow_plain_remote, spin_ns, tls: files, mut sequencer, limits, measure } =
            options;
        sequencer.upkeep_apart = true;
        let with_snapshots = sequencer.snapshot_every > 0;
        let clock = SystemClock::new();
        let disk = OsDisk::open(&directory).map_err(|error| StartError::Open(OpenError::Disk(error.to_string())))?;
        let tls = files.as_ref().map(Acceptor::load).transpose().map_err(StartError::Tls)?;
        let keys = key_file::read_or_make(&directory).map_err(StartError::Keys)?;
        let durability = durability(sequencer.journal.mode);
        let mut restore = Restore::new(limits, keys, durability, epoch(clock.wall_ns()));
        let opened = Sequencer::open_watched(disk, sequencer, clock.wall_ns(), &mut restore);
        let (sequencer, recovered) = opened.map_err(StartError::Open)?;
        let listen = server::Options { address, allow_plain_remote, spin_ns, tls };
        let mut server =
            Server::bind(listen, restore.into_hub()).map_err(|error| StartError::Listen(address, error))?;
        let beside = Beside::start(&sequencer, with_snapshots).map_err(StartError::Thread)?;
        let (publisher, record) = Publisher::start(&directory, measure, &clock);
        server.set_stamps(record);
        Ok((Self { directory, files, seat: Seat { sequencer }, beside, server, clock, publisher }, recovered))
    }

    /// Reads keys and certificate again. Sessions whose key is gone or has another secret end; says how many keys there are
    /// now, and how many sessions ended. The certificate counts for the connections to come.
    ///
    /// # Errors
    /// [`StartError`]: keys and certificate are those of before.
    pub fn reload(&mut self) -> Result<(usize, usize), StartError> {
        let tls = self.files.as_ref().map(Acceptor::load).transpose().map_err(StartError::Tls)?;
        let (keys, _) = key_file::read(&self.directory).map_err(StartError::Keys)?;
        self.server.set_tls(tls);
        let count = keys.len();
        Ok((count, self.server.hub_mut().set_keys(keys)))
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
        self.server.turn(&mut self.seat, &self.clock, wait).map_err(stopped)?;
        self.publisher.turn(self.server.stamps_mut(), &self.clock);
        self.beside.turn(&mut self.seat.sequencer).map_err(StopError::Fatal)
    }

    /// What went wrong beside the loop and stopped nothing, each a sentence for whoever runs it; once.
    pub fn take_notices(&mut self) -> Vec<String> {
        self.beside.take_notices()
    }

    /// Ends every session, finishes what was taken and a snapshot that is due, and closes the log.
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
        let finished = self.beside.finish(&mut self.seat.sequencer);
        self.publisher.end(self.server.stamps_mut());
        finished.and_then(|()| self.seat.sequencer.close()).map_err(StopError::Fatal)
    }

    /// Its latencies as they were published last, also when it has stopped.
    #[must_use]
    pub fn latencies(&self) -> Told {
        self.publisher.told()
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
