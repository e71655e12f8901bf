//! Sockets: one thread that reads, lets the engine step, and writes. Nothing waits for a peer.
//!
//! 1. Each turn reads at most one buffer of each connection, so that nobody has more of a turn than the others.
//! 2. A socket is written until it takes no more, then forgotten until it says that it does again.
//! 3. What a turn read is sequenced, made durable and answered before the next turn reads.
//! 4. Who was sent away is read only to be rid of what it sent, at every tick: it costs nobody a turn.
//! 5. Nothing is read that the engine has no room for: it waits in the sockets, and who waits is read first in the next turn.
//! 6. Of TLS handshakes, which cost a signature each, a turn takes few; without TLS nothing is copied or asked for it.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr};
use std::time::Duration;

use latency::Record;
use mio::event::Event;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Waker};

use crate::clock::{Clock, until};
use crate::host::{Engine, STEP_NOW, Token};
use crate::hub::Hub;
use crate::keys::NONCE_LEN;
use crate::room::bytes_max;
use crate::stamps::{Sent, StampedHost, StampedSink, Stamps};
use crate::tls::{Acceptor, Heard, Tls};

const LISTENER: mio::Token = mio::Token(usize::MAX);
const WAKER: mio::Token = mio::Token(usize::MAX - 1);
/// Bytes read from one connection in a turn.
const READ_MAX: usize = 64 << 10;
/// Connections accepted in a turn.
const ACCEPTED_MAX: usize = 64;
/// Steps of TLS handshakes in a turn; those that are left wait for the next.
const HANDSHAKES_MAX: usize = 4;
/// How long a peer may take to close its side after our last words.
const LINGER_NS: u64 = 500_000_000;
/// Time between two looks at the timers of all connections.
const TICK_NS: u64 = 100_000_000;

/// Where to listen, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// Address and port; port 0 lets the system choose.
    pub address: SocketAddr,
    /// Plain text on an address that others can reach was asked for.
    pub allow_plain_remote: bool,
    /// How long a turn looks for work without sleeping, in nanoseconds. Takes a processor for itself.
    pub spin_ns: u64,
    /// What connections are encrypted with; without it nothing is.
    pub tls: Option<Acceptor>,
}

#[derive(Debug)]
struct Socket {
    stream: TcpStream,
    tls: Option<Box<Tls>>,
    token: Token,
    is_writable: bool,
    /// It is on the list of sockets to read from.
    is_listed: bool,
    /// The peer has closed its side: what it sent before is still to be read, then the end.
    is_closing: bool,
    /// Everything was said: what the peer still sends is read and thrown away until then, so that closing does not make
    /// its system throw away our last words.
    lingers_until_ns: Option<u64>,
}

/// A listening gateway.
#[derive(Debug)]
pub struct Server {
    poll: Poll,
    events: Events,
    listener: TcpListener,
    accepts: bool,
    /// A connection could not be taken for want of descriptors: the next tick tries again.
    accept_failed: bool,
    sockets: Vec<Option<Socket>>,
    /// Sockets that have something to be read.
    ready: Vec<Token>,
    busy: Vec<Token>,
    buffer: Box<[u8]>,
    /// Bytes that may be read from the next socket.
    bytes_max: usize,
    next_tick_ns: u64,
    spin_ns: u64,
    tls: Option<Acceptor>,
    /// Steps of handshakes that this turn may still take.
    handshakes_left: usize,
    hub: Hub,
    /// Empty where no latencies are asked for.
    stamps: Option<Stamps>,
}

