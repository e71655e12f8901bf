//! How fast a client may send: over some bounds its message is rejected, over others its socket is not read.

use wire::{Kind, Role};

use crate::bucket::Bucket;
use crate::keys::Key;
use crate::limits::{Flow, Limits};

/// Bytes of the longest order message, rounded up: what a rate of orders means in bytes.
const ORDER_BYTES: u32 = 512;

/// The buckets of one session.
#[derive(Debug)]
pub(crate) struct Rates {
    orders: Bucket,
    cancels: Bucket,
    messages: Bucket,
    bytes: Bucket,
    /// Until when bytes or messages are overdrawn.
    exceeded_ns: u64,
}

impl Rates {
    pub(crate) fn new(limits: &Limits, now_ns: u64) -> Self {
        Self {
            orders: Bucket::new(limits.orders, now_ns),
            cancels: Bucket::new(limits.cancels, now_ns),
            messages: Bucket::new(limits.messages, now_ns),
            bytes: Bucket::new(limits.bytes, now_ns),
            exceeded_ns: 0,
        }
    }

    /// Takes over what a key says, and as many messages and bytes as that needs.
    pub(crate) fn set(&mut self, key: &Key, now_ns: u64) {
        if let Some(flow) = key.cancels {
            self.cancels = Bucket::new(flow, now_ns);
        }
        let Some(flow) = key.orders else { return };
        self.orders = Bucket::new(flow, now_ns);
        self.messages = Bucket::new(flow.times(2).at_least(self.messages.flow()), now_ns);
        self.bytes = Bucket::new(flow.times(ORDER_BYTES).at_least(self.bytes.flow()), now_ns);
    }

    /// Orders and cancels a second.
    pub(crate) fn per_second(&self) -> (u32, u32) {
        (self.orders.flow().per_second, self.cancels.flow().per_second)
    }

    pub(crate) fn count_bytes(&mut self, bytes: usize, now_ns: u64) {
        let debt = self.bytes.charge(bytes, now_ns);
        self.exceeded_ns = self.exceeded_ns.max(debt.until_ns.unwrap_or(0));
    }

    pub(crate) fn count_message(&mut self, now_ns: u64) {
        let debt = self.messages.charge(1, now_ns);
        self.exceeded_ns = self.exceeded_ns.max(debt.until_ns.unwrap_or(0));
    }

    /// Whether the socket is not to be read yet.
    pub(crate) fn is_exceeded(&self, now_ns: u64) -> bool {
        now_ns < self.exceeded_ns
    }

    /// When the socket may be read again.
    pub(crate) fn until_ns(&self) -> u64 {
        self.exceeded_ns
    }

    /// Takes a token for a subscription, a resend or a list: as dear as an order.
    ///
    /// # Errors
    /// The flow that is used up.
    pub(crate) fn take_question(&mut self, now_ns: u64) -> Result<(), Flow> {
        if self.orders.take(now_ns) { Ok(()) } else { Err(self.orders.flow()) }
    }

    /// Takes a token for a command: cancels have their own, operators need none for anything else. Behind a front end are
    /// many people, each with limits there: it needs none at all.
    ///
    /// # Errors
    /// The flow that is used up.
    pub(crate) fn take(&mut self, kind: Kind, role: Role, now_ns: u64) -> Result<(), Flow> {
        let cancels = matches!(kind, Kind::CancelOrder | Kind::MassCancel | Kind::CancelGroup | Kind::CancelAllAfter);
        if role == Role::FrontEnd || role == Role::Operator && !cancels {
            return Ok(());
        }
        let bucket = if cancels { &mut self.cancels } else { &mut self.orders };
        if bucket.take(now_ns) { Ok(()) } else { Err(bucket.flow()) }
    }
}
