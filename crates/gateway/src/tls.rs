//! TLS around one connection: handshake, records, and which bytes of the session are on their way. Version 1.3 only.

use std::fmt;
use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{Error, RootCertStore, ServerConfig, ServerConnection};

/// Bytes of a session that are encrypted at once. The next are when the system has taken these, so that what waits is
/// counted where it always is: in the session.
const SEALED_MAX: usize = 4 << 10;
/// Encrypted bytes that may wait; more than a chunk and what TLS says of its own ever are.
const BUFFER_MAX: usize = 16 << 10;

/// Where a certificate, its key and the authority of client certificates are; all PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The certificate of the gateway, then those between it and an authority that clients know.
    pub cert: PathBuf,
    /// Its private key; no others may read it.
    pub key: PathBuf,
    /// Where clients must have certificates of their own: who issues them.
    pub client_ca: Option<PathBuf>,
}

/// A file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsError {
    /// Which.
    pub path: PathBuf,
    /// What is wrong with it, and what would be right.
    pub what: String,
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TLS: path={}: {}", self.path.display(), self.what)
    }
}

impl std::error::Error for TlsError {}

/// What a gateway proves itself with to every connection.
#[derive(Debug, Clone)]
pub struct Acceptor(Arc<ServerConfig>);

impl Acceptor {
    /// Reads the files.
    ///
    /// # Errors
    /// [`TlsError`] names the first that cannot be used.
    pub fn load(files: &Files) -> Result<Self, TlsError> {
        let Files { cert, key, client_ca } = files;
        let chain = certificates(cert)?;
        let private = private_key(key)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
        let builder = builder
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(|error| refuse(cert, error.to_string()))?;
        let builder = match client_ca {
            None => builder.with_no_client_auth(),
            Some(path) => {
                let mut roots = RootCertStore::empty();
                for root in certificates(path)? {
                    roots.add(root).map_err(|error| refuse(path, format!("not an authority: {error}")))?;
                }
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
                builder.with_client_cert_verifier(verifier.map_err(|error| refuse(path, error.to_string()))?)
            }
        };
        let mut config = builder.with_single_cert(chain, private).map_err(|error| {
            if matches!(error, Error::InconsistentKeys(_)) {
                return refuse(key, format!("is not the key of {}", cert.display()));
            }
            refuse(cert, error.to_string())
        })?;
        // Nothing is kept for peers that are gone.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Self(Arc::new(config)))
    }
}

fn refuse(path: &Path, what: String) -> TlsError {
    TlsError { path: path.to_owned(), what }
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|error| refuse(path, error.to_string()))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let bytes = read(path)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let found = found.map_err(|error| refuse(path, format!("not PEM: {error}")))?;
    if found.is_empty() {
        return Err(refuse(path, "no certificate in it: give a PEM file with BEGIN CERTIFICATE".to_owned()));
    }
    Ok(found)
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let about = fs::metadata(path).map_err(|error| refuse(path, error.to_string()))?;
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o007 != 0 {
        return Err(refuse(path, format!("mode={mode:o} max=660: chmod 600 it")));
    }
    // What the parser says could quote the key.
    PrivateKeyDer::from_pem_slice(&read(path)?)
        .map_err(|_| refuse(path, "no private key in it: give a PEM file with BEGIN PRIVATE KEY".to_owned()))
}

/// What came of a read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// There may be more.
    More,
    /// There is nothing more for now.
    All,
    /// The peer has said everything.
    End,
    /// What it said is no TLS, or it is not let in; an alert is ready to be sent. Whether its certificate was at fault.
    Refused(bool),
}

/// The TLS of one connection.
#[derive(Debug)]
pub(crate) struct Tls {
    connection: ServerConnection,
    /// Bytes of the session that are encrypted, and not all taken by the system.
    sealed: usize,
    is_refused: bool,
}

impl Tls {
    /// Begins; `None` where there is no randomness for it.
    pub(crate) fn new(acceptor: &Acceptor) -> Option<Self> {
        let mut connection = ServerConnection::new(Arc::clone(&acceptor.0)).ok()?;
        connection.set_buffer_limit(Some(BUFFER_MAX));
        Some(Self { connection, sealed: 0, is_refused: false })
    }

    /// Whether the peer is not let in yet, or never will be.
    pub(crate) fn is_handshaking(&self) -> bool {
        self.is_refused || self.connection.is_handshaking()
    }

    /// Whether TLS has something to send.
    pub(crate) fn wants_write(&self) -> bool {
        self.connection.wants_write()
    }

    /// Reads about as much as `buffer` holds, of a handshake one step, and gives what was said to `take`.
    ///
    /// # Errors
    /// Those of the system, but for having to wait.
    pub(crate) fn read(
        &mut self,
        stream: &mut impl Read,
        buffer: &mut [u8],
        mut take: impl FnMut(&[u8]),
    ) -> io::Result<Heard> {
        let mut total = 0;
        while total < buffer.len() {
            total += match self.connection.read_tls(stream) {
                Ok(0) => return Ok(Heard::End),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Heard::All),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let was_handshaking = self.is_handshaking();
            if let Err(error) = self.connection.process_new_packets() {
                self.is_refused = true;
                let is_proof = matches!(error, Error::InvalidCertificate(_) | Error::NoCertificatesPresented);
                return Ok(Heard::Refused(is_proof));
            }
            loop {
                match self.connection.reader().read(buffer) {
                    Ok(0) => return Ok(Heard::End),
                    Ok(count) => take(&buffer[..count]),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                    Err(error) => return Err(error),
                }
            }
            if was_handshaking {
                break;
            }
        }
        Ok(Heard::More)
    }

    /// Encrypts and writes a part of what waits; says how many bytes of it are all on their way. Not during the handshake.
    ///
    /// # Errors
    /// Those of the system; that it takes no more among them.
    pub(crate) fn write(&mut self, stream: &mut impl Write, pending: &[u8]) -> io::Result<usize> {
        if self.sealed == 0 {
            self.sealed = self.connection.writer().write(&pending[..pending.len().min(SEALED_MAX)])?;
        }
        self.flush(stream)?;
        Ok(std::mem::take(&mut self.sealed))
    }

    /// Writes what TLS itself has to say.
    ///
    /// # Errors
    /// Those of the system; that it takes no more among them.
    pub(crate) fn flush(&mut self, stream: &mut impl Write) -> io::Result<()> {
        while self.connection.wants_write() {
            match self.connection.write_tls(stream) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Says that nothing more will come, as far as the system takes it.
    pub(crate) fn say_end(&mut self, stream: &mut impl Write) {
        self.connection.send_close_notify();
        // A peer that takes nothing learns of the end without it.
        let _ = self.flush(stream);
    }
}
