//! Real sockets and real TLS on one thread, with a clock that the test moves: peers that never read, and floods.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm, reason = "a test that meets anything else has failed")]

mod support;

use std::cell::Cell;
use std::fs;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use gateway::clock::Clock;
use gateway::hub::{About, Hub};
use gateway::keys::Keys;
use gateway::limits::Limits;
use gateway::server::{Options, Server};
use gateway::tls::{Acceptor, Files};
use model::Side;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, ClientConnection, RootCertStore};
use support::{Client, Plain, SECOND, logon, order};
use wire::{Durability, Position, Role};

/// Turns of the server that any wait may take.
const TURNS_MAX: usize = 100_000;

/// Time that moves when the test says so.
#[derive(Default)]
struct Hands(Cell<u64>);

impl Clock for Hands {
    fn monotonic_ns(&self) -> u64 {
        self.0.get()
    }

    fn wall_ns(&self) -> i64 {
        0
    }
}

/// A certificate that signs itself, in a directory that is gone at the end.
struct Home(PathBuf);

impl Home {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("fairlead-tls-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        let words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=gateway \
                     -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE \
                     -keyout key.pem -out cert.pem";
        let made = Command::new("openssl").args(words.split_whitespace()).current_dir(&path).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Self(path)
    }

    fn acceptor(&self) -> Acceptor {
        let files = Files { cert: self.0.join("cert.pem"), key: self.0.join("key.pem"), client_ca: None };
        Acceptor::load(&files).unwrap()
    }

    fn connector(&self) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(self.0.join("cert.pem")).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_protocol_versions(&[&rustls::version::TLS13]);
        Arc::new(config.unwrap().with_root_certificates(roots).with_no_client_auth())
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// One client with its socket and its TLS.
struct Peer {
    stream: TcpStream,
    tls: ClientConnection,
    client: Client,
    reads: bool,
    is_closed: bool,
}

impl Peer {
    fn run(&mut self) {
        if self.is_closed {
            return;
        }
        let said = self.tls.writer().write(&self.client.out).unwrap();
        self.client.out.drain(..said);
        while self.tls.wants_write() {
            match self.tls.write_tls(&mut self.stream) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => {
                    self.is_closed = true;
                    return;
                }
            }
        }
        let mut buffer = [0; 8_192];
        while self.reads {
            match self.tls.read_tls(&mut self.stream) {
                Ok(0) => self.is_closed = true,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => self.is_closed = true,
            }
            if self.is_closed {
                return;
            }
            self.tls.process_new_packets().unwrap();
            while let Ok(count) = self.tls.reader().read(&mut buffer) {
                if count == 0 {
                    self.is_closed = true;
                    return;
                }
                self.client.hear(&buffer[..count]);
            }
        }
    }
}

struct World {
    server: Server,
    plain: Plain,
    clock: Hands,
    address: SocketAddr,
    connector: Arc<ClientConfig>,
    _home: Home,
}

impl World {
    /// Keys `k0` and `k1` trade for account 1.
    fn new(name: &str) -> Self {
        let secret = "5a".repeat(32);
        let line = |n: usize| format!("k{n} {} 1 trading hmac {secret} orders_per_s=100000\n", n + 1);
        let keys = Keys::parse(&[line(0), line(1)].concat()).unwrap();
        let about = About { durability: Durability::Memory, position: Position::default(), epoch: 1 };
        let home = Home::new(name);
        let address = "127.0.0.1:0".parse().unwrap();
        let options = Options { address, allow_plain_remote: false, spin_ns: 0, tls: Some(home.acceptor()) };
        let server = Server::bind(options, Hub::new(Limits::default(), keys, about)).unwrap();
        let (address, connector) = (server.local_addr().unwrap(), home.connector());
        Self { server, plain: Plain::with_market(), clock: Hands::default(), address, connector, _home: home }
    }

    fn line(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_nonblocking(true).unwrap();
        stream
    }