impl Server {
    /// Listens.
    ///
    /// # Errors
    /// Those of the system; [`io::ErrorKind::PermissionDenied`] where others could reach the address and nothing is
    /// encrypted.
    pub fn bind(options: Options, hub: Hub) -> io::Result<Self> {
        let Options { address, allow_plain_remote, spin_ns, tls } = options;
        if !address.ip().is_loopback() && !allow_plain_remote && tls.is_none() {
            let what = format!(
                "address={address} is not loopback and nothing is encrypted: bind to 127.0.0.1, give a certificate, or \
                 ask for plain text explicitly"
            );
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, what));
        }
        let poll = Poll::new()?;
        let mut listener = TcpListener::bind(address)?;
        poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
        let sockets = (0..hub.limits().connections_max).map(|_| None).collect();
        Ok(Self {
            poll,
            events: Events::with_capacity(1_024),
            listener,
            accepts: true,
            accept_failed: false,
            sockets,
            ready: Vec::new(),
            busy: Vec::new(),
            buffer: vec![0; READ_MAX].into_boxed_slice(),
            bytes_max: READ_MAX,
            next_tick_ns: 0,
            spin_ns,
            tls,
            handshakes_left: HANDSHAKES_MAX,
            hub,
            stamps: None,
        })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// Those of the system.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Takes another certificate for the connections to come. Those that are there go on.
    pub fn set_tls(&mut self, tls: Option<Acceptor>) {
        self.tls = tls;
    }

    /// Something that ends a turn's wait from another thread.
    ///
    /// # Errors
    /// Those of the system.
    pub fn waker(&self) -> io::Result<Waker> {
        Waker::new(self.poll.registry(), WAKER)
    }

    /// The sessions behind the sockets.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// The sessions behind the sockets, to be changed.
    pub fn hub_mut(&mut self) -> &mut Hub {
        &mut self.hub
    }

    /// Stamps commands on their way from now on, or not any more. Commands that are on their way are not.
    pub fn set_stamps(&mut self, record: Option<Record>) {
        let connections_max = self.hub.limits().connections_max;
        self.stamps = record.map(|record| Stamps::new(record, connections_max));
    }

    /// The stamps, where there are any.
    #[must_use]
    pub fn stamps(&self) -> Option<&Stamps> {
        self.stamps.as_ref()
    }

    /// The stamps, to take what they recorded.
    pub fn stamps_mut(&mut self) -> Option<&mut Stamps> {
        self.stamps.as_mut()
    }

    /// One turn: waits for work at most `wait`, reads, lets the engine step, writes.
    ///
    /// # Errors
    /// [`TurnError::Engine`] where the engine can never go on, [`TurnError::Poll`] where the system cannot tell of sockets
    /// any more.
    pub fn turn<E: Engine>(
        &mut self,
        engine: &mut E,
        clock: &dyn Clock,
        wait: Duration,
    ) -> Result<(), TurnError<E::Fatal>> {
        self.wait(engine, clock, wait).map_err(TurnError::Poll)?;
        let now_ns = clock.monotonic_ns();
        if let Some(stamps) = &mut self.stamps {
            stamps.begin_turn(clock.stage_ns());
        }
        self.look_at_events(now_ns);
        self.read_all(engine, clock, now_ns);
        self.hub.submit_own(engine);
        self.step(engine, clock).map_err(TurnError::Engine)?;
        if now_ns >= self.next_tick_ns {
            self.next_tick_ns = now_ns + TICK_NS;
            self.hub.tick(now_ns, engine);
            self.tick_sockets(now_ns);
        }
        self.write_all(engine, clock, now_ns);
        Ok(())
    }

    fn step<E: Engine>(&mut self, engine: &mut E, clock: &dyn Clock) -> Result<(), E::Fatal> {
        let Self { hub, stamps, .. } = self;
        match stamps {
            None => engine.step(clock.wall_ns(), hub),
            Some(stamps) => engine.step_timed(clock.wall_ns(), &|| clock.stage_ns(), &mut StampedSink { hub, stamps }),
        }
    }

    /// Ends every session and writes what can be written now.
    pub fn shut_down<E: Engine>(&mut self, engine: &E, clock: &dyn Clock) {
        self.accepts = false;
        self.hub.shut_down();
        self.write_all(engine, clock, clock.monotonic_ns());
    }

    fn wait<E: Engine>(&mut self, engine: &E, clock: &dyn Clock, wait: Duration) -> io::Result<()> {
        let began_ns = clock.monotonic_ns();
        let mut left_ns = u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX).min(TICK_NS);
        if let Some(deadline_ns) = engine.deadline_ns() {
            left_ns = left_ns.min(until(deadline_ns, clock.wall_ns()));
        }
        left_ns = left_ns.min(self.until_readable(began_ns));
        let mut spun_ns = 0;
        while spun_ns < left_ns.min(self.spin_ns) {
            self.poll_for(0)?;
            if !self.events.is_empty() {
                return Ok(());
            }
            spun_ns = clock.monotonic_ns().saturating_sub(began_ns);
        }
        self.poll_for(left_ns.saturating_sub(spun_ns))
    }

    fn poll_for(&mut self, wait_ns: u64) -> io::Result<()> {
        match self.poll.poll(&mut self.events, Some(Duration::from_nanos(wait_ns))) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            done => done,
        }
    }

    /// How long until a socket that has something may be read.
    fn until_readable(&self, now_ns: u64) -> u64 {
        let of = |token: &Token| {
            if self.hub.wants_bytes(*token, now_ns) {
                return 0;
            }
            self.hub.paused_until(*token, now_ns).map_or(u64::MAX, |until| until.saturating_sub(now_ns))
        };
        self.ready.iter().map(of).min().unwrap_or(u64::MAX)
    }

    fn look_at_events(&mut self, now_ns: u64) {
        let mut accepts = false;
        let Self { events, sockets, ready, hub, .. } = self;
        for event in events.iter() {
            match event.token() {
                LISTENER => accepts = true,
                WAKER => {}
                slot => {
                    if let Some(Some(socket)) = sockets.get_mut(slot.0) {
                        note(event, socket, ready, hub);
                    }
                }
            }
        }
        if accepts && self.accepts {
            self.accept(now_ns);
        }
    }

    fn accept(&mut self, now_ns: u64) {
        for _ in 0..ACCEPTED_MAX {
            let (stream, address) = match self.listener.accept() {
                Ok(accepted) => accepted,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => {
                    self.accept_failed = true;
                    return;
                }
            };
            self.welcome(stream, address, now_ns);
        }
        self.accept_again();
    }

    /// Asks to be told again of connections that wait: the system tells only once.
    fn accept_again(&mut self) {
        let again = self.poll.registry().reregister(&mut self.listener, LISTENER, Interest::READABLE);
        debug_assert!(again.is_ok(), "the listener is registered");
    }

    /// A connection that has no room is closed at once; the peer sees an end of file.
    fn welcome(&mut self, mut stream: TcpStream, address: SocketAddr, now_ns: u64) {
        let mut nonce = [0; NONCE_LEN];
        if stream.set_nodelay(true).is_err() || getrandom::fill(&mut nonce).is_err() {
            return;
        }
        let Ok(token) = self.hub.open(address.ip(), nonce, now_ns) else { return };
        let tls = self.tls.as_ref().map(Tls::new);
        if tls.as_ref().is_some_and(Option::is_none) {
            return self.hub.closed(token);
        }
        let tls = tls.flatten().map(Box::new);
        let name = mio::Token(usize::from(token.slot));
        let interest = Interest::READABLE | Interest::WRITABLE;
        if self.poll.registry().register(&mut stream, name, interest).is_err() {
            return self.hub.closed(token);
        }
        let lingers_until_ns = None;
        let (is_writable, is_listed, is_closing) = (true, false, false);
        let socket = Socket { stream, tls, token, is_writable, is_listed, is_closing, lingers_until_ns };
        self.sockets[usize::from(token.slot)] = Some(socket);
    }

    fn read_all<E: Engine>(&mut self, engine: &mut E, clock: &dyn Clock, now_ns: u64) {
        self.handshakes_left = HANDSHAKES_MAX;
        let mut ready = std::mem::take(&mut self.ready);
        let mut with_more = 0;
        ready.retain(|token| {
            self.bytes_max = bytes_max(engine.room(), engine.deadline_ns() == Some(STEP_NOW)).min(READ_MAX);
            if self.bytes_max == 0 {
                return true;
            }
            let has_more = self.read(*token, engine, clock, now_ns);
            with_more += usize::from(has_more);
            has_more
        });
        ready.rotate_left(with_more);
        debug_assert!(self.ready.is_empty(), "nothing becomes ready while reading");
        self.ready = ready;
    }

    /// Reads from one socket; `false` where it has nothing more for now.
    fn read<E: Engine>(&mut self, token: Token, engine: &mut E, clock: &dyn Clock, now_ns: u64) -> bool {
        let Self { sockets, hub, buffer, bytes_max, stamps, .. } = self;
        let Some(socket) = find(sockets, token) else { return false };
        if hub.is_ending(token) {
            socket.is_listed = false;
            return false;
        }
        if !hub.wants_bytes(token, now_ns) {
            return true;
        }
        if socket.tls.is_some() {
            return self.read_tls(token, engine, clock, now_ns);
        }
        let buffer = &mut buffer[..*bytes_max];
        match socket.stream.read(buffer) {
            Ok(0) => {
                self.close(token);
                false
            }
            Ok(count) => {
                receive(hub, (token, &buffer[..count]), now_ns, engine, (stamps, clock));
                socket.is_listed = socket.is_closing || count == buffer.len();
                socket.is_listed
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                socket.is_listed = false;
                false
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => true,
            Err(_) => {
                self.close(token);
                false
            }
        }
    }

    /// The same through TLS.
    fn read_tls<E: Engine>(&mut self, token: Token, engine: &mut E, clock: &dyn Clock, now_ns: u64) -> bool {
        let Self { sockets, hub, buffer, bytes_max, handshakes_left, stamps, .. } = self;
        let Some(socket) = find(sockets, token) else { return false };
        let Some(tls) = &mut socket.tls else { return false };
        if tls.is_handshaking() {
            if *handshakes_left == 0 {
                return true;
            }
            *handshakes_left -= 1;
        }
        let heard = tls.read(&mut socket.stream, &mut buffer[..*bytes_max], |bytes| {
            receive(hub, (token, bytes), now_ns, engine, (stamps, clock));
        });
        if tls.wants_write() {
            hub.touch(token);
        }
        match heard {
            Ok(Heard::More) => true,
            Ok(Heard::All) => {
                socket.is_listed = false;
                false
            }
            Ok(Heard::Refused(is_proof)) => {
                hub.refuse(token, is_proof, now_ns);
                true
            }
            Ok(Heard::End) | Err(_) => {
                self.close(token);
                false
            }
        }
    }

    fn write_all<E: Engine>(&mut self, engine: &E, clock: &dyn Clock, now_ns: u64) {
        let mut busy = std::mem::take(&mut self.busy);
        self.hub.take_busy(&mut busy);
        for token in &busy {
            self.write(*token, engine, now_ns);
            if let Some(stamps) = self.stamps.as_mut().filter(|stamps| stamps.awaits_writes()) {
                stamps.sent(*token, clock.stage_ns());
            }
        }
        let Self { sockets, hub, stamps, .. } = self;
        if let Some(stamps) = stamps {
            stamps.end_turn(clock.stage_ns(), &busy, |token| {
                if !is_open(sockets, token) {
                    Sent::Gone
                } else if hub.pending(token).is_empty() && !hub.is_behind(token) {
                    Sent::All
                } else {
                    Sent::Not
                }
            });
        }
        self.busy = busy;
    }

    fn write<E: Engine>(&mut self, token: Token, engine: &E, now_ns: u64) {
        let Self { sockets, hub, .. } = self;
        let Some(socket) = find(sockets, token) else { return };
        let said = if socket.tls.as_ref().is_some_and(|tls| tls.is_handshaking()) {
            shake_hands(socket, hub)
        } else {
            write_pending(socket, hub, engine, now_ns)
        };
        if said.is_err() {
            return self.close(token);
        }
        if hub.is_over(token) && socket.lingers_until_ns.is_none() {
            if let Some(tls) = &mut socket.tls {
                tls.say_end(&mut socket.stream);
            }
            let said = socket.stream.shutdown(Shutdown::Write);
            socket.lingers_until_ns = said.is_ok().then_some(now_ns + LINGER_NS);
            if said.is_err() {
                self.close(token);
            }
        }
    }

    fn tick_sockets(&mut self, now_ns: u64) {
        if std::mem::take(&mut self.accept_failed) {
            self.accept_again();
        }
        let Self { sockets, hub, buffer, .. } = self;
        let ending = sockets.iter_mut().flatten().filter(|socket| hub.is_ending(socket.token));
        let is_late = |socket: &Socket| socket.lingers_until_ns.is_some_and(|until| until <= now_ns);
        let over = ending.filter_map(|socket| (is_late(socket) || is_gone(socket, buffer)).then_some(socket.token));
        for token in over.collect::<Vec<Token>>() {
            self.close(token);
        }
    }

    fn close(&mut self, token: Token) {
        self.hub.closed(token);
        let Some(place) = self.sockets.get_mut(usize::from(token.slot)) else { return };
        if let Some(mut socket) = place.take_if(|socket| socket.token == token) {
            let gone = self.poll.registry().deregister(&mut socket.stream);
            debug_assert!(gone.is_ok(), "a socket is registered while it is here");
        }
    }
}

