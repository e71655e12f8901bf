//! One connection as a pure state machine: bytes in, requests out; answers in, bytes out; time is an argument.
//!
//! ```text
//! Greeting --Logon--> Challenged --proof--> Proven --accept--> Live --+
//!     |                   |                   |                  |    |
//!     +-------------------+---- end(reason) --+------------------+    v
//!                                                            Ending (Logout is the last message) --sent--> over
//! ```
//!
//! 1. Nothing is passed on before the proof; after `end` nothing is passed on any more.
//! 2. Memory is bounded: at most one read's worth of bytes that wait to be handled ([`Session::wants_bytes`]), at most
//!    `outbox_max` unsent bytes and the answers to one read.
//! 3. Every numbered message of the client is answered or passed on, once, in order.

use model::{Command, Symbol};
use wire::{Fault, Frames, Kind, LogoutReason, Message, RejectCode, Role, WireError};

use crate::keys::{Key, Keys, NONCE_LEN, verify};
use crate::limits::{GRACE_MS_MAX, HEARTBEAT_NS, Limits};
use crate::line::Line;
use crate::own::{Owner, own};
use crate::rates::Rates;

const MS_NS: u64 = 1_000_000;
/// How long the buffers of a connection keep their size after its last byte.
const MEMORY_KEPT_NS: u64 = 1_000 * MS_NS;

/// What a session asks of whoever holds it.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// A proven logon. Answer with [`Session::accept`] or [`Session::end`] before asking for the next request.
    Logon(Owner, wire::Logon),
    /// A proof failed; the session has ended already.
    ProofFailed,
    /// A command, checked and filled in, with the client's number of it and its kind.
    Command(u64, Kind, Command),
    /// A subscription to a market data channel, or its end.
    Subscribe(u64, wire::Subscribe),
    /// Which instruments there are.
    Securities(u64, wire::SecurityListRequest),
    /// Reports again, from a position on.
    Resend(u64, wire::ResendRequest),
}

#[derive(Debug)]
enum State {
    Greeting,
    /// The logon, and the message as it came: the proof is made over these bytes.
    Challenged(Box<(wire::Logon, Vec<u8>)>),
    /// A request is out; the holder decides.
    Proven(Owner),
    Live(Owner),
    Ending,
}

/// One connection.
#[derive(Debug)]
pub struct Session {
    frames: Frames,
    core: Core,
}

/// Everything but the bytes that wait to be handled.
#[derive(Debug)]
struct Core {
    state: State,
    nonce: [u8; NONCE_LEN],
    line: Line,
    rates: Rates,
    /// The number the next numbered message of the client must have.
    next_in: u64,
    opened_ns: u64,
    heard_ns: u64,
    tested_ns: Option<u64>,
    heartbeat_ns: u64,
}

impl Session {
    /// A connection that was opened. `nonce` is random and never used again.
    #[must_use]
    pub fn new(limits: &Limits, nonce: [u8; NONCE_LEN], now_ns: u64) -> Self {
        let core = Core {
            state: State::Greeting,
            nonce,
            line: Line::new(now_ns),
            rates: Rates::new(limits, now_ns),
            next_in: 1,
            opened_ns: now_ns,
            heard_ns: now_ns,
            tested_ns: None,
            heartbeat_ns: limits.heartbeat_ns,
        };
        let frames = Frames::new(u16::try_from(limits.frame_max).unwrap_or(u16::MAX));
        Self { frames, core }
    }

    /// Takes bytes that arrived; [`Session::poll`] gives what they ask for.
    pub fn receive(&mut self, bytes: &[u8], now_ns: u64) {
        if self.is_ending() || bytes.is_empty() {
            return;
        }
        self.core.heard_ns = now_ns;
        self.core.tested_ns = None;
        self.core.rates.count_bytes(bytes.len(), now_ns);
        self.frames.feed(bytes);
    }

    /// Whether the connection is to be read from (rules G-41, G-42).
    #[must_use]
    pub fn wants_bytes(&self, limits: &Limits, now_ns: u64) -> bool {
        !self.is_ending() && !self.core.rates.is_exceeded(now_ns) && self.pending_len() <= limits.outbox_high
    }

