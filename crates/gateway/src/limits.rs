//! Every bound of the gateway, by name. The defaults are those of `docs/reference/gateway.md`, section 10.

/// One second, in the unit of every time here.
pub const SECOND_NS: u64 = 1_000_000_000;

/// Tokens that flow in each second, and how many can be there at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    /// Tokens a second, > 0.
    pub per_second: u32,
    /// Tokens at once, > 0.
    pub burst: u32,
}

impl Flow {
    /// A flow whose burst is twice its rate (S-123).
    #[must_use]
    pub const fn doubled(per_second: u32) -> Self {
        Self { per_second, burst: per_second.saturating_mul(2) }
    }

    /// The larger of two flows, in each part.
    #[must_use]
    pub fn at_least(self, other: Flow) -> Self {
        Self { per_second: self.per_second.max(other.per_second), burst: self.burst.max(other.burst) }
    }

    /// So many times as much.
    #[must_use]
    pub const fn times(self, factor: u32) -> Self {
        Self { per_second: self.per_second.saturating_mul(factor), burst: self.burst.saturating_mul(factor) }
    }
}

/// The bounds of one gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections in all.
    pub connections_max: usize,
    /// Connections from one address.
    pub connections_per_address_max: usize,
    /// Sessions of one account.
    pub sessions_per_account_max: usize,
    /// Time from connecting to the proof, in nanoseconds.
    pub logon_timeout_ns: u64,
    /// Failed proofs from one address within a minute before it is shut out for the rest of the minute.
    pub logon_failures_max: u32,
    /// Bytes of a message from a client, header included.
    pub frame_max: usize,
    /// Bytes a second of one connection; over it the socket is not read.
    pub bytes: Flow,
    /// Messages a second of one connection; over it the socket is not read.
    pub messages: Flow,
    /// Orders, amends and groups a second of one session; over it they are rejected.
    pub orders: Flow,
    /// Cancels a second of one session, in a bucket of their own.
    pub cancels: Flow,
    /// Unsent bytes kept for one connection.
    pub outbox_max: usize,
    /// Unsent bytes above which a connection is not read and gets no more market data for the moment.
    pub outbox_high: usize,
    /// Time without write progress while bytes wait, in nanoseconds.
    pub write_timeout_ns: u64,
    /// Heartbeat where the client names none, in nanoseconds.
    pub heartbeat_ns: u64,
    /// Subscriptions of one session.
    pub subscriptions_max: usize,
    /// Bytes of reports kept for all sessions together.
    pub history_bytes_max: usize,
    /// Bytes of messages kept for each market data channel.
    pub channel_bytes_max: usize,
    /// Bytes of all snapshots that are being sent.
    pub snapshot_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 4_096,
            connections_per_address_max: 1_024,
            sessions_per_account_max: 16,
            logon_timeout_ns: 5 * SECOND_NS,
            logon_failures_max: 5,
            frame_max: 4_096,
            bytes: Flow { per_second: 4 << 20, burst: 4 << 20 },
            messages: Flow { per_second: 20_000, burst: 20_000 },
            orders: Flow::doubled(100),
            cancels: Flow::doubled(200),
            outbox_max: 64 << 10,
            outbox_high: 16 << 10,
            write_timeout_ns: 10 * SECOND_NS,
            heartbeat_ns: 10 * SECOND_NS,
            subscriptions_max: 256,
            history_bytes_max: 64 << 20,
            channel_bytes_max: 256 << 10,
            snapshot_bytes_max: 64 << 20,
        }
    }
}

/// Shortest and longest heartbeat a client can ask for, in nanoseconds.
pub const HEARTBEAT_NS: std::ops::RangeInclusive<u64> = SECOND_NS..=60 * SECOND_NS;
/// Longest grace of a lost connection, in milliseconds.
pub const GRACE_MS_MAX: u32 = 60_000;
/// Entries of one part of a book snapshot.
pub const SNAPSHOT_PART_MAX: usize = 128;