/// Why a turn is the last one.
#[derive(Debug)]
pub enum TurnError<F> {
    /// The engine can never go on.
    Engine(F),
    /// The system cannot tell of sockets any more.
    Poll(io::Error),
}

fn is_open(sockets: &[Option<Socket>], token: Token) -> bool {
    sockets.get(usize::from(token.slot)).and_then(Option::as_ref).is_some_and(|socket| socket.token == token)
}

fn find(sockets: &mut [Option<Socket>], token: Token) -> Option<&mut Socket> {
    sockets.get_mut(usize::from(token.slot))?.as_mut().filter(|socket| socket.token == token)
}

/// Throws away what a peer that was sent away still sends, one buffer of it. Whether it has closed its side.
fn is_gone(socket: &mut Socket, buffer: &mut [u8]) -> bool {
    match socket.stream.read(buffer) {
        Ok(count) => count == 0,
        Err(error) => !matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted),
    }
}

/// Hands what was read to the hub, stamped where latencies are asked for.
fn receive<E: Engine>(
    hub: &mut Hub,
    (token, bytes): (Token, &[u8]),
    now_ns: u64,
    engine: &mut E,
    (stamps, clock): (&mut Option<Stamps>, &dyn Clock),
) {
    if let Some(stamps) = stamps {
        let mut host = StampedHost { host: engine, stamps, clock, arrived_ns: clock.stage_ns() };
        hub.receive(token, bytes, now_ns, &mut host);
    } else {
        hub.receive(token, bytes, now_ns, engine);
    }
}

