//! All sessions of a gateway and what they have in common: keys, reports, books. No I/O; time is an argument.
//!
//! 1. A report is kept once, in the ring; a session that has room gets it at once, any other one later from the ring.
//! 2. What a peer sends or does not read changes nothing for the others: every queue here is its own or shared and bounded.
//! 3. Commands that are the gateway's own (a connection is lost, is back) are never dropped: they wait until they are taken.

mod books;
mod conns;
mod logons;
mod securities;
mod streams;

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;

use model::{AccountId, Command, InstrumentId, SessionId};
use wire::{Durability, Kind, LogoutReason, Message, Position, RejectCode, Role};

use crate::addresses::Addresses;
use crate::feed::{Feed, Pictures};
use crate::history::History;
use crate::host::{GATEWAY_ORIGIN, Host, OpenOrder, Origin, Outcome, Refused, Sink, Token, low_half};
use crate::keys::{Keys, NONCE_LEN};
use crate::ledger::Ledger;
use crate::limits::Limits;
use crate::reports::{self, Report};
use crate::session::{Request, Session};
use conns::{Conn, Conns};

/// What a gateway says about itself in every `LogonAck`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// What an answer is worth when power is lost.
    pub durability: Durability,
    /// The newest command of the log at the start.
    pub position: Position,
    /// A number that no earlier run of this venue used for its market data.
    pub epoch: u32,
}

/// All sessions of a gateway.
#[derive(Debug)]
pub struct Hub {
    limits: Limits,
    keys: Keys,
    about: About,
    conns: Conns,
    addresses: Addresses,
    /// Live sessions by key and role.
    sessions: BTreeMap<(SessionId, Role), Token>,
    /// Who hears about an account.
    audiences: BTreeMap<AccountId, Vec<Token>>,
    /// Who hears about many accounts.
    many: Vec<Token>,
    /// The rule for a lost connection that was last asked for in this run.
    rules: BTreeMap<SessionId, Option<u32>>,
    /// Commands of the gateway's own that wait to be taken.
    own: VecDeque<Command>,
    ledger: Ledger,
    history: History,
    feeds: BTreeMap<InstrumentId, Feed>,
    pictures: Pictures,
    reports: Vec<Report>,
    scratch: Vec<u8>,
}

