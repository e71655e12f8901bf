//! A client as lean as the echo's: orders encoded once and changed in place, answers counted by their frames.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use gateway::keys::prove;
use model::{
    AccountId, ClOrdId, Command, Display, InstrumentId, NewOrder, OrdType, PostOnly, Price, Qty, SessionId, Side,
    Symbol, TimeInForce,
};
use wire::{ChallengeReply, ExecType, Frames, Header, Kind, Logon, Message, Raw, Role};

use super::hosts::SECRET;
use crate::clock::monotonic_ns;

/// Bytes of an order and of its answer, length included; checked against the first of each.
pub(super) const ORDER_BYTES: usize = 153;
/// As above.
pub(super) const REPORT_BYTES: usize = 252;

/// What a message means to the load; heartbeats mean nothing.
#[derive(Clone, Debug)]
pub(super) enum Heard {
    /// The order of this number was accepted.
    Accepted(u64),
    /// An order traded.
    Traded,
    /// An order was refused, cancelled or not passed on, for this reason.
    Refused(String),
}

impl Heard {
    fn of(message: &Message) -> Option<Self> {
        if let Message::ExecutionReport(report) = message {
            let refused = || match (report.reject_reason, report.end_reason) {
                (Some(reason), _) => format!("{reason:?}"),
                (None, Some(reason)) => format!("{:?}: {reason:?}", report.exec_type),
                (None, None) => format!("{:?}", report.exec_type),
            };
            let heard = if report.exec_type == ExecType::New {
                Heard::Accepted(report.ref_seq)
            } else {
                Heard::Refused(refused())
            };
            return Some(if report.exec_type == ExecType::Trade { Heard::Traded } else { heard });
        }
        if let Message::Reject(reject) = message {
            return Some(Heard::Refused(format!("{:?}", reject.reason)));
        }
        if let Message::Logout(logout) = message {
            return Some(Heard::Refused(format!("logout {:?}", logout.reason)));
        }
        None
    }
}

/// A session that trades.
pub(super) struct Trader {
    pub(super) stream: TcpStream,
    frames: Frames,
    name: usize,
    seq: u64,
    buffer: Vec<u8>,
    out: Vec<u8>,
}

impl Trader {
    /// Connects with key `k{name}` and logs on.
    pub(super) fn log_on(address: SocketAddr, name: usize) -> Self {
        let stream = TcpStream::connect(address).expect("a gateway that listens");
        stream.set_nodelay(true).expect("a socket option");
        let (frames, buffer) = (Frames::new(u16::MAX), vec![0; 1 << 16]);
        let mut trader = Trader { stream, frames, name, seq: 0, buffer, out: Vec::new() };
        let key_id = Symbol::new(&format!("k{name}")).expect("a short name");
        let logon =
            Logon { key_id, role: Role::Trading, heartbeat_ms: 60_000, cancel_on_disconnect_ms: None, resume: None };
        let mut hello = Vec::new();
        Message::Logon(logon).encode(0, 0, &mut hello).expect("a logon");
        trader.write(&[&u16::try_from(hello.len()).expect("short").to_be_bytes(), hello.as_slice()].concat());
        let Message::Challenge(challenge) = trader.next_message() else { panic!("no challenge") };
        let proof = Raw(prove(&SECRET, &challenge.nonce.0, &hello));
        trader.say(&Message::ChallengeReply(ChallengeReply { proof }), 0);
        assert!(matches!(trader.next_message(), Message::LogonAck(_)), "the logon is accepted");
        trader
    }

    /// Sends a message.
    pub(super) fn say(&mut self, message: &Message, seq: u64) {
        let mut out = Vec::new();
        wire::frame(&mut out, |out| message.encode(0, seq, out)).expect("a message of our own");
        self.write(&out);
    }

    /// The next number.
    pub(super) fn next_seq(&mut self) -> u64 {
        self.seq += 1;
        self.seq
    }

    fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("a gateway that reads");
    }

    fn next_message(&mut self) -> Message {
        loop {
            if let Some(message) = self.frames.next_message().expect("frames") {
                return Message::decode(message).expect("a message").1;
            }
            let count = self.stream.read(&mut self.buffer).expect("a gateway that answers");
            assert!(count > 0, "the gateway closed the connection");
            self.frames.feed(&self.buffer[..count]);
        }
    }

    pub(super) fn append_order(&mut self, side: Side, price: i64) {
        let seq = self.next_seq();
        // Another run against the same exchange has other ids: it would be told the outcomes of this one.
        let id = format!("{:x}-{}-{seq}", std::process::id(), self.name);
        let order = NewOrder {
            account: AccountId(0),
            session: SessionId(0),
            instrument: InstrumentId(0),
            cl_ord_id: ClOrdId::new(&id).expect("a short id"),
            side,
            ord_type: OrdType::Limit,
            tif: TimeInForce::Gtc,
            order_qty: Qty(1),
            price: Some(Price(price)),
            protection_price: None,
            quote_qty: None,
            peg: None,
            min_qty: Qty(0),
            display: Display::All,
            post_only: PostOnly::No,
            reduce_only: false,
            stp: None,
        };
        let message = Message::Command(Command::NewOrder(order));
        wire::frame(&mut self.out, |out| message.encode(0, seq, out)).expect("an order");
    }

    /// An order that rests, one of a hundred prices.
    fn append_resting(&mut self) {
        let price = 1_000 + i64::try_from((self.seq + 1) % 100).expect("small");
        self.append_order(Side::Buy, price);
    }

    /// Reads and writes only what there is from now on.
    pub(super) fn do_not_wait(&self) {
        self.stream.set_nonblocking(true).expect("a socket option");
    }

    /// One order and its answer.
    pub(super) fn round(&mut self) {
        self.append_resting();
        assert_eq!(self.out.len(), ORDER_BYTES, "the echo speaks of the same size");
        let out = std::mem::take(&mut self.out);
        self.write(&out);
        self.out = out;
        self.out.clear();
        loop {
            let message = self.next_message();
            if let Message::ExecutionReport(report) = &message
                && report.ref_seq == self.seq
            {
                return assert_eq!(report.exec_type, ExecType::New, "the order is accepted");
            }
            assert!(!matches!(message, Message::Reject(_)), "not passed on: {message:?}");
        }
    }

    /// Sends orders by a schedule, however late answers are. How long each took from when it was meant to be sent, and from
    /// when it was, in nanoseconds: what was held up by a stall is late from the start, not only once it is sent.
    pub(super) fn open_loop(&mut self, orders: usize, interval_ns: u64) -> [Vec<u64>; 2] {
        self.do_not_wait();
        let (first_seq, began) = (self.seq + 1, monotonic_ns() + interval_ns);
        let meant_ns = |n: usize| began + n as u64 * interval_ns;
        let mut sent_ns = Vec::with_capacity(orders);
        let [mut from_meant, mut from_sent] = [Vec::with_capacity(orders), Vec::with_capacity(orders)];
        while from_meant.len() < orders {
            let now = monotonic_ns();
            while sent_ns.len() < orders && meant_ns(sent_ns.len()) <= now {
                self.append_resting();
                sent_ns.push(now);
            }
            self.write_some();
            for heard in self.hear_some() {
                let Heard::Accepted(seq) = heard else { panic!("the order is accepted and rests: {heard:?}") };
                let (n, now) = (usize::try_from(seq - first_seq).expect("few orders"), monotonic_ns());
                from_meant.push(now - meant_ns(n));
                from_sent.push(now - sent_ns[n]);
            }
        }
        self.stream.set_nonblocking(false).expect("a socket option");
        [from_meant, from_sent]
    }

    pub(super) fn write_some(&mut self) {
        if self.out.is_empty() {
            return;
        }
        match self.stream.write(&self.out) {
            Ok(count) => drop(self.out.drain(..count)),
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock, "a gateway that reads"),
        }
    }

    /// What has come.
    pub(super) fn hear_some(&mut self) -> Vec<Heard> {
        match self.stream.read(&mut self.buffer) {
            Ok(0) => panic!("the gateway closed the connection"),
            Ok(count) => self.frames.feed(&self.buffer[..count]),
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock, "a gateway that answers"),
        }
        let mut heard = Vec::new();
        while let Some(message) = self.frames.next_message().expect("frames") {
            heard.extend(Heard::of(&Message::decode(message).expect("a message").1));
        }
        heard
    }

    /// So many orders, so many in one write, and never more than `in_flight_max` without an answer.
    pub(super) fn pipeline(&mut self, orders: usize, per_send: usize, in_flight_max: usize) {
        let (mut sent, mut answered) = (0, 0);
        while answered < orders {
            while sent < orders && sent + per_send - answered <= in_flight_max {
                (0..per_send).for_each(|_| self.append_resting());
                let out = std::mem::take(&mut self.out);
                self.write(&out);
                self.out = out;
                self.out.clear();
                sent += per_send;
            }
            let count = self.stream.read(&mut self.buffer).expect("a gateway that answers");
            assert!(count > 0, "the gateway closed the connection");
            self.frames.feed(&self.buffer[..count]);
            while let Some(message) = self.frames.next_message().expect("frames") {
                let header = Header::read(message).expect("a header");
                answered += usize::from(header.kind == Kind::ExecutionReport);
                assert!(header.kind != Kind::Reject, "not passed on");
            }
        }
    }
}