/// Writes what there is to say, until there is nothing more or the system takes no more.
fn write_pending<E: Engine>(socket: &mut Socket, hub: &mut Hub, engine: &E, now_ns: u64) -> io::Result<()> {
    let token = socket.token;
    loop {
        let more = hub.pump(token, engine);
        let pending = hub.pending(token);
        if pending.is_empty() {
            if more {
                // It looked at as much as one connection may in a turn.
                hub.touch(token);
            }
            return flush(socket);
        }
        if !socket.is_writable {
            hub.wrote(token, 0, now_ns);
            return Ok(());
        }
        let written = match &mut socket.tls {
            None => socket.stream.write(pending),
            Some(tls) => tls.write(&mut socket.stream, pending),
        };
        match written {
            Ok(count) => {
                // TLS takes a part at a time, and says itself when the system takes no more.
                let all = count == pending.len() || socket.tls.is_some();
                hub.wrote(token, count, now_ns);
                socket.is_writable = all;
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => socket.is_writable = false,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Goes on with a handshake. A session that ends before it is over has no way to say so.
fn shake_hands(socket: &mut Socket, hub: &mut Hub) -> io::Result<()> {
    let flushed = flush(socket);
    if hub.is_ending(socket.token) {
        hub.cut_off(socket.token);
    }
    flushed
}

/// Writes what TLS itself has to say, as far as the system takes it.
fn flush(socket: &mut Socket) -> io::Result<()> {
    let Some(tls) = &mut socket.tls else { return Ok(()) };
    match tls.flush(&mut socket.stream) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
            socket.is_writable = false;
            Ok(())
        }
        done => done,
    }
}

/// Takes over what the system says about a socket.
fn note(event: &Event, socket: &mut Socket, ready: &mut Vec<Token>, hub: &mut Hub) {
    if event.is_writable() {
        socket.is_writable = true;
        hub.touch(socket.token);
    }
    if event.is_readable() || event.is_read_closed() || event.is_error() {
        socket.is_closing |= event.is_read_closed() || event.is_error();
        if !std::mem::replace(&mut socket.is_listed, true) {
            ready.push(socket.token);
        }
    }
}