impl Hub {
    /// A gateway without connections. Every session that could have been there before counts as lost.
    #[must_use]
    pub fn new(limits: Limits, keys: Keys, about: About) -> Self {
        let own = keys.trading_sessions().map(Command::SessionDown).collect();
        Self {
            limits,
            keys,
            about,
            conns: Conns::new(limits.connections_max),
            addresses: Addresses::default(),
            sessions: BTreeMap::new(),
            audiences: BTreeMap::new(),
            many: Vec::new(),
            rules: BTreeMap::new(),
            own,
            ledger: Ledger::default(),
            history: History::new(limits.history_bytes_max, about.position),
            feeds: BTreeMap::new(),
            pictures: Pictures::new(limits.snapshot_bytes_max),
            reports: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Tells of an order that was open at the position this gateway began with.
    pub fn restore(&mut self, order: OpenOrder) {
        self.ledger.restore(order);
    }

    /// A connection from an address. `nonce` is random and never used again.
    ///
    /// # Errors
    /// There is no room for it: close it.
    pub fn open(&mut self, address: IpAddr, nonce: [u8; NONCE_LEN], now_ns: u64) -> Result<Token, LogoutReason> {
        if !self.addresses.open(address, &self.limits, now_ns) {
            return Err(LogoutReason::TooManyConnections);
        }
        let session = Session::new(&self.limits, nonce, now_ns);
        let token = self.conns.add(session, address);
        token.ok_or_else(|| {
            self.addresses.close(address);
            LogoutReason::TooManyConnections
        })
    }

    /// A connection is gone. Its last bytes do not matter any more.
    pub fn closed(&mut self, token: Token) {
        self.leave(token);
        if let Some(conn) = self.conns.remove(token) {
            self.addresses.close(conn.address);
        }
    }

    /// The way to a peer is broken or was never there: its session ends without last words.
    pub fn cut_off(&mut self, token: Token) {
        if let Some(conn) = self.conns.touch(token) {
            conn.session.cut_off();
        }
        self.leave(token);
    }

    /// TLS does not let a peer in; a certificate that does not prove it counts like a proof that fails.
    pub fn refuse(&mut self, token: Token, is_proof: bool, now_ns: u64) {
        if let Some(conn) = self.conns.get(token).filter(|_| is_proof) {
            self.addresses.failed(conn.address, now_ns);
        }
        self.cut_off(token);
    }

    /// Bytes of a connection arrived; what they ask for goes to the host.
    pub fn receive(&mut self, token: Token, bytes: &[u8], now_ns: u64, host: &mut dyn Host) {
        let Some(conn) = self.conns.touch(token) else { return };
        conn.session.receive(bytes, now_ns);
        while let Some(conn) = self.conns.get_mut(token) {
            let Some(request) = conn.session.poll(&self.keys, now_ns) else { break };
            match request {
                Request::Command(seq, kind, command) => self.submit(token, seq, kind, &command, host),
                Request::Logon(owner, logon) => self.logon(token, owner, &logon, host),
                Request::ProofFailed => self.addresses.failed(conn.address, now_ns),
                Request::Subscribe(seq, subscribe) => self.subscribe(token, seq, &subscribe, host),
                Request::Securities(seq, request) => self.list(token, seq, &request, host),
                Request::Resend(seq, request) => self.resend(token, seq, &request),
            }
        }
        if self.conns.get(token).is_some_and(|conn| conn.session.is_ending()) {
            self.leave(token);
        }
    }

    fn submit(&mut self, token: Token, seq: u64, kind: Kind, command: &Command, host: &mut dyn Host) {
        let origin = Origin { token, seq: low_half(seq) };
        if let Err(refused) = host.submit(origin.pack(), command)
            && let Some(conn) = self.conns.get_mut(token)
        {
            conn.session.reject(seq, kind.code(), code(refused), 0, 0);
        }
    }

    /// Asks the host for what the gateway itself wants, as far as it is taken now.
    pub fn submit_own(&mut self, host: &mut dyn Host) {
        while let Some(command) = self.own.front() {
            if host.submit(GATEWAY_ORIGIN, command).is_err() {
                return;
            }
            self.own.pop_front();
        }
    }

    /// Does what time brings to every connection. Call it about every tenth of a second.
    pub fn tick(&mut self, now_ns: u64, host: &mut dyn Host) {
        self.submit_own(host);
        let tokens: Vec<Token> = self.conns.tokens().collect();
        for token in tokens {
            let Some(conn) = self.conns.get_mut(token) else { continue };
            let (before, was_ending) = (conn.session.pending_len(), conn.session.is_ending());
            conn.session.tick(&self.limits, now_ns);
            let (is_ending, waits) = (conn.session.is_ending(), conn.is_behind());
            if is_ending != was_ending || conn.session.pending_len() != before || waits {
                self.conns.touch(token);
            }
            if is_ending {
                self.leave(token);
            }
        }
    }

    /// Ends every session: the engine stops.
    pub fn shut_down(&mut self) {
        let tokens: Vec<Token> = self.conns.tokens().collect();
        for token in tokens {
            if let Some(conn) = self.conns.touch(token) {
                conn.session.end(LogoutReason::ShuttingDown);
            }
            self.leave(token);
        }
    }

    /// The connections that have something to write or to catch up with; each once.
    pub fn take_busy(&mut self, out: &mut Vec<Token>) {
        self.conns.take_busy(out);
    }

    /// Says that a connection has more to do later, such as the rest of a write.
    pub fn touch(&mut self, token: Token) {
        self.conns.touch(token);
    }

    /// Fills a connection's unsent bytes from what it is behind with, as far as there is room. Says whether it could go on
    /// as soon as bytes are taken.
    pub fn pump(&mut self, token: Token, host: &dyn Host) -> bool {
        self.pump_reports(token);
        self.pump_books(token);
        self.pump_listing(token, host);
        self.pump_redefined(token, host);
        self.conns.get(token).is_some_and(Conn::is_behind)
    }

    /// The bytes to be written to a connection.
    #[must_use]
    pub fn pending(&self, token: Token) -> &[u8] {
        self.conns.get(token).map_or(&[], |conn| conn.session.pending())
    }

    /// Says that a connection took bytes.
    pub fn wrote(&mut self, token: Token, count: usize, now_ns: u64) {
        if let Some(conn) = self.conns.get_mut(token) {
            conn.session.wrote(count, now_ns);
        }
    }

    /// Whether a connection is to be read from now.
    #[must_use]
    pub fn wants_bytes(&self, token: Token, now_ns: u64) -> bool {
        self.conns.get(token).is_some_and(|conn| conn.session.wants_bytes(&self.limits, now_ns))
    }

    /// When a connection may be read from again, where its own rate keeps it from that.
    #[must_use]
    pub fn paused_until(&self, token: Token, now_ns: u64) -> Option<u64> {
        self.conns.get(token)?.session.paused_until(now_ns)
    }

    /// Whether a connection is to be closed: everything was said.
    #[must_use]
    pub fn is_over(&self, token: Token) -> bool {
        self.conns.get(token).is_none_or(|conn| conn.session.is_over())
    }

    /// Whether a connection waits for room to be told what it has not heard.
    pub(crate) fn is_behind(&self, token: Token) -> bool {
        self.conns.get(token).is_some_and(Conn::is_behind)
    }

    /// Whether a connection has ended and only its last words are left.
    #[must_use]
    pub fn is_ending(&self, token: Token) -> bool {
        self.conns.get(token).is_none_or(|conn| conn.session.is_ending())
    }

    /// How many connections there are, and how many of them are sessions.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        (self.conns.len(), self.sessions.len())
    }

    /// Bytes held for all connections together: reports, and pictures of books.
    #[must_use]
    pub fn shared_bytes(&self) -> (usize, usize) {
        (self.history.bytes(), self.pictures.bytes())
    }

    /// Orders that are known to be open.
    #[must_use]
    pub fn open_orders(&self) -> usize {
        self.ledger.len()
    }

    /// The bounds it works with.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

impl Conn {
    /// Whether it waits for room to catch up.
    fn is_behind(&self) -> bool {
        !self.session.is_ending()
            && (self.listing.is_some()
                || !self.redefined.is_empty()
                || self.reader.as_ref().is_some_and(|reader| reader.behind.is_some())
                || self.places.values().any(|place| !matches!(place, conns::Place::Live)))
    }
}

impl Sink for Hub {
    fn released(&mut self, outcome: Outcome<'_>) {
        let mut reports = std::mem::take(&mut self.reports);
        for event in outcome.events {
            reports::absorb(event, &mut self.ledger, &mut reports);
            self.redefine(event);
        }
        let origin = Origin::unpack(outcome.origin);
        for report in reports.drain(..) {
            self.tell(&report, origin);
        }
        self.reports = reports;
        if !self.feeds.is_empty() {
            self.publish(outcome.events);
        }
    }

    fn refused(&mut self, origin: u64, why: Refused) {
        let origin = Origin::unpack(origin);
        let Some(conn) = self.conns.touch(origin.token) else { return };
        let seq = origin.whole_seq(conn.session.next_numbers().0);
        conn.session.reject(seq, 0, code(why), 0, 0);
    }
}

fn code(refused: Refused) -> RejectCode {
    match refused {
        Refused::Busy => RejectCode::Busy,
        Refused::DiskFull => RejectCode::DiskFull,
        Refused::TooLarge => RejectCode::TooLarge,
        Refused::Stopped => RejectCode::Stopped,
    }
}

/// A message that was sent before, marked so.
fn resent(message: &[u8]) -> Option<Message> {
    let (_, mut message) = Message::decode(message).ok()?;
    if let Message::ExecutionReport(report) = &mut message {
        report.resent = true;
    }
    if let Message::CancelReject(report) = &mut message {
        report.resent = true;
    }
    if let Message::CommandReport(report) = &mut message {
        report.resent = true;
    }
    Some(message)
}
