//! Why bytes are not a message. Each error names the field, what stood there and what it was measured against.

use core::fmt;
use model::RejectReason;

/// What is wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Fewer bytes than a header has.
    Short,
    /// The header's length is not that of the bytes it came with: the stream cannot be trusted any more.
    FrameLength,
    /// The kind is not one of ours, or not one that is expected here.
    UnknownKind,
    /// Written by a newer version: an upgrade reads it.
    NewerVersion,
    /// The length is not that of the kind.
    BlockLength,
    /// A code that has no meaning.
    UnknownCode,
    /// Something stands where nothing may: in an absent field, in padding or in a spare bit.
    NotZero,
    /// Not 1 or more printable ASCII characters followed by zeros only.
    NotText,
    /// More entries than a list may have.
    TooMany,
    /// A price grid that contradicts itself.
    TickBands,
}

/// Why bytes are not a message, or a value cannot be written as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireError {
    /// What is wrong.
    pub fault: Fault,
    /// The field's name, as on the page of layouts.
    pub field: &'static str,
    /// Where the field starts, in bytes from the start of the header.
    pub at: usize,
    /// What stands there.
    pub value: i128,
    /// The largest (or only) value that would do, in the unit of the field.
    pub limit: i128,
}

impl WireError {
    /// The stream is out of step: nothing that follows on this connection can be read.
    pub fn is_framing(&self) -> bool {
        matches!(self.fault, Fault::Short | Fault::FrameLength)
    }

    /// The reason code a client is told (band 1 to 99: refused before a sequence number is used).
    pub fn reason(&self) -> RejectReason {
        match (self.field, self.fault) {
            ("side", _) => RejectReason::UnknownSide,
            ("ord_type", _) => RejectReason::UnknownOrdType,
            ("expire_ns", _) => RejectReason::ExpireTimeMismatch,
            ("tif", Fault::UnknownCode) => RejectReason::UnknownTimeInForce,
            ("stp" | "stp_default", Fault::UnknownCode) => RejectReason::UnknownStpMode,
            ("cl_ord_id" | "orig_cl_ord_id", _) => RejectReason::BadClOrdId,
            (_, Fault::TooMany) => RejectReason::NumberTooLarge,
            (_, Fault::TickBands) => RejectReason::InvalidDefinition,
            _ => RejectReason::UnknownInstruction,
        }
    }
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, fix) = match self.fault {
            Fault::Short => ("message is shorter than its header", "send whole messages"),
            Fault::FrameLength => ("header and frame disagree on the length", "close and connect again"),
            Fault::UnknownKind => ("kind is not expected here", "see the list of kinds"),
            Fault::NewerVersion => ("message has a newer version", "upgrade the reader"),
            Fault::BlockLength => ("length is not that of the kind", "see the layout of the kind"),
            Fault::UnknownCode => ("code has no meaning", "use a code of the list"),
            Fault::NotZero => ("bytes that must be zero are not", "clear them or set their presence bit"),
            Fault::NotText => ("text is not printable ASCII padded with zeros", "give 1 or more of 0x21 to 0x7E"),
            Fault::TooMany => ("list is too long", "send fewer entries"),
            Fault::TickBands => {
                ("price grid contradicts itself", "give ascending bands, each starting on its own grid")
            }
        };
        let WireError { field, at, value, limit, .. } = self;
        write!(f, "{what}: field={field} at={at} value={value} limit={limit}; {fix}")
    }
}

impl std::error::Error for WireError {}
