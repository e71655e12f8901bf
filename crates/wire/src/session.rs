//! Messages about a connection: logon, heartbeats, resends, refusals.

use crate::codes::words;
use crate::field::Raw;
use crate::layout::block;
use model::{AccountId, Symbol};

words! {
    /// What a session is for.
    Role {
        /// Enters orders of one account and hears about them.
        Trading = 1,
        /// Hears everything about one account, enters nothing.
        DropCopy = 2,
        /// Hears market data only.
        MarketData = 3,
        /// May send every command.
        Operator = 4,
        /// May send every command, for any account, and hears about all of them: a service in front of people.
        FrontEnd = 5,
    }
    /// How a client proves that it has its key.
    Scheme {
        /// HMAC-SHA256 of the challenge: the first 32 bytes of the proof, zeros after them.
        HmacSha256 = 1,
        /// An Ed25519 signature of the challenge.
        Ed25519 = 2,
    }
    /// What an answer of the exchange is worth when power is lost.
    Durability {
        /// On disk before it is sent, one synchronisation for each batch.
        Always = 0,
        /// On disk before it is sent; a batch may wait a stated time for more.
        Group = 1,
        /// With the operating system when it is sent: survives the end of the process, not of the machine.
        Os = 2,
        /// Nowhere but in memory.
        Memory = 3,
    }
    /// Why a message was not passed on.
    RejectCode {
        /// No such kind, or not from a client.
        UnknownKind = 1,
        /// A newer version.
        NewerVersion = 2,
        /// The length is not that of the kind.
        BadLength = 3,
        /// A field has a value that means nothing; `field` and `at` say which.
        BadField = 4,
        /// The number was used before: `limit` is the next one.
        SequenceLow = 5,
        /// The role may not send it.
        NotPermitted = 6,
        /// The session or account named in it is not the sender's: `limit` is.
        NotYours = 7,
        /// Too many a second: `value` a second, `limit` at once.
        Throttled = 8,
        /// As many commands wait as may.
        Busy = 9,
        /// The disk is full: cancels, kill switches and halts are taken.
        DiskFull = 10,
        /// No such instrument.
        UnknownInstrument = 11,
        /// As many subscriptions as a session may have.
        TooManySubscriptions = 12,
        /// The subscription has ended: its reader fell too far behind.
        SlowReader = 13,
        /// Nothing is subscribed there.
        NotSubscribed = 14,
        /// A resend is running already.
        ResendRunning = 15,
        /// The command does not fit the log.
        TooLarge = 16,
        /// The exchange takes no commands any more.
        Stopped = 17,
    }
    /// Why a session ends.
    LogoutReason {
        /// It was asked for.
        Requested = 0,
        /// Bytes that are no frame.
        BadFrame = 1,
        /// A message of a newer version.
        NewerVersion = 2,
        /// No logon in time.
        LogonTimeout = 3,
        /// The key or the proof is wrong.
        NotAuthenticated = 4,
        /// The role is not this key's, or the message not this role's.
        NotPermitted = 5,
        /// The key has a session already.
        AlreadyLoggedOn = 6,
        /// Another session of the key took over.
        Superseded = 7,
        /// A number that is not the next one.
        SequenceGap = 8,
        /// Nothing was heard for too long.
        HeartbeatTimeout = 9,
        /// It does not read what it is sent.
        SlowReader = 10,
        /// Too many messages or bytes.
        Flood = 11,
        /// Too many messages that were refused.
        TooManyRejects = 12,
        /// Too many connections.
        TooManyConnections = 13,
        /// The exchange is stopping.
        ShuttingDown = 14,
        /// A message that is not expected at this point.
        Unexpected = 15,
        /// It takes nothing while bytes wait for it.
        WriteTimeout = 16,
        /// The exchange could not take what belongs to the logon: try again later.
        Busy = 17,
        /// A field of the logon is out of range: `value`, `limit`.
        BadLogon = 18,
    }
}

block! {
    /// The place of a report among all events: what survives a connection.
    #[derive(Copy, Default, PartialOrd, Ord)]
    pub struct Position {
        /// The command's place in the one sequence.
        event_seq: u64,
        /// The event's place among those of the command, from 0.
        sub: u32,
        /// Tells two reports of one event apart: 1 and 2 for the buy and the sell part of a trade, for the account and the
        /// venue of a command; else 0.
        leg: u8,
    }
}

block! {
    /// Opens a session. The first message of a connection, and unnumbered.
    pub struct Logon {
        /// Which key.
        key_id: Symbol,
        /// What the session is for.
        role: Role,
        /// How often something is sent at least, in milliseconds; both sides.
        heartbeat_ms: u32,
        /// How long after a loss of the connection its orders are cancelled; absent: the account's own rule.
        cancel_on_disconnect_ms: Option<u32>,
        /// The last report the client has; those after it are sent again first.
        resume: Option<Position>,
    }
}

block! {
    /// What a client has to prove its key on.
    pub struct Challenge {
        /// How.
        scheme: Scheme,
        /// What, new for each connection.
        nonce: Raw<32>,
    }
}

block! {
    /// The proof.
    pub struct ChallengeReply {
        /// As the scheme says.
        proof: Raw<64>,
    }
}

block! {
    /// The session is open.
    pub struct LogonAck {
        /// Its id.
        session: u32,
        /// Whose.
        account: AccountId,
        /// What it is for.
        role: Role,
        /// How often something is sent at least, in milliseconds.
        heartbeat_ms: u32,
        /// The number the exchange expects next.
        next_in: u64,
        /// The number the exchange gives next.
        next_out: u64,
        /// The newest report there is.
        position: Position,
        /// How long after a loss of the connection its orders are cancelled; absent: never.
        cancel_on_disconnect_ms: Option<u32>,
        /// Which run of the market data publisher.
        epoch: u32,
        /// Orders and amends a second; 0: no limit.
        orders_per_s: u32,
        /// Cancels a second; 0: no limit.
        cancels_per_s: u32,
        /// The longest message that is taken.
        frame_max: u16,
        /// What answers are worth.
        durability: Durability,
    }
}

block! {
    /// The session ends.
    pub struct Logout {
        /// Why.
        reason: LogoutReason,
        /// The message that was the cause, 0 where there is none.
        ref_seq: u64,
        /// What was measured.
        value: i64,
        /// Against what.
        limit: i64,
    }
}

block! {
    /// Nothing else was sent for the agreed time, or the answer to a test request.
    pub struct Heartbeat {
        /// That of the test request; 0: none.
        test_id: u64,
    }
}

block! {
    /// Asks for a heartbeat.
    pub struct TestRequest {
        /// Comes back in the heartbeat; not 0.
        test_id: u64,
    }
}

block! {
    /// Asks for the reports after a position.
    pub struct ResendRequest {
        /// The last report the client has.
        after: Position,
        /// Most reports.
        count_max: u32,
    }
}

block! {
    /// Reports up to a position are not available, or a resend is complete.
    pub struct SequenceReset {
        /// Which position; what comes next is after it.
        position: Position,
        /// The number the exchange gives next.
        next_out: u64,
    }
}

block! {
    /// A message was not passed on; it used no client id.
    pub struct Reject {
        /// Its number.
        ref_seq: u64,
        /// Its kind.
        ref_kind: u8,
        /// Why.
        reason: RejectCode,
        /// The field at fault.
        field: Option<Symbol>,
        /// Where that field starts, in bytes from the start of the message; 0: the message as a whole.
        at: u16,
        /// What stood there.
        value: i128,
        /// What it was measured against.
        limit: i128,
    }
}
