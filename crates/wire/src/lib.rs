//! Typed messages to bytes and back: the one encoding of network, journal and other languages.
//!
//! A message is a header of 16 bytes and a body. Everything is big-endian and of fixed width; only a list of entries
//! at the end makes a message longer. On a socket the message's length stands in front as `u16`; a journal keeps the
//! message itself. No I/O happens here.
//!
//! Invariants:
//! 1. `decode(encode(x)) == x`, and `encode(decode(b)) == b`: one message has one form. Absent fields, padding and
//!    spare bits are zero and are checked to be.
//! 2. Bytes that are no message give an error that names field, value and limit; nothing panics, nothing is cut short
//!    and no memory is taken before its size is checked.
//! 3. Each block is declared once, in a table; writing, reading, size and specification follow from it.

mod admin;
mod codes;
mod command;
mod error;
mod field;
mod frames;
mod header;
mod kind;
mod layout;
mod market;
mod message;
mod orders;
mod reports;
pub mod sample;
mod session;
pub mod spec;
mod unions;

pub use command::{decode_command, encode_command, encode_command_from};
pub use error::{Fault, WireError};
pub use field::Raw;
pub use frames::{FrameError, Frames, PREFIX_SIZE, frame};
pub use header::{HEADER_SIZE, Header, VERSION, kind_of};
pub use kind::{Class, Kind};
pub use market::{
    AuctionInfo, BookChecksum, BookDelta, BookEntry, BookLevel, Channel, ChannelPosition, Depth, Indication,
    InstrumentStatus, OrderAction, OrderBookSnapshot, OrderDelta, SecurityDefinition, SecurityListRequest, Subscribe,
    SubscribeAction, TopOfBook, Trade,
};
pub use message::Message;
pub use reports::{
    CancelReject, CommandEvent, CommandReport, ExecType, ExecutionReport, Liquidity, OrdStatus, set_ref_seq,
};
pub use session::{
    Challenge, ChallengeReply, Durability, Heartbeat, Logon, LogonAck, Logout, LogoutReason, Position, Reject,
    RejectCode, ResendRequest, Role, Scheme, SequenceReset, TestRequest,
};
