//! Every message as one type, and which block each kind has.

use crate::admin::{AddAsset, SessionChange, SetBreaker, SetFees, Tick};
use crate::command::{Writer, encode_command_from, read, read_command};
use crate::error::WireError;
use crate::field::{In, Stop};
use crate::header::Header;
use crate::kind::Kind;
use crate::market::{
    AuctionInfo, BookChecksum, BookDelta, InstrumentStatus, OrderBookSnapshot, OrderDelta, SecurityDefinition,
    SecurityListRequest, Subscribe, TopOfBook, Trade,
};
use crate::reports::{CancelReject, CommandReport, ExecutionReport};
use crate::session::{
    Challenge, ChallengeReply, Heartbeat, Logon, LogonAck, Logout, Reject, ResendRequest, SequenceReset, TestRequest,
};
use crate::spec::Spec;
use model::Command;

/// `commands` are the kinds that hold a command and their blocks; every other kind is a variant of its own.
macro_rules! messages {
    (commands { $($command:ident: $block:ty,)* } $($(#[doc = $doc:literal])* $name:ident,)*) => {
        /// A message without its header.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Message {
            /// A command.
            Command(Command),
            $($(#[doc = $doc])* $name($name),)*
        }

        impl Message {
            /// Appends it as one message of a session, with its number.
            ///
            /// # Errors
            /// Where a list is longer than the format allows or a text is blank: `out` is as it was.
            pub fn encode(&self, session: u32, seq: u64, out: &mut Vec<u8>) -> Result<(), WireError> {
                match self {
                    Message::Command(command) => encode_command_from(command, session, seq, out),
                    $(Message::$name(body) => Writer { session, seq, out }.write(Kind::$name, body),)*
                }
            }

            /// Reads a whole message.
            ///
            /// # Errors
            /// [`WireError`] names the field, its value and the limit. Where [`WireError::is_framing`] says so, nothing
            /// that follows can be trusted; otherwise this message alone is refused.
            pub fn decode(message: &[u8]) -> Result<(Header, Message), WireError> {
                let mut input = In::new(message);
                let message = Header::get(&mut input).and_then(|header| {
                    let body = match header.kind {
                        $(Kind::$command => read_command(header.kind, &mut input).map(Message::Command),)*
                        $(Kind::$name => read(&mut input).map(Message::$name),)*
                    };
                    body.map(|body| (header, body))
                });
                message.map_err(|Stop| input.error())
            }
        }

        impl Kind {
            /// The layout of its body.
            pub fn spec(self) -> Spec {
                match self {
                    $(Kind::$command => Spec::of::<$block>(),)*
                    $(Kind::$name => Spec::of::<$name>(),)*
                }
            }
        }
    };
}

messages! {
    commands {
        NewOrder: model::NewOrder,
        CancelOrder: model::CancelOrder,
        ModifyOrder: model::AmendOrder,
        MassCancel: model::MassCancel,
        NewStop: model::NewStop,
        NewGroup: model::NewGroup,
        CancelGroup: model::CancelGroup,
        CancelAllAfter: model::CancelAllAfter,
        SetCancelOnDisconnect: model::SetCancelOnDisconnect,
        AddAsset: AddAsset,
        ListInstrument: model::Instrument,
        AddAccount: model::AddAccount,
        SetFees: SetFees,
        Deposit: model::MoveFunds,
        Withdraw: model::MoveFunds,
        SetTradingState: model::SetTradingState,
        SetReference: model::SetReference,
        SetAccountLimits: model::SetAccountLimits,
        SetInstrumentLimits: model::SetInstrumentLimits,
        SetCreditLine: model::SetCreditLine,
        KillSwitch: model::KillSwitch,
        Rearm: model::Rearm,
        SessionDown: SessionChange,
        SessionUp: SessionChange,
        Halt: model::Halt,
        Resume: model::Resume,
        SetBreaker: SetBreaker,
        SetBands: model::SetBands,
        Tick: Tick,
        SetOutcome: model::SetOutcome,
        MovePairs: model::MovePairs,
        ResolveOutcome: model::ResolveOutcome,
        SetAccountFees: model::SetAccountFees,
        AmendTrade: model::AmendTrade,
        SetTicks: model::SetTicks,
        SetVarianceFees: SetFees,
    }
    /// Opens a session.
    Logon,
    /// What a client has to prove its key on.
    Challenge,
    /// The proof.
    ChallengeReply,
    /// The session is open.
    LogonAck,
    /// The session ends.
    Logout,
    /// Nothing else was sent, or the answer to a test request.
    Heartbeat,
    /// Asks for a heartbeat.
    TestRequest,
    /// Asks for the reports after a position.
    ResendRequest,
    /// Reports before a position are not available, or a resend is complete.
    SequenceReset,
    /// A message was not passed on.
    Reject,
    /// What happened to an order.
    ExecutionReport,
    /// A cancel or an amend was refused.
    CancelReject,
    /// What became of another command.
    CommandReport,
    /// Begins or ends a subscription.
    Subscribe,
    /// Asks which instruments there are.
    SecurityListRequest,
    /// An instrument.
    SecurityDefinition,
    /// The best price of both sides.
    TopOfBook,
    /// A price level changed.
    BookDelta,
    /// A displayed order changed.
    OrderDelta,
    /// Two orders traded.
    Trade,
    /// An instrument changed its trading state.
    InstrumentStatus,
    /// What an auction would do, or did.
    AuctionInfo,
    /// A checksum of the client's view of the book.
    BookChecksum,
    /// A book as it is.
    OrderBookSnapshot,
}