    /// The next thing the received bytes ask for. Ask until there is none.
    pub fn poll(&mut self, keys: &Keys, now_ns: u64) -> Option<Request> {
        let Self { frames: waiting, core } = self;
        while core.takes_messages() {
            match waiting.next_message() {
                Ok(Some(message)) => {
                    core.rates.count_message(now_ns);
                    let request = core.handle(message, keys, now_ns);
                    if request.is_some() {
                        return request;
                    }
                }
                Ok(None) => break,
                Err(error) => core.end_at(LogoutReason::BadFrame, count(error.value), count(error.max)),
            }
        }
        if core.is_ending() {
            waiting.clear();
        }
        None
    }

    /// Lets a proven client in.
    pub fn accept(&mut self, ack: wire::LogonAck) {
        let State::Proven(owner) = self.core.state else { return };
        self.core.state = State::Live(owner);
        self.core.line.say(owner.session, &Message::LogonAck(ack));
    }

    /// Number of the next message from the client, and of the next one to it.
    #[must_use]
    pub fn next_numbers(&self) -> (u64, u64) {
        (self.core.next_in, self.core.line.next_out())
    }

    /// The heartbeat agreed on, in milliseconds.
    #[must_use]
    pub fn heartbeat_ms(&self) -> u32 {
        u32::try_from(self.core.heartbeat_ns / MS_NS).unwrap_or(u32::MAX)
    }

    /// Orders and cancels a second.
    #[must_use]
    pub fn rates(&self) -> (u32, u32) {
        self.core.rates.per_second()
    }

    /// Tells the client that a message was not passed on. Kind 0 where it is not known any more.
    pub fn reject(&mut self, ref_seq: u64, ref_kind: u8, reason: RejectCode, value: i128, limit: i128) {
        self.core.reject(ref_seq, ref_kind, reason, value, limit);
    }

    /// Sends a numbered message.
    pub fn send(&mut self, message: &Message) {
        if let Some(owner) = self.owner() {
            self.core.line.send(owner.session, message);
        }
    }

    /// Sends a report that was encoded for nobody in particular, with a number; `ref_seq` is what it answers, 0 nothing.
    pub fn send_copy(&mut self, report: &[u8], ref_seq: u64) {
        if let Some(owner) = self.owner() {
            self.core.line.send_copy(owner.session, report, ref_seq);
        }
    }

    /// Sends a message of a market data channel as it is.
    pub fn send_shared(&mut self, message: &[u8]) {
        if self.is_live() {
            self.core.line.send_shared(message);
        }
    }

    /// Ends the session: the reason is the last message, nothing is passed on any more.
    pub fn end(&mut self, reason: LogoutReason) {
        self.core.end_at(reason, 0, 0);
    }

    /// Ends the session, with the value that was at fault and what it was measured against.
    pub fn end_at(&mut self, reason: LogoutReason, value: i64, limit: i64) {
        self.core.end_at(reason, value, limit);
    }

    /// Ends the session without a word: nobody would hear it.
    pub fn cut_off(&mut self) {
        self.core.cut_off();
    }

    /// When it may be read from again, where its own rate keeps it from that.
    #[must_use]
    pub fn paused_until(&self, now_ns: u64) -> Option<u64> {
        self.core.rates.is_exceeded(now_ns).then(|| self.core.rates.until_ns())
    }

    /// Bytes to be written to the peer.
    #[must_use]
    pub fn pending(&self) -> &[u8] {
        self.core.line.pending()
    }

    /// How many bytes wait.
    #[must_use]
    pub fn pending_len(&self) -> usize {
        self.core.line.pending().len()
    }

    /// Says that the peer took `count` bytes.
    pub fn wrote(&mut self, count: usize, now_ns: u64) {
        self.core.line.wrote(count, now_ns);
    }