    fn peer(&self, key: &str) -> Peer {
        let tls = ClientConnection::new(Arc::clone(&self.connector), "localhost".try_into().unwrap()).unwrap();
        let mut client = Client::default();
        client.log_on(logon(key, Role::Trading));
        Peer { stream: self.line(), tls, client, reads: true, is_closed: false }
    }

    fn turn(&mut self) {
        self.server.turn(&mut self.plain, &self.clock, Duration::from_micros(100)).unwrap();
    }

    fn until(&mut self, peers: &mut [Peer], what: &str, is_so: impl Fn(&World, &[Peer]) -> bool) {
        for _ in 0..TURNS_MAX {
            if is_so(self, peers) {
                return;
            }
            self.turn();
            peers.iter_mut().for_each(Peer::run);
        }
        panic!("never: {what}");
    }
}

#[test]
fn g_63_a_peer_that_never_reads_is_closed_behind_tls_too() {
    let mut world = World::new("never-reads");
    let mut peers = [world.peer("k0"), world.peer("k1")];
    world.until(&mut peers, "both are logged on", |_, peers| peers.iter().all(|peer| peer.client.session > 0));
    // It is told everything of its account and reads nothing.
    peers[1].reads = false;
    let mut round = 0;
    while world.server.hub().counts().0 == 2 {
        for _ in 0..200 {
            peers[0].client.command(order(&format!("o{round}"), Side::Buy, 1, 10));
            round += 1;
        }
        let count = peers[0].client.reports().len();
        world.until(&mut peers, "it is answered", |_, peers| peers[0].client.reports().len() >= count + 200);
        peers[0].client.heard.clear();
        world.clock.0.set(world.clock.0.get() + SECOND);
        assert!(round < 200_000, "a peer that takes nothing stays for ever");
    }

    assert_eq!(world.server.hub().counts(), (1, 1));
    assert!(!peers[0].is_closed);
}

/// Fifty hellos at once: somebody who trades is answered while they are worked off.
#[test]
fn g_76_a_flood_of_handshakes_is_worked_off_beside_the_trade() {
    let mut world = World::new("flood");
    let mut peers = [world.peer("k0")];
    world.until(&mut peers, "it is logged on", |_, peers| peers[0].client.session > 0);
    let mut lines = Vec::new();
    for _ in 0..50 {
        let mut hello = Vec::new();
        world.peer("k1").tls.write_tls(&mut hello).unwrap();
        let mut line = world.line();
        line.write_all(&hello).unwrap();
        lines.push(line);
    }
    let answered = |lines: &[TcpStream]| lines.iter().filter(|line| line.peek(&mut [0; 1]).is_ok()).count();
    world.until(&mut [], "all are there", |world, _| world.server.hub().counts().0 >= 50);
    assert!(answered(&lines) < 50, "more than a turn's share was taken");

    peers[0].client.command(order("x", Side::Buy, 1, 10));
    world.until(&mut peers, "it is answered", |_, peers| peers[0].client.reports().len() == 1);
    world.until(&mut peers, "all are greeted", |_, _| answered(&lines) == 50);
}

#[test]
fn g_76_a_handshake_has_the_time_to_log_on_and_no_more() {
    let mut world = World::new("half-open");
    let mut hello = Vec::new();
    world.peer("k0").tls.write_tls(&mut hello).unwrap();
    let mut lines: Vec<TcpStream> = (0..3).map(|_| world.line()).collect();
    lines[1].write_all(&hello[..50]).unwrap();
    lines[2].write_all(&hello).unwrap();
    world.until(&mut [], "all are there", |world, _| world.server.hub().counts().0 == 3);
    (0..50).for_each(|_| world.turn());

    world.clock.0.set(5 * SECOND - 1);
    (0..50).for_each(|_| world.turn());
    assert_eq!(world.server.hub().counts(), (3, 0));

    // Timers are looked at ten times a second.
    world.clock.0.set(5 * SECOND + SECOND / 5);
    (0..50).for_each(|_| world.turn());
    world.clock.0.set(6 * SECOND);
    world.until(&mut [], "they are gone", |world, _| world.server.hub().counts() == (0, 0));
}