    /// Whether it has ended and its last bytes are sent, or never will be.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.is_ending() && self.pending().is_empty()
    }

    /// Whether it has ended and at most its last bytes are still to be sent.
    #[must_use]
    pub fn is_ending(&self) -> bool {
        self.core.is_ending()
    }

    /// Whose it is, once proven.
    #[must_use]
    pub fn owner(&self) -> Option<Owner> {
        match self.core.state {
            State::Proven(owner) | State::Live(owner) => Some(owner),
            State::Greeting | State::Challenged(_) | State::Ending => None,
        }
    }

    /// Whether reports may be sent.
    #[must_use]
    pub fn is_live(&self) -> bool {
        matches!(self.core.state, State::Live(_))
    }

    /// Does what time brings: heartbeats, time-outs. Ask at least every tenth of a second.
    pub fn tick(&mut self, limits: &Limits, now_ns: u64) {
        self.core.tick(limits, now_ns);
        // Most connections are idle most of the time.
        if now_ns.saturating_sub(self.core.heard_ns.max(self.core.line.said_ns())) >= MEMORY_KEPT_NS {
            self.frames.shrink();
            self.core.line.shrink();
        }
    }

    /// Bytes that wait to be handled; more than one message's worth only while the holder does not poll.
    #[must_use]
    pub fn unhandled(&self) -> usize {
        self.frames.pending()
    }
}

fn count(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn clip(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

/// Number, kind and session of a message that is as long as a header, whatever else is wrong with it.
fn front(message: &[u8]) -> (u64, u8, u32) {
    let seq = message.get(8..16).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes);
    let session = message.get(4..8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes);
    (seq, message.first().copied().unwrap_or(0), session)
}

impl Core {
    fn is_ending(&self) -> bool {
        matches!(self.state, State::Ending)
    }

    fn takes_messages(&self) -> bool {
        !matches!(self.state, State::Ending | State::Proven(_))
    }

    fn handle(&mut self, message: &[u8], keys: &Keys, now_ns: u64) -> Option<Request> {
        match &self.state {
            State::Greeting => {
                self.greet(message, keys);
                None
            }
            State::Challenged(_) => self.prove(message, keys, now_ns),
            State::Live(owner) => {
                let owner = *owner;
                self.serve(message, &owner, now_ns)
            }
            State::Proven(_) | State::Ending => None,
        }
    }

    /// The first message: who it says it is.
    fn greet(&mut self, message: &[u8], keys: &Keys) {
        let logon = match Message::decode(message) {
            Ok((_, Message::Logon(logon))) => logon,
            Err(error) if error.fault == Fault::NewerVersion => {
                return self.end_at(LogoutReason::NewerVersion, clip(error.value), clip(error.limit));
            }
            Ok(_) | Err(_) => return self.end_at(LogoutReason::Unexpected, 0, 0),
        };
        let scheme = keys.get(&logon.key_id).map_or(wire::Scheme::HmacSha256, |key| key.proof.scheme());
        let nonce = wire::Raw(self.nonce);
        self.line.say(model::SessionId(0), &Message::Challenge(wire::Challenge { scheme, nonce }));
        self.state = State::Challenged(Box::new((logon, message.to_vec())));
    }

    /// The second message: whether it is so.
    fn prove(&mut self, message: &[u8], keys: &Keys, now_ns: u64) -> Option<Request> {
        let State::Challenged(challenged) = std::mem::replace(&mut self.state, State::Greeting) else { return None };
        let (logon, bytes) = *challenged;
        let Ok((_, Message::ChallengeReply(reply))) = Message::decode(message) else {
            self.end_at(LogoutReason::Unexpected, 0, 0);
            return None;
        };
        let key = keys.get(&logon.key_id).filter(|key| verify(key, &self.nonce, &bytes, &reply.proof.0));
        let Some(key) = key else {
            self.end_at(LogoutReason::NotAuthenticated, 0, 0);
            return Some(Request::ProofFailed);
        };
        if let Err((reason, value, limit)) = fits(&logon, key) {
            self.end_at(reason, value, limit);
            return None;
        }
        if logon.heartbeat_ms != 0 {
            self.heartbeat_ns = u64::from(logon.heartbeat_ms) * MS_NS;
        }
        self.rates.set(key, now_ns);
        let owner = Owner { session: key.session, account: key.account, role: logon.role };
        self.state = State::Proven(owner);
        Some(Request::Logon(owner, logon))
    }

    fn serve(&mut self, message: &[u8], owner: &Owner, now_ns: u64) -> Option<Request> {
        let (seq, kind, said) = front(message);
        if seq == 0 {
            self.unnumbered(message, kind);
            return None;
        }
        if seq > self.next_in {
            let (got, expected) = (clip(seq.into()), clip(self.next_in.into()));
            self.end_at(LogoutReason::SequenceGap, got, expected);
            return None;
        }
        if seq < self.next_in {
            self.reject(seq, kind, RejectCode::SequenceLow, seq.into(), self.next_in.into());
            return None;
        }
        self.next_in += 1;
        match Kind::from_code(kind) {
            Some(known) if known.is_command() => self.command(message, seq, known, (said, owner), now_ns),
            _ => self.question(message, (seq, kind), owner, now_ns),
        }
    }

    /// Messages about the connection itself.
    fn unnumbered(&mut self, message: &[u8], kind: u8) {
        match Message::decode(message) {
            Ok((_, Message::Heartbeat(_))) => {}
            Ok((_, Message::TestRequest(test))) => {
                self.say(&Message::Heartbeat(wire::Heartbeat { test_id: test.test_id }));
            }
            Ok((_, Message::Logout(_))) => self.end_at(LogoutReason::Requested, 0, 0),
            Ok(_) => self.reject(0, kind, RejectCode::SequenceLow, 0, self.next_in.into()),
            Err(error) => self.reject_error(0, kind, &error),
        }
    }

    /// Numbered messages that are no commands.
    fn question(&mut self, message: &[u8], (seq, kind): (u64, u8), owner: &Owner, now_ns: u64) -> Option<Request> {
        let decoded = match Message::decode(message) {
            Ok((_, decoded)) => decoded,
            Err(error) => {
                self.reject_error(seq, kind, &error);
                return None;
            }
        };
        let request = if let Message::Subscribe(subscribe) = decoded {
            (owner.role != Role::DropCopy).then_some(Request::Subscribe(seq, subscribe))
        } else if let Message::SecurityListRequest(request) = decoded {
            Some(Request::Securities(seq, request))
        } else if let Message::ResendRequest(request) = decoded {
            (owner.role != Role::MarketData).then_some(Request::Resend(seq, request))
        } else {
            self.reject(seq, kind, RejectCode::UnknownKind, kind.into(), 0);
            return None;
        };
        if request.is_none() {
            self.reject(seq, kind, RejectCode::NotPermitted, i128::from(owner.role as u8), 0);
            return None;
        }
        // A picture of a book costs more than an order does.
        if let Err(flow) = self.rates.take_question(now_ns) {
            self.reject(seq, kind, RejectCode::Throttled, flow.per_second.into(), flow.burst.into());
            return None;
        }
        request
    }

    fn command(
        &mut self,
        message: &[u8],
        seq: u64,
        kind: Kind,
        (said, owner): (u32, &Owner),
        now_ns: u64,
    ) -> Option<Request> {
        let command = match wire::decode_command(message) {
            Ok(command) => command,
            Err(error) => {
                self.reject_error(seq, kind.code(), &error);
                return None;
            }
        };
        let command = match own(command, said, owner) {
            Ok(command) => command,
            Err(refused) => {
                self.reject(seq, kind.code(), refused.reason, refused.value, refused.limit);
                return None;
            }
        };
        match self.rates.take(kind, owner.role, now_ns) {
            Ok(()) => Some(Request::Command(seq, kind, command)),
            Err(flow) => {
                let (value, limit) = (flow.per_second.into(), flow.burst.into());
                self.reject(seq, kind.code(), RejectCode::Throttled, value, limit);
                None
            }
        }
    }

    fn reject(&mut self, ref_seq: u64, ref_kind: u8, reason: RejectCode, value: i128, limit: i128) {
        let reject = wire::Reject { ref_seq, ref_kind, reason, field: None, at: 0, value, limit };
        self.send(&Message::Reject(reject));
    }

    fn reject_error(&mut self, ref_seq: u64, ref_kind: u8, error: &WireError) {
        let reason = match error.fault {
            Fault::Short | Fault::FrameLength => {
                return self.end_at(LogoutReason::BadFrame, clip(error.value), clip(error.limit));
            }
            Fault::UnknownKind => RejectCode::UnknownKind,
            Fault::NewerVersion => RejectCode::NewerVersion,
            Fault::BlockLength => RejectCode::BadLength,
            Fault::UnknownCode | Fault::NotZero | Fault::NotText | Fault::TooMany | Fault::TickBands => {
                RejectCode::BadField
            }
        };
        self.send(&Message::Reject(wire::Reject {
            ref_seq,
            ref_kind,
            reason,
            field: Symbol::new(error.field).ok(),
            at: u16::try_from(error.at).unwrap_or(u16::MAX),
            value: error.value,
            limit: error.limit,
        }));
    }

    fn session_id(&self) -> model::SessionId {
        match &self.state {
            State::Live(owner) | State::Proven(owner) => owner.session,
            State::Greeting | State::Challenged(_) | State::Ending => model::SessionId(0),
        }
    }

    fn send(&mut self, message: &Message) {
        if !self.is_ending() {
            self.line.send(self.session_id(), message);
        }
    }

    fn say(&mut self, message: &Message) {
        if !self.is_ending() {
            self.line.say(self.session_id(), message);
        }
    }

    fn end_at(&mut self, reason: LogoutReason, value: i64, limit: i64) {
        let ref_seq = self.next_in - 1;
        self.say(&Message::Logout(wire::Logout { reason, ref_seq, value, limit }));
        self.state = State::Ending;
    }

    fn cut_off(&mut self) {
        self.state = State::Ending;
        self.line.discard();
    }

    fn tick(&mut self, limits: &Limits, now_ns: u64) {
        if self.line.is_stuck(limits.write_timeout_ns, now_ns) {
            // Whoever takes nothing does not take the reason either.
            return self.cut_off();
        }
        match self.state {
            State::Greeting | State::Challenged(_) => {
                if now_ns.saturating_sub(self.opened_ns) >= limits.logon_timeout_ns {
                    self.end_at(LogoutReason::LogonTimeout, 0, clip((limits.logon_timeout_ns / MS_NS).into()));
                }
            }
            State::Live(_) => self.beat(now_ns),
            State::Proven(_) | State::Ending => {}
        }
    }

    fn beat(&mut self, now_ns: u64) {
        let (interval, silent) = (self.heartbeat_ns, now_ns.saturating_sub(self.heard_ns));
        if silent >= interval * 5 / 2 {
            let limit = clip((interval / MS_NS).into());
            return self.end_at(LogoutReason::HeartbeatTimeout, clip((silent / MS_NS).into()), limit);
        }
        if silent >= interval * 3 / 2 && self.tested_ns.is_none() {
            self.tested_ns = Some(now_ns);
            self.say(&Message::TestRequest(wire::TestRequest { test_id: now_ns.max(1) }));
        } else if self.line.is_quiet(interval, now_ns) {
            self.say(&Message::Heartbeat(wire::Heartbeat { test_id: 0 }));
        }
    }
}

/// Whether a proven logon asks for what its key allows, within the bounds.
fn fits(logon: &wire::Logon, key: &Key) -> Result<(), (LogoutReason, i64, i64)> {
    if !key.allows(logon.role) {
        return Err((LogoutReason::NotPermitted, i64::from(logon.role as u8), i64::from(key.role as u8)));
    }
    let heartbeat_ns = u64::from(logon.heartbeat_ms) * MS_NS;
    if heartbeat_ns != 0 && !HEARTBEAT_NS.contains(&heartbeat_ns) {
        let limit = clip((*HEARTBEAT_NS.end() / MS_NS).into());
        return Err((LogoutReason::BadLogon, i64::from(logon.heartbeat_ms), limit));
    }
    match logon.cancel_on_disconnect_ms {
        Some(grace_ms) if grace_ms > GRACE_MS_MAX => {
            Err((LogoutReason::BadLogon, i64::from(grace_ms), i64::from(GRACE_MS_MAX)))
        }
        _ => Ok(()),
    }
}
